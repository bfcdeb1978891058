"""Collects surfaces with their looks into one mesh, and copies meshes about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.solids import Surface, quads
from simgen.server.scene import Material, Mesh


@dataclass(frozen=True)
class Look:
    """What a surface is made of and belongs to."""

    material: Material
    tag: Tag
    color: tuple[int, int, int] = (255, 255, 255)
    """sRGB."""
    tinted: bool = False

    def of(self, tag: Tag) -> Look:
        """Return the same look on something with another tag."""
        return replace(self, tag=tag)


class MeshBuilder:
    """Adds surfaces one after another; each keeps its own vertices, so looks never mix within a triangle."""

    def __init__(self) -> None:
        self._parts: list[Mesh] = []
        self._quads: list[_Quads] = []

    def add(self, surface: Surface, look: Look, matrix: ArrayLike | None = None, colors: ArrayLike | None = None) -> None:
        """Add a surface, moved by an affine (4, 4) matrix; `colors` (V, 3) replaces the look's colour vertex by vertex."""
        self._parts.append(_painted(surface if matrix is None else surface.moved(matrix), look, colors))

    def add_quads(
        self,
        corners: ArrayLike,
        look: Look,
        matrix: NDArray[np.float64] | None = None,
        uvs: NDArray[np.float64] | None = None,
        colors: ArrayLike | None = None,
    ) -> None:
        """Add flat quads (N, 4, 3), moved by a rigid (4, 4) matrix, with one colour each (N, 3) or the look's.

        `uvs` (N, 4, 2) default to metres along the first and last edge. Cheap: the work is done once for all quads.
        """
        c = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 3)
        moved = c if matrix is None else c @ matrix[:3, :3].T + matrix[:3, 3]
        color = np.broadcast_to(np.asarray(look.color if colors is None else colors, dtype=np.uint8), (len(c), 3))
        self._quads.append(_Quads(moved, _edge_uvs(c) if uvs is None else uvs, color, look))

    def add_mesh(self, mesh: Mesh) -> None:
        self._parts.append(mesh)

    def mesh(self) -> Mesh:
        """Return everything added so far."""
        return merged([*self._parts, *([_joined_quads(self._quads)] if self._quads else [])])


@dataclass(frozen=True)
class _Quads:
    corners: NDArray[np.float64]
    uvs: NDArray[np.float64]
    colors: NDArray[np.uint8]
    look: Look


def _edge_uvs(c: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros((len(c), 4, 2))
    first, last = c[:, 1] - c[:, 0], c[:, 3] - c[:, 0]
    out[:, 1:3, 0] = np.sqrt((first * first).sum(axis=1))[:, None]
    out[:, 2:, 1] = np.sqrt((last * last).sum(axis=1))[:, None]
    return out


def _joined_quads(parts: Sequence[_Quads]) -> Mesh:
    surface = quads(np.concatenate([p.corners for p in parts]), np.concatenate([p.uvs for p in parts]))
    counts = [4 * len(p.corners) for p in parts]
    return Mesh(
        positions=surface.positions.astype(np.float32),
        normals=surface.normals.astype(np.float32),
        uvs=surface.uvs.astype(np.float32),
        colors=np.repeat(np.concatenate([p.colors for p in parts]), 4, axis=0),
        tinted=np.repeat(np.array([p.look.tinted for p in parts]), counts),
        materials=np.repeat(np.array([p.look.material for p in parts], dtype=np.uint8), counts),
        tags=np.repeat(np.array([p.look.tag for p in parts], dtype=np.uint8), counts),
        triangles=surface.triangles.astype(np.uint32),
    )


def _painted(surface: Surface, look: Look, colors: ArrayLike | None) -> Mesh:
    count = len(surface.positions)
    color = np.broadcast_to(np.asarray(look.color if colors is None else colors, dtype=np.uint8), (count, 3))
    return Mesh(
        positions=surface.positions.astype(np.float32),
        normals=surface.normals.astype(np.float32),
        uvs=surface.uvs.astype(np.float32),
        colors=color.copy(),
        tinted=np.full(count, look.tinted),
        materials=np.full(count, look.material, dtype=np.uint8),
        tags=np.full(count, look.tag, dtype=np.uint8),
        triangles=surface.triangles.astype(np.uint32),
    )


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
    )


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
    return Mesh(**{name: getattr(mesh, name)[used] for name in arrays}, triangles=new.reshape(-1, 3).astype(np.uint32))


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
