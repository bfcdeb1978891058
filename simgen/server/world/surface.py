"""Height of roads and land, fast enough to be asked twice per vehicle and tick (about 3 microseconds).

Lane strips are cut into patches (quadrilaterals between two samples), and a raster of 0.5 m cells remembers which patch
covers a cell. Inside a patch height and s are linear in x and y. Where roads cross above each other the raster has several
levels. Land without roads is a 2 m grid that is fixed where the lowest roads are and smooth between them.
Left-handed frame, metres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.server.world.lane_strips import LaneStrip

KERB_M = 0.15
"""Height of sidewalks above the road."""
CELL_M = 0.5
"""Of the raster; doubled until a large map fits `_MOST_CELLS`."""
NODES_PER_CELL = 4
"""Raster cells per cell of the land grid, along one side."""
_MOST_CELLS = 40_000_000
MARGIN_M = 80.0
"""Land beyond the outermost road; further out its edge goes on level."""
_LEVEL_GAP_M = 2.5
"""Roads further apart than this in height are different levels."""
_SMOOTHING_PASSES = 60
_PAINTED_FIRST = ("sidewalk", "shoulder", "parking", "median", "border", "biking")
"""Where lanes overlap the later painted one counts: driving lanes last."""

Plane = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Patch:
    """One quadrilateral of a lane with planes (d/dx, d/dy, value at the reference point)."""

    road_id: int
    lane_id: int
    lane_type: str
    is_junction: bool
    x: float
    y: float
    """Reference point of the planes."""
    height_plane: Plane
    s_plane: Plane
    side_plane: Plane
    """0 on the left edge, 1 on the right one."""
    s_range: tuple[float, float]
    """Of the whole strip."""

    def height(self, x: float, y: float) -> float:
        """Return the height without kerb at (x, y)."""
        a, b, c = self.height_plane
        return a * (x - self.x) + b * (y - self.y) + c

    def position(self, x: float, y: float) -> float:
        """Return s at (x, y), which is always one of the strip."""
        a, b, c = self.s_plane
        low, high = self.s_range
        return min(max(a * (x - self.x) + b * (y - self.y) + c, low), high)

    def side(self, x: float, y: float) -> float:
        """Return 0 on the left edge to 1 on the right edge; outside that range beside the lane."""
        a, b, c = self.side_plane
        return a * (x - self.x) + b * (y - self.y) + c


@dataclass(frozen=True)
class RoadSurface:
    """Patches, the raster that finds them, and the land around."""

    patches: tuple[Patch, ...]
    levels: tuple[NDArray[np.int32], ...]
    """Each (rows along y, columns along x): index into `patches`, -1 where there is none. Lowest level first."""
    origin: tuple[float, float]
    """(x, y) of the raster's corner."""
    cell_m: float
    terrain: NDArray[np.float32]
    """Heights at the nodes of the 2 m grid, which begins at `origin` too."""
    distance: NDArray[np.float32]
    """To the nearest lane, at the same nodes."""

    @classmethod
    def build(cls, strips: Sequence[LaneStrip]) -> RoadSurface:
        """Return the surface of a map."""
        quads = _Quads.of(strips)
        grid = _Grid.around(quads.corners)
        levels = _paint(quads, grid)
        terrain, distance = _terrain(quads, levels[0], grid)
        return cls(quads.patches(), levels, grid.origin, grid.cell_m, terrain, distance)

    def patch_at(self, x: float, y: float, z: float) -> Patch | None:
        """Return the patch under (x, y) whose height is nearest to `z`, None off the road."""
        best: Patch | None = None
        for level in self.levels:
            patch = self._patch_on(level, x, y)
            if patch is not None and (best is None or abs(patch.height(x, y) - z) < abs(best.height(x, y) - z)):
                best = patch
        return best

    def _patch_on(self, level: NDArray[np.int32], x: float, y: float) -> Patch | None:
        """Return the patch of one level. A cell on the edge of two lanes knows one of them: look beyond the edge for the other."""
        patch = self._patch_of_cell(level, x, y)
        if patch is None:
            return None
        side = patch.side(x, y)
        if 0.0 <= side <= 1.0:
            return patch
        a, b, _ = patch.side_plane
        outwards = math.copysign(self.cell_m / math.hypot(a, b), side)
        beyond = self._patch_of_cell(level, x + a * outwards, y + b * outwards)
        return beyond if beyond is None or 0.0 <= beyond.side(x, y) <= 1.0 else patch

    def _patch_of_cell(self, level: NDArray[np.int32], x: float, y: float) -> Patch | None:
        column, row = math.floor((x - self.origin[0]) / self.cell_m), math.floor((y - self.origin[1]) / self.cell_m)
        rows, columns = level.shape
        if not (0 <= row < rows and 0 <= column < columns):
            return None
        index = level.item(row, column)
        return self.patches[index] if index >= 0 else None

    def terrain_height(self, x: float, y: float) -> float:
        """Return the height of the land at (x, y)."""
        return self._between_nodes(self.terrain, x, y)

    def distance_to_road(self, x: float, y: float) -> float:
        """Return the distance to the nearest lane, to about a metre; outside the grid that of its edge."""
        return self._between_nodes(self.distance, x, y)

    def _between_nodes(self, grid: NDArray[np.float32], x: float, y: float) -> float:
        size = self.cell_m * NODES_PER_CELL
        return _bilinear(grid, (x - self.origin[0]) / size, (y - self.origin[1]) / size)


def _bilinear(grid: NDArray[np.float32], column: float, row: float) -> float:
    """Return a grid's value between nodes; outside, that of the nearest edge."""
    column = min(max(column, 0.0), grid.shape[1] - 1.001)
    row = min(max(row, 0.0), grid.shape[0] - 1.001)
    j, i = int(column), int(row)
    u, v = column - j, row - i
    low = grid.item(i, j) * (1.0 - u) + grid.item(i, j + 1) * u
    high = grid.item(i + 1, j) * (1.0 - u) + grid.item(i + 1, j + 1) * u
    return low * (1.0 - v) + high * v


@dataclass(frozen=True)
class _Quads:
    """All patches as arrays, in the order in which they are painted."""

    corners: NDArray[np.float64]
    """(Q, 4, 3): left and right at the first sample, right and left at the second."""
    middle: NDArray[np.float64]
    """(Q, 3)"""
    planes: NDArray[np.float64]
    """(Q, 3 coefficients, 3 values: height, s, side)"""
    strip: NDArray[np.int64]
    """(Q,) index into `strips`."""
    strips: Sequence[LaneStrip]

    @classmethod
    def of(cls, strips: Sequence[LaneStrip]) -> _Quads:
        ordered = sorted(strips, key=lambda strip: _PAINTED_FIRST.index(strip.lane_type) if strip.lane_type in _PAINTED_FIRST else 99)
        corners = np.concatenate([np.stack([p.left[:-1], p.right[:-1], p.right[1:], p.left[1:]], axis=1) for p in ordered])
        s = np.concatenate([np.stack([p.s[:-1], p.s[:-1], p.s[1:], p.s[1:]], axis=1) for p in ordered])
        strip = np.repeat(np.arange(len(ordered)), [len(p.s) - 1 for p in ordered])
        middle = corners.mean(axis=1)
        side = np.broadcast_to(np.array([0.0, 1.0, 1.0, 0.0]), s.shape)
        design = np.concatenate([corners[..., :2] - middle[:, None, :2], np.ones((len(corners), 4, 1))], axis=2)
        planes = np.linalg.pinv(design) @ np.stack([corners[..., 2], s, side], axis=2)
        return cls(corners, middle, planes, strip, ordered)

    def patches(self) -> tuple[Patch, ...]:
        planes = self.planes.transpose(0, 2, 1).tolist()
        ranges = [(float(strip.s[0]), float(strip.s[-1])) for strip in self.strips]
        rows = zip(self.strip.tolist(), self.middle.tolist(), planes, strict=True)
        return tuple(_patch(self.strips[strip], ranges[strip], middle, plane) for strip, middle, plane in rows)

    def heights(self, quad: NDArray[np.int32], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the heights of quads at points, sidewalks raised by the kerb."""
        a, b, c = self.planes[quad, :, 0].T
        kerbs = np.array([KERB_M if strip.lane_type == "sidewalk" else 0.0 for strip in self.strips])
        return a * (x - self.middle[quad, 0]) + b * (y - self.middle[quad, 1]) + c + kerbs[self.strip[quad]]


def _patch(strip: LaneStrip, s_range: tuple[float, float], middle: list[float], planes: list[list[float]]) -> Patch:
    height, position, side = (_plane(plane) for plane in planes)
    in_junction = strip.junction_id >= 0
    return Patch(strip.road_id, strip.lane_id, strip.lane_type, in_junction, middle[0], middle[1], height, position, side, s_range)


def _plane(coefficients: list[float]) -> Plane:
    a, b, c = coefficients
    return a, b, c


@dataclass(frozen=True)
class _Grid:
    """Where the raster lies."""

    origin: tuple[float, float]
    shape: tuple[int, int]
    """(rows, columns), multiples of `NODES_PER_CELL`."""
    cell_m: float

    @classmethod
    def around(cls, corners: NDArray[np.float64]) -> _Grid:
        low = np.floor(corners[..., :2].min(axis=(0, 1))) - MARGIN_M
        size = corners[..., :2].max(axis=(0, 1)) + MARGIN_M - low
        if not np.isfinite(size).all():
            raise ValueError("lanes without a finite place")
        cell_m = CELL_M
        while size.prod() / cell_m**2 > _MOST_CELLS:
            cell_m *= 2.0
        columns, rows = (int(n) * NODES_PER_CELL for n in np.ceil(size / (cell_m * NODES_PER_CELL)))
        return cls((float(low[0]), float(low[1])), (rows, columns), cell_m)


def _paint(quads: _Quads, grid: _Grid) -> tuple[NDArray[np.int32], ...]:
    """Return the rasters of the levels, lowest first."""
    quad, points = _dense_points(quads.corners, grid.cell_m * 0.7)
    cells = np.floor((points[:, :2] - grid.origin) / grid.cell_m).astype(np.int64)
    rows, columns = grid.shape
    flat = cells[:, 1] * columns + cells[:, 0]
    levels = []
    while len(flat):
        lowest = np.full(rows * columns, np.inf)
        np.minimum.at(lowest, flat, points[:, 2])
        here = points[:, 2] < lowest[flat] + _LEVEL_GAP_M
        level = np.full(rows * columns, -1, dtype=np.int32)
        level[flat[here]] = quad[here]
        levels.append(level.reshape(grid.shape))
        quad, points, flat = quad[~here], points[~here], flat[~here]
    return tuple(levels)


def _dense_points(corners: NDArray[np.float64], step: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (quad index (P,), points (P, 3)) a grid of at most `step` over every quad, in painting order."""
    plan = corners[..., :2]
    along = np.maximum(_lengths(plan[:, 3] - plan[:, 0]), _lengths(plan[:, 2] - plan[:, 1]))
    across = np.maximum(_lengths(plan[:, 1] - plan[:, 0]), _lengths(plan[:, 2] - plan[:, 3]))
    rows, columns = np.maximum(1, np.ceil(along / step)).astype(int), np.maximum(1, np.ceil(across / step)).astype(int)
    quad = np.repeat(np.arange(len(corners)), rows * columns)
    first = np.cumsum(rows * columns) - rows * columns
    within = np.arange(len(quad)) - first[quad]
    v = ((within // columns[quad]) + 0.5)[:, None] / rows[quad, None]
    u = ((within % columns[quad]) + 0.5)[:, None] / columns[quad, None]
    a, b, c, d = (corners[quad, k] for k in range(4))
    return quad, (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v


def _lengths(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(vectors[:, 0], vectors[:, 1]))


def _terrain(quads: _Quads, level: NDArray[np.int32], grid: _Grid) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (heights, distance to the road) at the nodes of the 2 m grid.

    Nodes on the road take its height, the others begin with that of the nearest road and are then smoothed.
    """
    size = grid.cell_m * NODES_PER_CELL
    quad = level[::NODES_PER_CELL, ::NODES_PER_CELL]
    known = quad >= 0
    rows, columns = (index.astype(np.float64) for index in np.nonzero(known))
    heights = np.zeros(quad.shape, dtype=np.float32)
    heights[known] = quads.heights(quad[known], grid.origin[0] + columns * size, grid.origin[1] + rows * size)
    distance, labels = cv2.distanceTransformWithLabels((~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    by_label = np.zeros(labels.max() + 1, dtype=np.float32)
    by_label[labels[known]] = heights[known]
    land = by_label[labels]
    for _ in range(_SMOOTHING_PASSES):
        land = np.where(known, heights, cv2.blur(land, (5, 5), borderType=cv2.BORDER_REPLICATE))
    return land.astype(np.float32), np.asarray(distance, dtype=np.float32) * np.float32(size)
