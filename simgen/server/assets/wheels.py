"""Wheels: tyres, rims of several patterns, brake discs. The outer face looks along +y, the origin is the middle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, grid, joined, revolved
from simgen.server.scene import Material, Mesh

Profile = list[tuple[float, float]]


@dataclass(frozen=True)
class Rim:
    """A pattern of spokes."""

    spokes: int
    """0 for a closed disc."""
    width: float
    """Share of the turn that a spoke takes at its outer end..."""
    foot: float
    """...and at the hub."""
    color: tuple[int, int, int] = (168, 171, 176)
    radius: float = 0.70
    """Of the rim, in wheels."""
    dish: float = 0.15
    """How deep the hub lies under the rim's edge, in half widths."""
    material: Material = Material.METAL


RIMS: dict[str, Rim] = {
    "five": Rim(5, 0.42, 0.62),
    "ten": Rim(10, 0.44, 0.70, radius=0.74),
    "seven": Rim(7, 0.40, 0.66, (120, 123, 128), 0.74),
    "dark": Rim(5, 0.36, 0.60, (52, 54, 58), 0.76),
    "steel": Rim(10, 0.72, 0.80, (120, 122, 124), 0.66, 0.45),
    "cover": Rim(0, 1.0, 1.0, (176, 178, 182), 0.68, 0.05),
    "truck": Rim(10, 0.70, 0.86, (150, 152, 155), 0.58, 0.9),
    "chrome": Rim(0, 1.0, 1.0, (206, 208, 212), 0.62, 0.25),
    "aero": Rim(5, 0.70, 0.78, (96, 99, 104), 0.76, 0.1),
}


def wheel_mesh(radius: float, width: float, rim: str, tag: Tag, fine: bool = True) -> Mesh:
    """Return a wheel of `radius` and `width`, metres."""
    builder, pattern, half = MeshBuilder(), RIMS[rim], width / 2
    look = {
        "rubber": Look(Material.RUBBER, tag, (26, 26, 27)),
        "rim": Look(pattern.material, tag, pattern.color),
        "dark": Look(Material.PLASTIC, tag, (14, 14, 15)),
        "disc": Look(Material.METAL, tag, (92, 92, 94)),
    }
    for surface, name in _fine_parts(radius, half, pattern) if fine else _coarse_parts(radius, half, pattern):
        builder.add(surface, look[name])
    return builder.mesh()


def _coarse_parts(r: float, half: float, rim: Rim) -> list[tuple[Surface, str]]:
    inner = rim.radius * r
    return [
        (revolved([(r, -half), (r, half), (inner, half)], 10, "y"), "rubber"),
        (revolved([(inner, half), (0.0, half * (1 - 0.5 * rim.dish))], 10, "y"), "rim"),
    ]


def _fine_parts(r: float, half: float, rim: Rim) -> list[tuple[Surface, str]]:
    inner, sides = rim.radius * r, 18
    flat = half * (1 - rim.dish)
    tyre: Profile = [(0.0, -half), (0.93 * r, -half), (r, -0.6 * half), (r, 0.6 * half), (0.975 * r, 0.88 * half)]
    wall: Profile = [(0.975 * r, 0.88 * half), (0.90 * r, half), (inner, 0.93 * half)]
    lip: Profile = [(inner, 0.93 * half), (inner * 0.955, 0.90 * half), (inner * 0.93, 0.72 * half)]
    parts = [(revolved(tyre, sides, "y"), "rubber"), (revolved(wall, sides, "y"), "rubber"), (revolved(lip, sides, "y"), "rim")]
    if not rim.spokes:
        return [
            *parts,
            (
                revolved([(inner * 0.94, 0.74 * half), (0.62 * inner, flat), (0.58 * inner, flat + 0.01), (0.0, flat + 0.03)], sides, "y"),
                "rim",
            ),
        ]
    back = 0.1 * half
    parts += [
        (revolved([(inner * 0.93, 0.72 * half), (inner * 0.93, back)], sides, "y"), "dark"),
        (revolved([(inner * 0.93, back), (0.57 * inner, back)], sides, "y"), "dark"),
        (revolved([(0.62 * inner, back + 0.01), (0.0, back + 0.01)], 10, "y"), "disc"),
        (_spokes(inner, 0.74 * half, flat, rim), "rim"),
        (revolved([(0.26 * inner, flat - 0.03), (0.24 * inner, flat), (0.10 * inner, flat + 0.008), (0.0, flat + 0.008)], 8, "y"), "rim"),
    ]
    return parts


def _spokes(radius: float, edge: float, hub: float, rim: Rim) -> Surface:
    """Return the spokes: raised bars with two flanks."""
    out = []
    for k in range(rim.spokes):
        middle = 2 * math.pi * k / rim.spokes
        half = math.pi / rim.spokes
        rows = []
        for r, h, share in ((0.22, hub, rim.foot), (0.5, hub + 0.006, (rim.foot + rim.width) / 2), (0.945, edge, rim.width)):
            angles = middle + half * share * np.array([-1.0, -0.8, 0.8, 1.0])
            heights = h - np.array([0.035, 0.0, 0.0, 0.035])
            rows.append(np.stack([r * radius * np.sin(angles), heights, r * radius * np.cos(angles)], axis=-1))
        out.append(grid(np.array(rows)[:, ::-1] if _faces_in(np.array(rows)) else np.array(rows)))
    return joined(out)


def _faces_in(rows: NDArray[np.float64]) -> bool:
    """Whether a grid of points (U, V, 3) looks along -y."""
    return bool(np.cross(rows[1, 1] - rows[0, 1], rows[0, 2] - rows[0, 1])[1] < 0)
