"""Front gardens: fences and hedges along the lots, bins, beds and bushes in front of the houses, cars in the drives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.district_kinds import Lot
from simgen.server.assets.districts import District
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.plant_species import season_of
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.street_drives import Garden, add_cars, in_house, in_world
from simgen.server.assets.street_fences import NONE, add_street_fences, drawn
from simgen.server.assets.street_greenery import TREE_BOX
from simgen.server.assets.street_rows import plant_tints
from simgen.server.assets.vegetation import in_season
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

LEAST_GARDEN_M = 1.6
"""Shallower strips before a house are left alone."""
INSET_M = 0.22
FRONTS: dict[District, tuple[tuple[str, float], ...]] = {
    District.CENTRE: (("stone railing", 2), ("railing", 2), ("low hedge", 2), (NONE, 3)),
    District.OFFICES: (("low hedge", 3), ("pipe rail", 1), (NONE, 4)),
    District.RESIDENTIAL: (("wall railing", 3), ("railing", 2), ("hedge", 3), ("low brick wall", 3), ("plaster wall", 1), (NONE, 2)),
    District.SUBURB: (
        ("white picket", 3),
        ("brown picket", 3),
        ("hedge", 4),
        ("low hedge", 3),
        ("red hedge", 1),
        ("tall hedge", 1),
        ("stone wall", 2),
        ("low brick wall", 2),
        ("brick wall", 1),
        ("railing", 1),
        (NONE, 3),
    ),
    District.INDUSTRIAL: (("chain link", 5), ("concrete wall", 1), ("green chain link", 2), (NONE, 1)),
}
SIDES: tuple[tuple[str, float], ...] = (
    ("boards", 3),
    ("grey boards", 3),
    ("hedge", 2),
    ("tall hedge", 2),
    ("green chain link", 2),
    (NONE, 2),
)


def add_gardens(builder: MeshBuilder, scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Lay out the gardens before the houses, then close what is open along the streets."""
    garden = Garden.of(scenery, layout, seed)
    season, before = season_of(seed), NONE
    lots = [lot for lot in layout.lots if lot.setback >= LEAST_GARDEN_M]
    drives = [add_cars(builder, garden, lot, stream(seed, "cars", number)) for number, lot in enumerate(lots)]
    for number, (lot, drive) in enumerate(zip(lots, drives, strict=True)):
        rng = stream(seed, "garden", number)
        front = before if rng.random() < 0.3 else drawn(FRONTS[lot.district], rng)
        _add_front(garden, lot, front, drive, season, rng)
        before = front
    garden.rows.add_to(scenery, stream(seed, "garden hedges"))
    for lot in lots:
        layout.take(_front_strip(lot))
    garden.fleet.add_to(scenery)
    for (kind, tag, shape), matrices in sorted(garden.stands.items(), key=lambda item: item[0][2]):
        tints = plant_tints(len(matrices), stream(seed, "garden", shape)) if tag == Tag.VEGETATION else None
        scenery.add_copies(kind, tag, shape, np.array(matrices), tints, TREE_BOX if kind == "Tree" else None)
    add_street_fences(scenery, roads, layout, seed)


def _front_strip(lot: Lot) -> Floats:
    """Return the strip (4, 2) along the pavement that belongs to a lot's front garden."""
    a, b, c, d = lot.plot
    return np.array([a, b, b + (c - b) * min(1.0, 1.2 / np.linalg.norm(c - b)), a + (d - a) * min(1.0, 1.2 / np.linalg.norm(d - a))])


def _add_front(garden: Garden, lot: Lot, front: str, drive: list[tuple[float, float]], season: str, rng: np.random.Generator) -> None:
    near, far = in_house(lot, lot.plot[0])[0], in_house(lot, lot.plot[1])[0]
    gates = [*(lot.open_front or ((lot.width / 2 - 0.7, lot.width / 2 + 0.7),)), *drive]
    openings = sorted((max(a, near), min(b, far)) for a, b in gates)
    at = near + 0.05
    y = -lot.setback + INSET_M
    for a, b in [*openings, (far - 0.05, far)]:
        if a - at > 0.8:
            garden.rows.add(front, in_world(lot, at, y), in_world(lot, a, y))
        at = max(at, b)
    if lot.gabled:
        side = drawn(SIDES, rng)
        garden.rows.add(side, in_world(lot, far, y + 0.3), in_world(lot, far, min(0.6 * lot.depth, 9.0)))
    _add_contents(garden, lot, near, far, openings, season, rng)


def _add_contents(
    garden: Garden, lot: Lot, near: float, far: float, openings: list[tuple[float, float]], season: str, rng: np.random.Generator
) -> None:
    """Put bins, flower beds and bushes where they do not stand in the way."""
    heading = float(np.degrees(np.arctan2(lot.pose[1, 0], lot.pose[0, 0])))
    green = lot.district in (District.SUBURB, District.RESIDENTIAL)
    for x in np.arange(0.9, lot.width - 0.9, 1.25):
        if any(a - 0.6 < x < b + 0.6 for a, b in openings) or rng.random() > (0.55 if green else 0.15):
            continue
        place = in_world(lot, float(x), -0.65)
        if garden.layout.at(garden.layout.taken, place, 1) == 0:
            _plant(garden, place, heading, season, rng)
    if rng.random() < 0.4 and lot.setback > 2.0:
        for k in range(int(rng.integers(1, 4))):
            x = (openings[0][1] if openings else 1.0) + 0.5 + 0.75 * k
            place = in_world(lot, x, -lot.setback + 0.85)
            if (
                x < far - 0.5
                and not any(a - 0.4 < x < b + 0.4 for a, b in openings)
                and garden.layout.at(garden.layout.taken, place, 1) == 0
                and garden.layout.at(garden.layout.edge, place, 0.0) > 0.45
            ):
                garden.stand(
                    "TrashCan",
                    Tag.STATIC,
                    f"street/wheelie bin/{int(rng.integers(3))}",
                    float(place[0]),
                    float(place[1]),
                    heading + rng.normal(0, 6),
                )

    if lot.gabled and lot.setback > 4.2 and rng.random() < 0.45:
        _add_tree(garden, lot, near, far, season, rng)


def _add_tree(garden: Garden, lot: Lot, near: float, far: float, season: str, rng: np.random.Generator) -> None:
    """Plant a small tree in a front garden, where there is room."""
    name = drawn(GARDEN_TREES, rng)
    place = in_world(lot, float(rng.uniform(near + 0.8, far - 0.8)), -0.55 * lot.setback)
    square = place + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * 0.9
    if garden.layout.is_free(square, 1.0) and garden.is_open(square):
        shape = f"plant/{in_season(name, season)}/{int(rng.integers(3))}"
        garden.stand(
            "Tree", Tag.VEGETATION, shape, float(place[0]), float(place[1]), float(rng.uniform(0, 360)), float(rng.uniform(0.6, 0.85))
        )
        garden.layout.take(square)


GARDEN_TREES = (("apple", 3), ("cherry", 3), ("birch", 2), ("maple", 2), ("thuja", 2), ("yew", 2), ("olive", 1), ("spruce", 1), ("lime", 1))
BEFORE_HOUSES = (("flower bed", 2), ("white bed", 2), ("rose", 3), ("hydrangea", 3), ("box ball", 3), ("lavender", 2), ("bush", 2))


def _plant(garden: Garden, place: Floats, heading: float, season: str, rng: np.random.Generator) -> None:
    name = drawn(BEFORE_HOUSES, rng)
    bed = name.endswith("bed")
    scale = float(rng.uniform(0.55, 0.62)) if bed else float(rng.uniform(0.7, 1.0))
    shape = f"plant/{in_season(name, season)}/{int(rng.integers(2))}"
    x, y = map(float, place)
    garden.stand(
        "FlowerBed" if bed else "Bush",
        Tag.VEGETATION,
        shape,
        x,
        y,
        heading if bed else float(rng.uniform(0, 360)),
        scale,
    )
