"""What `record.py` lets the real client do: every kind of request once, with numbers that float32 holds exactly.

Run as a process of its own: `python client_calls.py PORT TRAFFIC_MANAGER_PORT`.
"""

from __future__ import annotations

import os
import sys

import carla

C = carla.command
VEHICLE, WALKER, LIGHT = 11, 12, 13
HERE = carla.Transform(carla.Location(1.5, -2.5, 3.25), carla.Rotation(pitch=4.5, yaw=-90.0, roll=6.5))
ARROW = carla.Vector3D(1.5, -2.5, 3.25)
ACKERMANN = carla.VehicleAckermannControl(steer=0.25, steer_speed=0.5, speed=7.5, acceleration=1.25, jerk=2.5)
DRIVE = carla.VehicleControl(throttle=0.5, steer=-0.25, brake=0.125, hand_brake=True, reverse=False, manual_gear_shift=True, gear=-1)
STROLL = carla.WalkerControl(carla.Vector3D(0.5, -0.5, 0.25), 1.5, True)


def look_at_world(client: carla.Client, world: carla.World) -> None:
    world.tick()
    world.get_map()
    client.get_available_maps()
    world.get_blueprint_library()
    world.get_actors()
    world.get_spectator().set_transform(HERE)
    world.get_weather()
    world.get_level_bbs(carla.CityObjectLabel.Buildings)
    world.get_environment_objects(carla.CityObjectLabel.Any)
    world.enable_environment_objects({2**63 + 5}, False)
    world.ground_projection(carla.Location(1.5, -2.5, 3.25), 100.0)
    world.cast_ray(carla.Location(1.5, -2.5, 3.25), carla.Location(4.5, 5.5, 6.5))
    world.load_map_layer(carla.MapLayer.Buildings)


def change_world(world: carla.World) -> None:
    settings = world.get_settings()
    settings.max_substeps = 7
    settings.fixed_delta_seconds = 0.0625
    world.apply_settings(settings)
    weather = carla.WeatherParameters()
    for value, name in enumerate(WEATHER, 1):
        setattr(weather, name, value + 0.5)
    world.set_weather(weather)
    paint(world)
    world.set_imui_sensor_gravity(3.5)
    world.set_annotations_traverse_translucency(True)
    lights = world.get_lightmanager()
    lights.turn_off(lights.get_all_lights())
    world.tick()


WEATHER = (
    "cloudiness",
    "precipitation",
    "precipitation_deposits",
    "wind_intensity",
    "sun_azimuth_angle",
    "sun_altitude_angle",
    "fog_density",
    "fog_distance",
    "fog_falloff",
    "wetness",
    "scattering_intensity",
    "mie_scattering_scale",
    "rayleigh_scattering_scale",
    "dust_storm",
)


def paint(world: carla.World) -> None:
    color, shine = carla.TextureColor(3, 2), carla.TextureFloatColor(1, 2)
    color.set(2, 1, carla.Color(10, 20, 30, 40))
    shine.set(0, 1, carla.FloatColor(0.25, 0.5, 0.75, 1.0))
    world.apply_color_texture_to_object("wall", carla.MaterialParameter.Diffuse, color)
    world.apply_float_color_texture_to_object("wall", carla.MaterialParameter.Normal, shine)


def draw(world: carla.World) -> None:
    here, there, red = carla.Location(1.5, -2.5, 3.25), carla.Location(4.5, 5.5, 6.5), carla.Color(255, 128, 64)
    world.debug.draw_point(here, 0.5, red, 1.5)
    world.debug.draw_line(here, there, 0.5, red, 1.5)
    world.debug.draw_arrow(here, there, 0.5, 0.25, red, 1.5)
    world.debug.draw_box(carla.BoundingBox(here, carla.Vector3D(1.5, 2.5, 3.5)), HERE.rotation, 0.5, red, 1.5)
    world.debug.draw_string(here, "hello", False, red, 1.5)


def spawn(world: carla.World) -> None:
    library = world.get_blueprint_library()
    car = library.find("vehicle.tesla.model3")
    car.set_attribute("role_name", "ego")
    vehicle = world.spawn_actor(car, HERE)
    camera = library.find("sensor.camera.rgb")
    world.spawn_actor(camera, HERE, attach_to=vehicle, attachment_type=carla.AttachmentType.SpringArm)
    world.spawn_actor(camera, HERE, vehicle, carla.AttachmentType.Rigid, "socket")
    world.tick()
    vehicle.destroy()


def drive(vehicle: carla.Vehicle) -> None:
    vehicle.set_transform(HERE)
    vehicle.set_location(HERE.location)
    vehicle.set_target_velocity(ARROW)
    vehicle.set_target_angular_velocity(ARROW)
    vehicle.enable_constant_velocity(ARROW)
    vehicle.disable_constant_velocity()
    vehicle.add_impulse(ARROW)
    vehicle.add_force(ARROW)
    vehicle.add_angular_impulse(ARROW)
    vehicle.set_simulate_physics(False)
    vehicle.set_collisions(False)
    vehicle.set_enable_gravity(False)
    vehicle.apply_control(DRIVE)
    vehicle.apply_ackermann_control(ACKERMANN)
    vehicle.apply_ackermann_controller_settings(vehicle.get_ackermann_controller_settings())
    vehicle.apply_physics_control(vehicle.get_physics_control())
    vehicle.set_light_state(carla.VehicleLightState(carla.VehicleLightState.LowBeam | carla.VehicleLightState.Brake))
    vehicle.open_door(carla.VehicleDoor.All)
    vehicle.set_wheel_steer_direction(carla.VehicleWheelLocation.FR_Wheel, 12.5)
    vehicle.get_wheel_steer_angle(carla.VehicleWheelLocation.FL_Wheel)
    vehicle.get_telemetry_data()
    vehicle.show_debug_telemetry(True)


def walk(walker: carla.Walker) -> None:
    walker.apply_control(STROLL)
    bones = carla.WalkerBoneControlIn()
    bones.bone_transforms = [("crl_root", HERE)]
    walker.set_bones(bones)
    walker.blend_pose(0.5)
    walker.get_bones()


def signal(light: carla.TrafficLight, world: carla.World) -> None:
    light.set_state(carla.TrafficLightState.Green)
    light.set_green_time(4.5)
    light.set_yellow_time(2.5)
    light.set_red_time(3.5)
    light.freeze(True)
    light.get_group_traffic_lights()
    light.get_light_boxes()
    light.reset_group()
    world.reset_all_traffic_lights()


def commands(world: carla.World) -> list[object]:
    car = world.get_blueprint_library().find("vehicle.tesla.model3")
    physics = world.get_actor(VEHICLE).get_physics_control()
    after = C.ApplyVehicleControl(C.FutureActor, DRIVE)
    return [
        C.SpawnActor(car, HERE).then(after).then(C.SetAutopilot(C.FutureActor, False)),
        C.SpawnActor(car, HERE, VEHICLE),
        C.SpawnActor(car, HERE, world.get_actor(VEHICLE), carla.AttachmentType.SpringArmGhost, "socket"),
        C.DestroyActor(VEHICLE),
        C.ApplyVehicleControl(VEHICLE, DRIVE),
        C.ApplyVehicleAckermannControl(VEHICLE, ACKERMANN),
        C.ApplyWalkerControl(WALKER, STROLL),
        C.ApplyVehiclePhysicsControl(VEHICLE, physics),
        C.ApplyTransform(VEHICLE, HERE),
        C.ApplyWalkerState(WALKER, HERE, 1.5),
        C.ApplyTargetVelocity(VEHICLE, ARROW),
        C.ApplyTargetAngularVelocity(VEHICLE, ARROW),
        C.ApplyImpulse(VEHICLE, ARROW),
        C.ApplyForce(VEHICLE, ARROW),
        C.ApplyAngularImpulse(VEHICLE, ARROW),
        C.ApplyTorque(VEHICLE, ARROW),
        C.SetSimulatePhysics(VEHICLE, False),
        C.SetEnableGravity(VEHICLE, False),
        C.SetAutopilot(VEHICLE, False),
        C.SetVehicleLightState(VEHICLE, carla.VehicleLightState(carla.VehicleLightState.Brake)),
    ]


def command_batches(client: carla.Client, world: carla.World) -> None:
    for command in commands(world):
        client.apply_batch_sync([command])
    client.apply_batch([C.ApplyTransform(VEHICLE, HERE), C.DestroyActor(VEHICLE)])


def listen(world: carla.World) -> None:
    sensor = world.spawn_actor(world.get_blueprint_library().find("sensor.other.gnss"), HERE)
    sensor.listen(lambda _: None)
    world.tick()
    sensor.stop()


def traffic_manager(client: carla.Client, world: carla.World, port: int) -> None:
    manager = client.get_trafficmanager(port)
    manager.set_synchronous_mode(True)
    world.get_actor(VEHICLE).set_autopilot(True, port)
    for _ in range(4):
        world.tick()
    world.get_actor(VEHICLE).set_autopilot(False, port)
    world.tick()
    manager.shut_down()


def record_and_replay(client: carla.Client) -> None:
    client.start_recorder("/tmp/drive.log", True)
    client.stop_recorder()
    client.show_recorder_file_info("/tmp/drive.log", False)
    client.show_recorder_collisions("/tmp/drive.log", "v", "w")
    client.show_recorder_actors_blocked("/tmp/drive.log", 1.5, 2.5)
    client.replay_file("/tmp/drive.log", 1.5, 2.5, VEHICLE)
    client.set_replayer_time_factor(2.0)
    client.stop_replayer(True)


def change_map(client: carla.Client) -> None:
    client.get_world()
    client.load_world("Straight", False)
    generation = carla.OpendriveGenerationParameters(2.5, 60.0, 0.5, 0.25, True, False, True)
    client.generate_opendrive_world('<OpenDRIVE name="x"/>', generation, False)


def go_asynchronous(world: carla.World) -> None:
    settings = world.get_settings()
    settings.synchronous_mode = False
    settings.fixed_delta_seconds = None
    world.apply_settings(settings)


def main(port: int, traffic_manager_port: int) -> None:
    client = carla.Client("127.0.0.1", port)
    client.set_timeout(5.0)
    change_map(client)
    world = client.get_world()
    look_at_world(client, world)
    change_world(world)
    draw(world)
    spawn(world)
    drive(world.get_actor(VEHICLE))
    walk(world.get_actor(WALKER))
    signal(world.get_actor(LIGHT), world)
    command_batches(client, world)
    listen(world)
    record_and_replay(client)
    traffic_manager(client, world, traffic_manager_port)
    go_asynchronous(world)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
    print("all calls made", flush=True)
    os._exit(0)
