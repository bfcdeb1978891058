"""Frames go from shard to shard as they stand."""

import h5py
import numpy as np
import pytest

from simgen.errors import ShardError
from simgen.shards.copying import Run, copy_clip, copy_frames, storage_of
from simgen.shards.encoding import ImageCodec
from simgen.shards.manifest import sha256_of
from simgen.shards.reader import ShardReader
from simgen.shards.verify import verify
from simgen.shards.writer import ShardWriter, Storage
from tests.shards.made_up import write_shard
from tests.shards.made_up_episodes import write_episode


@pytest.mark.parametrize("storage", [Storage(), Storage(ImageCodec("png"), page_bytes=4096)])
def test_a_copy_of_all_frames_is_the_same_file(tmp_path, storage):
    source = write_shard(tmp_path / "a.h5", frames=60, storage=storage)
    with ShardReader(source) as shard:
        writer = ShardWriter(tmp_path / "b.h5", shard.rig, shard.tick_rate_hz, shard.provenance, storage_of(shard))
        assert copy_frames(shard, writer) == 60
        copy = writer.close(shard.outcome)
    assert sha256_of(copy) == sha256_of(source)


def test_a_clip_over_two_parts_has_the_frames_of_both(tmp_path):
    write_episode(tmp_path / "a.h5", frames=30, most=18)
    parts = [tmp_path / "a.h5", tmp_path / "a.part001.h5"]
    clip = copy_clip([Run(parts[0], 15, 18), Run(parts[1], 0, 8)], tmp_path / "clips" / "c.h5", {"of": "a.h5"})
    (verdict,) = verify([clip])
    assert verdict.ok, verdict.faults
    with ShardReader(clip) as shard, ShardReader(parts[0]) as one, ShardReader(parts[1]) as two:
        assert shard.ticks.tolist() == list(range(15, 26))
        assert shard.times_s.tolist() == [tick / 20 for tick in range(15, 26)]
        assert shard.stream_ticks["gnss"].tolist() == [20]
        assert shard.provenance == {**one.provenance, "clip": {"of": "a.h5"}}
        for frame, tick in enumerate(shard.ticks.tolist()):
            source, place = (one, tick) if tick < 18 else (two, tick - 18)
            for theirs in source.readings(place):
                ours = shard.reading(theirs.name, frame)
                np.testing.assert_array_equal(ours.data, theirs.data)
                np.testing.assert_array_equal(ours.world_from_sensor, theirs.world_from_sensor)
            np.testing.assert_array_equal(shard.truth(frame).boxes3d, source.truth(place).boxes3d)
            np.testing.assert_array_equal(shard.ego(frame).world_from_ego, source.ego(place).world_from_ego)


def test_damage_is_not_copied(tmp_path, shard):
    with h5py.File(shard, "r+") as file:
        row = file["streams/front.semantic/data"][3]
        row[0, 0] ^= 1
        file["streams/front.semantic/data"][3] = row
    with pytest.raises(ShardError, match=r"checksum must be .* tick 6, front.semantic"):
        copy_clip([Run(shard, 0, 25)], tmp_path / "clips" / "c.h5", {})
    assert list((tmp_path / "clips").iterdir()) == []
    copy_clip([Run(shard, 7, 25)], tmp_path / "clips" / "c.h5", {})  # the damage lies before


def test_a_copy_says_who_made_the_data(tmp_path, shard):
    with h5py.File(shard, "r+") as file:
        file.attrs["simgen_version"], file.attrs["salvaged"] = "0.0.7", True
    with ShardReader(copy_clip([Run(shard, 3, 9)], tmp_path / "clips" / "c.h5", {})) as copy:
        assert (copy.simgen_version, copy.salvaged, len(copy)) == ("0.0.7", True, 6)


def test_the_time_of_writing_is_not_in_the_file(tmp_path):
    # Files of paged metadata have a header with times in seconds; 0 is none.
    path = write_shard(tmp_path / "a.h5", frames=3, storage=Storage(page_bytes=4096))
    content = path.read_bytes()
    start = int.from_bytes(content[20:28], "little")
    assert content[start : start + 5] == b"OHDR\x02"
    assert content[start + 6 : start + 22] == bytes(16)
    (verdict,) = verify([path])  # the library looks at the header's checksum
    assert verdict.ok, verdict.faults
