"""KITTI with a calibration to be checked in the head: focal length 100 px, camera and Velodyne in one place."""

import math

import cv2
import numpy as np
import pytest

from simgen.data.real import open_real
from simgen.datatypes.tags import ObjectClass
from simgen.errors import ConfigError, ShardError
from simgen.geometry.box import corners
from simgen.geometry.pose import inverse, rotation_from_quaternion, transform

CALIBRATION = """P0: 1 0 0 0 0 1 0 0 0 0 1 0
P2: 100 0 50 {offset} 0 100 20 0 0 0 1 0
R0_rect: 1 0 0 0 1 0 0 0 1
Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0
"""
AHEAD = f"Car 0.00 0 0 40 20 60 35 1.5 2 4 0 1.73 10 {-math.pi / 2}"
"""10 m ahead, on the ground below a Velodyne 1.73 m high, seen from behind; height, width, length 1.5, 2, 4."""
ACROSS = "Cyclist 0.00 1 0 10 20 12 30 1.7 0.6 1.8 -3 1.73 20 0"
"""3 m to the left, looking to the right."""


def make(folder, lines=(AHEAD, ACROSS, "DontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10"), offset=0.0, frame="000007"):
    for part in ("image_2", "velodyne", "calib", "label_2"):
        (folder / "training" / part).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "training" / "image_2" / f"{frame}.png"), np.zeros((40, 100, 3), np.uint8))
    points = np.array([[10, 0, -1, 0.5], [11.9, 0.9, -0.3, 0.5], [12.1, 0, -1, 0.5], [20, 3, -1, 1.0]], np.float32)
    (folder / "training" / "velodyne" / f"{frame}.bin").write_bytes(points.tobytes())
    (folder / "training" / "calib" / f"{frame}.txt").write_text(CALIBRATION.format(offset=offset))
    (folder / "training" / "label_2" / f"{frame}.txt").write_text("\n".join(lines) + "\n")
    return f"kitti:{folder}"


def pose_of(boxes, row):
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation_from_quaternion(boxes["rotation"][row].numpy())[0], boxes["centre"][row].numpy()
    return pose


def test_a_car_ten_metres_ahead(tmp_path):
    dataset = open_real(make(tmp_path), ["front.rgb", "top"], ["boxes3d", "boxes2d"])
    sample = dataset[0]
    boxes = sample["labels"]["boxes3d"]
    assert boxes["object_class"].tolist() == [ObjectClass.CAR, ObjectClass.BICYCLE], "DontCare is no object"
    np.testing.assert_allclose(boxes["centre"][0], [10.0, 0.0, 0.75], atol=1e-12)
    np.testing.assert_allclose(boxes["size"][0], [4.0, 2.0, 1.5])
    np.testing.assert_allclose(boxes["rotation"][0].abs(), [1.0, 0.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(boxes["centre"][1], [20.0, 3.0, 0.85], atol=1e-12)
    np.testing.assert_allclose(pose_of(boxes, 1)[:3, 0], [0.0, -1.0, 0.0], atol=1e-12, err_msg="its length runs to the right")
    np.testing.assert_allclose(pose_of(boxes, 1)[:3, 2], [0.0, 0.0, 1.0], atol=1e-12)
    assert boxes["lidar_points"].tolist() == [2, 1]
    assert boxes["velocity"].isnan().all()
    assert (sample["tick"], sample["scenario"]) == (7, "kitti:object")


def test_points_lie_where_the_boxes_are(tmp_path):
    sample = open_real(make(tmp_path), ["top"])[0]
    points = transform(sample["poses"]["top"].numpy(), sample["sensors"]["top"]["points"][:, :3])
    np.testing.assert_allclose(points[0], [10.0, 0.0, 0.73], atol=1e-6)
    assert sample["sensors"]["top"]["points"][3, 3] == 1.0


@pytest.mark.parametrize("offset", [0.0, -50.0, 20.0])
@pytest.mark.parametrize("heading", [-1.4, 0.3, 2.0])
def test_boxes_project_as_kitti_says(tmp_path, offset, heading):
    """The oracle is the development kit's recipe: corners turned about y, moved to the location, multiplied with P2."""
    dataset = open_real(make(tmp_path, [f"Van 0 0 0 1 2 3 4 2 1.8 5 1.5 1.7 12 {heading}"], offset), ["front.rgb"], ["boxes3d"])
    sample, camera = dataset[0], dataset.camera(0, "front")
    boxes = sample["labels"]["boxes3d"]
    ours, _ = camera.project(transform(inverse(sample["poses"]["front.rgb"].numpy()), corners(pose_of(boxes, 0), boxes["size"][0])))
    x, y, z = (np.array(v) for v in zip(*[(sx * 2.5, sy, sz * 0.9) for sx in (-1, 1) for sy in (0, -2) for sz in (-1, 1)], strict=True))
    cos, sin = math.cos(heading), math.sin(heading)
    homogeneous = np.stack([cos * x + sin * z + 1.5, y + 1.7, -sin * x + cos * z + 12, np.ones(8)])
    u, v, depth = np.array([[100, 0, 50, offset], [0, 100, 20, 0], [0, 0, 1, 0]]) @ homogeneous
    theirs = np.stack([u / depth, v / depth], axis=1) + 0.5  # pixel centres
    np.testing.assert_allclose(sorted(ours.round(9).tolist()), sorted(theirs.round(9).tolist()), atol=1e-6)


def test_boxes_in_the_picture_follow_its_size(tmp_path):
    spec = make(tmp_path)
    rows = open_real(spec, ["front.rgb"], ["boxes2d"])[0]["labels"]["boxes2d"]["front"]
    assert rows["box"].tolist() == [[40, 20, 61, 36], [10, 20, 13, 31]]
    assert rows["visible_fraction"].tolist() == [1.0, 0.5]
    half = open_real(spec, ["front.rgb"], ["boxes2d"], size=(50, 20))[0]["labels"]["boxes2d"]["front"]
    assert half["box"].tolist() == [[20, 10, 31, 18], [5, 10, 7, 16]]
    assert half["amodal"][0].tolist() == [20.0, 10.0, 30.5, 18.0]


def test_drives_come_from_the_mapping(tmp_path):
    spec = make(tmp_path, frame="000000")
    make(tmp_path, frame="000001")
    assert open_real(spec, ["front.rgb"]).sequences == ("object",)
    (tmp_path / "mapping").mkdir()
    (tmp_path / "mapping" / "train_rand.txt").write_text("2,1")
    (tmp_path / "mapping" / "train_mapping.txt").write_text("2011_09_26 drive_a 0000000000\n2011_09_26 drive_b 0000000003\n")
    assert [s["scenario"] for s in open_real(spec, ["front.rgb"])] == ["kitti:drive_b", "kitti:drive_a"]


def test_raw_drives_have_times(tmp_path):
    day = tmp_path / "2011_09_26"
    drive = day / "2011_09_26_drive_0001_sync"
    for part in ("image_02/data", "velodyne_points/data"):
        (drive / part).mkdir(parents=True)
    for number in range(2):
        cv2.imwrite(str(drive / "image_02/data" / f"{number:010d}.png"), np.zeros((40, 100, 3), np.uint8))
        (drive / "velodyne_points/data" / f"{number:010d}.bin").write_bytes(np.zeros((3, 4), np.float32).tobytes())
    (drive / "image_02/timestamps.txt").write_text("2011-09-26 13:02:59.900000000\n2011-09-26 13:03:00.003500000\n")
    dataset = open_real(f"kitti_raw:{tmp_path}", ["front.rgb", "top"])
    assert [round(s["time_s"], 9) for s in dataset] == [0.0, 0.1035]
    assert dataset.sequences == ("2011_09_26_drive_0001_sync",)
    assert dataset.camera(0, "front") is None
    (day / "calib_cam_to_cam.txt").write_text(
        "calib_time: 09-Jan-2012 13:57:47\nR_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: 100 0 50 0 0 100 20 0 0 0 1 0\n"
    )
    (day / "calib_velo_to_cam.txt").write_text("R: 0 -1 0 0 0 -1 1 0 0\nT: 0 0.25 -0.5\n")
    pose = open_real(f"kitti_raw:{tmp_path}", ["front.rgb"])[0]["poses"]["front.rgb"].numpy()
    np.testing.assert_allclose(pose[:3, :3], np.eye(3), atol=1e-12, err_msg="the camera looks ahead")
    np.testing.assert_allclose(pose[:3, 3], [0.5, 0.0, 1.73 + 0.25], atol=1e-12)


@pytest.mark.parametrize(
    ("part", "data", "said"),
    [
        ("label_2", b"Car 1 2 3", "label must be a class of KITTI and 14 numbers"),
        ("label_2", b"Dragon 0 0 0 1 2 3 4 1 1 1 1 1 1 1", "label must be a class"),
        ("label_2", b"Car 0 0 0 1 2 3 4 1 1 1 1 1 nan 1", "label must be a class"),
        ("calib", b"P2: 1 2 3", "calibration must have R0_rect with 9 numbers"),
        ("velodyne", b"12345", "points must be 4 float32 each, got 5 bytes"),
    ],
)
def test_damaged_files_are_named(tmp_path, part, data, said):
    spec = make(tmp_path)
    next((tmp_path / "training" / part).iterdir()).write_bytes(data)
    with pytest.raises(ShardError, match=said + r".*000007"):
        open_real(spec, ["front.rgb", "top"], ["boxes3d"])[0]


def test_there_is_no_val_split(tmp_path):
    with pytest.raises(ConfigError, match="split of kitti must be one of train, test, got val"):
        open_real(make(tmp_path), ["front.rgb"], split="val")
