"""`sensor.other.imu` and `sensor.other.gnss`, with CARLA's formulas."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.geometry.pose import Matrix
from simgen.rng import stream
from simgen.server.scene import Moment
from simgen.server.sensors import Measurement, Stage
from simgen.server.sensors.attributes import Attributes, integer, number
from simgen.server.sensors.mounting import parent_of, world_from_sensor
from simgen.server.values import Vector3D
from simgen.server.wire.streams import gnss_body, imu_body

Floats = NDArray[np.float64]

EARTH_RADIUS_M = 6378137.0
SCALE = 0.9996
"""Of the transverse Mercator projection on its central meridian."""


@dataclass(frozen=True)
class Error:
    """A constant offset and a normal scatter on each of three values."""

    bias: tuple[float, float, float]
    stddev: tuple[float, float, float]

    @classmethod
    def of(cls, attributes: Attributes, pattern: str, names: tuple[str, str, str]) -> Error:
        """Return the error whose attributes are `pattern` with {axis} and {kind} ("bias", "stddev") filled in."""
        bias = (number(attributes, pattern.format(axis=name, kind="bias"), 0.0) for name in names)
        stddev = (number(attributes, pattern.format(axis=name, kind="stddev"), 0.0, 0.0) for name in names)
        return cls(_three(*bias), _three(*stddev))

    def applied(self, values: Sequence[float] | Floats, rng: np.random.Generator) -> Floats:
        """Return `values` (3,) with the error. Draws three numbers whatever the scatter, so streams stay in step."""
        return np.asarray(values) + self.bias + rng.standard_normal(3) * self.stddev


class Imu:
    """Acceleration and turn rate in the sensor's frame, and the compass."""

    def __init__(self, sensor_id: int, accelerometer: Error, gyroscope: Error, rng: np.random.Generator) -> None:
        self._sensor_id, self._accelerometer, self._gyroscope, self._rng = sensor_id, accelerometer, gyroscope, rng
        self._track: deque[tuple[float, Floats]] = deque(maxlen=3)

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        self.observe(moment)
        pose = world_from_sensor(moment, self._sensor_id)
        felt = (acceleration(self._track) + np.array([0.0, 0.0, moment.gravity])) @ pose[:3, :3]
        felt = self._accelerometer.applied(felt, self._rng)
        turned = self._gyroscope.applied(self._turn_rate(moment, pose), self._rng)
        return (imu_body(Vector3D(*felt.tolist()), Vector3D(*turned.tolist()), compass(pose)),)

    def observe(self, moment: Moment) -> None:
        """Remember where the sensor is; a tick seen twice counts once."""
        if not self._track or moment.elapsed_s > self._track[-1][0]:
            self._track.append((moment.elapsed_s, np.array(moment.motions[self._sensor_id].location, dtype=np.float64)))

    def _turn_rate(self, moment: Moment, pose: Matrix) -> Floats:
        """Return the carrier's angular velocity in rad/s in the sensor's frame; zero without a carrier."""
        parent = parent_of(moment, self._sensor_id)
        return np.zeros(3) if parent is None else np.radians(parent.angular_velocity) @ pose[:3, :3]


class Gnss:
    """Latitude, longitude (degrees) and altitude (metres)."""

    def __init__(self, sensor_id: int, error: Error, rng: np.random.Generator) -> None:
        self._sensor_id, self._error, self._rng = sensor_id, error, rng

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        place = geolocation(moment.motions[self._sensor_id].location, moment.geo_origin)
        latitude, longitude, altitude = self._error.applied(place, self._rng).tolist()
        return (gnss_body(latitude, longitude, altitude),)

    def observe(self, moment: Moment) -> None:
        """Nothing to remember."""


def make_imu(attributes: Attributes, sensor_id: int, stage: Stage) -> Imu:
    """Return a new IMU. Raises ValueError for attributes that are no numbers or negative deviations."""
    axes = ("x", "y", "z")
    accelerometer = Error.of(attributes, "noise_accel_{kind}_{axis}", axes)
    gyroscope = Error.of(attributes, "noise_gyro_{kind}_{axis}", axes)
    return Imu(sensor_id, accelerometer, gyroscope, stream(integer(attributes, "noise_seed", 0), "imu"))


def make_gnss(attributes: Attributes, sensor_id: int, stage: Stage) -> Gnss:
    """Return a new GNSS receiver. Raises ValueError for attributes that are no numbers or negative deviations."""
    error = Error.of(attributes, "noise_{axis}_{kind}", ("lat", "lon", "alt"))
    return Gnss(sensor_id, error, stream(integer(attributes, "noise_seed", 0), "gnss"))


def acceleration(track: Sequence[tuple[float, Floats]]) -> Floats:
    """Return the second difference (3,) m/s^2 of the last three (seconds, position), whose steps may differ.

    Zero while there are fewer: the sensor takes its velocity at birth for granted.
    """
    if len(track) < 3:
        return np.zeros(3)
    (t2, y2), (t1, y1), (t0, y0) = track
    h1, h2 = t0 - t1, t1 - t2
    return 2.0 * ((y0 - y1) / h1 - (y1 - y2) / h2) / (h1 + h2)  # of differences, so that rest is exactly zero


def compass(pose: Matrix) -> float:
    """Return the heading in [0, 2 pi) of the sensor's x axis, clockwise seen from above from north, which is -y."""
    heading = math.atan2(float(pose[0, 0]), -float(pose[1, 0])) % (2.0 * math.pi)
    return heading if heading < 2.0 * math.pi else 0.0


def geolocation(location: tuple[float, float, float], origin: tuple[float, float]) -> tuple[float, float, float]:
    """Return (latitude, longitude, altitude) in degrees and metres of a point of the map, as `carla.Map` does.

    The projection is the transverse Mercator of a SPHERE about `origin` (latitude, longitude). CARLA's y grows northwards
    here although it is called right.
    """
    x, y, z = location
    east, north = x / (SCALE * EARTH_RADIUS_M), y / (SCALE * EARTH_RADIUS_M) + math.radians(origin[0])
    latitude = math.asin(math.sin(north) / math.cosh(east))
    longitude = math.radians(origin[1]) + math.atan2(math.sinh(east), math.cos(north))
    return math.degrees(latitude), math.degrees(longitude), z


def _three(x: float, y: float, z: float) -> tuple[float, float, float]:
    return x, y, z
