"""nuScenes' tables by hand: a car at (100, 50) looking along the world's y, another one 10 m ahead of it."""

import json
import math

import cv2
import numpy as np
import pytest

from simgen.data.real import open_real
from simgen.datatypes.tags import ObjectClass
from simgen.errors import ConfigError, ShardError
from simgen.geometry.pose import transform

HALF = math.sqrt(0.5)
TURNED = [HALF, 0.0, 0.0, HALF]
"""A quarter turn to the left."""
SPLIT_SCENES = ("scene-0061", "scene-0103")
"""Of the mini set: one for training, one for validation."""


def tables():
    found = {
        "scene": [{"token": f"s{n}", "name": name} for n, name in enumerate(SPLIT_SCENES)],
        "sensor": [{"token": c, "channel": c} for c in ("CAM_FRONT", "LIDAR_TOP", "RADAR_FRONT")],
        "calibrated_sensor": [
            {
                "token": "c-cam",
                "sensor_token": "CAM_FRONT",
                "translation": [1.5, 0.0, 1.5],
                "rotation": [0.5, -0.5, 0.5, -0.5],  # optical: z ahead, x to the right
                "camera_intrinsic": [[100, 0, 49.5], [0, 100, 19.5], [0, 0, 1]],
            },
            {
                "token": "c-top",
                "sensor_token": "LIDAR_TOP",
                "translation": [1.0, 0.0, 1.8],
                "rotation": [HALF, 0.0, 0.0, -HALF],  # its y looks ahead
                "camera_intrinsic": [],
            },
            {"token": "c-r", "sensor_token": "RADAR_FRONT", "translation": [0, 0, 0], "rotation": [1, 0, 0, 0], "camera_intrinsic": []},
        ],
        "category": [{"token": "car", "name": "vehicle.car"}, {"token": "rack", "name": "static_object.bicycle_rack"}],
        "instance": [{"token": "i-rack", "category_token": "rack"}, {"token": "i-car", "category_token": "car"}],
        "sample": [],
        "ego_pose": [],
        "sample_data": [],
        "sample_annotation": [],
    }
    for scene in range(2):
        for number in range(2):
            add_sample(found, scene, number)
    return found


def add_sample(found, scene, number):
    token = f"s{scene}-{number}"
    found["sample"].append({"token": token, "scene_token": f"s{scene}", "timestamp": 1_000_000 + 500_000 * number})
    found["ego_pose"].append({"token": token, "translation": [100.0, 50.0 + number, 0.0], "rotation": TURNED})
    found["ego_pose"].append({"token": f"{token}-cam", "translation": [100.0, 50.25 + number, 0.0], "rotation": TURNED})
    for channel, calibration, file, pose in (
        ("cam", "c-cam", "samples/CAM_FRONT/a.png", f"{token}-cam"),
        ("top", "c-top", "samples/LIDAR_TOP/a.pcd.bin", token),
        ("radar", "c-r", "samples/RADAR_FRONT/a.pcd", token),
    ):
        for key in (True, False):
            found["sample_data"].append(
                {
                    "token": f"{token}-{channel}-{key}",
                    "sample_token": token,
                    "ego_pose_token": pose,
                    "calibrated_sensor_token": calibration,
                    "filename": file,
                    "is_key_frame": key,
                    "width": 100,
                    "height": 40,
                }
            )
    for name in ("car", "rack"):
        found["sample_annotation"].append(
            {
                "token": f"{token}-{name}",
                "sample_token": token,
                "instance_token": f"i-{name}",
                "translation": [100.0, 60.0 + 5.0 * number, 1.0],
                "size": [2.0, 4.0, 1.5],
                "rotation": TURNED,
                "prev": f"s{scene}-{number - 1}-{name}" if number else "",
                "next": "" if number else f"s{scene}-1-{name}",
                "num_lidar_pts": 3,
            }
        )


def write(folder, found):
    version = folder / "v1.0-mini"
    version.mkdir(exist_ok=True)
    for name, rows in found.items():
        (version / f"{name}.json").write_text(json.dumps(rows))
    for part in ("CAM_FRONT", "LIDAR_TOP"):
        (folder / "samples" / part).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "samples/CAM_FRONT/a.png"), np.zeros((40, 100, 3), np.uint8))
    points = np.array([[0, 10, -1, 255, 4], [2, 0, 0, 51, 31]], np.float32)
    (folder / "samples/LIDAR_TOP/a.pcd.bin").write_bytes(points.tobytes())
    return f"nuscenes:{folder}"


@pytest.fixture
def dataset(tmp_path):
    return open_real(write(tmp_path, tables()), ["front.rgb", "top"], ["boxes3d"], split="mini_train")


def test_a_car_ten_metres_ahead(dataset):
    boxes = dataset[0]["labels"]["boxes3d"]
    assert boxes["object_class"].tolist() == [ObjectClass.CAR], "a bicycle rack is no object of simgen's"
    np.testing.assert_allclose(boxes["centre"][0], [10.0, 0.0, 1.0], atol=1e-9)
    np.testing.assert_allclose(boxes["size"][0], [4.0, 2.0, 1.5])
    np.testing.assert_allclose(boxes["rotation"][0], [1.0, 0.0, 0.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(boxes["velocity"][0], [10.0, 0.0, 0.0], atol=1e-9)  # 5 m in half a second, straight ahead
    assert boxes["lidar_points"].tolist() == [3]
    assert boxes["actor_id"].tolist() == [2], "its place among the instances"
    np.testing.assert_allclose(dataset[1]["labels"]["boxes3d"]["centre"][0], [14.0, 0.0, 1.0], atol=1e-9)


def test_the_lidar_looks_ahead(dataset):
    sample = dataset[0]
    cloud = sample["sensors"]["top"]
    np.testing.assert_allclose(cloud["points"], [[10, 0, -1, 1.0], [0, -2, 0, 0.2]], atol=1e-6)
    assert cloud["channel"].tolist() == [4, 31]
    ego_from_top = np.linalg.inv(sample["world_from_ego"].numpy()) @ sample["poses"]["top"].numpy()
    np.testing.assert_allclose(transform(ego_from_top, [[10.0, 0.0, -1.0]]), [[11.0, 0.0, 0.8]], atol=1e-9)


def test_cameras_have_their_own_time(dataset):
    sample = dataset[0]
    np.testing.assert_allclose(sample["poses"]["front.rgb"][:3, 3], [100.0, 51.75, 1.5], atol=1e-9)
    np.testing.assert_allclose(sample["poses"]["front.rgb"][:3, 0], [0.0, 1.0, 0.0], atol=1e-9)
    camera = dataset.camera(0, "front")
    pixels, _ = camera.project([[10.0, 0.0, 0.0]])
    np.testing.assert_allclose(pixels, [[50.0, 20.0]])


def test_splits_are_of_scenes(tmp_path):
    spec = write(tmp_path, tables())
    assert open_real(spec, ["top"], split="mini_train").sequences == ("scene-0061",)
    assert open_real(spec, ["top"], split="mini_val").sequences == ("scene-0103",)
    assert open_real(spec, ["top"], split="mini").sequence_of.tolist() == [0, 0, 1, 1]
    with pytest.raises(ConfigError, match="split of nuscenes must be one of train, val"):
        open_real(spec, ["top"], split="half")
    with pytest.raises(ConfigError, match="tables of nuscenes must be a folder"):
        open_real(spec, ["top"], split="val")


def test_an_object_seen_once_has_no_velocity(tmp_path):
    found = tables()
    for row in found["sample_annotation"]:
        row["prev"] = row["next"] = ""
    assert open_real(write(tmp_path, found), ["top"], ["boxes3d"], "mini")[0]["labels"]["boxes3d"]["velocity"].isnan().all()


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("scene", lambda rows: {"rows": rows}, "table must be a list"),
        ("sample_data", lambda rows: [*rows, {"token": "x"}], "record must have sample_token"),
        ("ego_pose", lambda rows: rows[:1], "token must be of a record of ego_pose"),
        ("ego_pose", lambda rows: [{**row, "rotation": [3, 0, 0, 0]} for row in rows], "rotation must be a unit quaternion"),
        ("sample_annotation", lambda rows: [{**row, "size": [1, 2]} for row in rows], "size must be 3 numbers"),
        ("sample_annotation", lambda rows: [{**row, "prev": 5} for row in rows], "record must have token"),
        ("sample", lambda rows: [{**row, "timestamp": "soon"} for row in rows], "timestamp must be 1 numbers"),
    ],
)
def test_damaged_tables_are_named(tmp_path, table, change, said):
    found = tables()
    with pytest.raises(ShardError, match=said + r".*v1\.0-mini"):
        open_real(write(tmp_path, {**found, table: change(found[table])}), ["top"], ["boxes3d"], "mini")
