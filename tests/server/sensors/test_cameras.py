"""Camera blueprints: attributes, bodies, exposure, event and flow cameras, on a source of images made by hand."""

import logging
import struct

import numpy as np
import pytest

from simgen.rng import stream
from simgen.server.scene import Moment
from simgen.server.sensors import Stage, cameras
from simgen.server.sensors.cameras import CAMERAS
from simgen.server.sensors.events_from_images import EventPixels, EventSettings
from simgen.server.sensors.optics import Optics
from simgen.server.wire.streams import DVS_EVENT

HEADER = struct.Struct("<IIf")


class Painter:
    """An image source that paints the next of its grey levels and remembers what it was asked."""

    description = "painter"

    def __init__(self, *levels):
        self.levels, self.asked = list(levels), []

    def image(self, view, layer, moment):
        self.asked.append((view, layer))
        level = self.levels.pop(0) if self.levels else 128
        return np.full((view.height, view.width, 4), level, dtype=np.uint8)

    def close(self):
        pass


class Flowing(Painter):
    def flow(self, view, moment, view_before, moment_before):
        self.asked.append((view_before, moment_before))
        return np.full((view.height, view.width, 2), (8.0, 6.0), dtype=np.float32)


@pytest.fixture
def spawn(hand):
    def make(kind, painter=None, **attributes):
        images = painter or Painter()
        size = {"image_size_x": "8", "image_size_y": "6", **attributes}
        return CAMERAS[f"sensor.camera.{kind}"](size, hand.SENSOR, Stage(city=None, shapes=None, images=images, rays=None)), images

    return make


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch):
    monkeypatch.setattr(cameras, "_said", set())


def _at(hand, tick=1, x=0.0, weather=None):
    moment = hand.moment(hand.motion(location=(x, 0.0, 1.0), rotation=(0.0, 90.0, 0.0)), tick=tick)
    if weather is None:
        return moment
    return Moment(tick, moment.elapsed_s, moment.dt_s, weather, 9.81, (0.0, 0.0), (), moment.motions, ())


@pytest.mark.parametrize(
    ("kind", "layer"),
    [
        ("rgb", "rgb"),
        ("depth", "depth"),
        ("semantic_segmentation", "semantic"),
        ("instance_segmentation", "instance"),
        ("normals", "normals"),
        ("cosmos_visualization", "rgb"),
    ],
)
def test_every_image_camera_sends_its_layer(hand, spawn, kind, layer):
    camera, images = spawn(kind, fov="60")
    (body,) = camera.measure(_at(hand, x=3.0))
    assert HEADER.unpack(body[:12]) == (8, 6, 60.0)
    assert len(body) == 12 + 8 * 6 * 4
    (view, asked), *_ = images.asked
    assert asked == layer
    np.testing.assert_allclose(view.pose[:3, 3], (3.0, 0.0, 1.0))
    np.testing.assert_allclose(view.pose[:3, 0], (0.0, 1.0, 0.0), atol=1e-12)


def test_numbers_are_read_leniently(hand, spawn):
    camera, _ = spawn("rgb", image_size_x="64.0", image_size_y="48", fov="90")
    assert HEADER.unpack(camera.measure(_at(hand))[0][:12]) == (64, 48, 90.0)


def test_an_empty_blueprint_has_carlas_defaults(hand):
    camera = CAMERAS["sensor.camera.depth"]({}, hand.SENSOR, Stage(None, None, Painter(), None))
    assert HEADER.unpack(camera.measure(_at(hand))[0][:12]) == (800, 600, 90.0)


@pytest.mark.parametrize("kind", sorted(name.removeprefix("sensor.camera.") for name in CAMERAS))
@pytest.mark.parametrize(
    ("name", "value"), [("image_size_x", "0"), ("image_size_y", "8193"), ("fov", "0.5"), ("fov", "180"), ("fov", "wide")]
)
def test_sizes_and_angles_out_of_bounds_are_refused_in_one_line(spawn, kind, name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be [^\n]*, got [^\n]*$"):
        spawn(kind, Flowing(), **{name: value})


def test_what_has_no_effect_is_said_once(spawn, caplog):
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            spawn("rgb", blur_amount="2.0", exposure_speed_up="5.0", bloom_intensity="0.5", lens_k="-2.0")
    assert sorted(record.args[0] for record in caplog.records) == ["blur_amount", "exposure_speed_up"]


def test_defaults_say_nothing(spawn, caplog):
    with caplog.at_level(logging.WARNING):
        spawn("rgb", **{name: str(value) for name, value in cameras.WITHOUT_EFFECT.items()})
    assert not caplog.records


def _optics(hand, spawn, **attributes):
    camera, images = spawn("rgb", **attributes)
    camera.measure(_at(hand))
    return images.asked[0][0].optics


def test_an_empty_blueprint_has_carlas_optics(hand, spawn):
    assert _optics(hand, spawn) == Optics()


def test_attributes_reach_the_image(hand, spawn):
    optics = _optics(hand, spawn, gamma="1.8", exposure_compensation="-1.5", slope="0.7", temp="5000", lens_k="-2", blade_count="7.0")
    assert (optics.gamma, optics.compensation_ev, optics.film.slope, optics.temperature_k) == (1.8, -1.5, 0.7, 5000.0)
    assert (optics.lens.k, optics.blades) == (-2.0, 7)


def test_a_manual_camera_follows_the_formula(hand, spawn):
    def stops(**attributes):
        return np.log2(_optics(hand, spawn, exposure_mode="manual", **attributes).metering().exposure(0.0))

    noon = stops()
    assert stops(shutter_speed="100") == pytest.approx(noon + 1.0)
    assert stops(iso="400") == pytest.approx(noon + 2.0)
    assert stops(fstop="2.8") == pytest.approx(noon - 2.0)


def test_the_shutter_opens_where_the_camera_was_a_moment_before(hand, spawn):
    camera, images = spawn("rgb", shutter_speed="200")
    for tick in (1, 2):
        camera.measure(_at(hand, tick, x=float(tick)))
    first, second = (view for view, _ in images.asked)
    assert first.before is None
    before = np.frombuffer(second.before).reshape(4, 4)
    np.testing.assert_allclose(before[:3, 3], (2.0 - 0.005 / 0.05, 0.0, 1.0))


def test_a_camera_at_rest_or_without_blur_has_one_pose(hand, spawn):
    for attributes, x in (({}, 0.0), ({"motion_blur_intensity": "0"}, 1.0), ({"enable_postprocess_effects": "false"}, 1.0)):
        camera, images = spawn("rgb", **attributes)
        for tick in (1, 2):
            camera.measure(_at(hand, tick, x=x * tick))
        assert images.asked[-1][0].before is None


def test_another_exposure_mode_is_refused(spawn):
    with pytest.raises(ValueError, match="exposure_mode must be histogram or manual, got 'auto'"):
        spawn("rgb", exposure_mode="auto")


# ---- event camera


def _events(body):
    return np.frombuffer(body, dtype=DVS_EVENT, offset=12)


def test_the_first_image_and_an_unchanged_one_send_nothing(hand, spawn):
    camera, _ = spawn("dvs", Painter(100, 100))
    assert list(camera.measure(_at(hand, 1))) == []
    assert list(camera.measure(_at(hand, 2))) == []


def test_a_brighter_image_sends_positive_events_of_every_pixel(hand, spawn):
    camera, _ = spawn("dvs", Painter(50, 200))
    camera.measure(_at(hand, 1))
    (body,) = camera.measure(_at(hand, 2))
    events = _events(body)
    crossings = int(np.log((0.001 + 200 * 0.9999 / 255) / (0.001 + 50 * 0.9999 / 255)) / 0.3)
    assert len(events) == crossings * 8 * 6
    assert events["polarity"].all()
    assert (np.diff(events["t_ns"]) >= 0).all()
    assert events["t_ns"].min() > 50_000_000
    assert events["t_ns"].max() <= 100_000_000
    assert set(zip(events["x"].tolist(), events["y"].tolist(), strict=True)) == {(x, y) for x in range(8) for y in range(6)}


def _pixels(**settings):
    return EventPixels(EventSettings.of({name: str(value) for name, value in settings.items()}), stream(0, "test"))


def _see(pixels, *levels):
    return [pixels.see(np.full((1, 1), float(level)), 0.1 * k) for k, level in enumerate(levels)][1:]


def test_crossings_of_a_linear_ramp_are_evenly_spaced():
    (events,) = _see(_pixels(use_log=False, positive_threshold=10), 0, 45)
    np.testing.assert_allclose(events["t_ns"], np.array([10, 20, 30, 40]) / 45 * 1e8, atol=1)


def test_the_reference_carries_what_did_not_suffice():
    first, second = _see(_pixels(use_log=False, positive_threshold=10, negative_threshold=10), 0, 6, 11)
    assert len(first) == 0
    np.testing.assert_allclose(second["t_ns"], 1e8 + (10 - 6) / (11 - 6) * 1e8, atol=1)


def test_a_darker_pixel_sends_negative_events():
    (events,) = _see(_pixels(use_log=False, negative_threshold=10), 100, 75)
    assert len(events) == 2
    assert not events["polarity"].any()


def test_a_pixel_is_silent_after_an_event():
    (events,) = _see(_pixels(use_log=False, positive_threshold=10, refractory_period_ns=45_000_000), 0, 45)
    np.testing.assert_allclose(np.diff(events["t_ns"]) >= 45_000_000, True)
    assert len(events) == 2


def test_noise_of_the_thresholds_spreads_the_events():
    still, noisy = (_pixels(use_log=False, positive_threshold=10, sigma_positive_threshold=s) for s in (0, 3))
    for pixels in (still, noisy):
        pixels.see(np.zeros((20, 20)), 0.0)
    assert len(np.unique(still.see(np.full((20, 20), 15.0), 0.1)["t_ns"])) == 1
    assert len(np.unique(noisy.see(np.full((20, 20), 15.0), 0.1)["t_ns"])) > 100


# ---- flow camera


def test_flow_is_sent_in_device_units_with_y_up(hand, spawn):
    camera, _ = spawn("optical_flow", Flowing())
    (body,) = camera.measure(_at(hand))
    flow = np.frombuffer(body, dtype=np.float32, offset=12).reshape(6, 8, 2)
    np.testing.assert_allclose(flow, np.broadcast_to((2.0, -2.0), flow.shape))


def test_flow_is_since_the_last_tick_also_when_that_sent_nothing(hand, spawn):
    camera, images = spawn("optical_flow", Flowing())
    moments = [_at(hand, tick, x=float(tick)) for tick in (1, 2, 3)]
    camera.measure(moments[0])
    camera.observe(moments[1])
    camera.measure(moments[2])
    view_before, moment_before = images.asked[-1]
    assert moment_before is moments[1]
    assert view_before.pose[0, 3] == 2.0


def test_flow_is_refused_where_nothing_can_draw_it(spawn):
    with pytest.raises(ValueError, match="optical flow must be drawn with OpenGL, got painter"):
        spawn("optical_flow", Painter())
