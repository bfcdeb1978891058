"""Vertices of everything, in a few buffers that all passes share.

City and shapes lie in one vertex and one index buffer, so a pass draws each surface class with a single indirect call; a shape
met for the first time is appended. Instances carry their rows relative to the viewer: single precision then holds far from the
map's origin too.
"""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.meshes import owners_of
from simgen.server.render.surfaces import SurfaceClass, groups_of
from simgen.server.scene import NAMED_SURFACES, Mesh, surface_owner

SURFACE_VERTEX = np.dtype([("normal", "<f2", 4), ("uv", "<f4", 2), ("color", "u1", 4), ("tag", "u1", 2), ("owner", "<u2")])
"""Normal and material number; metres along the surface; sRGB and 255 where tinted; tag and padding; owner in the city."""

INSTANCE = np.dtype([("rows", "<f4", (3, 4)), ("tint", "u1", 4), ("identity", "u1", 4)])
"""viewer_from_shape; sRGB and layer of the texture it wears (0 none); id low, id high, light flags low, high."""

BEFORE = np.dtype([("rows", "<f4", (3, 4)), ("shift", "<i4")])
"""viewer_from_shape at another moment, and how many vertices on the posture lies that the shape had then; for optical flow."""

COMMAND = np.dtype([("count", "<u4"), ("instances", "<u4"), ("first_index", "<u4"), ("base_vertex", "<i4"), ("base_instance", "<u4")])
"""One indexed indirect draw, as OpenGL lays it out."""

LEAST_SIZES_M = np.array([0.0, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.57, 0.8, 1.13, 1.6, 2.3, 3.2, 4.5])
"""Steps of the size below which triangles are left out."""

Floats = NDArray[np.float64]

MOST_OWNERS = 2**16
"""Objects of a city with numbers from here on wear no textures."""

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
    "before": (("in_before0", "4f", "16x"), ("in_before1", "4f", "16x"), ("in_before2", "4f", "16x"), ("in_shift", "1i", "4x")),
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

    def counts(self, kept_shares: Floats | None = None) -> NDArray[np.int64]:
        """Return how many indices belong to triangles of at least each of `LEAST_SIZES_M`, and to enough of the largest ones
        to make up `kept_shares` (one for each step; none without it) of the area."""
        large = len(self.sizes) - np.searchsorted(self.sizes[::-1], LEAST_SIZES_M)
        if kept_shares is None or not len(self.sizes):
            return 3 * large
        area = np.cumsum(self.sizes.astype(np.float64) ** 2)
        kept = np.minimum(np.searchsorted(area, kept_shares * area[-1]) + 1, len(area))
        return 3 * np.maximum(large, np.where(kept_shares >= 1.0, len(area), kept))


@dataclass(frozen=True)
class Layout:
    """In which order a mesh was stored. Meshes of one topology (the postures of a walker) share theirs, and their indices."""

    mesh: Mesh
    vertices: NDArray[np.int64]
    """(V,) of the mesh, as stored."""
    parts: tuple[tuple[int, Part], ...]
    """(chunk, part)."""
    bounds: NDArray[np.float32]
    """(parts, 2, 3) least and greatest corners of the parts of `mesh`."""
    owners: NDArray[np.uint32]
    """(T,) of the triangles as stored."""
    first_index: int

    def fits(self, mesh: Mesh) -> bool:
        mine = self.mesh
        alike = ((mine.triangles, mesh.triangles), (mine.materials, mesh.materials), (mine.tags, mesh.tags))
        return all(np.array_equal(a, b) for a, b in alike)


class Geometry:
    """The buffers on the device."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._buffers = {name: context.buffer(reserve=64, dynamic=True) for name in _ATTRIBUTES}
        self._index_buffer = context.buffer(reserve=64)
        self._positions = _Growing(self._buffers["position"], np.dtype(("<f4", 3)))
        self._surfaces = _Growing(self._buffers["surface"], SURFACE_VERTEX)
        self._indices = _Growing(self._index_buffer, np.dtype("<u4"))
        self._commands = context.buffer(reserve=COMMAND.itemsize, dynamic=True)
        self._arrays: dict[int, moderngl.VertexArray] = {}
        self._whole: dict[int, NDArray[np.uint32]] = {}
        """By first index: the triangles of layouts of which some are not shown."""

    def add(self, mesh: Mesh, chunks: NDArray[np.int64] | None = None, like: Layout | None = None) -> tuple[Layout, int]:
        """Append a mesh; return its layout and its first vertex. `chunks` is (T,); none is one chunk 0.

        With a layout that fits, the mesh is stored `like` it, vertex for vertex.
        """
        layout = like if like is not None and like.fits(mesh) else self._lay_out(mesh, chunks)
        first = self._positions.append(mesh.positions[layout.vertices])
        self._surfaces.append(_surface_vertices(mesh, chunks is not None)[layout.vertices])
        return layout, first

    def _lay_out(self, mesh: Mesh, chunks: NDArray[np.int64] | None) -> Layout:
        groups = groups_of(mesh)
        chunk = np.zeros(len(mesh.triangles), dtype=np.int64) if chunks is None else chunks
        sizes = _sizes(mesh)
        order = _by_run_and_size(groups * (int(chunk.max(initial=0)) + 1) + chunk, sizes)
        ordered = mesh.triangles[order]
        vertices, triangles = _in_order_of_use(ordered)
        first = self._indices.append(triangles.ravel())
        parts = _runs(groups[order], chunk[order], sizes[order], first)
        bounds = _bounds(mesh.positions, ordered, [(part.first_index - first) // 3 for _, part in parts])
        return Layout(mesh, vertices, tuple(parts), bounds, owners_of(mesh)[ordered[:, 0]], first)

    def show(self, layout: Layout, shown: NDArray[np.bool_]) -> None:
        """Draw only the `shown` triangles (T,) of a layout from now on; the others shrink to a point."""
        if layout.first_index not in self._whole:
            self._whole[layout.first_index] = self._indices.read(layout.first_index, 3 * len(layout.owners)).reshape(-1, 3)
        whole = self._whole[layout.first_index]
        self._indices.write(layout.first_index, np.where(shown[:, None], whole, whole[:, :1]).ravel())

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

    def bind_positions(self, binding: int) -> None:
        """Let shaders read all positions, three floats each, from a storage buffer."""
        self._buffers["position"].bind_to_storage_buffer(binding)

    def draw(self, program: moderngl.Program, first: int, count: int) -> None:
        """Run commands [first, first + count) of the last upload."""
        if count:
            self.vertex_array(program).render_indirect(self._commands, mode=moderngl.TRIANGLES, count=count, first=first)


class _Growing:
    """Rows appended to a buffer, which is made larger when they no longer fit."""

    def __init__(self, buffer: moderngl.Buffer, dtype: np.dtype) -> None:
        self._buffer, self._dtype = buffer, dtype
        self._row_bytes = np.zeros(1, dtype=dtype).nbytes
        self.length = 0

    def append(self, rows: NDArray) -> int:
        """Add rows at the end; return the number of the first."""
        first, self.length = self.length, self.length + len(rows)
        if self.length * self._row_bytes > self._buffer.size:
            old = self._buffer.read()
            self._buffer.orphan(self.length * self._row_bytes * 3 // 2)
            self._buffer.write(old)
        self.write(first, rows)
        return first

    def write(self, first: int, rows: NDArray) -> None:
        if len(rows):
            self._buffer.write(np.ascontiguousarray(rows).reshape(-1).view(np.uint8), offset=first * self._row_bytes)

    def read(self, first: int, count: int) -> NDArray:
        return np.frombuffer(self._buffer.read(count * self._row_bytes, offset=first * self._row_bytes), dtype=self._dtype)


def _refill(buffer: moderngl.Buffer, array: NDArray) -> None:
    data = np.ascontiguousarray(array).tobytes()
    if data:
        buffer.orphan(len(data))
        buffer.write(data)


def _binding(buffer: moderngl.Buffer, name: str, program: moderngl.Program) -> tuple:
    rows = _ATTRIBUTES[name]
    formats = " ".join(used if attribute in program else padding for attribute, used, padding in rows)
    return (buffer, formats + (" /i" if name in _PER_INSTANCE else ""), *(row[0] for row in rows if row[0] in program))


def _by_run_and_size(runs: NDArray[np.int64], sizes: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the order by run, the largest first. Positive floats sort like their bits, so one sort of whole numbers does it."""
    if runs.max(initial=0) >= 2**31:
        return np.lexsort((-sizes, runs))
    small = np.uint64(0xFFFFFFFF) - sizes.view(np.uint32).astype(np.uint64)
    return np.asarray(np.argsort(runs.astype(np.uint64) << np.uint64(32) | small))


def _in_order_of_use(triangles: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the used vertices in the order the triangles meet them, and the triangles (T, 3) numbered so."""
    corners = triangles.astype(np.int64).ravel()
    numbers = np.arange(len(corners), dtype=np.int64)
    first = np.zeros(int(corners.max(initial=-1)) + 1, dtype=np.int64)
    first[corners[::-1]] = numbers[::-1]  # of equal indices an assignment keeps the last
    vertices = corners[first[corners] == numbers]
    rank = np.empty(len(first), dtype=np.uint32)
    rank[vertices] = numbers[: len(vertices)]
    return vertices, rank[corners].reshape(-1, 3)


def _bounds(positions: NDArray[np.float32], triangles: NDArray[np.uint32], starts: list[int]) -> NDArray[np.float32]:
    """Return (parts, 2, 3) boxes around the triangles from each start to the next."""
    if not starts:
        return np.zeros((0, 2, 3), dtype=np.float32)
    a, b, c = (positions[triangles[:, k]] for k in range(3))
    boxes = [extreme.reduceat(extreme(extreme(a, b), c), starts) for extreme in (np.minimum, np.maximum)]
    return np.stack(boxes, axis=1)


def _surface_vertices(mesh: Mesh, in_city: bool) -> NDArray:
    out = np.zeros(len(mesh.positions), dtype=SURFACE_VERTEX)
    out["normal"][:, :3] = mesh.normals
    out["normal"][:, 3] = mesh.materials
    out["uv"] = mesh.uvs
    out["color"][:, :3] = mesh.colors
    out["color"][:, 3] = np.where(mesh.tinted, 255, 0)
    out["tag"][:, 0] = mesh.tags
    owners = owners_of(mesh)
    out["owner"] = np.where(owners < MOST_OWNERS, owners, 0)
    if in_city:  # shapes have no owners: their instances say what they wear
        for tag in NAMED_SURFACES.values():
            out["owner"][(owners == 0) & (mesh.tags == tag)] = surface_owner(tag)
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
