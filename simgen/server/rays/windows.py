"""Which rays can meet which boxes: a cheap, conservative cut before any ray is cast at a shape.

Rays from one point (a `RayFan`) see a box in a window of azimuths and of slopes (rise over horizontal run); parallel rays (a
`RayBeam`) see it in a window of two coordinates across them. Rays sorted once by the first of the two give those of each window
as one or two slices, in which the second is compared; nothing is ever computed for all pairs of ray and box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Indices = NDArray[np.intp]

_CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=bool)
_MARGIN_M = 0.01
_CELL_M = 1.0
_MARGIN_RAD = 3e-4
_TURN = 1 << 16
"""Steps of a whole turn in `_heading`: numpy sorts 16 bits in linear time, and a step is less than the margin."""


@dataclass(frozen=True)
class Boxes:
    """P posed boxes."""

    world_from_box: NDArray[np.float64]
    """(P, 4, 4) of rotation, one scale for all axes, translation."""
    low: Floats
    """(P, 3) metres, in the frame of the box."""
    high: Floats

    def corners(self, grown_m: float) -> Floats:
        """Return the world corners (P, 8, 3) of the boxes grown by `grown_m` on every side."""
        grown = grown_m / np.linalg.norm(self.world_from_box[:, :3, 0], axis=1)[:, None, None]
        local = np.where(_CORNERS, self.high[:, None, :] + grown, self.low[:, None, :] - grown)
        return local @ np.swapaxes(self.world_from_box[:, :3, :3], 1, 2) + self.world_from_box[:, None, :3, 3]


def rays_towards(origins: NDArray[np.float64], directions: NDArray[np.float64], boxes: Boxes, range_m: float) -> tuple[Indices, Indices]:
    """Return (rays, counts): which of the rays from `origins` (1 or N, 3) along unit `directions` (N, 3) may meet each of the P
    boxes within `range_m`.

    `rays` are indices, box after box; `counts` (P,) says how many belong to each box.
    """
    if len(origins) > 1 and (directions == directions[0]).all():
        return RayBeam.of(origins, directions[0]).towards(boxes, range_m)
    return RayFan.of(origins, directions).towards(boxes, range_m)


@dataclass(frozen=True)
class RayFan:
    """N rays that leave from (about) one point, in order of azimuth.

    Rays that start beside the point are covered by growing the boxes by the greatest offset.
    """

    centre: NDArray[np.float64]
    """(3,) metres, world."""
    spread_m: float
    """No ray starts farther from the centre than this."""
    order: Indices
    """(N,) index of the ray at each place of the order."""
    headings: NDArray[np.uint16]
    """(N,) ascending."""
    slopes: NDArray[np.float32]
    """(N,) in that order; infinite for vertical rays."""

    @classmethod
    def of(cls, origins: Floats, directions: Floats) -> RayFan:
        """Return the fan of rays from `origins` (1 or N, 3) along `directions` (N, 3)."""
        centre = (origins.min(axis=0) + origins.max(axis=0)) / 2.0
        spread_m = float(np.linalg.norm(origins - centre, axis=1).max())
        x, y, z = np.ascontiguousarray(directions.T, dtype=np.float32)
        headings = _heading(x, y)
        order = np.argsort(headings, kind="stable")
        with np.errstate(divide="ignore"):
            slopes = z / np.sqrt(x * x + y * y)
        return cls(centre, spread_m, order, headings[order], slopes[order])

    def towards(self, boxes: Boxes, range_m: float) -> tuple[Indices, Indices]:
        """See `rays_towards`."""
        seen = boxes.corners(self.spread_m + _MARGIN_M) - self.centre
        middle = seen.mean(axis=1)
        reached = np.linalg.norm(middle, axis=1) - np.linalg.norm(seen - middle[:, None], axis=2).max(axis=1) <= range_m
        flattest, steepest = _slope_window(seen, middle)
        first, last = _heading_window(seen, middle)
        starts, counts = _slices(self.headings, first, np.where(reached, last, first - 1))
        places, slice_of = _members(starts.ravel(), counts.ravel())
        box = slice_of // 2
        slope = self.slopes[places]
        kept = (slope >= flattest[box]) & (slope <= steepest[box])
        return self.order[places[kept]], np.bincount(box[kept], minlength=len(seen))


@dataclass(frozen=True)
class RayBeam:
    """N parallel rays, sorted into square cells of the plane across them: column by column, and by rows within."""

    axes: NDArray[np.float64]
    """(3, 3) rows: two across, and along the rays."""
    corner: NDArray[np.float64]
    """(2,) where the cells begin, along the axes across."""
    columns: int
    rows: int
    order: Indices
    cells: NDArray[np.int64]
    """(N,) column * rows + row, ascending."""
    along: NDArray[np.float64]
    """(N,) where the rays start along their direction, in that order."""

    @classmethod
    def of(cls, origins: NDArray[np.float64], direction: NDArray[np.float64]) -> RayBeam:
        """Return the beam of rays from `origins` (N, 3) along the unit `direction` (3,)."""
        across = np.cross(np.eye(3)[np.argmin(np.abs(direction))], direction)
        across /= np.linalg.norm(across)
        axes = np.stack([across, np.cross(direction, across), direction])
        starts = axes @ origins.T
        corner = starts[:2].min(axis=1)
        column, row = ((starts[:2] - corner[:, None]) / _CELL_M).astype(np.int64)
        columns, rows = int(column.max()) + 1, int(row.max()) + 1
        cells = column * rows + row
        order = np.argsort(cells, kind="stable")
        return cls(axes, corner, columns, rows, order, cells[order], starts[2, order])

    def towards(self, boxes: Boxes, range_m: float) -> tuple[Indices, Indices]:
        """See `rays_towards`."""
        seen = boxes.corners(_MARGIN_M) @ self.axes.T
        low, high = seen.min(axis=1), seen.max(axis=1)
        last = np.array([self.columns, self.rows]) - 1
        first_cell = np.maximum(np.floor((low[:, :2] - self.corner) / _CELL_M), 0).astype(np.int64)
        last_cell = np.minimum(np.floor((high[:, :2] - self.corner) / _CELL_M), last).astype(np.int64)
        column, box = _members(first_cell[:, 0], np.maximum(last_cell[:, 0] - first_cell[:, 0] + 1, 0))
        begin = np.searchsorted(self.cells, column * self.rows + first_cell[box, 1], side="left")
        end = np.searchsorted(self.cells, column * self.rows + last_cell[box, 1], side="right")
        places, slice_of = _members(begin, np.maximum(end - begin, 0))
        box = box[slice_of]
        kept = (self.along[places] <= high[box, 2]) & (self.along[places] >= low[box, 2] - range_m)
        return self.order[places[kept]], np.bincount(box[kept], minlength=len(seen))


def _heading(x: Floats, y: Floats) -> NDArray[np.uint16]:
    """Return a 16-bit number that grows with the azimuth of (x, y) in [0, 2 pi): the way along a square, without arc tangent."""
    size = np.abs(x) + np.abs(y)
    along = x / np.where(size > 0.0, size, 1.0)
    quarters = np.where(y >= 0.0, 1.0 - along, 3.0 + along)
    return (quarters * (_TURN // 4)).astype(np.int32).astype(np.uint16)  # a whole turn wraps to 0


def _slope_window(seen: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Return the least and greatest slope (P,) of the upright cylinders around boxes with corners `seen` (P, 8, 3)."""
    radius = np.linalg.norm(seen[..., :2] - middle[:, None, :2], axis=2).max(axis=1)
    away = np.linalg.norm(middle[:, :2], axis=1)
    near, far = np.maximum(away - radius, 0.0), away + radius
    bottom, top = seen[..., 2].min(axis=1), seen[..., 2].max(axis=1)
    with np.errstate(divide="ignore"):  # from within the cylinder even vertical rays, whose slopes are infinite, may meet it
        return bottom / np.where(bottom < 0.0, near, far), top / np.where(top > 0.0, near, far)


def _heading_window(seen: Floats, middle: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last heading (P,) of boxes with corners `seen`; `last` may exceed a turn.

    The corners of a box that stands around the viewer spread over more than half a turn: it gets the whole turn.
    """
    towards = np.arctan2(middle[:, 1], middle[:, 0])
    azimuth = np.arctan2(seen[..., 1], seen[..., 0]) - towards[:, None]
    azimuth = (azimuth + np.pi) % (2.0 * np.pi) - np.pi
    least, most = azimuth.min(axis=1) - _MARGIN_RAD, azimuth.max(axis=1) + _MARGIN_RAD
    first, last = (_heading(np.cos(towards + turn), np.sin(towards + turn)).astype(np.int64) for turn in (least, most))
    around = most - least >= np.pi
    return np.where(around, 0, first), np.where(around, _TURN - 1, last + np.where(last < first, _TURN, 0))


def _slices(headings: NDArray[np.uint16], first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[Indices, Indices]:
    """Return starts and counts (P, 2) of the sorted `headings` within [first, last]; the second slice lies past the wrap."""
    starts = np.stack([first, np.zeros_like(first)], axis=1)
    ends = np.stack([np.minimum(last, _TURN - 1), last - _TURN], axis=1)
    begin = np.searchsorted(headings, starts.astype(np.uint16), side="left")
    end = np.searchsorted(headings, np.maximum(ends, 0).astype(np.uint16), side="right")
    return begin, np.where(ends >= starts, np.maximum(end - begin, 0), 0)


def _members(starts: Indices, counts: Indices) -> tuple[Indices, Indices]:
    """Return (places, slice_of): `starts[i], starts[i] + 1, ...`, counts[i] of them, for every slice i, and the i of each."""
    offsets = np.cumsum(counts) - counts
    return np.arange(counts.sum()) + np.repeat(starts - offsets, counts), np.repeat(np.arange(len(starts)), counts)
