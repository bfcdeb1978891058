"""A mesh that rays can be cast at, with what its triangles are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import open3d.core as o3c
from numpy.typing import NDArray
from open3d.t.geometry import RaycastingScene

from simgen.server.scene import Mesh


@dataclass(frozen=True)
class Met:
    """What M rays met at one mesh."""

    distance: NDArray[np.float32]
    """(M,) in lengths of the ray's direction; inf for a miss, where the rest means nothing."""
    triangle: NDArray[np.uint32]
    normal: NDArray[np.float32]
    """(M, 3) unit, as the triangle is wound."""


@dataclass(frozen=True)
class Target:
    """The search tree of a mesh in its own frame, and its attributes by triangle."""

    scene: RaycastingScene | None
    """None where there are no triangles."""
    tags: NDArray[np.uint8]
    """(T,)"""
    materials: NDArray[np.uint8]
    colors: NDArray[np.uint8]
    """(T, 3)"""
    tinted: NDArray[np.bool_]
    low: NDArray[np.float32]
    """(3,) least corner of the bounding box."""
    high: NDArray[np.float32]

    @classmethod
    def of(cls, mesh: Mesh) -> Target:
        """Build the search tree of `mesh`."""
        first = mesh.triangles[:, 0]
        looks = mesh.tags[first], mesh.materials[first], mesh.colors[first], mesh.tinted[first]
        if len(first) == 0:
            return cls(None, *looks, np.zeros(3, dtype=np.float32), np.zeros(3, dtype=np.float32))
        return cls(tree_of(mesh.positions, mesh.triangles), *looks, *mesh.bounds())

    def cast(self, rays: NDArray[np.float32]) -> Met:
        """Cast `rays` (M, 6), origin and direction."""
        return cast_rays(self.scene, rays)


def tree_of(positions: NDArray[np.float32], triangles: NDArray[np.uint32]) -> RaycastingScene | None:
    """Return the search tree of triangles (T, 3) of vertices (V, 3); None for none."""
    if not len(triangles):
        return None
    scene = RaycastingScene()
    scene.add_triangles(_tensor(positions, np.float32), _tensor(triangles, np.uint32))
    scene.cast_rays(_tensor(np.ones((1, 6)), np.float32))  # the first cast builds the tree; later ones only read it
    return scene


def cast_rays(scene: RaycastingScene | None, rays: NDArray[np.float32]) -> Met:
    """Return what `rays` (M, 6), origin and direction, meet."""
    if scene is None or len(rays) == 0:
        return Met(np.full(len(rays), np.inf, np.float32), np.zeros(len(rays), np.uint32), np.zeros((len(rays), 3), np.float32))
    found = scene.cast_rays(o3c.Tensor.from_numpy(rays))
    return Met(found["t_hit"].numpy(), found["primitive_ids"].numpy(), found["primitive_normals"].numpy())


def _tensor(values: NDArray, dtype: type) -> o3c.Tensor:
    return o3c.Tensor.from_numpy(np.ascontiguousarray(values, dtype=dtype))
