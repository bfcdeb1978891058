"""Lane surfaces: where the edges are, who shares them, and what is painted on them."""

import math
from xml.etree import ElementTree

import carla
import numpy as np
import pytest
from mini_maps import MiniRoad, document
from town_files import SHIPPED, carla_town, shipped

from simgen.server.world.lane_strips import LaneStrip, Marking, lane_strips
from simgen.server.world.roads import RoadMap


def strips_of(*roads: MiniRoad) -> dict[int, LaneStrip]:
    text = document(*roads)
    return {s.lane_id: s for s in lane_strips(carla.Map("mini", text), ElementTree.fromstring(text))}


def test_a_straight_road_has_its_edges_where_its_widths_say() -> None:
    strips = strips_of(MiniRoad(z=1.0))
    assert {i: s.lane_type for i, s in strips.items()} == {1: "driving", 2: "sidewalk", -1: "driving", -2: "sidewalk"}
    for lane_id, inner, outer in ((-1, 0.0, 3.5), (-2, 3.5, 5.5), (1, 0.0, -3.5), (2, -3.5, -5.5)):
        strip = strips[lane_id]
        np.testing.assert_allclose(strip.left[:, 1], inner, atol=1e-5)
        np.testing.assert_allclose(strip.right[:, 1], outer, atol=1e-5)
        np.testing.assert_allclose(strip.left[:, 2], 1.0, atol=1e-6)


def test_samples_run_along_the_road_from_end_to_end_whichever_way_traffic_goes() -> None:
    for strip in strips_of(MiniRoad()).values():
        assert (np.diff(strip.s) > 0.0).all()
        np.testing.assert_allclose(strip.left[[0, -1], 0], [0.0, 100.0], atol=1e-3)
        assert strip.forward == (strip.lane_id < 0)


def test_left_and_right_are_those_of_the_lanes_own_traffic() -> None:
    for strip in strips_of(MiniRoad()).values():
        along = (strip.centre[-1] - strip.centre[0]) * (1.0 if strip.forward else -1.0)
        to_right = strip.right[0] - strip.left[0]
        assert along[0] * to_right[1] - along[1] * to_right[0] > 0.0  # left-handed: right is clockwise


def test_neighbouring_lanes_share_the_vertices_of_their_edge_exactly() -> None:
    strips = strips_of(MiniRoad(lanes=2, shape='<arc curvature="0.02"/>'))
    for inner, outer in ((-1, -2), (-2, -3), (1, 2), (2, 3)):
        assert strips[inner].right is strips[outer].left


def test_markings_are_those_of_the_edges() -> None:
    strips = strips_of(MiniRoad())
    for lane_id in (1, -1):
        assert strips[lane_id].left_marking == Marking("broken", "yellow", pytest.approx(0.12))
        assert strips[lane_id].right_marking == Marking("solid", "white", pytest.approx(0.12))


def test_a_strip_ends_where_a_road_mark_changes() -> None:
    marks = [f'<roadMark sOffset="{s}" type="{kind}" color="white" width="0.1"/>' for s, kind in ((0, "solid"), (40, "broken"))]
    head, tail = document(MiniRoad(sidewalks=False)).split("<center>")
    _, rest = tail.split("</center>", 1)
    text = f'{head}<center><lane id="0" type="none" level="false">{"".join(marks)}</lane></center>{rest}'
    strips = [s for s in lane_strips(carla.Map("mini", text), ElementTree.fromstring(text)) if s.lane_id == -1]
    assert [(round(s.s[0]), round(s.s[-1]), s.left_marking.type) for s in strips] == [(0, 40, "solid"), (40, 100, "broken")]


def test_a_lane_without_road_mark_has_no_marking() -> None:
    text = document(MiniRoad(junction=-1)).replace('type="solid" weight="standard"', 'type="none" weight="standard"')
    strips = lane_strips(carla.Map("mini", text), ElementTree.fromstring(text))
    assert {s.right_marking.type for s in strips} == {"none"}


@pytest.mark.parametrize("radius_m", [12.0, 25.0, 200.0])
def test_chords_of_a_bend_stay_near_its_arc(radius_m: float) -> None:
    strip = strips_of(MiniRoad(length=15.0, shape=f'<arc curvature="{1 / radius_m}"/>'))[-1]
    centre = np.array([0.0, -radius_m])  # the arc turns left: towards negative y in CARLA's frame
    middles = (strip.left[1:] + strip.left[:-1]) / 2.0
    sagitta = np.abs(np.linalg.norm(middles[:, :2] - centre, axis=1) - radius_m)
    turn = np.diff(strip.s).max() / radius_m
    assert sagitta.max() < 0.016
    assert turn <= math.radians(6.0)


@pytest.mark.parametrize("name", SHIPPED)
def test_midlines_of_shipped_towns_are_the_clients_waypoints(name: str) -> None:
    town = shipped(name)
    for strip in town.strips[::7]:
        for s, place in zip(strip.s[::3], strip.centre[::3], strict=True):
            location = town.carla_map.get_waypoint_xodr(strip.road_id, strip.lane_id, float(s)).transform.location
            assert math.dist((location.x, location.y, location.z), place) < 0.01


@pytest.mark.parametrize("name", SHIPPED)
def test_every_driving_lane_joins_the_lanes_that_follow_it(name: str) -> None:
    """No gap and no overlap where a street meets the connecting lanes of a junction."""
    town = shipped(name)
    driving = [s for s in town.strips if s.lane_type == "driving"]
    begins = np.array([s.centre[0 if s.forward else -1] for s in driving])
    ends = np.array([s.centre[-1 if s.forward else 0] for s in driving])
    nearest = np.linalg.norm(ends[:, None] - begins[None], axis=2).min(axis=1)
    assert nearest.max() < 0.01


def test_carla_towns_have_strips_of_many_lane_types() -> None:
    town: RoadMap = carla_town("Town10HD")
    kinds = {s.lane_type for s in town.strips}
    assert {"driving", "sidewalk", "shoulder"} <= kinds
    assert "none" not in kinds
    assert all(np.isfinite(s.left).all() and np.isfinite(s.right).all() for s in town.strips)
