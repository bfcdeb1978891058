"""Tileable fields that detail textures are made of: noise, cells, bonds of bricks, slopes of a height.

Fields are (SIZE, SIZE) float64, row = v upwards, column = u; both wrap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 512

Field = NDArray[np.float64]


def noise(rng: np.random.Generator, falloff: float, low: int, high: int) -> Field:
    """Return noise of mean 0 and deviation 1 with amplitudes k**-falloff for low <= k <= high waves per tile."""
    ky, kx = np.fft.fftfreq(SIZE) * SIZE, np.fft.rfftfreq(SIZE) * SIZE
    k = np.hypot(ky[:, None], kx[None, :])
    amplitude = np.where((k >= low) & (k <= high), np.maximum(k, 1.0) ** -falloff, 0.0)
    phase = np.exp(2j * np.pi * rng.random(k.shape, dtype=np.float32))
    field = np.fft.irfft2(amplitude * phase, s=(SIZE, SIZE))
    return np.asarray((field - field.mean()) / field.std())


def grain(rng: np.random.Generator) -> Field:
    """Return independent values of mean 0 and deviation 1."""
    return rng.standard_normal((SIZE, SIZE), dtype=np.float32).astype(np.float64)


def unit(field: Field, gain: float = 0.22) -> Field:
    """Return a field of deviation 1 as 0..1 about 0.5."""
    return np.clip(0.5 + gain * field, 0.0, 1.0)


@dataclass(frozen=True)
class Cells:
    """Stones thrown at random: distances in cells, and a random value per stone."""

    nearest: Field
    second: Field
    value: Field


def cells(rng: np.random.Generator, count: int) -> Cells:
    """Return Worley's cells: one point somewhere in each of count x count squares of the tile."""
    points, values = rng.random((count, count, 2), dtype=np.float32), rng.random((count, count), dtype=np.float32)
    place = ((np.arange(SIZE) + 0.5) / SIZE * count).astype(np.float32)
    own = place.astype(int)
    nearest, second, value = (np.full((SIZE, SIZE), 9.0, dtype=np.float32) for _ in range(3))
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            row, column = (own[:, None] + i), (own[None, :] + j)
            point = points[row % count, column % count]
            right, up = (
                (column + point[..., 0] - place[None, :]).astype(np.float32),
                (row + point[..., 1] - place[:, None]).astype(np.float32),
            )
            away = np.sqrt(right * right + up * up)
            closer = away < nearest
            second = np.minimum(second, np.where(closer, nearest, away))
            value = np.where(closer, values[row % count, column % count], value)
            nearest = np.where(closer, away, nearest)
    return Cells(*(field.astype(np.float64) for field in (nearest, second, value)))


@dataclass(frozen=True)
class Bond:
    """Equal stones in courses."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    inside: Field
    """Pixels from the middle of the nearest joint."""

    def each(self, values: NDArray) -> Field:
        """Return values (rows, columns) spread over their stones."""
        return np.asarray(values[self.row, self.column], dtype=np.float64)

    def stone(self, joint_px: float, bevel_px: float) -> Field:
        """Return 0 in joints to 1 on the face of a stone."""
        return np.clip((self.inside - joint_px / 2) / bevel_px, 0.0, 1.0)


def bond(rows: int, columns: int, shift: float = 0.5, wobble: Field | None = None) -> Bond:
    """Return a bond with `rows` x `columns` stones to the tile; every other course is shifted by a share of a stone.

    `wobble` (pixels) bends the joints.
    """
    v, u = np.indices((SIZE, SIZE)) + 0.5
    if wobble is not None:
        v, u = v + wobble, u + np.roll(wobble, SIZE // 3, axis=1)
    high, wide = SIZE / rows, SIZE / columns
    row = np.floor(v / high).astype(np.int64)
    across = u - (row % 2) * shift * wide
    column = np.floor(across / wide).astype(np.int64)
    up, along = v - row * high, across - column * wide
    inside = np.minimum(np.minimum(up, high - up), np.minimum(along, wide - along))
    return Bond(row % rows, column % columns, inside)


def layer(tone: Field, alpha: Field, height_m: Field | None = None, tile_m: tuple[float, float] = (1.0, 1.0)) -> Field:
    """Return (SIZE, SIZE, 4): tone (0.5 leaves a colour as it is), slope along u and v (0.5 is level, 1 is 45 degrees), alpha."""
    if height_m is None:
        level = np.full((SIZE, SIZE), 0.5)
        return np.dstack([tone, level, level, alpha])
    along_v, along_u = (
        (np.roll(height_m, -1, axis=axis) - np.roll(height_m, 1, axis=axis)) * SIZE / (2 * tile_m[1 - axis]) for axis in (0, 1)
    )
    return np.dstack([tone, unit(along_u, 0.5), unit(along_v, 0.5), alpha])
