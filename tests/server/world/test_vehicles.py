from __future__ import annotations

import math
from dataclasses import replace

import pytest
from dynamics_bench import EXTENT, MASS_KG, WHEELBASE_M, Hill, Plane, Spot, drive, kinetic_energy, make_car, settled_car, with_friction

from simgen.geometry.pose import left_from_carla
from simgen.server.values import Rotation, Transform, Vector3D, VehicleControl
from simgen.server.world.telemetry import readback, telemetry
from simgen.server.world.vehicles import chassis, default_physics, move_vehicles, set_target_velocity

STEPS_S = (0.001, 0.01, 0.02, 0.05, 0.1)


def test_a_car_above_the_ground_falls_without_moving_or_turning_otherwise() -> None:
    car = make_car(x=10.0, y=-4.0, z=0.5, yaw=33.0, pitch=2.0)
    drive(car, 0.05)
    location, rotation = car.transform.location, car.transform.rotation
    assert (location.x, location.y) == (10.0, -4.0)
    assert rotation == Rotation(2.0, 33.0, 0.0)
    assert location.z == pytest.approx(0.5 - 0.5 * 9.81 * 0.05**2)
    drive(car, 1.0)
    assert car.transform.location.z == 0.0


def test_a_car_on_a_slope_keeps_its_rotation_in_the_first_tick_and_then_lies_on_the_slope() -> None:
    car = make_car()
    drive(car, 0.05, Plane(0.1))
    assert car.transform.rotation == Rotation(0.0, 0.0, 0.0)
    drive(car, 2.0, Plane(0.1))
    assert car.transform.rotation.pitch == pytest.approx(math.degrees(math.atan(0.1)), abs=1e-3)


@pytest.mark.parametrize("dt_s", STEPS_S)
def test_stopping_distance_is_v_squared_over_twice_the_deceleration(dt_s: float) -> None:
    car = settled_car(20.0, dt_s=dt_s)
    start = car.transform.location.x
    car.physics = replace(car.physics, drag_coefficient=0.0)
    end = drive(car, 4.0, dt_s=dt_s, brake=1.0)[-1].x
    deceleration = 9.5 + 0.012 * 9.81
    assert end - start == pytest.approx(20.0**2 / (2 * deceleration), rel=0.01)
    assert car.velocity == Vector3D(0.0, 0.0, 0.0)


def test_full_brakes_reach_nine_metres_per_second_squared_for_every_size() -> None:
    for mass, extent in ((15.0, (0.8, 0.3, 0.8)), (1845.0, EXTENT), (12000.0, (4.2, 1.4, 1.9))):
        car = settled_car(15.0)
        car.physics = default_physics(mass, extent)
        before = car.velocity.x
        drive(car, 0.5, brake=1.0)
        assert (before - car.velocity.x) / 0.5 > 9.0


@pytest.mark.parametrize("dt_s", STEPS_S)
def test_a_slow_circle_has_the_radius_of_the_kinematic_bicycle(dt_s: float) -> None:
    car = settled_car(dt_s=dt_s)
    car.physics = replace(car.physics, steering_curve=())
    places = drive(car, 40.0, dt_s=dt_s, throttle=0.03, steer=0.5)
    radius = math.hypot(car.velocity.x, car.velocity.y) / math.radians(abs(car.angular_velocity.z))
    steer = math.radians(35.0)
    assert car.motion.forward_mps < 3.5
    # Middle of the wheelbase: rear axle turns at L / tan(steer), the middle half a wheelbase ahead of it.
    assert radius == pytest.approx(math.hypot(WHEELBASE_M / math.tan(steer), WHEELBASE_M / 2), rel=0.02)
    assert places[-1].z == 0.0


def test_steering_right_turns_clockwise_and_left_is_its_mirror_image() -> None:
    right, left = settled_car(10.0), settled_car(10.0)
    to_the_right, to_the_left = drive(right, 3.0, steer=0.2, throttle=0.3), drive(left, 3.0, steer=-0.2, throttle=0.3)
    assert right.angular_velocity.z > 1.0
    assert to_the_right[-1].y > 1.0
    for a, b in zip(to_the_right, to_the_left, strict=True):
        assert (a.x, a.y) == pytest.approx((b.x, -b.y), abs=1e-9)


def test_straight_driving_stays_exactly_straight() -> None:
    car = settled_car()
    assert {place.y for place in drive(car, 10.0, throttle=0.7)} == {0.0}


@pytest.mark.parametrize("dt_s", STEPS_S)
def test_cornering_stays_within_the_grip_of_the_tyres(dt_s: float) -> None:
    car = settled_car(30.0, dt_s=dt_s)
    with_friction(car, 1.0)
    for _ in range(round(3.0 / dt_s)):
        before = car.velocity
        drive(car, dt_s, dt_s=dt_s, steer=1.0)
        change = math.hypot(car.velocity.x - before.x, car.velocity.y - before.y) / dt_s
        assert change < 0.9 * 9.81 + 0.6  # drag and rolling resistance beside the tyres' 0.9 g


@pytest.mark.parametrize("dt_s", STEPS_S)
@pytest.mark.parametrize("steer", [0.0, 0.1, 1.0])
def test_coasting_never_gains_energy(dt_s: float, steer: float) -> None:
    car = settled_car(25.0, dt_s=dt_s)
    car.angular_velocity = Vector3D(0.0, 0.0, 40.0)
    inertia = chassis(car).yaw_inertia
    last = math.inf
    for _ in range(round(4.0 / dt_s)):
        drive(car, dt_s, dt_s=dt_s, steer=steer)
        energy = kinetic_energy([car]) + 0.5 * inertia * math.radians(car.angular_velocity.z) ** 2
        assert energy <= last * (1 + 1e-12)
        last = energy


def test_friction_of_3_5_turns_with_about_three_g() -> None:
    car = settled_car(15.0)
    drive(car, 0.5, steer=0.35, throttle=0.9)
    assert 2.0 * 9.81 < abs(math.radians(car.angular_velocity.z) * car.motion.forward_mps) < 3.2 * 9.81


@pytest.mark.parametrize("slope", [-0.15, 0.15])
def test_a_car_at_rest_holds_on_a_hill(slope: float) -> None:
    car = settled_car(roads=Plane(slope))
    assert {place.x for place in drive(car, 5.0, Plane(slope))} == {0.0}
    assert car.velocity.x == 0.0


def test_a_car_with_a_little_throttle_rolls_down_a_hill_and_not_up() -> None:
    car = settled_car(roads=Plane(-0.1))
    assert drive(car, 3.0, Plane(-0.1), throttle=0.01)[-1].x > 2.0


def test_top_speed_is_where_engine_and_air_balance() -> None:
    car = settled_car(40.0)
    car.physics = replace(car.physics, drag_coefficient=1.5)
    drive(car, 60.0, throttle=1.0)
    state, air = telemetry(car), chassis(car).drag
    driving = sum(wheel.long_force for wheel in state.wheels)
    assert state.drag == pytest.approx(air * car.motion.forward_mps**2)
    assert driving == pytest.approx(state.drag + 0.012 * MASS_KG * 9.81, rel=0.01)


def test_full_throttle_gives_at_most_five_metres_per_second_squared() -> None:
    car = settled_car()
    drive(car, 1.0, throttle=1.0)
    assert 4.5 < car.velocity.x < 5.0


def test_reverse_and_negative_gears_drive_backwards() -> None:
    reversing, shifted = settled_car(), settled_car()
    drive(reversing, 2.0, throttle=0.5, reverse=True)
    drive(shifted, 2.0, throttle=0.5, manual_gear_shift=True, gear=-1)
    assert reversing.velocity.x == shifted.velocity.x < -2.0
    assert reversing.motion.gear == -1


def test_neutral_does_not_drive_and_a_high_gear_drives_less() -> None:
    gained = {}
    for gear in (0, 1, 4):
        car = settled_car(5.0)
        drive(car, 1.0, throttle=1.0, manual_gear_shift=True, gear=gear)
        gained[gear] = car.velocity.x - 5.0
    assert gained[0] < 0.0 < gained[4] < gained[1]


def test_the_hand_brake_slows_by_the_rear_wheels_alone() -> None:
    car = settled_car(15.0)
    drive(car, 1.0, hand_brake=True)
    assert 15.0 - car.velocity.x == pytest.approx(6.2, abs=0.5)


def test_a_target_velocity_holds_exactly_in_the_next_tick() -> None:
    car = settled_car()
    set_target_velocity(car, Vector3D(27.778, 0.0, 0.0))
    drive(car, 0.05, brake=1.0)
    assert car.velocity.x == 27.778
    assert car.transform.location.x == pytest.approx(27.778 * 0.05)
    drive(car, 0.05, brake=1.0)
    assert car.velocity.x < 27.5


def test_without_friction_brakes_and_throttle_do_nothing() -> None:
    for control in ({"brake": 1.0}, {"throttle": 1.0}, {}):
        car = settled_car(27.778)
        car.physics = replace(car.physics, drag_coefficient=0.0)
        with_friction(car, 0.0)
        drive(car, 5.0, **control)
        assert car.velocity.x == pytest.approx(27.778, abs=1e-9)


def test_without_gravity_nothing_touches_the_ground() -> None:
    car = settled_car()
    car.gravity = False
    set_target_velocity(car, Vector3D(27.778, 0.0, 0.0))
    drive(car, 5.0, brake=1.0)
    assert car.velocity.x == pytest.approx(27.778, abs=1e-9)
    assert car.transform.location.z == 0.0


def test_more_friction_stops_sooner_and_more_stiffness_drives_farther() -> None:
    distances = []
    for friction in (0.3, 0.8, 3.0):
        car = settled_car(20.0)
        with_friction(car, friction)
        distances.append(drive(car, 10.0, brake=1.0)[-1].x)
    assert distances == sorted(distances, reverse=True)
    ways = []
    for stiffness in (100.0, 2000.0):
        car = settled_car()
        car.physics = replace(car.physics, wheels=tuple(replace(wheel, long_stiff_value=stiffness) for wheel in car.physics.wheels))
        ways.append(drive(car, 5.0, throttle=1.0)[-1].x)
    assert ways[1] > ways[0] + 1.0


def test_rolling_out_of_50_kmh_goes_90_m_in_about_7_s() -> None:
    car = settled_car(50 / 3.6)
    with_friction(car, 5.0)
    places = drive(car, 11.0)
    assert next(i for i, place in enumerate(places) if place.x > 90.0) * 0.05 < 8.0
    assert car.motion.forward_mps < 50 / 3.6


def test_a_vehicle_without_physics_stays_and_shows_the_velocity_of_its_teleports() -> None:
    car = settled_car()
    car.simulate_physics = False
    place = car.transform.location
    drive(car, 1.0, throttle=1.0)
    assert car.transform.location == place
    car.transform = Transform(Vector3D(0.5, 0.0, 0.0), Rotation(0.0, 0.0, 0.0))
    drive(car, 0.05)
    assert car.velocity.x == pytest.approx(10.0)
    car.transform = Transform(Vector3D(500.0, 0.0, 0.0), Rotation(0.0, 0.0, 0.0))
    drive(car, 0.05)
    assert car.velocity.x == 0.0


def test_constant_velocity_is_kept_in_the_vehicles_frame() -> None:
    car = settled_car(yaw=90.0)
    car.constant_velocity = Vector3D(8.0, 0.0, 0.0)
    place = drive(car, 2.0, brake=1.0)[-1]
    assert (place.x, place.y) == pytest.approx((0.0, 16.0), abs=1e-9)
    assert car.velocity.y == pytest.approx(8.0)


def test_a_control_that_does_not_stick_lasts_one_tick() -> None:
    car = settled_car()
    car.sticky_control = False
    drive(car, 0.05, throttle=1.0)
    assert car.control == VehicleControl()


def test_the_same_run_from_the_same_place_repeats_bit_for_bit() -> None:
    runs = []
    for actor_id in (3, 7):
        car = settled_car(actor_id=actor_id)
        runs.append([*drive(car, 2.0, throttle=0.7, steer=0.3), *drive(car, 2.0, throttle=0.2, steer=-0.8), *drive(car, 1.0, brake=0.6)])
    assert runs[0] == runs[1]


def test_putting_a_car_back_forgets_what_it_did() -> None:
    car = make_car(z=0.2)
    first = drive(car, 4.0, throttle=0.6, steer=0.1)
    car.transform, car.velocity, car.angular_velocity = make_car(z=0.2).transform, Vector3D(), Vector3D()
    assert drive(car, 4.0, throttle=0.6, steer=0.1) == first


def test_a_crest_is_rolled_over_on_the_ground_and_a_ledge_is_jumped() -> None:
    crest = Hill(lambda x: 5.0 * math.exp(-(((x - 100.0) / 40.0) ** 2)))
    car = settled_car(20.0, roads=crest)
    for place in drive(car, 9.0, crest, throttle=0.4):
        rear_and_front = crest.height(place.x - WHEELBASE_M / 2), crest.height(place.x + WHEELBASE_M / 2)
        assert place.z == pytest.approx(sum(rear_and_front) / 2, abs=0.01)
    ledge = Hill(lambda x: 0.0 if x < 20.0 else -4.0)
    car = settled_car(20.0, roads=ledge)
    heights = [place.z for place in drive(car, 3.0, ledge)]
    assert heights[-1] == -4.0
    assert sum(-3.9 < z < -0.1 for z in heights) * 0.05 == pytest.approx(math.sqrt(2 * 4.0 / 9.81), abs=0.2)


@pytest.mark.parametrize("pitch", [355.4, -4.6, 180.0, 90.0, -364.6])
def test_a_moving_car_put_down_with_any_pitch_stays_on_the_road(pitch: float) -> None:
    """Traffic Manager's teleports carry the lane's pitch as 0 to 360 degrees."""
    car = settled_car(10.0)
    car.transform = Transform(Vector3D(0.0, 0.0, 0.0), Rotation(pitch, 0.0, 359.0))
    heights = [place.z for place in drive(car, 2.0, throttle=0.3)]
    assert max(heights) == min(heights) == 0.0
    assert car.transform.rotation.pitch == pytest.approx(0.0, abs=1e-3)
    assert car.transform.rotation.roll == pytest.approx(0.0, abs=1e-3)


def test_the_angular_velocity_is_how_the_rotation_changes() -> None:
    bump = Hill(lambda x: 3.0 * math.exp(-(((x - 60.0) / 20.0) ** 2)))
    car = settled_car(15.0, roads=bump)
    drive(car, 1.0, bump, throttle=0.3, steer=0.05)
    for _ in range(100):
        before = left_from_carla((0.0, 0.0, 0.0), car.transform.rotation.as_tuple())
        drive(car, 0.01, bump, 0.01, throttle=0.3, steer=0.05)
        after = left_from_carla((0.0, 0.0, 0.0), car.transform.rotation.as_tuple())
        rate = (after - before)[:3, :3] @ before[:3, :3].T / 0.01
        # The matrix of omega x: of (x, y, z) it has z at [1, 0], x at [2, 1], y at [0, 2].
        expected = [math.degrees(value) for value in (rate[2, 1], rate[0, 2], rate[1, 0])]
        assert car.angular_velocity.as_tuple() == pytest.approx(expected, abs=0.3)
    assert abs(car.transform.rotation.pitch) > 0.5


def test_on_a_bridge_a_car_looks_for_the_ground_at_its_own_height() -> None:
    class Bridge:
        def ground(self, x: float, y: float, z: float) -> Spot:
            return Spot(6.0 if z > 3.0 else 0.0)

    above, below = settled_car(10.0, roads=Bridge(), z=6.0), settled_car(10.0, roads=Bridge())
    assert {place.z for place in drive(above, 3.0, Bridge())} == {6.0}
    assert {place.z for place in drive(below, 3.0, Bridge())} == {0.0}


@pytest.mark.parametrize("dt_s", STEPS_S)
def test_a_step_of_any_length_drives_nearly_the_same_way(dt_s: float) -> None:
    car = settled_car(dt_s=dt_s)
    place = drive(car, 5.0, dt_s=dt_s, throttle=0.6, steer=0.05)[-1]
    reference = settled_car(dt_s=0.002)
    expected = drive(reference, 5.0, dt_s=0.002, throttle=0.6, steer=0.05)[-1]
    assert math.dist(place.as_tuple(), expected.as_tuple()) < 0.03 * math.hypot(expected.x, expected.y)


def test_readback_keeps_every_field_and_places_the_wheels_round_the_vehicle() -> None:
    car = settled_car(x=10.0, y=5.0, yaw=90.0)
    read = readback(car)
    assert replace(read, wheels=()) == replace(car.physics, wheels=())
    assert len(read.wheels) == 4
    assert [wheel.tire_friction for wheel in read.wheels] == [3.5] * 4
    front_left = read.wheels[0].position
    # Yaw 90 degrees looks along +y, so that the left is +x.
    assert (front_left.x / 100, front_left.y / 100) == pytest.approx((10.0 + 0.8 * EXTENT[1], 5.0 + WHEELBASE_M / 2))


def test_two_wheelers_list_four_wheels_and_carry_a_rider() -> None:
    physics = default_physics(15.0, (0.8, 0.3, 0.8), 2, "bicycle")
    assert len(physics.wheels) == 4
    assert physics.mass == 90.0


def test_telemetry_says_load_and_slip() -> None:
    car = settled_car(10.0)
    drive(car, 1.0, steer=0.1, throttle=0.2)
    state = telemetry(car)
    assert sum(wheel.tire_load for wheel in state.wheels) == pytest.approx(MASS_KG * 9.81)
    assert state.wheels[0].lat_slip > 0.0
    lateral = sum(wheel.lat_force for wheel in state.wheels)
    assert lateral == pytest.approx(MASS_KG * car.motion.forward_mps * math.radians(car.angular_velocity.z), rel=0.05)
    assert state.wheels[0].omega == pytest.approx(car.motion.forward_mps / chassis(car).wheel_radius)


def test_the_order_of_vehicles_does_not_matter_to_any_of_them() -> None:
    def end_of(order: list[int]) -> dict[int, Vector3D]:
        cars = {i: settled_car(actor_id=i, y=10.0 * i) for i in order}
        for car in cars.values():
            car.control = VehicleControl(throttle=0.1 * car.id, steer=0.05)
        for _ in range(40):
            move_vehicles(list(cars.values()), Plane(), 0.05)
        return {i: car.transform.location for i, car in cars.items()}

    assert end_of([1, 2, 3]) == end_of([3, 1, 2])
