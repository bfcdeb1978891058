"""Rigs as configurations declare them: devices on the ego. `mount_all` expands them to the mounts of `datatypes.rig`.

Poses are in the ego frame, RIGHT-handed: x forward, y left, z up from the ground below the middle of the ego.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import lcm
from typing import Annotated, Any, Literal

from simgen.datatypes.rig import EVENT_KINDS, Kind, Mount, Rig
from simgen.errors import ConfigError
from simgen.geometry.pose import pose_from_rpy
from simgen.scenario.schema import Range

Positive = Annotated[float, Range(above=0)]
Pixels = Annotated[int, Range(at_least=8, at_most=8192)]
OpenAngle = Annotated[float, Range(above=0, below=180)]
FullAngle = Annotated[float, Range(above=0, at_most=360)]
Elevation = Annotated[float, Range(at_least=-90, at_most=90)]
Count = Annotated[int, Range(at_least=1)]
Triple = tuple[float, float, float]


class AttributeText(str):
    """A CARLA blueprint attribute: always text, as `true`, `0.5`, `manual`."""

    @classmethod
    def from_plain(cls, value: Any, where: str, options: tuple[Any, ...]) -> str:
        if not isinstance(value, (str, int, float, bool)):
            raise ConfigError(f"{where} must be text, a number or a flag, got {value!r}")
        return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Device:
    """What all devices have. `attributes` are further attributes of the CARLA blueprint."""

    xyz_m: Triple = (0.0, 0.0, 0.0)
    rpy_deg: Triple = (0.0, 0.0, 0.0)
    """Roll, pitch, yaw about fixed axes (REP 103): positive yaw turns left, positive pitch turns the nose down."""
    rate_hz: Positive = 10.0
    attributes: Mapping[str, AttributeText] = field(default_factory=dict)


@dataclass(frozen=True)
class Camera(Device):
    """`attributes` go to the rgb output alone. The horizontal field of view is given; pixels are square."""

    type: Literal["camera"] = "camera"
    width_px: Pixels = 640
    height_px: Pixels = 360
    fov_deg: OpenAngle = 90.0
    outputs: tuple[Literal["rgb", "depth", "semantic", "instance"], ...] = ("rgb",)


@dataclass(frozen=True)
class Lidar(Device):
    """A spinning LiDAR that turns once per reading: `rate_hz` revolutions a second."""

    type: Literal["lidar"] = "lidar"
    channels: Count = 32
    points_per_channel: Count = 1000
    """Shots of one laser in one revolution."""
    range_m: Positive = 100.0
    upper_fov_deg: Elevation = 10.0
    lower_fov_deg: Elevation = -30.0


@dataclass(frozen=True)
class Radar(Device):
    type: Literal["radar"] = "radar"
    horizontal_fov_deg: OpenAngle = 60.0
    vertical_fov_deg: OpenAngle = 20.0
    range_m: Positive = 100.0
    points: Count = 300
    """Rays of one reading; those that hit something are detections."""


@dataclass(frozen=True)
class Plain(Device):
    """A device that is one mount of its kind without parameters of its own."""

    type: Literal["gnss"] = "gnss"


@dataclass(frozen=True)
class Gnss(Plain):
    type: Literal["gnss"] = "gnss"


@dataclass(frozen=True)
class Imu(Plain):
    type: Literal["imu"] = "imu"  # type: ignore[assignment]


@dataclass(frozen=True)
class CollisionDetector(Plain):
    type: Literal["collision"] = "collision"  # type: ignore[assignment]


@dataclass(frozen=True)
class LaneInvasionDetector(Plain):
    type: Literal["lane_invasion"] = "lane_invasion"  # type: ignore[assignment]


@dataclass(frozen=True)
class ObstacleDetector(Plain):
    type: Literal["obstacle"] = "obstacle"  # type: ignore[assignment]


AnyDevice = Camera | Lidar | Radar | Gnss | Imu | CollisionDetector | LaneInvasionDetector | ObstacleDetector


@dataclass(frozen=True)
class RigSpec:
    """The devices by name, in the order of the file. `scale` multiplies the resolution of all cameras."""

    devices: Mapping[str, AnyDevice]
    name: str = ""
    scale: Annotated[float, Range(above=0, at_most=4)] = 1.0


def make_rig(spec: RigSpec, tick_rate_hz: float) -> Rig:
    """Return the rig for a world that ticks at `tick_rate_hz`; a rig that cannot run at it is a ConfigError."""
    if not spec.devices:
        raise ConfigError("rig.devices must hold at least one device, got none")
    for name, device in spec.devices.items():
        _check_device(name, device, tick_rate_hz)
    mounts = [mount for name, device in spec.devices.items() for mount in _MOUNTS[device.type](name, device, spec.scale, tick_rate_hz)]
    return Rig(spec.name, tuple(mounts))


def highest_rate(spec: RigSpec) -> float:
    """Return the rate of the fastest device that has a schedule; 10 Hz when none has."""
    rates = [device.rate_hz for device in spec.devices.values() if device.type not in _EVENT_TYPES]
    return max(rates, default=10.0)


def cycle_ticks(rig: Rig, tick_rate_hz: float) -> int:
    """Return after how many ticks the schedule of all mounts begins anew: all are due at every multiple of it."""
    rates = {m.rate_hz for m in rig.mounts if m.kind not in EVENT_KINDS}
    periods = [Fraction(tick_rate_hz).limit_denominator(1000) / Fraction(rate).limit_denominator(1000) for rate in rates]
    return lcm(*(period.numerator for period in periods)) if periods else 1


def _check_device(name: str, device: AnyDevice, tick_rate_hz: float) -> None:
    if not name.replace("_", "").replace("-", "").isalnum():
        # a dot would make the names of a camera's outputs ambiguous, a slash the groups of a shard
        raise ConfigError(f"rig.devices must have names of letters, digits, _ and -, got {name}")
    if device.type not in _EVENT_TYPES and device.rate_hz > tick_rate_hz:
        raise ConfigError(f"rig.devices.{name}.rate_hz must be at most the tick rate {tick_rate_hz:g}, got {device.rate_hz:g}")
    if isinstance(device, Lidar):
        _check_lidar(name, device, tick_rate_hz / device.rate_hz, tick_rate_hz)


def _check_lidar(name: str, lidar: Lidar, slices: float, tick_rate_hz: float) -> None:
    where = f"rig.devices.{name}"
    if abs(slices - round(slices)) > 1e-9:
        # a revolution is put together from the slices of whole ticks
        raise ConfigError(f"{where}.rate_hz must divide the tick rate {tick_rate_hz:g}, got {lidar.rate_hz:g}")
    if lidar.points_per_channel < slices:
        raise ConfigError(f"{where}.points_per_channel must be at least {slices:g}, one per tick, got {lidar.points_per_channel}")
    if lidar.lower_fov_deg >= lidar.upper_fov_deg:
        raise ConfigError(f"{where}.lower_fov_deg must be below upper_fov_deg, got {lidar.lower_fov_deg:g}")


def _mount(name: str, device_name: str, kind: Kind, device: Device, attributes: Mapping[str, object]) -> Mount:
    text = {key: str(value) for key, value in attributes.items()} | dict(device.attributes)
    if taken := sorted({*attributes, "sensor_tick", "role_name", "noise_seed"} & set(device.attributes)):
        raise ConfigError(f"rig.devices.{device_name}.attributes must not hold {', '.join(taken)}, got it (the device's own keys set it)")
    return Mount(name, device_name, kind, pose_from_rpy(device.xyz_m, device.rpy_deg), device.rate_hz, text)


def _mount_camera(name: str, camera: Camera, scale: float, tick_rate_hz: float) -> list[Mount]:
    if not camera.outputs or len(set(camera.outputs)) != len(camera.outputs):
        raise ConfigError(f"rig.devices.{name}.outputs must name each output once and at least one, got {list(camera.outputs)}")
    size = {"image_size_x": max(8, round(camera.width_px * scale)), "image_size_y": max(8, round(camera.height_px * scale))}
    lens = size | {"fov": camera.fov_deg}
    # the masks and the depth image have no exposure and no bloom
    bare = replace(camera, attributes={})
    return [_mount(f"{name}.{output}", name, Kind(output), camera if output == "rgb" else bare, lens) for output in camera.outputs]


def _mount_lidar(name: str, lidar: Lidar, scale: float, tick_rate_hz: float) -> list[Mount]:
    attributes = {
        "channels": lidar.channels,
        "range": lidar.range_m,
        "points_per_second": round(lidar.channels * lidar.points_per_channel * lidar.rate_hz),
        "rotation_frequency": lidar.rate_hz,
        "upper_fov": lidar.upper_fov_deg,
        "lower_fov": lidar.lower_fov_deg,
    }
    return [_mount(name, name, Kind.LIDAR, lidar, attributes)]


def _mount_radar(name: str, radar: Radar, scale: float, tick_rate_hz: float) -> list[Mount]:
    attributes = {
        "horizontal_fov": radar.horizontal_fov_deg,
        "vertical_fov": radar.vertical_fov_deg,
        "range": radar.range_m,
        # CARLA casts floor(points_per_second * dt) rays with the WORLD's dt, whatever the sensor's period is
        "points_per_second": round((radar.points + 0.5) * tick_rate_hz),
    }
    return [_mount(name, name, Kind.RADAR, radar, attributes)]


def _mount_plain(name: str, device: Plain, scale: float, tick_rate_hz: float) -> list[Mount]:
    return [_mount(name, name, Kind(device.type), device, {})]


_EVENT_TYPES = frozenset(kind.value for kind in EVENT_KINDS)
_MOUNTS: dict[str, Callable[[str, Any, float, float], list[Mount]]] = {
    "camera": _mount_camera,
    "lidar": _mount_lidar,
    "radar": _mount_radar,
    "gnss": _mount_plain,
    "imu": _mount_plain,
    "collision": _mount_plain,
    "lane_invasion": _mount_plain,
    "obstacle": _mount_plain,
}
