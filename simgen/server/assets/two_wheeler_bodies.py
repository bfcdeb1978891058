"""Frames and bodies of bicycles, motorcycles and scooters, without wheels, fork and rider; and their wheels and forks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.people_extras import shell
from simgen.server.assets.solids import joined, placed, revolved, tube
from simgen.server.assets.two_wheeler_kit import Kit
from simgen.server.assets.two_wheeler_table import PEDAL_PHASES

Point = tuple[float, float, float]
Floats = NDArray[np.float64]


def add_wheel(kit: Kit, front: bool) -> None:
    """Add a wheel about the origin, its axis along y."""
    cycle, fine = kit.frame.cycle, kit.fine
    r, half, turns = cycle.radius, cycle.tyre, kit.sides(30, 8)
    section = np.linspace(0, 2 * np.pi, kit.sides(8, 3), endpoint=False)
    ring = np.stack([r - half + half * np.cos(section), half * np.sin(section)], axis=-1)
    kit.builder.add(revolved(np.concatenate([ring, ring[:1]]), turns, "y"), kit.rubber)
    if cycle.crank:
        _spoked(kit, r - 2 * half, 14 if fine else 3)
    else:
        _cast(kit, r - 1.7 * half, half, front)


def _spoked(kit: Kit, inner: float, count: int) -> None:
    fine = kit.fine
    rim = [(inner, -0.011), (inner + 0.006, -0.011), (inner + 0.006, 0.011), (inner, 0.011), (inner - 0.012, 0.0), (inner, -0.011)]
    if kit.fine:
        kit.builder.add(revolved(rim, 30, "y"), kit.steel)
        kit.builder.add(tube([(0, -0.05, 0), (0, 0.05, 0)], 0.018, 7), kit.dark)
    spokes = []
    for k in range(count):
        a, b = 2 * math.pi * k / count, 2 * math.pi * (k + 0.45 * (-1) ** k) / count
        if not fine:
            spokes.append(tube([(0, 0, 0), (inner * math.cos(b), 0, inner * math.sin(b))], 0.004, 3, caps=False))
            continue
        hub = np.array([0.017 * math.cos(a), 0.028 * (-1) ** k, 0.017 * math.sin(a)])
        spokes.append(tube([hub, np.array([inner * math.cos(b), 0, inner * math.sin(b)])], 0.0022, 3, caps=False))
    kit.builder.add(joined(spokes), kit.steel)


def _cast(kit: Kit, inner: float, half: float, front: bool) -> None:
    h = 0.55 * half
    rim = [(inner - 0.02, -h), (inner + 0.012, -h), (inner + 0.012, h), (inner - 0.02, h), (inner - 0.02, -h)]
    if kit.fine:
        kit.builder.add(revolved(rim, 26, "y"), kit.dark)
    else:
        kit.builder.add(revolved([(0, -0.02), (inner, -0.01)], 8, "y"), kit.dark)
        kit.builder.add(revolved([(inner, 0.01), (0, 0.02)], 8, "y"), kit.dark)
        return
    kit.builder.add(tube([(0, -0.07, 0), (0, 0.07, 0)], 0.045, 9), kit.dark)
    for k in range(6):
        a = math.pi * k / 3
        kit.builder.add(
            tube([(0.03 * math.cos(a), 0, 0.03 * math.sin(a)), (inner * math.cos(a), 0, inner * math.sin(a))], [0.020, 0.013], 5), kit.dark
        )
    disc = [(0.08, 0.0), (0.62 * inner, 0.0), (0.62 * inner, 0.006), (0.08, 0.006), (0.08, 0.0)]
    for y in (-0.068, 0.062) if front else (0.062,):
        kit.builder.add(revolved(disc, 20, "y"), kit.steel, placed(y=y))


def add_fork(kit: Kit) -> None:
    """Add what turns with the front wheel besides the wheel: legs, mudguard, and on the scooter its leg shield's nose."""
    cycle, frame = kit.frame.cycle, kit.frame
    x, z, tilt = frame.front - frame.centre, cycle.radius, math.tan(cycle.rake)
    head = 0.88 * cycle.grip[2]
    top = (x - (head - z) * tilt, head)
    if cycle.crank:
        low = (x - 0.36 * tilt, z + 0.36)
        kit.curve([(*low[:1], 0.0, low[1]), (top[0], 0.0, top[1])], 0.018, kit.paint)
        for y in (-0.045, 0.045):
            kit.curve(
                [(low[0], 0.4 * y, low[1]), (low[0] + 0.03, y, low[1] - 0.05), (x - 0.06 * tilt, y, z + 0.06), (x, y, z)],
                [0.015, 0.014, 0.010, 0.008],
                kit.paint,
            )
        if cycle.kind == "step":
            _guard(kit, x, 15, 165)
        return
    if cycle.kind == "scooter":
        kit.rod((x, z), (x - 0.62 * tilt, z + 0.62), 0.030, kit.dark)
        kit.loft(
            [
                (x - 0.22, z + 0.10, 0.05, 0.06),
                (x - 0.10, z + 0.20, 0.095, 0.10),
                (x + 0.10, z + 0.17, 0.09, 0.10),
                (x + 0.245, z + 0.02, 0.05, 0.07),
            ],
            kit.paint,
        )
        return
    kit.rod(
        (x, z), top, 0.030 if cycle.kind == "cruiser" else 0.034, kit.chrome if cycle.kind == "cruiser" else kit.dark, y=cycle.tyre + 0.035
    )
    _guard(kit, x, 35, 150)


def _guard(kit: Kit, x: float, start: float, end: float) -> None:
    """Add a mudguard over a wheel at x, between two angles from the front."""
    cycle = kit.frame.cycle
    angle = np.radians(np.linspace(start, end, kit.sides(12, 4)))
    r, w = cycle.radius + 0.016, cycle.tyre + 0.012
    ring = np.stack([kit.frame.centre + x + r * np.cos(angle), np.zeros_like(angle), kit.frame.axle_z + r * np.sin(angle)], axis=-1)
    inward = np.stack([-np.cos(angle), np.zeros_like(angle), -np.sin(angle)], axis=-1)
    sheet = np.stack([ring + np.array([0, y * w, 0]) + inward * 0.35 * w * y * y for y in (1.0, 0.5, 0.0, -0.5, -1.0)], axis=1)
    kit.builder.add(shell(sheet, 0.004), kit.paint)


def add_bicycle(kit: Kit) -> None:
    """Add a bicycle's frame, saddle, handlebar and lamps."""
    cycle, frame = kit.frame.cycle, kit.frame
    rear, front, r = frame.rear - frame.centre, frame.front - frame.centre, cycle.radius
    crank, seat = (cycle.rest[0], cycle.rest[2]), (cycle.saddle[0] + 0.01, cycle.saddle[1] - 0.05)
    tilt = math.tan(cycle.rake)
    head = [(front - (z - r) * tilt, z) for z in (r + 0.40, 0.86 * cycle.grip[2])]
    kit.rod(crank, seat, 0.016, kit.paint)
    if cycle.kind == "step":
        kit.curve(
            [
                (crank[0], 0, crank[1]),
                (crank[0] + 0.16, 0, crank[1] + 0.05),
                (head[0][0] - 0.10, 0, 0.60 * head[0][1]),
                (head[0][0], 0, head[0][1]),
            ],
            0.022,
            kit.paint,
        )
        kit.curve(
            [
                (crank[0] - 0.03, 0, crank[1] + 0.16),
                (crank[0] + 0.14, 0, crank[1] + 0.19),
                (head[1][0] - 0.09, 0, 0.72 * head[1][1]),
                (head[1][0], 0, head[1][1]),
            ],
            0.016,
            kit.paint,
        )
        _guard(kit, rear, 20, 185)
        _carrier(kit, rear, r)
        kit.block(((rear + crank[0]) / 2, 0.055, (r + crank[1]) / 2), (crank[0] - rear + 0.12, 0.016, 0.10), kit.black)
    else:
        kit.rod(crank, head[0], 0.021, kit.paint)
        top = (seat[0] + 0.02, 0.0, seat[1] - 0.10)
        kit.rod(top, head[1], 0.017, kit.paint)
    kit.rod(head[0], head[1], 0.021, kit.paint)
    for y in (-0.05, 0.05):
        kit.curve([(crank[0], 0.5 * y, crank[1]), (rear, y, r)], 0.010, kit.paint)
        kit.curve([(seat[0] - 0.01, 0.4 * y, seat[1] - 0.12), (rear, y, r)], 0.008, kit.paint)
    _saddle(kit)
    _bar(kit, head[1])
    kit.block((head[1][0] + 0.045, 0.0, head[1][1] - 0.04), (0.05, 0.06, 0.06), kit.lamp)
    kit.block(
        (seat[0] - 0.035, 0.0, seat[1] - 0.16) if cycle.kind != "step" else (rear - 0.30, 0.0, r + 0.36), (0.025, 0.05, 0.045), kit.tail
    )


def _carrier(kit: Kit, rear: float, r: float) -> None:
    z = 2 * r + 0.045
    if not kit.fine:
        kit.block((rear - 0.05, 0.0, z), (0.42, 0.12, 0.012), kit.dark)
        return
    for y in (-0.06, 0.06):
        kit.curve([(rear + 0.16, y, z), (rear - 0.26, y, z)], 0.006, kit.dark)
        kit.curve([(rear - 0.10, y, z), (rear, y, r)], 0.006, kit.dark)
    for x in (0.14, 0.0, -0.14, -0.25):
        kit.curve([(rear + x, -0.06, z), (rear + x, 0.06, z)], 0.006, kit.dark)


def _saddle(kit: Kit) -> None:
    x, z = kit.frame.cycle.saddle
    kit.rod((x + 0.01, z - 0.16), (x, z - 0.02), 0.014, kit.steel)
    wide = 0.085 if kit.frame.cycle.kind == "step" else 0.068
    kit.loft(
        [
            (x - 0.12, z - 0.008, wide * 0.8, 0.024),
            (x - 0.07, z - 0.008, wide, 0.028),
            (x + 0.02, z - 0.014, 0.5 * wide, 0.022),
            (x + 0.13, z - 0.018, 0.018, 0.014),
        ],
        kit.leather,
    )


def _bar(kit: Kit, head: tuple[float, float]) -> None:
    cycle = kit.frame.cycle
    x, y, z = cycle.grip
    end = kit.frame.half_width - 0.003
    kit.rod(head, (head[0] - 0.02, z - 0.02), 0.014, kit.steel)
    middle = (head[0] + (0.05 if cycle.kind != "step" else 0.0), 0.0, z - 0.02)
    for side in (1.0, -1.0):
        kit.curve(
            [middle, (middle[0] + 0.01, side * 0.07, z - 0.01), (x + 0.01, side * (y - 0.07), z), (x - 0.02, side * end, z)],
            0.011,
            kit.steel,
        )
        if kit.fine:
            kit.curve([(x + 0.005, side * (y - 0.06), z), (x - 0.02, side * (end - 0.001), z)], 0.016, kit.rubber)
            kit.curve([(x + 0.04, side * (y - 0.05), z - 0.01), (x + 0.035, side * (y + 0.02), z - 0.025)], 0.005, kit.dark)


def add_cranks(kit: Kit, phase: int) -> None:
    """Add chain wheel, cranks and pedals at a phase of PEDAL_PHASES."""
    cycle = kit.frame.cycle
    x, y, z = cycle.rest
    ring = revolved([(0.0, 0.047), (0.095, 0.047), (0.095, 0.041), (0.0, 0.041)][::-1], kit.sides(18, 6), "y")
    kit.builder.add(ring, kit.dark, placed(*kit.frame.at(x, z)))
    turn = 2 * math.pi * phase / PEDAL_PHASES
    for side, angle in ((1.0, turn), (-1.0, turn + math.pi)) if kit.fine else ():
        end = (x + cycle.crank * math.sin(angle), side * y, z + cycle.crank * math.cos(angle))
        kit.curve([(x, side * y, z), end], 0.010, kit.steel)
        kit.block((end[0], side * (y + 0.05), end[2]), (0.09, 0.09, 0.018), kit.black)
    if kit.fine and cycle.kind != "step":
        rear = kit.frame.rear - kit.frame.centre
        for drop in (0.085, -0.085):
            kit.curve([(x, 0.044, z + drop), (rear, 0.044, cycle.radius + 0.4 * drop)], 0.005, kit.dark)
