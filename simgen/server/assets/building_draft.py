"""Collects the surfaces of one building in the frame of its lot, then hands them over all at once.

Lot frame: x along the street, y away from it, z up; the front lies at y = 0. A side has its own frame: x along the wall, z up,
its outside towards -y. Lengths in metres.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box_corners
from simgen.server.scene import Material

Floats = NDArray[np.float64]
Color = tuple[int, int, int]


def look(material: Material, color: Color, tag: Tag = Tag.BUILDINGS) -> Look:
    """Return the look of a part of a building."""
    return Look(material, tag, color)


def shaded(color: Color, factor: float) -> Color:
    """Return a colour times a factor."""
    r, g, b = (int(min(255.0, max(0.0, c * factor))) for c in color)
    return r, g, b


@dataclass(frozen=True)
class Side:
    """One side of a box-shaped mass."""

    turn: NDArray[np.float64]
    """(3, 3) lot from side."""
    origin: NDArray[np.float64]
    """(3,)"""
    width: float

    def points(self, corners: ArrayLike) -> Floats:
        """Return points (..., 3) of the side's frame in the lot's."""
        return np.asarray(np.asarray(corners, dtype=np.float64) @ self.turn.T + self.origin)


_TURNS = [np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float64) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]


@dataclass(frozen=True)
class Plan:
    """A rectangle in the lot's frame."""

    x: float
    y: float
    width: float
    depth: float

    def side(self, number: int) -> Side:
        """Return side 0 (front), 1 (right, +x), 2 (back) or 3 (left)."""
        corner = ((0.0, 0.0), (self.width, 0.0), (self.width, self.depth), (0.0, self.depth))[number]
        origin = np.array([self.x + corner[0], self.y + corner[1], 0.0])
        return Side(_TURNS[number], origin, self.depth if number % 2 else self.width)

    def sides(self) -> Iterator[Side]:
        return (self.side(k) for k in range(4))


class Draft:
    """Quads of one building, by material."""

    def __init__(self) -> None:
        self._parts: dict[tuple[Material, Tag, bool], list[tuple[Floats, NDArray[np.uint8], Floats | None]]] = {}

    def quads(
        self, corners: ArrayLike, of: Look, side: Side | None = None, uvs: Floats | None = None, colors: ArrayLike | None = None
    ) -> None:
        """Add flat quads (N, 4, 3), their outside up, in the frame of `side` or the lot's, with one colour each or the look's."""
        c = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 3)
        if not len(c):
            return
        moved = c if side is None else side.points(c)
        painted = np.empty((len(c), 3), dtype=np.uint8)
        painted[:] = of.color if colors is None else colors
        self._parts.setdefault((of.material, of.tag, uvs is None), []).append((moved, painted, uvs))

    def boxes(self, low: ArrayLike, high: ArrayLike, of: Look, side: Side | None = None, faces: str = "xXyYzZ") -> None:
        """Add axis-aligned boxes by their corners (N, 3); `faces` names their sides (capital: positive)."""
        self.quads(box_corners(low, high, faces), of, side)

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the (3,) least and greatest corner of all above the ground."""
        points = np.concatenate([c.reshape(-1, 3) for parts in self._parts.values() for c, _, _ in parts])
        low, high = points.min(axis=0), points.max(axis=0)
        return np.array([low[0], low[1], max(low[2], 0.0)]), high

    def build(self, builder: MeshBuilder, matrix: Floats) -> None:
        """Add everything, moved by a rigid (4, 4) matrix."""
        for (material, tag, plain), parts in self._parts.items():
            corners = np.concatenate([c for c, _, _ in parts])
            colors = np.concatenate([c for _, c, _ in parts])
            uvs = None if plain else np.concatenate([u for _, _, u in parts if u is not None])
            builder.add_quads(corners, Look(material, tag), matrix, uvs, colors)


def rectangles(x0: ArrayLike, x1: ArrayLike, z0: ArrayLike, z1: ArrayLike, y: float) -> Floats:
    """Return upright rectangles (N, 4, 3) facing -y; each argument has N values or one."""
    a, b, c, d = (np.asarray(v, dtype=np.float64).reshape(-1) for v in (x0, x1, z0, z1))
    sizes = (a.size, b.size, c.size, d.size)
    out = np.empty((max(sizes) if min(sizes) else 0, 4, 3))
    out[..., 1] = y
    out[:, ::3, 0], out[:, 1:3, 0] = a[:, None], b[:, None]
    out[:, :2, 2], out[:, 2:, 2] = c[:, None], d[:, None]
    return out


def corners_of(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Floats:
    """Return points (N, 3); each coordinate has N values or one."""
    a, b, c = (np.asarray(v, dtype=np.float64).reshape(-1) for v in (x, y, z))
    sizes = (a.size, b.size, c.size)
    out = np.empty((max(sizes) if min(sizes) else 0, 3))
    out[:, 0], out[:, 1], out[:, 2] = a, b, c
    return out


def slab(top: ArrayLike, thick: float) -> Floats:
    """Return the six faces (6 N, 4, 3) of plates whose upper faces are the quads `top` (N, 4, 3), outside up."""
    t = np.asarray(top, dtype=np.float64).reshape(-1, 4, 3)
    low = t - (0.0, 0.0, thick)
    edges = [np.stack([low[:, k], low[:, (k + 1) % 4], t[:, (k + 1) % 4], t[:, k]], axis=1) for k in range(4)]
    return np.concatenate([t, low[:, ::-1], *edges])
