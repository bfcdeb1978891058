"""The 52 pedestrians: who they are, and how they stand, walk and run.

The origin is the actor's, the middle of the capsule; feet stand on the bottom of the blueprint's box. Boxes of adults are only
0.38 m deep, so steps are short: ankles swing just so far that shoes stay within the box grown by 5 cm.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.figure import Color, Outfit, Posture, add_figure
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.meshes import copies
from simgen.server.scene import Mesh
from simgen.server.world.blueprints import LIBRARY, Blueprint

PHASES = 16
"""Postures of one double step."""
STAND_MPS = 0.1
RUN_MPS = 2.6
STRIDES_M = {"walk": 1.35, "run": 2.3}
"""Length of a double step of an adult."""
FIGURE_M = 1.80
_ADULT_HALF_M = 0.93
_HEEL_M, _TOE_M, _GROWN_M = 0.09, 0.182, 0.05
_ANKLE_M = 0.08
_STANCE = 0.6
"""Share of the cycle during which a foot is on the ground."""

SKINS: tuple[Color, ...] = ((238, 200, 174), (224, 178, 146), (198, 148, 112), (160, 112, 78), (116, 78, 54), (84, 56, 40))
HAIRS: tuple[Color, ...] = ((28, 22, 18), (62, 42, 28), (104, 72, 40), (176, 140, 86), (140, 136, 132), (92, 38, 22))
TOPS: tuple[Color, ...] = (
    *((178, 34, 40), (30, 58, 120), (36, 40, 46), (214, 210, 200), (58, 104, 74), (206, 146, 40)),
    *((98, 70, 120), (120, 124, 130), (72, 132, 170), (150, 88, 60), (226, 222, 224), (44, 74, 70)),
)
BOTTOMS: tuple[Color, ...] = ((34, 42, 66), (28, 28, 32), (62, 74, 100), (112, 98, 76), (74, 76, 80), (46, 52, 44))
SHOES: tuple[Color, ...] = ((24, 22, 22), (206, 204, 200), (92, 60, 40), (60, 62, 70))
POLICE = frozenset({30, 32})
WORKERS = frozenset({52})


def stride_m(type_id: str, gait: str) -> float:
    """Return metres per double step of "walk" or "run"."""
    return STRIDES_M[gait] * LIBRARY[type_id].extent[2] / _ADULT_HALF_M


def walker_mesh(type_id: str, posture: str, far: bool = False) -> Mesh:
    """Return a walker's mesh: `posture` is "stand", or "walk" or "run" and a phase of two digits. Raises KeyError."""
    blueprint = LIBRARY[type_id]
    if blueprint.family != "walker":
        raise KeyError(type_id)
    builder = MeshBuilder()
    add_figure(builder, named_posture(blueprint, posture), outfit_of(type_id), Tag.PEDESTRIANS, not far)
    return _scaled(builder.mesh(), blueprint)


def outfit_of(type_id: str) -> Outfit:
    """Return the looks of a pedestrian, the same on every run."""
    number = int(type_id.rpartition(".")[2])
    values = {a.id: a.value for a in LIBRARY[type_id].attributes}
    female, child = values.get("gender") == "female", values.get("age") == "child"
    rng = stream(1, "outfit", number)
    dressed = Outfit(
        skin=pick(SKINS, rng),
        hair=pick(HAIRS, rng),
        top=pick(TOPS, rng),
        bottom=pick(BOTTOMS, rng),
        shoes=pick(SHOES, rng),
        long_hair=female and rng.random() < 0.75,
        skirt=female and rng.random() < 0.3,
        short_sleeves=bool(rng.random() < 0.35),
        shorts=not female and rng.random() < 0.2,
        hat=pick(TOPS, rng) if rng.random() < 0.15 else None,
        bag=pick(TOPS, rng) if rng.random() < 0.25 else None,
        girth=float(rng.uniform(0.9, 1.15)),
        head=1.35 if child else 1.0,
    )
    return _uniformed(dressed, number)


def pick(colors: tuple[Color, ...], rng: np.random.Generator) -> Color:
    """Draw one of several colours."""
    return colors[int(rng.integers(len(colors)))]


def _uniformed(outfit: Outfit, number: int) -> Outfit:
    if number in POLICE:
        return Outfit(outfit.skin, outfit.hair, (24, 32, 58), (22, 26, 44), (20, 20, 20), hat=(18, 24, 44))
    if number in WORKERS:
        return Outfit(
            outfit.skin, outfit.hair, (60, 64, 70), (44, 52, 72), (92, 66, 40), hat=(244, 200, 30), helmet=True, vest=(244, 120, 20)
        )
    return outfit


def named_posture(blueprint: Blueprint, name: str) -> Posture:
    """Return the posture called "stand", "walk00" to "walk15" or "run00" to "run15". Raises KeyError for another name."""
    if name == "stand":
        return STANDING
    gait, phase = name[:-2], name[-2:]
    if gait not in STRIDES_M or not phase.isdigit() or int(phase) >= PHASES:
        raise KeyError(f"{blueprint.id}/{name}")
    scale = 2 * blueprint.extent[2] / FIGURE_M
    return striding(int(phase) / PHASES, (blueprint.extent[0] + _GROWN_M) / scale, gait == "run")


STANDING = Posture(
    pelvis=(0.0, 0.0, 0.955),
    lean=0.0,
    ankles=((-0.03, -0.095, _ANKLE_M), (-0.03, 0.095, _ANKLE_M)),
    foot_pitch=(0.0, 0.0),
    wrists=((0.03, -0.165, 0.86), (0.03, 0.165, 0.86)),
)


def striding(phase: float, room: float, running: bool) -> Posture:
    """Return the posture at a phase (0 to 1) of a double step whose shoes keep within `room` of the middle."""
    behind, ahead = min(room - _HEEL_M, 0.40), min(room - _TOE_M, 0.36)
    swing, middle = (ahead + behind) / 2, (ahead - behind) / 2
    left, right = (_foot((phase + k) % 1.0, swing, middle, running) for k in (0.0, 0.5))
    turn = 2 * math.pi * phase
    bounce = (0.022 if running else 0.012) * math.cos(2 * turn)
    reach, forward, wrist_z = (0.08, 0.10, 1.18) if running else (0.09, 0.03, 0.87)
    swings = [math.cos(turn) * sign for sign in (-1.0, 1.0)]
    left_wrist, right_wrist = (
        (forward + reach * w, sign * 0.162, wrist_z + 0.025 * w) for w, sign in zip(swings, (-1.0, 1.0), strict=True)
    )
    return Posture(
        pelvis=(0.0, 0.0, (0.925 if running else 0.94) + bounce),
        lean=0.08 if running else 0.03,
        ankles=((left[0], -0.08, left[1]), (right[0], 0.08, right[1])),
        foot_pitch=(left[2], right[2]),
        wrists=(left_wrist, right_wrist),
    )


def _foot(phase: float, swing: float, middle: float, running: bool) -> tuple[float, float, float]:
    """Return (x, z, pitch) of an ankle: back along the ground in stance, forward through the air after it."""
    lift = 0.24 if running else 0.08
    if phase < _STANCE:
        share = phase / _STANCE
        heel = max(0.0, share - 0.65) / 0.35
        strike = max(0.0, 1 - 6 * share)
        return middle + swing * (1 - 2 * share), _ANKLE_M + 0.10 * heel**2 + 0.012 * strike, 0.75 * heel**2 - 0.15 * strike
    share = (phase - _STANCE) / (1 - _STANCE)
    x = middle - swing * math.cos(math.pi * share)
    z = _ANKLE_M + 0.10 * (1 - share) + 0.012 * share + lift * math.sin(math.pi * share)
    return x, z, 0.75 * (1 - share) ** 1.5 + 0.5 * math.sin(math.pi * share) * (1 - share) - 0.15 * share**2


@lru_cache(maxsize=1)
def _standing_top() -> float:
    """Height of the tallest point of a bare-headed figure that stands."""
    builder = MeshBuilder()
    add_figure(builder, STANDING, Outfit((0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3), Tag.PEDESTRIANS, True)
    return float(builder.mesh().bounds()[1][2])


def _scaled(mesh: Mesh, blueprint: Blueprint) -> Mesh:
    """Scale a figure to its box's height, soles on the bottom of the box."""
    top = max(_standing_top(), float(mesh.bounds()[1][2]))
    scale = 2 * blueprint.extent[2] / top
    matrix = np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = (blueprint.centre[0], blueprint.centre[1], blueprint.centre[2] - blueprint.extent[2])
    return copies(mesh, matrix[None])
