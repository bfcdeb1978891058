"""The running simulation: the world under one lock, and the one thread that ticks it and runs its sensors.

A tick: step the world and take a snapshot and a `Moment` under the lock; publish the snapshot; answer `tick_cue`; then, without
the lock, let the sensors that are due look at the moment. The next tick begins when they have finished. Nothing is ever sent
under the lock, and a client that reads slowly holds up nobody: the stream server has a queue for each.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import Future

from simgen.server.emission import Emission, SensorDesk
from simgen.server.map_stage import OPENDRIVE_MAP, MapFiles, MapStage, MapStages
from simgen.server.scene import Collision, Moment
from simgen.server.showing import moment_of, snapshot_of
from simgen.server.transport import StreamServer
from simgen.server.values import ActorDescription, ActorInfo, EpisodeSettings, Transform
from simgen.server.wire.streams import WORLD_STREAM, token
from simgen.server.world.actors import Actor, Sensor, Vehicle
from simgen.server.world.refusals import Refused
from simgen.server.world.step import step
from simgen.server.world.world import World

log = logging.getLogger(__name__)

VARIABLE_STEP_S = 0.05
"""Pace of asynchronous ticks without a fixed step."""
LEAST_STEP_S, GREATEST_STEP_S = 0.001, 0.25
"""Bounds of a variable step: after a pause of the process the world does not leap."""
SETTLING_S = 0.001
"""Asynchronous ticks leave the world to clients for so long before they take the snapshot."""
RESUBSCRIPTION_S = 0.5
AFTER_FAULT_S = 0.2
LOOKING = ("sensor.camera.", "sensor.lidar.", "sensor.other.radar", "sensor.other.obstacle")
"""Sensors that look at the city."""
JOIN_S = 10.0


class Simulation:
    """Owns the world. Methods named by the RPC functions are called by threads of clients, under `lock` where they say so."""

    def __init__(self, stages: MapStages, map_name: str, streams: StreamServer) -> None:
        """Raises MapError for an unknown or unusable map."""
        self.stages = stages
        self.streams = streams
        self.lock = threading.RLock()
        """Of the world and everything in it."""
        self._stage = stages.load(map_name or stages.default_name())
        self.world = World(self._stage.roads, last_part(map_name) or self._stage.roads.name)
        self._files = MapFiles(self.world.map_name, self._stage)
        self._opendrive = ""
        self._desk = SensorDesk(streams, self.lock, self.info)
        self._cue = threading.Condition()
        """Guards what follows, and wakes the thread."""
        self._requests: deque[Future[int]] = deque()
        self._closed = False
        self._quiet = False
        """A new episode began in asynchronous mode: after its first snapshot clients get time to subscribe anew."""
        self._resubscribed = False
        self._next_tick_s = self._last_tick_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="simulation", daemon=True)

    def start(self) -> None:
        """Begin to tick; in asynchronous mode, as servers start, by itself."""
        self._apply_mode()
        self._thread.start()

    def close(self) -> None:
        """End the thread after the tick it is in."""
        with self._cue:
            self._closed = True
            self._cue.notify_all()
        if self._thread.is_alive():
            self._thread.join(JOIN_S)
        self.stages.close()

    # ---- what clients ask for; under the lock

    @property
    def settings(self) -> EpisodeSettings:
        """Immutable: readable without the lock."""
        return self.world.settings

    def apply_settings(self, settings: EpisodeSettings) -> int:
        """Take over settings and return the current frame."""
        self.world.settings = settings
        self._apply_mode()
        return self.world.frame

    def spawn(self, description: ActorDescription, transform: Transform, parent_id: int = 0) -> Actor:
        """Return a new actor. Raises Refused, also for sensor attributes that cannot be used."""
        actor = self.world.spawn(description, transform, parent_id)
        if isinstance(actor, Sensor):
            try:
                self._desk.add(actor, self._stage.for_sensors)
            except ValueError as error:
                self.world.destroy(actor.id)
                raise Refused(str(error)) from None
        if isinstance(actor, Vehicle) or actor.type_id.startswith(LOOKING):
            self._stage.begin_city()
            self.world.obstacles = self._stage.vehicle_obstacles
        return actor

    def destroy(self, actor_id: int) -> None:
        """Remove an actor. Raises Refused for an unknown id."""
        self.world.destroy(actor_id)
        self._desk.remove(actor_id)

    def info(self, actor: Actor) -> ActorInfo:
        """Return an actor as clients first hear of it."""
        stream = self.token(actor.stream_id) if isinstance(actor, Sensor) and actor.stream_id else b""
        return ActorInfo(actor.id, actor.parent_id, actor.description, actor.bounding_box, actor.semantic_tags, stream)

    def token(self, stream_id: int) -> bytes:
        return token(stream_id, self.streams.port)

    def expect_subscriber(self, stream_id: int) -> None:
        """Note that a client is about to subscribe. Raises Refused for a stream that does not exist."""
        if stream_id != WORLD_STREAM and not any(sensor.stream_id == stream_id for sensor in self.world.of_kind(Sensor)):
            raise Refused(f"unable to find stream {stream_id}")
        self.streams.token_given(stream_id)
        if stream_id == WORLD_STREAM:
            with self._cue:
                self._resubscribed = True
                self._cue.notify_all()

    def stage(self) -> MapStage:
        return self._stage

    def files(self) -> MapFiles:
        return self._files

    def keep_opendrive(self, opendrive: str) -> None:
        """Keep a client's map text until it asks to load it."""
        self._opendrive = opendrive

    # ---- what clients ask for; NOT under the lock: these wait or take long

    def tick(self) -> int:
        """Return the frame that a `tick_cue` brings: simulated by now in synchronous mode, else the next one to come."""
        if not self.settings.synchronous_mode:
            return self.world.frame + 1
        self.streams.wait_for_subscribers()
        request: Future[int] = Future()
        with self._cue:
            if self._closed:
                raise Refused("the server is stopping")
            self._requests.append(request)
            self._cue.notify_all()
        return request.result()

    def load(self, asked: str, reset_settings: bool) -> None:
        """Begin a new episode on a map, by an empty name on the current one. Raises MapError."""
        name = last_part(asked)
        stage = self._stage_named(name)
        with self.lock:
            self._desk.clear()
            self._stage = stage
            self.world.begin_episode(stage.roads, name or self.world.map_name)
            self._files = MapFiles(self.world.map_name, stage)
            if reset_settings:
                self.world.settings = EpisodeSettings()
            self._apply_mode()
            with self._cue:
                self._quiet, self._resubscribed = not self.settings.synchronous_mode, False

    def moment(self) -> Moment:
        """Return what could be seen now, between ticks."""
        with self.lock:
            return moment_of(self.world, (), shapes=True)

    def _stage_named(self, name: str) -> MapStage:
        if not name:
            return self._stage
        if name == OPENDRIVE_MAP:
            if not self._opendrive:
                raise Refused(f"an OpenDRIVE text must be sent before {OPENDRIVE_MAP} is loaded, got none")
            return self.stages.load_opendrive(self._opendrive)
        return self.stages.load(name)

    def _apply_mode(self) -> None:
        self.streams.drop_when_busy = not self.settings.synchronous_mode
        with self._cue:
            self._next_tick_s = time.monotonic()
            self._cue.notify_all()

    # ---- the thread

    def _run(self) -> None:
        while self._wait_for_cue():
            with self._cue:
                request = self._requests.popleft() if self._requests else None
            try:
                self._tick(request)
            except Exception as fault:  # a mistake of ours: the client is told, and the server goes on
                log.exception("tick failed")
                if request is not None and not request.done():
                    request.set_exception(Refused(f"internal error of the server in a tick: {fault}"))
                time.sleep(AFTER_FAULT_S)
        self._refuse_requests()

    def _wait_for_cue(self) -> bool:
        """Wait until a tick is asked for, or due by itself; False at the end."""
        with self._cue:
            while not self._closed:
                if self._requests:
                    return True
                wait_s = None if self.settings.synchronous_mode else self._next_tick_s - time.monotonic()
                if wait_s is not None and wait_s <= 0.0:
                    return True
                self._cue.wait(wait_s)
            return False

    def _refuse_requests(self) -> None:
        with self._cue:
            while self._requests:
                self._requests.popleft().set_exception(Refused("the server is stopping"))

    def _tick(self, request: Future[int] | None) -> None:
        step_s = self._step_s(request)
        with self.lock:
            collisions = step(self.world, step_s)
        if request is None:
            # What clients sent while the world was stepping belongs to this snapshot.
            time.sleep(SETTLING_S)
        with self.lock:
            snapshot, emission = self._look(collisions)
        self.streams.publish(WORLD_STREAM, snapshot)
        if request is not None:
            request.set_result(emission.frame)
        self._desk.emit(emission)
        if self._quiet:
            self._let_clients_subscribe()

    def _look(self, collisions: tuple[Collision, ...]) -> tuple[bytes, Emission]:
        """Return the snapshot and what sensors get of this tick."""
        snapshot = snapshot_of(self.world)
        self.world.map_changed = False
        return snapshot, self._desk.prepare(self.world, collisions)

    def _step_s(self, request: Future[int] | None) -> float:
        """Return the length of this tick: fixed, or the time since the last one."""
        now = time.monotonic()
        passed, self._last_tick_s = now - self._last_tick_s, now
        fixed = self.settings.fixed_delta_seconds
        pace = fixed or VARIABLE_STEP_S
        with self._cue:
            self._next_tick_s = max(self._next_tick_s + pace, now)
        if fixed is not None or request is not None:
            return pace
        return min(max(passed, LEAST_STEP_S), GREATEST_STEP_S)

    def _let_clients_subscribe(self) -> None:
        """Send no snapshots for a while: a client that just loaded a map exchanges its subscription, and its library
        crashes at times when a message arrives meanwhile."""
        with self._cue:
            self._quiet = False
            self._cue.wait_for(lambda: self._resubscribed or self._closed or bool(self._requests), RESUBSCRIPTION_S)
        if self._resubscribed:
            self.streams.wait_for_subscribers(RESUBSCRIPTION_S)


def last_part(path: str) -> str:
    """Return the map's name at the end of a path such as "/Game/Carla/Maps/Town01"."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
