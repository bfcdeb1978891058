"""The verbs on datasets, from words to files."""

import json

import pytest

from simgen.cli import run
from tests.shards.made_up_episodes import write_episode


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verbs") / "data"
    for seed in (1, 2):
        write_episode(folder / f"a-{seed}.h5", "a", seed, 8, walker=range(2, 4))
    return folder


def done(capsys):
    """Return the last of the JSON lines on standard output."""
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_merge_split_filter_convert_one_after_the_other(data, tmp_path, capsys):
    at = {name: str(tmp_path / name) for name in ("merged", "splits", "clips", "tars", "again")}
    assert run(["merge", str(data), f"out={at['merged']}"]) == 0
    assert done(capsys)["episodes"] == 2
    assert run(["split", at["merged"], "train=0.5", "val=0.5", f"out={at['splits']}"]) == 0
    assert done(capsys)["splits"]["val"] == {"episodes": 1, "shards": 1, "frames": 8}
    assert run(["filter", at["merged"], "pedestrian", f"out={at['clips']}"]) == 0
    assert done(capsys)["clips"] == 2
    assert run(["convert", at["clips"], "to=webdataset", f"out={at['tars']}"]) == 0
    assert run(["convert", at["tars"], "to=shards", f"out={at['again']}"]) == 0
    assert run(["verify", at["merged"], at["clips"], at["again"]]) == 0


def test_read_only_verbs_tell_json(data, capsys):
    assert run(["stats", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 16
    assert run(["filter", str(data), "pedestrian", "seed=2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["frames"], found["of"]) == (2, 16)
    assert [(c["first_tick"], c["last_tick"]) for c in found["episodes"][0]["clips"]] == [(2, 3)]


def test_without_json_they_tell_people(data, capsys):
    assert run(["stats", str(data)]) == 0
    assert "2 episodes in 2 shards, 16 frames" in capsys.readouterr().out
    assert run(["filter", str(data), "pedestrian"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "4 of 16 frames in 2 clips"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["merge", "{data}"], "out must name a new folder, got nothing (out=DIR)"),
        (["merge", "{data}", "out={tmp}/x", "clash=ignore"], "clash must be one of refuse, rename, got ignore"),
        (["merge", "{data}", "oot={tmp}/x"], "oot must be a known key, got oot (did you mean out?)"),
        (["merge", "{data}", "out=a", "out=b"], "out must be given once, got a and b"),
        (["merge", "{data}", "out={data}/x"], "out must lie outside of the folders that are read"),
        (["split", "{data}", "out={tmp}/x", "train=0.9", "val=0.3"], "shares must sum to 1, got 1.2 (train=0.9, val=0.3)"),
        (["split", "{data}", "out={tmp}/x", "by=frame"], "by must be one of episode, scenario, got frame"),
        (["split", "{data}", "out={tmp}/x", "seed=1.5"], "seed must be a whole number, got 1.5"),
        (["stats"], "the command must name at least one folder or shard, got none"),
        (["stats", "{data}", "--jsn"], "--jsn must be a known option, got --jsn (did you mean --json?)"),
        (["filter", "{data}"], "the command must have a path and a condition"),
        (["filter", "{data}", "night", "--json", "out={tmp}/x"], "the command must have out=DIR or --json, got both"),
        (["filter", "{data}", "pedestrain>=1"], "condition must be on a known name, got pedestrain>=1 (did you mean pedestrian?)"),
        (["filter", "{data}", "car", "around_s=-1"], "around_s must be 0 or more, got -1"),
        (["convert", "{data}", "out={tmp}/x"], "to must be webdataset or shards, got nothing"),
        (["convert", "{data}", "to=zarr", "out={tmp}/x"], "to must be one of webdataset, shards, got zarr"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(data, tmp_path, arguments, said, capsys):
    assert run([a.format(data=data, tmp=tmp_path) for a in arguments]) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith(f"simgen: {said}")
    assert shown.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_shards_is_1(tmp_path, capsys):
    assert run(["stats", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("simgen: folder must hold shards")
