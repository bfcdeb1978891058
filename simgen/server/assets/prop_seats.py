"""Makers of benches, tables, playground and garden furniture; see prop_parts for what a maker is."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.prop_parts import DARK, METAL, Color, Maker, Size, add_box, slab, stretched
from simgen.server.assets.solids import both_sides, cylinder, grid, revolved, tube
from simgen.server.assets.vegetation import plant_mesh
from simgen.server.meshes import fitted
from simgen.server.scene import Material


def bench(back: bool) -> Maker:
    """A seat of slats on two feet."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        wood, iron = Look(Material.WOOD, tag, (142, 98, 58)), Look(Material.METAL, tag, (52, 54, 58))
        seat = 0.46 if back else 0.92
        for y in np.linspace(-0.46, 0.30 if back else 0.34, 4):
            add_box(builder, wood, (-0.5, float(y), seat), (0.5, float(y) + 0.13, seat + 0.06), size)
        if back:
            for z in (0.62, 0.78, 0.93):
                add_box(builder, wood, (-0.5, 0.40, z), (0.5, 0.47, z + 0.07), size)
        for x in (-0.42, 0.36):
            add_box(builder, iron, (x, -0.45, 0), (x + 0.06, -0.36, seat), size)
            add_box(builder, iron, (x, 0.38, 0), (x + 0.06, 0.5, 1.0 if back else seat), size)
            add_box(builder, iron, (x, -0.5, seat - 0.05), (x + 0.06, 0.5, seat), size)
        if not back:
            add_box(builder, wood, (-0.5, -0.5, 0.96), (0.5, 0.5, 1.0), size)

    return make


def table(color: Color) -> Maker:
    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        look, legs = Look(Material.WOOD, tag, color), Look(Material.METAL, tag, METAL)
        add_box(builder, look, (-0.5, -0.5, 0.93), (0.5, 0.5, 1.0), size)
        for x in (-0.45, 0.40):
            for y in (-0.45, 0.40):
                add_box(builder, legs, (x, y, 0), (x + 0.05, y + 0.05, 0.93), size)

    return make


def parasol_table(color: Color) -> Maker:
    """A round table under a parasol."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        look = Look(Material.PLASTIC, tag, color)
        builder.add(stretched(cylinder(0.20, 0.28, 0.31, 16), size), look)
        builder.add(stretched(cylinder(0.012, 0.0, 0.98, 8), size), Look(Material.METAL, tag, METAL))
        builder.add(stretched(cylinder(0.10, 0.0, 0.03, 12), size), Look(Material.METAL, tag, DARK))
        builder.add(
            stretched(revolved([(0.0, 0.80), (0.5, 0.78), (0.5, 0.80), (0.0, 1.0)], 8), size), Look(Material.CLOTH, tag, (196, 60, 48))
        )

    return make


def chair(color: Color) -> Maker:
    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        look = Look(Material.PLASTIC, tag, color)
        add_box(builder, look, (-0.5, -0.5, 0.38), (0.5, 0.5, 0.43), size)
        add_box(builder, look, (-0.5, -0.5, 0.43), (-0.42, 0.5, 1.0), size)
        for x in (-0.48, 0.40):
            for y in (-0.48, 0.40):
                add_box(builder, look, (x, y, 0), (x + 0.07, y + 0.07, 0.38), size)
        for y in (-0.5, 0.44):
            add_box(builder, look, (-0.45, y, 0.58), (0.4, y + 0.06, 0.62), size)

    return make


def frame(color: Color) -> Maker:
    """Four posts under a roof of slats, with a seat."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        wood = Look(Material.WOOD, tag, color)
        for x in (-0.48, 0.44):
            for y in (-0.48, 0.44):
                add_box(builder, wood, (x, y, 0.0), (x + 0.04, y + 0.04, 0.92), size)
        for x in (-0.5, 0.45):
            add_box(builder, wood, (x, -0.5, 0.90), (x + 0.05, 0.5, 0.95), size)
        for y in np.linspace(-0.5, 0.46, 9):
            add_box(builder, wood, (-0.5, float(y), 0.95), (0.5, float(y) + 0.04, 1.0), size)
        add_box(builder, wood, (-0.30, -0.40, 0.18), (0.10, 0.40, 0.22), size)
        add_box(builder, wood, (-0.34, -0.40, 0.22), (-0.30, 0.40, 0.45), size)

    return make


def portal(color: Color) -> Maker:
    """Two trestles with a bar between them: a swing or a clothes line."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        x, y, z = size
        steel, cloth = Look(Material.METAL, tag, color), Look(Material.CLOTH, tag, (196, 60, 48))
        for end in (-0.47, 0.47):
            for side in (-0.47, 0.47):
                builder.add(tube([(end * x, side * y, 0.0), (end * x, 0, 0.98 * z)], 0.035, 6), steel)
        builder.add(tube([(-0.49 * x, 0, 0.98 * z), (0.49 * x, 0, 0.98 * z)], 0.035, 6), steel)
        for at in (-0.2, 0.2):
            add_box(builder, cloth, (at - 0.07, -0.10, 0.24), (at + 0.07, 0.10, 0.27), size)
            for side in (-0.06, 0.06):
                builder.add(tube([((at + side) * x, 0, 0.26 * z), ((at + side) * x, 0, 0.98 * z)], 0.012, 4), steel)

    return make


def slide(color: Color) -> Maker:
    """A playground slide with its ladder."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        x, y, z = size
        steel, red = Look(Material.METAL, tag, METAL), Look(Material.PLASTIC, tag, color)
        run = np.array([(-0.5, 0.06), (-0.35, 0.10), (0.1, 0.68), (0.25, 0.74)]) * (y, z)
        for a, b in pairwise(run):
            corners = np.array([(-0.3 * x, a[0], a[1]), (0.3 * x, a[0], a[1]), (0.3 * x, b[0], b[1]), (-0.3 * x, b[0], b[1])])
            builder.add_quads(slab(corners, (0, 0, -0.03)), red)
        builder.add(both_sides(tube([(0.36 * x, y0, z0 + 0.1) for y0, z0 in run], 0.04, 6)), red)
        builder.add(
            both_sides(tube([(0.44 * x, 0.48 * y, 0.0), (0.40 * x, 0.26 * y, 0.74 * z), (0.40 * x, 0.24 * y, 0.98 * z)], 0.03, 6)), steel
        )
        for k in range(1, 6):
            builder.add(
                tube([(-0.42 * x, (0.48 - 0.036 * k) * y, 0.12 * k * z), (0.42 * x, (0.48 - 0.036 * k) * y, 0.12 * k * z)], 0.02, 5), steel
            )

    return make


def trampoline(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    """A round trampoline with a safety net on posts."""
    steel, dark = Look(Material.METAL, tag, METAL), Look(Material.CLOTH, tag, (30, 32, 36))
    builder.add(stretched(revolved([(0.0, 0.29), (0.44, 0.29), (0.44, 0.31), (0.0, 0.31)], 20), size), dark)
    edge = [(0.44, 0.28), (0.5, 0.28), (0.5, 0.33), (0.44, 0.33), (0.44, 0.28)]
    builder.add(stretched(revolved(edge, 20), size), Look(Material.CLOTH, tag, (40, 80, 150)))
    for angle in np.arange(8) * math.pi / 4:
        at = np.array([0.48 * math.cos(angle) * size[0], 0.48 * math.sin(angle) * size[1], 0.0])
        builder.add(tube([at, at + np.array([0, 0, size[2]])], 0.03, 5), steel)


def cart(color: Color) -> Maker:
    """A shopping trolley: a wire basket on wheels."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        wire, dark = Look(Material.METAL, tag, color), Look(Material.PLASTIC, tag, DARK)
        for z in (0.42, 0.56, 0.70, 0.84):
            for low, high in (
                ((-0.5, -0.5), (0.5, -0.47)),
                ((-0.5, 0.40), (0.5, 0.43)),
                ((-0.5, -0.5), (-0.46, 0.43)),
                ((0.46, -0.5), (0.5, 0.43)),
            ):
                add_box(builder, wire, (*low, z), (*high, z + 0.025), size)
        for x in np.linspace(-0.5, 0.47, 6):
            for y in (-0.5, 0.40):
                add_box(builder, wire, (float(x), y, 0.42), (float(x) + 0.03, y + 0.03, 0.86), size)
        add_box(builder, wire, (-0.5, -0.5, 0.40), (0.5, 0.43, 0.42), size)
        add_box(builder, Look(Material.PLASTIC, tag, (186, 34, 30)), (-0.5, 0.46, 0.95), (0.5, 0.5, 1.0), size)
        for x in (-0.5, 0.44):
            add_box(builder, wire, (x, 0.40, 0.40), (x + 0.06, 0.48, 0.98), size)
            for y in (-0.45, 0.35):
                add_box(builder, wire, (x, y, 0.1), (x + 0.05, y + 0.04, 0.42), size)
                add_box(builder, dark, (x, y - 0.03, 0.0), (x + 0.06, y + 0.09, 0.12), size)

    return make


def plant(name: str) -> Maker:
    """A plant of the town's nursery, stretched to the size."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        x, y, z = size
        builder.add_mesh(fitted(plant_mesh(name), (-x / 2, -y / 2, 0.0), (x / 2, y / 2, z)))

    return make


def palm(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    """A coconut palm: a bent trunk and a crown of fronds."""
    x, _, z = size
    trunk = np.array([(0, 0, 0), (0.02 * x, 0, 0.3 * z), (0.06 * x, 0, 0.6 * z), (0.05 * x, 0, 0.86 * z)])
    builder.add(tube(trunk, [0.28, 0.22, 0.18, 0.16], 8), Look(Material.BARK, Tag.VEGETATION, (128, 108, 84)))
    leaf = Look(Material.LEAF, Tag.VEGETATION, (82, 120, 52))
    for k in range(13):
        angle, rise = 2 * math.pi * k / 13, 0.10 + 0.05 * (k % 3)
        along = np.linspace(0.02, 1.0, 7)
        out = np.stack([along * math.cos(angle), along * math.sin(angle), rise * np.sin(along * 2.6) * 1.6 - 0.30 * along**2], axis=-1)
        middle = trunk[-1] + out * (0.5 * x, 0.5 * x, 0.3 * z)
        aside = np.array([-math.sin(angle), math.cos(angle), 0.0]) * (0.055 * x * np.sin(along * math.pi * 0.92) + 0.02)[:, None]
        blade = np.stack([middle - aside - (0, 0, 0.1), middle, middle + aside - (0, 0, 0.1)], axis=1)
        builder.add(grid(blade), leaf)
        builder.add(grid(blade[:, ::-1] - (0, 0, 0.02)), leaf)
