"""The recording for Rerun holds every sensor and label under its own path."""

import sys

import pytest

from simgen.errors import EnvironmentFault
from simgen.shards.reader import ShardReader
from simgen.view.rerun_log import save_rerun
from tests.shards.made_up import write_shard


def test_recording_holds_the_tree_of_entities(tmp_path):
    pytest.importorskip("rerun", reason="needs the view extra: rerun-sdk")
    chunks = pytest.importorskip("rerun.chunk", reason="needs a rerun-sdk that reads recordings")
    with ShardReader(write_shard(tmp_path / "test-7.h5", frames=8)) as shard:
        path = save_rerun(shard, tmp_path / "test.rrd")
    schema = chunks.RrdReader(str(path)).store().schema()
    images = {f"/world/ego/front/{name}" for name in ("rgb", "depth", "semantic", "instance", "boxes2d", "lanes2d")}
    scene = {f"/world/ego/{name}" for name in ("front", "lidar", "radar", "boxes", "lanes", "lights")}
    scalars = {"/speed/ego", "/gnss/latitude", "/imu/acceleration/x", "/imu/gyroscope/z", "/imu/compass", "/events"}
    assert {"/world", "/world/path", "/world/ego"} | images | scene | scalars <= set(map(str, schema.entity_paths()))
    assert {"time", "tick"} <= {str(column.name) for column in schema.index_columns()}
    assert {p.name for p in tmp_path.iterdir()} == {"test-7.h5", "test.rrd"}


def test_without_the_sdk_one_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rerun", None)
    with ShardReader(write_shard(tmp_path / "test-7.h5", frames=2)) as shard, pytest.raises(EnvironmentFault, match=r"simgen\[view\]"):
        save_rerun(shard, tmp_path / "test.rrd")
