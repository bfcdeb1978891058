"""The page in a real browser: it complains of nothing, plays, and shows and hides what it is told to."""

from types import MappingProxyType

import cv2
import numpy as np
import pytest

from simgen.datatypes.rig import Kind
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import inverse, pose_from_rpy, transform
from simgen.shards.reader import ShardReader
from simgen.shards.writer import ShardWriter
from simgen.view.page import save_page
from tests.shards.made_up import RIG, TICK_RATE_HZ, annotate, make_frame, write_shard
from tests.view.chromium import Chromium, find_chromium

PROGRAM = find_chromium()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium: SIMGEN_CHROMIUM=PATH or chromium on the search path"),
]

VIEWS = MappingProxyType({"camera": "document.querySelector('canvas[data-camera]')", "cloud": "byId('cloud')", "above": "byId('above')"})
SETTLED = "document.body.dataset.shown === `${state.episode}/${state.position}` && !due"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chromium")
    writer = ShardWriter(folder / "first.h5", RIG, TICK_RATE_HZ, {"scenario": "test", "seed": 7})
    for tick in range(20):
        frame = make_frame(tick)
        for reading in frame.readings.values():
            if reading.kind is Kind.LIDAR:  # made up under the ego itself, where the view from above has its outline
                reading.data["x"] += 6.0
        writer.append(frame, annotate(frame, RIG))
    first = writer.close({"events": {"brakes": {"started_tick": 8, "done_tick": 12}}})
    page = save_page([first, write_shard(folder / "second.h5", frames=6)], folder / "page.html")
    with Chromium(PROGRAM, folder / "profile") as chromium:
        chromium.page = page
        yield chromium


@pytest.fixture
def page(browser):
    browser.complaints.clear()
    browser.requests.clear()
    browser.open(browser.page, "document.body && document.body.dataset.shown")
    yield browser
    assert not browser.complaints
    assert [url for url in browser.requests if not url.startswith(("data:", "file:"))] == []


def settle(page):
    page.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait(SETTLED)


def pictures(page):
    """The content of each canvas."""
    settle(page)
    return {name: page.value(f"{canvas}.toDataURL()") for name, canvas in VIEWS.items()}


def changed(page, expression):
    before = pictures(page)
    page.value(f"void({expression})")
    after = pictures(page)
    return {name for name in VIEWS if before[name] != after[name]}


def test_frames_advance_by_keys_and_by_playing(page):
    assert page.value("state.position") == 0
    page.press("ArrowRight")
    page.press("ArrowRight", shift=True)
    assert page.value("state.position") == 11
    page.press("ArrowLeft")
    settle(page)
    assert page.value("byId('when').textContent") == "0.50 s   11 / 20"
    page.press("Home")
    page.press(" ")
    page.wait("state.position > 2")
    page.wait("!state.playing && state.position === 19")  # it stops at the end
    settle(page)
    assert page.value("byId('facts').textContent").startswith("time0.95 s")


@pytest.mark.parametrize(
    ("layer", "views"),
    [
        ("points", {"cloud", "above"}),
        ("boxes3d", {"camera", "cloud", "above"}),
        ("boxes2d", {"camera"}),
        ("ids", {"camera", "cloud", "above"}),
        ("lights", {"camera", "cloud", "above"}),
        ("radar", {"cloud", "above"}),
        ("path", {"cloud", "above"}),
    ],
)
def test_a_layer_changes_the_views_that_have_it_and_comes_back(page, layer, views):
    before = pictures(page)
    assert changed(page, f"byId('layer-{layer}').click()") == views
    page.value(f"byId('layer-{layer}').click()")
    assert pictures(page) == before


def test_overlays_and_their_opacity_change_the_cameras_only(page):
    for overlay in ("semantic", "instance", "depth"):
        assert changed(page, f"byId('overlay').value = '{overlay}', byId('overlay').onchange()") == {"camera"}
    assert changed(page, "byId('opacity').value = 90, byId('opacity').oninput()") == {"camera"}


def test_colours_of_points(page):
    for color in ("object", "height"):
        assert changed(page, f"byId('color').value = '{color}', byId('color').onchange()") == {"cloud", "above"}


def test_dragging_turns_one_view(page):
    before = pictures(page)
    box = page.value(
        "(r => [r.x + r.width / 2, r.y + r.height / 2])((byId('cloud').scrollIntoView(), byId('cloud').getBoundingClientRect()))"
    )
    page.mouse("mousePressed", *box)
    page.mouse("mouseMoved", box[0] + 60, box[1] + 20)
    page.mouse("mouseReleased", box[0] + 60, box[1] + 20, buttons=0)
    after = pictures(page)
    assert {name for name in VIEWS if before[name] != after[name]} == {"cloud"}


def test_a_click_on_a_box_shows_what_it_is(page):
    # The car is labelled 7 and stands 10 m along the world's x from the ego, which looks 10 degrees to the left of it.
    place = page.value(
        "(c => { c.scrollIntoView({block: 'center'}); const r = c.getBoundingClientRect();"
        " const [u, v] = toAbove(c, aboveScale(c), [9.85, -1.74]);"
        " return [r.x + u * r.width / c.width, r.y + v * r.height / c.height]; })(byId('above'))"
    )
    page.mouse("mousePressed", *place)
    page.mouse("mouseReleased", *place, buttons=0)
    settle(page)
    told = page.value("byId('selected').textContent")
    assert told.startswith("objectcar 7centre9.85, -1.74, 0.75 mdistance10.00 m")
    page.press("Escape")
    settle(page)
    assert page.value("byId('selected').textContent") == "Click a box in any view."


def test_events_stand_on_the_timeline_and_lead_to_their_frame(page):
    names = page.value("[...byId('moments').children].map(bar => bar.textContent)")
    assert names == ["collision", "brakes"]
    page.value("void(byId('moments').children[1].click())")
    settle(page)
    assert page.value("state.position") == 8
    assert page.value("byId('moments').children[1].classList.contains('now')")


def test_another_episode_can_be_chosen(page):
    page.value("byId('episode').value = '1', void(byId('episode').onchange())")
    settle(page)
    assert page.value("[byId('frame').max, document.body.dataset.shown]") == ["5", "1/0"]


def test_the_page_projects_and_moves_points_as_python_does(page):
    points = np.random.default_rng(0).uniform((2, -9, -3), (30, 9, 3), (5, 3))
    camera, pose = Pinhole.from_fov(640, 360, 80.0), pose_from_rpy((1, 2, 3), (10, 20, 30))
    k = [camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px]
    np.testing.assert_allclose(page.value(f"{points.tolist()}.map(p => pixelOf({k}, p))"), camera.project(points)[0])
    row = pose[:3].reshape(-1).tolist()
    np.testing.assert_allclose(page.value(f"{points.tolist()}.map(p => moved({row}, p))"), transform(pose, points))
    np.testing.assert_allclose(page.value(f"inverse({row})"), inverse(pose)[:3].reshape(-1), atol=1e-12)
    np.testing.assert_allclose(page.value(f"product({row}, {row})"), (pose @ pose)[:3].reshape(-1))


def test_boxes_have_the_corners_that_python_gives(page, browser):
    from simgen.geometry.box import EDGES, corners
    from simgen.view.overlay import ego_from_box

    with ShardReader(browser.page.with_name("first.h5")) as shard:
        box = shard.truth(0).boxes3d[0]
    np.testing.assert_allclose(
        page.value("cornersOf(boxOf(content(0).labels.boxes[0]))"), corners(ego_from_box(box), box["size"]), atol=1e-3
    )
    assert page.value("EDGES") == [list(edge) for edge in EDGES]


@pytest.mark.parametrize(("width", "height"), [(1400, 1000), (400, 800)])
def test_nothing_jumps_and_nothing_sticks_out(page, tmp_path, width, height):
    page.resize(width, height, mobile=width < 500)
    settle(page)
    elements = "document.querySelectorAll('.view, fieldset, footer')"
    places = f"[...{elements}].map(e => (r => [r.x, r.y, r.width, r.height])(e.getBoundingClientRect()))"
    before = page.value(places)
    page.press("ArrowRight")
    settle(page)
    assert page.value(places) == before
    assert page.value("document.documentElement.scrollWidth") <= width
    page.screenshot(tmp_path / "page.png")
    image = cv2.imread(str(tmp_path / "page.png"))
    assert image.shape[:2] == (height, width)
    assert image.std() > 10
    page.resize(1400, 1000)
