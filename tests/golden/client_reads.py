"""What the real client makes of every stream: prints one JSON object. Run as a process of its own: `python client_reads.py PORT`."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import sys
from collections.abc import Callable
from typing import Any

import carla

VEHICLE, WALKER, LIGHT = 11, 12, 13
TIMEOUT_S = 20.0


def numbers(value: Any) -> list[float]:
    """Flatten a location, rotation, vector or transform."""
    if isinstance(value, carla.Transform):
        return numbers(value.location) + numbers(value.rotation)
    names = ("pitch", "yaw", "roll") if isinstance(value, carla.Rotation) else ("x", "y", "z")
    return [getattr(value, name) for name in names]


def digest(data: Any) -> str:
    return hashlib.md5(bytes(data.raw_data)).hexdigest()


def image(data: Any) -> dict[str, Any]:
    return {
        "class": type(data).__name__,
        "size": [data.width, data.height],
        "fov": data.fov,
        "bytes": len(data.raw_data),
        "md5": digest(data),
    }


def lidar(data: Any) -> dict[str, Any]:
    counts = [data.get_point_count(channel) for channel in range(data.channels)]
    return {"angle": data.horizontal_angle, "counts": counts, "points": [[*numbers(each.point), each.intensity] for each in data]}


def semantic_lidar(data: Any) -> dict[str, Any]:
    points = [[*numbers(each.point), each.cos_inc_angle, each.object_idx, each.object_tag] for each in data]
    return {"angle": data.horizontal_angle, "channels": data.channels, "points": points}


READERS: dict[str, Callable[[Any], Any]] = {
    "sensor.camera.rgb": image,
    "sensor.camera.depth": image,
    "sensor.camera.normals": image,
    "sensor.camera.semantic_segmentation": image,
    "sensor.camera.instance_segmentation": image,
    "sensor.camera.cosmos_visualization": image,
    "sensor.camera.optical_flow": image,
    "sensor.camera.dvs": lambda data: [[event.x, event.y, event.t, event.pol] for event in data],
    "sensor.lidar.ray_cast": lidar,
    "sensor.lidar.ray_cast_semantic": semantic_lidar,
    "sensor.other.radar": lambda data: [[each.velocity, each.azimuth, each.altitude, each.depth] for each in data],
    "sensor.other.gnss": lambda data: [data.latitude, data.longitude, data.altitude],
    "sensor.other.imu": lambda data: [*numbers(data.accelerometer), *numbers(data.gyroscope), data.compass],
    "sensor.other.collision": lambda data: [data.actor.id, data.other_actor.type_id, *numbers(data.normal_impulse)],
    "sensor.other.obstacle": lambda data: [data.actor.id, data.other_actor.type_id, data.distance],
}


def sensors(world: carla.World) -> tuple[dict[str, Any], list[carla.Actor]]:
    """Subscribe to every sensor, tick once at once, and return what that tick delivered."""
    library, inboxes, actors = world.get_blueprint_library(), {}, []
    for type_id in READERS:
        inboxes[type_id] = queue.Queue()
        actors.append(world.spawn_actor(library.find(type_id), carla.Transform()))
        actors[-1].listen(inboxes[type_id].put)
    frame = world.tick()
    read = {}
    for type_id, inbox in inboxes.items():
        data = inbox.get(timeout=TIMEOUT_S)
        header = {"late": data.frame - frame, "timestamp": data.timestamp, "pose": numbers(data.transform)}
        read[type_id] = {**header, "body": READERS[type_id](data)}
    return read, actors


def snapshot(world: carla.World) -> dict[str, Any]:
    vehicle, walker, light = (world.get_actor(one) for one in (VEHICLE, WALKER, LIGHT))
    control, walk, moment = vehicle.get_control(), walker.get_control(), world.get_snapshot()
    return {
        "ids": sorted(one.id for one in moment),
        "delta": moment.timestamp.delta_seconds,
        "elapsed": moment.timestamp.elapsed_seconds,
        "pose": numbers(vehicle.get_transform()),
        "motion": numbers(vehicle.get_velocity()) + numbers(vehicle.get_angular_velocity()) + numbers(vehicle.get_acceleration()),
        "pedals": [control.throttle, control.steer, control.brake],
        "flags": [control.hand_brake, control.reverse, control.manual_gear_shift, control.gear],
        "limit": vehicle.get_speed_limit(),
        "ahead": [vehicle.is_at_traffic_light(), str(vehicle.get_traffic_light_state()), vehicle.get_traffic_light().id],
        "failure": str(vehicle.get_failure_state()),
        "walk": [*numbers(walk.direction), walk.speed, walk.jump],
        "light": [light.get_green_time(), light.get_yellow_time(), light.get_red_time(), light.get_elapsed_time(), light.get_pole_index()],
        "light_state": [str(light.state), light.is_frozen(), light.get_opendrive_id()],
    }


def replies(world: carla.World) -> dict[str, Any]:
    """Values that travel over RPC, read back by the client."""
    vehicle = world.get_actor(VEHICLE)
    physics, telemetry = vehicle.get_physics_control(), vehicle.get_telemetry_data()
    thing = world.get_environment_objects(carla.CityObjectLabel.Any)[0]
    found = world.project_point(carla.Location(), carla.Vector3D(1.0, 0.0, 0.0), 10.0)
    lamp = world.get_lightmanager().get_all_lights()[0]
    return {
        "box": numbers(vehicle.bounding_box.extent),
        "attribute": vehicle.attributes["role_name"],
        "tags": list(vehicle.semantic_tags),
        "physics": [len(physics.wheels), physics.wheels[3].radius, physics.forward_gears[0].up_ratio, physics.torque_curve[1].x],
        "telemetry": [telemetry.speed, telemetry.gear, telemetry.wheels[3].omega],
        "object": [thing.id, thing.name, str(thing.type), *numbers(thing.transform)],
        "point": [*numbers(found.location), str(found.label)],
        "lamp": [lamp.id, lamp.intensity, lamp.color.g, lamp.is_on],
        "weather": world.get_weather().sun_azimuth_angle,
        "settings": [world.get_settings().fixed_delta_seconds, world.get_settings().max_substeps],
        "spawn_point": numbers(world.get_map().get_spawn_points()[0]),
        "bones": [len(world.get_actor(WALKER).get_bones().bone_transforms)],
    }


def main(port: int) -> None:
    client = carla.Client("127.0.0.1", port)
    client.set_timeout(TIMEOUT_S)
    world = client.get_world()
    read, actors = sensors(world)
    report = {"sensors": read, "snapshot": snapshot(world), "replies": replies(world)}
    for actor in actors:
        actor.stop()
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
    os._exit(0)
