"""Parked cars: along the kerb where the map has lanes for it, in bays behind the sidewalk where it has none. Never on a driving lane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.districts import District, DistrictMap, districts
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import boxes, quads
from simgen.server.assets.street_fleet import Fleet
from simgen.server.scene import Material
from simgen.server.world.blueprints import LIBRARY
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M

Floats = NDArray[np.float64]

END_CLEAR_M = 10.0
"""No car stands this near to the ends of a street."""
CROSSING_CLEAR_M = 7.0
LINE_CLEAR_M = 0.12
"""Between a car and the edge of a driving lane, at least."""
SPACE_M = (2.5, 5.2)
"""Width and depth of a space across the street."""
HOUSES_CLEAR_M = 0.8
"""Houses keep this far from the sides of bays, over which their eaves would hang, and twice as far from the back, for their steps."""
KERB_SPACE_M = (6.0, 2.35)
"""Length and depth of a space along the street."""
ASPHALT = Look(Material.ASPHALT, Tag.ROADS, (96, 96, 97))
PAVERS = Look(Material.PAVING, Tag.ROADS, (140, 132, 124))
PAINT = Look(Material.MARKING, Tag.ROAD_LINES, (222, 222, 216))
LIFT_M = 0.006

BAY_CHANCE: dict[District, float] = {
    District.CENTRE: 0.35,
    District.OFFICES: 0.55,
    District.RESIDENTIAL: 0.60,
    District.SUBURB: 0.30,
    District.INDUSTRIAL: 0.60,
}
"""Chance of a bay behind each piece of a sidewalk, `BAY_EVERY_M` long."""
BAY_EVERY_M = 22.0


def clear_points(roads: RoadMap) -> Floats:
    """Return the points (N, 2) of lights, signs and crosswalks, near which nothing parks."""
    signals = [(s.transform.location.x, s.transform.location.y) for s in roads.network.signals.values()]
    crossings = [tuple(p[:2]) for outline in roads.crosswalks for p in outline]
    return np.array([*signals, *crossings], dtype=np.float64).reshape(-1, 2)


def add_parking(builder: MeshBuilder, scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Park cars on the lanes that are meant for it, and in bays of their own behind the sidewalks."""
    blocked, plan = clear_points(roads), districts(roads, layout, seed)
    fleet = Fleet(stream(seed, "parked"))
    for number, (inner, outer) in enumerate(parking_strips(roads)):
        _park_along(fleet, inner, outer, layout, blocked, stream(seed, "parking", number))
    for number, strip in enumerate(s for s in roads.strips if s.junction_id < 0 and s.lane_type == "sidewalk"):
        rng = stream(seed, "bays", number)
        for bay in _bays(Frontage.of(strip), layout, blocked, plan, rng):
            _add_bay(builder, fleet, bay, rng)
    fleet.add_to(scenery)


def parking_strips(roads: RoadMap) -> list[tuple[Frontage, Frontage]]:
    """Return (inner edge, outer edge) of the room for parked cars beside driving lanes: parking lanes, or shoulders along a sidewalk."""
    sides: dict[tuple[int, int, bool, float], list[LaneStrip]] = {}
    for strip in roads.strips:
        if strip.junction_id < 0:
            sides.setdefault((strip.road_id, strip.section_id, strip.forward, float(strip.s[0])), []).append(strip)
    out = []
    for lanes in sides.values():
        lanes.sort(key=lambda lane: abs(lane.lane_id))
        kinds = [lane.lane_type for lane in lanes]
        first = max((k for k, kind in enumerate(kinds) if kind in ("driving", "bidirectional", "biking")), default=None)
        if first is None:
            continue
        end = first + 1
        while end < len(kinds) and kinds[end] in ("parking", "shoulder"):
            end += 1
        room = kinds[first + 1 : end]
        if "parking" in room or (room and "sidewalk" in kinds[end : end + 1]):
            out.append((Frontage.of(replace(lanes[first + 1], right=lanes[first + 1].left)), Frontage.of(lanes[end - 1])))
    return out


def _park_along(fleet: Fleet, inner: Frontage, outer: Frontage, layout: Layout, blocked: Floats, rng: np.random.Generator) -> None:
    share, at = rng.uniform(0.35, 0.85), END_CLEAR_M
    scale = inner.length / max(outer.length, 1e-6)
    while at < outer.length - END_CLEAR_M:
        wide = float(np.linalg.norm((inner.at(at * scale) - outer.at(at))[:2]))
        name = fleet.draw(wide - 0.05 - LINE_CLEAR_M)
        length = 2 * LIBRARY[name].extent[0] if name else 5.0
        middle = at + length / 2
        if name and middle + length / 2 < outer.length - END_CLEAR_M and rng.random() < share:
            slack = min(wide - 2 * LIBRARY[name].extent[1] - LINE_CLEAR_M, 0.35)
            x, y, yaw = outer.pose(middle, -LIBRARY[name].extent[1] - float(rng.uniform(0.04, max(slack, 0.05))))
            bend = outer.at(middle - length / 2)[:2] + outer.at(middle + length / 2)[:2] - 2 * outer.at(middle)[:2]
            if np.linalg.norm(bend) < 0.2 and _is_clear(np.array([x, y]), blocked, CROSSING_CLEAR_M):
                fleet.park(name, x, y, np.radians(yaw), layout.heights.road)
        at += length + float(rng.uniform(0.5, 1.5))


def _is_clear(point: Floats, blocked: Floats, distance: float) -> bool:
    return not len(blocked) or float(np.linalg.norm(blocked - point, axis=1).min()) > distance


@dataclass(frozen=True)
class Bay:
    """Spaces in a row behind a sidewalk."""

    pose: Floats
    """(4, 4): origin at the near left corner, x along the street, y away from it, on the height of the sidewalk."""
    length: float
    depth: float
    count: int
    across: bool
    """Whether the cars stand across the street."""


def _bays(street: Frontage, layout: Layout, blocked: Floats, plan: DistrictMap, rng: np.random.Generator) -> Iterator[Bay]:
    """Yield bays along a street, where there is room."""
    kind = District(int(plan.at(street.at(street.length / 2)[:2])[0]))
    for _ in range(round(street.length / BAY_EVERY_M)):
        if rng.random() > BAY_CHANCE[kind]:
            continue
        across = bool(rng.random() < 0.5)
        pitch, depth = SPACE_M if across else KERB_SPACE_M
        count = int(rng.integers(2, 8 if across else 4))
        start = float(rng.uniform(6.0, max(street.length - 6.0 - count * pitch, 6.5)))
        for fewer in range(count, 0, -1):
            bay = _fit(street, start, fewer, pitch, depth, across, layout, blocked)
            if bay is not None:
                yield bay
                break


def _fit(
    street: Frontage, start: float, count: int, pitch: float, depth: float, across: bool, layout: Layout, blocked: Floats
) -> Bay | None:
    length = count * pitch
    if start + length > street.length - 4.0:
        return None
    a, b = street.at(start), street.at(start + length)
    along = (b - a)[:2] / float(np.linalg.norm((b - a)[:2]))
    inward = np.array([-along[1], along[0]])
    samples = np.array([street.at(start + s) for s in np.linspace(0, length, 7)])
    if np.abs((samples[:, :2] - a[:2]) @ inward).max() > 0.05 or np.ptp(samples[:, 2]) > 0.25:
        return None
    corner = a[:2] + inward * 0.02
    outline = np.array([corner, corner + along * length, corner + along * length + inward * depth, corner + inward * depth])
    inner = outline + np.array([inward, inward, 0 * inward, 0 * inward]) * 0.5
    if not layout.is_free(inner, 0.05) or not all(_is_clear(p, blocked, CROSSING_CLEAR_M) for p in outline[:2]):
        return None
    layout.take(outline + (np.array([(-1, 0), (1, 0), (1, 2), (-1, 2)]) * HOUSES_CLEAR_M) @ np.array([along, inward]))
    out = np.eye(4)
    out[:2, 0], out[:2, 1], out[:3, 3] = along, inward, (*corner, float(samples[:, 2].mean()) + KERB_M)
    return Bay(out, length, depth, count, across)


def _add_bay(builder: MeshBuilder, fleet: Fleet, bay: Bay, rng: np.random.Generator) -> None:
    look = ASPHALT if rng.random() < 0.6 else PAVERS
    builder.add(boxes((0, 0, -0.5), (bay.length, bay.depth, 0.0), "Z"), look, bay.pose)
    builder.add(boxes((0, 0, -0.5), (bay.length, bay.depth, 0.0), "xXY"), look.of(Tag.GROUND), bay.pose)
    pitch = bay.length / bay.count
    lines = np.arange(bay.count + 1) * pitch
    low = np.stack([np.clip(lines - 0.05, 0, bay.length - 0.1), np.full(len(lines), 0.15), np.full(len(lines), LIFT_M)], axis=-1)
    step, deep = np.array([0.1, 0, 0]), np.array([0, bay.depth - 0.2, 0])
    builder.add(quads(np.stack([low, low + step, low + step + deep, low + deep], axis=1)), PAINT, bay.pose)
    heading = np.arctan2(bay.pose[1, 0], bay.pose[0, 0])
    taken = rng.uniform(0.5, 0.95)
    for k in range(bay.count):
        name = fleet.draw(SPACE_M[0] - 0.3 if bay.across else KERB_SPACE_M[1] - 0.15, SPACE_M[1] if bay.across else KERB_SPACE_M[0] - 0.6)
        if name is None or rng.random() > taken:
            continue
        turn = float(rng.choice([0.5, 0.5, -0.5])) * np.pi if bay.across else 0.0
        slack = (bay.depth - 2 * LIBRARY[name].extent[0]) / 2 if bay.across else 0.04
        place = ((k + 0.5) * pitch + rng.uniform(-0.1, 0.1), bay.depth / 2 + rng.uniform(-1, 1) * slack * 0.6, 0.0, 1.0)
        x, y, z, _ = bay.pose @ np.array(place)
        fleet.park(name, float(x), float(y), heading + turn + rng.normal(0, 0.012), lambda p, z=z: np.full(len(p), z))  # type: ignore[misc]
