"""Actors that ride on others: a child's pose follows its parent's. Left-handed, metres, degrees."""

from __future__ import annotations

import math
from collections.abc import Mapping

from simgen.geometry.pose import carla_from_left, inverse, left_from_carla
from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.actors import Actor


def compose(world_from_parent: Transform, parent_from_child: Transform) -> Transform:
    """Return world_from_child."""
    matrix = _matrix(world_from_parent) @ _matrix(parent_from_child)
    location, rotation = carla_from_left(matrix)
    return Transform(Vector3D(*location), Rotation(*rotation))


def relative(world_from_parent: Transform, world_from_child: Transform) -> Transform:
    """Return parent_from_child: the inverse of `compose`."""
    location, rotation = carla_from_left(inverse(_matrix(world_from_parent)) @ _matrix(world_from_child))
    return Transform(Vector3D(*location), Rotation(*rotation))


def carry_children(actors: Mapping[int, Actor]) -> None:
    """Move every attached actor with its parent. A parent has a lower id than its children, so one pass in order of ids does."""
    for actor in actors.values():
        parent = actors.get(actor.parent_id) if actor.parent_id else None
        if parent is not None and actor.parent_from_actor is not None:
            carry(parent, actor)


def carry(parent: Actor, child: Actor) -> None:
    """Give `child` its place on `parent`, and the velocity of that point of a rigid body."""
    assert child.parent_from_actor is not None
    child.transform = compose(parent.transform, child.parent_from_actor)
    arm = _difference(child.transform.location, parent.transform.location)
    child.velocity = _sum(parent.velocity, _turning(parent.angular_velocity, arm))
    child.angular_velocity = parent.angular_velocity
    child.acceleration = parent.acceleration


def _matrix(transform: Transform):  # type: ignore[no-untyped-def]  # (4, 4) float64
    return left_from_carla(transform.location.as_tuple(), transform.rotation.as_tuple())


def _turning(angular_deg: Vector3D, arm: Vector3D) -> Vector3D:
    """Return omega x arm. In left-handed axes the component formula is the same as in right-handed ones."""
    wx, wy, wz = (math.radians(value) for value in angular_deg.as_tuple())
    return Vector3D(wy * arm.z - wz * arm.y, wz * arm.x - wx * arm.z, wx * arm.y - wy * arm.x)


def _difference(a: Vector3D, b: Vector3D) -> Vector3D:
    return Vector3D(a.x - b.x, a.y - b.y, a.z - b.z)


def _sum(a: Vector3D, b: Vector3D) -> Vector3D:
    return Vector3D(a.x + b.x, a.y + b.y, a.z + b.z)
