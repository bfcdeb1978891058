"""How people stand, walk and run: poses of the skeleton over one double step.

Feet roll over heel and ball without sliding: while a foot is on the ground, whatever part of it touches moves backwards with the
ground, a stride per cycle. Legs follow by inverse kinematics; pelvis, trunk and arms swing as measured gaits do (Perry and
Burnfield, Gait Analysis: duty factor 0.62, heel rise from 35 % on, pelvis and shoulders turning against each other by a few
degrees). Phases run from 0 to 1; at 0 the right heel strikes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.walker_limbs import bend_leg, hang_arm, trunk
from simgen.server.assets.walker_skeleton import Pose, Rig, about_x, about_y, about_z

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Foot:
    """A shoe on the ground, seen from the ankle: x of heel, toe joint and tip, heights of ankle and toe joint over the sole. Metres."""

    heel: float
    ball: float
    tip: float
    ankle: float
    joint: float


@dataclass(frozen=True)
class Gait:
    """One way of going. Lengths are in lengths of the leg (hip to ankle), angles in degrees."""

    stride: float
    duty: float
    """Share of the cycle that a foot is on the ground."""
    pitch_at: tuple[float, ...]
    """Phases at which the pitch of the foot is given."""
    pitch: tuple[float, ...]
    """Of the foot, toes down."""
    lead: float
    """Share of the stride that the foot lands ahead of the hip."""
    lift: float
    """Height of the ankle in the swing, beyond that of the straight line."""
    lift_at: float
    bounce: float
    low_at: float
    """Phase of the pelvis' lowest point."""
    lean: float
    turn: float
    """Of the pelvis about the vertical; the shoulders turn the other way."""
    list: float
    """Of the pelvis towards the leg in the air."""
    arm: float
    arm_ahead: float
    elbow: tuple[float, float]
    """(least, greatest) bend."""
    straight: float
    """Of the leg at its longest."""
    back: float
    """How far the hips are behind the origin, so that a leaning head is over it."""


WALK = Gait(
    stride=1.66,
    duty=0.62,
    lead=0.245,
    lift=0.045,
    lift_at=0.30,
    bounce=0.010,
    low_at=0.06,
    pitch_at=(0.0, 0.09, 0.20, 0.36, 0.50, 0.62, 0.72, 0.86, 0.94, 1.0),
    pitch=(-19, 0, 0, 2, 26, 58, 46, 6, -12, -19),
    lean=3.0,
    turn=5.0,
    list=3.0,
    arm=19.0,
    arm_ahead=-2.0,
    elbow=(10.0, 32.0),
    straight=0.980,
    back=0.025,
)
RUN = Gait(
    stride=2.75,
    duty=0.36,
    lead=0.115,
    lift=0.30,
    lift_at=0.42,
    bounce=0.035,
    low_at=0.17,
    pitch_at=(0.0, 0.05, 0.14, 0.25, 0.36, 0.50, 0.70, 0.88, 0.95, 1.0),
    pitch=(-8, 0, 0, 22, 58, 78, 58, 4, -8, -8),
    lean=9.0,
    turn=7.0,
    list=3.0,
    arm=38.0,
    arm_ahead=-12.0,
    elbow=(80.0, 112.0),
    straight=0.985,
    back=0.08,
)
GAITS = {"walk": WALK, "run": RUN}
FOOT_APART = 0.62
"""Of the hips' distance: feet land nearer to the middle."""


def leg_m(rig: Rig) -> float:
    """Return the length of a leg from hip to ankle."""
    return rig.reach("thigh.R", "shin.R") + rig.reach("shin.R", "foot.R")


def foot_pitch(gait: Gait, phase: float) -> float:
    """Return the pitch of a foot, radians, toes down: monotone cubic through the given angles."""
    x, y = np.array(gait.pitch_at), np.radians(gait.pitch)
    steps = np.diff(y) / np.diff(x)
    inner = np.where(steps[:-1] * steps[1:] > 0, 2 * steps[:-1] * steps[1:] / (steps[:-1] + steps[1:] + 1e-300), 0.0)
    slopes = np.concatenate([[inner[-1] if len(inner) else 0.0], inner, [0.0]])
    slopes[0] = slopes[-1] = 0.0
    k = int(np.clip(np.searchsorted(x, phase, side="right") - 1, 0, len(x) - 2))
    return hermite((phase - x[k]) / (x[k + 1] - x[k]), y[k], y[k + 1], slopes[k] * (x[k + 1] - x[k]), slopes[k + 1] * (x[k + 1] - x[k]))


def hermite(t: float, start: float, end: float, slope: float, last_slope: float) -> float:
    """Return the cubic with given ends and slopes at t from 0 to 1."""
    return float((1 + 2 * t) * (1 - t) ** 2 * start + t * (1 - t) ** 2 * slope + t * t * (3 - 2 * t) * end + t * t * (t - 1) * last_slope)


def rolled(foot: Foot, pitch: float) -> tuple[float, float]:
    """Return (x, z) of the ankle over a foot that stands with its flat ankle at x = 0, pitched about the heel or the toe joint."""
    x, z = (foot.ball, foot.joint) if pitch > 0 else (foot.heel, 0.0)
    c, s = math.cos(pitch), math.sin(pitch)
    return x - x * c + (foot.ankle - z) * s, z + (foot.ankle - z) * c + x * s


def ankle(gait: Gait, foot: Foot, leg: float, phase: float) -> tuple[float, float, float]:
    """Return (x, z, pitch) of an ankle: x ahead of the hips, z over the ground, at the foot's own phase."""
    stride, pitch = gait.stride * leg, foot_pitch(gait, phase)
    if phase <= gait.duty:
        x, z = rolled(foot, pitch)
        return gait.lead * stride - stride * phase + x, z, pitch
    off, on = (_edge(gait, foot, stride, p) for p in (gait.duty, 1.0))
    span = 1 - gait.duty
    t = (phase - gait.duty) / span
    x = hermite(t, off[0], on[0], off[2] * span, on[2] * span)
    high = t ** (math.log(0.5) / math.log(gait.lift_at))
    z = off[1] + (on[1] - off[1]) * t * t * (3 - 2 * t) + gait.lift * leg * math.sin(math.pi * high) ** 2
    return x, max(z, lowest(foot, pitch, toes_pitch(gait, pitch, phase)) + 0.012 * math.sin(math.pi * t)), pitch


def lowest(foot: Foot, pitch: float, toes: float) -> float:
    """Return the height of the ankle at which a pitched foot with pitched toes just touches the ground."""
    down = (foot.tip - foot.ball) * math.sin(toes) - foot.joint * (1 - math.cos(toes)) if toes > 0 else 0.0
    return rolled(foot, pitch)[1] + max(down, 0.0)


def _edge(gait: Gait, foot: Foot, stride: float, phase: float) -> tuple[float, float, float]:
    """Return (x, z, dx by phase) of the ankle at the end (duty) or the beginning (1) of its stance."""
    at = phase % 1.0
    x, z = rolled(foot, foot_pitch(gait, phase))
    return gait.lead * stride - stride * at + x, z, -stride * 0.75


@lru_cache(maxsize=256)
def hip_height(gait: Gait, foot: Foot, leg: float) -> float:
    """Return the middle height of the hips over the ground: as high as legs in stance reach."""
    best = math.inf
    for phase in np.linspace(0.0, gait.duty, 48):
        x, z, _ = ankle(gait, foot, leg, float(phase))
        reach = gait.straight * leg
        best = min(best, z + math.sqrt(max(reach**2 - x**2, 0.0)) - bounce(gait, leg, float(phase)))
    return best


def bounce(gait: Gait, leg: float, phase: float) -> float:
    return -gait.bounce * leg * math.cos(4 * math.pi * (phase - gait.low_at))


def striding(rig: Rig, gait: Gait, foot: Foot, phase: float, drop: float = 0.0) -> Pose:
    """Return the pose at a phase, hips `drop` metres lower; the ground is at z = 0."""
    leg, turn = leg_m(rig), 2 * math.pi * phase
    yaw, tip = math.radians(gait.turn) * math.cos(turn), math.radians(gait.list) * math.sin(turn)
    pelvis_turn = about_z(-yaw) @ about_x(tip) @ about_y(math.radians(gait.lean * 0.3))
    chest = about_z(yaw) @ about_y(math.radians(gait.lean))
    hips = hip_height(gait, foot, leg) + bounce(gait, leg, phase) - drop
    hip_middle = (rig.head("thigh.R") + rig.head("thigh.L")) / 2
    pelvis = np.array([-gait.back * leg, 0.0, hips]) + rig.head("pelvis") - hip_middle
    turns = trunk(pelvis_turn, chest)
    for side, sign, shift in (("R", 1.0, 0.0), ("L", -1.0, 0.5)):
        x, z, pitch = ankle(gait, foot, leg, (phase + shift) % 1.0)
        hip = pelvis + pelvis_turn @ (rig.head(f"thigh.{side}") - rig.head("pelvis"))
        apart = sign * FOOT_APART * abs(hip_middle[1] - rig.head("thigh.R")[1])
        bend_leg(rig, turns, side, hip, np.array([x - gait.back * leg, apart, z]), pitch, toes_pitch(gait, pitch, (phase + shift) % 1.0))
        back = math.cos(turn) * sign
        swing = math.radians(gait.arm_ahead - gait.arm * back)
        least, greatest = (math.radians(e) for e in gait.elbow)
        elbow = least + (greatest - least) * (0.5 - 0.5 * back)
        hang_arm(rig, turns, side, swing, elbow, chest)
    return Pose(turns, pelvis)


def toes_pitch(gait: Gait, pitch: float, phase: float) -> float:
    """Return the pitch of the toes: flat while the heel rises, then following the foot."""
    if phase <= gait.duty:
        return min(pitch, 0.0)
    return pitch * min((phase - gait.duty) / 0.14, 1.0) ** 2
