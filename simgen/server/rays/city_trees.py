"""Search trees of the still city around where rays start.

A whole town of trees and fences takes seconds and gigabytes to put into one tree. So there is a tree for each square that rays
start in: copies near the square as they are, farther ones in their coarse version (as cameras draw them from afar), and none
beyond the rays' range. A car that drives has a new tree made every few seconds; where the rays start decides which tree
answers, and nothing else does.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from open3d.t.geometry import RaycastingScene

from simgen.server.meshes import ids_of_owners, owners_of
from simgen.server.rays.target import Met, cast_rays, tree_of
from simgen.server.scene import City, Copies, Mesh, Placed, ShapeLibrary

FAR = "/far"
CELL_M = 32.0
"""Side of the squares."""
NEAR_M = 48.0
"""Copies at least so near to a ray's start are never the coarse version."""
REACH_STEP_M = 64.0
MOST_TRIANGLES = 4_000_000
"""Of the trees that are kept, the latest used longest; a million takes about 150 MB."""

_HALF_DIAGONAL_M = CELL_M / 2.0 * 2.0**0.5

Floats = NDArray[np.float64]
Key = tuple[int, int, float, float, frozenset[int]]


@dataclass(frozen=True)
class Looks:
    """What L different triangles are: those of the city's mesh, then those of each shape of the library."""

    tags: NDArray[np.uint8]
    materials: NDArray[np.uint8]
    colors: NDArray[np.uint8]
    """(L, 3)"""
    tinted: NDArray[np.bool_]
    owners: NDArray[np.uint32]
    """(L,) of the city's mesh, 0 for shapes."""

    @classmethod
    def of(cls, meshes: list[Mesh]) -> Looks:
        first = [mesh.triangles[:, 0] for mesh in meshes]

        def joined(name: str) -> NDArray:
            return np.concatenate([getattr(mesh, name)[f] for mesh, f in zip(meshes, first, strict=True)])

        owners = np.concatenate([owners_of(mesh)[f] for mesh, f in zip(meshes, first, strict=True)])
        return cls(joined("tags"), joined("materials"), joined("colors"), joined("tinted"), owners)


@dataclass(frozen=True)
class CityTree:
    """A tree of T triangles in P pieces: a part of the city's mesh, and copies."""

    scene: RaycastingScene | None
    looks: Looks
    look: NDArray[np.int32]
    """(T,) places in `looks`."""
    piece: NDArray[np.int32]
    """(T,)"""
    owner_of_piece: NDArray[np.uint32]
    """(P,) 0 for the mesh, whose `looks` know."""
    tint_of_piece: NDArray[np.uint8]
    """(P, 3)"""

    def cast(self, rays: NDArray[np.float32]) -> Met:
        return cast_rays(self.scene, rays)

    def owners(self, triangle: NDArray) -> NDArray[np.uint32]:
        """Return the owner numbers (N,) of triangles (N,)."""
        return np.maximum(self.looks.owners[self.look[triangle]], self.owner_of_piece[self.piece[triangle]])

    def colors(self, triangle: NDArray) -> NDArray[np.uint8]:
        """Return the (N, 3) sRGB of triangles (N,), tints applied."""
        look = self.look[triangle]
        color, tinted = self.looks.colors[look], np.flatnonzero(self.looks.tinted[look])
        tint = self.tint_of_piece[self.piece[triangle[tinted]]] / np.float32(255.0)
        color[tinted] = np.rint(color[tinted] * tint)
        return color


class CityTrees:
    """Makes trees when rays first start in a square. Safe to use from several threads."""

    def __init__(self, city: City, shapes: ShapeLibrary) -> None:
        self._city = city
        self._kinds = [_Kind.of(kind, shapes) for kind in city.copies if len(kind.world_from_shape)]
        meshes = [city.mesh, *(mesh for kind in self._kinds for mesh in (kind.near, kind.far))]
        self._looks = Looks.of(meshes)
        self._first_look = np.cumsum([0, *(len(mesh.triangles) for mesh in meshes)])
        corners = city.mesh.positions[city.mesh.triangles][..., :2] if len(city.mesh.triangles) else np.zeros((0, 3, 2), np.float32)
        self._low, self._high = corners.min(axis=1), corners.max(axis=1)
        self._numbers = {item.object_id: number for number, item in enumerate(city.objects, 1)}
        self.ids = ids_of_owners(city)
        """(1 + objects,) object id by owner number."""
        self._names = ["", *(item.name for item in city.objects)]
        self._by_name = sorted(self._kinds, key=lambda kind: kind.copies.shape)
        self._mesh: tuple[frozenset[int], CityTree] | None = None
        self._kept: OrderedDict[Key, CityTree] = OrderedDict()
        self._lock = threading.Lock()

    def around(self, origins: Floats, range_m: float, hidden: frozenset[int]) -> CityTree:
        """Return the tree for rays from `origins` (N, 3) as far as `range_m`, without the objects with `hidden` ids."""
        middle = origins[0] if len(origins) == 1 else origins.mean(axis=0)
        spread = float(np.abs(origins - middle).max()) if len(origins) > 1 else 0.0
        reach = float(np.ceil((range_m + spread + _HALF_DIAGONAL_M) / REACH_STEP_M) * REACH_STEP_M)
        near = NEAR_M + _HALF_DIAGONAL_M + float(np.ceil(min(spread, NEAR_M) / CELL_M) * CELL_M)
        column, row = (int(np.floor(v / CELL_M)) for v in middle[:2])
        key = (column, row, min(reach, 1e6), near, hidden)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._made(*key)
                while len(self._kept) > 1 and sum(len(tree.look) for tree in self._kept.values()) > MOST_TRIANGLES:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def mesh(self, hidden: frozenset[int]) -> CityTree:
        """Return the tree of what is there once, without copies."""
        with self._lock:
            if self._mesh is None or self._mesh[0] != hidden:
                self._mesh = (hidden, _joined([self._part_of_mesh(self._shown(hidden)[self._mesh_owners()])], self._looks))
            return self._mesh[1]

    def copies_near(self, origins: Floats, range_m: float, hidden: frozenset[int]) -> list[Placed]:
        """Return the copies that rays from `origins` (N, 3) may meet within `range_m`, those of one shape side by side."""
        middle = (origins.min(axis=0) + origins.max(axis=0)) / 2.0
        reach = range_m + float(np.linalg.norm(origins - middle, axis=1).max())
        shown, out = self._shown(hidden), []
        for kind in self._by_name:
            gap = np.linalg.norm(kind.centres - middle, axis=1) - kind.radii
            for k in np.flatnonzero((gap <= reach) & shown[kind.copies.owners]):
                owner, pose = kind.copies.owners[k], kind.copies.world_from_shape[k]
                red, green, blue = (int(v) for v in kind.copies.tints[k])
                out.append(Placed(int(self.ids[owner]), kind.copies.shape, pose, (red, green, blue), name=self._names[owner]))
        return out

    def _shown(self, hidden: frozenset[int]) -> NDArray[np.bool_]:
        """Return which owner numbers (1 + objects,) are to be seen."""
        shown = np.ones(1 + len(self._numbers), dtype=np.bool_)
        shown[[self._numbers[i] for i in hidden if i in self._numbers]] = False
        return shown

    def _mesh_owners(self) -> NDArray[np.uint32]:
        return self._looks.owners[: len(self._city.mesh.triangles)]

    def _part_of_mesh(self, chosen: NDArray[np.bool_]) -> _Pieces:
        kept, mesh = np.flatnonzero(chosen), self._city.mesh
        return _Pieces(mesh.positions[None], mesh.triangles[kept][None], kept, np.zeros(1, np.uint32), np.full((1, 3), 255, np.uint8))

    def _made(self, column: int, row: int, reach: float, near: float, hidden: frozenset[int]) -> CityTree:
        centre = (np.array([column, row]) + 0.5) * CELL_M
        shown = self._shown(hidden)
        inside = (self._low <= centre + reach).all(axis=1) & (self._high >= centre - reach).all(axis=1)
        pieces = [self._part_of_mesh(inside & shown[self._mesh_owners()])]
        for number, kind in enumerate(self._kinds):
            for far in (False, True):
                chosen = kind.chosen(centre, near, reach, far) & shown[kind.copies.owners]
                if chosen.any():
                    first = int(self._first_look[1 + 2 * number + far])
                    pieces.append(kind.pieces(np.flatnonzero(chosen), far, first))
        return _joined(pieces, self._looks)


@dataclass(frozen=True)
class _Kind:
    """One kind of copies, with the meshes it has near and far."""

    copies: Copies
    near: Mesh
    far: Mesh
    centres: Floats
    radii: Floats

    @classmethod
    def of(cls, copies: Copies, shapes: ShapeLibrary) -> _Kind:
        near = shapes.mesh(copies.shape)
        try:
            far = shapes.mesh(copies.shape + FAR)
        except KeyError:
            far = near
        low, high = near.bounds()
        matrices = copies.world_from_shape
        centres = matrices[:, :3, :3] @ ((low + high) / 2.0).astype(np.float64) + matrices[:, :3, 3]
        radii = float(np.linalg.norm(high - low)) / 2.0 * np.linalg.norm(matrices[:, :3, 0], axis=1)
        return cls(copies, near, far, centres, radii)

    def chosen(self, centre: Floats, near: float, reach: float, far: bool) -> NDArray[np.bool_]:
        gap = np.linalg.norm(self.centres[:, :2] - centre, axis=1) - self.radii
        return (gap >= near) & (gap <= reach * 2.0**0.5) if far else gap < min(near, reach * 2.0**0.5)

    def pieces(self, chosen: NDArray[np.int64], far: bool, first_look: int) -> _Pieces:
        mesh = self.far if far else self.near
        matrices = self.copies.world_from_shape[chosen]
        linear, shift = matrices[:, :3, :3].astype(np.float32), matrices[:, None, :3, 3].astype(np.float32)
        positions = mesh.positions @ np.swapaxes(linear, 1, 2) + shift
        triangles = np.broadcast_to(mesh.triangles, (len(chosen), *mesh.triangles.shape))
        look = first_look + np.arange(len(mesh.triangles))
        return _Pieces(positions, triangles, look, self.copies.owners[chosen], self.copies.tints[chosen])


@dataclass(frozen=True)
class _Pieces:
    """N pieces of V vertices and T triangles each."""

    positions: NDArray[np.float32]
    """(N, V, 3) world."""
    triangles: NDArray[np.uint32]
    """(N, T, 3) of the vertices of each."""
    look: NDArray[np.integer]
    """(T,)"""
    owners: NDArray[np.uint32]
    tints: NDArray[np.uint8]


def _joined(pieces: list[_Pieces], looks: Looks) -> CityTree:
    vertex, piece = 0, 0
    triangles, look, number = [], [], []
    for p in pieces:
        count, vertices = p.positions.shape[:2]
        first = (vertex + np.arange(count, dtype=np.uint32) * np.uint32(vertices)).astype(np.uint32)
        triangles.append((p.triangles + first[:, None, None]).reshape(-1, 3))
        look.append(np.tile(p.look.astype(np.int32), count))
        number.append(np.repeat(np.arange(piece, piece + count, dtype=np.int32), len(p.look)))
        vertex, piece = vertex + count * vertices, piece + count
    scene = tree_of(np.concatenate([p.positions.reshape(-1, 3) for p in pieces]), np.concatenate(triangles))
    owners, tints = np.concatenate([p.owners for p in pieces]), np.concatenate([p.tints for p in pieces])
    return CityTree(scene, looks, np.concatenate(look), np.concatenate(number), owners, tints)
