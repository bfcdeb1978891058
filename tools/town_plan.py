"""Plans of towns, before any OpenDRIVE: nodes, streets, and the geometry and turns that follow from them.

Pure functions of a seed. OpenDRIVE's RIGHT-handed frame here: x east, y north, metres, radians, headings counter-clockwise.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]

CORNER_M = 8.0
"""Room for the curve of kerb and sidewalk between two arms of a junction."""
RING_RADIUS_M = 19.0
"""Of the lane edge towards the middle of a roundabout."""
RING_HALF_GAP_RAD = math.radians(26.0)
"""Half of the angle of the ring that an arm of a roundabout takes."""
_RING_REACH_M = 9.0
_STRAIGHT_RAD = math.radians(40.0)


@dataclass(frozen=True)
class StreetClass:
    lanes_each_way: int
    lane_width_m: float
    speed_kmh: int
    least_radius_m: float
    sidewalk_m: float = 2.5

    @property
    def driving_half_width_m(self) -> float:
        return self.lanes_each_way * self.lane_width_m

    @property
    def half_width_m(self) -> float:
        return self.driving_half_width_m + self.sidewalk_m


CLASSES: Mapping[str, StreetClass] = {
    "arterial": StreetClass(2, 3.4, 50, 60.0),
    "collector": StreetClass(1, 3.6, 50, 45.0),
    "street": StreetClass(1, 3.5, 30, 22.0),
}


@dataclass(frozen=True)
class Street:
    """A street between two nodes, through bends that are no junctions."""

    begin: str
    end: str
    kind: str
    """Key of `CLASSES`."""
    via: tuple[Point, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.begin}_{self.end}"


@dataclass(frozen=True)
class Hill:
    x: float
    y: float
    height_m: float
    spread_m: float


@dataclass(frozen=True)
class Plan:
    """A town on paper."""

    name: str
    nodes: Mapping[str, Point]
    streets: tuple[Street, ...]
    geo_origin: tuple[float, float]
    hills: tuple[Hill, ...] = ()
    roundabouts: frozenset[str] = frozenset()
    split_phases: frozenset[str] = frozenset()
    """Signalised nodes where each approach has a phase of its own."""

    def height(self, node: str) -> float:
        """Return the height of a node to the centimetre; junctions are level."""
        x, y = self.nodes[node]
        return round(sum(h.height_m * math.exp(-((x - h.x) ** 2 + (y - h.y) ** 2) / (2.0 * h.spread_m**2)) for h in self.hills), 2)


@dataclass(frozen=True)
class Arm:
    """One end of a street at a node."""

    street: Street
    at: str
    """"start" or "end" of the street."""
    heading: float
    """Away from the node."""

    @property
    def node(self) -> str:
        return self.street.begin if self.at == "start" else self.street.end

    @property
    def kind(self) -> StreetClass:
        return CLASSES[self.street.kind]


@dataclass(frozen=True)
class Trace:
    """The reference line of a street: straight pieces and arcs without kinks."""

    start: Point
    heading: float
    pieces: tuple[tuple[float, float], ...]
    """(length, curvature) each; curvature > 0 turns left."""

    @property
    def length(self) -> float:
        return sum(length for length, _ in self.pieces)


@dataclass(frozen=True)
class Movement:
    """A lane of one arm continuing into a lane of another; lanes are counted from the middle of the road."""

    source: int
    source_lane: int
    target: int
    target_lane: int


@dataclass(frozen=True)
class Layout:
    """A plan worked out: what the map is drawn from."""

    plan: Plan
    arms: Mapping[str, tuple[Arm, ...]]
    """Node -> arms, counter-clockwise."""
    traces: Mapping[str, Trace]
    """Street name -> reference line."""
    signalised: frozenset[str] = field(default_factory=frozenset)


def lay_out(plan: Plan) -> Layout:
    """Return the geometry of a plan."""
    arms = _arms(plan)
    traces = {street.name: _street_trace(plan, street, arms) for street in plan.streets}
    lights = frozenset(node for node, ends in arms.items() if node not in plan.roundabouts and any(a.kind.lanes_each_way > 1 for a in ends))
    return Layout(plan, arms, traces, lights)


def _arms(plan: Plan) -> dict[str, tuple[Arm, ...]]:
    found: dict[str, list[Arm]] = defaultdict(list)
    for street in plan.streets:
        points = _corners(plan, street)
        for at, node, away in (("start", points[0], points[1]), ("end", points[-1], points[-2])):
            arm = Arm(street, at, math.atan2(away[1] - node[1], away[0] - node[0]))
            found[arm.node].append(arm)
    return {node: tuple(sorted(ends, key=lambda arm: arm.heading % math.tau)) for node, ends in sorted(found.items())}


def _corners(plan: Plan, street: Street) -> list[Point]:
    return [plan.nodes[street.begin], *street.via, plan.nodes[street.end]]


def _street_trace(plan: Plan, street: Street, arms: Mapping[str, tuple[Arm, ...]]) -> Trace:
    trims = [_trim(plan, arm, arms[arm.node]) for node in (street.begin, street.end) for arm in arms[node] if arm.street is street]
    return fillet(_corners(plan, street), trims[0], trims[1], CLASSES[street.kind].least_radius_m)


def _trim(plan: Plan, arm: Arm, others: Sequence[Arm]) -> float:
    """Return how far from its node a street ends, so that the sidewalks of neighbouring arms do not meet."""
    if arm.node in plan.roundabouts:
        return RING_RADIUS_M + _RING_REACH_M
    needed = [_clearance(arm, other) for other in others if other is not arm]
    return max(CORNER_M + arm.kind.half_width_m, *needed)


def _clearance(arm: Arm, other: Arm) -> float:
    """Return where the outer edge of an arm crosses that of a neighbour, plus the room for a corner."""
    angle = abs(turn(other.heading, arm.heading))
    if angle > math.pi - _STRAIGHT_RAD:
        return 0.0
    crossing = (other.kind.half_width_m + arm.kind.half_width_m * math.cos(angle)) / math.sin(angle)
    return crossing + CORNER_M


def fillet(corners: Sequence[Point], trim_start: float, trim_end: float, radius_m: float) -> Trace:
    """Return the line through `corners`, shortened at both ends, with every inner corner rounded by an arc.

    Arcs take as much of their sides as `3 * radius_m` asks and the sides allow (45 % each). Raises ValueError where that
    leaves a radius below `radius_m`.
    """
    points = [np.array(p, dtype=float) for p in corners]
    first, last = _unit(points[1] - points[0]), _unit(points[-1] - points[-2])
    points[0], points[-1] = points[0] + first * trim_start, points[-1] - last * trim_end
    sides = [float(np.linalg.norm(b - a)) for a, b in itertools.pairwise(points)]
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in itertools.pairwise(points)]
    tangents, arcs = [0.0], []
    for k, (before, after) in enumerate(itertools.pairwise(headings)):
        angle = turn(before, after)
        tangent = min(3.0 * radius_m * math.tan(abs(angle) / 2.0), 0.45 * min(sides[k], sides[k + 1]))
        radius = tangent / math.tan(abs(angle) / 2.0)
        if radius < radius_m:
            raise ValueError(f"a bend must have a radius of at least {radius_m:g} m, got {radius:.1f} m (corner {corners[k + 1]})")
        arcs.append((radius * abs(angle), math.copysign(1.0 / radius, angle)))
        tangents.append(tangent)
    tangents.append(0.0)
    lines = [(side - tangents[k] - tangents[k + 1], 0.0) for k, side in enumerate(sides)]
    pieces = [piece for pair in itertools.zip_longest(lines, arcs) for piece in pair if piece is not None]
    return Trace((float(points[0][0]), float(points[0][1])), headings[0], tuple(pieces))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)


def turn(before: float, after: float) -> float:
    """Return the angle in (-pi, pi] that turns heading `before` into `after`; positive is left."""
    return math.remainder(after - before, math.tau)


def movements(arms: Sequence[Arm]) -> tuple[Movement, ...]:
    """Return which lane continues where at a junction, without U-turns.

    Straight on keeps the lane; left turns go from and into the innermost lane, right turns from and into the outermost.
    """
    found = [m for a, b in itertools.permutations(range(len(arms)), 2) for m in _arm_movements(arms, a, b)]
    return tuple(dict.fromkeys(found))


def _arm_movements(arms: Sequence[Arm], source: int, target: int) -> Iterable[Movement]:
    angle = turn(arms[source].heading + math.pi, arms[target].heading)
    lanes_in, lanes_out = arms[source].kind.lanes_each_way, arms[target].kind.lanes_each_way
    if abs(angle) < _STRAIGHT_RAD:
        return [Movement(source, lane, target, min(lane, lanes_out - 1)) for lane in range(lanes_in)]
    if angle > 0.0:
        return [Movement(source, 0, target, 0)]
    return [Movement(source, lanes_in - 1, target, lanes_out - 1)]


def phases(layout: Layout, node: str) -> tuple[tuple[Arm, ...], ...]:
    """Return the arms that are green together, phase by phase: opposite approaches share one unless the node splits them."""
    arms = layout.arms[node]
    if node in layout.plan.split_phases:
        return tuple((arm,) for arm in arms)
    grouped: list[list[Arm]] = []
    for arm in arms:
        for group in grouped:
            if abs(turn(group[0].heading + math.pi, arm.heading)) < _STRAIGHT_RAD:
                group.append(arm)
                break
        else:
            grouped.append([arm])
    return tuple(tuple(group) for group in grouped)
