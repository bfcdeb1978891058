"""Running the sensors of a tick: which are due, what they measured, and the messages that carry it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from simgen.server.scene import Collision, Moment
from simgen.server.sensors import CollisionEvent, Measurement, ObstacleEvent, SensorModel, Stage
from simgen.server.sensors.registry import make_sensor
from simgen.server.showing import moment_of
from simgen.server.transport import StreamServer
from simgen.server.values import ActorDescription, ActorInfo, BoundingBox, Transform, Vector3D
from simgen.server.wire.streams import SENSOR_TYPE_IDS, collision_body, message, obstacle_body
from simgen.server.world.actors import Actor, Sensor
from simgen.server.world.world import World

log = logging.getLogger(__name__)

SHAPELESS = frozenset({"sensor.other.collision", "sensor.other.gnss", "sensor.other.imu"})
"""Sensors that look at no shapes."""
EARLY_S = 1e-4
"""Elapsed time is a sum of floats: a sensor is due so much before its time."""


@dataclass(frozen=True)
class Reader:
    """A sensor that somebody listens to, at one tick."""

    sensor_id: int
    parent_id: int
    type_id: str
    stream_id: int
    transform: Transform
    model: SensorModel
    is_due: bool


@dataclass(frozen=True)
class Emission:
    """The work that a tick leaves for after the lock."""

    frame: int
    moment: Moment | None
    """None when nobody listens."""
    readers: tuple[Reader, ...]


class SensorDesk:
    """The models of all spawned sensors. `add`, `remove`, `clear` and `prepare` are called under the world's lock."""

    def __init__(self, streams: StreamServer, lock: AbstractContextManager[object], info: Callable[[Actor], ActorInfo]) -> None:
        self._streams = streams
        self._lock = lock
        self._info = info
        self._models: dict[int, SensorModel] = {}
        self._reported: set[int] = set()
        """Sensors whose failure is in the log already."""
        self._world: World | None = None

    def add(self, sensor: Sensor, stage: Stage) -> None:
        """Make the model of a new sensor. Raises ValueError for attributes that cannot be used."""
        attributes = {value.id: value.value for value in sensor.description.attributes}
        self._models[sensor.id] = make_sensor(sensor.type_id, attributes, sensor.id, stage)

    def remove(self, actor_id: int) -> None:
        self._models.pop(actor_id, None)
        self._reported.discard(actor_id)

    def clear(self) -> None:
        self._models.clear()
        self._reported.clear()

    def prepare(self, world: World, collisions: tuple[Collision, ...]) -> Emission:
        """Find who listens and who is due, and take the moment for them."""
        self._world = world
        readers = tuple(self._reader(world, sensor) for sensor in world.of_kind(Sensor) if self._is_read(world, sensor))
        if not readers:
            return Emission(world.frame, None, ())
        shapes = any(reader.is_due and reader.type_id not in SHAPELESS for reader in readers)
        return Emission(world.frame, moment_of(world, collisions, shapes), readers)

    def _is_read(self, world: World, sensor: Sensor) -> bool:
        if sensor.id not in self._models or world.sensor_is_cut_off(sensor):
            return False
        if world.settings.no_rendering_mode and sensor.type_id.startswith("sensor.camera."):
            return False
        return self._streams.has_subscribers(sensor.stream_id)

    def _reader(self, world: World, sensor: Sensor) -> Reader:
        model, due = self._models[sensor.id], take_turn(sensor, world.elapsed_s)
        return Reader(sensor.id, sensor.parent_id, sensor.type_id, sensor.stream_id, sensor.transform, model, due)

    # ---- after the lock

    def emit(self, emission: Emission) -> None:
        """Let the sensors measure and publish what they found."""
        if emission.moment is None:
            return
        for reader in emission.readers:
            try:
                self._run(reader, emission.moment)
            except Exception:  # one sensor that fails must not take the tick, the others or the server with it
                if reader.sensor_id not in self._reported:
                    log.exception("sensor %d (%s) failed; it sends nothing while it does", reader.sensor_id, reader.type_id)
                    self._reported.add(reader.sensor_id)

    def _run(self, reader: Reader, moment: Moment) -> None:
        if not reader.is_due:
            reader.model.observe(moment)
            return
        for measurement in reader.model.measure(moment):
            body = self._body(reader, measurement, moment)
            type_id = SENSOR_TYPE_IDS[reader.type_id]
            self._streams.publish(reader.stream_id, message(type_id, moment.tick, moment.elapsed_s, reader.transform, body))

    def _body(self, reader: Reader, measurement: Measurement, moment: Moment) -> bytes:
        if isinstance(measurement, CollisionEvent):
            other = self._described(measurement.other_id, measurement.other_type)
            carrier = self._described(reader.parent_id, _type_of(moment, reader.parent_id))
            return collision_body(carrier, other, Vector3D(*measurement.impulse))
        if isinstance(measurement, ObstacleEvent):
            other = self._described(measurement.other_id, measurement.other_type)
            return obstacle_body(self._described(reader.sensor_id, reader.type_id), other, measurement.distance_m)
        return measurement

    def _described(self, actor_id: int, type_id: str) -> ActorInfo:
        """Return an actor as events carry it; scenery, and actors that are gone meanwhile, by their type alone."""
        with self._lock:
            actor = self._world.actors.get(actor_id) if self._world is not None else None
            if actor is not None:
                return self._info(actor)
        return ActorInfo(actor_id, 0, ActorDescription(0, type_id), BoundingBox(actor_id=actor_id))


def _type_of(moment: Moment, actor_id: int) -> str:
    motion = moment.motions.get(actor_id)
    return motion.type_id if motion is not None else "static.unknown"


def take_turn(sensor: Sensor, elapsed_s: float) -> bool:
    """Tell whether a sensor is due, and set its next time. The first tick that is listened to is; later ones every period."""
    if sensor.period_s <= 0.0:
        return True
    if elapsed_s < sensor.next_due_s - EARLY_S:
        return False
    # On time the grid goes on; after a pause (nobody listened) a new one begins here.
    on_grid = sensor.next_due_s > 0.0 and elapsed_s < sensor.next_due_s + sensor.period_s
    sensor.next_due_s = (sensor.next_due_s if on_grid else elapsed_s) + sensor.period_s
    return True
