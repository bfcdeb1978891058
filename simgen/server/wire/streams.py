"""What the server streams: tokens, the header of sensor messages, and the bodies of every sensor type. Little-endian.

The client decodes streams in C++ and dies of a malformed body, so every builder checks its input and raises ValueError.
Poses, points and vectors are in CARLA's left-handed frame.
"""

from __future__ import annotations

import math
import struct

import msgpack
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.server.values import ActorInfo, Transform, Vector3D
from simgen.server.wire.layouts import pack

WORLD_STREAM = 1
"""Stream id of the world snapshots."""

TOKEN = struct.Struct("<IHBB16s")
"""stream id, TCP port, protocol (1 TCP), address type (0: the host that the client is already connected to), address."""

HEADER = struct.Struct("<QQd6f")
"""sensor type id, frame, simulated seconds, x, y, z, pitch, yaw, roll."""

SENSOR_TYPE_IDS: dict[str, int] = {
    "sensor.other.collision": 0,
    "sensor.camera.depth": 1,
    "sensor.camera.normals": 2,
    "sensor.camera.dvs": 3,
    "sensor.other.gnss": 4,
    "sensor.other.imu": 5,
    "sensor.other.lane_invasion": 6,
    "sensor.other.obstacle": 7,
    "sensor.camera.optical_flow": 8,
    "sensor.other.radar": 9,
    "sensor.lidar.ray_cast_semantic": 10,
    "sensor.lidar.ray_cast": 11,
    "sensor.other.rss": 12,
    "sensor.camera.rgb": 13,
    "sensor.camera.semantic_segmentation": 14,
    "sensor.camera.instance_segmentation": 15,
    "sensor.camera.cosmos_visualization": 16,
}
WORLD_SNAPSHOT_TYPE = 17
GBUFFER_TYPE = 18
"""An image of 8 bits per channel; the client hands it out as `carla.Image`."""

LIDAR_POINT = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("intensity", "<f4")])
SEMANTIC_POINT = np.dtype(
    [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("cos_incidence", "<f4"), ("object_id", "<u4"), ("tag", "<u4")],
)
RADAR_DETECTION = np.dtype([("velocity", "<f4"), ("azimuth", "<f4"), ("altitude", "<f4"), ("depth", "<f4")])
"""m/s along the ray; radians; radians; metres."""
DVS_EVENT = np.dtype([("x", "<u2"), ("y", "<u2"), ("t_ns", "<i8"), ("polarity", "?")])
"""13 bytes: the fields are packed without padding."""

IMAGE_HEADER = struct.Struct("<IIf")
GREATEST_SIDE = 2**14


def token(stream_id: int, port: int) -> bytes:
    """Return the 24 bytes that tell a client where to subscribe to a stream."""
    return TOKEN.pack(stream_id, port, 1, 0, bytes(16))


def message(type_id: int, frame: int, elapsed_s: float, transform: Transform, body: bytes) -> bytes:
    """Return a whole stream message (without the length that the transport puts before it).

    `transform` is the sensor's pose in the world. Raises ValueError for a type id the client would crash on.
    """
    return header(type_id, frame, elapsed_s, transform) + body


def header(type_id: int, frame: int, elapsed_s: float, transform: Transform) -> bytes:
    """Return the 48 bytes that every stream message begins with."""
    if not 0 <= type_id <= GBUFFER_TYPE:
        raise ValueError(f"sensor type id must be 0 to {GBUFFER_TYPE}, got {type_id} (stream message)")
    return HEADER.pack(type_id, frame, elapsed_s, *transform.location.as_tuple(), *transform.rotation.as_tuple())


# ---- cameras


def image_body(width: int, height: int, fov_deg: float, bgra: NDArray[np.uint8]) -> bytes:
    """Return the body of a camera message from (height, width, 4) uint8 B, G, R, A, rows top to bottom.

    The client sets A to 255 in all images but those of normals.
    """
    _expect(bgra, (height, width, 4), np.dtype(np.uint8), "image")
    return _image_header(width, height, fov_deg) + bgra.tobytes()


def flow_body(width: int, height: int, fov_deg: float, flow: NDArray[np.float32]) -> bytes:
    """Return the body of an optical flow message from (height, width, 2) float32."""
    _expect(flow, (height, width, 2), np.dtype("<f4"), "flow")
    return _image_header(width, height, fov_deg) + flow.tobytes()


def dvs_body(width: int, height: int, fov_deg: float, events: NDArray) -> bytes:
    """Return the body of an event camera message from (N,) `DVS_EVENT`; events must lie within the image."""
    _expect(events, (len(events),), DVS_EVENT, "events")
    if len(events) and (events["x"].max() >= width or events["y"].max() >= height):
        raise ValueError(f"events must lie within {width} x {height}, got {events['x'].max()}, {events['y'].max()} (event camera)")
    return _image_header(width, height, fov_deg) + events.tobytes()


def _image_header(width: int, height: int, fov_deg: float) -> bytes:
    if not (1 <= width <= GREATEST_SIDE and 1 <= height <= GREATEST_SIDE):
        raise ValueError(f"image size must be 1 to {GREATEST_SIDE}, got {width} x {height} (camera)")
    return IMAGE_HEADER.pack(width, height, fov_deg)


# ---- lidar and radar


def lidar_body(horizontal_angle_rad: float, counts: ArrayLike, points: NDArray) -> bytes:
    """Return the body of a lidar message.

    `counts` holds the points per channel, and `points` is (sum of counts,) `LIDAR_POINT` or `SEMANTIC_POINT`, channel after
    channel, in the sensor's frame.
    """
    per_channel = np.asarray(counts)
    if per_channel.ndim != 1 or not len(per_channel) or per_channel.dtype.kind not in "iu" or per_channel.min() < 0:
        raise ValueError(f"counts must be one whole number per channel, got {per_channel.dtype} {per_channel.shape} (lidar)")
    dtype = SEMANTIC_POINT if points.dtype == SEMANTIC_POINT else LIDAR_POINT
    _expect(points, (int(per_channel.sum()),), dtype, "points")
    return struct.pack("<fI", horizontal_angle_rad, len(per_channel)) + per_channel.astype("<u4").tobytes() + points.tobytes()


def radar_body(detections: NDArray) -> bytes:
    """Return the body of a radar message from (N,) `RADAR_DETECTION`."""
    _expect(detections, (len(detections),), RADAR_DETECTION, "detections")
    return detections.tobytes()


def _expect(array: NDArray, shape: tuple[int, ...], dtype: np.dtype, what: str) -> None:
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(f"{what} must be {shape} {dtype}, got {array.shape} {array.dtype} (stream body)")


# ---- navigation and events: MessagePack


def gnss_body(latitude_deg: float, longitude_deg: float, altitude_m: float) -> bytes:
    """Return the body of a GNSS message."""
    return _encoded([_finite(latitude_deg), _finite(longitude_deg), _finite(altitude_m)])


def imu_body(accelerometer: Vector3D, gyroscope: Vector3D, compass_rad: float) -> bytes:
    """Return the body of an IMU message: m/s² and rad/s in the sensor's frame, radians from north."""
    return _encoded([_vector(accelerometer), _vector(gyroscope), _finite(compass_rad)])


def collision_body(actor: ActorInfo, other: ActorInfo, impulse: Vector3D) -> bytes:
    """Return the body of a collision message; `impulse` in N s on `actor`, world axes."""
    return _encoded([_actor(actor), _actor(other), _vector(impulse)])


def obstacle_body(actor: ActorInfo, other: ActorInfo, distance_m: float) -> bytes:
    """Return the body of an obstacle message."""
    return _encoded([_actor(actor), _actor(other), _finite(distance_m)])


def _actor(actor: ActorInfo) -> list:
    if len(actor.stream_token) not in (0, TOKEN.size):
        raise ValueError(f"stream token must be empty or {TOKEN.size} bytes, got {len(actor.stream_token)} (actor {actor.id})")
    return pack(actor)


def _vector(vector: Vector3D) -> list[float]:
    return [_finite(axis) for axis in vector.as_tuple()]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"measured value must be finite, got {value} (stream body)")
    return float(value)


def _encoded(packed: list) -> bytes:
    return msgpack.packb(packed, use_bin_type=True, unicode_errors="surrogateescape")
