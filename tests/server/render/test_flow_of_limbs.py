"""Optical flow of shapes that change between moments: postures of one topology, and several shapes of one actor."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.geometry.pose import left_from_carla
from simgen.server.scene import Material, Mesh, Placed

SIDE = 9
"""Vertices along one side of the flag."""


def _flag(made, bend, side=SIDE):
    """A flag of 2 x 2 m in the plane x = 0, every vertex moved by `bend`(y, z) (dx, dy, dz); triangles of very uneven sizes."""
    grid = np.linspace(-1.0, 1.0, side) ** 3
    y, z = (a.ravel() for a in np.meshgrid(grid, grid))
    positions = np.stack([np.zeros_like(y), y, z + 1.6], axis=1) + np.stack(bend(y, z), axis=1)
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    triangles = np.concatenate([np.stack([corner, corner + b, corner + c], axis=1) for b, c in ((side, 1), (1, side))])  # both sides
    more = corner + side + 1
    triangles = np.concatenate([triangles, *(np.stack([more, more - b, more - c], axis=1) for b, c in ((side, 1), (1, side)))])
    count = len(positions)
    return Mesh(
        positions.astype(np.float32),
        np.tile(np.array([-1.0, 0.0, 0.0], np.float32), (count, 1)),
        np.zeros((count, 2), np.float32),
        np.full((count, 3), 200, np.uint8),
        np.zeros(count, np.bool_),
        np.full(count, Material.CLOTH, np.uint8),
        np.full(count, Tag.PEDESTRIANS, np.uint8),
        triangles.astype(np.uint32),
    )


def _rest(y, z):
    return np.zeros_like(y), np.zeros_like(y), np.zeros_like(y)


def _wave(y, z):
    """In proportion to y and z: linear over the flag, so exact between the vertices too."""
    return np.zeros_like(y), 0.06 * y + 0.05 * z, 0.08 * z - 0.04 * y


@pytest.fixture
def flags(made, open_world):
    def make(**shapes):
        return open_world(made.ground(), **shapes)

    return make


def _expected(made, view, world_now, was_of):
    """Return the flow (H, W, 2) of image points `world_now` that were at `was_of(world_now)`."""
    half = view.width / 2.0, view.height / 2.0
    was = (was_of(world_now) - view.pose[:3, 3]) @ view.pose[:3, :3]
    column, row = np.meshgrid(np.arange(view.width) + 0.5, np.arange(view.height) + 0.5)
    return np.stack([column - (half[0] + was[..., 1] / was[..., 0] * half[0]), row - (half[1] - was[..., 2] / was[..., 0] * half[0])], -1)


def _on_plane(view, x):
    """Return the points (H, W, 3) that pixels see on the plane `x` metres ahead."""
    half = view.width / 2.0
    column, row = np.meshgrid(np.arange(view.width) + 0.5, np.arange(view.height) + 0.5)
    local = np.stack([np.ones_like(row), (column - half) / half, (view.height / 2.0 - row) / half], axis=-1) * x
    return local @ view.pose[:3, :3].T + view.pose[:3, 3]


@pytest.mark.parametrize("met_first", ["walker.a/walk00", "walker.a/walk01"])
def test_limbs_move_from_the_posture_before(made, flags, met_first):
    """The flag lay at rest and is bent now, so what is at (y, z) now was at the place whose bend is (y, z)."""
    world = flags(**{"walker.a/walk00": _flag(made, _rest), "walker.a/walk01": _flag(made, _wave)})
    view = made.view(width=160, height=120)
    world.image(view, "depth", made.moment(made.at(met_first, 3, 9.0, 0.0), tick=0))  # which is stored first does not matter
    before, now = (made.moment(made.at(shape, 3, 4.0, 0.2), tick=t) for t, shape in ((1, "walker.a/walk00"), (2, "walker.a/walk01")))
    flow = world.flow(view, now, view, before)
    bend = np.array([[1.06, 0.05], [-0.04, 1.08]])
    middle = np.array([0.2, 1.6])

    def was(points):
        out = points.copy()
        out[..., 1:] = (points[..., 1:] - middle) @ np.linalg.inv(bend).T + middle
        return out

    mine = made.ids(world.image(view, "instance", now)) == 3
    expected = _expected(made, view, _on_plane(view, 4.0), was)
    assert mine.sum() > 500
    assert np.abs(expected[mine]).max() > 1.0
    np.testing.assert_allclose(flow[mine], expected[mine], atol=0.02)


def test_a_posture_seen_only_before_is_loaded(made, flags):
    """The renderer meets both postures in the flow pass itself."""
    world = flags(**{"walker.a/walk00": _flag(made, _rest), "walker.a/walk01": _flag(made, _wave)})
    view = made.view(width=160, height=120)
    before, now = (made.moment(made.at(f"walker.a/walk0{k}", 3, 4.0, 0.0), tick=k + 1) for k in (0, 1))
    there, back = world.flow(view, now, view, before), world.flow(view, before, view, now)
    middle = (60, 80)
    assert np.abs(there[middle]).max() < 0.2
    corner = (50, 92)
    assert there[corner][0] > 0.3
    assert there[corner][0] * back[corner][0] < 0.0


def test_far_postures_move_like_near_ones(made, flags):
    shapes = {"walker.a/walk00": _flag(made, _rest), "walker.a/walk01": _flag(made, _wave)}
    shapes |= {f"{name}/far": _flag(made, bend, 3) for name, bend in (("walker.a/walk00", _rest), ("walker.a/walk01", _wave))}
    world = flags(**shapes)
    view = made.view(width=640, height=480, fov=20.0)
    before, now = (made.moment(made.at(f"walker.a/walk0{k}", 3, 230.0, 0.0), tick=k + 1) for k in (0, 1))
    flow = world.flow(view, now, view, before)
    mine = made.ids(world.image(view, "instance", now)) == 3
    assert np.abs(flow[mine]).max() == pytest.approx(0.09 / 230.0 * 320.0 / np.tan(np.radians(10.0)), rel=0.5)


def test_shapes_of_another_build_move_as_a_whole(made, flags):
    world = flags(**{"walker.a/stand": _flag(made, _rest), "walker.a/walk00": _flag(made, _wave, 5)})
    view = made.view(width=160, height=120)
    before, now = made.moment(made.at("walker.a/walk00", 3, 4.0, 0.0)), made.moment(made.at("walker.a/stand", 3, 4.0, 0.0), tick=2)
    np.testing.assert_allclose(world.flow(view, now, view, before), 0.0, atol=1e-3)


def test_each_shape_of_an_actor_moves_for_itself(made, flags):
    """A wheel turns about its axis while the body stands: its upper rim moves, the body does not."""
    world = flags(body=made.box((0.2, 2.0, 0.4), (0.0, 0.0, 2.4)), wheel=made.box((0.4, 1.6, 1.6), (0.0, 0.0, 0.0)))
    view = made.view(width=320, height=240)
    pose = left_from_carla((5.0, 0.0, 1.6), (0.0, 0.0, 0.0))
    body = Placed(9, "body", left_from_carla((5.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    before = made.moment(body, Placed(9, "wheel", pose))
    now = made.moment(body, Placed(9, "wheel", left_from_carla((5.0, 0.0, 1.6), (0.0, 0.0, 6.0))), tick=2)
    flow = world.flow(view, now, view, before)
    near = 160.0 / 4.8  # pixels to the metre on the wheel's face
    turned = np.radians(6.0) * near * 0.5
    above, below = flow[int(120 - 0.5 * near), 160], flow[int(120 + 0.5 * near), 160]
    assert abs(above[0]) == pytest.approx(turned, rel=0.1)
    assert above[0] == pytest.approx(-below[0], rel=0.1)
    body_row = int(120 - 0.94 * 160.0 / 4.9)
    np.testing.assert_allclose(flow[body_row, 150:170], 0.0, atol=1e-3)


def test_what_was_not_there_has_not_moved(made, flags):
    world = flags(wheel=made.box((0.4, 1.6, 1.6)))
    view = made.view(width=160, height=120)
    now = made.moment(made.at("wheel", 4, 6.0, 0.0, 1.6), tick=2)
    np.testing.assert_allclose(world.flow(view, now, view, replace(now, tick=1, placed=())), 0.0, atol=1e-3)
