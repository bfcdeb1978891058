"""The still city for drawing: its mesh in square chunks, and its copies in square cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.meshes import ids_of_owners
from simgen.server.render.geometry import COMMAND, LEAST_SIZES_M, MOST_OWNERS, Geometry
from simgen.server.render.population import Bodies, Models, bounds
from simgen.server.render.surfaces import SurfaceClass
from simgen.server.scene import City, Mesh

CHUNK_M = 40.0
"""Side of the squares that the still city is cut into for culling."""

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class Chunks:
    """What is there once, in chunks of one surface class each, with its largest triangles first."""

    def __init__(self, geometry: Geometry, city: Mesh) -> None:
        a, b, c = (city.positions[city.triangles[:, k], :2] for k in range(3))
        self.layout, self._first_vertex = geometry.add(city, squares((a + b + c) / 3.0))
        lows, highs = np.moveaxis(self.layout.bounds.astype(np.float64), 1, 0)
        self.centres: Floats = (lows + highs) / 2.0
        self.extents: Floats = (highs - lows) / 2.0
        parts = [part for _, part in self.layout.parts]
        self._surface = np.array([part.surface for part in parts], dtype=np.int64)
        self._first = np.array([part.first_index for part in parts], dtype=np.int64)
        self._counts = np.array([part.counts() for part in parts], dtype=np.int64).reshape(-1, len(LEAST_SIZES_M))

    def commands(self, chunks: Indices, metres_per_pixel: Floats) -> dict[SurfaceClass, NDArray]:
        """Return the draws of `chunks` (C,) in their order, without the triangles smaller than a pixel there."""
        out = np.zeros(len(chunks), dtype=COMMAND)
        out["count"] = self._counts[chunks, levels(metres_per_pixel)]
        out["instances"] = 1
        out["first_index"] = self._first[chunks]
        out["base_vertex"] = self._first_vertex
        drawn = out["count"] > 0
        return {surface: out[drawn & (self._surface[chunks] == surface)] for surface in SurfaceClass}


@dataclass(frozen=True)
class Cells:
    """N still copies of shapes, those of one cell side by side."""

    bodies: Bodies
    owners: NDArray[np.uint32]
    """(N,) as `Mesh.owners`."""
    shown: NDArray[np.bool_]
    starts: Indices
    """(C + 1,) first copy of each cell."""
    centres: Floats
    """(C, 3) of boxes around all copies of a cell."""
    extents: Floats
    radii: Floats
    """(C,) of the largest copy."""

    @classmethod
    def of(cls, city: City, models: Models) -> Cells:
        kinds = [c for c in city.copies if len(c.world_from_shape)]
        index = np.array([models.index(c.shape) for c in kinds], dtype=np.int64)
        model = np.repeat(index, [len(c.world_from_shape) for c in kinds])
        matrices = np.concatenate([np.zeros((0, 4, 4)), *(c.world_from_shape for c in kinds)])
        centres, half_sizes, radii = bounds(matrices, model, models.table)
        square = squares(centres)
        order = np.argsort(square, kind="stable")
        used, lows, highs = bounds_by_square(centres - half_sizes, centres + half_sizes, square)
        tints = np.zeros((len(model), 4), dtype=np.uint8)
        tints[:, :3] = np.concatenate([np.zeros((0, 3), dtype=np.uint8), *(c.tints for c in kinds)])
        starts = np.searchsorted(square[order], used)
        largest = np.maximum.reduceat(radii[order], starts) if len(used) else np.zeros(0)
        owners = np.concatenate([np.zeros(0, dtype=np.uint32), *(c.owners for c in kinds)])[order]
        identities = np.zeros((len(model), 4), dtype=np.uint8)
        identities[:, :2] = ids_of_owners(city)[owners].astype("<u2").view(np.uint8).reshape(-1, 2)
        bodies = Bodies(model[order], matrices[order], centres[order], half_sizes[order], radii[order], tints[order], identities)
        boxes = (lows + highs) / 2.0, (highs - lows) / 2.0
        return cls(bodies, owners, np.ones(len(model), dtype=np.bool_), np.r_[starts, len(model)], *boxes, largest)

    def members(self, cells: NDArray[np.bool_]) -> Indices:
        """Return the shown copies of the chosen cells (C,)."""
        counts = np.diff(self.starts)
        return np.flatnonzero(np.repeat(cells, counts) & self.shown)


class Scenery:
    """The still city of a renderer."""

    def __init__(self, geometry: Geometry, models: Models, city: City) -> None:
        self._geometry = geometry
        self.chunks = Chunks(geometry, city.mesh)
        self.copies = Cells.of(city, models)
        self.revision = 0
        """Counts what is hidden or shown again."""
        self._numbers = {item.object_id: number for number, item in enumerate(city.objects, 1)}
        self._hidden: frozenset[int] = frozenset()

    def hide(self, hidden: frozenset[int]) -> None:
        """Show all still objects but those with `hidden` ids."""
        if hidden == self._hidden:
            return
        numbers = [self._numbers[object_id] for object_id in hidden if object_id in self._numbers]
        shown = np.ones(1 + len(self._numbers), dtype=np.bool_)
        shown[numbers] = False
        self._geometry.show(self.chunks.layout, shown[self.chunks.layout.owners])
        self.copies.shown[:] = shown[self.copies.owners]
        self._hidden, self.revision = hidden, self.revision + 1

    def wear(self, layers: Mapping[int, int]) -> None:
        """Put textures on copies: `layers` by owner number, all others none."""
        table = np.zeros(MOST_OWNERS, dtype=np.uint8)
        for number, layer in layers.items():
            table[number] = layer
        self.copies.bodies.tints[:, 3] = table[np.minimum(self.copies.owners, MOST_OWNERS - 1)]


def squares(points: NDArray[np.floating]) -> Indices:
    """Return a number (N,) for the square of `CHUNK_M` that each point stands in, small for towns of a sensible size."""
    cells = np.floor(points[:, :2] / CHUNK_M).astype(np.int64)
    cells -= cells.min(axis=0, initial=np.iinfo(np.int64).max) if len(cells) else 0
    return cells[:, 0] * (int(cells[:, 1].max(initial=0)) + 1) + cells[:, 1]


def bounds_by_square(lows: Floats, highs: Floats, square: Indices) -> tuple[Indices, Floats, Floats]:
    """Return (the squares in use (C,), their least and their greatest corners (C, 3)) of boxes (N, 3)."""
    if not len(square):
        return np.zeros(0, dtype=np.int64), np.zeros((0, 3)), np.zeros((0, 3))
    order = np.argsort(square, kind="stable")
    used, starts = np.unique(square[order], return_index=True)
    return used, np.minimum.reduceat(lows[order], starts), np.maximum.reduceat(highs[order], starts)


def levels(metres_per_pixel: Floats) -> Indices:
    """Return the step of `LEAST_SIZES_M` below which triangles are smaller than a pixel."""
    return np.clip(np.searchsorted(LEAST_SIZES_M, metres_per_pixel, side="right") - 1, 0, None)
