"""Walls with windows: openings cut into a wall so that wall and glass never overlap, and what surrounds them.

A wall stands in the frame of its side: x along it, z up, its outside towards -y. Lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_draft import Color, Draft, Side, corners_of, look, rectangles, shaded
from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.solids import box_corners
from simgen.server.scene import Material

Floats = NDArray[np.float64]

GLASS = look(Material.GLASS, (44, 54, 64))
_DARK_PANES = np.array([(40, 50, 60), (30, 38, 46), (52, 64, 76), (36, 44, 50), (58, 66, 72)], dtype=np.uint8)
_CURTAINS = np.array([(150, 146, 136), (122, 118, 110), (168, 162, 152)], dtype=np.uint8)
LAP_M = 0.004
"""Pieces of one wall overlap by this much, so that no light shines through their joints."""
PROUD_M = 0.03
"""Windows of plain walls are laid on this far before the wall."""


class Lintel(IntEnum):
    """What lies over a window."""

    NONE = 0
    FLAT = 1
    KEYSTONE = 2
    PEDIMENT = 3
    SEGMENT = 4
    """A flat arch of bricks on end."""
    HOOD = 5
    """A small cornice."""


@dataclass(frozen=True)
class Openings:
    """A regular pattern of windows in one band of a wall, and how they are made."""

    bay_m: float
    """Wished distance of windows."""
    width_m: float
    sill_m: float
    """Above the floor."""
    height_m: float
    recess_m: float = 0.14
    frame: Color = (222, 220, 214)
    frame_m: float = 0.07
    bars: tuple[int, int] = (1, 0)
    """Upright and level bars."""
    sill: bool = True
    lintel: Lintel = Lintel.NONE
    surround_m: float = 0.0
    shutters: tuple[Color, ...] = ()

    def columns(self, width: float, margin: float = 0.45) -> Floats:
        """Return x of the left and right edges of the windows of a wall (n, 2); empty where none fits."""
        count = int(width / self.bay_m + 0.35)
        count = min(count, int(width / (self.width_m + margin)))
        if count < 1 or width < self.width_m + 2 * margin:
            return np.zeros((0, 2))
        middle = (np.arange(count) + 0.5) * width / count
        return np.stack([middle - self.width_m / 2, middle + self.width_m / 2], axis=1)


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

    def rows(self) -> Floats:
        """Return z of the lower and upper edges of the windows (m, 2)."""
        sill = self.low + self.storey_m * np.arange(self.storeys) + self.openings.sill_m
        return np.stack([sill, sill + min(self.openings.height_m, self.storey_m - self.openings.sill_m - 0.12)], axis=1)


@dataclass(frozen=True)
class Holes:
    """Rectangular openings in a wall, all attributes (N,)."""

    x0: Floats
    x1: Floats
    z0: Floats
    z1: Floats

    @classmethod
    def grid(cls, x: Floats, z: Floats) -> Holes:
        """Return one hole per column (n, 2) and row (m, 2), row by row."""
        rows, columns = len(z), len(x)
        return cls(np.tile(x[:, 0], rows), np.tile(x[:, 1], rows), np.repeat(z[:, 0], columns), np.repeat(z[:, 1], columns))

    def __len__(self) -> int:
        return len(self.x0)

    def chosen(self, which: NDArray[np.bool_]) -> Holes:
        return Holes(self.x0[which], self.x1[which], self.z0[which], self.z1[which])

    def rectangles(self, y: float, inset: float = 0.0) -> Floats:
        return rectangles(self.x0 + inset, self.x1 - inset, self.z0 + inset, self.z1 - inset, y)


def add_pierced(draft: Draft, side: Side, span: tuple[float, float], low: float, high: float, x: Floats, z: Floats, wall: Look) -> None:
    """Add a wall over `span` (from, to) and from `low` to `high` with holes at columns x (n, 2), each with rows z (m, 2) or (n, m, 2)."""
    count = len(x)
    rows = np.broadcast_to(z, (count, *z.shape[-2:])) if z.ndim == 2 else z
    ends = np.concatenate([[span[0]], x.ravel(), [span[1]]]).reshape(-1, 2)
    piers = rectangles(ends[:, 0], ends[:, 1], low, high, 0.0)
    levels = np.concatenate([np.full((count, 1), low), rows.reshape(count, -1), np.full((count, 1), high)], axis=1).reshape(count, -1, 2)
    sides = np.repeat(x[:, None], levels.shape[1], axis=1)
    between = rectangles(sides[..., 0] - LAP_M, sides[..., 1] + LAP_M, levels[..., 0], levels[..., 1], 0.0)
    faces = np.concatenate([piers, between])
    faces = faces[(faces[:, 2, 2] - faces[:, 0, 2] > 0.01) & (faces[:, 1, 0] - faces[:, 0, 0] > 0.01)]
    draft.quads(faces, wall, side, faces[..., [0, 2]])


def add_blank(draft: Draft, side: Side, low: float, high: float, wall: Look, span: tuple[float, float] | None = None) -> None:
    """Add a wall without openings."""
    a, b = span or (0.0, side.width)
    face = rectangles(a, b, low, high, 0.0)
    draft.quads(face, wall, side, face[..., [0, 2]])


def add_band(draft: Draft, side: Side, band: Band, wall: Look, trim: Look, rng: np.random.Generator) -> Holes:
    """Add one band of a wall with windows in reveals; returns the windows."""
    columns, rows = band.openings.columns(side.width), band.rows()
    if not len(columns) or not band.storeys:
        add_blank(draft, side, band.low, band.high, wall)
        return Holes.grid(np.zeros((0, 2)), rows)
    add_pierced(draft, side, (0.0, side.width), band.low, band.high, columns, rows, wall)
    holes = Holes.grid(columns, rows)
    add_windows(draft, side, holes, band.openings, wall, trim, rng)
    return holes


def add_plain_band(draft: Draft, side: Side, band: Band, wall: Look, rng: np.random.Generator) -> None:
    """Add one band of a wall that is seen from afar: whole, with windows laid on."""
    add_blank(draft, side, band.low, band.high, wall)
    columns = band.openings.columns(side.width)
    if len(columns):
        holes = Holes.grid(columns, band.rows())
        holes = holes.chosen(rng.random(len(holes)) < 0.9)
        draft.quads(holes.rectangles(-PROUD_M), look(Material.PLASTIC, band.openings.frame), side)
        draft.quads(holes.rectangles(-1.5 * PROUD_M, band.openings.frame_m), GLASS, side, colors=pane_colors(len(holes), rng))


def add_windows(draft: Draft, side: Side, holes: Holes, style: Openings, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    """Fill holes with frames, panes and bars, and add what surrounds them."""
    if not len(holes):
        return
    deep = style.recess_m
    draft.quads(reveals(holes, deep, not style.sill), wall, side)
    add_panes(draft, side, holes, style, rng)
    if style.sill:
        low = corners_of(holes.x0 - 0.08, -0.09, holes.z0 - 0.09)
        draft.quads(box_corners(low, corners_of(holes.x1 + 0.08, deep, holes.z0), "yzZ"), trim, side)
    _add_lintels(draft, side, holes, style, wall, trim)
    if style.surround_m:
        _add_surrounds(draft, side, holes, style.surround_m, trim)
    if style.shutters:
        color = style.shutters[int(rng.integers(len(style.shutters)))]
        _add_shutters(draft, side, holes, look(Material.WOOD, color))


def add_panes(draft: Draft, side: Side, holes: Holes, style: Openings, rng: np.random.Generator) -> None:
    """Add frame, glass and bars at the bottom of the reveals."""
    deep, frame = style.recess_m, look(Material.PLASTIC, style.frame)
    draft.quads(holes.rectangles(deep), frame, side)
    draft.quads(holes.rectangles(deep - 0.015, style.frame_m), GLASS, side, colors=pane_colors(len(holes), rng))
    upright, level = style.bars
    half = min(0.03, style.frame_m / 2)
    bars = []
    for k in range(upright):
        x = holes.x0 + (holes.x1 - holes.x0) * (k + 1) / (upright + 1)
        bars.append(rectangles(x - half, x + half, holes.z0, holes.z1, deep - 0.03))
    for k in range(level):
        z = holes.z0 + (holes.z1 - holes.z0) * (0.68 if level == 1 else (k + 1) / (level + 1))
        bars.append(rectangles(holes.x0, holes.x1, z - half, z + half, deep - 0.032))
    if bars:
        draft.quads(np.concatenate(bars), frame, side)


def pane_colors(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a colour per pane (N, 3): dark panes, some with curtains behind."""
    dark = _DARK_PANES[rng.integers(len(_DARK_PANES), size=count)]
    light = _CURTAINS[rng.integers(len(_CURTAINS), size=count)]
    return np.where(rng.random((count, 1)) < 0.16, light, dark)


def reveals(holes: Holes, deep: float, ledge: bool = False) -> Floats:
    """Return the left, right and upper sides of recessed openings (and the lower one), facing into the opening."""
    low, high = corners_of(holes.x0, 0.0, holes.z0), corners_of(holes.x1, deep, holes.z1)
    return box_corners(low, high, "xXzZ" if ledge else "xXZ")[:, ::-1]


def _add_lintels(draft: Draft, side: Side, holes: Holes, style: Openings, wall: Look, trim: Look) -> None:
    x0, x1, z1, kind = holes.x0, holes.x1, holes.z1, style.lintel
    if kind in (Lintel.FLAT, Lintel.KEYSTONE):
        draft.boxes(corners_of(x0 - 0.15, -0.03, z1), corners_of(x1 + 0.15, 0.02, z1 + 0.22), trim, side, "xXyzZ")
    if kind == Lintel.KEYSTONE:
        middle = (x0 + x1) / 2
        draft.boxes(corners_of(middle - 0.12, -0.07, z1 - 0.02), corners_of(middle + 0.12, 0.0, z1 + 0.30), trim, side, "xXyz")
    if kind == Lintel.SEGMENT:
        faces = rectangles(x0 - 0.12, x1 + 0.12, z1 - 0.0, z1 + 0.26, -0.015)
        draft.quads(faces, look(wall.material, shaded(wall.color, 0.82)), side, faces[..., [2, 0]])
    if kind in (Lintel.HOOD, Lintel.PEDIMENT):
        draft.boxes(corners_of(x0 - 0.22, -0.22, z1 + 0.24), corners_of(x1 + 0.22, 0.0, z1 + 0.36), trim, side, "xXyzZ")
    if kind == Lintel.PEDIMENT:
        middle, rise = (x0 + x1) / 2, 0.42
        peak, left, right = (
            corners_of(x, -0.2, z) for x, z in ((middle, z1 + 0.36 + rise), (x0 - 0.22, z1 + 0.36), (x1 + 0.22, z1 + 0.36))
        )
        back = np.array([0.0, 0.2, 0.0])
        draft.quads(np.stack([left, right, peak, peak], axis=1), trim, side)
        draft.quads(
            np.concatenate([np.stack([right, right + back, peak + back, peak], 1), np.stack([left + back, left, peak, peak + back], 1)]),
            trim,
            side,
        )


def _add_surrounds(draft: Draft, side: Side, holes: Holes, wide: float, trim: Look) -> None:
    """Add a flat frame of plaster or stone around each window."""
    x0, x1, z0, z1 = holes.x0, holes.x1, holes.z0, holes.z1
    parts = ((x0 - wide, x0, z0, z1 + wide), (x1, x1 + wide, z0, z1 + wide), (x0, x1, z1, z1 + wide))
    draft.quads(np.concatenate([rectangles(*part, -0.025) for part in parts]), trim, side)


def _add_shutters(draft: Draft, side: Side, holes: Holes, wood: Look) -> None:
    """Add open shutters on both sides of each window."""
    wide = (holes.x1 - holes.x0) / 2
    for a, b in ((holes.x0 - wide - 0.03, holes.x0 - 0.03), (holes.x1 + 0.03, holes.x1 + wide + 0.03)):
        draft.boxes(corners_of(a, -0.06, holes.z0), corners_of(b, -0.015, holes.z1), wood, side, "xXyz")
