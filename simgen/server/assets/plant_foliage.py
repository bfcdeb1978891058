"""Leaves: cards of twigs with the shading of the crown that they belong to, and coarse hulls for trees far away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, grid, quads
from simgen.server.scene import Material

Floats = NDArray[np.float64]
Color = tuple[int, int, int]


class Leaf(IntEnum):
    """What a card shows: `u` of a LEAF_CARD lies between the number and the next."""

    BROAD = 0
    SMALL = 1
    NEEDLES = 2
    HEDGE = 3


@dataclass(frozen=True)
class Foliage:
    """Where the twigs of a crown are."""

    points: Floats
    """(N, 3)"""
    outward: Floats
    """(N, 3) unit: the direction in which the crown's outside lies."""
    depth: Floats
    """(N,) 0 deep inside or below, 1 on top of the outside."""


def foliage(points: Floats, centre: Floats, radii: Floats) -> Foliage:
    """Return twigs (N, 3) of a crown about an ellipsoid with that centre and those half axes (3,)."""
    away = (points - centre) / radii
    reach = np.linalg.norm(away, axis=1)
    outward = away / radii + np.array((0, 0, 0.25)) / radii.max()
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    depth = np.clip(0.75 * reach**1.3 + 0.25 * away[:, 2], 0.0, 1.0)
    return Foliage(points, outward, depth)


def leaf_look(color: Color, card: bool = True) -> Look:
    """Return the look of leaves; copies tint them."""
    return Look(Material.LEAF_CARD if card else Material.LEAF, Tag.VEGETATION, color, tinted=True)


def cards(of: Foliage, size: Floats, kind: Leaf, rng: np.random.Generator, scatter: float = 0.6, slant: float = 0.0) -> Surface:
    """Return one square card (N) of `size` (N,) per twig, across its outward direction give or take `scatter`.

    `slant` below 0 lets the cards hang, above 0 lie flat.
    """
    count = len(of.points)
    lean = of.outward + rng.normal(0, scatter, (count, 3)) + np.array((0, 0, slant))
    lean /= np.linalg.norm(lean, axis=1, keepdims=True)
    u = np.cross(lean, rng.normal(size=(count, 3)))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(lean, u)
    a, b = 0.5 * u * size[:, None], 0.5 * v * size[:, None] * rng.uniform(0.75, 1.0, (count, 1))
    return _shaded(of.points[:, None] + np.stack([-a - b, a - b, a + b, b - a], axis=1), of.outward, kind)


def kites(of: Foliage, size: Floats, rng: np.random.Generator) -> Surface:
    """Return one ragged opaque quad (N) of about `size` (N,) per clump of twigs: leaves from afar."""
    count = len(of.points)
    lean = of.outward + rng.normal(0, 0.6, (count, 3))
    lean /= np.linalg.norm(lean, axis=1, keepdims=True)
    u = np.cross(lean, rng.normal(size=(count, 3)))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(lean, u)
    turn = 0.5 * math.pi * (np.arange(4) + rng.uniform(-0.28, 0.28, (count, 4)))
    reach = 0.5 * size[:, None] * rng.uniform(0.6, 1.15, (count, 4))
    corners = (reach * np.cos(turn))[..., None] * u[:, None] + (reach * np.sin(turn))[..., None] * v[:, None]
    corners += lean[:, None] * rng.normal(0, 0.12, (count, 4, 1)) * size[:, None, None]
    return _shaded(of.points[:, None] + corners, of.outward, Leaf.BROAD)


def add_kites(builder: MeshBuilder, of: Foliage, size: Floats, colors: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Add opaque leaves (N) with one colour (N, 3) each."""
    builder.add(kites(of, size, rng), leaf_look((255, 255, 255), card=False), colors=np.repeat(colors, 4, axis=0))


def sprays(of: Foliage, along: Floats, size: Floats, kind: Leaf, rng: np.random.Generator) -> Surface:
    """Return cards (N) that lie along branches (N, 3): the twigs of firs."""
    side = np.cross(along, np.array((0, 0, 1.0)) + rng.normal(0, 0.35, along.shape))
    side *= 0.5 * size[:, None] / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    ahead = along * (0.55 * size / np.maximum(np.linalg.norm(along, axis=1), 1e-9))[:, None]
    return _shaded(of.points[:, None] + np.stack([-side - ahead, side - ahead, side + ahead, ahead - side], axis=1), of.outward, kind)


def _shaded(corners: Floats, outward: Floats, kind: Leaf) -> Surface:
    low, high = kind + 0.004, kind + 0.996
    uvs = np.tile([(low, 0.004), (high, 0.004), (high, 0.996), (low, 0.996)], (len(corners), 1, 1))
    flat = quads(corners, uvs)
    own = np.repeat(outward, 4, axis=0)
    facing = np.sign((flat.normals * own).sum(axis=1, keepdims=True))
    soft = own + 0.3 * np.where(facing == 0, 1.0, facing) * flat.normals
    return Surface(flat.positions, soft / np.linalg.norm(soft, axis=1, keepdims=True), flat.uvs, flat.triangles)


def leaf_colors(of: Foliage, palette: tuple[Color, ...], rng: np.random.Generator, inside: float = 0.55) -> NDArray[np.uint8]:
    """Return a colour per card (N, 3): one of the palette mixed with another, dark inside the crown and bright outside."""
    colors = np.array(palette, dtype=np.float64)
    share = rng.random((len(of.points), 1))
    mixed = colors[rng.integers(len(colors), size=len(of.points))] * share + colors[0] * (1 - share)
    light = (inside + (1 - inside) * of.depth) * rng.uniform(0.86, 1.14, len(of.points))
    return np.clip(mixed * light[:, None], 0, 255).astype(np.uint8)


def add_cards(builder: MeshBuilder, surface: Surface, colors: NDArray[np.uint8]) -> None:
    """Add cards with one colour (N, 3) each."""
    builder.add(surface, leaf_look((255, 255, 255)), colors=np.repeat(colors, 4, axis=0))


_GOLDEN = (1 + 5**0.5) / 2
_ICOSAHEDRON = np.array(
    [(s * a, t * b, 0) for s in (-1, 1) for t in (-1, 1) for a, b in ((1, _GOLDEN),)]
    + [(0, s * a, t * b) for s in (-1, 1) for t in (-1, 1) for a, b in ((1, _GOLDEN),)]
    + [(t * b, 0, s * a) for s in (-1, 1) for t in (-1, 1) for a, b in ((1, _GOLDEN),)]
) / math.hypot(1, _GOLDEN)


def _faces() -> NDArray[np.int64]:
    """Return the 20 triangles of the icosahedron, outside up: triples of mutual neighbours."""
    gap = np.linalg.norm(_ICOSAHEDRON[:, None] - _ICOSAHEDRON[None], axis=-1)
    near = (gap > 1e-6) & (gap < 1.1 * gap[gap > 1e-6].min())
    out = []
    for i in range(12):
        for j in range(i + 1, 12):
            for k in range(j + 1, 12):
                if near[i, j] and near[j, k] and near[i, k]:
                    a, b, c = _ICOSAHEDRON[[i, j, k]]
                    out.append((i, j, k) if np.dot(np.cross(b - a, c - a), a) > 0 else (i, k, j))
    return np.array(out)


_FACES = _faces()
_INWARD = 0.8
"""Lumps sit nearer to the middle of the crown than the leaves that hide them."""


def clumps(points: Floats, count: int, rng: np.random.Generator) -> list[Floats]:
    """Return the points in `count` groups of neighbours (Lloyd's algorithm)."""
    middles = points[rng.choice(len(points), count, replace=False)]
    for _ in range(6):
        of = np.linalg.norm(points[:, None] - middles[None], axis=-1).argmin(axis=1)
        middles = np.array([points[of == k].mean(axis=0) if (of == k).any() else middles[k] for k in range(count)])
    return [points[of == k] for k in range(count) if (of == k).sum() > 3]


def envelope(points: Floats, centre: Floats, radii: Floats, rows: int, sides: int, share: float) -> tuple[Surface, Floats]:
    """Return a closed surface inside a crown of twigs (N, 3), and how deep its corners (V,) lie; see `foliage`.

    In every direction it reaches a `share` of the way to where the twigs are: their mean distance, weighted by a von Mises-Fisher
    kernel about the direction.
    """
    latitude, angle = np.linspace(-0.5, 0.5, rows) * math.pi, np.linspace(0, -2 * math.pi, sides, endpoint=False)
    turn = angle[None] + (np.arange(rows) % 2)[:, None] * math.pi / sides
    level = np.broadcast_to(latitude[:, None], turn.shape)
    ways = np.stack([np.cos(level) * np.cos(turn), np.cos(level) * np.sin(turn), np.sin(level)], axis=-1)
    away = (points - centre) / radii
    reach = np.linalg.norm(away, axis=1)
    weight = np.exp(14.0 * (ways @ (away / np.maximum(reach, 1e-9)[:, None]).T - 1.0)) * reach**2
    radius = (weight * reach).sum(axis=-1) / np.maximum(weight.sum(axis=-1), 1e-9)
    dense = np.clip(weight.sum(axis=-1) / np.median(weight.sum(axis=-1)), 0.0, 1.0) ** 0.5
    radius *= 1 + 0.09 * np.sin(5 * turn + 7 * level)
    radius[0], radius[-1] = radius[0].mean(), radius[-1].mean()
    surface = grid(centre + ways * (radius * (0.55 + 0.45 * dense) * share)[..., None] * radii, closed=True)
    of = foliage(surface.positions, centre, radii)
    soft = of.outward + 0.5 * surface.normals
    normals = soft / np.linalg.norm(soft, axis=1, keepdims=True)
    return Surface(surface.positions, normals, surface.uvs, surface.triangles), of.depth


def hull(group: Floats, centre: Floats, radii: Floats, rng: np.random.Generator, size: float = 1.35) -> tuple[Surface, Floats]:
    """Return a rugged lump of 20 triangles around a group of twigs (N, 3), and how deep its corners (12,) lie in the crown."""
    middle, spread = group.mean(axis=0), np.maximum(group.std(axis=0), 0.2)
    middle = centre + _INWARD * (middle - centre)
    points = middle + _ICOSAHEDRON * spread * size * rng.uniform(0.8, 1.3, (12, 1))
    of = foliage(points, centre, radii)
    own = points - middle
    normals = of.outward + 0.7 * own / np.linalg.norm(own, axis=1, keepdims=True)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Surface(points, normals, points[:, :2], _FACES), of.depth
