"""What a figure was measured on, processes that measure, and the statistics of their frames."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PROCESS_S = 1800.0


def facts() -> dict[str, Any]:
    """Return processor, cores, load and versions."""
    import numpy

    load = os.getloadavg()
    return {
        "cpu": _cpu_name(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": [round(value, 2) for value in load],
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "system": platform.platform(),
    }


def _cpu_name() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def run(module: str, *arguments: str, python: str = sys.executable, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run `python -m module` in a process of its own and return the JSON object of its last line; {"failed": why} if it fails."""
    command = [python, "-m", module, *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=PROCESS_S,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode == 0 and lines:
        return dict(json.loads(lines[-1]))
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return {"failed": said[-1] if said else f"exit status {done.returncode}"}


class Clock:
    """CPU seconds of all threads of this process, and wall seconds, of one stretch after another."""

    def __init__(self) -> None:
        self.cpu_s: list[float] = []
        self.wall_s: list[float] = []

    def __enter__(self) -> Clock:
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self.cpu_s.append(time.process_time() - self._cpu)
        self.wall_s.append(time.perf_counter() - self._wall)

    def figures(self) -> dict[str, Any]:
        """Return medians over the stretches."""
        return {
            "cpu_s": round(statistics.median(self.cpu_s), 4),
            "wall_s": round(statistics.median(self.wall_s), 4),
            "cpu_s_p90": round(_high(self.cpu_s), 4),
            "frames": len(self.cpu_s),
        }


def _high(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.9 * len(values)))]


def timed(act: Callable[[int], object], warm: int, frames: int) -> dict[str, Any]:
    """Return the figures of `frames` calls act(k) after `warm` that do not count."""
    clock = Clock()
    for k in range(warm):
        act(k)
    for k in range(warm, warm + frames):
        with clock:
            act(k)
    return clock.figures()
