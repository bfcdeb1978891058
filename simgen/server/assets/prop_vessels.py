"""Makers of boxes, bags, bins, drums and other vessels; see prop_parts for what a maker is."""

from __future__ import annotations

import math

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.plant_foliage import Leaf, cards, foliage, leaf_colors
from simgen.server.assets.prop_parts import DARK, WHITE, Color, Maker, Size, add_box, stretched
from simgen.server.assets.solids import cylinder, ellipsoid, revolved
from simgen.server.scene import Material


def block(color: Color) -> Maker:
    """A solid block, a shade darker at its foot."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        add_box(builder, Look(Material.PLASTIC, tag, color), (-0.5, -0.5, 0), (0.5, 0.5, 1), size)

    return make


def carton(color: Color) -> Maker:
    """A cardboard box, closed with brown tape and with a label on one side."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        add_box(builder, Look(Material.CLOTH, tag, color), (-0.497, -0.497, 0), (0.497, 0.497, 0.995), size)
        tape, label = Look(Material.PLASTIC, tag, (150, 112, 70)), Look(Material.SIGN, tag, (222, 218, 206))
        add_box(builder, tape, (-0.5, -0.05, 0.72), (0.5, 0.05, 1.0), size)
        add_box(builder, label, (-0.28, -0.5, 0.5), (0.08, 0.5, 0.74), size)

    return make


def case(color: Color) -> Maker:
    """A bag or case with a handle."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        add_box(builder, Look(Material.CLOTH, tag, color), (-0.5, -0.5, 0), (0.5, 0.5, 0.78), size)
        handle = Look(Material.PLASTIC, tag, DARK)
        for low, high in (
            ((-0.2, -0.06, 0.78), (-0.14, 0.06, 1)),
            ((0.14, -0.06, 0.78), (0.2, 0.06, 1)),
            ((-0.2, -0.06, 0.93), (0.2, 0.06, 1)),
        ):
            add_box(builder, handle, low, high, size)

    return make


def drum(color: Color) -> Maker:
    """A barrel or can with rims."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        profile = [
            (0.0, 0.0),
            (0.48, 0.0),
            (0.5, 0.04),
            (0.48, 0.08),
            (0.48, 0.33),
            (0.5, 0.36),
            (0.48, 0.39),
            (0.48, 0.62),
            (0.5, 0.65),
            (0.48, 0.68),
            (0.48, 0.95),
            (0.5, 1.0),
            (0.44, 1.0),
            (0.44, 0.96),
            (0.0, 0.96),
        ]
        builder.add(stretched(revolved(profile, 16), size), Look(Material.METAL, tag, color))

    return make


def roll(color: Color, along: str) -> Maker:
    """A bale lying on its side."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        turned = revolved([(0.0, -0.5), (0.5, -0.5), (0.5, 0.5), (0.0, 0.5)], 18, along)
        lifted = np.diag([*size, 1.0])
        lifted[2, 3] = size[2] / 2
        builder.add(turned.moved(lifted), Look(Material.CLOTH, tag, color))

    return make


def dome(color: Color) -> Maker:
    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        builder.add(stretched(ellipsoid((0, 0, 0.3), (0.5, 0.5, 0.7), 9, 14, 1.0, -0.43), size), Look(Material.PAINT, tag, color))

    return make


def cone(color: Color) -> Maker:
    """A traffic cone with a foot plate and white bands."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        plastic, white = Look(Material.PLASTIC, tag, color), Look(Material.SIGN, tag, WHITE)
        add_box(builder, plastic, (-0.5, -0.5, 0), (0.5, 0.5, 0.06), size)
        for low, high, look in (
            (0.06, 0.35, plastic),
            (0.35, 0.55, white),
            (0.55, 0.70, plastic),
            (0.70, 0.84, white),
            (0.84, 1.0, plastic),
        ):
            builder.add(stretched(revolved([(0.40 - 0.33 * low, low), (0.40 - 0.33 * high, high)], 16), size), look)
        builder.add(stretched(revolved([(0.07, 1.0), (0.0, 1.0)], 16), size), plastic)

    return make


def bag(color: Color) -> Maker:
    """A full bag with a knot."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        look = Look(Material.PLASTIC, tag, color)
        profile = [(0.0, 0.0), (0.38, 0.0), (0.5, 0.2), (0.5, 0.42), (0.36, 0.68), (0.10, 0.82), (0.16, 1.0), (0.0, 0.94)]
        builder.add(stretched(revolved(profile, 11), size), look)

    return make


def heap(color: Color) -> Maker:
    """Rubble: lumps of several sizes."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        rng = stream(1, "heap", *(f"{s:.3f}" for s in size))
        builder.add(stretched(ellipsoid((0, 0, 0), (0.46, 0.46, 0.7), 4, 9, 1.0, 0.0), size), Look(Material.CONCRETE, tag, color))
        for _ in range(9):
            angle, out, r = rng.uniform(0, 2 * math.pi), rng.uniform(0.1, 0.4), rng.uniform(0.06, 0.16)
            shade = rng.uniform(0.7, 1.2)
            lump = ellipsoid((out * math.cos(angle), out * math.sin(angle), r * 0.8), (r, r, 1.4 * r), 4, 5)
            builder.add(stretched(lump, size), Look(Material.CONCRETE, tag, tuple(int(min(255, c * shade)) for c in color)))  # type: ignore[arg-type]

    return make


def wheeled_bin(color: Color) -> Maker:
    """A rubbish bin with a lid and wheels."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        look, dark = Look(Material.PLASTIC, tag, color), Look(Material.PLASTIC, tag, DARK)
        low, high = (
            np.array([(-0.38, -0.40), (0.38, -0.40), (0.38, 0.40), (-0.38, 0.40)]),
            np.array([(-0.47, -0.48), (0.47, -0.48), (0.47, 0.48), (-0.47, 0.48)]),
        )
        a, b = (np.column_stack([xy, np.full(4, z)]) * size for xy, z in ((low, 0.05), (high, 0.90)))
        nxt = np.roll(np.arange(4), -1)
        builder.add_quads(np.stack([a, a[nxt], b[nxt], b], axis=1), look)
        add_box(builder, dark, (-0.5, -0.5, 0.90), (0.5, 0.5, 0.96), size)
        add_box(builder, dark, (-0.4, -0.4, 0.96), (0.4, 0.4, 1.0), size)
        for y in (-0.46, 0.34):
            add_box(builder, dark, (-0.5, y, 0.0), (-0.25, y + 0.12, 0.17), size)
        add_box(builder, dark, (-0.3, -0.38, 0.02), (0.38, 0.38, 0.05), size)

    return make


def litter_bin(color: Color) -> Maker:
    """A round bin with a hood."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        profile = [(0.0, 0.0), (0.44, 0.0), (0.46, 0.05), (0.5, 0.70), (0.5, 0.78), (0.40, 0.78), (0.40, 0.72), (0.0, 0.72)]
        builder.add(stretched(revolved(profile, 16), size), Look(Material.METAL, tag, color))
        builder.add(stretched(revolved([(0.0, 0.90), (0.48, 0.90), (0.44, 0.96), (0.0, 1.0)], 16), size), Look(Material.METAL, tag, DARK))
        for angle in (0, 2.1, 4.2):
            at = (0.42 * math.cos(angle), 0.42 * math.sin(angle))
            add_box(builder, Look(Material.METAL, tag, DARK), (at[0] - 0.03, at[1] - 0.03, 0.75), (at[0] + 0.03, at[1] + 0.03, 0.92), size)

    return make


def container(color: Color) -> Maker:
    """A recycling container with slanted shoulders and openings."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        look, dark = Look(Material.PLASTIC, tag, color), Look(Material.PLASTIC, tag, DARK)
        outline = [(-0.46, 0.06), (0.46, 0.06), (0.5, 0.75), (0.34, 1.0), (-0.34, 1.0), (-0.5, 0.75)]
        y0, y1 = -0.5 * size[1], 0.5 * size[1]
        points = np.array([(x * size[0], z * size[2]) for x, z in outline])
        front = np.array([(x, y0, z) for x, z in points])
        back = np.array([(x, y1, z) for x, z in points])
        nxt = np.roll(np.arange(len(points)), -1)
        builder.add_quads(np.stack([front[nxt], front, back, back[nxt]], axis=1), look)
        for ring, turn in ((front, 1), (back, -1)):
            for k in (1, 3):
                corners = np.array([ring[0], ring[k], ring[k + 1], ring[(k + 2) % len(ring)]])
                builder.add_quads(corners[::turn], look)
        for x in (-0.24, 0.24):
            add_box(builder, dark, (x - 0.12, -0.5, 0.60), (x + 0.12, 0.5, 0.72), (size[0], size[1] * 1.01, size[2]))
        add_box(builder, dark, (-0.44, -0.46, 0.0), (0.44, 0.46, 0.06), size)

    return make


def machine(color: Color) -> Maker:
    """A cabinet with a front of another colour: vending machine, letter box, cash machine."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        body, glass, dark = Look(Material.METAL, tag, color), Look(Material.GLASS, tag, (40, 48, 56)), Look(Material.PLASTIC, tag, DARK)
        add_box(builder, body, (-0.46, -0.5, 0.03), (0.46, 0.5, 1.0), size)
        add_box(builder, dark, (-0.42, -0.46, 0.0), (0.42, 0.46, 0.03), size)
        for x0, x1 in ((0.46, 0.5), (-0.5, -0.46)):
            add_box(builder, glass, (x0, -0.36, 0.48), (x1, 0.36, 0.90), size)
            add_box(builder, dark, (x0, -0.3, 0.12), (x1, 0.3, 0.24), size)

    return make


def pot(color: Color) -> Maker:
    """A planter with greenery."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        profile = [(0.0, 0.0), (0.38, 0.0), (0.5, 0.50), (0.5, 0.58), (0.44, 0.58), (0.44, 0.5), (0.0, 0.5)]
        builder.add(stretched(revolved(profile, 14), size), Look(Material.CONCRETE, tag, color))
        builder.add(stretched(ellipsoid((0, 0, 0.64), (0.30, 0.30, 0.22), 5, 8), size), Look(Material.LEAF, tag, (44, 56, 34)))
        rng = stream(1, "pot", *color)
        twigs = rng.normal(size=(70, 3))
        twigs *= 0.30 / np.linalg.norm(twigs, axis=1, keepdims=True)
        centre, radii = np.array((0, 0, 0.72 * size[2])), np.array((0.4, 0.4, 0.3)) * size
        of = foliage((np.abs(twigs) * (0, 0, 1) + twigs * (1.1, 1.1, 0) + (0, 0, 0.62)) * size, centre, radii)
        leaves = cards(of, rng.uniform(0.22, 0.32, 70) * float(np.mean(size)), Leaf.SMALL, rng)
        shades = leaf_colors(of, ((76, 92, 50), (62, 80, 42), (98, 112, 62)), rng)
        builder.add(leaves, Look(Material.LEAF_CARD, tag), colors=np.repeat(shades, 4, axis=0))

    return make


def statue(color: Color) -> Maker:
    """A garden gnome: coat, beard and pointed hat."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        builder.add(
            stretched(revolved([(0.0, 0.0), (0.5, 0.0), (0.48, 0.25), (0.34, 0.50), (0.0, 0.55)], 12), size),
            Look(Material.PAINT, tag, (40, 70, 140)),
        )
        builder.add(stretched(ellipsoid((0.04, 0, 0.58), (0.30, 0.30, 0.13), 6, 10), size), Look(Material.SKIN, tag, (226, 180, 150)))
        builder.add(stretched(ellipsoid((0.14, 0, 0.48), (0.28, 0.26, 0.13), 6, 10), size), Look(Material.CLOTH, tag, WHITE))
        builder.add(stretched(revolved([(0.0, 0.64), (0.33, 0.64), (0.0, 1.0)], 12), size), Look(Material.PAINT, tag, color))

    return make


def lantern(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    builder.add(stretched(cylinder(0.12, 0.0, 0.62, 8), size), Look(Material.METAL, tag, DARK))
    builder.add(stretched(cylinder(0.34, 0.62, 0.88, 8, 0.40), size), Look(Material.LAMP, tag, (250, 236, 200)))
    builder.add(stretched(revolved([(0.0, 0.88), (0.5, 0.88), (0.0, 1.0)], 8), size), Look(Material.METAL, tag, DARK))
