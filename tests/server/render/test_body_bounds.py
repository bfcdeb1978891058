"""Boxes and spheres around posed shapes, and what of a shape is drawn when it is small in the image."""

import numpy as np
import pytest

from simgen.geometry.pose import left_from_carla
from simgen.server.render.geometry import LEAST_SIZES_M, Part
from simgen.server.render.population import Model, ModelTable, bounds
from simgen.server.render.surfaces import SurfaceClass


@pytest.fixture
def brick(made):
    return made.box((4.0, 2.0, 1.0), (1.0, 0.0, 0.5))


class _NoParts:
    parts = ()
    first_index = 0


def _bounds(mesh, matrices):
    table = ModelTable.of([Model.of(mesh, _NoParts(), 0)], [0])
    return bounds(matrices, np.zeros(len(matrices), dtype=np.int64), table)


def test_a_quarter_turn_swaps_the_sides_of_a_box(brick):
    matrix = left_from_carla((10.0, 20.0, 0.0), (0.0, 90.0, 0.0))
    matrix[:3, :3] *= 2.0
    centres, half_sizes, radii = _bounds(brick, matrix[None])
    np.testing.assert_allclose(centres[0], (10.0, 22.0, 1.0), atol=1e-9)
    np.testing.assert_allclose(half_sizes[0], (2.0, 4.0, 1.0), atol=1e-9)
    assert radii[0] == pytest.approx(np.sqrt(4.0 + 16.0 + 1.0))


def test_every_vertex_lies_in_the_box_and_in_the_sphere(brick):
    rng = np.random.default_rng(3)
    matrices = np.stack([left_from_carla(rng.uniform(-50, 50, 3), rng.uniform(-180, 180, 3)) for _ in range(50)])
    matrices[:, :3, :3] *= rng.uniform(0.5, 2.0, (50, 1, 1))
    centres, half_sizes, radii = _bounds(brick, matrices)
    world = np.einsum("nij,vj->nvi", matrices[:, :3, :3], brick.positions) + matrices[:, None, :3, 3]
    away = np.abs(world - centres[:, None])
    assert (away <= half_sizes[:, None] + 1e-6).all()
    np.testing.assert_allclose(away.max(axis=1), half_sizes, atol=1e-6)  # a box of one part fills its bounds
    np.testing.assert_allclose(np.linalg.norm(away, axis=2).max(axis=1), radii)


def test_the_large_triangles_are_kept_and_as_many_small_ones_as_the_share_asks():
    sizes = np.array([2.0, 1.0, 1.0, 1.0, 1.0], np.float32)  # half of the area is in the first
    part = Part(SurfaceClass.PLAIN, 0, sizes)
    shares = np.zeros(len(LEAST_SIZES_M))
    large = 3 * np.array([(sizes >= least).sum() for least in LEAST_SIZES_M])
    np.testing.assert_array_equal(part.counts(), large)
    np.testing.assert_array_equal(part.counts(shares + 1.0), 15)
    np.testing.assert_array_equal(part.counts(shares + 0.6), np.maximum(large, 6))
