"""Half meshes of people for `bake_people.py`: decimating them, and cutting them along lines. For maintainers only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import fast_simplification
import numpy as np


@dataclass
class Piece:
    """A half mesh: attributes of vertices side by side, (V, bodies * 3 + bones), and triangles."""

    name: str
    values: np.ndarray
    triangles: np.ndarray
    bodies: int

    def positions(self) -> np.ndarray:
        """(V, bodies, 3)."""
        return self.values[:, : 3 * self.bodies].reshape(len(self.values), -1, 3)

    def mean(self) -> np.ndarray:
        return self.positions().mean(axis=1)

    def weights(self) -> np.ndarray:
        return self.values[:, 3 * self.bodies :]


def piece_of(name: str, quads: np.ndarray, places: np.ndarray, weights: np.ndarray) -> Piece:
    """Return quads as triangles; the source's outside is turned by the reflection into x forward, y right."""
    quads = quads[:, ::-1]
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    triangles = triangles[[len(set(t)) == 3 for t in triangles.tolist()]]
    used, new = np.unique(triangles, return_inverse=True)
    values = np.concatenate([places[:, used].transpose(1, 0, 2).reshape(len(used), -1), weights[used]], axis=1)
    return Piece(name, values, new.reshape(-1, 3), len(places))


def right_half(piece: Piece) -> Piece:
    """Return what lies at y >= 0, cut along the middle plane."""
    whole = cut(piece, piece.mean()[:, 1].copy(), np.ones(len(piece.triangles), dtype=bool))
    y = whole.mean()[:, 1]
    for body in range(piece.bodies):
        whole.values[np.abs(y) < 1e-7, 3 * body + 1] = 0.0
    return Piece(piece.name, whole.values, whole.triangles[y[whole.triangles].mean(axis=1) > 0], piece.bodies)


def open_vertices(triangles: np.ndarray) -> np.ndarray:
    """Return the vertices on open edges."""
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    return np.unique(unique[counts == 1])


def filled(piece: Piece, near: np.ndarray, radius: float) -> Piece:
    """Return the piece with the hole around a point closed by a fan."""
    triangles = piece.triangles
    edges = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    backward = {(b, a) for a, b in edges.tolist()}
    mean = piece.mean()
    following = {a: b for a, b in edges.tolist() if (a, b) not in backward and np.linalg.norm(mean[[a, b]].mean(axis=0) - near) < radius}
    at = max(following, key=lambda a: mean[a, 1])
    ring = [at]
    while ring[-1] in following and following[ring[-1]] != at:
        ring.append(following[ring[-1]])
    fan = [[ring[0], ring[k + 1], ring[k]] for k in range(1, len(ring) - 1)]
    return Piece(piece.name, piece.values, np.concatenate([triangles, np.array(fan)]), piece.bodies)


def swollen(points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Blow up the head about its centre, so that the decimation spends more triangles on the face."""
    apart = points - centre
    distance = np.linalg.norm(apart, axis=1, keepdims=True)
    inner = 0.17
    longer = np.where(distance < inner, 2.6 * distance, 2.6 * inner + distance - inner)
    return apart * longer / np.maximum(distance, 1e-9)


def decimated(piece: Piece, count: int, centre: np.ndarray) -> Piece:
    """Return the piece in about `count` triangles; new vertices take their attributes from the nearest old triangle."""
    if len(piece.triangles) <= count:
        return piece
    warped = swollen(piece.mean(), centre)
    points, triangles = fast_simplification.simplify(warped.astype(np.float32), piece.triangles.astype(np.int32), target_count=count, agg=4)
    return Piece(piece.name, sampled(piece, warped, points.astype(np.float64)), triangles.astype(int), piece.bodies)


def sampled(piece: Piece, warped: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the attributes at the points of the surface nearest to `points`."""
    corners = warped[piece.triangles]
    out = np.zeros((len(points), piece.values.shape[1]))
    middle = corners.mean(axis=1)
    for k, point in enumerate(points):
        near = np.argsort(((middle - point) ** 2).sum(axis=1))[:24]
        shares = np.array([closest_shares(corners[t], point) for t in near])
        at = np.einsum("tk,tkd->td", shares, corners[near])
        best = int(((at - point) ** 2).sum(axis=1).argmin())
        out[k] = shares[best] @ piece.values[piece.triangles[near[best]]]
    return out


def closest_shares(corner: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return barycentric shares of the point of a triangle that is nearest to `point`."""
    a, b, c = corner
    m = np.stack([b - a, c - a], axis=1)
    st, *_ = np.linalg.lstsq(m, point - a, rcond=None)
    if st.min() >= 0 and st.sum() <= 1:
        return np.array([1 - st.sum(), st[0], st[1]])
    best, found = np.inf, np.array([1.0, 0, 0])
    for i, j in ((0, 1), (1, 2), (2, 0)):
        edge = corner[j] - corner[i]
        t = np.clip((point - corner[i]) @ edge / max(edge @ edge, 1e-12), 0, 1)
        gap = ((corner[i] + t * edge - point) ** 2).sum()
        if gap < best:
            best, found = gap, np.zeros(3)
            found[i], found[j] = 1 - t, t
    return found


def cut(piece: Piece, field: np.ndarray, chosen: np.ndarray) -> Piece:
    """Split the chosen triangles (T,) along the line where the field (V,) is zero; vertices near the line move onto it."""
    values, field = piece.values.copy(), field.copy()
    edges = piece.triangles[chosen][:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    border = np.zeros(len(values), dtype=bool)
    border[open_vertices(piece.triangles)] = True
    moved: set[int] = set()
    for a, b in np.concatenate([edges, edges[:, ::-1]]).tolist():
        if field[a] * field[b] < 0 and a not in moved and (not border[a] or border[b]):
            t = field[a] / (field[a] - field[b])
            if t < 0.22:
                values[a] += t * (piece.values[b] - values[a])
                field[a] = 0.0
                moved.add(a)
    field[np.abs(field) < 1e-9] = 0.0
    new_index: dict[tuple[int, int], int] = {}
    extra: list[np.ndarray] = []

    def between(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in new_index:
            t = field[a] / (field[a] - field[b])
            new_index[key] = len(values) + len(extra)
            extra.append(values[a] + t * (values[b] - values[a]))
        return new_index[key]

    crossed = {tuple(sorted(e)) for e in edges.tolist() if field[e[0]] * field[e[1]] < 0}
    triangles: list[list[int]] = []
    for t in piece.triangles.tolist():
        triangles.extend(split(t, crossed, between))
    return Piece(piece.name, np.concatenate([values, np.array(extra).reshape(-1, values.shape[1])]), np.array(triangles), piece.bodies)


def split(t: list[int], crossed: set[tuple[int, ...]], between: Callable[[int, int], int]) -> list[list[int]]:
    """Return the parts of a triangle whose crossed edges get a vertex each (none, one or two of them are crossed)."""
    cuts = [tuple(sorted((t[k], t[(k + 1) % 3]))) in crossed for k in range(3)]
    if not any(cuts):
        return [t]
    if sum(cuts) == 1:
        k = cuts.index(True)
        a, b, c = t[k], t[(k + 1) % 3], t[(k + 2) % 3]
        m = between(a, b)
        return [[a, m, c], [m, b, c]]
    k = cuts.index(False) if sum(cuts) == 2 else 2
    a, b, c = t[k], t[(k + 1) % 3], t[(k + 2) % 3]
    m, n = between(b, c), between(c, a)
    return [[a, b, m], [a, m, n], [n, m, c]]
