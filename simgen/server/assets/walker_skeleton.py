"""Bones of people: turning them, and moving a skin with them (linear blend skinning).

x forward, y right, z up, metres. Rotations are of the whole bone in the figure's frame, not relative to the parent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rig:
    """Bones at rest."""

    bones: tuple[str, ...]
    parents: tuple[int, ...]
    """Parents come before their children; -1 for the pelvis."""
    heads: Floats
    """(J, 3) where each bone begins."""

    def head(self, bone: str) -> Floats:
        return np.asarray(self.heads[self.bones.index(bone)])

    def reach(self, first: str, second: str) -> float:
        """Return the distance between the heads of two bones."""
        return float(np.linalg.norm(self.head(first) - self.head(second)))


@dataclass(frozen=True)
class Pose:
    """Turned bones. A bone that is not named turns with its parent."""

    turns: Mapping[str, Floats]
    """(3, 3) rotations by bone."""
    pelvis: Floats
    """(3,) where the pelvis' head is."""


def about_x(angle: float) -> Floats:
    """Rotation from y (right) towards z (up): right side up."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def about_y(angle: float) -> Floats:
    """Rotation from x (forward) towards -z: nose, toes down."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def about_z(angle: float) -> Floats:
    """Rotation from x (forward) towards y: to the right."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))


def arc(start: Floats, end: Floats) -> Floats:
    """Return the smallest rotation that turns the direction `start` to `end` (Rodrigues)."""
    a, b = unit(start), unit(end)
    v, c = np.cross(a, b), float(a @ b)
    cross = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / max(1 + c, 1e-6))


def two_bone(start: Floats, end: Floats, first: float, second: float, bend: Floats) -> tuple[Floats, Floats]:
    """Return (middle joint, reached end) of two bones from `start` towards `end`, bent towards `bend`."""
    along = unit(end - start)
    reach = min(max(float(np.linalg.norm(end - start)), abs(first - second) + 1e-3), (first + second) * 0.9995)
    share = (reach**2 + first**2 - second**2) / (2 * reach)
    aside = unit(bend - (bend @ along) * along)
    return start + along * share + aside * math.sqrt(max(first**2 - share**2, 0.0)), start + along * reach


def transforms(rig: Rig, pose: Pose) -> Floats:
    """Return (J, 3, 4): what each bone does to points at rest."""
    count = len(rig.bones)
    turns, heads = np.empty((count, 3, 3)), np.empty((count, 3))
    for k, (bone, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        if parent < 0:
            heads[k] = pose.pelvis
        else:
            heads[k] = heads[parent] + turns[parent] @ (rig.heads[k] - rig.heads[parent])
        turns[k] = pose.turns[bone] if bone in pose.turns else turns[parent]
    moves = heads - np.einsum("jab,jb->ja", turns, rig.heads)
    return np.concatenate([turns, moves[:, :, None]], axis=2)
