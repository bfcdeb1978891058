"""The learning curve and a sheet of predictions, drawn with OpenCV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.shards.whole import write_whole
from simgen.train.loop import History
from simgen.train.task import Picture

WIDTH, HEIGHT = 800, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 60, 40, 40
_PAPER, _INK, _GRID = (255, 255, 255), (60, 60, 60), (225, 225, 225)
_RAW, _SMOOTH, _SCORE = (185, 205, 235), (40, 90, 190), (215, 95, 20)
_SMOOTHING = 0.1
_GAP = 4


def draw_curve(history: History, score: str) -> Picture:
    """Return (420, 800, 3) RGB: loss by step as it was and smoothed (left scale), the score when measured (right, 0 to 1)."""
    canvas = np.full((HEIGHT, WIDTH, 3), _PAPER, dtype=np.uint8)
    losses = np.array(history.losses)
    top = float(np.percentile(losses, 99)) * 1.05 or 1.0
    steps = len(losses)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _x(share), _y(share)
        cv2.line(canvas, (_LEFT, y), (WIDTH - _RIGHT, y), _GRID, 1)
        _write(canvas, f"{share * top:.2f}", (8, y + 4), _SMOOTH)
        _write(canvas, f"{share:.2f}", (WIDTH - _RIGHT + 8, y + 4), _SCORE)
        _write(canvas, f"{round(share * steps)}", (x - 10, HEIGHT - 16), _INK)
    across = (np.arange(steps) + 1) / steps
    _line(canvas, across, losses / top, _RAW)
    _line(canvas, across, _smoothed(losses) / top, _SMOOTH, 2)
    points = [(step / steps, value) for step, value in history.scores if np.isfinite(value)]
    if points:
        _line(canvas, np.array([share for share, _ in points]), np.array([value for _, value in points]), _SCORE, 2)
    for share, value in points:
        cv2.circle(canvas, (_x(share), _y(value)), 4, _SCORE, -1, cv2.LINE_AA)
    _write(canvas, "loss by step", (_LEFT, 24), _SMOOTH)
    _write(canvas, f"{score} on held-out episodes", (WIDTH // 2, 24), _SCORE)
    return canvas


def draw_sheet(rows: Sequence[Sequence[Picture]], titles: Sequence[str]) -> Picture:
    """Return pictures of equal size in rows, with a title over each column."""
    lines = []
    for row in rows:
        tiles = [np.pad(tile, ((0, _GAP), (0, _GAP), (0, 0)), constant_values=255) for tile in row]
        lines.append(np.concatenate(tiles, axis=1))
    body = np.concatenate(lines)
    head = np.full((24, body.shape[1], 3), _PAPER, dtype=np.uint8)
    for number, title in enumerate(titles):
        _write(head, title, (number * body.shape[1] // len(titles) + 6, 16), _INK)
    return np.concatenate([head, body])


def save_picture(path: Path, picture: Picture) -> Path:
    """Write RGB as PNG."""
    _, data = cv2.imencode(".png", picture[..., ::-1])
    return write_whole(path, data.tobytes(), "picture")


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an exponential mean that starts at the first value."""
    out = np.empty_like(values)
    mean = values[0]
    for at, value in enumerate(values):
        mean += _SMOOTHING * (value - mean)
        out[at] = mean
    return out


def _x(share: float) -> int:
    return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT))


def _y(share: float) -> int:
    return round(HEIGHT - _BOTTOM - float(np.clip(share, 0.0, 1.05)) * (HEIGHT - _TOP - _BOTTOM))


def _line(canvas: Picture, across: NDArray, up: NDArray, color: tuple[int, int, int], thick: int = 1) -> None:
    points = np.array([(_x(x), _y(y)) for x, y in zip(across.tolist(), up.tolist(), strict=True)], dtype=np.int32)
    cv2.polylines(canvas, [points.reshape(-1, 1, 2)], False, color, thick, cv2.LINE_AA)


def _write(canvas: Picture, text: str, at: tuple[int, int], color: tuple[int, int, int]) -> None:
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, color, 1, cv2.LINE_AA)
