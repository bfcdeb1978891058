"""Both tasks learn a made-up street within seconds, and the same again with the same seed."""

import json

import cv2
import numpy as np
import pytest
import torch

from simgen.cli import run
from simgen.errors import ConfigError
from simgen.train.nets import Detector, Segmenter
from simgen.train.options import load_train
from simgen.train.progress import Progress
from simgen.train.run import CURVE, METRICS, SHEET, WEIGHTS, train

SMALL = ["width_px=64", "height_px=48", "batch=6", "rate=0.01"]


def trained(task, painted, out, *words):
    events = []
    metrics = train(load_train([f"task={task}", f"data={painted}", f"out={out}", *SMALL, *words]), events.append)
    return metrics, events


@pytest.fixture(scope="module")
def segmented(painted, tmp_path_factory):
    out = tmp_path_factory.mktemp("net") / "seg"
    return out, *trained("segmentation", painted, out, "steps=60")


def test_segmentation_learns(segmented):
    _, metrics, _ = segmented
    assert metrics["loss"]["last"] < 0.35 * metrics["loss"]["first"]
    assert metrics["held_out"]["miou"] > 0.7
    assert metrics["held_out"]["iou"]["building"] is None, "there are none, and none were found"


def test_detection_learns(painted, tmp_path):
    metrics, _ = trained("detection", painted, tmp_path / "det", "steps=80")
    assert metrics["loss"]["last"] < 0.2 * metrics["loss"]["first"]
    assert metrics["held_out"]["ap50"] > 0.6
    assert metrics["held_out"]["objects"]["vehicle"] > 3
    net = Detector(3)
    net.load_state_dict(torch.load(tmp_path / "det" / WEIGHTS, weights_only=True))


def test_whole_episodes_are_held_out(segmented):
    _, metrics, _ = segmented
    assert (metrics["learnt_frames"], metrics["held_out_frames"]) == (18, 6)
    assert len(metrics["held_out_episodes"]) == 1
    assert metrics["held_out_episodes"][0].startswith("painted-")


def test_what_is_written(segmented):
    out, metrics, _ = segmented
    assert {path.name for path in out.iterdir()} == {METRICS, WEIGHTS, CURVE, SHEET}
    assert json.loads((out / METRICS).read_text()) == metrics
    Segmenter(6).load_state_dict(torch.load(out / WEIGHTS, weights_only=True))
    sheet = cv2.imread(str(out / SHEET))
    assert sheet.shape == (24 + 6 * (48 + 4), 3 * (64 + 4), 3)


def test_the_curve_falls(segmented):
    curve = cv2.imread(str(segmented[0] / CURVE))[..., ::-1].astype(int)
    rows, columns = np.nonzero(np.abs(curve - (40, 90, 190)).sum(axis=2) < 40)
    inside = (columns > 62) & (columns < 735) & (rows > 45)
    rows, columns = rows[inside], columns[inside]
    left, right = rows[columns < 150].mean(), rows[columns > 650].mean()
    assert right > left + 50, "down is towards larger rows"


def test_progress_is_told(segmented):
    _, metrics, events = segmented
    assert [e["step"] for e in events if e["event"] == "step"] == list(range(1, 61))
    assert [e["step"] for e in events if e["event"] == "measured"] == [15, 30, 45, 60]
    last = [e["value"] for e in events if e["event"] == "measured"][-1]
    assert last == pytest.approx(metrics["held_out"]["miou"], abs=1e-5)
    assert events[-1]["event"] == "done"


def test_the_same_seed_gives_the_same(painted, tmp_path):
    first, again, other = (trained("segmentation", painted, tmp_path / name, "steps=12", f"seed={seed}")[0] for name, seed in RUNS)
    assert first == again
    assert first["loss"] != other["loss"]
    weights = [torch.load(tmp_path / name / WEIGHTS, weights_only=True) for name, _ in RUNS[:2]]
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


RUNS = (("first", 1), ("again", 1), ("other", 2))


def test_real_frames_are_mixed_in_and_measured(painted, tmp_path):
    for split in ("train", "val"):
        for part in (split, f"{split}annot"):
            (tmp_path / "real" / part).mkdir(parents=True)
        for number in range(2):
            cv2.imwrite(str(tmp_path / "real" / split / f"a_{number}.png"), np.full((60, 80, 3), 90, np.uint8))
            cv2.imwrite(str(tmp_path / "real" / f"{split}annot" / f"a_{number}.png"), np.full((60, 80), 3, np.uint8))
    words = [f"real=camvid:{tmp_path / 'real'}", "real_share=0.5", "steps=12"]
    metrics, events = trained("segmentation", painted, tmp_path / "net", *words)
    assert metrics["real"]["frames"] == 2
    assert 0.0 <= metrics["real"]["iou"]["road"] <= 1.0
    assert [e["on"] for e in events if e["event"] == "measured"][-1] == words[0].removeprefix("real=")


def test_the_command_line_tells_in_json(painted, tmp_path, capsys):
    words = ["task=segmentation", f"data={painted}", f"out={tmp_path / 'net'}", "steps=10", *SMALL]
    assert run(["train", *words]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines].count("step") == 10
    assert lines[-1]["event"] == "done"
    assert run(["train", *words]) == 2
    assert "metrics.json must not exist yet, got one (overwrite=true replaces it)" in capsys.readouterr().err


def test_a_terminal_has_a_bar(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress()
    for step in (1, 2):
        progress({"event": "step", "step": step, "steps": 4, "loss": 0.5})
    progress({"event": "measured", "step": 2, "on": "held_out", "score": "miou", "value": 0.25})
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "\r\x1b[K[############............] 2/4  loss 0.500" in shown.err
    assert shown.err.endswith("step 2: miou 0.250 on held-out episodes\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "task must be given, got nothing"),
        (["task=sorting", "data=x", "out=y"], "task must be one of the choices, got sorting"),
        (["taks=detection"], "taks must be a known key, got taks (did you mean task?)"),
        (["task"], "task must be followed by =VALUE, got task"),
        (["task=detection", "data=x", "out=y", "steps=many"], "steps must be a whole number, got 'many'"),
        (["task=detection", "data=x", "out=y", "steps=1"], "steps must be at least 10, got 1"),
        (["task=detection", "data=x", "out=y", "width_px=100"], "width_px must be a multiple of 16, got 100"),
        (["task=detection", "data=x", "out=y", "real_share=0.5"], "real must be given where real_share is above 0"),
        (["task=segmentation", "data=x", "out=y", "classes=five"], "classes must be one of the choices, got five"),
    ],
)
def test_options_are_checked(words, said):
    with pytest.raises(ConfigError) as caught:
        load_train(words)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["data={empty}"], 1, "folder must hold shards (*.h5), got none"),
        (["data={painted}", "camera=rear"], 2, "camera must have rgb and semantic in all shards, got rear"),
        (["data={one}"], 2, "dataset must have a sequence for each of learnt, held_out, got 1"),
        (["data={painted}", "real=camvid:{empty}"], 2, "split of camvid must be a folder"),
    ],
)
def test_data_that_will_not_do_is_said_in_a_line(painted, tmp_path, capsys, words, code, said):
    empty = tmp_path / "empty"
    empty.mkdir()
    places = {"empty": empty, "painted": painted, "one": painted / "painted-0.h5"}
    filled = [word.format(**places) for word in words]
    assert run(["train", "task=segmentation", f"out={tmp_path / 'net'}", *filled]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1
