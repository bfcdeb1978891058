"""Closed rings around a car, and the lids on them.

A ring runs once around the car through columns that lie on the borders of its parts (lamps, doors, wheel arches, pillars), so
that materials meet along straight edges of the surface and never in steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.body_style import Floats
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, grid


@dataclass(frozen=True)
class Columns:
    """Half a ring, from the middle of the front to the middle of the rear."""

    front: Floats
    """Shares of the half width, 0 to 1."""
    side: Floats
    """x from the front corner to the rear corner; the corners themselves are left out."""
    rear: Floats
    """Shares of the half width, 1 to 0."""

    @property
    def count(self) -> int:
        return len(self.front) + len(self.side) + len(self.rear)


def _around(half: Floats) -> Floats:
    """Return a closed ring from its right half (R, K, 3)."""
    other = half[:, -2:0:-1] * (1.0, -1.0, 1.0)
    return np.concatenate([half, other], axis=1)


def _cells_around(half: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([half, half[:, ::-1]], axis=1)


def paint_ring(builder: MeshBuilder, half: Floats, parts: NDArray[np.int64], looks: list[Look]) -> None:
    """Add a ring (rows from the bottom up), each cell with the look that `parts` (R-1, K-1) numbers."""
    ring, cells = _around(half)[::-1], _cells_around(parts)[::-1]
    for number, look in enumerate(looks):
        if (cells == number).any():
            builder.add(grid(ring, closed=True, cells=cells == number), look)


def lid(edge: Floats, columns: Columns, crown: float, spread: float = 0.35) -> Surface:
    """Return the surface over the top of a half ring (K, 3): flat at its front and rear edge, arched across between them."""
    nf, nr = len(columns.front), len(columns.rear)
    share = columns.front
    front, rear = edge[:nf], edge[-nr:][::-1]
    rear_points = np.stack([np.interp(share, columns.rear[::-1], rear[:, k]) for k in range(3)], axis=-1)
    side = edge[nf:-nr]
    inside = np.clip(np.minimum(edge[0, 0] - side[:, 0], side[:, 0] - edge[-1, 0]) / spread, 0, 1)
    rows = np.stack([np.broadcast_to(side[:, 0, None], (len(side), nf)), side[:, 1, None] * share, np.zeros((len(side), nf))], axis=-1)
    rows[..., 2] = side[:, 2, None] + crown * (1 - (1 - inside[:, None]) ** 2) * (1 - share**2)
    half = np.concatenate([front[None], rows, rear_points[None]])
    full = np.concatenate([half[:, ::-1], half[:, 1:] * (1.0, -1.0, 1.0)], axis=1)
    return grid(full)
