"""Ground floors: shop fronts with signs and awnings, house doors with steps, bay windows, garage doors. Side frame, metres."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_draft import Color, Draft, Side, look, rectangles, shaded
from simgen.server.assets.facades import GLASS, Holes, Openings, add_pierced, add_windows, pane_colors, reveals
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

Floats = NDArray[np.float64]

JOINERY: tuple[Color, ...] = (
    (38, 52, 44),
    (44, 50, 62),
    (38, 36, 36),
    (84, 50, 46),
    (198, 194, 184),
    (104, 108, 108),
    (76, 92, 84),
    (58, 44, 36),
)
SIGNS: tuple[tuple[Color, Color], ...] = (
    ((40, 62, 50), (206, 190, 140)),
    ((38, 46, 76), (220, 220, 214)),
    ((46, 44, 44), (222, 218, 206)),
    ((118, 54, 48), (220, 212, 194)),
    ((206, 202, 192), (52, 56, 60)),
    ((178, 154, 92), (60, 44, 38)),
    ((74, 110, 138), (226, 226, 220)),
    ((82, 66, 88), (216, 210, 200)),
    ((150, 92, 62), (226, 218, 204)),
    ((70, 112, 78), (228, 226, 214)),
)
"""Sign boards: ground and letters."""
AWNINGS: tuple[Color, ...] = ((126, 48, 44), (50, 84, 66), (54, 66, 100), (176, 146, 84), (92, 92, 94), (188, 178, 156))
DOORS: tuple[Color, ...] = (
    (62, 42, 34),
    (44, 60, 52),
    (50, 56, 70),
    (92, 54, 50),
    (36, 36, 38),
    (150, 148, 140),
    (92, 74, 54),
    (78, 96, 104),
)
STONE_STEP = look(Material.CONCRETE, (142, 138, 130))
SHOP_HEAD_M = 2.85
SIGN_M = (2.95, 3.50)
"""Lower and upper edge of sign boards."""
_STROKES = np.array([0b11001, 0b01101, 0b10111, 0b11100, 0b01011, 0b11111, 0b00110])
"""Letters as sets of strokes: left stem, right stem, foot, waist, head."""


@dataclass(frozen=True)
class Entrance:
    """A house door."""

    middle: float
    width: float = 1.05
    height: float = 2.15
    floor: float = 0.16
    """Of the threshold above the ground; steps lead there."""
    fanlight: float = 0.0
    """Height of the glass over the door."""
    canopy: bool = False
    leaf: Color | None = None
    """Drawn where None."""


def add_shops(draft: Draft, side: Side, high: float, wall: Look, trim: Look, rng: np.random.Generator, flats: bool = True) -> None:
    """Add a ground floor of shops between piers, with a house door at one end where there are `flats` above."""
    door = 1.7 if flats and side.width > 6.5 else 0.0
    at_left = rng.random() < 0.5
    first, last = (door, side.width) if at_left else (0.0, side.width - door)
    count = max(1, round((last - first) / 6.5))
    edges = np.linspace(first, last, count + 1)
    pier = 0.28
    x = np.stack([edges[:-1] + pier, edges[1:] - pier], axis=1)
    tops = np.array([(0.0, SHOP_HEAD_M)])
    if door:
        middle = door / 2 if at_left else side.width - door / 2
        way = Entrance(middle, floor=0.08, fanlight=0.35)
        x = np.concatenate([x, [(middle - 0.52, middle + 0.52)]])
        x = x[np.argsort(x[:, 0])]
        add_entrance(draft, side, way, wall, trim, rng)
    rows = np.repeat(tops[None], len(x), axis=0)
    if door:
        rows[0 if at_left else -1, 0, 1] = way.floor + way.height + way.fanlight
    add_pierced(draft, side, (0.0, side.width), 0.0, high, x, rows, wall)
    for a, b in (x[1:] if at_left else x[:-1]) if door else x:
        _add_shop(draft, side, float(a), float(b), rng)


def _add_shop(draft: Draft, side: Side, x0: float, x1: float, rng: np.random.Generator) -> None:
    """Add one shop front in its opening: stall riser, panes, a door, the sign, and now and then an awning."""
    joinery = look(Material.WOOD, JOINERY[int(rng.integers(len(JOINERY)))])
    ground, letters = SIGNS[int(rng.integers(len(SIGNS)))]
    deep, stall = 0.14, float(rng.choice([0.35, 0.55, 0.75]))
    hole = Holes(*(np.array([v]) for v in (x0, x1, 0.0, SHOP_HEAD_M)))
    draft.quads(reveals(hole, deep), joinery, side)
    draft.quads(hole.rectangles(deep), joinery, side)
    door = x0 + 0.1 if rng.random() < 0.5 else x1 - 1.15
    spans = [(x0 + 0.08, door - 0.05), (door + 1.1, x1 - 0.08)]
    lights = []
    for a, b in spans:
        if b - a > 0.5:
            edges = np.linspace(a, b, max(1, round((b - a) / 1.7)) + 1)
            lights.append(np.stack([edges[:-1] + 0.035, edges[1:] - 0.035], axis=1))
    x = np.concatenate(lights)
    panes = np.concatenate(
        [rectangles(x[:, 0], x[:, 1], stall, SHOP_HEAD_M - 0.12, deep - 0.02), rectangles(door + 0.16, door + 0.84, 0.35, 2.1, deep - 0.02)]
    )
    draft.quads(panes, GLASS, side, colors=pane_colors(len(panes), rng) // 2 + 22)
    _add_sign(draft, side, x0 - 0.15, x1 + 0.15, ground, letters, rng)
    if rng.random() < 0.3:
        _add_awning(draft, side, x0, x1, AWNINGS[int(rng.integers(len(AWNINGS)))])


def _add_sign(draft: Draft, side: Side, x0: float, x1: float, ground: Color, letters: Color, rng: np.random.Generator) -> None:
    low, high = SIGN_M
    draft.boxes((x0, -0.10, low), (x1, 0.02, high), look(Material.SIGN, ground), side, "xXyzZ")
    length = (x1 - x0) * float(rng.uniform(0.35, 0.7))
    start = (x0 + x1 - length) / 2 if rng.random() < 0.6 else x0 + 0.3
    draft.quads(lettering(start, low + 0.16, length, high - low - 0.32, -0.115, rng), look(Material.SIGN, letters), side)


def lettering(x: float, z: float, length: float, height: float, y: float, rng: np.random.Generator) -> Floats:
    """Return rectangles (N, 4, 3) that look like a line of letters from some metres away."""
    pitch = height * 0.85
    count = max(2, int(length / pitch))
    glyphs = _STROKES[rng.integers(len(_STROKES), size=count)]
    gaps = rng.random(count) < 0.12
    left = x + pitch * np.arange(count)
    wide, stroke = pitch * 0.72, height * 0.17
    strokes = (  # who looks at a wall has its x on the left
        (left + wide - stroke, left + wide, 0.0, 1.0),
        (left, left + stroke, 0.0, 1.0),
        (left, left + wide, 0.0, stroke / height),
        (left, left + wide, 0.42, 0.42 + stroke / height),
        (left, left + wide, 1.0 - stroke / height, 1.0),
    )
    parts = []
    for bit, (a, b, low, high) in enumerate(strokes):
        used = ((glyphs >> bit) & 1).astype(np.bool_) & ~gaps
        parts.append(rectangles(a, b, z + low * height, z + high * height, y)[used])
    return np.concatenate(parts)


def _add_awning(draft: Draft, side: Side, x0: float, x1: float, color: Color) -> None:
    """Add a sloping cloth and its valance, seen from above and below."""
    top, edge, low = (-0.11, 3.0), (-0.95, 2.62), (-0.95, 2.44)
    faces = []
    for (ya, za), (yb, zb), back in ((edge, top, (0.0, -0.01)), (low, edge, (0.01, 0.0))):
        cloth = np.array([(x0, ya, za), (x1, ya, za), (x1, yb, zb), (x0, yb, zb)])
        faces.extend([cloth, cloth[::-1] + np.array([0.0, *back])])
    draft.quads(np.array(faces), look(Material.CLOTH, color), side)


def add_house_floor(
    draft: Draft, side: Side, high: float, style: Openings, way: Entrance | None, wall: Look, trim: Look, rng: np.random.Generator
) -> Holes:
    """Add a ground floor of windows, one of them replaced by the door; returns the windows."""
    columns = style.columns(side.width)
    if way is not None and len(columns):
        columns = columns[(columns[:, 1] < way.middle - way.width / 2 - 0.15) | (columns[:, 0] > way.middle + way.width / 2 + 0.15)]
    head = min(style.sill_m + style.height_m, high - 0.3)
    x, z = columns, np.tile((style.sill_m, head), (len(columns), 1, 1))
    if way is not None:
        x = np.concatenate([x, [(way.middle - way.width / 2, way.middle + way.width / 2)]])
        z = np.concatenate([z, [[(0.0, way.floor + way.height + way.fanlight)]]])
        order = np.argsort(x[:, 0])
        x, z = x[order], z[order]
        add_entrance(draft, side, way, wall, trim, rng)
    add_pierced(draft, side, (0.0, side.width), 0.0, high, x, z, wall)
    holes = Holes.grid(columns, np.array([(style.sill_m, head)]))
    add_windows(draft, side, holes, style, wall, trim, rng)
    return holes


def door_place(style: Openings, width: float, share: float) -> float:
    """Return where along a wall a door goes: at the middle of the window column nearest to a share of the width."""
    columns = style.columns(width)
    if not len(columns):
        return width * min(max(share, 0.3), 0.7)
    middles = columns.mean(axis=1)
    return float(middles[np.argmin(np.abs(middles - share * width))])


def add_entrance(draft: Draft, side: Side, way: Entrance, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    """Add a door in its reveal with steps before it; the hole in the wall is made elsewhere."""
    x0, x1 = way.middle - way.width / 2, way.middle + way.width / 2
    deep, top = 0.18, way.floor + way.height
    hole = Holes(*(np.array([v]) for v in (x0, x1, 0.0, top + way.fanlight)))
    draft.quads(reveals(hole, deep), wall, side)
    leaf = look(Material.WOOD, way.leaf or DOORS[int(rng.integers(len(DOORS)))])
    draft.quads(rectangles(x0, x1, way.floor, top, deep), leaf, side)
    frame = look(Material.PLASTIC, (198, 194, 186))
    if way.fanlight > 0:
        draft.quads(rectangles(x0, x1, top, top + way.fanlight, deep - 0.01), frame, side)
        draft.quads(rectangles(x0 + 0.06, x1 - 0.06, top + 0.06, top + way.fanlight - 0.05, deep - 0.02), GLASS, side)
    if rng.random() < 0.5:
        draft.quads(rectangles(x0 + 0.2, x1 - 0.2, way.floor + 1.15, way.floor + 1.85, deep - 0.012), GLASS, side)
    else:
        dark = look(Material.WOOD, shaded(leaf.color, 0.72))
        draft.quads(
            rectangles(
                [x0 + 0.14] * 2, [x1 - 0.14] * 2, [way.floor + 0.2, way.floor + 1.15], [way.floor + 0.95, way.floor + 1.95], deep - 0.008
            ),
            dark,
            side,
        )
    draft.quads(
        rectangles(x1 - 0.14, x1 - 0.10, way.floor + 0.95, way.floor + 1.12, deep - 0.03), look(Material.METAL, (150, 140, 110)), side
    )
    steps = max(1, round(way.floor / 0.17))
    for k in range(steps):
        out = 0.30 * (k + 1) - 0.02
        z = way.floor * (steps - k) / steps
        draft.boxes((x0 - 0.12, -out, -0.5), (x1 + 0.12, deep, z), STONE_STEP, side, "xXyZ")
    if way.canopy:
        draft.boxes((x0 - 0.3, -0.85, top + way.fanlight + 0.12), (x1 + 0.3, 0.0, top + way.fanlight + 0.26), trim, side)


def add_bay_window(
    draft: Draft, side: Side, middle: float, low: float, high: float, style: Openings, wall: Look, tiles: Color, rng: np.random.Generator
) -> None:
    """Add a bay of three canted sides that stands before the wall, with a small roof."""
    half, out, cant = 1.15, 0.65, 0.5
    ring = np.array([(middle - half, 0.0), (middle - half + cant, -out), (middle + half - cant, -out), (middle + half, 0.0)])
    sill, head = low + style.sill_m, high - 0.35
    frame = look(Material.PLASTIC, style.frame)
    for a, b in itertools.pairwise(ring):
        for z0, z1, of in ((low - 0.3, sill, wall), (sill, head, frame), (head, high, wall)):
            draft.quads(np.array([[(*a, z0), (*b, z0), (*b, z1), (*a, z1)]]), of, side)
        inward = np.array([b[1] - a[1], a[0] - b[0]]) / np.hypot(*(b - a))
        near, far = a + (b - a) * 0.12 + inward * 0.012, b + (a - b) * 0.12 + inward * 0.012
        pane = np.array([[(*near, sill + 0.08), (*far, sill + 0.08), (*far, head - 0.08), (*near, head - 0.08)]])
        draft.quads(pane, GLASS, side, colors=pane_colors(1, rng))
    peak = high + 0.55
    roof = [
        [(*a, high), (*b, high), (b[0] * 0.7 + middle * 0.3, 0.0, peak), (a[0] * 0.7 + middle * 0.3, 0.0, peak)]
        for a, b in itertools.pairwise(ring)
    ]
    draft.quads(np.array(roof), look(Material.TILES, tiles), side)


def add_gate(draft: Draft, side: Side, x0: float, x1: float, high: float, of: Look, wall: Look) -> None:
    """Add a garage or loading door with ribs in its reveal; the hole in the wall is made elsewhere."""
    deep = 0.2
    hole = Holes(*(np.array([v]) for v in (x0, x1, 0.0, high)))
    draft.quads(reveals(hole, deep), wall, side)
    draft.quads(hole.rectangles(deep), of, side)
    ribs = np.arange(0.5, high - 0.1, 0.5)
    draft.quads(rectangles(x0, x1, ribs - 0.012, ribs + 0.012, deep - 0.006), look(of.material, shaded(of.color, 0.72)), side)


def add_pipe(draft: Draft, side: Side, x: float, high: float) -> None:
    """Add a downpipe from the eaves to the ground."""
    draft.boxes((x - 0.045, -0.11, -0.3), (x + 0.045, -0.02, high), look(Material.PLASTIC, (104, 104, 102)), side, "xXy")
