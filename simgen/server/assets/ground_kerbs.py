"""Sidewalks: paving, kerb stones that are lowered at crosswalks, blister paving before them, gutters, verges where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.ground_lanes import BLOCKS, KIND_U, OLD, SLABS, SQUARES, Band, asphalt_uvs, has_area, paved_uvs, shaded
from simgen.server.assets.ground_markings import upward
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.scene import Material
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M

Floats = NDArray[np.float64]
Stretch = tuple[float, float]
"""From and to, in metres along a band."""

KERB = Look(Material.KERB, Tag.SIDEWALKS)
GUTTER = Look(Material.COBBLES, Tag.ROADS)
VERGE = Look(Material.GRASS, Tag.TERRAIN, (82, 88, 60))
BLISTERS = Look(Material.PAVING, Tag.SIDEWALKS)

STONE_M = 0.16
RAMP_M = 0.32
"""Width of the stones of a lowered kerb."""
LOWERED_M = 0.03
SLOPE_M = 0.9
"""Length along the kerb over which it goes down."""
GUTTER_M = 0.30
GUTTER_LIFT_M = 0.002
SKIRT_M = 0.3
"""Sides of sidewalks reach this far below the road."""
BLISTER_M = 0.8
BLISTER_LIFT_M = 0.003
_BLISTER_SCALE = 5.0
VERGE_M = 1.1
VERGE_FROM_M = 3.6
"""Sidewalks this wide may have a strip of grass along the kerb."""
VERGE_SHARE = 0.55
_NEAR_M = 0.8
_STEP_M = 0.25
_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Footway:
    """The sidewalks of one street; colours in sRGB."""

    material: Material
    kind: int
    color: tuple[int, int, int]
    kerb: tuple[int, int, int]
    blisters: tuple[int, int, int] = (168, 148, 108)


FOOTWAYS = (
    Footway(Material.PAVING, SLABS, (139, 136, 129), (154, 151, 144)),
    Footway(Material.PAVING, SLABS, (124, 120, 113), (140, 137, 132), (150, 92, 76)),
    Footway(Material.PAVING, SQUARES, (142, 138, 131), (158, 155, 148)),
    Footway(Material.PAVING, BLOCKS, (132, 112, 99), (150, 147, 140), (172, 156, 118)),
    Footway(Material.PAVING, BLOCKS, (122, 121, 118), (152, 149, 142), (172, 156, 118)),
    Footway(Material.ASPHALT, OLD, (88, 87, 86), (148, 145, 139)),
    Footway(Material.COBBLES, 0, (126, 121, 114), (138, 136, 132), (172, 156, 118)),
)


def footway(strip: LaneStrip, seed: int) -> Footway:
    """Return what the sidewalks of a street or junction are made of."""
    name = ("street", strip.road_id) if strip.junction_id < 0 else ("junction", strip.junction_id)
    return FOOTWAYS[int(stream(seed, "footway", *name).integers(len(FOOTWAYS)))]


def add_sidewalks(builder: MeshBuilder, roads: RoadMap, seed: int) -> None:
    """Add every sidewalk of a map."""
    for strip in roads.strips:
        if strip.lane_type == "sidewalk":
            band = Band.of(strip)
            drops = lowered(band, roads.crosswalks)
            grassy = strip.junction_id < 0 and stream(seed, "verge", strip.road_id).random() < VERGE_SHARE
            _add_sidewalk(builder, band, footway(strip, seed), drops, strip.junction_id < 0, grassy)


def lowered(band: Band, crosswalks: Sequence[Floats]) -> list[Stretch]:
    """Return the stretches of a sidewalk's kerb that end a crosswalk."""
    count = max(2, int(band.length / _STEP_M))
    at = np.linspace(0.0, band.length, count)
    half = np.interp(at, band.along, np.linalg.norm(band.right - band.left, axis=1)) / 2
    edge = band.point(at, -half)[:, :2]
    low, high = edge.min(axis=0) - _NEAR_M, edge.max(axis=0) + _NEAR_M
    found = []
    for outline in crosswalks:
        corners = outline[:, :2]
        if (corners.max(axis=0) < low).any() or (corners.min(axis=0) > high).any():
            continue
        shape = corners.astype(np.float32)
        inside = np.array([cv2.pointPolygonTest(shape, (float(x), float(y)), True) > -_NEAR_M for x, y in edge])
        if inside.any():
            start, stop = float(at[inside].min()) + _NEAR_M, float(at[inside].max()) - _NEAR_M
            found += [(start, stop)] if stop - start > 1.0 else []
    return sorted(found)


def _profile(band: Band, drops: list[Stretch], verges: list[Stretch]) -> tuple[Floats, Floats]:
    """Return (distances along, height of the kerb's front above the road there)."""
    knots = [v for a, b in drops for v in (a - SLOPE_M, a, b, b + SLOPE_M)] + [v for stretch in verges for v in stretch]
    at = np.unique(np.concatenate([band.along, np.clip(knots, 0.0, band.length)]))
    height = np.full(len(at), KERB_M)
    for a, b in drops:
        away = np.maximum(np.maximum(a - at, at - b), 0.0)
        height = np.minimum(height, LOWERED_M + (KERB_M - LOWERED_M) * np.minimum(away / SLOPE_M, 1.0))
    return at, height


def _add_sidewalk(builder: MeshBuilder, whole: Band, look: Footway, drops: list[Stretch], gutter: bool, grassy: bool) -> None:
    verges = list(_verges(whole, drops)) if grassy else []
    at, front = _profile(whole, drops, verges)
    band = whole.at_samples(at)
    half = np.linalg.norm(band.right - band.left, axis=1) / 2
    ramp = STONE_M + (RAMP_M - STONE_M) * (KERB_M - front) / (KERB_M - LOWERED_M)
    stone = -half + np.minimum(ramp, 0.3 * half)
    _add_top(builder, band, stone, half, verges, look)
    kerb, place = band.ribbon(band.along, -half, stone, KERB_M)
    sink = KERB_M - front
    kerb[:, 0, 2] -= sink[:-1]
    kerb[:, 1, 2] -= sink[1:]
    _add(builder, kerb, KERB, paved_uvs(place, 0), look.kerb)
    _add_sides(builder, band, front, look)
    for start, stop in drops:
        _add_blisters(builder, band, half, start, stop, look)
    if gutter:
        strip, place = band.ribbon(band.along, -half - GUTTER_M, -half, GUTTER_LIFT_M)
        _add(builder, upward(strip), GUTTER, paved_uvs(place, 0), shaded(look.kerb, 0.68))


def _add_top(builder: MeshBuilder, band: Band, stone: Floats, half: Floats, verges: list[Stretch], look: Footway) -> None:
    """Add the paving behind the kerb stones, and grass between them along the verges."""
    middle = (band.along[:-1] + band.along[1:]) / 2
    grassy = np.zeros(len(middle), dtype=np.bool_)
    for start, stop in verges:
        grassy |= (middle > start) & (middle < stop)
    for chosen, inner in ((~grassy, stone), (grassy, stone + VERGE_M)):
        top, place = (values[chosen] for values in band.ribbon(band.along, inner, half, KERB_M))
        if len(top):
            uvs = asphalt_uvs(place[..., 1], look.kind, lane=False) if look.material == Material.ASPHALT else paved_uvs(place, look.kind)
            _add(builder, top, Look(look.material, Tag.SIDEWALKS), uvs, look.color)
    if grassy.any():
        grass = band.ribbon(band.along, stone, stone + VERGE_M, KERB_M)[0][grassy]
        _add(builder, grass, VERGE, np.zeros((*grass.shape[:2], 2)), VERGE.color)


def _add(builder: MeshBuilder, corners: Floats, look: Look, uvs: Floats, color: tuple[int, int, int]) -> None:
    kept = has_area(corners)
    if kept.any():
        builder.add_quads(corners[kept], look, uvs=uvs[kept], colors=[color])


def _add_sides(builder: MeshBuilder, band: Band, front: Floats, look: Footway) -> None:
    """Add the vertical sides all around, `front` high on the road's side."""
    left, right = band.left + _UP * front[:, None], band.right + _UP * KERB_M
    around = np.concatenate([left, right[::-1], left[:1]])
    foot = np.concatenate([band.left, band.right[::-1], band.left[:1]]) - _UP * SKIRT_M
    along = np.concatenate([band.along, band.along[::-1], band.along[:1]])
    corners = np.stack([around[1:], around[:-1], foot[:-1], foot[1:]], axis=1)
    u = np.stack([along[1:], along[:-1], along[:-1], along[1:]], axis=1)
    uvs = paved_uvs(np.stack([u, np.broadcast_to([0.0, 0.0, 0.45, 0.45], u.shape)], axis=-1), 0)
    _add(builder, corners, KERB, uvs, shaded(look.kerb, 0.94))


def _add_blisters(builder: MeshBuilder, band: Band, half: Floats, start: float, stop: float, look: Footway) -> None:
    """Add the paving that the blind feel before a crosswalk."""
    at = band.samples(max(start, 0.0), min(stop, band.length))
    if at[-1] - at[0] < 0.5:
        return
    low = -np.interp(at, band.along, half) + RAMP_M + 0.04
    corners, place = band.ribbon(at, low, low + BLISTER_M, KERB_M + BLISTER_LIFT_M)
    local = (place - place.min(axis=(0, 1))) * _BLISTER_SCALE + np.array([KIND_U * (SQUARES + 0.5), 0.0])
    _add(builder, corners, BLISTERS, local, look.blisters)


def _verges(band: Band, drops: list[Stretch]) -> Iterator[Stretch]:
    """Yield the stretches that have room for a verge: between crosswalks, away from the ends."""
    if band.width(band.length / 2) < VERGE_FROM_M:
        return
    cuts = [(0.0, 4.0), *((a - 3.0, b + 3.0) for a, b in drops), (band.length - 4.0, band.length)]
    for (_, start), (stop, _) in pairwise(cuts):
        if stop - start > 8.0:
            yield start, stop
