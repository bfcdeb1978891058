"""A thin skin of triangles whose regions are panels, panes, lamps and doors of one smooth surface.

Only the right half (y >= 0) of a vehicle is made; `vehicle_looks.whole` adds its mirror image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, auto

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Part(IntEnum):
    """What a piece of skin is; `vehicle_looks` says how each looks."""

    PAINT = 0
    SECOND = auto()
    """Paint of another colour: roofs, liveries."""
    THIRD = auto()
    TRIM = auto()
    GAP = auto()
    SEAM = auto()
    BAR = auto()
    """Of a grille."""
    CHROME = auto()
    GLASS = auto()
    SEAT = auto()
    """What is seen of seats through glass..."""
    DRIVER = auto()
    """...and of whoever drives, if somebody does: before the pane..."""
    DRIVER_SEAT = auto()
    """...and before the seat."""
    FRIT = auto()
    """The black border of panes."""
    HEADLAMP = auto()
    LENS = auto()
    TAILLAMP = auto()
    INDICATOR = auto()
    REVERSING = auto()
    BRAKE = auto()
    INSIDE = auto()
    STRIPE = auto()


X, Y, Z = 0, 1, 2
AROUND, UP = 6, 7
"""Columns of `Skin.data`: metres around the vehicle from the middle of its front, and metres up along its rows."""


@dataclass(frozen=True)
class Skin:
    """Triangles of the right half."""

    data: Floats
    """(N, 8): position, normal, AROUND, UP."""
    triangles: Ints
    """(M, 3)"""
    parts: Ints
    """(M,) Part."""
    doors: Ints
    """(M,) number of the door, -1 for none."""

    def centres(self, columns: Sequence[int]) -> Floats:
        """Return the middles (M, len(columns)) of the triangles."""
        return np.asarray(self.data[self.triangles][:, :, list(columns)].mean(axis=1))

    def painted(self, mask: Mask, part: Part) -> Skin:
        """Return the skin with the masked triangles (M,) made of `part`."""
        return replace(self, parts=np.where(mask, int(part), self.parts))


def skin_of(points: Floats, triangles: Ints, around: Floats, up: Floats) -> Skin:
    """Return a smooth skin: area-weighted normals, turned into the plane y = 0 on it."""
    corner = points[triangles]
    area = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    keep = np.linalg.norm(area, axis=1) > 1e-8
    triangles, area = triangles[keep], area[keep]
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, triangles[:, k], area)
    normals[np.abs(points[:, 1]) < 1e-6, 1] = 0.0
    data = np.concatenate([points, unit(normals), around[:, None], up[:, None]], axis=1)
    return Skin(data, triangles, np.zeros(len(triangles), np.int64), np.full(len(triangles), -1, np.int64))


def unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def edges_of(triangles: Ints) -> Ints:
    """Return the directed edges (3 M, 2) of triangles."""
    return triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)


def sunk(skin: Skin, mask: Mask, by: ArrayLike, wall: Part | None) -> Skin:
    """Return the skin with the masked triangles moved by a vector (3,) or by metres along their normals, and walls at the border
    (none in the plane y = 0 and at the lower edge, and none at all for None)."""
    if not mask.any():
        return skin
    moved = np.unique(skin.triangles[mask])
    offset = np.asarray(by, dtype=np.float64)
    data = skin.data[moved].copy()
    data[:, :3] += data[:, 3:6] * offset if offset.ndim == 0 else offset
    number = np.full(len(skin.data), -1, np.int64)
    number[moved] = np.arange(len(moved)) + len(skin.data)
    triangles = np.where(mask[:, None], number[skin.triangles], skin.triangles)
    lower = replace(skin, data=np.concatenate([skin.data, data]), triangles=triangles)
    if wall is None:
        return lower
    return joined([lower, _walls(skin, mask, data[:, :3], number - len(skin.data), wall)])


def _walls(skin: Skin, mask: Mask, moved: Floats, number: Ints, wall: Part) -> Skin:
    """Return flat quads between the border of the masked triangles and where it has moved."""
    ends = _outline(skin, mask)
    free = (np.abs(skin.data[ends, Y]) < 1e-6).all(axis=1) | (skin.data[ends, UP] < 1e-6).all(axis=1)
    ends = ends[~free]
    corners = np.stack([skin.data[ends[:, 0], :3], skin.data[ends[:, 1], :3], moved[number[ends[:, 1]]], moved[number[ends[:, 0]]]], axis=1)
    return flat_quads(corners, wall)


def _outline(skin: Skin, mask: Mask) -> Ints:
    """Return the border (E, 2) of the masked triangles; vertices in one place, as those of flat quads side by side, count as one."""
    used, index = np.unique(skin.triangles[mask], return_inverse=True)
    _, first, same = np.unique(np.round(skin.data[used, :3], 5), axis=0, return_index=True, return_inverse=True)
    return used[first][border(same.reshape(-1)[index].reshape(-1, 3))]


def border(triangles: Ints) -> Ints:
    """Return the directed edges (E, 2) that only one of the triangles has."""
    edges = edges_of(triangles)
    count = int(triangles.max()) + 1
    back = edges[:, 1] * count + edges[:, 0]
    return edges[~np.isin(edges[:, 0] * count + edges[:, 1], back)]


def flat_quads(corners: Floats, part: Part) -> Skin:
    """Return quads (N, 4, 3) with normals of their own; AROUND and UP are metres along the first two edges."""
    c = corners.reshape(-1, 4, 3)
    normal = unit(np.cross(c[:, 2] - c[:, 0], c[:, 3] - c[:, 1]))
    u, v = (np.linalg.norm(c[:, k] - c[:, 0], axis=1) for k in (1, 3))
    zero = np.zeros_like(u)
    flat = np.stack([np.stack([zero, u, u, zero], 1), np.stack([zero, zero, v, v], 1)], axis=-1).reshape(-1, 2)
    data = np.concatenate([c.reshape(-1, 3), np.repeat(normal, 4, axis=0), flat], axis=1)
    first = np.arange(len(c))[:, None] * 4
    triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])]).astype(np.int64)
    return Skin(data, triangles, np.full(len(triangles), int(part)), np.full(len(triangles), -1, np.int64))


def joined(skins: Sequence[Skin]) -> Skin:
    """Return several skins as one."""
    offsets = np.cumsum([0, *[len(s.data) for s in skins]])
    return Skin(
        np.concatenate([s.data for s in skins]),
        np.concatenate([s.triangles + o for s, o in zip(skins, offsets, strict=False)]),
        np.concatenate([s.parts for s in skins]),
        np.concatenate([s.doors for s in skins]),
    )


def kept(skin: Skin, mask: Mask) -> Skin:
    """Return only the masked triangles (M,)."""
    return Skin(skin.data, skin.triangles[mask], skin.parts[mask], skin.doors[mask])
