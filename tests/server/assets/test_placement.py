"""Which shapes actors show."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.server.assets.people import PHASES, stride_m
from simgen.server.assets.placement import parse_color, place
from simgen.server.assets.shapes import Shapes
from simgen.server.values import (
    ActorAttributeValue,
    ActorDescription,
    AttributeType,
    BoundingBox,
    LightColor,
    Rotation,
    Transform,
    Vector3D,
)
from simgen.server.world.actors import Actor, Sensor, TrafficLight, TrafficSign, Vehicle, Walker

SHAPES = Shapes()


def an_actor(kind: type[Actor], type_id: str, attributes: dict[str, str] | None = None, **more: object) -> Actor:
    values = tuple(ActorAttributeValue(k, int(AttributeType.STRING), v) for k, v in (attributes or {}).items())
    place_of = Transform(Vector3D(1.0, 2.0, 3.0), Rotation(0.0, 90.0, 0.0))
    return kind(7, ActorDescription(1, type_id, values), place_of, BoundingBox(), **more)


def test_a_vehicle_shows_its_colour_and_lights_where_it_stands() -> None:
    shape, *wheels = place([an_actor(Vehicle, "vehicle.audi.tt", {"color": "10,20,30"}, light_flags=3)], 0.0)
    assert (shape.actor_id, shape.shape, shape.color, shape.light_flags) == (7, "vehicle.audi.tt/body", (10, 20, 30), 3)
    assert [(w.actor_id, w.light_flags) for w in wheels] == [(7, 3)] * 4
    assert [w.shape.removeprefix("vehicle.audi.tt/wheel_") for w in wheels] == ["front", "front", "rear", "rear"]
    assert shape.world_from_shape @ np.array([1.0, 0, 0, 1]) == pytest.approx([1, 3, 3, 1])


@pytest.mark.parametrize(
    ("text", "color"), [("255,0,1", (255, 0, 1)), ("300, 2,3", (255, 2, 3)), ("", (255,) * 3), ("red", (255,) * 3), ("1,2", (255,) * 3)]
)
def test_colours_are_read_or_white(text: str, color: tuple[int, int, int]) -> None:
    assert parse_color(text) == color


def walking(speed: float, walked: float) -> str:
    walker = an_actor(Walker, "walker.pedestrian.0001", velocity=Vector3D(0.0, speed, 0.0), walked_m=walked)
    (shape,) = place([walker], 0.0)
    return shape.shape.partition("/")[2]


def test_a_walker_stands_walks_and_runs_by_its_speed() -> None:
    assert walking(0.0, 5.0) == "stand"
    assert walking(1.4, 0.0) == "walk00"
    assert walking(4.0, 0.0) == "run00"


def test_the_phase_follows_the_distance_walked_and_comes_round_after_a_stride() -> None:
    stride = stride_m("walker.pedestrian.0001", "walk")
    phases = [walking(1.4, stride * (k + 0.5) / PHASES) for k in range(2 * PHASES)]
    assert phases[:PHASES] == [f"walk{k:02d}" for k in range(PHASES)]
    assert phases[PHASES:] == phases[:PHASES]


@pytest.mark.parametrize(
    ("state", "name"), [(LightColor.RED, "red"), (LightColor.YELLOW, "yellow"), (LightColor.GREEN, "green"), (LightColor.OFF, "off")]
)
def test_a_traffic_light_shows_its_state(state: LightColor, name: str) -> None:
    (shape,) = place([an_actor(TrafficLight, "traffic.traffic_light", state=state)], 0.0)
    assert shape.shape == f"traffic.traffic_light/{name}"


def test_every_placed_shape_is_in_the_library() -> None:
    actors = [
        an_actor(TrafficSign, "traffic.stop"),
        an_actor(TrafficSign, "traffic.speed_limit.50"),
        an_actor(TrafficSign, "traffic.some_new_sign"),
        an_actor(Actor, "static.prop.barrel"),
        an_actor(Vehicle, "vehicle.mitsubishi.fusorosa"),
        an_actor(TrafficLight, "traffic.traffic_light"),
        an_actor(Walker, "walker.pedestrian.0030"),
    ]
    shapes = place(actors, 0.0)
    wheels = [shape for shape in shapes if "/wheel_" in shape.shape]
    assert len(shapes) - len(wheels) == len(actors)
    assert len(wheels) == 4
    for shape in shapes:
        assert len(SHAPES.mesh(shape.shape).triangles)
        assert len(SHAPES.mesh(Shapes.far(shape.shape)).triangles) or "/wheel_" in shape.shape


def test_sensors_controllers_triggers_and_the_spectator_are_not_seen() -> None:
    hidden = [
        an_actor(Sensor, "sensor.camera.rgb"),
        an_actor(Actor, "controller.ai.walker"),
        an_actor(Actor, "static.trigger.friction"),
        an_actor(Actor, "util.actor.empty"),
        an_actor(Actor, "spectator"),
    ]
    assert place(hidden, 0.0) == ()
