"""Office buildings behind a grid of glass. Lot frame, metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simgen.server.assets.building_draft import Color, Draft, Side, corners_of, look, rectangles, shaded
from simgen.server.assets.building_roofs import add_flat_roof
from simgen.server.assets.building_site import DEEP_M, PLINTH, End, Site
from simgen.server.assets.facades import GLASS, add_blank
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

TINTS: tuple[Color, ...] = ((46, 58, 66), (54, 66, 68), (40, 48, 56), (62, 72, 80), (58, 58, 54), (48, 64, 70))
METALS: tuple[Color, ...] = ((120, 124, 126), (74, 78, 82), (168, 168, 164), (92, 84, 74), (52, 54, 58))
STOREY_M, LOBBY_M = 3.6, 4.8


@dataclass(frozen=True)
class _Tower:
    storeys: int
    bay_m: float
    spandrel_m: float
    tint: Color
    spandrel: Look
    metal: Look
    fins: float
    """How far the mullions stand out."""

    @property
    def high(self) -> float:
        return LOBBY_M + self.storeys * STOREY_M


def add_tower(draft: Draft, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> None:
    """Add an office building: a lobby of glass, storeys of panes between mullions, plant on the roof."""
    tint, metal = (choices[int(alike.integers(len(choices)))] for choices in (TINTS, METALS))
    storeys = 3 + round(float(np.clip(site.tall + alike.normal(0, 0.25), 0.05, 1.0)) * 11)
    opaque = shaded(tint, 0.8) if alike.random() < 0.5 else shaded(metal, float(alike.uniform(0.9, 1.1)))
    cladding = look(Material.CLADDING, opaque)
    tower = _Tower(
        storeys,
        float(alike.choice([1.35, 1.5, 2.7])),
        float(alike.uniform(0.5, 1.3)),
        tint,
        cladding,
        look(Material.METAL, metal),
        float(alike.choice([0.06, 0.14, 0.3])),
    )
    for number, end in enumerate((site.front, site.right, site.back, site.left)):
        side = site.plan.side(number)
        add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if end == End.PARTY:
            add_blank(draft, side, 0.0, tower.high, look(Material.STONE, (150, 148, 142)))
        else:
            _add_lobby(draft, tower, side, number == 0)
            _add_grid(draft, tower, side, rng)
    add_flat_roof(draft, site.plan, tower.high, tower.metal, tower.metal, 1.1, rng)


def _add_grid(draft: Draft, tower: _Tower, side: Side, rng: np.random.Generator) -> None:
    """Add bands of glass and of opaque panels, and mullions before them."""
    floors = LOBBY_M + STOREY_M * np.arange(tower.storeys)
    draft.quads(rectangles(0.0, side.width, floors, floors + tower.spandrel_m, 0.0), tower.spandrel, side)
    count = max(2, round(side.width / tower.bay_m))
    x = np.linspace(0.0, side.width, count + 1)
    step = 1 if tower.bay_m > 2 else 2
    a, b = x[:-1:step], np.append(x[step::step], side.width)[: len(x[:-1:step])]
    low, left = np.repeat(floors + tower.spandrel_m, len(a)), np.tile(a, tower.storeys)
    panes = rectangles(left, np.tile(b, tower.storeys), low, np.repeat(floors + STOREY_M, len(a)), 0.0)
    shade = 1.0 + 0.10 * rng.standard_normal((len(panes), 1))
    draft.quads(panes, GLASS, side, colors=np.clip(np.array(tower.tint) * shade, 10, 120).astype(np.uint8))
    fin, out = 0.07, tower.fins
    draft.boxes(corners_of(x - fin / 2, -out, LOBBY_M), corners_of(x + fin / 2, 0.0, tower.high), tower.metal, side, "xXy")
    for z, thick in ((floors + tower.spandrel_m, 0.06), (floors, 0.10)):
        draft.boxes(corners_of(0.0, -0.05, z - thick / 2), corners_of(side.width, 0.0, z + thick / 2), tower.metal, side, "yzZ")


def _add_lobby(draft: Draft, tower: _Tower, side: Side, entrance: bool) -> None:
    """Add a set-back ground floor of glass between columns."""
    deep, head = 0.5, LOBBY_M - 0.7
    count = max(2, round(side.width / 5.5))
    edges = np.linspace(0.0, side.width, count + 1)
    draft.quads(rectangles(0.0, side.width, head, LOBBY_M, 0.0), tower.spandrel, side)
    draft.quads(
        [[(0, deep, head), (side.width, deep, head), (side.width, 0, head), (0, 0, head)]], look(Material.CLADDING, (150, 150, 146)), side
    )
    x = np.linspace(0.0, side.width, 2 * count + 1)
    draft.quads(rectangles(0.0, side.width, 0.0, 0.35, deep), look(Material.STONE, (104, 102, 100)), side)
    draft.quads(rectangles(x[:-1], x[1:], 0.35, head, deep), GLASS, side, colors=np.tile(shaded(tower.tint, 0.9), (2 * count, 1)))
    draft.boxes(corners_of(x[1:-1] - 0.04, deep - 0.08, 0.0), corners_of(x[1:-1] + 0.04, deep, head), tower.metal, side, "xXy")
    wide = np.where((np.arange(count + 1) == 0) | (np.arange(count + 1) == count), 0.6, 0.3)
    low = corners_of(np.clip(edges - wide, 0, side.width), 0.0, 0.0)
    draft.boxes(low, corners_of(np.clip(edges + wide, 0, side.width), deep, head), look(Material.STONE, (158, 154, 146)), side, "xXy")
    if entrance:
        middle = float(edges[count // 2 : count // 2 + 2].mean())
        draft.boxes((middle - 2.2, -1.2, head - 0.9), (middle + 2.2, deep, head - 0.7), tower.metal, side)
        draft.boxes((middle - 1.0, deep - 0.1, 0.0), (middle + 1.0, deep, 2.4), look(Material.METAL, (64, 66, 70)), side, "xXyZ")
        draft.quads(rectangles([middle - 0.92, middle + 0.06], [middle - 0.06, middle + 0.92], 0.1, 2.3, deep - 0.12), GLASS, side)
