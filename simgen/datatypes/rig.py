"""The rig: which sensors the ego carries, where, and how often each measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import numpy as np

from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import Matrix


class Kind(str, Enum):
    """What one stream of readings holds. The value is the name in configurations and shards."""

    RGB = "rgb"
    DEPTH = "depth"
    SEMANTIC = "semantic"
    INSTANCE = "instance"
    LIDAR = "lidar"
    RADAR = "radar"
    GNSS = "gnss"
    IMU = "imu"
    COLLISION = "collision"
    LANE_INVASION = "lane_invasion"
    OBSTACLE = "obstacle"


IMAGE_KINDS = frozenset({Kind.RGB, Kind.DEPTH, Kind.SEMANTIC, Kind.INSTANCE})
EVENT_KINDS = frozenset({Kind.COLLISION, Kind.LANE_INVASION, Kind.OBSTACLE})
"""Kinds that send a message only when something happened; they have no schedule."""

BLUEPRINTS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.RGB: "sensor.camera.rgb",
        Kind.DEPTH: "sensor.camera.depth",
        Kind.SEMANTIC: "sensor.camera.semantic_segmentation",
        Kind.INSTANCE: "sensor.camera.instance_segmentation",
        # The semantic LiDAR, so that every point has an object id; intensity and losses are modelled in simgen.noise.
        Kind.LIDAR: "sensor.lidar.ray_cast_semantic",
        Kind.RADAR: "sensor.other.radar",
        Kind.GNSS: "sensor.other.gnss",
        Kind.IMU: "sensor.other.imu",
        Kind.COLLISION: "sensor.other.collision",
        Kind.LANE_INVASION: "sensor.other.lane_invasion",
        Kind.OBSTACLE: "sensor.other.obstacle",
    }
)


@dataclass(frozen=True)
class Mount:
    """One stream of readings: one CARLA sensor actor attached to the ego.

    A camera with four outputs is four mounts of equal pose, named "front.rgb", "front.depth", ...; `device` is "front".
    """

    name: str
    device: str
    kind: Kind
    ego_from_sensor: Matrix
    rate_hz: float
    attributes: Mapping[str, str]
    """CARLA blueprint attributes, as text, without `sensor_tick` and `role_name`."""

    @property
    def camera(self) -> Pinhole:
        """The intrinsics of an image mount."""
        size = int(self.attributes["image_size_x"]), int(self.attributes["image_size_y"])
        return Pinhole.from_fov(*size, float(self.attributes["fov"]))


@dataclass(frozen=True)
class Rig:
    """All mounts of an ego, in a fixed order."""

    name: str
    mounts: tuple[Mount, ...]

    def of_kind(self, *kinds: Kind) -> tuple[Mount, ...]:
        """Return the mounts of these kinds, in rig order."""
        return tuple(m for m in self.mounts if m.kind in kinds)

    def cameras(self) -> dict[str, Mount]:
        """Return one image mount per camera device: pose and intrinsics are the same for all its outputs."""
        devices: dict[str, Mount] = {}
        for mount in self.of_kind(*IMAGE_KINDS):
            devices.setdefault(mount.device, mount)
        return devices

    def due(self, tick: int, tick_rate_hz: float) -> tuple[Mount, ...]:
        """Return the scheduled mounts that measure at `tick` (0 is the first recorded tick); event kinds never are.

        A mount of rate r measures at the first tick at or after each k / r: the schedule is known before the tick.
        """
        return tuple(m for m in self.mounts if m.kind not in EVENT_KINDS and is_due(tick, m.rate_hz, tick_rate_hz))


def is_due(tick: int, rate_hz: float, tick_rate_hz: float) -> bool:
    """Return whether a sensor of `rate_hz` measures at `tick` of a world that ticks at `tick_rate_hz` >= rate_hz."""
    per_tick = rate_hz / tick_rate_hz
    epsilon = 1e-9  # k / r and tick * dt are the same time when they differ by float rounding alone
    return tick == 0 or np.floor(tick * per_tick + epsilon) > np.floor((tick - 1) * per_tick + epsilon)
