"""Signals, stop points, light groups and limits, read from maps small enough to check by eye."""

import math
from xml.etree import ElementTree

import pytest
from mini_maps import MiniRoad, document, limit, signal, stop_line
from town_files import SHIPPED, carla_town, shipped

from simgen.server.world import network
from simgen.server.world.roads import RoadMap, build


def of(text: str) -> network.RoadNetwork:
    return build("mini", text).network


@pytest.mark.parametrize(
    ("maximum", "unit", "kmh"), [("36", "km/h", 36.0), ("30", "mph", 48.28032), ("10", "m/s", 36.0), ("10", None, 36.0)]
)
def test_limits_are_in_kmh_whatever_their_unit(maximum: str, unit: str | None, kmh: float) -> None:
    assert of(document(MiniRoad(limit=limit(maximum, unit)))).speed_limit(1, 50.0) == pytest.approx(kmh)


def test_a_limit_holds_from_its_s_on() -> None:
    net = of(document(MiniRoad(limit=limit("30", "km/h") + limit("50", "km/h", 40.0))))
    assert [net.speed_limit(1, s) for s in (0.0, 39.9, 40.0, 100.0)] == [30.0, 30.0, 50.0, 50.0]


@pytest.mark.parametrize("text", ["", limit("no limit", None), limit("undefined", None)])
def test_a_road_that_states_no_limit_has_none(text: str) -> None:
    assert of(document(MiniRoad(limit=text))).speed_limit(1, 10.0) is None


def test_a_light_with_validity_stops_exactly_those_lanes() -> None:
    net = of(document(MiniRoad(lanes=2, signals=signal("7", network.LIGHT, 90.0, -8.0, "+", (-1, -1)))))
    assert [(p.signal_id, p.road_id, p.lane_id) for p in net.stop_points] == [("7", 1, -1)]
    assert net.controlled_approaches == {(1, -1)}


@pytest.mark.parametrize(("orientation", "lanes"), [("+", {-1, -2}), ("-", {1, 2}), ("none", set())])
def test_a_light_without_validity_stops_the_lanes_of_its_direction(orientation: str, lanes: set[int]) -> None:
    net = of(document(MiniRoad(lanes=2, signals=signal("7", network.LIGHT, 90.0, -8.0, orientation, None))))
    assert {p.lane_id for p in net.stop_points} == lanes


def test_a_light_with_zero_validity_stops_nobody() -> None:
    assert of(document(MiniRoad(signals=signal("7", network.LIGHT, 90.0, -4.0, "+", (0, 0))))).stop_points == ()


def test_a_stop_point_stands_at_the_signal_in_the_middle_of_the_lane_looking_with_traffic() -> None:
    net = of(document(MiniRoad(z=2.0, signals=signal("7", network.LIGHT, 90.0, -4.0, "+", (-1, -1)))))
    point = net.stop_points[0]
    assert point.location == pytest.approx((90.0, 1.75, 2.0), abs=1e-4)
    assert point.heading == pytest.approx((1.0, 0.0), abs=1e-6)
    assert point.half_width == pytest.approx(1.75)


def test_traffic_against_the_road_stops_looking_the_other_way() -> None:
    point = of(document(MiniRoad(signals=signal("7", network.LIGHT, 10.0, 4.0, "-", (1, 1))))).stop_points[0]
    assert point.location == pytest.approx((10.0, -1.75, 0.0), abs=1e-4)
    assert point.heading == pytest.approx((-1.0, 0.0), abs=1e-6)


def test_a_painted_line_moves_the_stop_point_of_its_lane_only() -> None:
    light = signal("7", network.LIGHT, 95.0, -8.0, "+", (-2, -1))
    net = of(document(MiniRoad(lanes=2, objects=stop_line(88.0, -1), signals=light)))
    assert {p.lane_id: round(p.location[0], 3) for p in net.stop_points} == {-1: 88.0, -2: 95.0}


JUNCTION = '<junction id="9" name="j"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start"><laneLink from="-1" to="-1"/></connection>{}</junction>'  # noqa: E501


def joined(reference: str, objects: str = "", controllers: str = "") -> str:
    """A road of 100 m, then a connecting road of 20 m with a signal reference; the light itself governs nothing."""
    link = '<successor elementType="junction" elementId="9"/>'
    incoming = MiniRoad(objects=objects, link=link, signals=signal("7", network.LIGHT, 99.0, -4.0, "+", (0, 0)))
    link = '<predecessor elementType="road" elementId="1" contactPoint="end"/>'
    connecting = MiniRoad(2, x=100.0, length=20.0, sidewalks=False, junction=9, link=link, signals=reference)
    text = document(incoming, connecting, rest=JUNCTION.format(controllers))
    lane_link = '<lane id="-1" type="driving" level="false"><link/>'
    head, road = text.split('<road name="r2"')
    return head + '<road name="r2"' + road.replace(lane_link, lane_link.replace("<link/>", '<link><predecessor id="-1"/></link>'))


REFERENCE = '<signalReference id="7" s="1" t="0" orientation="+"><validity fromLane="-1" toLane="-1"/></signalReference>'


def test_a_reference_on_a_connecting_road_stops_the_incoming_lane_just_before_the_junction() -> None:
    net = of(joined(REFERENCE))
    assert [(p.signal_id, p.road_id, p.lane_id) for p in net.stop_points] == [("7", 1, -1)]
    assert net.stop_points[0].location[0] == pytest.approx(99.45, abs=0.01)


def test_several_references_make_one_stop_point() -> None:
    assert len(of(joined(REFERENCE * 3)).stop_points) == 1


def test_a_painted_line_counts_for_references_too() -> None:
    assert of(joined(REFERENCE, objects=stop_line(94.0, -1))).stop_points[0].location[0] == pytest.approx(94.0, abs=1e-3)


def groups(rest: str, lights: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    signals = "".join(signal(name, network.LIGHT, 50.0, -4.0, "+", (-1, -1)) for name in lights)
    root = ElementTree.fromstring(document(MiniRoad(signals=signals), rest=rest))
    return network.light_groups(root, network.signal_types(root))


def controller(name: str, lights: str) -> str:
    return f'<controller id="{name}">' + "".join(f'<control signalId="{i}" type="0"/>' for i in lights) + "</controller>"


def test_controllers_of_a_junction_are_phases_in_order_of_sequence() -> None:
    junction = '<junction id="9"><controller id="p" sequence="1"/><controller id="q" sequence="0"/></junction>'
    assert groups(controller("p", "ab") + controller("q", "c") + junction, "abc") == ((("c",), ("a", "b")),)


def test_a_light_listed_twice_in_a_controller_counts_once_but_may_have_two_phases() -> None:
    junction = '<junction id="9"><controller id="p" sequence="0"/><controller id="q" sequence="1"/></junction>'
    assert groups(controller("p", "aab") + controller("q", "bc") + junction, "abc") == ((("a", "b"), ("b", "c")),)


def test_lights_without_a_junction_or_controller_are_groups_of_their_own() -> None:
    assert groups(controller("p", "ab"), "abc") == ((("a", "b"),), (("c",),))


def test_a_controller_may_name_things_that_are_no_lights() -> None:
    assert groups(controller("p", "axy"), "a") == ((("a",),),)


def test_group_of_finds_the_group_of_a_light() -> None:
    net = shipped("Avenue01").network
    assert all(net.group_of(i) == k for k, group in enumerate(net.light_groups) for phase in group for i in phase)
    assert net.group_of("nothing") == -1


@pytest.mark.parametrize("kind", [network.STOP, network.YIELD])
def test_a_stop_or_yield_sign_marks_the_approaches_it_holds_for(kind: str) -> None:
    net = of(document(MiniRoad(lanes=2, signals=signal("7", kind, 90.0, -8.0, "+", None) + signal("8", "274", 5.0, -8.0, "+", None))))
    assert net.signed_approaches == {(1, -1), (1, -2)}
    assert net.controlled_approaches == frozenset()


def test_a_sign_stands_on_the_ground_and_its_front_faces_the_traffic() -> None:
    both = signal("7", network.STOP, 90.0, -5.0, "+", (-1, -1)) + signal("8", network.STOP, 10.0, 5.0, "-", (1, 1))
    signals = of(document(MiniRoad(z=3.0, signals=both))).signals
    for signal_id, place, towards_traffic in (("7", (90.0, 5.0, 3.0), (-1.0, 0.0)), ("8", (10.0, -5.0, 3.0), (1.0, 0.0))):
        stand = signals[signal_id].transform
        assert stand.location.as_tuple() == pytest.approx(place, abs=1e-3)
        front = math.radians(stand.rotation.yaw + 90.0)
        assert (math.cos(front), math.sin(front)) == pytest.approx(towards_traffic, abs=1e-6)
        assert signals[signal_id].height_m == pytest.approx(2.0)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_front_in_a_shipped_town_faces_the_traffic_it_is_for(name: str) -> None:
    town = shipped(name)
    for point in town.network.stop_points:
        yaw = math.radians(town.network.signals[point.signal_id].transform.rotation.yaw + 90.0)
        assert math.cos(yaw) * point.heading[0] + math.sin(yaw) * point.heading[1] < -0.97


@pytest.mark.parametrize("name", SHIPPED)
def test_every_light_of_a_shipped_town_has_a_phase_and_a_lane(name: str) -> None:
    net = shipped(name).network
    lights = {i for i, s in net.signals.items() if s.type == network.LIGHT}
    assert lights == {i for group in net.light_groups for phase in group for i in phase} == {p.signal_id for p in net.stop_points}
    assert all(len(group) >= 2 for group in net.light_groups)


@pytest.mark.parametrize("name", SHIPPED)
def test_opposite_approaches_that_are_green_together_never_cross(name: str) -> None:
    net = shipped(name).network
    heading = {p.signal_id: p.heading for p in net.stop_points}
    for group in net.light_groups:
        for phase in group:
            for a in phase:
                for b in phase:
                    along = heading[a][0] * heading[b][0] + heading[a][1] * heading[b][1]
                    assert abs(along) > 0.75, f"{a} and {b} cross"


@pytest.mark.parametrize(("name", "lights", "phases"), [("Town01", 36, 3), ("Town10HD", 17, 4)])
def test_carla_towns_give_one_stop_point_per_incoming_lane(name: str, lights: int, phases: int) -> None:
    town: RoadMap = carla_town(name)
    net = town.network
    assert sum(s.type == network.LIGHT for s in net.signals.values()) == lights
    assert max(len(group) for group in net.light_groups) == phases
    lanes = [(p.road_id, p.lane_id) for p in net.stop_points]
    assert len(lanes) == len(set(lanes)) > 20
    assert all(not town.carla_map.get_waypoint_xodr(*lane, 0.1).is_junction for lane in lanes)
