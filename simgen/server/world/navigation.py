"""Where pedestrians may walk: sidewalks, crosswalks between them, and the road for those who cross anywhere.

Polygons are the pieces of the lane strips. Neighbouring lanes share vertices already; the ends of sidewalks are welded to
each other, and a crosswalk is made by cutting the road at its two sides, or, inside junctions, by a polygon of its own
between the sidewalks it joins. Left-handed frame, metres.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simgen.server.world.crosswalk_contacts import Contact, Piece, contacts_of, pieces_of, stretch_of
from simgen.server.world.detour import MAX_POLYGONS, Polygon, encode_tile_set, shared_edges
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.surface import KERB_M

if TYPE_CHECKING:
    from simgen.server.world.roads import RoadMap

SIDEWALK, CROSSWALK, ROAD = 1, 2, 3
FLAGS = {SIDEWALK: 0x02, CROSSWALK: 0x04, ROAD: 0x08}
_INSET_M = 0.3
"""People keep this far from both edges of a sidewalk."""
_WELD_M = 0.05
_END_REACH_M = 1.0
"""Ends of two sidewalks nearer than this are one place."""
_LEAST_AREA_M2 = 0.02


@dataclass(frozen=True)
class NavigationMesh:
    """Convex polygons with shared vertices."""

    vertices: NDArray[np.float64]
    """(V, 3) CARLA's frame."""
    polygons: tuple[Polygon, ...]

    def area_m2(self, index: int) -> float:
        return _area(self.vertices[list(self.polygons[index].vertices)])

    def components(self) -> list[list[int]]:
        """Return the connected sets of polygons, by indices, road left out: where people get without leaving the pavement."""
        neighbours = shared_edges(self.polygons)
        left = {i for i, polygon in enumerate(self.polygons) if polygon.area != ROAD}
        found: list[list[int]] = []
        while left:
            stack, members = [left.pop()], []
            while stack:
                members.append(stack.pop())
                fresh = [n for n in neighbours[members[-1]] if n in left]
                left.difference_update(fresh)
                stack += dict.fromkeys(fresh)
            found.append(members)
        return found


@lru_cache(maxsize=4)
def navigation_mesh(road_map: RoadMap) -> bytes:
    """Return the Detour tile set of a map, empty when it has no sidewalks (or too many for one tile)."""
    mesh = build_mesh(road_map.strips, road_map.crosswalks)
    walkable = tuple(polygon for polygon in mesh.polygons if polygon.area != ROAD)
    polygons = mesh.polygons if len(mesh.polygons) <= MAX_POLYGONS else walkable
    if not walkable or len(polygons) > MAX_POLYGONS:
        return b""
    used, numbers = np.unique(np.concatenate([polygon.vertices for polygon in polygons]), return_inverse=True)
    split = np.cumsum([len(polygon.vertices) for polygon in polygons])[:-1]
    renumbered = [replace(p, vertices=tuple(ids.tolist())) for p, ids in zip(polygons, np.split(numbers, split), strict=True)]
    return encode_tile_set(mesh.vertices[used], renumbered)


def build_mesh(strips: Sequence[LaneStrip], crosswalks: Sequence[NDArray[np.float64]]) -> NavigationMesh:
    """Return the mesh of sidewalks, crosswalks and roads."""
    pieces = pieces_of(strips)
    contacts = [contacts_of(pieces, crosswalk) for crosswalk in crosswalks]
    pieces = _cut(pieces, contacts)
    vertices = _Vertices()
    quads = [quad for number, piece in enumerate(pieces) for quad in _piece_quads(piece, number, contacts, vertices)]
    quads += _bridges(pieces, contacts, vertices)
    weld = vertices.welded(_sidewalk_ends(pieces, vertices))
    points = vertices.positions(quads)
    polygons = tuple(p for area, ids in quads for p in _convex(area, tuple(weld[i] for i in ids), points))
    return NavigationMesh(points, polygons)


def _cut(pieces: Sequence[Piece], contacts: Iterable[tuple[Contact, Contact] | None]) -> list[Piece]:
    """Return the pieces sampled at the sides of all crosswalks, and straight in between."""
    stretches: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for ends in contacts:
        for contact in ends or ():
            stretches[contact.piece].append(stretch_of(contact, ends))
    return [_resampled(piece, stretches[number]) if number in stretches else piece for number, piece in enumerate(pieces)]


def _resampled(piece: Piece, stretches: Sequence[tuple[float, float]]) -> Piece:
    old = piece.s
    kept = [s for s in old[1:-1] if not any(low - 0.3 < s < high + 0.3 for low, high in stretches)]
    marks = [s for stretch in stretches for s in stretch if old[0] + 0.1 < s < old[-1] - 0.1]
    s = np.unique([old[0], *kept, *marks, old[-1]])
    return Piece(tuple(replace(strip, s=s, left=_at(strip.left, old, s), right=_at(strip.right, old, s)) for strip in piece.strips))


def _at(edge: NDArray[np.float64], old: NDArray[np.float64], s: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.interp(s, old, edge[:, k]) for k in range(3)], axis=1)


Quad = tuple[int, tuple[int, ...]]
"""(area, vertex numbers)"""


class _Vertices:
    """Numbers for points, the same for points within a few centimetres."""

    def __init__(self) -> None:
        self._points: list[NDArray[np.float64]] = []
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._parent: list[int] = []

    def number(self, point: NDArray[np.float64]) -> int:
        column, row = math.floor(point[0] / _WELD_M), math.floor(point[1] / _WELD_M)
        for cell in itertools.product((column, column - 1, column + 1), (row, row - 1, row + 1)):
            for known in self._cells.get(cell, ()):
                if np.abs(self._points[known] - point).max() < _WELD_M:
                    return known
        self._cells[column, row].append(len(self._points))
        self._points.append(point)
        return len(self._points) - 1

    def point(self, number: int) -> NDArray[np.float64]:
        return self._points[number]

    def welded(self, pairs: Iterable[tuple[int, int]]) -> list[int]:
        """Return the representative of every number when the pairs are one point each."""
        self._parent = list(range(len(self._points)))
        for a, b in pairs:
            self._parent[self._root(b)] = self._root(a)
        return [self._root(i) for i in range(len(self._points))]

    def _root(self, number: int) -> int:
        while self._parent[number] != number:
            number = self._parent[number]
        return number

    def positions(self, quads: Sequence[Quad]) -> NDArray[np.float64]:
        """Return (V, 3): vertices of sidewalks raised by the kerb and moved inwards."""
        points = np.array(self._points)
        moved: dict[int, list[NDArray[np.float64]]] = defaultdict(list)
        for area, ids in quads:
            if area == SIDEWALK:
                for near, far in ((0, 1), (1, 0), (2, 3), (3, 2)):
                    across = points[ids[far]] - points[ids[near]]
                    moved[self._root(ids[near])].append(across / max(np.linalg.norm(across), 1e-6))
        out = points.copy()
        for number, ways in moved.items():
            way = np.mean(ways, axis=0)
            out[number] += way * _INSET_M / max(np.linalg.norm(way), 1e-6)
            out[number, 2] = points[number, 2] + KERB_M
        return out


def _piece_quads(piece: Piece, number: int, contacts: Sequence[tuple[Contact, Contact] | None], vertices: _Vertices) -> Iterator[Quad]:
    own = [ends for ends in contacts if ends is not None and number in (ends[0].piece, ends[1].piece)]
    for strip in piece.strips:
        left, right = ([vertices.number(p) for p in edge] for edge in (strip.left, strip.right))
        for k in range(len(strip.s) - 1):
            area = _quad_area(strip, number, float(strip.s[k] + strip.s[k + 1]) / 2.0, own)
            if area:
                yield area, (left[k], right[k], right[k + 1], left[k + 1])


def _quad_area(strip: LaneStrip, number: int, middle: float, contacts: Sequence[tuple[Contact, Contact]]) -> int:
    """Return the area of a quad; 0 for road that a crosswalk covers with a polygon of its own."""
    if strip.lane_type == "sidewalk":
        return SIDEWALK
    for ends in contacts:
        for contact in ends:
            low, high = stretch_of(contact, ends)
            if contact.piece == number and low < middle < high:
                return CROSSWALK if ends[0].piece == ends[1].piece else 0
    return ROAD


def _bridges(pieces: Sequence[Piece], contacts: Iterable[tuple[Contact, Contact] | None], vertices: _Vertices) -> list[Quad]:
    """Return one polygon per crosswalk that joins sidewalks of two different pieces."""
    quads: list[Quad] = []
    for ends in contacts:
        if ends is not None and ends[0].piece != ends[1].piece:
            a, b = (_contact_points(pieces[end.piece], end, vertices) for end in ends)
            quads.append((CROSSWALK, (*a, *b)))
    return quads


def _contact_points(piece: Piece, contact: Contact, vertices: _Vertices) -> tuple[int, int]:
    strip = next(strip for strip in piece.sidewalks if strip.lane_id == contact.lane_id)
    edge = strip.left if contact.on_left else strip.right
    nearest = [int(np.argmin(np.abs(strip.s - s))) for s in contact.s]
    return vertices.number(edge[nearest[0]]), vertices.number(edge[nearest[1]])


def _sidewalk_ends(pieces: Sequence[Piece], vertices: _Vertices) -> Iterator[tuple[int, int]]:
    """Yield pairs of vertices that are one: the corners of sidewalk ends that meet."""
    ends = [
        (vertices.number(strip.left[k]), vertices.number(strip.right[k]), number)
        for number, piece in enumerate(pieces)
        for strip in piece.sidewalks
        for k in (0, -1)
    ]
    middles = np.array([(vertices.point(a) + vertices.point(b)) / 2.0 for a, b, _ in ends]).reshape(-1, 3)
    for i, (a, b, piece) in enumerate(ends):
        near = np.flatnonzero(np.abs(middles[i + 1 :] - middles[i]).max(axis=1) < _END_REACH_M) + i + 1
        for c, d, other in (ends[j] for j in near):
            if other == piece:
                continue
            straight = np.linalg.norm(vertices.point(a) - vertices.point(c)) <= np.linalg.norm(vertices.point(a) - vertices.point(d))
            yield from ((a, c), (b, d)) if straight else ((a, d), (b, c))


def _convex(area: int, ids: tuple[int, ...], points: NDArray[np.float64]) -> Iterator[Polygon]:
    """Yield the convex polygons of positive area that a quad is made of."""
    distinct = tuple(dict.fromkeys(ids))
    if len(distinct) < 3:
        return
    if _signed_area(points[list(distinct)]) < 0.0:
        distinct = distinct[::-1]
    whole = [distinct] if _is_convex(points[list(distinct)]) else [(distinct[0], *pair) for pair in itertools.pairwise(distinct[1:])]
    for part in whole:
        if _signed_area(points[list(part)]) > _LEAST_AREA_M2:
            yield Polygon(part, area, FLAGS[area])


def _signed_area(points: NDArray[np.float64]) -> float:
    x, y = points[:, 0], points[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y)) / 2.0


def _area(points: NDArray[np.float64]) -> float:
    return abs(_signed_area(points))


def _is_convex(points: NDArray[np.float64]) -> bool:
    sides = (np.roll(points, -1, axis=0) - points)[:, :2]
    following = np.roll(sides, -1, axis=0)
    return bool((sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] > -1e-9).all())
