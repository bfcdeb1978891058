"""Lamps, trees, signs, seats and bins along the streets, by district."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.districts import District, districts
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.plant_species import season_of
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import placed
from simgen.server.assets.street_fences import drawn
from simgen.server.assets.street_lamps import LAMPS, lamp_box, lamp_mesh
from simgen.server.assets.street_pads import add_pads
from simgen.server.assets.street_plates import STREETS
from simgen.server.assets.street_rows import KeepClear, Row, Stands, sidewalks
from simgen.server.assets.street_things import thing_mesh
from simgen.server.assets.vegetation import in_season
from simgen.server.scene import Mesh
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]
Choices = tuple[tuple[str, float], ...]

END_CLEAR_M = 9.0
"""Nothing but low posts and signs stands this near to the ends of a street, where junctions and crosswalks are."""
SIGNAL_CLEAR_M = 14.0
"""Trees keep this far from lights and signs, which must be seen."""
KERB_SIDE_M = 0.45
"""From the kerb to the middle of a post."""
TREE_BOX = ((-0.2, -0.2, 0.0), (0.2, 0.2, 8.0))


@dataclass(frozen=True)
class Style:
    """What stands along the streets of a district; choices are names with weights."""

    lamps: Choices
    lamp_step: float
    trees: Choices
    tree_step: float
    tree_chance: float
    """Of a sidewalk having trees."""
    kerb: Choices
    """Kinds among `BY_KERB`."""
    houses: Choices
    """Kinds among `BY_HOUSES`."""
    step: float
    """Metres from thing to thing."""
    bollards: float
    """Chance of a sidewalk having bollards at its ends."""


STYLES: dict[District, Style] = {
    District.CENTRE: Style(
        (("lantern", 3), ("modern lamp", 2), ("lamp", 1)),
        22.0,
        (("street lime", 2), ("street plane", 2), ("street pear", 2), ("street robinia", 1)),
        10.0,
        0.55,
        (("sign", 4), ("meter", 2), ("bike rack", 3), ("post box", 1), ("bin", 2), ("bollard", 2), ("hydrant", 1), ("clock", 0.3)),
        (("bench", 3), ("bin", 2), ("planter", 4), ("box", 2), ("phone", 1), ("letter box", 1), ("cart", 0.5)),
        6.0,
        0.5,
    ),
    District.OFFICES: Style(
        (("modern lamp", 3), ("double lamp", 1)),
        26.0,
        (("street plane", 3), ("street maple", 2), ("street pear", 2), ("street lime", 1)),
        11.0,
        0.7,
        (("sign", 4), ("meter", 2), ("bike rack", 3), ("bin", 2), ("steel bollard", 2), ("hydrant", 1), ("flag", 1)),
        (("bench", 3), ("bin", 2), ("planter", 3), ("box", 2), ("phone", 1)),
        8.0,
        0.35,
    ),
    District.RESIDENTIAL: Style(
        (("lamp", 3), ("globe", 1), ("modern lamp", 1)),
        27.0,
        (("street lime", 2), ("street maple", 3), ("street plane", 1), ("street robinia", 2), ("street pear", 2)),
        10.5,
        0.65,
        (("sign", 5), ("bin", 2), ("hydrant", 1), ("post box", 1), ("bike rack", 1)),
        (("bench", 2), ("bin", 1), ("box", 2), ("bins", 3), ("letter box", 1)),
        9.0,
        0.15,
    ),
    District.SUBURB: Style(
        (("lamp", 2), ("timber pole", 2), ("globe", 1)),
        31.0,
        (("street maple", 2), ("street robinia", 1), ("street pear", 1), ("street lime", 2)),
        12.0,
        0.6,
        (("sign", 4), ("hydrant", 1), ("post box", 0.5)),
        (("bins", 3), ("box", 2), ("bench", 1)),
        13.0,
        0.03,
    ),
    District.INDUSTRIAL: Style(
        (("lamp", 2), ("timber pole", 1), ("double lamp", 1)),
        32.0,
        (("street robinia", 2), ("street maple", 1)),
        13.0,
        0.25,
        (("sign", 4), ("hydrant", 1)),
        (("box", 3), ("bins", 1)),
        15.0,
        0.05,
    ),
}

SIGNS: Choices = (
    ("no parking", 4),
    ("no stopping", 2),
    ("parking", 3),
    ("zone 30", 1),
    ("children", 1),
    ("cycle track", 1),
    ("danger", 0.5),
)
"""Signs between junctions; those that rule the way at junctions are actors of the map."""

# name -> (kind, tag, shape or shape with a number of variants, half its length along the kerb)
BY_KERB: dict[str, tuple[str, Tag, str, int, float]] = {
    "meter": ("ParkingMeter", Tag.STATIC, "street/parking meter", 0, 0.4),
    "bike rack": ("BikeRack", Tag.STATIC, "street/bike rack", 0, 1.2),
    "post box": ("Mailbox", Tag.STATIC, "street/post box", 0, 0.5),
    "bin": ("TrashCan", Tag.STATIC, "static.prop.trashcan03", 0, 0.5),
    "bollard": ("Bollard", Tag.POLES, "street/bollard", 0, 0.3),
    "steel bollard": ("Bollard", Tag.POLES, "street/steel bollard", 0, 0.3),
    "hydrant": ("Hydrant", Tag.STATIC, "street/hydrant", 0, 0.4),
    "clock": ("Clock", Tag.POLES, "street/clock", 0, 0.6),
    "flag": ("Flag", Tag.POLES, "street/flag", 4, 0.8),
}
# name -> (kind, tag, shape, variants, (length, depth))
BY_HOUSES: dict[str, tuple[str, Tag, str, int, tuple[float, float]]] = {
    "bench": ("Bench", Tag.STATIC, "static.prop.bench01", 0, (1.9, 0.85)),
    "bin": ("TrashCan", Tag.STATIC, "static.prop.trashcan01", 0, (0.6, 0.6)),
    "planter": ("PlantPot", Tag.STATIC, "street/planter", 6, (1.25, 0.52)),
    "box": ("ElectricityBox", Tag.STATIC, "street/electricity box", 0, (1.25, 0.42)),
    "phone": ("StreetSign", Tag.STATIC, "static.prop.advertisement", 0, (1.3, 0.4)),
    "letter box": ("Mailbox", Tag.STATIC, "street/letter box", 0, (0.6, 0.45)),
    "bins": ("TrashCan", Tag.STATIC, "street/wheelie bin", 3, (0.7, 0.75)),
    "cart": ("Dumpster", Tag.STATIC, "street/dumpster", 0, (1.6, 1.1)),
}


def street_mesh(name: str, far: bool = False) -> Mesh:
    """Return a piece of street furniture that is no blueprint. Raises KeyError."""
    if name in LAMPS:
        return lamp_mesh(name, far)
    if far:
        raise KeyError(name)
    return thing_mesh(name)


def add_street_furniture(builder: MeshBuilder, scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Line the sidewalks, and set up what needs room of its own behind them."""
    clear, plan, stands, season = KeepClear.of(roads), districts(roads, layout, seed), Stands(), season_of(seed)
    for number, walk in enumerate(sidewalks(roads)):
        rng = stream(seed, "furniture", number)
        if walk.length < END_CLEAR_M:
            continue
        district = District(int(plan.at(walk.edge.at(walk.edge.length / 2)[:2])[0]))
        row, style = Row(walk, clear, stands, layout), STYLES[district]
        _add_signs(row, roads, rng)
        if walk.length > 2 * END_CLEAR_M:
            _add_lamps(row, drawn(style.lamps, rng), style.lamp_step, rng)
            _add_trees(row, style, season, rng)
            _add_things(row, style, rng)
            add_pads(builder, row, layout, district, rng)
        if rng.random() < style.bollards:
            _add_bollards(row, "street/bollard" if district == District.CENTRE else "street/steel bollard")
    stands.add_to(scenery, seed)


def _add_lamps(row: Row, name: str, step: float, rng: np.random.Generator) -> None:
    for at in np.arange(float(rng.uniform(END_CLEAR_M, END_CLEAR_M + 8)), row.walk.length - END_CLEAR_M, step):
        row.by_kerb(float(at), ("StreetLight", Tag.POLES, f"street/{name}"), 0.7, KERB_SIDE_M, 4.0, lamp_box(name))


def _add_trees(row: Row, style: Style, season: str, rng: np.random.Generator) -> None:
    if row.walk.width < 1.9 or rng.random() > style.tree_chance:
        return
    species, step = drawn(style.trees, rng), style.tree_step * float(rng.uniform(0.9, 1.3))
    for at in np.arange(END_CLEAR_M + float(rng.uniform(1, 6)), row.walk.length - END_CLEAR_M, step):
        if rng.random() < 0.12:
            continue
        name = in_season(species, "winter" if rng.random() < 0.015 else season)
        key = ("Tree", Tag.VEGETATION, f"plant/{name}/{int(rng.integers(3))}")
        turn = placed(yaw_deg=float(rng.uniform(0, 360)), scale=float(rng.uniform(0.98, 1.15)))
        pose = row.walk.by_kerb(float(at), KERB_SIDE_M + 0.1) @ turn
        row.stand(pose, float(at), 1.6, key, SIGNAL_CLEAR_M, box=TREE_BOX)


def _add_things(row: Row, style: Style, rng: np.random.Generator) -> None:
    for at in np.arange(END_CLEAR_M + 1.0, row.walk.length - END_CLEAR_M, style.step):
        spot = float(at + rng.uniform(-1.5, 1.5))
        chance = rng.random()
        if chance < 0.42:
            _by_kerb(row, spot, drawn(style.kerb, rng), rng)
        elif chance < 0.85:
            kind, tag, shape, variants, size = BY_HOUSES[drawn(style.houses, rng)]
            row.by_houses(spot, (kind, tag, shape + (f"/{int(rng.integers(variants))}" if variants else "")), size)


def _by_kerb(row: Row, at: float, name: str, rng: np.random.Generator) -> None:
    if name == "sign":
        _add_sign(row, at, drawn(SIGNS, rng))
        return
    kind, tag, shape, variants, half = BY_KERB[name]
    shape += f"/{int(rng.integers(variants))}" if variants else ""
    if name == "bike rack" and row.walk.width > 2.2:
        pose = row.walk.by_kerb(at, KERB_SIDE_M + 0.05)
        row.stand(pose, at, half, (kind, tag, shape))
    elif name != "bike rack":
        row.by_kerb(at, (kind, tag, shape), half, KERB_SIDE_M if name != "flag" else 0.35)


def _add_sign(row: Row, at: float, name: str, clear: float = 6.0) -> bool:
    """Stand a sign that looks at the traffic beside the walk."""
    pose = row.walk.by_kerb(at, KERB_SIDE_M) @ placed(yaw_deg=90.0)
    return row.stand(pose, at, 0.5, ("TrafficSign", Tag.TRAFFIC_SIGNS, f"sign/{name}"), clear)


def _add_signs(row: Row, roads: RoadMap, rng: np.random.Generator) -> None:
    """Name the street at its corner, and announce the crosswalk at its end."""
    if rng.random() < 0.5:
        name = f"street name/{int(rng.integers(len(STREETS)))}"
        pose = row.walk.by_houses(1.2, 0.35) @ placed(yaw_deg=180.0)
        row.stand(pose, 1.2, 0.5, ("StreetSign", Tag.TRAFFIC_SIGNS, f"sign/{name}"), 3.0, 0.9)
    end = row.walk.kerb.at(row.walk.kerb.length)[:2]
    if any(float(np.linalg.norm(np.asarray(c)[:, :2] - end, axis=1).min()) < 6.0 for c in roads.crosswalks):
        _add_sign(row, row.walk.length - 3.2, "crossing", 5.0)


def _add_bollards(row: Row, shape: str) -> None:
    for first in (2.0, row.walk.length - 8.0):
        for k in range(4):
            row.by_kerb(first + 1.5 * k, ("Bollard", Tag.POLES, shape), 0.2, 0.35, 2.0)
