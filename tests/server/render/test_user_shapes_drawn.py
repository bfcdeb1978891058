"""A user's mesh in the place of a vehicle: drawn and met by rays where the blueprint's box is, and without the vehicle's own parts."""

import sys
from pathlib import Path

import numpy as np
import pytest

from simgen.server.assets.shapes import Shapes
from simgen.server.assets.user_shapes import read_user_shapes
from simgen.server.rays.ray_scene import RayScene
from simgen.server.scene import City
from simgen.server.world.blueprints import LIBRARY

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from simgen.server.assets.placement import place
from tools.lineup import standing_actor

CAR = "vehicle.tesla.model3"
WIDTH, HEIGHT = 320, 240


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    trimesh = pytest.importorskip("trimesh")
    pytest.importorskip("PIL")
    folder = tmp_path_factory.mktemp("assets")
    block = trimesh.creation.box((1.0, 2.0, 3.0))
    block.visual = trimesh.visual.TextureVisuals(
        uv=np.zeros((len(block.vertices), 2)), material=trimesh.visual.material.PBRMaterial(name="cloth", baseColorFactor=(255, 0, 0, 255))
    )
    (folder / f"{CAR}.glb").write_bytes(trimesh.Scene([block]).export(file_type="glb"))
    return Shapes(read_user_shapes(folder))


@pytest.fixture(scope="module")
def placed():
    return place((standing_actor(LIBRARY[CAR], actor_id=9),), 0.0)


def test_it_fills_the_box_in_the_picture(made, placed, shapes):
    images = pytest.importorskip("simgen.server.render.images")
    from simgen.errors import EnvironmentFault

    try:
        world = images.GLImages(City(made.ground(), ()), shapes)
    except EnvironmentFault as fault:
        pytest.skip(str(fault))
    try:
        view, moment = made.view((-8.0, 0.0, 1.0), width=WIDTH, height=HEIGHT), made.moment(*placed)
        ids, metres = made.ids(world.image(view, "instance", moment)), made.metres(world.image(view, "depth", moment))
        color = world.image(view, "rgb", moment)[..., :3][ids == 9].mean(axis=0)
    finally:
        world.close()
    blueprint = LIBRARY[CAR]
    back = 8.0 + blueprint.centre[0] - blueprint.extent[0]
    assert np.abs(metres[ids == 9].min() - back) < 0.01, "its back is nearest"
    focal = WIDTH / 2
    columns, rows = np.flatnonzero((ids == 9).any(axis=0)), np.flatnonzero((ids == 9).any(axis=1))
    width = 2.0 * blueprint.extent[1] * focal / back
    assert abs(len(columns) - width) <= 2.0
    top = HEIGHT / 2 - focal * (blueprint.centre[2] + blueprint.extent[2] - 1.0) / back
    assert abs(rows[0] - top) <= 1.5
    assert color[2] > 2.0 * color[0], "it is red"


def test_rays_meet_nothing_but_the_box(made, placed, shapes):
    """From ahead, over the whole front: the distance is the same everywhere."""
    blueprint = LIBRARY[CAR]
    y, z = np.meshgrid(np.linspace(-0.9, 0.9, 9) * blueprint.extent[1], np.linspace(0.2, 0.9, 9) * 2.0 * blueprint.extent[2])
    front = blueprint.centre[0] + blueprint.extent[0]
    origins = np.stack([np.full(y.size, front + 5.0), y.ravel(), z.ravel()], axis=1)
    hits = RayScene(City(made.ground(), ()), shapes).cast(origins, np.tile([-1.0, 0.0, 0.0], (y.size, 1)), 50.0, made.moment(*placed))
    assert (hits.object_id == 9).all()
    np.testing.assert_allclose(hits.distance, 5.0, atol=1e-4)
