"""Spawn points: on lanes, apart, looking with traffic, clear of junctions and stop lines."""

import itertools
import math

import carla
import pytest
from mini_maps import MiniRoad, document, signal
from town_files import SHIPPED, carla_town, shipped

from simgen.server.values import Transform
from simgen.server.world.roads import build
from simgen.server.world.spawn_points import LANE_SPACING_M, LIFT_M, SPACING_M, spawn_points


def of(road: MiniRoad) -> tuple[Transform, ...]:
    return build("mini", document(road)).spawn_points


def test_points_lie_in_the_middle_of_lanes_and_look_with_their_traffic() -> None:
    points = of(MiniRoad(z=2.0))
    assert len(points) >= 6
    for point in points:
        along = 0.0 if point.location.y > 0.0 else 180.0
        assert abs(point.location.y) == pytest.approx(1.75, abs=1e-4)
        assert abs(math.remainder(point.rotation.yaw - along, 360.0)) < 1e-3
        assert point.location.z == pytest.approx(2.0 + LIFT_M)
    assert {point.location.y > 0.0 for point in points} == {True, False}


def test_points_are_apart() -> None:
    for a, b in itertools.combinations(of(MiniRoad(length=300.0, lanes=2)), 2):
        same_lane = abs(a.location.y - b.location.y) < 0.1
        assert math.dist(a.location.as_tuple(), b.location.as_tuple()) >= (LANE_SPACING_M if same_lane else SPACING_M)


def test_a_vehicle_on_a_grade_points_up_it() -> None:
    climbing = of(MiniRoad(elevation='<elevation s="0" a="0" b="0.1" c="0" d="0"/>'))
    for point in climbing:
        uphill = point.location.y > 0.0
        assert point.rotation.pitch == pytest.approx(math.degrees(math.atan(0.1)) * (1.0 if uphill else -1.0), abs=0.05)


def test_nobody_appears_at_a_stop_line() -> None:
    light = signal("7", "1000001", 50.0, -4.0, "+", (-1, -1))
    assert all(math.hypot(p.location.x - 50.0, p.location.y - 1.75) >= 8.0 for p in of(MiniRoad(signals=light)))


def test_narrow_lanes_and_connecting_roads_have_no_points() -> None:
    narrow = document(MiniRoad()).replace('a="3.5"', 'a="2.5"')
    assert build("mini", narrow).spawn_points == ()


def test_a_road_shorter_than_its_clearances_has_none() -> None:
    assert of(MiniRoad(length=19.0)) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_town_has_places_for_a_hundred_vehicles(name: str) -> None:
    town = shipped(name)
    assert len(town.spawn_points) >= 100
    assert town.spawn_points == spawn_points(town.strips, town.network.stop_points)


@pytest.mark.parametrize("name", SHIPPED)
def test_points_of_a_shipped_town_lie_on_driving_lanes_without_projection(name: str) -> None:
    town = shipped(name)
    for point in town.spawn_points:
        place = carla.Location(*point.location.as_tuple())
        waypoint = town.carla_map.get_waypoint(place, project_to_road=False, lane_type=carla.LaneType.Driving)
        assert waypoint is not None
        assert not waypoint.is_junction
        to_right, offset = waypoint.transform.get_right_vector(), place - waypoint.transform.location
        assert abs(offset.x * to_right.x + offset.y * to_right.y) < 0.02
        assert town.ground(*point.location.as_tuple()).z == pytest.approx(point.location.z - LIFT_M, abs=0.005)
        assert abs(math.remainder(waypoint.transform.rotation.yaw - point.rotation.yaw, 360.0)) < 2.0
        assert abs(math.remainder(waypoint.transform.rotation.pitch - point.rotation.pitch, 360.0)) < 1.0


@pytest.mark.parametrize("name", ["Town01", "Town10HD"])
def test_carla_towns_have_places_enough(name: str) -> None:
    assert len(carla_town(name).spawn_points) >= 50
