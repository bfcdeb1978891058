"""The moving parts of vehicles by name, and where they are: wheels that roll and steer, doors that open."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.solids import placed
from simgen.server.assets.vehicle_designs import DESIGNS
from simgen.server.assets.vehicle_interior import door_lining, interior
from simgen.server.assets.vehicle_kit import Kit, in_box, turned, visible_box
from simgen.server.assets.vehicle_looks import half
from simgen.server.assets.vehicle_skin import kept
from simgen.server.assets.wheels import wheel_mesh
from simgen.server.meshes import EMPTY, copies, merged
from simgen.server.scene import Mesh
from simgen.server.world.blueprints import LIBRARY

Matrix = NDArray[np.float64]

DOORS = ("door_fl", "door_fr", "door_rl", "door_rr")
"""Parts by CARLA's number of the door."""
OPEN_RAD = math.radians(62.0)


def part_mesh(type_id: str, part: str, far: bool) -> Mesh:
    """Return a part of a four-wheeled vehicle, or all of it for the empty name. Raises KeyError for an unknown one.

    "" is the vehicle as it is parked: wheels straight, nobody inside. "body" has no wheels and a driver, "open_02" moreover
    lacks doors 0 and 2. "wheel_front" and "wheel_rear" ("wheel_2", "wheel_3" further back) have their outer face along +y and their
    axis through the origin; doors are in the frame of the vehicle. Wheels and doors are empty from afar, for there the body has them.
    """
    if part == "":
        return _complete(type_id, not far)
    if part in DOORS:
        return EMPTY if far else _door(type_id, DOORS.index(part))
    if part in wheel_parts(type_id):
        return EMPTY if far else _wheel_mesh(type_id, wheel_parts(type_id).index(part), True)
    missing = _missing(type_id, part)
    return _complete(type_id, False) if far else _body(type_id, missing)


def _missing(type_id: str, part: str) -> frozenset[int]:
    """Return the doors that a body's name says are missing. Raises KeyError for what is no name of a body."""
    missing = frozenset(int(d) for d in part.removeprefix("open_") if d in "0123")
    named = part == "body" or (missing and part == "open_" + "".join(map(str, sorted(missing))))
    if not named or not missing <= has_doors(type_id):
        raise KeyError(f"{type_id}/{part}")
    return missing


@lru_cache(maxsize=4)
def _kit(type_id: str, fine: bool) -> Kit:
    blueprint = LIBRARY[type_id]
    return in_box(DESIGNS[type_id].kit(blueprint, fine), blueprint)


def _complete(type_id: str, fine: bool) -> Mesh:
    return merged([_shell(type_id, fine, frozenset(), False), *_all_wheels(type_id, fine)])


def _body(type_id: str, missing: frozenset[int]) -> Mesh:
    shell = _shell(type_id, True, missing, True)
    return merged([shell, interior(_kit(type_id, True), LIBRARY[type_id], missing)]) if missing else shell


def _shell(type_id: str, fine: bool, missing: frozenset[int], driven: bool) -> Mesh:
    kit = _kit(type_id, fine)
    palette = replace(kit.palette, driven=driven)
    parts = []
    for left in (False, True):
        gone = np.isin(2 * kit.skin.doors + (not left), sorted(missing)) & (kit.skin.doors >= 0)
        parts.append(half(kept(kit.skin, ~gone), palette, left))
    return merged([_aside(merged(parts), type_id), *(m for k, m in kit.added.items() if k not in missing)])


def _aside(mesh: Mesh, type_id: str) -> Mesh:
    """Move what is symmetric about y = 0 to the middle of the vehicle's box."""
    return replace(mesh, positions=mesh.positions + np.array([0.0, LIBRARY[type_id].centre[1], 0.0], np.float32))


def _door(type_id: str, number: int) -> Mesh:
    kit = _kit(type_id, True)
    mine = kit.skin.doors == number // 2
    if not mine.any():
        raise KeyError(f"{type_id}/{DOORS[number]}")
    skin, left = kept(kit.skin, mine), number % 2 == 0
    return merged([_aside(merged([half(skin, kit.palette, left), half(door_lining(skin), kit.palette, left)]), type_id), kit.added[number]])


@lru_cache(maxsize=64)
def has_doors(type_id: str) -> frozenset[int]:
    """Return the numbers of the doors that can open."""
    blueprint = LIBRARY[type_id]
    if not any(a.id == "has_dynamic_doors" and a.value == "true" for a in blueprint.attributes):
        return frozenset()
    return frozenset(range(2 * len(DESIGNS[type_id].form.doors)))


def wheel_parts(type_id: str) -> tuple[str, ...]:
    """Return the names of the wheels' parts, front to rear."""
    count = len(DESIGNS[type_id].axles(LIBRARY[type_id]))
    return ("wheel_front", "wheel_rear", *(f"wheel_{k}" for k in range(2, count)))[:count]


def _wheel_mesh(type_id: str, number: int, fine: bool) -> Mesh:
    blueprint = LIBRARY[type_id]
    axle = DESIGNS[type_id].axles(blueprint)[number]
    return wheel_mesh(axle.radius, axle.width, axle.rim, Tag(blueprint.semantic_tags[0]), fine)


def _all_wheels(type_id: str, fine: bool) -> Iterable[Mesh]:
    names, poses = wheel_poses(type_id, 0.0, 0.0)
    for number, part in enumerate(wheel_parts(type_id)):
        yield copies(_wheel_mesh(type_id, number, fine), poses[np.array(names) == part])


@dataclass(frozen=True)
class _Wheels:
    """Where W wheels of a vehicle are."""

    names: tuple[str, ...]
    places: NDArray[np.float64]
    """(W, 3) metres."""
    radii: NDArray[np.float64]
    steered: NDArray[np.float64]
    """(W,) 1 for those in front, else 0."""
    sides: NDArray[np.float64]
    """(W,) 1 on the right, -1 on the left."""


@lru_cache(maxsize=64)
def _wheels(type_id: str) -> _Wheels:
    blueprint = LIBRARY[type_id]
    x, y, _ = blueprint.centre
    ground = visible_box(blueprint)[0][2]
    rows = [(k, axle, side) for k, axle in enumerate(DESIGNS[type_id].axles(blueprint)) for side in (1.0, -1.0)]
    return _Wheels(
        tuple(wheel_parts(type_id)[k] for k, _, _ in rows),
        np.array([(x + a.x, y + side * (a.outer - a.width / 2), ground + a.radius) for _, a, side in rows]),
        np.array([a.radius for _, a, _ in rows]),
        np.array([float(k == 0) for k, _, _ in rows]),
        np.array([side for _, _, side in rows]),
    )


def wheel_poses(type_id: str, travelled_m: float, steer_rad: float) -> tuple[tuple[str, ...], Matrix]:
    """Return the parts of all W wheels and vehicle_from_part (W, 4, 4): rolled by distance over radius, steered to the right in front.

    A wheel's outer face looks along its +y; it is turned about z for the left side.
    """
    wheels = _wheels(type_id)
    roll, yaw = travelled_m / wheels.radii, steer_rad * wheels.steered
    c, s, cy, sy = np.cos(roll), np.sin(roll), np.cos(yaw), np.sin(yaw)
    poses = np.zeros((len(roll), 4, 4))
    # Rz(yaw) Ry(roll) Rz(0 or pi): a positive roll takes the top of the wheel forwards.
    poses[:, 0, :3] = np.stack([cy * c * wheels.sides, -sy * wheels.sides, cy * s], axis=1)
    poses[:, 1, :3] = np.stack([sy * c * wheels.sides, cy * wheels.sides, sy * s], axis=1)
    poses[:, 2, 0], poses[:, 2, 2] = -s * wheels.sides, c
    poses[:, :3, 3], poses[:, 3, 3] = wheels.places, 1.0
    return wheels.names, poses


@lru_cache(maxsize=256)
def door_pose(type_id: str, number: int) -> Matrix:
    """Return vehicle_from_part (4, 4) of an open door: turned outwards about its hinge, the upright line at its front edge."""
    blueprint = LIBRARY[type_id]
    x, y = DESIGNS[type_id].doors(blueprint)[number // 2]
    side = 1 if number % 2 else -1
    hinge = placed(blueprint.centre[0] + x, blueprint.centre[1] + side * y)
    back = placed(-blueprint.centre[0] - x, -blueprint.centre[1] - side * y)
    return np.asarray(hinge @ turned(-side * OPEN_RAD) @ back)
