"""Encoder for pedestrian navigation meshes: a Detour tile set (version 7 tiles, 32-bit references) of one tile.

The layout is that of Recast Navigation's `DetourNavMesh.h` and of its sample tile-set file, which the CARLA client reads.
Detour's axes are (x, z, y) of CARLA's: its y is up. No socket, no map: polygons in, bytes out.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_POLYGONS = 0x7FFE
"""Neighbours are 15-bit numbers, counted from 1."""
MAX_VERTICES = 0xFFFE
VERTICES_PER_POLYGON = 6
WALKABLE_HEIGHT_M, WALKABLE_RADIUS_M, WALKABLE_CLIMB_M = 2.0, 0.35, 0.4
_SET_MAGIC = b"TESM"
_TILE_MAGIC = b"VAND"
_NULL_LINK = 0xFFFFFFFF
_BOUNDARY_EDGE = 0x01
_TREE_PER_M = 2.0
"""Quantisation of the bounding-volume tree."""
_HEADROOM_M = 2.0


@dataclass(frozen=True)
class Polygon:
    """A convex polygon of 3 to 6 vertices, counter-clockwise in CARLA's (x, y) as algebra counts (positive area)."""

    vertices: tuple[int, ...]
    area: int
    flags: int


def shared_edges(polygons: Sequence[Polygon]) -> list[tuple[int, ...]]:
    """Return for each polygon the neighbour behind each of its edges (vertex k to k + 1), -1 for none."""
    owner: dict[tuple[int, int], int] = {}
    for index, polygon in enumerate(polygons):
        for edge in _edges(polygon.vertices):
            owner.setdefault(edge, index)
    return [tuple(owner.get((b, a), -1) for a, b in _edges(polygon.vertices)) for polygon in polygons]


def _edges(vertices: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(vertices, (*vertices[1:], vertices[0]), strict=True))


def encode_tile_set(vertices: NDArray[np.float64], polygons: Sequence[Polygon]) -> bytes:
    """Return the file of a mesh with `vertices` (V, 3) in CARLA's frame; edges are joined where both their vertices are shared.

    Raises ValueError when the mesh is empty or too large for one tile.
    """
    if not polygons or len(polygons) > MAX_POLYGONS or len(vertices) > MAX_VERTICES:
        raise ValueError(f"a tile must have 1 to {MAX_POLYGONS} polygons, got {len(polygons)} with {len(vertices)} vertices")
    points = np.asarray(vertices, dtype=np.float32)[:, [0, 2, 1]]
    turned = [Polygon(polygon.vertices[::-1], polygon.area, polygon.flags) for polygon in polygons]
    low = points.min(axis=0) - np.array([0.0, 1.0, 0.0])
    high = points.max(axis=0) + np.array([0.0, _HEADROOM_M, 0.0])
    tile = _tile(points, turned, low, high)
    bits = max(1, (len(polygons) - 1).bit_length())
    header = _SET_MAGIC + struct.pack("<ii3f2fii", 1, 1, *low, high[0] - low[0], high[2] - low[2], 1, 1 << bits)
    reference = 1 << bits  # salt 1, tile 0
    return header + struct.pack("<Ii", reference, len(tile)) + tile


def _tile(points: NDArray[np.float32], polygons: Sequence[Polygon], low: NDArray[np.float64], high: NDArray[np.float64]) -> bytes:
    links = sum(len(polygon.vertices) for polygon in polygons)
    details, triangles = _details(polygons)
    nodes = _tree(points, polygons, low)
    counts = (len(polygons), len(points), links, len(polygons), 0, len(triangles) // 4, len(nodes), 0, len(polygons))
    header = _TILE_MAGIC + struct.pack("<iiiiI", 7, 0, 0, 0, 0) + struct.pack("<9i", *counts)
    header += struct.pack("<3f3f3ff", WALKABLE_HEIGHT_M, WALKABLE_RADIUS_M, WALKABLE_CLIMB_M, *low, *high, _TREE_PER_M)
    body = points.astype("<f4").tobytes() + _polygon_records(polygons) + b"\0" * (12 * links) + details + triangles
    return header + body + b"".join(nodes)


def _polygon_records(polygons: Sequence[Polygon]) -> bytes:
    """Return the dtPoly records: first link, vertices, neighbours, flags, vertex count, area and type."""
    records = []
    for polygon, neighbours in zip(polygons, shared_edges(polygons), strict=True):
        count = len(polygon.vertices)
        padding = (0,) * (VERTICES_PER_POLYGON - count)
        corners = (*polygon.vertices, *padding, *(neighbour + 1 for neighbour in neighbours), *padding)
        records.append(struct.pack("<I6H6HHBB", _NULL_LINK, *corners, polygon.flags, count, polygon.area))
    return b"".join(records)


def _details(polygons: Sequence[Polygon]) -> tuple[bytes, bytes]:
    """Return the detail meshes: each polygon as a fan over its own vertices, with marks on its outer edges."""
    details, triangles = [], bytearray()
    for polygon in polygons:
        count = len(polygon.vertices)
        details.append(struct.pack("<IIBBxx", 0, len(triangles) // 4, 0, count - 2))
        for k in range(2, count):
            first = _BOUNDARY_EDGE if k == 2 else 0
            last = _BOUNDARY_EDGE if k == count - 1 else 0
            triangles += bytes((0, k - 1, k, first | _BOUNDARY_EDGE << 2 | last << 4))
    return b"".join(details), bytes(triangles)


def _tree(points: NDArray[np.float32], polygons: Sequence[Polygon], low: NDArray[np.float64]) -> list[bytes]:
    """Return the nodes of the bounding-volume tree in depth-first order; inner nodes hold minus their size."""
    boxes = np.empty((len(polygons), 2, 3), dtype=np.int64)
    for index, polygon in enumerate(polygons):
        corners = (points[list(polygon.vertices)] - low) * _TREE_PER_M
        boxes[index] = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    nodes: list[bytes] = []
    _add_nodes(nodes, np.clip(boxes, 0, 0xFFFF), np.arange(len(polygons)))
    return nodes


def _add_nodes(nodes: list[bytes], boxes: NDArray[np.int64], members: NDArray[np.int64]) -> None:
    low, high = boxes[members, 0].min(axis=0), boxes[members, 1].max(axis=0)
    place = len(nodes)
    nodes.append(b"")
    if len(members) == 1:
        nodes[place] = struct.pack("<6Hi", *low, *high, int(members[0]))
        return
    axis = int(np.argmax(high - low))
    ordered = members[np.argsort(boxes[members, 0, axis] + boxes[members, 1, axis], kind="stable")]
    half = len(ordered) // 2
    _add_nodes(nodes, boxes, ordered[:half])
    _add_nodes(nodes, boxes, ordered[half:])
    nodes[place] = struct.pack("<6Hi", *low, *high, -(len(nodes) - place))
