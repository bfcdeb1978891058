"""The glass house's parts: windscreen, rear pane, side windows, pillars."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.vehicle_cutting import Field, carve, carved, grown
from simgen.server.assets.vehicle_fields import flank, front_field, rear_field, side_field
from simgen.server.assets.vehicle_forms import Body, Floats
from simgen.server.assets.vehicle_seats import seated
from simgen.server.assets.vehicle_shell import house_height, house_shell
from simgen.server.assets.vehicle_skin import AROUND, UP, Part, Skin, Y

PILLAR_SHARE = 0.885
"""Of the half width of the glass house: so far out reach windscreen and rear pane."""
PILLAR_M = 0.105
DOOR_FRAME_M = 0.03
"""Of a door around its pane."""


def house_skin(body: Body) -> Skin:
    """Return the right half of the glass house."""
    form, skin, high = body.form, house_shell(body), house_height(body)
    if form.second_roof:
        skin = skin.painted(np.ones(len(skin.parts), np.bool_), Part.SECOND)
    around = float(skin.data[:, AROUND].max())
    skin = _pane(skin, front_field, _screen_outline(skin, form.screen, high, 1.0))
    if form.rear_window is not None:
        skin = _pane(skin, rear_field(around), _screen_outline(skin, form.rear_window, high, -1.0, around))
        top = form.rear_window[1] * high
        strip = np.array([(-0.1, top - 0.022), (0.15, top - 0.022), (0.15, top - 0.002), (-0.1, top - 0.002)])
        skin = carved(skin, rear_field(around), strip, Part.BRAKE)
    skin = _side_panes(skin, body, high)
    return seated(skin, body) if body.fine else skin


def _screen_outline(skin: Skin, span: tuple[float, float], high: float, end: float, around: float = 0.0) -> Floats:
    """Return the right half of a windscreen or rear pane, up to the pillars."""
    foot = skin.data[np.abs(skin.data[:, UP]) < 1e-9]
    foot = foot[np.argsort(end * foot[:, AROUND])]
    foot = foot[: len(foot) // 2]
    along = foot[:, AROUND] if end > 0 else around - foot[:, AROUND]
    edge = float(np.interp(PILLAR_SHARE * foot[:, Y].max(), foot[:, Y], along))
    low, top = span[0] * high, span[1] * high
    return np.array(
        [(-0.2, low), (edge - 0.04, low), (edge, low + 0.05), (edge - 0.015, top - 0.05), (edge - 0.06, top), (-0.2, top + 0.012)]
    )


def _pillars(body: Body) -> Floats:
    """Return x of the outer edges of the windscreen and the rear pane [front, rear] at the foot and at the top [foot, top]."""
    form, length = body.form, body.length
    out = []
    for foot, top, (reach, exponent), sign in (
        (form.cowl, form.screen_top, form.screen_plan, -1.0),
        (form.tail, form.rear_top, form.back_plan, 1.0),
    ):
        bend = reach * (1 - (1 - PILLAR_SHARE**exponent) ** (1 / exponent))
        out.append((foot * length + sign * bend, top * length + sign * bend * 0.85))
    return np.array(out)


def _pane(skin: Skin, field: Field, outline: Floats) -> Skin:
    return carved(carved(skin, field, grown(outline, 0.024), Part.FRIT), field, outline, Part.GLASS)


def _side_panes(skin: Skin, body: Body, high: float) -> Skin:
    form = body.form
    panes = [between_pillars(np.array(p), body) * (1.0, high) for p in form.windows]
    if not panes:
        return skin
    whole = hull(np.concatenate(panes))
    if body.fine and form.chrome:
        skin = carved(skin, side_field, grown(whole, 0.020) - (0.0, 0.013), Part.CHROME, flank(skin, body))
    skin = carved(skin, side_field, grown(whole, 0.018), Part.FRIT, flank(skin, body))
    for number, pane in enumerate(panes):
        skin = carved(skin, side_field, pane, Part.GLASS, flank(skin, body))
        if body.fine and number < len(form.doors):
            frame = grown(pane, DOOR_FRAME_M)
            frame[:, 0] = np.minimum(frame[:, 0], form.doors[number][0] * body.length)
            frame[:, 1] = np.where(frame[:, 1] < frame[:, 1].mean(), -0.2, frame[:, 1])
            skin, door, _ = carve(skin, side_field, frame, flank(skin, body))
            skin = Skin(skin.data, skin.triangles, skin.parts, np.where(door, number, skin.doors))
    return skin


def between_pillars(pane: Floats, body: Body) -> Floats:
    """Return a pane (K, 2) with x in metres that leaves the pillars at the windscreen and the rear pane their width."""
    (front, front_top), (rear, rear_top) = _pillars(body)
    x, up = pane[:, 0] * body.length, pane[:, 1]
    most = front + (front_top - front) * up - PILLAR_M * (1 - 0.25 * up)
    least = rear + (rear_top - rear) * up + (PILLAR_M if body.form.rear_window is not None else 0.03)
    return np.stack([np.clip(x, least, most), up], axis=1)


def hull(points: Floats) -> Floats:
    """Return the convex hull (K, 2) of points (N, 2), counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    chains: list[list[tuple[float, float]]] = []
    for walk in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for p in walk:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 1e-12:
                chain.pop()
            chain.append(p)
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
