"""Epochs: every sample once, the same order on every run, dealt out without overlap or loss, resumed exactly."""

import itertools

import numpy as np
import pytest
import torch

from simgen.data import FrameDataset, FrameLoader, Order, Ragged, collate
from simgen.errors import ConfigError


@pytest.fixture(scope="module")
def dataset(folder):
    return FrameDataset([folder], sensors=["front.rgb", "lidar"], labels=["boxes3d"], transform=_jitter)


def _jitter(sample, rng):
    return {**sample, "jitter": float(rng.random())}


def names(batches):
    return [(scenario, int(tick)) for batch in batches for scenario, tick in zip(batch["scenario"], batch["tick"], strict=True)]


@pytest.mark.parametrize("shuffle", ["frames", "episodes", "none"])
@pytest.mark.parametrize("world", [1, 2, 3, 7])
def test_ranks_share_an_epoch_without_overlap_or_loss(shuffle, world):
    groups = np.repeat([0, 1, 2], [20, 5, 30])
    for epoch in range(3):
        shares = [Order(4, rank, world, shuffle).indices(55, epoch, groups) for rank in range(world)]
        assert sorted(np.concatenate(shares).tolist()) == list(range(55))
        assert max(map(len, shares)) - min(map(len, shares)) <= 1
        assert len({len(Order(4, rank, world, shuffle, even=True).indices(55, epoch, groups)) for rank in range(world)}) == 1


def test_epochs_differ_and_repeat():
    order = Order(seed=4)
    assert order.indices(50, 0).tolist() == Order(seed=4).indices(50, 0).tolist()
    assert order.indices(50, 0).tolist() != order.indices(50, 1).tolist()
    assert order.indices(50, 0).tolist() != Order(seed=5).indices(50, 0).tolist()


def test_episodes_are_read_straight_through():
    groups = np.repeat([0, 1, 2], [4, 3, 5])
    indices = Order(1, shuffle="episodes").indices(12, 0, groups)
    seen = groups[indices]
    assert len([1 for a, b in itertools.pairwise(seen) if a != b]) == 2
    for group in range(3):
        assert (np.diff(indices[seen == group]) == 1).all()


def test_weights_give_the_wanted_shares():
    weights = np.array([1.0, 0.0, 3.0, 0.5, 0.5])
    counts = np.bincount(np.concatenate([Order(1).weighted(weights, epoch) for epoch in range(400)]), minlength=5)
    assert counts[1] == 0
    np.testing.assert_allclose(counts / counts.sum(), weights / 5.0, atol=0.02)
    once = np.bincount(Order(1).weighted(np.ones(40), 3), minlength=40)
    assert (once == 1).all(), "equal weights give every sample once"


@pytest.mark.parametrize(("workers", "method"), [(0, None), (2, "fork"), (2, "spawn")])
def test_workers_change_nothing(dataset, workers, method):
    plain = list(FrameLoader(dataset, 4, order=Order(3)))
    other = list(FrameLoader(dataset, 4, workers=workers, order=Order(3), start_method=method))
    assert names(other) == names(plain)
    assert len(names(plain)) == len(set(names(plain))) == len(dataset)
    for ours, theirs in zip(other, plain, strict=True):
        assert torch.equal(ours["sensors"]["front.rgb"], theirs["sensors"]["front.rgb"])
        assert torch.equal(ours["jitter"], theirs["jitter"])


@pytest.mark.parametrize("workers", [0, 2])
def test_a_loop_goes_on_where_it_stopped(dataset, workers):
    whole = FrameLoader(dataset, 3, workers=workers, order=Order(9))
    expected = [[(b["scenario"], b["tick"].tolist(), b["jitter"].tolist()) for b in whole] for _ in range(2)]
    first = FrameLoader(dataset, 3, workers=workers, order=Order(9))
    got = []
    for number, batch in enumerate(first):
        got.append((batch["scenario"], batch["tick"].tolist(), batch["jitter"].tolist()))
        if number == 3:
            break
    second = FrameLoader(dataset, 3, workers=workers, order=Order(9))
    second.load_state_dict(first.state_dict())
    got += [(b["scenario"], b["tick"].tolist(), b["jitter"].tolist()) for b in second]
    assert got == expected[0]
    assert [(b["scenario"], b["tick"].tolist(), b["jitter"].tolist()) for b in second] == expected[1]


def test_batches_stack_images_and_lay_points_end_to_end(dataset):
    samples = [dataset[i] for i in range(3)]
    batch = collate(samples)
    assert batch["sensors"]["front.rgb"].shape == (3, 3, 48, 64)
    assert batch["sensors"]["front.rgb"].is_contiguous(memory_format=torch.channels_last)
    points = batch["sensors"]["lidar"]["points"]
    assert isinstance(points, Ragged)
    for number, sample in enumerate(samples):
        assert torch.equal(points[number], sample["sensors"]["lidar"]["points"])
        assert torch.equal(batch["labels"]["boxes3d"]["centre"][number], sample["labels"]["boxes3d"]["centre"])
    assert torch.bincount(points.sample_of, minlength=3).tolist() == [len(s["sensors"]["lidar"]["points"]) for s in samples]
    assert batch["world_from_ego"].shape == (3, 4, 4)
    assert batch["tick"].tolist() == [s["tick"] for s in samples]


def test_equally_many_boxes_are_still_ragged(dataset):
    batch = collate([dataset[0], dataset[0]])
    assert isinstance(batch["labels"]["boxes3d"]["centre"], Ragged)
    assert isinstance(batch["sensors"]["lidar"]["points"], Ragged)


def test_images_and_poses_are_stacked_whatever_else_there_is(folder):
    frames = FrameDataset([folder], sensors=["front.semantic", "front.depth"])
    batch = collate([frames[0], frames[1]])
    assert batch["sensors"]["front.semantic"].shape == batch["sensors"]["front.depth"].shape == (2, 48, 64)
    assert batch["poses"]["front.depth"].shape == (2, 4, 4)


def test_a_rank_outside_is_refused():
    with pytest.raises(ConfigError, match="rank must be 0 to 1"):
        Order(rank=2, world=2)
