"""Argoverse 2 by hand: its vehicle frame is 0.33 m above the ground, simgen's ego is on it."""

import cv2
import numpy as np
import pytest

from simgen.data.real import open_real
from simgen.datatypes.tags import ObjectClass
from simgen.errors import ConfigError, ShardError
from simgen.geometry.pose import transform

pa = pytest.importorskip("pyarrow", reason="pyarrow is an extra: pip install 'simgen[av2]'")
FIRST_NS = 315_966_265_259_836_000
STILL = {"qw": 1.0, "qx": 0.0, "qy": 0.0, "qz": 0.0}


def feather(path, rows, **types):
    from pyarrow import feather as format

    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array([row[name] for row in rows], types.get(name)) for name in rows[0]})
    format.write_feather(table, str(path))


def cuboid(time_ns, category, x, track="a"):
    place = {"tx_m": x, "ty_m": 0.0, "tz_m": 0.42}
    size = {"length_m": 4.0, "width_m": 2.0, "height_m": 1.5}
    return {"timestamp_ns": time_ns, "track_uuid": track, "category": category, **size, **STILL, **place, "num_interior_pts": 5}


@pytest.fixture
def log(tmp_path):
    log = tmp_path / "train" / "log-1"
    optical = {"qw": 0.5, "qx": -0.5, "qy": 0.5, "qz": -0.5}
    feather(
        log / "calibration" / "egovehicle_SE3_sensor.feather",
        [{"sensor_name": "ring_front_center", **optical, "tx_m": 1.5, "ty_m": 0.0, "tz_m": 1.0}],
    )
    lens = {"fx_px": 100.0, "fy_px": 100.0, "cx_px": 49.5, "cy_px": 19.5, "k1": 0.0, "k2": 0.0, "k3": 0.0}
    feather(log / "calibration" / "intrinsics.feather", [{"sensor_name": "ring_front_center", **lens, "height_px": 40, "width_px": 100}])
    poses = [{"timestamp_ns": FIRST_NS + n * 100_000_000, **STILL, "tx_m": 7.0 + n, "ty_m": 0.0, "tz_m": 3.33} for n in range(2)]
    feather(log / "city_SE3_egovehicle.feather", poses)
    for number in range(2):
        point = {"x": 10.0, "y": 0.0, "z": 0.0, "intensity": 51, "laser_number": 7, "offset_ns": 0}
        path = log / "sensors" / "lidar" / f"{FIRST_NS + number * 100_000_000}.feather"
        feather(
            path,
            [point, {**point, "x": 11.0}],
            x=pa.float16(),
            y=pa.float16(),
            z=pa.float16(),
            intensity=pa.uint8(),
            laser_number=pa.uint8(),
        )
    cameras = log / "sensors" / "cameras" / "ring_front_center"
    cameras.mkdir(parents=True)
    cv2.imwrite(str(cameras / f"{FIRST_NS + 20_000_000}.jpg"), np.zeros((40, 100, 3), np.uint8))
    rows = [cuboid(FIRST_NS, "REGULAR_VEHICLE", 10.0), cuboid(FIRST_NS, "BICYCLIST", 3.0), cuboid(FIRST_NS + 100_000_000, "BUS", 20.0, "b")]
    feather(log / "annotations.feather", rows)
    return log


def test_a_car_ten_metres_ahead(log):
    dataset = open_real(f"av2:{log.parents[1]}", ["top"], ["boxes3d"])
    first, second = (s["labels"]["boxes3d"] for s in dataset)
    assert first["object_class"].tolist() == [ObjectClass.CAR], "a rider belongs to his bicycle's box"
    np.testing.assert_allclose(first["centre"], [[10.0, 0.0, 0.75]])
    np.testing.assert_allclose(first["size"], [[4.0, 2.0, 1.5]])
    assert first["lidar_points"].tolist() == [5]
    assert first["velocity"].isnan().all()
    assert (second["object_class"].tolist(), second["actor_id"].tolist()) == ([ObjectClass.BUS], [2])
    assert dataset.sequences == ("log-1",)


def test_points_and_poses(log):
    sample = open_real(f"av2:{log}", ["top"])[1]
    np.testing.assert_allclose(sample["world_from_ego"][:3, 3], [8.0, 0.0, 3.0], atol=1e-9)
    np.testing.assert_allclose(sample["sensors"]["top"]["points"], [[10.0, 0.0, 0.0, 0.2], [11.0, 0.0, 0.0, 0.2]], atol=1e-6)
    np.testing.assert_allclose(transform(sample["poses"]["top"].numpy(), [[10.0, 0.0, 0.0]]), [[18.0, 0.0, 3.33]], atol=1e-9)
    assert sample["tick"] == FIRST_NS + 100_000_000


def test_a_picture_belongs_to_the_sweep_it_is_near(log):
    dataset = open_real(f"av2:{log}", ["top", "front.rgb"])
    assert [s["tick"] for s in dataset] == [FIRST_NS], "the second sweep is 80 ms away"
    np.testing.assert_allclose(dataset[0]["poses"]["front.rgb"][:3, 3], [8.5, 0.0, 4.33], atol=1e-9)
    np.testing.assert_allclose(dataset.camera(0, "front").project([[5.0, 0.0, 0.0]])[0], [[50.0, 20.0]])


def test_damaged_files_are_named(log):
    feather(log / "annotations.feather", [cuboid(FIRST_NS, "DRAGON", 1.0)])
    with pytest.raises(ShardError, match="category must be one of Argoverse 2, got DRAGON"):
        open_real(f"av2:{log}", ["top"])
    (log / "annotations.feather").write_bytes(b"ARROW1 and more")
    with pytest.raises(ShardError, match="file must be feather with timestamp_ns"):
        open_real(f"av2:{log}", ["top"])


def test_a_folder_without_logs_is_said(tmp_path):
    with pytest.raises(ConfigError, match="av2 must be a folder of logs"):
        open_real(f"av2:{tmp_path}", ["top"])
