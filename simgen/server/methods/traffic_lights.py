"""Traffic lights: states, times, groups."""

from __future__ import annotations

from simgen.geometry.pose import left_from_carla, transform
from simgen.server.assets.street_signs import ARM_HEIGHT_M, ARM_M, HEAD_HEIGHT_M
from simgen.server.simulation import Simulation
from simgen.server.values import BoundingBox, Vector3D
from simgen.server.world import orders
from simgen.server.world.actors import TrafficLight
from simgen.server.world.refusals import bounded_number
from simgen.server.world.traffic_lights import freeze_lights, group_of, phase_of, reset_lights

HEADS_M = ((-ARM_M, 0.12, ARM_HEIGHT_M + 0.1), (0.0, 0.26, HEAD_HEIGHT_M))
"""Middle of the lamp heads in the frame of the actor."""
HEAD_HALF_SIZE = Vector3D(0.28, 0.12, 0.63)


def set_traffic_light_state(simulation: Simulation, actor_id: int, state: int) -> None:
    orders.set_light(simulation.world.actor_of(actor_id, TrafficLight), state)


def set_traffic_light_green_time(simulation: Simulation, actor_id: int, seconds: float) -> None:
    _checked(seconds)
    for light in _phase(simulation, actor_id):
        light.green_s = seconds


def set_traffic_light_yellow_time(simulation: Simulation, actor_id: int, seconds: float) -> None:
    _checked(seconds)
    for light in _phase(simulation, actor_id):
        light.yellow_s = seconds


def set_traffic_light_red_time(simulation: Simulation, actor_id: int, seconds: float) -> None:
    _checked(seconds)
    for light in _phase(simulation, actor_id):
        light.red_s = seconds


def _checked(seconds: float) -> None:
    bounded_number(seconds, 0.0, orders.LONGEST_PHASE_S, "time of a traffic light")


def _phase(simulation: Simulation, actor_id: int) -> tuple[TrafficLight, ...]:
    """Return the lights that are green together with this one: they share their times."""
    return phase_of(simulation.world.light_groups, simulation.world.actor_of(actor_id, TrafficLight))


def freeze_all_traffic_lights(simulation: Simulation, frozen: bool) -> None:
    freeze_lights(simulation.world.lights.values(), frozen)


def freeze_traffic_light(simulation: Simulation, actor_id: int, frozen: bool) -> None:
    freeze_lights(_group(simulation, actor_id), frozen)


def reset_traffic_light_group(simulation: Simulation, actor_id: int) -> None:
    light = simulation.world.actor_of(actor_id, TrafficLight)
    reset_lights(group for group in simulation.world.light_groups if any(other is light for other in group.lights))


def reset_all_traffic_lights(simulation: Simulation) -> None:
    """Put every group back to its first phase: seeded Traffic Manager runs repeat only so."""
    reset_lights(simulation.world.light_groups)


def get_group_traffic_lights(simulation: Simulation, actor_id: int) -> tuple[int, ...]:
    return tuple(light.id for light in _group(simulation, actor_id))


def _group(simulation: Simulation, actor_id: int) -> tuple[TrafficLight, ...]:
    return group_of(simulation.world.light_groups, simulation.world.actor_of(actor_id, TrafficLight))


def get_light_boxes(simulation: Simulation, actor_id: int) -> tuple[BoundingBox, ...]:
    return lamp_boxes(simulation.world.actor_of(actor_id, TrafficLight))


def lamp_boxes(light: TrafficLight) -> tuple[BoundingBox, ...]:
    """Return the boxes around the lamp heads of a light, in the world."""
    world_from_light = left_from_carla(light.transform.location.as_tuple(), light.transform.rotation.as_tuple())
    places = transform(world_from_light, HEADS_M)
    return tuple(BoundingBox(Vector3D(*map(float, place)), HEAD_HALF_SIZE, light.transform.rotation, light.id) for place in places)
