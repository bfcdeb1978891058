"""A small skeleton for walkers: bone names as CARLA's pedestrians have them, standing upright.

The gait that cameras see is made by the shapes of the people, not by these bones; clients that read bones get the standing pose
(with what they set by `set_bones` put over it), carried along with the walker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simgen.server.values import Transform, Vector3D
from simgen.server.world.attachment import compose

Offset = tuple[float, float, float]

BONES: tuple[tuple[str, str, Offset], ...] = (
    ("crl_root", "", (0.0, 0.0, 0.0)),
    ("crl_hips__C", "crl_root", (0.0, 0.0, 0.55)),
    ("crl_spine__C", "crl_hips__C", (0.0, 0.0, 0.06)),
    ("crl_spine01__C", "crl_spine__C", (0.0, 0.0, 0.07)),
    ("crl_shoulder__L", "crl_spine01__C", (0.0, -0.04, 0.10)),
    ("crl_arm__L", "crl_shoulder__L", (0.0, -0.06, 0.0)),
    ("crl_foreArm__L", "crl_arm__L", (0.0, -0.02, -0.15)),
    ("crl_hand__L", "crl_foreArm__L", (0.0, 0.0, -0.14)),
    ("crl_neck__C", "crl_spine01__C", (0.0, 0.0, 0.14)),
    ("crl_Head__C", "crl_neck__C", (0.0, 0.0, 0.06)),
    ("crl_eye__L", "crl_Head__C", (0.05, -0.02, 0.04)),
    ("crl_eye__R", "crl_Head__C", (0.05, 0.02, 0.04)),
    ("crl_shoulder__R", "crl_spine01__C", (0.0, 0.04, 0.10)),
    ("crl_arm__R", "crl_shoulder__R", (0.0, 0.06, 0.0)),
    ("crl_foreArm__R", "crl_arm__R", (0.0, 0.02, -0.15)),
    ("crl_hand__R", "crl_foreArm__R", (0.0, 0.0, -0.14)),
    ("crl_thigh__L", "crl_hips__C", (0.0, -0.05, -0.02)),
    ("crl_leg__L", "crl_thigh__L", (0.0, 0.0, -0.25)),
    ("crl_foot__L", "crl_leg__L", (0.0, 0.0, -0.23)),
    ("crl_toe__L", "crl_foot__L", (0.07, 0.0, -0.03)),
    ("crl_thigh__R", "crl_hips__C", (0.0, 0.05, -0.02)),
    ("crl_leg__R", "crl_thigh__R", (0.0, 0.0, -0.25)),
    ("crl_foot__R", "crl_leg__R", (0.0, 0.0, -0.23)),
    ("crl_toe__R", "crl_foot__R", (0.07, 0.0, -0.03)),
)
"""(name, parent's name, offset from the parent as a share of the height)."""

BONE_NAMES = frozenset(name for name, _, _ in BONES)


@dataclass(frozen=True)
class BoneOut:
    """One bone as the wire carries it: in the world, in the walker, and relative to its parent bone."""

    name: str
    world: Transform
    component: Transform
    relative: Transform


@dataclass(frozen=True)
class BonesOut:
    bones: tuple[BoneOut, ...]


@dataclass(frozen=True)
class BoneIn:
    name: str
    relative: Transform


@dataclass(frozen=True)
class BonesIn:
    bones: tuple[BoneIn, ...]


def bones_of(world_from_walker: Transform, half_height_m: float, posed: Mapping[str, Transform]) -> BonesOut:
    """Return the skeleton of a walker whose origin is the middle of its capsule; `posed` overrides relative transforms by name."""
    component: dict[str, Transform] = {"": Transform(Vector3D(0.0, 0.0, -half_height_m))}
    bones = []
    for name, parent, offset in BONES:
        local = posed.get(name) or Transform(Vector3D(*(share * 2 * half_height_m for share in offset)))
        component[name] = compose(component[parent], local)
        bones.append(BoneOut(name, compose(world_from_walker, component[name]), component[name], local))
    return BonesOut(tuple(bones))
