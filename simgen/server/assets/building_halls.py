"""Halls, supermarkets and petrol stations. Lot frame, metres."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_clutter import add_scrawl
from simgen.server.assets.building_draft import Color, Draft, Plan, Side, corners_of, look, rectangles, shaded
from simgen.server.assets.building_fronts import SIGNS, Entrance, add_entrance, add_gate, add_pipe, lettering
from simgen.server.assets.building_roofs import Eaves, add_flat_roof, add_saddle
from simgen.server.assets.building_site import DEEP_M, PLINTH, End, Site
from simgen.server.assets.facades import GLASS, Holes, Openings, add_blank, add_pierced, add_windows, pane_colors
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

Floats = NDArray[np.float64]

SHEETS: tuple[Color, ...] = (
    (168, 170, 168),
    (146, 152, 156),
    (122, 134, 146),
    (186, 182, 170),
    (112, 124, 116),
    (154, 140, 122),
    (98, 104, 110),
)
GATES: tuple[Color, ...] = ((112, 118, 122), (74, 92, 116), (150, 150, 146), (122, 70, 58), (84, 98, 84))
ROOF: Color = (128, 130, 130)


def add_hall(draft: Draft, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> None:
    """Add an industrial hall: sheet metal on a base of concrete, gates, a strip of windows, a low roof."""
    sheet = SHEETS[int(alike.integers(len(SHEETS)))]
    brick = alike.random() < 0.25
    wall = look(Material.BRICK, (132, 96, 80)) if brick else look(Material.CLADDING, sheet)
    base = look(Material.CONCRETE, (140, 138, 132))
    high = float(alike.uniform(5.5, 9.0))
    gate = look(Material.CLADDING, GATES[int(alike.integers(len(GATES)))])
    for number, end in enumerate((site.front, site.right, site.back, site.left)):
        side = site.plan.side(number)
        add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if end == End.PARTY:
            add_blank(draft, side, 0.0, high, wall)
        elif number == 0:
            _add_gates(draft, side, high, wall, base, gate, rng)
        else:
            add_blank(draft, side, 0.0, 1.0, base)
            _add_strip(draft, side, 1.0, high, wall, rng)
            if rng.random() < 0.15:
                add_scrawl(draft, side, rng)
        if number == 0:
            for x in np.arange(0.2, side.width, max(side.width / 3, 8.0)):
                add_pipe(draft, side, float(x), high)
    if alike.random() < 0.45:
        add_flat_roof(draft, site.plan, high, wall, look(Material.METAL, shaded(sheet, 0.7)), 0.5, rng)
    elif alike.random() < 0.4 and site.depth > 14:
        _add_saw(draft, site.plan, high, wall, rng)
    else:
        across = bool(alike.random() < 0.5) and site.width < 24
        span = site.width if across else site.depth
        add_saddle(draft, site.plan, high, 0.11 * span, ROOF, wall, Eaves(0.15, 0.15, 0.15), across)


def _add_gates(draft: Draft, side: Side, high: float, wall: Look, base: Look, gate: Look, rng: np.random.Generator) -> None:
    """Add the front of a hall: gates, a door, windows over them, a sign."""
    count = max(1, int((side.width - 4) / 6.5))
    tall = min(4.2, high - 1.2)
    middles = (np.arange(count) + 0.5) * (side.width - 3) / count
    x = np.stack([middles - 1.8, middles + 1.8], axis=1)
    way = Entrance(side.width - 1.6, 1.1, 2.1, 0.1)
    x = np.concatenate([x, [(way.middle - 0.55, way.middle + 0.55)]])
    z = np.array([[(0.0, tall)]] * count + [[(0.0, 2.2)]])
    add_pierced(draft, side, (0.0, side.width), 0.0, high, x, z, wall)
    draft.quads(rectangles(np.append(0.0, x[:, 1]), np.append(x[:, 0], side.width), 0.0, 0.9, -0.04), base, side)
    for a, b in x[:-1]:
        add_gate(draft, side, float(a), float(b), tall, gate, base)
    add_entrance(draft, side, way, base, base, rng)
    if high > tall + 1.6:
        ground, letters = SIGNS[int(rng.integers(len(SIGNS)))]
        long = min(side.width * 0.5, 8.0)
        left = float(rng.uniform(0.8, max(0.9, side.width - long - 0.8)))
        draft.boxes((left, -0.08, tall + 0.4), (left + long, 0.0, tall + 1.4), look(Material.SIGN, ground), side, "xXyzZ")
        draft.quads(lettering(left + 0.4, tall + 0.65, long - 0.8, 0.5, -0.095, rng), look(Material.SIGN, letters), side)


def _add_strip(draft: Draft, side: Side, low: float, high: float, wall: Look, rng: np.random.Generator) -> None:
    """Add a wall with a strip of windows under the eaves."""
    add_blank(draft, side, low, high, wall)
    x = np.linspace(1.0, side.width - 1.0, max(2, int(side.width / 2.5)) + 1)
    draft.quads(rectangles(0.9, side.width - 0.9, high - 2.0, high - 0.9, -0.03), look(Material.PLASTIC, (104, 106, 106)), side)
    panes = rectangles(x[:-1] + 0.05, x[1:] - 0.05, high - 1.93, high - 0.97, -0.045)
    draft.quads(panes, GLASS, side, colors=pane_colors(len(panes), rng))


def _add_saw(draft: Draft, plan: Plan, high: float, wall: Look, rng: np.random.Generator) -> None:
    """Add a saw-tooth roof: slopes along the street's direction with upright glass."""
    teeth = max(2, round(plan.width / 7.0))
    edges = plan.x + np.linspace(0.0, plan.width, teeth + 1)
    rise, y0, y1 = 2.0, plan.y, plan.y + plan.depth
    roof, glass = look(Material.ROOF, ROOF), []
    for a, b in itertools.pairwise(edges):
        draft.quads([[(a, y0, high), (b, y0, high + rise), (b, y1, high + rise), (a, y1, high)]], roof)
        glass.append([(b, y0, high), (b, y1, high), (b, y1, high + rise), (b, y0, high + rise)])
        ends = [
            [(a, y0, high), (b, y0, high), (b, y0, high + rise), (b, y0, high + rise)],
            [(b, y1, high), (a, y1, high), (b, y1, high + rise), (b, y1, high + rise)],
        ]
        draft.quads(ends, wall)
    draft.quads(glass, GLASS, colors=pane_colors(len(glass), rng))


def add_market(draft: Draft, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> None:
    """Add a supermarket: a low box with a glass front under a deep fascia and a sign."""
    high = float(alike.uniform(4.6, 6.0))
    wall = look(Material.PLASTER, (196, 190, 178)) if alike.random() < 0.5 else look(Material.BRICK, (146, 112, 92))
    ground, letters = SIGNS[int(alike.integers(len(SIGNS)))]
    fascia = look(Material.CLADDING, (188, 188, 184) if alike.random() < 0.5 else ground)
    for number, end in enumerate((site.front, site.right, site.back, site.left)):
        side = site.plan.side(number)
        add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if number == 0:
            _add_glass_front(draft, side, high, wall, rng)
        elif end == End.STREET:
            _add_strip(draft, side, 0.0, high, wall, rng)
        else:
            add_blank(draft, side, 0.0, high, wall)
        draft.boxes((-0.15, -0.2, high - 1.3), (side.width + 0.15, 0.0, high + 0.4), fascia, side, "xXyzZ")
    front = site.plan.side(0)
    long = min(front.width * 0.4, 9.0)
    left = (front.width - long) / 2
    draft.boxes((left - 0.5, -0.35, high - 1.2), (left + long + 0.5, -0.1, high + 0.8), look(Material.SIGN, ground), front, "xXyYzZ")
    draft.quads(lettering(left, high - 0.8, long, 1.1, -0.365, rng), look(Material.SIGN, letters), front)
    add_flat_roof(draft, site.plan, high, wall, fascia, 0.5, rng)


def _add_glass_front(draft: Draft, side: Side, high: float, wall: Look, rng: np.random.Generator) -> None:
    count = max(2, int(side.width * 0.7 / 2.4))
    a, b = side.width * 0.12, side.width * 0.12 + count * 2.4
    b = min(b, side.width - 0.6)
    x = np.array([(a, b)])
    head = min(3.2, high - 1.4)
    add_pierced(draft, side, (0.0, side.width), 0.0, high, x, np.array([[(0.0, head)]]), wall)
    hole = Holes(*(np.array([v]) for v in (a, b, 0.0, head)))
    style = Openings(2.4, 2.2, 0.0, head, 0.25, frame=(92, 96, 98), bars=(count - 1, 1), sill=False)
    add_windows(draft, side, hole, style, wall, wall, rng)


def add_station(draft: Draft, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> None:
    """Add a petrol station: a canopy on columns over pumps, and a shop behind."""
    ground, letters = SIGNS[int(alike.integers(len(SIGNS)))]
    shop_depth = 6.0
    shop = Plan(site.width * 0.15, site.depth - shop_depth, site.width * 0.7, shop_depth)
    wall, white = look(Material.CLADDING, (186, 186, 182)), look(Material.CLADDING, (206, 206, 202))
    for number, side in enumerate(shop.sides()):
        add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if number == 0:
            _add_glass_front(draft, side, 3.6, wall, rng)
        else:
            add_blank(draft, side, 0.0, 3.6, wall)
    add_flat_roof(draft, shop, 3.6, white, white, 0.3, rng)
    x0, x1, y0, y1 = site.width * 0.1, site.width * 0.9, 0.5, site.depth - shop_depth - 2.5
    draft.boxes((x0, y0, 4.8), (x1, y1, 5.7), look(Material.CLADDING, ground))
    draft.quads(lettering(x0 + 1, 5.0, min(6.0, x1 - x0 - 2), 0.5, y0 - 0.015, rng), look(Material.SIGN, letters))
    feet = corners_of([x0 + 1.5, x1 - 1.5, x0 + 1.5, x1 - 1.5], [y0 + 1.5, y0 + 1.5, y1 - 1.5, y1 - 1.5], 0.0)
    draft.boxes(feet - (0.15, 0.15, 0.5), feet + np.array([0.15, 0.15, 4.8]), white, faces="xXyY")
    pumps = corners_of(np.linspace(x0 + 3.0, x1 - 3.0, 3), (y0 + y1) / 2, 0.0)
    draft.boxes(pumps - (0.9, 0.5, 0.4), pumps + np.array([0.9, 0.5, 0.15]), look(Material.CONCRETE, (150, 148, 142)), faces="xXyYZ")
    draft.boxes(pumps + np.array([-0.45, -0.25, 0.15]), pumps + np.array([0.45, 0.25, 1.75]), look(Material.PLASTIC, ground), faces="xXyYZ")
    draft.quads(rectangles(pumps[:, 0] - 0.3, pumps[:, 0] + 0.3, 1.0, 1.5, (y0 + y1) / 2 - 0.26), look(Material.PLASTIC, (40, 44, 46)))
