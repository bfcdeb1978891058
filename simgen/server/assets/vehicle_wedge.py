"""A pickup of flat steel planes that meet in one ridge over the seats. Right half, metres."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from simgen.server.assets.vehicle_body import WELL_M
from simgen.server.assets.vehicle_cutting import carve, carved, grown
from simgen.server.assets.vehicle_forms import Body, Floats
from simgen.server.assets.vehicle_seats import seated
from simgen.server.assets.vehicle_skin import Part, Skin, X, Y, Z, flat_quads, joined, kept, sunk

# x in lengths; heights of the lower edge, the shoulder and the top in heights; half widths of the top in half widths.
STATIONS = np.array([-0.5, -0.47, -0.30, 0.035, 0.30, 0.455, 0.5])
LOW = np.array([0.30, 0.20, 0.17, 0.16, 0.17, 0.18, 0.24])
SHOULDER = np.array([0.595, 0.60, 0.595, 0.585, 0.575, 0.55, 0.50])
TOP = np.array([0.615, 0.635, 0.745, 1.0, 0.705, 0.575, 0.51])
INNER = np.array([0.93, 0.92, 0.84, 0.70, 0.84, 0.90, 0.90])
OUTER = np.array([0.95, 0.975, 1.0, 1.0, 1.0, 0.97, 0.93])
WINDOW = ((0.255, 0.640), (0.045, 0.935), (-0.10, 0.835), (-0.235, 0.655), (-0.225, 0.635))
POST = 0.012


def wedge_skin(body: Body) -> Skin:
    """Return the right half of the body."""
    x = STATIONS * body.length
    w, h = body.half_width, body.height
    low = np.stack([x, OUTER * w * 0.97, LOW * h], axis=1)
    shoulder = np.stack([x, OUTER * w, SHOULDER * h], axis=1)
    edge = np.stack([x, INNER * w, TOP * h], axis=1)
    flat = np.array([1.0, 0.0, 1.0])
    strips = [(low, shoulder, Part.PAINT), (shoulder, edge, Part.PAINT), (edge, edge * flat, Part.PAINT), (low * flat, low, Part.GAP)]
    quads = [flat_quads(np.stack([a[1:], a[:-1], b[:-1], b[1:]], axis=1), part) for a, b, part in strips]
    for end, sign in ((0, -1), (-1, 1)):
        rows = [low[end], shoulder[end], edge[end]]
        for a, b in pairwise(rows):
            corners = np.array([a * flat, a, b, b * flat])
            quads.append(flat_quads((corners if sign > 0 else corners[::-1])[None], Part.PAINT))
    skin = joined(quads)
    skin = _glazed(skin, body)
    skin = _lit(skin, body)
    return _arched(skin, body)


def _side(data: Floats) -> Floats:
    return data[:, [X, Z]]


def _above(data: Floats) -> Floats:
    return data[:, [X, Y]]


def _ahead(data: Floats) -> Floats:
    return data[:, [Y, Z]]


def _glazed(skin: Skin, body: Body) -> Skin:
    size = np.array([body.length, body.height])
    normal = skin.data[skin.triangles[:, 0]][:, 3:6]
    window = np.array(WINDOW) * size
    skin = carved(skin, _side, grown(window, 0.02), Part.FRIT, normal[:, Y] > 0.3)
    for x0, x1 in ((0.5, -0.045 + POST), (-0.045, -0.5)):
        normal = skin.data[skin.triangles[:, 0]][:, 3:6]
        strip = np.array([(x0, 0.0), (x0, 2.0), (x1, 2.0), (x1, 0.0)]) * size
        pane = _clipped(window, strip[:, 0].min(), strip[:, 0].max())
        skin = carved(skin, _side, pane, Part.GLASS, normal[:, Y] > 0.3)
    normal = skin.data[skin.triangles[:, 0]][:, 3:6]
    w = body.half_width
    screen = np.array(
        [(0.31 * body.length, -0.1), (0.31 * body.length, 0.80 * w), (0.04 * body.length, 0.66 * w), (0.04 * body.length, -0.1)]
    )
    skin = carved(skin, _above, screen, Part.GLASS, normal[:, Z] > 0.7)
    normal = skin.data[skin.triangles[:, 0]][:, 3:6]
    roof = np.array(
        [(0.02 * body.length, -0.1), (0.02 * body.length, 0.65 * w), (-0.20 * body.length, 0.72 * w), (-0.20 * body.length, -0.1)]
    )
    skin = carved(skin, _above, roof, Part.FRIT, normal[:, Z] > 0.7)
    return seated(skin, body) if body.fine else skin


def _clipped(outline: Floats, low: float, high: float) -> Floats:
    """Return the part of a convex outline (K, 2) with x between two bounds."""
    for bound, sign in ((low, 1.0), (high, -1.0)):
        ends = np.roll(outline, -1, axis=0)
        out: list[Floats] = []
        for a, b in zip(outline, ends, strict=True):
            da, db = sign * (a[0] - bound), sign * (b[0] - bound)
            if da >= 0:
                out.append(a)
            if da * db < 0:
                out.append(a + (b - a) * (da / (da - db)))
        outline = np.array(out)
    return outline


def _lit(skin: Skin, body: Body) -> Skin:
    """Draw light bars, bumpers, door seams."""
    w, h, half = body.half_width, body.height, body.length / 2
    for sign, part, z in ((1.0, Part.HEADLAMP, (0.485, 0.502)), (-1.0, Part.TAILLAMP, (0.575, 0.598))):
        for paint, outline in (
            (Part.TRIM, [(-0.1, 0.0), (1.2, 0.0), (1.2, 0.36), (-0.1, 0.36)]),
            (part, [(-0.1, z[0]), (0.92, z[0]), (0.92, z[1]), (-0.1, z[1])]),
            (Part.INDICATOR, [(0.80, z[0] - 0.04), (0.90, z[0] - 0.04), (0.90, z[0] - 0.012), (0.80, z[0] - 0.012)]),
            *(((Part.REVERSING, [(0.62, 0.50), (0.76, 0.50), (0.76, 0.53), (0.62, 0.53)]),) if sign < 0 else
              ((Part.HEADLAMP, [(0.64, 0.39), (0.86, 0.39), (0.86, 0.42), (0.64, 0.42)]),)),
        ):  # fmt: skip
            end = sign * skin.data[skin.triangles[:, 0]][:, 3] > 0.8
            skin = carved(skin, _ahead, np.array(outline) * (w, h), paint, end)
    side = skin.data[skin.triangles[:, 0]][:, 4] > 0.5
    skin = carved(skin, _side, [(-half, 0.0), (half, 0.0), (half, 0.25 * h), (-half, 0.25 * h)], Part.TRIM, side)
    for at in (0.235, -0.04, -0.26) if body.fine else ():
        x = at * body.length
        side = skin.data[skin.triangles[:, 0]][:, 4] > 0.5
        skin = carved(
            skin, _side, [(x - 0.005, 0.25 * h), (x + 0.005, 0.25 * h), (x + 0.005, 0.62 * h), (x - 0.005, 0.62 * h)], Part.GAP, side
        )
    return skin


def _arched(skin: Skin, body: Body) -> Skin:
    """Cut angular wheel arches with black borders."""
    r = body.form.wheel
    for axle in body.axles:
        outline = np.array([(-1.32, -2.0), (-1.18, 0.55), (-0.62, 1.17), (0.62, 1.17), (1.18, 0.55), (1.32, -2.0)]) * r + (axle, r)
        side = skin.data[skin.triangles[:, 0]][:, 4] > 0.5
        skin = carved(skin, _side, grown(outline, 0.07), Part.TRIM, side)
        side = skin.data[skin.triangles[:, 0]][:, 4] > 0.5
        skin, well, _ = carve(skin, _side, outline, side)
        skin = sunk(skin.painted(well, Part.GAP), well, (0.0, -WELL_M, 0.0), Part.GAP if body.fine else None)
        skin = _open_below(skin, body, axle)
    return skin


def _open_below(skin: Skin, body: Body, axle: float) -> Skin:
    """Cut the floor out under a wheel arch."""
    r, w = body.form.wheel, body.half_width
    low = float(np.interp(axle, STATIONS * body.length, LOW * body.height))
    reach = r * float(np.interp(low / r - 1, [-2.0, 0.55], [1.32, 1.18]))
    outline = [(axle - reach, 0.97 * w - WELL_M), (axle + reach, 0.97 * w - WELL_M), (axle + reach, 1.2 * w), (axle - reach, 1.2 * w)]
    floor = (skin.parts == Part.GAP) & (skin.data[skin.triangles[:, 0], 5] < -0.7) & (skin.centres([Z])[:, 0] < r)
    skin, inside, _ = carve(skin, _above, outline, floor)
    return kept(skin, ~inside)
