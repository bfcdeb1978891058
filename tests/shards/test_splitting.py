"""Splits: exact shares, no leak, the same every time."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ConfigError
from simgen.shards.episodes import Episode
from simgen.shards.splitting import DEFAULT_SHARES, draw_split, largest_remainders, split
from simgen.shards.verify import verify
from tests.shards.made_up_episodes import write_episode


def episode(folder, scenario, seed):
    return Episode((Path(folder) / f"{scenario}-{seed}.h5",), 10, scenario, seed)


EPISODES = [episode(folder, f"s{k % 7}", k) for folder in ("a", "b") for k in range(40)]
"""40 draws of 7 scenarios, each recorded twice."""


def sides(made):
    return {episode.path: name for name, found in made.episodes.items() for episode in found}


@pytest.mark.parametrize(
    ("count", "shares", "counts"),
    [
        (10, {"train": 0.8, "val": 0.1, "test": 0.1}, [8, 1, 1]),
        (3, {"train": 0.8, "val": 0.1, "test": 0.1}, [3, 0, 0]),  # quotas 2.4, 0.3, 0.3
        (5, {"train": 0.5, "val": 0.5}, [3, 2]),  # equal remainders: the first
        (9, {"train": 0.7, "val": 0.15, "test": 0.15}, [6, 2, 1]),  # 6.3, 1.35, 1.35
        (4, {"train": 0.0, "val": 1.0}, [0, 4]),
        (0, {"train": 1.0}, [0]),
    ],
)
def test_largest_remainders(count, shares, counts):
    assert list(largest_remainders(count, shares).values()) == counts


@given(st.integers(0, 1000), st.integers(0, 100), st.integers(0, 100))
def test_nobody_is_more_than_one_off_its_quota(count, a, b):
    a, b = min(a, b), max(a, b)
    shares = {"train": a / 100, "val": (b - a) / 100, "test": (100 - b) / 100}
    counts = largest_remainders(count, shares)
    assert sum(counts.values()) == count
    assert all(abs(counts[name] - count * share) < 1 for name, share in shares.items())


@pytest.mark.parametrize("seed", range(20))
def test_recordings_of_one_draw_are_on_one_side(seed):
    where = sides(draw_split(EPISODES, DEFAULT_SHARES, "episode", seed))
    assert len(where) == 80
    assert all(where[Path("a") / p.name] == side for p, side in where.items())
    assert [sum(s == name for s in where.values()) for name in DEFAULT_SHARES] == [64, 8, 8]


def test_scenarios_stay_apart():
    made = draw_split(EPISODES, {"train": 0.6, "test": 0.4}, "scenario", 3)
    there = {name: {e.scenario for e in found} for name, found in made.episodes.items()}
    assert {name: len(s) for name, s in there.items()} == {"train": 4, "test": 3}
    assert not there["train"] & there["test"]


def test_the_split_is_the_same_in_any_order_and_another_by_another_seed():
    one = sides(draw_split(EPISODES, DEFAULT_SHARES, "episode", 1))
    assert sides(draw_split(EPISODES[::-1], DEFAULT_SHARES, "episode", 1)) == one
    assert sides(draw_split(EPISODES, DEFAULT_SHARES, "episode", 2)) != one


@pytest.mark.parametrize("shares", [{"train": 0.8, "val": 0.3}, {"train": -1.0, "val": 2.0}, {"train": float("nan")}, {"trian": 1.0}])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(ConfigError, match="must"):
        draw_split(EPISODES, shares, "episode", 0)


def test_lists_and_folders_of_a_split(tmp_path):
    for k in range(3):
        write_episode(tmp_path / "data" / f"a-{k}.h5", "a", k, frames=5, most=3)
    made = split([tmp_path / "data"], tmp_path / "out", {"train": 0.6, "val": 0.4}, links=True)
    assert made.summary() == {"train": {"episodes": 2, "shards": 4, "frames": 10}, "val": {"episodes": 1, "shards": 2, "frames": 5}}
    listed = {name: json.loads((tmp_path / "out" / f"{name}.json").read_text()) for name in ("train", "val")}
    files = {name: {(tmp_path / "out" / p).resolve() for p in paths} for name, paths in listed.items()}
    assert files["train"] | files["val"] == set((tmp_path / "data").iterdir())
    assert not files["train"] & files["val"]
    for name in ("train", "val"):
        assert all(v.ok for v in verify([tmp_path / "out" / name]))
        assert {p.name for p in (tmp_path / "out" / name).glob("*.h5")} == {p.name for p in files[name]}
