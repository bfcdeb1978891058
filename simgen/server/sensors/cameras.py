"""All camera blueprints. As in CARLA, a camera sees the vehicle that carries it.

Images come from the stage's `ImageSource`; here are attributes, exposure, and what flow and event cameras do with images.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.server.scene import Moment
from simgen.server.sensors import Measurement, SensorModel, Stage, View
from simgen.server.sensors.attributes import Attributes, integer, number
from simgen.server.sensors.events_from_images import EventPixels, EventSettings, grey_of
from simgen.server.sensors.mounting import world_from_sensor
from simgen.server.sensors.optics import Optics
from simgen.server.wire.streams import dvs_body, flow_body, image_body

WITHOUT_EFFECT: dict[str, float] = {
    "motion_blur_min_object_screen_size": 0.1,
    "exposure_speed_up": 3.0,
    "exposure_speed_down": 1.0,
    "calibration_constant": 16.0,
    "min_fstop": 1.2,
    "blur_amount": 1.0,
    "blur_radius": 0.0,
}
"""Post-process attributes that are read and not simulated, with their defaults. Metering looks at each image alone, so that it
has no speed; motion blur is the camera's own, and what moves before a camera at rest stays sharp."""

_LONGEST_TICK_S = 0.5
"""After a longer gap, or a jump, the motion between tells nothing about the shutter's time."""

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
        return cls(
            width=integer(attributes, "image_size_x", 800, 1, 8192),
            height=integer(attributes, "image_size_y", 600, 1, 8192),
            fov_deg=number(attributes, "fov", 90.0, 1.0, 179.0),
        )

    def view(self, moment: Moment, sensor_id: int) -> View:
        pose = world_from_sensor(moment, sensor_id).tobytes()
        return View(pose, self.width, self.height, self.fov_deg)


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


class ColorCamera:
    """An rgb camera."""

    def __init__(self, attributes: Attributes, sensor_id: int, stage: Stage) -> None:
        self._sensor_id, self._images = sensor_id, stage.images
        self._frame, self._optics = Frame.of(attributes), Optics.of(attributes)
        self._last: tuple[Moment, bytes] | None = None
        _say_unsupported(attributes, WITHOUT_EFFECT)

    def image(self, moment: Moment) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 B, G, R, A."""
        view = self._frame.view(moment, self._sensor_id)
        view = replace(view, optics=self._optics, before=self._shutter_pose(moment, view.world_from_camera))
        self._last = moment, view.world_from_camera
        return self._images.image(view, "rgb", moment)

    def measure(self, moment: Moment) -> Sequence[Measurement]:
        return (image_body(self._frame.width, self._frame.height, self._frame.fov_deg, self.image(moment)),)

    def observe(self, moment: Moment) -> None:
        self._last = moment, self._frame.view(moment, self._sensor_id).world_from_camera

    def _shutter_pose(self, moment: Moment, pose: bytes) -> bytes | None:
        """Return the pose while the shutter opened, by the motion since the last tick; None for a camera at rest or new."""
        if self._last is None or self._last[1] == pose or self._optics.open_s == 0.0:
            return None
        span_s = moment.elapsed_s - self._last[0].elapsed_s
        if not 0.0 < span_s < _LONGEST_TICK_S:
            return None
        now, last = (np.frombuffer(each, dtype=np.float64) for each in (pose, self._last[1]))
        # Over a few milliseconds the mean of two poses is as good as the pose between.
        return bytes((now + (last - now) * min(self._optics.open_s / span_s, 1.0)).tobytes())


class EventCamera:
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

    def observe(self, moment: Moment) -> None:
        self._camera.observe(moment)


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
