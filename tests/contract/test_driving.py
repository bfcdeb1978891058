"""Controls, physics and what vehicles report."""

import math

import carla
import numpy as np
import pytest
from harness import embedded_only, synchronous

COMMAND = carla.command


def ticks(world, count):
    for _ in range(count):
        world.tick()


def speed(vehicle):
    return vehicle.get_velocity().length()


def test_throttle_drives_along_the_heading_and_the_brake_stops(world, car):
    start, forward = car.get_location(), car.get_transform().get_forward_vector()
    car.apply_control(carla.VehicleControl(throttle=0.7))
    ticks(world, 40)
    way = car.get_location() - start
    assert way.x * forward.x + way.y * forward.y > 3.0
    assert speed(car) > 3.0
    assert car.get_control().throttle == pytest.approx(0.7)
    assert car.get_acceleration().length() > 0.5
    car.apply_control(carla.VehicleControl(brake=1.0))
    ticks(world, 40)
    assert speed(car) < 0.05


def test_steering_to_the_right_turns_clockwise(world, car):
    before = car.get_transform().rotation.yaw
    car.apply_control(carla.VehicleControl(throttle=0.5, steer=0.5))
    ticks(world, 25)  # on the road still: what stands beside it would turn the car back
    assert math.remainder(car.get_transform().rotation.yaw - before, 360.0) > 5.0
    assert car.get_angular_velocity().z > 1.0
    assert car.get_wheel_steer_angle(carla.VehicleWheelLocation.FL_Wheel) > 5.0


def test_reverse_goes_back(world, car):
    forward = car.get_transform().get_forward_vector()
    car.apply_control(carla.VehicleControl(throttle=0.5, reverse=True))
    ticks(world, 40)
    velocity = car.get_velocity()
    assert velocity.x * forward.x + velocity.y * forward.y < -1.0


def test_an_ackermann_target_speed_is_reached(world, car):
    car.apply_ackermann_control(carla.VehicleAckermannControl(speed=5.0))
    for _ in range(100):
        car.apply_ackermann_control(carla.VehicleAckermannControl(speed=5.0))
        world.tick()
    assert speed(car) == pytest.approx(5.0, abs=1.0)
    settings = carla.AckermannControllerSettings(speed_kp=0.3, speed_ki=0.1, speed_kd=0.2, accel_kp=0.05, accel_ki=0.04, accel_kd=0.03)
    car.apply_ackermann_controller_settings(settings)
    world.tick()
    assert car.get_ackermann_controller_settings().speed_kp == pytest.approx(0.3)


def test_a_target_velocity_holds_exactly_in_the_next_tick(client, world, car):
    ticks(world, 20)
    forward = car.get_transform().get_forward_vector()
    velocity = carla.Vector3D(27.778 * forward.x, 27.778 * forward.y, 0.0)
    client.apply_batch_sync([COMMAND.ApplyTargetVelocity(car.id, velocity)], True)
    assert speed(car) == pytest.approx(27.778, abs=1e-3)


def test_without_friction_and_drag_a_velocity_lasts_and_brakes_do_nothing(client, world, car):
    physics = car.get_physics_control()
    wheels = physics.wheels
    for wheel in wheels:
        wheel.tire_friction = 0.0
    physics.wheels, physics.drag_coefficient = wheels, 0.0
    forward = car.get_transform().get_forward_vector()
    batch = [
        COMMAND.ApplyVehiclePhysicsControl(car.id, physics),
        COMMAND.ApplyVehicleControl(car.id, carla.VehicleControl(brake=1.0)),
        COMMAND.ApplyTargetVelocity(car.id, carla.Vector3D(2.0 * forward.x, 2.0 * forward.y, 0.0)),
    ]
    client.apply_batch_sync(batch, True)
    ticks(world, 60)
    assert speed(car) == pytest.approx(2.0, abs=0.1)


def test_more_friction_stops_sooner(client, world, library, spawn_points):
    ways = []
    for friction, place in ((0.5, spawn_points[0]), (3.0, spawn_points[1])):
        car = world.spawn_actor(library.find("vehicle.tesla.model3"), place)
        world.tick()
        physics = car.get_physics_control()
        wheels = physics.wheels
        for wheel in wheels:
            wheel.tire_friction = friction
        physics.wheels = wheels
        car.apply_physics_control(physics)
        ticks(world, 10)
        forward, start = car.get_transform().get_forward_vector(), car.get_location()
        car.set_target_velocity(carla.Vector3D(10.0 * forward.x, 10.0 * forward.y, 0.0))
        car.apply_control(carla.VehicleControl(brake=1.0))
        ticks(world, 60)
        ways.append(car.get_location().distance(start))
    assert ways[1] < ways[0]


@pytest.mark.parametrize(
    "id_", ["vehicle.tesla.model3", "vehicle.kawasaki.ninja", "vehicle.bh.crossbike", "vehicle.carlamotors.european_hgv"]
)
def test_physics_are_read_back_as_they_were_set(world, library, spawn_points, id_):
    vehicle = world.spawn_actor(library.find(id_), spawn_points[0])
    world.tick()
    physics = vehicle.get_physics_control()
    assert len(physics.wheels) >= 4
    physics.mass, physics.max_rpm, physics.moi, physics.drag_coefficient = 1234.5, 4321.0, 1.25, 0.42
    physics.use_gear_autobox, physics.gear_switch_time, physics.clutch_strength, physics.final_ratio = False, 0.25, 9.0, 3.3
    physics.center_of_mass = carla.Vector3D(0.1, 0.2, 0.3)
    physics.torque_curve = [carla.Vector2D(0.0, 400.0), carla.Vector2D(1200.0, 650.0)]
    physics.steering_curve = [carla.Vector2D(0.0, 1.0), carla.Vector2D(100.0, 0.6)]
    physics.forward_gears = [carla.GearPhysicsControl(2.5, 0.4, 0.7), carla.GearPhysicsControl(1.5, 0.41, 0.71)]
    wheels = physics.wheels
    for index, wheel in enumerate(wheels):
        wheel.tire_friction, wheel.max_steer_angle, wheel.long_stiff_value = 2.0 + index, 40.0 + index, 500.0 + index
    physics.wheels = wheels
    vehicle.apply_physics_control(physics)
    ticks(world, 2)
    back = vehicle.get_physics_control()
    for name in ("mass", "max_rpm", "moi", "drag_coefficient", "use_gear_autobox", "gear_switch_time", "clutch_strength", "final_ratio"):
        assert getattr(back, name) == pytest.approx(getattr(physics, name), abs=1e-3), name
    assert [(p.x, p.y) for p in back.torque_curve] == [(0.0, 400.0), (1200.0, 650.0)]
    assert [g.ratio for g in back.forward_gears] == [2.5, 1.5]
    assert [w.tire_friction for w in back.wheels] == [2.0 + i for i in range(len(wheels))]
    assert [w.max_steer_angle for w in back.wheels] == [40.0 + i for i in range(len(wheels))]
    assert back.center_of_mass.z == pytest.approx(0.3)


def test_a_friction_trigger_acts_inside_and_only_inside(world, library, spawn_points, car):
    beside = world.spawn_actor(library.find("vehicle.audi.tt"), spawn_points[9])
    trigger = library.find("static.trigger.friction")
    trigger.set_attribute("friction", "1.25")
    for axis in "xyz":
        trigger.set_attribute(f"extent_{axis}", "500.0")
    ticks(world, 2)
    own = [wheel.tire_friction for wheel in car.get_physics_control().wheels]
    placed = world.spawn_actor(trigger, car.get_transform())
    ticks(world, 2)
    assert [wheel.tire_friction for wheel in car.get_physics_control().wheels] == [1.25] * len(own)
    assert [wheel.tire_friction for wheel in beside.get_physics_control().wheels] == own
    placed.destroy()
    ticks(world, 2)
    assert [wheel.tire_friction for wheel in car.get_physics_control().wheels] == own


def test_a_control_that_does_not_stick_lasts_one_tick(world, library, spawn_points):
    blueprint = library.find("vehicle.tesla.model3")
    blueprint.set_attribute("sticky_control", "False")
    car = world.spawn_actor(blueprint, spawn_points[0])
    ticks(world, 30)
    car.apply_control(carla.VehicleControl(throttle=1.0))
    world.tick()
    after_one = speed(car)
    ticks(world, 10)
    assert after_one > 0.0
    assert speed(car) <= after_one + 1e-3


def test_the_same_drive_from_the_same_place_is_the_same(client, world, library, spawn_points):
    ends = []
    for _ in range(2):
        world = client.reload_world(False)
        synchronous(world)
        car = world.spawn_actor(library.find("vehicle.tesla.model3"), spawn_points[0])
        ticks(world, 10)
        car.apply_control(carla.VehicleControl(throttle=0.8, steer=0.05))
        ticks(world, 100)
        end = car.get_transform()
        ends.append((end.location.x, end.location.y, end.rotation.yaw, speed(car)))
        car.destroy()
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)


def test_a_constant_velocity_is_kept(world, car):
    car.enable_constant_velocity(carla.Vector3D(4.0, 0.0, 0.0))
    ticks(world, 40)
    assert speed(car) == pytest.approx(4.0, abs=0.05)
    car.disable_constant_velocity()
    car.apply_control(carla.VehicleControl(brake=1.0))
    ticks(world, 40)
    assert speed(car) < 0.1


def test_an_impulse_changes_the_velocity_by_impulse_over_mass(world, car):
    ticks(world, 20)
    mass = car.get_physics_control().mass
    forward = car.get_transform().get_forward_vector()
    car.add_impulse(carla.Vector3D(5.0 * mass * forward.x, 5.0 * mass * forward.y, 0.0))
    world.tick()
    assert speed(car) == pytest.approx(5.0, abs=0.5)


def test_without_physics_a_vehicle_stays_where_it_is_put_and_has_the_velocity_of_its_moves(world, car):
    car.set_simulate_physics(False)
    start = car.get_transform()
    forward = start.get_forward_vector()
    for step in range(1, 6):
        place = start.location + carla.Location(0.5 * step * forward.x, 0.5 * step * forward.y, 0.0)
        car.set_transform(carla.Transform(place, start.rotation))
        world.tick()
        assert car.get_location().distance(place) < 1e-3
    assert speed(car) == pytest.approx(10.0, abs=0.1)


def test_vehicles_without_collisions_pass_through_each_other(world, library, spawn_points, car):
    car.set_collisions(False)
    assert world.spawn_actor(library.find("vehicle.audi.tt"), spawn_points[0]).is_alive


def test_lights_are_set_and_listed(world, car):
    wanted = carla.VehicleLightState(carla.VehicleLightState.LowBeam | carla.VehicleLightState.LeftBlinker)
    car.set_light_state(wanted)
    world.tick()
    assert car.get_light_state() == wanted
    assert dict(world.get_vehicles_light_states()) == {car.id: wanted}


def test_speed_limit_and_light_state_are_known_at_once(world, car):
    ticks(world, 2)
    assert 10.0 <= car.get_speed_limit() <= 130.0
    assert car.get_traffic_light_state() in (carla.TrafficLightState.Green, carla.TrafficLightState.Unknown)
    assert not car.is_at_traffic_light()
    assert car.get_failure_state() == carla.VehicleFailureState.NONE


def test_telemetry_and_doors_answer(world, car):
    car.apply_control(carla.VehicleControl(throttle=0.5))
    ticks(world, 20)
    telemetry = car.get_telemetry_data()
    assert telemetry.speed == pytest.approx(speed(car), abs=0.2)
    assert telemetry.throttle == pytest.approx(0.5)
    assert len(telemetry.wheels) == 4
    car.open_door(carla.VehicleDoor.FL)
    car.close_door(carla.VehicleDoor.All)
    car.show_debug_telemetry(True)
    assert world.tick() > 0


def test_a_vehicle_follows_the_ground(world, library, spawn_points):
    """The largest slope that spawn points have: driving along it keeps the vehicle on the road."""
    town = world.get_map()
    place = max(spawn_points, key=lambda p: abs(p.rotation.pitch))
    car = world.spawn_actor(library.find("vehicle.tesla.model3"), place)
    ticks(world, 20)
    car.set_target_velocity(place.get_forward_vector() * 8.0)
    heights = []
    for _ in range(20):
        world.tick()
        here = car.get_location()
        heights.append(here.z - town.get_waypoint(here).transform.location.z)
    assert np.abs(heights).max() < 0.15


def test_a_crash_is_felt_by_both(world, library, spawn_points, car):
    forward = car.get_transform().get_forward_vector()
    place = car.get_transform()
    place.location += carla.Location(8.0 * forward.x, 8.0 * forward.y, 0.2)
    other = world.spawn_actor(library.find("vehicle.audi.tt"), place)
    ticks(world, 20)
    hits = []
    sensor = world.spawn_actor(library.find("sensor.other.collision"), carla.Transform(), attach_to=car)
    sensor.listen(hits.append)
    car.set_target_velocity(forward * 10.0)
    ticks(world, 30)
    assert hits
    assert hits[0].actor.id == car.id
    assert hits[0].other_actor.id == other.id
    assert hits[0].normal_impulse.length() > 1000.0
    assert other.get_location().distance(place.location) > 0.3


@embedded_only
def test_chrono_and_carsim_are_accepted_by_the_client_and_change_nothing(world, car):
    car.enable_carsim("")
    car.restore_physx_physics()
    assert world.tick() > 0
