"""How pedestrians move. A walker's origin is the middle of its capsule. Left-handed frame, metres, degrees, seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.actors import Walker

GRAVITY = 9.81
TURN_DEGPS = 360.0
JUMP_MPS = 4.2
STEP_M = 0.35
"""Kerbs and stairs up to this height are walked, both ways; deeper drops are falls."""


NEAR_GROUND_M = 2.0
"""A led walker further from the ground than this is left where it was put."""


class Surface(Protocol):
    """The ground that walkers stand on, kerbs included."""

    def surface_height(self, x: float, y: float, z: float) -> float: ...


def move_walkers(walkers: Sequence[Walker], surface: Surface, dt_s: float, gravity: float = GRAVITY) -> None:
    """Move all walkers by one tick, in the given order: as their controls say, on the ground, turning the way they walk."""
    for walker in walkers:
        # The client's crowd switches the physics of its walkers off and still wants them on their feet.
        if walker.simulate_physics or walker.led:
            _walk(walker, surface, dt_s, gravity)


def place_walker(walker: Walker, transform: Transform, speed_mps: float, dt_s: float) -> None:
    """Put a walker where the client's crowd says (`ApplyWalkerState`), which it does before every tick of `dt_s`.

    The gait goes on by the distance, unless that is a jump.
    """
    before, after = walker.transform.location, transform.location
    moved = math.hypot(after.x - before.x, after.y - before.y)
    if moved <= max(1.0, 2.0 * speed_mps * dt_s):
        walker.walked_m += moved
    yaw = math.radians(transform.rotation.yaw)
    walker.transform, walker.led = transform, True
    walker.velocity = Vector3D(speed_mps * math.cos(yaw), speed_mps * math.sin(yaw), 0.0)


def _walk(walker: Walker, surface: Surface, dt_s: float, gravity: float) -> None:
    if walker.led:
        _stay_led(walker, surface)
        return
    pace = _pace(walker)
    here, before = walker.transform.location, walker.velocity
    x, y = here.x + pace.x * dt_s, here.y + pace.y * dt_s
    z, rising = _height(walker, surface, x, y, dt_s, gravity if walker.gravity else 0.0)
    after = Vector3D(pace.x, pace.y, rising)
    walker.transform = Transform(Vector3D(x, y, z), _facing(walker.transform.rotation, pace, dt_s))
    walker.velocity = after
    walker.acceleration = Vector3D((after.x - before.x) / dt_s, (after.y - before.y) / dt_s, (after.z - before.z) / dt_s)
    walker.walked_m += math.hypot(pace.x, pace.y) * dt_s


def _stay_led(walker: Walker, surface: Surface) -> None:
    """Keep place and velocity that the client's crowd gave, on the feet: the crowd's heights are those of its coarse mesh."""
    here = walker.transform.location
    standing = surface.surface_height(here.x, here.y, here.z) + _foot_to_origin(walker)
    if abs(standing - here.z) <= NEAR_GROUND_M:
        walker.transform = Transform(Vector3D(here.x, here.y, standing), walker.transform.rotation)
    walker.led, walker.acceleration = False, Vector3D()


def _pace(walker: Walker) -> Vector3D:
    """Return the walking velocity: the control's direction, made a unit vector, times its speed."""
    direction, speed = walker.control.direction, walker.control.speed
    length = math.hypot(direction.x, direction.y)
    if length < 1e-6 or speed == 0.0:
        return Vector3D()
    return Vector3D(direction.x / length * speed, direction.y / length * speed, 0.0)


def _height(walker: Walker, surface: Surface, x: float, y: float, dt_s: float, gravity: float) -> tuple[float, float]:
    """Return the next height of the origin and the vertical speed."""
    z, rising = walker.transform.location.z, walker.velocity.z
    standing = surface.surface_height(x, y, z) + _foot_to_origin(walker)
    if gravity <= 0.0:
        return z, 0.0
    on_feet = rising == 0.0 and abs(z - standing) <= STEP_M
    if on_feet and walker.control.jump:
        rising = JUMP_MPS
    elif on_feet:
        return standing, 0.0
    rising -= gravity * dt_s
    z += rising * dt_s
    return (z, rising) if z > standing else (standing, 0.0)


def _foot_to_origin(walker: Walker) -> float:
    box = walker.bounding_box
    return box.extent.z - box.location.z


def _facing(rotation: Rotation, pace: Vector3D, dt_s: float) -> Rotation:
    """Return the heading on its way to the walking direction, at most 360 deg/s; standing walkers keep theirs."""
    if pace.x == 0.0 and pace.y == 0.0:
        return Rotation(0.0, rotation.yaw, 0.0)
    wanted = math.degrees(math.atan2(pace.y, pace.x))
    turn = (wanted - rotation.yaw + 180.0) % 360.0 - 180.0
    limit = TURN_DEGPS * dt_s
    yaw = rotation.yaw + max(-limit, min(limit, turn))
    return Rotation(0.0, (yaw + 180.0) % 360.0 - 180.0, 0.0)
