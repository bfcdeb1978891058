"""Bare geometry: quads, boxes, lofted grids, tubes, ellipsoids and solids of revolution, without colours.

The outside of every triangle is where (v1 - v0) x (v2 - v0) points. Lengths in metres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """Triangles without a look."""

    positions: Points
    """(V, 3)"""
    normals: Points
    """(V, 3) unit."""
    uvs: Points
    """(V, 2) metres along the surface."""
    triangles: NDArray[np.int64]
    """(T, 3)"""

    def moved(self, matrix: ArrayLike) -> Surface:
        """Return the surface under an affine (4, 4) matrix; a mirroring one turns the triangles over."""
        m = np.asarray(matrix, dtype=np.float64)
        linear = m[:3, :3]
        normals = _unit(self.normals @ np.linalg.inv(linear))
        triangles = self.triangles[:, ::-1] if np.linalg.det(linear) < 0 else self.triangles
        return Surface(self.positions @ linear.T + m[:3, 3], normals, self.uvs, triangles)

    def turned(self) -> Surface:
        """Return the surface with its outside where its inside was."""
        return Surface(self.positions, -self.normals, self.uvs, self.triangles[:, ::-1])


def _unit(vectors: Points) -> Points:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def joined(surfaces: Sequence[Surface]) -> Surface:
    """Return several surfaces as one."""
    offsets = np.cumsum([0, *[len(s.positions) for s in surfaces]])
    return Surface(
        np.concatenate([s.positions for s in surfaces]),
        np.concatenate([s.normals for s in surfaces]),
        np.concatenate([s.uvs for s in surfaces]),
        np.concatenate([s.triangles + o for s, o in zip(surfaces, offsets, strict=False)]),
    )


def mirrored_y(surface: Surface) -> Surface:
    """Return the surface's image in the plane y = 0."""
    return surface.moved(np.diag([1.0, -1.0, 1.0, 1.0]))


def both_sides(surface: Surface) -> Surface:
    """Return the surface with its image in the plane y = 0."""
    return joined([surface, mirrored_y(surface)])


def quads(corners: ArrayLike, uvs: ArrayLike | None = None) -> Surface:
    """Return flat quads with four vertices each; corners (N, 4, 3) in order around the outside."""
    c = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 3)
    normal = _unit(np.cross(c[:, 2] - c[:, 0], c[:, 3] - c[:, 1]))
    if uvs is None:
        u = np.linalg.norm(c[:, 1] - c[:, 0], axis=1)
        v = np.linalg.norm(c[:, 3] - c[:, 0], axis=1)
        zero = np.zeros_like(u)
        uvs = np.stack([np.stack([zero, u, u, zero], 1), np.stack([zero, zero, v, v], 1)], axis=-1)
    first = np.arange(len(c))[:, None] * 4
    triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    return Surface(c.reshape(-1, 3), np.repeat(normal, 4, axis=0), np.asarray(uvs, dtype=np.float64).reshape(-1, 2), triangles)


def with_area(corners: ArrayLike) -> Points:
    """Return those quads (N, 4, 3) that have an area (more than 1 square centimetre)."""
    c = np.asarray(corners, dtype=np.float64)
    return np.asarray(c[np.linalg.norm(np.cross(c[:, 2] - c[:, 0], c[:, 3] - c[:, 1]), axis=1) > 2e-4])


_BOX_BITS = ((np.arange(8)[:, None] >> np.arange(3)) & 1).astype(np.float64)
_BOX_FACES = np.array([[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]])
"""Corner numbers (x + 2 y + 4 z bits) of the faces -x, +x, -y, +y, -z, +z, outside up."""


def box_corners(low: ArrayLike, high: ArrayLike, faces: str = "xXyYzZ") -> Points:
    """Return the sides of axis-aligned boxes as quads (N, 4, 3); `low` and `high` (N, 3) or (3,).

    `faces` names the sides to make (capital: positive).
    """
    lo = np.asarray(low, dtype=np.float64).reshape(-1, 1, 3)
    hi = np.asarray(high, dtype=np.float64).reshape(-1, 1, 3)
    corners = lo + (hi - lo) * _BOX_BITS
    return corners[:, _BOX_FACES[["xXyYzZ".index(f) for f in faces]]].reshape(-1, 4, 3)


def boxes(low: ArrayLike, high: ArrayLike, faces: str = "xXyYzZ") -> Surface:
    """Return axis-aligned boxes; see `box_corners`."""
    return quads(box_corners(low, high, faces))


def box(centre: ArrayLike, size: ArrayLike, faces: str = "xXyYzZ") -> Surface:
    """Return one box by its centre and full size."""
    c, s = np.asarray(centre, dtype=np.float64), np.asarray(size, dtype=np.float64) / 2
    return boxes(c - s, c + s, faces)


def grid(points: ArrayLike, closed: bool = False, cells: NDArray[np.bool_] | None = None) -> Surface:
    """Return the smooth surface through points (U, V, 3); its outside is d/du x d/dv.

    `closed` joins the last column to the first. `cells` (U-1, V-1), or (U-1, V) when closed, chooses which quads to keep;
    normals always come from the whole grid, so that neighbouring panels shade as one.
    """
    p = np.asarray(points, dtype=np.float64)
    around = np.concatenate([p, p[:, :1]], axis=1) if closed else p
    normals = _grid_normals(around, closed)
    rows, columns = around.shape[:2]
    uvs = _grid_uvs(around)
    index = np.arange(rows * columns).reshape(rows, columns)
    corner = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    kept = corner.reshape(-1, 4) if cells is None else corner[cells]
    triangles = np.concatenate([kept[:, [0, 1, 2]], kept[:, [0, 2, 3]]])
    return compacted(Surface(around.reshape(-1, 3), normals.reshape(-1, 3), uvs.reshape(-1, 2), triangles))


def compacted(surface: Surface) -> Surface:
    """Return the surface without degenerate triangles and unused vertices."""
    p, t = surface.positions, surface.triangles
    area = np.linalg.norm(np.cross(p[t[:, 1]] - p[t[:, 0]], p[t[:, 2]] - p[t[:, 0]]), axis=1)
    t = t[area > 1e-9]
    used, new = np.unique(t, return_inverse=True)
    return Surface(p[used], surface.normals[used], surface.uvs[used], new.reshape(-1, 3))


def _grid_normals(p: Points, closed: bool) -> Points:
    """Area-weighted normals of a grid; the seam of a closed one is smooth."""
    face = np.cross(p[1:, 1:] - p[:-1, :-1], p[:-1, 1:] - p[1:, :-1])
    sums = np.zeros_like(p)
    for i, j in (
        (slice(None, -1), slice(None, -1)),
        (slice(1, None), slice(None, -1)),
        (slice(None, -1), slice(1, None)),
        (slice(1, None), slice(1, None)),
    ):
        sums[i, j] += face
    if closed:
        sums[:, 0] = sums[:, -1] = sums[:, 0] + sums[:, -1]
    return _unit(sums)


def _grid_uvs(p: Points) -> Points:
    along = np.linalg.norm(np.diff(p, axis=1), axis=-1).mean(axis=0)
    up = np.linalg.norm(np.diff(p, axis=0), axis=-1).mean(axis=1)
    u = np.concatenate([[0.0], np.cumsum(along)])
    v = np.concatenate([[0.0], np.cumsum(up)])
    return np.stack(np.meshgrid(u, v), axis=-1)


def revolved(profile: ArrayLike, sides: int, axis: str = "z") -> Surface:
    """Return a solid of revolution; profile (N, 2) of (radius, height along the axis), walked with the outside on the right.

    A profile that rises along the axis at a radius above zero faces outwards.
    """
    r, h = np.asarray(profile, dtype=np.float64).T
    angle = np.linspace(0, 2 * math.pi, sides, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    points = np.concatenate([r[:, None, None] * ring[None], np.broadcast_to(h[:, None, None], (len(r), sides, 1))], axis=-1)
    turned = grid(points.transpose(0, 1, 2)[:, ::-1], closed=True)
    order = {"z": (0, 1, 2), "x": (2, 0, 1), "y": (1, 2, 0)}[axis]
    return Surface(turned.positions[:, order], turned.normals[:, order], turned.uvs, turned.triangles)


def cylinder(radius: float, low: float, high: float, sides: int, top_radius: float | None = None) -> Surface:
    """Return a closed upright cylinder or cone frustum about the z axis, with hard edges."""
    top = radius if top_radius is None else top_radius
    parts = [((0.0, low), (radius, low)), ((radius, low), (top, high)), ((top, high), (0.0, high))]
    return joined([revolved(p, sides) for p in parts if p[0][0] > 0 or p[1][0] > 0])


def tube(path: ArrayLike, radii: ArrayLike, sides: int, flatten: float = 1.0, caps: bool = True) -> Surface:
    """Return a tube along points (N, 3) with radii (N,) or one radius; `flatten` scales it along its sideways axis."""
    p = np.asarray(path, dtype=np.float64)
    r = np.broadcast_to(np.asarray(radii, dtype=np.float64), (len(p),))
    along = _unit(np.gradient(p, axis=0))
    reference = np.array([1.0, 0.0, 0.0]) if abs(along[:, 0]).max() < 0.9 else np.array([0.0, 1.0, 0.0])
    side = _unit(np.cross(along, reference))
    up = np.cross(side, along)
    angle = np.linspace(0, 2 * math.pi, sides, endpoint=False)
    ring = flatten * np.cos(angle)[None, :, None] * side[:, None] + np.sin(angle)[None, :, None] * up[:, None]
    points = p[:, None] + r[:, None, None] * ring
    if caps:
        points = np.concatenate([np.broadcast_to(p[0], (1, sides, 3)), points, np.broadcast_to(p[-1], (1, sides, 3))])
    return grid(points, closed=True)


def ellipsoid(centre: ArrayLike, radii: ArrayLike, rows: int, sides: int, top: float = 1.0, bottom: float = -1.0) -> Surface:
    """Return an ellipsoid, or the zone of it between two fractions of its height (-1 to 1)."""
    latitude = np.linspace(math.asin(bottom), math.asin(top), rows)
    angle = np.linspace(0, -2 * math.pi, sides, endpoint=False)
    unit = np.stack(
        [
            np.cos(latitude)[:, None] * np.cos(angle),
            np.cos(latitude)[:, None] * np.sin(angle),
            np.broadcast_to(np.sin(latitude)[:, None], (rows, sides)),
        ],
        axis=-1,
    )
    return grid(np.asarray(centre) + unit * np.asarray(radii), closed=True)


def prism(outline: ArrayLike, low: float, high: float) -> Surface:
    """Return an upright prism over a convex outline (N, 2) given counter-clockwise in (x, y) algebraically."""
    o = np.asarray(outline, dtype=np.float64)
    low_ring, high_ring = (np.concatenate([o, np.full((len(o), 1), z)], axis=1) for z in (low, high))
    nxt = np.roll(np.arange(len(o)), -1)
    walls = quads(np.stack([low_ring, low_ring[nxt], high_ring[nxt], high_ring], axis=1))
    return joined([walls, polygon(high_ring), polygon(low_ring[::-1])])


def polygon(points: ArrayLike) -> Surface:
    """Return a flat convex polygon (N, 3) as a fan."""
    p = np.asarray(points, dtype=np.float64)
    normal = _unit(np.cross(p[1] - p[0], p[2] - p[0])[None])
    k = np.arange(1, len(p) - 1)
    flat = np.argsort(np.abs(normal[0]))[:2]
    return Surface(p, np.repeat(normal, len(p), axis=0), p[:, np.sort(flat)], np.stack([np.zeros_like(k), k, k + 1], axis=1))


def placed(x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw_deg: float = 0.0, scale: float = 1.0) -> Points:
    """Return the (4, 4) matrix that turns about z by CARLA's yaw, scales and moves."""
    c, s = math.cos(math.radians(yaw_deg)) * scale, math.sin(math.radians(yaw_deg)) * scale
    return np.array([[c, -s, 0, x], [s, c, 0, y], [0, 0, scale, z], [0, 0, 0, 1.0]])
