"""Optical flow against the projection of points that moved."""

import numpy as np

from simgen.geometry.pose import inverse


def _flow(world, view, moment, view_before, moment_before):
    return world.flow(view, moment, view_before, moment_before)


def test_nothing_moves_when_nothing_moves(made, street):
    moment = made.moment(made.at("car", 9, 9.0, 1.0))
    np.testing.assert_allclose(_flow(street, made.view(), moment, made.view(), moment), 0.0, atol=1e-3)


def test_a_shape_that_moves_right_flows_right(made, street):
    before, now = (made.moment(made.at("car", 9, 12.05, y), tick=t) for t, y in ((1, 0.0), (2, 0.5)))
    view = made.view(width=320, height=240)
    flow = _flow(street, view, now, view, before)
    ids, depth = made.ids(street.image(view, "instance", now)), made.metres(street.image(view, "depth", now))
    car = ids == 9
    np.testing.assert_allclose(flow[~car], 0.0, atol=1e-3)
    np.testing.assert_allclose(flow[car][:, 0], 160.0 * 0.5 / depth[car], rtol=1e-3)
    np.testing.assert_allclose(flow[car][:, 1], 0.0, atol=1e-2)


def test_a_turning_camera_moves_the_sky(made, street):
    view, before = made.view(rotation=(30.0, 1.0, 0.0)), made.view(rotation=(30.0, 0.0, 0.0))
    flow = _flow(street, view, made.moment(), before, made.moment())
    assert (flow[:20, :, 0] < -0.2).all(), "turning right sends the image left"


def test_flow_is_the_projection_of_points_that_moved(made, street):
    was_there = made.at("car", 9, 9.0, 1.0, yaw=10.0), made.at("car", 10, 15.0, -3.0)
    is_there = made.at("car", 9, 9.3, 1.2, yaw=14.0), made.at("car", 10, 14.0, -3.0)
    before, now = made.moment(*was_there, tick=1), made.moment(*is_there, tick=2)
    view_before = made.view(width=160, height=120)
    view = made.view((0.4, 0.1, 1.62), (0.5, 2.0, 0.0), 160, 120)
    flow = _flow(street, view, now, view_before, before)
    depth, ids = made.metres(street.image(view, "depth", now)), made.ids(street.image(view, "instance", now))
    column, row = np.meshgrid(np.arange(160) + 0.5, np.arange(120) + 0.5)
    local = np.stack([np.ones_like(depth), (column - 80.0) / 80.0, (60.0 - row) / 80.0], axis=-1) * depth[..., None]
    world = local @ view.pose[:3, :3].T + view.pose[:3, 3]
    for a, b in zip(was_there, is_there, strict=True):
        mine = ids == b.actor_id
        shift = a.world_from_shape @ inverse(b.world_from_shape)
        world[mine] = world[mine] @ shift[:3, :3].T + shift[:3, 3]
    was = (world - view_before.pose[:3, 3]) @ view_before.pose[:3, :3]
    expected = np.stack([column - (was[..., 1] / was[..., 0] * 80.0 + 80.0), row - (60.0 - was[..., 2] / was[..., 0] * 80.0)], axis=-1)
    solid = (depth < 300.0) & (was[..., 0] > 0.1)
    np.testing.assert_allclose(flow[solid], expected[solid], atol=0.02)
