"""Houses by a small grammar: a style, a number of storeys, a shop floor or a door, a roof.

A house stands in the frame of its lot: x along the street, y away from it, z up; the front lies at y = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.facades import Band, Color, Openings, add_balconies, add_sills, add_wall
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box_corners, placed
from simgen.server.scene import Material

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HouseStyle:
    walls: tuple[Color, ...]
    trim: Color
    windows: Openings
    storey_m: float
    storeys: tuple[int, int]
    """Least and greatest number above the ground floor."""
    shop: float
    """Share of houses with a shop on the ground floor."""
    balconies: float = 0.0
    gabled: bool = False
    roof: Color = (104, 102, 100)


STYLES: dict[str, HouseStyle] = {
    "brick": HouseStyle(
        ((132, 62, 48), (150, 84, 62), (112, 60, 50)), (206, 198, 182), Openings(2.9, 0.44, 0.9, 1.7, 0.16), 3.1, (2, 5), 0.7
    ),
    "plaster": HouseStyle(
        ((214, 196, 158), (196, 204, 206), (222, 206, 190), (188, 178, 150)),
        (232, 228, 218),
        Openings(3.2, 0.40, 0.9, 1.65, 0.14),
        3.0,
        (2, 5),
        0.5,
        0.5,
    ),
    "office": HouseStyle(
        ((136, 140, 144), (96, 100, 106), (168, 164, 156)), (60, 62, 66), Openings(2.6, 0.86, 0.8, 2.1, 0.08), 3.4, (4, 9), 0.6
    ),
    "panel": HouseStyle(
        ((178, 176, 170), (160, 166, 168), (190, 178, 160)), (214, 212, 206), Openings(3.0, 0.55, 0.85, 1.6, 0.10), 2.9, (4, 7), 0.2, 0.7
    ),
    "stone": HouseStyle(((172, 162, 142), (150, 142, 128)), (206, 200, 186), Openings(2.7, 0.46, 0.8, 1.9, 0.20), 3.3, (2, 4), 0.8),
    "cottage": HouseStyle(
        ((226, 218, 202), (204, 180, 140), (170, 88, 66), (190, 202, 198)),
        (240, 238, 230),
        Openings(3.2, 0.38, 0.9, 1.3, 0.10),
        2.8,
        (0, 1),
        0.0,
        0.0,
        True,
        (128, 66, 48),
    ),
}
AWNINGS: tuple[Color, ...] = ((150, 36, 34), (34, 84, 60), (36, 60, 112), (196, 150, 50), (72, 72, 76), (120, 52, 90))
GROUND_M = 3.9
PLINTH = (96, 94, 92)
DEEP_M = 1.2
"""Walls go on this far into the ground, which may slope."""


@dataclass(frozen=True)
class House:
    """What stands on a lot."""

    style: HouseStyle
    storeys: int
    """Above the ground floor."""
    shop: bool
    wall: Color
    width: float
    depth: float

    @property
    def ground_m(self) -> float:
        return GROUND_M if self.shop else self.style.storey_m

    @property
    def eaves(self) -> float:
        """Height of the walls."""
        return self.ground_m + self.storeys * self.style.storey_m

    @property
    def ridge(self) -> float:
        """Height of the whole house."""
        return self.eaves + (0.42 * self.depth if self.style.gabled else 0.5)


def draw_house(style: HouseStyle, width: float, depth: float, tall: float, rng: np.random.Generator) -> House:
    """Draw a house; `tall` (0 to 1) shifts the number of storeys between the style's bounds."""
    least, most = style.storeys
    storeys = round(least + (most - least) * float(np.clip(tall + rng.normal(0, 0.2), 0, 1)))
    wall = style.walls[int(rng.integers(len(style.walls)))]
    shade = rng.uniform(0.9, 1.08)
    r, g, b = (int(min(255, c * shade)) for c in wall)
    return House(style, storeys, bool(rng.random() < style.shop), (r, g, b), width, depth)


def add_house(builder: MeshBuilder, house: House, matrix: Floats, rng: np.random.Generator) -> None:
    """Add a house on its lot."""
    wall = Look(Material.FACADE, Tag.BUILDINGS, house.wall)
    trim = Look(Material.CONCRETE, Tag.BUILDINGS, house.style.trim)
    _add_walls(builder, house, matrix, wall, trim, rng)
    if house.shop:
        _add_shop(builder, house, matrix, trim, rng)
    else:
        _add_door(builder, house, matrix, trim)
    (_add_gable if house.style.gabled else _add_flat_roof)(builder, house, matrix, wall, trim, rng)


def _add_walls(builder: MeshBuilder, house: House, matrix: Floats, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    """Add the four sides: the front in relief, the others flat."""
    style = house.style
    upper = Band(house.ground_m, style.storey_m, house.storeys, style.windows)
    flat = Openings(style.windows.bay_m * 1.35, style.windows.width * 0.8, style.windows.sill_m, style.windows.height_m)
    sides = (
        (matrix, house.width, style.windows),
        (matrix @ placed(house.width, 0, 0, 90), house.depth, flat),
        (matrix @ placed(house.width, house.depth, 0, 180), house.width, flat),
        (matrix @ placed(0, house.depth, 0, -90), house.depth, flat),
    )
    plinth = Look(Material.CONCRETE, Tag.BUILDINGS, PLINTH)
    for number, (frame, width, openings) in enumerate(sides):
        if house.storeys:
            add_wall(builder, frame, width, Band(upper.low, style.storey_m, house.storeys, openings), wall, rng)
        if number or not house.shop:
            add_wall(builder, frame, width, Band(0.0, house.ground_m, 1, openings), wall, rng)
        builder.add_quads([[(0, 0, -DEEP_M), (width, 0, -DEEP_M), (width, 0, 0), (0, 0, 0)]], plinth, frame)
    bands = [upper] if house.storeys else []
    for band in [*bands, *([] if house.shop else [Band(0.0, house.ground_m, 1, style.windows)])]:
        add_sills(builder, matrix, house.width, band, trim)
    if house.storeys and rng.random() < style.balconies:
        add_balconies(builder, matrix, house.width, upper, trim, Look(Material.METAL, Tag.BUILDINGS, (58, 60, 64)))


def _add_shop(builder: MeshBuilder, house: House, matrix: Floats, trim: Look, rng: np.random.Generator) -> None:
    """Add shop windows with awnings, a door, and the ledge over them."""
    front = Look(Material.CONCRETE, Tag.BUILDINGS, tuple(int(c * 0.8) for c in house.wall))  # type: ignore[arg-type]
    band = Band(0.0, GROUND_M, 1, Openings(4.2, 0.80, 0.45, 2.5, 0.25))
    add_wall(builder, matrix, house.width, band, front, rng)
    columns = band.columns(house.width)
    awning = Look(Material.CLOTH, Tag.BUILDINGS, AWNINGS[int(rng.integers(len(AWNINGS)))])
    for a, b in columns[1:-1].reshape(-1, 2):
        builder.add_quads(_awning(float(a) - 0.1, float(b) + 0.1), awning, matrix)
    builder.add_quads(
        box_corners((0.15, -0.10, 3.12), (house.width - 0.15, 0.0, 3.62), "xXyzZ"), Look(Material.SIGN, Tag.BUILDINGS, awning.color), matrix
    )
    builder.add_quads(box_corners((-0.02, -0.14, GROUND_M - 0.22), (house.width + 0.02, 0.02, GROUND_M + 0.05), "xXyzZ"), trim, matrix)
    if len(columns) > 2:
        middle = float(columns[1] + columns[2]) / 2
        builder.add_quads(box_corners((middle - 0.06, 0.12, 0.0), (middle + 0.06, 0.26, 2.95), "xXy"), trim, matrix)


def _awning(x0: float, x1: float) -> Floats:
    """Return a sloping cloth and its valance, seen from above and below."""
    top, edge, low = (-0.02, 3.10), (-1.0, 2.72), (-1.0, 2.50)
    faces = []
    for (ya, za), (yb, zb) in ((edge, top), (low, edge)):
        faces.append([(x0, ya, za), (x1, ya, za), (x1, yb, zb), (x0, yb, zb)])
        faces.append([(x1, ya + 0.01, za - 0.01), (x0, ya + 0.01, za - 0.01), (x0, yb + 0.01, zb - 0.01), (x1, yb + 0.01, zb - 0.01)])
    return np.array(faces)


def _add_door(builder: MeshBuilder, house: House, matrix: Floats, trim: Look) -> None:
    """Add a door with a step and a small roof on the wall between two windows."""
    columns = Band(0.0, house.ground_m, 1, house.style.windows).columns(house.width)
    piers = (columns[2:-2:2] + columns[3:-1:2]) / 2 if len(columns) > 4 else columns[:1] + 0.8
    x = float(piers[len(piers) // 2])
    half = 0.5 if len(columns) <= 4 else min(0.55, float(columns[3] - columns[2]) / 2 - 0.1)
    wood = Look(Material.FACADE, Tag.BUILDINGS, (84, 56, 38))
    builder.add_quads(box_corners((x - half, -0.06, 0.0), (x + half, 0.0, 2.25), "xXyzZ"), wood, matrix)
    builder.add_quads(box_corners((x - half - 0.25, -0.7, 2.35), (x + half + 0.25, 0.0, 2.47)), trim, matrix)
    builder.add_quads(box_corners((x - half - 0.15, -0.45, -0.6), (x + half + 0.15, 0.0, 0.05)), trim, matrix)


def _add_flat_roof(builder: MeshBuilder, house: House, matrix: Floats, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    """Add a roof with a parapet, a cornice over the front and plant on top."""
    w, d, h = house.width, house.depth, house.eaves
    roof = Look(Material.ROOF, Tag.BUILDINGS, house.style.roof)
    builder.add_quads(box_corners((0, 0, h - 0.05), (w, d, h), "Z"), roof, matrix)
    edges = (((0, 0), (w, 0.25)), ((0, d - 0.25), (w, d)), ((0, 0.25), (0.25, d - 0.25)), ((w - 0.25, 0.25), (w, d - 0.25)))
    low = np.array([(*a, h - 0.001) for a, _ in edges])
    high = np.array([(*b, h + 0.5) for _, b in edges])
    builder.add_quads(box_corners(low, high, "xXyYZ"), wall, matrix)
    builder.add_quads(box_corners((-0.08, -0.28, h - 0.12), (w + 0.08, 0.0, h + 0.22)), trim, matrix)
    if w > 8 and d > 7:
        x, y = rng.uniform(1.5, w - 4.5), rng.uniform(2.5, d - 3.5)
        builder.add_quads(
            box_corners((x, y, h), (x + rng.uniform(1.5, 3), y + rng.uniform(1.5, 2.5), h + rng.uniform(0.9, 2.2)), "xXyYZ"), trim, matrix
        )


def _add_gable(builder: MeshBuilder, house: House, matrix: Floats, wall: Look, trim: Look, rng: np.random.Generator) -> None:
    """Add a saddle roof along the street with a chimney."""
    w, d, h, top = house.width, house.depth, house.eaves, house.ridge
    roof = Look(Material.ROOF, Tag.BUILDINGS, house.style.roof)
    over, thick = 0.45, 0.16
    drop = over * (top - h) / (d / 2)
    eave_front, eave_back, ridge = (-over, h - drop), (d + over, h - drop), (d / 2, top)
    x0, x1 = -0.3, w + 0.3
    faces = []
    for (ya, za), (yb, zb) in ((eave_front, ridge), (ridge, eave_back)):
        faces.append([(x0, ya, za + thick), (x1, ya, za + thick), (x1, yb, zb + thick), (x0, yb, zb + thick)])
        faces.append([(x1, ya, za), (x0, ya, za), (x0, yb, zb), (x1, yb, zb)])
    for x, turn in ((x0, 1), (x1, -1)):
        for (ya, za), (yb, zb) in ((ridge, eave_front), (eave_back, ridge)):
            faces.append([(x, ya, za), (x, yb, zb), (x, yb, zb + thick), (x, ya, za + thick)][::turn])
    for (y, z), turn in ((eave_front, 1), (eave_back, -1)):
        faces.append([(x0, y, z), (x1, y, z), (x1, y, z + thick), (x0, y, z + thick)][::turn])
    builder.add_quads(faces, roof, matrix)
    gables = [[(0, d, h), (0, 0, h), (0, d / 2, top), (0, d / 2, top)], [(w, 0, h), (w, d, h), (w, d / 2, top), (w, d / 2, top)]]
    builder.add_quads(np.array(gables), wall, matrix)
    x = rng.uniform(0.2, 0.7) * w
    builder.add_quads(
        box_corners((x, d * 0.60, h), (x + 0.6, d * 0.60 + 0.6, top + 0.7), "xXyYZ"),
        Look(Material.FACADE, Tag.BUILDINGS, (120, 70, 56)),
        matrix,
    )
