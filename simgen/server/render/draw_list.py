"""What one pass draws: the chunks and instances that its view can see, as indirect commands grouped by surface class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.render.geometry import COMMAND, INSTANCE, Geometry, Part
from simgen.server.render.population import Models, Population
from simgen.server.render.projection import Projection
from simgen.server.render.surfaces import SurfaceClass
from simgen.server.scene import Mesh

CHUNK_M = 40.0
"""Side of the squares that the still city is cut into for culling."""

FAR_M = 35.0
"""From here on coarser models are drawn; scaled by the field of view."""

LEAST_SIZES_M = np.array([0.0, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.57, 0.8, 1.13, 1.6])
"""Steps of the size below which a chunk's triangles are left out."""

_STILL = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=np.float32)


class Scenery:
    """The still city in chunks."""

    def __init__(self, geometry: Geometry, city: Mesh) -> None:
        corners = city.positions[city.triangles].astype(np.float64) if len(city.triangles) else np.zeros((0, 3, 3))
        chunks = _chunks(corners.mean(axis=1))
        used, lows, highs = _bounds_by_chunk(corners, chunks)
        self.centres: NDArray[np.float64] = (lows + highs) / 2.0
        self.extents: NDArray[np.float64] = (highs - lows) / 2.0
        parts = geometry.add(city, chunks)
        self._chunk = np.searchsorted(used, np.array([chunk for chunk, _ in parts], dtype=np.int64))
        self._surface = np.array([part.surface for _, part in parts], dtype=np.int64)
        self._first = np.array([part.first_index for _, part in parts], dtype=np.int64)
        self._counts = np.array([_larger(part) for _, part in parts], dtype=np.int64).reshape(-1, len(LEAST_SIZES_M))

    def commands(self, chunks: NDArray[np.int64], metres_per_pixel: NDArray[np.float64]) -> dict[SurfaceClass, NDArray]:
        """Return the draws of `chunks` (C,) in their order, without the triangles smaller than a pixel there."""
        place = np.full(len(self.centres), -1)
        place[chunks] = np.arange(len(chunks))
        level = np.searchsorted(LEAST_SIZES_M, metres_per_pixel, side="right") - 1
        parts = np.flatnonzero(place[self._chunk] >= 0)
        parts = parts[np.argsort(place[self._chunk[parts]], kind="stable")]
        out = np.zeros(len(parts), dtype=COMMAND)
        out["count"] = self._counts[parts, level[place[self._chunk[parts]]]]
        out["instances"] = 1
        out["first_index"] = self._first[parts]
        drawn = out["count"] > 0
        return {surface: out[drawn & (self._surface[parts] == surface)] for surface in SurfaceClass}


def _bounds_by_chunk(
    corners: NDArray[np.float64], chunks: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (the chunks in use (C,), their least and their greatest corners (C, 3)) of triangles (T, 3, 3)."""
    if not len(chunks):
        return np.zeros(0, dtype=np.int64), np.zeros((0, 3)), np.zeros((0, 3))
    order = np.argsort(chunks, kind="stable")
    used, starts = np.unique(chunks[order], return_index=True)
    lows, highs = corners.min(axis=1)[order], corners.max(axis=1)[order]
    return used, np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts)


@dataclass(frozen=True)
class DrawList:
    """One pass: upload `instances` and `commands`, then draw each class's range."""

    instances: NDArray
    commands: NDArray
    ranges: dict[SurfaceClass, tuple[int, int]]
    """First command and number of commands."""
    chosen: NDArray[np.int64]
    """Which of the population stand behind instances 1, 2, ...; instance 0 is the city."""


@dataclass(frozen=True)
class _Choice:
    """Some of the population: who, as which model, how far away."""

    members: NDArray[np.int64]
    models: NDArray[np.int64]
    distances: NDArray[np.float64]

    @classmethod
    def nobody(cls) -> _Choice:
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))

    def sorted(self) -> _Choice:
        """Return the choice with equal models side by side, near ones first."""
        order = np.lexsort((self.distances, self.models))
        return _Choice(self.members[order], self.models[order], self.distances[order])

    def runs(self) -> list[tuple[int, int, int]]:
        """Return (model, start, stop) of runs of equal models, the run with the nearest member first."""
        if not len(self.models):
            return []
        starts = np.r_[0, np.flatnonzero(np.diff(self.models)) + 1]
        stops = np.r_[starts[1:], len(self.models)]
        order = np.argsort(self.distances[starts], kind="stable")
        return [(int(self.models[starts[i]]), int(starts[i]), int(stops[i])) for i in order]


def visible(scenery: Scenery, models: Models, population: Population, projection: Projection) -> DrawList:
    """Return what a camera sees, near things first."""
    origin = projection.origin
    chunks = np.flatnonzero(projection.sees_boxes(scenery.centres, scenery.extents))
    gaps = np.linalg.norm(np.maximum(np.abs(scenery.centres[chunks] - origin) - scenery.extents[chunks], 0.0), axis=1)
    order = np.argsort(gaps, kind="stable")
    city = scenery.commands(chunks[order], gaps[order] * 2.0 * projection.tangent_x / projection.width)
    seen = np.flatnonzero(projection.sees_spheres(population.centres, population.radii))
    distances = np.linalg.norm(population.centres[seen] - origin, axis=1)
    own = population.models[seen]
    drawn = np.where(distances * min(1.0, projection.tangent_x) > FAR_M, models.far_indices()[own], own)
    return _listed(city, models, population, _Choice(seen, drawn, distances), origin)


@dataclass(frozen=True)
class Beam:
    """The cylinder of sunlight that falls on the sphere about `centre`."""

    centre: NDArray[np.float64]
    sun: NDArray[np.float64]
    radius: float

    def meets(self, centres: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which spheres (N, 3), (N,) reach into the beam."""
        relative = centres - self.centre
        across = relative - (relative @ self.sun)[:, None] * self.sun
        return np.asarray(np.linalg.norm(across, axis=1) <= radii + self.radius, dtype=np.bool_)


def still_casters(scenery: Scenery, models: Models, population: Population, beam: Beam) -> DrawList:
    """Return the parts of the city that may throw a shadow within the beam."""
    chunks = np.flatnonzero(beam.meets(scenery.centres, np.linalg.norm(scenery.extents, axis=1)))
    return _listed(scenery.commands(chunks, np.zeros(len(chunks))), models, population, _Choice.nobody(), beam.centre)


def moving_casters(scenery: Scenery, models: Models, population: Population, beam: Beam) -> DrawList:
    """Return the placed shapes that may throw a shadow within the beam; their coarse models do."""
    cast = np.flatnonzero(beam.meets(population.centres, population.radii))
    drawn = models.far_indices()[population.models[cast]]
    return _listed({}, models, population, _Choice(cast, drawn, np.zeros(len(cast))), beam.centre)


def rows_from(matrices: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (N, 3, 4) float32 rows of (N, 4, 4) poses, relative to `origin`."""
    rows = matrices[:, :3].copy()
    rows[:, :, 3] -= origin
    return rows.astype(np.float32)


def _chunks(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    cell = np.floor(centres[:, :2] / CHUNK_M).astype(np.int64)
    cell -= cell.min(axis=0, initial=0)
    return cell[:, 0] * (int(cell[:, 1].max(initial=0)) + 1) + cell[:, 1]


def _larger(part: Part) -> NDArray[np.int64]:
    """Return how many indices of a part belong to triangles of at least each of `LEAST_SIZES_M`."""
    return 3 * (len(part.sizes) - np.searchsorted(part.sizes[::-1], LEAST_SIZES_M))


def _listed(
    city: dict[SurfaceClass, NDArray], models: Models, population: Population, choice: _Choice, origin: NDArray[np.float64]
) -> DrawList:
    choice = choice.sorted()
    rows: dict[SurfaceClass, list[tuple[int, int, int, int, int]]] = {surface: [] for surface in SurfaceClass}
    for model, start, stop in choice.runs():
        for part in models[model].parts:
            rows[part.surface].append((part.count, stop - start, part.first_index, 0, start + 1))
    none = np.zeros(0, dtype=COMMAND)
    blocks = [np.concatenate([np.array(rows[s], dtype=COMMAND), city.get(s, none)]) for s in SurfaceClass]
    firsts = np.cumsum([0, *(len(block) for block in blocks)])
    ranges = {surface: (int(firsts[surface]), len(blocks[surface])) for surface in SurfaceClass}
    return DrawList(_instances(population, choice.members, origin), np.concatenate(blocks), ranges, choice.members)


def _instances(population: Population, members: NDArray[np.int64], origin: NDArray[np.float64]) -> NDArray:
    out = np.zeros(1 + len(members), dtype=INSTANCE)
    out["rows"][0] = _STILL
    out["rows"][0, :, 3] = -origin
    out["tint"][0] = 255
    out["rows"][1:] = rows_from(population.matrices[members], origin)
    out["tint"][1:] = population.tints[members]
    out["identity"][1:] = population.identities[members]
    return out
