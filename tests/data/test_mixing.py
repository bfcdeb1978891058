"""Shares of a mix hold exactly; weights reach what is wanted."""

import numpy as np
import pytest

from simgen.data import FrameDataset, FrameLoader, Order
from simgen.data.mixing import MixedDataset, Weighted, rake
from simgen.errors import ConfigError


class Numbers:
    """A dataset of numbered samples."""

    def __init__(self, name, count):
        self.name, self.count = name, count

    def __len__(self):
        return self.count

    def order(self, order, epoch):
        return order.indices(self.count, epoch)

    def iterate(self, indices, seed=0, epoch=0):
        for index in indices:
            yield {"id": f"{self.name}{index}"}


def drawn(mix, epoch, **order):
    return list(mix.iterate(mix.order(Order(seed=3, **order), epoch).tolist(), 3, epoch))


def test_shares_hold_in_every_epoch():
    mix = MixedDataset({"sim": Numbers("s", 50), "real": Numbers("r", 7)}, {"sim": 3, "real": 1}, length=20)
    for epoch in range(6):
        samples = drawn(mix, epoch)
        assert [s["source"] for s in samples].count("real") == 5
        assert all(s["id"].startswith(s["source"][0]) for s in samples)


def test_no_sample_comes_again_before_all_have_come():
    mix = MixedDataset({"sim": Numbers("s", 50), "real": Numbers("r", 7)}, {"sim": 3, "real": 1}, length=20)
    times = dict.fromkeys([f"r{k}" for k in range(7)], 0)
    for epoch in range(14):
        for sample in drawn(mix, epoch):
            if sample["source"] == "real":
                times[sample["id"]] += 1
        assert max(times.values()) - min(times.values()) <= 1
    assert set(times.values()) == {10}


def test_ranks_share_a_mix():
    mix = MixedDataset({"sim": Numbers("s", 50), "real": Numbers("r", 7)}, {"sim": 1, "real": 1}, length=31)
    parts = [drawn(mix, 2, rank=rank, world=3) for rank in range(3)]
    assert sorted(s["id"] for part in parts for s in part) == sorted(s["id"] for s in drawn(mix, 2))


def test_a_schedule_changes_the_shares():
    mix = MixedDataset({"sim": Numbers("s", 9), "real": Numbers("r", 9)}, lambda epoch: {"sim": 3 - epoch, "real": epoch}, length=12)
    assert [[s["source"] for s in drawn(mix, epoch)].count("real") for epoch in range(4)] == [0, 4, 8, 12]


def test_a_mix_is_loaded_like_a_dataset(folder):
    frames = FrameDataset([folder], sensors=["front.rgb"])
    mix = MixedDataset({"a": frames, "b": frames}, {"a": 1, "b": 1})
    batches = list(FrameLoader(mix, 5, order=Order(1)))
    assert sum(len(batch["source"]) for batch in batches) == 2 * len(frames)
    assert batches[0]["sensors"]["front.rgb"].shape == (5, 3, 48, 64)


def test_raking_reaches_the_shares():
    rng = np.random.default_rng(0)
    present = rng.random((4000, 3)) < np.array([0.02, 0.3, 0.6])
    wanted = np.array([0.25, 0.5, 0.4])
    weights = rake(present, wanted)
    np.testing.assert_allclose((weights[:, None] * present).sum(axis=0) / weights.sum(), wanted, atol=1e-5)
    assert weights.mean() == pytest.approx(1.0)
    counts = np.bincount(Weighted(Numbers("x", 4000), weights).order(Order(1), 0), minlength=4000)
    np.testing.assert_allclose((counts[:, None] * present).sum(axis=0) / 4000, wanted, atol=0.02)


def test_of_one_property_the_weights_have_a_closed_form():
    present = np.array([True] * 10 + [False] * 90)[:, None]
    weights = rake(present, np.array([0.5]))
    np.testing.assert_allclose(weights[:10], 5.0)
    np.testing.assert_allclose(weights[10:], 0.5 / 0.9)


@pytest.mark.parametrize(
    ("present", "wanted"),
    [([[False], [False]], [0.5]), ([[True], [True]], [0.5]), ([[True, True], [False, False]], [0.2, 0.8]), ([[True], [False]], [1.5])],
)
def test_shares_out_of_reach_are_refused(present, wanted):
    with pytest.raises(ConfigError, match="wanted shares"):
        rake(np.array(present), np.array(wanted))


def test_ratios_must_name_all_datasets():
    with pytest.raises(ConfigError, match="ratios must be"):
        MixedDataset({"sim": Numbers("s", 5)}, {"real": 1.0})
