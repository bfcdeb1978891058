"""Bodies of motorcycles and scooters, without wheels, fork and rider."""

from __future__ import annotations

import math

import numpy as np

from simgen.server.assets.people_extras import shell
from simgen.server.assets.two_wheeler_kit import Kit


def add_motor(kit: Kit) -> None:
    """Add the body of a motorcycle or scooter."""
    {"cruiser": _cruiser, "sport": _sport, "scooter": _scooter}[kit.frame.cycle.kind](kit)
    _mirrors(kit)


def _measures(kit: Kit) -> tuple[float, float, float]:
    """Return x of both axles and the wheels' radius."""
    frame = kit.frame
    return frame.rear - frame.centre, frame.front - frame.centre, frame.cycle.radius


def _engine(kit: Kit, x: float, z: float, long: float) -> None:
    kit.loft(
        [
            (x - long, z - 0.06, 0.13, 0.10),
            (x - 0.4 * long, z - 0.05, 0.16, 0.13),
            (x + 0.5 * long, z - 0.04, 0.15, 0.12),
            (x + long, z, 0.10, 0.08),
        ],
        kit.dark,
        0.5,
    )
    if kit.fine:
        for k in range(5):
            kit.block((x + 0.10 + 0.012 * k, 0.0, z + 0.075 + 0.034 * k), (0.19, 0.25, 0.014), kit.steel)
        for y in (-0.155, 0.155):
            kit.ball((x - 0.04, y, z - 0.05), (0.10, 0.03, 0.09), kit.steel, 6, 12)


def _tail(kit: Kit, x: float, z: float, wide: float) -> None:
    """Add tail lamp, indicators and plate at the rear end."""
    kit.block((x, 0.0, z), (0.03, 0.13, 0.05), kit.tail)
    if not kit.fine:
        return
    kit.pair((x + 0.015, wide, z - 0.03), (0.035, 0.05, 0.035), kit.left, kit.right)
    kit.block((x + 0.012, 0.0, z - 0.15), (0.014, 0.18, 0.13), kit.plate)
    kit.block((x + 0.05, 0.0, z - 0.09), (0.07, 0.10, 0.10), kit.black)


def _bars(kit: Kit, rise: float) -> None:
    x, y, z = kit.frame.cycle.grip
    for side in (1.0, -1.0) if kit.fine else ():
        kit.curve(
            [
                (x + 0.08, 0.0, z - rise),
                (x + 0.07, side * 0.10, z - rise),
                (x + 0.02, side * (y - 0.08), z),
                (x - 0.03, side * (y + 0.07), z - 0.01),
            ],
            0.013,
            kit.steel,
        )
        kit.curve([(x + 0.01, side * (y - 0.06), z), (x - 0.03, side * (y + 0.075), z - 0.01)], 0.019, kit.rubber)


def _mirrors(kit: Kit) -> None:
    x, y, z = kit.frame.cycle.grip
    wide = kit.frame.half_width - 0.002
    if not kit.fine:
        kit.block((x, 0.0, z), (0.03, 2 * wide - 0.004, 0.03), kit.black)
        return
    lift = 0.13 if kit.frame.cycle.kind != "sport" else 0.16
    ahead = 0.02 if kit.frame.cycle.kind != "sport" else 0.20
    for side in (1.0, -1.0):
        kit.curve([(x + ahead + 0.02, side * (y - 0.08), z + 0.01), (x + ahead, side * (wide - 0.06), z + lift)], 0.007, kit.black)
        kit.ball((x + ahead, side * (wide - 0.062), z + lift + 0.01), (0.022, 0.062, 0.038), kit.black, 6, 10)
        kit.block((x + ahead - 0.02, side * (wide - 0.062), z + lift + 0.01), (0.006, 0.085, 0.045), kit.chrome)


def _cruiser(kit: Kit) -> None:
    rear, _front, r = _measures(kit)
    x, z = kit.frame.cycle.saddle
    _engine(kit, 0.06, 0.40, 0.24)
    kit.loft(
        [
            (x + 0.16, z + 0.02, 0.08, 0.05),
            (x + 0.26, z + 0.06, 0.15, 0.09),
            (x + 0.46, z + 0.08, 0.16, 0.11),
            (x + 0.64, z + 0.07, 0.09, 0.07),
        ],
        kit.paint,
    )
    kit.loft(
        [
            (x - 0.22, z + 0.03, 0.11, 0.05),
            (x - 0.05, z - 0.04, 0.16, 0.05),
            (x + 0.12, z - 0.05, 0.13, 0.05),
            (x + 0.20, z - 0.02, 0.06, 0.04),
        ],
        kit.leather,
    )
    kit.loft([(x - 0.50, z + 0.02, 0.08, 0.04), (x - 0.34, z + 0.05, 0.11, 0.05), (x - 0.18, z - 0.02, 0.12, 0.05)], kit.leather)
    _fender(kit, rear, 15, 178, 0.14)
    kit.rod((x + 0.60, z + 0.04), (0.30, 0.24), 0.022, kit.dark, y=0.07)
    kit.rod((0.30, 0.22), (-0.30, 0.22), 0.022, kit.dark, y=0.10)
    kit.rod((-0.24, 0.30), (rear, r), 0.026, kit.dark, y=0.13)
    kit.rod((x - 0.20, z - 0.06), (rear + 0.03, r + 0.04), 0.022, kit.chrome, y=0.15)
    if kit.fine:
        kit.rod((0.38, -0.24, 0.30), (0.38, 0.24, 0.30), 0.015, kit.steel)
    for lift in (0.0, 0.10) if kit.fine else (0.05,):
        kit.curve(
            [(0.26, 0.15, 0.40), (0.34, 0.17, 0.26 + lift), (0.0, 0.19, 0.22 + lift), (rear - 0.05, 0.21, 0.28 + lift)],
            [0.026, 0.030, 0.040, 0.046],
            kit.chrome,
        )
    _bars(kit, 0.10)
    kit.ball((kit.frame.cycle.grip[0] + 0.26, 0.0, 0.86), (0.10, 0.095, 0.095), kit.chrome)
    kit.ball((kit.frame.cycle.grip[0] + 0.315, 0.0, 0.86), (0.055, 0.082, 0.082), kit.lamp)
    kit.pair((kit.frame.cycle.grip[0] + 0.22, 0.17, 0.84), (0.04, 0.05, 0.04), kit.left, kit.right)
    _tail(kit, kit.frame.ends[0] - kit.frame.centre + 0.035, r + 0.34, 0.13)


def _fender(kit: Kit, x: float, start: float, end: float, wide: float) -> None:
    angle = np.radians(np.linspace(start, end, kit.sides(12, 4)))
    r = kit.frame.cycle.radius + 0.028
    ring = np.stack([kit.frame.centre + x + r * np.cos(angle), np.zeros_like(angle), kit.frame.axle_z + r * np.sin(angle)], axis=-1)
    inward = np.stack([-np.cos(angle), np.zeros_like(angle), -np.sin(angle)], axis=-1)
    sheet = np.stack([ring + np.array([0, y * wide, 0]) + inward * 0.10 * y**4 for y in (1.0, 0.8, 0.4, 0.0, -0.4, -0.8, -1.0)], axis=1)
    kit.builder.add(shell(sheet, 0.006), kit.paint)


def _sport(kit: Kit) -> None:
    rear, front, r = _measures(kit)
    x, z = kit.frame.cycle.saddle
    grip = kit.frame.cycle.grip
    _engine(kit, 0.06, 0.42, 0.24)
    kit.loft(
        [
            (x + 0.14, z - 0.01, 0.07, 0.05),
            (x + 0.24, z + 0.05, 0.13, 0.08),
            (x + 0.42, z + 0.07, 0.15, 0.10),
            (x + 0.58, z + 0.02, 0.12, 0.08),
        ],
        kit.paint,
    )
    kit.loft([(x - 0.12, z - 0.04, 0.10, 0.04), (x, z - 0.05, 0.14, 0.045), (x + 0.16, z - 0.05, 0.10, 0.045)], kit.leather)
    end = kit.frame.ends[0] - kit.frame.centre
    kit.loft(
        [
            (end + 0.02, z + 0.15, 0.04, 0.025),
            (end + 0.18, z + 0.12, 0.09, 0.045),
            (x - 0.16, z + 0.02, 0.12, 0.07),
            (x + 0.02, z - 0.09, 0.11, 0.07),
        ],
        kit.paint,
    )
    kit.loft([(end + 0.14, z + 0.165, 0.07, 0.02), (x - 0.10, z + 0.075, 0.10, 0.025)], kit.leather)
    for side in (1.0, -1.0):
        _side_panel(kit, side, front, r, z)
    kit.loft(
        [
            (grip[0] + 0.06, z + 0.02, 0.20, 0.10),
            (front - 0.22, z + 0.02, 0.19, 0.13),
            (front - 0.06, z - 0.05, 0.12, 0.09),
            (front + 0.03, z - 0.10, 0.05, 0.04),
        ],
        kit.paint,
    )
    _screen(kit, grip[0] + 0.10, front - 0.10, z + 0.09)
    for side in (1.0, -1.0):
        kit.ball((front - 0.055, side * 0.075, z - 0.055), (0.075, 0.045, 0.032), kit.lamp, 6, 10)
    kit.pair((front - 0.20, 0.20, z - 0.02), (0.06, 0.03, 0.03), kit.left, kit.right)
    kit.rod((-0.14, 0.36), (rear, r), 0.032, kit.steel, y=0.12)
    kit.rod((grip[0] - 0.02, z - 0.06), (-0.10, 0.40), 0.036, kit.dark, y=0.12)
    kit.curve(
        [(0.24, 0.06, 0.34), (0.10, 0.10, 0.20), (-0.24, 0.14, 0.26), (rear + 0.06, 0.19, 0.46), (rear - 0.16, 0.20, 0.54)],
        [0.03, 0.034, 0.036, 0.055, 0.055],
        kit.steel,
    )
    rest = kit.frame.cycle.rest
    kit.rod((rest[0], -0.24, rest[2]), (rest[0], 0.24, rest[2]), 0.012, kit.steel)
    _bars(kit, 0.03)
    _tail(kit, end + 0.025, z + 0.14, 0.10)


def _side_panel(kit: Kit, side: float, front: float, r: float, z: float) -> None:
    """Add the fairing beside the engine: a curved sheet from the nose to the sill."""
    rows = np.linspace(0, 1, kit.sides(7, 3))[:, None]
    columns = np.linspace(0, 1, kit.sides(9, 3))[None]
    top, low = z - 0.02 - 0.10 * (1 - columns), 0.22 + 0.06 * (1 - columns) + 0.10 * columns**3
    height = top * (1 - rows) + low * rows
    x = (-0.22 + 0.10 * rows) * (1 - columns) + (front - 0.20 - 0.14 * rows) * columns
    y = side * (0.215 - 0.045 * (2 * rows - 0.8) ** 2 - 0.05 * columns**2 - 0.03 * (1 - columns))
    points = np.stack(np.broadcast_arrays(kit.frame.centre + x, y, kit.frame.low + height), axis=-1)
    kit.builder.add(shell(points[:, ::-1] if side > 0 else points, 0.008), kit.paint)


def _screen(kit: Kit, back: float, ahead: float, z: float) -> None:
    along, around = np.linspace(0, 1, kit.sides(6, 3))[:, None], np.linspace(-1, 1, kit.sides(9, 4))[None]
    x = ahead + (back - ahead) * along - 0.10 * around**2
    y = around * (0.10 + 0.08 * along)
    height = z - 0.05 + 0.19 * along - 0.09 * around**2
    points = np.stack(np.broadcast_arrays(kit.frame.centre + x, y, kit.frame.low + height), axis=-1)
    kit.builder.add(shell(points[::-1], 0.004), kit.glass)


def _scooter(kit: Kit) -> None:
    rear, front, r = _measures(kit)
    x, z = kit.frame.cycle.saddle
    grip, end = kit.frame.cycle.grip, kit.frame.ends[0] - kit.frame.centre
    kit.loft(
        [
            (end + 0.02, 0.50, 0.06, 0.07),
            (end + 0.12, 0.52, 0.17, 0.15),
            (rear + 0.06, 0.50, 0.215, 0.19),
            (x + 0.06, 0.50, 0.20, 0.19),
            (x + 0.20, 0.47, 0.13, 0.17),
            (x + 0.24, 0.45, 0.06, 0.12),
        ],
        kit.paint,
    )
    kit.loft(
        [
            (x - 0.34, z - 0.04, 0.10, 0.04),
            (x - 0.20, z - 0.02, 0.14, 0.055),
            (x, z - 0.05, 0.15, 0.055),
            (x + 0.20, z - 0.06, 0.13, 0.045),
            (x + 0.28, z - 0.08, 0.07, 0.03),
        ],
        kit.leather,
    )
    kit.block((0.14, 0.0, 0.265), (0.62, 0.34, 0.05), kit.paint)
    kit.block((0.14, 0.0, 0.293), (0.50, 0.26, 0.008), kit.rubber)
    _shield(kit, front, grip)
    kit.ball((grip[0] + 0.02, 0.0, grip[2] - 0.01), (0.11, 0.15, 0.075), kit.paint)
    kit.ball((grip[0] + 0.085, 0.0, grip[2] - 0.005), (0.055, 0.075, 0.062), kit.lamp)
    kit.ball((grip[0] - 0.06, 0.0, grip[2] + 0.035), (0.05, 0.08, 0.03), kit.black)
    kit.pair((front - 0.20, 0.15, 0.66), (0.05, 0.05, 0.08), kit.left, kit.right)
    kit.curve([(rear + 0.20, 0.13, 0.22), (rear + 0.02, 0.16, 0.22), (rear - 0.20, 0.17, 0.25)], [0.03, 0.05, 0.05], kit.dark)
    kit.loft([(rear - 0.12, r, 0.07, 0.09), (rear + 0.10, r + 0.02, 0.10, 0.11), (rear + 0.32, r + 0.04, 0.08, 0.08)], kit.dark)
    _bars(kit, 0.02)
    _tail(kit, end + 0.02, 0.58, 0.15)


def _shield(kit: Kit, front: float, grip: tuple[float, float, float]) -> None:
    """Add the leg shield: a curved sheet from the floor to the handlebar."""
    up, around = np.linspace(0, 1, kit.sides(9, 3))[:, None], np.linspace(-1, 1, kit.sides(11, 4))[None]
    x = front - 0.34 + 0.16 * np.sin(math.pi * up * 0.8) - 0.06 * up - 0.10 * around**2
    y = around * (0.17 + 0.09 * np.sin(math.pi * np.minimum(up * 1.25, 1.0)) - 0.05 * up**3)
    height = 0.25 + (grip[2] - 0.33) * up
    points = np.stack(np.broadcast_arrays(kit.frame.centre + x, y, kit.frame.low + height), axis=-1)
    kit.builder.add(shell(points[::-1], 0.03), kit.paint)
