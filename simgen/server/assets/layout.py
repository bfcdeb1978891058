"""Where things may stand: rasters of roads, sidewalks and what has been built, and heights of the ground for many points.

Left-handed frame, metres. Rasters are indexed [row along y, column along x].
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.server.assets.district_kinds import Lot
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M, NODES_PER_CELL, RoadSurface

MARGIN_M = 60.0
_FINE_M, _COARSE_M = 0.25, 0.5
_FINE_UP_TO_M = 900.0
_SUBPIXEL_BITS = 4
_GAP_M = 4.0
"""Slits between the lanes of a junction narrower than this are paved."""


@dataclass(frozen=True)
class Heights:
    """Ground heights for arrays of points, from the same patches and land as the physics uses."""

    surface: RoadSurface
    origins: NDArray[np.float64]
    """(P, 2): reference point of every patch's planes."""
    slopes: NDArray[np.float64]
    """(P, 3): height as d/dx, d/dy and value at the reference point, kerbs included."""
    sides: NDArray[np.float64]
    """(P, 3): the same of the place across the lane, 0 on the left edge and 1 on the right one."""

    @classmethod
    def of(cls, surface: RoadSurface) -> Heights:
        patches = surface.patches
        kerbs = np.array([KERB_M if p.lane_type == "sidewalk" else 0.0 for p in patches])
        slopes = np.array([p.height_plane for p in patches]) + np.outer(kerbs, (0, 0, 1))
        return cls(surface, np.array([(p.x, p.y) for p in patches]), slopes, np.array([p.side_plane for p in patches]))

    def patch(self, points: ArrayLike) -> NDArray[np.int32]:
        """Return the lowest patch under points (..., 2), -1 off the road.

        A cell on the edge of two lanes knows one of them; beyond its edge the next cell is asked for the other.
        """
        p = np.asarray(points, dtype=np.float64)[..., :2]
        index = self._of_cell(p)
        side = self._plane(self.sides, index, p)
        away = self.sides[np.maximum(index, 0), :2]
        step = np.sign(side - 0.5) * self.surface.cell_m / np.maximum(np.hypot(away[..., 0], away[..., 1]), 1e-9)
        beyond = self._of_cell(p + away * step[..., None])
        other = self._plane(self.sides, beyond, p)
        fits = (beyond < 0) | ((other >= 0) & (other <= 1))
        return np.where((index >= 0) & ((side < 0) | (side > 1)) & fits, beyond, index)

    def _of_cell(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        level = self.surface.levels[0]
        cells = np.floor((points - self.surface.origin) / self.surface.cell_m).astype(np.int64)
        inside = np.asarray(((cells >= 0) & (cells < (level.shape[1], level.shape[0]))).all(axis=-1))
        column, row = np.where(inside[..., None], cells, 0).reshape(-1, 2).T
        return np.where(inside, level[row, column].reshape(inside.shape), -1)

    def _plane(self, planes: NDArray[np.float64], index: NDArray[np.int32], points: NDArray[np.float64]) -> NDArray[np.float64]:
        safe = np.maximum(index, 0)
        away = points - self.origins[safe]
        return np.asarray((planes[safe, :2] * away).sum(axis=-1) + planes[safe, 2])

    def road(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the height of what one stands on: road, sidewalk on its kerb, or land off the road."""
        p = np.asarray(points, dtype=np.float64)[..., :2]
        index = self.patch(p)
        return np.where(index >= 0, self._plane(self.slopes, index, p), self.land(p))

    def land(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return the height of the land at points (..., 2), whatever lies on it."""
        grid = self.surface.terrain
        place = (np.asarray(points, dtype=np.float64)[..., :2] - self.surface.origin) / (self.surface.cell_m * NODES_PER_CELL)
        column, row = np.clip(place[..., 0], 0, grid.shape[1] - 1.001), np.clip(place[..., 1], 0, grid.shape[0] - 1.001)
        j, i = column.astype(int), row.astype(int)
        u, v = column - j, row - i
        low, high = grid[i, j] * (1 - u) + grid[i, j + 1] * u, grid[i + 1, j] * (1 - u) + grid[i + 1, j + 1] * u
        return np.asarray(low * (1 - v) + high * v)


@dataclass(frozen=True)
class Layout:
    """Rasters of one town. `taken` is painted on while the town fills."""

    origin: NDArray[np.float64]
    """(2,) x and y of the raster's corner."""
    cell_m: float
    roadway: NDArray[np.uint8]
    """1 where vehicles drive, park or stop."""
    edge: NDArray[np.float32]
    """Distance to the nearest paved ground (roads, sidewalks, filled junctions); negative on it, by how deep."""
    to_roadway: NDArray[np.float32]
    """Distance to the nearest ground of vehicles, 0 on it."""
    taken: NDArray[np.uint8]
    """1 where something stands."""
    heights: Heights
    lots: list[Lot] = field(default_factory=list)
    """What has been built on, street by street. Filled together with `taken`."""

    @classmethod
    def of(cls, roads: RoadMap) -> Layout:
        """Return the empty town of a map."""
        points = np.concatenate([np.concatenate([s.left, s.right]) for s in roads.strips])[:, :2]
        origin = np.floor(points.min(axis=0)) - MARGIN_M
        size = points.max(axis=0) + MARGIN_M - origin
        cell = _FINE_M if size.max() < _FINE_UP_TO_M else _COARSE_M
        shape = tuple(int(v) for v in np.ceil(size[::-1] / cell))
        roadway = _painted([s for s in roads.strips if s.lane_type != "sidewalk"], origin, cell, shape)
        paved = roadway | _painted([s for s in roads.strips if s.lane_type == "sidewalk"], origin, cell, shape)
        paved |= _junction_slits(roads, paved, origin, cell)
        return cls(
            origin,
            cell,
            roadway,
            (_distance(paved) - _distance(1 - paved)) * np.float32(cell),
            _distance(roadway) * np.float32(cell),
            np.zeros(shape, np.uint8),
            Heights.of(roads.surface),
        )

    def at(self, raster: NDArray, points: ArrayLike, outside: float) -> NDArray:
        """Return a raster's values under points (..., 2); `outside` beyond its edge."""
        cells = np.floor((np.asarray(points)[..., :2] - self.origin) / self.cell_m).astype(np.int64)
        column, row = cells[..., 0], cells[..., 1]
        inside = (column >= 0) & (row >= 0) & (column < raster.shape[1]) & (row < raster.shape[0])
        return np.where(inside, raster[np.where(inside, row, 0), np.where(inside, column, 0)], outside)

    def is_free(self, outline: ArrayLike, edge_m: float) -> bool:
        """Whether nothing stands within a convex outline (N, 2) and no paved ground lies nearer than `edge_m`."""
        points = _filled(np.asarray(outline, dtype=np.float64))
        return bool((self.at(self.edge, points, 99.0) > edge_m).all() and not self.at(self.taken, points, 0).any())

    def has_room(self, outline: ArrayLike, edge_m: float, slack_m: float = 0.35) -> bool:
        """As `is_free` for a rectangle (4, 2), but neighbours may touch it: what stands is looked for `slack_m` inside its sides."""
        o = np.asarray(outline, dtype=np.float64)
        if not (self.at(self.edge, _filled(o), 99.0) > edge_m).all():
            return False
        along, aside = (v / max(float(np.linalg.norm(v)), 1e-9) * slack_m for v in (o[1] - o[0], o[3] - o[0]))
        inner = o + np.array([along + aside, aside - along, -along - aside, along - aside])
        return not self.at(self.taken, _filled(inner, 0.8), 0).any()

    def take(self, outline: ArrayLike) -> None:
        """Mark a convex outline (N, 2) as built on."""
        cv2.fillConvexPoly(self.taken, _pixels(np.asarray(outline), self.origin, self.cell_m), 1, shift=_SUBPIXEL_BITS)


def _filled(outline: NDArray[np.float64], step: float = 1.0) -> NDArray[np.float64]:
    """Return points about `step` apart all over a quadrilateral (4, 2), corners included."""
    a, b, c, d = outline
    columns = max(2, math.ceil(max(np.linalg.norm(b - a), np.linalg.norm(c - d)) / step) + 1)
    rows = max(2, math.ceil(max(np.linalg.norm(d - a), np.linalg.norm(c - b)) / step) + 1)
    u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    u, v = u[..., None], v[..., None]
    return np.asarray((a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v).reshape(-1, 2)


def _pixels(points: NDArray[np.float64], origin: NDArray[np.float64], cell: float) -> NDArray[np.int32]:
    return np.round(((points[..., :2] - origin) / cell - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32)


def strip_quads(strips: list[LaneStrip]) -> NDArray[np.float64]:
    """Return the quadrilaterals of strips (Q, 4, 3), their outside up."""
    parts = [np.zeros((0, 4, 3))]
    for s in strips:
        left, right = (s.left, s.right) if s.forward else (s.right, s.left)
        parts.append(np.stack([left[:-1], left[1:], right[1:], right[:-1]], axis=1))
    return np.concatenate(parts)


def _painted(strips: list[LaneStrip], origin: NDArray[np.float64], cell: float, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    mask = np.zeros(shape, np.uint8)
    for corners in _pixels(strip_quads(strips), origin, cell):
        cv2.fillConvexPoly(mask, corners, 1, shift=_SUBPIXEL_BITS)
    return mask


def junction_outlines(roads: RoadMap) -> list[NDArray[np.float64]]:
    """Return the convex hull (N, 3) around the lanes of each junction, on the plane that fits them best."""
    members: dict[int, list[NDArray[np.float64]]] = {}
    for s in roads.strips:
        if s.junction_id >= 0 and s.lane_type != "sidewalk":
            members.setdefault(s.junction_id, []).extend((s.left, s.right))
    return [_hull(np.concatenate(parts)) for parts in members.values()]


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = cv2.convexHull(points[:, :2].astype(np.float32), clockwise=False)[:, 0].astype(np.float64)
    a, b = flat - flat[0], np.roll(flat, -1, axis=0) - flat[0]
    flat = flat if (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() > 0 else flat[::-1]
    middle = points.mean(axis=0)
    design = np.concatenate([points[:, :2] - middle[:2], np.ones((len(points), 1))], axis=1)
    plane = np.linalg.lstsq(design, points[:, 2], rcond=None)[0]
    z = (flat - middle[:2]) @ plane[:2] + plane[2]
    return np.concatenate([flat, z[:, None]], axis=1)


def _junction_slits(roads: RoadMap, paved: NDArray[np.uint8], origin: NDArray[np.float64], cell: float) -> NDArray[np.uint8]:
    """Return the narrow gaps between the lanes of junctions."""
    hulls = np.zeros_like(paved)
    for outline in junction_outlines(roads):
        cv2.fillConvexPoly(hulls, _pixels(outline, origin, cell), 1, shift=_SUBPIXEL_BITS)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(_GAP_M / cell) | 1,) * 2)
    return np.asarray(cv2.morphologyEx(paved, cv2.MORPH_CLOSE, kernel) & hulls, dtype=np.uint8)


def _distance(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the distance in cells to the nearest set cell."""
    if not mask.any():
        return np.full(mask.shape, 1e4, np.float32)
    return np.asarray(cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5), dtype=np.float32)
