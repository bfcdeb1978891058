"""What is stuck on walls: cornices, courses, quoins, pilasters, balconies, loggias, timber frames. Side frame, metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_draft import Color, Draft, Side, corners_of, look, rectangles, shaded
from simgen.server.assets.facades import GLASS, Holes, pane_colors, reveals
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

Floats = NDArray[np.float64]

RAIL = look(Material.PLASTIC, (52, 54, 56))


def add_course(draft: Draft, side: Side, z: float, high: float, out: float, of: Look) -> None:
    """Add a band of stone along a wall, as far round the corners as it stands out."""
    draft.boxes((-out, -out, z), (side.width + out, 0.0, z + high), of, side, "xXyzZ")


def add_cornice(draft: Draft, side: Side, z: float, out: float, of: Look) -> None:
    """Add a cornice of two steps below height `z`."""
    add_course(draft, side, z - 0.5, 0.22, out * 0.45, of)
    add_course(draft, side, z - 0.26, 0.26, out, of)


def add_quoins(draft: Draft, side: Side, low: float, high: float, of: Look) -> None:
    """Add corner stones up both ends of a wall, long and short in turn."""
    z = np.arange(low, high - 0.3, 0.36)
    long = np.where(np.arange(len(z)) % 2 == 0, 0.52, 0.3)
    draft.quads(rectangles(0.0, long, z, z + 0.31, -0.03), of, side)
    draft.quads(rectangles(side.width - long, side.width, z, z + 0.31, -0.03), of, side)


def add_pilasters(draft: Draft, side: Side, x: Floats, low: float, high: float, wide: float, out: float, of: Look) -> None:
    """Add upright strips that stand out of the wall, centred on `x` (N,)."""
    draft.boxes(corners_of(x - wide / 2, -out, low), corners_of(x + wide / 2, 0.0, high), of, side, "xXyZ")


def add_balconies(draft: Draft, side: Side, x0: Floats, x1: Floats, floor: Floats, deep: float, rail: str, color: Color) -> None:
    """Add balconies (N,) that stand out by `deep`; `rail` is "bars", "panel" or "glass"."""
    stone = look(Material.CONCRETE, (178, 174, 166))
    draft.boxes(corners_of(x0, -deep, floor - 0.16), corners_of(x1, 0.0, floor), stone, side, "xXyzZ")
    if rail == "bars":
        _add_bars(draft, side, x0, x1, floor, deep)
        return
    of = look(Material.CLADDING, color) if rail == "panel" else look(Material.PLASTIC, (122, 140, 142))
    thick = 0.05
    for low, high in (
        (corners_of(x0, -deep, floor + 0.06), corners_of(x1, -deep + thick, floor + 1.0)),
        (corners_of(x0, -deep + thick, floor + 0.06), corners_of(x0 + thick, 0.0, floor + 1.0)),
        (corners_of(x1 - thick, -deep + thick, floor + 0.06), corners_of(x1, 0.0, floor + 1.0)),
    ):
        draft.boxes(low, high, of, side)


def _add_bars(draft: Draft, side: Side, x0: Floats, x1: Floats, floor: Floats, deep: float) -> None:
    """Add railings: a hand rail, a foot rail and bars between them."""
    for up, tall in ((0.95, 0.05), (0.08, 0.04)):
        draft.boxes(corners_of(x0, -deep, floor + up), corners_of(x1, -deep + 0.04, floor + up + tall), RAIL, side, "yYzZ")
        for a in (x0, x1 - 0.04):
            draft.boxes(corners_of(a, -deep, floor + up), corners_of(a + 0.04, 0.0, floor + up + tall), RAIL, side, "xXzZ")
    count = max(3, int(float((x1 - x0).max(initial=0.0)) / 0.16))
    at = np.linspace(0.0, 1.0, count)
    x = (x0[:, None] + (x1 - x0 - 0.03)[:, None] * at).ravel()
    z = np.repeat(floor, count)
    faces = rectangles(x, x + 0.022, z + 0.1, z + 0.97, -deep + 0.015)
    draft.quads(np.concatenate([faces, faces[:, ::-1] + np.array([0.0, 0.006, 0.0])]), RAIL, side)


def add_loggias(draft: Draft, side: Side, holes: Holes, deep: float, wall: Look, panel: Color, rng: np.random.Generator) -> None:
    """Fill openings that reach from floor to ceiling with a recessed balcony: its room, a glass door, a parapet."""
    x0, x1, z0 = holes.x0, holes.x1, holes.z0
    inner = look(wall.material, shaded(wall.color, 0.92))
    draft.quads(reveals(holes, deep, ledge=True), inner, side)
    draft.quads(holes.rectangles(deep), inner, side)
    wide = x1 - x0
    frame = look(Material.PLASTIC, (214, 212, 206))
    a, b = x0 + wide * 0.12, x0 + wide * 0.8
    draft.quads(rectangles(a, b, z0 + 0.05, z0 + 2.2, deep - 0.02), frame, side)
    for share0, share1 in ((0.12, 0.42), (0.42, 0.8)):
        panes = rectangles(x0 + wide * share0 + 0.07, x0 + wide * share1 - 0.05, z0 + 0.14, z0 + 2.12, deep - 0.035)
        draft.quads(panes, GLASS, side, colors=pane_colors(len(panes), rng))
    draft.boxes(corners_of(x0 + 0.01, -0.06, z0 + 0.05), corners_of(x1 - 0.01, 0.02, z0 + 1.05), look(Material.CLADDING, panel), side)


def add_timber(draft: Draft, side: Side, low: float, storey_m: float, storeys: int, holes: Holes, rng: np.random.Generator) -> None:
    """Add the beams of a timber frame on plaster: sills, posts beside the windows, and braces."""
    beam = look(Material.WOOD, (70, 52, 42))
    out, wide = -0.028, 0.17
    levels = low + storey_m * np.arange(storeys + 1)
    draft.quads(rectangles(0.0, side.width, levels - wide / 2, levels + wide / 2, out), beam, side)
    edges = np.unique(np.round(np.concatenate([[wide / 2, side.width - wide / 2], holes.x0 - wide / 2, holes.x1 + wide / 2]), 3))
    x, z = np.tile(edges, storeys), np.repeat(levels[:-1], len(edges))
    draft.quads(rectangles(x - wide / 2, x + wide / 2, z + wide / 2, z + storey_m - wide / 2, out), beam, side)
    draft.quads(rectangles(holes.x0, holes.x1, holes.z0 - wide, holes.z0, out), beam, side)
    braces = []
    for z0 in levels[:-1]:
        for xa, turn in ((wide, 1.0), (side.width - wide, -1.0)):
            tall, run = storey_m - wide, 0.55 + 0.3 * float(rng.random())
            foot, head = xa + turn * run, xa
            quad = [
                (foot - 0.08, out - 0.004, z0 + wide / 2),
                (foot + 0.08, out - 0.004, z0 + wide / 2),
                (head + 0.08, out - 0.004, z0 + tall),
                (head - 0.08, out - 0.004, z0 + tall),
            ]
            braces.append(quad)
    draft.quads(np.array(braces), beam, side)
