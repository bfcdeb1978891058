"""Bicycles, motorcycles and scooters, each with its rider in the saddle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.figure import Outfit, Posture, add_figure
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.people import BOTTOMS, HAIRS, SHOES, SKINS, TOPS, pick
from simgen.server.assets.solids import Surface, both_sides, box, boxes, ellipsoid, grid, joined, placed, quads, revolved, tube
from simgen.server.meshes import fitted
from simgen.server.scene import Material, Mesh
from simgen.server.world.blueprints import Blueprint


@dataclass(frozen=True)
class Cycle:
    """Where the parts of a two-wheeler are; metres, x from the middle, z from the ground."""

    wheel: float
    axles: tuple[float, float]
    tyre: float
    """Half thickness of the tyres."""
    saddle: tuple[float, float]
    """(x, z) of the rider's hips."""
    grip: tuple[float, float, float]
    """(x, half distance, z) of the hands."""
    foot: tuple[float, float, float]
    """(x, half distance, z) of the ankles."""
    lean: float
    scooter: bool = False


BICYCLES: dict[str, Cycle] = {
    "vehicle.bh.crossbike": Cycle(0.34, (-0.52, 0.52), 0.025, (-0.20, 0.98), (0.34, 0.27, 1.04), (-0.02, 0.10, 0.28), 0.50),
    "vehicle.diamondback.century": Cycle(0.34, (-0.50, 0.50), 0.014, (-0.18, 1.00), (0.42, 0.20, 0.94), (-0.02, 0.09, 0.28), 0.85),
    "vehicle.gazelle.omafiets": Cycle(0.35, (-0.56, 0.56), 0.022, (-0.24, 0.98), (0.20, 0.26, 1.12), (-0.02, 0.10, 0.28), 0.12),
}
MOTORCYCLES: dict[str, Cycle] = {
    "vehicle.harley-davidson.low_rider": Cycle(0.33, (-0.75, 0.82), 0.075, (-0.28, 0.72), (0.30, 0.34, 1.05), (0.42, 0.24, 0.34), 0.05),
    "vehicle.kawasaki.ninja": Cycle(0.31, (-0.68, 0.70), 0.080, (-0.24, 0.84), (0.36, 0.28, 0.88), (-0.22, 0.20, 0.40), 0.65),
    "vehicle.vespa.zx125": Cycle(0.23, (-0.60, 0.62), 0.060, (-0.24, 0.78), (0.30, 0.28, 1.00), (0.20, 0.16, 0.36), 0.08, True),
    "vehicle.yamaha.yzf": Cycle(0.31, (-0.68, 0.70), 0.080, (-0.24, 0.84), (0.36, 0.28, 0.88), (-0.22, 0.20, 0.40), 0.60),
}


def add_bicycle(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """Add a bicycle and its rider, stretched to the blueprint's size."""
    cycle = BICYCLES[blueprint.id]
    part = MeshBuilder()
    _add_wheels(part, cycle, Tag.BICYCLE, fine, spoked=True)
    _add_bicycle_frame(part, cycle, fine)
    _add_rider(part, cycle, blueprint, fine)
    builder.add_mesh(_stretched(part.mesh(), blueprint))


def add_motorcycle(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
    """Add a motorcycle or scooter and its rider, stretched to the blueprint's size."""
    cycle = MOTORCYCLES[blueprint.id]
    part = MeshBuilder()
    _add_wheels(part, cycle, Tag.MOTORCYCLE, fine, spoked=False)
    (_add_scooter_body if cycle.scooter else _add_motorcycle_body)(part, cycle, fine)
    _add_rider(part, cycle, blueprint, fine)
    builder.add_mesh(_stretched(part.mesh(), blueprint))


def _stretched(mesh: Mesh, blueprint: Blueprint) -> Mesh:
    e = blueprint.extent
    return fitted(mesh, (-e[0], -e[1], 0.0), (e[0], e[1], 2 * e[2]))


def _add_wheels(builder: MeshBuilder, cycle: Cycle, tag: Tag, fine: bool, spoked: bool) -> None:
    rubber, metal = Look(Material.RUBBER, tag, (24, 24, 25)), Look(Material.METAL, tag, (150, 152, 156))
    sides = 22 if fine else 6
    r, half = cycle.wheel, cycle.tyre
    section = np.linspace(0, -2 * np.pi, 7)
    ring = np.stack([r - half + half * np.cos(section), half * np.sin(section)], axis=-1)[::-1]
    tyre = revolved(ring if fine else [(r - half, -half), (r, 0.0), (r - half, half)], sides, "y")
    for x in cycle.axles:
        at = placed(x, 0.0, r)
        builder.add(tyre, rubber, at)
        if fine:
            builder.add(tube([(0, -0.04, 0), (0, 0.04, 0)], 0.03 if spoked else 0.07, 6), metal, at)
        if spoked:
            builder.add(_spokes(r - 2 * half, 9 if fine else 3), metal, at)
        else:
            builder.add(_disc(0.72 * r, 0.35 * half, sides), metal, at)


def _spokes(radius: float, count: int) -> Surface:
    """Return flat bars through the hub, seen from both sides."""
    angles = np.arange(count) * np.pi / count
    across = np.stack([np.cos(angles), np.zeros(count), np.sin(angles)], axis=-1)
    aside = np.stack([-np.sin(angles), np.zeros(count), np.cos(angles)], axis=-1) * 0.004
    bars = np.stack([-across * radius - aside, across * radius - aside, across * radius + aside, -across * radius + aside], axis=1)
    apart = np.array([0, 0.0005, 0])
    return joined([quads(bars - apart), quads(bars[:, ::-1] + apart)])


def _disc(radius: float, half: float, sides: int) -> Surface:
    return revolved([(0.0, -half), (radius, -half), (radius, half), (0.0, half)], sides, "y")


def _add_bicycle_frame(builder: MeshBuilder, cycle: Cycle, fine: bool) -> None:
    paint, dark = Look(Material.PAINT, Tag.BICYCLE, tinted=True), Look(Material.PLASTIC, Tag.BICYCLE, (26, 26, 28))
    sides = 6 if fine else 3
    rear, front = (np.array([x, 0.0, cycle.wheel]) for x in cycle.axles)
    crank, seat = np.array([-0.04, 0.0, 0.30]), np.array([cycle.saddle[0] - 0.02, 0.0, cycle.saddle[1] - 0.12])
    head = np.array([cycle.grip[0] + 0.02, 0.0, cycle.saddle[1] - 0.16])
    under_head = head + (front - head) * 0.2
    for a, b, radius in (
        (crank, seat, 0.018),
        (crank, under_head, 0.022),
        (seat * (1, 1, 0.98), head, 0.018),
        (rear, crank, 0.012),
        (rear, seat, 0.010),
        (head, front, 0.014),
    ):
        builder.add(tube([a, b], radius, sides), paint)
    stem = np.array([cycle.grip[0], 0.0, cycle.grip[2]])
    builder.add(tube([head, stem], 0.014, sides), dark)
    builder.add(
        tube([(cycle.grip[0], -cycle.grip[1] - 0.05, cycle.grip[2]), (cycle.grip[0], cycle.grip[1] + 0.05, cycle.grip[2])], 0.014, sides),
        dark,
    )
    builder.add(ellipsoid(seat + np.array([0.0, 0, 0.06]), (0.13, 0.07, 0.035), 4 if fine else 3, 8 if fine else 4), dark)
    builder.add(_disc(0.09, 0.006, 12 if fine else 6), dark, placed(crank[0], 0.05, crank[2]))
    builder.add(box((cycle.axles[0] - 0.30, 0, 0.62), (0.02, 0.06, 0.05)), Look(Material.TAILLAMP, Tag.BICYCLE, (196, 18, 20)))
    builder.add(
        box((cycle.grip[0] + 0.05, 0, cycle.grip[2] - 0.10), (0.05, 0.06, 0.06)), Look(Material.HEADLAMP, Tag.BICYCLE, (236, 240, 244))
    )


def _add_motorcycle_body(builder: MeshBuilder, cycle: Cycle, fine: bool) -> None:
    paint, dark = Look(Material.PAINT, Tag.MOTORCYCLE, tinted=True), Look(Material.PLASTIC, Tag.MOTORCYCLE, (26, 26, 28))
    metal = Look(Material.METAL, Tag.MOTORCYCLE, (130, 132, 136))
    rows, sides = (7, 12) if fine else (3, 4)
    x, z = cycle.saddle
    front, rear = cycle.axles[1], cycle.axles[0]
    builder.add(ellipsoid((0.05, 0, 0.44), (0.34, 0.17, 0.22), rows, sides), metal)
    builder.add(ellipsoid((x + 0.38, 0, z + 0.04), (0.30, 0.17, 0.15), rows, sides), paint)
    builder.add(
        _loft(
            [
                (rear - 0.10, z + 0.08, 0.05, 0.03),
                (x - 0.12, z - 0.02, 0.13, 0.06),
                (x + 0.22, z - 0.08, 0.13, 0.07),
                (x + 0.30, z - 0.08, 0.05, 0.03),
            ],
            fine,
        ),
        dark,
    )
    builder.add(_loft([(rear - 0.26, z + 0.05, 0.04, 0.03), (rear + 0.05, z - 0.02, 0.10, 0.07), (x, z - 0.12, 0.12, 0.08)], fine), paint)
    if cycle.lean > 0.3:
        nose = [
            (front - 0.02, 0.62, 0.10, 0.12),
            (front - 0.18, 0.68, 0.20, 0.22),
            (front - 0.45, 0.60, 0.21, 0.30),
            (0.0, 0.46, 0.16, 0.20),
        ]
        builder.add(_loft(nose[::-1], fine), paint)
    else:
        builder.add(ellipsoid((cycle.grip[0] + 0.28, 0, 0.86), (0.09, 0.10, 0.10), rows, sides), metal)
    top = (cycle.grip[0] + 0.04, 0.0, cycle.grip[2] - 0.06)
    for y in (-0.09, 0.09) if fine else (0.0,):
        builder.add(tube([(front, y, cycle.wheel), (top[0], y, top[2])], 0.028, 6 if fine else 3), metal)
        builder.add(tube([(rear, y, cycle.wheel), (0.0, y, 0.34)], 0.03, 6 if fine else 3), metal)
    builder.add(
        tube(
            [
                (cycle.grip[0], -cycle.grip[1] - 0.08, cycle.grip[2]),
                (cycle.grip[0] + 0.05, 0, top[2]),
                (cycle.grip[0], cycle.grip[1] + 0.08, cycle.grip[2]),
            ],
            0.018,
            6 if fine else 3,
        ),
        dark,
    )
    builder.add(tube([(0.25, 0.15, 0.28), (-0.2, 0.17, 0.24), (rear - 0.05, 0.19, 0.34)], [0.035, 0.04, 0.055], 8 if fine else 3), metal)
    builder.add(_fender(cycle, front, fine), paint)
    _add_lamps(
        builder, fine, front - 0.06 if cycle.lean > 0.3 else cycle.grip[0] + 0.36, 0.74 if cycle.lean > 0.3 else 0.86, rear - 0.27, z + 0.02
    )


def _add_scooter_body(builder: MeshBuilder, cycle: Cycle, fine: bool) -> None:
    paint, dark = Look(Material.PAINT, Tag.MOTORCYCLE, tinted=True), Look(Material.PLASTIC, Tag.MOTORCYCLE, (26, 26, 28))
    x, z = cycle.saddle
    front, rear = cycle.axles[1], cycle.axles[0]
    builder.add(
        _loft(
            [(rear - 0.24, 0.46, 0.06, 0.08), (rear - 0.02, 0.50, 0.20, 0.20), (x - 0.02, 0.48, 0.19, 0.20), (x + 0.14, 0.46, 0.12, 0.18)],
            fine,
        ),
        paint,
    )
    builder.add(_loft([(x - 0.30, z - 0.08, 0.10, 0.04), (x, z - 0.06, 0.14, 0.06), (x + 0.26, z - 0.07, 0.11, 0.04)], fine), dark)
    builder.add(boxes((x + 0.10, -0.17, 0.25), (front - 0.20, 0.17, 0.31)), paint)
    shield = np.array(
        [[(front - 0.22, y, 0.28), (front - 0.10, y * 1.1, 0.60), (front - 0.26, y * 0.9, 0.92)] for y in (-0.20, -0.1, 0.0, 0.1, 0.20)]
    )
    shield[..., 0] -= 0.8 * shield[..., 1] ** 2
    builder.add(grid(shield), paint)
    builder.add(grid(shield[::-1] - (0.02, 0, 0)), paint)
    builder.add(tube([(front, 0, cycle.wheel), (front - 0.24, 0, 0.94)], 0.035, 8 if fine else 4), dark)
    builder.add(ellipsoid((cycle.grip[0] + 0.02, 0, cycle.grip[2] - 0.02), (0.11, 0.14, 0.08), 5, 10 if fine else 5), paint)
    builder.add(
        tube(
            [(cycle.grip[0], -cycle.grip[1] - 0.08, cycle.grip[2]), (cycle.grip[0], cycle.grip[1] + 0.08, cycle.grip[2])],
            0.018,
            6 if fine else 3,
        ),
        dark,
    )
    builder.add(_fender(cycle, front, fine), paint)
    _add_lamps(builder, fine, cycle.grip[0] + 0.13, cycle.grip[2] - 0.02, rear - 0.25, 0.52)


def _add_lamps(builder: MeshBuilder, fine: bool, x_front: float, z_front: float, x_rear: float, z_rear: float) -> None:
    builder.add(
        ellipsoid((x_front, 0, z_front), (0.05, 0.085, 0.065), 5 if fine else 3, 8 if fine else 4),
        Look(Material.HEADLAMP, Tag.MOTORCYCLE, (236, 240, 244)),
    )
    builder.add(box((x_rear, 0, z_rear), (0.03, 0.12, 0.05)), Look(Material.TAILLAMP, Tag.MOTORCYCLE, (196, 18, 20)))
    if not fine:
        return
    builder.add(
        both_sides(box((x_rear + 0.02, 0.11, z_rear - 0.05), (0.03, 0.04, 0.03))), Look(Material.PLASTIC, Tag.MOTORCYCLE, (230, 130, 20))
    )
    builder.add(box((x_rear + 0.02, 0, z_rear - 0.16), (0.02, 0.18, 0.14)), Look(Material.SIGN, Tag.MOTORCYCLE, (226, 226, 218)))


def _fender(cycle: Cycle, x: float, fine: bool) -> Surface:
    """Return a mudguard over a wheel, seen from both sides."""
    angle = np.linspace(0.15 * np.pi, 0.85 * np.pi, 9 if fine else 4)
    r, w = cycle.wheel * 1.10, cycle.tyre * 1.25
    ring = np.stack([x + r * np.cos(angle), np.zeros_like(angle), cycle.wheel + r * np.sin(angle)], axis=-1)
    arch = np.stack([ring + np.array([0, y, -0.25 * abs(y)]) for y in (-w, 0.0, w)], axis=1)
    outer = grid(arch[:, ::-1])
    return joined([outer, Surface(outer.positions - outer.normals * 0.006, -outer.normals, outer.uvs, outer.triangles[:, ::-1])])


def _loft(stations: list[tuple[float, float, float, float]], fine: bool) -> Surface:
    """Return a closed body through ellipses (x, z of the middle, half width, half height) along increasing x."""
    x, z, wide, high = np.array(stations).T
    angle = np.linspace(0, 2 * np.pi, 10 if fine else 4, endpoint=False)
    ring = np.stack(
        [
            np.broadcast_to(x[:, None], (len(x), len(angle))),
            wide[:, None] * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.7,
            z[:, None] + high[:, None] * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.7,
        ],
        axis=-1,
    )
    ring = ring if x[0] < x[-1] else ring[::-1]
    ends = [np.broadcast_to(ring[k].mean(axis=0), (1, *ring.shape[1:])) for k in (0, -1)]
    return grid(np.concatenate([ends[0], ring, ends[1]])[:, ::-1], closed=True)


def _add_rider(builder: MeshBuilder, cycle: Cycle, blueprint: Blueprint, fine: bool) -> None:
    """Seat a person: hips on the saddle, hands on the grips, feet on pedals or rests."""
    rng = stream(1, "rider", blueprint.id)
    motor = blueprint.base_type == "motorcycle"
    outfit = Outfit(
        pick(SKINS, rng),
        pick(HAIRS, rng),
        (36, 36, 40) if motor else pick(TOPS, rng),
        pick(BOTTOMS, rng),
        pick(SHOES, rng),
        hat=pick(TOPS, rng),
        helmet=motor or cycle.lean > 0.4,
    )
    x, y, z = cycle.foot
    crank = 0.0 if motor else 0.16
    posture = Posture(
        pelvis=(cycle.saddle[0], 0.0, cycle.saddle[1] + 0.06),
        lean=cycle.lean,
        ankles=((x + 0.4 * crank, -y, z - crank * 0.3), (x, y, z + crank)),
        foot_pitch=(0.1, 0.05),
        wrists=((cycle.grip[0] - 0.05, -cycle.grip[1], cycle.grip[2] + 0.05), (cycle.grip[0] - 0.05, cycle.grip[1], cycle.grip[2] + 0.05)),
    )
    add_figure(builder, posture, outfit, Tag.RIDER, fine)
