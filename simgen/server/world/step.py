"""One tick of the world."""

from __future__ import annotations

import math

from simgen.server.scene import Collision
from simgen.server.values import Transform
from simgen.server.world.actors import Actor, Vehicle, Walker
from simgen.server.world.attachment import carry_children
from simgen.server.world.contacts import resolve_contacts
from simgen.server.world.restraint import restrained
from simgen.server.world.traffic_lights import advance_lights, look_ahead
from simgen.server.world.triggers import apply_friction_triggers
from simgen.server.world.vehicles import move_vehicles
from simgen.server.world.walkers import move_walkers
from simgen.server.world.world import World

NEIGHBOURHOOD_M = 50.0
"""Nothing goes farther in a tick, and no prop is larger."""
PROP = "static.prop."


def step(world: World, dt_s: float) -> tuple[Collision, ...]:
    """Let `dt_s` seconds pass and return what collided."""
    world.frame += 1
    world.elapsed_s += dt_s
    world.delta_s = dt_s
    vehicles, walkers = list(world.of_kind(Vehicle)), list(world.of_kind(Walker))

    apply_friction_triggers(world)
    for vehicle in vehicles:
        with restrained(vehicle):
            move_vehicles((vehicle,), world.roads, dt_s)
    for walker in walkers:
        with restrained(walker):
            move_walkers((walker,), world.roads, dt_s)
    collisions = resolve_contacts(touchable(world, vehicles, walkers), world.obstacles, dt_s)
    advance_lights(world.light_groups, dt_s)
    look_ahead(vehicles, world.stop_points, world.lights, world.roads.network)
    carry_children(world.actors)
    return collisions


def touchable(world: World, vehicles: list[Vehicle], walkers: list[Walker]) -> list[Actor]:
    """Return, in order of ids, what can touch in this tick: all that moves, and the props in its neighbourhood."""
    near = {
        (column + i, row + j)
        for column, row in {_cell(actor.transform) for actor in (*vehicles, *walkers)}
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    }
    return [
        actor
        for actor in world.actors.values()
        if isinstance(actor, (Vehicle, Walker)) or (actor.type_id.startswith(PROP) and _cell(actor.transform) in near)
    ]


def _cell(transform: Transform) -> tuple[int, int]:
    return math.floor(transform.location.x / NEIGHBOURHOOD_M), math.floor(transform.location.y / NEIGHBOURHOOD_M)
