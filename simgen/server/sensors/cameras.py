"""All camera blueprints. As in CARLA, a camera sees the vehicle that carries it.

Images come from the stage's `ImageSource`; here are attributes, exposure, and what flow and event cameras do with images.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.server.render.lighting import manual_exposure_ev
from simgen.server.scene import Moment
from simgen.server.sensors import Measurement, SensorModel, Stage, View
from simgen.server.sensors.attributes import Attributes, flag, integer, number
from simgen.server.sensors.events_from_images import EventPixels, EventSettings, grey_of
from simgen.server.sensors.mounting import world_from_sensor
from simgen.server.wire.streams import dvs_body, flow_body, image_body

LENS_DEFAULTS: dict[str, float] = {
    "lens_circle_falloff": 5.0,
    "lens_circle_multiplier": 0.0,
    "lens_k": -1.0,
    "lens_kcube": 0.0,
    "lens_x_size": 0.08,
    "lens_y_size": 0.08,
}
"""The lens shader is not simulated: cameras are ideal pinholes, as CARLA's are unless `lens_circle_multiplier` is raised."""

EFFECT_DEFAULTS: dict[str, float] = {
    "motion_blur_intensity": 0.45,
    "motion_blur_max_distortion": 0.35,
    "motion_blur_min_object_screen_size": 0.1,
    "lens_flare_intensity": 0.1,
    "bloom_intensity": 0.675,
    "exposure_min_bright": 10.0,
    "exposure_max_bright": 12.0,
    "exposure_speed_up": 3.0,
    "exposure_speed_down": 1.0,
    "calibration_constant": 16.0,
    "focal_distance": 1000.0,
    "min_fstop": 1.2,
    "blade_count": 5.0,
    "blur_amount": 1.0,
    "blur_radius": 0.0,
    "slope": 0.88,
    "toe": 0.55,
    "shoulder": 0.26,
    "black_clip": 0.0,
    "white_clip": 0.04,
    "temp": 6500.0,
    "tint": 0.0,
    "chromatic_aberration_intensity": 0.0,
    "chromatic_aberration_offset": 0.0,
}
"""Post-process attributes that are read and not simulated, with their defaults."""

_log = logging.getLogger(__name__)
_said: set[str] = set()


@runtime_checkable
class FlowSource(Protocol):
    """An image source that can also tell how pixels move."""

    def flow(self, view: View, moment: Moment, view_before: View, moment_before: Moment) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Frame:
    """Image size and field of view."""

    width: int
    height: int
    fov_deg: float

    @classmethod
    def of(cls, attributes: Attributes) -> Frame:
        """Return the frame of blueprint `attributes`. Raises ValueError for values out of bounds."""
        _say_unsupported(attributes, LENS_DEFAULTS)
        return cls(
            width=integer(attributes, "image_size_x", 800, 1, 8192),
            height=integer(attributes, "image_size_y", 600, 1, 8192),
            fov_deg=number(attributes, "fov", 90.0, 1.0, 179.0),
        )

    def view(self, moment: Moment, sensor_id: int, gamma: float = 2.2, exposure_ev: float = 0.0) -> View:
        pose = world_from_sensor(moment, sensor_id).tobytes()
        return View(pose, self.width, self.height, self.fov_deg, gamma, exposure_ev)


@dataclass(frozen=True)
class Exposure:
    """How an rgb camera turns light into 8 bits."""

    gamma: float
    compensation_ev: float
    manual: bool
    shutter_per_s: float
    iso: float
    fstop: float

    @classmethod
    def of(cls, attributes: Attributes) -> Exposure:
        """Return the exposure of blueprint `attributes`. Raises ValueError for values out of bounds."""
        _say_unsupported(attributes, EFFECT_DEFAULTS)
        if not flag(attributes, "enable_postprocess_effects", True):
            _say("enable_postprocess_effects")
        mode = attributes.get("exposure_mode", "").strip().lower() or "histogram"
        if mode not in ("histogram", "manual"):
            raise ValueError(f"exposure_mode must be histogram or manual, got {mode!r}")
        return cls(
            gamma=number(attributes, "gamma", 2.2, 0.1, 10.0),
            compensation_ev=number(attributes, "exposure_compensation", 0.0, -30.0, 30.0),
            manual=mode == "manual",
            shutter_per_s=number(attributes, "shutter_speed", 200.0, 1e-3, 1e6),
            iso=number(attributes, "iso", 100.0, 1e-2, 1e7),
            fstop=number(attributes, "fstop", 1.4, 0.1, 128.0),
        )

    def stops(self, moment: Moment) -> float:
        """Return the stops against the camera that adapts to the weather by itself; as in CARLA both modes add the compensation."""
        if not self.manual:
            return self.compensation_ev
        return self.compensation_ev + manual_exposure_ev(moment.weather, self.shutter_per_s, self.iso, self.fstop)


class _Forgetful:
    """A camera that keeps nothing between its images."""

    def observe(self, moment: Moment) -> None:
        """Nothing to remember."""


class LayerCamera(_Forgetful):
    """Depth, semantic, instance or normals."""

    def __init__(self, layer: str, attributes: Attributes, sensor_id: int, stage: Stage) -> None:
        self._layer, self._sensor_id, self._images = layer, sensor_id, stage.images
        self._frame = Frame.of(attributes)

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        view = self._frame.view(moment, self._sensor_id)
        return (image_body(view.width, view.height, view.fov_deg, self._images.image(view, self._layer, moment)),)


class ColorCamera(_Forgetful):
    """An rgb camera."""

    def __init__(self, attributes: Attributes, sensor_id: int, stage: Stage) -> None:
        self._sensor_id, self._images = sensor_id, stage.images
        self._frame, self._exposure = Frame.of(attributes), Exposure.of(attributes)

    def image(self, moment: Moment) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 B, G, R, A."""
        view = self._frame.view(moment, self._sensor_id, self._exposure.gamma, self._exposure.stops(moment))
        return self._images.image(view, "rgb", moment)

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        return (image_body(self._frame.width, self._frame.height, self._frame.fov_deg, self.image(moment)),)


class EventCamera(_Forgetful):
    """A dynamic vision sensor: events of pixels whose brightness has changed since the last image. The first image makes none."""

    def __init__(self, attributes: Attributes, sensor_id: int, stage: Stage) -> None:
        self._camera = ColorCamera(attributes, sensor_id, stage)
        self._frame = Frame.of(attributes)
        self._pixels = EventPixels(EventSettings.of(attributes), stream(0, "dvs", sensor_id))

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        events = self._pixels.see(grey_of(self._camera.image(moment)), moment.elapsed_s)
        if not len(events):
            return ()
        return (dvs_body(self._frame.width, self._frame.height, self._frame.fov_deg, events),)


class FlowCamera:
    """Optical flow since the last tick, in normalised device units (the image spans 2) with y up, as Unreal's velocity buffer."""

    def __init__(self, attributes: Attributes, sensor_id: int, stage: Stage) -> None:
        if not isinstance(stage.images, FlowSource):
            raise ValueError(f"optical flow must be drawn with OpenGL, got {stage.images.description}")
        self._source: FlowSource = stage.images
        self._sensor_id, self._frame = sensor_id, Frame.of(attributes)
        self._before: tuple[View, Moment] | None = None

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        view = self._frame.view(moment, self._sensor_id)
        before = self._before or (view, moment)
        pixels = self._source.flow(view, moment, *before)
        self._before = view, moment
        wire = pixels * np.array([2.0 / view.width, -2.0 / view.height], dtype=np.float32)
        return (flow_body(view.width, view.height, view.fov_deg, wire),)

    def observe(self, moment: Moment) -> None:
        self._before = self._frame.view(moment, self._sensor_id), moment


def _say_unsupported(attributes: Attributes, defaults: Mapping[str, float]) -> None:
    for name, default in defaults.items():
        # 0 switches an effect off, which is what it gets.
        if number(attributes, name, default) not in (default, 0.0):
            _say(name)


def _say(name: str) -> None:
    """Log once in the life of the server that an attribute has no effect."""
    if name not in _said:
        _said.add(name)
        _log.warning("camera attribute %s is read and has no effect", name)


def _layer(layer: str) -> Callable[[Mapping[str, str], int, Stage], SensorModel]:
    def make(attributes: Mapping[str, str], sensor_id: int, stage: Stage) -> SensorModel:
        return LayerCamera(layer, attributes, sensor_id, stage)

    return make


CAMERAS: dict[str, Callable[[Mapping[str, str], int, Stage], SensorModel]] = {
    "sensor.camera.rgb": ColorCamera,
    "sensor.camera.depth": _layer("depth"),
    "sensor.camera.semantic_segmentation": _layer("semantic"),
    "sensor.camera.instance_segmentation": _layer("instance"),
    "sensor.camera.normals": _layer("normals"),
    "sensor.camera.optical_flow": FlowCamera,
    "sensor.camera.dvs": EventCamera,
    # CARLA draws lanes and boxes as lines here; the plain image keeps clients of it running.
    "sensor.camera.cosmos_visualization": ColorCamera,
}
