"""What the page holds, and that the file it is made of cannot harm it."""

import base64
import json
import re

import cv2
import numpy as np
import pytest

from simgen.datatypes.rig import Kind
from simgen.errors import ConfigError
from simgen.shards.reader import ShardReader
from simgen.shards.writer import ShardWriter
from simgen.view import page as page_module
from simgen.view.frame_content import NO_PIXEL, PIXEL_STEPS, centimetres, thinned
from simgen.view.images import indexed_png
from simgen.view.page import PageOptions, choose, page, save_page
from simgen.view.wording import weather_words
from tests.shards.made_up import HEIGHT, RIG, TICK_RATE_HZ, WIDTH, annotate, make_frame, write_shard


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with ShardReader(write_shard(tmp_path_factory.mktemp("page") / "test-7.h5")) as shard:
        yield shard


def scripts_of(text):
    return {name: json.loads(body) for name, body in re.findall(r'<script type="application/json" id="([^"]*)">(.*?)</script>', text, re.S)}


def shorts(text):
    return np.frombuffer(base64.b64decode(text), "<i2")


def test_page_needs_nothing_from_outside_and_has_an_element_for_each_frame(reader):
    text = page([reader])
    assert not re.search(r"https?://|<link|src=|@import", text)
    scripts = scripts_of(text)
    assert len(scripts) == 1 + 25
    assert "front" in scripts["frame-0-0"]["views"]
    assert not scripts["frame-0-1"]["views"]  # the camera measures at each second tick
    assert scripts["header"]["episodes"][0]["latest"]["front"][:4] == [0, 0, 2, 2]


def test_photographs_are_the_stored_bytes(reader):
    kind, data = scripts_of(page([reader]))["frame-0-4"]["views"]["front"]["rgb"].split(",")
    assert kind == "data:image/jpeg;base64"
    assert base64.b64decode(data) == reader.stored("front.rgb", 2).tobytes()


def test_overlay_is_the_label_image_in_the_colours_of_its_tags(reader):
    data = base64.b64decode(scripts_of(page([reader]))["frame-0-0"]["views"]["front"]["semantic"].split(",")[1])
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert tuple(image[25, 20]) == (0, 0, 142)  # a car
    assert tuple(image[0, 0]) == (128, 64, 128)  # a road


def test_indexed_png_is_read_by_another_decoder():
    index = np.arange(12, dtype=np.uint8).reshape(3, 4)
    palette = np.random.default_rng(0).integers(0, 256, (256, 3), dtype=np.uint8)
    image = cv2.imdecode(np.frombuffer(indexed_png(index, palette), np.uint8), cv2.IMREAD_COLOR_RGB)
    np.testing.assert_array_equal(image, palette[index])


def test_points_come_in_centimetres_of_the_ego_frame(reader):
    cloud = scripts_of(page([reader]))["frame-0-2"]["clouds"]["lidar"]
    data = reader.reading("lidar", 2).data
    x, _, z = shorts(cloud["xyz"]).reshape(-1, 3).T
    np.testing.assert_allclose(x / 100, data["x"] + 1.0, atol=0.006)  # the LiDAR is 1 m ahead of the ego's origin and 1.5 m above it
    np.testing.assert_allclose(z / 100, 1.5, atol=0.006)
    assert len(base64.b64decode(cloud["tag"])) == len(data)


def test_lanes_in_cameras_are_the_labelled_pixels(reader):
    view = scripts_of(page([reader]))["frame-0-0"]["views"]["front"]
    wanted, got = reader.truth(0).lane_pixels["front"], shorts(view["lanes"]).reshape(-1, 2)
    seen = np.isfinite(wanted).all(axis=1)
    assert (got[~seen] == NO_PIXEL).all()
    np.testing.assert_allclose(got[seen] * (WIDTH / PIXEL_STEPS), wanted[seen], atol=0.01)


def test_a_frame_between_takes_the_image_before_it_with_that_images_labels(reader):
    scripts = scripts_of(page([reader], PageOptions(every=3)))
    frame = scripts["frame-0-1"]  # tick 3; the camera measured at tick 2
    assert frame["views"]["front"]["tick"] == 2
    own, then = frame["labels"]["boxes"], frame["views"]["front"]["labels"]["boxes"]
    assert [row[0] for row in own] == [row[0] for row in then]
    assert [row[0] for row in frame["views"]["front"]["tight"]] == [7]


def test_thinning_takes_about_as_many_as_asked_and_no_channel_alone():
    index = thinned(16_384, 4_000)
    assert abs(len(index) - 4_000) <= 2
    assert len(np.unique(index)) == len(index)
    assert np.bincount(index % 32, minlength=32).min() > 100  # of 125 if all 32 channels have the same share
    np.testing.assert_array_equal(thinned(5, 9), np.arange(5))


def test_far_points_are_told_apart_from_near_ones():
    steps, near = centimetres(np.array([[1.0, -2.0, 0.005], [400.0, 0.0, 0.0], [np.inf, 0.0, 0.0]]))
    assert steps[0].tolist() == [100, -200, 0]
    assert near.tolist() == [True, False, False]


def test_long_episodes_are_thinned_and_the_user_may_choose(reader, monkeypatch):
    monkeypatch.setattr(page_module, "MAX_FRAMES", 12)
    assert choose(reader, PageOptions()).frames == tuple(range(0, 25, 3))
    assert choose(reader, PageOptions(every=5)).frames == (0, 5, 10, 15, 20)
    assert "9 of 25 frames" in page([reader])


def test_photographs_become_smaller_where_they_are_many(reader, monkeypatch):
    monkeypatch.setattr(page_module, "PHOTOGRAPH_BYTES", 20_000)
    text = page([reader])
    data = base64.b64decode(scripts_of(text)["frame-0-0"]["views"]["front"]["rgb"].split(",")[1])
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape[1] < WIDTH
    assert re.search(r"photographs at 1/[248] of their size", text)


def test_label_images_that_are_too_many_are_left_out_and_the_page_says_so(reader, monkeypatch):
    pixels = 13 * WIDTH * HEIGHT  # the camera measures 13 times
    monkeypatch.setattr(page_module, "OVERLAY_PIXELS", {Kind.SEMANTIC: pixels, Kind.INSTANCE: pixels, Kind.DEPTH: pixels - 1})
    text = page([reader])
    assert {"semantic", "instance", "depth"} & set(scripts_of(text)["frame-0-0"]["views"]["front"]) == {"semantic", "instance"}
    assert "depth images left out" in text


def test_a_page_too_large_for_a_browser_is_refused(reader, monkeypatch):
    monkeypatch.setattr(page_module, "PAGE_BYTES", 100_000)
    with pytest.raises(ConfigError, match="--every N"):
        page([reader])


def test_several_shards_share_a_page(reader, tmp_path):
    other = write_shard(tmp_path / "test-8.h5", frames=4)
    target = save_page([reader.path, other], tmp_path / "page.html")
    header = scripts_of(target.read_text())["header"]
    assert [episode["name"] for episode in header["episodes"]] == ["test-7", "test-8"]
    assert len(header["episodes"][1]["frames"]) == 4


def test_text_of_a_hostile_file_stays_text_and_numbers_stay_json(tmp_path):
    bad = {"scenario": "</script><script>alert(1)</script><!--DATA--><!--", "seed": float("nan"), "episode": {"weather": [1]}}
    writer = ShardWriter(tmp_path / "x.h5", RIG, TICK_RATE_HZ, bad)
    frame = make_frame(0)
    writer.append(frame, annotate(frame, RIG))
    with ShardReader(writer.close({"events": {"</script>": {"started_tick": 0}, "odd": 3}})) as shard:
        text = page([shard])
    assert "<script>alert" not in text
    episode = scripts_of(text)["header"]["episodes"][0]
    assert episode["facts"]["scenario"] == bad["scenario"]
    assert episode["provenance"]["seed"] is None
    assert [moment["name"] for moment in episode["moments"]] == ["</script>"]


@pytest.mark.parametrize(
    ("weather", "words"),
    [
        ({"cloudiness": 5, "sun_altitude_angle": 45}, "clear, sun 45 deg"),
        ({"cloudiness": 100, "precipitation": 100, "wetness": 100, "sun_altitude_angle": 15}, "overcast, heavy rain, wet road, sun 15 deg"),
        ({"sun_altitude_angle": -90, "fog_density": 60}, "night, fog, sun -90 deg"),
        ({"cloudiness": "a lot"}, "clear, sun 45 deg"),
        ("rain", ""),
    ],
)
def test_weather_in_words(weather, words):
    assert weather_words(weather) == words
