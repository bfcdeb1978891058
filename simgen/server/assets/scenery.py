"""The still objects that the server names (ids, names, boxes), and the shapes that stand many times."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.scene import Copies, SceneryObject, ShapeLibrary

FIRST_OBJECT_ID = 1_000_000


class Scenery:
    """Counts up ids and names while the town fills."""

    def __init__(self, shapes: ShapeLibrary) -> None:
        self.shapes = shapes
        self._objects: list[SceneryObject] = []
        self._counts: dict[str, int] = {}
        self._copies: list[Copies] = []

    @property
    def objects(self) -> tuple[SceneryObject, ...]:
        return tuple(self._objects)

    @property
    def copies(self) -> tuple[Copies, ...]:
        return tuple(self._copies)

    def add_box(self, kind: str, tag: Tag, world_from_object: NDArray[np.float64], low: ArrayLike, high: ArrayLike) -> int:
        """Add an object by its box in its own upright frame; `kind` names it, as in "Building_12". Returns its owner number."""
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
        return len(self._objects)

    def add_copies(
        self,
        kind: str,
        tag: Tag,
        shape: str,
        matrices: NDArray[np.float64],
        tints: NDArray[np.uint8] | None = None,
        box: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> None:
        """Place a shape of the library at each matrix (N, 4, 4), each an object of its own; with an empty `kind` none of them is.

        `box` is the least and greatest corner of what blocks the way, the shape's bounds where None.
        """
        low, high = box or self.shapes.mesh(shape).bounds()
        count = len(matrices)
        owners = np.array([self.add_box(kind, tag, m, low, high) if kind else 0 for m in matrices], dtype=np.uint32)
        white = np.full((count, 3), 255, dtype=np.uint8)
        self._copies.append(Copies(shape, np.asarray(matrices, dtype=np.float64), white if tints is None else tints, owners))


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
