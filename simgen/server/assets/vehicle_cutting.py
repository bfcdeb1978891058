"""Cutting skins along outlines.

Cutting splits edges, and every triangle at a split edge, so a closed skin stays closed. Normals are those of the uncut surface between
its vertices: neighbouring panels shade as one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from simgen.server.assets.vehicle_skin import Floats, Ints, Mask, Part, Skin, edges_of, unit

SNAP_M = 0.0015
"""Vertices so near to a cut count as lying on it: no slivers."""


Field = Callable[[Floats], Floats]
"""From `Skin.data` to (N, 2) coordinates, metres, in which outlines are given."""


def cut(skin: Skin, values: Floats, among: Mask) -> tuple[Skin, Ints]:
    """Split the triangles `among` (M,) along the zero of `values` (N,), linear over each triangle.

    Returns the skin and, for each of its triangles, the number of the old one it is of.
    """
    same = np.arange(len(skin.triangles))
    sign = np.where(np.abs(values) < SNAP_M, 0, np.sign(values)).astype(np.int64)
    i, j, k = sign[skin.triangles.T]
    crossing = among & (np.minimum(np.minimum(i, j), k) < 0) & (np.maximum(np.maximum(i, j), k) > 0)
    if not crossing.any():
        return skin, same
    ends = np.sort(edges_of(skin.triangles[crossing]), axis=1)
    ends = ends[sign[ends[:, 0]] * sign[ends[:, 1]] < 0]
    count = len(skin.data)
    keys, first = np.unique(ends[:, 0] * count + ends[:, 1], return_index=True)
    ends = ends[first]
    share = (values[ends[:, 0]] / (values[ends[:, 0]] - values[ends[:, 1]]))[:, None]
    added = skin.data[ends[:, 0]] * (1 - share) + skin.data[ends[:, 1]] * share
    added[:, 3:6] = unit(added[:, 3:6])
    triangles, origin = _split(skin.triangles, keys, count)
    return Skin(np.concatenate([skin.data, added]), triangles, skin.parts[origin], skin.doors[origin]), origin


def _split(triangles: Ints, keys: Ints, count: int) -> tuple[Ints, Ints]:
    """Return triangles split at the edges with the sorted `keys`, whose new vertices are numbered from `count`, and origins."""
    hot = np.zeros(count, np.bool_)
    hot[keys // count] = hot[keys % count] = True
    i, j, k = hot[triangles.T]
    near = np.flatnonzero((i & j) | (j & k) | (k & i))
    corners = triangles[near]
    following = corners[:, [1, 2, 0]]
    own = np.minimum(corners, following) * count + np.maximum(corners, following)
    at = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
    middle = np.where(keys[at] == own, at + count, -1)
    has = (middle >= 0).astype(np.int64)
    splits = has[:, 0] + has[:, 1] + has[:, 2]
    once, twice = np.flatnonzero(splits == 1), np.flatnonzero(splits == 2)
    turn = np.argmax(middle[once] >= 0, axis=1)
    a, b, c = _turned(corners[once], turn)
    m = _turned(middle[once], turn)[0]
    turn2 = (np.argmax(middle[twice] < 0, axis=1) + 1) % 3
    d, e, f = _turned(corners[twice], turn2)
    n, o, _ = _turned(middle[twice], turn2)
    whole = np.ones(len(triangles), np.bool_)
    whole[near[splits > 0]] = False
    kept = np.flatnonzero(whole)
    pieces = [np.stack(p, axis=1) for p in ((a, m, c), (m, b, c), (n, e, o), (d, n, o), (d, o, f))]
    once, twice = near[once], near[twice]
    return np.concatenate([triangles[kept], *pieces]), np.concatenate([kept, once, once, twice, twice, twice])


def _turned(rows: Ints, turn: Ints) -> tuple[Ints, Ints, Ints]:
    index = np.arange(len(rows))
    return rows[index, turn], rows[index, (turn + 1) % 3], rows[index, (turn + 2) % 3]


def carve(skin: Skin, field: Field, outline: ArrayLike, within: Mask | None = None) -> tuple[Skin, Mask, Ints]:
    """Cut a convex outline (K, 2), in either sense of turning, into the triangles `within` (M,).

    Returns the skin, which of its triangles lie inside, and of which old triangle each is.
    """
    corners = _turning_left(np.asarray(outline, dtype=np.float64))
    inside = np.ones(len(skin.triangles), np.bool_) if within is None else within
    flat = field(skin.data)[skin.triangles]
    origins = np.arange(len(skin.triangles))
    low, high = corners.min(axis=0), corners.max(axis=0)
    inside = inside & (flat.max(axis=1) > low).all(axis=1) & (flat.min(axis=1) < high).all(axis=1)
    along = unit(np.roll(corners, -1, axis=0) - corners)
    inward = np.stack([-along[:, 1], along[:, 0]], axis=1)
    touched = np.flatnonzero(inside)
    depth = np.einsum("tvc,ec->tve", flat[touched], inward) - (corners * inward).sum(axis=1)
    inside[touched] = (depth.max(axis=1) > SNAP_M).all(axis=1)
    for start, normal in zip(corners, inward, strict=True):
        if not inside.any():
            break
        values = (field(skin.data) - start) @ normal
        skin, origin = cut(skin, values, inside)
        values = np.concatenate([values, np.zeros(len(skin.data) - len(values))])
        i, j, k = values[skin.triangles.T]
        inside = inside[origin] & (i + j + k > 0)
        origins = origins[origin]
    return skin, inside, origins


def _touching(flat: Floats, triangles: Ints, corners: Floats, inward: Floats) -> Mask:
    """Tell which triangles may overlap an outline: their bounds do, and they do not lie outside one of its edges."""
    beyond = np.ones(len(triangles), np.bool_)
    for axis in (0, 1):
        a, b, c = flat[triangles.T, axis]
        beyond &= np.maximum(np.maximum(a, b), c) > corners[:, axis].min()
        beyond &= np.minimum(np.minimum(a, b), c) < corners[:, axis].max()
    near = np.flatnonzero(beyond)
    used, index = np.unique(triangles[near], return_inverse=True)
    depth = flat[used] @ inward.T - (corners * inward).sum(axis=1)
    i, j, k = index.reshape(-1, 3).T
    outside = np.maximum(np.maximum(depth[i], depth[j]), depth[k]) < SNAP_M
    beyond[near[outside.any(axis=1)]] = False
    return beyond


def carved(skin: Skin, field: Field, outline: ArrayLike, part: Part, within: Mask | None = None) -> Skin:
    """Return the skin with what lies inside an outline made of `part`."""
    skin, inside, _ = carve(skin, field, outline, within)
    return skin.painted(inside, part)


def _turning_left(corners: Floats) -> Floats:
    following = np.roll(corners, -1, axis=0)
    doubled = (corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]).sum()
    return corners if doubled > 0 else corners[::-1]


def grown(outline: ArrayLike, by: float) -> Floats:
    """Return a convex outline (K, 2) with its edges moved out by `by`."""
    p = _turning_left(np.asarray(outline, dtype=np.float64))
    along = unit(np.roll(p, -1, axis=0) - p)
    out = np.stack([along[:, 1], -along[:, 0]], axis=1)
    before = np.roll(out, 1, axis=0)
    return np.asarray(p + by * (out + before) / np.maximum(1 + (out * before).sum(axis=1, keepdims=True), 0.3))


def disc(centre: tuple[float, float], radius: float, corners: int = 16) -> Floats:
    """Return a regular outline (corners, 2) around a circle's middle."""
    angle = (np.arange(corners) + 0.5) * 2 * np.pi / corners
    return np.asarray(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
