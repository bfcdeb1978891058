"""Road surfaces; sidewalks, wear and paint are added from their own modules."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.ground_kerbs import add_sidewalks
from simgen.server.assets.ground_lanes import (
    CAST,
    OLD,
    SQUARES,
    Band,
    asphalt_uvs,
    has_area,
    junction_look,
    paved_uvs,
    road_look,
    shaded,
)
from simgen.server.assets.ground_markings import add_markings
from simgen.server.assets.ground_wear import Wear, tyre_marks, wear_lane
from simgen.server.assets.layout import Layout, junction_outlines
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import polygon
from simgen.server.scene import Material
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

ASPHALT = Look(Material.ASPHALT, Tag.ROADS)
ISLAND = Look(Material.PAVING, Tag.GROUND)
CYCLE_RED = (128, 74, 66)
ISLAND_GREY = (138, 136, 130)
WORN = 1.12
"""Shoulders and parking lanes are this much lighter than the lanes."""

UNTRAVELLED = ("shoulder", "parking", "stop", "biking")
RAISED_LOOK = ("median", "border", "restricted")
"""Lane types that are paved rather than surfaced."""

PAD_BELOW_M = 0.03
"""Asphalt under junctions, seen through the slits between their lanes."""


def add_streets(builder: MeshBuilder, roads: RoadMap, layout: Layout, seed: int = 0) -> None:
    """Add everything that one drives or walks on, and the paint on it."""
    _add_lanes(builder, roads.strips, seed)
    for junction_id, outline in zip(_junctions(roads), junction_outlines(roads), strict=True):
        look, pad = junction_look(junction_id, seed), polygon(outline - (0, 0, PAD_BELOW_M))
        uvs = asphalt_uvs(np.zeros(len(pad.positions)), look.kind, lane=False)
        builder.add(type(pad)(pad.positions, pad.normals, uvs, pad.triangles), ASPHALT, colors=[look.color])
    add_sidewalks(builder, roads, seed)
    _add_wear(builder, roads, seed)
    add_markings(builder, roads, layout, seed)


def _junctions(roads: RoadMap) -> list[int]:
    """Return the junctions in the order of `junction_outlines`."""
    return list(dict.fromkeys(s.junction_id for s in roads.strips if s.junction_id >= 0 and s.lane_type != "sidewalk"))


def _add_lanes(builder: MeshBuilder, strips: tuple[LaneStrip, ...], seed: int) -> None:
    for strip in strips:
        if strip.lane_type == "sidewalk":
            continue
        band = Band.of(strip)
        half = np.linalg.norm(band.right - band.left, axis=1) / 2
        corners, place = band.ribbon(band.along, -half, half, 0.0)
        kept = has_area(corners)
        if strip.lane_type in RAISED_LOOK:
            builder.add_quads(corners[kept], ISLAND, uvs=paved_uvs(place[kept], SQUARES), colors=[ISLAND_GREY])
            continue
        color, kind = _lane_look(strip, seed)
        lane = strip.junction_id < 0 and strip.lane_type not in UNTRAVELLED
        builder.add_quads(corners[kept], ASPHALT, uvs=asphalt_uvs(place[kept][..., 1], kind, lane), colors=[color])


def _lane_look(strip: LaneStrip, seed: int) -> tuple[tuple[int, int, int], int]:
    """Return (colour, kind of asphalt) of a lane; lanes of one street differ a little."""
    if strip.lane_type == "biking":
        return CYCLE_RED, OLD
    if strip.junction_id >= 0:
        look = junction_look(strip.junction_id, seed)
        return look.color, look.kind
    look = road_look(strip.road_id, seed)
    tone = float(stream(seed, "lane tone", strip.road_id, strip.lane_id).uniform(0.965, 1.035))
    return shaded(look.color, tone * (WORN if strip.lane_type in UNTRAVELLED and look.kind != CAST else 1.0)), look.kind


def _add_wear(builder: MeshBuilder, roads: RoadMap, seed: int) -> None:
    walks = {(s.road_id, s.section_id, s.lane_id) for s in roads.strips if s.lane_type == "sidewalk"}
    stops = {(p.road_id, p.lane_id) for p in roads.network.stop_points}
    wear = Wear()
    for strip in roads.strips:
        if strip.lane_type != "driving" or strip.junction_id >= 0:
            continue
        rng = stream(seed, "wear", strip.road_id, strip.lane_id, int(strip.s[0]))
        band, look = Band.of(strip), road_look(strip.road_id, seed)
        outward = strip.lane_id + (1 if strip.lane_id > 0 else -1)
        wear_lane(wear, band, look, (strip.road_id, strip.section_id, outward) in walks, rng)
        if (strip.road_id, strip.lane_id) in stops:
            tyre_marks(wear, band, look, rng)
    wear.add_to(builder)
