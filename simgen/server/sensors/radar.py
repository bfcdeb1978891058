"""`sensor.other.radar`: rays at random in an elliptical cone, and how fast what they meet comes nearer, with CARLA's formulas.

In Unreal every mesh belongs to an actor, so scenery and ground give detections like anything else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.geometry.pose import rotate
from simgen.rng import stream
from simgen.server.scene import ActorMotion, Moment
from simgen.server.sensors import Hits, Measurement, RaySource, Stage
from simgen.server.sensors.attributes import Attributes, integer, number
from simgen.server.sensors.mounting import parent_of, world_from_sensor
from simgen.server.wire.streams import RADAR_DETECTION, radar_body

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cone:
    """Where a radar looks."""

    horizontal_deg: float
    """Full angle, as `vertical_deg`."""
    vertical_deg: float
    range_m: float
    points_per_second: int

    @classmethod
    def of(cls, attributes: Attributes) -> Cone:
        """Return the cone of blueprint `attributes`. Raises ValueError for values out of bounds."""
        return cls(
            horizontal_deg=number(attributes, "horizontal_fov", 30.0, 0.0, 179.0),
            vertical_deg=number(attributes, "vertical_fov", 30.0, 0.0, 179.0),
            range_m=number(attributes, "range", 100.0, 0.001, 2000.0),
            points_per_second=integer(attributes, "points_per_second", 1500, 0, 50_000_000),
        )

    def draw_rays(self, dt_s: float, rng: np.random.Generator) -> Floats:
        """Return unit directions (N, 3) of a tick, sensor frame: N = points per second * dt, cut to a whole number.

        The distance from the axis, not the area, is uniform, so the middle is seen more densely than the rim.
        """
        count = math.floor(self.points_per_second * dt_s + 1e-6)  # 0.05 s is not a binary fraction
        radius, angle = rng.random(count), rng.uniform(0.0, 2.0 * math.pi, count)
        right = math.tan(math.radians(self.horizontal_deg) / 2.0) * radius * np.cos(angle)
        up = math.tan(math.radians(self.vertical_deg) / 2.0) * radius * np.sin(angle)
        towards = np.stack([np.ones(count), right, up], axis=1)
        return towards / np.linalg.norm(towards, axis=1, keepdims=True)


class Radar:
    """Detections of velocity (negative while approaching), azimuth (to the right), altitude and slant distance."""

    def __init__(self, sensor_id: int, cone: Cone, rays: RaySource, rng: np.random.Generator) -> None:
        self._sensor_id, self._cone, self._rays, self._rng = sensor_id, cone, rays, rng
        self._before: tuple[float, Floats] | None = None

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        pose = world_from_sensor(moment, self._sensor_id)
        own_velocity = self._own_velocity(moment)
        self.observe(moment)
        local = self._cone.draw_rays(moment.dt_s, self._rng)
        if len(local) == 0:
            return ()
        directions = rotate(pose, local)
        hits = self._rays.cast(pose[:3, 3], directions, self._cone.range_m, moment)
        velocity = hit_velocities(hits, pose[:3, 3], directions, moment) - own_velocity
        met = np.isfinite(hits.distance)
        return (radar_body(_detections(velocity[met], directions[met], local[met], hits.distance[met])),)

    def observe(self, moment: Moment) -> None:
        """Remember where the radar is, for its velocity at the next tick."""
        self._before = moment.elapsed_s, np.array(moment.motions[self._sensor_id].location, dtype=np.float64)

    def _own_velocity(self, moment: Moment) -> Floats:
        """Return the displacement since the last tick over its time; before that, what the carrier's motion says."""
        here = np.array(moment.motions[self._sensor_id].location, dtype=np.float64)
        if self._before is not None and moment.elapsed_s > self._before[0]:
            return (here - self._before[1]) / (moment.elapsed_s - self._before[0])
        parent = parent_of(moment, self._sensor_id)
        return np.zeros(3) if parent is None else point_velocities(parent, here)


def make_radar(attributes: Attributes, sensor_id: int, stage: Stage) -> Radar:
    """Return a new radar. Raises ValueError for attributes out of bounds."""
    return Radar(sensor_id, Cone.of(attributes), stage.rays, stream(integer(attributes, "noise_seed", 0), "radar"))


def hit_velocities(hits: Hits, origin: Floats, directions: Floats, moment: Moment) -> Floats:
    """Return the world velocities (N, 3) m/s of the points that rays met; zero for scenery and for misses."""
    velocities = np.zeros((len(directions), 3))
    for actor_id in np.unique(hits.object_id):
        motion = moment.motions.get(int(actor_id))
        if motion is not None:
            met = hits.object_id == actor_id
            velocities[met] = point_velocities(motion, origin + directions[met] * hits.distance[met, None])
    return velocities


def point_velocities(motion: ActorMotion, points: Floats) -> Floats:
    """Return the velocities (..., 3) m/s of world `points` (..., 3) that move rigidly with the actor: v + w x r.

    The angular velocity turns x towards y where z is positive, as CARLA's yaw does; in components this is the ordinary cross
    product also in the left-handed frame.
    """
    turning = np.cross(np.radians(motion.angular_velocity), points - np.asarray(motion.location))
    return np.asarray(motion.velocity) + turning


def _detections(velocity: Floats, directions: Floats, local: Floats, distance: NDArray[np.float32]) -> NDArray:
    detections = np.empty(len(distance), dtype=RADAR_DETECTION)
    detections["velocity"] = np.einsum("ij,ij->i", velocity, directions)
    detections["azimuth"] = np.arctan2(local[:, 1], local[:, 0])
    detections["altitude"] = np.arctan2(local[:, 2], np.hypot(local[:, 0], local[:, 1]))
    detections["depth"] = distance
    return detections
