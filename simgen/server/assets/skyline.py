"""Buildings beyond the streets: the town goes on behind the last rows, and towers and spires stand on the horizon.

They are coarse and have no names: nobody comes near them. Left-handed frames, metres.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.building_draft import Draft, Plan, Side, look
from simgen.server.assets.building_roofs import Eaves, add_chimney, add_flat_roof, add_hip, add_saddle
from simgen.server.assets.building_styles import CLAY, SLATE
from simgen.server.assets.district_kinds import District
from simgen.server.assets.districts import districts
from simgen.server.assets.facades import GLASS, Band, Holes, Openings, add_blank, pane_colors
from simgen.server.assets.ground_horizon import Country
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import placed
from simgen.server.scene import Material, Mesh
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

VARIANTS = 3
WALLS = (Material.PLASTER, Material.BRICK, Material.STONE, Material.CLADDING)
"""Take the tint of each copy."""
STEP_M = 24.0
"""Mean distance of buildings behind the last rows."""
CLEAR_M = 48.0
"""They stand this far from any pavement."""
FRINGE_M = 170.0
"""The town goes on this far beyond its map."""
HORIZON_M = (300.0, 1100.0)
HORIZON_SITES = 7

RADII_M = {"house": 8.0, "terrace": 16.0, "flats": 16.0, "office": 18.0, "tower": 15.0, "hall": 24.0, "stack": 5.0, "church": 15.0}
"""Two buildings keep apart by the sum of theirs."""

FRINGE: dict[District, tuple[tuple[str, float], ...]] = {
    District.CENTRE: (("flats", 3), ("terrace", 3), ("office", 1), ("church", 0.15)),
    District.OFFICES: (("office", 3), ("tower", 2), ("flats", 2)),
    District.RESIDENTIAL: (("flats", 3), ("terrace", 3), ("house", 1)),
    District.SUBURB: (("house", 6), ("terrace", 1)),
    District.INDUSTRIAL: (("hall", 4), ("stack", 0.1), ("office", 0.4)),
}
CLUSTERS: tuple[tuple[tuple[str, float], ...], ...] = (
    (("tower", 4), ("office", 3), ("flats", 3)),
    (("house", 8), ("terrace", 3), ("church", 1)),
    (("flats", 5), ("tower", 1)),
    (("hall", 6), ("stack", 1), ("office", 1)),
)


def add_skyline(scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Add coarse buildings around the town and on the horizon."""
    rng = stream(seed, "skyline")
    country = Country.around(layout, stream(seed, "horizon"))
    plan = districts(roads, layout, seed)
    fringe = _fringe(layout, rng)
    groups = [(fringe, [FRINGE[District(int(k))] for k in plan.at(fringe)])]
    for middle in _far_sites(layout, country, rng):
        kinds = CLUSTERS[int(rng.integers(len(CLUSTERS)))]
        points = middle + rng.normal(0.0, 70.0, (int(rng.integers(8, 20)), 2))
        groups.append((points, [kinds] * len(points)))
    poses: dict[str, list[Floats]] = {}
    stood: list[tuple[float, float, float]] = []
    for points, tables in groups:
        for point, z, table in zip(points, country.height(points), tables, strict=True):
            weights = np.array([w for _, w in table], dtype=np.float64)
            kind = table[int(rng.choice(len(table), p=weights / weights.sum()))][0]
            shape = f"skyline/{kind}{int(rng.integers(VARIANTS))}"
            yaw = float(rng.integers(4)) * 90.0 + float(rng.normal(0, 12))
            x, y, radius = float(point[0]), float(point[1]), RADII_M[kind]
            if all(math.hypot(x - a, y - b) > radius + r for a, b, r in stood):
                stood.append((x, y, radius))
                poses.setdefault(shape, []).append(placed(x, y, float(z), yaw, float(rng.uniform(0.9, 1.15))))
    for shape, matrices in poses.items():
        tints = 255 - rng.integers(0, 70, (len(matrices), 1)) - rng.integers(0, 22, (len(matrices), 3))
        scenery.add_copies("", Tag.BUILDINGS, shape, np.array(matrices), tints.astype(np.uint8))


def _fringe(layout: Layout, rng: np.random.Generator) -> Floats:
    """Return places (N, 2) behind the last rows and beyond the map, thinner and thinner outwards."""
    size = np.array(layout.taken.shape[::-1]) * layout.cell_m
    count = np.ceil((size + 2 * FRINGE_M) / STEP_M).astype(int)
    squares = np.stack(np.meshgrid(np.arange(count[0]), np.arange(count[1])), axis=-1).reshape(-1, 2)
    points = layout.origin - FRINGE_M + (squares + rng.uniform(0.15, 0.85, squares.shape)) * STEP_M
    clear = layout.at(layout.edge, points, 999.0) > CLEAR_M
    beyond = np.maximum(np.maximum(layout.origin - points, points - layout.origin - size), 0.0).max(axis=1)
    share = 0.62 * (1.0 - beyond / (1.2 * FRINGE_M))
    return np.asarray(points[clear & (rng.random(len(points)) < share)])


def _far_sites(layout: Layout, country: Country, rng: np.random.Generator) -> Floats:
    """Return the middles (N, 2) of settlements on the horizon, in all directions."""
    turn = (np.arange(HORIZON_SITES) + rng.uniform(0, 0.8, HORIZON_SITES)) * 2 * np.pi / HORIZON_SITES
    return country.point(turn, rng.uniform(*HORIZON_M, HORIZON_SITES))


def skyline_mesh(name: str) -> Mesh:
    """Return a coarse building, such as "flats0"; walls are tinted. Raises KeyError for an unknown name."""
    kind, variant = name[:-1], name[-1:]
    if kind not in _SHAPES or not variant.isdigit():
        raise KeyError(name)
    draft, builder = Draft(), MeshBuilder()
    _SHAPES[kind](draft, stream(int(variant), "skyline", kind))
    draft.build(builder, np.eye(4))
    mesh = builder.mesh()
    return replace(mesh, tinted=np.isin(mesh.materials, WALLS))


def _walls(draft: Draft, plan: Plan, high: float, material: Material, window: Openings, storey_m: float, rng: np.random.Generator) -> None:
    """Add four walls with panes laid on them."""
    wall = look(material, (214, 206, 192) if material != Material.BRICK else (168, 128, 108))
    for side in plan.sides():
        add_blank(draft, side, -3.0, high, wall)
        _panes(draft, side, high, window, storey_m, rng)


def _panes(draft: Draft, side: Side, high: float, window: Openings, storey_m: float, rng: np.random.Generator) -> None:
    columns = window.columns(side.width)
    if len(columns):
        holes = Holes.grid(columns, Band(0.0, storey_m, max(1, int(high / storey_m)), window).rows())
        draft.quads(holes.rectangles(-0.05), GLASS, side, colors=pane_colors(len(holes), rng))


def _centred(width: float, depth: float) -> Plan:
    return Plan(-width / 2, -depth / 2, width, depth)


def _house(draft: Draft, rng: np.random.Generator) -> None:
    plan, high = _centred(rng.uniform(9, 13), rng.uniform(8, 10)), float(rng.choice([2.9, 5.5, 5.5]))
    material = Material.BRICK if rng.random() < 0.3 else Material.PLASTER
    _walls(draft, plan, high, material, Openings(3.6, 1.3, 0.9, 1.3), 2.7, rng)
    tiles = (*CLAY, *SLATE)[int(rng.integers(len(CLAY) + len(SLATE)))]
    if rng.random() < 0.4:
        add_hip(draft, plan, high, 3.0, tiles)
    else:
        add_saddle(draft, plan, high, 4.0, tiles, look(material, (214, 206, 192)), Eaves())
    add_chimney(draft, 1.0, 0.5, high, high + 4.6, look(Material.BRICK, (160, 120, 100)), 1)


def _terrace(draft: Draft, rng: np.random.Generator) -> None:
    plan, high = _centred(rng.uniform(26, 40), 10.0), float(rng.choice([5.8, 8.6]))
    brick = rng.random() < 0.6
    _walls(draft, plan, high, Material.BRICK if brick else Material.PLASTER, Openings(2.9, 1.1, 0.9, 1.5), 2.9, rng)
    tiles = (*SLATE, *CLAY)[int(rng.integers(len(CLAY) + len(SLATE)))]
    add_saddle(draft, plan, high, 3.6, tiles, look(Material.BRICK if brick else Material.PLASTER, (168, 128, 108)), Eaves(0.3, 0.1, 0.1))
    for x in np.arange(plan.x + 6.0, plan.x + plan.width - 2, 6.0):
        add_chimney(draft, float(x), 0.0, high + 2.4, high + 4.6, look(Material.BRICK, (150, 110, 92)), 2)


def _flats(draft: Draft, rng: np.random.Generator) -> None:
    plan, storeys = _centred(rng.uniform(18, 36), rng.uniform(11, 13)), int(rng.integers(4, 9))
    _walls(draft, plan, 2.8 * storeys + 0.6, Material.PLASTER, Openings(4.4, 2.2, 0.8, 1.5), 2.8, rng)
    if rng.random() < 0.5:
        add_flat_roof(
            draft, plan, 2.8 * storeys + 0.6, look(Material.PLASTER, (190, 186, 176)), look(Material.STONE, (150, 148, 142)), 0.4, rng
        )
    else:
        add_hip(draft, plan, 2.8 * storeys + 0.6, 3.2, CLAY[int(rng.integers(len(CLAY)))])


def _office(draft: Draft, rng: np.random.Generator) -> None:
    plan, storeys = _centred(rng.uniform(20, 40), rng.uniform(15, 20)), int(rng.integers(4, 8))
    _strips(draft, plan, storeys, rng)


def _tower(draft: Draft, rng: np.random.Generator) -> None:
    plan, storeys = _centred(rng.uniform(17, 26), rng.uniform(15, 20)), int(rng.integers(11, 22))
    _strips(draft, plan, storeys, rng)


def _strips(draft: Draft, plan: Plan, storeys: int, rng: np.random.Generator) -> None:
    """Add an office building with a strip of glass for every storey."""
    high, wall = 3.6 * storeys + 1.0, look(Material.CLADDING, (176, 178, 178))
    for side in plan.sides():
        add_blank(draft, side, -3.0, high, wall)
        x = np.linspace(0.6, side.width - 0.6, 1 + max(2, round(side.width / 8.0)))
        holes = Holes.grid(np.stack([x[:-1] + 0.15, x[1:] - 0.15], axis=1), 3.6 * np.arange(storeys)[:, None] + np.array([1.3, 3.3]))
        draft.quads(holes.rectangles(-0.05), GLASS, side, colors=pane_colors(len(holes), rng))
    add_flat_roof(draft, plan, high, wall, wall, 0.8, rng)


def _hall(draft: Draft, rng: np.random.Generator) -> None:
    plan, high = _centred(rng.uniform(26, 50), rng.uniform(18, 30)), float(rng.uniform(6, 10))
    wall = look(Material.CLADDING, (190, 192, 192))
    for side in plan.sides():
        add_blank(draft, side, -3.0, high, wall)
    add_saddle(draft, plan, high, 2.4, (132, 134, 134), wall, Eaves(0.2, 0.2, 0.2))


def _stack(draft: Draft, rng: np.random.Generator) -> None:
    """Add a factory's chimney: eight-sided, banded."""
    high, turn = float(rng.uniform(35, 60)), np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    for low, top, r0, r1, color in ((-3.0, high * 0.8, 2.2, 1.5, (158, 116, 96)), (high * 0.8, high, 1.5, 1.3, (190, 186, 178))):
        a = np.concatenate([ring * r0, np.full((8, 1), low)], axis=1)
        b = np.concatenate([ring * r1, np.full((8, 1), top)], axis=1)
        draft.quads(np.stack([a, np.roll(a, -1, 0), np.roll(b, -1, 0), b], axis=1), look(Material.BRICK, color))


def _church(draft: Draft, rng: np.random.Generator) -> None:
    """Add a nave with a steep roof and a tower with a spire."""
    stone, tiles = look(Material.STONE, (196, 184, 164)), SLATE[int(rng.integers(len(SLATE)))]
    nave, tower = Plan(-4.0, -6.0, 26.0, 12.0), Plan(-11.0, -3.5, 7.0, 7.0)
    for plan, high, window in ((nave, 10.0, Openings(4.5, 1.3, 3.0, 5.5)), (tower, 22.0, Openings(4.0, 1.2, 14.0, 4.0))):
        for side in plan.sides():
            add_blank(draft, side, -3.0, high, stone)
            _panes(draft, side, high, window, high, rng)
    add_saddle(draft, nave, 10.0, 8.0, tiles, stone, Eaves(0.3, 0.1, 0.2))
    add_hip(draft, tower, 22.0, float(rng.uniform(9, 16)), tiles, 0.2)


_SHAPES: dict[str, Callable[[Draft, np.random.Generator], None]] = {
    "house": _house,
    "terrace": _terrace,
    "flats": _flats,
    "office": _office,
    "tower": _tower,
    "hall": _hall,
    "stack": _stack,
    "church": _church,
}
