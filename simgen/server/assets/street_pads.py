"""What needs room of its own behind a sidewalk: bus shelters, terraces of cafés, market stalls, kiosks, bicycle stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.districts import District
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import boxes, placed
from simgen.server.assets.street_rows import Row
from simgen.server.scene import Material
from simgen.server.world.surface import KERB_M

Floats = NDArray[np.float64]

PAVING = Look(Material.PAVING, Tag.SIDEWALKS, (150, 146, 138))


@dataclass(frozen=True)
class Pad:
    """A paved place behind the sidewalk: its size (along, away from the street), and how many places it has along."""

    size: tuple[float, float]
    places: int
    kind: str
    shape: str
    variants: int = 0
    tag: Tag = Tag.STATIC
    yaw_deg: float = 0.0


PADS: dict[str, Pad] = {
    "bus stop": Pad((4.6, 1.9), 1, "BusStop", "street/bus shelter"),
    "kiosk": Pad((3.6, 3.0), 1, "Kiosk", "street/kiosk"),
    "column": Pad((2.2, 2.0), 1, "AdvertColumn", "street/advert column", 2),
    "café": Pad((7.6, 3.0), 3, "Table", "street/cafe", 6),
    "market": Pad((9.6, 3.0), 3, "MarketStall", "street/market stall", 4),
    "bicycles": Pad((4.2, 2.3), 7, "ParkedBicycle", "vehicle.gazelle.omafiets/parked", 0, Tag.BICYCLE, 90.0),
    "dumpsters": Pad((3.6, 1.8), 2, "Dumpster", "street/dumpster"),
}

WANTED: dict[District, tuple[tuple[str, float], ...]] = {
    District.CENTRE: (("café", 0.30), ("market", 0.10), ("kiosk", 0.12), ("bus stop", 0.15), ("column", 0.15), ("bicycles", 0.3)),
    District.OFFICES: (("bus stop", 0.25), ("kiosk", 0.08), ("café", 0.12), ("column", 0.10), ("bicycles", 0.3)),
    District.RESIDENTIAL: (("bus stop", 0.15), ("dumpsters", 0.15), ("column", 0.05), ("bicycles", 0.2)),
    District.SUBURB: (("bus stop", 0.08),),
    District.INDUSTRIAL: (("dumpsters", 0.25), ("bus stop", 0.08)),
}
"""Chance of each along a sidewalk."""


def add_pads(builder: MeshBuilder, row: Row, layout: Layout, district: District, rng: np.random.Generator) -> None:
    """Set up pads behind a sidewalk wherever one is drawn and there is room."""
    for name, chance in WANTED[district]:
        if rng.random() < chance:
            at = float(rng.uniform(12.0, max(row.walk.length - 12.0, 12.5)))
            _add_pad(builder, row, layout, PADS[name], at, rng)


def _add_pad(builder: MeshBuilder, row: Row, layout: Layout, pad: Pad, at: float, rng: np.random.Generator) -> None:
    length, deep = pad.size
    edge = row.walk.edge
    distance = at * edge.length / row.walk.length
    a, b = edge.at(distance - length / 2), edge.at(distance + length / 2)
    along = (b - a)[:2] / max(float(np.linalg.norm((b - a)[:2])), 1e-9)
    inward = np.array([-along[1], along[0]])
    corner = a[:2] + inward * 0.02
    outline = np.array([corner, corner + along * length, corner + along * length + inward * deep, corner + inward * deep])
    inner = outline + np.array([inward, inward, 0 * inward, 0 * inward]) * 0.4
    bend = abs(float((edge.at(distance)[:2] - a[:2]) @ inward))
    if bend > 0.06 or abs(a[2] - b[2]) > 0.12 or not layout.is_free(inner, 0.05):
        return
    pose = np.eye(4)
    pose[:2, 0], pose[:2, 1], pose[:3, 3] = along, inward, (*corner, (a[2] + b[2]) / 2 + KERB_M)
    if not row.clear.allows(pose @ placed(length / 2, 0.5), 7.0):
        return
    layout.take(outline)
    builder.add(boxes((0, 0, -0.5), (length, deep, 0.0), "Z"), PAVING, pose)
    builder.add(boxes((0, 0, -0.5), (length, deep, 0.0), "xXY"), PAVING.of(Tag.GROUND), pose)
    for k in range(pad.places):
        shape = pad.shape + (f"/{int(rng.integers(pad.variants))}" if pad.variants else "")
        spot = pose @ placed((k + 0.5) * length / pad.places, deep / 2 + 0.05, 0.0, float(rng.normal(0, 3.0)) if pad.places > 1 else 0.0)
        if pad.tag == Tag.STATIC or rng.random() < 0.75:
            row.stands.add(pad.kind, pad.tag, shape, spot @ placed(yaw_deg=pad.yaw_deg))
    if pad.kind == "BusStop":
        sign = row.walk.by_kerb(at + length / 2 + 0.6, 0.45) @ placed(yaw_deg=90.0)
        row.stand(sign, at + length / 2 + 0.6, 0.5, ("TrafficSign", Tag.TRAFFIC_SIGNS, "sign/bus stop"))
