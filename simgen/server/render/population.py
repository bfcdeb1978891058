"""The moving shapes of a moment as arrays: poses, bounds, colours and ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simgen.server.render.geometry import LEAST_SIZES_M, Geometry, Layout
from simgen.server.render.surfaces import SurfaceClass
from simgen.server.scene import Material, Mesh, Moment, ShapeLibrary

FAR = "/far"
"""Suffix of the coarse version of a shape."""

KEPT_SHARES = ((16.0, 1.0, 0.9), (8.0, 0.9, 0.8), (0.0, 0.8, 0.6))
"""Pixels from which on a shape counts as that large, and so much of its area, and of its leaves' area, is drawn however small the
triangles get: crowns thin out a little from afar; a car whose smallest triangles are left out has holes, which show unless it is
some pixels long only."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A shape in the buffers."""

    layout: Layout
    first_vertex: int
    counts: NDArray[np.int64]
    """(parts, levels) indices to draw, by steps of `LEAST_SIZES_M`."""
    centre: Floats
    half_sizes: Floats
    """(3,) of the box around it, whose middle is the centre."""
    radius: float
    headlamp: Floats | None
    """(3,) middle of the headlamps, where the shape has any."""

    @classmethod
    def of(cls, mesh: Mesh, layout: Layout, first_vertex: int) -> Model:
        low, high = mesh.bounds()
        centre = (low.astype(np.float64) + high) / 2.0
        radius = float(np.linalg.norm(mesh.positions - centre, axis=1).max(initial=0.0))
        lamps = mesh.positions[mesh.materials == Material.HEADLAMP].astype(np.float64)
        solid, leaves = _kept_shares(2.0 * radius)
        counts = np.array([part.counts(leaves if part.surface == SurfaceClass.LEAF else solid) for _, part in layout.parts])
        counts = counts.reshape(-1, len(LEAST_SIZES_M))
        half_sizes = (high.astype(np.float64) - low) / 2.0
        return cls(layout, first_vertex, counts, centre, half_sizes, radius, lamps.mean(axis=0) if len(lamps) else None)


def _kept_shares(diameter: float) -> tuple[Floats, Floats]:
    """Return which share of a shape's area, and of its leaves' area, is drawn at each of `LEAST_SIZES_M` to the pixel."""
    pixels = diameter / np.maximum(LEAST_SIZES_M, 1e-9)
    step = (pixels[:, None] < np.array([least for least, _, _ in KEPT_SHARES])).sum(axis=1)
    return np.array([share for _, share, _ in KEPT_SHARES])[step], np.array([share for _, _, share in KEPT_SHARES])[step]


@dataclass(frozen=True)
class ModelTable:
    """All M models as arrays, and their P parts, those of one model side by side."""

    centres: Floats
    half_sizes: Floats
    """(M, 3)"""
    radii: Floats
    far: NDArray[np.int64]
    """(M,) the coarser model to draw from afar; its own where there is none."""
    layouts: NDArray[np.int64]
    """(M,) models of equal numbers are stored alike, vertex for vertex."""
    first_vertices: NDArray[np.int64]
    first_parts: NDArray[np.int64]
    """(M + 1,)"""
    surfaces: NDArray[np.int64]
    """(P,)"""
    first_indices: NDArray[np.int64]
    counts: NDArray[np.int64]
    """(P, levels)"""

    @classmethod
    def of(cls, models: list[Model], far: list[int]) -> ModelTable:
        parts = [part for model in models for _, part in model.layout.parts]
        none = np.zeros((0, len(LEAST_SIZES_M)), dtype=np.int64)
        return cls(
            np.array([m.centre for m in models]).reshape(-1, 3),
            np.array([m.half_sizes for m in models]).reshape(-1, 3),
            np.array([m.radius for m in models]),
            np.array(far, dtype=np.int64),
            np.array([m.layout.first_index for m in models], dtype=np.int64),
            np.array([m.first_vertex for m in models], dtype=np.int64),
            np.cumsum([0, *(len(m.layout.parts) for m in models)]),
            np.array([part.surface for part in parts], dtype=np.int64),
            np.array([part.first_index for part in parts], dtype=np.int64),
            np.concatenate([none, *(m.counts for m in models)]),
        )


class Models:
    """Shapes by index, appended to the geometry when first placed."""

    def __init__(self, geometry: Geometry, shapes: ShapeLibrary) -> None:
        self._geometry = geometry
        self._shapes = shapes
        self._index: dict[str, int] = {}
        self._kept: list[Model] = []
        self._far: list[int] = []
        self._layouts: dict[str, Layout] = {}
        """The latest of each family: the name before the first slash, and whether it is a coarse one."""
        self._table: ModelTable | None = None

    def index(self, shape: str) -> int:
        if shape not in self._index:
            self._add(shape)
        return self._index[shape]

    def __getitem__(self, index: int) -> Model:
        return self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def table(self) -> ModelTable:
        if self._table is None:
            self._table = ModelTable.of(self._kept, self._far)
        return self._table

    def _add(self, shape: str) -> None:
        own = self._keep(shape, self._shapes.mesh(shape))
        coarser = self._coarser(shape)
        if coarser is not None:
            self._far[own] = self._keep(shape + FAR, coarser)

    def _keep(self, shape: str, mesh: Mesh) -> int:
        family = shape.partition("/")[0] + (FAR if shape.endswith(FAR) else "")
        layout, first_vertex = self._geometry.add(mesh, like=self._layouts.get(family))
        self._layouts[family] = layout
        self._index[shape] = len(self._kept)
        self._far.append(len(self._kept))
        self._kept.append(Model.of(mesh, layout, first_vertex))
        self._table = None
        return len(self._kept) - 1

    def _coarser(self, shape: str) -> Mesh | None:
        try:
            return self._shapes.mesh(shape + FAR)
        except KeyError:
            return None


@dataclass(frozen=True)
class Bodies:
    """N posed shapes. What draws them neither knows nor minds whether they move."""

    models: NDArray[np.int64]
    matrices: Floats
    """(N, 4, 4) world_from_shape."""
    centres: Floats
    """(N, 3) of the boxes around them."""
    half_sizes: Floats
    """(N, 3) of those boxes, along the world's axes."""
    radii: Floats
    """(N,) around the centres."""
    tints: NDArray[np.uint8]
    """(N, 4) sRGB, and the layer of the texture that is worn (0 none)."""
    identities: NDArray[np.uint8]
    """(N, 4) id low, id high, light flags low, high."""

    def __len__(self) -> int:
        return len(self.models)

    def take(self, which: NDArray[np.int64]) -> Bodies:
        """Return the bodies of those numbers."""
        boxes = self.centres[which], self.half_sizes[which], self.radii[which]
        return Bodies(self.models[which], self.matrices[which], *boxes, self.tints[which], self.identities[which])

    def and_also(self, other: Bodies) -> Bodies:
        """Return these bodies and then the others."""
        return Bodies(
            np.concatenate([self.models, other.models]),
            np.concatenate([self.matrices, other.matrices]),
            np.concatenate([self.centres, other.centres]),
            np.concatenate([self.half_sizes, other.half_sizes]),
            np.concatenate([self.radii, other.radii]),
            np.concatenate([self.tints, other.tints]),
            np.concatenate([self.identities, other.identities]),
        )


@dataclass(frozen=True)
class Population(Bodies):
    """The placed shapes of one moment, in the order the moment lists them."""

    moment: Moment

    @cached_property
    def names(self) -> tuple[tuple[int, int], ...]:
        """(actor, how manieth of its shapes): finds the same part at another moment, whatever posture it has there."""
        seen: dict[int, int] = {}
        names = []
        for placed in self.moment.placed:
            seen[placed.actor_id] = seen.get(placed.actor_id, -1) + 1
            names.append((placed.actor_id, seen[placed.actor_id]))
        return tuple(names)


def populate(moment: Moment, models: Models, layers: Mapping[str, int] | None = None) -> Population:
    """Return the arrays of a moment's placed shapes; `layers` says which texture the objects of those names wear."""
    placed, worn = moment.placed, layers or {}
    index = np.array([models.index(p.shape) for p in placed], dtype=np.int64)
    matrices = np.array([p.world_from_shape for p in placed], dtype=np.float64).reshape(-1, 4, 4)
    tints = np.array([(*p.color, worn.get(p.name, 0) if p.name else 0) for p in placed], dtype=np.uint8).reshape(-1, 4)
    words = np.array([(p.actor_id & 0xFFFF, p.light_flags & 0xFFFF) for p in placed], dtype="<u2").reshape(-1, 2)
    return Population(index, matrices, *bounds(matrices, index, models.table), tints, words.view(np.uint8), moment)


def bounds(matrices: Floats, index: NDArray[np.int64], table: ModelTable) -> tuple[Floats, Floats, Floats]:
    """Return the centres (N, 3), half sizes along the world's axes (N, 3) and radii (N,) of boxes and spheres around models `index`
    posed by `matrices` of rotation, one scale, translation."""
    linear = matrices[:, :3, :3]
    centres = (linear @ table.centres[index][:, :, None])[:, :, 0] + matrices[:, :3, 3]
    half_sizes = (np.abs(linear) @ table.half_sizes[index][:, :, None])[:, :, 0]
    return centres, half_sizes, table.radii[index] * np.linalg.norm(linear[:, :, 0], axis=1)
