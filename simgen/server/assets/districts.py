"""What kind of town stands where: districts over any map.

Left-handed world frame, metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.rng import stream
from simgen.server.assets.district_kinds import District, Lot
from simgen.server.assets.layout import Layout
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap

__all__ = ["District", "DistrictMap", "Lot", "districts"]

Floats = NDArray[np.float64]

SITE_M = 95.0
"""Mean distance of the middles of districts' cells."""
AROUND_M = 90.0
"""Roads this near to a cell's middle tell what it is like."""
BEYOND_M = 100.0
"""Cells reach this far beyond the layout."""
LEAST_REACH_M = 240.0
"""Smaller towns are all near their middle."""
STRAIGHT_RAD_M = 0.0015
_WAVER_M = 14.0
"""Borders between cells waver by this much."""


@dataclass(frozen=True)
class DistrictMap:
    """Cells around sites, each of one district."""

    sites: Floats
    """(S, 2)"""
    kinds: NDArray[np.int64]
    """(S,) District."""
    phase: Floats
    """(4,) of the wavering borders."""

    def at(self, points: ArrayLike) -> NDArray[np.int64]:
        """Return the District at points (N, 2) as integers (N,)."""
        return self.kinds[np.argmin(self._distances(points), axis=1)]

    def margin(self, points: ArrayLike, kind: District) -> Floats:
        """Return how far (about, in metres) points (N, 2) lie within the cells of one district; negative outside."""
        away, mine = self._distances(points), self.kinds == kind
        inside, outside = (np.sqrt(np.maximum(away[:, which].min(axis=1, initial=1e8), 0.0)) for which in (mine, ~mine))
        return np.asarray((outside - inside) / 2)

    def _distances(self, points: ArrayLike) -> Floats:
        """Return the squares of the wavering distances of points to all sites (N, S)."""
        p = np.asarray(points, dtype=np.float64)[..., :2].reshape(-1, 2)
        a, b, c, d = self.phase
        waver = np.stack(
            [np.sin(p[:, 1] * 0.045 + a) + np.sin(p[:, 0] * 0.071 + b), np.sin(p[:, 0] * 0.05 + c) + np.sin(p[:, 1] * 0.063 + d)], 1
        )
        moved = p + _WAVER_M / 2 * waver
        return np.asarray((moved**2).sum(axis=1)[:, None] - 2.0 * moved @ self.sites.T + (self.sites**2).sum(axis=1))


def districts(roads: RoadMap, layout: Layout, seed: int) -> DistrictMap:
    """Return the districts of a map: always the same for the same map and seed."""
    rng = stream(seed, "districts")
    samples = _samples(roads)
    sites = _sites(layout, rng)
    score, industry = _scores(samples, sites, rng)
    kinds = np.select([score > 0.80, score > 0.44], [District.CENTRE, District.RESIDENTIAL], District.SUBURB).astype(np.int64)
    angle = float(rng.uniform(0, 2 * math.pi))
    middle = sites[int(np.argmax(score))]
    side = (sites - middle) @ np.array([math.cos(angle), math.sin(angle)])
    kinds[(score > 0.58) & (side > 0.35 * SITE_M)] = District.OFFICES
    kinds[industry & (score < 0.60)] = District.INDUSTRIAL
    kinds[int(np.argmax(score))] = District.CENTRE
    return DistrictMap(sites, kinds, rng.uniform(0, 2 * math.pi, 4))


def _samples(roads: RoadMap) -> Floats:
    """Return points along the lanes (N, 5): x, y, lanes of the road's side there, sidewalk (0 or 1), turn in rad/m."""
    parts = []
    walks = {(s.road_id, s.section_id) for s in roads.strips if s.lane_type == "sidewalk"}
    for s in (s for s in roads.strips if s.junction_id < 0 and s.lane_type == "driving"):
        middle = s.centre[:, :2]
        length = float(np.linalg.norm(np.diff(middle, axis=0), axis=1).sum())
        count = max(2, int(length / 15.0))
        at = np.linspace(0, len(middle) - 1, count)
        line = np.stack([np.interp(at, np.arange(len(middle)), middle[:, k]) for k in range(2)], axis=-1)
        rest = (abs(s.lane_id), float((s.road_id, s.section_id) in walks), _turn(s) / max(length, 1.0))
        parts.append(np.concatenate([line, np.broadcast_to(rest, (count, 3))], axis=1))
    return (
        np.concatenate(parts)
        if parts
        else np.concatenate([np.concatenate([s.centre[:, :2], np.ones((len(s.centre), 3))], 1) for s in roads.strips])
    )


def _turn(strip: LaneStrip) -> float:
    """Return by how much (rad) a lane turns in all."""
    steps = np.diff(strip.centre[:, :2], axis=0)
    steps = steps[np.linalg.norm(steps, axis=1) > 0.2]
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return float(np.abs(np.diff(heading)).sum())


def _sites(layout: Layout, rng: np.random.Generator) -> Floats:
    """Return the middles of cells (S, 2) on a jittered grid over the layout and some way beyond."""
    low, high = layout.origin - BEYOND_M, layout.origin + np.array(layout.taken.shape[::-1]) * layout.cell_m + BEYOND_M
    count = np.maximum(np.round((high - low) / SITE_M).astype(int), 1)
    grid = np.stack(np.meshgrid(np.arange(count[0]), np.arange(count[1])), axis=-1).reshape(-1, 2)
    return np.asarray(low + (grid + rng.uniform(0.15, 0.85, grid.shape)) * (high - low) / count)


def _scores(samples: Floats, sites: Floats, rng: np.random.Generator) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how urban each site is (about 0 to 1) and which may be industrial."""
    middle = np.median(samples[:, :2], axis=0)
    reach = float(np.quantile(np.linalg.norm(samples[:, :2] - middle, axis=1), 0.95))
    near = np.linalg.norm(samples[None, :, :2] - sites[:, None], axis=-1) < AROUND_M
    weight = near / np.maximum(near.sum(axis=1, keepdims=True), 1)
    lanes, walks, turns = (weight @ samples[:, 2 + k] for k in range(3))
    away = np.linalg.norm(sites - middle, axis=1) / max(reach, LEAST_REACH_M)
    straight = float((samples[:, 4] < STRAIGHT_RAD_M).mean())  # winding streets are those of suburbs
    score = 0.96 - 0.62 * away + 0.22 * np.clip(lanes - 1.0, 0, 2) + 0.12 * (walks - 1.0) - 14.0 * np.minimum(turns, 0.03)
    score += 0.6 * (min(straight, 0.85) - 0.78)
    score += rng.normal(0, 0.07, len(sites)) - 0.25 * (near.sum(axis=1) == 0)
    angle = float(rng.uniform(0, 2 * math.pi))
    bearing = np.arctan2(*(sites - middle).T[::-1])
    sector = np.cos(bearing - angle) > math.cos(math.radians(38))
    return score, sector & (away > 0.55) & (turns < 0.012)
