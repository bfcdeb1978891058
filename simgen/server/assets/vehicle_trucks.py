"""What stands behind the cabs of trucks: boxes, chassis, lockers, ladders. x from the rear end, metres."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.solids import Surface, both_sides, box, boxes, cylinder, quads, tube
from simgen.server.assets.vehicle_fittings import add_plate_at
from simgen.server.assets.vehicle_kit import Frame
from simgen.server.assets.vehicle_skin import Part
from simgen.server.scene import Material

Span = tuple[float, float]


def block(f: Frame, look: Look, x: Span, z: Span, inset: float = 0.0, faces: str = "xXyYzZ") -> None:
    """Add a box across the vehicle."""
    y, back = f.half_width - inset, -f.length / 2
    f.fixed.add(boxes((back + x[0], -y, z[0]), (back + x[1], y, z[1]), faces), look)


def side(f: Frame, look: Look, x: Span, z: Span, out: float = 0.004) -> None:
    """Add a flat rectangle on both sides."""
    back, y = -f.length / 2, f.half_width + out
    f.fixed.add(both_sides(quads([[(back + x[1], y, z[0]), (back + x[0], y, z[0]), (back + x[0], y, z[1]), (back + x[1], y, z[1])]])), look)


def side_shape(f: Frame, look: Look, corners: list[tuple[float, float]], out: float = 0.005) -> None:
    """Add a flat quad of (x, z) corners on both sides."""
    back, y = -f.length / 2, f.half_width + out
    points = np.array([[(back + x, y, z) for x, z in corners]])
    turn = np.cross(points[0, 1] - points[0, 0], points[0, 3] - points[0, 0])[1]
    f.fixed.add(both_sides(quads(points if turn > 0 else points[:, ::-1])), look)


def rear(f: Frame, look: Look, y: Span, z: Span, out: float = 0.004) -> None:
    """Add a flat rectangle on both halves of the rear, y from the middle."""
    x = -f.length / 2 + 0.02 - out
    f.fixed.add(both_sides(quads([[(x, y[0], z[0]), (x, y[1], z[0]), (x, y[1], z[1]), (x, y[0], z[1])]]).turned()), look)


def painted(f: Frame, color: tuple[int, int, int], material: Material = Material.PAINT) -> Look:
    return Look(material, f.palette.tag, color)


def rounded(f: Frame, look: Look, x: Span, z: Span, edge: float = 0.05) -> None:
    """Add a box body with bevelled edges."""
    back, y = -f.length / 2, f.half_width
    outline = np.array([(y, z[0]), (y, z[1] - edge), (y - edge, z[1]), (-y + edge, z[1]), (-y, z[1] - edge), (-y, z[0])])
    ends = [np.stack([np.full(6, back + at), outline[:, 0], outline[:, 1]], axis=1) for at in x]
    walls = np.stack([ends[1], ends[0], np.roll(ends[0], -1, axis=0), np.roll(ends[1], -1, axis=0)], axis=1)
    surface = quads(walls)
    if surface.normals[0, 1] < 0:
        surface = surface.turned()
    f.fixed.add(surface, look)
    for points, direction in ((ends[0], -1.0), (ends[1], 1.0)):
        cap = quads(np.stack([points[[0, 1, 4, 5]], points[[1, 2, 3, 4]]]))
        f.fixed.add(cap if cap.normals[0, 0] * direction > 0 else cap.turned(), look)


def tail_lamps(f: Frame, z: float, name: str) -> None:
    """Add lamps and the plate under the rear end."""
    w = f.half_width
    rear(f, f.palette.look(Part.GAP), (w - 0.52, w - 0.06), (z - 0.03, z + 0.15), 0.020)
    rear(f, f.palette.look(Part.TAILLAMP), (w - 0.22, w - 0.08), (z, z + 0.12), 0.026)
    rear(f, f.palette.look(Part.REVERSING), (w - 0.36, w - 0.24), (z, z + 0.12), 0.026)
    if not f.fine:
        return
    for left in (False, True):
        y = np.sort(np.array([w - 0.50, w - 0.38]) * (-1 if left else 1))
        lamp = boxes((-f.length / 2 - 0.004, y[0], z), (-f.length / 2, y[1], z + 0.12), "x")
        f.fixed.add(lamp, f.palette.look(Part.INDICATOR, left))
    add_plate_at(f.fixed, f.palette.tag, name, -1.0, -f.length / 2 - 0.004, z + 0.05)


def rear_doors(f: Frame, z: Span) -> None:
    """Add the seams and bars of a box's rear doors."""
    dark, bright = f.palette.look(Part.GAP), f.palette.look(Part.CHROME)
    back, w = -f.length / 2, f.half_width
    f.fixed.add(boxes((back + 0.012, -0.008, z[0]), (back + 0.018, 0.008, z[1]), "xyY"), dark)
    for y in (0.32 * w, 0.68 * w):
        f.fixed.add(both_sides(boxes((back, y - 0.016, z[0]), (back + 0.02, y + 0.016, z[1]), "xyY")), bright)


def _guard(f: Frame, x: Span, z: Span) -> None:
    """Add the rails between the axles that keep people from getting under."""
    bright = painted(f, (150, 152, 155), Material.METAL)
    for low in (z[0], (z[0] + z[1]) / 2):
        block(f, bright, x, (low, low + 0.10), 0.05)


def box_load(f: Frame) -> None:
    """A lorry's closed box on a chassis."""
    dark, cab = f.palette.look(Part.TRIM), f.body.length
    end = f.length - cab - 0.10
    block(f, painted(f, (52, 54, 58), Material.METAL), (0.3, f.length - 0.6), (0.62, 0.90), 0.80)
    rounded(f, f.palette.look(Part.SECOND), (0.02, end), (1.06, f.height))
    block(f, dark, (0.02, end), (0.94, 1.06), 0.02)
    block(f, dark, (0.0, 0.10), (0.52, 0.62), 0.08)
    _livery(f, (0.35, end - 0.35), (f.height * 0.46, f.height * 0.86))
    tail_lamps(f, 0.72, "vehicle.carlamotors.european_hgv")
    if f.fine:
        metal = painted(f, (160, 162, 166), Material.METAL)
        for x in (0.02, end - 0.06):
            side(f, metal, (x, x + 0.06), (1.06, f.height - 0.06), 0.008)
        side(f, metal, (0.02, end), (1.06, 1.13), 0.010)
        rear_doors(f, (1.10, f.height - 0.08))
        _guard(f, (2.95, end - 1.0), (0.45, 0.85))
        tank = cylinder(0.30, -0.45, 0.45, 14)
        turned = Surface(tank.positions[:, [2, 0, 1]], tank.normals[:, [2, 0, 1]], tank.uvs, tank.triangles)
        move = np.eye(4)
        move[:3, 3] = (-f.length / 2 + end - 0.45, f.half_width - 0.36, 0.66)
        f.fixed.add(turned, metal, move)
        for x in (0.25, 2.8):
            block(f, f.palette.look(Part.GAP), (x, x + 0.02), (0.25, 0.9), 0.06)
        side(f, painted(f, (226, 150, 30), Material.SIGN), (0.6, end - 0.3), (0.965, 1.0), 0.012)


def _livery(f: Frame, x: Span, z: Span) -> None:
    """Paint a slanted field and a line of lettering on the sides of a box."""
    paint, white = f.palette.look(Part.PAINT), painted(f, (244, 244, 240))
    high = z[1] - z[0]
    side_shape(f, paint, [(x[0], z[0]), (x[1] - high, z[0]), (x[1], z[1]), (x[0] + 0.6 * high, z[1])])
    if not f.fine:
        return
    side_shape(f, paint, [(x[1] - high + 0.15, z[0]), (x[1] - high + 0.35, z[0]), (x[1], z[1] - 0.35), (x[1], z[1] - 0.15)])
    at, step = x[0] + 0.75 * high, 0.34 * high
    for k in range(7):
        wide = step * (0.45, 0.62, 0.5, 0.3, 0.62, 0.5, 0.55)[k]
        if at + wide > x[1] - 0.9 * high:
            break
        side(f, white, (at, at + wide), (z[0] + 0.34 * high, z[0] + 0.66 * high), 0.009)
        side(f, paint, (at + 0.3 * wide, at + 0.7 * wide), (z[0] + (0.34, 0.45)[k % 2] * high, z[0] + (0.52, 0.58)[k % 2] * high), 0.012)
        at += wide + 0.3 * step


def delivery_load(f: Frame) -> None:
    """A small truck's painted box with a wave and lettering."""
    dark, end = f.palette.look(Part.TRIM), f.length - f.body.length - 0.06
    block(f, dark, (0.1, f.length - 0.5), (0.42, 0.66), 0.55)
    rounded(f, f.palette.look(Part.PAINT), (0.02, end), (0.64, f.height))
    block(f, dark, (0.0, 0.08), (0.40, 0.52), 0.06)
    white = f.palette.look(Part.SECOND)
    z0, z1 = f.height * 0.34, f.height * 0.50
    x = np.linspace(0.02, end, 13 if f.fine else 4)
    wave = 0.07 * f.height * np.sin(x / end * 5.5)
    for a, b, u, v in zip(x[:-1], x[1:], wave[:-1], wave[1:], strict=True):
        side_shape(f, white, [(a, z0 + u), (b, z0 + v), (b, z1 + 0.6 * v), (a, z1 + 0.6 * u)])
    tail_lamps(f, 0.46, "vehicle.carlamotors.carlacola")
    if f.fine:
        letters(f, white, (0.5, end - 0.4), (f.height * 0.64, f.height * 0.82))
        rear_doors(f, (0.70, f.height - 0.08))
        block(f, f.palette.look(Part.GAP), (0.3, 0.32), (0.2, 0.6), 0.06)
        side(f, painted(f, (160, 162, 166), Material.METAL), (0.02, end), (0.64, 0.70), 0.008)


def letters(f: Frame, look: Look, x: Span, z: Span) -> None:
    """Paint strokes that look like lettering from some metres away."""
    at, high = x[0], z[1] - z[0]
    rows = ((0, 1, 0, 1), (0, 1, 0, 0.2), (0, 0.2, 0, 1), (0, 1, 0.8, 1))
    for k in range(8):
        wide = 0.55 * high
        if at + wide > x[1]:
            break
        side(f, look, (at, at + 0.16 * high), z, 0.006)
        for u0, u1, v0, v1 in (rows[k % 3 + 1], rows[(k + 1) % 3 + 1]):
            if (u1 - u0) * (v1 - v0) < 0.5:
                side(f, look, (at + u0 * wide, at + u1 * wide), (z[0] + v0 * high, z[0] + v1 * high), 0.006)
        at += 0.8 * high


def route_display(f: Frame) -> None:
    """A bus's sign over the windscreen."""
    if not f.fine:
        return
    x, z = f.length / 2, f.height * 0.905
    tag = f.palette.tag
    f.fixed.add(boxes((x - 0.40, -0.80, z - 0.13), (x - 0.165, 0.80, z + 0.13)), f.palette.look(Part.GAP))
    amber = Look(Material.LAMP, tag, (240, 160, 40))
    for k, (wide, low) in enumerate(
        ((0.10, 0), (0.07, 1), (0.0, 0), (0.10, 0), (0.10, 1), (0.07, 0), (0.10, 1), (0.10, 0), (0.07, 1), (0.1, 0))
    ):
        if wide:
            y = 0.68 - 0.145 * k
            f.fixed.add(box((x - 0.162, y, z), (0.004, 0.026, 0.16)), amber)
            f.fixed.add(box((x - 0.162, y - wide / 2, z + (0.067 if low else -0.067)), (0.004, wide, 0.026)), amber)


def roof_rack(f: Frame) -> None:
    """The air conditioning of a bus."""
    f.fixed.add(boxes((-0.25 * f.length, -0.65, f.height - 0.16), (-0.02 * f.length, 0.65, f.height)), f.palette.look(Part.SECOND))


def spare_wheel(f: Frame) -> None:
    """A spare wheel on the tailgate."""
    ring = np.linspace(0, 2 * np.pi, 15 if f.fine else 7)[:-1]
    x = -f.length / 2
    disc = np.stack([np.zeros_like(ring), 0.36 * np.cos(ring), 0.36 * np.sin(ring)], axis=1)
    path = np.array([(x + 0.20, 0.0, 0.98), (x + 0.12, 0, 0.98), (x + 0.03, 0, 0.98), (x, 0, 0.98), (x, 0, 0.98)])
    shape = tube(path[:4], np.array([0.36, 0.37, 0.36, 0.24]), len(disc))
    f.fixed.add(shape, Look(Material.RUBBER, f.palette.tag, (26, 26, 27)))
