"""The wire reads what the real client sent; see tests/golden/record.py."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ProtocolError
from simgen.server import values as v
from simgen.server.wire import commands as c
from simgen.server.wire.layouts import UInt64, pack, unpack
from simgen.server.wire.rpc import Call, RpcDecoder
from simgen.server.wire.textures import unpack_texture

GOLDEN = Path(__file__).parents[2] / "golden"
VEHICLE, WALKER, LIGHT = 11, 12, 13
HERE = v.Transform(v.Vector3D(1.5, -2.5, 3.25), v.Rotation(4.5, -90.0, 6.5))
ARROW = v.Vector3D(1.5, -2.5, 3.25)
DRIVE = v.VehicleControl(0.5, -0.25, 0.125, True, False, True, -1)
STROLL = v.WalkerControl(v.Vector3D(0.5, -0.5, 0.25), 1.5, True)
ACKERMANN = v.VehicleAckermannControl(0.25, 0.5, 7.5, 1.25, 2.5)
WEATHER = v.Weather(*[index + 0.5 for index in range(1, 15)])
EGO = v.ActorDescription(0, "vehicle.tesla.model3", (v.ActorAttributeValue("role_name", 4, "ego"),))
CAMERA = v.ActorDescription(16, "sensor.camera.rgb", (v.ActorAttributeValue("role_name", 4, "hero"),))
CAR = v.ActorDescription(0, "vehicle.tesla.model3", (v.ActorAttributeValue("role_name", 4, "hero"),))
LAMP = v.LightState(5, v.Vector3D(1.0, 2.0, 3.0), 100.0, 2, v.Color(255, 128, 64), False)
GENERATION = v.OpendriveGenerationParameters(2.5, 60.0, 0.5, 0.25, True, False, True)
SYNC, ASYNC = False, True

EXPECTED: dict[str, tuple[bool, tuple[tuple[Any, Any], ...]]] = {
    "version": (SYNC, ()),
    "tick_cue": (SYNC, ()),
    "get_episode_info": (SYNC, ()),
    "get_sensor_token": (SYNC, ((int, 1),)),
    "get_required_files": (SYNC, ((str, "Nav"),)),
    "request_file": (SYNC, ((str, "Carla/Maps/Straight/OpenDrive/Straight.xodr"),)),
    "load_new_episode": (SYNC, ((str, "Straight"), (bool, False), (int, 65535))),
    "copy_opendrive_to_file": (
        SYNC,
        ((str, '<OpenDRIVE name="x"/>'), (v.OpendriveGenerationParameters, GENERATION)),
    ),
    "set_episode_settings": (SYNC, ((v.EpisodeSettings, v.EpisodeSettings(True, fixed_delta_seconds=0.0625, max_substeps=7)),)),
    "set_episode_settings.2": (SYNC, ((v.EpisodeSettings, v.EpisodeSettings(max_substeps=7)),)),
    "set_weather_parameters": (ASYNC, ((v.Weather, WEATHER),)),
    "update_lights_state": (ASYNC, ((str, "127.0.0.1:21010"), (tuple[v.LightState, ...], (LAMP,)), (bool, False))),
    "get_actors_by_id": (SYNC, ((tuple[int, ...], (14, 13, 12, 11, 1)),)),
    "spawn_actor": (SYNC, ((v.ActorDescription, EGO), (v.Transform, HERE))),
    "spawn_actor_with_parent": (SYNC, ((v.ActorDescription, CAMERA), (v.Transform, HERE), (int, 100), (int, c.SPRING_ARM), (str, ""))),
    "spawn_actor_with_parent.2": (SYNC, ((v.ActorDescription, CAMERA), (v.Transform, HERE), (int, 100), (int, c.RIGID), (str, "socket"))),
    "destroy_actor": (SYNC, ((int, 100),)),
    "set_actor_transform.2": (ASYNC, ((int, VEHICLE), (v.Transform, HERE))),
    "set_actor_location": (ASYNC, ((int, VEHICLE), (v.Vector3D, ARROW))),
    "set_actor_target_velocity": (ASYNC, ((int, VEHICLE), (v.Vector3D, ARROW))),
    "set_actor_simulate_physics": (SYNC, ((int, VEHICLE), (bool, False))),
    "apply_control_to_vehicle": (ASYNC, ((int, VEHICLE), (v.VehicleControl, DRIVE))),
    "apply_ackermann_control_to_vehicle": (ASYNC, ((int, VEHICLE), (v.VehicleAckermannControl, ACKERMANN))),
    "apply_control_to_walker": (ASYNC, ((int, WALKER), (v.WalkerControl, STROLL))),
    "set_bones_transform": (ASYNC, ((int, WALKER), (tuple[tuple[tuple[str, v.Transform], ...]], ((("crl_root", HERE),),)))),
    "set_vehicle_light_state": (ASYNC, ((int, VEHICLE), (tuple[int], (10,)))),
    "set_wheel_steer_direction": (ASYNC, ((int, VEHICLE), (int, 1), (float, 12.5))),
    "set_traffic_light_state": (ASYNC, ((int, LIGHT), (v.LightColor, v.LightColor.GREEN))),
    "set_traffic_light_green_time": (ASYNC, ((int, LIGHT), (float, 4.5))),
    "enable_environment_objects": (ASYNC, ((tuple[UInt64, ...], (2**63 + 5,)), (bool, False))),
    "project_point": (SYNC, ((v.Vector3D, ARROW), (v.Vector3D, v.Vector3D(0.0, 0.0, -1.0)), (float, 100.0))),
    "cast_ray": (SYNC, ((v.Vector3D, ARROW), (v.Vector3D, v.Vector3D(4.5, 5.5, 6.5)))),
    "is_traffic_manager_running.2": (SYNC, ((int, 21013),)),
    "destroy_traffic_manager": (ASYNC, ((int, 21013),)),
    "show_recorder_collisions": (SYNC, ((str, "/tmp/drive.log"), (int, ord("v")), (int, ord("w")))),
}

COMMANDS: dict[str, c.Command] = {
    "apply_batch.00": c.SpawnActor(CAR, HERE, do_after=(c.ApplyVehicleControl(0, DRIVE), c.SetAutopilot(0, False))),
    "apply_batch.00.2": c.SpawnActor(CAR, HERE, VEHICLE),
    "apply_batch.00.3": c.SpawnActor(CAR, HERE, VEHICLE, c.SPRING_ARM_GHOST, "socket"),
    "apply_batch.01": c.DestroyActor(VEHICLE),
    "apply_batch.02": c.ApplyVehicleControl(VEHICLE, DRIVE),
    "apply_batch.03": c.ApplyVehicleAckermannControl(VEHICLE, ACKERMANN),
    "apply_batch.04": c.ApplyWalkerControl(WALKER, STROLL),
    "apply_batch.06": c.ApplyTransform(VEHICLE, HERE),
    "apply_batch.07": c.ApplyWalkerState(WALKER, HERE, 1.5),
    "apply_batch.08": c.ApplyTargetVelocity(VEHICLE, ARROW),
    "apply_batch.09": c.ApplyTargetAngularVelocity(VEHICLE, ARROW),
    "apply_batch.10": c.ApplyImpulse(VEHICLE, ARROW),
    "apply_batch.11": c.ApplyForce(VEHICLE, ARROW),
    "apply_batch.12": c.ApplyAngularImpulse(VEHICLE, ARROW),
    "apply_batch.13": c.ApplyTorque(VEHICLE, ARROW),
    "apply_batch.14": c.SetSimulatePhysics(VEHICLE, False),
    "apply_batch.15": c.SetEnableGravity(VEHICLE, False),
    "apply_batch.16": c.SetAutopilot(VEHICLE, False),
    "apply_batch.18": c.SetVehicleLightState(VEHICLE, 8),
}
"""The Python client cannot send the others: it has no classes for 19 to 21 and does not convert 17."""


def decoded(data: bytes) -> Call:
    (call,) = RpcDecoder().feed(data)
    return call


def test_every_recorded_request_decodes_to_the_function_it_is_named_for(requests: dict[str, bytes]) -> None:
    assert len(requests) > 100
    for name, data in requests.items():
        assert decoded(data).name == name.split(".")[0]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_request_unpacks_to_what_the_program_asked_for(name: str, requests: dict[str, bytes]) -> None:
    call = decoded(requests[name])
    asynchronous, arguments = EXPECTED[name]
    assert call.asynchronous is asynchronous
    assert len(call.args) == len(arguments)
    for (declared, wanted), got in zip(arguments, call.args, strict=True):
        assert unpack(declared, got) == wanted


@pytest.mark.parametrize("name", COMMANDS)
def test_a_recorded_command_unpacks_to_what_the_program_asked_for(name: str, requests: dict[str, bytes]) -> None:
    call = decoded(requests[name])
    assert c.unpack_commands(call.args[0]) == (COMMANDS[name],)
    assert call.args[1:] == (False,)
    assert not call.asynchronous


def test_physics_come_back_as_the_server_sent_them(requests: dict[str, bytes]) -> None:
    actor_id, packed = decoded(requests["apply_physics_control"]).args
    physics = unpack(v.VehiclePhysicsControl, packed)
    assert (actor_id, len(physics.wheels), physics.forward_gears[0].up_ratio) == (VEHICLE, 4, pytest.approx(0.65))
    assert physics.torque_curve == (v.Vector2D(0.0, 500.0), v.Vector2D(5000.0, 500.0))
    (command,) = c.unpack_commands(decoded(requests["apply_batch.05"]).args[0])
    assert command == c.ApplyVehiclePhysicsControl(VEHICLE, physics)


def test_textures_are_painted_where_the_program_set_them(requests: dict[str, bytes]) -> None:
    names, material, packed = decoded(requests["apply_color_texture_to_objects"]).args
    texture = unpack_texture(packed, np.uint8)
    assert (names, material, texture.shape) == (("wall",), 2, (2, 3, 4))
    assert texture[1, 2].tolist() == [10, 20, 30, 40]
    _, _, packed = decoded(requests["apply_float_color_texture_to_objects"]).args
    assert unpack_texture(packed, np.float32)[1, 0].tolist() == [0.25, 0.5, 0.75, 1.0]


def test_an_asynchronous_batch_gets_no_reply(requests: dict[str, bytes]) -> None:
    call = decoded(requests["apply_batch"])
    assert call.asynchronous
    assert c.unpack_commands(call.args[0]) == (c.ApplyTransform(VEHICLE, HERE), c.DestroyActor(VEHICLE))


def test_the_traffic_manager_sends_vehicle_controls(requests: dict[str, bytes]) -> None:
    (command,) = c.unpack_commands(decoded(requests["apply_batch.02.2"]).args[0])
    assert type(command) is c.ApplyVehicleControl


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 10**6])
def test_a_whole_session_decodes_alike_however_it_arrives(size: int) -> None:
    session = (GOLDEN / "session.bin").read_bytes()
    decoder = RpcDecoder()
    calls = [call for start in range(0, len(session), size) for call in decoder.feed(session[start : start + size])]
    assert calls == RpcDecoder().feed(session)
    assert [call.call_id for call in calls] == list(range(1, len(calls) + 1))
    assert [call.name for call in calls[:4]] == ["version", "get_episode_info", "get_sensor_token", "get_episode_settings"]


def test_every_request_decodes_byte_by_byte_and_with_trailing_bytes(requests: dict[str, bytes]) -> None:
    for data in requests.values():
        decoder = RpcDecoder()
        outcomes = [decoder.feed(data[index : index + 1]) for index in range(len(data))]
        assert outcomes == [[]] * (len(data) - 1) + [[decoded(data)]]
        assert decoder.feed(data + data[:-1]) == [decoded(data)]
        assert decoder.feed(data[-1:]) == [decoded(data)]


GOLDEN_BYTES = sorted(path.read_bytes() for path in (GOLDEN / "requests").glob("*.bin"))


@given(data=st.sampled_from(GOLDEN_BYTES), where=st.integers(0, 200), byte=st.integers(0, 255))
def test_a_mutated_request_decodes_or_raises_protocol_error(data: bytes, where: int, byte: int) -> None:
    mutated = bytearray(data)
    mutated[where % len(data)] = byte
    try:
        calls = RpcDecoder().feed(bytes(mutated))
    except ProtocolError:
        return
    for call in calls:
        _read_all(call.args)


def _read_all(args: tuple[Any, ...]) -> None:
    """Read arguments as everything they might be; only a ProtocolError may come out."""
    for value in args:
        for read in READERS:
            with contextlib.suppress(ProtocolError):
                read(value)


READERS: tuple[Callable[[Any], Any], ...] = (
    c.unpack_command,
    c.unpack_commands,
    lambda value: unpack_texture(value, np.uint8),
    *(partial(unpack, record) for record in (v.ActorDescription, v.EpisodeSettings, v.VehiclePhysicsControl, v.Transform)),
)


def test_what_is_packed_is_what_the_client_sent(requests: dict[str, bytes]) -> None:
    weather = decoded(requests["set_weather_parameters"]).args[0]
    assert tuple(pack(unpack(v.Weather, weather))) == weather
    assert msgpack.packb(pack(WEATHER), use_single_float=True) in requests["set_weather_parameters"]
