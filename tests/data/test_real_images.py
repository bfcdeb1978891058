"""Sets of pictures and label pictures: what is found, which tag each label becomes, and how they join synthetic frames."""

import pickle

import cv2
import numpy as np
import pytest
import torch

from simgen.data import FrameDataset, FrameLoader, Order
from simgen.data.mixing import MixedDataset
from simgen.data.real import open_real
from simgen.datatypes.tags import Tag
from simgen.errors import ConfigError, ShardError

SENSORS = ["front.rgb", "front.semantic"]


def write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def picture(color, width=12, height=10):
    return np.full((height, width, 3), color, np.uint8)


@pytest.fixture
def camvid(tmp_path):
    for name, color in (("0001TP_000060", (0, 0, 255)), ("0001TP_000090", (0, 255, 0)), ("Seq05VD_f00030", (255, 0, 0))):
        write(tmp_path / "train" / f"{name}.png", picture(color))
        write(tmp_path / "trainannot" / f"{name}.png", np.tile(np.arange(12, dtype=np.uint8), (10, 1)))
    return tmp_path


def test_camvid_has_sequences_times_and_tags(camvid):
    dataset = open_real(f"camvid:{camvid}", SENSORS)
    assert [s["scenario"] for s in dataset] == ["camvid:0001TP", "camvid:0001TP", "camvid:Seq05VD"]
    assert dataset.sequence_of.tolist() == [0, 0, 1]
    assert [s["time_s"] for s in dataset] == [2.0, 3.0, 1.0], "30 frames a second"
    sample = dataset[0]
    assert sample["sensors"]["front.rgb"][:, 0, 0].tolist() == [255, 0, 0], "OpenCV wrote blue, green, red"
    row = [Tag(t).name for t in sample["sensors"]["front.semantic"][3].tolist()]
    assert row[:6] == ["SKY", "BUILDINGS", "POLES", "ROADS", "SIDEWALKS", "VEGETATION"]
    assert row[6:] == ["TRAFFIC_SIGNS", "FENCES", "CAR", "PEDESTRIANS", "RIDER", "NONE"]
    assert torch.equal(sample["poses"]["front.rgb"], torch.eye(4, dtype=torch.float64))


def test_real_samples_are_like_those_of_shards(camvid, folder):
    synthetic = FrameDataset([folder], SENSORS)[0]
    real = open_real(f"camvid:{camvid}", SENSORS, size=(64, 48))[0]
    assert list(real) == list(synthetic)
    for key in ("sensors", "poses"):
        assert {n: (v.shape, v.dtype) for n, v in real[key].items()} == {n: (v.shape, v.dtype) for n, v in synthetic[key].items()}
    assert {k: type(v) for k, v in real.items()} == {k: type(v) for k, v in synthetic.items()}


def test_real_and_synthetic_frames_come_in_one_batch(camvid, folder):
    mix = MixedDataset(
        {"sim": FrameDataset([folder], SENSORS), "real": open_real(f"camvid:{camvid}", SENSORS, size=(64, 48))}, {"sim": 1, "real": 1}, 8
    )
    (batch,) = FrameLoader(mix, 8, order=Order(1))
    assert batch["sensors"]["front.rgb"].shape == (8, 3, 48, 64)
    assert batch["source"].count("real") == 4


def test_labels_are_never_blended(camvid):
    tags = open_real(f"camvid:{camvid}", SENSORS, size=(64, 48))[0]["sensors"]["front.semantic"]
    assert tags.shape == (48, 64)
    assert set(tags.unique().tolist()) <= set(open_real(f"camvid:{camvid}", SENSORS)[0]["sensors"]["front.semantic"].unique().tolist())


def test_the_transform_gets_the_same_random_numbers_again(camvid):
    dataset = open_real(f"camvid:{camvid}", SENSORS, transform=lambda sample, rng: {"drawn": float(rng.random())})
    first, again, other = ([s["drawn"] for s in dataset.iterate([0, 1, 2], seed=3, epoch=e)] for e in (0, 0, 1))
    assert first == again != other


def test_a_set_goes_to_other_processes(camvid):
    dataset = open_real(f"camvid:{camvid}", SENSORS)
    assert torch.equal(pickle.loads(pickle.dumps(dataset))[1]["sensors"]["front.rgb"], dataset[1]["sensors"]["front.rgb"])


def test_cityscapes(tmp_path):
    for city, label in (("aachen", 7), ("bochum", 33)):
        stem = f"{city}_000000_000034"
        write(tmp_path / "leftImg8bit" / "val" / city / f"{stem}_leftImg8bit.png", picture((1, 2, 3)))
        write(tmp_path / "gtFine" / "val" / city / f"{stem}_gtFine_labelIds.png", np.full((10, 12), label, np.uint8))
    dataset = open_real(f"cityscapes:{tmp_path}", SENSORS, split="val")
    assert [s["scenario"] for s in dataset] == ["cityscapes:aachen", "cityscapes:bochum"]
    assert [int(s["sensors"]["front.semantic"][0, 0]) for s in dataset] == [Tag.ROADS, Tag.BICYCLE]
    assert dataset[0]["time_s"] == 2.0, "17 frames a second"


def own(folder, classes="0: sky\n200: roads\n"):
    for name in ("a/1", "a/2", "b/1", "3"):
        write(folder / "images" / f"{name}.jpg", picture((9, 9, 9)))
        if name != "a/2":
            write(folder / "labels" / f"{name}.png", np.full((10, 12), 200, np.uint8))
    (folder / "classes.yaml").write_text(classes)
    return f"folder:{folder}"


def test_a_folder_of_ones_own(tmp_path):
    dataset = open_real(own(tmp_path), SENSORS)
    assert sorted(s["scenario"] for s in dataset) == ["folder:a", "folder:b", "folder:images"], "a/2 has no labels"
    assert len(open_real(own(tmp_path), SENSORS[:1])) == 4
    assert {int(s["sensors"]["front.semantic"][0, 0]) for s in dataset} == {Tag.ROADS}


@pytest.mark.parametrize("classes", ["0: skies", "300: sky", "- sky", "0: [1]", "true: sky", "a: !!python/object:os.system {}", "\x00"])
def test_a_class_map_is_checked(tmp_path, classes):
    with pytest.raises(ConfigError, match="class map must"):
        open_real(own(tmp_path, classes), SENSORS)


@pytest.mark.parametrize(
    ("spec", "sensors", "said"),
    [
        ("camvd:X", SENSORS, "real set must be NAME:FOLDER with a name of camvid, kitti"),
        ("camvid", SENSORS, "real set must be NAME:FOLDER"),
        ("camvid:no/such/place", SENSORS, "real set must be a folder, got none"),
        ("camvid:HERE", ["front.depth"], "sensor must be one of front.rgb, front.semantic, got front.depth"),
    ],
)
def test_mistakes_are_said(camvid, spec, sensors, said):
    with pytest.raises(ConfigError, match=said):
        open_real(spec.replace("HERE", str(camvid)), sensors)


def test_what_is_not_there_is_said(camvid):
    with pytest.raises(ConfigError, match="split of camvid must be a folder"):
        open_real(f"camvid:{camvid}", SENSORS, split="test")
    with pytest.raises(ConfigError, match="label must be one of none of this set, got boxes3d"):
        open_real(f"camvid:{camvid}", SENSORS, ["boxes3d"])
    (camvid / "val").mkdir()
    with pytest.raises(ConfigError, match="real set must have frames"):
        open_real(f"camvid:{camvid}", SENSORS, split="val")


@pytest.mark.parametrize(("data", "said"), [(b"", "whole PNG or JPEG"), (b"\x89PNG\r\n\x1a\nrest", "whole PNG or JPEG")])
def test_damaged_pictures_are_named(camvid, data, said):
    (camvid / "train" / "0001TP_000060.png").write_bytes(data)
    with pytest.raises(ShardError, match=said + ".*0001TP_000060"):
        open_real(f"camvid:{camvid}", SENSORS)[0]


def test_label_pictures_in_colours_are_refused(camvid):
    write(camvid / "trainannot" / "0001TP_000060.png", picture((1, 2, 3)))
    with pytest.raises(ShardError, match="one channel of 8 bits"):
        open_real(f"camvid:{camvid}", SENSORS)[0]
