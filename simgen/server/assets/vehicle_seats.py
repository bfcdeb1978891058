"""What one sees through the panes of a car: seats, head rests, the dashboard and a driver, drawn onto the glass as silhouettes."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.vehicle_cutting import Field, carve, disc
from simgen.server.assets.vehicle_forms import Body, Floats
from simgen.server.assets.vehicle_skin import Part, Skin, X, Y, Z

# Metres back from the point where the driver sits and up from the shoulder line.
BACKREST = np.array([(0.04, -0.4), (-0.20, -0.4), (-0.04, 0.10), (0.02, 0.15), (0.12, 0.15), (0.16, 0.10)])
HEADREST = np.array([(0.06, 0.17), (0.16, 0.17), (0.18, 0.22), (0.16, 0.33), (0.07, 0.33)])
TORSO = np.array([(0.0, -0.4), (-0.36, -0.4), (-0.20, 0.0), (-0.13, 0.13), (0.0, 0.17)])
HEAD = (-0.06, 0.265)
HEAD_M = 0.105
# Metres from the middle of the seat and up, seen along x.
SEAT_ACROSS = np.array([(-0.25, -0.5), (0.25, -0.5), (0.23, 0.10), (0.17, 0.18), (-0.17, 0.18), (-0.23, 0.10)])
HEADREST_ACROSS = np.array(
    [(-0.10, 0.17), (0.10, 0.17), (0.12, 0.21), (0.10, 0.29), (0.07, 0.31), (-0.07, 0.31), (-0.10, 0.29), (-0.12, 0.21)]
)
SHOULDERS = np.array([(-0.24, -0.4), (0.24, -0.4), (0.22, 0.04), (0.09, 0.15), (-0.09, 0.15), (-0.22, 0.04)])
ASIDE_M = 0.38
"""How far from the middle the front seats are."""
BEHIND_M = 0.86
"""From one row of seats to the next."""


def seated(skin: Skin, body: Body) -> Skin:
    """Return the glass house with silhouettes on its panes; the driver's parts show on the left half only."""
    form = body.form
    if not form.windows:
        return skin
    doors = form.doors or ((form.windows[0][0][0], form.windows[0][-1][0]),)
    x = doors[0][1] * body.length + 0.20
    foot = float(body.shoulder(np.array([x]))[0])
    rise = min(1.0, (body.height * 0.97 - foot) / 0.44)
    last = min(p[0] for p in form.windows[-1]) * body.length
    rows = [x - BEHIND_M * k for k in range(3) if k == 0 or x - BEHIND_M * k > last]
    for at in rows:
        for shape in (BACKREST, HEADREST):
            skin = _drawn(skin, _side, (at, foot) + shape * (-1.0, rise), Part.SEAT, True)
    skin = _drawn(skin, _side, (x, foot) + TORSO * (-1.0, rise), Part.DRIVER, True)
    skin = _drawn(skin, _side, disc((x - HEAD[0], foot + HEAD[1] * rise), HEAD_M, 10), Part.DRIVER, True)
    return _across(skin, body, foot, rise)


def _across(skin: Skin, body: Body, foot: float, rise: float) -> Skin:
    """Draw onto windscreen and rear pane."""
    aside = min(ASIDE_M, 0.5 * body.half_width)
    for forward in (True, False):
        for shape in (SEAT_ACROSS, HEADREST_ACROSS):
            skin = _drawn(skin, _ahead, (aside, foot) + shape * (1.0, rise), Part.SEAT, False, forward)
    skin = _drawn(skin, _ahead, (aside, foot) + SHOULDERS * (1.0, rise), Part.DRIVER, False)
    skin = _drawn(skin, _ahead, disc((aside, foot + HEAD[1] * rise), HEAD_M, 10), Part.DRIVER, False)
    cowl = float(body.shoulder(np.array([body.form.cowl * body.length]))[0])
    return _drawn(skin, _ahead, [(-0.1, cowl - 0.5), (2.0, cowl - 0.5), (2.0, cowl + 0.06), (-0.1, cowl + 0.06)], Part.SEAT, False)


def _side(data: Floats) -> Floats:
    return data[:, [X, Z]]


def _ahead(data: Floats) -> Floats:
    return data[:, [Y, Z]]


def _drawn(skin: Skin, field: Field, outline: object, part: Part, side: bool, forward: bool = True) -> Skin:
    """Draw an outline onto the glass: of the sides or of one end."""
    glass = np.isin(skin.parts, (Part.GLASS, Part.SEAT, Part.DRIVER, Part.DRIVER_SEAT))
    normal = skin.data[skin.triangles[:, 0]][:, 3:6]
    is_side = np.abs(normal[:, 1]) > np.abs(normal[:, 0])
    ends = ~is_side & ((normal[:, 0] > 0) == forward)
    skin, inside, _ = carve(skin, field, np.asarray(outline), glass & (is_side if side else ends))
    if part == Part.DRIVER:
        return skin.painted(inside & (skin.parts == Part.SEAT), Part.DRIVER_SEAT).painted(inside & (skin.parts == Part.GLASS), Part.DRIVER)
    return skin.painted(inside, part)
