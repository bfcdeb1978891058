"""Road surfaces, sidewalks with kerbs, lane markings, stop lines and crosswalks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.layout import Layout, junction_outlines, strip_quads
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, joined, polygon, quads, with_area
from simgen.server.scene import Material
from simgen.server.world.lane_strips import LaneStrip, Marking
from simgen.server.world.network import StopPoint
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M

ASPHALT = Look(Material.ASPHALT, Tag.ROADS, (88, 89, 92))
WORN_ASPHALT = Look(Material.ASPHALT, Tag.ROADS, (100, 100, 101))
CYCLE_TRACK = Look(Material.ASPHALT, Tag.ROADS, (128, 74, 66))
ISLAND = Look(Material.CONCRETE, Tag.GROUND, (142, 140, 134))
SIDEWALK = Look(Material.CONCRETE, Tag.SIDEWALKS, (158, 155, 148))
KERB = Look(Material.CONCRETE, Tag.SIDEWALKS, (184, 182, 176))
WHITE_PAINT = Look(Material.MARKING, Tag.ROAD_LINES, (232, 232, 226))
YELLOW_PAINT = Look(Material.MARKING, Tag.ROAD_LINES, (226, 178, 44))

LANE_LOOKS: dict[str, Look] = {
    "shoulder": WORN_ASPHALT,
    "parking": WORN_ASPHALT,
    "stop": WORN_ASPHALT,
    "biking": CYCLE_TRACK,
    "median": ISLAND,
    "border": ISLAND,
    "restricted": ISLAND,
}
"""Lane types that look otherwise than driving lanes; sidewalks are made apart."""

LIFT_M = 0.006
"""Of paint above the road: thin enough for LiDAR, enough for the depth buffer."""
PAD_BELOW_M = 0.03
"""Asphalt under junctions, seen through the slits between their lanes."""
KERB_STONE_M = 0.18
SKIRT_M = 0.3
"""Sides of sidewalks reach this far below the road."""
DASH_M, GAP_M = 3.0, 5.0
EDGE_INSET = 1.0
"""Lines along the edge of the pavement lie this many widths inside it."""
STOP_LINE_M = 0.4
BAR_M = 0.5
_UP = np.array([0.0, 0.0, 1.0])


def add_streets(builder: MeshBuilder, roads: RoadMap, layout: Layout) -> None:
    """Add everything that one drives or walks on, and the paint on it."""
    _add_lanes(builder, roads.strips)
    for outline in junction_outlines(roads):
        builder.add(polygon(outline - (0, 0, PAD_BELOW_M)), ASPHALT)
    _add_sidewalks(builder, [s for s in roads.strips if s.lane_type == "sidewalk"])
    _add_paint(builder, lane_lines(roads.strips))
    bars = [b for outline in roads.crosswalks for b in crosswalk_bars(outline, layout)]
    stops = [stop_line(p) for p in roads.network.stop_points]
    for corners in (bars, stops):
        if corners:
            builder.add(_flat_quads(np.array(corners), layout), WHITE_PAINT)


def _add_lanes(builder: MeshBuilder, strips: tuple[LaneStrip, ...]) -> None:
    by_look: dict[Look, list[LaneStrip]] = {}
    for strip in strips:
        if strip.lane_type != "sidewalk":
            by_look.setdefault(LANE_LOOKS.get(strip.lane_type, ASPHALT), []).append(strip)
    for look, members in by_look.items():
        corners = with_area(strip_quads(members))
        builder.add(quads(corners, corners[..., :2]), look)


def _add_sidewalks(builder: MeshBuilder, strips: list[LaneStrip]) -> None:
    """Add raised slabs: a kerb stone on the road's side, and vertical sides all around."""
    tops, stones, sides = [], [], []
    for strip in strips:
        inner, outer = strip.left + _UP * KERB_M, strip.right + _UP * KERB_M
        width = np.maximum(np.linalg.norm(outer - inner, axis=1, keepdims=True), 1e-6)
        stone = inner + (outer - inner) * np.minimum(KERB_STONE_M / width, 0.3)
        turn = 1 if strip.forward else -1
        tops.append(_between(stone, outer)[:, ::turn])
        stones.append(_between(inner, stone)[:, ::turn])
        around = np.concatenate([inner, outer[::-1], inner[:1]])
        down = around - _UP * (KERB_M + SKIRT_M)
        sides.append(np.stack([around[:-1], around[1:], down[1:], down[:-1]], axis=1)[:, ::-turn])
    if strips:
        slabs = with_area(np.concatenate(tops))
        builder.add(quads(slabs, slabs[..., :2]), SIDEWALK)
        builder.add(quads(with_area(np.concatenate(stones))), KERB)
        builder.add(quads(with_area(np.concatenate(sides))), KERB)


def _between(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quads (N - 1, 4, 3) between two lines, up where `right` is right of `left` along the line."""
    return np.stack([left[:-1], left[1:], right[1:], right[:-1]], axis=1)


@dataclass(frozen=True)
class LaneLine:
    """One painted edge of a lane, along increasing s."""

    points: NDArray[np.float64]
    """(N, 3)"""
    marking: Marking
    inward: float
    """Where the pavement ends at this edge: the side (right of the line +1, left -1) on which the lane lies; 0 between lanes."""


def lane_lines(strips: tuple[LaneStrip, ...]) -> Iterator[LaneLine]:
    """Yield each painted lane edge outside junctions once."""
    lanes = {(s.road_id, s.section_id, s.lane_id) for s in strips if s.lane_type != "sidewalk"}
    for s in strips:
        if s.junction_id >= 0 or s.lane_type == "sidewalk":
            continue
        side = 1 if s.forward else -1
        neighbour = (s.road_id, s.section_id, s.lane_id - side)
        yield LaneLine(s.right, s.right_marking, 0.0 if neighbour in lanes else -float(side))
        opposite = (s.road_id, s.section_id, side)
        if s.lane_id == -1 or (s.lane_id == 1 and (s.road_id, s.section_id, -1) not in lanes):
            yield LaneLine(s.left, s.left_marking, 0.0 if opposite in lanes else float(side))


_PATTERNS: dict[str, tuple[tuple[float, bool], ...]] = {
    "solid": ((0.0, False),),
    "broken": ((0.0, True),),
    "solidsolid": ((-1.0, False), (1.0, False)),
    "solidbroken": ((-1.0, False), (1.0, True)),
    "brokensolid": ((-1.0, True), (1.0, False)),
    "brokenbroken": ((-1.0, True), (1.0, True)),
    "bottsdots": ((0.0, True),),
}
"""Marking type -> its lines as (offset in line widths, broken)."""


def _add_paint(builder: MeshBuilder, lines: Iterator[LaneLine]) -> None:
    painted: dict[Look, list[Surface]] = {}
    for line in lines:
        width = min(max(line.marking.width, 0.10), 0.30)
        look = YELLOW_PAINT if line.marking.color == "yellow" else WHITE_PAINT
        for offset, broken in _PATTERNS.get(line.marking.type, ()):
            ribbons = dashes(line.points) if broken else [line.points]
            aside = (offset + EDGE_INSET * line.inward) * width
            painted.setdefault(look, []).extend(_ribbon(r, width, aside) for r in ribbons)
    for look, surfaces in painted.items():
        builder.add(joined(surfaces), look)


def dashes(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the dashes of a broken line, each as (3, 3) points on it; the line starts half a gap in."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    count = max(1, round(float(along[-1]) / (DASH_M + GAP_M)))
    pitch = along[-1] / count
    length = pitch * DASH_M / (DASH_M + GAP_M)
    at = (np.arange(count)[:, None] + 0.5) * pitch + np.array([-0.5, 0.0, 0.5]) * length
    return list(np.stack([np.interp(at, along, points[:, k]) for k in range(3)], axis=-1))


def _ribbon(points: NDArray[np.float64], width: float, offset: float) -> Surface:
    """Return a flat band around a line, lifted off the road."""
    along = np.gradient(points[:, :2], axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    right = np.stack([-along[:, 1], along[:, 0], np.zeros(len(points))], axis=-1)
    middle = points + right * offset + _UP * LIFT_M
    corners = _upward(with_area(_between(middle - right * width / 2, middle + right * width / 2)))
    return quads(corners, corners[..., :2])


def _upward(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quads with their outside up; very short pieces of a lane may run backwards."""
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    return np.where(normal[:, 2, None, None] > 0, corners, corners[:, ::-1])


def stop_line(point: StopPoint) -> NDArray[np.float64]:
    """Return the corners (4, 2) of the bar before which the traffic of a lane waits."""
    forward = np.array(point.heading)
    right = np.array([-forward[1], forward[0]]) * max(point.half_width - 0.1, 0.5)
    near, far = np.array(point.location[:2]) - forward * STOP_LINE_M / 2, np.array(point.location[:2]) + forward * STOP_LINE_M / 2
    return np.array([near - right, far - right, far + right, near + right])


def crosswalk_bars(outline: NDArray[np.float64], layout: Layout) -> list[NDArray[np.float64]]:
    """Return the corners (4, 2) of the bars of a crosswalk that lie on the roadway, parallel to the traffic."""
    (cx, cy), (width, height), angle = cv2.minAreaRect(outline[:, :2].astype(np.float32))
    turn = np.radians(angle)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    (long_axis, short_axis), (length, breadth) = (axes, (width, height)) if width >= height else (axes[::-1], (height, width))
    count = int((length - 0.2) // (2 * BAR_M))
    middles = np.array([cx, cy]) + long_axis * ((np.arange(count) - (count - 1) / 2) * 2 * BAR_M)[:, None]
    a, b = long_axis * BAR_M / 2, short_axis * breadth / 2
    b = b if a[0] * b[1] - a[1] * b[0] > 0 else -b
    bars = middles[:, None] + np.array([-a - b, a - b, a + b, -a + b])
    on_road = layout.at(layout.roadway, bars, 0).all(axis=1)
    return list(bars[on_road])


def _flat_quads(corners: NDArray[np.float64], layout: Layout) -> Surface:
    """Return painted quads (N, 4, 2) on the road; long ones in pieces that follow its slope."""
    share = np.linspace(0, 1, 4)[:, None]
    a, b, c, d = (corners[:, k, None] for k in range(4))
    near, far = a + (d - a) * share, b + (c - b) * share
    pieces = np.stack([near[:, :-1], far[:, :-1], far[:, 1:], near[:, 1:]], axis=2).reshape(-1, 4, 2)
    z = layout.heights.road(pieces) + LIFT_M
    return quads(np.concatenate([pieces, z[..., None]], axis=-1), pieces)
