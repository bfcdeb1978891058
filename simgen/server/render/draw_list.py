"""What one pass draws: the chunks and instances that its view can see, as indirect commands grouped by surface class."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simgen.server.render.city_chunks import Scenery, levels
from simgen.server.render.geometry import COMMAND, INSTANCE
from simgen.server.render.hidden import Curtain
from simgen.server.render.population import Bodies, Models, ModelTable, Population
from simgen.server.render.projection import Projection
from simgen.server.render.surfaces import SurfaceClass

FAR_M = 35.0
"""From here on coarser models are drawn; scaled by the field of view."""

CASTER_M = 0.002
"""Casters smaller than this share of a shadow cascade's radius, one texel of it, throw none."""

_STILL = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=np.float32)

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class DrawList:
    """One pass: upload `instances` and `commands`, then draw each class's range."""

    instances: NDArray
    commands: NDArray
    ranges: dict[SurfaceClass, tuple[int, int]]
    """First command and number of commands."""
    bodies: Bodies
    """What stands behind instances 1, 2, ...; instance 0 is the city."""
    members: Indices
    """Which of the population each of them is; -1 for still copies."""


@dataclass(frozen=True)
class _Choice:
    """Some bodies: which of the population (-1 none), as which model in which detail, how far away."""

    bodies: Bodies
    members: Indices
    distances: Floats
    levels: Indices

    def sorted(self) -> _Choice:
        """Return the choice with what one command draws side by side, near ones first."""
        order = np.lexsort((self.distances, self.levels, self.bodies.models))
        return _Choice(self.bodies.take(order), self.members[order], self.distances[order], self.levels[order])

    def runs(self) -> tuple[Indices, Indices]:
        """Return (starts, stops) of runs of one model and detail, the run with the nearest body first."""
        change = (np.diff(self.bodies.models) != 0) | (np.diff(self.levels) != 0)
        starts = np.flatnonzero(np.r_[True, change]) if len(self.levels) else np.zeros(0, dtype=np.int64)
        stops = np.r_[starts[1:], len(self.levels)][: len(starts)]
        order = np.argsort(self.distances[starts], kind="stable")
        return starts[order], stops[order]

    def commands(self, table: ModelTable) -> tuple[NDArray, Indices]:
        """Return the draws, and the surface class of each."""
        starts, stops = self.runs()
        model = self.bodies.models[starts]
        first = table.first_parts[model]
        counts = table.first_parts[model + 1] - first
        run = np.repeat(np.arange(len(starts)), counts)
        part = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(len(run))
        out = np.zeros(len(run), dtype=COMMAND)
        out["count"] = table.counts[part, self.levels[starts][run]]
        out["instances"] = (stops - starts)[run]
        out["first_index"] = table.first_indices[part]
        out["base_vertex"] = table.first_vertices[model][run]
        out["base_instance"] = starts[run] + 1
        return out, table.surfaces[part]


@dataclass(frozen=True)
class Sight:
    """What a camera may see: chunks of the city and bodies, with how far away they begin."""

    scenery: Scenery
    models: Models
    projection: Projection
    population: Population
    chunks: Indices
    gaps: Floats
    moving: Indices
    """Which of the population."""
    still: Indices
    """Which of the still copies."""
    spans: _Spans
    """Of the moving ones, then of the still ones."""

    @classmethod
    def of(cls, scenery: Scenery, models: Models, population: Population, projection: Projection) -> Sight:
        chunks = np.flatnonzero(projection.sees_boxes(scenery.chunks.centres, scenery.chunks.extents))
        gaps = _gaps(scenery.chunks.centres[chunks], scenery.chunks.extents[chunks], projection.origin)
        moving = np.flatnonzero(projection.sees_spheres(population.centres, population.radii))
        still = _seen_copies(scenery, projection)
        spans = _Spans.of(population, moving, scenery.copies.bodies, still, projection.origin)
        return cls(scenery, models, projection, population, chunks, gaps, moving, still, spans)

    def some(self, chunks: NDArray[np.bool_], bodies: NDArray[np.bool_]) -> Sight:
        """Return the chosen part of it."""
        moving, still = np.split(bodies, [len(self.moving)])
        return replace(
            self,
            chunks=self.chunks[chunks],
            gaps=self.gaps[chunks],
            moving=self.moving[moving],
            still=self.still[still],
            spans=self.spans.some(np.flatnonzero(bodies)),
        )

    def split(self, distance_m: float) -> tuple[Sight, Sight]:
        """Return what begins nearer than that, and the rest."""
        chunks, bodies = self.gaps < distance_m, self.spans.distances - self.spans.radii < distance_m
        return self.some(chunks, bodies), self.some(~chunks, ~bodies)

    def behind(self, curtain: Curtain) -> Sight:
        """Return what shows behind what is drawn already."""
        boxes = self.scenery.chunks
        chunks = curtain.hides_boxes(boxes.centres[self.chunks], boxes.extents[self.chunks])
        return self.some(~chunks, ~curtain.hides_boxes(self.spans.centres, self.spans.half_sizes))

    def __len__(self) -> int:
        return len(self.chunks) + len(self.moving) + len(self.still)

    def drawn(self) -> DrawList:
        """Return the draws, near things first."""
        projection, distances = self.projection, self.spans.distances
        order = np.argsort(self.gaps, kind="stable")
        city = self.scenery.chunks.commands(self.chunks[order], self.gaps[order] * projection.pixel)
        own = self.population.take(self.moving).and_also(self.scenery.copies.bodies.take(self.still))
        members = np.concatenate([self.moving, np.full(len(self.still), -1)])
        table = self.models.table
        far = distances * min(1.0, projection.tangent_x) > FAR_M
        bodies = replace(own, models=np.where(far, table.far[own.models], own.models))
        detail = levels(np.maximum(distances - self.spans.radii, 0.0) * projection.pixel)
        return _listed(city, table, _Choice(bodies, members, distances, detail), projection.origin)


@dataclass(frozen=True)
class _Spans:
    """Where N bodies are, for culling."""

    centres: Floats
    half_sizes: Floats
    radii: Floats
    distances: Floats
    """Of the middles from the camera."""

    @classmethod
    def of(cls, population: Population, moving: Indices, copies: Bodies, still: Indices, origin: Floats) -> _Spans:
        fields = ("centres", "half_sizes", "radii")
        centres, half_sizes, radii = (np.concatenate([getattr(population, f)[moving], getattr(copies, f)[still]]) for f in fields)
        return cls(centres, half_sizes, radii, np.linalg.norm(centres - origin, axis=1))

    def some(self, which: Indices) -> _Spans:
        return _Spans(self.centres[which], self.half_sizes[which], self.radii[which], self.distances[which])


def visible(scenery: Scenery, models: Models, population: Population, projection: Projection) -> DrawList:
    """Return all that a camera may see, near things first."""
    return Sight.of(scenery, models, population, projection).drawn()


def _seen_copies(scenery: Scenery, projection: Projection) -> Indices:
    """Return the still copies in view that are larger than a pixel."""
    copies, origin = scenery.copies, projection.origin
    cells = projection.sees_boxes(copies.centres, copies.extents)
    cells &= 2.0 * copies.radii > _gaps(copies.centres, copies.extents, origin) * projection.pixel
    near = copies.members(cells)
    centres, radii = copies.bodies.centres[near], copies.bodies.radii[near]
    large = 2.0 * radii > np.linalg.norm(centres - origin, axis=1) * projection.pixel
    return near[large & projection.sees_spheres(centres, radii)]


def _gaps(centres: Floats, extents: Floats, origin: Floats) -> Floats:
    """Return how far (N,) boxes are from a point, 0 from within."""
    return np.asarray(np.linalg.norm(np.maximum(np.abs(centres - origin) - extents, 0.0), axis=1))


@dataclass(frozen=True)
class Beam:
    """The cylinder of sunlight that falls on the sphere about `centre`."""

    centre: Floats
    sun: Floats
    radius: float

    def meets(self, centres: Floats, radii: Floats) -> NDArray[np.bool_]:
        """Return which spheres (N, 3), (N,) reach into the beam."""
        relative = centres - self.centre
        across = relative - (relative @ self.sun)[:, None] * self.sun
        return np.asarray(np.linalg.norm(across, axis=1) <= radii + self.radius, dtype=np.bool_)


def still_casters(scenery: Scenery, models: Models, population: Population, beam: Beam) -> DrawList:
    """Return the parts of the city that may throw a shadow within the beam."""
    chunks = np.flatnonzero(beam.meets(scenery.chunks.centres, np.linalg.norm(scenery.chunks.extents, axis=1)))
    city = scenery.chunks.commands(chunks, np.full(len(chunks), beam.radius * CASTER_M))
    copies = scenery.copies
    near = copies.members(beam.meets(copies.centres, np.linalg.norm(copies.extents, axis=1)))
    near = near[beam.meets(copies.bodies.centres[near], copies.bodies.radii[near])]
    return _cast(city, models.table, copies.bodies.take(near), beam)


def moving_casters(scenery: Scenery, models: Models, population: Population, beam: Beam) -> DrawList:
    """Return the placed shapes that may throw a shadow within the beam."""
    return _cast({}, models.table, population.take(np.flatnonzero(beam.meets(population.centres, population.radii))), beam)


def _cast(city: dict[SurfaceClass, NDArray], table: ModelTable, bodies: Bodies, beam: Beam) -> DrawList:
    """Return the draws of casters; their coarse models cast."""
    coarse = replace(bodies, models=table.far[bodies.models])
    detail = levels(np.full(len(bodies), beam.radius * CASTER_M))
    return _listed(city, table, _Choice(coarse, np.full(len(bodies), -1), np.zeros(len(bodies)), detail), beam.centre)


def rows_from(matrices: Floats, origin: Floats) -> NDArray[np.float32]:
    """Return (N, 3, 4) float32 rows of (N, 4, 4) poses, relative to `origin`."""
    rows = matrices[:, :3].copy()
    rows[:, :, 3] -= origin
    return rows.astype(np.float32)


def _listed(city: dict[SurfaceClass, NDArray], table: ModelTable, choice: _Choice, origin: Floats) -> DrawList:
    choice = choice.sorted()
    drawn, surfaces = choice.commands(table)
    none = np.zeros(0, dtype=COMMAND)
    blocks = [np.concatenate([drawn[surfaces == s], city.get(s, none)]) for s in SurfaceClass]
    firsts = np.cumsum([0, *(len(block) for block in blocks)])
    ranges = {surface: (int(firsts[surface]), len(blocks[surface])) for surface in SurfaceClass}
    return DrawList(_instances(choice.bodies, origin), np.concatenate(blocks), ranges, choice.bodies, choice.members)


def _instances(bodies: Bodies, origin: Floats) -> NDArray:
    out = np.zeros(1 + len(bodies), dtype=INSTANCE)
    out["rows"][0] = _STILL
    out["rows"][0, :, 3] = -origin
    out["tint"][0, :3] = 255
    out["rows"][1:] = rows_from(bodies.matrices, origin)
    out["tint"][1:] = bodies.tints
    out["identity"][1:] = bodies.identities
    return out
