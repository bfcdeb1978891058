"""Branches of trees: a crown is filled by space colonisation (Runions, Lane, Prusinkiewicz 2007), and thickness follows from the
number of twigs a branch carries. Metres; the origin is the foot of the trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.server.assets.solids import Surface, joined, quads, tube

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PIPE = 2.0
"""Exponent of the pipe model: the cross-sections of the branches of a fork sum to about that of their stem."""
_MOST_ROUNDS = 90


@dataclass(frozen=True)
class Skeleton:
    """Nodes of a tree; every parent comes before its children."""

    points: Floats
    """(N, 3)"""
    parents: Ints
    """(N,), -1 for the root."""
    radii: Floats
    """(N,)"""

    @property
    def tips(self) -> NDArray[np.bool_]:
        """(N,) nodes that carry no other."""
        out = np.ones(len(self.points), dtype=np.bool_)
        out[self.parents[1:]] = False
        return out


def grown(trunk: ArrayLike, goals: Floats, step: float, radius: float, rng: np.random.Generator, lift: float = 0.15) -> Skeleton:
    """Grow branches from a trunk (N, 3) towards goals (M, 3), `step` metres at a time; `radius` is that of the foot.

    Each round every goal pulls the node nearest to it; goals that have been reached are struck off. `lift` bends all growth
    upwards (or down where negative).
    """
    points = [np.asarray(trunk, dtype=np.float64)]
    parents: list[Ints] = [np.arange(-1, len(points[0]) - 1)]
    count = len(points[0])
    left = np.arange(len(goals))
    nearest, distance = _nearest(goals, points[0], 0)
    for _ in range(_MOST_ROUNDS):
        left = left[distance[left] > 1.6 * step]
        if not len(left):
            break
        known = np.concatenate(points)
        pull = goals[left] - known[nearest[left]]
        pull /= np.linalg.norm(pull, axis=1, keepdims=True)
        stems, which = np.unique(nearest[left], return_inverse=True)
        sums = np.zeros((len(stems), 3))
        np.add.at(sums, which, pull)
        sums += rng.normal(0, 0.22, sums.shape) * np.linalg.norm(sums, axis=1, keepdims=True) + np.array((0, 0, 1e-6))
        ways = sums / np.linalg.norm(sums, axis=1, keepdims=True) + np.array((0, 0, lift))
        new = known[stems] + step * ways / np.linalg.norm(ways, axis=1, keepdims=True)
        points.append(new)
        parents.append(stems)
        closer, gap = _nearest(goals, new, count)
        better = gap < distance - 1e-3
        if not better[left].any():
            break
        nearest, distance = np.where(better, closer, nearest), np.where(better, gap, distance)
        count += len(new)
    nodes, stems = np.concatenate(points), np.concatenate(parents)
    return Skeleton(nodes, stems, _radii(stems, radius))


def _nearest(goals: Floats, points: Floats, first: int) -> tuple[Ints, Floats]:
    gap = np.linalg.norm(goals[:, None] - points[None], axis=-1)
    best = gap.argmin(axis=1)
    return best + first, gap[np.arange(len(goals)), best]


def _radii(parents: Ints, foot: float) -> Floats:
    load = np.zeros(len(parents))
    for node in range(len(parents) - 1, -1, -1):
        load[node] = max(load[node], 1.0)
        if parents[node] >= 0:
            load[parents[node]] += load[node]
    return np.asarray(foot * (load / load[0]) ** (1 / _PIPE))


def limbs(tree: Skeleton) -> list[Ints]:
    """Return the tree as runs of nodes: each follows its thickest branch to the tip and begins at the node it forks from."""
    thickest = np.full(len(tree.points), -1)
    for node in range(1, len(tree.points)):
        stem = tree.parents[node]
        if thickest[stem] < 0 or tree.radii[node] > tree.radii[thickest[stem]]:
            thickest[stem] = node
    out = []
    for node in range(len(tree.points)):
        stem = tree.parents[node]
        if stem < 0 or thickest[stem] != node:
            run = [node] if stem < 0 else [int(stem), node]
            while thickest[run[-1]] >= 0:
                run.append(int(thickest[run[-1]]))
            out.append(np.array(run))
    return out


def wood(tree: Skeleton, least: float, sides: int = 7, coarse: int = 1) -> Surface:
    """Return bark around all branches thicker than `least` metres of radius; `coarse` skips nodes between."""
    parts = []
    for run in limbs(tree):
        thick = tree.radii[run[min(1, len(run) - 1)]]
        run = run[: max(int((tree.radii[run] >= least).sum()), 2)]
        if thick < least or len(run) < 2:
            continue
        kept = run[np.unique(np.append(np.arange(0, len(run), coarse), len(run) - 1))]
        radii = tree.radii[kept].copy()
        radii[0] = min(radii[0], 1.25 * thick) if run[0] else radii[0]
        around = max(3, min(sides, round(3 + 40 * float(thick))))
        parts.append(tube(tree.points[kept], radii, around, caps=False))
    return joined(parts)


def twigs(tree: Skeleton, width: float, most: float, rng: np.random.Generator) -> Surface:
    """Return flat ribbons along all branches thinner than `most`, each turned its own way: bare twigs from afar."""
    nodes = np.flatnonzero((tree.radii < most) & (tree.parents >= 0))
    a, b = tree.points[tree.parents[nodes]], tree.points[nodes]
    side = np.cross(b - a, rng.normal(size=a.shape))
    side *= 0.5 * width / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    return quads(np.stack([a - side, a + side, b + 0.4 * side, b - 0.4 * side], axis=1))
