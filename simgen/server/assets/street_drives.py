"""Cars before houses: in drives and on yards. Left-handed world frame, metres; places before a house are in its own frame, x along the
street and y away from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.district_kinds import District, Lot
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.parked import SPACE_M
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import grid, placed
from simgen.server.assets.street_fences import FenceRows
from simgen.server.assets.street_fleet import Fleet
from simgen.server.scene import Material
from simgen.server.world.blueprints import LIBRARY

Floats = NDArray[np.float64]

DRIVE_M = 2.7
"""Width of a drive."""
WIDE_M = 2.4
"""Openings at least so wide lead to garages."""
YARD_M = 5.6
"""Before buildings that stand back at least so far cars park side by side."""
DRIVE_CHANCE: dict[District, float] = {
    District.CENTRE: 0.2,
    District.OFFICES: 0.3,
    District.RESIDENTIAL: 0.7,
    District.SUBURB: 0.95,
    District.INDUSTRIAL: 0.3,
}
PAVING = Look(Material.PAVING, Tag.GROUND, (146, 140, 132))


@dataclass
class Garden:
    """What fills front gardens, collected over all lots."""

    layout: Layout
    rows: FenceRows
    fleet: Fleet
    stands: dict[tuple[str, Tag, str], list[Floats]]
    solid: Layout
    """Its `taken` is what a car cannot stand in: the boxes of houses with their steps and eaves, and other cars."""

    @classmethod
    def of(cls, scenery: Scenery, layout: Layout, seed: int) -> Garden:
        solid = replace(layout, taken=np.zeros_like(layout.taken))
        for item in scenery.objects:
            if item.tag in (Tag.BUILDINGS, Tag.CAR):
                turn = np.radians(item.yaw_deg)
                axes = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
                solid.take(item.box_centre[:2] + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * item.box_extent[:2] @ axes)
        return cls(layout, FenceRows(layout), Fleet(stream(seed, "drives")), {}, solid)

    def park(self, name: str, place: Floats, heading: float, outline: Floats) -> None:
        """Stand a car with its middle at (2,) on a drive or yard; it fills the outline (4, 2)."""
        self.fleet.park(name, float(place[0]), float(place[1]), heading, self.ground)
        self.layout.take(outline)
        self.solid.take(outline)

    def is_open(self, outline: Floats) -> bool:
        """Whether no house and no car reaches into an outline (4, 2)."""
        return self.solid.is_free(outline, -99.0)

    def ground(self, points: Floats) -> Floats:
        """Return the height of drives and yards at points (N, 2)."""
        return self.layout.heights.land(points) + 0.035

    def stand(self, kind: str, tag: Tag, shape: str, x: float, y: float, yaw: float, scale: float = 1.0) -> None:
        z = float(self.layout.heights.land((x, y)))
        self.stands.setdefault((kind, tag, shape), []).append(placed(x, y, z, yaw, scale))


def in_house(lot: Lot, point: Floats) -> Floats:
    """Return a point (2,) of the world in the house's own frame."""
    return np.asarray((point - lot.pose[:2, 3]) @ lot.pose[:2, :2])


def in_world(lot: Lot, x: float, y: float) -> Floats:
    """Return a point of the house's frame in the world (2,)."""
    return np.asarray(lot.pose[:2, :2] @ np.array([x, y]) + lot.pose[:2, 3])


def add_cars(builder: MeshBuilder, garden: Garden, lot: Lot, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Park cars before a house; return the drives (from, to) along its x that the fence leaves open."""
    if not lot.gabled:
        return _add_yard(garden, lot, rng) if lot.setback >= YARD_M else []
    if rng.random() > DRIVE_CHANCE[lot.district]:
        return []
    name = garden.fleet.draw(DRIVE_M - 0.5)
    depth = 2 * LIBRARY[name].extent[0] + 0.7 if name else 99.0
    paths = [(a, b) for a, b in lot.open_front if b - a < WIDE_M]
    garages = [(a, b) for a, b in lot.open_front if b - a >= WIDE_M]
    sides = [
        (-DRIVE_M - 0.1, -0.1),
        (0.1, DRIVE_M + 0.1),
        (lot.width - DRIVE_M - 0.1, lot.width - 0.1),
        (lot.width + 0.1, lot.width + DRIVE_M + 0.1),
    ]
    order = rng.permutation(len(sides))
    for a, b in [*garages, *(sides[k] for k in order)]:
        outline = np.array([in_world(lot, x, -lot.setback + y) for x, y in ((a, 0.1), (b, 0.1), (b, depth), (a, depth))])
        free = lot.setback > depth if (a, b) in garages else garden.layout.is_free(outline, 0.05)
        free = free and garden.is_open(outline)
        if name is None or not free or any(a < d + 0.2 and c < b + 0.2 for c, d in paths):
            continue
        heading = float(np.arctan2(lot.pose[1, 0], lot.pose[0, 0])) + (0.5 if rng.random() < 0.6 else -0.5) * np.pi
        x, y = in_world(lot, (a + b) / 2, -lot.setback + depth / 2 + 0.1)
        garden.park(name, np.array([x, y]), heading + rng.normal(0, 0.02), outline)
        if (a, b) not in garages:
            _pave(builder, garden.layout, lot, a + 0.15, b - 0.15, depth)
        return [(a, b)]
    return []


def _pave(builder: MeshBuilder, layout: Layout, lot: Lot, near: float, far: float, depth: float) -> None:
    """Add a drive: a strip of paving a little above the land."""
    y = np.linspace(-0.2, depth, 5)
    world = np.array([[in_world(lot, x, -lot.setback + d) for x in (near, (near + far) / 2, far)] for d in y])
    z = layout.heights.land(world) + 0.035
    points = np.concatenate([world, z[..., None]], axis=-1)
    builder.add(grid(points.transpose(1, 0, 2)), PAVING)


def _add_yard(garden: Garden, lot: Lot, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Park cars side by side before a hall or a market; return the way in."""
    heading = float(np.arctan2(lot.pose[1, 0], lot.pose[0, 0]))
    rows = (-2.9, -lot.setback + 3.4) if lot.setback > 2 * YARD_M + 3.0 else (-2.9,)
    share = rng.uniform(0.3, 0.8)
    for y in rows:
        for x in np.arange(1.6, lot.width - 1.6, SPACE_M[0] + 0.1):
            outline = np.array([in_world(lot, x + dx, y + dy) for dx, dy in ((-1.2, -2.6), (1.2, -2.6), (1.2, 2.6), (-1.2, 2.6))])
            name = garden.fleet.draw(SPACE_M[0] - 0.3, SPACE_M[1])
            if name and rng.random() < share and garden.layout.is_free(outline, 0.6) and garden.is_open(outline):
                place = in_world(lot, float(x), y + float(rng.uniform(-0.15, 0.15)))
                turn = (0.5 if rng.random() < 0.7 else -0.5) * np.pi
                garden.park(name, place, heading + turn + rng.normal(0, 0.015), outline)
    middle = float(rng.uniform(4.0, max(lot.width - 4.0, 4.5)))
    return [(middle - 3.2, middle + 3.2)]
