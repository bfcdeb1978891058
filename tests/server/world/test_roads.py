"""The ground under everything, and what the client's own map says about the shipped towns."""

import math
import re

import carla
import numpy as np
import pytest
from mini_maps import MiniRoad, crosswalk, document
from town_files import SHIPPED, shipped

from simgen.errors import MapError
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap, build
from simgen.server.world.surface import KERB_M


def flat(**changes: object) -> RoadMap:
    return build("mini", document(MiniRoad(**changes)))  # type: ignore[arg-type]


def test_the_ground_of_a_level_road_is_its_height() -> None:
    roads = flat(z=4.0)
    ground = roads.ground(50.0, 1.0, 0.0)
    assert (ground.z, ground.road_id, ground.lane_id, ground.lane_type) == (pytest.approx(4.0), 1, -1, "driving")
    assert ground.s == pytest.approx(50.0, abs=1e-3)
    assert ground.distance_m == 0.0
    assert not ground.is_junction


@pytest.mark.parametrize(("y", "lane"), [(-5.0, 2), (-3.4, 1), (-0.05, 1), (0.05, -1), (3.45, -1), (3.55, -2), (5.4, -2)])
def test_lanes_are_told_apart_at_their_edges(y: float, lane: int) -> None:
    assert flat().ground(33.3, y, 0.0).lane_id == lane


def test_sidewalks_lie_a_kerb_above_the_road_in_surface_height_alone() -> None:
    roads = flat(z=1.0)
    assert roads.surface_height(50.0, 4.5, 1.0) == pytest.approx(1.0 + KERB_M)
    assert roads.surface_height(50.0, 2.0, 1.0) == pytest.approx(1.0)
    assert roads.ground(50.0, 4.5, 1.0).z == pytest.approx(1.0)


def test_a_grade_is_followed_linearly() -> None:
    roads = flat(elevation='<elevation s="0" a="1" b="0.1" c="0" d="0"/>')
    for s in (0.5, 20.0, 63.7, 99.5):
        assert roads.ground(s, 1.0, 0.0).z == pytest.approx(1.0 + 0.1 * s, abs=1e-3)


def test_a_crest_is_followed_to_half_a_centimetre() -> None:
    roads = flat(elevation='<elevation s="0" a="0" b="0.08" c="-0.0008" d="0"/>')
    for s in np.linspace(0.5, 99.5, 80):
        assert roads.ground(float(s), 1.0, 0.0).z == pytest.approx(0.08 * s - 0.0008 * s * s, abs=0.005)


def test_there_is_ground_everywhere() -> None:
    roads = flat(z=3.0)
    for x, y in ((50.0, 20.0), (-500.0, 0.0), (1e5, -1e5)):
        ground = roads.ground(x, y, 0.0)
        assert (ground.road_id, ground.lane_id, ground.lane_type) == (-1, 0, "none")
        assert 2.9 < ground.z < 3.2
        assert ground.distance_m > 0.0


def test_distance_to_the_road_is_about_right() -> None:
    assert flat().ground(50.0, 25.5, 0.0).distance_m == pytest.approx(20.0, abs=1.5)


def test_land_meets_the_outer_edge_of_the_sidewalk_and_has_no_steps() -> None:
    roads = flat(z=2.0)
    heights = [roads.terrain_height(50.0, y) for y in np.arange(5.0, 60.0, 0.5)]
    assert heights[1] == pytest.approx(2.0 + KERB_M, abs=0.08)
    assert max(abs(np.diff(heights))) < 0.1


def test_the_height_of_the_caller_chooses_the_level_where_roads_cross() -> None:
    above = MiniRoad(2, x=50.0, y=-50.0, hdg=math.pi / 2, z=6.0)
    roads = build("bridge", document(MiniRoad(), above))
    below, deck = roads.ground(50.0, 1.0, 0.3), roads.ground(50.0, 1.0, 6.4)
    assert (below.road_id, below.z) == (1, pytest.approx(0.0, abs=1e-6))
    assert (deck.road_id, deck.z) == (2, pytest.approx(6.0, abs=1e-6))
    assert roads.terrain_height(50.0, 0.0) == pytest.approx(0.0, abs=1e-6)


def test_the_origin_is_that_of_the_geo_reference() -> None:
    assert flat().geo_origin == pytest.approx((48.0, 11.0), abs=1e-6)


def test_crosswalks_are_outlines_without_their_repeated_first_corner() -> None:
    roads = flat(objects=crosswalk(30.0, 3.5) + crosswalk(70.0, 3.5))
    assert [outline.shape for outline in roads.crosswalks] == [(4, 3), (4, 3)]
    outline = roads.crosswalks[0]
    np.testing.assert_allclose(np.sort(outline[:, 0]), [28.5, 28.5, 31.5, 31.5], atol=1e-3)
    np.testing.assert_allclose(np.sort(outline[:, 1]), [-3.5, -3.5, 3.5, 3.5], atol=1e-3)


def test_a_town_is_built_once_and_kept() -> None:
    assert shipped("Avenue01") is shipped("Avenue01")


def test_a_document_that_is_no_map_is_refused() -> None:
    with pytest.raises(MapError, match="well-formed"):
        RoadMap.load("nonsense", "not xml")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_ground_of_a_shipped_town_is_that_of_the_client(name: str) -> None:
    """The client's own look-up is the oracle: the lane at random places on lanes, and its height to a centimetre."""
    town = shipped(name)
    rng = np.random.default_rng(3)
    driving = [s for s in town.strips if s.lane_type == "driving"]
    for strip in (driving[i] for i in rng.integers(0, len(driving), 300)):
        x, y, z = _place_on(strip, rng)
        ground = town.ground(x, y, z)
        beneath = town.carla_map.get_waypoint_xodr(ground.road_id, ground.lane_id, ground.s)
        assert ground.z == pytest.approx(beneath.transform.location.z, abs=0.01)
        assert math.dist((x, y), (beneath.transform.location.x, beneath.transform.location.y)) <= beneath.lane_width / 2.0 + 0.05
        nearest = town.carla_map.get_waypoint(carla.Location(x, y, z))
        if not ground.is_junction and not nearest.is_junction:
            assert (ground.road_id, ground.lane_id) == (nearest.road_id, nearest.lane_id)


def _place_on(strip: LaneStrip, rng: np.random.Generator) -> tuple[float, float, float]:
    k, u, v = int(rng.integers(0, len(strip.s) - 1)), rng.uniform(), rng.uniform(0.1, 0.9)
    left, right = (edge[k] * (1 - u) + edge[k + 1] * u for edge in (strip.left, strip.right))
    x, y, z = (left * (1 - v) + right * v).tolist()
    return x, y, z


def driving_waypoints(town: RoadMap) -> list[carla.Waypoint]:
    return list(town.carla_map.generate_waypoints(2.0))


def turned(a: float, b: float) -> float:
    return abs(math.remainder(a - b, 360.0))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_lane_of_a_shipped_town_is_dead_and_no_step_along_it_jumps_or_kinks(name: str) -> None:
    for waypoint in driving_waypoints(shipped(name)):
        following = waypoint.next(2.0)
        assert following, f"road {waypoint.road_id} lane {waypoint.lane_id} ends"
        for after in following:
            a, b = waypoint.transform, after.transform
            assert 1.2 < math.hypot(a.location.x - b.location.x, a.location.y - b.location.y) < 2.6
            assert abs(a.location.z - b.location.z) < 0.3
            assert turned(a.rotation.yaw, b.rotation.yaw) < 25.0


@pytest.mark.parametrize("name", SHIPPED)
def test_every_waypoint_of_a_shipped_town_projects_onto_its_own_lane(name: str) -> None:
    town = shipped(name)
    for waypoint in driving_waypoints(town)[::5]:
        found = town.carla_map.get_waypoint(waypoint.transform.location)
        to_right, place = found.transform.get_right_vector(), waypoint.transform.location - found.transform.location
        if found.road_id == waypoint.road_id:
            assert abs(place.x * to_right.x + place.y * to_right.y) < 0.02
        if not waypoint.is_junction and not found.is_junction:
            assert (found.road_id, found.lane_id) == (waypoint.road_id, waypoint.lane_id)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_town_has_what_traffic_needs(name: str) -> None:
    town = shipped(name)
    kinds = {landmark.type for landmark in town.carla_map.get_all_landmarks()}
    assert {"1000001", "206", "274"} <= kinds
    assert len(town.crosswalks) > 30
    assert "<spiral" not in town.opendrive
    assert len(town.opendrive) < 1_200_000
    assert max(abs(s.centre[:, 2]).max() for s in town.strips) > 4.0  # a hill


@pytest.mark.parametrize("name", SHIPPED)
def test_every_approach_of_a_shipped_town_has_a_light_or_a_sign_but_for_the_ring(name: str) -> None:
    """Traffic that circulates in a roundabout has the right of way."""
    town = shipped(name)
    ring = {s.road_id for s in town.strips if "ring_" in _road_name(town, s.road_id)}
    governed = town.network.signed_approaches | town.network.controlled_approaches
    approaches = {
        (a.road_id, a.lane_id) for a, b in town.carla_map.get_topology() if b.is_junction and not a.is_junction and a.road_id not in ring
    }
    assert len(approaches) > 30
    assert approaches <= governed


def _road_name(town: RoadMap, road_id: int) -> str:
    found = re.search(rf'<road [^>]*id="{road_id}"[^>]*>', town.opendrive)
    assert found is not None
    return found.group(0)


@pytest.mark.parametrize("name", SHIPPED)
def test_lane_changes_are_open_on_broken_white_lines_alone(name: str) -> None:
    town = shipped(name)
    changes = {str(w.lane_change) for w in driving_waypoints(town)}
    assert changes == {"NONE", "Left", "Right"}
    for waypoint in driving_waypoints(town)[::9]:
        if str(waypoint.lane_change) == "Right":
            assert str(waypoint.right_lane_marking.type) == "Broken"
            assert waypoint.get_right_lane().lane_id * waypoint.lane_id > 0


@pytest.mark.parametrize("name", SHIPPED)
def test_limits_of_a_shipped_town_are_those_on_its_signs(name: str) -> None:
    town = shipped(name)
    for landmark in town.carla_map.get_all_landmarks_of_type("274"):
        assert town.network.speed_limit(landmark.road_id, landmark.s) == pytest.approx(landmark.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_arterials_of_a_shipped_town_are_wide_enough_for_buses(name: str) -> None:
    assert min(w.lane_width for w in driving_waypoints(shipped(name))) > 3.39
