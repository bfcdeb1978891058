"""Who builds where: lots along the streets, and the buildings on them. Left-handed world frame, metres."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.building_kinds import KINDS, Kind
from simgen.server.assets.district_kinds import District
from simgen.server.assets.district_plans import PLANS, TownPlan
from simgen.server.assets.districts import DistrictMap
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage

Floats = NDArray[np.float64]

CLEAR_M = 0.05
"""Between a wall and the pavement, at least."""
SIGNAL_CLEAR_M = 3.0
"""Houses keep this far from the feet of lights and signs."""
CORNER_M = 13.0
"""Where fronts are closed, the last house may reach this far beyond the end of a street, to the corner."""
REAR_APART_M = 4.0
"""Buildings of the second row keep this far from others; those of the first may touch."""
STEP_M = 1.5
UNEVEN_M = 2.2
"""Land that differs more than this from the street is not built on."""
_SETBACKS = np.array([0.0, 0.15, 0.4, 0.9, 1.6, 2.6])
_SHARES = np.array([1.0, 0.8, 0.62])
_U, _V = (v.ravel() for v in np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 5)))


@dataclass(frozen=True)
class Place:
    """Room that has been found for a building."""

    kind: str
    district: District
    pose: Floats
    """(4, 4) world from lot."""
    outline: Floats
    """(4, 2)"""
    width: float
    depth: float
    setback: float
    at: float
    """Along the street, of the near corner at x = 0."""
    row: int
    """Buildings of one row with equal numbers are alike."""


class Filler:
    """Finds room along one street."""

    def __init__(self, street: Frontage, layout: Layout, districts: DistrictMap, signals: Floats, rng: np.random.Generator) -> None:
        self.street, self.layout, self.districts, self.signals, self.rng = street, layout, districts, signals, rng
        self._name, self._left, self._row, self._setback, self._width = "", 0, 0, 0.0, 0.0
        self._apart = 0.0

    def places(self, rear: bool = False) -> Iterator[Place]:
        """Yield the places of buildings from one end of the street to the other; a second row stands behind the first."""
        at = -CORNER_M if not rear else 2.0
        self._apart = REAR_APART_M if rear else -0.4
        while at < self.street.length + (CORNER_M if not rear else -8.0):
            district = District(int(self.districts.at(self.street.at(at)[None])[0]))
            plan = PLANS[district]
            outside = not 0.5 <= at <= self.street.length - 4.0
            if outside and not (plan.closed and not rear):
                at += STEP_M
                continue
            kind = self._next(plan, rear)
            place = None if self.rng.random() < plan.free else self._fit(district, kind, at, 18.0 if rear else 0.0, plan.closed)
            if place is None:
                at += STEP_M
                self._left = 0 if self._left and self.rng.random() < 0.3 else self._left
                continue
            yield place
            self._left -= 1
            at += place.width + self._gap(kind, plan)

    def _gap(self, kind: Kind, plan: TownPlan) -> float:
        if kind.gap == (0.0, 0.0):
            return 0.02 if self._left > 0 or not kind.gabled else float(self.rng.uniform(3.0, 6.0))
        return 0.02 if plan.closed else float(max(0.02, self.rng.uniform(*kind.gap)))

    def _next(self, plan: TownPlan, rear: bool) -> Kind:
        """Go on with the row, or draw what comes next."""
        if self._left <= 0:
            table = plan.rear if rear else plan.kinds
            weights = np.array(list(table.values()))
            self._name = list(table)[int(self.rng.choice(len(weights), p=weights / weights.sum()))]
            kind = KINDS[self._name]
            self._left = int(self.rng.integers(kind.run[0], kind.run[1] + 1))
            self._setback, self._width = (float(self.rng.uniform(*r)) for r in (kind.setback, kind.width))
            self._row += 1
        return KINDS[self._name]

    def _fit(self, district: District, kind: Kind, at: float, behind: float, closed: bool) -> Place | None:
        """Return a place that begins at `at`, as wide as there is room and a little further back if need be."""
        depth = float(self.rng.uniform(*kind.depth))
        wide = self._width if kind.run[1] > 2 else float(self.rng.uniform(*kind.width))
        room = self.street.length + (CORNER_M if closed else -0.5) - at
        widths = np.minimum(wide * _SHARES[: 1 if kind.run[1] > 3 else 3], room)
        widths = widths[widths >= min(5.0, kind.width[0])]
        if not len(widths):
            return None
        setbacks = self._setback + behind + _SETBACKS
        outlines = self._outlines(at, widths, setbacks, depth)
        for index in np.flatnonzero(self._may_fit(outlines)):
            outline = outlines[index]
            if self._is_free(outline, float(self.street.at(at)[2])):
                self.layout.take(outline)
                width, setback = float(widths[index // len(setbacks)]), float(setbacks[index % len(setbacks)])
                return Place(self._name, district, self._pose(outline, setback), outline, width, depth, setback, at, self._row)
        return None

    def _outlines(self, at: float, widths: Floats, setbacks: Floats, depth: float) -> Floats:
        """Return the footprints (W S, 4, 2) of every width at every setback."""
        points = self.street.points_at(at + np.append(0.0, widths))[:, :2]
        start, chords = points[0], points[1:] - points[0]
        along = chords / np.maximum(np.linalg.norm(chords, axis=1, keepdims=True), 1e-9)
        inward = np.stack([-along[:, 1], along[:, 0]], axis=1)
        corner = (start + chords / 2 - along * widths[:, None] / 2)[:, None] + inward[:, None] * setbacks[:, None]
        side, deep = (along * widths[:, None])[:, None], (inward * depth)[:, None]
        return np.stack([corner, corner + side, corner + side + deep, corner + deep], axis=2).reshape(-1, 4, 2)

    def _may_fit(self, outlines: Floats) -> NDArray[np.bool_]:
        """Return which footprints (N, 4, 2) are free at some points spread over them."""
        weights = np.stack([(1 - _U) * (1 - _V), _U * (1 - _V), _U * _V, (1 - _U) * _V], axis=-1)
        points = weights @ outlines
        shrink = -2.0 * self._apart / np.linalg.norm(outlines[:, 1] - outlines[:, 0], axis=1)  # how far outside the sides to look
        inner = points + shrink[:, None, None] * (outlines.mean(axis=1, keepdims=True) - points)
        free = (self.layout.at(self.layout.edge, points, 99.0) > CLEAR_M).all(axis=1)
        free &= ~self.layout.at(self.layout.taken, inner, 0).any(axis=1)
        return np.asarray(free)

    def _is_free(self, outline: Floats, street_z: float) -> bool:
        if len(self.signals) and float(np.linalg.norm(self.signals - outline[:2].mean(axis=0), axis=1).min()) < SIGNAL_CLEAR_M:
            return False
        land = self.layout.heights.land(outline)
        return bool(np.abs(land - street_z).max() < UNEVEN_M) and self.layout.has_room(outline, CLEAR_M, -self._apart)

    def _pose(self, outline: Floats, setback: float) -> Floats:
        pose = np.eye(4)
        along = (outline[1] - outline[0]) / np.linalg.norm(outline[1] - outline[0])
        inward = np.array([-along[1], along[0]])
        pose[:2, 0], pose[:2, 1], pose[:2, 3] = along, inward, outline[0]
        pose[2, 3] = self._ground(outline, inward, setback)
        return pose

    def _ground(self, outline: Floats, inward: Floats, setback: float) -> float:
        """Return the height of the ground floor: that of the pavement before it, and of the land at the front."""
        front = outline[0] + (outline[1] - outline[0]) * np.linspace(0, 1, 5)[:, None]
        walk = front - inward * (setback + 0.35)
        heights = self.layout.heights
        near = heights.road(walk) if setback < 8.0 else heights.land(front)
        return float(max(near.max(), heights.land(front).max() if setback > 1.0 else -math.inf))
