"""Whole cars: a lower body, the glass house on it, wheels and fittings. x forward, y right, z up from the road, metres."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.body_rings import Columns, lid, paint_ring
from simgen.server.assets.body_style import Body, Floats
from simgen.server.assets.glass_house import add_house
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.solids import Surface, both_sides, box, boxes
from simgen.server.assets.wheels import add_wheels
from simgen.server.scene import Material


def add_body(builder: MeshBuilder, body: Body) -> None:
    """Add a whole car: body, glass house, wheels and fittings."""
    _add_lower(builder, body)
    add_house(builder, body)
    add_wheels(builder, body)
    if body.fine:
        _add_fittings(builder, body)


def _lower_columns(body: Body) -> Columns:
    style, length = body.style, body.length
    angles = np.linspace(0, math.pi, 9 if body.fine else 3)
    arches = [a * length + body.wheel_radius * 1.14 * np.cos(angles) for a in style.axles]
    seams = [np.array([s * length + 0.008, s * length - 0.008]) for s in style.seams] if body.fine else []
    ends = [np.array([length / 2 - style.sweep - 0.26, -length / 2 + style.sweep + 0.20])]
    side = np.unique(np.round(np.concatenate([*arches, *seams, *ends]), 4))[::-1]
    side = side[np.abs(side) < length / 2 - style.sweep - 0.02]
    inner, outer = 1 - style.lamp_width, 1 - style.tail_lamp_width
    front = np.array([0.0, 0.25, 0.5, inner, 0.90, 1.0]) if body.fine else np.array([0.0, inner, 1.0])
    rear = np.array([1.0, 0.90, outer, 0.40, 0.0]) if body.fine else np.array([1.0, outer, 0.0])
    return Columns(np.unique(front), side, rear)


_LEVELS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_TUCK = (np.array([0.0, 0.12, 0.45, 0.8, 1.0]), np.array([0.93, 0.97, 1.0, 0.985, 0.95]))


def _shares(body: Body) -> Floats:
    """Rows of the lower body as shares of the height between the sill and the shoulder."""
    if not body.fine:
        return np.array([0.0, 0.14, body.style.lamps[0], body.style.lamps[1], 1.0])
    return np.unique([0.0, 0.14, 0.34, *body.style.lamps, *body.style.tail_lamps, 0.93, 1.0])


def _lower_ring(body: Body, columns: Columns, shares: Floats) -> Floats:
    """Return the right half of the lower body (R, K, 3)."""
    style, half_length = body.style, body.length / 2
    tuck = np.interp(shares, *_TUCK)[:, None]
    nose = half_length + np.interp(shares, _LEVELS, style.nose)[:, None]
    rump = -half_length - np.interp(shares, _LEVELS, style.rump)[:, None]
    x = np.concatenate(
        [
            nose - style.sweep * columns.front[None] ** 2.6,
            np.broadcast_to(columns.side, (len(shares), len(columns.side))),
            rump + style.sweep * columns.rear[None] ** 2.6,
        ],
        axis=1,
    )
    x[:, len(columns.front) :] = np.minimum(x[:, len(columns.front) :], x[:, len(columns.front) - 1, None] - 0.002)
    across = np.concatenate([columns.front, np.ones(len(columns.side)), columns.rear])[None]
    flank = np.clip(x, rump + style.sweep, nose - style.sweep)
    y = across * body.width(flank) * tuck
    middle = x.mean(axis=0, keepdims=True)
    low, high = style.clearance * body.height, body.shoulder(middle)
    z = low + (high - low) * shares[:, None]
    z = np.maximum(z, body.arch(middle) + 0.012 * np.arange(len(shares))[:, None] * (body.arch(middle) > 0))
    z[0] += 0.05 * (np.abs(middle[0]) > half_length - 0.55) * (body.arch(middle)[0] == 0)
    return np.stack([x, y, np.minimum(z, high - 0.004 * (len(shares) - 1 - np.arange(len(shares)))[:, None])], axis=-1)


def _add_lower(builder: MeshBuilder, body: Body) -> None:
    columns, shares = _lower_columns(body), _shares(body)
    half = _lower_ring(body, columns, shares)
    parts = _lower_parts(body, columns, shares)
    looks = [
        body.paint,
        body.trim,
        body.look(Material.HEADLAMP, (232, 236, 240)),
        body.look(Material.TAILLAMP, (190, 16, 18)),
        body.look(Material.PLASTIC, (14, 14, 15)),
    ]
    paint_ring(builder, half, parts, looks)
    _add_deck(builder, half[-1], columns, body)
    if body.fine:
        builder.add(_floor(half[0], columns), body.look(Material.PLASTIC, (12, 12, 13)))


def _lower_parts(body: Body, columns: Columns, shares: Floats) -> NDArray[np.int64]:
    """Number the cells of the lower body: 0 paint, 1 trim, 2 head lamp, 3 tail lamp, 4 grille and gaps."""
    style = body.style
    nf, ns = len(columns.front), len(columns.side)
    row = (shares[1:] + shares[:-1])[:, None] / 2
    column = np.arange(columns.count - 1)[None]
    front, rear = column < nf - 1, column >= nf + ns
    across = np.concatenate([(columns.front[1:] + columns.front[:-1]) / 2, np.ones(ns + 1), (columns.rear[1:] + columns.rear[:-1]) / 2])[
        None
    ]
    parts = np.zeros((len(shares) - 1, columns.count - 1), dtype=np.int64)
    parts[np.broadcast_to(row < 0.14, parts.shape)] = 1
    if style.clad:
        x = np.concatenate([np.full(nf, 99.0), columns.side, np.full(len(columns.rear), 99.0)])
        arched = body.arch((x[1:] + x[:-1]) / 2)[None] > 0
        parts[(row < 0.34) | (arched & (row < 0.5))] = 1
    wraps_front, wraps_rear = column == nf - 1, column == nf + ns - 1
    lamp_rows = (row > style.lamps[0]) & (row < style.lamps[1])
    parts[((front & (across > 1 - style.lamp_width)) | wraps_front) & lamp_rows] = 2
    tail_rows = (row > style.tail_lamps[0]) & (row < style.tail_lamps[1])
    if style.tail_lamp_width > 0:
        parts[((rear & (across > 1 - style.tail_lamp_width)) | wraps_rear) & tail_rows] = 3
    parts[front & (across < 0.9) & (row > 0.14) & (row < 0.34)] = 4
    if style.grille:
        parts[front & (across < 1 - style.lamp_width) & (row > style.grille[0]) & (row < style.grille[1])] = 4
    _darken_seams(parts, columns, row)
    return parts


def _darken_seams(parts: NDArray[np.int64], columns: Columns, row: Floats) -> None:
    """Doors end in gaps 1.6 cm wide."""
    nf = len(columns.front)
    for k in np.flatnonzero(np.abs(np.diff(columns.side) + 0.016) < 1e-3):
        parts[(row[:, 0] > 0.14) & (parts[:, nf + k] == 0), nf + k] = 4


def _add_deck(builder: MeshBuilder, edge: Floats, columns: Columns, body: Body) -> None:
    """Close the lower body: bonnet, boot lid, and under the glass house what closes the hull."""
    builder.add(lid(edge, columns, body.style.crown * body.height), body.paint)


def _floor(edge: Floats, columns: Columns) -> Surface:
    """Return the underside between the two lower edges."""
    return lid(edge, columns, 0.0).turned()


def _add_fittings(builder: MeshBuilder, body: Body) -> None:
    """Add plates, mirrors, door handles and bumper strips."""
    style, half_length, h = body.style, body.length / 2, body.height
    plate = body.look(Material.SIGN, (226, 226, 218))
    z_front, z_rear = 0.30 * h, 0.46 * h
    z_rear = min(z_rear, float(body.shoulder(np.array([-half_length]))[0]) - 0.16)
    builder.add(box((half_length - 0.008, 0, z_front), (0.02, 0.50, 0.11), "XyYzZ"), plate)
    builder.add(box((-half_length + 0.012, 0, z_rear), (0.03, 0.50, 0.12), "xyYzZ"), plate)
    x = style.cowl * body.length - 0.22
    z = float(body.shoulder(np.array([x]))[0]) + 0.10
    y = float(body.width(np.array([x]))[0]) * 0.97
    builder.add(both_sides(boxes((x - 0.05, y - 0.08, z - 0.07), (x, y + 0.05, z - 0.04))), body.trim)
    builder.add(both_sides(boxes((x - 0.06, y + 0.02, z - 0.08), (x + 0.06, y + 0.17, z + 0.07))), body.paint)
    builder.add(both_sides(boxes((x - 0.066, y + 0.03, z - 0.07), (x - 0.06, y + 0.16, z + 0.06), "x")), body.glass)
    for seam in style.seams[1:]:
        at = seam * body.length + 0.14
        high = float(body.shoulder(np.array([at]))[0]) - 0.13
        wide = float(body.width(np.array([at]))[0])
        builder.add(both_sides(boxes((at - 0.08, wide * 0.93, high - 0.015), (at + 0.08, wide * 1.0 + 0.008, high + 0.015))), body.trim)
