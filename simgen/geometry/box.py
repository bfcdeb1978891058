"""Oriented boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.geometry.pose import Matrix, inverse, transform

_SIGNS = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)])
EDGES: tuple[tuple[int, int], ...] = ((0, 1), (0, 2), (0, 4), (1, 3), (1, 5), (2, 3), (2, 6), (3, 7), (4, 5), (4, 6), (5, 7), (6, 7))


def corners(frame_from_box: Matrix, size_m: ArrayLike) -> NDArray[np.float64]:
    """Return the eight corners (8, 3) of a box of full sizes (3,) centred on `frame_from_box`; `EDGES` index into them."""
    return transform(frame_from_box, _SIGNS * np.asarray(size_m, dtype=np.float64) / 2.0)


def contains(frame_from_box: Matrix, size_m: ArrayLike, points: ArrayLike, margin_m: float = 0.0) -> NDArray[np.bool_]:
    """Return which points (N, 3) lie in the box grown by `margin_m` on every side."""
    local = transform(inverse(frame_from_box), points)
    return np.asarray((np.abs(local) <= np.asarray(size_m) / 2.0 + margin_m).all(axis=1), dtype=np.bool_)
