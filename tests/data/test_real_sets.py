"""The adapters on real files, where SIMGEN_REAL names a folder of them; their own statistics are the oracle."""

import os
from pathlib import Path

import numpy as np
import pytest

from simgen.data.real import open_real
from simgen.datatypes.tags import Tag
from simgen.geometry.box import contains, corners
from simgen.geometry.pose import inverse, rotation_from_quaternion, transform

REAL = Path(os.environ.get("SIMGEN_REAL", "/no/such/folder"))


def needs(name):
    return pytest.mark.skipif(not (REAL / name).is_dir(), reason=f"SIMGEN_REAL has no {name}")


def poses_of(boxes):
    poses = np.tile(np.eye(4), (len(boxes["centre"]), 1, 1))
    poses[:, :3, :3], poses[:, :3, 3] = rotation_from_quaternion(boxes["rotation"].numpy()), boxes["centre"].numpy()
    return poses


def ground_m(sample):
    """Return the height at which most points near the car lie, in the ego frame."""
    ego_from_top = inverse(sample["world_from_ego"].numpy()) @ sample["poses"]["top"].numpy()
    points = transform(ego_from_top, sample["sensors"]["top"]["points"][:, :3])
    distance = np.hypot(points[:, 0], points[:, 1])
    counts, edges = np.histogram(points[(distance > 4) & (distance < 10), 2], bins=np.arange(-1.0, 1.5, 0.1))
    return edges[counts.argmax()] + 0.05


@needs("camvid")
def test_camvid():
    dataset = open_real(f"camvid:{REAL / 'camvid'}", ["front.rgb", "front.semantic"])
    assert len(dataset) == 367
    assert len(dataset.sequences) == 3
    tags = dataset[0]["sensors"]["front.semantic"].numpy()
    assert {Tag.ROADS, Tag.SKY, Tag.BUILDINGS} <= set(np.unique(tags))
    assert (tags[-20:] == Tag.ROADS).mean() > 0.2
    assert (tags[:20] == Tag.ROADS).mean() == 0.0


@needs("kitti_object")
def test_kitti_boxes_project_onto_kittis_own():
    dataset = open_real(f"kitti:{REAL / 'kitti_object'}", ["front.rgb", "top"], ["boxes3d", "boxes2d"])
    for index in range(len(dataset)):
        sample, camera = dataset[index], dataset.camera(index, "front")
        boxes, flat = sample["labels"]["boxes3d"], sample["labels"]["boxes2d"]["front"]
        for pose, size, box in zip(poses_of(boxes), boxes["size"].numpy(), flat["amodal"].numpy(), strict=True):
            pixels, _ = camera.project(transform(inverse(sample["poses"]["front.rgb"].numpy()), corners(pose, size)))
            x0, y0, x1, y1 = *pixels.min(axis=0), *pixels.max(axis=0)
            both = (min(x1, box[2]) - max(x0, box[0])) * (min(y1, box[3]) - max(y0, box[1]))
            assert both / ((x1 - x0) * (y1 - y0) + (box[2] - box[0]) * (box[3] - box[1]) - both) > 0.8
        assert abs(ground_m(sample)) < 0.15
        assert (boxes["lidar_points"] > 0).all()


@needs("av2")
def test_av2_counts_as_many_points_in_its_boxes():
    pytest.importorskip("pyarrow")
    dataset = open_real(f"av2:{REAL / 'av2'}", ["top"], ["boxes3d"])
    for sample in dataset:
        boxes = sample["labels"]["boxes3d"]
        ego_from_top = inverse(sample["world_from_ego"].numpy()) @ sample["poses"]["top"].numpy()
        points = transform(ego_from_top, sample["sensors"]["top"]["points"][:, :3])
        counts = [contains(pose, size, points).sum() for pose, size in zip(poses_of(boxes), boxes["size"].numpy(), strict=True)]
        np.testing.assert_allclose(counts, boxes["lidar_points"], rtol=0.1, atol=3)
        assert abs(ground_m(sample)) < 0.15


@needs("kitti_drive")
def test_kitti_raw():
    dataset = open_real(f"kitti_raw:{REAL / 'kitti_drive'}", ["front.rgb", "top"])
    assert len(dataset) == 8
    assert abs(ground_m(dataset[0])) < 0.15
