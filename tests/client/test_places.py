import math

import pytest

from simgen.client.lanes import map_lanes
from simgen.client.places import find_places
from simgen.geometry.pose import mirror_points
from simgen.scenario.script import Place, Spot

carla = pytest.importorskip("carla")


@pytest.fixture(scope="module")
def town(maps_folder):
    return carla.Map("Avenue01", (maps_folder / "Avenue01.xodr").read_text())


@pytest.fixture(scope="module")
def maps_folder():
    from pathlib import Path

    import simgen.server.maps

    return Path(simgen.server.maps.__file__).parent


@pytest.mark.parametrize(("name", "needs"), [("Avenue01", ("sidewalk",)), ("Avenue01", ("left_lane",)), ("Suburb01", ("sidewalk",))])
def test_shipped_towns_have_places_for_the_shipped_scripts(maps_folder, name, needs):
    assert len(find_places(carla.Map(name, (maps_folder / f"{name}.xodr").read_text()), Place(60.0, needs))) >= 10


def test_a_place_is_straight_and_leads_ahead(town):
    for place in find_places(town, Place(60.0))[::10]:
        first, last = place.chain[0].transform, place.chain[-1].transform
        ahead = first.get_forward_vector()
        way = last.location - first.location
        assert way.x * ahead.x + way.y * ahead.y == pytest.approx(60.0, abs=0.5)
        assert not any(waypoint.is_junction for waypoint in place.chain)


def test_spots_are_measured_along_and_across_the_lane(town):
    place = find_places(town, Place(60.0, ("sidewalk",)))[0]
    start = place.transform(Spot())
    spot = place.transform(Spot(ahead_m=20.0, right_m=2.0))
    ahead, right = start.get_forward_vector(), start.get_right_vector()
    way = spot.location - start.location
    assert way.x * ahead.x + way.y * ahead.y == pytest.approx(20.0, abs=0.2)
    assert way.x * right.x + way.y * right.y == pytest.approx(2.0, abs=0.8)  # the road may bend by two degrees


def test_the_kerb_is_the_edge_of_the_sidewalk(town):
    for place in find_places(town, Place(60.0, ("sidewalk",)))[::10]:
        on_walk, on_road = (place.transform(Spot(of="kerb", right_m=offset)).location for offset in (0.3, -0.3))
        assert town.get_waypoint(on_walk, project_to_road=False, lane_type=carla.LaneType.Sidewalk) is not None
        assert town.get_waypoint(on_road, project_to_road=False, lane_type=carla.LaneType.Sidewalk) is None


def test_a_positive_yaw_turns_to_the_left(town):
    place = find_places(town, Place(60.0))[0]
    start, turned = place.transform(Spot()), place.transform(Spot(yaw_deg=90.0))
    left, forward = start.get_right_vector() * -1.0, turned.get_forward_vector()
    assert left.x * forward.x + left.y * forward.y == pytest.approx(1.0, abs=1e-3)


def test_the_left_lane_leads_the_same_way(town):
    place = find_places(town, Place(60.0, ("left_lane",)))[0]
    start, beside = place.transform(Spot()), place.transform(Spot(of="left_lane"))
    assert beside.rotation.yaw == pytest.approx(start.rotation.yaw, abs=1.0)
    right = start.get_right_vector()
    way = beside.location - start.location
    assert way.x * right.x + way.y * right.y == pytest.approx(-3.5, abs=0.3)


def test_lane_lines_near_a_point_stay_within_the_radius_and_in_one_piece(town):
    lanes = map_lanes(town)
    at = town.get_spawn_points()[0].location if town.get_spawn_points() else town.generate_waypoints(20.0)[0].transform.location
    centre = mirror_points([at.x, at.y, at.z])
    near = lanes.near(centre, 30.0)
    assert {line.kind for line in near} == {"centre", "boundary"}
    for line in near:
        offset = line.points_world[:, :2] - centre[:2]
        assert (offset**2).sum(axis=1).max() <= 30.0**2
        steps = line.points_world[1:, :2] - line.points_world[:-1, :2]
        assert (steps**2).sum(axis=1).max() < 3.0**2


def test_a_boundary_runs_half_a_lane_beside_its_centre_line(town):
    lanes = map_lanes(town)
    centres = {(line.road_id, line.lane_id): line for line in lanes.lines if line.kind == "centre"}
    checked = 0
    for line in lanes.lines:
        centre = centres[line.road_id, line.lane_id]
        if line.kind == "boundary" and len(line.points_world) == len(centre.points_world):
            x, y, z = mirror_points(centre.points_world[1])
            lane = town.get_waypoint_xodr(line.road_id, line.lane_id, town.get_waypoint(carla.Location(x, y, z)).s)
            if lane is not None:
                half = lane.lane_width / 2.0
                assert math.dist(line.points_world[1], centre.points_world[1]) == pytest.approx(half, abs=0.05)
                checked += 1
    assert checked > 100


def test_no_boundary_is_listed_twice(town):
    middles = [
        tuple(line.points_world[len(line.points_world) // 2].round(1))
        for line in map_lanes(town).lines
        if line.marking not in ("none", "driving")
    ]
    assert len(middles) > 100
    assert len(set(middles)) == len(middles)
