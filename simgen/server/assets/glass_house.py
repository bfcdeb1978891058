"""Windscreen, side windows, pillars and roof: the upper of the two rings of a car."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.body_rings import Columns, lid, paint_ring
from simgen.server.assets.body_style import Body, Floats
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.scene import Material


def _house_sides(body: Body) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return x of the side columns at the foot and at the top, front to rear, and which of the cells between are glass."""
    style, length = body.style, body.length
    post = 0.035 if body.fine else 0.03
    posts = _pairs(style.pillars if body.fine else style.pillars[-1:], length, post)
    low = [style.cowl * length - 0.13, *posts, style.tail * length + 0.20]
    high = [style.roof_front * length - 0.06, *posts, style.roof_rear * length + 0.12]
    foot, top = np.array(low), np.array(high)
    top[1:-1] = np.clip(top[1:-1], top[-1] + 0.01, top[0] - 0.01)
    top = np.minimum.accumulate(top)
    middle = (foot[1:] + foot[:-1]) / 2 / length
    glass = (np.arange(len(foot) - 1) % 2 == 0) & (middle > style.glazed[0]) & (middle < style.glazed[1])
    return foot, top, glass


_ROOTED = 0.09
"""The glass house begins this share of the height inside the lower body."""


def _pairs(pillars: tuple[float, ...], length: float, post: float) -> list[float]:
    return [x * length + d for x in sorted(pillars, reverse=True) for d in (post, -post)]


def add_house(builder: MeshBuilder, body: Body) -> None:
    """Add windscreen, side windows, pillars and roof."""
    style, length = body.style, body.length
    foot, top, glazed = _house_sides(body)
    screen = np.array([0.0, 0.5, 0.93, 1.0]) if body.fine else np.array([0.0, 0.93, 1.0])
    columns = Columns(screen, foot, screen[::-1])
    base = _house_ring(body, screen, foot, style.cowl * length, style.tail * length, 0.96, True)
    roof = _house_ring(body, screen, top, style.roof_front * length, style.roof_rear * length, style.roof_width, False)
    shares = np.array([-1.0, 0.07, 0.5, 1 - style.visor, 1.0]) if body.fine else np.array([-1.0, 0.07, 1 - style.visor, 1.0])
    t = np.maximum(shares, 0.0)[:, None, None]
    half = base + (roof - base) * t
    half[0, :, 2] -= _ROOTED * body.height
    half[..., 1] += 0.035 * np.sin(np.clip(t[..., 0], 0, 1) * math.pi) * np.sign(half[..., 1])
    parts = _house_parts(len(shares), columns, glazed, style.rear_window)
    metal = body.look(Material.PAINT, (238, 238, 234)) if style.dual_tone else body.paint
    paint_ring(builder, half, parts, [metal, body.glass, body.trim])
    builder.add(lid(half[-1], columns, 0.03 * body.height, 0.5), metal)


def _house_ring(body: Body, screen: Floats, side: Floats, front: float, rear: float, width: float, at_foot: bool) -> Floats:
    """Return one edge of the glass house (K, 3): its foot on the shoulder, or the edge of the roof."""
    bow = 0.10 if at_foot else 0.05
    x = np.concatenate([front - bow * screen**2, side, rear + bow * screen[::-1] ** 2])
    across = np.concatenate([screen, np.ones(len(side)), screen[::-1]])
    end = np.clip(np.abs(x) / (body.length / 2), 0, 1)
    half = np.minimum(body.width(x), body.half_width) * width if at_foot else body.half_width * width * (1 - 0.05 * end**2)
    if at_foot:
        z = body.shoulder(x) + body.style.crown * body.height * (1 - across**2) * 0.9
    else:
        drop = np.clip((np.abs(x - (front + rear) / 2) / max((front - rear) / 2, 1e-6)), 0, 1) ** 2
        z = body.height * (0.97 - 0.02 * drop)
    return np.stack([x, across * half, z], axis=-1)


def _house_parts(rows: int, columns: Columns, glazed: NDArray[np.bool_], rear_window: bool) -> NDArray[np.int64]:
    """Number the cells of the glass house: 0 paint, 1 glass, 2 black pillars."""
    nf, ns, nr = len(columns.front), len(columns.side), len(columns.rear)
    glass = np.zeros(columns.count - 1, dtype=np.int64)
    glass[: nf - 2] = 1
    glass[nf : nf + ns - 1] = np.where(glazed, 1, 0)
    pillars = np.flatnonzero(~glazed[1:-1]) + nf + 1
    glass[pillars[(glass[pillars - 1] == 1) & (glass[pillars + 1] == 1)]] = 2
    glass[-(nr - 2) :] = int(rear_window)
    parts = np.zeros((rows - 1, columns.count - 1), dtype=np.int64)
    parts[1:-1] = glass
    return parts
