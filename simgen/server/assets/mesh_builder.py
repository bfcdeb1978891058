"""Collects surfaces with their looks into one mesh."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.solids import Surface, quads
from simgen.server.meshes import merged
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
        self._owner = 0

    @contextmanager
    def owned(self, owner: int) -> Iterator[None]:
        """Give all that is added meanwhile to an object, as `Mesh.owners` numbers them (`Scenery.add_box` returns the number)."""
        before, self._owner = self._owner, owner
        try:
            yield
        finally:
            self._owner = before

    def add(self, surface: Surface, look: Look, matrix: ArrayLike | None = None, colors: ArrayLike | None = None) -> None:
        """Add a surface, moved by an affine (4, 4) matrix; `colors` (V, 3) replaces the look's colour vertex by vertex."""
        self.add_mesh(_painted(surface if matrix is None else surface.moved(matrix), look, colors))

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
        self._quads.append(_Quads(moved, _edge_uvs(c) if uvs is None else uvs, color, look, self._owner))

    def add_mesh(self, mesh: Mesh) -> None:
        owned = replace(mesh, owners=np.full(len(mesh.positions), self._owner, dtype=np.uint32)) if self._owner else mesh
        self._parts.append(owned)

    def mesh(self) -> Mesh:
        """Return everything added so far."""
        return merged([*self._parts, *([_joined_quads(self._quads)] if self._quads else [])])


@dataclass(frozen=True)
class _Quads:
    corners: NDArray[np.float64]
    uvs: NDArray[np.float64]
    colors: NDArray[np.uint8]
    look: Look
    owner: int


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
        owners=np.repeat(np.array([p.owner for p in parts], dtype=np.uint32), counts),
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
