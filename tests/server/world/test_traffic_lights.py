from __future__ import annotations

import math

import pytest
from dynamics_bench import make_car

from simgen.server.values import ActorDescription, BoundingBox, LightColor, Transform, Vector3D
from simgen.server.world.actors import Footing, LightAhead, TrafficLight, Vehicle
from simgen.server.world.network import RoadNetwork, StopPoint
from simgen.server.world.traffic_lights import (
    StopPoints,
    advance_lights,
    braking_zone,
    freeze_lights,
    group_of,
    light_groups,
    look_ahead,
    phase_of,
    reset_lights,
    set_state,
)

RED, YELLOW, GREEN, OFF, UNKNOWN = LightColor.RED, LightColor.YELLOW, LightColor.GREEN, LightColor.OFF, LightColor.UNKNOWN
DT_S = 0.05
NOSE_M = 2.4


def light(signal: str, actor_id: int) -> TrafficLight:
    return TrafficLight(actor_id, ActorDescription(0, "traffic.traffic_light"), Transform(), BoundingBox(), signal_id=signal)


def network(**changes: object) -> RoadNetwork:
    """A junction with two phases (a and b, then c), a light of its own (d), and one stop point of light a at x = 100."""
    parts = {
        "signals": {},
        "stop_points": (StopPoint("a", (100.0, 0.0, 0.0), (1.0, 0.0), 1.75, 1, -1),),
        "light_groups": ((("a", "b"), ("c",)), (("d",),)),
        "speed_limits": {1: ((0.0, 50.0), (200.0, 30.0))},
        "signed_approaches": frozenset({(7, -1)}),
        "controlled_approaches": frozenset({(1, -1)}),
    }
    return RoadNetwork(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture
def lights() -> dict[str, TrafficLight]:
    return {signal: light(signal, 10 + index) for index, signal in enumerate("abcd")}


def pass_time(groups: object, seconds: float) -> None:
    for _ in range(round(seconds / DT_S)):
        advance_lights(groups, DT_S)  # type: ignore[arg-type]


def states(lights: dict[str, TrafficLight]) -> list[LightColor]:
    return [lights[signal].state for signal in "abc"]


def test_phases_follow_each_other_with_yellow_and_all_red_between(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    assert states(lights) == [GREEN, GREEN, RED]
    pass_time(groups, 9.95)
    assert states(lights) == [GREEN, GREEN, RED]
    pass_time(groups, 0.05)
    assert states(lights) == [YELLOW, YELLOW, RED]
    pass_time(groups, 3.0)
    assert states(lights) == [RED, RED, RED]
    pass_time(groups, 2.0)
    assert states(lights) == [RED, RED, GREEN]
    assert lights["c"].elapsed_s == 0.0
    pass_time(groups, 15.0)
    assert states(lights) == [GREEN, GREEN, RED]


def test_a_group_of_one_phase_turns_red_too(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    seen = []
    for _ in range(320):
        advance_lights(groups, DT_S)
        seen.append(lights["d"].state)
    assert seen.count(RED) * DT_S == pytest.approx(2.0)
    assert seen[-1] is GREEN


def test_times_of_the_lights_count(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    for one in phase_of(groups, lights["b"]):
        one.green_s = 4.0
    pass_time(groups, 4.0)
    assert states(lights) == [YELLOW, YELLOW, RED]


def test_never_two_phases_are_open_at_once(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    for _ in range(1000):
        advance_lights(groups, 0.1)
        assert RED in (lights["a"].state, lights["c"].state)


def test_frozen_groups_stand_still(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    pass_time(groups, 5.0)
    freeze_lights(lights.values(), True)
    pass_time(groups, 100.0)
    assert (states(lights), lights["a"].elapsed_s) == ([GREEN, GREEN, RED], pytest.approx(5.0))
    freeze_lights(lights.values(), False)
    pass_time(groups, 5.0)
    assert states(lights) == [YELLOW, YELLOW, RED]


def test_a_state_that_a_client_sets_holds_for_its_own_time(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    pass_time(groups, 9.9)
    set_state(lights["c"], GREEN)
    set_state(lights["a"], RED)
    assert lights["c"].elapsed_s == 0.0
    pass_time(groups, 0.5)
    assert states(lights) == [RED, YELLOW, GREEN]
    pass_time(groups, 2.0)
    assert lights["a"].state is YELLOW  # two seconds of red are over: again as its group
    lights["c"].green_s = 1e6
    pass_time(groups, 300.0)
    assert lights["c"].state is GREEN


def test_off_holds_until_a_reset(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    set_state(lights["a"], OFF)
    pass_time(groups, 300.0)
    assert lights["a"].state is OFF
    reset_lights(groups)
    assert states(lights) == [GREEN, GREEN, RED]


def test_a_reset_begins_again_so_that_runs_repeat(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())

    def run() -> list[tuple[list[LightColor], float]]:
        reset_lights(groups)
        seen = []
        for _ in range(500):
            advance_lights(groups, DT_S)
            seen.append((states(lights), lights["a"].elapsed_s))
        return seen

    first = run()
    pass_time(groups, 3.7)
    assert run() == first


def test_a_group_is_all_lights_of_the_junction(lights: dict[str, TrafficLight]) -> None:
    groups = light_groups(network(), lights.values())
    assert [one.signal_id for one in group_of(groups, lights["c"])] == ["a", "b", "c"]
    assert [one.signal_id for one in group_of(groups, lights["d"])] == ["d"]
    alone = light("z", 99)
    assert group_of(groups, alone) == (alone,)


def test_signals_without_an_actor_are_left_out() -> None:
    only = light("c", 1)
    (group, empty) = light_groups(network(), [only])
    assert group.lights == (only,)
    advance_lights((group, empty), DT_S)
    assert only.state is GREEN


# ---- what vehicles are told


def approaching(distance_m: float, speed_mps: float, y: float = 0.0, yaw: float = 0.0) -> Vehicle:
    """A car whose front bumper is `distance_m` before the stop point."""
    car = make_car(x=100.0 - distance_m - NOSE_M, y=y, yaw=yaw)
    car.velocity = Vector3D(speed_mps, 0.0, 0.0)
    _stand_on(car, 1, -1)
    return car


def _stand_on(car: Vehicle, road: int, lane: int, s: float = 10.0, junction: bool = False) -> None:
    car.motion.footing = Footing(0.0, 0.0, 0.0, 0.0, 0.0, road, lane, s, junction)


def told(car: Vehicle, lights: dict[str, TrafficLight], roads: RoadNetwork | None = None) -> LightAhead:
    roads = roads or network()
    look_ahead([car], StopPoints.of(roads), lights, roads)
    return car.light_ahead


@pytest.mark.parametrize("colour", [RED, YELLOW])
@pytest.mark.parametrize("speed", [0.0, 5.0, 13.0])
def test_a_vehicle_is_flagged_within_its_braking_distance_of_red_and_yellow(
    lights: dict[str, TrafficLight], colour: LightColor, speed: float
) -> None:
    lights["a"].state = colour
    zone = 1.5 + 0.1 * speed + speed**2 / (2 * 0.8 * 9.0)
    assert braking_zone(speed) == pytest.approx(zone)
    assert told(approaching(zone + 0.1, speed), lights) == LightAhead(GREEN)
    assert told(approaching(zone - 0.1, speed), lights) == LightAhead(colour, True, 10, 0)


def test_green_is_never_flagged(lights: dict[str, TrafficLight]) -> None:
    lights["a"].state = GREEN
    for distance in (0.0, 1.0, 5.0, 30.0):
        assert told(approaching(distance, 8.0), lights) == LightAhead(GREEN)


def test_yellow_that_comes_too_late_is_driven_through(lights: dict[str, TrafficLight]) -> None:
    lights["a"].state = YELLOW
    stoppable = 13.0**2 / (2 * 0.7 * 9.0)
    assert told(approaching(stoppable - 0.1, 13.0), lights) == LightAhead(GREEN)
    lights["a"].state = RED
    assert told(approaching(stoppable - 0.1, 13.0), lights).at_light


def test_the_flag_stays_until_green(lights: dict[str, TrafficLight]) -> None:
    lights["a"].state = RED
    car = approaching(5.0, 10.0)
    assert told(car, lights).at_light
    car.velocity = Vector3D()  # it stopped early: outside its braking zone now, but still told
    assert told(car, lights) == LightAhead(RED, True, 10, 0)
    lights["a"].state = GREEN
    assert told(car, lights) == LightAhead(GREEN)


@pytest.mark.parametrize(("x", "y", "stays"), [(2.9, 0.0, True), (3.1, 0.0, False), (0.0, 3.2, True), (0.0, 3.3, False)])
def test_the_flag_ends_3_m_past_the_stop_point_or_beside_the_lane(lights: dict[str, TrafficLight], x: float, y: float, stays: bool) -> None:
    lights["a"].state = RED
    car = approaching(1.0, 3.0)
    told(car, lights)
    car.transform = Transform(Vector3D(100.0 - NOSE_M + x, y, 0.0), car.transform.rotation)
    assert told(car, lights).at_light is stays


def test_others_lanes_headings_and_levels_do_not_matter(lights: dict[str, TrafficLight]) -> None:
    lights["a"].state = RED
    above = approaching(1.0, 5.0)
    above.transform = Transform(Vector3D(96.6, 0.0, 4.0), above.transform.rotation)
    for car in (approaching(1.0, 5.0, y=2.0), approaching(1.0, 5.0, y=-2.0), approaching(1.0, 5.0, yaw=60.0), above):
        assert told(car, lights) == LightAhead(GREEN)


def test_a_stop_point_far_along_the_road_is_found_at_high_speed(lights: dict[str, TrafficLight]) -> None:
    lights["a"].state = RED
    speed = 20.0
    assert braking_zone(speed) > 30.0
    assert told(approaching(braking_zone(speed) - 0.5, speed), lights).at_light


def test_unknown_only_on_approaches_with_a_sign(lights: dict[str, TrafficLight]) -> None:
    car = make_car(x=-500.0)
    _stand_on(car, 7, -1)
    assert told(car, lights).state is UNKNOWN
    _stand_on(car, 8, 1, junction=True)
    assert told(car, lights).state is UNKNOWN  # inside the junction it goes on negotiating
    _stand_on(car, 2, -1)
    assert told(car, lights).state is GREEN


def test_the_speed_limit_is_that_under_the_front_axle_or_the_last_one(lights: dict[str, TrafficLight]) -> None:
    car = make_car(x=-500.0)
    _stand_on(car, 1, -1, s=10.0)
    told(car, lights)
    assert car.speed_limit_kmh == 50.0
    _stand_on(car, 1, -1, s=250.0)
    told(car, lights)
    assert car.speed_limit_kmh == 30.0
    _stand_on(car, 9, -1, junction=True)
    told(car, lights)
    assert car.speed_limit_kmh == 30.0


def test_a_car_that_brakes_when_flagged_stops_before_the_stop_point(lights: dict[str, TrafficLight]) -> None:
    """The zone is long enough for full braking at 9 m/s2 with one tick of delay, at any town speed."""
    lights["a"].state = RED
    for speed in (3.0, 8.0, 14.0, 19.0):
        car, roads = approaching(45.0, speed), network()
        stops, v = StopPoints.of(roads), speed
        for _ in range(400):
            look_ahead([car], stops, lights, roads)
            v = max(0.0, v - 9.0 * DT_S) if car.light_ahead.at_light else v
            car.transform = Transform(Vector3D(car.transform.location.x + v * DT_S, 0.0, 0.0), car.transform.rotation)
            car.velocity = Vector3D(v, 0.0, 0.0)
        assert math.isclose(v, 0.0)
        assert 0.0 < 100.0 - NOSE_M - car.transform.location.x < 5.0 + 0.02 * speed**2
