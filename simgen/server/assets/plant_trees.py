"""Trees near and far. Origin at the foot of the trunk, which reaches a little into the ground."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.plant_foliage import (
    Color,
    Foliage,
    Leaf,
    add_cards,
    cards,
    envelope,
    foliage,
    leaf_colors,
    leaf_look,
    sprays,
)
from simgen.server.assets.plant_skeleton import Skeleton, grown, twigs, wood
from simgen.server.assets.plant_species import BROWN_BARK, CLEAR_M, GREY_BARK, Conifer, Species, Spindle
from simgen.server.assets.solids import grid, tube
from simgen.server.scene import Mesh

Floats = NDArray[np.float64]

FAR_CARDS = 110
"""Clumps of leaves of a tree far away."""
_ROOT_M = 0.3


@dataclass(frozen=True)
class Crown:
    """The room that a crown fills."""

    base: float
    top: float
    centre: Floats
    radii: Floats
    shape: Species
    turns: Floats
    """(2, 3) sizes and phases of the waves of its outline."""

    @classmethod
    def of(cls, kind: Species, rng: np.random.Generator) -> Crown:
        height = kind.height * rng.uniform(0.9, 1.08)
        turns = np.array([rng.uniform(0.3, 1.0, 3) * kind.uneven, rng.uniform(0, 2 * math.pi, 3)])
        lean = rng.normal(0, (0.02 if kind.base > CLEAR_M else 0.05) * kind.radius, 2)
        half = (height - kind.base) / 2
        return cls(kind.base, height, np.array([*lean, kind.base + half]), np.array([kind.radius, kind.radius, half]), kind, turns)

    def reach(self, share: Floats, angle: Floats) -> Floats:
        """Return the radius at shares of the crown's height and angles."""
        waves = sum(self.turns[0, k] * np.sin((k + 1) * angle + self.turns[1, k] + 5 * k * share) for k in range(3))
        return np.asarray(np.interp(share, *np.array(self.shape.profile).T) * self.radii[0] * (1 + waves))

    def filled(self, count: int, rng: np.random.Generator) -> Floats:
        """Return points (N, 3) all over the crown, denser outside, with holes."""
        share, angle = rng.random(2 * count) ** 0.9, rng.uniform(0, 2 * math.pi, 2 * count)
        away = self.reach(share, angle) * rng.random(2 * count) ** 0.40
        points = np.stack([away * np.cos(angle), away * np.sin(angle), self.base + share * (self.top - self.base)], axis=-1)
        points[:, :2] += self.centre[:2]
        holes = points[rng.choice(len(points), self.shape.gaps)]
        size = rng.uniform(0.28, 0.5, self.shape.gaps) * self.radii[0]
        gap = np.linalg.norm(points[:, None] - holes[None], axis=-1)
        return np.asarray(points[(gap > size).all(axis=1)][:count])


def tree(kind: Species, season: str, far: bool, rng: np.random.Generator) -> Mesh:
    """Return a tree whose branches fill a crown."""
    crown = Crown.of(kind, rng)
    bare = season == "winter" and not kind.evergreen
    skeleton = _skeleton(crown, rng, 1000 if bare else 300, 0.62 if bare else 0.9)
    builder = MeshBuilder()
    if far:
        builder.add(wood(skeleton, (0.16 if bare else 0.42) * kind.trunk, 4, 4), kind.bark)
    else:
        builder.add(wood(skeleton, 0.016, 8, 2), kind.bark)
    if bare:
        _add_bare_twigs(builder, skeleton, kind, far, rng)
    else:
        leaves = _leaves(skeleton, crown, rng)
        (_far_leaves if far else _near_leaves)(builder, leaves, crown, kind, season, rng)
    return builder.mesh()


def _skeleton(crown: Crown, rng: np.random.Generator, goals: int, fine: float) -> Skeleton:
    kind = crown.shape
    step = fine * (0.075 * (crown.top - crown.base) ** 0.5 * kind.radius**0.5 + 0.12)
    end = kind.base + kind.leader * (crown.top - kind.base)
    z = np.concatenate([[-_ROOT_M, 0.0], np.arange(0.6, end, step * 1.2), [max(end, 0.7)]])
    sway = (0.007 if kind.base > CLEAR_M else 0.02) * kind.height**0.5
    bend = np.cumsum(rng.normal(0, sway, (len(z), 2)), axis=0) * (z[:, None] > 0.3)
    trunk = np.column_stack([bend + crown.centre[:2] * np.clip(z / crown.centre[2], 0, 1)[:, None], z])
    tree = grown(trunk, crown.filled(goals, rng), step, kind.trunk, rng, kind.lift)
    if kind.base > CLEAR_M:
        aside = np.hypot(tree.points[:, 0], tree.points[:, 1]) > 0.35
        tree.points[aside, 2] = np.maximum(tree.points[aside, 2], CLEAR_M + 0.15)
    flare = tree.radii.copy()
    flare[0] = 1.35 * kind.trunk
    return Skeleton(tree.points, tree.parents, np.maximum(flare, 0.006))


def _leaves(skeleton: Skeleton, crown: Crown, rng: np.random.Generator) -> Foliage:
    """Return twigs around the thin branches."""
    kind = crown.shape
    thin = np.flatnonzero((skeleton.radii < 0.30 * kind.trunk) & (skeleton.points[:, 2] > kind.base - 0.4))
    weight = np.where(skeleton.tips[thin], 2.5, 1.0)
    chosen = rng.choice(thin, kind.cards, p=weight / weight.sum())
    spread = 0.42 * kind.card_m * np.array((1, 1, 0.8))
    points = skeleton.points[chosen] + rng.normal(0, 1, (kind.cards, 3)) * spread
    if kind.lift < -0.2:
        points[:, 2] -= rng.exponential(0.9, kind.cards)
    if kind.base > CLEAR_M:
        points[:, 2] = np.maximum(points[:, 2], CLEAR_M + 0.95 * kind.card_m)
    points[:, 2] = np.maximum(points[:, 2], 0.5)
    return foliage(points, crown.centre, crown.radii)


def _near_leaves(builder: MeshBuilder, leaves: Foliage, crown: Crown, kind: Species, season: str, rng: np.random.Generator) -> None:
    _add_inside(builder, leaves, crown, kind, season, 5, 7, 0.45, 0.75)
    size = kind.card_m * rng.uniform(0.85, 1.3, len(leaves.points))
    surface = cards(leaves, size, kind.leaf, rng, 0.65, -0.5 if kind.lift < -0.2 else 0.1)
    add_cards(builder, surface, leaf_colors(leaves, kind.colors(season), rng))


def _add_inside(
    builder: MeshBuilder, leaves: Foliage, crown: Crown, kind: Species, season: str, rows: int, sides: int, share: float, light: float
) -> None:
    """Add the dark inside of a crown, through which one hardly sees."""
    lowest = CLEAR_M if kind.base > CLEAR_M else 0.4
    surface, depth = envelope(leaves.points, crown.centre, crown.radii, rows, sides, share)
    surface.positions[:, 2] = np.maximum(surface.positions[:, 2], lowest)
    shade = np.array(kind.colors(season)[0]) * (light * (0.55 + 0.45 * depth / max(float(depth.max()), 1e-6)))[:, None]
    builder.add(surface, leaf_look((255, 255, 255), card=False), colors=np.clip(shade, 0, 255))


def _far_leaves(builder: MeshBuilder, leaves: Foliage, crown: Crown, kind: Species, season: str, rng: np.random.Generator) -> None:
    _add_inside(builder, leaves, crown, kind, season, 6, 8, 0.72, 0.9)
    reach = np.linalg.norm((leaves.points - crown.centre) / crown.radii, axis=1)
    picked = rng.choice(len(reach), FAR_CARDS, replace=False, p=reach**3 / (reach**3).sum())
    size = max(2.1 * kind.card_m, 0.56 * kind.radius) * rng.uniform(0.75, 1.15, FAR_CARDS)
    some = Foliage(leaves.points[picked], leaves.outward[picked], leaves.depth[picked])
    if kind.base > CLEAR_M:
        some.points[:, 2] = np.maximum(some.points[:, 2], CLEAR_M + 0.72 * size)
    add_cards(builder, cards(some, size, kind.leaf, rng), leaf_colors(some, kind.colors(season), rng, 0.6))


def _add_bare_twigs(builder: MeshBuilder, skeleton: Skeleton, kind: Species, far: bool, rng: np.random.Generator) -> None:
    """Add the thin branches of a leafless tree; the finest are sparse cards, the colour of bark."""
    if far:
        kept = np.arange(len(skeleton.points)) % 4 == 0
        builder.add(twigs(replace(skeleton, parents=np.where(kept, skeleton.parents, -1)), 0.08, 0.16 * kind.trunk, rng), kind.bark)
        return
    builder.add(twigs(skeleton, 0.026, 0.016, rng), kind.bark)
    tips = np.flatnonzero(skeleton.tips)
    tips = rng.choice(tips, min(len(tips), 250), replace=False)
    ahead = np.repeat(skeleton.points[tips] - skeleton.points[skeleton.parents[tips]], 2, axis=0)
    start = np.repeat(skeleton.points[tips], 2, axis=0)
    ends = start + 1.4 * ahead + rng.normal(0, 0.20, ahead.shape)
    if kind.base > CLEAR_M:
        ends[:, 2] = np.maximum(ends[:, 2], CLEAR_M)
    stems = np.concatenate([np.full(len(start), -1), np.arange(len(start))])
    builder.add(twigs(Skeleton(np.concatenate([start, ends]), stems, np.zeros(2 * len(start))), 0.018, 0.016, rng), kind.bark)


def conifer(kind: Conifer, far: bool, rng: np.random.Generator) -> Mesh:
    """Return a fir: whorls of drooping branches with needles around a dark core."""
    builder = MeshBuilder()
    height = kind.height * rng.uniform(0.88, 1.08)
    builder.add(
        tube([(0, 0, -_ROOT_M), (0, 0, 0.3), (0, 0, height * 0.97)], np.array([1.3, 1.0, 0.1]) * kind.trunk, 4 if far else 7), BROWN_BARK
    )
    whorls = 7 if far else kind.whorls
    share = (np.arange(whorls) + rng.uniform(0.0, 0.5, whorls)) / whorls
    each = 5 if far else 7
    z = np.repeat(kind.base + share * (height - kind.base), each) + rng.normal(0, 0.08, whorls * each)
    angle = (np.arange(whorls * each) * 2.4 + rng.normal(0, 0.25, whorls * each)) % (2 * math.pi)
    top = np.repeat(1 - share, each)
    length = kind.radius * (0.10 + 0.90 * top**0.85) * rng.uniform(0.72, 1.1, whorls * each)
    _add_core(builder, kind, height, far)
    steps = 2 if far else 4
    at = (np.arange(steps) + 0.9) / (steps + 0.35)
    out = np.stack([np.cos(angle), np.sin(angle), -kind.droop + 0.35 * (1 - top)], axis=-1) * length[:, None]
    points = out[:, None] * at[:, None] + np.stack([np.zeros_like(z), np.zeros_like(z), z], axis=-1)[:, None]
    points[..., 2] = np.maximum(points[..., 2], 0.25)
    along = np.broadcast_to(out[:, None], points.shape).reshape(-1, 3)
    away = points.reshape(-1, 3) * (1, 1, 0)
    outward = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6) + (0, 0, 0.55)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    depth = np.tile(at, len(z)) * 0.8 + 0.2 * np.repeat(1 - top, steps)
    of = Foliage(points.reshape(-1, 3) + rng.normal(0, 0.05, (len(along), 3)), outward, depth)
    size = np.repeat(0.30 + 0.42 * length / kind.radius, steps) * kind.radius * rng.uniform(0.42, 0.62, len(along)) * (2.1 if far else 1.0)
    add_cards(builder, sprays(of, along, size, Leaf.NEEDLES, rng), leaf_colors(of, kind.colors, rng, 0.5))
    return builder.mesh()


def _add_core(builder: MeshBuilder, kind: Conifer, height: float, far: bool) -> None:
    """Add the dark inside of a fir: a jagged cone."""
    rows, sides = (4, 6) if far else (7, 8)
    share = np.linspace(0.02, 1.0, rows)
    angle = np.linspace(0, -2 * math.pi, sides, endpoint=False)
    wave = 1 + 0.22 * np.sin(2.5 * angle[None] + 3 * np.arange(rows)[:, None])
    radius = kind.radius * (0.58 if far else 0.5) * (1 - share[:, None]) * wave + 0.02
    z = np.broadcast_to(kind.base + share[:, None] * (height - kind.base) * 0.97, radius.shape)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1)
    dark: Color = tuple(int((0.66 if far else 0.5) * c) for c in kind.colors[0])  # type: ignore[assignment]
    builder.add(grid(points, closed=True), leaf_look(dark, card=False))


def spindle(kind: Spindle, far: bool, rng: np.random.Generator) -> Mesh:
    """Return a dense evergreen: cards on the surface of a solid of revolution."""
    builder = MeshBuilder()
    height = kind.height * rng.uniform(0.85, 1.1)
    builder.add(tube([(0, 0, -_ROOT_M), (0, 0, 0.5)], 0.10, 4 if far else 6, caps=False), GREY_BARK)
    count = 40 if far else kind.cards
    share, angle = rng.random(count), rng.uniform(0, 2 * math.pi, count)
    radius = np.interp(share, *np.array(kind.profile).T) * kind.radius * (1 + 0.10 * np.sin(3 * angle + 9 * share))
    inside = rng.uniform(0.78, 1.0, count)
    points = np.stack([radius * inside * np.cos(angle), radius * inside * np.sin(angle), 0.25 + share * (height - 0.35)], axis=-1)
    rows, sides = (5, 6) if far else (7, 8)
    levels = np.linspace(0, 1, rows)
    turn = np.linspace(0, -2 * math.pi, sides, endpoint=False)
    core = np.interp(levels, *np.array(kind.profile).T)[:, None] * kind.radius * (0.92 if far else 0.78) * np.ones(sides)
    rim = np.stack([core * np.cos(turn), core * np.sin(turn), np.broadcast_to(0.2 + levels[:, None] * (height - 0.3), core.shape)], axis=-1)
    dark: Color = tuple(int((0.8 if far else 0.55) * c) for c in kind.colors[0])  # type: ignore[assignment]
    builder.add(grid(rim, closed=True), leaf_look(dark, card=False))
    outward = np.stack([np.cos(angle), np.sin(angle), 0.2 + 0.5 * share], axis=-1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    of = Foliage(points, outward, np.clip(0.45 + 0.3 * share + 1.2 * (inside - 0.78), 0, 1))
    size = kind.radius**0.5 * rng.uniform(0.36, 0.52, count) * (1.7 if far else 1.0)
    add_cards(builder, cards(of, size, Leaf.HEDGE, rng, 0.5), leaf_colors(of, kind.colors, rng, 0.6))
    return builder.mesh()
