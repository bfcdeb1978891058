"""Statistics: facts of made-up shards that one can count in the head."""

import h5py
import numpy as np
import pytest

from simgen.errors import ShardError
from simgen.shards.statistics import EDGES, added, ego_km, histogram, measure, statistics, time_of_day
from simgen.shards.statistics_text import seed_ranges, statistics_text
from tests.shards.made_up_episodes import write_episode


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("statistics")
    done, missed = {"started_tick": 3, "done_tick": 12}, {"started_tick": None, "done_tick": None}
    write_episode(folder / "a-1.h5", "a", 1, 25, 10, walker=range(4, 9), events={"steps_out": done, "never": missed})
    write_episode(folder / "b-2.h5", "b", 2, 25, sun=-5.0)
    return folder


@pytest.fixture(scope="module")
def tally(folder):
    return statistics([folder])


def test_sums(tally):
    assert {k: tally[k] for k in ("shards", "episodes", "frames")} == {"shards": 4, "episodes": 2, "frames": 50}
    assert tally["hours"] == pytest.approx(50 / 20 / 3600)
    # One metre a tick; the steps between the three parts are not counted.
    assert tally["ego_km"] == pytest.approx((9 + 9 + 4 + 24) / 1000)
    assert tally["scenarios"] == {"a": 1, "b": 1}
    assert tally["seeds"] == {"a": {"1": 1}, "b": {"2": 1}}


def test_streams(tally, folder):
    depth = tally["streams"]["front.depth"]
    assert (depth["readings"], depth["raw_bytes"]) == (26, 26 * 64 * 48 * 4)
    assert tally["streams"]["gnss"]["readings"] == 4
    assert tally["streams"]["imu"]["raw_bytes"] == 50 * 7 * 8
    stored = sum(s["stored_bytes"] for s in tally["streams"].values()) + tally["labels"]["stored_bytes"]
    assert 0.8 * tally["bytes"] < stored < tally["bytes"] == sum(p.stat().st_size for p in folder.glob("*.h5"))


def test_boxes_and_pixels(tally):
    assert tally["boxes"]["car"]["boxes"] == 50
    assert tally["boxes"]["car"]["length_m"] == {"4": 50}  # 4.8 m
    assert tally["boxes"]["pedestrian"]["boxes"] == 5
    assert tally["boxes"]["pedestrian"]["distance_m"] == {"0": 5}  # 4 m
    assert tally["boxes"]["car"]["seen"] == tally["boxes"]["car"]["boxes2d"] == 26  # at the camera's ticks
    assert tally["pedestrians_per_frame"] == {"0": 45, "1": 5}
    # 5, 5 and 3 readings in the parts and 13 in the other: the first of each and the eleventh of that, 200 car pixels each.
    assert tally["pixels"] == {"roads": 5 * (64 * 48 - 200), "car": 5 * 200}


def test_drawn_and_happened(tally):
    assert tally["drawn"]["time_of_day"] == {"day": 1, "night": 1}
    assert tally["drawn"]["precipitation"] == {"20": 2}
    assert tally["drawn"]["sun_altitude_angle"] == {"45": 1, "-6": 1}
    assert tally["events"]["scripted"]["steps_out"] == {"started": 1, "done": 1, "did_not_happen": 0}
    assert tally["events"]["scripted"]["never"] == {"started": 0, "done": 0, "did_not_happen": 1}
    assert tally["events"]["sensed"] == {"collision": 2}


def test_processes_count_as_one_does(folder, tally):
    told = []
    assert statistics([folder], 2, lambda done, of: told.append((done, of))) == tally
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_every_value_is_in_one_bin():
    values = np.array([-1.0, 0.0, 9.99, 10.0, 149.0, 1e9])
    assert histogram(values, EDGES["distance_m"]) == {"0": 3, "10": 1, "100": 1, "150": 1}
    assert histogram(np.zeros(0), EDGES["points"]) == {}


def test_sums_of_trees():
    assert added({"a": 1, "b": {"x": 1}}, {"b": {"x": 2, "y": 3}, "c": 4}) == {"a": 1, "b": {"x": 3, "y": 3}, "c": 4}


def test_way_and_sun():
    poses = np.tile(np.eye(4), (3, 1, 1))
    poses[1:, 0, 3] = 300.0
    poses[2, 1, 3] = 400.0
    assert ego_km(poses) == pytest.approx(0.7)
    assert [time_of_day(a) for a in (-0.1, 0, 19.9, 20)] == ["night", "low_sun", "low_sun", "day"]


def test_text_shows_the_numbers(tally):
    text = statistics_text(tally)
    assert "2 episodes in 4 shards, 50 frames" in text
    assert any(line.split()[:3] == ["car", "50", "26"] for line in text.splitlines())
    assert seed_ranges({"1": 1, "2": 1, "3": 1, "7": 1, "None": 1}) == "1-3, 7, None"


@pytest.mark.parametrize(
    "edit",
    [
        lambda f: f.move("truth/boxes3d/data", "x") or f["truth/boxes3d"].create_dataset("data", data=np.zeros(25, "f4"), chunks=(5,)),
        lambda f: f["truth/boxes3d/offsets"].__setitem__(3, 1 << 50),
        lambda f: f["ego/world_from_ego"].resize(3, axis=0),
        lambda f: f.__delitem__("truth/boxes2d"),
    ],
)
def test_a_broken_shard_is_one_line(tmp_path, edit):
    path = write_episode(tmp_path / "a.h5")
    with h5py.File(path, "r+") as file:
        edit(file)
    with pytest.raises(ShardError) as caught:
        measure(path)
    assert "\n" not in str(caught.value)
