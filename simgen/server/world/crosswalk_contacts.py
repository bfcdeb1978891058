"""Where crosswalks meet sidewalks: the places at which roads are cut for the pedestrians' navigation mesh.

Left-handed frame, metres.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simgen.server.world.lane_strips import LaneStrip

ROAD_TYPES = frozenset({"driving", "bidirectional", "parking", "shoulder", "stop", "biking"})
_CONTACT_SLACK_M = (3.0, 5.0)
"""A sidewalk may begin this much before or behind the end of a crosswalk."""
_LEVEL_GAP_M = 3.0


@dataclass(frozen=True)
class Piece:
    """The strips of one stretch of road, which all have the same samples."""

    strips: tuple[LaneStrip, ...]

    @property
    def s(self) -> NDArray[np.float64]:
        return self.strips[0].s

    @property
    def sidewalks(self) -> tuple[LaneStrip, ...]:
        return tuple(strip for strip in self.strips if strip.lane_type == "sidewalk")

    @cached_property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        points = np.concatenate([edge[:, :2] for strip in self.strips for edge in (strip.left, strip.right)])
        return points.min(axis=0), points.max(axis=0)

    def distance(self, point: NDArray[np.float64]) -> float:
        """Return the distance of a point (2,) from the bounding rectangle."""
        low, high = self.bounds
        return float(np.linalg.norm(np.maximum(0.0, np.maximum(low - point, point - high))))


@dataclass(frozen=True)
class Contact:
    """Where one end of a crosswalk meets a sidewalk."""

    piece: int
    lane_id: int
    on_left: bool
    """Meets the left edge of the strip (else the right one)."""
    s: tuple[float, float]
    """Of the two sides of the crosswalk, the first seen from its middle being the left one."""


def pieces_of(strips: Sequence[LaneStrip]) -> list[Piece]:
    grouped: dict[tuple[int, float], list[LaneStrip]] = defaultdict(list)
    for strip in strips:
        if strip.lane_type == "sidewalk" or (strip.lane_type in ROAD_TYPES and strip.junction_id < 0):
            grouped[strip.road_id, float(strip.s[0])].append(strip)
    return [Piece(tuple(group)) for group in grouped.values()]


def contacts_of(pieces: Sequence[Piece], crosswalk: NDArray[np.float64]) -> tuple[Contact, Contact] | None:
    """Return where the two ends of a crosswalk meet sidewalks, None when one of them does not."""
    centre, axis, half_length, half_width = _long_axis(crosswalk[:, :2])
    height = float(crosswalk[:, 2].mean())
    near = {n: p for n, p in enumerate(pieces) if p.distance(centre) < half_length + 2.0 * _CONTACT_SLACK_M[1]}
    ends = [_end_contact(near, centre, way * axis, half_length, half_width, height) for way in (1.0, -1.0)]
    return (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None


def _long_axis(outline: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Return (centre, unit vector along the longer way, half length, half width) of an outline."""
    centre = outline.mean(axis=0)
    sides = np.roll(outline, -1, axis=0) - outline
    longest = sides[np.argmax((sides**2).sum(axis=1))]
    axis = longest / np.hypot(*longest)
    along, across = (outline - centre) @ axis, (outline - centre) @ np.array([-axis[1], axis[0]])
    return centre, axis, float(np.ptp(along)) / 2.0, float(np.ptp(across)) / 2.0


def _end_contact(
    pieces: Mapping[int, Piece], centre: NDArray[np.float64], way: NDArray[np.float64], half_length: float, half_width: float, height: float
) -> Contact | None:
    """Return the nearest sidewalk edge that both sides of the crosswalk run into, going `way` from its centre."""
    beside = np.array([-way[1], way[0]])
    reach = half_length - _CONTACT_SLACK_M[0], half_length + _CONTACT_SLACK_M[1]
    for narrower in (1.0, 0.6):
        offset = beside * half_width * narrower
        left, right = (dict(_crossings(pieces, centre + shift, way, reach, height)) for shift in (-offset, offset))
        both = sorted((left[k][0] + right[k][0], k) for k in left.keys() & right.keys())
        if both:
            piece, lane_id, on_left = both[0][1]
            return Contact(piece, lane_id, on_left, (left[both[0][1]][1], right[both[0][1]][1]))
    return None


def _crossings(
    pieces: Mapping[int, Piece], start: NDArray[np.float64], way: NDArray[np.float64], reach: tuple[float, float], height: float
) -> Iterator[tuple[tuple[int, int, bool], tuple[float, float]]]:
    """Yield ((piece, lane, left edge?), (distance, s)) where the ray from `start` crosses an edge of a sidewalk."""
    for number, piece in pieces.items():
        for strip in piece.sidewalks:
            for on_left, edge in ((True, strip.left), (False, strip.right)):
                hit = _first_crossing(edge, strip.s, start, way)
                if hit is not None and reach[0] <= hit[0] <= reach[1] and abs(hit[2] - height) < _LEVEL_GAP_M:
                    yield (number, strip.lane_id, on_left), hit[:2]


def _first_crossing(
    edge: NDArray[np.float64], s: NDArray[np.float64], start: NDArray[np.float64], way: NDArray[np.float64]
) -> tuple[float, float, float] | None:
    """Return (distance, s, height) of the first crossing of a ray with a polyline."""
    ahead = (edge[:, :2] - start) @ way
    beside = (edge[:, :2] - start) @ np.array([-way[1], way[0]])
    crossing = np.flatnonzero((beside[:-1] <= 0.0) != (beside[1:] <= 0.0))
    if not len(crossing):
        return None
    part = beside[crossing] / (beside[crossing] - beside[crossing + 1])
    distance = ahead[crossing] * (1.0 - part) + ahead[crossing + 1] * part
    if not (distance > 0.0).any():
        return None
    best = int(np.argmin(np.where(distance > 0.0, distance, np.inf)))
    k, u = crossing[best], part[best]
    return float(distance[best]), float(s[k] + (s[k + 1] - s[k]) * u), float(edge[k, 2] + (edge[k + 1, 2] - edge[k, 2]) * u)


def stretch_of(contact: Contact, ends: tuple[Contact, Contact] | None) -> tuple[float, float]:
    """Return the (low, high) s that a crosswalk takes; both of its ends take the same where they lie on one road."""
    assert ends is not None
    if ends[0].piece == ends[1].piece:
        spans = [sorted(end.s) for end in ends]
        return (spans[0][0] + spans[1][0]) / 2.0, (spans[0][1] + spans[1][1]) / 2.0
    return min(contact.s), max(contact.s)
