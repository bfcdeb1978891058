"""Wheels: tyres, rims with spokes, hubs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.body_style import Body
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, grid, mirrored_y, placed, revolved
from simgen.server.scene import Material


def add_wheels(builder: MeshBuilder, body: Body) -> None:
    """Add a wheel at both ends of every axle."""
    for axle in body.style.axles:
        add_wheel_pair(builder, body, axle * body.length, body.wheel_radius)


def add_wheel_pair(builder: MeshBuilder, body: Body, x: float, radius: float) -> None:
    """Add two wheels flush with the body's sides."""
    half = body.style.wheel_width / 2
    at = placed(x, body.half_width * 0.985 - half, radius)
    sides = 20 if body.fine else 6
    for profile, look, cells in _wheel_parts(radius, half, body, sides):
        surface = revolved(profile, sides, "y")
        if cells is not None:
            surface = _spokes(profile, sides, cells)
        builder.add(surface, look, at)
        builder.add(mirrored_y(surface), look, np.diag([1.0, -1.0, 1.0, 1.0]) @ at @ np.diag([1.0, -1.0, 1.0, 1.0]))


WheelPart = tuple[list[tuple[float, float]], Look, "NDArray[np.bool_] | None"]


def _wheel_parts(r: float, half: float, body: Body, sides: int) -> list[WheelPart]:
    """Return (profile, look, chosen cells or None) of the parts of a wheel whose outer face looks along +y."""
    tyre = [(0.0, -half), (0.93 * r, -half), (r, -0.7 * half), (r, 0.7 * half), (0.93 * r, half), (0.70 * r, 0.97 * half)]
    alloy, dark = body.look(Material.METAL, (172, 174, 178)), body.look(Material.PLASTIC, (24, 24, 26))
    rubber = body.look(Material.RUBBER, (24, 24, 25))
    if not body.fine:
        return [([(r, -half), (r, half), (0.68 * r, half)], rubber, None), ([(0.68 * r, half), (0.0, 0.8 * half)], alloy, None)]
    dish = [(0.60 * r, 0.72 * half), (0.20 * r, 0.62 * half)]
    spoke = np.arange(sides) % 4 < 2
    return [
        (tyre, rubber, None),
        ([(0.70 * r, 0.97 * half), (0.66 * r, 0.95 * half), (0.60 * r, 0.72 * half)], alloy, None),
        (dish, alloy, spoke),
        (dish, dark, ~spoke),
        ([(0.20 * r, 0.62 * half), (0.0, 0.70 * half)], alloy, None),
    ]


def _spokes(profile: list[tuple[float, float]], sides: int, cells: NDArray[np.bool_]) -> Surface:
    """Return the chosen sectors of a revolved band about y."""
    r, h = np.array(profile).T
    angle = np.linspace(0, 2 * math.pi, sides, endpoint=False)
    points = np.stack([r[:, None] * np.sin(angle), np.broadcast_to(h[:, None], (len(r), sides)), r[:, None] * np.cos(angle)], axis=-1)
    return grid(points[:, ::-1], closed=True, cells=np.broadcast_to(cells, (len(r) - 1, sides)))
