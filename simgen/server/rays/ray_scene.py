"""Casting rays into the city and the placed shapes with Embree, through Open3D.

The still city around the rays' start is one search tree (see `city_trees`), each shape of the library another in its own frame,
built when first met. A tick rebuilds nothing that moves: the rays that can meet a placed shape are turned into its frame, all
rays of one shape are cast in one batch, and the nearest hit wins.

Embree computes in float32. The city's vertices are float32 already (0.03 mm steps at 500 m from the origin), and the rays'
origins are rounded the same way for the city; a shape's rays are taken into its frame in float64 first.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.rays.appearance import Paints
from simgen.server.rays.city_trees import CityTree, CityTrees
from simgen.server.rays.target import Met, Target
from simgen.server.rays.windows import Boxes, rays_towards
from simgen.server.scene import UNCHANGED, Appearance, City, Moment, Placed, ShapeLibrary
from simgen.server.sensors import SCENERY_ID, Hits

Floats = NDArray[np.float64]


FEW = 256
"""So few rays are cast at the copies one by one, as at actors: a tree of all copies around them would not pay."""


class RayScene:
    """The rays of the embedded server (a `RaySource`).

    Safe to use from several threads. The answer depends on nothing but the arguments.
    """

    def __init__(self, city: City, shapes: ShapeLibrary) -> None:
        self._still, self._shapes = city, shapes
        self._trees = CityTrees(city, shapes)
        self._paints = Paints.of(UNCHANGED, city)
        self._targets: dict[str, Target] = {}
        self._building = threading.Lock()

    def cast(self, origins: Floats, directions: Floats, range_m: float, moment: Moment, ignore: frozenset[int] = frozenset()) -> Hits:
        """Return the nearest hits of rays from `origins` (3,) or (N, 3) along unit `directions` (N, 3); see `RaySource.cast`.

        Surfaces are hit from both sides. Of equally near surfaces the city
        wins, then the shape with the alphabetically first name, then the one placed first.
        """
        origins, directions = np.atleast_2d(origins).astype(np.float64), np.atleast_2d(directions).astype(np.float64)
        rays = np.empty((len(directions), 6), dtype=np.float32)
        rays[:, :3], rays[:, 3:] = origins, directions
        paints = self._paints_of(moment.appearance)
        hidden = moment.appearance.hidden
        if SCENERY_ID in ignore or not len(rays):
            hits = _no_hits(len(rays))
        elif len(rays) <= FEW:
            hits = _scenery_hits(self._trees.mesh(hidden), self._trees.ids, rays, range_m, paints)
            still = self._trees.copies_near(origins, range_m, hidden)
            if still:
                _cast_at_crowd(hits, origins, directions, range_m, _Crowd.of(still, [self._target(p.shape) for p in still], paints))
        else:
            hits = _scenery_hits(self._trees.around(origins, range_m, hidden), self._trees.ids, rays, range_m, paints)
        placed = sorted((p for p in moment.placed if p.actor_id not in ignore), key=lambda p: p.shape)
        if placed and len(rays):
            _cast_at_crowd(hits, origins, directions, range_m, _Crowd.of(placed, [self._target(p.shape) for p in placed], paints))
        return hits

    def _paints_of(self, appearance: Appearance) -> Paints | None:
        if not appearance.textures:
            return None
        paints = self._paints
        if paints.appearance is not appearance:
            paints = self._paints = Paints.of(appearance, self._still)
        return paints

    def _target(self, shape: str) -> Target:
        target = self._targets.get(shape)
        if target is None:
            with self._building:
                target = self._targets.get(shape) or Target.of(self._shapes.mesh(shape))
                self._targets[shape] = target
        return target


@dataclass(frozen=True)
class _Crowd:
    """P placed shapes, those of one name beside each other."""

    targets: Sequence[Target]
    actor_ids: NDArray[np.uint32]
    tints: NDArray[np.float32]
    """(P, 3) factors of tinted colours."""
    paints: NDArray[np.float32] | None
    """(P, 3) colours of the textures that are worn, not a number for none; None where nobody wears any."""
    boxes: Boxes
    runs: Sequence[tuple[int, int]]
    """First and end of the places of each name."""

    @classmethod
    def of(cls, placed: Sequence[Placed], targets: Sequence[Target], paints: Paints | None) -> _Crowd:
        starts = [i for i in range(len(placed)) if i == 0 or placed[i].shape != placed[i - 1].shape]
        return cls(
            targets,
            np.array([p.actor_id for p in placed], dtype=np.uint32),
            np.array([p.color for p in placed], dtype=np.float32) / np.float32(255.0),
            None if paints is None else np.stack([paints.of_placed(p) for p in placed]),
            Boxes(np.stack([p.world_from_shape for p in placed]), np.stack([t.low for t in targets]), np.stack([t.high for t in targets])),
            list(zip(starts, [*starts[1:], len(placed)], strict=True)),
        )


def _cast_at_crowd(hits: Hits, origins: Floats, directions: Floats, range_m: float, crowd: _Crowd) -> None:
    """Write into `hits` where a placed shape is nearer than what is there."""
    ray, counts = rays_towards(origins, directions, crowd.boxes, range_m)
    place = np.repeat(np.arange(len(counts)), counts)
    local = _local_rays(origins, directions, crowd.boxes.world_from_box, ray, counts)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    for first, end in crowd.runs:
        pairs = slice(bounds[first], bounds[end])
        met = crowd.targets[first].cast(local[pairs])
        _keep_nearer(hits, crowd, first, met, ray[pairs], place[pairs], range_m)


def _local_rays(origins: Floats, directions: Floats, world_from_shape: Floats, ray: NDArray, counts: NDArray) -> NDArray[np.float32]:
    """Return the rays (M, 6) of all pairs of `ray` and placed shape, each in the frame of the shape."""
    local = np.empty((len(ray), 6), dtype=np.float32)
    towards = directions.astype(np.float32)[ray]
    start = 0
    for pose, count in zip(world_from_shape, counts.tolist(), strict=True):
        pairs = slice(start, start + count)
        origin = origins if len(origins) == 1 else origins[ray[pairs]]
        back = pose[:3, :3] / (pose[:3, 0] @ pose[:3, 0])  # the inverse's transpose; distances stay those of the world
        local[pairs, :3] = (origin - pose[:3, 3]) @ back
        np.matmul(towards[pairs], back.astype(np.float32), out=local[pairs, 3:])
        start += count
    return local


def _keep_nearer(hits: Hits, crowd: _Crowd, first: int, met: Met, ray: NDArray, place: NDArray, range_m: float) -> None:
    """Write into `hits` what `ray` (M,) `met` at the shapes in `place` (M,), where that is nearer than what is there.

    A ray occurs once for each place of the shape. Of equal indices an assignment keeps the last, so the nearest comes last,
    and of equally near ones that placed first.
    """
    nearer = np.flatnonzero((met.distance <= range_m) & (met.distance < hits.distance[ray]))
    nearer = nearer[np.lexsort((-nearer, -met.distance[nearer]))]
    ray, place = ray[nearer], place[nearer]
    triangle, target = met.triangle[nearer], crowd.targets[first]
    assert hits.color is not None
    hits.distance[ray] = met.distance[nearer]
    hits.object_id[ray] = crowd.actor_ids[place]
    hits.tag[ray], hits.material[ray] = target.tags[triangle], target.materials[triangle]
    axes = crowd.boxes.world_from_box[:, :3, :3]
    axes = axes / np.linalg.norm(axes[:, :, :1], axis=1, keepdims=True)
    hits.normal[ray] = np.einsum("kij,kj->ki", axes[place], met.normal[nearer])
    tint = np.where(target.tinted[triangle, None], crowd.tints[place], np.float32(1.0))
    color = np.rint(target.colors[triangle] * tint)
    hits.color[ray] = color if crowd.paints is None else np.where(np.isnan(crowd.paints[place]), color, crowd.paints[place])


def _scenery_hits(city: CityTree, ids: NDArray[np.uint32], rays: NDArray[np.float32], range_m: float, paints: Paints | None) -> Hits:
    """Return what the rays meet in the city, as far as `range_m`."""
    met = city.cast(rays)
    if city.scene is None:
        return _no_hits(len(met.distance))
    within = met.distance <= range_m
    triangle = np.where(within, met.triangle, 0)
    look = city.look[triangle]
    color = city.colors(triangle)
    color = color if paints is None else paints.on_city(city, triangle, color)
    return Hits(
        distance=np.where(within, met.distance, np.float32(np.inf)),
        object_id=np.where(within, ids[city.owners(triangle)], np.uint32(0)),
        tag=np.where(within, np.take(city.looks.tags, look), 0),
        material=np.where(within, np.take(city.looks.materials, look), 0),
        normal=np.where(within[:, None], met.normal, np.float32(0.0)),
        color=np.where(within[:, None], color, 0),
    )


def _no_hits(count: int) -> Hits:
    return Hits(
        distance=np.full(count, np.inf, dtype=np.float32),
        object_id=np.zeros(count, dtype=np.uint32),
        tag=np.zeros(count, dtype=np.uint8),
        material=np.zeros(count, dtype=np.uint8),
        normal=np.zeros((count, 3), dtype=np.float32),
        color=np.zeros((count, 3), dtype=np.uint8),
    )
