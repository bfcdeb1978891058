"""Vertices of everything, in three buffers that all passes share.

City and shapes lie in one vertex and one index buffer, so a pass draws each surface class with a single indirect call; a shape
met for the first time is appended. Instances carry their rows relative to the viewer: single precision then holds far from the
map's origin too.
"""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.surfaces import SurfaceClass, groups_of
from simgen.server.scene import Mesh

SURFACE_VERTEX = np.dtype([("normal", "<f2", 4), ("uv", "<f4", 2), ("color", "u1", 4), ("tag", "u1", 4)])
"""Normal and material number; metres along the surface; sRGB and 255 where tinted; tag and padding."""

INSTANCE = np.dtype([("rows", "<f4", (3, 4)), ("tint", "u1", 4), ("identity", "u1", 4)])
"""viewer_from_shape; sRGB; id low, id high, light flags low, high."""

BEFORE = np.dtype([("rows", "<f4", (3, 4))])
"""viewer_from_shape at another moment; for optical flow."""

COMMAND = np.dtype([("count", "<u4"), ("instances", "<u4"), ("first_index", "<u4"), ("base_vertex", "<i4"), ("base_instance", "<u4")])
"""One indexed indirect draw, as OpenGL lays it out."""

# attribute, moderngl format, padding of the same size
_ATTRIBUTES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "position": (("in_position", "3f", "12x"),),
    "surface": (("in_normal", "4f2", "8x"), ("in_uv", "2f", "8x"), ("in_color", "4f1", "4x"), ("in_tag", "4u1", "4x")),
    "instance": (
        ("in_row0", "4f", "16x"),
        ("in_row1", "4f", "16x"),
        ("in_row2", "4f", "16x"),
        ("in_tint", "4f1", "4x"),
        ("in_identity", "4u1", "4x"),
    ),
    "before": (("in_before0", "4f", "16x"), ("in_before1", "4f", "16x"), ("in_before2", "4f", "16x")),
}
_PER_INSTANCE = frozenset({"instance", "before"})


@dataclass(frozen=True)
class Part:
    """The triangles of one surface class of one mesh (or of one chunk of the city)."""

    surface: SurfaceClass
    first_index: int
    sizes: NDArray[np.float32]
    """(T,) metres, descending: the root of twice each triangle's area. A leading share of the triangles is the large ones."""

    @property
    def count(self) -> int:
        """Number of indices."""
        return 3 * len(self.sizes)


class Geometry:
    """The buffers on the device, with copies here to grow them from."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._buffers = {name: context.buffer(reserve=64, dynamic=True) for name in _ATTRIBUTES}
        self._index_buffer = context.buffer(reserve=64)
        self._positions = _Growing(self._buffers["position"], np.dtype(("<f4", 3)))
        self._surfaces = _Growing(self._buffers["surface"], SURFACE_VERTEX)
        self._indices = _Growing(self._index_buffer, np.dtype("<u4"))
        self._commands = context.buffer(reserve=COMMAND.itemsize, dynamic=True)
        self._arrays: dict[int, moderngl.VertexArray] = {}

    def add(self, mesh: Mesh, chunks: NDArray[np.int64] | None = None) -> list[tuple[int, Part]]:
        """Append a mesh; return its parts with the chunk of each. `chunks` is (T,); none is one chunk 0."""
        groups = groups_of(mesh)
        chunk = np.zeros(len(mesh.triangles), dtype=np.int64) if chunks is None else chunks
        sizes = _sizes(mesh)
        order = np.lexsort((-sizes, chunk, groups))
        vertices, triangles = _in_order_of_use(mesh.triangles[order])
        base = self._indices.append((triangles + self._positions.length).ravel())
        self._positions.append(mesh.positions[vertices])
        self._surfaces.append(_surface_vertices(mesh)[vertices])
        return _runs(groups[order], chunk[order], sizes[order], base)

    def vertex_array(self, program: moderngl.Program) -> moderngl.VertexArray:
        """Return the program's vertex array over the shared buffers; attributes that it does not use are skipped."""
        if program.glo not in self._arrays:
            content = [_binding(self._buffers[name], name, program) for name in _ATTRIBUTES]
            self._arrays[program.glo] = self._context.vertex_array(program, [c for c in content if len(c) > 2], self._index_buffer)
        return self._arrays[program.glo]

    def upload(self, instances: NDArray, commands: NDArray, before: NDArray | None = None) -> None:
        """Send the instances and draw commands of one pass."""
        _refill(self._buffers["instance"], instances)
        _refill(self._commands, commands)
        if before is not None:
            _refill(self._buffers["before"], before)

    def draw(self, program: moderngl.Program, first: int, count: int) -> None:
        """Run commands [first, first + count) of the last upload."""
        if count:
            self.vertex_array(program).render_indirect(self._commands, mode=moderngl.TRIANGLES, count=count, first=first)


class _Growing:
    """A buffer that rows are appended to, with a copy here to move it into a larger one."""

    def __init__(self, buffer: moderngl.Buffer, dtype: np.dtype) -> None:
        self._buffer = buffer
        self._rows = np.zeros(0, dtype=dtype)
        self.length = 0

    def append(self, rows: NDArray) -> int:
        """Add rows at the end; return the number of the first."""
        first, self.length = self.length, self.length + len(rows)
        if not len(rows):
            return first
        if self.length > len(self._rows):
            larger = np.zeros((2 * self.length, *self._rows.shape[1:]), dtype=self._rows.dtype)
            larger[:first] = self._rows[:first]
            self._rows = larger
            self._buffer.orphan(larger.nbytes)
            self._buffer.write(larger[:first].tobytes())
        self._rows[first : self.length] = rows
        self._buffer.write(self._rows[first : self.length].tobytes(), offset=first * (self._rows.nbytes // len(self._rows)))
        return first


def _refill(buffer: moderngl.Buffer, array: NDArray) -> None:
    data = np.ascontiguousarray(array).tobytes()
    if data:
        buffer.orphan(len(data))
        buffer.write(data)


def _binding(buffer: moderngl.Buffer, name: str, program: moderngl.Program) -> tuple:
    rows = _ATTRIBUTES[name]
    formats = " ".join(used if attribute in program else padding for attribute, used, padding in rows)
    return (buffer, formats + (" /i" if name in _PER_INSTANCE else ""), *(row[0] for row in rows if row[0] in program))


def _in_order_of_use(triangles: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the used vertices in the order the triangles meet them, and the triangles (T, 3) numbered so."""
    used, first, inverse = np.unique(triangles.ravel(), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return used[order].astype(np.int64), rank[inverse].reshape(-1, 3)


def _surface_vertices(mesh: Mesh) -> NDArray:
    out = np.zeros(len(mesh.positions), dtype=SURFACE_VERTEX)
    out["normal"][:, :3] = mesh.normals
    out["normal"][:, 3] = mesh.materials
    out["uv"] = mesh.uvs
    out["color"][:, :3] = mesh.colors
    out["color"][:, 3] = np.where(mesh.tinted, 255, 0)
    out["tag"][:, 0] = mesh.tags
    return out


def _sizes(mesh: Mesh) -> NDArray[np.float32]:
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    return np.sqrt(np.linalg.norm(np.cross(b - a, c - a), axis=1)).astype(np.float32)


def _runs(groups: NDArray[np.int64], chunks: NDArray[np.int64], sizes: NDArray[np.float32], base: int) -> list[tuple[int, Part]]:
    """Return one part for each run of equal (group, chunk) in sorted triangles."""
    if not len(groups):
        return []
    change = np.flatnonzero((np.diff(groups) != 0) | (np.diff(chunks) != 0)) + 1
    starts, ends = np.r_[0, change], np.r_[change, len(groups)]
    return [(int(chunks[a]), Part(SurfaceClass(int(groups[a])), base + 3 * int(a), sizes[a:b])) for a, b in zip(starts, ends, strict=True)]
