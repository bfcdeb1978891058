"""Parts by sequence share no sequence; groupings of tags leave nothing out by accident."""

import numpy as np
import pytest

from simgen.data import FrameDataset, FrameLoader, Order
from simgen.data.real.images import CAMVID, CITYSCAPES
from simgen.data.splits import Part, by_sequence
from simgen.data.taxonomy import DETECTED, IGNORED, TAXONOMIES, detected_table, taxonomy
from simgen.datatypes.tags import ObjectClass, Tag
from simgen.errors import ConfigError


class Drives:
    """Samples that tell their number."""

    def __init__(self, *lengths):
        self.sequence_of = np.repeat(np.arange(len(lengths)), lengths)

    def __len__(self):
        return len(self.sequence_of)

    def order(self, order, epoch):
        return order.indices(len(self), epoch, self.sequence_of)

    def iterate(self, indices, seed=0, epoch=0):
        return ({"number": int(index)} for index in indices)


def sequences(part):
    return set(part.sequence_of.tolist())


@pytest.mark.parametrize("seed", range(5))
def test_no_sequence_is_on_both_sides(seed):
    parts = by_sequence(Drives(*[10] * 20), {"train": 0.7, "val": 0.2, "test": 0.1}, seed)
    assert {name: len(part) for name, part in parts.items()} == {"train": 140, "val": 40, "test": 20}
    assert sorted(np.concatenate([part.indices for part in parts.values()])) == list(range(200))
    assert len(sequences(parts["train"]) | sequences(parts["val"]) | sequences(parts["test"])) == 20
    assert not sequences(parts["train"]) & sequences(parts["val"])


def test_splits_depend_on_the_seed_alone():
    drives = Drives(*range(1, 30))
    first, again, other = (by_sequence(drives, {"a": 1, "b": 1}, seed)["a"].indices.tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_every_part_gets_a_sequence():
    parts = by_sequence(Drives(5, 500), {"train": 0.9, "val": 0.1}, 0)
    assert sequences(parts["train"]) ^ sequences(parts["val"]) == {0, 1}
    with pytest.raises(ConfigError, match="a sequence for each of train, val, got 1"):
        by_sequence(Drives(5), {"train": 0.9, "val": 0.1}, 0)
    with pytest.raises(ConfigError, match="shares must be above 0"):
        by_sequence(Drives(5), {"train": 0.0}, 0)


def test_a_part_is_loaded_like_a_dataset(folder):
    parts = by_sequence(FrameDataset([folder], ["front.rgb"]), {"learnt": 2, "held_out": 1}, 0)
    scenarios = {}
    for name, part in parts.items():
        batches = list(FrameLoader(part, 4, order=Order(1, shuffle="episodes")))
        assert sum(len(batch["scenario"]) for batch in batches) == len(part)
        scenarios[name] = {scenario for batch in batches for scenario in batch["scenario"]}
    assert len(scenarios["learnt"]) == 2
    assert not scenarios["learnt"] & scenarios["held_out"]


def test_a_part_counts_its_own_samples():
    part = Part(Drives(3, 4), np.array([2, 5]))
    assert [sample["number"] for sample in part.iterate([1, 0])] == [5, 2]
    assert part[1] == {"number": 5}
    with pytest.raises(IndexError):
        part[2]


@pytest.mark.parametrize("name", TAXONOMIES)
def test_a_tag_has_one_class_at_most(name):
    members = list(TAXONOMIES[name].members.values())
    assert sum(map(len, members)) == len(frozenset().union(*members))
    table = taxonomy(name).table()
    assert table.shape == (256,)
    assert table[Tag.NONE] == IGNORED
    assert (table[len(Tag) :] == IGNORED).all()
    assert set(table.tolist()) == {*range(len(members)), IGNORED}


def test_six_leaves_out_nothing():
    table = taxonomy("six").table()
    assert [tag for tag in Tag if table[tag] == IGNORED] == [Tag.NONE]
    assert taxonomy("six").classes == ("road", "building", "vehicle", "vegetation", "sky", "other")
    assert [taxonomy("six").classes[table[t]] for t in (Tag.ROAD_LINES, Tag.BUS, Tag.SIDEWALKS)] == ["road", "vehicle", "other"]


def test_camvid_labels_keep_their_classes():
    table = taxonomy("camvid11").table()
    assert [int(table[CAMVID[label]]) for label in range(12)] == [*range(11), IGNORED]


def test_cityscapes_labels_become_its_train_ids():
    train_ids = {7: 0, 8: 1, 11: 2, 12: 3, 13: 4, 17: 5, 19: 6, 20: 7, 21: 8, 22: 9, 23: 10, 24: 11, 25: 12}
    train_ids |= {26: 13, 27: 14, 28: 15, 31: 16, 32: 17, 33: 18}
    table = taxonomy("cityscapes19").table()
    expected = {label: train_ids.get(label, IGNORED) for label in range(34)}
    # Cityscapes leaves polegroup out of its 19 classes; as a tag it is a pole.
    assert {label: int(table[tag]) for label, tag in CITYSCAPES.items() if label != 18} == {k: v for k, v in expected.items() if k != 18}


def test_objects_of_the_detector():
    table = detected_table()
    names = tuple(DETECTED)
    assert names[table[ObjectClass.BUS]] == "vehicle"
    assert names[table[ObjectClass.BICYCLE]] == "two_wheeler"
    assert table[ObjectClass.PROP] == IGNORED


def test_an_unknown_grouping_is_refused():
    with pytest.raises(ConfigError, match="classes must be one of six, camvid11, cityscapes19, got seven"):
        taxonomy("seven")
