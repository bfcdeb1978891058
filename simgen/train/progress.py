"""Tells how a training goes: one line that changes on a terminal, else one JSON object a line."""

from __future__ import annotations

import json
import math
import sys
import time
from typing import Any

_BAR = 24
_LINES = 50
"""Without a terminal, about so many steps are told of."""


class Progress:
    """Gets the events of `loop.Report`, and at last {"event": "done", ...}."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._began_s = time.monotonic()
        self._loss = math.nan

    def __call__(self, event: dict[str, Any]) -> None:
        if event["event"] == "step":
            self._loss = event["loss"] if math.isnan(self._loss) else self._loss + 0.1 * (event["loss"] - self._loss)
        if self._terminal:
            self._draw(event)
        elif event["event"] != "step" or event["step"] % max(1, event["steps"] // _LINES) == 0 or event["step"] == event["steps"]:
            print(json.dumps(plain(event)), flush=True)

    def _draw(self, event: dict[str, Any]) -> None:
        if event["event"] == "step":
            share = event["step"] / event["steps"]
            bar = ("#" * round(share * _BAR)).ljust(_BAR, ".")
            left_s = (time.monotonic() - self._began_s) * (1.0 - share) / share
            text = f"[{bar}] {event['step']}/{event['steps']}  loss {self._loss:.3f}  {left_s:.0f} s left"
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif event["event"] == "measured":
            where = "held-out episodes" if event["on"] == "held_out" else event["on"]
            print(f"\r\x1b[Kstep {event['step']}: {event['score']} {event['value']:.3f} on {where}", file=sys.stderr, flush=True)
        else:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def plain(value: Any) -> Any:
    """Return what JSON has: NaN becomes null; numbers are rounded to what is worth telling."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value
