"""Which blueprint makes which sensor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simgen.server.scene import Moment
from simgen.server.sensors import Measurement, SensorModel, Stage
from simgen.server.sensors.cameras import CAMERAS
from simgen.server.sensors.events import make_collision, make_obstacle
from simgen.server.sensors.lidar import make_lidar, make_semantic_lidar
from simgen.server.sensors.navigation import make_gnss, make_imu
from simgen.server.sensors.radar import make_radar

SENSORS: dict[str, Callable[[Mapping[str, str], int, Stage], SensorModel]] = {
    **CAMERAS,
    "sensor.lidar.ray_cast": make_lidar,
    "sensor.lidar.ray_cast_semantic": make_semantic_lidar,
    "sensor.other.collision": make_collision,
    "sensor.other.gnss": make_gnss,
    "sensor.other.imu": make_imu,
    "sensor.other.obstacle": make_obstacle,
    "sensor.other.radar": make_radar,
}

SILENT: frozenset[str] = frozenset({"sensor.other.lane_invasion", "sensor.other.rss", "sensor.other.v2x", "sensor.other.v2x_custom"})
"""Sensors that can be spawned but never send: the client computes lane invasion and RSS itself; V2X radio is not simulated."""


class SilentSensor:
    """A sensor of `SILENT`."""

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        return ()

    def observe(self, moment: Moment) -> None:
        """Nothing to remember."""


def make_sensor(type_id: str, attributes: Mapping[str, str], sensor_id: int, stage: Stage) -> SensorModel:
    """Return the model of a sensor that has just been spawned.

    Raises ValueError, in one line, for a type that is no sensor and for attributes that do not read or lie out of bounds.
    """
    if type_id in SILENT:
        return SilentSensor()
    if type_id not in SENSORS:
        raise ValueError(f"sensor must be one of {', '.join(sorted(SENSORS.keys() | SILENT))}, got {type_id!r}")
    try:
        return SENSORS[type_id](attributes, sensor_id, stage)
    except ValueError as error:
        raise ValueError(f"{error} ({type_id})") from None
