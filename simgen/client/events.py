"""Carrying out a script: triggers are looked at and actions go on at every tick, on the state of the world."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import carla

from simgen.client.session import Session
from simgen.client.stage import Stage
from simgen.scenario.script import Action, After, ChangeLane, EgoArrives, EgoWithin, Event, KeepSpeed, Script, Trigger, WalkTo

_ARRIVED_M = 0.4
_IN_LANE_M = 0.7
_AT_SPEED_MPS = 0.5


@dataclass
class Course:
    """How far one event has come. Ticks count from 0, the first recorded one."""

    event: Event
    started: int | None = None
    done: int | None = None
    from_lane: tuple[int, int] | None = None


@dataclass
class Events:
    """The events of an episode's script; without a script there are none."""

    session: Session
    stage: Stage
    script: Script | None
    courses: dict[str, Course] = field(init=False)

    def __post_init__(self) -> None:
        self.courses = {name: Course(event) for name, event in (self.script.events if self.script else {}).items()}

    def advance(self, tick: int) -> None:
        """Start what is triggered and go on with what has started, by the world's state after `tick`."""
        for course in self.courses.values():
            if course.started is None and _TRIGGERS[type(course.event.when)](course.event.when, self, tick):
                course.started = tick
                _STARTS[type(course.event.do)](course.event.do, self, course)
            if course.started is not None and course.done is None and _GOES_ON[type(course.event.do)](course.event.do, self, course):
                course.done = tick

    def outcome(self) -> dict[str, dict[str, int | None]]:
        """Return for each event the ticks at which it started and was done; None for what did not happen."""
        return {name: {"started_tick": course.started, "done_tick": course.done} for name, course in self.courses.items()}

    def actor(self, name: str) -> carla.Actor:
        return self.stage.ego if name == "ego" else self.stage.actors[name]


def _after(when: After, events: Events, tick: int) -> bool:
    return tick * events.session.dt_s >= when.time_s


def _ego_within(when: EgoWithin, events: Events, tick: int) -> bool:
    return _gap(events, when.actor) <= when.distance_m


def _ego_arrives(when: EgoArrives, events: Events, tick: int) -> bool:
    return _gap(events, when.actor) <= when.time_s * _speed(events.stage.ego)


def _gap(events: Events, actor: str) -> float:
    return float(events.stage.ego.get_location().distance(events.actor(actor).get_location()))


def _speed(actor: carla.Actor) -> float:
    return float(actor.get_velocity().length())


def _start_walk(do: WalkTo, events: Events, course: Course) -> None:
    pass  # every tick of the walk is the same


def _walk(do: WalkTo, events: Events, course: Course) -> bool:
    """Head for the target, and stop there."""
    walker, place = events.actor(do.actor), events.stage.place
    assert place is not None
    target, here = place.transform(do.to).location, walker.get_location()
    dx, dy = target.x - here.x, target.y - here.y
    distance = math.hypot(dx, dy)
    arrived = distance < _ARRIVED_M
    speed = 0.0 if arrived else min(do.speed_mps, distance / events.session.dt_s)
    direction = carla.Vector3D(dx / distance, dy / distance, 0.0) if distance > 0 else carla.Vector3D(1.0, 0.0, 0.0)
    walker.apply_control(carla.WalkerControl(direction, speed, False))
    return arrived


def _start_lane_change(do: ChangeLane, events: Events, course: Course) -> None:
    course.from_lane = _lane(events, do.actor)[0]
    events.stage.traffic_manager.force_lane_change(events.actor(do.actor), do.to == "right")


def _lane_changed(do: ChangeLane, events: Events, course: Course) -> bool:
    lane, offset_m = _lane(events, do.actor)
    return lane != course.from_lane and offset_m < _IN_LANE_M


def _lane(events: Events, actor: str) -> tuple[tuple[int, int], float]:
    location = events.actor(actor).get_location()
    waypoint = events.session.map.get_waypoint(location)
    at = waypoint.transform.location
    return (waypoint.road_id, waypoint.lane_id), math.hypot(location.x - at.x, location.y - at.y)


def _start_speed(do: KeepSpeed, events: Events, course: Course) -> None:
    events.stage.traffic_manager.set_desired_speed(events.actor(do.actor), do.speed_mps * 3.6)


def _at_speed(do: KeepSpeed, events: Events, course: Course) -> bool:
    return abs(_speed(events.actor(do.actor)) - do.speed_mps) <= _AT_SPEED_MPS


_TRIGGERS: dict[type[Trigger], Callable[[Any, Events, int], bool]] = {After: _after, EgoWithin: _ego_within, EgoArrives: _ego_arrives}
_STARTS: dict[type[Action], Callable[[Any, Events, Course], None]] = {
    WalkTo: _start_walk,
    ChangeLane: _start_lane_change,
    KeepSpeed: _start_speed,
}
_GOES_ON: dict[type[Action], Callable[[Any, Events, Course], bool]] = {WalkTo: _walk, ChangeLane: _lane_changed, KeepSpeed: _at_speed}
