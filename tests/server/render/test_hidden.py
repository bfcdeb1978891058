"""What may be left out because something nearer covers it."""

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.render import gbuffer
from simgen.server.render.hidden import Curtain
from simgen.server.render.projection import NEAR_M, Projection
from simgen.server.scene import Material


def _curtain(made, wall_m, columns=slice(None)):
    """A wall that covers the given columns of the image, sky elsewhere."""
    view = made.view(width=160, height=120)
    depths = np.zeros((120, 160), np.float32)
    depths[:, columns] = NEAR_M / wall_m
    return Curtain.of(Projection.of(view), depths)


CENTRES = np.array([[30.0, 0.0, 1.6], [15.0, 0.0, 1.6], [30.0, 20.0, 1.6], [30.0, 20.0, 1.6], [21.5, 0.0, 1.6], [-30.0, 0.0, 1.6]])
HALF_SIZES = np.array([[2.0], [2.0], [2.0], [15.0], [1.0], [5.0]]) * np.ones(3)


def test_what_is_behind_the_wall_is_hidden_and_what_is_before_it_is_not(made):
    curtain = _curtain(made, 20.0)
    assert curtain.hides_boxes(CENTRES, HALF_SIZES).tolist() == [True, False, True, False, True, False]


def test_half_a_wall_hides_what_is_wholly_behind_it(made):
    """The left half: y is to the right, so a box at y = -20 is behind the wall, one at 0 peeks out."""
    curtain = _curtain(made, 20.0, slice(80))
    centres = np.array([[40.0, -20.0, 1.6], [40.0, 0.0, 1.6], [40.0, 20.0, 1.6]])
    assert curtain.hides_boxes(centres, np.full((3, 3), 2.0)).tolist() == [True, False, False]


def test_a_hole_of_one_pixel_is_enough_to_see(made):
    depths = np.full((120, 160), NEAR_M / 20.0, np.float32)
    depths[61, 83] = 0.0
    curtain = Curtain.of(Projection.of(made.view(width=160, height=120)), depths)
    assert curtain.hides_boxes(np.array([[50.0, 0.0, 1.6]]), np.full((1, 3), 5.0)).tolist() == [False]


@pytest.mark.parametrize("size", [(160, 120), (101, 77), (8, 6)])
def test_nothing_that_shows_is_called_hidden(made, size):
    """Random depths; a box is hidden only if each pixel that the sphere within can cover holds something nearer."""
    rng = np.random.default_rng(4)
    view = made.view(width=size[0], height=size[1])
    projection = Projection.of(view)
    distance = np.repeat(np.repeat(rng.uniform(10.0, 60.0, (4, 4)), -(-size[1] // 4), 0)[: size[1]], -(-size[0] // 4), 1)[:, : size[0]]
    curtain = Curtain.of(projection, (NEAR_M / distance).astype(np.float32))
    centres = np.stack([rng.uniform(5, 80, 500), rng.uniform(-60, 60, 500), rng.uniform(-40, 40, 500)], axis=1)
    radii = rng.uniform(0.2, 3.0, 500)
    hidden = curtain.hides_boxes(centres, np.repeat(radii[:, None], 3, axis=1))
    column, row = np.meshgrid((np.arange(size[0]) + 0.5) / size[0] * 2 - 1, (np.arange(size[1]) + 0.5) / size[1] * 2 - 1)
    rays = np.stack([np.ones_like(row), column * projection.tangent_x, -row * projection.tangent_y], axis=-1)
    for centre, radius in zip(centres[hidden], radii[hidden], strict=True):
        along = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
        relative = centre - projection.origin
        closest = np.linalg.norm(relative - (along @ relative)[..., None] * along, axis=-1)
        covered = (closest < radius) & (along @ relative > 0)
        assert (distance[covered] < relative[0] - radius + 1e-3).all()
    if size == (160, 120):
        assert 20 < hidden.sum() < 480


def test_images_are_the_same_with_and_without(made, open_world, monkeypatch):
    places = [(x, side * 14.0, 5.0) for x in range(40, 400, 40) for side in (-1, 1)]
    houses = [made.box((12.0, 14.0, 10.0), place, Material.FACADE, Tag.BUILDINGS, (150, 120, 90)) for place in places]
    clutter = [made.box((1.0, 1.0, 2.0), (x, y, 1.0), Material.METAL, Tag.POLES) for x in range(45, 380, 30) for y in range(-60, 61, 8)]
    world = open_world(made.merged(made.ground(), *houses, *clutter), car=made.CAR)
    cars = [made.at("car", 10 + k, 30.0 + 12.0 * k, 30.0 * np.sin(k), yaw=20.0 * k) for k in range(25)]
    view = made.view(width=320, height=240)
    monkeypatch.setattr(gbuffer, "WORTH_HIDING", 10**9)
    plain = [world.image(view, layer, made.moment(*cars)) for layer in ("rgb", "depth", "instance", "semantic")]
    monkeypatch.setattr(gbuffer, "WORTH_HIDING", 0)
    culled = [world.image(view, layer, made.moment(*cars)) for layer in ("rgb", "depth", "instance", "semantic")]
    assert all((a == b).all() for a, b in zip(plain, culled, strict=True))
