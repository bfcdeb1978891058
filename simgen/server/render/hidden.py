"""What is hidden behind what has been drawn already: the rest of a town behind the houses of a street.

After what is near, the depth buffer is read back once and reduced to the farthest depth of small squares of pixels, and of all
rectangles of them with sides of 1, 2, 4, ... squares; any rectangle is covered by four of those. What lies farther away than the
farthest that is seen over the squares it covers cannot show. The test errs on the side of drawing, so images are the same with and
without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.render.projection import NEAR_M, Projection

BLOCK = 4
"""Pixels along the squares."""

SIDES = 7
"""Rectangles have sides of 1, 2, ... 2^6 squares; what covers more than two of the largest along a side is never hidden."""

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)


@dataclass(frozen=True)
class Curtain:
    """Farthest depths seen through a projection."""

    projection: Projection
    least: NDArray[np.float32]
    """(SIDES, SIDES, h, w) least near / distance, 0 where the sky shows, over 2^i rows and 2^j columns of squares from (y, x) on;
    nonsense where those end beyond the image."""

    @classmethod
    def of(cls, projection: Projection, depths: NDArray[np.float32]) -> Curtain:
        """Reduce depths (H, W), top row first, of near / distance."""
        squares = _reduced(depths)
        least = np.zeros((SIDES, SIDES, *squares.shape), dtype=np.float32)
        least[0, 0] = squares
        for j in range(1, SIDES):
            step = 2 ** (j - 1)
            np.minimum(least[0, j - 1, :, :-step], least[0, j - 1, :, step:], out=least[0, j, :, :-step])
        for i in range(1, SIDES):
            step = 2 ** (i - 1)
            np.minimum(least[i - 1, :, :-step], least[i - 1, :, step:], out=least[i, :, :-step])
        return cls(projection, least)

    def hides_boxes(self, centres: Floats, extents: Floats) -> Flags:
        """Return which axis-aligned world boxes (N, 3), (N, 3) cannot show."""
        view = self.projection
        axes = np.stack([view.forward, view.right / view.tangent_x, -view.up / view.tangent_y], axis=1)
        # (3, 8, N): one plane of numbers for each axis and corner
        corners = np.einsum("ck,kj->jck", _CORNERS, axes) @ extents.T + (axes.T @ (centres - view.origin).T)[:, None]
        ahead = corners[0].min(axis=0)
        shown = corners[1:] / np.maximum(corners[0], NEAR_M)
        return self._hides(ahead, shown.min(axis=1).T, shown.max(axis=1).T)

    def _hides(self, nearest: Floats, least: Floats, greatest: Floats) -> Flags:
        """Return where things at least `nearest` away show nothing within their bounds (N, 2): right and down, -1 to 1 over the image."""
        rows, columns = self.least.shape[2:]
        x, wide = _spans(least[:, 0], greatest[:, 0], self.projection.width, columns)
        y, high = _spans(least[:, 1], greatest[:, 1], self.projection.height, rows)
        farthest = np.minimum.reduce([self.least[high, wide, v, u] for v in y for u in x])
        bounded = np.maximum(x[1] - x[0], y[1] - y[0]) <= 2 ** (SIDES - 1)
        # A depth of near / distance in single precision; a little farther, so that nothing hides itself.
        return (nearest > 1.0) & bounded & (NEAR_M / np.maximum(nearest, 1.0) < farthest * (1.0 - 1e-4))


def _spans(low: Floats, high: Floats, pixels: int, count: int) -> tuple[tuple[Indices, Indices], Indices]:
    """Return where two spans of 2^k squares begin that cover the bounds, and k (N,)."""
    first, last = (np.clip(np.floor((edge + 1.0) * (pixels / BLOCK / 2.0)), 0, count - 1).astype(np.int64) for edge in (low, high))
    power = np.minimum(np.frexp(last - first + 1.0)[1] - 1, SIDES - 1)
    return (first, last + 1 - 2**power), power


def _reduced(depths: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the least value of each square; what lies beyond the edge of the image hides what is there."""
    for _ in range(2):
        least = depths[::BLOCK].copy()
        for step in range(1, BLOCK):
            row = depths[step::BLOCK]
            np.minimum(least[: len(row)], row, out=least[: len(row)])
        depths = least.T
    return np.ascontiguousarray(depths)
