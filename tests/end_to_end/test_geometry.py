"""Depth, points, masks and boxes of a recorded episode against each other: independent ways to the same geometry."""

import numpy as np
import pytest

from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import ObjectClass
from simgen.geometry import box as boxes
from simgen.geometry.pose import rotation_from_quaternion, transform
from simgen.shards.reader import ShardReader
from simgen.shards.verify import verify


@pytest.fixture
def shard(recorded):
    with ShardReader(recorded) as reader:
        yield reader


def test_the_shard_verifies(recorded):
    (verdict,) = verify([recorded])
    assert verdict.ok, verdict.faults
    assert verdict.frames == 10


def test_lidar_points_lie_on_the_depth_image_within_5_cm_away_from_edges(shard):
    camera = shard.mount("front.depth").camera
    errors = []
    for frame in range(len(shard)):
        points, depth = shard.reading("lidar", frame).data, shard.reading("front.depth", frame).data
        xyz = np.stack([points["x"], points["y"], points["z"]], axis=1)
        pixels, planar = camera.project(xyz)
        ahead = camera.contains(pixels) & (planar > 0.5)
        seen, smooth = interpolate_planes(depth, pixels[ahead])
        errors.append((seen - planar[ahead])[smooth])
    errors = np.abs(np.concatenate(errors))
    assert len(errors) > 10_000
    assert (errors < 0.05).mean() >= 0.99


def interpolate_planes(depth, pixels):
    """Return (depth at `pixels` (N, 2), which of them lie on one plane with their neighbours).

    The inverse depth of a plane is affine in the image, so bilinear interpolation of it is exact, and its second differences
    vanish; where they do not, an edge is near.
    """
    inverse = 1.0 / depth.astype(np.float64)
    x, y = pixels[:, 0] - 0.5, pixels[:, 1] - 0.5
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    inside = (column >= 1) & (row >= 1) & (column < depth.shape[1] - 2) & (row < depth.shape[0] - 2)
    column, row = np.clip(column, 1, depth.shape[1] - 3), np.clip(row, 1, depth.shape[0] - 3)
    patch = np.stack([[inverse[row + i, column + j] for j in range(-1, 3)] for i in range(-1, 3)])
    bend = np.max([np.abs(np.diff(patch, 2, axis=axis)).max(axis=(0, 1)) for axis in (0, 1)], axis=0)
    smooth = inside & (bend < 0.01 * patch.mean(axis=(0, 1)))
    u, v = x - column, y - row
    value = patch[1, 1] * (1 - u) * (1 - v) + patch[1, 2] * u * (1 - v) + patch[2, 1] * (1 - u) * v + patch[2, 2] * u * v
    return 1.0 / value, smooth


def test_every_lidar_point_inside_a_labelled_box_carries_that_actors_id(shard):
    inside = 0
    for frame in range(len(shard)):
        points = shard.reading("lidar", frame).data
        xyz = transform(shard.mount("lidar").ego_from_sensor, np.stack([points["x"], points["y"], points["z"]], axis=1))
        for box in shard.truth(frame).boxes3d:
            ego_from_box = np.eye(4)
            ego_from_box[:3, :3], ego_from_box[:3, 3] = rotation_from_quaternion(box["rotation"])[0], box["centre"]
            # A hand's breadth off the hull: the road under a car touches its box from below.
            within = boxes.contains(ego_from_box, box["size"], xyz, margin_m=-0.08)
            assert (points["object_id"][within] == box["actor_id"]).all()
            inside += within.sum()
            assert box["lidar_points"] == (points["object_id"] == box["actor_id"]).sum()
    assert inside > 50


def test_a_2d_box_is_the_extremes_of_its_id_in_the_instance_image(shard):
    seen = 0
    for frame in range(len(shard)):
        ids = shard.reading("front.instance", frame).data
        for label in shard.truth(frame).boxes2d["front"]:
            rows, columns = np.nonzero(ids == label["actor_id"])
            assert label["box"].tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert label["visible_pixels"] == len(rows)
            seen += 1
    assert seen > 10


def test_no_visible_object_is_without_a_label(shard):
    for frame in range(len(shard)):
        ids, tags = shard.reading("front.instance", frame).data, shard.reading("front.semantic", frame).data
        objects = np.isin(tags, (12, 13, 14, 15, 16, 18, 19)) & (ids > 0)
        labelled = set(shard.truth(frame).boxes2d["front"]["actor_id"].tolist())
        unlabelled = set(np.unique(ids[objects]).tolist()) - labelled
        assert len(unlabelled) <= 1, unlabelled  # the ego itself may see its own bonnet


def test_pixels_of_a_box_lie_inside_its_projection(shard):
    for frame in range(len(shard)):
        for label in shard.truth(frame).boxes2d["front"]:
            tight, amodal = label["box"], label["amodal"]
            # A walker's swinging limbs reach a little out of CARLA's narrow box; a foot alone may be in the image.
            if label["object_class"] == ObjectClass.PEDESTRIAN and not amodal.any():
                assert label["visible_pixels"] < 100
                continue
            slack = 2.0 + 0.35 * (amodal[3] - amodal[1])
            assert (tight[:2] >= amodal[:2] - slack).all()
            assert (tight[2:] <= amodal[2:] + slack).all()


def test_every_kind_of_stream_has_its_readings(shard):
    kinds = {m.kind for m in shard.rig.mounts}
    assert {Kind.RGB, Kind.DEPTH, Kind.SEMANTIC, Kind.INSTANCE, Kind.LIDAR, Kind.IMU} <= kinds
    assert all(len(shard.stream_ticks[m.name]) == 10 for m in shard.rig.mounts)
