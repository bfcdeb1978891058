"""Fits dressed figures to CARLA's boxes of walkers, which are narrower than people of their height.

The trunk is drawn in sideways and slimmed a little, shoulders and hips with it; legs keep their length, and the whole is scaled
to the height of the box.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.people_clothes import Rest, vertex_normals
from simgen.server.assets.walker_gait import WALK, Foot, striding
from simgen.server.assets.walker_skeleton import Pose, Rig, transforms
from simgen.server.assets.walker_stance import Stance, standing
from simgen.server.scene import Mesh

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_TRUNK = ("pelvis", "belly", "waist", "chest", "clavicle")
GAP_M = np.array([0.006, 0.018, 0.004])
"""Left free inside the box while standing: sideways for the swing of shoulders and arms."""


@dataclass(frozen=True)
class Figure:
    """A dressed figure of its final size; the ground is at z = 0 in its poses."""

    rest: Rest
    rig: Rig
    foot: Foot
    points: Singles
    """(V, 4): the vertices at rest, and 1."""
    normals: Singles
    """(V, 3) at rest."""

    @cached_property
    def still(self) -> Mesh:
        """What all postures share: the mesh at rest, tagged as a pedestrian."""
        rest, count = self.rest, len(self.points)
        return Mesh(
            positions=self.points[:, :3],
            normals=self.normals,
            uvs=rest.uvs.astype(np.float32),
            colors=rest.colors,
            tinted=np.zeros(count, dtype=np.bool_),
            materials=rest.materials,
            tags=np.full(count, Tag.PEDESTRIANS, dtype=np.uint8),
            triangles=rest.triangles.astype(np.uint32),
        )

    def points_in(self, pose: Pose) -> Singles:
        """Return (V, 3) positions in a pose."""
        return moved(blended(self.rest, transforms(self.rig, pose)), self.points)

    def posed(self, pose: Pose) -> tuple[Singles, Singles]:
        """Return positions and normals (V, 3) in a pose."""
        matrices = blended(self.rest, transforms(self.rig, pose))
        normals = moved(matrices[:, :, :3], self.normals)
        length = np.sqrt((normals * normals).sum(axis=1, keepdims=True))
        return moved(matrices, self.points), normals / np.maximum(length, 1e-9)


def blended(rest: Rest, matrices: Floats) -> Singles:
    """Return (V, 3, 4): each vertex' mean of its four bones' transforms (J, 3, 4)."""
    flat, weights = matrices.astype(np.float32).reshape(-1, 12), rest.weights.astype(np.float32)
    out = flat[rest.bones[:, 0]] * weights[:, :1]
    for k in range(1, 4):
        out += flat[rest.bones[:, k]] * weights[:, k : k + 1]
    return out.reshape(-1, 3, 4)


def moved(matrices: Singles, points: Singles) -> Singles:
    """Return (V, 3): one matrix (V, 3, K) each on (V, K). Without matrix products: threads cost more than they bring."""
    return np.asarray(sum(matrices[:, :, k] * points[:, k : k + 1] for k in range(points.shape[1])))


def figure_of(rest: Rest, scale: float = 1.0, narrow: float = 1.0) -> Figure:
    """Return the figure of a dressed body, `scale` times as large, its trunk `narrow` times as wide."""
    raw = Figure(rest, rest.rig, Foot(0, 0, 0, 0, 0), _with_one(rest.positions), rest.normals.astype(np.float32))
    shaped = reshaped(raw, scale, narrow)
    return replace(shaped, normals=_kept_normals(rest, shaped.points[:, :3]))


def reshaped(raw: Figure, scale: float, narrow: float) -> Figure:
    """Return a figure of other proportions, with the normals of the old ones: `narrow` widths and half as much less depth."""
    rig = raw.rest.rig
    stretch = np.array([_stretch(bone.partition(".")[0], narrow) for bone in rig.bones])
    heads = rig.heads.copy()
    for k, parent in enumerate(rig.parents):
        if parent >= 0:
            heads[k] = heads[parent] + stretch[parent] * (rig.heads[k] - rig.heads[parent])
    matrices = scale * np.concatenate([np.einsum("ja,ab->jab", stretch, np.eye(3)), (heads - stretch * rig.heads)[:, :, None]], axis=2)
    points = _with_one(moved(blended(raw.rest, matrices), _with_one(raw.rest.positions)))
    fitted = replace(rig, heads=heads * scale)
    return replace(raw, rig=fitted, points=points, foot=_foot(fitted, points, raw.rest))


def _stretch(bone: str, narrow: float) -> tuple[float, float, float]:
    if bone in _TRUNK:
        return 0.7 + 0.3 * narrow, narrow, 1.0
    if bone in ("thigh", "shin"):
        return 1.0, 0.5 + 0.5 * narrow, 1.0
    head = 0.85 + 0.15 * narrow
    return (head, head, head) if bone in ("head", "neck") else (1.0, 1.0, 1.0)


def _with_one(points: NDArray) -> Singles:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1).astype(np.float32)


def _kept_normals(rest: Rest, points: NDArray) -> Singles:
    """Return normals turned as the surface's own turn, so that seams between looks stay smooth."""
    before, after = vertex_normals(rest.positions, rest.triangles), vertex_normals(points.astype(np.float64), rest.triangles)
    out = rest.normals + after - before
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _foot(rig: Rig, points: Singles, rest: Rest) -> Foot:
    """Return the measures of the right shoe."""
    in_foot = np.isin(rest.bones, (rig.bones.index("foot.R"), rig.bones.index("toes.R")))
    of_foot = (rest.weights * in_foot).sum(axis=1) > 0.6
    ankle, toes, shoe = rig.head("foot.R"), rig.head("toes.R"), points[of_foot]
    ground = float(shoe[:, 2].min())
    flat = shoe[shoe[:, 2] < ground + 0.01]
    heel, tip = float(flat[:, 0].min() - ankle[0]), float(shoe[:, 0].max() - ankle[0])
    return Foot(heel, float(toes[0] - ankle[0]), tip, float(ankle[2] - ground), float(toes[2] - ground))


@dataclass(frozen=True)
class Fit:
    """What makes a figure fit its box."""

    scale: float
    narrow: float
    stance: Stance
    drop: float
    """Metres that the hips sink while walking or running, so that the head stays in the box."""


def fitted_to_box(rest: Rest, extent: Floats, kind: int) -> Fit:
    """Return the proportions and the stance that fill a box of half sizes `extent` (3,), by fixed-point steps.

    The height is met by the scale. Too wide a figure is narrowed, too narrow a one spreads its arms; the feet are set apart fore
    and aft until the figure is as deep as the box; arms swing back where something on the back already takes too much.
    """
    goal, raw = extent - GAP_M, figure_of(rest)
    scale, narrow, stance = 2 * goal[2] / float(np.ptp(rest.positions[:, 2])), 0.75, Stance(kind)
    for _ in range(8):
        figure = reshaped(raw, scale, narrow)
        points = figure.points_in(standing(figure.rig, figure.foot, stance))
        low, high = points.min(axis=0), points.max(axis=0)
        wide, arm = max(high[1], -low[1]) - goal[1], 0.5 * float(high[2])
        scale *= 2 * goal[2] / float(high[2])
        if wide > 0 or narrow < 1:
            narrow = float(np.clip(narrow - wide / 0.19, 0.53, 1.0))
        if narrow == 1 and wide < 0:
            stance = replace(stance, out=min(stance.out - wide / arm, 0.7))
        deep = 2 * goal[0] - float(high[0] - low[0])
        shift = stance.shift - float(high[0] + low[0]) / 2
        if stance.stagger == 0:
            stance = replace(stance, swing=float(np.clip(stance.swing + 1.2 * min(deep, 0.0), -0.22, 0.0)))
        stance = replace(stance, stagger=float(np.clip(stance.stagger + deep, 0.0, 0.5 * extent[2])), shift=shift)
    return Fit(scale, narrow, stance, _drop(reshaped(raw, scale, narrow), 2 * float(extent[2]) - 0.002))


def _drop(figure: Figure, height: float) -> float:
    """Return by how much the head rises over `height` in the middle of a step, when it is highest."""
    return max(0.0, float(figure.points_in(striding(figure.rig, WALK, figure.foot, WALK.low_at + 0.25))[:, 2].max()) - height)
