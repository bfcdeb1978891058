"""Street lamps. The origin is the foot of the post; arms reach along -y, over the road."""

from __future__ import annotations

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box, cylinder, placed, revolved, tube
from simgen.server.scene import Material, Mesh

GREY = Look(Material.METAL, Tag.POLES, (112, 116, 118))
DARK = Look(Material.METAL, Tag.POLES, (38, 44, 42))
GREEN = Look(Material.METAL, Tag.POLES, (40, 62, 52))
TIMBER = Look(Material.BARK, Tag.POLES, (110, 92, 74))
GLOW = Look(Material.LAMP, Tag.POLES, (250, 240, 214))


def _post(builder: MeshBuilder, look: Look, height: float, foot: float, top: float, sides: int) -> None:
    builder.add(cylinder(foot * 1.5, -0.2, 0.9, sides, foot * 1.3), look)
    builder.add(revolved([(foot, 0.9), (top, height)], sides), look)


def _arm_lamp(builder: MeshBuilder, far: bool) -> None:
    sides = 4 if far else 8
    _post(builder, GREY, 7.4, 0.085, 0.05, sides)
    builder.add(tube([(0, 0, 7.3), (0, -0.35, 7.75), (0, -1.5, 7.95)], [0.05, 0.045, 0.04], 3 if far else 6, caps=False), GREY)
    _flat_head(builder, GREY, -1.78, 7.95)


def _flat_head(builder: MeshBuilder, look: Look, y: float, z: float) -> None:
    builder.add(box((0, y, z), (0.26, 0.80, 0.10)), look)
    builder.add(box((0, y - 0.03, z - 0.055), (0.20, 0.62, 0.03), "xXyYz"), GLOW)


def _straight_lamp(builder: MeshBuilder, far: bool) -> None:
    """A modern lamp: a flat head on a conical mast."""
    _post(builder, DARK, 7.9, 0.08, 0.045, 4 if far else 8)
    builder.add(box((0, -0.55, 7.92), (0.30, 1.1, 0.06)), DARK)
    builder.add(box((0, -0.72, 7.885), (0.22, 0.56, 0.015), "xXyYz"), GLOW)


def _double_lamp(builder: MeshBuilder, far: bool) -> None:
    _post(builder, GREY, 9.4, 0.10, 0.06, 4 if far else 8)
    for side in (-1, 1):
        path = [(0, 0, 9.3), (0, side * 0.4, 9.7), (0, side * 1.6, 9.85)]
        builder.add(tube(path, [0.05, 0.045, 0.04], 3 if far else 6, caps=False), GREY)
        _flat_head(builder, GREY, side * 1.9, 9.85)


def _lantern(builder: MeshBuilder, far: bool) -> None:
    """An old lantern on a cast-iron post."""
    sides = 5 if far else 10
    profile = [(0.16, -0.2), (0.16, 0.25), (0.11, 0.32), (0.10, 0.8), (0.13, 0.86), (0.06, 0.95), (0.05, 3.1), (0.09, 3.16), (0.04, 3.22)]
    builder.add(revolved(profile if not far else profile[::3] + profile[-1:], sides), GREEN)
    builder.add(revolved([(0.05, 3.22), (0.13, 3.28), (0.22, 3.72)], 6), GLOW)
    builder.add(revolved([(0.25, 3.72), (0.20, 3.82), (0.06, 3.98), (0.0, 4.15)], 6), GREEN)
    if not far:
        builder.add(box((0, 0, 2.95), (0.55, 0.035, 0.035)), GREEN)


def _globe(builder: MeshBuilder, far: bool) -> None:
    sides = 5 if far else 10
    _post(builder, DARK, 3.6, 0.055, 0.045, sides)
    builder.add(revolved([(0.0, 3.55), (0.13, 3.60), (0.20, 3.76), (0.13, 3.92), (0.0, 3.97)], sides), GLOW)


def _bollard_lamp(builder: MeshBuilder, far: bool) -> None:
    builder.add(cylinder(0.075, -0.1, 0.75, 5 if far else 10), DARK)
    builder.add(cylinder(0.07, 0.75, 0.90, 5 if far else 10), GLOW)
    builder.add(cylinder(0.085, 0.90, 0.95, 5 if far else 10), DARK)


def _timber_pole(builder: MeshBuilder, far: bool) -> None:
    """A wooden pole that carries wires, with a lamp."""
    builder.add(cylinder(0.13, -0.3, 8.4, 5 if far else 8, 0.09), TIMBER)
    for z in (8.1, 7.5):
        builder.add(box((0, 0, z), (1.7, 0.09, 0.11)), TIMBER)
        for x in (-0.75, -0.35, 0.35, 0.75) if not far else ():
            builder.add(cylinder(0.035, z + 0.05, z + 0.19, 5).moved(placed(x)), Look(Material.PLASTIC, Tag.POLES, (90, 104, 96)))
    builder.add(tube([(0, 0, 6.6), (0, -0.9, 6.95)], [0.03, 0.03], 3 if far else 5, caps=False), GREY)
    _flat_head(builder, GREY, -1.1, 6.95)


LAMPS = {
    "lamp": (_arm_lamp, 8.0),
    "modern lamp": (_straight_lamp, 8.0),
    "double lamp": (_double_lamp, 10.0),
    "lantern": (_lantern, 4.2),
    "globe": (_globe, 4.0),
    "bollard lamp": (_bollard_lamp, 0.95),
    "timber pole": (_timber_pole, 8.4),
}
"""Maker and height of each kind."""


def lamp_mesh(name: str, far: bool = False) -> Mesh:
    """Return a street lamp. Raises KeyError for an unknown kind."""
    builder = MeshBuilder()
    LAMPS[name][0](builder, far)
    return builder.mesh()


def lamp_box(name: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return the box (low, high) of the post."""
    return (-0.13, -0.13, 0.0), (0.13, 0.13, LAMPS[name][1])
