"""What an actor shows, all its parts together, keeps to the box that clients are told: labels are made from that box."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.geometry.pose import inverse, left_from_carla, transform
from simgen.server.assets.placement import place
from simgen.server.assets.shapes import Shapes
from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.actor_factory import make_actor
from simgen.server.world.blueprints import LIBRARY, Blueprint

SHAPES = Shapes()
SHOWN = {
    family: [b.id for b in LIBRARY.values() if b.family == family and b.semantic_tags and b.id != "static.prop.mesh"]
    for family in ("vehicle", "walker", "static")
}
FIELD = Transform(Vector3D(12.0, -7.0, 3.0), Rotation(2.0, 33.0, 0.0))
"""Anywhere, turned, so that parts must be put together as the actor stands."""
ROUNDING_M = 1e-3
GREATEST_OVERHANG_M = 0.03
LEAST_INSIDE = 0.999


def outside_m(blueprint: Blueprint) -> np.ndarray:
    """Return (V,) how far each vertex of all shapes of an actor lies outside of its box, along the farthest axis."""
    actor = make_actor(1, blueprint, blueprint.description(), FIELD)
    placed = place((actor,), 0.0)
    assert placed, "nothing is shown"
    points = np.concatenate([transform(p.world_from_shape, SHAPES.mesh(p.shape).positions) for p in placed])
    local = transform(inverse(left_from_carla(FIELD.location.as_tuple(), FIELD.rotation.as_tuple())), points)
    beyond = np.abs(local - np.array(blueprint.centre)) - np.array(blueprint.extent)
    return np.asarray(beyond.max(axis=1))


@pytest.mark.parametrize("name", [*SHOWN["vehicle"], *SHOWN["walker"], *SHOWN["static"]])
def test_an_actor_keeps_to_its_box(name: str) -> None:
    beyond = outside_m(LIBRARY[name])
    assert (beyond < ROUNDING_M).mean() >= LEAST_INSIDE
    assert beyond.max() <= GREATEST_OVERHANG_M
