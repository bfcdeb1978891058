"""Every blueprint of the library can be spawned, and its box is the one of the table."""

import carla
import numpy as np
import pytest
from harness import REAL

from simgen.server.world.blueprints import LIBRARY

CENTIMETRE_M = 0.01
PATTERNS = ("vehicle.*", "walker.*", "static.*", "sensor.*", "controller.*", "util.*")


def place(spawn_points, number):
    """Return a place above the ground, another one for each number."""
    point = spawn_points[number % len(spawn_points)]
    point.location.z += 0.7
    return point


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_spawns_with_its_box(world, library, spawn_points, pattern):
    blueprints = sorted(library.filter(pattern), key=lambda blueprint: blueprint.id)
    assert len(blueprints) == sum(name.startswith(pattern[:-1]) for name in LIBRARY)
    parent = world.spawn_actor(library.find("walker.pedestrian.0002"), place(spawn_points, 0)) if pattern.startswith("controller") else None
    spawned = {}
    for number, blueprint in enumerate(blueprints):
        where = carla.Transform() if parent else place(spawn_points, number)
        spawned[blueprint.id] = world.spawn_actor(blueprint, where, parent)
    world.tick()
    listed = {actor.id: actor.type_id for actor in world.get_actors()}
    for name, actor in spawned.items():
        assert listed[actor.id] == name
        if not REAL and name != "static.trigger.friction":
            assert_box(actor, LIBRARY[name])


def assert_box(actor, blueprint):
    box = actor.bounding_box
    found = [(v.x, v.y, v.z) for v in (box.extent, box.location)]
    np.testing.assert_allclose(found, (blueprint.extent, blueprint.centre), atol=CENTIMETRE_M, err_msg=blueprint.id)
