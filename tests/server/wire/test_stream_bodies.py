from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import Any

import msgpack
import numpy as np
import pytest

from simgen.server.values import ActorDescription, ActorInfo, BoundingBox, Rotation, Transform, Vector3D
from simgen.server.wire import streams
from simgen.server.wire.streams import DVS_EVENT, LIDAR_POINT, RADAR_DETECTION, SEMANTIC_POINT

ACTOR = ActorInfo(5, 0, ActorDescription(1, "vehicle.audi.tt"), BoundingBox(), b"\x0e", b"")
IMAGE = np.zeros((2, 3, 4), np.uint8)


def test_a_token_is_24_bytes_that_begin_with_stream_and_port() -> None:
    token = streams.token(7, 2001)
    assert token == b"\x07\x00\x00\x00\xd1\x07\x01\x00" + bytes(16)


def test_the_header_is_48_bytes() -> None:
    pose = Transform(Vector3D(1.0, 2.0, 3.0), Rotation(4.0, 5.0, 6.0))
    message = streams.message(13, 99, 4.95, pose, b"body")
    assert len(message) == 48 + 4
    assert struct.unpack_from("<QQd6f", message) == (13, 99, 4.95, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


@pytest.mark.parametrize("type_id", [-1, 19, 20, 500])
def test_types_the_client_would_crash_on_are_refused(type_id: int) -> None:
    with pytest.raises(ValueError, match="sensor type id"):
        streams.header(type_id, 1, 0.0, Transform())


def test_record_sizes_are_those_of_the_protocol() -> None:
    assert (LIDAR_POINT.itemsize, SEMANTIC_POINT.itemsize, RADAR_DETECTION.itemsize, DVS_EVENT.itemsize) == (16, 24, 16, 13)


def test_an_image_is_its_size_its_field_of_view_and_bgra_rows() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert streams.image_body(3, 2, 90.0, image) == struct.pack("<IIf", 3, 2, 90.0) + bytes(range(24))


def test_a_slice_of_a_larger_image_is_sent_as_seen() -> None:
    large = np.arange(48, dtype=np.uint8).reshape(2, 6, 4)
    assert streams.image_body(3, 2, 90.0, large[:, ::2])[12:16] == bytes([0, 1, 2, 3])
    assert streams.image_body(3, 2, 90.0, large[:, ::2])[16:20] == bytes([8, 9, 10, 11])


def test_lidar_points_follow_the_counts_per_channel() -> None:
    points = np.zeros(3, LIDAR_POINT)
    points["x"] = [1.0, 2.0, 3.0]
    body = streams.lidar_body(0.5, [2, 0, 1], points)
    assert struct.unpack_from("<fI3I", body) == (0.5, 3, 2, 0, 1)
    assert np.frombuffer(body[20:], "<f4").reshape(3, 4)[:, 0].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "build",
    [
        lambda: streams.image_body(2, 3, 90.0, IMAGE),
        lambda: streams.image_body(3, 2, 90.0, IMAGE.astype(np.float32)),
        lambda: streams.image_body(0, 2, 90.0, IMAGE[:, :0]),
        lambda: streams.flow_body(3, 2, 90.0, np.zeros((2, 3, 2))),
        lambda: streams.dvs_body(3, 2, 90.0, np.zeros(1, [("x", "<u2")])),
        lambda: streams.dvs_body(3, 2, 90.0, np.full(1, 3, DVS_EVENT)),
        lambda: streams.lidar_body(0.0, [2], np.zeros(3, LIDAR_POINT)),
        lambda: streams.lidar_body(0.0, [3], np.zeros((3, 4), np.float32)),
        lambda: streams.lidar_body(0.0, [], np.zeros(0, LIDAR_POINT)),
        lambda: streams.lidar_body(0.0, [-1, 1], np.zeros(0, LIDAR_POINT)),
        lambda: streams.lidar_body(0.0, [1.0], np.zeros(1, LIDAR_POINT)),
        lambda: streams.radar_body(np.zeros((1, 4), np.float32)),
        lambda: streams.gnss_body(math.nan, 0.0, 0.0),
        lambda: streams.imu_body(Vector3D(math.inf), Vector3D(), 0.0),
        lambda: streams.collision_body(replace(ACTOR, stream_token=b"short"), ACTOR, Vector3D()),
        lambda: streams.obstacle_body(ACTOR, ACTOR, math.nan),
    ],
)
def test_bodies_the_client_would_crash_on_are_never_built(build: Any) -> None:
    with pytest.raises(ValueError, match="got"):
        build()


def test_navigation_bodies_are_arrays_of_python_floats() -> None:
    assert msgpack.unpackb(streams.gnss_body(np.float32(49.5), 8, 100.25)) == [49.5, 8.0, 100.25]
    assert msgpack.unpackb(streams.imu_body(Vector3D(1, 2, 3), Vector3D(0.5), 1.5)) == [[1.0, 2.0, 3.0], [0.5, 0.0, 0.0], 1.5]


def test_events_carry_whole_actors() -> None:
    whole = [5, 0, [1, "vehicle.audi.tt", []], [[0.0] * 3, [0.0] * 3, [0.0] * 3, 0], b"\x0e", b""]
    assert msgpack.unpackb(streams.collision_body(ACTOR, ACTOR, Vector3D(1.0, 2.0, 3.0))) == [whole, whole, [1.0, 2.0, 3.0]]
    assert msgpack.unpackb(streams.obstacle_body(ACTOR, ACTOR, 2.5)) == [whole, whole, 2.5]
