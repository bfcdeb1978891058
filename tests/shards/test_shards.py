"""Shards are written whole or not at all, and give back what was put in."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from simgen.datatypes.rig import Kind
from simgen.errors import EnvironmentFault, ShardError
from simgen.labels import annotate
from simgen.shards.describe import rig_from_json, rig_to_json
from simgen.shards.encoding import FILTERS, ImageCodec, depth_codes, depth_metres, packed, unpacked
from simgen.shards.episode_writer import EpisodeWriter
from simgen.shards.manifest import MANIFEST, sha256_of, write_manifest
from simgen.shards.reader import ShardReader
from simgen.shards.verify import verify
from simgen.shards.writer import ShardWriter, Storage
from tests.shards.made_up import RIG, TICK_RATE_HZ, make_frame, write_shard


def test_what_is_read_is_what_was_written(tmp_path):
    path = write_shard(tmp_path / "a.h5", storage=Storage(ImageCodec("png")))
    with ShardReader(path) as shard:
        assert len(shard) == 25
        assert shard.provenance == {"scenario": "test", "seed": 7}
        for tick in range(25):
            frame = make_frame(tick)
            assert {r.name for r in shard.readings(tick)} == set(frame.readings)
            for reading in shard.readings(tick):
                clean = frame.readings[reading.name]
                np.testing.assert_array_equal(reading.data, clean.data)
                np.testing.assert_array_equal(reading.world_from_sensor, clean.world_from_sensor)
            truth, expected = shard.truth(tick), annotate(frame, RIG)
            for name in ("boxes3d", "lanes", "lane_points", "lights"):
                np.testing.assert_array_equal(getattr(truth, name), getattr(expected, name))
            np.testing.assert_array_equal(truth.lane_pixels["front"], expected.lane_pixels["front"])
            if "front" in expected.boxes2d:
                np.testing.assert_array_equal(truth.boxes2d["front"], expected.boxes2d["front"])
            np.testing.assert_array_equal(shard.ego(tick).world_from_ego, frame.world.ego.world_from_actor)


def test_jpeg_is_near_the_image(tmp_path):
    smooth = np.broadcast_to(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], (48, 64, 3))
    decoded = ImageCodec("jpeg", 95).encode(np.ascontiguousarray(smooth))
    import cv2

    assert np.abs(cv2.imdecode(decoded, cv2.IMREAD_COLOR).astype(int) - smooth).mean() < 1.5


def test_the_same_frames_give_the_same_bytes(tmp_path):
    assert len({sha256_of(write_shard(tmp_path / f"{k}.h5", frames=120)) for k in range(4)}) == 1


def test_a_good_shard_verifies(shard):
    write_manifest(shard.parent)
    (verdict,) = verify([shard.parent])
    assert verdict.ok, verdict.faults
    assert verdict.frames == 25
    assert json.dumps(verdict.to_dict())


def test_plain_h5py_reads_a_shard_without_simgen(shard):
    with h5py.File(shard) as file:
        stream = file["streams/front.rgb"]
        start = stream["offsets"][0]
        assert bytes(stream["data"][start : start + 2]) == b"\xff\xd8"
        assert file["streams/gnss/tick"][:].tolist() == [0, 20]
        assert file["streams/front.depth/data"].attrs["unit"] == "m"


def test_rig_survives_json():
    again = rig_from_json(rig_to_json(RIG))
    assert rig_to_json(again) == rig_to_json(RIG)
    assert again.mounts[0].camera == RIG.mounts[0].camera


def test_nothing_has_the_final_name_before_close(tmp_path):
    writer = ShardWriter(tmp_path / "a.h5", RIG, TICK_RATE_HZ, {})
    frame = make_frame(0)
    writer.append(frame, annotate(frame, RIG))
    assert not (tmp_path / "a.h5").exists()
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [0, 3, 60])
def test_a_killed_writer_leaves_no_final_name(tmp_path, after):
    code = f"""
import sys, os, signal
from tests.shards.made_up import *
from simgen.shards.writer import ShardWriter
w = ShardWriter({str(tmp_path / "a.h5")!r}, RIG, TICK_RATE_HZ, {{}})
for tick in range({after}):
    f = make_frame(tick); w.append(f, annotate(f, RIG))
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "a.h5").exists()


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    # A limit on the file size is the full disk that a test can make; SIGXFSZ is ignored so that write() fails instead.
    old_signal = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(EnvironmentFault) as caught:
            write_shard(tmp_path / "a.h5", frames=200)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old_signal)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_out_under_a_file_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match="out must be a folder"):
        ShardWriter(tmp_path / "file" / "a.h5", RIG, TICK_RATE_HZ, {})


def test_a_flipped_byte_is_found_by_the_manifest(shard):
    write_manifest(shard.parent)
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 0xFF
    shard.write_bytes(content)
    (verdict,) = verify([shard])
    assert any(MANIFEST in fault or "readable" in fault for fault in verdict.faults)


@pytest.mark.parametrize("size", [0, 10, 1000, 40_000])
def test_a_truncated_shard_is_a_fault_not_a_crash(shard, size):
    shard.write_bytes(shard.read_bytes()[:size])
    (verdict,) = verify([shard])
    assert not verdict.ok


def test_foreign_files_are_refused(tmp_path):
    with h5py.File(tmp_path / "foreign.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(ShardError, match="another kind"):
        ShardReader(tmp_path / "foreign.h5")
    (tmp_path / "text.h5").write_text("hello")
    with pytest.raises(ShardError, match="HDF5"):
        ShardReader(tmp_path / "text.h5")
    with pytest.raises(ShardError, match="must exist"):
        verify([tmp_path / "absent"])


def _edit(path, edit):
    with h5py.File(path, "r+") as file:
        edit(file)


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (lambda f: f["frames/tick"].__setitem__(3, 9), "consecutive"),
        (lambda f: f["streams/imu/tick"].resize(20, axis=0), "on schedule"),
        (lambda f: f["streams/gnss/data"].__setitem__((0, 0), np.nan), "finite"),
        (lambda f: f["streams/lidar/offsets"].__setitem__(1, 1 << 40), "readable"),
        (lambda f: f["truth/boxes3d/data"].__setitem__(0, np.zeros((), f["truth/boxes3d/data"].dtype)), "positive sizes"),
        (lambda f: f.__delitem__("streams/imu/data"), "readable"),
        (lambda f: f.attrs.__setitem__("complete", False), "complete"),
        (lambda f: f.attrs.__setitem__("schema_version", 99), "schema_version"),
    ],
)
def test_each_planted_fault_is_named(shard, edit, fault):
    _edit(shard, edit)
    (verdict,) = verify([shard])
    assert any(fault in f for f in verdict.faults), verdict.faults


def test_events_are_rows_of_their_tick_only(shard):
    with ShardReader(shard) as reader:
        assert reader.reading("collision", 5).kind is Kind.COLLISION
        assert reader.reading("collision", 6) is None


def test_a_long_episode_becomes_several_shards(tmp_path):
    storage = Storage(most_frames=10)
    writer = EpisodeWriter(tmp_path / "a.h5", RIG, TICK_RATE_HZ, {"seed": 7}, storage)
    for tick in range(25):
        frame = make_frame(tick)
        writer.append(frame, annotate(frame, RIG))
    assert not list(tmp_path.glob("*.h5"))
    writer.close({"events": []})
    names = ["a.h5", "a.part001.h5", "a.part002.h5"]
    assert sorted(p.name for p in tmp_path.iterdir()) == names
    assert all(v.ok for v in verify([tmp_path]))
    ticks = []
    for part, name in enumerate(names):
        with ShardReader(tmp_path / name) as shard:
            assert (shard.part, shard.parts) == (part, 3)
            ticks += shard.ticks.tolist()
    assert ticks == list(range(25))
    (tmp_path / names[1]).unlink()
    assert all(any("3 parts" in fault for fault in v.faults) for v in verify([tmp_path]))


def test_a_new_recording_leaves_no_part_of_the_old_one(tmp_path):
    for most in (5, 20):
        writer = EpisodeWriter(tmp_path / "a.h5", RIG, TICK_RATE_HZ, {}, Storage(most_frames=most))
        for tick in range(25):
            frame = make_frame(tick)
            writer.append(frame, annotate(frame, RIG))
        writer.close({})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.h5", "a.part001.h5"]
    assert all(v.ok for v in verify([tmp_path]))


def test_a_changed_row_is_found_by_its_checksum(shard):
    with h5py.File(shard, "r+") as file:
        row = file["streams/front.semantic/data"][1]
        row[3, 4] ^= 1
        file["streams/front.semantic/data"][1] = row
        file["truth/lights/data"][0] = file["truth/lights/data"][1]
    (verdict,) = verify([shard])
    assert [f for f in verdict.faults if "checksum" in f and "front.semantic" in f]
    assert [f for f in verdict.faults if "checksum" in f and "truth" in f]


def test_depth_comes_back_to_the_last_bit():
    codes = np.random.default_rng(1).integers(0, 1 << 24, (7, 9, 11))
    metres = (codes * (1000.0 / ((1 << 24) - 1))).astype(np.float32)
    np.testing.assert_array_equal(depth_metres(depth_codes(metres)), metres)


@pytest.mark.parametrize("filters", ["none", "labels", "records"])
@pytest.mark.parametrize("dtype", ["u1", "<u4", "<f8"])
def test_chunks_packed_here_are_those_of_hdf5(tmp_path, filters, dtype):
    rows = np.random.default_rng(2).integers(0, 9, (3, 50)).astype(dtype)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        ours = file.create_dataset("ours", rows.shape, dtype, chunks=rows.shape, **FILTERS[filters])
        ours.id.write_direct_chunk((0, 0), packed(rows, filters))
        np.testing.assert_array_equal(ours[:], rows)
        theirs = file.create_dataset("theirs", data=rows, chunks=rows.shape, **FILTERS[filters])
        _, stored = theirs.id.read_direct_chunk((0, 0))
        np.testing.assert_array_equal(unpacked(stored, rows.dtype, rows.shape, filters), rows)
