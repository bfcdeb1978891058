"""Lane lines of a map, worked out once, and those near the ego at each tick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import carla
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import LaneLine
from simgen.geometry.pose import mirror_points

_STEP_M = 2.0
_MARKINGS = {
    "NONE": "none",
    "Solid": "solid",
    "Broken": "broken",
    "SolidSolid": "solid_solid",
    "SolidBroken": "solid_broken",
    "BrokenSolid": "broken_solid",
    "BrokenBroken": "broken_broken",
    "BottsDots": "botts_dots",
    "Grass": "grass",
    "Curb": "curb",
}
_COLORS = {"Standard": "white", "White": "white", "Yellow": "yellow", "Blue": "blue", "Green": "green", "Red": "red"}


@dataclass(frozen=True)
class LaneMap:
    """All lane lines of a map. Points of all lines lie in one array, so that looking around is one comparison."""

    lines: tuple[LaneLine, ...]
    points_world: NDArray[np.float64]
    line_of_point: NDArray[np.intp]

    def near(self, centre_world: NDArray[np.float64], radius_m: float) -> tuple[LaneLine, ...]:
        """Return the parts of the lines within `radius_m` of a point (3,), cut where they leave the circle."""
        inside = ((self.points_world[:, :2] - centre_world[:2]) ** 2).sum(axis=1) <= radius_m**2
        index = np.flatnonzero(inside)
        if not len(index):
            return ()
        breaks = (np.diff(index) > 1) | (np.diff(self.line_of_point[index]) != 0)
        runs = np.split(index, np.flatnonzero(breaks) + 1)
        return tuple(self._part(run) for run in runs if len(run) >= 2)

    def _part(self, run: NDArray[np.intp]) -> LaneLine:
        line = self.lines[self.line_of_point[run[0]]]
        return LaneLine(line.kind, line.road_id, line.lane_id, line.marking, line.color, self.points_world[run])


def map_lanes(road_map: carla.Map) -> LaneMap:
    """Return the centre lines and boundaries of all driving lanes, with a point every 2 m."""
    lanes: dict[tuple[int, int, int], list[carla.Waypoint]] = defaultdict(list)
    for waypoint in road_map.generate_waypoints(_STEP_M):
        lanes[waypoint.road_id, waypoint.section_id, waypoint.lane_id].append(waypoint)
    lines = [line for key in sorted(lanes) for line in _lines_of(_along(lanes[key]))]
    points = [line.points_world for line in lines]
    owner = np.repeat(np.arange(len(lines)), [len(p) for p in points])
    return LaneMap(tuple(lines), np.concatenate(points) if points else np.zeros((0, 3)), owner)


def _along(waypoints: list[carla.Waypoint]) -> list[carla.Waypoint]:
    """Return the waypoints of one lane in its direction of travel, with its very end, where the next lane begins."""
    ordered = sorted(waypoints, key=lambda w: w.s if w.lane_id < 0 else -w.s)
    following = ordered[-1].next(_STEP_M * 0.999)
    beyond = [w for w in following if w.road_id == ordered[-1].road_id and w.lane_id == ordered[-1].lane_id]
    return ordered + beyond


def _lines_of(lane: Sequence[carla.Waypoint]) -> Iterator[LaneLine]:
    if len(lane) < 2:
        return
    centre = mirror_points([(w.transform.location.x, w.transform.location.y, w.transform.location.z) for w in lane])
    first = lane[0]
    yield LaneLine("centre", first.road_id, first.lane_id, "driving", "none", centre)
    yield from _boundary(lane, centre, "right")
    if _owns_left(first):
        yield from _boundary(lane, centre, "left")


def _owns_left(waypoint: carla.Waypoint) -> bool:
    """Return whether the left boundary is not the right one of another lane, nor the left one of the lane that comes towards it."""
    left = waypoint.get_left_lane()
    if left is None or left.lane_type != carla.LaneType.Driving:
        return True
    return bool(left.lane_id * waypoint.lane_id < 0 and waypoint.lane_id < 0)


def _boundary(lane: Sequence[carla.Waypoint], centre: NDArray[np.float64], side: str) -> Iterator[LaneLine]:
    """Yield the boundary of a lane, cut where its marking changes; neighbouring parts share a point."""
    sideways = mirror_points([(v.x, v.y, v.z) for v in (w.transform.get_right_vector() for w in lane)])
    half = np.array([w.lane_width / 2.0 for w in lane])[:, None]
    points = centre + sideways * half * (1.0 if side == "right" else -1.0)
    looks = [_look(w.right_lane_marking if side == "right" else w.left_lane_marking) for w in lane]
    start = 0
    for look, run in groupby(looks):
        stop = start + len(list(run))
        part = points[start : stop + 1]
        if len(part) >= 2:
            yield LaneLine("boundary", lane[0].road_id, lane[0].lane_id, *look, part)
        start = stop


def _look(marking: carla.LaneMarking | None) -> tuple[str, str]:
    if marking is None or str(marking.type) == "NONE":
        return "none", "none"
    return _MARKINGS.get(str(marking.type), "other"), _COLORS.get(str(marking.color), "other")
