"""What the world shows of itself at one tick: the snapshot for clients, and the moment for sensors."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from simgen.server.assets.placement import place
from simgen.server.scene import ActorMotion, Collision, Moment, Placed
from simgen.server.values import ActorState
from simgen.server.wire.snapshot import NO_TAIL, ActorRecord, light_tail, sign_tail, snapshot_message, vehicle_tail, walker_tail
from simgen.server.world.actors import Actor, TrafficLight, TrafficSign, Vehicle, Walker
from simgen.server.world.world import World, object_name


def snapshot_of(world: World) -> bytes:
    """Return the snapshot message: every actor must be in it, or clients take it for destroyed."""
    return snapshot_message(
        world.frame,
        world.elapsed_s,
        world.delta_s,
        world.episode_id,
        time.time(),
        [_record(actor) for actor in world.actors.values()],
        world.map_changed,
    )


def moment_of(world: World, collisions: tuple[Collision, ...], shapes: bool) -> Moment:
    """Return what sensors see. Placing shapes costs, so only moments that are looked at have them."""
    return Moment(
        tick=world.frame,
        elapsed_s=world.elapsed_s,
        dt_s=world.delta_s,
        weather=world.weather,
        gravity=world.gravity,
        geo_origin=world.roads.geo_origin,
        placed=_dressed(place(world.actors.values(), world.elapsed_s), world) if shapes else (),
        motions={actor.id: _motion(actor) for actor in world.actors.values()},
        collisions=collisions,
        appearance=world.appearance,
    )


def _dressed(placed: tuple[Placed, ...], world: World) -> tuple[Placed, ...]:
    """Return the shapes with the names of actors that wear textures."""
    textures = world.appearance.textures
    if not textures:
        return placed
    names = {actor.id: name for actor in world.actors.values() if (name := object_name(actor)) in textures}
    return tuple(replace(p, name=names[p.actor_id]) if p.actor_id in names else p for p in placed)


def _motion(actor: Actor) -> ActorMotion:
    return ActorMotion(
        actor.id,
        actor.parent_id,
        actor.type_id,
        actor.transform.location.as_tuple(),
        actor.transform.rotation.as_tuple(),
        actor.velocity.as_tuple(),
        actor.angular_velocity.as_tuple(),
    )


def _record(actor: Actor) -> ActorRecord:
    return ActorRecord(
        actor.id, ActorState.ACTIVE, actor.transform, actor.velocity, actor.angular_velocity, actor.acceleration, _tail(actor)
    )


def _tail(actor: Actor) -> bytes:
    make = TAILS.get(type(actor))
    return NO_TAIL if make is None else make(actor)


def _vehicle(actor: Actor) -> bytes:
    assert isinstance(actor, Vehicle)
    ahead = actor.light_ahead
    return vehicle_tail(actor.control, actor.speed_limit_kmh, ahead.state, ahead.at_light, ahead.light_id, actor.failure_state)


def _walker(actor: Actor) -> bytes:
    assert isinstance(actor, Walker)
    return walker_tail(actor.control)


def _light(actor: Actor) -> bytes:
    assert isinstance(actor, TrafficLight)
    times = actor.green_s, actor.yellow_s, actor.red_s
    return light_tail(actor.signal_id, *times, actor.elapsed_s, actor.pole_index, actor.frozen, actor.state)


def _sign(actor: Actor) -> bytes:
    assert isinstance(actor, TrafficSign)
    return sign_tail(actor.signal_id)


TAILS: dict[type[Actor], Callable[[Actor], bytes]] = {
    Vehicle: _vehicle,
    Walker: _walker,
    TrafficLight: _light,
    TrafficSign: _sign,
}
