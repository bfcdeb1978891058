"""The parts of a body: what of its skin is pane, lamp, grille, door and wheel arch."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.vehicle_cutting import Field, carve, carved, disc, grown
from simgen.server.assets.vehicle_fields import above_field, flat_field, front_field, rear_field, side_field
from simgen.server.assets.vehicle_forms import Body, Floats, Patch
from simgen.server.assets.vehicle_panes import house_skin
from simgen.server.assets.vehicle_shell import lower_height, lower_shell
from simgen.server.assets.vehicle_skin import AROUND, UP, Mask, Part, Skin, X, Y, Z, flat_quads, joined, sunk

SEAM_M = 0.009
WELL_M = 0.30
"""Depth of the wheel arches."""


def body_skin(body: Body) -> Skin:
    """Return the right half of a body without wheels and fittings."""
    return joined([lower_skin(body), house_skin(body)])


def lower_skin(body: Body) -> Skin:
    """Return the right half of the lower body."""
    skin = lower_shell(body)
    edge = _floor(skin)
    skin = _sills(skin, body)
    high = lower_height(body)
    around = float(skin.data[:, AROUND].max())
    for patches, field in ((body.form.front, front_field), (body.form.rear, rear_field(around))):
        for patch in patches:
            if body.fine or not patch.fine:
                skin = _patched(skin, patch, field, (body.half_width, high), body.fine)
    if body.fine:
        skin = _deck_seams(skin, body)
        skin = _lower_doors(skin, body)
    return joined([_arches(skin, body), edge])


def _patched(skin: Skin, patch: Patch, field: Field, scale: tuple[float, float], fine: bool) -> Skin:
    points = np.array(patch.points) * scale
    outline = disc((float(points[0, 0]), float(points[0, 1])), patch.radius, 12 if fine else 6) if patch.radius else points
    if patch.rim is not None and fine:
        skin = carved(skin, field, grown(outline, 0.013 if patch.rim == Part.CHROME else 0.007), patch.rim)
    skin, mask, _ = carve(skin, field, outline)
    skin = skin.painted(mask, patch.part)
    if not fine:
        return skin
    if patch.bars or patch.slots:
        skin, mask = _barred(skin, field, outline, patch, mask)
    return sunk(skin, mask, -patch.sink, Part.GAP) if patch.sink else skin


def _barred(skin: Skin, field: Field, outline: Floats, patch: Patch, mask: Mask) -> tuple[Skin, Mask]:
    """Divide a grille into dark openings and bright bars."""
    axis = 1 if patch.bars else 0
    low, high = outline.min(axis=0) - 0.01, outline.max(axis=0) + 0.01
    count = patch.bars or patch.slots
    pitch = (high[axis] - low[axis]) / (count + 0.6)
    for a in low[axis] + pitch * (0.6 + np.arange(count)):
        b = a + 0.4 * pitch
        corners = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
        corners[:, axis] = (a, a, b, b) if axis else (a, b, b, a)
        skin, band, origin = carve(skin, field, corners, mask)
        skin, mask = skin.painted(band, Part.BAR if patch.part == Part.GAP else Part.GAP), mask[origin]
    return skin, mask


def _sills(skin: Skin, body: Body) -> Skin:
    high = lower_height(body)
    top = (0.20 if body.form.clad else 0.055) * high
    half = body.length
    return carved(skin, side_field, [(-half, -1.0), (half, -1.0), (half, top), (-half, top)], Part.TRIM)


def _floor(skin: Skin) -> Skin:
    """Return the underside between the wheel arches."""
    edge = skin.data[skin.data[:, UP] < 1e-9]
    edge = edge[np.argsort(edge[:, AROUND])][::2]
    x, y, z = edge[:, X], np.maximum(edge[:, Y] - WELL_M, 0.0), edge[:, Z] + 0.02
    rim, middle = np.stack([x, y, z], axis=1), np.stack([x, np.zeros_like(x), z], axis=1)
    return flat_quads(np.stack([middle[:-1], middle[1:], rim[1:], rim[:-1]], axis=1), Part.GAP)


def _arches(skin: Skin, body: Body) -> Skin:
    """Cut the wheel arches: a lip, and the well behind."""
    radius, wheel = body.arch_radius, body.form.wheel
    corners = 20 if body.fine else 10
    for axle in body.axles:
        middle = (float(axle), wheel)
        if body.fine:
            skin, lip, _ = carve(skin, flat_field, disc(middle, radius + (0.06 if body.form.clad else 0.028), corners))
            skin = skin.painted(lip & (skin.centres([Y])[:, 0] > 0.4 * body.half_width), Part.TRIM if body.form.clad else Part.PAINT)
        side = skin.centres([Y])[:, 0] > 0.4 * body.half_width
        skin, well, _ = carve(skin, flat_field, disc(middle, radius, corners), side)
        if body.fine and not body.form.clad:
            skin = _lipped(skin, well, middle, radius)
        skin = sunk(skin.painted(well, Part.GAP), well, (0.0, -WELL_M, 0.0), Part.GAP if body.fine else None)
    return skin


def _lipped(skin: Skin, well: Mask, middle: tuple[float, float], radius: float) -> Skin:
    """Push the edge of an arch out a little, and turn its normals away from the wheel."""
    offset = skin.data[:, [X, Z]] - middle
    distance = np.hypot(offset[:, 0], offset[:, 1])
    near = (np.abs(distance - radius) < 0.008) & (skin.data[:, Y] > 0.5)
    data = skin.data.copy()
    data[near, Y] += 0.010
    data[near, 3:6] += 0.55 * np.stack([offset[near, 0], np.zeros(near.sum()), offset[near, 1]], axis=1) / distance[near, None]
    data[near, 3:6] /= np.linalg.norm(data[near, 3:6], axis=1, keepdims=True)
    return Skin(data, skin.triangles, skin.parts, skin.doors)


def _seamed(skin: Skin, field: Field, outline: Floats, among: Mask, width: float = SEAM_M) -> tuple[Skin, Mask]:
    """Cut an outline with a dark gap around it; return what lies inside of the gap."""
    skin, outer, _ = carve(skin, field, grown(outline, width / 2), among)
    skin, inner, origin = carve(skin, field, grown(outline, -width / 2), outer)
    gap = outer[origin] & ~inner & np.isin(skin.parts, (Part.PAINT, Part.SECOND, Part.THIRD, Part.STRIPE))
    return skin.painted(gap, Part.SEAM), inner


def _lower_doors(skin: Skin, body: Body) -> Skin:
    high = lower_height(body)
    for k, (front, rear) in enumerate(body.form.doors):
        x0, x1 = front * body.length, rear * body.length
        outline = np.array(
            [(x0 - 0.05, 0.12 * high), (x0, 0.42 * high), (x0 - 0.012, 1.2 * high), (x1, 1.2 * high), (x1 - 0.01, 0.12 * high)]
        )
        side = skin.centres([Y])[:, 0] > 0.55 * body.half_width
        skin, inner = _seamed(skin, side_field, outline, side)
        skin = Skin(skin.data, skin.triangles, skin.parts, np.where(inner, k, skin.doors))
    return skin


def _deck_seams(skin: Skin, body: Body) -> Skin:
    """Draw the outlines of bonnet and boot lid."""
    form, half, w = body.form, body.length / 2, body.half_width
    top = skin.data[:, UP][skin.triangles].mean(axis=1) > 0.93 * lower_height(body)
    back = form.cowl * body.length - 0.10
    bonnet = np.array([(half - 0.20, -0.02), (half - 0.24, 0.55 * w), (half - 0.42, 0.80 * w), (back, 0.86 * w), (back, -0.02)])
    if back < half - 0.6:
        skin, _ = _seamed(skin, above_field, bonnet, top)
    return skin
