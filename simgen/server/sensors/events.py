"""Sensors that speak only when something happens: `sensor.other.collision` and `sensor.other.obstacle`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.geometry.pose import transform
from simgen.server.scene import Moment
from simgen.server.sensors import SCENERY_ID, CollisionEvent, Hits, Measurement, ObstacleEvent, RaySource, Stage
from simgen.server.sensors.attributes import Attributes, flag, number
from simgen.server.sensors.mounting import world_from_sensor

Floats = NDArray[np.float64]

_MOVERS = ("vehicle.", "walker.")
_LABELS = {int(tag): tag.name.replace("_", "").lower() for tag in Tag}


class CollisionSensor:
    """Reports what its carrier ran into during the tick."""

    def __init__(self, sensor_id: int) -> None:
        self._sensor_id = sensor_id

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        """Return one event for each thing that the carrier met; impulses of several contacts with it add up."""
        carrier = moment.motions[self._sensor_id].parent_id
        impulses: dict[tuple[int, str], Floats] = {}
        for collision in moment.collisions:
            if collision.actor_id == carrier:
                other = collision.other_id, collision.other_type
                impulses[other] = impulses.get(other, np.zeros(3)) + collision.impulse
        return [CollisionEvent(other_id, kind, (float(i[0]), float(i[1]), float(i[2]))) for (other_id, kind), i in impulses.items()]

    def observe(self, moment: Moment) -> None:
        """A collision sensor is due at every tick."""


@dataclass(frozen=True)
class Sweep:
    """A ball that is pushed forward along the sensor's x axis."""

    distance_m: float
    radius_m: float

    @property
    def reach_m(self) -> float:
        """How far from their starts its rays can matter."""
        return self.distance_m + self.radius_m

    def starts(self) -> tuple[Floats, Floats]:
        """Return where the rays that stand for the ball start (R, 3), sensor frame, and how far its front is ahead there (R,).

        One ray in the middle and two rings: at 0.5 and 1.0 of the radius; anything narrower than the gaps can slip through.
        """
        ring = np.radians(np.arange(0.0, 360.0, 30.0))
        share = np.concatenate([[0.0], np.full(12, 0.5), np.full(12, 1.0)])
        angle = np.concatenate([[0.0], ring, ring])
        beside = self.radius_m * share
        starts = np.stack([np.zeros(25), beside * np.cos(angle), beside * np.sin(angle)], axis=1)
        return starts, self.radius_m * np.sqrt(1.0 - share**2)


class ObstacleSensor:
    """Reports the nearest thing in the way of the ball, at most one in a tick."""

    def __init__(self, sensor_id: int, sweep: Sweep, only_dynamics: bool, rays: RaySource) -> None:
        self._sensor_id, self._sweep, self._only_dynamics, self._rays = sensor_id, sweep, only_dynamics, rays

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        pose = world_from_sensor(moment, self._sensor_id)
        starts, front = self._sweep.starts()
        directions = np.broadcast_to(pose[:3, 0], starts.shape)
        hits = self._rays.cast(transform(pose, starts), directions, self._sweep.reach_m, moment, self._ignored(moment))
        travelled = np.maximum(hits.distance - front, 0.0)
        nearest = int(np.argmin(travelled))
        if not travelled[nearest] <= self._sweep.distance_m:
            return ()
        other_id, kind = what_was_met(hits, nearest, moment)
        return (ObstacleEvent(other_id, kind, float(travelled[nearest])),)

    def observe(self, moment: Moment) -> None:
        """Nothing to remember."""

    def _ignored(self, moment: Moment) -> frozenset[int]:
        """Return the actors that the ball passes through: the sensor and its carrier, and all that never moves if so asked."""
        own = {self._sensor_id, moment.motions[self._sensor_id].parent_id} - {SCENERY_ID}
        if not self._only_dynamics:
            return frozenset(own)
        still = {id_ for id_, motion in moment.motions.items() if not motion.type_id.startswith(_MOVERS)}
        return frozenset(own | still | {SCENERY_ID})


def make_collision(attributes: Attributes, sensor_id: int, stage: Stage) -> CollisionSensor:
    """Return a new collision sensor; it has no attributes."""
    return CollisionSensor(sensor_id)


def make_obstacle(attributes: Attributes, sensor_id: int, stage: Stage) -> ObstacleSensor:
    """Return a new obstacle sensor. Raises ValueError for attributes out of bounds."""
    sweep = Sweep(number(attributes, "distance", 5.0, 0.0, 2000.0), number(attributes, "hit_radius", 0.5, 0.0, 100.0))
    return ObstacleSensor(sensor_id, sweep, flag(attributes, "only_dynamics", False), stage.rays)


def what_was_met(hits: Hits, ray: int, moment: Moment) -> tuple[int, str]:
    """Return (actor id, type id) of a hit; scenery is 0 and `static.` with the name of its tag, as in CARLA."""
    actor_id = int(hits.object_id[ray])
    motion = moment.motions.get(actor_id)
    if motion is not None:
        return actor_id, motion.type_id
    return SCENERY_ID, scenery_type(int(hits.tag[ray]))


def scenery_type(tag: int) -> str:
    """Return the type id under which scenery is reported: the label of its tag without capitals and plural (`static.road`)."""
    if tag == Tag.NONE or tag not in _LABELS:
        return "static.unknown"
    return f"static.{_LABELS[tag].removesuffix('s')}"
