"""Lane surfaces as sampled strips: what the road looks like to meshes, to the ground under wheels and to pedestrians.

Everything is in CARLA's LEFT-handed frame, metres. Neighbouring lanes of one road share the vertices of their common edge
exactly, because edges are sampled at the same s for all lanes of a lane section.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import carla
import numpy as np
from numpy.typing import NDArray

STRAIGHT_STEP_M = 8.0
"""Step along straight and level road."""
CURVED_STEP_M = 2.0
"""Where the profile bends or widths change."""
LEAST_STEP_M = 1.0
_PLAN_SAG_M = 0.015
"""Largest distance of a chord from a curve in plan."""
_SAG_M = 0.003
"""Largest distance of a chord from a curved profile."""
_SAME_S_M = 1e-6
_END_MARGIN_M = 1e-4
"""Samples stay this far inside a lane section: its very end already belongs to the next one."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Marking:
    """Paint along one edge of a lane. `type` and `color` are CARLA's names in lower case ("broken", "solidsolid", "yellow")."""

    type: str = "none"
    color: str = "white"
    width: float = 0.0


@dataclass(frozen=True)
class LaneStrip:
    """A piece of one lane with constant markings.

    Samples run along INCREASING s. `left` and `right` are as seen by traffic of the lane itself, which drives along
    increasing s where `lane_id` < 0 and along decreasing s where it is > 0.
    """

    road_id: int
    section_id: int
    lane_id: int
    junction_id: int
    """-1 outside junctions."""
    lane_type: str
    """CARLA's name in lower case: "driving", "sidewalk", "shoulder", "parking", "bidirectional", ..."""
    s: NDArray[np.float64]
    """(N,) metres along the road, N >= 2."""
    left: Points
    """(N, 3)"""
    right: Points
    """(N, 3)"""
    left_marking: Marking
    right_marking: Marking

    @property
    def forward(self) -> bool:
        """True where traffic of the lane drives along increasing s."""
        return self.lane_id < 0

    @property
    def centre(self) -> Points:
        """(N, 3) midline along increasing s."""
        return (self.left + self.right) / 2.0

    @property
    def inner(self) -> Points:
        """(N, 3) edge towards the middle of the road (lane 0)."""
        return self.left

    @property
    def outer(self) -> Points:
        """(N, 3) edge away from the middle of the road."""
        return self.right


def lane_strips(carla_map: carla.Map, root: ElementTree.Element) -> tuple[LaneStrip, ...]:
    """Return the strips of every lane of every road, in file order, inner lanes first; lanes of type "none" are left out."""
    return tuple(strip for road in root.iter("road") for strip in _road_strips(carla_map, road))


def _road_strips(carla_map: carla.Map, road: ElementTree.Element) -> Iterator[LaneStrip]:
    samples = _sample_positions(road)
    for begin, end, lane_ids in _pieces(road):
        s = _within(samples, begin, end)
        for side in (sorted(i for i in lane_ids if i > 0), sorted((i for i in lane_ids if i < 0), reverse=True)):
            yield from _side_strips(carla_map, int(road.get("id", "0")), int(road.get("junction", "-1")), side, s)


def _side_strips(carla_map: carla.Map, road_id: int, junction_id: int, lane_ids: list[int], s: NDArray[np.float64]) -> Iterator[LaneStrip]:
    """Yield the strips of one side of a road from the middle outwards, each starting from the edge of the last."""
    shared: Points | None = None
    shared_lane = 0
    for lane_id in lane_ids:
        waypoints = [carla_map.get_waypoint_xodr(road_id, lane_id, float(v)) for v in s]
        if any(w is None for w in waypoints):
            continue
        inner, outer = _edges(waypoints)
        if shared is not None and abs(lane_id - shared_lane) == 1:
            inner = shared
        shared, shared_lane = outer, lane_id
        middle = waypoints[len(waypoints) // 2]
        yield LaneStrip(
            road_id,
            int(middle.section_id),
            lane_id,
            junction_id,
            str(middle.lane_type).lower(),
            s,
            inner,
            outer,
            _marking(middle.left_lane_marking),
            _marking(middle.right_lane_marking),
        )


def _edges(waypoints: list[carla.Waypoint]) -> tuple[Points, Points]:
    """Return the left and right edge of a lane as its own traffic sees them; the left one is towards the road's middle."""
    transforms = [w.transform for w in waypoints]
    centre = np.array([(t.location.x, t.location.y, t.location.z) for t in transforms])
    yaw = np.radians([t.rotation.yaw for t in transforms])
    half = np.array([w.lane_width for w in waypoints]) / 2.0
    to_right = np.stack([-np.sin(yaw) * half, np.cos(yaw) * half, np.zeros_like(half)], axis=1)
    return centre - to_right, centre + to_right


def _marking(marking: carla.LaneMarking | None) -> Marking:
    """Return CARLA's marking; lanes without a `<roadMark>` have None."""
    if marking is None:
        return Marking()
    return Marking(str(marking.type).lower(), str(marking.color).lower(), float(marking.width))


def _pieces(road: ElementTree.Element) -> Iterator[tuple[float, float, list[int]]]:
    """Yield (begin, end, lane ids) of the stretches over which the set of lanes and all road marks stay the same."""
    sections = road.findall("./lanes/laneSection")
    starts = [float(section.get("s", "0")) for section in sections]
    ends = [*starts[1:], float(road.get("length", "0"))]
    for section, start, end in zip(sections, starts, ends, strict=True):
        lanes = [lane for lane in section.iter("lane") if lane.get("id") != "0" and lane.get("type") != "none"]
        marks = {start + float(mark.get("sOffset", "0")) for mark in section.iter("roadMark")}
        cuts = sorted({start, *(m for m in marks if start + 0.5 < m < end - 0.5)})
        for begin, stop in zip(cuts, [*cuts[1:], end], strict=True):
            if stop - begin > 4.0 * _END_MARGIN_M:
                yield begin, stop, [int(lane.get("id", "0")) for lane in lanes]


def _sample_positions(road: ElementTree.Element) -> list[float]:
    """Return the s at which a road is sampled: fine where it bends in plan or profile or changes width, coarse elsewhere."""
    positions: list[float] = []
    heights = _curved_heights(road)
    for geometry in road.iter("geometry"):
        begin, length = float(geometry.get("s", "0")), float(geometry.get("length", "0"))
        step = _plan_step(geometry[0])
        step = min([step, *(needed for a, b, needed in heights if a < begin + length and b > begin)])
        count = max(1, math.ceil(length / step - 1e-9))
        positions += [begin + length * k / count for k in range(count + 1)]
    return positions


def _plan_step(shape: ElementTree.Element) -> float:
    """Return the step at which chords stay within `_PLAN_SAG_M` of a curve: sqrt(8 sag / curvature)."""
    if shape.tag == "line":
        return STRAIGHT_STEP_M
    if shape.tag == "arc":
        curvature = abs(float(shape.get("curvature", "0")))
        return max(LEAST_STEP_M, min(STRAIGHT_STEP_M, math.sqrt(8.0 * _PLAN_SAG_M / max(curvature, 1e-9))))
    return LEAST_STEP_M


def _curved_heights(road: ElementTree.Element) -> list[tuple[float, float, float]]:
    """Return (begin, end, largest step) of the stretches where the profile or a lane's width is not a straight line."""
    profile = road.findall("./elevationProfile/elevation")
    starts = [float(e.get("s", "0")) for e in profile]
    ends = [*starts[1:], float(road.get("length", "0"))]
    bent = [(a, b, _profile_step(e, b - a)) for e, a, b in zip(profile, starts, ends, strict=False)]
    tapered = any(abs(float(w.get("b", "0"))) + abs(float(w.get("c", "0"))) > 1e-7 for w in road.iter("width"))
    return [*bent, (0.0, ends[-1], CURVED_STEP_M)] if tapered else bent


def _profile_step(elevation: ElementTree.Element, length: float) -> float:
    """Return the step at which chords stay within `_SAG_M` of a cubic profile: sqrt(8 sag / second derivative)."""
    c, d = float(elevation.get("c", "0")), float(elevation.get("d", "0"))
    bend = max(abs(2.0 * c), abs(2.0 * c + 6.0 * d * length))
    return max(CURVED_STEP_M, min(STRAIGHT_STEP_M, math.sqrt(8.0 * _SAG_M / max(bend, 1e-9))))


def _within(samples: list[float], begin: float, end: float) -> NDArray[np.float64]:
    """Return the ordered distinct samples of [begin, end], both ends included (a hair inside)."""
    inside = [s for s in samples if begin + 0.25 < s < end - 0.25]
    ordered = np.array([begin + _END_MARGIN_M, *sorted(inside), end - _END_MARGIN_M])
    return ordered[np.concatenate([[True], np.diff(ordered) > _SAME_S_M])]
