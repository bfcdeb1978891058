"""The same samples for every container: an rgb image, semantic tags and a LiDAR sweep, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
POINTS = 95_000
POINT = np.dtype(
    [
        ("x", "<f4"),
        ("y", "<f4"),
        ("z", "<f4"),
        ("intensity", "<f4"),
        ("cos_incidence", "<f4"),
        ("object_id", "<u4"),
        ("tag", "u1"),
        ("channel", "u1"),
    ]
)
_JPEG = [int(cv2.IMWRITE_JPEG_QUALITY), 95, int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR), int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)]


@dataclass(frozen=True)
class Raw:
    """One sample before any container."""

    rgb: NDArray[np.uint8]
    """(H, W, 3)"""
    semantic: NDArray[np.uint8]
    """(H, W)"""
    points: NDArray[Any]
    """(N,) POINT"""

    @property
    def jpeg(self) -> bytes:
        """The image as JPEG q95 4:4:4: the same bytes in every container."""
        return bytes(cv2.imencode(".jpg", self.rgb[..., ::-1], _JPEG)[1])

    @property
    def png(self) -> bytes:
        """The tags as PNG."""
        return bytes(cv2.imencode(".png", self.semantic, [int(cv2.IMWRITE_PNG_COMPRESSION), 1])[1])


def sample(number: int) -> Raw:
    """Return sample `number`: a street of flat surfaces with soft texture and a little sensor noise, which compresses as photographs do."""
    rng = np.random.default_rng(number)
    semantic = _street(rng)
    colors = rng.integers(30, 220, (32, 3)).astype(np.float32)
    texture = cv2.resize(
        rng.normal(0.0, 14.0, (HEIGHT // 4, WIDTH // 4)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    image = colors[semantic] + texture[..., None] + rng.normal(0.0, 2.0, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return Raw(np.clip(image, 0, 255).astype(np.uint8), semantic, _sweep(rng))


def _street(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return tags: sky, road, sidewalks, buildings, and some vehicles and people."""
    out = np.full((HEIGHT, WIDTH), 11, dtype=np.uint8)
    x = 0
    while x < WIDTH:
        wide = int(rng.integers(60, 220))
        out[int(rng.integers(40, 300)) :, x : x + wide] = 3 if rng.random() < 0.8 else 9
        x += wide
    horizon = HEIGHT // 2 + int(rng.integers(-20, 20))
    out[horizon:] = 2
    middle = WIDTH // 2 + int(rng.integers(-80, 80))
    cv2.fillConvexPoly(out, np.array([(middle, horizon), (WIDTH + 200, HEIGHT), (-200, HEIGHT)], dtype=np.int32), 1)
    for tag, high, wide in ((14, 120, 200), (14, 60, 110), (12, 110, 40), (12, 60, 22), (9, 200, 120)):
        left, foot = int(rng.integers(0, WIDTH - wide)), horizon + int(rng.integers(10, 200))
        cv2.ellipse(out, (left + wide // 2, foot - high // 2), (wide // 2, high // 2), 0, 0, 360, tag, -1)
    return out


def _sweep(rng: np.random.Generator) -> NDArray[Any]:
    """Return a 64-beam sweep of a street canyon with 1 cm of range noise."""
    out = np.zeros(POINTS, dtype=POINT)
    azimuth = np.linspace(-np.pi, np.pi, POINTS, dtype=np.float32)
    channel = np.arange(POINTS) % 64
    down = np.deg2rad(2.0 - channel * 0.42).astype(np.float32)
    walls = np.minimum(12.0 / np.maximum(np.abs(np.sin(azimuth)), 0.05), 90.0) + 2.0 * rng.random(POINTS).astype(np.float32)
    ground = np.where(down < -0.01, 1.8 / np.maximum(-np.tan(down), 1e-3), 1e3)
    reach = np.minimum(walls, ground) + rng.normal(0.0, 0.01, POINTS)
    out["x"], out["y"], out["z"] = reach * np.cos(azimuth), reach * np.sin(azimuth), 1.8 + reach * np.tan(down)
    out["intensity"] = np.exp(-0.004 * reach)
    out["cos_incidence"] = np.abs(np.sin(azimuth))
    out["tag"], out["channel"] = np.where(ground < walls, 1, 3), channel
    return out
