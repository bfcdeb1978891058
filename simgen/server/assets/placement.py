"""Which shapes stand where at one tick."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from simgen.geometry.pose import left_from_carla
from simgen.server.assets.people import PHASES, RUN_MPS, STAND_MPS, stride_m
from simgen.server.assets.props import has_shape
from simgen.server.assets.street_signs import sign_shape
from simgen.server.assets.two_wheelers import TWO_WHEELERS, two_wheeler_shapes
from simgen.server.assets.vehicle_parts import DOORS, door_pose, has_doors, wheel_poses
from simgen.server.scene import Placed
from simgen.server.values import LightColor
from simgen.server.world.actors import Actor, TrafficLight, TrafficSign, Vehicle, Walker

WHITE = (255, 255, 255)

LIGHT_SHAPES: dict[LightColor, str] = {
    LightColor.RED: "red",
    LightColor.YELLOW: "yellow",
    LightColor.GREEN: "green",
}


def place(actors: Iterable[Actor], elapsed_s: float) -> tuple[Placed, ...]:
    """Return the shapes of all actors that can be seen; sensors, controllers, triggers and the spectator have none.

    `elapsed_s` is the simulation time, for shapes that move by themselves (none does yet).
    """
    return tuple(shape for actor in actors for shape in _placed(actor))


def _placed(actor: Actor) -> Iterator[Placed]:
    for kind, naming in _NAMING:
        if isinstance(actor, kind):
            yield from naming(actor)
            return
    if has_shape(actor.type_id):
        yield _standing(actor, actor.type_id)


def _standing(actor: Actor, shape: str, color: tuple[int, int, int] = WHITE, light_flags: int = 0) -> Placed:
    pose = left_from_carla(actor.transform.location.as_tuple(), actor.transform.rotation.as_tuple())
    return Placed(actor.id, shape, pose, color, light_flags)


def _vehicle(actor: Actor) -> Iterator[Placed]:
    assert isinstance(actor, Vehicle)
    name, color = actor.type_id, parse_color(actor.attribute("color"))
    if name in TWO_WHEELERS:
        yield from two_wheeler_shapes(_standing(actor, name, color, actor.light_flags), actor.motion.travelled_m, actor.motion.steer_rad)
        return
    doors = sorted(actor.open_doors & has_doors(name))
    body = _standing(actor, f"{name}/open_{''.join(map(str, doors))}" if doors else f"{name}/body", color, actor.light_flags)
    yield body
    parts, poses = wheel_poses(name, actor.motion.travelled_m, actor.motion.steer_rad)
    for part, pose in zip(parts, body.world_from_shape @ poses, strict=True):
        yield replace(body, shape=f"{name}/{part}", world_from_shape=pose)
    for door in doors:
        yield replace(body, shape=f"{name}/{DOORS[door]}", world_from_shape=body.world_from_shape @ door_pose(name, door))


def _walker(actor: Actor) -> Iterator[Placed]:
    assert isinstance(actor, Walker)
    yield _standing(actor, f"{actor.type_id}/{gait(actor)}")


def _light(actor: Actor) -> Iterator[Placed]:
    assert isinstance(actor, TrafficLight)
    yield _standing(actor, f"{actor.type_id}/{LIGHT_SHAPES.get(actor.state, 'off')}")


def _sign(actor: Actor) -> Iterator[Placed]:
    yield _standing(actor, sign_shape(actor.type_id))


_NAMING: tuple[tuple[type, Callable[[Actor], Iterator[Placed]]], ...] = (
    (Vehicle, _vehicle),
    (Walker, _walker),
    (TrafficLight, _light),
    (TrafficSign, _sign),
)


def gait(walker: Walker) -> str:
    """Return the name of the walker's posture: "stand", or "walk07" / "run03" from the distance walked over the stride."""
    speed = math.hypot(walker.velocity.x, walker.velocity.y)
    if speed < STAND_MPS:
        return "stand"
    name = "run" if speed > RUN_MPS else "walk"
    phase = walker.walked_m / stride_m(walker.type_id, name)
    return f"{name}{int(phase * PHASES) % PHASES:02d}"


def parse_color(text: str) -> tuple[int, int, int]:
    """Return the (r, g, b) of a CARLA colour attribute such as "255,0,0"; white for anything else."""
    parts = text.split(",")
    if len(parts) != 3 or not all(p.strip().isdigit() for p in parts):
        return WHITE
    r, g, b = (min(int(p), 255) for p in parts)
    return r, g, b
