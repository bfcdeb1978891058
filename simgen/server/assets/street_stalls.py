"""Bus shelters, kiosks, market stalls, tables of cafés and columns for posters. Origin on the ground; fronts look along -y, towards
the road."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box, boxes, cylinder, ellipsoid, grid, placed, quads, revolved
from simgen.server.scene import Material

STEEL = Look(Material.METAL, Tag.STATIC, (128, 132, 134))
IRON = Look(Material.METAL, Tag.STATIC, (44, 47, 48))
BLACK = Look(Material.PLASTIC, Tag.STATIC, (28, 29, 30))
WOOD = Look(Material.WOOD, Tag.STATIC, (134, 98, 66))
CONCRETE = Look(Material.CONCRETE, Tag.STATIC, (158, 154, 146))
GLASS = Look(Material.GLASS, Tag.STATIC, (70, 84, 92))


def painted(color: tuple[int, int, int], material: Material = Material.PLASTIC) -> Look:
    """Return the look of something that stands about."""
    return Look(material, Tag.STATIC, color)


def bus_stop(builder: MeshBuilder) -> None:
    """A shelter, open towards the road: roof, glass back and ends, a bench, an advertisement."""
    x, y, z = 1.9, 0.65, 2.45
    builder.add(boxes((-x - 0.1, -y - 0.15, z), (x + 0.1, y + 0.05, z + 0.12)), IRON)
    for px in (-x, 0.0, x - 0.06):
        builder.add(boxes((px, y - 0.06, 0.0), (px + 0.06, y, z)), IRON)
    for px in (-x, x - 0.06):
        builder.add(boxes((px, -y, 0.0), (px + 0.06, -y + 0.06, z)), IRON)
    builder.add(boxes((-x + 0.08, y - 0.03, 0.25), (x - 0.08, y - 0.02, 2.25), "yY"), GLASS)
    builder.add(boxes((-x + 0.02, -y + 0.1, 0.25), (-x + 0.03, y - 0.08, 2.25), "xX"), GLASS)
    builder.add(boxes((x - 0.10, -y + 0.06, 0.15), (x, y - 0.08, 2.30)), IRON)
    for side in (x - 0.102, x + 0.002):
        builder.add(boxes((side, -y + 0.14, 0.35), (side + 0.001, y - 0.16, 2.15), "xX"), painted((196, 92, 60), Material.SIGN))
    builder.add(boxes((-1.4, 0.18, 0.44), (0.9, 0.52, 0.49)), WOOD)
    for px in (-1.2, 0.7):
        builder.add(boxes((px, 0.30, 0.0), (px + 0.05, 0.42, 0.44)), IRON)


def kiosk(builder: MeshBuilder) -> None:
    green, roof = painted((48, 74, 62), Material.PAINT), painted((64, 68, 66), Material.METAL)
    builder.add(boxes((-1.3, -1.0, -0.1), (1.3, 1.0, 1.0), "xXyY"), green)
    builder.add(boxes((-1.3, 0.2, 1.0), (1.3, 1.0, 2.4), "xXyY"), green)
    builder.add(boxes((-1.25, -0.95, 1.0), (1.25, 0.2, 2.3), "xXyY"), GLASS)
    builder.add(boxes((-1.5, -1.3, 2.4), (1.5, 1.15, 2.58)), roof)
    builder.add(boxes((-1.35, -1.22, 0.95), (1.35, -0.98, 1.0)), WOOD)
    builder.add(boxes((-1.1, -1.31, 2.58), (1.1, -1.25, 2.9)), painted((214, 176, 60), Material.SIGN))
    colors = ((190, 60, 50), (60, 90, 150), (230, 220, 200), (220, 180, 60), (90, 130, 80), (200, 120, 150))
    for k in range(6):
        builder.add(boxes((-1.15 + 0.4 * k, -0.99, 0.45), (-0.85 + 0.4 * k, -1.01, 0.85), "y"), painted(colors[k], Material.SIGN))


PAPERS: tuple[tuple[int, int, int], ...] = (
    *((206, 200, 184), (152, 74, 64), (74, 92, 118), (226, 222, 210), (92, 116, 98)),
    *((196, 166, 92), (54, 56, 64), (172, 124, 134), (120, 128, 138)),
)


def _add_poster(builder: MeshBuilder, turn: np.ndarray, low: float, high: float, radius: float, color: tuple[int, int, int]) -> None:
    rim = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=-1)
    wall = np.stack([np.column_stack([rim, np.full(len(turn), z)]) for z in (low, high)])
    builder.add(grid(wall), painted(color, Material.SIGN))


def advert_column(variant: int) -> Callable[[MeshBuilder], None]:
    """A column with posters."""

    def make(builder: MeshBuilder) -> None:
        builder.add(revolved([(0.68, -0.1), (0.68, 0.25), (0.60, 0.30)], 16), CONCRETE)
        rng = stream(1, "posters", variant)
        angle = np.linspace(0, -2 * math.pi, 17)
        for k in range(8):
            paper = PAPERS[int(rng.integers(len(PAPERS)))]
            _add_poster(builder, angle[2 * k : 2 * k + 3], 0.3, 2.6, 0.60, paper)
            low = float(rng.uniform(0.5, 1.3))
            _add_poster(
                builder, angle[2 * k : 2 * k + 3], low, low + float(rng.uniform(0.3, 1.0)), 0.605, PAPERS[int(rng.integers(len(PAPERS)))]
            )
        builder.add(revolved([(0.60, 2.6), (0.72, 2.66), (0.72, 2.76), (0.40, 3.0), (0.0, 3.12)], 16), IRON)

    return make


PARASOLS: tuple[tuple[int, int, int], ...] = ((222, 214, 196), (150, 44, 40), (52, 84, 68), (58, 74, 112))


def cafe(variant: int) -> Callable[[MeshBuilder], None]:
    """A small table, two chairs, and a parasol over every other one."""

    def make(builder: MeshBuilder) -> None:
        top = painted((70, 70, 70), Material.METAL)
        builder.add(cylinder(0.33, 0.71, 0.74, 12), top)
        builder.add(cylinder(0.03, 0.02, 0.71, 6), IRON)
        builder.add(cylinder(0.22, 0.0, 0.02, 10), IRON)
        for side in (-1, 1):
            seat = painted((128, 92, 60), Material.WOOD) if variant % 2 else painted((90, 94, 96), Material.METAL)
            builder.add(box((side * 0.62, 0, 0.455), (0.40, 0.40, 0.03)), seat)
            builder.add(box((side * 0.82, 0, 0.72), (0.03, 0.40, 0.28)), seat)
            for dx, dy in ((-0.18, -0.18), (-0.18, 0.18), (0.18, -0.18), (0.18, 0.18)):
                high = 0.86 if dx * side > 0 else 0.45
                builder.add(boxes((side * 0.62 + dx - 0.012, dy - 0.012, 0), (side * 0.62 + dx + 0.012, dy + 0.012, high), "xXyY"), IRON)
        if variant < 4:
            cloth = painted(PARASOLS[variant % len(PARASOLS)], Material.CLOTH)
            builder.add(cylinder(0.025, 0.74, 2.45, 6), IRON)
            canopy = revolved([(1.15, 2.02), (0.6, 2.28), (0.0, 2.5)], 8)
            builder.add(canopy, cloth)
            builder.add(canopy.turned().moved(placed(z=-0.01)), cloth)

    return make


def market_stall(variant: int) -> Callable[[MeshBuilder], None]:
    def make(builder: MeshBuilder) -> None:
        cloth = painted(PARASOLS[variant % 4], Material.CLOTH)
        for x in (-1.2, 1.2):
            for y, z in ((-0.75, 2.05), (0.75, 2.4)):
                builder.add(boxes((x - 0.02, y - 0.02, 0), (x + 0.02, y + 0.02, z), "xXyY"), STEEL)
        roof = np.array([[(-1.4, -1.0, 2.0), (1.4, -1.0, 2.0), (1.4, 0.9, 2.45), (-1.4, 0.9, 2.45)]])
        builder.add(quads(roof), cloth)
        builder.add(quads(roof[:, ::-1] - (0, 0, 0.02)), cloth)
        builder.add(quads([[(-1.4, -1.0, 1.78), (1.4, -1.0, 1.78), (1.4, -1.0, 2.0), (-1.4, -1.0, 2.0)]]), cloth)
        builder.add(boxes((-1.2, -0.65, 0.75), (1.2, 0.55, 0.82)), WOOD)
        builder.add(boxes((-1.2, -0.66, 0.25), (1.2, -0.64, 0.78), "y"), painted((206, 198, 176), Material.CLOTH))
        goods = ((176, 60, 40), (212, 150, 50), (96, 128, 60), (206, 190, 90), (120, 54, 70), (186, 104, 50))
        for k, color in enumerate(goods):
            builder.add(ellipsoid((-1.0 + 0.4 * k, -0.1, 0.86), (0.17, 0.42, 0.14), 4, 7), painted(color))

    return make
