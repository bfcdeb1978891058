"""Trucks and other vehicles that are more than one body: cab, chassis and what stands on it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets import car_styles as styles
from simgen.server.assets.body_style import Body, Style
from simgen.server.assets.car_body import add_body
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, both_sides, box, boxes, placed, quads
from simgen.server.assets.wheels import add_wheel_pair
from simgen.server.meshes import copies
from simgen.server.scene import Material
from simgen.server.world.blueprints import Blueprint

_MIRROR_M = 0.12


class _Frame:
    """The outer measures of a heavy vehicle while it is put together; x from the rear (0) to the nose."""

    def __init__(self, blueprint: Blueprint, fine: bool) -> None:
        self.length, self.half_width, self.height = (2 * blueprint.extent[0], blueprint.extent[1] - _MIRROR_M, 2 * blueprint.extent[2])
        self.tag = Tag(blueprint.semantic_tags[0])
        self.fine = fine

    def look(self, material: Material, color: tuple[int, int, int], tinted: bool = False) -> Look:
        return Look(material, self.tag, color, tinted)

    def cab(self, builder: MeshBuilder, style: Style, length: float, height: float) -> None:
        """Add a cab flush with the nose."""
        part = MeshBuilder()
        add_body(part, Body(style, length, self.half_width, height, self.tag, self.fine))
        builder.add_mesh(copies(part.mesh(), placed(self.length / 2 - length / 2)[None]))

    def block(self, builder: MeshBuilder, look: Look, x: tuple[float, float], z: tuple[float, float], inset: float = 0.0) -> None:
        """Add a box across the vehicle, x measured from the rear end."""
        y, back = self.half_width - inset, -self.length / 2
        builder.add(boxes((back + x[0], -y, z[0]), (back + x[1], y, z[1])), look)

    def wheels(self, builder: MeshBuilder, at: ArrayLike, radius: float) -> None:
        """Add axles, x measured from the rear end."""
        body = Body(styles.TRUCK_CAB, self.length, self.half_width, self.height, self.tag, self.fine)
        for x in np.atleast_1d(np.asarray(at, dtype=np.float64)):
            add_wheel_pair(builder, body, -self.length / 2 + float(x), radius)

    def side_panels(self, builder: MeshBuilder, look: Look, x: tuple[float, float], z: tuple[float, float], out: float = 0.004) -> None:
        """Add a flat rectangle on both sides."""
        back, y = -self.length / 2, self.half_width + out
        corners = [[(back + x[1], y, z[0]), (back + x[0], y, z[0]), (back + x[0], y, z[1]), (back + x[1], y, z[1])]]
        builder.add(both_sides(_facing(np.array(corners), (0, 1, 0))), look)

    def rear_panel(self, builder: MeshBuilder, look: Look, y: tuple[float, float], z: tuple[float, float], out: float = 0.004) -> None:
        """Add a flat rectangle on both halves of the rear, y measured from the middle."""
        x = -self.length / 2 - out
        corners = [[(x, y[0], z[0]), (x, y[1], z[0]), (x, y[1], z[1]), (x, y[0], z[1])]]
        builder.add(both_sides(_facing(np.array(corners, dtype=np.float64), (-1, 0, 0))), look)

    def tail_lamps(self, builder: MeshBuilder, z: float) -> None:
        self.rear_panel(
            builder, self.look(Material.TAILLAMP, (196, 18, 20)), (self.half_width - 0.34, self.half_width - 0.06), (z, z + 0.16), 0.012
        )


def _facing(corners: NDArray[np.float64], direction: tuple[float, float, float]) -> Surface:
    """Return quads turned so that the first faces `direction`."""
    normal = np.cross(corners[0, 2] - corners[0, 0], corners[0, 3] - corners[0, 1])
    return quads(corners if normal @ np.array(direction) > 0 else corners[:, ::-1])


def add_lorry(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """A cab-over lorry with a closed box and three axles."""
    f = _Frame(blueprint, fine)
    metal, dark, white = (
        f.look(Material.METAL, (60, 62, 66)),
        f.look(Material.PLASTIC, (26, 26, 28)),
        f.look(Material.PAINT, (236, 236, 232)),
    )
    f.cab(builder, styles.TRUCK_CAB, 2.3, f.height * 0.93)
    f.block(builder, metal, (0.3, f.length - 0.6), (0.62, 0.92), 0.75)
    f.block(builder, white, (0.02, f.length - 2.42), (1.02, f.height))
    f.block(builder, dark, (0.02, f.length - 2.42), (0.94, 1.02), 0.02)
    f.block(builder, dark, (2.9, f.length - 2.7), (0.40, 0.92), 0.06)
    f.wheels(builder, [1.15, 2.35], 0.50)
    f.tail_lamps(builder, 0.72)
    f.block(builder, dark, (0.0, 0.08), (0.55, 0.90), 0.04)
    f.side_panels(builder, f.look(Material.PAINT, (255, 255, 255), True), (0.5, f.length - 2.9), (f.height * 0.52, f.height * 0.80))
    f.rear_panel(builder, dark, (0.0, 0.012), (1.1, f.height - 0.1))


def add_box_truck(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """A small delivery truck with a painted box."""
    f = _Frame(blueprint, fine)
    paint, dark = f.look(Material.PAINT, (255, 255, 255), True), f.look(Material.PLASTIC, (26, 26, 28))
    f.cab(builder, styles.TRUCK_CAB, 1.75, f.height * 0.86)
    f.block(builder, dark, (0.1, f.length - 0.5), (0.42, 0.68), 0.5)
    f.block(builder, paint, (0.02, f.length - 1.82), (0.66, f.height))
    f.side_panels(builder, f.look(Material.PAINT, (244, 244, 240)), (0.35, f.length - 2.15), (f.height * 0.48, f.height * 0.74))
    f.wheels(builder, [0.95], 0.40)
    f.tail_lamps(builder, 0.46)
    f.block(builder, dark, (0.0, 0.06), (0.40, 0.66), 0.05)
    f.rear_panel(builder, dark, (0.0, 0.012), (0.72, f.height - 0.1))


def add_fire_engine(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """A fire engine: crew cab, lockers with roller shutters, a ladder and blue lights."""
    f = _Frame(blueprint, fine)
    paint, dark = f.look(Material.PAINT, (255, 255, 255), True), f.look(Material.PLASTIC, (26, 26, 28))
    silver, blue = f.look(Material.METAL, (176, 180, 184)), f.look(Material.PLASTIC, (24, 60, 220))
    top = f.height - 0.42
    f.cab(builder, styles.TRUCK_CAB, 3.1, top)
    f.block(builder, dark, (0.2, f.length - 0.6), (0.55, 0.85), 0.6)
    f.block(builder, paint, (0.02, f.length - 3.12), (0.80, top - 0.06))
    f.block(builder, paint, (0.02, 1.0), (0.45, 0.80), 0.0)
    f.block(builder, paint, (2.4, f.length - 3.12), (0.45, 0.80), 0.0)
    shutters = np.linspace(0.35, f.length - 3.4, 4 if fine else 2)
    for a, b in pairwise(shutters.tolist()):
        f.side_panels(builder, silver, (a + 0.08, b - 0.08), (0.98, top - 0.32))
    f.side_panels(builder, f.look(Material.SIGN, (240, 214, 40)), (0.1, f.length - 3.2), (0.84, 0.95))
    f.wheels(builder, [1.75], 0.52)
    f.tail_lamps(builder, 0.62)
    f.rear_panel(builder, silver, (0.0, 0.62), (0.98, top - 0.35))
    back = -f.length / 2
    for y in (-0.30, 0.30):
        builder.add(box((back + 2.6, y, top + 0.10), (5.0, 0.06, 0.10)), silver)
    for x in np.arange(0.3, 5.0, 0.38) if fine else ():
        builder.add(box((back + x, 0, top + 0.10), (0.05, 0.6, 0.05)), silver)
    builder.add(box((f.length / 2 - 1.3, 0, top + 0.10), (0.40, 1.9, 0.08)), dark)
    builder.add(both_sides(box((f.length / 2 - 1.3, 0.55, top + 0.26), (0.36, 0.7, 0.32))), blue)


def add_ambulance(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """A van's cab with a high patient box, a red stripe and blue lights."""
    f = _Frame(blueprint, fine)
    paint, dark = f.look(Material.PAINT, (255, 255, 255), True), f.look(Material.PLASTIC, (26, 26, 28))
    red, blue = f.look(Material.SIGN, (200, 30, 30)), f.look(Material.PLASTIC, (24, 60, 220))
    top = f.height - 0.14
    f.cab(builder, styles.VAN_CAB, 2.75, top * 0.88)
    f.block(builder, paint, (0.04, f.length - 2.25), (0.52, top))
    f.block(builder, dark, (0.0, f.length - 2.0), (0.36, 0.54), 0.05)
    f.side_panels(builder, red, (0.06, f.length - 2.3), (0.98, 1.20))
    f.side_panels(builder, f.look(Material.GLASS, (22, 26, 30)), (f.length - 3.3, f.length - 2.55), (1.42, 1.92))
    f.rear_panel(builder, f.look(Material.GLASS, (22, 26, 30)), (0.12, 0.62), (1.30, 1.90), -0.03)
    f.wheels(builder, [1.35], 0.38)
    f.tail_lamps(builder, 0.62)
    back = -f.length / 2
    for x in (back + 0.2, f.length / 2 - 2.45):
        builder.add(both_sides(box((x, f.half_width - 0.30, top + 0.07), (0.20, 0.42, 0.14))), blue)


def add_pickup_wedge(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """A pickup of flat steel planes that meet in one ridge over the seats."""
    f = _Frame(blueprint, fine)
    steel, glass, dark = (
        f.look(Material.METAL, (168, 171, 174)),
        f.look(Material.GLASS, (22, 26, 30)),
        f.look(Material.PLASTIC, (24, 24, 26)),
    )
    length, w, h = f.length, f.half_width, f.height
    x = np.array([-0.5, -0.30, 0.04, 0.33, 0.5]) * length
    shoulder = np.array([0.62, 0.60, 0.58, 0.56, 0.47]) * h
    roof = np.array([0.62, 0.80, 1.0, 0.66, 0.47]) * h
    body = Body(styles.OFFROAD, length, w, h, f.tag, fine)
    _add_wedge_sides(builder, steel, dark, x, shoulder, w, h)
    inner = w * np.array([1.0, 0.80, 0.66, 0.80, 1.0])
    side = np.stack([np.stack([x, np.full(5, w), shoulder], 1), np.stack([x, inner, roof], 1)])
    for k in range(4):
        corners = np.array([[side[0, k], side[1, k], side[1, k + 1], side[0, k + 1]]])
        builder.add(both_sides(_facing(corners, (0, 1, 1))), glass if k in (1, 2) else steel)
        top = np.array([[side[1, k] * (1, -1, 1), side[1, k], side[1, k + 1], side[1, k + 1] * (1, -1, 1)]])
        builder.add(_facing(top, (0, 0, 1)), glass if k == 2 else steel)
    lamp = f.look(Material.HEADLAMP, (236, 240, 244))
    builder.add(boxes((length / 2 - 0.03, -w * 0.9, 0.44 * h), (length / 2 + 0.004, w * 0.9, 0.465 * h), "XyYzZ"), lamp)
    builder.add(
        boxes((-length / 2 - 0.004, -w * 0.9, 0.55 * h), (-length / 2 + 0.03, w * 0.9, 0.58 * h), "xyYzZ"),
        f.look(Material.TAILLAMP, (196, 18, 20)),
    )
    for axle in (-0.29, 0.31):
        add_wheel_pair(builder, body, axle * length, 0.44)
    builder.add(both_sides(box((0.22 * length, w + 0.03, 0.62 * h), (0.12, 0.18, 0.12))), dark)


def _add_wedge_sides(
    builder: MeshBuilder, steel: Look, dark: Look, x: NDArray[np.float64], shoulder: NDArray[np.float64], w: float, h: float
) -> None:
    """Add flat flanks with angular wheel openings, the ends and the floor."""
    length = x[-1] - x[0]
    openings = [length * a + d for a in (-0.29, 0.31) for d in (-0.56, -0.38, 0.38, 0.56)]
    xs = np.unique(np.concatenate([x, openings]))
    low = np.full(len(xs), 0.17 * h)
    for axle in (-0.29, 0.31):
        low = np.where(np.abs(xs - axle * length) < 0.40, 0.47 * h, low)
    high = np.interp(xs, x, shoulder)
    bottom, top = np.stack([xs, np.full(len(xs), w), low], 1), np.stack([xs, np.full(len(xs), w), high], 1)
    corners = np.stack([bottom[:-1], bottom[1:], top[1:], top[:-1]], axis=1)
    builder.add(both_sides(_facing(corners, (0, 1, 0))), steel)
    floor = np.stack([bottom[:-1], bottom[1:], bottom[1:] * (1, -1, 1), bottom[:-1] * (1, -1, 1)], axis=1)
    builder.add(_facing(floor, (0, 0, -1)), dark)
    for end, direction in ((0, -1), (-1, 1)):
        b, t = bottom[end], top[end]
        builder.add(_facing(np.array([[b, b * (1, -1, 1), t * (1, -1, 1), t]]), (direction, 0, 0)), steel)
        strip = np.array([b, (t[0], t[1], 0.36 * h)]) + np.array([0.004 * direction, 0, 0])
        builder.add(_facing(np.array([[strip[0], strip[0] * (1, -1, 1), strip[1] * (1, -1, 1), strip[1]]]), (direction, 0, 0)), dark)
