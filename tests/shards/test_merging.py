"""Folders of shards become one: whole, with a manifest, and no name twice."""

import h5py
import pytest

from simgen.errors import ConfigError, ShardError
from simgen.shards.manifest import find_shards, read_manifest, write_manifest
from simgen.shards.merging import merge
from simgen.shards.verify import verify
from tests.shards.made_up_episodes import write_episode


@pytest.fixture
def folders(tmp_path):
    """Two folders: a-1 and two-part b-2 in one, another b-2 and c-3 in the other."""
    one, two = tmp_path / "one", tmp_path / "two"
    write_episode(one / "a-1.h5", "a", 1, 5)
    write_episode(one / "b-2.h5", "b", 2, 6, most=4)
    write_episode(two / "b-2.h5", "b", 2, 8, most=4)
    write_episode(two / "c-3.h5", "c", 3, 5)
    return one, two


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_episodes_of_one_name_are_refused_and_nothing_is_left(folders, tmp_path):
    with pytest.raises(ConfigError, match=r"different names, got .*one/b-2.h5 and .*two/b-2.h5 \(clash=rename"):
        merge(folders, tmp_path / "out")
    assert names(tmp_path) == ["one", "two"]


def test_renamed_episodes_keep_their_parts_together(folders, tmp_path):
    made = merge(folders, tmp_path / "out", "rename")
    shards = ["a-1.h5", "b-2.2.h5", "b-2.2.part001.h5", "b-2.h5", "b-2.part001.h5", "c-3.h5"]
    assert names(tmp_path / "out") == [*shards[:5], "c-3.h5", "card.md", "croissant.json", "manifest.json"]
    assert list(read_manifest(tmp_path / "out")) == shards
    assert all(verdict.ok for verdict in verify([tmp_path / "out"]))
    assert made.renamed == {str(folders[1] / "b-2.h5"): "b-2.2.h5"}
    assert names(tmp_path) == ["one", "out", "two"]
    assert (tmp_path / "out" / "a-1.h5").stat().st_ino == (folders[0] / "a-1.h5").stat().st_ino


def test_the_first_folder_keeps_its_names(folders, tmp_path):
    merge(folders[::-1], tmp_path / "out", "rename", copy=True)
    assert (tmp_path / "out" / "b-2.part001.h5").read_bytes() == (folders[1] / "b-2.part001.h5").read_bytes()
    assert (tmp_path / "out" / "a-1.h5").stat().st_ino != (folders[0] / "a-1.h5").stat().st_ino


def test_equal_episodes_are_taken_once(folders, tmp_path):
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "a-1.h5").write_bytes((folders[0] / "a-1.h5").read_bytes())
    made = merge([folders[0], tmp_path / "again"], tmp_path / "out")
    assert (made.episodes, made.shards, made.left_out) == (2, 3, (str(tmp_path / "again" / "a-1.h5"),))


def test_a_shard_that_is_not_its_manifests_is_refused(folders, tmp_path):
    write_manifest(folders[0])
    with h5py.File(folders[0] / "a-1.h5", "r+") as file:
        file["streams/imu/data"][0] = 0
    with pytest.raises(ShardError, match=r"sha256 must be .* as in the manifest, got .*a-1.h5"):
        merge([folders[0]], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_episode_without_a_part_is_refused(folders, tmp_path):
    (folders[0] / "b-2.part001.h5").unlink()
    with pytest.raises(ShardError, match=r"its 2 parts, got .*b-2.part001.h5"):
        merge([folders[0]], tmp_path / "out")


def test_out_must_be_free_and_elsewhere(folders, tmp_path):
    with pytest.raises(ConfigError, match="outside of the folders that are read"):
        merge([folders[0]], folders[0] / "out")
    with pytest.raises(ConfigError, match="new or an empty folder"):
        merge([folders[0]], folders[1])
    (tmp_path / "out").mkdir()
    assert merge([folders[0]], tmp_path / "out").episodes == 2


def test_leavings_of_a_dead_maker_are_removed(folders, tmp_path):
    dead = tmp_path / ".out.999999999.making"
    dead.mkdir()
    (dead / "a-1.h5").write_text("half")
    assert not any(dead in path.parents for path in find_shards([tmp_path]))
    merge([folders[0]], tmp_path / "out")
    assert names(tmp_path) == ["one", "out", "two"]
