"""Optical flow of the GL renderer against the reprojection of what rays meet, on a shipped town.

Expected is computed here from poses alone: a ray's hit, taken back by the motion of its actor's transform, seen by the camera of
the tick before. People change their posture and wheels turn, so walkers and the parts of vehicles that wheels are made of are left
out; so are cut-out leaves and what lies within a pixel of an edge, where a pixel's middle decides what it shows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle_town import FAR_SHAPE_M, HEIGHT, WIDTH, Spot, busy_town, is_solid, look, uniform

from simgen.errors import EnvironmentFault
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import inverse, left_from_carla, transform
from simgen.server.scene import Material
from simgen.server.values import Vector3D
from simgen.server.world.actors import Vehicle

PIXELS_P99 = 0.5
WHEEL_MATERIALS = (Material.RUBBER, Material.METAL, Material.PLASTIC)


@pytest.fixture(scope="module")
def town():
    pytest.importorskip("simgen.server.render.images")
    from simgen.server.render import device_info

    try:
        device_info()
    except EnvironmentFault as fault:
        pytest.skip(str(fault))
    return busy_town()[0]


def expected_flow(view, view_before, points, poses_now, poses_before, actor):
    """Return (H, W, 2) pixels right and down, and where it can be said (the point was in front of the earlier camera)."""
    was = points.copy()
    for actor_id in poses_now.keys() & set(np.unique(actor).tolist()):  # the town's parked vehicles have ids too, and stand still
        mine = actor == actor_id
        was[mine] = transform(poses_before[actor_id] @ inverse(poses_now[actor_id]), points[mine])
    now_pixels, _ = project(view, points)
    was_pixels, depth = project(view_before, was)
    return now_pixels - was_pixels, depth > 0.5


def project(view, points):
    camera = Pinhole.from_fov(view.width, view.height, view.fov_deg)
    local = (points - view.pose[:3, 3]) @ view.pose[:3, :3]
    depth = np.where(np.abs(local[..., 0]) > 1e-6, local[..., 0], 1e-6)
    return np.stack([camera.cx_px + camera.fx_px * local[..., 1] / depth, camera.cy_px - camera.fy_px * local[..., 2] / depth], -1), depth


def poses(world):
    return {a.id & 0xFFFF: left_from_carla(a.transform.location.as_tuple(), a.transform.rotation.as_tuple()) for a in world.actors.values()}


def rigid(seen, vehicles):
    """Tell the pixels of the still city, and of vehicles but for their wheels, away from edges."""
    is_vehicle = np.isin(seen.actor, vehicles)
    wheels = is_vehicle & np.isin(seen.material, WHEEL_MATERIALS)
    still = seen.actor == 0
    return (still | is_vehicle & ~wheels) & uniform(seen.tag * 65536 + seen.actor) & is_solid(seen) & (seen.depth < FAR_SHAPE_M)


def test_a_moving_camera_in_a_town(town):
    spot = busy_town()[1][0]
    (x, y, z), (pitch, yaw, roll) = spot.location, spot.rotation
    view = spot.view(WIDTH, HEIGHT, 90.0)
    before = Spot((x + 0.3, y - 0.2, z - 0.02), (pitch + 0.4, yaw - 1.2, roll + 0.3)).view(WIDTH, HEIGHT, 90.0)
    moment = town.moment("noon")
    seen, here = look(town, view, moment), poses(town.world)
    expected, known = expected_flow(view, before, seen.points, here, here, seen.actor)
    compared = known & is_solid(seen) & uniform(seen.tag * 65536 + seen.actor) & (seen.depth < FAR_SHAPE_M)
    assert compared.mean() > 0.3
    assert np.abs(expected[compared]).max() > 2.0
    error = np.linalg.norm(town.stage.images.flow(view, moment, before, moment) - expected, axis=-1)[compared]
    assert np.percentile(error, 99) < PIXELS_P99


def test_moving_vehicles_in_a_town(town, made):
    view = busy_town()[1][0].view(WIDTH, HEIGHT, 90.0)
    poses_before, before = poses(town.world), town.moment("noon")
    moved = {}
    for vehicle in town.world.of_kind(Vehicle):
        at, turn = vehicle.transform.location, vehicle.transform.rotation
        moved[vehicle.id] = vehicle.transform
        vehicle.transform = replace(
            vehicle.transform, location=Vector3D(at.x + 0.8, at.y - 0.5, at.z), rotation=replace(turn, yaw=turn.yaw + 4.0)
        )
    try:
        poses_now, now = poses(town.world), town.moment("noon")
    finally:
        for vehicle in town.world.of_kind(Vehicle):
            vehicle.transform = moved[vehicle.id]
    seen = look(town, view, now)
    expected, known = expected_flow(view, view, seen.points, poses_now, poses_before, seen.actor)
    compared = known & rigid(seen, [actor_id & 0xFFFF for actor_id in moved])
    ids = made.ids(town.stage.images.image(view, "instance", now))
    compared &= uniform(ids) & (ids == seen.actor)
    on_vehicles = compared & (seen.actor > 0)
    assert on_vehicles.sum() > 200, "no vehicle is near"
    flow = town.stage.images.flow(view, now, view, before)
    error = np.linalg.norm(flow - expected, axis=-1)
    assert np.percentile(error[on_vehicles], 99) < PIXELS_P99
    assert np.abs(expected[on_vehicles]).max() > 2.0
    assert np.abs(flow[compared & (seen.actor == 0)]).max() < 0.02, "the still city has moved"
