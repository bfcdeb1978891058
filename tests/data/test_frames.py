"""Samples hold what the shards hold, of the right frames."""

import json
import pickle

import numpy as np
import pytest
import torch

from simgen.data import FrameDataset
from simgen.data.sweeps import moved
from simgen.errors import ConfigError
from simgen.geometry.pose import pose_from_rpy
from simgen.shards.reader import ShardReader

CAMERAS = ("front.rgb", "front.depth", "front.semantic", "front.instance")


def test_only_frames_at_which_all_sensors_were_due(folder):
    assert len(FrameDataset([folder], sensors=["imu"])) == 31 + 25 + 12
    assert len(FrameDataset([folder], sensors=["front.rgb", "imu"])) == 16 + 13 + 6
    assert len(FrameDataset([folder], sensors=["gnss", "front.rgb"])) == 2 + 2 + 1


def test_a_sample_is_what_the_plain_reader_reads(folder):
    dataset = FrameDataset([folder], sensors=[*CAMERAS, "lidar", "imu"], labels=["boxes3d", "boxes2d", "lanes", "lights"])
    for index in (0, 7, 20, len(dataset) - 1):
        sample = dataset[index]
        with ShardReader(sample["shard"]) as shard:
            frame = shard.ticks.tolist().index(sample["tick"])
            assert sample["time_s"] == shard.times_s[frame]
            for name in CAMERAS:
                data = shard.reading(name, frame).data
                np.testing.assert_array_equal(sample["sensors"][name], data.transpose(2, 0, 1) if data.ndim == 3 else data)
            points = shard.reading("lidar", frame).data
            np.testing.assert_array_equal(sample["sensors"]["lidar"]["points"][:, 0], points["x"])
            np.testing.assert_array_equal(sample["sensors"]["lidar"]["object_id"], points["object_id"])
            truth = shard.truth(frame)
            np.testing.assert_array_equal(sample["labels"]["boxes3d"]["centre"], truth.boxes3d["centre"])
            np.testing.assert_array_equal(sample["labels"]["boxes2d"]["front"]["box"], truth.boxes2d["front"]["box"])
            np.testing.assert_array_equal(sample["labels"]["lanes"]["points"], truth.lane_points)


def test_only_what_is_asked_for_is_read(folder, monkeypatch):
    dataset = FrameDataset([folder], sensors=["imu"])
    read = []
    for reader in dataset.readers:
        monkeypatch.setattr(reader, "data", lambda name, row, reader=reader: read.append(name) or type(reader).data(reader, name, row))
    dataset[3]
    assert read == ["imu"]


def test_clips_run_over_parts_and_never_over_episodes(folder):
    dataset = FrameDataset([folder], sensors=["front.rgb"], clip=(3, 2))
    assert len(dataset) == (16 - 4) + (13 - 4) + (6 - 4)
    for sample in map(dataset.__getitem__, range(len(dataset))):
        assert sample["sensors"]["front.rgb"].shape == (3, 3, 48, 64)
        assert np.diff(sample["tick"]).tolist() == [4, 4]
        assert len(set(sample["scenario"])) == 1
    crossing = [s["shard"] for s in map(dataset.__getitem__, range(len(dataset))) if len(set(s["shard"])) > 1]
    assert crossing, "the episode of three parts has clips across its seams"


def test_sweeps_meet_in_the_frame_of_the_latest(folder):
    dataset = FrameDataset([folder], sensors=["lidar"], sweeps={"lidar": 2})
    sample = dataset[5]
    with ShardReader(sample["shard"]) as shard:
        readings = [shard.reading("lidar", 10 - 2 * k) for k in range(3)]
    cloud = sample["sensors"]["lidar"]
    assert cloud["time_s"].unique().tolist() == pytest.approx([-0.2, -0.1, 0.0])
    world = np.concatenate([_in_world(reading) for reading in readings])
    homogeneous = np.column_stack([cloud["points"][:, :3].double().numpy(), np.ones(len(cloud["points"]))])
    np.testing.assert_allclose((homogeneous @ sample["poses"]["lidar"].numpy().T)[:, :3], world, atol=1e-5)
    assert dataset[0]["sensors"]["lidar"]["time_s"].unique().tolist() == [0.0]


def _in_world(reading):
    xyz = np.stack([reading.data[axis] for axis in "xyz"], axis=1)
    return xyz @ reading.world_from_sensor[:3, :3].T + reading.world_from_sensor[:3, 3]


def test_moved_points_move_back(folder):
    points = FrameDataset([folder], sensors=["lidar"]).readers[0].data("lidar", 1)
    pose = pose_from_rpy((3.0, -2.0, 1.0), (0.1, 0.2, 0.3))
    again = moved(moved(points, pose), np.linalg.inv(pose))
    np.testing.assert_allclose(again["x"], points["x"], atol=1e-5)
    np.testing.assert_array_equal(again["object_id"], points["object_id"])


def test_it_goes_to_other_processes(folder):
    dataset = FrameDataset([folder], sensors=["front.rgb"])
    again = pickle.loads(pickle.dumps(dataset))
    assert torch.equal(again[9]["sensors"]["front.rgb"], dataset[9]["sensors"]["front.rgb"])


def test_iterating_ahead_changes_nothing(folder):
    dataset = FrameDataset([folder], sensors=["front.rgb"], threads=3)
    order = list(range(len(dataset)))[::-1]
    ticks = [sample["tick"] for sample in dataset.iterate(order)]
    assert ticks == [dataset[i]["tick"] for i in order]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sensors": ["rear.rgb"]}, "sensor must be one of"),
        ({"labels": ["boxes"]}, "label must be one of"),
        ({"sensors": ["imu"], "sweeps": {"imu": 1}}, "sweeps must be of LiDARs"),
        ({"clip": (0, 1)}, "clip must be"),
    ],
)
def test_what_does_not_exist_is_said(folder, options, said):
    with pytest.raises(ConfigError, match=said):
        FrameDataset([folder], **options)


def test_a_list_names_the_shards_of_a_split(folder, tmp_path):
    (tmp_path / "train.json").write_text(json.dumps([str(folder / "a-1.h5"), str(folder / "c-3.h5")]))
    assert len(FrameDataset([tmp_path / "train.json"], sensors=["imu"])) == 31 + 12
    (tmp_path / "bad.json").write_text('{"a": 1}')
    with pytest.raises(ConfigError, match="JSON list of shards"):
        FrameDataset([tmp_path / "bad.json"])
