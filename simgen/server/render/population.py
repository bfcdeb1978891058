"""The moving shapes of a moment as arrays: poses, bounds, colours and ids."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simgen.server.render.geometry import Geometry, Part
from simgen.server.scene import Material, Mesh, Moment, ShapeLibrary


@dataclass(frozen=True)
class Model:
    """A shape in the buffers."""

    parts: tuple[Part, ...]
    centre: NDArray[np.float64]
    radius: float
    far: int
    """Index of the coarser model to draw from afar; its own where there is none."""
    headlamp: NDArray[np.float64] | None
    """(3,) middle of the headlamps, where the shape has any."""


class Models:
    """Shapes by index, appended to the geometry when first placed."""

    def __init__(self, geometry: Geometry, shapes: ShapeLibrary) -> None:
        self._geometry = geometry
        self._shapes = shapes
        self._index: dict[str, int] = {}
        self._kept: list[Model] = []

    def index(self, shape: str) -> int:
        if shape not in self._index:
            self._add(shape)
        return self._index[shape]

    def __getitem__(self, index: int) -> Model:
        return self._kept[index]

    def __len__(self) -> int:
        return len(self._kept)

    def far_indices(self) -> NDArray[np.int64]:
        return np.array([model.far for model in self._kept], dtype=np.int64)

    def _add(self, shape: str) -> None:
        own = len(self._kept)
        self._index[shape] = own
        self._kept.append(self._model(self._shapes.mesh(shape), own))
        coarser = self._coarser(shape)
        if coarser is not None:
            self._index[shape + "/far"] = len(self._kept)
            self._kept.append(self._model(coarser, len(self._kept)))
            self._kept[own] = replace(self._kept[own], far=len(self._kept) - 1)

    def _coarser(self, shape: str) -> Mesh | None:
        try:
            return self._shapes.mesh(shape + "/far")
        except KeyError:
            return None

    def _model(self, mesh: Mesh, far: int) -> Model:
        parts = tuple(part for _, part in self._geometry.add(mesh))
        low, high = mesh.bounds()
        centre = (low.astype(np.float64) + high) / 2.0
        radius = float(np.linalg.norm(mesh.positions - centre, axis=1).max())
        lamps = mesh.positions[mesh.materials == Material.HEADLAMP].astype(np.float64)
        return Model(parts, centre, radius, far, lamps.mean(axis=0) if len(lamps) else None)


@dataclass(frozen=True)
class Population:
    """N placed shapes of one moment, in the order the moment lists them."""

    moment: Moment
    names: tuple[tuple[int, int], ...]
    """(actor, how manieth of its shapes): finds the same part at another moment, whatever posture it has there."""
    models: NDArray[np.int64]
    matrices: NDArray[np.float64]
    """(N, 4, 4) world_from_shape."""
    centres: NDArray[np.float64]
    radii: NDArray[np.float64]
    tints: NDArray[np.uint8]
    identities: NDArray[np.uint8]
    """(N, 4) id low, id high, light flags low, high."""

    def __len__(self) -> int:
        return len(self.models)


def populate(moment: Moment, models: Models) -> Population:
    """Return the arrays of a moment's placed shapes."""
    placed = moment.placed
    index = np.array([models.index(p.shape) for p in placed], dtype=np.int64)
    matrices = np.array([p.world_from_shape for p in placed], dtype=np.float64).reshape(-1, 4, 4)
    middles = np.array([models[i].centre for i in index], dtype=np.float64).reshape(-1, 3)
    centres = np.einsum("nij,nj->ni", matrices[:, :3, :3], middles) + matrices[:, :3, 3]
    radii = np.array([models[i].radius for i in index], dtype=np.float64)
    tints = np.array([(*p.color, 255) for p in placed], dtype=np.uint8).reshape(-1, 4)
    words = np.array([(p.actor_id & 0xFFFF, p.light_flags & 0xFFFF) for p in placed], dtype="<u2").reshape(-1, 2)
    return Population(moment, _names(moment), index, matrices, centres, radii, tints, words.view(np.uint8))


def _names(moment: Moment) -> tuple[tuple[int, int], ...]:
    seen: dict[int, int] = {}
    names = []
    for placed in moment.placed:
        seen[placed.actor_id] = seen.get(placed.actor_id, -1) + 1
        names.append((placed.actor_id, seen[placed.actor_id]))
    return tuple(names)
