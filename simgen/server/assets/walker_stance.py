"""How people stand: three idle stances, opened as far as a box is wide and deep."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simgen.server.assets.walker_gait import Foot, leg_m
from simgen.server.assets.walker_limbs import bend_leg, hang_arm, trunk
from simgen.server.assets.walker_skeleton import Pose, Rig, about_x, about_y, about_z


@dataclass(frozen=True)
class Stance:
    """A way to stand."""

    kind: int
    """0 straight, 1 and 2 on one leg more than on the other."""
    stagger: float = 0.0
    """Metres between the feet, fore and aft."""
    out: float = 0.05
    """Of the arms, radians."""
    swing: float = -0.06
    """Of the arms forwards, radians."""
    shift: float = 0.0
    """Metres that the figure stands ahead of the origin."""


def standing(rig: Rig, foot: Foot, stance: Stance) -> Pose:
    """Return the pose of a stance; the ground is at z = 0."""
    leg, tip = leg_m(rig), (0.0, 0.045, -0.045)[stance.kind]
    pelvis_turn = about_x(tip) @ about_z(0.15 * stance.stagger)
    chest = about_z(0.03 * (stance.kind - 1)) @ about_x(-0.4 * tip) @ about_y(0.02)
    turns = trunk(pelvis_turn, chest)
    middle = (rig.head("thigh.R") + rig.head("thigh.L")) / 2
    half = abs(rig.head("thigh.R")[1] - middle[1])
    high = math.sqrt((leg * 0.985) ** 2 - (stance.stagger / 2) ** 2 - (0.1 * half) ** 2)
    pelvis = np.array([stance.shift, 0.0, foot.ankle + high - half * abs(math.sin(tip))]) + rig.head("pelvis") - middle
    pelvis[0] = stance.shift
    for side, sign in (("R", 1.0), ("L", -1.0)):
        ahead = sign * (1 if stance.kind else -1) * stance.stagger / 2
        hip = pelvis + pelvis_turn @ (rig.head(f"thigh.{side}") - rig.head("pelvis"))
        ankle = np.array([stance.shift - 0.045 * leg + ahead, sign * half * 0.95, foot.ankle])
        bend_leg(rig, turns, side, hip, ankle, 0.0, 0.0, out=0.10)
        hang_arm(
            rig, turns, side, stance.swing - 0.04 * sign * (stance.kind - 1), 0.46, chest, out=stance.out, inward=-0.6 * stance.out + 0.04
        )
    return Pose(turns, pelvis)
