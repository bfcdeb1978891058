"""The outer edges of streets, along which lots lie. Left-handed world frame, metres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Frontage:
    """The outer edge of a street's pavement, in the direction of its own traffic: the land lies on its right."""

    points: Floats
    """(N, 3)"""
    along: Floats
    """(N,) metres from the first point."""
    road_id: int = -1
    walked: bool = False
    """Whether it is the edge of a sidewalk."""

    @classmethod
    def of(cls, strip: LaneStrip) -> Frontage:
        points = strip.right if strip.forward else strip.right[::-1]
        steps = np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1)
        return cls(points, np.concatenate([[0.0], np.cumsum(steps)]), strip.road_id, strip.lane_type == "sidewalk")

    @property
    def length(self) -> float:
        return float(self.along[-1])

    def at(self, distance: float) -> Floats:
        """Return the point (x, y, z) at a distance from the start; beyond the ends the edge goes on straight and level."""
        return self.points_at(np.array([distance]))[0]

    def points_at(self, distances: Floats) -> Floats:
        """Return the points (N, 3) at distances (N,), as `at`."""
        points = np.stack([np.interp(distances, self.along, self.points[:, k]) for k in range(3)], axis=-1)
        beyond = np.minimum(distances, 0.0) + np.maximum(distances - self.length, 0.0)
        if beyond.any():
            ends = np.where(beyond[:, None] < 0, self._heading(0), self._heading(-1))
            points[:, :2] += beyond[:, None] * ends
        return points

    def _heading(self, end: int) -> Floats:
        """Return the direction (2,) of the edge over its first (0) or last (-1) metre."""
        reach = np.clip([0.0, 1.0] if end == 0 else [self.length - 1.0, self.length], 0.0, self.length)
        a, b = (np.array([np.interp(d, self.along, self.points[:, k]) for k in range(2)]) for d in reach)
        return np.asarray((b - a) / max(float(np.linalg.norm(b - a)), 1e-9))

    def pose(self, distance: float, aside: float = 0.0) -> tuple[float, float, float]:
        """Return (x, y, yaw in degrees) `aside` metres to the right of the edge; yaw along the street."""
        a, b = self.at(distance - 0.5), self.at(distance + 0.5)
        yaw = math.atan2(b[1] - a[1], b[0] - a[0])
        x, y, _ = self.at(distance)
        return float(x - aside * math.sin(yaw)), float(y + aside * math.cos(yaw)), math.degrees(yaw)


def frontages(roads: RoadMap) -> list[Frontage]:
    """Return the outer edges of all streets outside junctions; longest lanes out count."""
    outermost: dict[tuple[int, int, bool, float], LaneStrip] = {}
    for strip in roads.strips:
        if strip.junction_id < 0:
            key = (strip.road_id, strip.section_id, strip.forward, float(strip.s[0]))
            best = outermost.get(key)
            if best is None or abs(strip.lane_id) > abs(best.lane_id):
                outermost[key] = strip
    return [f for f in map(Frontage.of, outermost.values()) if f.length > 6.0]
