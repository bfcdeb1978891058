"""The part of a picture that a net sees, its size, and its colours; drawn by a stream of random numbers for training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

_LEAST_SCALE = 0.55
"""Cuts for training are at least so much of the largest one."""


@dataclass(frozen=True)
class View:
    """A cut of a picture, resized to `size_px` (width, height), mirrored if `flip`."""

    x0: int
    y0: int
    width: int
    height: int
    size_px: tuple[int, int]
    flip: bool = False

    def image(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the view (h, w, 3) of a picture (H, W, 3)."""
        shrinks = self.width > self.size_px[0]
        return self._cut(rgb, cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)

    def ids(self, ids: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the view (h, w) of a label picture (H, W)."""
        return self._cut(ids, cv2.INTER_NEAREST)

    def boxes(self, boxes: NDArray[Any]) -> NDArray[np.float64]:
        """Return boxes (N, 4) as x0, y0, x1, y1 in pixels of the view; they may lie outside of it."""
        scale = np.array(self.size_px) / (self.width, self.height)
        out = (np.asarray(boxes, dtype=np.float64).reshape(-1, 4) - np.tile([self.x0, self.y0], 2)) * np.tile(scale, 2)
        if self.flip:
            out[:, [0, 2]] = self.size_px[0] - out[:, [2, 0]]
        return out

    def _cut(self, image: NDArray[np.uint8], interpolation: int) -> NDArray[np.uint8]:
        cut = image[self.y0 : self.y0 + self.height, self.x0 : self.x0 + self.width]
        out = np.asarray(cv2.resize(cut, self.size_px, interpolation=interpolation), dtype=np.uint8)
        return np.ascontiguousarray(out[:, ::-1]) if self.flip else out


def middle_view(width: int, height: int, size_px: tuple[int, int]) -> View:
    """Return the largest cut in the middle of a picture with the proportions of `size_px`: nothing is squeezed."""
    w, h = _largest(width, height, size_px)
    return View((width - w) // 2, (height - h) // 2, w, h, size_px)


def random_view(width: int, height: int, size_px: tuple[int, int], rng: np.random.Generator) -> View:
    """Return a cut of the same proportions, of random size and place, mirrored every other time."""
    scale = rng.uniform(_LEAST_SCALE, 1.0)
    w, h = (max(1, round(side * scale)) for side in _largest(width, height, size_px))
    return View(int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1)), w, h, size_px, bool(rng.random() < 0.5))


def _largest(width: int, height: int, size_px: tuple[int, int]) -> tuple[int, int]:
    scale = min(width / size_px[0], height / size_px[1])
    return max(1, min(width, round(size_px[0] * scale))), max(1, min(height, round(size_px[1] * scale)))


def recoloured(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the picture as another camera might have it: gamma, gain, white balance; at times blurred or noisy."""
    gain = rng.uniform(0.75, 1.25) * rng.uniform(0.85, 1.15, 3)
    levels = np.linspace(0.0, 1.0, 256)[:, None] ** rng.uniform(0.6, 1.6)
    table = np.clip(np.round(255.0 * levels * gain), 0, 255).astype(np.uint8)
    out = cv2.LUT(rgb, table[None])
    if rng.random() < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.2))
    if rng.random() < 0.5:
        noise = rng.standard_normal(out.shape, dtype=np.float32) * np.float32(rng.uniform(0.0, 8.0))
        out = np.clip(out + noise, 0, 255).astype(np.uint8)
    return np.asarray(out, dtype=np.uint8)


def picture_of(image: Tensor) -> NDArray[np.uint8]:
    """Return (3, H, W) uint8 of a sample as (H, W, 3) for OpenCV, to be drawn on: it shares no memory with the sample."""
    return np.array(image.permute(1, 2, 0).numpy(), order="C")
