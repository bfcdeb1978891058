"""The real client accepts what the wire builds. One run of tests/golden/client_reads.py, looked at from many sides."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_server import CONTROL, LIGHT, POSE, VEHICLE, WALK, TinyServer

from simgen.server.values import Vector3D
from simgen.server.wire import streams

GOLDEN = Path(__file__).parents[2] / "golden"
IMAGE = (np.arange(5 * 8 * 4) % 251).astype(np.uint8).reshape(5, 8, 4)
FLOW = np.linspace(-1.0, 1.0, 5 * 8 * 2, dtype=np.float32).reshape(5, 8, 2)
EVENTS = np.array([(3, 4, 10**12, True), (7, 0, -5, False)], streams.DVS_EVENT)
POINTS = np.array([(1.5, -2.5, 3.5, 0.25), (4.5, 5.5, 6.5, 0.5), (7.5, 8.5, 9.5, 1.0)], streams.LIDAR_POINT)
SEMANTIC = np.array([(1.5, -2.5, 3.5, 0.25, 2**32 - 1, 14), (4.5, 5.5, 6.5, -0.5, 3, 12)], streams.SEMANTIC_POINT)
DETECTIONS = np.array([(-5.5, 0.25, -0.125, 30.5), (2.0, 0.0, 0.5, 99.0)], streams.RADAR_DETECTION)


def image(_: TinyServer) -> bytes:
    return streams.image_body(8, 5, 77.5, IMAGE)


def rows(records: np.ndarray) -> list[list[float]]:
    return [list(record) for record in records.tolist()]


CAMERAS = ("rgb", "depth", "normals", "semantic_segmentation", "instance_segmentation", "cosmos_visualization")
SEND: dict[str, Callable[[TinyServer], bytes]] = {
    **{f"sensor.camera.{name}": image for name in CAMERAS},
    "sensor.camera.optical_flow": lambda _: streams.flow_body(8, 5, 77.5, FLOW),
    "sensor.camera.dvs": lambda _: streams.dvs_body(8, 5, 77.5, EVENTS),
    "sensor.lidar.ray_cast": lambda _: streams.lidar_body(1.25, [2, 0, 1], POINTS),
    "sensor.lidar.ray_cast_semantic": lambda _: streams.lidar_body(1.25, [1, 1], SEMANTIC),
    "sensor.other.radar": lambda _: streams.radar_body(DETECTIONS),
    "sensor.other.gnss": lambda _: streams.gnss_body(49.123456789, 8.5, 100.25),
    "sensor.other.imu": lambda _: streams.imu_body(Vector3D(0.5, -1.5, 9.75), Vector3D(0.25, 0.5, -0.75), 1.25),
    "sensor.other.collision": lambda server: streams.collision_body(server.actors[VEHICLE], server.actors[LIGHT], Vector3D(1.5, -2.5, 3.5)),
    "sensor.other.obstacle": lambda server: streams.obstacle_body(server.actors[VEHICLE], server.actors[LIGHT], 4.5),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    server = TinyServer(send=SEND)
    client = subprocess.run(
        [sys.executable, str(GOLDEN / "client_reads.py"), str(server.rpc.port)],
        env={**os.environ, "CARLA_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))},
        stdout=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    server.close()
    assert client.returncode == 0
    return json.loads(client.stdout)


@pytest.fixture(scope="module")
def bodies(report: dict[str, Any]) -> dict[str, Any]:
    return {type_id: read["body"] for type_id, read in report["sensors"].items()}


def test_the_tick_right_after_listen_reaches_every_sensor(report: dict[str, Any]) -> None:
    assert set(report["sensors"]) == set(SEND)
    for read in report["sensors"].values():
        assert read["late"] == 0
        assert read["timestamp"] == pytest.approx(0.1)
        assert read["pose"] == [*POSE.location.as_tuple(), *POSE.rotation.as_tuple()]


@pytest.mark.parametrize("name", CAMERAS)
def test_images_arrive_byte_by_byte(name: str, bodies: dict[str, Any]) -> None:
    seen = IMAGE.copy()
    if name != "normals":
        seen[..., 3] = 255  # the client makes the others opaque
    md5 = hashlib.md5(seen.tobytes()).hexdigest()
    assert bodies[f"sensor.camera.{name}"] == {"class": "Image", "size": [8, 5], "fov": 77.5, "bytes": 160, "md5": md5}


def test_optical_flow_and_events(bodies: dict[str, Any]) -> None:
    flow = bodies["sensor.camera.optical_flow"]
    assert (flow["class"], flow["size"], flow["bytes"]) == ("OpticalFlowImage", [8, 5], 320)
    assert flow["md5"] == hashlib.md5(FLOW.tobytes()).hexdigest()
    assert bodies["sensor.camera.dvs"] == [[3, 4, 10**12, True], [7, 0, -5, False]]


def test_lidars(bodies: dict[str, Any]) -> None:
    assert bodies["sensor.lidar.ray_cast"] == {"angle": 1.25, "counts": [2, 0, 1], "points": rows(POINTS)}
    assert bodies["sensor.lidar.ray_cast_semantic"] == {
        "angle": 1.25,
        "channels": 2,
        "points": [list(point) for point in SEMANTIC.tolist()],
    }


def test_radar_gnss_and_imu(bodies: dict[str, Any]) -> None:
    assert bodies["sensor.other.radar"] == rows(DETECTIONS)
    assert bodies["sensor.other.gnss"] == [49.123456789, 8.5, 100.25]
    assert bodies["sensor.other.imu"] == [0.5, -1.5, 9.75, 0.25, 0.5, -0.75, 1.25]


def test_events_name_both_actors(bodies: dict[str, Any]) -> None:
    assert bodies["sensor.other.collision"] == [VEHICLE, "traffic.traffic_light", 1.5, -2.5, 3.5]
    assert bodies["sensor.other.obstacle"] == [VEHICLE, "traffic.traffic_light", 4.5]


def test_the_snapshot_is_what_the_client_believes(report: dict[str, Any]) -> None:
    seen = report["snapshot"]
    assert {1, 11, 12, 13, 14} <= set(seen["ids"])
    assert (seen["delta"], seen["elapsed"]) == (pytest.approx(0.05), pytest.approx(0.1))
    assert seen["pose"] == [*POSE.location.as_tuple(), *POSE.rotation.as_tuple()]
    assert seen["motion"] == [index + 1.5 for index in range(9)]
    assert seen["pedals"] == [CONTROL.throttle, CONTROL.steer, CONTROL.brake]
    assert seen["flags"] == [CONTROL.hand_brake, CONTROL.reverse, CONTROL.manual_gear_shift, CONTROL.gear]
    assert (seen["limit"], seen["ahead"], seen["failure"]) == (50.0, [True, "Yellow", LIGHT], "Engine")
    assert seen["walk"] == [*WALK.direction.as_tuple(), WALK.speed, WALK.jump]
    assert seen["light"] == [10.5, 3.25, 5.75, 1.5, 4]
    assert seen["light_state"] == ["Green", True, "77"]


def test_packed_values_are_what_the_client_reads(report: dict[str, Any]) -> None:
    read = report["replies"]
    assert read["box"] == [2.5, 1.0, 0.75]
    assert (read["attribute"], read["tags"]) == ("hero", [14])
    assert read["physics"] == [4, 35.0, pytest.approx(0.65), 5000.0]
    assert read["telemetry"] == [1.5, 2, 2.5]
    assert read["object"] == [2**63 + 5, "wall", "Walls", *POSE.location.as_tuple(), *POSE.rotation.as_tuple()]
    assert read["point"] == [1.0, 2.0, 3.0, "Roads"]
    assert read["lamp"] == [5, 100.0, 128, True]
    assert read["weather"] == 300.0
    assert read["settings"] == [0.05, 10]
    assert read["spawn_point"] == [10.0, 1.75, 0.5, 0.0, 0.0, 0.0]
    assert read["bones"] == [1]
