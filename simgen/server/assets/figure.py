"""Bodies of people: a posture of joints, clothed with tubes and ellipsoids.

x forward, y right, z up from the ground, metres; a figure is 1.80 m tall and is scaled to whom it shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, compacted, ellipsoid, grid, tube
from simgen.server.scene import Material

Vector = NDArray[np.float64]

THIGH_M, SHANK_M = 0.44, 0.43
UPPER_ARM_M, FOREARM_M = 0.29, 0.26
HIP_WIDTH_M, SHOULDER_WIDTH_M = 0.085, 0.165
TORSO_M = 0.50
"""From the hips to the shoulders."""

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Outfit:
    """What someone wears and looks like."""

    skin: Color
    hair: Color
    top: Color
    bottom: Color
    shoes: Color
    long_hair: bool = False
    skirt: bool = False
    short_sleeves: bool = False
    shorts: bool = False
    hat: Color | None = None
    helmet: bool = False
    vest: Color | None = None
    bag: Color | None = None
    girth: float = 1.0
    head: float = 1.0
    """Size of the head; children's are larger for their height."""


@dataclass(frozen=True)
class Posture:
    """Where pelvis, hands and feet are; elbows and knees follow. Pairs are (left, right), left at negative y."""

    pelvis: tuple[float, float, float]
    lean: float
    """Forward tilt of the trunk, radians."""
    ankles: tuple[tuple[float, float, float], tuple[float, float, float]]
    foot_pitch: tuple[float, float]
    """Toes down, radians."""
    wrists: tuple[tuple[float, float, float], tuple[float, float, float]]


def two_bone(start: Vector, end: Vector, first: float, second: float, bend: Vector) -> tuple[Vector, Vector]:
    """Return (joint, reached end) of two bones from `start` towards `end`, bent towards `bend`; too far an end is not reached."""
    line = end - start
    distance = float(np.linalg.norm(line))
    along = line / max(distance, 1e-9)
    reach = min(max(distance, abs(first - second) + 1e-3), first + second - 1e-3)
    share = (reach**2 + first**2 - second**2) / (2 * reach)
    aside = bend - (bend @ along) * along
    aside /= max(float(np.linalg.norm(aside)), 1e-9)
    return start + along * share + aside * math.sqrt(max(first**2 - share**2, 0.0)), start + along * reach


def add_figure(builder: MeshBuilder, posture: Posture, outfit: Outfit, tag: Tag, fine: bool) -> None:
    """Add a clothed person."""
    pelvis = np.array(posture.pelvis)
    trunk = np.array([math.sin(posture.lean), 0.0, math.cos(posture.lean)])
    chest = pelvis + trunk * TORSO_M
    trunk_surface = _torso(pelvis, trunk, outfit.girth, fine)
    below_waist = (trunk_surface.positions - pelvis) @ trunk < 0.0
    for below, color in ((True, outfit.bottom), (False, outfit.vest or outfit.top)):
        builder.add(_where(trunk_surface, below_waist == below), Look(Material.CLOTH, tag, color))
    for side, sign in enumerate((-1.0, 1.0)):
        _add_leg(builder, posture, outfit, side, sign, tag, fine)
        _add_arm(builder, posture, outfit, chest, side, sign, tag, fine)
    if outfit.skirt:
        builder.add(_skirt(pelvis, outfit.girth, fine), Look(Material.CLOTH, tag, outfit.bottom))
    _add_head(builder, chest, trunk, outfit, tag, fine)
    if outfit.bag and fine:
        behind = pelvis + trunk * 0.30 - np.array([0.125, 0.0, 0.0])
        builder.add(ellipsoid(behind, (0.055, 0.13, 0.20), 7, 10), Look(Material.CLOTH, tag, outfit.bag))


def _torso(pelvis: Vector, trunk: Vector, girth: float, fine: bool) -> Surface:
    """Return the trunk as a loft of ellipses from the crotch to the neck."""
    up = np.array([-0.09, -0.03, 0.04, 0.16, 0.30, 0.42, 0.49, 0.525, 0.54])
    deep = np.array([0.04, 0.095, 0.105, 0.098, 0.112, 0.108, 0.085, 0.055, 0.0]) * (0.8 + 0.2 * girth)
    wide = np.array([0.06, 0.145, 0.155, 0.138, 0.155, 0.168, 0.150, 0.075, 0.0]) * (0.6 + 0.4 * girth)
    chosen = slice(None) if fine else [0, 2, 3, 5, 6, 8]
    angle = np.linspace(0, -2 * math.pi, 14 if fine else 6, endpoint=False)
    forward = np.array([trunk[2], 0.0, -trunk[0]])
    middle = pelvis + trunk * up[chosen][:, None]
    ring = (
        middle[:, None]
        + forward * (deep[chosen][:, None] * np.cos(angle))[..., None]
        + np.array([0.0, 1.0, 0.0]) * (wide[chosen][:, None] * np.sin(angle))[..., None]
    )
    closed = np.concatenate([np.broadcast_to(middle[0], (1, *ring.shape[1:])), ring])
    return grid(closed, closed=True)


def _where(surface: Surface, chosen: NDArray[np.bool_]) -> Surface:
    """Return the triangles with a chosen vertex; where both choices meet, those whose first vertex is chosen."""
    return compacted(Surface(surface.positions, surface.normals, surface.uvs, surface.triangles[chosen[surface.triangles[:, 0]]]))


def _skirt(pelvis: Vector, girth: float, fine: bool) -> Surface:
    angle = np.linspace(0, -2 * math.pi, 14 if fine else 6, endpoint=False)
    rows = []
    for z, deep, wide in ((-0.42, 0.0, 0.0), (-0.42, 0.155, 0.175), (-0.15, 0.125, 0.165), (0.08, 0.10, 0.145), (0.08, 0.0, 0.0)):
        rows.append(np.stack([deep * np.cos(angle), wide * girth * np.sin(angle), np.full(len(angle), z)], axis=-1))
    return grid(np.array(rows) + pelvis, closed=True)


def _bent(a: Vector, b: Vector, c: Vector, radii: tuple[float, ...], fine: bool) -> Surface:
    """Return a limb through three joints; `radii` at start, belly of the first bone, joint, belly of the second, end."""
    sides = 9 if fine else 4
    if not fine:
        return tube([a, b, c], [radii[0], radii[2], radii[4]], sides)
    path = [a, a + (b - a) * 0.35, a + (b - a) * 0.86, b + (c - b) * 0.12, b + (c - b) * 0.38, c]
    knee = radii[2]
    return tube(path, [radii[0], radii[1], knee, knee, radii[3], radii[4]], sides)


def _add_leg(builder: MeshBuilder, posture: Posture, outfit: Outfit, side: int, sign: float, tag: Tag, fine: bool) -> None:
    hip = np.array(posture.pelvis) + np.array([0.0, sign * HIP_WIDTH_M, -0.02])
    knee, ankle = two_bone(hip, np.array(posture.ankles[side]), THIGH_M, SHANK_M, np.array([1.0, 0.0, 0.15]))
    bare = outfit.skirt or outfit.shorts
    cloth = Look(Material.CLOTH, tag, outfit.bottom)
    skin = Look(Material.SKIN, tag, outfit.skin)
    g = 0.7 + 0.3 * outfit.girth
    trousers = (0.088 * g, 0.086 * g, 0.060, 0.062, 0.050)
    bare_leg = (0.075, 0.072, 0.048, 0.054, 0.034)
    builder.add(_bent(hip, knee, ankle, bare_leg if bare else trousers, fine), skin if bare else cloth)
    if outfit.shorts:
        builder.add(tube([hip, hip + (knee - hip) * 0.5, hip + (knee - hip) * 0.85], [0.09 * g, 0.09 * g, 0.078], 9 if fine else 4), cloth)
    builder.add(_shoe(ankle, posture.foot_pitch[side], fine), Look(Material.PLASTIC, tag, outfit.shoes))


def _shoe(ankle: Vector, pitch: float, fine: bool) -> Surface:
    """Return a shoe with its ankle at `ankle`, 8 cm above the sole."""
    x = np.array([-0.068, -0.060, -0.01, 0.07, 0.13, 0.165])
    wide = np.array([0.020, 0.034, 0.038, 0.046, 0.042, 0.018])
    high = np.array([0.055, 0.085, 0.095, 0.055, 0.045, 0.028])
    chosen = slice(None) if fine else [0, 2, 5]
    angle = -np.linspace(0, 2 * math.pi, 8 if fine else 4, endpoint=False) - math.pi / (8 if fine else 4)
    y = wide[chosen][:, None] * np.clip(1.25 * np.cos(angle), -1, 1)
    z = high[chosen][:, None] * (0.5 + 0.5 * np.clip(1.35 * np.sin(angle), -1, 1)) - 0.08
    ring = np.stack([np.broadcast_to(x[chosen][:, None], y.shape), y, z], axis=-1)
    ends = [np.broadcast_to(ring[k].mean(axis=0), ring[k].shape) for k in (0, -1)]
    points = np.concatenate([ends[0][None], ring, ends[1][None]])
    c, s = math.cos(pitch), math.sin(pitch)
    turned = np.stack([c * points[..., 0] + s * points[..., 2], points[..., 1], -s * points[..., 0] + c * points[..., 2]], axis=-1)
    return grid(turned + ankle, closed=True)


def _add_arm(builder: MeshBuilder, posture: Posture, outfit: Outfit, chest: Vector, side: int, sign: float, tag: Tag, fine: bool) -> None:
    shoulder = chest + np.array([0.0, sign * SHOULDER_WIDTH_M * (0.75 + 0.25 * outfit.girth), -0.055])
    bend = np.array([-1.0, sign * 0.02, -0.25])
    elbow, wrist = two_bone(shoulder, np.array(posture.wrists[side]), UPPER_ARM_M, FOREARM_M, bend)
    sleeve, skin = Look(Material.CLOTH, tag, outfit.top), Look(Material.SKIN, tag, outfit.skin)
    if outfit.short_sleeves:
        builder.add(_bent(shoulder, elbow, wrist, (0.042, 0.040, 0.033, 0.033, 0.023), fine), skin)
        builder.add(tube([shoulder, shoulder + (elbow - shoulder) * 0.6], [0.054, 0.047], 9 if fine else 4), sleeve)
    else:
        builder.add(_bent(shoulder, elbow, wrist, (0.052, 0.050, 0.040, 0.040, 0.031), fine), sleeve)
    if fine:
        builder.add(ellipsoid(shoulder, (0.056, 0.050, 0.055), 5, 8), sleeve)
    along = (wrist - elbow) / max(float(np.linalg.norm(wrist - elbow)), 1e-9)
    builder.add(
        ellipsoid(
            wrist + along * 0.06,
            (0.034, 0.022, 0.055) if abs(along[2]) > 0.7 else (0.055, 0.024, 0.034),
            5 if fine else 3,
            6 if fine else 4,
        ),
        skin,
    )


def _add_head(builder: MeshBuilder, chest: Vector, trunk: Vector, outfit: Outfit, tag: Tag, fine: bool) -> None:
    skin, hair = Look(Material.SKIN, tag, outfit.skin), Look(Material.CLOTH, tag, outfit.hair)
    size = outfit.head
    neck = chest + trunk * 0.02
    head = neck + np.array([0.02 + 0.3 * max(trunk[0], 0.0) * 0.2, 0.0, 0.185 + 0.05 * (size - 1)])
    builder.add(tube([neck - trunk * 0.03, head - (0.01, 0, 0.06)], [0.054, 0.050], 8 if fine else 4), skin)
    rows, sides = (9, 12) if fine else (4, 5)
    builder.add(ellipsoid(head, np.array([0.092, 0.074, 0.115]) * size, rows, sides), skin)
    if fine:
        builder.add(ellipsoid(head + np.array([0.092, 0, -0.012]) * size, np.array([0.018, 0.013, 0.024]) * size, 4, 6), skin)
    _add_headgear(builder, head, size, outfit, hair, tag, fine)


def _add_headgear(builder: MeshBuilder, head: Vector, size: float, outfit: Outfit, hair: Look, tag: Tag, fine: bool) -> None:
    rows, sides = (6, 12) if fine else (3, 5)
    if outfit.helmet:
        shell = Look(Material.PAINT, tag, outfit.hat or (240, 240, 240))
        builder.add(
            ellipsoid(head + np.array([-0.012, 0, 0.02]), np.array([0.132, 0.112, 0.128]) * size, rows + 2, sides, 1.0, -0.35), shell
        )
        return
    if outfit.hat:
        cap = Look(Material.CLOTH, tag, outfit.hat)
        builder.add(
            ellipsoid(head + np.array([-0.004, 0, 0.032]) * size, np.array([0.103, 0.086, 0.098]) * size, rows, sides, 1.0, 0.0), cap
        )
        builder.add(ellipsoid(head + np.array([0.085, 0, 0.04]) * size, np.array([0.07, 0.066, 0.010]) * size, 3, sides), cap)
    else:
        builder.add(
            ellipsoid(head + np.array([-0.008, 0, 0.022]) * size, np.array([0.100, 0.083, 0.104]) * size, rows, sides, 1.0, 0.12), hair
        )
    builder.add(ellipsoid(head + np.array([-0.034, 0, -0.005]) * size, np.array([0.076, 0.082, 0.100]) * size, rows, sides), hair)
    if outfit.long_hair:
        builder.add(ellipsoid(head + np.array([-0.062, 0, -0.09]) * size, np.array([0.042, 0.078, 0.125]) * size, rows, sides), hair)
