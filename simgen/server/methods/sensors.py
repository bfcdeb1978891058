"""What clients ask of sensors beside their streams."""

from __future__ import annotations

from simgen.server.simulation import Simulation
from simgen.server.world.actors import Sensor
from simgen.server.world.refusals import Refused


def get_gbuffer_token(simulation: Simulation, actor_id: int, gbuffer_id: int) -> bytes:
    simulation.world.actor_of(actor_id, Sensor)
    raise Refused("G-buffer textures are not supported by this server; depth, normals and segmentation have cameras of their own")


def enable_gbuffers(simulation: Simulation, actor_id: int, enabled: bool) -> None:
    """Accepted for programs that switch them off."""
    simulation.world.actor_of(actor_id, Sensor)
    if enabled:
        raise Refused("G-buffer textures are not supported by this server")


def are_gbuffers_enabled(simulation: Simulation, actor_id: int) -> bool:
    simulation.world.actor_of(actor_id, Sensor)
    return False


def switch_ros(simulation: Simulation, stream_id: int) -> None:
    """Accepted: this server has no ROS bridge, and says so to `is_sensor_enabled_for_ros`."""


def is_sensor_enabled_for_ros(simulation: Simulation, stream_id: int) -> bool:
    return False


def set_ignored_vehicles(simulation: Simulation, actor_id: int, ignored: tuple[int, ...]) -> None:
    """Accepted for existing sensors; nothing here filters by it."""
    simulation.world.actor_of(actor_id, Sensor)


def send(simulation: Simulation, actor_id: int, text: str) -> None:
    """Radio messages between vehicles are not simulated."""


def set_annotations_traverse_translucency(simulation: Simulation, enabled: bool) -> None:
    """Accepted: annotations here never look through glass."""
