"""The land around the roads: one surface without holes that ends under the edge of the pavement and never shows through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.solids import Surface
from simgen.server.scene import Material

GRASS = Look(Material.GRASS, Tag.TERRAIN, (96, 118, 62))

STEP_M = 3.0
BEYOND_M = 600.0
TUCK_M = 0.25
"""The land goes on this far under the edge of the pavement..."""
BELOW_EDGE_M = 0.03
"""...this far below it, and then dives."""
DIVE_M = 0.45
_SLOPE_M = 2.0
"""Step of the finite differences of the normals."""


def land(layout: Layout) -> Surface:
    """Return the land from the town to `BEYOND_M` beyond it."""
    xs, ys = (_lines(layout.origin[k], layout.edge.shape[1 - k] * layout.cell_m) for k in range(2))
    x, y = np.meshgrid(xs, ys)
    nodes = np.stack([x.ravel(), y.ravel()], axis=-1)
    depth = layout.at(layout.edge, nodes, 99.0) + TUCK_M
    index = np.arange(len(nodes)).reshape(len(ys), len(xs))
    a, b, c, d = (
        index[i, j].ravel() for i, j in ((np.s_[:-1], np.s_[:-1]), (np.s_[:-1], np.s_[1:]), (np.s_[1:], np.s_[1:]), (np.s_[1:], np.s_[:-1]))
    )
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    triangles = triangles[(depth[triangles] > -2 * STEP_M).any(axis=1)]
    flat, z_shift, cut = _cut(nodes, depth, triangles)
    return _raised(layout, flat, z_shift, cut)


def _lines(start: float, size: float) -> NDArray[np.float64]:
    """Return grid lines: even across the town, further and further apart outside."""
    inside = start + np.arange(0.0, size + STEP_M, STEP_M)
    growing = np.cumsum(STEP_M * 1.35 ** np.arange(1, 40))
    growing = growing[: int(np.searchsorted(growing, BEYOND_M)) + 1]
    return np.concatenate([start - growing[::-1], inside, inside[-1] + growing])


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
    return Surface(np.concatenate([points, z[:, None]], axis=1), normals, points, new.reshape(-1, 3))
