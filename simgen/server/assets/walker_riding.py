"""How people sit on bicycles and motorcycles: hips on the saddle, feet on pedals or rests, hands on the grips."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.walker_limbs import about, bend_leg, point_arm, trunk
from simgen.server.assets.walker_skeleton import Pose, Rig, about_x, about_y, two_bone, unit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Seat:
    """Where a rider touches the machine, metres in its frame; pairs are (right, left)."""

    hips: Floats
    """(3,) middle of the hip joints."""
    feet: tuple[Floats, Floats]
    """Of the ankles."""
    pitch: tuple[float, float]
    """Of the feet, toes down, radians."""
    grips: tuple[Floats, Floats]
    lean: float
    """Of the trunk, forwards, radians."""
    knees_out: float = 0.12


def riding(rig: Rig, seat: Seat) -> Pose:
    """Return the pose of a rider."""
    pelvis_turn, chest = about_y(0.75 * seat.lean - 0.10), about_y(seat.lean * 1.1)
    turns = trunk(pelvis_turn, chest)
    turns["neck"], turns["head"] = about_y(0.45 * seat.lean), about_y(min(0.12 * seat.lean, 0.1))
    hips_at_rest = (rig.head("thigh.R") + rig.head("thigh.L")) / 2
    pelvis = seat.hips - pelvis_turn @ (hips_at_rest - rig.head("pelvis"))
    for k, (side, sign) in enumerate((("R", 1.0), ("L", -1.0))):
        hip = pelvis + pelvis_turn @ (rig.head(f"thigh.{side}") - rig.head("pelvis"))
        bend_leg(rig, turns, side, hip, seat.feet[k], seat.pitch[k], seat.pitch[k], out=0.05, aside=seat.knees_out)
        _reach(rig, turns, side, sign, pelvis, seat.grips[k], chest)
    return Pose(turns, pelvis)


def _reach(rig: Rig, turns: dict[str, Floats], side: str, sign: float, pelvis: Floats, grip: Floats, chest: Floats) -> None:
    """Add the turns of an arm whose palm lies on a grip."""
    turns[f"clavicle.{side}"] = chest @ about_x(-0.10 * sign)
    shoulder = head_of(rig, turns, pelvis, f"upper_arm.{side}")
    wrist = grip + np.array([-0.075, 0.0, 0.035])
    upper, fore = rig.reach("upper_arm.R", "forearm.R"), rig.reach("forearm.R", "hand.R")
    elbow, end = two_bone(shoulder, wrist, upper, fore, np.array([-0.3, 0.32 * sign, -0.7]))
    point_arm(rig, turns, side, elbow - shoulder, end - elbow, chest, np.array([0.1, -sign, 0.15]), 1.5)
    # Hands lie on the grips, whatever the forearm does.
    along = turns[f"hand.{side}"] @ (rig.head(f"fingers.{side}") - rig.head(f"hand.{side}"))
    down = math.atan2(-along[2], math.hypot(along[0], along[1])) - 0.15
    bend = about(np.array([-unit(along)[1], unit(along)[0], 0.0]), -down)
    for bone in ("hand", "fingers", "fingertips"):
        turns[f"{bone}.{side}"] = bend @ turns[f"{bone}.{side}"]


def head_of(rig: Rig, turns: dict[str, Floats], pelvis: Floats, bone: str) -> Floats:
    """Return where a bone begins, given the turns of all bones above it."""
    chain = [rig.bones.index(bone)]
    while rig.parents[chain[-1]] >= 0:
        chain.append(rig.parents[chain[-1]])
    at = pelvis
    for parent, child in zip(chain[:0:-1], chain[-2::-1], strict=True):
        at = at + turns[rig.bones[parent]] @ (rig.heads[child] - rig.heads[parent])
    return at
