"""One tick of the world."""

from __future__ import annotations

from simgen.server.scene import Collision
from simgen.server.world.actors import Vehicle, Walker
from simgen.server.world.attachment import carry_children
from simgen.server.world.contacts import resolve_contacts
from simgen.server.world.restraint import restrained
from simgen.server.world.traffic_lights import advance_lights, look_ahead
from simgen.server.world.triggers import apply_friction_triggers
from simgen.server.world.vehicles import move_vehicles
from simgen.server.world.walkers import move_walkers
from simgen.server.world.world import World


def step(world: World, dt_s: float) -> tuple[Collision, ...]:
    """Let `dt_s` seconds pass and return what collided."""
    world.frame += 1
    world.elapsed_s += dt_s
    world.delta_s = dt_s
    vehicles, walkers = list(world.of_kind(Vehicle)), list(world.of_kind(Walker))

    apply_friction_triggers(world)
    with restrained([*vehicles, *walkers]):
        move_vehicles(vehicles, world.roads, dt_s)
        move_walkers(walkers, world.roads, dt_s)
    collisions = resolve_contacts(list(world.actors.values()), world.obstacles, dt_s)
    advance_lights(world.light_groups, dt_s)
    look_ahead(vehicles, world.stop_points, world.lights, world.roads.network)
    carry_children(world.actors)
    return collisions
