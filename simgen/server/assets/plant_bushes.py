"""Bushes, hedges, flower beds and tufts of grass. Origin on the ground in the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.plant_foliage import (
    Color,
    Foliage,
    Leaf,
    add_cards,
    add_kites,
    cards,
    clumps,
    foliage,
    hull,
    kites,
    leaf_colors,
    leaf_look,
)
from simgen.server.assets.plant_species import DARK_BARK
from simgen.server.assets.solids import box, boxes, ellipsoid, tube
from simgen.server.scene import Material, Mesh

Floats = NDArray[np.float64]

HEDGE_GREEN: tuple[Color, ...] = ((67, 80, 47), (55, 68, 40), (81, 94, 55))
BOX_GREEN: tuple[Color, ...] = ((57, 69, 43), (47, 59, 37), (69, 80, 52))
RED_HEDGE: tuple[Color, ...] = ((96, 58, 46), (78, 50, 42), (104, 78, 50))
DRY: tuple[Color, ...] = ((150, 138, 92), (119, 121, 77), (98, 106, 63))


@dataclass(frozen=True)
class Bush:
    """A round bush."""

    radius: float
    height: float
    colors: tuple[Color, ...]
    leaf: Leaf
    cards: int
    card_m: float
    flowers: Color | None = None


BUSHES: dict[str, Bush] = {
    "bush": Bush(0.95, 1.35, ((80, 92, 54), (67, 78, 45), (98, 106, 64)), Leaf.SMALL, 230, 0.42),
    "laurel": Bush(1.2, 1.9, ((61, 76, 44), (51, 64, 38), (77, 90, 55)), Leaf.BROAD, 300, 0.46),
    "hedge bush": Bush(0.75, 1.05, BOX_GREEN, Leaf.HEDGE, 200, 0.34),
    "box ball": Bush(0.42, 0.85, BOX_GREEN, Leaf.HEDGE, 130, 0.24),
    "rose": Bush(0.55, 0.9, ((73, 86, 51), (61, 74, 44), (88, 98, 60)), Leaf.SMALL, 130, 0.32, (176, 52, 62)),
    "hydrangea": Bush(0.7, 0.95, ((85, 102, 62), (71, 88, 53), (99, 114, 72)), Leaf.BROAD, 150, 0.36, (150, 140, 190)),
    "lavender": Bush(0.4, 0.55, ((112, 117, 98), (98, 105, 86), (125, 129, 110)), Leaf.NEEDLES, 90, 0.30, (116, 98, 150)),
    "dogwood": Bush(1.05, 1.7, ((99, 103, 64), (84, 89, 53), (115, 117, 76)), Leaf.SMALL, 240, 0.44),
}


def bush(kind: Bush, bare: bool, far: bool, rng: np.random.Generator) -> Mesh:
    """Return a bush: lumps of leaves over a dark core; in winter its twigs are bare."""
    builder = MeshBuilder()
    count = 26 if far else kind.cards
    middles = rng.normal(0, 0.30, (4, 3)) * (kind.radius, kind.radius, 0.22 * kind.height) + (0, 0, 0.55 * kind.height)
    ways = rng.normal(size=(count, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    half = np.array([0.72 * kind.radius, 0.72 * kind.radius, 0.46 * kind.height])
    points = middles[rng.integers(4, size=count)] + ways * half * rng.uniform(0.70, 1.0, (count, 1))
    points[:, 2] = np.clip(points[:, 2], 0.45 * kind.card_m, kind.height - 0.3 * kind.card_m)
    centre, radii = np.array([0, 0, 0.5 * kind.height]), np.array([kind.radius, kind.radius, 0.55 * kind.height])
    of = foliage(points, centre, radii)
    if bare:
        tips = of.points[:: 2 if far else 1]
        for tip in tips[:60]:
            builder.add(
                tube([(0.1 * tip[0], 0.1 * tip[1], 0.0), tip * (0.6, 0.6, 0.7), tip], [0.012, 0.008, 0.004], 3, caps=False), DARK_BARK
            )
        return builder.mesh()
    dark: Color = tuple(int((0.7 if far else 0.5) * c) for c in kind.colors[0])  # type: ignore[assignment]
    builder.add(ellipsoid((0, 0, 0.46 * kind.height), radii * (0.95, 0.95, 0.8), 4, 6), leaf_look(dark, card=False))
    colors = leaf_colors(of, kind.colors, rng, 0.5)
    if kind.flowers is not None:
        bloom = rng.random(count) < 0.3 * of.depth
        colors[bloom] = np.clip(np.array(kind.flowers) * rng.uniform(0.8, 1.1, (int(bloom.sum()), 1)), 0, 255)
    size = kind.card_m * rng.uniform(0.75, 1.1, count) * (1.6 if far else 1.0)
    add_cards(builder, cards(of, size, kind.leaf, rng, 0.55), colors)
    return builder.mesh()


@dataclass(frozen=True)
class Hedge:
    """A trimmed hedge; pieces follow one another along x."""

    height: float
    depth: float
    colors: tuple[Color, ...]


HEDGES: dict[str, Hedge] = {
    "low hedge": Hedge(0.75, 0.45, BOX_GREEN),
    "hedge": Hedge(1.25, 0.60, HEDGE_GREEN),
    "tall hedge": Hedge(1.95, 0.75, HEDGE_GREEN),
    "red hedge": Hedge(1.35, 0.60, RED_HEDGE),
}
HEDGE_PIECE_M = 2.0


def hedge(kind: Hedge, far: bool, rng: np.random.Generator) -> Mesh:
    """Return one piece of a hedge, `HEDGE_PIECE_M` long about the origin."""
    builder = MeshBuilder()
    size = np.array([HEDGE_PIECE_M, kind.depth, kind.height])
    shrink = 0.03 if far else 0.07
    low, high = np.array([-size[0] / 2, -size[1] / 2 + shrink, 0.0]), np.array([size[0] / 2, size[1] / 2 - shrink, size[2] - shrink])
    dark: Color = tuple(int((0.78 if far else 0.6) * c) for c in kind.colors[0])  # type: ignore[assignment]
    builder.add(boxes(low, high, "xXyYZ"), leaf_look(dark, card=False))
    count = int((12 if far else 46) * (kind.height * 2 + kind.depth))
    face = rng.choice(3, count, p=np.array([size[2], size[2], size[1]]) / (2 * size[2] + size[1]))
    x, w = rng.uniform(-0.5, 0.5, count) * size[0], rng.random(count)
    wall = np.stack([x, np.where(face == 0, -1, 1) * (size[1] / 2 - 0.05), 0.08 + w * (size[2] - 0.14)], axis=-1)
    top = np.stack([x, (w - 0.5) * (size[1] - 0.1), np.full(count, size[2] - 0.06)], axis=-1)
    points = np.where((face == 2)[:, None], top, wall)
    out = np.where(
        (face == 2)[:, None], (0.0, 0.0, 1.0), np.stack([np.zeros(count), np.where(face == 0, -1.0, 1.0), np.full(count, 0.2)], axis=-1)
    )
    of = Foliage(points, out / np.linalg.norm(out, axis=1, keepdims=True), 0.35 + 0.65 * points[:, 2] / size[2])
    each = rng.uniform(0.24, 0.34, count)
    surface = kites(of, 1.6 * each, rng) if far else cards(of, each, Leaf.HEDGE, rng, 0.28)
    surface.positions[:] = np.clip(
        surface.positions, (-size[0] / 2 - 0.06, -size[1] / 2 - 0.04, 0.0), (size[0] / 2 + 0.06, size[1] / 2 + 0.04, size[2] + 0.05)
    )
    colors = leaf_colors(of, kind.colors, rng, 0.6)
    builder.add(surface, leaf_look((255, 255, 255), card=not far), colors=np.repeat(colors, 4, axis=0))
    return builder.mesh()


FLOWERS: dict[str, tuple[Color, ...]] = {
    "flower bed": ((71, 90, 51), (186, 56, 52), (214, 176, 60), (85, 102, 58)),
    "white bed": ((75, 94, 55), (222, 220, 208), (172, 108, 148), (89, 104, 62)),
}
BED_M = (2.0, 0.8)


def flower_bed(colors: tuple[Color, ...], far: bool, rng: np.random.Generator) -> Mesh:
    """Return a bed of soil with low flowers."""
    builder = MeshBuilder()
    builder.add(box((0, 0, 0.03), (*BED_M, 0.10), "xXyY"), Look(Material.WOOD, Tag.STATIC, (98, 84, 70)))
    builder.add(box((0, 0, 0.03), (*BED_M, 0.08), "Z"), Look(Material.SOIL, Tag.TERRAIN, (84, 68, 54)))
    count = 14 if far else 60
    points = np.column_stack([(rng.random((count, 2)) - 0.5) * (np.array(BED_M) - 0.25), rng.uniform(0.14, 0.26, count)])
    of = Foliage(points, np.tile((0.0, 0.0, 1.0), (count, 1)), rng.uniform(0.6, 1.0, count))
    palette = np.array(colors)[rng.integers(len(colors), size=count)] * rng.uniform(0.85, 1.1, (count, 1))
    shades = np.clip(palette, 0, 255).astype(np.uint8)
    if far:
        add_kites(builder, of, np.full(count, 0.45), shades, rng)
    else:
        add_cards(builder, cards(of, np.full(count, 0.30), Leaf.SMALL, rng, 0.5), shades)
    return builder.mesh()


def tuft(far: bool, rng: np.random.Generator) -> Mesh:
    """Return tall grass: a few upright cards."""
    builder = MeshBuilder()
    count = 3 if far else 7
    angle = rng.uniform(0, math.pi, count)
    outward = np.stack([np.cos(angle), np.sin(angle), np.full(count, 0.1)], axis=-1)
    points = np.column_stack([rng.normal(0, 0.10, (count, 2)), np.full(count, 0.17)])
    of = Foliage(points, outward / np.linalg.norm(outward, axis=1, keepdims=True), rng.uniform(0.5, 1.0, count))
    surface = cards(of, np.full(count, 0.40), Leaf.NEEDLES, rng, 0.1)
    surface.positions[:, 2] = np.maximum(surface.positions[:, 2], 0.0)
    up = surface.normals * 0.3 + (0, 0, 1.0)
    surface.normals[:] = up / np.linalg.norm(up, axis=1, keepdims=True)
    add_cards(builder, surface, leaf_colors(of, DRY, rng, 0.7))
    return builder.mesh()


def grove(conifers: bool, rng: np.random.Generator) -> Mesh:
    """Return a tree of the woods around the town, about a hundred triangles."""
    builder = MeshBuilder()
    height, radius = rng.uniform(9, 12), rng.uniform(2.6, 3.6)
    colors: tuple[Color, ...] = ((51, 61, 44), (63, 73, 51)) if conifers else ((72, 82, 47), (88, 96, 56), (63, 74, 44))
    builder.add(tube([(0, 0, -0.3), (0, 0, height * 0.5)], 0.2, 3, caps=False), DARK_BARK)
    share, angle = rng.random(90), rng.uniform(0, 2 * math.pi, 90)
    wide = (1 - share) * 0.8 + 0.08 if conifers else 0.35 + 0.65 * np.sin(math.pi * np.clip(share + 0.12, 0, 1))
    away = radius * wide * rng.random(90) ** 0.5
    points = np.stack([away * np.cos(angle), away * np.sin(angle), height * (0.18 + 0.80 * share)], axis=-1)
    centre, radii = np.array([0, 0, 0.55 * height]), np.array([radius, radius, 0.45 * height])
    for group in clumps(points, 3, rng):
        surface, depth = hull(group, centre, radii, rng, 1.0)
        surface.positions[:, 2] = np.clip(surface.positions[:, 2], 0.6, None)
        builder.add(surface, leaf_look(colors[0], card=False), colors=np.clip(np.array(colors[0]) * (0.5 + 0.4 * depth)[:, None], 0, 255))
    picked = rng.choice(90, 30, replace=False)
    of = foliage(points[picked], centre, radii)
    add_kites(builder, of, rng.uniform(1.5, 2.3, 30), leaf_colors(of, colors, rng, 0.6), rng)
    return builder.mesh()
