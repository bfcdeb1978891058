"""Poses of limbs: legs by where their ankles are, arms by where they point, and the trunk between pelvis and chest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.walker_skeleton import Rig, about_x, about_y, about_z, arc, two_bone, unit

Floats = NDArray[np.float64]


def trunk(pelvis: Floats, chest: Floats) -> dict[str, Floats]:
    """Return turns of the spine from the pelvis' to the chest's; the head stays level and looks ahead."""
    between = [pelvis + (chest - pelvis) * share for share in (0.33, 0.66)]
    belly, waist = (_orthonormal(m) for m in between)
    level = _orthonormal(np.eye(3) * 0.7 + chest * 0.3)
    return {"pelvis": pelvis, "belly": belly, "waist": waist, "chest": chest, "neck": _orthonormal(chest + np.eye(3)), "head": level}


def _orthonormal(matrix: Floats) -> Floats:
    """Return the rotation nearest to a mixture of two (Gram-Schmidt)."""
    x = matrix[:, 0] / np.linalg.norm(matrix[:, 0])
    y = matrix[:, 1] - (matrix[:, 1] @ x) * x
    y /= np.linalg.norm(y)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def bend_leg(
    rig: Rig,
    turns: dict[str, Floats],
    side: str,
    hip: Floats,
    ankle_at: Floats,
    pitch: float,
    toes: float,
    out: float = 0.07,
    aside: float = 0.08,
) -> None:
    """Add the turns of a leg whose ankle is at a point; `out` turns the foot outwards, radians, `aside` the knee."""
    sign = 1.0 if side == "R" else -1.0
    thigh, shin = rig.reach("thigh.R", "shin.R"), rig.reach("shin.R", "foot.R")
    knee, end = two_bone(hip, ankle_at, thigh, shin, np.array([1.0, aside * sign, 0.1]))
    rest = [rig.head(f"{b}.{side}") for b in ("thigh", "shin", "foot")]
    turns[f"thigh.{side}"] = arc(turns["pelvis"] @ (rest[1] - rest[0]), knee - hip) @ turns["pelvis"]
    turns[f"shin.{side}"] = arc(turns[f"thigh.{side}"] @ (rest[2] - rest[1]), end - knee) @ turns[f"thigh.{side}"]
    # The source's feet point 4 degrees outwards already.
    turns[f"foot.{side}"] = about_z(sign * out) @ about_y(pitch)
    turns[f"toes.{side}"] = about_z(sign * out) @ about_y(toes)


def hang_arm(
    rig: Rig, turns: dict[str, Floats], side: str, swing: float, elbow: float, chest: Floats, out: float = 0.015, inward: float = 0.03
) -> None:
    """Add the turns of an arm that hangs: `swing` ahead, bent at the elbow, radians; `out` and `inward` aside of upper and forearm."""
    sign = 1.0 if side == "R" else -1.0
    upper = np.array([math.sin(swing), sign * out, -math.cos(swing)])
    fore = np.array([math.sin(swing + elbow), -sign * inward, -math.cos(swing + elbow)])
    point_arm(rig, turns, side, upper, fore, chest)


def point_arm(
    rig: Rig,
    turns: dict[str, Floats],
    side: str,
    upper: Floats,
    fore: Floats,
    chest: Floats,
    thumb: Floats | None = None,
    grip: float = 1.0,
) -> None:
    """Add the turns of an arm whose bones point along given directions, the thumb forwards or as given; `grip` bends the fingers."""
    sign = 1.0 if side == "R" else -1.0
    rest = [rig.head(f"{b}.{side}") for b in ("upper_arm", "forearm", "hand", "fingers", "fingertips")]
    turns[f"clavicle.{side}"] = chest @ about_x(-0.10 * sign)
    turns[f"upper_arm.{side}"] = arc(turns[f"clavicle.{side}"] @ (rest[1] - rest[0]), upper) @ turns[f"clavicle.{side}"]
    straight = arc(turns[f"upper_arm.{side}"] @ (rest[2] - rest[1]), fore) @ turns[f"upper_arm.{side}"]
    thumb = np.array([-fore[2], -0.4 * sign, fore[0]]) if thumb is None else thumb
    hand = _frame(fore, thumb, sign) @ _frame(rest[2] - rest[1], REST_THUMB * (1, sign, 1), sign).T
    twist = hand @ straight.T
    angle = math.atan2(
        float(np.array([twist[2, 1] - twist[1, 2], twist[0, 2] - twist[2, 0], twist[1, 0] - twist[0, 1]]) @ unit(fore)),
        float(np.trace(twist)) - 1,
    )
    turns[f"forearm.{side}"] = about(fore, 0.5 * angle) @ straight
    turns[f"hand.{side}"] = hand
    curl = np.cross(hand @ (rest[3] - rest[2]), _palm(hand, rest, sign))
    for bone, bend in (("fingers", 0.35), ("fingertips", 0.8)):
        turns[f"{bone}.{side}"] = about(curl, bend * grip) @ hand


REST_THUMB = np.array([0.49, -0.87, 0.03])
"""Where the thumb of the right hand points at rest."""


def _frame(along: Floats, thumb: Floats, sign: float) -> Floats:
    """Return columns (along, thumb made square to it, the third): of a hand."""
    a = unit(along)
    t = unit(thumb - (thumb @ a) * a)
    return np.stack([a, t, np.cross(a, t)], axis=1)


def _palm(hand: Floats, rest: list[Floats], sign: float) -> Floats:
    """Return where the palm looks to."""
    frame = _frame(rest[2] - rest[1], REST_THUMB * (1, sign, 1), sign)
    return np.asarray(hand @ (frame[:, 2] * sign))


def about(axis: Floats, angle: float) -> Floats:
    """Rotation about any axis (Rodrigues)."""
    a = axis / max(float(np.linalg.norm(axis)), 1e-12)
    cross = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)
