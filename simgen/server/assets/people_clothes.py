"""Dresses a body: which region of the skin is covered by what, and the mesh that results, at rest.

Clothes are the smoothed skin moved outwards, ending along the lines that the bodies are cut at; hems are turned in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.people_bodies import Level
from simgen.server.assets.walker_skeleton import Rig
from simgen.server.scene import Material

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Color = tuple[int, int, int]

HEM_SHADE = 0.7
SOLE_M = 0.024
LEG_SHARE = 0.35
"""Of a boot's radius: within that the leg surely is."""
LINING_M, LINING_SHARE = 0.04, 0.75
"""How far up the inside of a skirt its hem goes, and how much narrower it is there."""


@dataclass(frozen=True)
class Cover:
    """What lies over a region."""

    layer: str
    """Regions of one layer are one piece of cloth."""
    thickness: float
    """Metres off the skin, on a person of 1.75 m."""
    color: Color
    material: Material = Material.CLOTH
    hem: str = "skin"
    """Where its hems end: at the "skin", at the "leg" that stands in a wide boot, or up the "lining" of a skirt."""


SMOOTHING = {"skin": 0, "eyes": 0, "hair": 2, "shirt": 6, "bottom": 5, "top": 8, "skirt": 4, "coat": 4, "shoes": 3, "hat": 4}
"""Rounds of smoothing by layer: how little of the body shows through."""


@dataclass(frozen=True)
class Rest:
    """A dressed figure at rest, ready to be moved by its bones."""

    rig: Rig
    positions: Floats
    normals: Floats
    uvs: Floats
    colors: NDArray[np.uint8]
    materials: NDArray[np.uint8]
    triangles: Ints
    bones: Ints
    weights: Floats


def dressed(level: Level, body: str, regions: tuple[str, ...], covers: Mapping[str, Cover], rig: Rig, size: float, fine: bool) -> Rest:
    """Return the figure; `size` multiplies thicknesses. Regions without a cover are left out; coarse figures get no hems."""
    base = level.positions[body]
    by_number = [covers.get(name) for name in regions]
    parts = []
    for layer in dict.fromkeys(c.layer for c in by_number if c):
        chosen = np.array([c is not None and c.layer == layer for c in by_number])[level.regions]
        faces, numbers = level.triangles[chosen], level.regions[chosen]
        moved = _moved(level, base, faces, numbers, by_number, layer, size, fine)
        parts.append(_layer_mesh(level, moved, faces, numbers, by_number, rig))
        if fine and layer not in ("skin", "eyes"):
            parts.append(_hem(level, base, moved, faces, numbers, by_number, rig))
    return joined_rests(parts)


def joined_rests(parts: list[Rest]) -> Rest:
    """Return several parts of one figure as one."""
    starts = np.cumsum([0, *[len(p.positions) for p in parts]])
    return Rest(
        rig=parts[0].rig,
        positions=np.concatenate([p.positions for p in parts]),
        normals=np.concatenate([p.normals for p in parts]),
        uvs=np.concatenate([p.uvs for p in parts]),
        colors=np.concatenate([p.colors for p in parts]),
        materials=np.concatenate([p.materials for p in parts]),
        triangles=np.concatenate([p.triangles + s for p, s in zip(parts, starts, strict=False)]),
        bones=np.concatenate([p.bones for p in parts]),
        weights=np.concatenate([p.weights for p in parts]),
    )


def vertex_normals(positions: Floats, triangles: Ints) -> Floats:
    """Return (V, 3) unit normals, weighted by area."""
    corner = positions[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out = np.stack([np.bincount(triangles.ravel(), np.repeat(face[:, k], 3), len(positions)) for k in range(3)], axis=1)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))


def _moved(
    level: Level, base: Floats, faces: Ints, numbers: Ints, covers: list[Cover | None], layer: str, size: float, fine: bool
) -> Floats:
    """Return the places of a layer's vertices: smoothed, and off the skin by the mean thickness of the regions that meet there."""
    thick = np.array([c.thickness if c else 0.0 for c in covers])[numbers] * size
    count = len(base)
    meeting = np.maximum(np.bincount(faces.ravel(), minlength=count), 1)
    offset = np.bincount(faces.ravel(), np.repeat(thick, 3), count) / meeting
    smooth = _smoothed(base, faces, SMOOTHING[layer] if fine else 0)
    # Normals of the whole skin: at the edge of a piece they do not bend with the missing side.
    normals = vertex_normals(smooth, level.triangles)
    out = smooth + normals * offset[:, None]
    return _on_soles(out, base, normals, size) if layer == "shoes" else out


def _smoothed(points: Floats, faces: Ints, rounds: int) -> Floats:
    """Move inner vertices towards the mean of their neighbours; those on open edges stay."""
    if not rounds:
        return points
    a, b = faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()
    count = len(points)
    inner = ~np.isin(np.arange(count), open_edges(faces).ravel())
    degree = np.maximum(np.bincount(a, minlength=count), 1)
    out = points
    for _ in range(rounds):
        mean = np.stack([np.bincount(a, out[b, k], count) for k in range(3)], axis=1) / degree[:, None]
        out = np.where((inner & (degree > 1))[:, None], 0.4 * out + 0.6 * mean, out)
    return out


def open_edges(faces: Ints) -> Ints:
    """Return the edges (N, 2), in the direction of their triangle, that have no neighbour."""
    edges = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    width = int(faces.max()) + 1 if len(faces) else 1
    forward, backward = edges[:, 0] * width + edges[:, 1], edges[:, 1] * width + edges[:, 0]
    return np.asarray(edges[~np.isin(forward, backward)])


def _on_soles(points: Floats, base: Floats, normals: Floats, size: float) -> Floats:
    """Put what is near the ground flat on a sole of SOLE_M, as wide as the foot above it."""
    out, edge = points.copy(), 0.012 * size
    near = np.clip((4 * edge - base[:, 2]) / (3 * edge), 0, 1)
    aside = normals[:, :2] * (0.010 * size * near * np.clip(np.linalg.norm(normals[:, :2], axis=1) * 3, 0, 1))[:, None]
    out[:, :2] += aside
    out[:, 2] -= SOLE_M * size * near**2
    low = base[:, 2] < edge
    out[low, 2] = -SOLE_M * size
    return out


def _layer_mesh(level: Level, moved: Floats, faces: Ints, numbers: Ints, covers: list[Cover | None], rig: Rig) -> Rest:
    distinct, look = _looks(covers, numbers)
    keys, new = np.unique(faces + (look * len(moved))[:, None], return_inverse=True)
    vertex, used = keys % len(moved), keys // len(moved)
    return Rest(
        rig=rig,
        positions=moved[vertex],
        normals=vertex_normals(moved, faces)[vertex],
        uvs=_uvs(moved, level, rig)[vertex],
        colors=np.array([c for c, _ in distinct], dtype=np.uint8)[used],
        materials=np.array([int(m) for _, m in distinct], dtype=np.uint8)[used],
        triangles=new.reshape(-1, 3).astype(np.int64),
        bones=level.bones[vertex],
        weights=level.weights[vertex],
    )


def _hem(level: Level, base: Floats, moved: Floats, faces: Ints, numbers: Ints, covers: list[Cover | None], rig: Rig) -> Rest:
    """Return strips from the open edges of a layer in to the skin."""
    edges = open_edges(faces)
    owner = {(a, b): n for t, n in zip(faces.tolist(), numbers.tolist(), strict=True) for a, b in zip(t, t[1:] + t[:1], strict=True)}
    looks, look = _looks(covers, np.array([owner[a, b] for a, b in edges.tolist()], dtype=np.int64))
    keys, new = np.unique(edges + (look * len(moved))[:, None], return_inverse=True)
    vertex, used = keys % len(moved), keys // len(moved)
    count, (a, b) = len(keys), new.reshape(-1, 2).T
    outer, inner = moved[vertex], base[vertex] - vertex_normals(moved, faces)[vertex] * 0.003
    ending = {v: cover.hem for a, b in edges.tolist() if (cover := covers[owner[a, b]]) for v in (a, b)}
    kinds = np.array([ending[v] for v in vertex.tolist()])
    kinds[(kinds == "lining") & (outer[:, 2] > outer[:, 2].mean())] = "skin"
    inner = np.where((kinds == "skin")[:, None], inner, _loose_ends(outer, kinds))
    positions = np.concatenate([outer, inner])
    triangles = np.concatenate([np.stack([b, a, a + count], axis=1), np.stack([b, a + count, b + count], axis=1)])
    colors = np.rint(HEM_SHADE * np.array([c for c, _ in looks], dtype=np.float64)).astype(np.uint8)[used]
    return Rest(
        rig=rig,
        positions=positions,
        normals=vertex_normals(positions, triangles),
        uvs=np.tile(_uvs(moved, level, rig)[vertex], (2, 1)),
        colors=np.tile(colors, (2, 1)),
        materials=np.tile(np.array([int(m) for _, m in looks], dtype=np.uint8)[used], 2),
        triangles=triangles.astype(np.int64),
        bones=np.tile(level.bones[vertex], (2, 1)),
        weights=np.tile(level.weights[vertex], (2, 1)),
    )


def _loose_ends(outer: Floats, kinds: NDArray[np.str_]) -> Floats:
    """Return where the hems end that do not end at the skin; other points are as they were."""
    out, boots, skirts = outer.copy(), kinds == "leg", kinds == "lining"
    upper = outer[:, 2] > (outer[boots, 2].mean() if boots.any() else 0.0)
    for side in (outer[:, 1] > 0, outer[:, 1] <= 0):
        for ring in (boots & side & upper, boots & side & ~upper):
            out[ring] = _shrunk(outer[ring], LEG_SHARE)
    out[skirts] = _shrunk(outer[skirts], LINING_SHARE) + np.array([0, 0, LINING_M])
    return out


def _shrunk(ring: Floats, share: float) -> Floats:
    return np.asarray(ring if not len(ring) else ring.mean(axis=0) + share * (ring - ring.mean(axis=0)))


Look = tuple[Color, Material]


def _looks(covers: list[Cover | None], numbers: Ints) -> tuple[list[Look], Ints]:
    """Return the distinct looks of all regions, and which of them each of the given regions (N,) has."""
    looks = [(c.color, c.material) if c else ((0, 0, 0), Material.SKIN) for c in covers]
    distinct = list(dict.fromkeys(looks))
    return distinct, np.array([distinct.index(k) for k in looks])[numbers]


_LIMBS = (("upper_arm", "hand", 0.05), ("thigh", "foot", 0.08))


def _uvs(points: Floats, level: Level, rig: Rig) -> Floats:
    """Return metres around and along the trunk or limb; around runs both ways from one seam, so that nothing jumps."""
    main = level.bones[np.arange(len(points)), level.weights.argmax(axis=1)]
    u, v = 0.16 * np.abs(np.arctan2(points[:, 1], points[:, 0] - rig.head("waist")[0])), points[:, 2].copy()
    for start, end, radius in _LIMBS:
        for side in ("R", "L"):
            first = rig.bones.index(f"{start}.{side}")
            on = (main >= first) & (main < first + (5 if start == "upper_arm" else 4))
            axis = rig.head(f"{end}.{side}") - rig.head(f"{start}.{side}")
            length = float(np.linalg.norm(axis))
            apart = points[on] - rig.head(f"{start}.{side}")
            v[on] = apart @ axis / length
            across = apart - np.outer(v[on] / length, axis)
            u[on] = radius * np.abs(np.arctan2(across[:, 1], across[:, 0]))
    return np.stack([u, v], axis=1)
