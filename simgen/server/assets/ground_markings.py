"""Paint on the road: lane lines, stop lines, crosswalks, arrows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.ground_lanes import Band, road_look, shaded
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import with_area
from simgen.server.scene import Material
from simgen.server.world.lane_strips import LaneStrip, Marking
from simgen.server.world.network import StopPoint
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

PAINT = Look(Material.MARKING, Tag.ROAD_LINES)
WHITE = (222, 221, 214)
YELLOW = (202, 158, 62)

LIFT_M = 0.007
"""Of paint above the road: thin enough for LiDAR, enough for the depth buffer."""
ABOVE_M = 0.002
"""Bars and arrows lie this far above lines that they cross."""
DASH_M, GAP_M = 3.0, 5.0
EDGE_INSET = 1.0
"""Lines along the edge of the pavement lie this many widths inside it."""
STOP_LINE_M = 0.4
BAR_M = 0.5
ARROW_M = 4.5
ARROWS_BEFORE_END_M = (7.0, 29.0)
"""The tips of arrows lie this far before the end of their lane."""
_MEETS_M = 1.0
_TURN_RAD = 0.55
_UP = np.array([0.0, 0.0, 1.0])


def add_markings(builder: MeshBuilder, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Add all paint of a map."""
    _add_lines(builder, roads.strips, seed)
    bars = [b for outline in roads.crosswalks for b in crosswalk_bars(outline, layout)]
    stops = [stop_line(p) for p in roads.network.stop_points]
    for corners in (bars, stops):
        if corners:
            builder.add_quads(*_flat_quads(np.array(corners), layout))
    arrows = [shape for strip, turns in turning_lanes(roads.strips) for shape in lane_arrows(Band.of(strip), turns)]
    if arrows:
        painted = np.concatenate(arrows)
        builder.add_quads(painted, PAINT, uvs=painted[..., :2], colors=_tones(len(painted), shaded(WHITE, 0.9)))


def _tones(count: int, color: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.tile(np.array(color, dtype=np.uint8), (count, 1))


@dataclass(frozen=True)
class LaneLine:
    """One painted edge of a lane, along increasing s."""

    points: Floats
    """(N, 3)"""
    marking: Marking
    inward: float
    """Where the pavement ends at this edge: the side (right of the line +1, left -1) on which the lane lies; 0 between lanes."""
    road_id: int


def lane_lines(strips: Iterable[LaneStrip]) -> Iterator[LaneLine]:
    """Yield each painted lane edge outside junctions once."""
    strips = tuple(strips)
    lanes = {(s.road_id, s.section_id, s.lane_id) for s in strips if s.lane_type != "sidewalk"}
    for s in strips:
        if s.junction_id >= 0 or s.lane_type == "sidewalk":
            continue
        side = 1 if s.forward else -1
        neighbour = (s.road_id, s.section_id, s.lane_id - side)
        yield LaneLine(s.right, s.right_marking, 0.0 if neighbour in lanes else -float(side), s.road_id)
        opposite = (s.road_id, s.section_id, side)
        if s.lane_id == -1 or (s.lane_id == 1 and (s.road_id, s.section_id, -1) not in lanes):
            yield LaneLine(s.left, s.left_marking, 0.0 if opposite in lanes else float(side), s.road_id)


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


def _add_lines(builder: MeshBuilder, strips: Iterable[LaneStrip], seed: int) -> None:
    corners, colors = [], []
    for line in lane_lines(strips):
        width = min(max(line.marking.width, 0.10), 0.30)
        fresh = YELLOW if line.marking.color == "yellow" else WHITE
        tone = shaded(fresh, road_look(line.road_id, seed).paint)
        for offset, broken in _PATTERNS.get(line.marking.type, ()):
            ribbons = dashes(line.points) if broken else [line.points]
            made = [_ribbon(r, width, (offset + EDGE_INSET * line.inward) * width) for r in ribbons]
            corners += made
            colors += [_tones(len(m), tone) for m in made]
    if corners:
        joined = np.concatenate(corners)
        builder.add_quads(joined, PAINT, uvs=joined[..., :2], colors=np.concatenate(colors))


def dashes(points: Floats) -> list[Floats]:
    """Return the dashes of a broken line, each as (3, 3) points on it; the line starts half a gap in."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    count = max(1, round(float(along[-1]) / (DASH_M + GAP_M)))
    pitch = along[-1] / count
    length = pitch * DASH_M / (DASH_M + GAP_M)
    at = (np.arange(count)[:, None] + 0.5) * pitch + np.array([-0.5, 0.0, 0.5]) * length
    return list(np.stack([np.interp(at, along, points[:, k]) for k in range(3)], axis=-1))


def _ribbon(points: Floats, width: float, offset: float) -> Floats:
    """Return the quads (N - 1, 4, 3) of a flat band around a line, lifted off the road."""
    along = np.gradient(points[:, :2], axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    right = np.stack([-along[:, 1], along[:, 0], np.zeros(len(points))], axis=-1)
    middle = points + right * offset + _UP * LIFT_M
    low, high = middle - right * width / 2, middle + right * width / 2
    return upward(with_area(np.stack([low[:-1], low[1:], high[1:], high[:-1]], axis=1)))


def upward(corners: Floats) -> Floats:
    """Return quads (N, 4, 3) with their outside up; very short pieces of a lane may run backwards."""
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    return np.where(normal[:, 2, None, None] > 0, corners, corners[:, ::-1])


def stop_line(point: StopPoint) -> Floats:
    """Return the corners (4, 2) of the bar before which the traffic of a lane waits."""
    forward = np.array(point.heading)
    right = np.array([-forward[1], forward[0]]) * max(point.half_width - 0.1, 0.5)
    near, far = np.array(point.location[:2]) - forward * STOP_LINE_M / 2, np.array(point.location[:2]) + forward * STOP_LINE_M / 2
    return np.array([near - right, far - right, far + right, near + right])


def crosswalk_bars(outline: Floats, layout: Layout) -> list[Floats]:
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


def _flat_quads(corners: Floats, layout: Layout) -> tuple[Floats, Look, None, Floats, NDArray[np.uint8]]:
    """Return painted quads (N, 4, 2) laid on the road, as `MeshBuilder.add_quads` takes them; in pieces that follow its slope."""
    share = np.linspace(0, 1, 4)[:, None]
    a, b, c, d = (corners[:, k, None] for k in range(4))
    near, far = a + (d - a) * share, b + (c - b) * share
    pieces = np.stack([near[:, :-1], far[:, :-1], far[:, 1:], near[:, 1:]], axis=2).reshape(-1, 4, 2)
    z = layout.heights.road(pieces) + LIFT_M + ABOVE_M
    return np.concatenate([pieces, z[..., None]], axis=-1), PAINT, None, pieces, _tones(len(pieces), shaded(WHITE, 0.93))


def turning_lanes(strips: Iterable[LaneStrip]) -> Iterator[tuple[LaneStrip, frozenset[int]]]:
    """Yield the lanes that need arrows with the ways they lead (-1 left, 0 on, 1 right): where two or more lead to a junction."""
    strips = tuple(s for s in strips if s.lane_type == "driving")
    inside = [Band.of(s) for s in strips if s.junction_id >= 0]
    if not inside:
        return
    starts = np.array([b.point(np.array(0.0), np.array(0.0)) for b in inside])
    turns = np.array([_turn(b) for b in inside])
    beside = {(s.road_id, s.section_id, s.lane_id) for s in strips}
    for strip in (s for s in strips if s.junction_id < 0):
        neighbours = {
            (strip.road_id, strip.section_id, strip.lane_id + k) for k in (-1, 1) if (strip.lane_id + k > 0) == (strip.lane_id > 0)
        }
        band = Band.of(strip)
        end = band.point(np.array(band.length), np.array(0.0))
        leads = frozenset(turns[np.linalg.norm(starts - end, axis=1) < _MEETS_M].tolist())
        if leads and neighbours & beside:
            yield strip, leads


def _turn(band: Band) -> int:
    """Return whether a lane through a junction goes left (-1), on (0) or right (1)."""
    a, b = band.heading(0.0), band.heading(band.length)
    angle = float(np.arctan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]))
    return 0 if abs(angle) < _TURN_RAD else (1 if angle > 0 else -1)


def lane_arrows(band: Band, turns: frozenset[int]) -> Iterator[Floats]:
    """Yield the quads (N, 4, 3) of the arrows of a lane, wherever there is room."""
    for before in ARROWS_BEFORE_END_M:
        if band.length > before + ARROW_M + 3.0:
            yield arrow(band, band.length - before, turns)


def arrow(band: Band, tip: float, turns: frozenset[int]) -> Floats:
    """Return the quads of one arrow that ends at `tip`: a shaft, and a head for each way."""
    start, shaft = tip - ARROW_M, tip - (1.6 if 0 in turns else 2.2)
    parts = [_piece(band, [(start, -0.075), (shaft, -0.075), (shaft, 0.075), (start, 0.075)])]
    if 0 in turns:
        parts.append(_piece(band, [(tip - 1.6, -0.30), (tip, 0.0), (tip, 0.0), (tip - 1.6, 0.30)]))
    for side in sorted(turns - {0}):
        bend = start + (1.0 if 0 in turns else 2.3)
        parts.append(_piece(band, _sided([(bend, 0.0), (bend + 0.45, 0.42), (bend + 0.20, 0.47), (bend - 0.35, 0.0)], side)))
        parts.append(_piece(band, _sided([(bend - 0.15, 0.36), (bend + 0.85, 0.50), (bend + 0.45, 0.95), (bend + 0.45, 0.95)], side)))
    return upward(np.stack(parts))


def _sided(points: list[tuple[float, float]], side: int) -> list[tuple[float, float]]:
    return [(at, aside * side) for at, aside in points]


def _piece(band: Band, outline: list[tuple[float, float]]) -> Floats:
    at, aside = np.array(outline).T
    return np.asarray(band.point(at, aside) + _UP * (LIFT_M + ABOVE_M))
