"""The state of the world at a tick, from CARLA's snapshot, in the right-handed frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import carla
import numpy as np
from numpy.typing import NDArray

from simgen.client.lanes import LaneMap, map_lanes
from simgen.client.payloads import Ids, id_table
from simgen.client.session import Session
from simgen.datatypes.frame import Thing, WorldState
from simgen.datatypes.tags import ObjectClass
from simgen.errors import ServerError
from simgen.geometry.pose import Matrix, inverse, mirror_points, pose_from_carla

_BY_BASE_TYPE = {
    "car": ObjectClass.CAR,
    "van": ObjectClass.VAN,
    "truck": ObjectClass.TRUCK,
    "bus": ObjectClass.BUS,
    "motorcycle": ObjectClass.MOTORCYCLE,
    "bicycle": ObjectClass.BICYCLE,
}
_PARKED = {
    carla.CityObjectLabel.Car: ObjectClass.CAR,
    carla.CityObjectLabel.Truck: ObjectClass.TRUCK,
    carla.CityObjectLabel.Bus: ObjectClass.BUS,
    carla.CityObjectLabel.Motorcycle: ObjectClass.MOTORCYCLE,
    carla.CityObjectLabel.Bicycle: ObjectClass.BICYCLE,
}


@dataclass(frozen=True)
class _Known:
    """What of an actor never changes: fetched once, since every look at a bounding box is a call to the server."""

    actor: carla.Actor
    type_id: str
    object_class: ObjectClass
    actor_from_box: Matrix
    size_m: NDArray[np.float64]
    attributes: Mapping[str, str]


@dataclass
class Observer:
    """Looks at the world once per tick; remembers what does not change."""

    session: Session
    ego_id: int
    lane_radius_m: float
    _lanes: LaneMap = field(init=False)
    _known: dict[int, _Known | None] = field(init=False, default_factory=dict)
    _ids: Ids = field(init=False, default_factory=lambda: id_table(()))

    _parked: tuple[Thing, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._lanes = map_lanes(self.session.map)
        self._parked = parked_vehicles(self.session.world)

    def ids(self) -> Ids:
        """Return the table of the actors there are now; call it before the readings of a tick are converted."""
        present = [actor.id for actor in self.session.world.get_snapshot()]
        unknown = [actor_id for actor_id in present if actor_id not in self._known]
        if unknown:
            self._known.update(dict.fromkeys(unknown))
            for actor in self.session.world.get_actors(unknown):
                self._known[actor.id] = _know(actor)
            actors = [actor_id for actor_id, known in self._known.items() if known is not None]
            self._ids = id_table([thing.actor_id for thing in self._parked], actors)
        return self._ids

    def observe(self, tick: int) -> WorldState:
        """Return the ego, every other thing by actor id, and the lane lines near the ego."""
        self.ids()
        snapshot = self.session.world.get_snapshot()
        lights = dict(self.session.world.get_vehicles_light_states())
        mine = snapshot.find(self.ego_id)
        if mine is None:
            raise ServerError(f"the ego must be in the snapshot of tick {tick}, got an actor list without it")
        ego = self._thing(mine, lights)
        things = [s for s in snapshot if s.id != self.ego_id and self._known[s.id] is not None]
        others = tuple(self._thing(s, lights) for s in sorted(things, key=lambda s: s.id))
        return WorldState(tick, ego, (*others, *self._parked), self._lanes.near(ego.world_from_actor[:3, 3], self.lane_radius_m))

    def _thing(self, snapshot: Any, lights: Mapping[int, Any]) -> Thing:
        known = self._known[snapshot.id]
        assert known is not None
        pose = snapshot.get_transform()
        rates = snapshot.get_angular_velocity()
        return Thing(
            actor_id=snapshot.id,
            type_id=known.type_id,
            object_class=known.object_class,
            world_from_actor=_pose(pose.location, pose.rotation),
            actor_from_box=known.actor_from_box,
            size_m=known.size_m,
            velocity_mps=mirror_points(_xyz(snapshot.get_velocity())),
            # an axial vector: mirroring y turns the signs of the other two
            angular_velocity_radps=np.radians([-rates.x, rates.y, -rates.z]),
            attributes=known.attributes,
            light_flags=int(lights.get(snapshot.id, 0)),
            traffic_light_state=int(known.actor.get_state()) if known.object_class is ObjectClass.TRAFFIC_LIGHT else -1,
        )


def parked_vehicles(world: carla.World) -> tuple[Thing, ...]:
    """Return the vehicles that are part of the town: no actors, but a detector must find them all the same.

    Their id is the environment object's, which the embedded server shows in instance images and point clouds. Unreal's are of
    64 bits and no image shows them: there the low 31 bits count, with the highest of 32 set.
    """
    things = []
    for label, object_class in _PARKED.items():
        for item in world.get_environment_objects(label):
            box, still = item.bounding_box, np.zeros(3)
            object_id = item.id if item.id < 1 << 31 else item.id % (1 << 31) | 1 << 31
            pose, size = _pose(box.location, box.rotation), 2.0 * np.array(_xyz(box.extent))
            things.append(Thing(object_id, "static.vehicle", object_class, pose, np.eye(4), size, still, still, {}))
    return tuple(sorted(things, key=lambda thing: thing.actor_id))


def classify(type_id: str, attributes: Mapping[str, str]) -> ObjectClass | None:
    """Return the class of an actor, or None for what is no object: sensors, controllers, the spectator."""
    family = type_id.split(".")[0]
    if family == "vehicle":
        wheels = attributes.get("number_of_wheels", "4")
        # two cars of CARLA 0.9.16 have an empty base type
        return _BY_BASE_TYPE.get(attributes.get("base_type", ""), ObjectClass.MOTORCYCLE if wheels == "2" else ObjectClass.CAR)
    if family == "walker":
        return ObjectClass.PEDESTRIAN
    if type_id.startswith("static.prop"):
        return ObjectClass.PROP
    if type_id.startswith("traffic.traffic_light"):
        return ObjectClass.TRAFFIC_LIGHT
    return ObjectClass.TRAFFIC_SIGN if family == "traffic" and type_id != "traffic.unknown" else None


def _know(actor: carla.Actor) -> _Known | None:
    attributes = dict(actor.attributes)
    object_class = classify(actor.type_id, attributes)
    if object_class is None:
        return None
    size, actor_from_box = _head_box(actor) if object_class is ObjectClass.TRAFFIC_LIGHT else _whole_box(actor)
    return _Known(actor, actor.type_id, object_class, actor_from_box, size, attributes)


def _whole_box(actor: carla.Actor) -> tuple[NDArray[np.float64], Matrix]:
    box = actor.bounding_box
    return 2.0 * np.array(_xyz(box.extent)), _pose(box.location, box.rotation)


def _head_box(light: carla.TrafficLight) -> tuple[NDArray[np.float64], Matrix]:
    """Return the box of the light's highest head, the one over the road; CARLA gives these boxes in the world frame."""
    heads = sorted(light.get_light_boxes(), key=lambda box: -box.location.z)
    if not heads:
        return _whole_box(light)
    place = light.get_transform()
    actor_from_world = inverse(_pose(place.location, place.rotation))
    return 2.0 * np.array(_xyz(heads[0].extent)), actor_from_world @ _pose(heads[0].location, heads[0].rotation)


def _pose(location: Any, rotation: Any) -> Matrix:
    return pose_from_carla(_xyz(location), (rotation.pitch, rotation.yaw, rotation.roll))


def _xyz(vector: Any) -> tuple[float, float, float]:
    return vector.x, vector.y, vector.z
