"""What OpenDRIVE says about traffic: signals, stop points, light groups and speed limits.

Parsed from the XML alone; `carla.Map` is only asked, through the functions handed in, where things stand. Left-handed frame,
metres, degrees, km/h.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from xml.etree import ElementTree

from simgen.server.values import Transform

LIGHT, STOP, YIELD, SPEED_LIMIT = "1000001", "206", "205", "274"
DEFAULT_SPEED_KMH = 30.0
_KMH_PER_UNIT = {"mph": 1.609344, "km/h": 1.0, "m/s": 3.6}
_BEFORE_MOUTH_M = 0.6

LaneKey = tuple[int, int]
"""(road id, lane id)"""


@dataclass(frozen=True)
class Signal:
    """A traffic light or sign, one per signal id."""

    signal_id: str
    type: str
    """"1000001" light, "206" stop, "205" yield, "274" speed limit."""
    value: str
    name: str
    transform: Transform
    """Of the actor: foot of its post; its front looks along the actor's own +y (yaw = heading of the traffic + 90 degrees)."""
    height_m: float = 0.0
    """Of the middle of the sign or lamp above the foot."""


@dataclass(frozen=True)
class StopPoint:
    """Where the traffic of one incoming lane waits for a light."""

    signal_id: str
    location: tuple[float, float, float]
    heading: tuple[float, float]
    """Unit vector of the traffic."""
    half_width: float
    road_id: int
    lane_id: int


@dataclass(frozen=True)
class LanePose:
    """A place on a lane: where the map says it is."""

    location: tuple[float, float, float]
    yaw_deg: float
    width: float
    road_id: int
    lane_id: int
    in_junction: bool


class LanePlaces(Protocol):
    """What the network asks of the map."""

    def on_lane(self, road_id: int, lane_id: int, s: float) -> LanePose | None:
        """Return the place at `s` of a lane, None where there is no such lane."""
        ...

    def before(self, road_id: int, lane_id: int, s: float, distance_m: float) -> tuple[LanePose, ...]:
        """Return the places `distance_m` upstream of `s`; several where lanes join."""
        ...


@dataclass(frozen=True)
class RoadNetwork:
    """Traffic rules of a map."""

    signals: Mapping[str, Signal]
    stop_points: tuple[StopPoint, ...]
    """One per incoming lane."""
    light_groups: tuple[tuple[tuple[str, ...], ...], ...]
    """Group -> phases -> signal ids. One signal may be green in several phases."""
    speed_limits: Mapping[int, tuple[tuple[float, float], ...]]
    """Road id -> ((from s, km/h), ...) ascending; roads that say nothing are missing."""
    signed_approaches: frozenset[LaneKey]
    """Lanes that end at a stop or yield sign."""
    controlled_approaches: frozenset[LaneKey]
    """Lanes that end at a light."""

    def speed_limit(self, road_id: int, s: float) -> float | None:
        """Return the limit in km/h, or None where the road has none: vehicles then keep the last one."""
        limits = self.speed_limits.get(road_id)
        if not limits:
            return None
        return limits[max(0, bisect_right(limits, s, key=lambda limit: limit[0]) - 1)][1]

    def group_of(self, signal_id: str) -> int:
        """Return the index of the light group of a signal, -1 for none."""
        for index, phases in enumerate(self.light_groups):
            if any(signal_id in phase for phase in phases):
                return index
        return -1


def read_network(root: ElementTree.Element, signals: Mapping[str, Signal], places: LanePlaces) -> RoadNetwork:
    """Return the network of an OpenDRIVE document; `signals` say where each signal stands."""
    types = signal_types(root)
    points = tuple(_stop_point(i, place) for i, place in _governed_lanes(root, types, frozenset({LIGHT}), places))
    signed = _governed_lanes(root, types, frozenset({STOP, YIELD}), places)
    return RoadNetwork(
        signals,
        points,
        light_groups(root, types),
        speed_limits(root),
        frozenset((place.road_id, place.lane_id) for _, place in signed if not place.in_junction),
        frozenset((point.road_id, point.lane_id) for point in points),
    )


def signal_types(root: ElementTree.Element) -> dict[str, str]:
    """Return the type of every `<signal>` by id."""
    return {signal.get("id", ""): signal.get("type", "") for signal in root.iter("signal")}


def speed_limits(root: ElementTree.Element) -> dict[int, tuple[tuple[float, float], ...]]:
    """Return the km/h of every road that states a limit; a `max` without unit is in m/s."""
    found = {int(road.get("id", "0")): tuple(sorted(_road_limits(road))) for road in root.iter("road")}
    return {road_id: limits for road_id, limits in found.items() if limits}


def _road_limits(road: ElementTree.Element) -> Iterator[tuple[float, float]]:
    for entry in road.findall("type"):
        speed = entry.find("speed")
        maximum = "no limit" if speed is None else speed.get("max", "no limit")
        if speed is None or maximum in ("no limit", "undefined"):
            continue
        yield float(entry.get("s", "0")), float(maximum) * _KMH_PER_UNIT.get(speed.get("unit", "m/s"), 3.6)


def light_groups(root: ElementTree.Element, types: Mapping[str, str]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return group -> phases -> signal ids.

    A junction with controllers is a group and each of its controllers, in order of `sequence`, a phase. Controllers that
    no junction names form one group of phases each, and a light in no controller is a group of its own.
    """
    lights = {signal_id for signal_id, kind in types.items() if kind == LIGHT}
    phases = {c.get("id", ""): _phase(c, lights) for c in root.findall("controller")}
    groups: list[tuple[tuple[str, ...], ...]] = []
    used: set[str] = set()
    for junction in root.findall("junction"):
        group = _junction_group(junction, phases, used)
        used.update(signal_id for phase in group for signal_id in phase)
        groups += [group] if group else []
    for phase in phases.values():
        rest = tuple(signal_id for signal_id in phase if signal_id not in used)
        used.update(rest)
        groups += [(rest,)] if rest else []
    groups += [((signal_id,),) for signal_id in types if signal_id in lights and signal_id not in used]
    return tuple(groups)


def _phase(controller: ElementTree.Element, lights: set[str]) -> tuple[str, ...]:
    """Return the distinct lights of a controller in file order (CARLA's towns repeat them)."""
    named = dict.fromkeys(control.get("signalId", "") for control in controller.findall("control"))
    return tuple(signal_id for signal_id in named if signal_id in lights)


def _junction_group(junction: ElementTree.Element, phases: Mapping[str, tuple[str, ...]], used: set[str]) -> tuple[tuple[str, ...], ...]:
    controllers = sorted(junction.findall("controller"), key=lambda c: int(c.get("sequence") or 0))
    listed = [tuple(i for i in phases.get(c.get("id", ""), ()) if i not in used) for c in controllers]
    return tuple(dict.fromkeys(phase for phase in listed if phase))


def _obeying_lanes(road: ElementTree.Element, signal: ElementTree.Element) -> list[int]:
    """Return the driving lanes for which a signal or signal reference holds; no `<validity>` means all of its direction."""
    driving = {int(lane.get("id", "0")) for lane in road.iter("lane") if lane.get("type") == "driving"}
    ranges = [_lane_range(v) for v in signal.findall("validity")]
    if ranges:
        return sorted(lane for lane in driving if lane and any(low <= lane <= high for low, high in ranges))
    side = {"+": -1, "-": 1}.get(signal.get("orientation", ""), 0)
    return sorted(lane for lane in driving if lane * side > 0) if signal.tag == "signal" else []


def _lane_range(validity: ElementTree.Element) -> tuple[int, int]:
    ends = int(validity.get("fromLane", "0")), int(validity.get("toLane", "0"))
    return min(ends), max(ends)


def _governed_lanes(
    root: ElementTree.Element, types: Mapping[str, str], kinds: frozenset[str], places: LanePlaces
) -> Iterator[tuple[str, LanePose]]:
    """Yield (signal id, stop place) of the lanes that signals of some kinds govern, each incoming lane once."""
    painted = _painted_lines(root)
    seen: set[LaneKey] = set()
    for road in root.iter("road"):
        for signal in (*road.iter("signal"), *road.iter("signalReference")):
            if types.get(signal.get("id", "")) not in kinds:
                continue
            for lane_id in _obeying_lanes(road, signal):
                place = _stop_place(road, lane_id, signal, painted, places)
                if place is not None and (place.road_id, place.lane_id) not in seen:
                    seen.add((place.road_id, place.lane_id))
                    yield signal.get("id", ""), place


def _stop_place(
    road: ElementTree.Element, lane_id: int, signal: ElementTree.Element, painted: Mapping[LaneKey, float], places: LanePlaces
) -> LanePose | None:
    road_id, length = int(road.get("id", "0")), float(road.get("length", "0"))
    if road.get("junction", "-1") == "-1":
        s = painted.get((road_id, lane_id), float(signal.get("s", "0")))
        return places.on_lane(road_id, lane_id, min(max(s, 0.1), length - 0.1))
    mouth = 0.05 if lane_id < 0 else length - 0.05
    incoming = [place for place in places.before(road_id, lane_id, mouth, _BEFORE_MOUTH_M) if not place.in_junction]
    if not incoming:
        return places.on_lane(road_id, lane_id, mouth)
    line = painted.get((incoming[0].road_id, incoming[0].lane_id))
    return incoming[0] if line is None else places.on_lane(incoming[0].road_id, incoming[0].lane_id, line)


def _stop_point(signal_id: str, place: LanePose) -> StopPoint:
    yaw = math.radians(place.yaw_deg)
    return StopPoint(signal_id, place.location, (math.cos(yaw), math.sin(yaw)), place.width / 2.0, place.road_id, place.lane_id)


def _painted_lines(root: ElementTree.Element) -> dict[LaneKey, float]:
    """Return the s of the stop line painted on a lane."""
    return {
        (int(road.get("id", "0")), lane_id): float(line.get("s", "0"))
        for road in root.iter("road")
        for line in road.iter("object")
        if "stopline" in ((line.get("subtype") or "").lower(), (line.get("name") or "").lower())
        for low, high in map(_lane_range, line.findall("validity"))
        for lane_id in range(low, high + 1)
    }
