"""Scripts on a straight road along x: the place is the x axis itself, in CARLA's left-handed frame."""

from types import SimpleNamespace

import pytest

from simgen.client.events import Events
from simgen.scenario.schema import build
from simgen.scenario.script import Script

carla = pytest.importorskip("carla")


class Body:
    """An actor that does what it is told, at once."""

    def __init__(self, x=0.0, y=0.0, speed=0.0):
        self.x, self.y, self.speed, self.controls = x, y, speed, []

    def get_location(self):
        return carla.Location(self.x, self.y, 0.0)

    def get_velocity(self):
        return carla.Vector3D(self.speed, 0.0, 0.0)

    def apply_control(self, control):
        self.controls.append(control)


class StraightPlace:
    def transform(self, spot):
        return carla.Transform(carla.Location(spot.ahead_m, spot.right_m, 0.0))


class TrafficManager:
    def __init__(self):
        self.calls = []

    def force_lane_change(self, actor, to_right):
        self.calls.append(("force_lane_change", actor, to_right))

    def set_desired_speed(self, actor, kmh):
        self.calls.append(("set_desired_speed", actor, kmh))


def staged(when, do, **bodies):
    ego = bodies.pop("ego", Body())
    actors = {name: {"blueprint": "walker.pedestrian.0001"} for name in bodies}
    script = build(Script, {"actors": actors, "events": {"it": {"when": when, "do": do}}}, "script")
    lane = SimpleNamespace(road_id=1, lane_id=-1, transform=carla.Transform(carla.Location(0.0, 0.0, 0.0)))
    road_map = SimpleNamespace(get_waypoint=lambda location: lane)
    stage = SimpleNamespace(ego=ego, actors=bodies, traffic_manager=TrafficManager(), place=StraightPlace())
    return Events(SimpleNamespace(dt_s=0.05, map=road_map), stage, script), lane


WALK = {"type": "walk_to", "actor": "her", "to": {"ahead_m": 10, "right_m": -3}, "speed_mps": 1.5}


def test_time_starts_an_event_at_its_tick():
    events, _ = staged({"type": "after", "time_s": 0.25}, WALK, her=Body(10, 3))
    for tick in range(10):
        events.advance(tick)
    assert events.outcome() == {"it": {"started_tick": 5, "done_tick": None}}


def test_an_event_that_is_never_triggered_did_not_happen():
    events, _ = staged({"type": "ego_within", "actor": "her", "distance_m": 5}, WALK, her=Body(10, 3))
    events.advance(0)
    assert events.outcome() == {"it": {"started_tick": None, "done_tick": None}}


def test_distance_starts_an_event():
    ego, her = Body(), Body(10, 0)
    events, _ = staged({"type": "ego_within", "actor": "her", "distance_m": 5}, WALK, ego=ego, her=her)
    for tick, ego.x in enumerate([4.9, 5.1, 9.0]):
        events.advance(tick)
    assert events.outcome()["it"]["started_tick"] == 1


def test_time_to_arrival_starts_an_event_by_the_egos_speed():
    ego, her = Body(), Body(20, 0)
    events, _ = staged({"type": "ego_arrives", "actor": "her", "time_s": 2}, WALK, ego=ego, her=her)
    for tick, ego.speed in enumerate([0.0, 9.9, 10.1]):
        events.advance(tick)
    assert events.outcome()["it"]["started_tick"] == 2


def test_a_walk_leads_straight_to_the_target_and_ends_there():
    her = Body(10, 3)
    events, _ = staged({"type": "after", "time_s": 0}, WALK, her=her)
    for tick in range(200):
        events.advance(tick)
        control = her.controls[-1] if her.controls else None
        if control is not None:
            her.x += control.direction.x * control.speed * 0.05
            her.y += control.direction.y * control.speed * 0.05
        if events.courses["it"].done is not None:
            break
    assert (her.x, her.y) == pytest.approx((10, -3), abs=0.4)
    assert her.controls[-1].speed == 0.0
    # six metres less the last 0.4 at 1.5 m/s and 20 Hz
    assert events.outcome()["it"]["done_tick"] == pytest.approx(5.6 / 1.5 * 20, abs=1)


def test_a_lane_change_is_done_in_the_middle_of_another_lane():
    car = Body(5, 0)
    events, lane = staged({"type": "after", "time_s": 0}, {"type": "change_lane", "actor": "car", "to": "right"}, car=car)
    events.advance(0)
    assert events.stage.traffic_manager.calls == [("force_lane_change", car, True)]
    lane.lane_id, lane.transform.location = -2, carla.Location(5, 3.5, 0)
    for tick, car.y in enumerate([2.0, 2.7, 2.9, 3.5], start=1):
        events.advance(tick)
    assert events.outcome()["it"] == {"started_tick": 0, "done_tick": 3}
    assert len(events.stage.traffic_manager.calls) == 1


def test_the_ego_itself_may_be_told_its_speed():
    ego = Body(speed=3.0)
    events, _ = staged({"type": "after", "time_s": 0}, {"type": "keep_speed", "actor": "ego", "speed_mps": 10}, ego=ego)
    for tick, ego.speed in enumerate([3.0, 9.0, 9.6]):
        events.advance(tick)
    assert events.stage.traffic_manager.calls == [("set_desired_speed", ego, pytest.approx(36.0))]
    assert events.outcome()["it"]["done_tick"] == 2
