"""Joining, copying and cutting meshes, and the whole city as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.scene import City, Copies, Material, Mesh, ShapeLibrary


def merged(meshes: Iterable[Mesh]) -> Mesh:
    """Return several meshes as one."""
    parts = list(meshes) or [EMPTY]
    offsets = np.cumsum([0, *[len(m.positions) for m in parts]])
    return Mesh(
        positions=np.concatenate([m.positions for m in parts]),
        normals=np.concatenate([m.normals for m in parts]),
        uvs=np.concatenate([m.uvs for m in parts]),
        colors=np.concatenate([m.colors for m in parts]),
        tinted=np.concatenate([m.tinted for m in parts]),
        materials=np.concatenate([m.materials for m in parts]),
        tags=np.concatenate([m.tags for m in parts]),
        triangles=np.concatenate([m.triangles + np.uint32(o) for m, o in zip(parts, offsets, strict=False)]),
        owners=np.concatenate([owners_of(m) for m in parts]) if any(m.owners is not None for m in parts) else None,
    )


def owners_of(mesh: Mesh) -> NDArray[np.uint32]:
    """Return `mesh.owners` (V,), written out where it is None."""
    return np.zeros(len(mesh.positions), dtype=np.uint32) if mesh.owners is None else mesh.owners


PARKED = frozenset({Tag.CAR, Tag.TRUCK, Tag.BUS, Tag.MOTORCYCLE, Tag.BICYCLE})
"""Still objects with these tags have their own ids in id images and point clouds, since detectors must find them; the rest has none."""


def ids_of_owners(city: City) -> NDArray[np.uint32]:
    """Return (1 + objects,) by owner number: the object's id for a parked vehicle, 0 (`SCENERY_ID`) for everything else."""
    return np.array([0, *(item.object_id if item.tag in PARKED else 0 for item in city.objects)], dtype=np.uint32)


def flattened(city: City, shapes: ShapeLibrary) -> Mesh:
    """Return the whole city, its copies too, as one mesh in the world frame."""
    return merged([city.mesh, *(_standing(shapes.mesh(c.shape), c) for c in city.copies)])


def lit_city(city: City, shapes: ShapeLibrary) -> Mesh:
    """Return the city's mesh with those copies that have lamps."""
    lit = [kind for kind in city.copies if (shapes.mesh(kind.shape).materials == Material.LAMP).any()]
    return merged([city.mesh, *(_standing(shapes.mesh(kind.shape), kind) for kind in lit)])


def _standing(mesh: Mesh, kind: Copies) -> Mesh:
    """Return a shape wherever it stands, with the tints and owners of each copy."""
    count, vertices = len(kind.world_from_shape), len(mesh.positions)
    out = copies(mesh, kind.world_from_shape)
    tints = np.where(out.tinted[:, None], np.repeat(kind.tints, vertices, axis=0) / 255.0, 1.0)
    owners = np.repeat(kind.owners, vertices)
    return replace(out, colors=np.rint(out.colors * tints).astype(np.uint8), tinted=np.zeros(count * vertices, np.bool_), owners=owners)


def copies(mesh: Mesh, matrices: NDArray[np.float64], shades: ArrayLike | None = None) -> Mesh:
    """Return the mesh once per matrix (N, 4, 4) of rotation, uniform scale and translation; `shades` (N,) or (N, 3)
    multiply the colours of each copy."""
    count, vertices = len(matrices), len(mesh.positions)
    linear = matrices[:, :3, :3].astype(np.float32)
    scale = np.linalg.norm(linear[:, :, 0], axis=1)[:, None, None]
    positions = np.einsum("vj,nij->nvi", mesh.positions, linear) + matrices[:, None, :3, 3].astype(np.float32)
    normals = np.einsum("vj,nij->nvi", mesh.normals, linear / scale)
    shade = np.ones((count, 1)) if shades is None else np.asarray(shades, dtype=np.float64).reshape(count, -1)
    colors = np.clip(mesh.colors[None] * shade[:, None], 0, 255).astype(np.uint8)
    steps = (np.arange(count, dtype=np.uint32) * np.uint32(vertices))[:, None, None]
    return Mesh(
        positions=positions.reshape(-1, 3),
        normals=normals.reshape(-1, 3),
        uvs=np.tile(mesh.uvs, (count, 1)),
        colors=colors.reshape(-1, 3),
        tinted=np.tile(mesh.tinted, count),
        materials=np.tile(mesh.materials, count),
        tags=np.tile(mesh.tags, count),
        triangles=(mesh.triangles[None] + steps).reshape(-1, 3),
        owners=None if mesh.owners is None else np.tile(mesh.owners, count),
    )


def fitted(mesh: Mesh, low: ArrayLike, high: ArrayLike) -> Mesh:
    """Return the mesh stretched axis by axis so that its bounds are exactly `low` and `high`.

    Shading normals follow the stretch by its inverse. A flat mesh keeps its thickness along an axis it does not span.
    """
    lo, hi = (np.asarray(v, dtype=np.float64) for v in (low, high))
    old_lo, old_hi = (v.astype(np.float64) for v in mesh.bounds())
    span = np.maximum(old_hi - old_lo, 1e-6)
    scale = (hi - lo) / span
    positions = np.clip(lo + (mesh.positions - old_lo) * scale, lo, hi)
    normals = mesh.normals / scale
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return replace(mesh, positions=positions.astype(np.float32), normals=normals.astype(np.float32))


def selected(mesh: Mesh, triangles: NDArray[np.bool_]) -> Mesh:
    """Return only the chosen triangles (T,), with the vertices that they use."""
    used, new = np.unique(mesh.triangles[triangles], return_inverse=True)
    arrays: Sequence[str] = ("positions", "normals", "uvs", "colors", "tinted", "materials", "tags")
    owners = None if mesh.owners is None else mesh.owners[used]
    return Mesh(**{name: getattr(mesh, name)[used] for name in arrays}, triangles=new.reshape(-1, 3).astype(np.uint32), owners=owners)


def volume(mesh: Mesh) -> float:
    """Return the signed volume of the triangles (divergence theorem), positive when a closed hull faces outwards."""
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


EMPTY = Mesh(
    positions=np.zeros((0, 3), np.float32),
    normals=np.zeros((0, 3), np.float32),
    uvs=np.zeros((0, 2), np.float32),
    colors=np.zeros((0, 3), np.uint8),
    tinted=np.zeros(0, np.bool_),
    materials=np.zeros(0, np.uint8),
    tags=np.zeros(0, np.uint8),
    triangles=np.zeros((0, 3), np.uint32),
)
