"""From outside one meets front faces first: the renderer leaves out back faces, so that a back face met first is a hole in the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import open3d as o3d
import pytest
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.server.assets.placement import place
from simgen.server.assets.shapes import Shapes
from simgen.server.meshes import copies, merged
from simgen.server.scene import Material, Mesh
from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.actor_factory import make_actor
from simgen.server.world.blueprints import LIBRARY

SHAPES = Shapes()
BLUEPRINTS = {
    family: [b for b in LIBRARY.values() if b.family == family and b.semantic_tags and b.id != "static.prop.mesh"]
    for family in ("vehicle", "walker", "static")
}
BOTH_SIDES = (Material.LEAF, Material.LEAF_CARD, Material.LATTICE)
"""Drawn from either side; in crowns they also hide the open ends of twigs."""
RAYS = 40_000
MOST_BACKS = 0.001
"""Of the hits. Not 0: cars are open between the sill and the floor, coats and skirts to the legs, and boots overlap feet, so that a
few rays from close to the ground pass in below an edge; and where knees and elbows bend, skin and cloth fold by a millimetre."""

Floats = NDArray[np.float32]


def rays_at(low: Floats, high: Floats) -> Floats:
    """Return rays (RAYS, 6) from a dome over the ground to points of the box: nobody looks from below the ground."""
    rng = stream(0, "outsides")
    outward = rng.normal(size=(RAYS, 3))
    outward[:, 2] = np.abs(outward[:, 2])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    foot = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    start = foot + 1.5 * np.linalg.norm(high - low) * outward
    along = rng.uniform(low, high, (RAYS, 3)) - start
    return np.concatenate([start, along / np.linalg.norm(along, axis=1, keepdims=True)], axis=1).astype(np.float32)


def share_of_backs(mesh: Mesh) -> float:
    """Return which share of the rays that meet the mesh meet a triangle from behind."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.core.Tensor(mesh.positions.copy()), o3d.core.Tensor(mesh.triangles.copy()))
    rays = rays_at(*mesh.bounds())
    answer = scene.cast_rays(o3d.core.Tensor(rays))
    hit = np.isfinite(answer["t_hit"].numpy())
    met = mesh.triangles[answer["primitive_ids"].numpy()[hit]]
    a, b, c = (mesh.positions[met[:, k]].astype(np.float64) for k in range(3))
    away = (np.cross(b - a, c - a) * rays[hit, 3:]).sum(axis=1) > 0
    return float((away & ~np.isin(mesh.materials[met[:, 0]], BOTH_SIDES)).sum() / hit.sum())


def complete() -> Iterator[tuple[str, Mesh]]:
    return ((b.id, SHAPES.mesh(b.id)) for b in BLUEPRINTS["vehicle"])


def in_parts() -> Iterator[tuple[str, Mesh]]:
    """Yield vehicles as they drive: body, wheels, riders, each where it is placed."""
    for blueprint in BLUEPRINTS["vehicle"]:
        actor = make_actor(1, blueprint, blueprint.description(), Transform(Vector3D(0.0, 0.0, 0.0), Rotation(0.0, 0.0, 0.0)))
        yield blueprint.id, merged([copies(SHAPES.mesh(p.shape), p.world_from_shape[None]) for p in place((actor,), 0.0)])


def standing() -> Iterator[tuple[str, Mesh]]:
    return ((b.id, SHAPES.mesh(f"{b.id}/stand")) for b in BLUEPRINTS["walker"])


def props() -> Iterator[tuple[str, Mesh]]:
    return ((b.id, SHAPES.mesh(b.id)) for b in BLUEPRINTS["static"])


@pytest.mark.parametrize("family", [complete, in_parts, standing, props])
def test_fronts_are_met_first(family: Callable[[], Iterator[tuple[str, Mesh]]]) -> None:
    shares = {name: share_of_backs(mesh) for name, mesh in family()}
    assert len(shares) > 40
    assert {name: share for name, share in shares.items() if share > MOST_BACKS} == {}


def test_an_open_box_shows_its_backs() -> None:
    """Seen from anywhere above, the walls of a box without a lid are met from behind through the opening."""
    box = SHAPES.mesh("static.prop.box01")
    lid = box.positions[box.triangles][:, :, 2].min(axis=1) > 0.9 * box.positions[:, 2].max()
    opened = Mesh(**{**vars(box), "triangles": box.triangles[~lid]})
    assert share_of_backs(box) == 0.0
    assert share_of_backs(opened) > 0.1
