"""What makes police cars, taxis and delivery vans: light bars, signs, stripes, lettering."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.solids import both_sides, box, boxes, grid, joined, mirrored_y
from simgen.server.assets.vehicle_fittings import BODY, flank
from simgen.server.assets.vehicle_kit import Frame
from simgen.server.assets.vehicle_skin import Part
from simgen.server.scene import Material


def light_bar(frame: Frame) -> None:
    """A bar of beacons on the roof, which ends the box upwards."""
    top, x = frame.height, -0.03 * frame.length
    low = top - 0.10
    tag = frame.palette.tag
    frame.fixed.add(box((x, 0, low - 0.02), (0.24, 1.06, 0.05)), frame.palette.look(Part.TRIM))
    domes = joined([boxes((x - 0.14, a, low), (x + 0.14, b, top)) for a, b in ((-0.58, -0.14), (0.14, 0.58))])
    frame.fixed.add(domes, Look(Material.BEACON, tag, (30, 70, 200)))
    frame.fixed.add(boxes((x - 0.13, -0.14, low), (x + 0.13, 0.14, top - 0.015)), Look(Material.PLASTIC, tag, (190, 194, 198)))


def push_bar(frame: Frame) -> None:
    """A black guard before the grille."""
    if not frame.fine:
        return
    x, look = frame.length / 2, frame.palette.look(Part.TRIM)
    frame.fixed.add(both_sides(boxes((x - 0.10, 0.30, 0.32), (x, 0.36, 0.78))), look)
    for z in (0.40, 0.58, 0.74):
        frame.fixed.add(boxes((x - 0.06, -0.36, z), (x - 0.01, 0.36, z + 0.045)), look)


def taxi_sign(frame: Frame) -> None:
    """A lit sign on the roof, which ends the box upwards."""
    top, x = frame.height, -0.02 * frame.length
    tag = frame.palette.tag
    frame.fixed.add(boxes((x - 0.08, -0.34, top - 0.135), (x + 0.08, 0.34, top)), Look(Material.LAMP, tag, (248, 238, 200)))
    if not frame.fine:
        return
    for sign in (-1.0, 1.0):
        for k in range(4):
            y = -0.20 + 0.13 * k
            frame.fixed.add(box((x + sign * 0.082, y, top - 0.068), (0.004, 0.075, 0.07)), Look(Material.SIGN, tag, (24, 24, 26)))


def antenna(frame: Frame) -> None:
    """A fin on the rear of the roof."""
    if frame.fine:
        x = (frame.body.form.rear_top + 0.055) * frame.body.length
        ridge = frame.skin.data[(np.abs(frame.skin.data[:, 1]) < 1e-6) & (frame.skin.data[:, 5] > 0.3)]
        ridge = ridge[np.argsort(ridge[:, 0])]
        z = float(np.interp(x, ridge[:, 0], ridge[:, 2]))
        frame.fixed.add(box((x, 0.0, z), (0.16, 0.045, 0.08)), frame.palette.look(Part.PAINT))


def _on_flank(frame: Frame, look: Look, x: tuple[float, float], up: tuple[float, float], door: int = BODY, out: float = 0.008) -> None:
    """Lay a rectangle onto both flanks, following them: x in metres, `up` in heights of the lower body, `door` that of the left."""
    at = np.linspace(*x, max(2, round(abs(x[1] - x[0]) / 0.15)))
    low, high = frame.body.form.clearance[1], frame.body.shoulder(at)
    z = low + np.linspace(*up, 9 if up[1] - up[0] > 0.2 else 2)[:, None] * (high - low)
    across = flank(frame.skin, np.broadcast_to(at, z.shape), z) + out
    if np.isfinite(across).all():
        surface = grid(np.stack([np.broadcast_to(at, z.shape), across, z], axis=-1))
        frame.builders[door if door == BODY else door + 1].add(surface, look)
        frame.builders[door].add(mirrored_y(surface), look)


def police_sides(frame: Frame) -> None:
    """White doors on a dark car, with a line of lettering."""
    if not frame.fine:
        return
    tag, length = frame.palette.tag, frame.length
    white, blue = Look(Material.PAINT, tag, (238, 238, 238)), Look(Material.SIGN, tag, (24, 50, 130))
    for door, (front, rear) in enumerate(frame.body.form.doors):
        x = (rear * length + 0.012, front * length - 0.02)
        _on_flank(frame, white, x, (0.16, 0.97), 2 * door)
        if door == 0:
            _lettering(frame, blue, (x[0] + 0.15, x[1] - 0.12), (0.56, 0.72), 2 * door, 6)
        else:
            _on_flank(frame, blue, x, (0.60, 0.66), 2 * door, 0.013)


def _lettering(frame: Frame, look: Look, x: tuple[float, float], up: tuple[float, float], door: int, count: int) -> None:
    """Lay strokes that look like capitals from some metres away."""
    pitch = (x[1] - x[0]) / count
    for k in range(count):
        a = x[0] + k * pitch
        _on_flank(frame, look, (a, a + 0.22 * pitch), up, door, 0.013)
        middle = up[0] + (up[1] - up[0]) * (0.38, 0.72, 0.05)[k % 3]
        _on_flank(frame, look, (a, a + 0.72 * pitch), (middle, middle + 0.22 * (up[1] - up[0])), door, 0.013)


def taxi_sides(frame: Frame) -> None:
    """A chequered band along the doors."""
    if not frame.fine:
        return
    look = Look(Material.SIGN, frame.palette.tag, (24, 24, 26))
    for door, (front, rear) in enumerate(frame.body.form.doors):
        at = np.arange(rear * frame.length + 0.04, front * frame.length - 0.12, 0.10)
        for k, x in enumerate(at):
            low = 0.60 + 0.05 * (k % 2)
            _on_flank(frame, look, (float(x), float(x) + 0.10), (low, low + 0.05), 2 * door)


def van_sides(frame: Frame) -> None:
    """Seams of the load doors, and a parcel service's band."""
    if not frame.fine:
        return
    length, seam = frame.length, frame.palette.look(Part.SEAM)
    for x in (0.10, -0.115):
        _on_flank(frame, seam, (x * length, x * length + 0.012), (0.12, 0.98))
    band = Look(Material.SIGN, frame.palette.tag, (22, 84, 150))
    _on_flank(frame, band, (-0.17 * length, 0.09 * length), (0.56, 0.74))
    _lettering(frame, Look(Material.SIGN, frame.palette.tag, (240, 240, 238)), (-0.10 * length, 0.04 * length), (0.60, 0.70), BODY, 7)


def bus_sides(frame: Frame) -> None:
    """A band in another colour along a bus."""
    length, low = frame.length, 0.62
    band = Look(Material.PAINT, frame.palette.tag, (40, 96, 150))
    for x0, x1 in ((-0.46, 0.36), (0.465, 0.475)):
        _on_flank(frame, band, (x0 * length, x1 * length), (low, 0.80))
