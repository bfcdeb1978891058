"""Pictures and pages show what the shard holds."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from simgen.cli import run
from simgen.shards.reader import ShardReader
from simgen.view.birdseye import BACKGROUND, draw_birdseye
from simgen.view.contact_sheet import choose_frames, save_contact_sheet
from simgen.view.overlay import COLORS, color_depth, color_instances, color_semantic, draw_labels
from simgen.view.show import Targets, show
from simgen.view.summary import summarize, summary_text
from tests.shards.made_up import write_shard


@pytest.fixture
def reader(tmp_path):
    with ShardReader(write_shard(tmp_path / "test-7.h5")) as shard:
        yield shard


def test_summary_counts_frames_readings_and_boxes(reader):
    summary = summarize(reader)
    assert summary["frames"] == 25
    assert summary["streams"]["front.rgb"]["readings"] == 13
    assert summary["objects"]["boxes"] == {"car": 25}
    assert summary["objects"]["boxes_with_visible_pixels"] == {"car": 13}
    assert "seed = 7" in summary_text(summary)


def test_labels_touch_the_image_where_the_tight_box_is(reader):
    truth, mount = reader.truth(0), reader.rig.cameras()["front"]
    black = np.zeros((48, 64, 3), np.uint8)
    drawn = draw_labels(black, truth, mount)
    assert not black.any()
    x0, y0, x1, y1 = truth.boxes2d["front"]["box"][0]
    car = COLORS[next(iter(COLORS))]
    assert tuple(drawn[(y0 + y1) // 2, x0]) == car
    assert tuple(drawn[(y0 + y1) // 2, x1 - 1]) == car


def test_sky_is_the_darkest_end_of_the_depth_scale_and_ids_differ_in_colour():
    colors = color_depth(np.array([[1.0, 30.0, 1000.0]], np.float32))
    assert len({tuple(c) for c in colors[0]}) == 3
    ids = color_instances(np.array([[0, 1, 2]], np.uint32))
    assert tuple(ids[0, 0]) == (0, 0, 0)
    assert tuple(ids[0, 1]) != tuple(ids[0, 2])
    assert tuple(color_semantic(np.array([[14]], np.uint8))[0, 0]) == (0, 0, 142)


def test_a_car_ahead_stands_above_the_middle_of_the_birds_eye_view(reader):
    canvas = draw_birdseye(reader.truth(0), [], size_px=400, radius_m=40.0)
    drawn = (canvas != BACKGROUND).any(axis=2)
    drawn[180:] = False  # the ego and the lanes around it
    rows, columns = np.nonzero(drawn)
    assert 125 <= rows.mean() <= 175  # 10 m ahead: 50 px above the middle
    assert 180 <= columns.mean() <= 220
    assert tuple(canvas[5, 5]) == BACKGROUND


def test_chosen_frames_have_all_cameras(reader):
    assert all(frame % 2 == 0 for frame in choose_frames(reader, 5))


def test_contact_sheet_is_a_png_with_a_row_per_frame(reader, tmp_path):
    path = save_contact_sheet(reader, tmp_path / "sheet.png", frames=3)
    image = cv2.imread(str(path))
    assert image.shape[0] == 3 * 300 + 2 * 6
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".png"] == ["sheet.png"]


def test_show_prints_json(reader, capsys):
    show([reader.path], as_json=True)
    assert json.loads(capsys.readouterr().out)[0]["rig"] == "small"


def test_show_writes_one_page_of_all_shards_and_one_picture_of_each(reader, tmp_path, capsys):
    other = write_shard(tmp_path / "test-8.h5", frames=3)
    show([reader.path, other], targets=Targets(png=tmp_path / "out" / "sheet.png", html=tmp_path / "out" / "page.html"))
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"page.html", "sheet-test-7.png", "sheet-test-8.png"}
    assert {Path(line).name for line in capsys.readouterr().out.split()} == names


@pytest.mark.parametrize("arguments", [["--every", "x"], ["--points=-1"], ["--every", "1.5"], ["--mp4", "video.gif"]])
def test_wrong_options_of_show_are_usage_errors(reader, arguments, capsys):
    assert run(["show", str(reader.path), *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1
