"""The bare surfaces of a body: the lower ring with bonnet and boot, and the glass house with the roof. Right half, metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simgen.server.assets.vehicle_forms import Body, Floats, Pairs
from simgen.server.assets.vehicle_skin import Ints, Mask, Skin, skin_of


@dataclass(frozen=True)
class Columns:
    """Where the columns of a half ring stand, from the middle of the front to the middle of the rear."""

    front: Floats
    """(K, 2) unit shares (along x, along y) of the rounding in front, from (1, 0) to (0, 1)."""
    side: Floats
    """Shares from the front rounding to the rear one, 0 and 1 left out."""
    rear: Floats
    """(K, 2) from (0, 1) to (1, 0)."""


@dataclass(frozen=True)
class Rows:
    """One number per row, metres."""

    front: Floats
    """x of the middle of the front..."""
    front_end: Floats
    """...and where its rounding ends."""
    rear: Floats
    rear_end: Floats
    half_width: Floats


def _rounding(exponent: float, count: int) -> Floats:
    """Return points (count, 2) of a superellipse's quarter, evenly spaced along it with more at the bend."""
    angle = np.linspace(0, np.pi / 2, 241)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1).clip(0.0) ** (2 / exponent)
    step = np.diff(points, axis=0)
    heading = np.arctan2(step[:, 1], step[:, 0])
    weight = np.linalg.norm(step, axis=1) + 0.9 * np.abs(np.gradient(heading)).clip(0, 0.05)
    length = np.concatenate([[0.0], np.cumsum(weight)])
    at = np.linspace(0, length[-1], count)
    out = np.stack([np.interp(at, length, points[:, k]) for k in (0, 1)], axis=1)
    out[0], out[-1] = (1.0, 0.0), (0.0, 1.0)
    return out


def columns_of(front: float, rear: float, counts: tuple[int, int, int]) -> Columns:
    """Return the columns for two exponents and the numbers of columns in front, at the side and behind."""
    return Columns(_rounding(front, counts[0]), np.linspace(0, 1, counts[1] + 2)[1:-1], _rounding(rear, counts[2])[::-1])


def _plan(columns: Columns, rows: Rows) -> tuple[Floats, Floats]:
    """Return x and y (R, K) of a ring."""
    reach, back = (rows.front - rows.front_end)[:, None], (rows.rear_end - rows.rear)[:, None]
    width = rows.half_width[:, None]
    ends = rows.front_end[:, None] + (rows.rear_end - rows.front_end)[:, None] * columns.side
    x = np.concatenate(
        [rows.front_end[:, None] + reach * columns.front[:, 0], ends, rows.rear_end[:, None] - back * columns.rear[:, 0]], axis=1
    )
    y = np.concatenate([width * columns.front[:, 1], np.broadcast_to(width, ends.shape), width * columns.rear[:, 1]], axis=1)
    return x, y


def lower_shell(body: Body) -> Skin:
    """Return the lower ring with its deck."""
    form, half = body.form, body.length / 2
    shares = _shares(form.section, body.fine)
    columns = columns_of(form.front_plan[1], form.rear_plan[1], (10, 12, 9) if body.fine else (5, 4, 4))
    nose, rump, inset = (np.interp(shares, *np.array(p).T) for p in (form.nose, form.rump, form.section))
    ends = np.full(len(shares), half - form.front_plan[0]), np.full(len(shares), -half + form.rear_plan[0])
    rows = Rows(half - nose, ends[0], -half + rump, ends[1], body.half_width - inset)
    x, y = _plan(columns, rows)
    middle = x[len(shares) // 2]
    low = _lower_edge(body, middle)
    high = _deck(body, x[-1], y[-1])
    z = low + (high - low) * shares[:, None]
    y = y * (1 - 0.012 * (x / half) ** 2) + _flare(body, x, z) * (y > 0.9 * y.max(axis=1, keepdims=True))
    up = shares * lower_height(body)
    return _closed(np.stack([x, y, z], axis=-1), up, lambda at, side: _deck(body, at, side), _deck_kept(body, x[-1]), body.fine)


def lower_height(body: Body) -> float:
    """Return the nominal height of the lower ring: what UP measures in it."""
    return float(body.shoulder(np.zeros(1))[0]) - body.form.clearance[1]


def _shares(section: Pairs, fine: bool) -> Floats:
    knots = np.array(section)[:, 0]
    return knots if fine else knots[np.unique(np.round(np.linspace(0, len(knots) - 1, 6)).astype(int))]


def _lower_edge(body: Body, x: Floats) -> Floats:
    front, side, rear = body.form.clearance
    half = body.length / 2
    axles = body.axles
    return np.interp(
        x, [-half, axles[-1] - 0.35, axles[-1] + 0.35, axles[0] - 0.35, axles[0] + 0.35, half], [rear, rear, side, side, front, front]
    )


def _flare(body: Body, x: Floats, z: Floats) -> Floats:
    """Return how far the wheel arches push the side out."""
    out = np.zeros_like(x)
    for axle in body.axles:
        distance = np.hypot(x - axle, z - body.form.wheel) / body.arch_radius
        out = np.maximum(out, body.form.flare * np.exp(-((np.maximum(distance - 1, 0) / 0.32) ** 2)))
    return out


def _deck(body: Body, x: Floats, y: Floats) -> Floats:
    """Return the height of bonnet and boot lid: arched across, except at their ends."""
    half = body.length / 2
    inside = np.clip((half - 0.15 - np.abs(x)) / (0.42 * half), 0, 1)
    return body.shoulder(x) + body.form.crown * (1 - (1 - inside) ** 2) * (1 - np.clip(y / body.half_width, 0, 1) ** 2.6)


def _deck_kept(body: Body, x: Floats) -> Mask:
    """Return by column pair whether the deck is to be seen there: under the glass house it is left out."""
    middle = (x[1:] + x[:-1]) / 2
    return np.asarray((middle > body.form.cowl * body.length - 0.45) | (middle < body.form.tail * body.length + 0.30))


_HOUSE_UP = np.array([-0.10, 0.0, 0.12, 0.35, 0.60, 0.82, 0.92, 0.97, 1.0])
_HOUSE_LEAN = np.array([0.0, 0.0, 0.12, 0.35, 0.60, 0.83, 0.945, 1.0, 1.04])
_HOUSE_ROUND = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.002, 0.014, 0.045, 0.09])
"""Rows of the glass house: height, share of the way from the foot to the top, rounding into the roof in metres."""

STRAIGHT_M = 0.10
"""What the roundings at the front and the rear of a roof leave between them, at least."""


def house_shell(body: Body) -> Skin:
    """Return the glass house with its roof."""
    form, length = body.form, body.length
    chosen = np.arange(len(_HOUSE_UP)) if body.fine else np.array([0, 1, 3, 5, 7, 8])
    up, lean, rounding = _HOUSE_UP[chosen], _HOUSE_LEAN[chosen], _HOUSE_ROUND[chosen]
    columns = columns_of(form.screen_plan[1], form.back_plan[1], (8, 7, 8) if body.fine else (4, 3, 4))
    front = (form.cowl + (form.screen_top - form.cowl) * lean) * length - 1.4 * rounding
    rear = (form.tail + (form.rear_top - form.tail) * lean) * length + 1.4 * rounding
    width = body.half_width * (form.foot + (form.top - form.foot) * lean) + form.bulge * np.sin(np.pi * up.clip(0, 1)) - rounding
    bend_front = form.screen_plan[0] * np.interp(up, [0, 1], [1.0, 0.8])
    bend_rear = form.back_plan[0] * np.interp(up, [0, 1], [1.0, 0.9])
    # On a short roof the two roundings would meet and fold over.
    room = np.minimum((front - rear - STRAIGHT_M) / (bend_front + bend_rear), 1.0)
    x, y = _plan(columns, Rows(front, front - room * bend_front, rear, rear + room * bend_rear, width))
    foot = body.shoulder(x[1])
    z = foot + (_roof(body, x[-1], y[-1]) - foot) * up[:, None]
    lid = np.ones(len(x[-1]) - 1, np.bool_)
    return _closed(np.stack([x, y, z], axis=-1), up * house_height(body), lambda at, side: _roof(body, at, side), lid, body.fine)


def _roof(body: Body, x: Floats, y: Floats) -> Floats:
    return body.roof(x) - body.form.roof_crown * np.clip(y / (body.half_width * body.form.top), 0, 1) ** 2.6


def house_height(body: Body) -> float:
    """Return the nominal height of the glass house: what UP measures in it."""
    x = np.array([body.length * (body.form.screen_top + body.form.rear_top) / 2])
    return float((body.roof(x) - body.form.roof_crown - body.shoulder(x))[0])


def _closed(ring: Floats, up: Floats, top: Callable[[Floats, Floats], Floats], lid: Mask, fine: bool) -> Skin:
    """Return a half ring (R, K, 3) and the lid on it, whose height is `top` of x and y; they share the vertices of the edge."""
    rows, count = ring.shape[:2]
    middle = ring[rows // 2, :, :2]
    around = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(middle, axis=0), axis=1))])
    across = np.array([0.0, 0.35, 0.62, 0.84, 0.95]) if fine else np.array([0.0, 0.6])
    x, y = np.broadcast_arrays(ring[-1, :, :1], ring[-1, :, 1:2] * across)
    points = np.concatenate([ring.reshape(-1, 3), np.stack([x, y, top(x, y)], axis=-1).reshape(-1, 3)])
    ring_index = np.arange(rows * count).reshape(rows, count)
    inner_index = np.arange(count * len(across)).reshape(count, -1).T[::-1] + rows * count
    lid_index = np.concatenate([ring_index[-1:], inner_index])
    triangles = np.concatenate([_cells(ring_index), _cells(lid_index)[np.tile(lid, len(across)).repeat(2)]])
    arounds = np.concatenate([np.tile(around, rows), np.repeat(around, len(across))])
    beyond = up[-1] + (1 - across) * np.maximum(ring[-1, :, 1:2], 0.05)
    return skin_of(points, triangles, arounds, np.concatenate([np.repeat(up, count), beyond.ravel()]))


def _cells(index: Ints) -> Ints:
    """Return the triangles of a grid (R, K) of vertex numbers, two per cell in order."""
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    return np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
