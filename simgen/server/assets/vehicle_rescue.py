"""What stands behind the cabs of fire engines and ambulances. x from the rear end, metres."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.solids import both_sides, box, boxes
from simgen.server.assets.vehicle_kit import Frame
from simgen.server.assets.vehicle_skin import Part
from simgen.server.assets.vehicle_trucks import Span, block, letters, painted, rear, rear_doors, rounded, side, side_shape, tail_lamps
from simgen.server.scene import Material


def fire_body(f: Frame) -> None:
    """Lockers with roller shutters, a ladder on the roof, beacons."""
    paint, dark, silver = f.palette.look(Part.PAINT), f.palette.look(Part.TRIM), painted(f, (176, 180, 184), Material.METAL)
    top, end = f.body.height, f.length - f.body.length - 0.04
    block(f, dark, (0.2, f.length - 0.6), (0.55, 0.85), 0.6)
    rounded(f, paint, (0.02, end), (0.85, top - 0.04))
    block(f, paint, (0.02, 1.05), (0.45, 0.86), 0.0)
    block(f, paint, (2.45, end), (0.45, 0.86), 0.0)
    lockers = np.linspace(0.12, end - 0.10, 5 if f.fine else 3)
    for a, b in pairwise(lockers.tolist()):
        low = 1.42 if a < 2.4 and b > 1.1 else 0.98
        side(f, silver, (a + 0.05, b - 0.05), (low, top - 0.38))
        if f.fine:
            for z in np.arange(low + 0.1, top - 0.40, 0.14):
                side(f, painted(f, (120, 123, 128), Material.METAL), (a + 0.06, b - 0.06), (float(z), float(z) + 0.018), 0.006)
            side(f, dark, (a + 0.05, b - 0.05), (low, low + 0.05), 0.012)
    yellow, white = painted(f, (226, 208, 40), Material.SIGN), painted(f, (240, 240, 238), Material.SIGN)
    side(f, yellow, (0.06, end), (0.865, 0.955), 0.006)
    side(f, white, (0.06, end), (top - 0.30, top - 0.16), 0.006)
    tail_lamps(f, 0.60, "vehicle.carlamotors.firetruck")
    rear(f, silver, (0.0, 0.68), (1.0, top - 0.45), 0.006)
    if f.fine:
        _chevrons(f, (0.72, f.half_width - 0.03), (1.0, top - 0.30))
    _ladder(f, top)
    _beacons(f, ((f.length - 0.80, f.half_width - 0.50, 0.28, 0.66),), f.height - 0.17)
    _beacons(f, ((0.30, f.half_width - 0.22, 0.20, 0.20),), f.height - 0.17)
    block(f, dark, (f.length - 0.95, f.length - 0.65), (top - 0.02, f.height - 0.16), 0.15)
    f.fixed.add(both_sides(box((-f.length / 2 + 0.30, f.half_width - 0.22, top + 0.06), (0.10, 0.10, 0.24))), dark)


def _chevrons(f: Frame, y: Span, z: Span) -> None:
    """Paint slanted stripes on the rear, red and yellow."""
    colors = (painted(f, (226, 208, 40), Material.SIGN), painted(f, (196, 24, 26), Material.SIGN))
    for k, (low, high) in enumerate(pairwise(np.linspace(z[0], z[1], 9).tolist())):
        rear(f, colors[k % 2], y, (low, high), 0.006)


def _ladder(f: Frame, top: float) -> None:
    silver, back = painted(f, (190, 193, 197), Material.METAL), -f.length / 2
    z = top + 0.14
    for y in (-0.62, -0.22, 0.10, 0.50):
        f.fixed.add(box((back + 3.1, y, z), (5.8, 0.05, 0.12)), silver)
    for x in np.arange(0.35, 6.0, 0.32) if f.fine else ():
        for y in (-0.42, 0.30):
            f.fixed.add(box((back + x, y, z), (0.04, 0.4, 0.04)), silver)
    f.fixed.add(box((back + 3.1, -0.06, top + 0.02), (5.0, 1.3, 0.10)), f.palette.look(Part.TRIM))


def _beacons(f: Frame, rows: tuple[tuple[float, float, float, float], ...], base: float) -> None:
    """Add blue lights: (x, y, length, width) each, up to the top of the box."""
    blue, dark, back = Look(Material.BEACON, f.palette.tag, (30, 70, 200)), f.palette.look(Part.TRIM), -f.length / 2
    for x, y, long, wide in rows:
        f.fixed.add(both_sides(box((back + x, y, base + 0.03), (long + 0.04, wide + 0.04, 0.10))), dark)
        f.fixed.add(
            both_sides(boxes((back + x - long / 2, y - wide / 2, base + 0.07), (back + x + long / 2, y + wide / 2, f.height))), blue
        )


def patient_box(f: Frame) -> None:
    """An ambulance's high box with stripes, windows and beacons."""
    white, dark, top = f.palette.look(Part.PAINT), f.palette.look(Part.TRIM), f.height - 0.12
    end = f.length - 2.05
    red, blue = painted(f, (200, 30, 30), Material.SIGN), painted(f, (30, 60, 150), Material.SIGN)
    yellow, glass = painted(f, (214, 214, 40), Material.SIGN), f.palette.look(Part.GLASS)
    rounded(f, white, (0.02, end), (0.50, top), 0.09)
    block(f, dark, (0.0, end + 0.6), (0.34, 0.50), 0.05)
    side(f, red, (0.04, end), (1.02, 1.22), 0.005)
    side(f, yellow, (0.04, end), (0.80, 0.98), 0.005)
    side(f, f.palette.look(Part.SEAT), (end - 1.25, end - 0.45), (1.46, 1.95), 0.006)
    rear(f, glass, (0.10, 0.62), (1.35, 1.90), 0.006)
    tail_lamps(f, 0.58, "vehicle.ford.ambulance")
    if f.fine:
        side(f, glass, (end - 1.22, end - 0.48), (1.49, 1.92), 0.009)
        for k in range(6):
            a = 0.10 + k * 0.52
            side(f, (blue, yellow)[k % 2], (a, min(a + 0.52, end)), (0.80, 0.98), 0.007)
        _star(f, blue, (end * 0.30, 1.70))
        rear_doors(f, (0.60, top - 0.08))
        rear(f, red, (0.02, f.half_width - 0.03), (1.02, 1.22), 0.006)
        side(f, f.palette.look(Part.SEAM), (end - 1.50, end - 1.485), (0.55, top - 0.12), 0.006)
        side(f, f.palette.look(Part.SEAM), (end - 0.30, end - 0.285), (0.55, top - 0.12), 0.006)
        letters(f, red, (end * 0.12, end - 1.6), (top - 0.34, top - 0.16))
    _beacons(f, ((end - 0.16, f.half_width - 0.32, 0.18, 0.50), (0.20, f.half_width - 0.28, 0.18, 0.36)), top - 0.02)


def _star(f: Frame, look: Look, middle: tuple[float, float]) -> None:
    """Paint a six-armed star on the sides."""
    for k in range(3):
        a = np.pi * k / 3
        along, across = np.array([np.sin(a), np.cos(a)]) * 0.26, np.array([np.cos(a), -np.sin(a)]) * 0.07
        corners = [tuple(np.array(middle) + s * along + t * across) for s, t in ((-1, -1), (-1, 1), (1, 1), (1, -1))]
        side_shape(f, look, [(float(x), float(z)) for x, z in corners], 0.008 + 0.001 * k)
