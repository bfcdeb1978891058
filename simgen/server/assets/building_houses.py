"""Detached houses: bungalows, houses of two storeys, villas, chalets, with garages and porches. Lot frame, metres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_clutter import add_lamp
from simgen.server.assets.building_draft import Color, Draft, Plan, Side, look, shaded
from simgen.server.assets.building_fronts import Entrance, add_gate, add_house_floor, add_pipe, door_place
from simgen.server.assets.building_house_styles import HouseStyle
from simgen.server.assets.building_roofs import Eaves, add_chimney, add_dormers, add_flat_roof, add_hip, add_saddle
from simgen.server.assets.building_site import DEEP_M, PLINTH, End, Site
from simgen.server.assets.facades import Band, Holes, Openings, add_band, add_blank, add_panes, add_pierced, add_plain_band
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

Floats = NDArray[np.float64]

GARAGE_M = (3.3, 2.9)
"""Width and height of a garage."""
GATES: tuple[Color, ...] = ((196, 194, 188), (98, 100, 102), (86, 66, 52), (140, 138, 132), (70, 82, 76))


def add_detached(
    draft: Draft, style: HouseStyle, site: Site, alike: np.random.Generator, rng: np.random.Generator
) -> tuple[tuple[float, float], ...]:
    """Add a house and its garage; returns the stretches (from, to) of x that a path and a drive must lead to."""
    garage = alike.random() < style.garage and site.width > 11.5 and site.right != End.PARTY and site.left != End.PARTY
    at_left = bool(alike.random() < 0.5)
    taken = GARAGE_M[0] if garage else 0.0
    main = Plan(taken if at_left else 0.0, 0.0, site.width - taken, site.depth)
    wall = look(style.material, shaded(_one(style.walls, alike), float(alike.uniform(0.94, 1.05))))
    upper = wall if style.upper is None or alike.random() < 0.3 else look(style.upper[0], _one(style.upper[1], alike))
    tiles = _one(style.tiles, alike)
    window = style.window
    if window.shutters and alike.random() < 0.4:
        window = replace(window, shutters=())
    if style.roof != "flat" and alike.random() < 0.25:
        window = replace(window, frame=(104, 78, 58))
    door = _add_walls(draft, style, main, site, wall, upper, window, tiles, alike, rng)
    _add_roof(draft, style, main, site, upper, tiles, window, alike, rng)
    paths = [(door - 0.6, door + 0.6)]
    if garage:
        plan = Plan(0.0 if at_left else site.width - taken, 1.2, taken, min(6.0, site.depth - 1.2))
        _add_garage(draft, plan, wall, tiles, alike)
        paths.append((plan.x + 0.3, plan.x + taken - 0.3))
    return tuple(paths)


def _one(choices: tuple[Color, ...], rng: np.random.Generator) -> Color:
    return choices[int(rng.integers(len(choices)))]


def _add_walls(
    draft: Draft, style: HouseStyle, main: Plan, site: Site, wall: Look, upper: Look, window: Openings, tiles: Color,
    alike: np.random.Generator, rng: np.random.Generator,
) -> float:  # fmt: skip
    """Add the four walls; returns the middle of the door in the lot's frame."""
    trim = look(Material.PLASTER, (206, 202, 192))
    share = 0.25 if alike.random() < 0.5 else 0.75
    middle = door_place(window, main.width, share)
    high = style.storey_m
    for number, end in enumerate((End.STREET, site.right, End.PLAIN, site.left)):
        side = main.side(number)
        add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if end == End.PARTY:
            add_blank(draft, side, 0.0, high * style.storeys, wall)
            continue
        mine = window if number in (0, 2) else replace(window, bay_m=window.bay_m * 1.5, shutters=())
        if number == 0:
            way = Entrance(middle, 1.05, 2.1, 0.3, canopy=not style.porch)
            add_house_floor(draft, side, high, mine, way, wall, trim, rng)
            add_lamp(draft, side, middle + 0.85, 1.75)
            if style.porch:
                _add_porch(draft, side, middle, tiles, trim)
            add_pipe(draft, side, 0.12, high * style.storeys)
        else:
            _add_storey(draft, side, number, Band(0.0, high, 1, mine), wall, trim, rng)
        if style.storeys > 1:
            low_sill = replace(mine, sill_m=max(mine.sill_m, 0.8), height_m=min(mine.height_m, 1.5))
            _add_storey(draft, side, number, Band(high, high, style.storeys - 1, low_sill), upper, trim, rng)
    return main.x + middle


def _add_storey(draft: Draft, side: Side, number: int, band: Band, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    """Add a band of windows, in relief but at the back."""
    if number == 2:
        add_plain_band(draft, side, band, wall, rng)
    else:
        add_band(draft, side, band, wall, trim, rng)


def _add_porch(draft: Draft, side: Side, middle: float, tiles: Color, trim: Look) -> None:
    """Add a small roof on two posts before the door."""
    x0, x1, out, z = middle - 1.0, middle + 1.0, 1.3, 2.55
    roof = np.array([[(x0 - 0.2, -out - 0.2, z), (x1 + 0.2, -out - 0.2, z), (x1 + 0.2, 0.0, z + 0.5), (x0 - 0.2, 0.0, z + 0.5)]])
    draft.quads(roof, look(Material.TILES, tiles), side)
    draft.quads((roof - (0, 0, 0.12))[:, ::-1], trim, side)
    front = np.array(
        [[(x0 - 0.2, -out - 0.2, z - 0.12), (x1 + 0.2, -out - 0.2, z - 0.12), (x1 + 0.2, -out - 0.2, z), (x0 - 0.2, -out - 0.2, z)]]
    )
    draft.quads(front, trim, side)
    for x, turn in ((x0 - 0.2, -1), (x1 + 0.2, 1)):
        ends = [(x, -out - 0.2, z - 0.12), (x, 0.0, z + 0.38), (x, 0.0, z + 0.5), (x, -out - 0.2, z)]
        draft.quads(np.array([ends[::turn]]), trim, side)
    posts = np.array([(x0 + 0.05, -out, -0.4), (x1 - 0.17, -out, -0.4)])
    draft.boxes(posts, posts + np.array([0.12, 0.12, z + 0.33]), trim, side, "xXyY")
    draft.boxes((x0 - 0.1, -out - 0.1, -0.5), (x1 + 0.1, 0.0, 0.12), look(Material.CONCRETE, (140, 136, 128)), side, "xXyZ")


def _add_roof(
    draft: Draft,
    style: HouseStyle,
    main: Plan,
    site: Site,
    wall: Look,
    tiles: Color,
    window: Openings,
    alike: np.random.Generator,
    rng: np.random.Generator,
) -> None:
    high = style.storey_m * style.storeys
    span = min(main.width, main.depth) if style.roof == "hip" else main.width if style.roof == "gable" else main.depth
    rise = min(style.rise * span / 2, 5.5)
    party = End.PARTY in (site.left, site.right)
    plain = (party and style.roof in ("hip", "gable")) or (style.roof == "gable" and main.width > 10.5)
    kind = "saddle" if plain else style.roof
    if kind == "flat":
        add_flat_roof(draft, main, high, wall, look(Material.METAL, (92, 92, 90)), 0.4)
        return
    if kind == "hip":
        add_hip(draft, main, high, rise, tiles)
    else:
        ends = (0.02 if site.left == End.PARTY else 0.35, 0.02 if site.right == End.PARTY else 0.35)
        across = kind == "gable"
        add_saddle(draft, main, high, rise, tiles, wall, Eaves(0.5, 0.45 if across else ends[0], 0.45 if across else ends[1]), across)
        if rise > 2.3:
            for number in (0, 2) if across else (1, 3):
                if (site.right if number == 1 else site.left if number == 3 else End.STREET) != End.PARTY:
                    _add_attic_window(draft, main.side(number), high, window, rng)
        if not across and rise > 3.0:
            x = window.columns(main.width, 0.8).mean(axis=1)[::2]
            add_dormers(draft, main.side(0), x, high + 0.75, 0.6, tiles, wall, window.frame, rng)
    if alike.random() < 0.8:
        x = main.x + main.width * float(alike.uniform(0.3, 0.7))
        y = main.depth * (0.5 if kind != "gable" else float(alike.uniform(0.4, 0.7)))
        add_chimney(draft, x, y, high, high + rise + 0.7, look(Material.BRICK, (120, 84, 70)), 1)


def _add_attic_window(draft: Draft, side: Side, high: float, window: Openings, rng: np.random.Generator) -> None:
    """Lay a window on the middle of a gable."""
    middle = side.width / 2
    holes = Holes(np.array([middle - 0.5]), np.array([middle + 0.5]), np.array([high + 0.5]), np.array([high + 1.7]))
    add_panes(draft, side, holes, replace(window, recess_m=-0.03, bars=(1, 0)), rng)


def _add_garage(draft: Draft, plan: Plan, wall: Look, tiles: Color, alike: np.random.Generator) -> None:
    """Add a garage with its gate to the street."""
    high = GARAGE_M[1]
    gate = look(Material.CLADDING, _one(GATES, alike))
    front = plan.side(0)
    x0, x1 = 0.4, plan.width - 0.4
    add_pierced(draft, front, (0.0, plan.width), 0.0, high, np.array([(x0, x1)]), np.array([[(0.0, 2.25)]]), wall)
    add_gate(draft, front, x0, x1, 2.25, gate, wall)
    for number in range(4):
        add_blank(draft, plan.side(number), -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if number:
            add_blank(draft, plan.side(number), 0.0, high, wall)
    low = (plan.x - 0.12, plan.y - 0.2, high)
    draft.boxes(low, (plan.x + plan.width + 0.12, plan.y + plan.depth + 0.1, high + 0.18), look(Material.ROOF, (98, 96, 94)))
