"""Walls with windows: a grid of bays and storeys, cut so that wall and glass never overlap.

A wall stands in its own frame: x along it, z up, its outside towards -y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box_corners
from simgen.server.scene import Material

Floats = NDArray[np.float64]
Color = tuple[int, int, int]

GLASS = Look(Material.GLASS, Tag.BUILDINGS, (44, 54, 64))
_DARK_PANES = np.array([(40, 50, 60), (30, 38, 46), (52, 64, 76), (36, 44, 50)], dtype=np.uint8)
_CURTAINS = np.array([(150, 144, 130), (122, 116, 108), (168, 160, 148)], dtype=np.uint8)


@dataclass(frozen=True)
class Openings:
    """A regular pattern of windows in one band of a wall."""

    bay_m: float
    """Wished distance of windows."""
    width: float
    """Share of the bay."""
    sill_m: float
    """Above the floor."""
    height_m: float
    recess_m: float = 0.0


@dataclass(frozen=True)
class Band:
    """Storeys of equal openings one above the other."""

    low: float
    storey_m: float
    storeys: int
    openings: Openings

    @property
    def high(self) -> float:
        return self.low + self.storey_m * self.storeys

    def columns(self, width: float) -> Floats:
        """Return x of the vertical lines: wall, window, wall, ... (2 n + 2,); only the ends where nothing fits."""
        count = int(width / self.openings.bay_m + 0.35)
        if count < 1 or width < 1.5:
            return np.array([0.0, width])
        middle = (np.arange(count) + 0.5) * width / count
        half = width / count * self.openings.width / 2
        return np.concatenate([[0.0], np.stack([middle - half, middle + half], 1).ravel(), [width]])

    def rows(self) -> Floats:
        """Return z of the horizontal lines: wall, window, wall, ... (2 n + 2,)."""
        floor = self.low + self.storey_m * np.arange(self.storeys)
        sill = floor + self.openings.sill_m
        return np.concatenate([[self.low], np.stack([sill, sill + self.openings.height_m], 1).ravel(), [self.high]])


def window_boxes(band: Band, width: float) -> tuple[Floats, Floats]:
    """Return (x0, x1) and (z0, z1) of all windows of a band, (N, 2) each."""
    x, z = band.columns(width)[1:-1].reshape(-1, 2), band.rows()[1:-1].reshape(-1, 2)
    return np.tile(x, (len(z), 1)), np.repeat(z, len(x), axis=0)


def add_wall(builder: MeshBuilder, matrix: Floats, width: float, band: Band, wall: Look, rng: np.random.Generator) -> None:
    """Add one band of a wall with its windows."""
    columns, rows = band.columns(width), band.rows()
    x0, z0 = np.meshgrid(columns[:-1], rows[:-1])
    x1, z1 = np.meshgrid(columns[1:], rows[1:])
    solid = np.ones(x0.shape, dtype=np.bool_)
    solid[1::2, 1::2] = False
    plane, uvs = _upright(x0[solid], x1[solid], z0[solid], z1[solid], 0.0)
    builder.add_quads(plane, wall, matrix, uvs)
    if solid.all():
        return
    hole = ~solid
    recess = band.openings.recess_m
    panes, uvs = _upright(x0[hole], x1[hole], z0[hole], z1[hole], recess)
    builder.add_quads(panes, GLASS, matrix, uvs, _pane_colors(int(hole.sum()), rng))
    if recess > 0:
        builder.add_quads(_reveals(x0[hole], x1[hole], z0[hole], z1[hole], recess), wall, matrix)


def _upright(x0: Floats, x1: Floats, z0: Floats, z1: Floats, y: float) -> tuple[Floats, Floats]:
    """Return (corners (N, 4, 3), uvs (N, 4, 2)) of rectangles facing -y."""
    corners = np.full((len(x0), 4, 3), y)
    corners[:, [0, 3], 0], corners[:, [1, 2], 0] = x0[:, None], x1[:, None]
    corners[:, :2, 2], corners[:, 2:, 2] = z0[:, None], z1[:, None]
    return corners, corners[..., [0, 2]]


def _reveals(x0: Floats, x1: Floats, z0: Floats, z1: Floats, depth: float) -> Floats:
    """Return the four sides of recessed windows, facing into the opening."""
    out, deep = np.zeros_like(x0), np.full_like(x0, depth)
    sides = [
        (_points(x0, out, z0), _points(x0, deep, z0), _points(x0, deep, z1), _points(x0, out, z1)),
        (_points(x1, deep, z0), _points(x1, out, z0), _points(x1, out, z1), _points(x1, deep, z1)),
        (_points(x0, out, z0), _points(x1, out, z0), _points(x1, deep, z0), _points(x0, deep, z0)),
        (_points(x0, deep, z1), _points(x1, deep, z1), _points(x1, out, z1), _points(x0, out, z1)),
    ]
    return np.concatenate([np.stack(s, axis=1) for s in sides])


def _points(x: Floats | float, y: Floats | float, z: Floats | float) -> Floats:
    return np.stack(np.broadcast_arrays(x, y, z), axis=-1)


def _pane_colors(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a colour per pane: dark panes, some with curtains behind."""
    dark = _DARK_PANES[rng.integers(len(_DARK_PANES), size=count)]
    light = _CURTAINS[rng.integers(len(_CURTAINS), size=count)]
    return np.where(rng.random((count, 1)) < 0.15, light, dark)


def add_sills(builder: MeshBuilder, matrix: Floats, width: float, band: Band, look: Look) -> None:
    """Add window sills and one upright bar per window."""
    x, z = window_boxes(band, width)
    if not len(x):
        return
    low = np.stack([x[:, 0] - 0.08, np.full(len(x), -0.09), z[:, 0] - 0.09], axis=-1)
    high = np.stack([x[:, 1] + 0.08, np.full(len(x), 0.02), z[:, 0]], axis=-1)
    builder.add_quads(box_corners(low, high, "xXyzZ"), look, matrix)
    middle, recess = x.mean(axis=1), band.openings.recess_m
    low = np.stack([middle - 0.03, np.full(len(x), recess - 0.05), z[:, 0]], axis=-1)
    high = np.stack([middle + 0.03, np.full(len(x), recess + 0.02), z[:, 1]], axis=-1)
    builder.add_quads(box_corners(low, high, "xXy"), look, matrix)


def add_balconies(builder: MeshBuilder, matrix: Floats, width: float, band: Band, slab: Look, rail: Look) -> None:
    """Add a balcony before every second window above the lowest storey of the band."""
    x, z = window_boxes(band, width)
    per_row = max(1, (len(band.columns(width)) - 2) // 2)
    number = np.arange(len(x))
    chosen = ((number % per_row) % 2 == 1) & (number // per_row > 0)
    if not chosen.any():
        return
    x, floor = x[chosen], z[chosen, 0] - band.openings.sill_m
    x0, x1 = x[:, 0] - 0.45, x[:, 1] + 0.45
    builder.add_quads(box_corners(_points(x0, -1.2, floor - 0.12), _points(x1, 0.05, floor + 0.03)), slab, matrix)
    for low, high in (
        (_points(x0, -1.2, floor + 0.1), _points(x1, -1.16, floor + 1.0)),
        (_points(x0, -1.2, floor + 0.1), _points(x0 + 0.04, 0.0, floor + 1.0)),
        (_points(x1 - 0.04, -1.2, floor + 0.1), _points(x1, 0.0, floor + 1.0)),
    ):
        builder.add_quads(box_corners(low, high), rail, matrix)
