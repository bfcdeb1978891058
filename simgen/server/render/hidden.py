"""What is hidden behind what has been drawn already: the rest of a town behind the houses of a street.

After what is near, the depth buffer is read back once and reduced to the farthest depth of ever larger squares of pixels. What
lies farther away than that all over the squares it covers cannot show. The test errs on the side of drawing, so images are the
same with and without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.render.projection import NEAR_M, Projection

BLOCK = 8
"""Pixels along the smallest squares."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)


@dataclass(frozen=True)
class Curtain:
    """Farthest depths seen through a projection, coarser by two from level to level."""

    projection: Projection
    levels: tuple[NDArray[np.float32], ...]
    """(h, w) of near / distance, 0 where the sky shows."""

    @classmethod
    def of(cls, projection: Projection, depths: NDArray[np.float32]) -> Curtain:
        """Reduce depths (H, W), top row first, of near / distance."""
        least = _reduced(depths, BLOCK)
        levels = [least]
        while max(least.shape) > 1:
            least = _reduced(least, 2)
            levels.append(least)
        return cls(projection, tuple(levels))

    def hides_boxes(self, centres: Floats, extents: Floats) -> Flags:
        """Return which axis-aligned world boxes (N, 3), (N, 3) cannot show."""
        corners = centres[:, None] + _CORNERS * extents[:, None] - self.projection.origin
        ahead = corners @ self.projection.forward
        nearest = ahead.min(axis=1)
        scale = 1.0 / np.maximum(ahead, NEAR_M)
        right = corners @ self.projection.right / self.projection.tangent_x * scale
        down = -(corners @ self.projection.up) / self.projection.tangent_y * scale
        bounds = right.min(axis=1), right.max(axis=1), down.min(axis=1), down.max(axis=1)
        return self._hides(nearest, *bounds)

    def hides_spheres(self, centres: Floats, radii: Floats) -> Flags:
        """Return which spheres (N, 3), (N,) cannot show."""
        relative = centres - self.projection.origin
        ahead = relative @ self.projection.forward
        near, far = 1.0 / np.maximum(ahead - radii, NEAR_M), 1.0 / np.maximum(ahead + radii, NEAR_M)
        right, down = relative @ self.projection.right, -(relative @ self.projection.up)

        def bounds(along: Floats, tangent: float) -> tuple[Floats, Floats]:
            low, high = (along - radii) / tangent, (along + radii) / tangent
            return np.minimum(low * near, low * far), np.maximum(high * near, high * far)

        return self._hides(ahead - radii, *bounds(right, self.projection.tangent_x), *bounds(down, self.projection.tangent_y))

    def _hides(self, nearest: Floats, left: Floats, right: Floats, top: Floats, bottom: Floats) -> Flags:
        """Return where things at least `nearest` away show nothing within their bounds (from -1 to 1 over the image)."""
        rows, columns = self.levels[0].shape
        across, along = self.projection.width / BLOCK / 2.0, self.projection.height / BLOCK / 2.0
        x0, x1 = (_cells(edge, across, columns) for edge in (left, right))
        y0, y1 = (_cells(edge, along, rows) for edge in (top, bottom))
        span = np.maximum(x1 - x0, y1 - y0)
        level = np.minimum(np.ceil(np.log2(span + 1.0)).astype(np.int64), len(self.levels) - 1)
        farthest = np.zeros(len(nearest))
        for number, least in enumerate(self.levels):
            of = np.flatnonzero(level == number)
            u0, u1, v0, v1 = (edge[of] >> number for edge in (x0, x1, y0, y1))
            farthest[of] = np.minimum(np.minimum(least[v0, u0], least[v0, u1]), np.minimum(least[v1, u0], least[v1, u1]))
        # A depth of near / distance in single precision; a little farther, so that nothing hides itself.
        return (nearest > 1.0) & (NEAR_M / np.maximum(nearest, 1.0) < farthest * (1.0 - 1e-4))


def _cells(edge: Floats, half: float, count: int) -> NDArray[np.int64]:
    return np.clip(np.floor((edge + 1.0) * half), 0, count - 1).astype(np.int64)


def _reduced(depths: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """Return the least value of each block; what lies beyond the edge of the image hides what is there."""
    rows, columns = (np.arange(0, size, block) for size in depths.shape)
    return np.asarray(np.minimum.reduceat(np.minimum.reduceat(depths, rows, axis=0), columns, axis=1))
