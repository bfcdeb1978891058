"""The world of the server: one episode at a time, its actors and everything clients can set. No thread, no socket, no clock.

Whoever calls holds the lock of the simulation; nothing here waits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

from simgen.server.scene import UNCHANGED, Appearance, Texture
from simgen.server.values import (
    AckermannControllerSettings,
    ActorDescription,
    BoundingBox,
    EpisodeSettings,
    LightState,
    Transform,
    Vector3D,
    Weather,
)
from simgen.server.world.actor_factory import find_blueprint, make_actor, make_signal
from simgen.server.world.actors import Actor, Sensor, TrafficLight, TrafficSign, Vehicle, Walker
from simgen.server.world.attachment import carry
from simgen.server.world.blueprints import Blueprint
from simgen.server.world.contacts import is_clear, is_free
from simgen.server.world.obstacles import NO_OBSTACLES, Obstacles
from simgen.server.world.refusals import Refused, bounded_transform
from simgen.server.world.roads import RoadMap
from simgen.server.world.traffic_lights import LightGroup, StopPoints, light_groups

MAX_ACTORS = 10_000
"""Of one episode: a client in a loop must not fill the memory."""
DEFAULT_STEP_S = 0.05
GRAVITY_MPS2 = 9.81
FIRST_SENSOR_STREAM = 2
"""Stream 1 carries the snapshots."""
SPECTATOR_HEIGHT_M = 10.0

A = TypeVar("A", bound=Actor)


class World:
    """Mutable. Actor ids, frames and stream ids go on over episodes; elapsed seconds begin anew with each."""

    def __init__(self, roads: RoadMap, map_name: str = "") -> None:
        self.settings = EpisodeSettings()
        self.frame = 0
        self.episode_id = 0
        self.traffic_managers: dict[int, tuple[str, int]] = {}
        self.street_lights: tuple[LightState, ...] = ()
        self._next_actor_id = 1
        self._next_stream_id = FIRST_SENSOR_STREAM
        self.begin_episode(roads, map_name or roads.name)

    # ---- episodes

    def begin_episode(self, roads: RoadMap, map_name: str) -> None:
        """Forget all actors and what clients set about the last episode, and place spectator, lights and signs."""
        self.episode_id += 1
        self.roads = roads
        self.map_name = map_name
        """As clients see it: its end is what they asked for."""
        self.elapsed_s = 0.0
        self.delta_s = 0.0
        self.map_changed = True
        """Until the first snapshot of the episode is sent."""
        self.weather = Weather()
        self.gravity = GRAVITY_MPS2
        self.actors: dict[int, Actor] = {}
        self.obstacles: Obstacles = NO_OBSTACLES
        """What vehicles can run into; the simulation puts the city's in."""
        self.appearance: Appearance = UNCHANGED
        """Textures that clients sent, the latest last, and environment objects that they switched off."""
        self.bones: dict[int, dict[str, Transform]] = {}
        self.poses: dict[int, float] = {}
        """Walker id -> share of the posed bones over the animation."""
        self.own_friction: dict[int, tuple[float, ...]] = {}
        """Vehicle id -> friction of its wheels outside of the trigger it is in."""
        self.ackermann: dict[int, AckermannControllerSettings] = {}
        self.spectator_id = self._add_spectator()
        self._add_signals()
        self.lights: dict[str, TrafficLight] = {light.signal_id: light for light in self.of_kind(TrafficLight)}
        self.light_groups: tuple[LightGroup, ...] = light_groups(roads.network, self.lights.values())
        self.stop_points = StopPoints.of(roads.network)

    def _add_spectator(self) -> int:
        start = self.roads.spawn_points[0] if self.roads.spawn_points else Transform()
        above = Vector3D(start.location.x, start.location.y, start.location.z + SPECTATOR_HEIGHT_M)
        actor_id = self._take_id()
        description = ActorDescription(0, "spectator")
        self.actors[actor_id] = Actor(actor_id, description, Transform(above, start.rotation), BoundingBox(actor_id=actor_id))
        return actor_id

    def _add_signals(self) -> None:
        network = self.roads.network
        for pole, signal in enumerate(network.signals.values()):
            actor_id = self._take_id()
            self.actors[actor_id] = make_signal(actor_id, signal, network, pole)

    # ---- looking up

    def of_kind(self, kind: type[A]) -> Iterator[A]:
        """Yield the actors of one class in order of their ids."""
        return (actor for actor in self.actors.values() if isinstance(actor, kind))

    def actor(self, actor_id: int) -> Actor:
        """Return an actor. Raises Refused for an unknown id."""
        try:
            return self.actors[actor_id]
        except KeyError:
            raise Refused(f"unable to find actor {actor_id}") from None

    def actor_of(self, actor_id: int, kind: type[A]) -> A:
        """Return an actor of a class. Raises Refused for an unknown id and for actors of another class."""
        actor = self.actor(actor_id)
        if not isinstance(actor, kind):
            raise Refused(f"actor {actor_id} must be a {kind.__name__}, got {actor.type_id}")
        return actor

    def step_s(self) -> float:
        """Return the length of a tick in synchronous mode."""
        return self.settings.fixed_delta_seconds or DEFAULT_STEP_S

    # ---- coming and going

    def spawn(self, description: ActorDescription, transform: Transform, parent_id: int = 0) -> Actor:
        """Return a new actor. `transform` is relative to the parent where there is one. Raises Refused."""
        blueprint = find_blueprint(description)
        bounded_transform(transform, "spawn")
        parent = self.actor(parent_id) if parent_id else None
        if len(self.actors) >= MAX_ACTORS:
            raise Refused(f"actors of an episode must be at most {MAX_ACTORS}, got one more")
        if parent is None and not self._has_room(blueprint, transform):
            raise Refused("Spawn failed because of collision at spawn position")
        stream_id = self._take_stream() if blueprint.family.startswith("sensor") else 0
        actor = make_actor(self._take_id(), blueprint, description, transform, stream_id)
        if parent is not None:
            actor.parent_id, actor.parent_from_actor = parent_id, transform
            carry(parent, actor)
        self.actors[actor.id] = actor
        return actor

    def destroy(self, actor_id: int) -> None:
        """Remove an actor; what is attached to it stays where it is. Raises Refused for ids that are not to be destroyed."""
        actor = self.actors.get(actor_id)
        if actor is None:
            raise Refused(f"unable to destroy actor {actor_id}: not found")
        if actor_id == self.spectator_id or isinstance(actor, (TrafficLight, TrafficSign)):
            raise Refused(f"unable to destroy actor {actor_id}: {actor.type_id} belongs to the map")
        del self.actors[actor_id]
        for kept in (self.bones, self.poses, self.own_friction, self.ackermann):
            kept.pop(actor_id, None)
        textures = self.appearance.textures
        if object_name(actor) in textures:
            left = {name: texture for name, texture in textures.items() if name != object_name(actor)}
            self.appearance = Appearance(left, self.appearance.hidden)

    # ---- looks

    def put_texture(self, names: Iterable[str], texture: Texture) -> None:
        """Put a texture on objects by name."""
        chosen = frozenset(names)
        kept = {name: worn for name, worn in self.appearance.textures.items() if name not in chosen}
        self.appearance = Appearance({**kept, **dict.fromkeys(sorted(chosen), texture)}, self.appearance.hidden)

    def show_objects(self, object_ids: Iterable[int], shown: bool) -> None:
        """Switch environment objects on or off."""
        hidden = self.appearance.hidden
        hidden = hidden.difference(object_ids) if shown else hidden.union(object_ids)
        self.appearance = Appearance(self.appearance.textures, hidden)

    def _has_room(self, blueprint: Blueprint, transform: Transform) -> bool:
        """Vehicles and walkers need room among vehicles and walkers, vehicles also among what stands in the town; props and the
        ground are no obstacle."""
        if blueprint.family not in ("vehicle", "walker"):
            return True
        box = BoundingBox(Vector3D(*blueprint.centre), Vector3D(*blueprint.extent))
        if blueprint.family == "vehicle" and not is_clear(transform, box, self.obstacles):
            return False
        return is_free(transform, box, self._near(transform.location, math.hypot(*blueprint.extent)))

    def _near(self, place: Vector3D, reach_m: float) -> Iterable[Actor]:
        """Return the vehicles and walkers whose surrounding sphere meets one around `place`."""
        return [
            actor
            for actor in self.actors.values()
            if isinstance(actor, (Vehicle, Walker))
            and actor.collides
            and _distance(actor.transform.location, place) < reach_m + _reach(actor)
        ]

    def _take_id(self) -> int:
        self._next_actor_id += 1
        return self._next_actor_id - 1

    def _take_stream(self) -> int:
        self._next_stream_id += 1
        return self._next_stream_id - 1

    def sensor_is_cut_off(self, sensor: Sensor) -> bool:
        """Tell whether a sensor's parent is gone: it then measures no more."""
        return bool(sensor.parent_id) and sensor.parent_id not in self.actors


def object_name(actor: Actor) -> str:
    """Return the name under which clients put textures on an actor."""
    return f"{actor.type_id}_{actor.id}"


def _reach(actor: Actor) -> float:
    centre, extent = actor.bounding_box.location, actor.bounding_box.extent
    return math.hypot(centre.x, centre.y) + math.sqrt(extent.x * extent.x + extent.y * extent.y + extent.z * extent.z)


def _distance(a: Vector3D, b: Vector3D) -> float:
    return math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2)
