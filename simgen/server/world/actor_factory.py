"""Makes actors of blueprints, and the lights and signs of a map."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from simgen.datatypes.tags import Tag
from simgen.server.values import ActorAttributeValue, ActorDescription, BoundingBox, LightColor, Rotation, Transform, Vector3D
from simgen.server.world.actors import Actor, Sensor, TrafficLight, TrafficSign, Vehicle, Walker
from simgen.server.world.attachment import relative
from simgen.server.world.blueprints import LIBRARY, Blueprint
from simgen.server.world.chassis import default_physics, wheelbase
from simgen.server.world.network import LIGHT, SPEED_LIMIT, STOP, YIELD, RoadNetwork, Signal, StopPoint
from simgen.server.world.refusals import Refused

CENTIMETRE_M = 0.01
NAMED_LIMITS_KMH = (30, 40, 50, 60, 90, 100, 120, 130)
"""Speed signs with a type id of their own."""
TRIGGER_DEPTH_M = 1.5
TRIGGER_HALF_HEIGHT_M = 1.0
SIGN_HALF_SIZE_M = 0.4

LIGHT_TAGS = bytes([Tag.TRAFFIC_LIGHT, Tag.POLES])
SIGN_TAGS = bytes([Tag.TRAFFIC_SIGNS, Tag.POLES])

SIGN_TYPES: Mapping[str, str] = {STOP: "traffic.stop", YIELD: "traffic.yield"}

WITHOUT_STREAM = frozenset({"sensor.other.lane_invasion"})
"""Sensors that the client computes by itself: a stream token would make it wait for data."""


def find_blueprint(description: ActorDescription) -> Blueprint:
    """Return what a description asks to spawn. Raises Refused for ids that the library does not have."""
    blueprint = LIBRARY.get(description.id)
    if blueprint is None or not 1 <= description.uid <= len(LIBRARY):
        raise Refused(f"Spawn failed because of invalid actor description: {description.id!r} (uid {description.uid})")
    return blueprint


def complete(blueprint: Blueprint, description: ActorDescription) -> ActorDescription:
    """Return `description` with the defaults of attributes it leaves out, so that sensors find all of theirs."""
    sent = {value.id for value in description.attributes}
    missing = (ActorAttributeValue(a.id, a.type, a.value) for a in blueprint.attributes if a.id not in sent)
    return ActorDescription(blueprint.uid, blueprint.id, (*description.attributes, *missing))


def make_actor(actor_id: int, blueprint: Blueprint, description: ActorDescription, transform: Transform, stream_id: int = 0) -> Actor:
    """Return a new actor at `transform` (world). `stream_id` is for sensors."""
    kind = blueprint.family.split(".")[0]
    return MAKERS.get(kind, _plain)(actor_id, blueprint, complete(blueprint, description), transform, stream_id)


def number(actor: Actor, name: str, default: float) -> float:
    """Return an attribute read as C's atof does: the longest number at its beginning ("3.5f" is 3.5), `default` for none."""
    text = actor.attribute(name).strip()
    for end in range(len(text), 0, -1):
        try:
            value = float(text[:end])
        except ValueError:
            continue
        return value if math.isfinite(value) else default
    return default


def is_true(actor: Actor, name: str, default: bool) -> bool:
    """Return a flag in any capitalisation."""
    return {"true": True, "1": True, "false": False, "0": False}.get(actor.attribute(name).strip().lower(), default)


def _box(actor_id: int, blueprint: Blueprint) -> BoundingBox:
    return BoundingBox(Vector3D(*blueprint.centre), Vector3D(*blueprint.extent), actor_id=actor_id)


def _plain(actor_id: int, blueprint: Blueprint, description: ActorDescription, transform: Transform, stream_id: int) -> Actor:
    actor = Actor(actor_id, description, transform, _box(actor_id, blueprint), blueprint.semantic_tags)
    if blueprint.id == "static.trigger.friction":
        # The original takes the numbers for centimetres, whatever they are meant to be.
        extent = (abs(number(actor, f"extent_{axis}", 100.0)) * CENTIMETRE_M for axis in "xyz")
        actor.bounding_box = BoundingBox(Vector3D(), Vector3D(*extent), actor_id=actor_id)
    return actor


def _vehicle(actor_id: int, blueprint: Blueprint, description: ActorDescription, transform: Transform, stream_id: int) -> Actor:
    vehicle = Vehicle(actor_id, description, transform, _box(actor_id, blueprint), blueprint.semantic_tags)
    vehicle.physics = default_physics(blueprint.mass_kg, blueprint.extent, blueprint.wheels, blueprint.base_type)
    vehicle.wheelbase_m = wheelbase(blueprint.extent, blueprint.base_type)
    vehicle.sticky_control = is_true(vehicle, "sticky_control", True)
    return vehicle


def _walker(actor_id: int, blueprint: Blueprint, description: ActorDescription, transform: Transform, stream_id: int) -> Actor:
    return Walker(actor_id, description, transform, _box(actor_id, blueprint), blueprint.semantic_tags)


def _sensor(actor_id: int, blueprint: Blueprint, description: ActorDescription, transform: Transform, stream_id: int) -> Actor:
    sensor = Sensor(actor_id, description, transform, _box(actor_id, blueprint), blueprint.semantic_tags)
    sensor.stream_id = 0 if blueprint.id in WITHOUT_STREAM else stream_id
    sensor.period_s = max(0.0, number(sensor, "sensor_tick", 0.0))
    return sensor


MAKERS: Mapping[str, Callable[[int, Blueprint, ActorDescription, Transform, int], Actor]] = {
    "vehicle": _vehicle,
    "walker": _walker,
    "sensor": _sensor,
}
"""By the first part of the blueprint's id; everything else is a plain actor."""


def make_signal(actor_id: int, signal: Signal, network: RoadNetwork, pole_index: int) -> Actor:
    """Return the traffic light or sign that stands for a signal of the map."""
    if signal.type == LIGHT:
        return _traffic_light(actor_id, signal, network, pole_index)
    description = ActorDescription(0, sign_type(signal))
    size = Vector3D(SIGN_HALF_SIZE_M, SIGN_HALF_SIZE_M, SIGN_HALF_SIZE_M)
    box = BoundingBox(Vector3D(0.0, 0.0, signal.height_m), size, actor_id=actor_id)
    return TrafficSign(actor_id, description, signal.transform, box, SIGN_TAGS, signal_id=signal.signal_id)


def sign_type(signal: Signal) -> str:
    """Return the type id of a sign's actor: only eight speed limits have one of their own."""
    if signal.type == SPEED_LIMIT:
        limit = next((kmh for kmh in NAMED_LIMITS_KMH if signal.value.split(".")[0] == str(kmh)), None)
        return f"traffic.speed_limit.{limit}" if limit else "traffic.unknown"
    return SIGN_TYPES.get(signal.type, "traffic.unknown")


def _traffic_light(actor_id: int, signal: Signal, network: RoadNetwork, pole_index: int) -> TrafficLight:
    description = ActorDescription(0, "traffic.traffic_light")
    points = [point for point in network.stop_points if point.signal_id == signal.signal_id]
    light = TrafficLight(actor_id, description, signal.transform, _trigger_box(actor_id, signal, points), LIGHT_TAGS)
    light.signal_id, light.pole_index = signal.signal_id, pole_index
    light.group = network.group_of(signal.signal_id)
    light.state = LightColor.RED if points else LightColor.GREEN
    return light


def _trigger_box(actor_id: int, signal: Signal, points: list[StopPoint]) -> BoundingBox:
    """Return the box in front of the stop point, relative to the light: what clients know as its trigger volume."""
    if not points:
        return BoundingBox(extent=Vector3D(TRIGGER_DEPTH_M, TRIGGER_DEPTH_M, TRIGGER_HALF_HEIGHT_M), actor_id=actor_id)
    point = points[0]
    heading = math.degrees(math.atan2(point.heading[1], point.heading[0]))
    from_light = relative(signal.transform, _placed(point.location, heading))
    extent = Vector3D(TRIGGER_DEPTH_M, point.half_width, TRIGGER_HALF_HEIGHT_M)
    return BoundingBox(from_light.location, extent, from_light.rotation, actor_id)


def _placed(location: tuple[float, float, float], yaw_deg: float) -> Transform:
    return Transform(Vector3D(*location), Rotation(0.0, yaw_deg, 0.0))
