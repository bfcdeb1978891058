"""The spinning LiDARs, `sensor.lidar.ray_cast` and `sensor.lidar.ray_cast_semantic`, with CARLA's formulas.

All lasers fire together and the world stands still within a tick. Points are in the sensor's left-handed frame, channel after
channel from the top. As in CARLA a LiDAR sees the vehicle that carries it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.geometry.pose import Matrix, rotate
from simgen.rng import stream
from simgen.server.scene import Moment
from simgen.server.sensors import Measurement, RaySource, Stage
from simgen.server.sensors.attributes import Attributes, integer, number
from simgen.server.sensors.mounting import world_from_sensor
from simgen.server.wire.streams import LIDAR_POINT, SEMANTIC_POINT, lidar_body

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Beams:
    """The lasers of a LiDAR and how it turns."""

    channels: int
    range_m: float
    points_per_second: int
    rotation_hz: float
    upper_deg: float
    lower_deg: float
    horizontal_deg: float

    @classmethod
    def of(cls, attributes: Attributes) -> Beams:
        """Return the beams of blueprint `attributes`. Raises ValueError for values out of bounds."""
        return cls(
            channels=integer(attributes, "channels", 32, 1, 1024),
            range_m=number(attributes, "range", 10.0, 0.001, 2000.0),
            points_per_second=integer(attributes, "points_per_second", 56000, 0, 50_000_000),
            rotation_hz=number(attributes, "rotation_frequency", 10.0, 0.0, 1000.0),
            upper_deg=number(attributes, "upper_fov", 10.0, -90.0, 90.0),
            lower_deg=number(attributes, "lower_fov", -30.0, -90.0, 90.0),
            horizontal_deg=number(attributes, "horizontal_fov", 360.0, 0.001, 360.0),
        )

    @property
    def elevations_rad(self) -> Floats:
        """(channels,) from the top laser down; a single laser points at the upper limit."""
        return np.radians(np.linspace(self.upper_deg, self.lower_deg, self.channels))

    def rays_per_channel(self, dt_s: float) -> int:
        """Return how many rays each laser casts in a tick: rounded, halves away from zero."""
        return math.floor(self.points_per_second * dt_s / self.channels + 0.5)

    def sweep_deg(self, dt_s: float) -> float:
        """Return how far the head turns in a tick; only the horizontal field of view counts as a turn."""
        return self.rotation_hz * self.horizontal_deg * dt_s

    def directions(self, start_deg: float, dt_s: float) -> Floats:
        """Return unit directions (channels, rays, 3) of the tick that begins at `start_deg`; sensor frame."""
        rays = self.rays_per_channel(dt_s)
        turned = (start_deg + self.sweep_deg(dt_s) / max(rays, 1) * np.arange(rays)) % self.horizontal_deg
        azimuth = np.radians(turned - self.horizontal_deg / 2.0)[None, :]
        elevation = self.elevations_rad[:, None]
        level = np.cos(elevation)
        return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation) + 0.0 * azimuth], axis=2)


@dataclass(frozen=True)
class Losses:
    """Which returns an ordinary LiDAR loses, and how wrong the others are."""

    attenuation_per_m: float
    general_rate: float
    intensity_limit: float
    zero_intensity: float
    noise_stddev_m: float

    @classmethod
    def of(cls, attributes: Attributes) -> Losses:
        """Return the losses of blueprint `attributes`. Raises ValueError for values out of bounds."""
        return cls(
            attenuation_per_m=number(attributes, "atmosphere_attenuation_rate", 0.004, 0.0, 1000.0),
            general_rate=number(attributes, "dropoff_general_rate", 0.45, 0.0, 1.0),
            intensity_limit=number(attributes, "dropoff_intensity_limit", 0.8, 0.0, 1.0),
            zero_intensity=number(attributes, "dropoff_zero_intensity", 0.4, 0.0, 1.0),
            noise_stddev_m=number(attributes, "noise_stddev", 0.0, 0.0, 1000.0),
        )

    def fires(self, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Return which of `count` rays are cast at all."""
        if self.general_rate == 0.0:
            return np.ones(count, dtype=np.bool_)
        return rng.random(count) >= self.general_rate

    def intensity(self, distance_m: Floats) -> Floats:
        """Return what is left of the light after `distance_m`, in [0, 1]."""
        return np.exp(-self.attenuation_per_m * distance_m)

    def returns(self, intensity: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Return which hits come back: all above the limit, fewer the darker below it."""
        if self.zero_intensity == 0.0 or self.intensity_limit == 0.0:
            return np.ones(len(intensity), dtype=np.bool_)
        chance = 1.0 - self.zero_intensity * (1.0 - intensity / self.intensity_limit)
        return rng.random(len(intensity)) < chance

    def displaced(self, distance_m: Floats, rng: np.random.Generator) -> Floats:
        """Return distances with the noise along the ray."""
        if self.noise_stddev_m == 0.0:
            return distance_m
        return distance_m + rng.normal(0.0, self.noise_stddev_m, len(distance_m))


@dataclass(frozen=True)
class _Shot:
    """The N rays of a tick, channel after channel."""

    rays_per_channel: int
    origin: Floats
    """(3,) world."""
    local: Floats
    """(N, 3) unit directions in the sensor's frame."""
    world: Floats
    """(N, 3) the same in the world's."""

    def positions(self, rays: Indices, distance_m: NDArray[np.floating]) -> Floats:
        """Return the points (3, M) at `distance_m` (M,) along `rays` (M,); sensor frame."""
        return np.take(self.local, rays, axis=0).T * distance_m


@dataclass
class _Head:
    """The turning part: it keeps its angle from one tick to the next."""

    beams: Beams
    angle_deg: float = 0.0

    def shoot(self, pose: Matrix, dt_s: float) -> _Shot | None:
        """Return the rays of this tick, and turn; None where the tick is too short for any ray."""
        if self.beams.rays_per_channel(dt_s) == 0:
            return None
        local = self.beams.directions(self.angle_deg, dt_s)
        self.angle_deg = math.fmod(self.angle_deg + self.beams.sweep_deg(dt_s), self.beams.horizontal_deg)
        world = rotate(pose, local)  # channel by channel: on all at once, BLAS would wake its threads for nothing
        return _Shot(local.shape[1], pose[:3, 3], local.reshape(-1, 3), world.reshape(-1, 3))

    def body(self, shot: _Shot, rays: Indices, points: NDArray) -> bytes:
        """Return the message of `points` (M,) that came back along `rays` (M,), ascending."""
        counts = np.bincount(rays // shot.rays_per_channel, minlength=self.beams.channels)
        return lidar_body(math.radians(self.angle_deg), counts, points)


class Lidar:
    """`sensor.lidar.ray_cast`: x, y, z, intensity."""

    def __init__(self, sensor_id: int, beams: Beams, losses: Losses, rays: RaySource, rng: np.random.Generator) -> None:
        self._sensor_id, self._losses, self._rays, self._rng = sensor_id, losses, rays, rng
        self._head = _Head(beams)

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        shot = self._head.shoot(world_from_sensor(moment, self._sensor_id), moment.dt_s)
        if shot is None:
            return ()
        fired = np.flatnonzero(self._losses.fires(len(shot.world), self._rng))
        hits = self._rays.cast(shot.origin, np.take(shot.world, fired, axis=0), self._head.beams.range_m, moment)
        met = np.flatnonzero(np.isfinite(hits.distance))
        distance = hits.distance[met].astype(np.float64)
        intensity = self._losses.intensity(distance)
        distance = self._losses.displaced(distance, self._rng)
        back = np.flatnonzero(self._losses.returns(intensity, self._rng))
        rays = fired[met[back]]
        points = np.empty(len(rays), dtype=LIDAR_POINT)
        points["x"], points["y"], points["z"] = shot.positions(rays, distance[back])
        points["intensity"] = intensity[back]
        return (self._head.body(shot, rays, points),)

    def observe(self, moment: Moment) -> None:
        """A LiDAR turns only when it measures."""


class SemanticLidar:
    """`sensor.lidar.ray_cast_semantic`: x, y, z, cosine of the angle of incidence, actor id, tag; nothing is lost."""

    def __init__(self, sensor_id: int, beams: Beams, rays: RaySource) -> None:
        self._sensor_id, self._rays = sensor_id, rays
        self._head = _Head(beams)

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        shot = self._head.shoot(world_from_sensor(moment, self._sensor_id), moment.dt_s)
        if shot is None:
            return ()
        hits = self._rays.cast(shot.origin, shot.world, self._head.beams.range_m, moment)
        rays = np.flatnonzero(np.isfinite(hits.distance))
        points = np.empty(len(rays), dtype=SEMANTIC_POINT)
        points["x"], points["y"], points["z"] = shot.positions(rays, hits.distance[rays].astype(np.float64))
        # Surfaces have two sides, and the normal of a hit is the one towards the sensor.
        points["cos_incidence"] = np.abs(np.einsum("ij,ij->i", shot.world, hits.normal))[rays]
        points["object_id"] = hits.object_id[rays]
        points["tag"] = hits.tag[rays]
        return (self._head.body(shot, rays, points),)

    def observe(self, moment: Moment) -> None:
        """A LiDAR turns only when it measures."""


def make_lidar(attributes: Attributes, sensor_id: int, stage: Stage) -> Lidar:
    """Return a new `sensor.lidar.ray_cast`. Raises ValueError for attributes out of bounds."""
    rng = stream(integer(attributes, "noise_seed", 0), "lidar")
    return Lidar(sensor_id, Beams.of(attributes), Losses.of(attributes), stage.rays, rng)


def make_semantic_lidar(attributes: Attributes, sensor_id: int, stage: Stage) -> SemanticLidar:
    """Return a new `sensor.lidar.ray_cast_semantic`. Raises ValueError for attributes out of bounds."""
    return SemanticLidar(sensor_id, Beams.of(attributes), stage.rays)
