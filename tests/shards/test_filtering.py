"""Conditions find the frames that were made for them, and clips are whole shards."""

import numpy as np
import pytest

from simgen.errors import ConfigError
from simgen.shards.conditions import is_condition, parse, values_of
from simgen.shards.filtering import Wish, cut_out, find, runs_of, widened
from simgen.shards.reader import ShardReader
from simgen.shards.verify import verify
from tests.shards.made_up_episodes import write_episode


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Day, 40 ticks in parts of 15, a pedestrian 4 m ahead at ticks 12 to 19; and a night of 25 ticks without one."""
    folder = tmp_path_factory.mktemp("filtering")
    events = {"steps_out": {"started_tick": 10, "done_tick": 13}, "never": {"started_tick": None, "done_tick": None}}
    write_episode(folder / "day-1.h5", "crossing", 1, 40, 15, walker=range(12, 20), events=events)
    write_episode(folder / "night-2.h5", "rain_night", 2, sun=-20.0)
    return folder


def clips(folder, *terms, **wish):
    return [(f.episode.path.name, c.first_tick, c.last_tick) for f in find([folder], Wish(terms, **wish)) for c in f.clips]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (["pedestrian"], [("day-1.h5", 12, 19)]),
        (["pedestrian@5>=1"], [("day-1.h5", 12, 19)]),
        (["pedestrian@3>=1"], []),
        (["pedestrian.distance<4.5", "tick>=14"], [("day-1.h5", 14, 19)]),
        (["pedestrian=0", "scenario=crossing"], [("day-1.h5", 0, 11), ("day-1.h5", 20, 39)]),
        (["car@9.9"], []),
        (["vehicle@10.1>0", "night"], [("night-2.h5", 0, 24)]),
        (["weather.sun_altitude_angle>=45", "tick<3"], [("day-1.h5", 0, 2)]),
        (["rain", "seed=2", "time_s<=0.1"], [("night-2.h5", 0, 2)]),
        (["scenario!=crossing", "events.collision"], [("night-2.h5", 5, 5)]),
        (["events.steps_out"], [("day-1.h5", 10, 13)]),
        (["events.never"], []),
        (["map=Town", "speed_mps>4.9", "speed_mps<5.1", "tick=39"], [("day-1.h5", 39, 39)]),
        # The camera sees the car at even ticks, at 10 Hz; in between its last word holds.
        (["car.visible", "seed=2"], [("night-2.h5", 0, 24)]),
        (["car.visible_fraction>0.5", "seed=2"], [("night-2.h5", 0, 24)]),
    ],
)
def test_frames_are_found(folder, terms, found):
    assert clips(folder, *terms) == found


def test_frames_around_and_runs_that_are_long_enough(folder):
    assert clips(folder, "pedestrian", around_s=0.1) == [("day-1.h5", 10, 21)]
    assert clips(folder, "events.collision", around_s=1.0) == [("day-1.h5", 0, 25), ("night-2.h5", 0, 24)]
    assert clips(folder, "events.steps_out", least_s=0.2) == [("day-1.h5", 10, 13)]
    assert clips(folder, "events.steps_out", least_s=0.25) == []


def test_clips_are_shards_that_verify(folder, tmp_path):
    wish = Wish(("pedestrian",), around_s=0.05)
    assert cut_out(find([folder], wish), wish, tmp_path / "out", [folder]) == 1
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["card.md", "croissant.json", "day-1.000011-000020.h5", "manifest.json"]
    (verdict,) = verify([tmp_path / "out"])
    assert verdict.ok, verdict.faults
    with ShardReader(verdict.path) as clip, ShardReader(folder / "day-1.part001.h5") as part:
        assert clip.ticks.tolist() == list(range(11, 21))
        np.testing.assert_array_equal(clip.reading("front.rgb", 5).data, part.reading("front.rgb", 1).data)
        assert clip.provenance["clip"] == {"first_tick": 11, "last_tick": 20, "of": "day-1.h5", "where": ["pedestrian"]}
    assert clips(tmp_path / "out", "pedestrian") == [("day-1.000011-000020.h5", 12, 19)]


def test_nothing_found_leaves_no_folder(folder, tmp_path):
    wish = Wish(("bus",))
    with pytest.raises(ConfigError, match=r"at least one frame, got none \(bus\)"):
        cut_out(find([folder], wish), wish, tmp_path / "out", [folder])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("pedestrain>=1", "did you mean pedestrian?"),
        ("car>=many", "must compare with a number"),
        ("car@x>1", "NAME or NAME OP VALUE"),
        ("night@5", "@METRES must follow a class"),
        ("car.distance@5<1", "@METRES must follow a class"),
        ("scenario>crossing", "compared by = or !="),
        ("scenario", "compared by = or !="),
        ("weather.rain>0", "known name"),
        ("car.", "known name"),
        ("__import__('os').abort()", "NAME or NAME OP VALUE"),
        ("car>=1 or 1", "NAME or NAME OP VALUE"),
    ],
)
def test_what_is_no_condition_is_refused(term, said):
    with pytest.raises(ConfigError) as caught:
        parse(term)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_event_that_no_episode_has_is_refused(folder):
    with pytest.raises(ConfigError, match="event must be one of collision, lane_invasion, obstacle, never, steps_out, got step_out"):
        find([folder], Wish(("events.step_out",)))


def test_words_are_conditions_or_paths():
    assert all(map(is_condition, ["night", "car", "car@5", "events.collision", "car>=1", "unknown>=1"]))
    assert not any(map(is_condition, ["data", "./night", "data/a.h5", "/abs", "a-1.h5"]))


def test_runs_and_widening():
    keep = np.array([0, 1, 1, 0, 0, 0, 1], bool)
    assert list(runs_of(keep)) == [(1, 3), (6, 7)]
    assert widened(keep, 1).astype(int).tolist() == [1, 1, 1, 1, 0, 1, 1]
    assert widened(keep, 0).tolist() == keep.tolist()
    assert list(runs_of(np.zeros(0, bool))) == []


def test_values_are_those_of_the_labels(folder):
    with ShardReader(folder / "day-1.part001.h5") as shard:
        values = values_of(shard, "object", 12.0)
        for frame in range(len(shard)):
            boxes = shard.truth(frame).boxes3d
            assert values[frame] == sum(np.hypot(*box["centre"][:2]) <= 12.0 for box in boxes)
