"""Friction triggers: a box in the world whose friction the wheels of vehicles inside take on."""

from __future__ import annotations

from dataclasses import replace

from simgen.geometry.pose import inverse, left_from_carla
from simgen.server.values import Vector3D
from simgen.server.world.actor_factory import number
from simgen.server.world.actors import Actor, Vehicle
from simgen.server.world.world import World

TRIGGER_ID = "static.trigger.friction"


def apply_friction_triggers(world: World) -> None:
    """Give vehicles inside a trigger its friction and the others their own back. The trigger with the lowest id counts."""
    triggers = [actor for actor in world.actors.values() if actor.type_id == TRIGGER_ID]
    if not triggers and not world.own_friction:
        return
    for vehicle in world.of_kind(Vehicle):
        trigger = next((t for t in triggers if contains(t, vehicle.transform.location)), None)
        if trigger is not None:
            _enter(world, vehicle, min(max(number(trigger, "friction", 3.5), 0.0), 1e3))
        elif vehicle.id in world.own_friction:
            _leave(world, vehicle)


def contains(trigger: Actor, place: Vector3D) -> bool:
    """Tell whether a point of the world is inside a trigger."""
    world_from_trigger = left_from_carla(trigger.transform.location.as_tuple(), trigger.transform.rotation.as_tuple())
    inside = inverse(world_from_trigger) @ (*place.as_tuple(), 1.0)
    return all(abs(value) <= half for value, half in zip(inside, trigger.bounding_box.extent.as_tuple(), strict=False))


def _enter(world: World, vehicle: Vehicle, friction: float) -> None:
    wheels = vehicle.physics.wheels
    world.own_friction.setdefault(vehicle.id, tuple(wheel.tire_friction for wheel in wheels))
    if any(wheel.tire_friction != friction for wheel in wheels):
        vehicle.physics = replace(vehicle.physics, wheels=tuple(replace(wheel, tire_friction=friction) for wheel in wheels))


def _leave(world: World, vehicle: Vehicle) -> None:
    own = world.own_friction.pop(vehicle.id)
    wheels = tuple(replace(wheel, tire_friction=friction) for wheel, friction in zip(vehicle.physics.wheels, own, strict=False))
    vehicle.physics = replace(vehicle.physics, wheels=wheels)
