"""What CARLA's sensor objects hold, as arrays of `datatypes.readings`: left-handed bytes in, right-handed arrays out.

Each converter takes the messages that make up one reading, oldest first; only a LiDAR has more than one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.noise import LidarNoise
from simgen.datatypes.readings import COLLISION_DTYPE, FAR_M, LIDAR_DTYPE, OBSTACLE_DTYPE, RADAR_DTYPE
from simgen.datatypes.rig import Kind
from simgen.geometry.pose import Matrix, inverse, mirror_points, pose_from_carla, transform

Ids = NDArray[np.uint32]
"""(65536,): the actor id whose low 16 bits are the index; 0 for none."""

_SEMANTIC_POINT = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("cos", "<f4"), ("id", "<u4"), ("tag", "<u4")])
_DETECTION = np.dtype([("velocity", "<f4"), ("azimuth", "<f4"), ("altitude", "<f4"), ("depth", "<f4")])
_DEPTH_STEPS = 2**24 - 1
_ATTENUATION_PER_M = LidarNoise().attenuation_per_m


def id_table(*ids: Sequence[int]) -> Ids:
    """Return the table that turns the 16 bits of an instance image into ids; of a shared entry the later argument and the
    higher number win."""
    table = np.zeros(65536, dtype=np.uint32)
    for group in ids:
        for one in sorted(group):
            table[one & 0xFFFF] = one
    return table


def pose_of(message: Any) -> Matrix:
    """Return world_from_sensor of a message, right-handed."""
    at, turned = message.transform.location, message.transform.rotation
    return pose_from_carla((at.x, at.y, at.z), (turned.pitch, turned.yaw, turned.roll))


def _pixels(messages: Sequence[Any]) -> NDArray[np.uint8]:
    """Return the newest image as (H, W, 4) uint8 B, G, R, A; a view of the message's memory."""
    image = messages[-1]
    return np.frombuffer(image.raw_data, dtype=np.uint8).reshape(image.height, image.width, 4)


def _rgb(messages: Sequence[Any], ids: Ids) -> NDArray[np.uint8]:
    return np.ascontiguousarray(_pixels(messages)[:, :, 2::-1])


def _depth(messages: Sequence[Any], ids: Ids) -> NDArray[np.float32]:
    # R is the low byte: as one little-endian word a pixel is B | G << 8 | R << 16 | A << 24
    bgra = _pixels(messages).astype(np.uint32)
    steps = bgra[:, :, 2] | bgra[:, :, 1] << 8 | bgra[:, :, 0] << 16
    return (steps * (FAR_M / _DEPTH_STEPS)).astype(np.float32)


def _semantic(messages: Sequence[Any], ids: Ids) -> NDArray[np.uint8]:
    return np.ascontiguousarray(_pixels(messages)[:, :, 2])


def _instance(messages: Sequence[Any], ids: Ids) -> NDArray[np.uint32]:
    bgra = _pixels(messages)
    return ids[bgra[:, :, 1] | bgra[:, :, 0].astype(np.uint16) << 8]


def _lidar(messages: Sequence[Any], ids: Ids) -> NDArray:
    """Return the slices of one revolution in the sensor frame of the newest: the motion of the sensor between is taken out.

    Things that move by themselves stay where they were when their slice was taken, as for a real LiDAR after deskewing.
    """
    sensor_from_world = inverse(pose_of(messages[-1]))
    return np.concatenate([_slice(m, sensor_from_world @ pose_of(m) if m is not messages[-1] else None, ids) for m in messages])


def _slice(message: Any, now_from_then: Matrix | None, ids: Ids) -> NDArray:
    raw = np.frombuffer(message.raw_data, dtype=_SEMANTIC_POINT)
    points = mirror_points(np.stack([raw["x"], raw["y"], raw["z"]], axis=1))
    out = np.zeros(len(raw), dtype=LIDAR_DTYPE)
    out["intensity"] = np.exp(-_ATTENUATION_PER_M * np.linalg.norm(points, axis=1))
    if now_from_then is not None:
        points = transform(now_from_then, points)
    out["x"], out["y"], out["z"] = points.T
    out["cos_incidence"], out["tag"] = raw["cos"], raw["tag"]
    # ids that no actor has are scenery; other servers number it, too
    out["object_id"] = np.where(ids[raw["id"] & 0xFFFF] == raw["id"], raw["id"], 0)
    counts = [message.get_point_count(channel) for channel in range(message.channels)]
    out["channel"] = np.repeat(np.arange(len(counts)), counts)
    return out


def _radar(messages: Sequence[Any], ids: Ids) -> NDArray:
    raw = np.frombuffer(messages[-1].raw_data, dtype=_DETECTION)
    out = np.zeros(len(raw), dtype=RADAR_DTYPE)
    out["range"], out["azimuth"], out["altitude"], out["velocity"] = raw["depth"], -raw["azimuth"], raw["altitude"], raw["velocity"]
    return out


def _gnss(messages: Sequence[Any], ids: Ids) -> NDArray[np.float64]:
    fix = messages[-1]
    return np.array([fix.latitude, fix.longitude, fix.altitude])


def _imu(messages: Sequence[Any], ids: Ids) -> NDArray[np.float64]:
    """Accelerations are mirrored as vectors, turn rates as axial vectors."""
    imu = messages[-1]
    accel, gyro = imu.accelerometer, imu.gyroscope
    return np.array([accel.x, -accel.y, accel.z, -gyro.x, gyro.y, -gyro.z, imu.compass])


def _collision(messages: Sequence[Any], ids: Ids) -> NDArray:
    rows = [(m.other_actor.id, (m.normal_impulse.x, -m.normal_impulse.y, m.normal_impulse.z)) for m in messages]
    return np.array(rows, dtype=COLLISION_DTYPE)


def _lane_invasion(messages: Sequence[Any], ids: Ids) -> NDArray[np.uint8]:
    return np.array([int(marking.type) for m in messages for marking in m.crossed_lane_markings], dtype=np.uint8)


def _obstacle(messages: Sequence[Any], ids: Ids) -> NDArray:
    return np.array([(m.other_actor.id, m.distance) for m in messages], dtype=OBSTACLE_DTYPE)


CONVERTERS: Mapping[Kind, Callable[[Sequence[Any], Ids], NDArray]] = {
    Kind.RGB: _rgb,
    Kind.DEPTH: _depth,
    Kind.SEMANTIC: _semantic,
    Kind.INSTANCE: _instance,
    Kind.LIDAR: _lidar,
    Kind.RADAR: _radar,
    Kind.GNSS: _gnss,
    Kind.IMU: _imu,
    Kind.COLLISION: _collision,
    Kind.LANE_INVASION: _lane_invasion,
    Kind.OBSTACLE: _obstacle,
}
