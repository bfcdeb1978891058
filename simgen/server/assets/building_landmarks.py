"""Churches: a nave, a tower with a spire, buttresses and tall windows. Lot frame, metres."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.building_draft import Draft, Plan, Side, look, rectangles
from simgen.server.assets.building_fronts import Entrance, add_entrance
from simgen.server.assets.building_roofs import Eaves, add_hip, add_saddle
from simgen.server.assets.building_site import DEEP_M, PLINTH, Site
from simgen.server.assets.building_styles import CLAY, SANDSTONE, SLATE
from simgen.server.assets.building_trim import add_course, add_pilasters
from simgen.server.assets.facades import Holes, Openings, add_blank, add_pierced, add_windows
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

TRACERY = (96, 92, 86)


def add_church(draft: Draft, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> None:
    """Add a church: its tower on the street, the nave behind it."""
    brick = alike.random() < 0.35
    wall = look(Material.BRICK, (124, 86, 72)) if brick else look(Material.STONE, SANDSTONE[int(alike.integers(len(SANDSTONE)))])
    trim = look(Material.STONE, (178, 168, 148))
    tiles = (*SLATE, *CLAY)[int(alike.integers(len(SLATE) + len(CLAY)))]
    wide = min(6.5, site.width * 0.45)
    tower = Plan((site.width - wide) / 2, 0.0, wide, wide)
    nave = Plan(0.0, wide, site.width, site.depth - wide)
    high, eaves = float(alike.uniform(19.0, 26.0)), float(alike.uniform(8.0, 10.5))
    for number in range(4):
        _add_tower_side(draft, tower.side(number), number, high, eaves, wall, trim, rng)
        _add_nave_side(draft, nave.side(number), number, eaves, wall, trim, rng)
    add_saddle(draft, nave, eaves, site.width * 0.62, tiles, wall, Eaves(0.3, 0.15, 0.25), across=True)
    add_hip(draft, tower, high, float(alike.uniform(8.0, 15.0)), tiles, 0.2)


def _add_tower_side(
    draft: Draft, side: Side, number: int, high: float, eaves: float, wall: Look, trim: Look, rng: np.random.Generator
) -> None:
    add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
    middle = side.width / 2
    if number == 0:
        way = Entrance(middle, 1.8, 2.9, 0.34, leaf=(68, 50, 40))
        add_pierced(draft, side, (0.0, side.width), 0.0, 4.6, np.array([(middle - 0.9, middle + 0.9)]), np.array([[(0.0, 3.24)]]), wall)
        add_entrance(draft, side, way, wall, trim, rng)
    else:
        add_blank(draft, side, 0.0, 4.6, wall)
    low = high - 6.0
    x = np.array([(middle - 1.5, middle - 0.4), (middle + 0.4, middle + 1.5)])
    add_pierced(draft, side, (0.0, side.width), 4.6, high, x, np.array([(low, low + 4.0)]), wall)
    louvre = Openings(2.0, 1.1, 0.0, 4.0, 0.35, frame=TRACERY, bars=(0, 8), sill=True)
    add_windows(draft, side, Holes.grid(x, np.array([(low, low + 4.0)])), louvre, wall, trim, rng)
    for z in (4.5, eaves + 2.0, high - 0.3):
        add_course(draft, side, z, 0.3, 0.12, trim)
    dial = rectangles(middle - 0.9, middle + 0.9, low - 2.4, low - 0.6, -0.04)
    draft.quads(dial, look(Material.SIGN, (206, 200, 184)), side)
    hands = rectangles([middle - 0.05, middle], [middle + 0.05, middle + 0.6], [low - 1.5, low - 1.55], [low - 0.75, low - 1.45], -0.05)
    draft.quads(hands, look(Material.SIGN, (40, 40, 42)), side)


def _add_nave_side(draft: Draft, side: Side, number: int, eaves: float, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
    style = Openings(4.2, 1.5, 2.2, eaves - 3.6, 0.35, frame=TRACERY, frame_m=0.06, bars=(1, 3))
    columns = style.columns(side.width) if number % 2 else np.zeros((0, 2))
    if not len(columns):
        add_blank(draft, side, 0.0, eaves, wall)
        return
    rows = np.array([(2.2, eaves - 1.4)])
    add_pierced(draft, side, (0.0, side.width), 0.0, eaves, columns, rows, wall)
    add_windows(draft, side, Holes.grid(columns, rows), style, wall, trim, rng)
    between = np.concatenate([[0.35], (columns[:-1, 1] + columns[1:, 0]) / 2, [side.width - 0.35]])
    add_pilasters(draft, side, between, 0.0, eaves - 1.6, 0.7, 0.55, wall)
