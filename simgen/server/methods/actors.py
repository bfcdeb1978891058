"""Actors of every kind: listing, spawning, destroying, moving and pushing them."""

from __future__ import annotations

from simgen.server.simulation import Simulation
from simgen.server.values import ActorDefinition, ActorDescription, ActorInfo, BoundingBox, Transform, Vector3D
from simgen.server.world import orders
from simgen.server.world.actors import Vehicle
from simgen.server.world.attachment import relative
from simgen.server.world.blueprints import LIBRARY
from simgen.server.world.refusals import Refused

DEFINITIONS: tuple[ActorDefinition, ...] = tuple(blueprint.definition() for blueprint in LIBRARY.values())


def get_actor_definitions(simulation: Simulation) -> tuple[ActorDefinition, ...]:
    return DEFINITIONS


def get_spectator(simulation: Simulation) -> ActorInfo:
    return simulation.info(simulation.world.actor(simulation.world.spectator_id))


def get_actors_by_id(simulation: Simulation, actor_ids: tuple[int, ...]) -> tuple[ActorInfo, ...]:
    actors = simulation.world.actors
    return tuple(simulation.info(actors[actor_id]) for actor_id in actor_ids if actor_id in actors)


def spawn_actor(simulation: Simulation, description: ActorDescription, transform: Transform) -> ActorInfo:
    return simulation.info(simulation.spawn(description, transform))


def spawn_actor_with_parent(
    simulation: Simulation, description: ActorDescription, transform: Transform, parent_id: int, attachment: int, socket: str
) -> ActorInfo:
    """Spring arms are mounted rigidly: nothing here shakes."""
    return simulation.info(simulation.spawn(description, transform, parent_id))


def destroy_actor(simulation: Simulation, actor_id: int) -> bool:
    simulation.destroy(actor_id)
    return True


def set_actor_transform(simulation: Simulation, actor_id: int, transform: Transform) -> None:
    orders.set_transform(simulation.world, simulation.world.actor(actor_id), transform)


def set_actor_location(simulation: Simulation, actor_id: int, location: Vector3D) -> None:
    orders.set_location(simulation.world, simulation.world.actor(actor_id), location)


def set_actor_target_velocity(simulation: Simulation, actor_id: int, velocity: Vector3D) -> None:
    orders.set_velocity(simulation.world.actor(actor_id), velocity)


def set_actor_target_angular_velocity(simulation: Simulation, actor_id: int, velocity: Vector3D) -> None:
    orders.set_angular_velocity(simulation.world.actor(actor_id), velocity)


def enable_actor_constant_velocity(simulation: Simulation, actor_id: int, velocity: Vector3D) -> None:
    orders.hold_velocity(simulation.world.actor_of(actor_id, Vehicle), velocity)


def disable_actor_constant_velocity(simulation: Simulation, actor_id: int) -> None:
    orders.hold_velocity(simulation.world.actor_of(actor_id, Vehicle), None)


def add_actor_impulse(simulation: Simulation, actor_id: int, impulse: Vector3D) -> None:
    orders.add_impulse(simulation.world.actor(actor_id), impulse)


def add_actor_impulse_at_location(simulation: Simulation, actor_id: int, impulse: Vector3D, place: Vector3D) -> None:
    orders.add_impulse_at(simulation.world.actor(actor_id), impulse, place)


def add_actor_force(simulation: Simulation, actor_id: int, force: Vector3D) -> None:
    orders.add_force(simulation.world.actor(actor_id), force, simulation.world.step_s())


def add_actor_force_at_location(simulation: Simulation, actor_id: int, force: Vector3D, place: Vector3D) -> None:
    orders.add_force_at(simulation.world.actor(actor_id), force, place, simulation.world.step_s())


def add_actor_angular_impulse(simulation: Simulation, actor_id: int, impulse: Vector3D) -> None:
    orders.add_angular_impulse(simulation.world.actor(actor_id), impulse)


def add_actor_torque(simulation: Simulation, actor_id: int, torque: Vector3D) -> None:
    orders.add_torque(simulation.world.actor(actor_id), torque, simulation.world.step_s())


def set_actor_simulate_physics(simulation: Simulation, actor_id: int, enabled: bool) -> None:
    simulation.world.actor(actor_id).simulate_physics = enabled


def set_actor_collisions(simulation: Simulation, actor_id: int, enabled: bool) -> None:
    simulation.world.actor(actor_id).collides = enabled


def set_actor_enable_gravity(simulation: Simulation, actor_id: int, enabled: bool) -> None:
    simulation.world.actor(actor_id).gravity = enabled


def set_actor_autopilot(simulation: Simulation, actor_id: int, enabled: bool) -> None:
    """Only noted: the Traffic Manager that drives lives in the client."""
    simulation.world.actor_of(actor_id, Vehicle).autopilot = enabled


def show_vehicle_debug_telemetry(simulation: Simulation, actor_id: int, enabled: bool) -> None:
    """Accepted: there is no window to show it in."""
    simulation.world.actor_of(actor_id, Vehicle)


def set_actor_dead(simulation: Simulation, actor_id: int) -> None:
    """The actor stops where it is and takes no more orders from physics."""
    actor = simulation.world.actor(actor_id)
    actor.simulate_physics = False
    actor.velocity = Vector3D()


def get_actor_bounding_box(simulation: Simulation, actor_id: int) -> BoundingBox:
    return simulation.world.actor(actor_id).bounding_box


# ---- components: every actor is one piece, called as its root would be


ROOT = "RootComponent"


def get_actor_component_names(simulation: Simulation, actor_id: int) -> tuple[str, ...]:
    simulation.world.actor(actor_id)
    return (ROOT,)


def get_actor_component_world_transform(simulation: Simulation, actor_id: int, name: str) -> Transform:
    _expect_root(name)
    return simulation.world.actor(actor_id).transform


def get_actor_component_relative_transform(simulation: Simulation, actor_id: int, name: str) -> Transform:
    _expect_root(name)
    actor = simulation.world.actor(actor_id)
    parent = simulation.world.actors.get(actor.parent_id)
    return actor.transform if parent is None else relative(parent.transform, actor.transform)


def _expect_root(name: str) -> None:
    if name != ROOT:
        raise Refused(f"component must be {ROOT!r}, got {name!r}")


def no_names(simulation: Simulation, actor_id: int) -> tuple[str, ...]:
    """Bones and sockets of rigid shapes: none."""
    simulation.world.actor(actor_id)
    return ()


def no_transforms(simulation: Simulation, actor_id: int) -> tuple[Transform, ...]:
    simulation.world.actor(actor_id)
    return ()
