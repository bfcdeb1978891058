"""Where vehicles may appear: a fixed list of transforms per map. Left-handed frame, metres, degrees."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.network import StopPoint

LANE_SPACING_M = 20.0
"""Between points of one lane."""
SPACING_M = 12.0
"""Between any two points: longer than the longest vehicle, so that all may stand there at once."""
LIFT_M = 0.3
"""Vehicles appear above the road and settle."""
_END_CLEARANCE_M = 10.0
"""From junctions and from the ends of roads."""
_STOP_CLEARANCE_M = 8.0
_LEAST_WIDTH_M = 2.8
_STEP_M = 2.0


def spawn_points(strips: Sequence[LaneStrip], stop_points: Sequence[StopPoint]) -> tuple[Transform, ...]:
    """Return transforms in the middle of driving lanes, outside junctions and not right at a stop line.

    Neighbouring lanes take turns along a road, so that all directions of traffic have their share. The same map always gives
    the same list.
    """
    lines = np.array([point.location for point in stop_points]).reshape(-1, 3)
    chosen = _Chosen()
    for lanes in _roads(strips):
        for place in _alternating([_places(lane) for lane in lanes]):
            key, transform = place
            far_from_line = not len(lines) or np.linalg.norm(lines - transform.location.as_tuple(), axis=1).min() >= _STOP_CLEARANCE_M
            if far_from_line:
                chosen.offer(key, transform)
    return tuple(chosen.transforms)


class _Chosen:
    """The points taken so far, by cells of a coarse grid."""

    def __init__(self) -> None:
        self.transforms: list[Transform] = []
        self._cells: dict[tuple[int, int], list[tuple[tuple[int, int], Vector3D]]] = defaultdict(list)

    def offer(self, lane: tuple[int, int], transform: Transform) -> None:
        """Take the point if it keeps its distance from all others."""
        place = transform.location
        column, row = math.floor(place.x / LANE_SPACING_M), math.floor(place.y / LANE_SPACING_M)
        for i, j in itertools.product((-1, 0, 1), repeat=2):
            for other_lane, other in self._cells.get((column + i, row + j), ()):
                if math.dist(place.as_tuple(), other.as_tuple()) < (LANE_SPACING_M if other_lane == lane else SPACING_M):
                    return
        self.transforms.append(transform)
        self._cells[column, row].append((lane, place))


def _roads(strips: Sequence[LaneStrip]) -> list[list[list[LaneStrip]]]:
    """Return road -> lane -> its strips, for driving lanes outside junctions that are wide enough."""
    roads: dict[int, dict[int, list[LaneStrip]]] = defaultdict(lambda: defaultdict(list))
    for strip in strips:
        if strip.lane_type == "driving" and strip.junction_id < 0 and _least_width(strip) >= _LEAST_WIDTH_M:
            roads[strip.road_id][strip.lane_id].append(strip)
    return [[lanes[lane_id] for lane_id in sorted(lanes)] for _, lanes in sorted(roads.items())]


def _least_width(strip: LaneStrip) -> float:
    return float(np.linalg.norm(strip.right - strip.left, axis=1).min())


Place = tuple[tuple[int, int], Transform]


def _places(lane: Sequence[LaneStrip]) -> list[Place]:
    """Return candidates along a lane in order of s, clear of the road's ends."""
    grid = np.arange(lane[0].s[0] + _END_CLEARANCE_M, lane[-1].s[-1] - _END_CLEARANCE_M, _STEP_M)
    key = (lane[0].road_id, lane[0].lane_id)
    return [(key, pose) for strip in lane for pose in _poses(strip, grid[(strip.s[0] <= grid) & (grid < strip.s[-1])])]


def _poses(strip: LaneStrip, s: NDArray[np.float64]) -> list[Transform]:
    """Return the poses of vehicles on the midline at `s` (N,), looking along the lane's traffic."""
    middle, across = _at(strip, strip.centre, s), _at(strip, strip.right, s) - _at(strip, strip.left, s)
    ahead = _at(strip, strip.centre, np.minimum(s + 0.5, strip.s[-1])) - _at(strip, strip.centre, np.maximum(s - 0.5, strip.s[0]))
    yaw = np.degrees(np.arctan2(-across[:, 0], across[:, 1]))
    climb = np.degrees(np.arctan2(ahead[:, 2], np.hypot(ahead[:, 0], ahead[:, 1]))) * (1.0 if strip.forward else -1.0)
    places = [Vector3D(x, y, z + LIFT_M) for x, y, z in middle.tolist()]
    return [Transform(place, Rotation(p, w, 0.0)) for place, p, w in zip(places, climb.tolist(), yaw.tolist(), strict=True)]


def _at(strip: LaneStrip, line: NDArray[np.float64], s: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.interp(s, strip.s, line[:, k]) for k in range(3)], axis=1)


def _alternating(lanes: Sequence[list[Place]]) -> Iterator[Place]:
    """Yield the candidates of a road by increasing s, the lanes taking turns at being first."""
    rows = itertools.zip_longest(*lanes)
    per_turn = max(1, round(SPACING_M / _STEP_M))
    for k, row in enumerate(rows):
        shift = (k // per_turn) % len(lanes)
        yield from (place for place in (*row[shift:], *row[:shift]) if place is not None)
