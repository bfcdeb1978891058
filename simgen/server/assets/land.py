"""The land between the roads: one surface without holes that ends under the edge of the pavement and never shows through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.ground_horizon import add_horizon
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface
from simgen.server.scene import Material

GRASS = Look(Material.GRASS, Tag.TERRAIN, (82, 87, 60))

STEP_M = 3.0
CELLS = 4
"""Cells of a block, along one side; even, so that there is a middle."""
BLOCK_M = CELLS * STEP_M
COARSE_FROM_M = 7.0
"""Blocks further than this from the pavement are drawn coarsely."""
TUCK_M = 0.25
"""The land goes on this far under the edge of the pavement..."""
BELOW_EDGE_M = 0.03
"""...this far below it, and then dives."""
DIVE_M = 0.45
_SLOPE_M = 2.0
"""Step of the finite differences of the normals."""


def add_land(builder: MeshBuilder, layout: Layout, seed: int) -> None:
    """Add the land of the town, and the fields and hills around it."""
    builder.add(land(layout), GRASS)
    add_horizon(builder, layout, seed)


def land(layout: Layout) -> Surface:
    """Return the land of the town: fine along the pavement, coarse away from it."""
    blocks = np.ceil(np.array(layout.edge.shape) * layout.cell_m / BLOCK_M).astype(int)
    rows, columns = blocks * CELLS + 1
    x, y = np.meshgrid(layout.origin[0] + STEP_M * np.arange(columns), layout.origin[1] + STEP_M * np.arange(rows))
    nodes = np.stack([x.ravel(), y.ravel()], axis=-1)
    depth = layout.at(layout.edge, nodes, 99.0) + TUCK_M
    index = np.arange(rows * columns).reshape(rows, columns)
    coarse = _coarse_blocks(depth.reshape(rows, columns))
    triangles = np.concatenate([_fine_triangles(index, ~coarse), _coarse_triangles(index, coarse)])
    triangles = triangles[(depth[triangles] > -2 * STEP_M).any(axis=1)]
    flat, z_shift, cut = _cut(nodes, depth, triangles)
    return _raised(layout, flat, z_shift, cut)


def _coarse_blocks(depth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which blocks of cells lie so far from any pavement that a few triangles do."""
    rows, columns = (n // CELLS for n in depth.shape)
    least = np.full((rows, columns), np.inf)
    for i in range(CELLS + 1):
        for j in range(CELLS + 1):
            least = np.minimum(least, depth[i : i + CELLS * rows : CELLS, j : j + CELLS * columns : CELLS])
    return np.asarray(least > COARSE_FROM_M)


def _fine_triangles(index: NDArray[np.int64], fine: NDArray[np.bool_]) -> NDArray[np.int64]:
    cells = np.repeat(np.repeat(fine, CELLS, axis=0), CELLS, axis=1)
    a, b, c, d = (
        index[i, j][cells] for i, j in ((np.s_[:-1], np.s_[:-1]), (np.s_[:-1], np.s_[1:]), (np.s_[1:], np.s_[1:]), (np.s_[1:], np.s_[:-1]))
    )
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def _coarse_triangles(index: NDArray[np.int64], coarse: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return fans about the middles of coarse blocks; a side that a fine block shares has all of its nodes, so that no slit opens."""
    around = np.pad(coarse, 1, constant_values=True)
    row, column = (CELLS * k for k in np.nonzero(coarse))
    middle = index[row + CELLS // 2, column + CELLS // 2]
    steps = np.arange(CELLS + 1)
    sides = (
        (around[:-2, 1:-1], 0 * steps, steps),
        (around[1:-1, 2:], steps, 0 * steps + CELLS),
        (around[2:, 1:-1], 0 * steps + CELLS, steps[::-1]),
        (around[1:-1, :-2], steps[::-1], 0 * steps),
    )
    parts = []
    for beside, down, right in sides:
        nodes = index[row[:, None] + down, column[:, None] + right]
        plain = beside[coarse]
        parts.append(np.stack([middle[plain], nodes[plain, 0], nodes[plain, -1]], axis=1))
        a, b = nodes[~plain, :-1], nodes[~plain, 1:]
        parts.append(np.stack([np.broadcast_to(middle[~plain, None], a.shape), a, b], axis=-1).reshape(-1, 3))
    return np.concatenate(parts)


def _cut(
    nodes: NDArray[np.float64], depth: NDArray[np.float64], triangles: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Cut triangles where `depth` changes sign; return (points (V, 2), shift of their heights (V,), triangles (T, 3))."""
    buried = depth < 0
    count = buried[triangles].sum(axis=1)
    mixed = triangles[(count == 1) | (count == 2)]
    lone = buried[mixed] == (buried[mixed].sum(axis=1) == 1)[:, None]
    turn = (np.argmax(lone, axis=1)[:, None] + np.arange(3)) % 3
    p, q, r = np.take_along_axis(mixed, turn, axis=1).T
    on_pq, on_pr = len(nodes) + np.arange(len(mixed)), len(nodes) + len(mixed) + np.arange(len(mixed))
    crossing = np.concatenate([_crossing(nodes, depth, p, q), _crossing(nodes, depth, p, r)])
    pieces = [np.stack([p, on_pq, on_pr], 1), np.stack([on_pq, q, r], 1), np.stack([on_pq, r, on_pr], 1)]
    shift = np.concatenate([np.where(buried, -DIVE_M, -BELOW_EDGE_M), np.full(len(crossing), -BELOW_EDGE_M)])
    return np.concatenate([nodes, crossing]), shift, np.concatenate([triangles[(count == 0) | (count == 3)], *pieces])


def _crossing(nodes: NDArray[np.float64], depth: NDArray[np.float64], a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    share = depth[a] / (depth[a] - depth[b])
    return nodes[a] + (nodes[b] - nodes[a]) * share[:, None]


def _raised(layout: Layout, flat: NDArray[np.float64], shift: NDArray[np.float64], triangles: NDArray[np.int64]) -> Surface:
    """Give points their heights: on the pavement its own, elsewhere the land's."""
    used, new = np.unique(triangles, return_inverse=True)
    points, heights = flat[used], layout.heights
    z = heights.road(points) + shift[used]
    slope_x, slope_y = (heights.land(points + step) - heights.land(points - step) for step in _SLOPE_M * np.eye(2))
    normals = np.stack([-slope_x, -slope_y, np.full(len(points), 2 * _SLOPE_M)], axis=-1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Surface(np.concatenate([points, z[:, None]], axis=1), normals, np.zeros_like(points), new.reshape(-1, 3))
