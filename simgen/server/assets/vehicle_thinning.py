"""Fewer triangles for a skin: vertices that its shape and its borders can do without are merged into neighbours.

Half-edge collapses in rounds of independent ones. A vertex inside a part may go where the surface is nearly flat, one on the border
of a part along the border where that is straight, and corners stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simgen.server.assets.vehicle_skin import Floats, Ints, Mask, Skin

ROUNDS = 10
NORMAL_M = 0.02
"""Metres of error that a radian of turned shading normal counts as."""


def thinned(skin: Skin, tolerance: float, rounds: int = ROUNDS) -> Skin:
    """Return the skin with fewer triangles, moved by up to about `tolerance` metres."""
    for number in range(rounds):
        target = _targets(skin, tolerance, number)
        chosen = _independent(skin, *_checked(skin, target, tolerance))
        if not chosen.any():
            if number > 2:
                break
            continue
        moved = np.where(chosen, target, np.arange(len(target)))
        triangles = moved[skin.triangles]
        a, b, c = triangles.T
        kept = (a != b) & (b != c) & (c != a)
        skin = Skin(skin.data, triangles[kept], skin.parts[kept], skin.doors[kept])
    used, index = np.unique(skin.triangles, return_inverse=True)
    return Skin(skin.data[used], index.reshape(-1, 3), skin.parts, skin.doors)


@dataclass(frozen=True)
class _Edges:
    ends: Ints
    """(E, 2), lesser number first."""
    border: Mask
    """(E,) whether the triangles on both sides differ, or one lacks."""


def _edges_of(skin: Skin) -> _Edges:
    count = len(skin.data)
    pairs = skin.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    keys = np.minimum(pairs[:, 0], pairs[:, 1]) * count + np.maximum(pairs[:, 0], pairs[:, 1])
    kind = np.repeat(skin.parts * 8 + skin.doors, 3)
    order = np.argsort(keys)
    keys, kind = keys[order], kind[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    size = np.diff(np.r_[first, len(keys)])
    same = (size == 2) & (kind[first] == kind[np.minimum(first + 1, len(kind) - 1)])
    return _Edges(np.stack(np.divmod(keys[first], count), axis=1), ~same)


def _targets(skin: Skin, tolerance: float, number: int) -> Ints:
    """Return for each vertex the neighbour (N,) to try merging it into, -1 for none; rounds try different ones."""
    edges, count = _edges_of(skin), len(skin.data)
    degree = np.bincount(edges.ends[edges.border].ravel(), minlength=count)
    tail = np.concatenate([edges.ends[:, 0], edges.ends[:, 1]])
    head = np.concatenate([edges.ends[:, 1], edges.ends[:, 0]])
    border = np.tile(edges.border, 2)
    step = skin.data[head, :3] - skin.data[tail, :3]
    out = np.abs((step * skin.data[tail, 3:6]).sum(axis=1))
    turn = np.linalg.norm(skin.data[head, 3:6] - skin.data[tail, 3:6], axis=1)
    cost = out + NORMAL_M * turn
    allowed = (degree[tail] == 0) | ((degree[tail] == 2) & border & _straight(skin, tail, head, border, degree, tolerance))
    allowed &= cost < tolerance
    tail, head, cost = tail[allowed], head[allowed], cost[allowed]
    order = np.lexsort((cost, tail))
    tail, head = tail[order], head[order]
    first = np.flatnonzero(np.r_[True, tail[1:] != tail[:-1]]) if len(tail) else np.zeros(0, np.int64)
    size = np.diff(np.r_[first, len(tail)])
    target = np.full(count, -1, np.int64)
    target[tail[first]] = head[first + number % 3 % np.maximum(size, 1)]
    return target


def _straight(skin: Skin, tail: Ints, head: Ints, border: Mask, degree: Ints, tolerance: float) -> Mask:
    """Tell by directed edge whether the border passes its tail, one with two border edges, in a straight line."""
    count = len(skin.data)
    total = np.zeros((count, 3))
    for axis in range(3):
        total[:, axis] = np.bincount(tail[border], weights=skin.data[head[border], axis], minlength=count)
    here, there = skin.data[tail, :3], skin.data[head, :3]
    other = total[tail] - there
    chord = other - there
    length = np.maximum(np.linalg.norm(chord, axis=1), 1e-9)
    off = np.linalg.norm(np.cross(here - there, chord), axis=1) / length
    return np.asarray((degree[tail] == 2) & (off < min(0.3 * tolerance, 0.006)) & (((here - there) * chord).sum(axis=1) > 0))


def _checked(skin: Skin, target: Ints, tolerance: float) -> tuple[Mask, Floats]:
    """Tell which vertices may go into their targets without turning a triangle over or leaving the surface, and at what cost."""
    t = skin.triangles
    rows = np.concatenate([t, t[:, [1, 2, 0]], t[:, [2, 0, 1]]])
    rows = rows[target[rows[:, 0]] >= 0]
    corner, a, b = rows.T
    goal = target[corner]
    p, q, pa, pb = (skin.data[k, :3] for k in (corner, goal, a, b))
    old, new = np.cross(pa - p, pb - p), np.cross(pa - q, pb - q)
    size, grown = np.linalg.norm(old, axis=1), np.linalg.norm(new, axis=1)
    error = np.abs(((q - p) * old).sum(axis=1)) / np.maximum(size, 1e-12)
    gone = (goal == a) | (goal == b)
    longest = np.maximum(np.maximum(_length(pa - q), _length(pb - q)), _length(pa - pb))
    thin = grown < np.minimum(0.03 * longest**2, 0.5 * size)
    bad = ~gone & (((old * new).sum(axis=1) < 0.6 * size * grown) | thin)
    bad |= (size > 1e-7) & (error > tolerance)
    worst = np.zeros(len(target))
    np.maximum.at(worst, corner, error)
    ok = target >= 0
    ok[corner[bad]] = False
    # Ties in an order without a pattern: a monotone one would leave a single least vertex in each flat region.
    shuffled = np.arange(len(target), dtype=np.uint64) * np.uint64(2654435761) % np.uint64(1 << 32)
    return ok, worst + 0.1 * tolerance * shuffled / float(1 << 32)


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.linalg.norm(vectors, axis=1))


def _independent(skin: Skin, ok: Mask, cost: Floats) -> Mask:
    """Choose among the allowed vertices those of which no two share a triangle, cheap ones first."""
    rank = np.full(len(ok), len(ok), np.int64)
    allowed = np.flatnonzero(ok)
    rank[allowed[np.argsort(cost[allowed], kind="stable")]] = np.arange(len(allowed))
    corners = rank[skin.triangles]
    least = np.minimum(np.minimum(corners[:, 0], corners[:, 1]), corners[:, 2])
    beaten = corners > least[:, None]
    chosen = ok.copy()
    chosen[skin.triangles[beaten]] = False
    return chosen
