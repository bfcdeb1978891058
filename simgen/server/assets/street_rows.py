"""Sidewalks as rows of places: posts and trees on the side of the kerb, seats and bins on the side of the houses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import placed
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M

Floats = NDArray[np.float64]
Box = tuple[ArrayLike, ArrayLike]
Key = tuple[str, Tag, str]
"""Kind (names its objects), tag and shape of a thing."""

NEAR_SIGNALS_M = 4.0
"""Posts keep this far from lights, signs and crosswalks."""


@dataclass(frozen=True)
class Sidewalk:
    """A sidewalk between its kerb and its outer edge."""

    edge: Frontage
    kerb: Frontage

    @classmethod
    def of(cls, strip: LaneStrip) -> Sidewalk:
        return cls(Frontage.of(strip), Frontage.of(replace(strip, right=strip.left)))

    @property
    def length(self) -> float:
        return min(self.edge.length, self.kerb.length)

    @property
    def width(self) -> float:
        middle = self.edge.at(self.edge.length / 2) - self.kerb.at(self.kerb.length / 2)
        return float(np.linalg.norm(middle[:2]))

    def by_kerb(self, at: float, aside: float) -> Floats:
        """Return the pose (4, 4) of something `aside` metres from the kerb; its -y looks at the road."""
        return self._standing(self.kerb, at, aside)

    def by_houses(self, at: float, aside: float) -> Floats:
        """Return the pose (4, 4) of something `aside` metres inside the outer edge; its -y looks at the road."""
        return self._standing(self.edge, at, -aside)

    def _standing(self, line: Frontage, at: float, aside: float) -> Floats:
        distance = at * line.length / self.length
        x, y, yaw = line.pose(distance, aside)
        return placed(x, y, float(line.at(distance)[2]) + KERB_M, yaw)


def sidewalks(roads: RoadMap) -> list[Sidewalk]:
    """Return all sidewalks outside junctions."""
    return [Sidewalk.of(s) for s in roads.strips if s.lane_type == "sidewalk" and s.junction_id < 0]


@dataclass(frozen=True)
class KeepClear:
    """Where nothing may stand in the way or in the line of sight."""

    signals: Floats
    """(N, 2) feet of lights and signs."""
    crossings: tuple[Floats, ...]
    """Outlines (M, 2) of crosswalks."""

    @classmethod
    def of(cls, roads: RoadMap) -> KeepClear:
        signals = [(s.transform.location.x, s.transform.location.y) for s in roads.network.signals.values()]
        return cls(np.array(signals, dtype=np.float64).reshape(-1, 2), tuple(np.asarray(c)[:, :2] for c in roads.crosswalks))

    def allows(self, pose: Floats, from_signals: float, from_crossings: float = 2.5) -> bool:
        """Whether a place is at least so far from all signals and crosswalks."""
        point = pose[:2, 3]
        if len(self.signals) and float(np.linalg.norm(self.signals - point, axis=1).min()) < from_signals:
            return False
        return all(_distance(outline, point) > from_crossings for outline in self.crossings)


def _distance(outline: Floats, point: Floats) -> float:
    """Return the distance of a point from a convex polygon's edge, 0 inside."""
    a, b = outline, np.roll(outline, -1, axis=0)
    if float(np.abs(a - point).min(axis=0).max()) > 40.0:
        return 40.0
    along = b - a
    share = np.clip(((point - a) * along).sum(axis=1) / np.maximum((along * along).sum(axis=1), 1e-9), 0, 1)
    gap = float(np.linalg.norm(a + share[:, None] * along - point, axis=1).min())
    side = along[:, 0] * (point - a)[:, 1] - along[:, 1] * (point - a)[:, 0]
    return 0.0 if (side > 0).all() or (side < 0).all() else gap


@dataclass
class Stands:
    """Copies to be placed, by what they are; `add_to` places them all."""

    kinds: dict[Key, list[Floats]] = field(default_factory=dict)
    boxes: dict[Key, Box] = field(default_factory=dict)
    """Of the part that blocks the way; the shape's bounds where missing."""

    def add(self, kind: str, tag: Tag, shape: str, pose: Floats, box: Box | None = None) -> None:
        key = (kind, tag, shape)
        self.kinds.setdefault(key, []).append(pose)
        if box is not None:
            self.boxes[key] = box

    def add_to(self, scenery: Scenery, seed: int) -> None:
        for number, key in enumerate(sorted(self.kinds)):
            kind, tag, shape = key
            matrices = np.array(self.kinds[key])
            tints = plant_tints(len(matrices), stream(seed, "shade", shape, number)) if tag == Tag.VEGETATION else None
            scenery.add_copies(kind, tag, shape, matrices, tints, self.boxes.get(key))


def plant_tints(count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return colours (N, 3) that make each plant a little darker, yellower or bluer than the next."""
    light = rng.uniform(0.78, 1.0, (count, 1))
    hue = 1 - np.abs(rng.normal(0, 0.05, (count, 3)))
    return np.asarray(np.clip(255 * light * hue, 0, 255), dtype=np.uint8)


class Row:
    """The places of one sidewalk; remembers what stands where along it, so that walkers always get past."""

    def __init__(self, walk: Sidewalk, clear: KeepClear, stands: Stands, layout: Layout) -> None:
        self.walk, self.clear, self.stands, self.layout = walk, clear, stands, layout
        self._taken: list[tuple[float, float]] = []

    def is_free(self, at: float, half: float) -> bool:
        """Whether nothing stands within `half` metres along the walk."""
        return all(abs(at - place) > half + other for place, other in self._taken)

    def stand(
        self,
        pose: Floats,
        at: float,
        half: float,
        key: Key,
        signals: float = NEAR_SIGNALS_M,
        reach: float = 0.15,
        box: Box | None = None,
    ) -> bool:
        """Put a thing at `at` along the walk, unless something else is there or it must stay clear; tell whether it was put.

        `reach` is how far from its middle it may not meet the roadway: sidewalks may lie across one another's roads.
        """
        if not self.is_free(at, half) or not self.clear.allows(pose, signals):
            return False
        if float(self.layout.at(self.layout.to_roadway, pose[:2, 3], 9.0)) < reach:
            return False
        self._taken.append((at, half))
        self.stands.add(*key, pose, box)
        return True

    def by_kerb(
        self, at: float, key: Key, half: float = 0.6, aside: float = 0.45, signals: float = NEAR_SIGNALS_M, box: Box | None = None
    ) -> bool:
        """Stand something by the kerb."""
        return self.stand(self.walk.by_kerb(at, aside), at, half, key, signals, box=box)

    def by_houses(self, at: float, key: Key, size: tuple[float, float]) -> bool:
        """Stand something of that size (along, across the walk) by the houses, where at least 1.5 m stay free before it."""
        if self.walk.width - size[1] < 1.55:
            return False
        return self.stand(self.walk.by_houses(at, size[1] / 2 + 0.05), at, size[0] / 2 + 0.4, key, reach=max(size) / 2)
