"""Trees and bushes: trunk, branches and crowns of leaf clumps. Origin at the foot of the trunk."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, ellipsoid, quads, revolved, tube
from simgen.server.scene import Material, Mesh

Floats = NDArray[np.float64]
Color = tuple[int, int, int]

BARK = Look(Material.BARK, Tag.VEGETATION, (92, 72, 54))
BIRCH_BARK = Look(Material.BARK, Tag.VEGETATION, (206, 202, 192))
SUMMER: Color = (74, 106, 42)
DARK: Color = (44, 78, 40)
PALE: Color = (108, 132, 58)
OLIVE: Color = (92, 102, 50)


def _leaf(color: Color) -> Look:
    return Look(Material.LEAF, Tag.VEGETATION, color)


def _cards(centres: Floats, outward: Floats, size: Floats, rng: np.random.Generator) -> Surface:
    """Return leaf clumps: kites (N) that lean outwards, shaded like the crown they belong to."""
    count = len(centres)
    lean = outward + rng.normal(0, 0.55, (count, 3))
    lean /= np.linalg.norm(lean, axis=1, keepdims=True)
    u = np.cross(lean, rng.normal(size=(count, 3)))
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(lean, u)
    a, b = u * size[:, None], v * size[:, None] * rng.uniform(0.5, 0.9, (count, 1))
    shift = rng.uniform(-0.35, 0.35, (count, 1)) * a
    corners = centres[:, None] + np.stack([-a, -b + shift, a, b + shift], axis=1)
    flat = quads(corners, np.tile([(0, 0), (1, 0), (1, 1), (0, 1)], (count, 1, 1)))
    soft = np.repeat(outward, 4, axis=0) + 0.25 * flat.normals
    return Surface(flat.positions, soft / np.linalg.norm(soft, axis=1, keepdims=True), flat.uvs, flat.triangles)


def _shades(color: Color, heights: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a colour per card corner (4 N, 3): darker inside and below, a little different from clump to clump."""
    span = max(float(np.ptp(heights)), 1e-6)
    light = 0.72 + 0.42 * (heights - heights.min()) / span
    tone = light[:, None] * rng.uniform(0.82, 1.18, (len(heights), 1)) * (1 + rng.normal(0, 0.05, (len(heights), 3)))
    return np.repeat(np.clip(np.array(color) * tone, 0, 255).astype(np.uint8), 4, axis=0)


def _directions(count: int, rng: np.random.Generator) -> Floats:
    """Return unit vectors spread evenly over the sphere, turned at random."""
    k = np.arange(count) + 0.5
    z = 1 - 2 * k / count
    angle = k * math.pi * (1 + 5**0.5) + rng.uniform(0, 2 * math.pi)
    r = np.sqrt(1 - z**2)
    return np.stack([r * np.cos(angle), r * np.sin(angle), z], axis=-1)


def _crown(builder: MeshBuilder, clumps: list[tuple[Floats, Floats]], color: Color, cards: int, rng: np.random.Generator) -> None:
    """Add a crown: a dark core per clump (centre, radii) and cards on their surfaces."""
    middle = np.mean([c for c, _ in clumps], axis=0)
    core = tuple(int(0.66 * c) for c in color)
    each = cards // len(clumps)
    places, outs = [], []
    for centre, radii in clumps:
        builder.add(ellipsoid(centre, radii * 0.80, 4, 6), _leaf(core))  # type: ignore[arg-type]
        d = _directions(each, rng)
        places.append(centre + d * radii * rng.uniform(0.82, 1.02, (each, 1)))
        outs.append(d)
    points, own = np.concatenate(places), np.concatenate(outs)
    outward = own + 0.8 * (points - middle) / np.linalg.norm(points - middle, axis=1, keepdims=True)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    size = rng.uniform(0.32, 0.55, len(points)) * float(np.mean([r.mean() for _, r in clumps])) ** 0.5
    builder.add(_cards(points, outward, size, rng), _leaf(color), colors=_shades(color, points[:, 2], rng))


def _round_tree(height: float, base: float, radius: float, color: Color, bark: Look, cards: int) -> Callable[[np.random.Generator], Mesh]:
    """A broad-leaved tree: crown from `base` to `height`, several round clumps."""

    def make(rng: np.random.Generator) -> Mesh:
        builder = MeshBuilder()
        middle = (base + height) / 2
        bend = rng.uniform(-0.15, 0.15, 2)
        top = np.array([*bend, middle])
        trunk = np.array([(0, 0, -0.3), (0, 0, 0.25), (*bend * 0.5, base * 0.6), top])
        builder.add(tube(trunk, np.array([0.24, 0.16, 0.13, 0.06]) * height / 8, 7), bark)
        clumps = [(np.array([*bend, height - 0.30 * (height - base)]), np.array([0.62 * radius, 0.62 * radius, 0.30 * (height - base)]))]
        for k in range(4):
            angle = 2 * math.pi * (k + rng.uniform(-0.2, 0.2)) / 4
            out = radius * rng.uniform(0.40, 0.5)
            z = base + (height - base) * rng.uniform(0.30, 0.52)
            clump = np.array([out * math.cos(angle), out * math.sin(angle), z])
            clumps.append((clump, np.array([0.52 * radius, 0.52 * radius, 0.27 * (height - base)]) * rng.uniform(0.9, 1.08)))
            branch = np.array([(*bend * 0.5, base * 0.75), clump * (0.6, 0.6, 0.97)])
            builder.add(tube(branch, np.array([0.07, 0.03]) * height / 8, 4), bark)
        _crown(builder, clumps, color, cards, rng)
        return builder.mesh()

    return make


def _conifer(height: float, radius: float, color: Color) -> Callable[[np.random.Generator], Mesh]:
    def make(rng: np.random.Generator) -> Mesh:
        builder = MeshBuilder()
        builder.add(tube([(0, 0, -0.3), (0, 0, height * 0.5)], np.array([0.16, 0.08]) * height / 8, 6), BARK)
        tiers = 6
        for k in range(tiers):
            low = height * (0.10 + 0.78 * k / tiers)
            high = min(height, low + height * 0.30)
            wide = radius * (1 - 0.86 * k / (tiers - 1)) * rng.uniform(0.92, 1.05)
            tone = tuple(int(c * (0.8 + 0.07 * k)) for c in color)
            cone = revolved([(0.0, low + 0.25), (wide, low), (0.02, high)], 9)
            builder.add(cone, _leaf(tone), None)  # type: ignore[arg-type]
        points = np.array([[0, 0, 0.0]]) + _ring_points(height, radius, 60, rng)
        outward = points * (1, 1, 0) / np.maximum(np.linalg.norm(points[:, :2], axis=1, keepdims=True), 1e-6) + (0, 0, 0.4)
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        size = np.full(len(points), 0.05 * height)
        builder.add(_cards(points, outward, size, rng), _leaf(color), colors=_shades(color, points[:, 2], rng))
        return builder.mesh()

    return make


def _ring_points(height: float, radius: float, count: int, rng: np.random.Generator) -> Floats:
    z = rng.uniform(0.12, 0.95, count) ** 1.2
    angle = rng.uniform(0, 2 * math.pi, count)
    r = radius * (1 - z) * 0.95 + 0.1
    return np.stack([r * np.cos(angle), r * np.sin(angle), z * height], axis=-1)


def _bush(radius: float, height: float, color: Color) -> Callable[[np.random.Generator], Mesh]:
    def make(rng: np.random.Generator) -> Mesh:
        builder = MeshBuilder()
        clumps = []
        for k in range(3):
            angle = 2 * math.pi * (k + rng.uniform(-0.3, 0.3)) / 3
            place = np.array([0.35 * radius * math.cos(angle), 0.35 * radius * math.sin(angle), height * 0.42])
            clumps.append((place, np.array([0.62 * radius, 0.62 * radius, 0.5 * height])))
        _crown(builder, clumps, color, 30, rng)
        return builder.mesh()

    return make


def _far_tree(height: float, radius: float, color: Color) -> Callable[[np.random.Generator], Mesh]:
    """A tree of the woods around the town: a bare crown in about a hundred triangles."""

    def make(rng: np.random.Generator) -> Mesh:
        builder = MeshBuilder()
        builder.add(tube([(0, 0, -0.3), (0, 0, height * 0.4)], 0.2, 4, caps=False), BARK)
        builder.add(ellipsoid((0.1 * radius, 0, height * 0.52), (radius, 0.9 * radius, 0.30 * height), 5, 7), _leaf(color))
        builder.add(
            ellipsoid((-0.2 * radius, 0.2 * radius, height * 0.76), (0.7 * radius, 0.7 * radius, 0.24 * height), 4, 6), _leaf(color)
        )
        return builder.mesh()

    return make


PLANTS: dict[str, Callable[[np.random.Generator], Mesh]] = {
    "street tree 1": _round_tree(8.6, 4.3, 1.9, SUMMER, BARK, 100),
    "street tree 2": _round_tree(7.8, 4.2, 1.6, PALE, BARK, 90),
    "oak": _round_tree(9.5, 2.6, 3.6, SUMMER, BARK, 150),
    "lime": _round_tree(11.0, 3.0, 3.2, DARK, BARK, 150),
    "birch": _round_tree(9.0, 2.4, 2.0, PALE, BIRCH_BARK, 120),
    "apple": _round_tree(4.6, 1.5, 2.0, OLIVE, BARK, 80),
    "spruce": _conifer(11.0, 2.4, DARK),
    "cypress": _conifer(8.0, 1.2, DARK),
    "bush": _bush(0.9, 1.2, SUMMER),
    "hedge bush": _bush(0.7, 1.0, DARK),
    "far tree": _far_tree(10.0, 3.2, DARK),
}


@lru_cache(maxsize=64)
def plant_mesh(name: str, variant: int = 0) -> Mesh:
    """Return a plant; variants differ in their branches. Raises KeyError for an unknown name."""
    return PLANTS[name](stream(1, "plant", name, variant))
