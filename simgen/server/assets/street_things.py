"""Things that stand on sidewalks and are no blueprints. Origin on the ground; fronts look along -y, towards the road."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.plant_foliage import Leaf, add_cards, cards, foliage, leaf_colors
from simgen.server.assets.solids import box, boxes, cylinder, grid, placed, polygon, revolved, tube
from simgen.server.assets.street_stalls import (
    BLACK,
    CONCRETE,
    GLASS,
    IRON,
    STEEL,
    WOOD,
    advert_column,
    bus_stop,
    cafe,
    kiosk,
    market_stall,
    painted,
)
from simgen.server.scene import Material, Mesh

BINS: tuple[tuple[int, int, int], ...] = ((52, 58, 56), (38, 72, 50), (44, 62, 104))


def _wheelie_bin(variant: int) -> Callable[[MeshBuilder], None]:
    def make(builder: MeshBuilder) -> None:
        body = painted(BINS[variant % len(BINS)])
        rows = [(0.40, 0.10, 0.42), (0.46, 0.50, 0.50), (0.52, 0.96, 0.58)]
        points = np.array([[(sx * w / 2, sy * d / 2 - 0.02, z) for sx, sy in ((-1, -1), (-1, 1), (1, 1), (1, -1))] for w, z, d in rows])
        builder.add(grid(points, closed=True), body)
        builder.add(box((0, -0.02, 0.985), (0.56, 0.62, 0.05)), body)
        builder.add(box((0, 0.31, 0.95), (0.40, 0.06, 0.04)), body)
        for x in (-0.22, 0.22):
            builder.add(cylinder(0.10, -0.03, 0.03, 8).moved(_on_side(x, 0.20, 0.10)), BLACK)
        builder.add(box((0, -0.14, 0.05), (0.36, 0.10, 0.10)), body)

    return make


def _on_side(x: float, y: float, z: float) -> np.ndarray:
    """Return the matrix that lays something upright along x."""
    return np.array([[0, 0, 1.0, x], [0, 1.0, 0, y], [-1.0, 0, 0, z], [0, 0, 0, 1.0]])


def _dumpster(builder: MeshBuilder) -> None:
    body = painted((58, 84, 66), Material.PAINT)
    builder.add(boxes((-0.68, -0.52, 0.18), (0.68, 0.52, 1.15), "xXyYz"), body)
    lid = np.array(
        [[(-0.70, -0.54, 1.15), (0.70, -0.54, 1.15)], [(-0.70, 0.0, 1.36), (0.70, 0.0, 1.36)], [(-0.70, 0.54, 1.15), (0.70, 0.54, 1.15)]]
    )
    builder.add(grid(lid[:, ::-1]), painted((40, 44, 42)))
    for x in (-0.55, 0.55):
        for y in (-0.4, 0.4):
            builder.add(cylinder(0.09, -0.03, 0.03, 8).moved(_on_side(x, y, 0.09)), BLACK)
    builder.add(boxes((-0.76, -0.05, 0.95), (-0.68, 0.05, 1.02)), STEEL)
    builder.add(boxes((0.68, -0.05, 0.95), (0.76, 0.05, 1.02)), STEEL)


def _bollard(look: Look, height: float = 0.95, radius: float = 0.07) -> Callable[[MeshBuilder], None]:
    def make(builder: MeshBuilder) -> None:
        builder.add(revolved([(radius, -0.1), (radius, 0.9 * height), (0.6 * radius, height), (0.0, height)], 10), look)
        builder.add(revolved([(radius * 1.05, 0.72 * height), (radius * 1.05, 0.82 * height)], 10), painted((222, 222, 216), Material.SIGN))

    return make


def _electricity_box(builder: MeshBuilder) -> None:
    grey = painted((142, 146, 138), Material.PAINT)
    builder.add(boxes((-0.58, -0.17, 0.08), (0.58, 0.17, 1.22), "xXyY"), grey)
    builder.add(boxes((-0.61, -0.20, 1.22), (0.61, 0.20, 1.28)), grey)
    builder.add(boxes((-0.56, -0.15, -0.2), (0.56, 0.15, 0.08), "xXyY"), CONCRETE)
    builder.add(boxes((-0.006, -0.176, 0.12), (0.006, -0.17, 1.18)), BLACK)
    builder.add(boxes((0.06, -0.19, 0.60), (0.10, -0.17, 0.72)), STEEL)


def _post_box(builder: MeshBuilder) -> None:
    """A pillar box."""
    red = painted((156, 28, 30), Material.PAINT)
    builder.add(
        revolved([(0.25, -0.1), (0.25, 0.12), (0.22, 0.16), (0.22, 1.25), (0.26, 1.29), (0.26, 1.36), (0.14, 1.46), (0.0, 1.49)], 14), red
    )
    builder.add(box((0, -0.225, 1.12), (0.24, 0.03, 0.05)), BLACK)
    builder.add(box((0, -0.222, 0.82), (0.20, 0.02, 0.16)), painted((230, 228, 220), Material.SIGN))


def _wall_post_box(builder: MeshBuilder) -> None:
    yellow = painted((214, 172, 40), Material.PAINT)
    builder.add(boxes((-0.26, -0.20, 0.62), (0.26, 0.20, 1.42)), yellow)
    builder.add(box((0, -0.205, 1.28), (0.40, 0.02, 0.05)), BLACK)
    builder.add(cylinder(0.05, -0.1, 0.62, 8), STEEL)


def _hydrant(builder: MeshBuilder) -> None:
    red = painted((166, 40, 34), Material.PAINT)
    builder.add(
        revolved([(0.14, -0.1), (0.14, 0.05), (0.10, 0.08), (0.10, 0.55), (0.13, 0.57), (0.10, 0.66), (0.03, 0.74), (0.0, 0.76)], 10), red
    )
    builder.add(cylinder(0.06, -0.19, 0.19, 8).moved(_on_side(0, 0, 0.44)), red)


def _bike_rack(builder: MeshBuilder) -> None:
    """Two hoops to lean bicycles on, across the sidewalk."""
    for x in (-0.5, 0.5):
        path = [(x, -0.35, -0.1), (x, -0.35, 0.65), (x, -0.22, 0.80), (x, 0.22, 0.80), (x, 0.35, 0.65), (x, 0.35, -0.1)]
        builder.add(tube(path, 0.025, 6, caps=False), STEEL)


def _planter(variant: int) -> Callable[[MeshBuilder], None]:
    def make(builder: MeshBuilder) -> None:
        look = (CONCRETE, WOOD, painted((70, 72, 72), Material.METAL))[variant % 3]
        builder.add(boxes((-0.6, -0.25, 0.0), (0.6, 0.25, 0.48), "xXyY"), look)
        builder.add(boxes((-0.56, -0.21, 0.44), (0.56, 0.21, 0.45), "Z"), painted((72, 58, 46), Material.SOIL))
        rng = np.random.Generator(np.random.PCG64(variant))
        points = rng.uniform((-0.5, -0.18, 0.5), (0.5, 0.18, 0.78), (60, 3))
        of = foliage(points, np.array([0, 0, 0.5]), np.array([0.6, 0.3, 0.35]))
        palette = (((80, 100, 52), (96, 112, 60), (188, 70, 80)), ((70, 92, 48), (92, 108, 58), (222, 214, 200)))[variant % 2]
        add_cards(builder, cards(of, rng.uniform(0.2, 0.3, 60), Leaf.SMALL, rng), leaf_colors(of, palette, rng, 0.6))

    return make


def _parking_meter(builder: MeshBuilder) -> None:
    builder.add(cylinder(0.045, -0.1, 1.0, 8), IRON)
    builder.add(boxes((-0.14, -0.11, 1.0), (0.14, 0.11, 1.55)), painted((60, 66, 72), Material.PAINT))
    builder.add(box((0, -0.112, 1.40), (0.18, 0.01, 0.12)), GLASS)
    builder.add(box((0, 0, 1.66), (0.26, 0.02, 0.22)), painted((30, 70, 150), Material.SIGN))


def _flag(color: tuple[int, int, int]) -> Callable[[MeshBuilder], None]:
    def make(builder: MeshBuilder) -> None:
        builder.add(cylinder(0.05, -0.2, 7.0, 8, 0.03), Look(Material.METAL, Tag.POLES, (196, 198, 198)))
        z, x = np.linspace(4.0, 6.9, 6), np.linspace(0.05, 1.1, 5)
        wave = 0.06 * np.sin(4 * x)[None] * np.linspace(1.2, 0.6, 6)[:, None]
        sheet = np.stack([np.broadcast_to(x, (6, 5)), wave, np.broadcast_to(z[:, None], (6, 5))], axis=-1)
        cloth = Look(Material.CLOTH, Tag.STATIC, color)
        builder.add(grid(sheet), cloth)
        builder.add(grid(sheet[:, ::-1] + (0, 0.004, 0)), cloth)

    return make


def _clock(builder: MeshBuilder) -> None:
    builder.add(revolved([(0.14, -0.1), (0.14, 0.3), (0.07, 0.4), (0.055, 3.2), (0.0, 3.25)], 10), IRON)
    builder.add(cylinder(0.42, -0.10, 0.10, 20).moved(np.array([[1, 0, 0, 0], [0, 0, -1.0, 0], [0, 1.0, 0, 3.6], [0, 0, 0, 1.0]])), IRON)
    for side in (-1, 1):
        y = 0.105 * side
        face = [(0.36 * math.cos(a), y, 3.6 + 0.36 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 20, endpoint=False)]
        builder.add(polygon(face if side < 0 else face[::-1]), painted((236, 234, 224), Material.SIGN))
        builder.add(box((0.0, y * 1.03, 3.72), (0.03, 0.004, 0.24)), BLACK)
        builder.add(box((0.08, y * 1.03, 3.6), (0.18, 0.004, 0.035)), BLACK)


def _cone(builder: MeshBuilder) -> None:
    orange, white = Look(Material.PLASTIC, Tag.DYNAMIC, (206, 84, 34)), Look(Material.SIGN, Tag.DYNAMIC, (230, 230, 224))
    builder.add(boxes((-0.19, -0.19, 0.0), (0.19, 0.19, 0.04)), orange)
    for low, high, look in ((0.04, 0.28, orange), (0.28, 0.45, white), (0.45, 0.56, orange), (0.56, 0.66, white), (0.66, 0.75, orange)):
        radius = [0.15 - 0.12 * (z - 0.04) / 0.71 for z in (low, high)]
        builder.add(revolved([(radius[0], low), (radius[1], high)], 10), look)


def _road_barrier(builder: MeshBuilder) -> None:
    """A red and white board on two feet."""
    red, white = Look(Material.SIGN, Tag.DYNAMIC, (184, 36, 32)), Look(Material.SIGN, Tag.DYNAMIC, (228, 228, 222))
    for k in range(8):
        x = -1.0 + 0.25 * k
        builder.add(boxes((x, -0.015, 0.80), (x + 0.25, 0.015, 1.0), "yYzZxX"), (red, white)[k % 2])
    for x in (-0.8, 0.8):
        builder.add(boxes((x - 0.03, -0.03, 0.1), (x + 0.03, 0.03, 1.0)), Look(Material.METAL, Tag.DYNAMIC, (120, 122, 122)))
        builder.add(boxes((x - 0.12, -0.38, 0.0), (x + 0.12, 0.38, 0.10)), Look(Material.RUBBER, Tag.DYNAMIC, (34, 34, 35)))
    builder.add(cylinder(0.08, 1.0, 1.2, 8).moved(placed(-0.8)), Look(Material.LIGHT_YELLOW, Tag.DYNAMIC, (240, 170, 40)))


THINGS: dict[str, Callable[[MeshBuilder], None]] = {
    "dumpster": _dumpster,
    "bollard": _bollard(IRON),
    "steel bollard": _bollard(STEEL, 1.0, 0.055),
    "electricity box": _electricity_box,
    "post box": _post_box,
    "letter box": _wall_post_box,
    "hydrant": _hydrant,
    "bus shelter": bus_stop,
    "kiosk": kiosk,
    "bike rack": _bike_rack,
    "parking meter": _parking_meter,
    "clock": _clock,
    "cone": _cone,
    "road barrier": _road_barrier,
}
MANY: dict[str, tuple[Callable[[int], Callable[[MeshBuilder], None]], int]] = {
    "wheelie bin": (_wheelie_bin, 3),
    "advert column": (advert_column, 2),
    "planter": (_planter, 6),
    "cafe": (cafe, 6),
    "market stall": (market_stall, 4),
    "flag": (lambda k: _flag(((44, 76, 136), (176, 44, 42), (228, 228, 222), (60, 112, 78))[k % 4]), 4),
}
"""Things in several variants, with their number."""


def thing_mesh(name: str) -> Mesh:
    """Return a thing; those in variants carry a number, as in "cafe/2". Raises KeyError for an unknown name."""
    builder = MeshBuilder()
    kind, _, variant = name.partition("/")
    if variant:
        make, count = MANY[kind]
        if int(variant) >= count:
            raise KeyError(name)
        make(int(variant))(builder)
    else:
        THINGS[name](builder)
    return builder.mesh()
