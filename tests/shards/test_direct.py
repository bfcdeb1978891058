"""Reading by position gives what h5py gives, and refuses what is damaged."""

import pickle

import numpy as np
import pytest

from simgen.errors import ShardError
from simgen.shards.direct import DirectReader
from simgen.shards.index import index_shard
from simgen.shards.reader import ShardReader
from tests.shards.made_up import write_shard


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_shard(tmp_path_factory.mktemp("direct") / "a.h5", frames=60)


def test_it_reads_what_the_plain_reader_reads(path):
    direct = pickle.loads(pickle.dumps(DirectReader(index_shard(str(path)))))
    with ShardReader(path) as plain:
        assert len(direct) == len(plain) == 60
        for frame in range(60):
            for mount in plain.rig.mounts:
                ours, theirs = direct.reading(mount.name, frame), plain.reading(mount.name, frame)
                assert (ours is None) == (theirs is None)
                if ours is not None:
                    np.testing.assert_array_equal(ours.data, theirs.data)
                    np.testing.assert_array_equal(ours.world_from_sensor, theirs.world_from_sensor)
                    assert (ours.kind, ours.tick) == (theirs.kind, theirs.tick)
            ours, theirs = direct.truth(frame), plain.truth(frame)
            for name in ("boxes3d", "lanes", "lane_points", "lights"):
                np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
            np.testing.assert_array_equal(ours.boxes2d["front"], theirs.boxes2d["front"])
            np.testing.assert_array_equal(ours.lane_pixels["front"], theirs.lane_pixels["front"])
            np.testing.assert_array_equal(direct.ego(frame).world_from_ego, plain.ego(frame).world_from_ego)


def test_a_shard_cut_short_after_indexing_is_said(path, tmp_path):
    index = index_shard(str(path))
    short = tmp_path / "a.h5"
    short.write_bytes(path.read_bytes()[:5000])
    object.__setattr__(index, "path", str(short))
    with pytest.raises(ShardError, match="must hold"):
        DirectReader(index).reading("front.depth", 58)


def test_flipped_bytes_never_crash(path, tmp_path):
    index, content = index_shard(str(path)), path.read_bytes()
    object.__setattr__(index, "path", str(tmp_path / "b.h5"))
    rng, said = np.random.default_rng(0), []
    for _ in range(20):
        damaged = bytearray(content)
        for at in rng.integers(0, len(content), 200):
            damaged[at] ^= int(rng.integers(1, 256))
        (tmp_path / "b.h5").write_bytes(damaged)
        reader = DirectReader(index)
        for frame in range(0, 60, 7):
            for name in index.streams:
                try:
                    reader.reading(name, frame)
                except ShardError as error:
                    said.append(str(error))
    assert said
    assert not any("\n" in line for line in said)
