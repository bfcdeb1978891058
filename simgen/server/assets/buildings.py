"""Houses with storeys: walls, ground floor, roof and what decorates them, by style.

A house stands in the frame of its lot: x along the street, y away from it, z up; the front lies at y = 0. Metres.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_choices import House, drawn, floor_m, ground_windows
from simgen.server.assets.building_clutter import add_blade_sign, add_coolers, add_dishes, add_fire_escape, add_scrawl
from simgen.server.assets.building_draft import Draft, Side, look
from simgen.server.assets.building_fronts import Entrance, add_bay_window, add_house_floor, add_pipe, add_shops, door_place
from simgen.server.assets.building_roofs import Eaves, add_chimney, add_dormers, add_flat_roof, add_hip, add_mansard, add_saddle
from simgen.server.assets.building_site import DEEP_M, PLINTH, End, Site
from simgen.server.assets.building_styles import Style
from simgen.server.assets.building_trim import add_balconies, add_cornice, add_course, add_loggias, add_pilasters, add_quoins, add_timber
from simgen.server.assets.facades import Band, Holes, add_blank, add_panes, add_pierced, add_plain_band, add_windows
from simgen.server.scene import Material

Floats = NDArray[np.float64]


def add_storied(draft: Draft, style: Style, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> float:
    """Add a house; `alike` draws what the houses of one row have in common, `rng` the rest. Returns x of the middle of its door."""
    house = drawn(style, site, alike)
    plan = site.plan
    for number, end in enumerate((site.front, site.right, site.back, site.left)):
        side = plan.side(number)
        add_blank(draft, side, -DEEP_M, 0.0, look(Material.CONCRETE, PLINTH))
        if end == End.STREET:
            _add_front(draft, house, side, number, rng)
        elif end == End.PLAIN:
            _add_rear(draft, house, side, number, rng)
        else:
            add_blank(draft, side, 0.0, house.eaves, house.wall)
    _add_roof(draft, house, alike, rng)
    return door_place(ground_windows(house), site.width, house.door)


def _add_front(draft: Draft, house: House, side: Side, number: int, rng: np.random.Generator) -> None:
    """Add a side that looks at a street."""
    _add_ground(draft, house, side, number, rng)
    holes = _add_upper(draft, house, side, rng)
    style, high = house.style, house.eaves
    if style.timber:
        add_timber(draft, side, house.ground_m, style.storey_m, house.storeys, holes, rng)
    if style.course_m:
        for k in range(house.storeys if style.course_m > 0.25 or house.balcony == "loggia" else 1):
            add_course(draft, side, house.ground_m + k * style.storey_m - style.course_m / 2, style.course_m, 0.06, house.trim)
    if style.cornice_m:
        add_cornice(draft, side, high, style.cornice_m, house.trim)
    if style.quoins:
        add_quoins(draft, side, house.ground_m + 0.2, high - 0.5, house.trim)
    if style.pilasters:
        columns = house.window.columns(side.width)
        x = np.concatenate([[0.3], (columns[:-1, 1] + columns[1:, 0]) / 2, [side.width - 0.3]])
        room = float(np.diff(columns.ravel()[1:-1])[::2].min()) if len(columns) > 1 else 0.6
        add_pilasters(draft, side, x, house.ground_m, high - 0.5 * (style.cornice_m > 0), min(0.5, room - 0.1), 0.10, house.wall)
    if number == 0:
        add_pipe(draft, side, 0.16, high)
    _add_clutter(draft, house, side, holes, number, rng)


def _add_clutter(draft: Draft, house: House, side: Side, holes: Holes, number: int, rng: np.random.Generator) -> None:
    """Hang on a front what its people need."""
    style = house.style
    (add_coolers if style.shops > 0.3 else add_dishes)(draft, side, holes, style.clutter * float(rng.random() < 0.5), rng)
    if house.shop and rng.random() < 0.5:
        add_blade_sign(draft, side, float(rng.uniform(0.5, side.width - 0.5)), 3.6, rng)
    if number == 0 and rng.random() < style.fire_escape and house.storeys > 1 and house.site.setback > 0.3:
        columns = house.window.columns(side.width)
        x0, x1 = columns[len(columns) // 2] if len(columns) else (1.0, 3.0)
        floors = house.ground_m + style.storey_m * np.arange(house.storeys)
        add_fire_escape(draft, side, float(x0) - 0.4, float(x1) + 0.4, floors)


def _add_ground(draft: Draft, house: House, side: Side, number: int, rng: np.random.Generator) -> None:
    high = house.ground_m
    if house.shop:
        add_shops(draft, side, high, house.base, house.trim, rng, flats=number == 0)
        return
    windows, floor = ground_windows(house), floor_m(house)
    way = None
    if number == 0:
        middle = door_place(windows, side.width, house.door)
        way = Entrance(middle, min(1.1, windows.width_m + 0.1), 2.1, floor, 0.35 if high > 3.2 else 0.0, canopy=high <= 3.2)
    holes = add_house_floor(draft, side, high, windows, way, house.base, house.trim, rng)
    gap = (way.middle - way.width / 2 - 0.1, way.middle + way.width / 2 + 0.1) if way else (0.0, 0.0)
    for a, b in ((-0.035, gap[0]), (gap[1], side.width + 0.035)):
        if b - a > 0.05:
            draft.boxes((a, -0.035, -0.1), (b, 0.0, 0.32), look(Material.CONCRETE, PLINTH), side, "xXyZ")
    if house.bay and number == 0 and len(holes):
        middle = float(holes.x0[-1] + holes.x1[-1]) / 2 if house.door < 0.5 else float(holes.x0[0] + holes.x1[0]) / 2
        if 1.3 < middle < side.width - 1.3 and abs(middle - (way.middle if way else -9)) > 1.8:
            add_bay_window(draft, side, middle, 0.25, high - 0.35, windows, house.wall, house.tiles, rng)


def _add_upper(draft: Draft, house: House, side: Side, rng: np.random.Generator) -> Holes:
    """Add the storeys over the ground floor, with balconies; returns the windows."""
    band = house.upper()
    columns, rows = band.openings.columns(side.width), band.rows()
    if not len(columns) or not house.storeys:
        add_blank(draft, side, band.low, band.high, house.wall)
        return Holes.grid(np.zeros((0, 2)), rows)
    z = np.tile(rows, (len(columns), 1, 1))
    open_to = _balcony_columns(house, len(columns))
    floors = band.low + band.storey_m * np.arange(house.storeys)
    if house.balcony == "loggia":
        middles = columns[open_to].mean(axis=1, keepdims=True)
        columns[open_to] = middles + np.array([-1.35, 1.35])
        z[open_to] = np.stack([floors + 0.02, floors + band.storey_m - 0.22], axis=1)
    elif house.balcony:
        z[open_to, :, 0] = floors + 0.1
    add_pierced(draft, side, (0.0, side.width), band.low, band.high, columns, z, house.wall)
    windows = Holes.grid(columns[~open_to], rows)
    add_windows(draft, side, windows, band.openings, house.wall, house.trim, rng)
    if open_to.any():
        _add_balcony_columns(draft, house, side, Holes.grid(columns[open_to], z[open_to][0]), rng)
    return Holes.grid(columns, rows)


def _balcony_columns(house: House, count: int) -> NDArray[np.bool_]:
    """Return which window columns have balconies (n,)."""
    number = np.arange(count)
    if (
        not house.balcony
        or count < 3
        or house.storeys < 1
        or (house.balcony != "loggia" and house.site.setback < 0.9 and house.style.balconies[-1] != "")
    ):
        return np.zeros(count, dtype=np.bool_)
    if house.balcony == "loggia":
        return number % 3 == 1
    return (number == count // 2) if count < 5 else (number % 4 == 1)


def _add_balcony_columns(draft: Draft, house: House, side: Side, holes: Holes, rng: np.random.Generator) -> None:
    if house.balcony == "loggia":
        add_loggias(draft, side, holes, 1.2, house.wall, house.panel, rng)
        return
    add_windows(draft, side, holes, replace(house.window, sill=False), house.wall, house.trim, rng)
    deep = 0.95 if house.site.setback < 2.0 else 1.35
    add_balconies(draft, side, holes.x0 - 0.5, holes.x1 + 0.5, holes.z0 - 0.05, deep, house.balcony, house.panel)


def _add_rear(draft: Draft, house: House, side: Side, number: int, rng: np.random.Generator) -> None:
    """Add a side that looks at yards: plain, with fewer windows."""
    window = replace(house.window, bay_m=house.window.bay_m * (1.15 if number == 2 else 1.8))
    storeys = Band(house.ground_m, house.style.storey_m, house.storeys, window)
    ground = replace(window, height_m=min(window.height_m, house.ground_m - window.sill_m - 0.4))
    add_plain_band(draft, side, Band(0.0, house.ground_m, 1, ground), house.wall, rng)
    add_plain_band(draft, side, storeys, house.wall, rng)
    if rng.random() < 0.12:
        add_scrawl(draft, side, rng)


def _add_roof(draft: Draft, house: House, alike: np.random.Generator, rng: np.random.Generator) -> None:
    site, style, plan, high = house.site, house.style, house.site.plan, house.eaves
    ends = (0.02 if site.left == End.PARTY else 0.3, 0.02 if site.right == End.PARTY else 0.3)
    kind = "saddle" if house.roof == "gable" and site.width > 11 else house.roof
    if kind == "flat":
        add_flat_roof(draft, plan, high, house.wall, house.trim, 0.55 if style.cornice_m else 0.4, rng)
        top = high + 0.6
    elif kind == "mansard":
        top = add_mansard(draft, plan, high, house.tiles, (site.left != End.PARTY, site.right != End.PARTY), house.wall)
        x = house.window.columns(site.width, 0.8).mean(axis=1)
        add_dormers(draft, plan.side(0), x, high + 0.75, 0.32, house.tiles, house.trim, house.window.frame, rng)
    elif kind == "hip":
        top = high + style.rise * min(site.width, site.depth) / 2
        add_hip(draft, plan, high, top - high, house.tiles)
    else:
        top = _add_pitched(draft, house, kind == "gable", ends, alike, rng)
    if rng.random() < style.chimneys:
        brick = look(Material.BRICK, (118, 80, 66))
        y = site.depth * (0.5 if kind == "saddle" else 0.62)
        x = 0.55 if kind == "saddle" else site.width * float(rng.uniform(0.25, 0.75))
        add_chimney(draft, x, y, high, top + (1.0 if kind != "flat" else 0.9), brick, 2 if rng.random() < 0.6 else 3)


def _add_pitched(
    draft: Draft, house: House, across: bool, ends: tuple[float, float], alike: np.random.Generator, rng: np.random.Generator
) -> float:
    """Add a saddle roof, with a window in its gable or dormers; returns its height."""
    site, plan, high = house.site, house.site.plan, house.eaves
    span = site.width if across else site.depth
    rise = min(house.style.rise * span / 2, 7.0)
    tight = across and End.PARTY in (site.left, site.right)
    eaves = Eaves(0.02 if tight else 0.38, 0.3 if across else ends[0], 0.3 if across else ends[1])
    add_saddle(draft, plan, high, rise, house.tiles, house.wall, eaves, across)
    front = plan.side(0)
    if across:
        levels = np.arange(high + 0.5, high + rise - 1.6, house.style.storey_m)
        for k, z in enumerate(levels):
            room = (1 - (z + 1.2 - high) / rise) * site.width / 2
            x = site.width / 2 + np.array([-0.8, 0.8] if room > 1.5 and k == 0 else [0.0])
            _add_gable_windows(draft, front, x, float(z), house, rng)
    elif house.style.rise > 0.7 and alike.random() < 0.6 and rise > 2.6:
        x = house.window.columns(site.width, 0.8).mean(axis=1)[::2]
        add_dormers(draft, front, x, high + 0.75, 0.55, house.tiles, house.trim, house.window.frame, rng)
    return high + rise


def _add_gable_windows(draft: Draft, side: Side, x: Floats, z: float, house: House, rng: np.random.Generator) -> None:
    """Lay small windows on a gable."""
    frame = replace(house.window, recess_m=-0.03, width_m=0.8, bars=(1, 0), shutters=())
    holes = Holes(x - 0.4, x + 0.4, np.full(len(x), z), np.full(len(x), z + 1.1))
    add_panes(draft, side, holes, frame, rng)
