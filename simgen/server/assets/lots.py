"""Who builds where: lots along the streets, and the houses on them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.buildings import STYLES, House, add_house, draw_house
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

CLEAR_M = 0.05
"""Between a wall and the pavement, at least."""
SIGNAL_CLEAR_M = 5.0
"""Houses keep this far from the feet of lights and signs."""


@dataclass(frozen=True)
class Frontage:
    """The outer edge of a street's pavement, in the direction of its own traffic: the land lies on its right."""

    points: Floats
    """(N, 3)"""
    along: Floats
    """(N,) metres from the first point."""

    @classmethod
    def of(cls, strip: LaneStrip) -> Frontage:
        points = strip.right if strip.forward else strip.right[::-1]
        steps = np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1)
        return cls(points, np.concatenate([[0.0], np.cumsum(steps)]))

    @property
    def length(self) -> float:
        return float(self.along[-1])

    def at(self, distance: float) -> Floats:
        """Return the point (x, y, z) at a distance from the start."""
        return np.array([np.interp(distance, self.along, self.points[:, k]) for k in range(3)])

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


def add_houses(builder: MeshBuilder, scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Fill the streets with houses, the taller the nearer to the middle of the town."""
    centre = np.concatenate([s.centre for s in roads.strips])[:, :2].mean(axis=0)
    reach = max(float(np.abs(np.concatenate([s.centre for s in roads.strips])[:, :2] - centre).max()), 1.0)
    signals = np.array([(s.transform.location.x, s.transform.location.y) for s in roads.network.signals.values()]).reshape(-1, 2)
    for number, street in enumerate(frontages(roads)):
        rng = stream(seed, "houses", number)
        middle = street.at(street.length / 2)[:2]
        tall = 1.0 - float(np.linalg.norm(middle - centre)) / (1.1 * reach)
        for lot, house in _lots(street, layout, signals, tall, rng):
            owner = scenery.add_box("Building", Tag.BUILDINGS, lot, (0, 0, 0), (house.width, house.depth, house.ridge))
            with builder.owned(owner):
                add_house(builder, house, lot, rng)


def _lots(street: Frontage, layout: Layout, signals: Floats, tall: float, rng: np.random.Generator) -> Iterator[tuple[Floats, House]]:
    """Yield (world_from_lot (4, 4), house) along a street, wherever there is room."""
    names = ("office", "brick", "stone", "panel", "plaster") if tall > 0.45 else ("brick", "plaster", "panel", "cottage", "cottage")
    at = 1.0
    while at < street.length - 7.0:
        style = STYLES[names[int(rng.integers(len(names)))]]
        width = float(rng.uniform(8, 12) if style.gabled else rng.uniform(10, 19))
        depth = float(rng.uniform(8, 10) if style.gabled else rng.uniform(10, 15))
        setback = float(rng.uniform(3.0, 6.0) if style.gabled else rng.choice([0.5, 0.5, 0.5, 2.5]))
        lot = _fit(street, layout, signals, at, min(width, street.length - 1.0 - at), depth, setback)
        if lot is None:
            at += 3.0
            continue
        matrix, width = lot
        yield matrix, draw_house(style, width, depth, tall, rng)
        at += width + (float(rng.uniform(3, 8)) if style.gabled or rng.random() < 0.2 else 0.05)


def _fit(
    street: Frontage, layout: Layout, signals: Floats, at: float, width: float, depth: float, setback: float
) -> tuple[Floats, float] | None:
    """Return (world_from_lot, width) of a lot that begins at `at`, as wide as there is room; None where even 7 m do not fit."""
    for share in (1.0, 0.75, 0.55):
        if width * share < 7.0:
            return None
        a, b = street.at(at), street.at(at + width * share)
        along = (b - a)[:2] / max(float(np.linalg.norm((b - a)[:2])), 1e-6)
        inward = np.array([-along[1], along[0]])
        wide = float(np.linalg.norm((b - a)[:2]))
        corner = a[:2] + inward * setback
        outline = np.array([corner, corner + along * wide, corner + along * wide + inward * depth, corner + inward * depth])
        near_signal = len(signals) and np.linalg.norm(signals - outline[:2].mean(axis=0), axis=1).min() < SIGNAL_CLEAR_M
        if not near_signal and layout.is_free(outline, CLEAR_M):
            layout.take(outline)
            ground = float(layout.heights.road(outline).max())
            matrix = np.eye(4)
            matrix[:2, 0], matrix[:2, 1], matrix[:3, 3] = along, inward, (*corner, ground)
            return matrix, wide
    return None
