"""Where a sensor is and what carries it, looked up in a moment."""

from __future__ import annotations

from simgen.geometry.pose import Matrix, left_from_carla
from simgen.server.scene import ActorMotion, Moment


def world_from_sensor(moment: Moment, sensor_id: int) -> Matrix:
    """Return the left-handed (4, 4) pose of the sensor; axes x forward, y right, z up."""
    motion = moment.motions[sensor_id]
    return left_from_carla(motion.location, motion.rotation)


def parent_of(moment: Moment, sensor_id: int) -> ActorMotion | None:
    """Return the motion of the actor that carries the sensor; None for a sensor that stands in the world by itself."""
    return moment.motions.get(moment.motions[sensor_id].parent_id)
