"""Roofs: flat ones with parapets and plant, saddles, hips and mansards, with chimneys and dormers. Lot frame, metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_draft import Color, Draft, Plan, Side, corners_of, look, rectangles, shaded, slab
from simgen.server.assets.facades import GLASS, pane_colors
from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.solids import box_corners
from simgen.server.scene import Material

Floats = NDArray[np.float64]

THICK_M = 0.16
"""Of pitched roofs."""
GUTTER: Color = (96, 98, 98)
PLANT = look(Material.CLADDING, (146, 148, 146))
VENT = look(Material.METAL, (128, 130, 130))
POTS = look(Material.TILES, (134, 84, 62))


@dataclass(frozen=True)
class Eaves:
    """How far a pitched roof reaches beyond the walls: over the front and back, and over the left and right end."""

    long_m: float = 0.4
    left_m: float = 0.3
    right_m: float = 0.3


def add_flat_roof(
    draft: Draft, plan: Plan, height: float, wall: Look, cap: Look, parapet_m: float, rng: np.random.Generator | None = None
) -> None:
    """Add a flat roof inside a parapet, with vents and plant on it where there is an `rng`."""
    x0, y0, x1, y1 = plan.x, plan.y, plan.x + plan.width, plan.y + plan.depth
    thick = 0.24
    draft.boxes((x0, y0, height - 0.1), (x1, y1, height), look(Material.ROOF, (104, 103, 100)), faces="Z")
    if parapet_m > 0:
        low = np.array([(x0, y0), (x0, y1 - thick), (x0, y0 + thick), (x1 - thick, y0 + thick)])
        high = np.array([(x1, y0 + thick), (x1, y1), (x0 + thick, y1 - thick), (x1, y1 - thick)])
        at = np.full((4, 1), height)
        draft.boxes(np.hstack([low, at - 0.001]), np.hstack([high, at + parapet_m]), wall, faces="xXyY")
        over = 0.04
        draft.boxes(np.hstack([low - over, at + parapet_m]), np.hstack([high + over, at + parapet_m + 0.06]), cap)
    if rng is not None:
        _add_plant(draft, plan, height, rng)


def _add_plant(draft: Draft, plan: Plan, z: float, rng: np.random.Generator) -> None:
    """Add a stair head or machines and some vents on a flat roof, away from its edges."""
    if plan.width < 7 or plan.depth < 7:
        return
    size = np.array([min(rng.uniform(2.2, 4.5), plan.width / 2.5), min(rng.uniform(2.0, 4.0), plan.depth / 2.5)])
    corner = np.array([plan.x, plan.y]) + 1.4 + rng.random(2) * (np.array([plan.width, plan.depth]) - 2.8 - size)
    draft.boxes((*corner, z), (*(corner + size), z + rng.uniform(1.6, 2.6)), PLANT, faces="xXyYZ")
    count = int(rng.integers(2, 6))
    foot = np.array([plan.x, plan.y]) + 0.8 + rng.random((count, 2)) * np.array([plan.width - 2.2, plan.depth - 2.2])
    tall = rng.uniform(0.5, 1.1, (count, 1))
    wide = rng.uniform(0.25, 0.9, (count, 1))
    draft.boxes(np.hstack([foot, np.full((count, 1), z)]), np.hstack([foot + wide, z + tall]), VENT, faces="xXyYZ")


def add_saddle(draft: Draft, plan: Plan, height: float, rise: float, tiles: Color, wall: Look, eaves: Eaves, across: bool = False) -> None:
    """Add a saddle roof on walls of `height`: its ridge along the street, or across it with gables to the street."""
    w, d = (plan.depth, plan.width) if across else (plan.width, plan.depth)
    drop = eaves.long_m * rise / (d / 2)
    x0, x1 = -eaves.left_m, w + eaves.right_m
    low, top = height - drop + THICK_M, height + rise + THICK_M
    planes = np.array(
        [
            [(x0, -eaves.long_m, low), (x1, -eaves.long_m, low), (x1, d / 2, top), (x0, d / 2, top)],
            [(x0, d / 2, top), (x1, d / 2, top), (x1, d + eaves.long_m, low), (x0, d + eaves.long_m, low)],
        ]
    )
    gables = np.array(
        [[(0, d, height), (0, 0, height), (0, d / 2, height + rise)], [(w, 0, height), (w, d, height), (w, d / 2, height + rise)]]
    )
    gables = np.concatenate([gables, gables[:, 2:]], axis=1)
    place = _turned if across else _straight
    tiled = place(slab(planes, THICK_M), plan)
    draft.quads(tiled[:2], look(Material.TILES, tiles), uvs=_slope_uvs(tiled[:2]))
    draft.quads(tiled[2:], look(Material.WOOD, shaded(GUTTER, 1.5)))
    draft.quads(place(gables, plan), wall, uvs=np.stack([gables[..., 1], gables[..., 2]], axis=-1))


def _straight(points: Floats, plan: Plan) -> Floats:
    return points + np.array([plan.x, plan.y, 0.0])


def _turned(points: Floats, plan: Plan) -> Floats:
    """Turn a quarter so that what ran along x runs along y; the outside stays out."""
    return np.stack([plan.width - points[..., 1] + plan.x, points[..., 0] + plan.y, points[..., 2]], axis=-1)


def _slope_uvs(faces: Floats) -> Floats:
    """Return uvs (N, 4, 2) of sloping quads: u along their level edge, v up the slope, in metres."""
    along = faces[:, 1] - faces[:, 0]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    relative = faces - faces[:, :1]
    u = (relative * along[:, None]).sum(axis=-1)
    rest = relative - u[..., None] * along[:, None]
    v = np.linalg.norm(rest, axis=-1) * np.sign(rest[..., 2] + 1e-9)
    return np.stack([u, v], axis=-1)


def add_hip(draft: Draft, plan: Plan, height: float, rise: float, tiles: Color, over: float = 0.5) -> None:
    """Add a hipped roof; over a square it is a pyramid."""
    x0, y0, x1, y1 = plan.x - over, plan.y - over, plan.x + plan.width + over, plan.y + plan.depth + over
    run = min(x1 - x0, y1 - y0) / 2
    low, top = height - over * rise / max(run - over, 0.1) + THICK_M, height + rise + THICK_M
    along = (x1 - x0) >= (y1 - y0)
    a = (x0 + run, (y0 + y1) / 2, top) if along else ((x0 + x1) / 2, y0 + run, top)
    b = (x1 - run, (y0 + y1) / 2, top) if along else ((x0 + x1) / 2, y1 - run, top)
    p = [(x0, y0, low), (x1, y0, low), (x1, y1, low), (x0, y1, low)]
    faces = [(p[0], p[1], b, a), (p[1], p[2], b, b), (p[2], p[3], a, b), (p[3], p[0], a, a)]
    if not along:
        faces = [(p[0], p[1], a, a), (p[1], p[2], b, a), (p[2], p[3], b, b), (p[3], p[0], a, b)]
    corners = np.array(faces)
    draft.quads(corners, look(Material.TILES, tiles), uvs=_slope_uvs(corners))
    draft.boxes((x0, y0, low - 0.2), (x1, y1, low), look(Material.WOOD, shaded(GUTTER, 1.6)), faces="xXyYz")


def add_mansard(draft: Draft, plan: Plan, height: float, tiles: Color, ends: tuple[bool, bool], wall: Look) -> float:
    """Add a steep storey under a low roof, open at the front and back; at closed `ends` (left, right) it is hipped too.

    Returns the height of the whole.
    """
    steep, lean, cap = 2.6, 0.9, 0.9
    x0, y0, x1, y1 = plan.x, plan.y, plan.x + plan.width, plan.y + plan.depth
    a, b = (lean if ends[0] else 0.0), (lean if ends[1] else 0.0)
    low = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    high = np.array([(x0 + a, y0 + lean), (x1 - b, y0 + lean), (x1 - b, y1 - lean), (x0 + a, y1 - lean)])
    ring, upper = (np.hstack([r, np.full((4, 1), z)]) for r, z in ((low, height), (high, height + steep)))
    faces = np.stack([ring, np.roll(ring, -1, 0), np.roll(upper, -1, 0), upper], axis=1)
    tiled = faces[np.array([True, ends[1], True, ends[0]])]
    draft.quads(tiled, look(Material.TILES, tiles), uvs=_slope_uvs(tiled))
    middle, top = (high[0, 1] + high[2, 1]) / 2, height + steep + cap
    (xa, ya), (xb, yb) = high[0], high[2]
    planes = np.array(
        [
            [(xa, ya, height + steep), (xb, ya, height + steep), (xb, middle, top), (xa, middle, top)],
            [(xa, middle, top), (xb, middle, top), (xb, yb, height + steep), (xa, yb, height + steep)],
        ]
    )
    draft.quads(planes, look(Material.ROOF, shaded(tiles, 0.9)))
    for x, turn in ((xa, -1), (xb, 1)):
        draft.quads(np.array([[(x, ya, height + steep), (x, yb, height + steep), (x, middle, top), (x, middle, top)][::turn]]), wall)
    for end, x, turn in ((ends[0], x0, -1), (ends[1], x1, 1)):
        if not end:
            corners = [(x, y0, height), (x, y1, height), (x, y1 - lean, height + steep), (x, y0 + lean, height + steep)]
            draft.quads(np.array([corners[::turn]]), wall)
    return top


def add_dormers(
    draft: Draft, side: Side, x: Floats, sill: float, deep: float, tiles: Color, wall: Look, frame: Color, rng: np.random.Generator
) -> None:
    """Add dormers with small saddle roofs at middles `x` (N,) of a side; they begin `deep` behind the wall and reach into the roof."""
    if not len(x):
        return
    half, tall, back = 0.75, 1.45, deep + 1.7
    low, high = corners_of(x - half, deep, sill - 0.5), corners_of(x + half, back, sill + tall)
    draft.quads(box_corners(low, high, "xXy"), wall, side)
    draft.quads(rectangles(x - 0.52, x + 0.52, sill, sill + tall - 0.15, deep - 0.02), look(Material.PLASTIC, frame), side)
    panes = rectangles(x - 0.45, x + 0.45, sill + 0.07, sill + tall - 0.22, deep - 0.035)
    draft.quads(panes, GLASS, side, colors=pane_colors(len(x), rng))
    draft.quads(rectangles(x - 0.025, x + 0.025, sill, sill + tall - 0.15, deep - 0.045), look(Material.PLASTIC, frame), side)
    eave, peak = sill + tall, sill + tall + 0.55
    wings = []
    for turn in (-1.0, 1.0):
        points = [
            (x + turn * (half + 0.15), deep - 0.15, eave),
            (x, deep - 0.15, peak),
            (x, back, peak),
            (x + turn * (half + 0.15), back, eave),
        ]
        quad = np.stack([corners_of(*p) for p in points], axis=1)
        wings.append(quad if turn < 0 else quad[:, ::-1])
    draft.quads(np.concatenate(wings), look(Material.TILES, tiles), side)
    face = [(x - half, deep, eave), (x + half, deep, eave), (x, deep, peak)]
    gable = np.stack([corners_of(*p) for p in [*face, face[2]]], axis=1)
    draft.quads(gable, wall, side)


def add_chimney(draft: Draft, x: float, y: float, low: float, top: float, brick: Look, pots: int = 2) -> None:
    """Add a chimney with pots; (x, y) is its middle."""
    half_x, half_y = 0.22 + 0.16 * pots, 0.3
    draft.boxes((x - half_x, y - half_y, low), (x + half_x, y + half_y, top), brick, faces="xXyYZ")
    draft.boxes((x - half_x - 0.05, y - half_y - 0.05, top - 0.16), (x + half_x + 0.05, y + half_y + 0.05, top - 0.04), brick)
    at = x + (np.arange(pots) - (pots - 1) / 2) * 0.34
    draft.boxes(corners_of(at - 0.1, y - 0.1, top), corners_of(at + 0.1, y + 0.1, top + 0.35), POTS, faces="xXyYZ")
