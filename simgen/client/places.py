"""Finding places on a map: where the ego starts, and where a script's actors stand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import carla

from simgen.errors import ConfigError
from simgen.scenario.script import Place, Spot

STEP_M = 5.0
_MAX_BEND_DEG = 2.0
LIFT_M = 0.3
"""Actors are set so far above the road; they fall onto it in the first ticks."""


@dataclass(frozen=True)
class FoundPlace:
    """A stretch of road: the waypoint under the ego's start, and those that follow it every `STEP_M`."""

    name: str
    chain: tuple[carla.Waypoint, ...]

    def transform(self, spot: Spot, lift_m: float = LIFT_M) -> carla.Transform:
        """Return where a spot of the script is, in CARLA's left-handed frame, `lift_m` above the surface of its lane."""
        lane = _lane_of(self._ahead(spot.ahead_m), spot)
        at, heading = lane.transform.location, math.radians(lane.transform.rotation.yaw)
        right_m = spot.right_m + (_half_road(lane) if spot.of == "kerb" else 0.0)
        x, y = at.x - math.sin(heading) * right_m, at.y + math.cos(heading) * right_m
        rotation = carla.Rotation(pitch=_angle(lane.transform.rotation.pitch), yaw=_angle(lane.transform.rotation.yaw - spot.yaw_deg))
        return carla.Transform(carla.Location(x, y, at.z + lift_m), rotation)

    def _ahead(self, distance_m: float) -> carla.Waypoint:
        if distance_m < 0.1:
            return self.chain[0]
        following = self.chain[0].next(distance_m)
        if not following:
            raise ConfigError(f"scenario.script: ahead_m must stay on the road, got {distance_m:g} (place {self.name})")
        return following[0]

    @property
    def locations(self) -> tuple[carla.Location, ...]:
        return tuple(waypoint.transform.location for waypoint in self.chain)


def find_places(road_map: carla.Map, place: Place) -> list[FoundPlace]:
    """Return all places of the map that fulfil `place`, in the map's own order."""
    starts = road_map.generate_waypoints(STEP_M)
    found = (_chain(start, place) for start in starts)
    return [FoundPlace(f"road {chain[0].road_id} lane {chain[0].lane_id} s {chain[0].s:.1f}", chain) for chain in found if chain]


def _chain(start: carla.Waypoint, place: Place) -> tuple[carla.Waypoint, ...]:
    """Return the waypoints from `start` over the stretch, or () where it bends, ends, or lacks what is needed."""
    chain = []
    for waypoint in _straight_from(start):
        if not all(_NEEDS[need](waypoint) for need in place.needs):
            return ()
        chain.append(waypoint)
        if (len(chain) - 1) * STEP_M >= place.straight_m:
            return tuple(chain)
    return ()


def _straight_from(start: carla.Waypoint) -> Iterator[carla.Waypoint]:
    waypoint = start
    while not waypoint.is_junction and abs(_angle(waypoint.transform.rotation.yaw - start.transform.rotation.yaw)) <= _MAX_BEND_DEG:
        yield waypoint
        following = waypoint.next(STEP_M)
        if len(following) != 1:
            return
        waypoint = following[0]


def _angle(degrees: float) -> float:
    return (degrees + 180.0) % 360.0 - 180.0


def _same_way(waypoint: carla.Waypoint, other: carla.Waypoint | None) -> bool:
    return other is not None and other.lane_type == carla.LaneType.Driving and other.lane_id * waypoint.lane_id > 0


def right_lanes(waypoint: carla.Waypoint) -> Iterator[carla.Waypoint]:
    """Yield the lanes right of a waypoint, from the nearest outwards, for as long as they are beside each other."""
    lane = waypoint.get_right_lane()
    while lane is not None:
        yield lane
        lane = lane.get_right_lane()


_NEEDS = {
    "left_lane": lambda waypoint: _same_way(waypoint, waypoint.get_left_lane()),
    "right_lane": lambda waypoint: _same_way(waypoint, waypoint.get_right_lane()),
    "sidewalk": lambda waypoint: (
        not _same_way(waypoint, waypoint.get_right_lane())
        and any(lane.lane_type == carla.LaneType.Sidewalk for lane in right_lanes(waypoint))
    ),
}


def _lane_of(waypoint: carla.Waypoint, spot: Spot) -> carla.Waypoint:
    if spot.of == "left_lane":
        return waypoint.get_left_lane() or waypoint
    if spot.of == "right_lane":
        return waypoint.get_right_lane() or waypoint
    return waypoint


def _half_road(lane: carla.Waypoint) -> float:
    """Return the distance from the lane's centre to the kerb: the inner edge of the sidewalk on its right."""
    distance = lane.lane_width / 2.0
    for right in right_lanes(lane):
        if right.lane_type == carla.LaneType.Sidewalk:
            break
        distance += right.lane_width
    return distance
