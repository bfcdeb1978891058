"""A server just large enough for the real client: a straight road, four actors, sensors that send whatever they are given.

It simulates nothing. `record.py` puts it behind a recording proxy; the acceptance tests look at what the client makes of the
messages that `simgen.server.wire` builds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simgen.server import values
from simgen.server.transport import RpcServer, StreamServer
from simgen.server.wire import rpc, streams
from simgen.server.wire.layouts import pack, unpack
from simgen.server.wire.snapshot import ActorRecord, light_tail, sign_tail, snapshot_message, vehicle_tail, walker_tail

XODR = Path(__file__).with_name("straight.xodr").read_text()
VEHICLE, WALKER, LIGHT, SIGN = 11, 12, 13, 14

CONTROL = values.VehicleControl(0.5, -0.25, 0.125, True, False, True, 3)
WALK = values.WalkerControl(values.Vector3D(0.5, -0.5, 0.25), 1.5, True)
POSE = values.Transform(values.Vector3D(10.5, -2.25, 0.5), values.Rotation(1.5, 90.0, -2.5))
TAILS = {
    VEHICLE: vehicle_tail(CONTROL, 50.0, values.LightColor.YELLOW, True, LIGHT, 2),
    WALKER: walker_tail(WALK),
    LIGHT: light_tail("77", 10.5, 3.25, 5.75, 1.5, 4, True, values.LightColor.GREEN),
    SIGN: sign_tail("78"),
}
PHYSICS = values.VehiclePhysicsControl(forward_gears=(values.GearPhysicsControl(),), wheels=(values.WheelPhysicsControl(),) * 4)


def actor(actor_id: int, type_id: str, stream_token: bytes = b"", parent_id: int = 0) -> values.ActorInfo:
    box = values.BoundingBox(values.Vector3D(0.0, 0.0, 0.75), values.Vector3D(2.5, 1.0, 0.75), values.Rotation(), actor_id)
    role = values.ActorAttributeValue("role_name", values.AttributeType.STRING, "hero")
    return values.ActorInfo(actor_id, parent_id, values.ActorDescription(actor_id, type_id, (role,)), box, b"\x0e", stream_token)


def definition(uid: int, type_id: str) -> values.ActorDefinition:
    role = values.ActorAttribute("role_name", values.AttributeType.STRING, "hero", ("hero",))
    return values.ActorDefinition(uid, type_id, type_id.replace(".", ","), (role,))


BLUEPRINTS = ("vehicle.tesla.model3", "walker.pedestrian.0001", "static.prop.box", *streams.SENSOR_TYPE_IDS)


class TinyServer:
    """`send` maps blueprint ids to functions that return the body of a message; sensors of these types send it at each tick."""

    def __init__(self, port: int = 0, send: dict[str, Callable[[TinyServer], bytes]] | None = None) -> None:
        self.send = send or {}
        self.frame, self.episode, self.map_changed = 1, 7, True
        self.settings = values.EpisodeSettings(synchronous_mode=True, fixed_delta_seconds=0.05)
        self.ids = itertools.count(100)
        self.actors = {
            spawned.id: spawned
            for spawned in (
                actor(1, "spectator"),
                actor(VEHICLE, "vehicle.tesla.model3"),
                actor(WALKER, "walker.pedestrian.0001"),
                actor(LIGHT, "traffic.traffic_light"),
                actor(SIGN, "traffic.stop"),
            )
        }
        self.streams = StreamServer("127.0.0.1", 0)
        self.rpc = RpcServer("127.0.0.1", port, self.dispatch)

    def close(self) -> None:
        self.rpc.close()
        self.streams.close()

    def dispatch(self, call: rpc.Call) -> bytes | None:
        if call.name == "apply_batch":
            answers = [rpc.response_value(VEHICLE) for _ in call.args[0]]
            return None if call.asynchronous else rpc.encode_bare(call.call_id, answers)
        if call.asynchronous:
            return None
        if call.name in VOID:
            method = getattr(self, call.name, None)
            if method:
                method(*call.args)
            return rpc.encode_void(call.call_id)
        if call.name in CONSTANT:
            return rpc.encode_value(call.call_id, pack(CONSTANT[call.name]))
        method = getattr(self, call.name, None)
        if method is None:
            return rpc.encode_unknown(call.call_id, f"no function {call.name}")
        return rpc.encode_value(call.call_id, pack(method(*call.args)))

    # ---- functions, named as on the wire

    def get_episode_info(self) -> list[Any]:
        return [self.episode, [streams.token(streams.WORLD_STREAM, self.streams.port)]]

    def get_required_files(self, folder: str) -> list[str]:
        return ["Carla/Maps/Straight/OpenDrive/Straight.xodr"] if not folder else []

    def get_sensor_token(self, stream_id: int) -> list[bytes]:
        self.streams.token_given(stream_id)
        return [streams.token(stream_id, self.streams.port)]

    def get_gbuffer_token(self, actor_id: int, gbuffer: int) -> bytes:
        return streams.token(1000 + gbuffer, self.streams.port)

    def get_episode_settings(self) -> values.EpisodeSettings:
        return self.settings

    def set_episode_settings(self, settings: Any) -> int:
        self.settings = unpack(values.EpisodeSettings, settings)
        return self.frame

    def load_new_episode(self, *_: Any) -> None:
        self.episode += 1
        self.map_changed = True

    def get_actors_by_id(self, ids: tuple[int, ...]) -> list[values.ActorInfo]:
        return [self.actors[wanted] for wanted in ids if wanted in self.actors]

    def get_spectator(self) -> values.ActorInfo:
        return self.actors[1]

    def spawn_actor(self, description: Any, transform: Any, parent_id: int = 0, *_: Any) -> values.ActorInfo:
        type_id = unpack(values.ActorDescription, description).id
        spawned_id = next(self.ids)
        has_stream = type_id.startswith("sensor.") and not type_id.endswith("lane_invasion")
        self.actors[spawned_id] = actor(spawned_id, type_id, streams.token(spawned_id, self.streams.port) if has_stream else b"", parent_id)
        return self.actors[spawned_id]

    spawn_actor_with_parent = spawn_actor

    def destroy_actor(self, actor_id: int) -> bool:
        return self.actors.pop(actor_id, None) is not None

    def get_actor_bounding_box(self, actor_id: int) -> values.BoundingBox:
        return self.actors.get(actor_id, self.actors[VEHICLE]).bounding_box

    def tick_cue(self) -> int:
        self.streams.wait_for_subscribers()
        self.frame += 1
        for sensor in self.actors.values():
            build = self.send.get(sensor.description.id)
            if build:
                type_id = streams.SENSOR_TYPE_IDS[sensor.description.id]
                self.streams.publish(sensor.id, streams.message(type_id, self.frame, self.frame * 0.05, POSE, build(self)))
        self.streams.publish(streams.WORLD_STREAM, self.snapshot())
        self.map_changed = False
        return self.frame

    def snapshot(self) -> bytes:
        moving = (values.Vector3D(1.5, 2.5, 3.5), values.Vector3D(4.5, 5.5, 6.5), values.Vector3D(7.5, 8.5, 9.5))
        records = [ActorRecord(one, values.ActorState.ACTIVE, POSE, *moving, TAILS.get(one, bytes(54))) for one in self.actors]
        delta_s = self.settings.fixed_delta_seconds or 0.05
        return snapshot_message(self.frame, self.frame * 0.05, delta_s, self.episode, 1.0, records, self.map_changed)


VOID = {
    "load_new_episode",
    "copy_opendrive_to_file",
    "load_map_layer",
    "unload_map_layer",
    "apply_color_texture_to_objects",
    "apply_float_color_texture_to_objects",
    "set_actor_simulate_physics",
    "set_actor_collisions",
    "reset_all_traffic_lights",
    "enable_gbuffers",
    "set_ignored_vehicles",
}

POINT = values.LabelledPoint(values.Vector3D(1.0, 2.0, 3.0), 1)
CONSTANT: dict[str, Any] = {
    "version": "0.9.16",
    "query_lights_state": [values.LightState(5, values.Vector3D(1.0, 2.0, 3.0), 100.0, 2, values.Color(255, 128, 64), True)],
    "get_map_info": ["Carla/Maps/Straight", [values.Transform(values.Vector3D(10.0, 1.75, 0.5), values.Rotation())]],
    "get_map_data": XODR,
    "request_file": XODR.encode(),
    "get_available_maps": ["/Game/Carla/Maps/Straight"],
    "get_actor_definitions": [definition(uid, type_id) for uid, type_id in enumerate(BLUEPRINTS)],
    "get_weather_parameters": values.Weather(),
    "get_names_of_all_objects": ["wall"],
    "get_all_level_BBs": [values.BoundingBox()],
    "get_environment_objects": [values.EnvironmentObject(POSE, values.BoundingBox(), 2**63 + 5, "wall", 4)],
    "project_point": [True, POINT],
    "cast_ray": [POINT],
    "get_imui_gravity": 9.81,
    "get_physics_control": PHYSICS,
    "get_ackermann_controller_settings": values.AckermannControllerSettings(),
    "get_vehicle_light_states": [[VEHICLE, 3]],
    "get_telemetry_data": values.VehicleTelemetry(speed=1.5, gear=2, wheels=(values.WheelTelemetry(omega=2.5),) * 4),
    "get_wheel_steer_angle": 12.5,
    "get_bones_transform": [[["crl_root", POSE, POSE, POSE]]],
    "get_group_traffic_lights": [LIGHT],
    "get_light_boxes": [values.BoundingBox()],
    "is_traffic_manager_running": False,
    "get_traffic_manager_running": ["127.0.0.1", 0],
    "add_traffic_manager_running": True,
    "start_recorder": "recording",
    "show_recorder_file_info": "nothing",
    "show_recorder_collisions": "nothing",
    "show_recorder_actors_blocked": "nothing",
    "replay_file": "replaying",
    "get_actor_bone_names": ["crl_root"],
    "get_actor_component_world_transform": POSE,
    "is_sensor_enabled_for_ros": False,
}
"""Answers that never change, by function."""
