"""Bicycles, motorcycles and scooters with their riders: shapes by name, and the parts an actor shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.solids import placed
from simgen.server.assets.two_wheeler_bodies import add_bicycle, add_cranks, add_fork, add_wheel
from simgen.server.assets.two_wheeler_kit import Kit
from simgen.server.assets.two_wheeler_motors import add_motor
from simgen.server.assets.two_wheeler_riders import rider_mesh
from simgen.server.assets.two_wheeler_table import CYCLES, PEDAL_M, PEDAL_PHASES, frame_of
from simgen.server.assets.walker_limbs import about
from simgen.server.assets.walker_skeleton import about_y
from simgen.server.meshes import EMPTY, copies, merged
from simgen.server.scene import Mesh, Placed
from simgen.server.world.blueprints import LIBRARY

TWO_WHEELERS = frozenset(CYCLES)
STEER_MOST = 0.6

Matrix = NDArray[np.float64]


def two_wheeler_mesh(type_id: str, part: str = "", far: bool = False) -> Mesh:
    """Return a two-wheeler or a part of it, in its actor's frame. Raises KeyError for an unknown name.

    "" is machine and rider, "parked" the machine alone. "body" has no wheels, no fork and no cranks; "rider00" to "rider11" is the
    rider, with the cranks, by the phase of the pedals (motorcycles have "rider00" alone). "fork" is what steers with the front
    wheel; "wheel_front" and "wheel_rear" have their axis along y through the origin. Fork and wheels are empty from afar, for
    there the body has them.
    """
    if part in ("", "parked"):
        return merged([_machine(type_id, far, True), _rider(type_id, 0, far, not part)])
    if part == "body":
        return _machine(type_id, far, far)
    if part in ("wheel_front", "wheel_rear", "fork"):
        frame_of(type_id)
        return EMPTY if far else _part(type_id, part, False)
    phase = part.removeprefix("rider")
    if part[:5] != "rider" or len(phase) != 2 or not phase.isdigit() or int(phase) >= phases(type_id):
        raise KeyError(f"{type_id}/{part}")
    return _rider(type_id, int(phase), far, True)


def phases(type_id: str) -> int:
    """Return how many postures the rider has."""
    return PEDAL_PHASES if CYCLES[type_id].crank else 1


def two_wheeler_shapes(whole: Placed, travelled_m: float, steer_rad: float) -> Iterator[Placed]:
    """Yield the parts of a two-wheeler that rolled so far and steers so much to the right; `whole` says whose and where."""
    name = whole.shape
    phase = int(travelled_m / PEDAL_M * PEDAL_PHASES) % phases(name)
    yield replace(whole, shape=f"{name}/body")
    yield replace(whole, shape=f"{name}/rider{phase:02d}")
    for part, pose in part_poses(name, travelled_m, steer_rad):
        yield replace(whole, shape=f"{name}/{part}", world_from_shape=whole.world_from_shape @ pose)


def part_poses(type_id: str, travelled_m: float, steer_rad: float) -> Iterator[tuple[str, Matrix]]:
    """Yield fork and wheels with actor_from_part (4, 4): wheels turned by distance over radius, fork and front wheel steered."""
    frame = frame_of(type_id)
    steer, spin = np.eye(4), np.eye(4)
    rake, angle = frame.cycle.rake, float(np.clip(steer_rad, -STEER_MOST, STEER_MOST))
    steer[:3, :3] = about(np.array([-math.sin(rake), 0.0, math.cos(rake)]), angle)
    # The axis meets the road a little ahead of the tyre's contact: the trail.
    foot = placed(frame.front + frame.axle_z * math.tan(rake) * 0.75, 0.0, frame.low)
    steer = foot @ steer @ np.linalg.inv(foot)
    spin[:3, :3] = about_y(math.remainder(travelled_m / frame.cycle.radius, 2 * math.pi))
    yield "fork", steer
    yield "wheel_front", steer @ placed(frame.front, 0.0, frame.axle_z) @ spin
    yield "wheel_rear", placed(frame.rear, 0.0, frame.axle_z) @ spin


def _machine(type_id: str, far: bool, wheels: bool) -> Mesh:
    parts = [_body(type_id, not far)]
    if wheels:
        for part, pose in part_poses(type_id, 0.0, 0.0):
            parts.append(copies(_part(type_id, part, far), pose[None]))
    return merged(parts)


def _rider(type_id: str, phase: int, far: bool, present: bool) -> Mesh:
    """Return cranks, and a rider if one is present."""
    kit = _kit(type_id, not far)
    if CYCLES[type_id].crank:
        add_cranks(kit, phase)
    return merged([kit.builder.mesh(), *([rider_mesh(type_id, phase, far)] if present else [])])


@lru_cache(maxsize=16)
def _body(type_id: str, fine: bool) -> Mesh:
    kit = _kit(type_id, fine)
    if CYCLES[type_id].crank:
        add_bicycle(kit)
    else:
        add_motor(kit)
    return kit.builder.mesh()


@lru_cache(maxsize=32)
def _part(type_id: str, part: str, far: bool) -> Mesh:
    kit = _kit(type_id, not far)
    if part == "fork":
        add_fork(kit)
    else:
        add_wheel(kit, part == "wheel_front")
    return kit.builder.mesh()


def _kit(type_id: str, fine: bool) -> Kit:
    return Kit(MeshBuilder(), frame_of(type_id), Tag(LIBRARY[type_id].semantic_tags[0]), fine)
