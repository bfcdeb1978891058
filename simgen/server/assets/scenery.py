"""The list of still objects that the server names: ids, names, boxes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.scene import Mesh, SceneryObject

FIRST_OBJECT_ID = 1_000_000


class Scenery:
    """Counts up ids and names while the town fills."""

    def __init__(self) -> None:
        self._objects: list[SceneryObject] = []
        self._counts: dict[str, int] = {}

    @property
    def objects(self) -> tuple[SceneryObject, ...]:
        return tuple(self._objects)

    def add_box(self, kind: str, tag: Tag, world_from_object: NDArray[np.float64], low: ArrayLike, high: ArrayLike) -> None:
        """Add an object by its box in its own upright frame; `kind` names it, as in "Building_12"."""
        lo, hi = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        scale = float(np.linalg.norm(world_from_object[:3, 0]))
        centre = world_from_object[:3, :3] @ ((lo + hi) / 2) + world_from_object[:3, 3]
        extent = (hi - lo) / 2 * scale
        yaw = math.degrees(math.atan2(world_from_object[1, 0], world_from_object[0, 0]))
        number = self._counts.get(kind, 0)
        self._counts[kind] = number + 1
        self._objects.append(
            SceneryObject(
                FIRST_OBJECT_ID + len(self._objects),
                f"{kind}_{number}",
                int(tag),
                _triple(world_from_object[:3, 3]),
                yaw,
                _triple(centre),
                _triple(extent),
            )
        )

    def add_copies(self, kind: str, tag: Tag, mesh: Mesh, matrices: NDArray[np.float64]) -> None:
        """Add one object per copy (N, 4, 4) of a mesh, with the mesh's bounds."""
        low, high = mesh.bounds()
        for matrix in matrices:
            self.add_box(kind, tag, matrix, low, high)


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
