"""Makers of shelters, signs, barriers and stalls; see prop_parts for what a maker is."""

from __future__ import annotations

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.prop_parts import DARK, METAL, WHITE, Color, Maker, Size, add_box, slab, stretched
from simgen.server.assets.solids import box_corners, revolved, tube
from simgen.server.meshes import copies
from simgen.server.scene import Material


def billboard(color: Color) -> Maker:
    """A lit advertisement in a frame on a foot."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        frame, picture, white = Look(Material.METAL, tag, DARK), Look(Material.SIGN, tag, color), Look(Material.SIGN, tag, WHITE)
        add_box(builder, frame, (-0.5, -0.46, 0.22), (0.5, 0.46, 1.0), size)
        add_box(builder, frame, (-0.2, -0.3, 0.0), (0.2, 0.3, 0.22), size)
        for y0, y1 in ((-0.5, -0.46), (0.46, 0.5)):
            add_box(builder, picture, (-0.44, y0, 0.26), (0.44, y1, 0.96), size)
            add_box(builder, white, (-0.32, y0 * 1.02, 0.64), (0.32, y1 * 1.02, 0.84), size)

    return make


def board(color: Color) -> Maker:
    """A slanted information board on two legs."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        wood = Look(Material.WOOD, tag, (120, 84, 54))
        x, y, z = size
        corners = np.array([(-0.5 * x, -0.5 * y, 0.62 * z), (0.5 * x, -0.5 * y, 0.62 * z), (0.5 * x, 0.5 * y, z), (-0.5 * x, 0.5 * y, z)])
        plate = slab(corners, (0, 0, -0.03 * z))
        builder.add_quads(plate[:1], Look(Material.SIGN, tag, color))
        builder.add_quads(plate[1:], wood)
        for at in (-0.42, 0.36):
            add_box(builder, wood, (at, -0.06, 0.0), (at + 0.06, 0.06, 0.80), size)

    return make


def sign_post(color: Color) -> Maker:
    """A name board on two posts."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        post, plate = Look(Material.METAL, tag, METAL), Look(Material.SIGN, tag, color)
        for x in (-0.40, 0.34):
            add_box(builder, post, (x, -0.3, 0.0), (x + 0.06, 0.3, 1.0), size)
        add_box(builder, plate, (-0.5, -0.5, 0.72), (0.5, 0.5, 1.0), size)
        add_box(builder, Look(Material.SIGN, tag, WHITE), (-0.42, -0.51, 0.80), (0.42, 0.51, 0.92), size)

    return make


def shelter(along_x: bool) -> Maker:
    """A bus shelter: glass back and ends, a roof and a bench. Its open side looks along -y, or +x when turned."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        part = MeshBuilder()
        own = size if along_x else (size[1], size[0], size[2])
        steel, glass = Look(Material.METAL, tag, (70, 74, 78)), Look(Material.GLASS, tag, (70, 84, 92))
        add_box(part, steel, (-0.5, -0.5, 0.94), (0.5, 0.5, 1.0), own)
        for x in (-0.49, -0.01, 0.46):
            add_box(part, steel, (x, 0.40, 0.0), (x + 0.03, 0.46, 0.94), own)
        add_box(part, glass, (-0.46, 0.42, 0.08), (0.46, 0.435, 0.90), own)
        for x in (-0.485, 0.475):
            add_box(part, glass, (x, -0.10, 0.08), (x + 0.01, 0.40, 0.90), own)
        add_box(part, Look(Material.WOOD, tag, (142, 98, 58)), (-0.36, 0.12, 0.17), (0.30, 0.38, 0.20), own)
        for x in (-0.30, 0.24):
            add_box(part, steel, (x, 0.22, 0.0), (x + 0.02, 0.30, 0.17), own)
        turn = np.eye(4) if along_x else np.array([[0, -1.0, 0, 0], [1.0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        builder.add_mesh(copies(part.mesh(), turn[None]))

    return make


def chain_barrier(ends: int) -> Maker:
    """Bollards with a chain between them."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        iron = Look(Material.METAL, tag, (44, 46, 50))
        r = size[1] / 2
        for x in np.linspace(-1, 1, ends) * (size[0] / 2 - r) if ends > 1 else (0.0,):
            post = revolved(
                [
                    (0.0, 0.0),
                    (r, 0.0),
                    (r, 0.06),
                    (0.55 * r, 0.1),
                    (0.5 * r, 0.85 * size[2]),
                    (0.7 * r, 0.9 * size[2]),
                    (0.5 * r, size[2]),
                    (0.0, size[2]),
                ],
                12,
            )
            matrix = np.eye(4)
            matrix[0, 3] = float(x)
            builder.add(post, iron, matrix)
        if ends > 1:
            x = np.linspace(-1, 1, 9) * (size[0] / 2 - r)
            z = size[2] * (0.55 + 0.25 * (x / x[-1]) ** 2)
            builder.add(tube(np.stack([x, np.zeros(9), z], axis=-1), 0.018, 5), iron)

    return make


def barrier(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    """A construction barrier: red and white boards on two feet."""
    foot = Look(Material.PLASTIC, tag, DARK)
    stripes = (Look(Material.SIGN, tag, (206, 36, 30)), Look(Material.SIGN, tag, WHITE))
    for z in (0.45, 0.78):
        for k in range(6):
            add_box(builder, stripes[k % 2], (-0.5 + k / 6, -0.12, z), (-0.5 + (k + 1) / 6, 0.12, z + 0.22), size)
    for x in (-0.40, 0.34):
        add_box(builder, foot, (x, -0.5, 0.0), (x + 0.06, 0.5, 0.08), size)
        add_box(builder, foot, (x, -0.10, 0.08), (x + 0.06, 0.10, 0.95), size)


def warning_sign(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    """A triangular warning sign on a stand."""
    x, y, z = size
    red, yellow, dark = (Look(Material.SIGN, tag, color) for color in ((206, 36, 30), (244, 210, 60), DARK))
    outline = np.array([(-0.5 * x, 0.0, 0.42 * z), (0.5 * x, 0.0, 0.42 * z), (0.0, 0.0, z)])
    middle = np.array([0.0, 0.0, 0.64 * z])
    builder.add_quads(slab(outline - np.array([0, 0.03, 0]), (0, 0.06, 0)), red)
    for turn, sign in ((1, -1.0), (-1, 1.0)):
        inner = middle + 0.72 * (outline - middle)
        builder.add_quads(slab((inner + np.array([0, 0.042 * sign, 0]))[::turn], (0, -0.012 * sign, 0)), yellow)
    for low, high in ((0.56, 0.595), (0.62, 0.78)):
        builder.add_quads(box_corners((-0.02, -0.045, low * z), (0.02, 0.045, high * z)), dark)
    post = Look(Material.METAL, tag, METAL)
    builder.add_quads(box_corners((-0.03, -0.02, 0.0), (0.03, 0.02, 0.9 * z)), post)
    for sign in (-1.0, 1.0):
        builder.add(tube([(0, 0, 0.45 * z), (0, sign * 0.48 * y, 0.02)], 0.02, 5), post)


def light_trailer(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    """A trailer with an arrow board of lamps."""
    yellow, dark, lamp = (
        Look(Material.PAINT, tag, (236, 190, 30)),
        Look(Material.PLASTIC, tag, DARK),
        Look(Material.LIGHT_YELLOW, tag, (255, 200, 60)),
    )
    add_box(builder, yellow, (-0.42, -0.40, 0.12), (0.42, 0.40, 0.24), size)
    add_box(builder, dark, (-0.06, -0.05, 0.24), (0.06, 0.05, 0.62), size)
    add_box(builder, dark, (-0.06, -0.5, 0.50), (0.02, 0.5, 1.0), size)
    for y, z in (
        (-0.36, 0.75),
        (-0.18, 0.75),
        (0.0, 0.75),
        (0.18, 0.75),
        (0.36, 0.75),
        (0.24, 0.86),
        (0.24, 0.64),
        (0.12, 0.95),
        (0.12, 0.55),
    ):
        add_box(builder, lamp, (-0.075, y - 0.04, z - 0.025), (-0.06, y + 0.04, z + 0.025), size)
    for y in (-0.5, 0.40):
        add_box(builder, Look(Material.RUBBER, tag, (24, 24, 25)), (-0.14, y, 0.0), (0.14, y + 0.10, 0.18), size)
    add_box(builder, dark, (0.42, -0.03, 0.14), (0.5, 0.03, 0.18), size)
    add_box(builder, dark, (-0.5, -0.03, 0.14), (-0.42, 0.03, 0.18), size)


def hut(color: Color) -> Maker:
    """A kennel with a saddle roof."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        x, y, z = size
        wood, roof = Look(Material.WOOD, tag, color), Look(Material.ROOF, tag, (120, 62, 46))
        add_box(builder, wood, (-0.42, -0.42, 0.0), (0.42, 0.42, 0.60), size)
        add_box(builder, Look(Material.PLASTIC, tag, (20, 18, 16)), (0.42, -0.16, 0.0), (0.43, 0.16, 0.45), size)
        for sign in (-1.0, 1.0):
            slope = np.array([(-0.5 * x, sign * 0.5 * y, 0.52 * z), (0.5 * x, sign * 0.5 * y, 0.52 * z), (0.5 * x, 0, z), (-0.5 * x, 0, z)])
            slope = slope if sign < 0 else slope[::-1]
            builder.add_quads(slab(slope, (0, 0, -0.04)), roof)
            gable = np.array(
                [
                    (sign * 0.42 * x, -0.42 * y, 0.6 * z),
                    (sign * 0.42 * x, 0.42 * y, 0.6 * z),
                    (sign * 0.42 * x, 0, 0.95 * z),
                    (sign * 0.42 * x, 0, 0.95 * z),
                ]
            )
            builder.add_quads(gable if sign > 0 else gable[::-1], wood)

    return make


def stall(color: Color) -> Maker:
    """A kiosk or food cart: a counter under an awning."""

    def make(builder: MeshBuilder, tag: Tag, size: Size) -> None:
        body, roof, dark = Look(Material.PAINT, tag, color), Look(Material.CLOTH, tag, WHITE), Look(Material.GLASS, tag, (40, 46, 52))
        add_box(builder, body, (-0.42, -0.46, 0.04), (0.42, 0.46, 0.36), size)
        add_box(builder, dark, (-0.36, -0.40, 0.36), (0.36, 0.40, 0.74), size)
        for x in (-0.42, 0.38):
            for y in (-0.46, 0.42):
                add_box(builder, Look(Material.METAL, tag, METAL), (x, y, 0.36), (x + 0.04, y + 0.04, 0.80), size)
        add_box(builder, roof, (-0.5, -0.5, 0.78), (0.5, 0.5, 0.86), size)
        add_box(builder, body, (-0.36, -0.40, 0.86), (0.36, 0.40, 1.0), size)
        add_box(builder, Look(Material.PLASTIC, tag, DARK), (-0.36, -0.40, 0.0), (0.36, 0.40, 0.04), size)

    return make


def fountain(builder: MeshBuilder, tag: Tag, size: Size) -> None:
    """A basin with a column of bowls and water."""
    stone, water = Look(Material.CONCRETE, tag, (178, 172, 160)), Look(Material.GLASS, tag, (90, 130, 150))
    builder.add(stretched(revolved([(0.0, 0.0), (0.5, 0.0), (0.5, 0.09), (0.46, 0.09), (0.46, 0.05)], 28), size), stone)
    builder.add(stretched(revolved([(0.46, 0.065), (0.0, 0.065)], 28), size), water)
    profile = [
        (0.08, 0.05),
        (0.05, 0.30),
        (0.26, 0.36),
        (0.26, 0.38),
        (0.04, 0.36),
        (0.035, 0.62),
        (0.15, 0.68),
        (0.15, 0.70),
        (0.03, 0.68),
        (0.03, 0.9),
        (0.05, 0.95),
        (0.0, 1.0),
    ]
    builder.add(stretched(revolved(profile, 20), size), stone)
