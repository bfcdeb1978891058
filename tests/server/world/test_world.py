"""The world without server and client: coming and going of actors, orders, episodes and steps."""

import math
from pathlib import Path

import pytest

from simgen.server.emission import take_turn
from simgen.server.values import ActorDescription, Rotation, Transform, Vector3D, VehicleControl
from simgen.server.world import orders
from simgen.server.world.actors import Sensor, TrafficLight, TrafficSign, Vehicle
from simgen.server.world.attachment import compose, relative
from simgen.server.world.blueprints import LIBRARY
from simgen.server.world.map_catalogue import Catalogue
from simgen.server.world.refusals import Refused
from simgen.server.world.roads import RoadMap
from simgen.server.world.skeleton import BONES, bones_of
from simgen.server.world.step import step
from simgen.server.world.world import World

STRAIGHT = (Path(__file__).parents[2] / "golden/straight.xodr").read_text()
DT_S = 0.05


@pytest.fixture(scope="module")
def roads():
    return RoadMap.load("Straight", STRAIGHT)


@pytest.fixture
def world(roads):
    return World(roads)


@pytest.fixture
def place(roads):
    return roads.spawn_points[0]


def spawn(world, id_, transform, parent_id=0, **attributes):
    return world.spawn(LIBRARY[id_].description(**attributes), transform, parent_id)


def at(x=0.0, y=0.0, z=0.0, yaw=0.0, pitch=0.0, roll=0.0):
    return Transform(Vector3D(x, y, z), Rotation(pitch, yaw, roll))


def close(a, b):
    assert a.as_tuple() == pytest.approx(b.as_tuple(), abs=1e-6)


class TestEpisodes:
    def test_the_spectator_comes_first_and_then_lights_and_signs(self):
        world = World(RoadMap.load("Avenue01", Catalogue().opendrive("Avenue01")))
        actors = list(world.actors.values())
        assert (actors[0].id, actors[0].type_id) == (1, "spectator")
        assert [actor.id for actor in actors] == list(range(1, len(actors) + 1))
        assert all(isinstance(actor, (TrafficLight, TrafficSign)) for actor in actors[1:])
        signals = [actor.signal_id for actor in actors[1:]]
        assert sorted(signals) == sorted(world.roads.network.signals)
        assert {a.type_id for a in actors if isinstance(a, TrafficSign)} <= {"traffic.stop", "traffic.yield"} | {
            f"traffic.speed_limit.{kmh}" for kmh in (30, 40, 50, 60, 90)
        }

    def test_time_begins_anew_and_frames_and_ids_go_on(self, world, roads, place):
        car = spawn(world, "vehicle.audi.tt", place)
        step(world, DT_S)
        episode, frame = world.episode_id, world.frame
        world.begin_episode(roads, "Straight_Opt")
        assert (world.elapsed_s, world.frame, world.episode_id, world.map_name) == (0.0, frame, episode + 1, "Straight_Opt")
        assert car.id not in world.actors
        assert min(world.actors) > car.id
        assert world.map_changed


class TestSpawning:
    def test_a_place_that_is_taken_is_refused_and_free_after_a_destroy(self, world, place):
        car = spawn(world, "vehicle.tesla.model3", place)
        with pytest.raises(Refused, match="Spawn failed because of collision at spawn position"):
            spawn(world, "vehicle.audi.tt", place)
        world.destroy(car.id)
        assert spawn(world, "vehicle.audi.tt", place).id > car.id

    @pytest.mark.parametrize(("gap_m", "fits"), [(3.9, False), (4.9, True)])
    def test_length_decides_whether_two_cars_fit_behind_each_other(self, world, gap_m, fits):
        length = 2 * LIBRARY["vehicle.tesla.model3"].extent[0]
        assert 3.9 < length < 4.9
        spawn(world, "vehicle.tesla.model3", at(z=0.3))
        if fits:
            spawn(world, "vehicle.tesla.model3", at(x=gap_m, z=0.3))
        else:
            with pytest.raises(Refused):
                spawn(world, "vehicle.tesla.model3", at(x=gap_m, z=0.3))

    def test_cars_four_metres_apart_side_by_side_fit(self, world):
        spawn(world, "vehicle.tesla.model3", at(yaw=30.0))
        spawn(world, "vehicle.tesla.model3", at(x=-4 * math.sin(math.radians(30)), y=4 * math.cos(math.radians(30)), yaw=30.0))

    def test_props_need_no_room_and_no_ceiling(self, world, place):
        for _ in range(3):
            spawn(world, "static.prop.barrel", place)
        spawn(world, "static.prop.fountain", at(z=90_000.0))

    @pytest.mark.parametrize("location", [Vector3D(x=math.nan), Vector3D(y=math.inf), Vector3D(z=-1e9)])
    def test_no_actor_is_nowhere(self, world, location):
        with pytest.raises(Refused):
            spawn(world, "static.prop.barrel", Transform(location))

    @pytest.mark.parametrize("description", [ActorDescription(1, "vehicle.trabant.p601"), ActorDescription(0, "vehicle.audi.tt")])
    def test_an_unknown_description_is_refused(self, world, description):
        with pytest.raises(Refused, match="invalid actor description"):
            world.spawn(description, at())

    def test_attributes_that_a_client_leaves_out_get_their_defaults(self, world):
        camera = world.spawn(ActorDescription(LIBRARY["sensor.camera.rgb"].uid, "sensor.camera.rgb"), at())
        assert camera.attribute("fov") == "90.0"

    def test_what_belongs_to_the_map_cannot_be_destroyed(self, world):
        with pytest.raises(Refused, match="belongs to the map"):
            world.destroy(world.spectator_id)

    def test_only_sensors_that_send_have_a_stream(self, world):
        assert spawn(world, "sensor.other.lane_invasion", at()).stream_id == 0
        streams = [spawn(world, id_, at()).stream_id for id_ in ("sensor.other.imu", "sensor.other.imu", "sensor.camera.rgb")]
        assert len(set(streams)) == 3
        assert min(streams) > 1


class TestAttachment:
    def test_a_pose_composed_with_its_inverse_is_where_it_was(self):
        parent, child = at(3, -2, 1, yaw=120, pitch=10, roll=-5), at(-7, 4, 2, yaw=-60, pitch=-20, roll=15)
        back = compose(parent, relative(parent, child))
        close(back.location, child.location)
        close(Vector3D(*back.rotation.as_tuple()), Vector3D(*child.rotation.as_tuple()))

    def test_a_child_one_metre_to_the_right_of_a_parent_facing_y_is_at_minus_x(self):
        close(compose(at(yaw=90.0), at(y=1.0)).location, Vector3D(-1.0, 0.0, 0.0))

    def test_children_ride_along_and_move_faster_outside_of_a_turn(self, world):
        carrier = spawn(world, "static.prop.barrel", at(10.0))
        child = spawn(world, "sensor.other.imu", at(y=2.0), carrier.id)
        carrier.transform, carrier.angular_velocity = at(20.0, yaw=90.0), Vector3D(0.0, 0.0, math.degrees(1.0))
        step(world, DT_S)
        close(child.transform.location, Vector3D(18.0, 0.0, 0.0))
        close(child.velocity, Vector3D(0.0, -2.0, 0.0))

    def test_a_sensor_is_cut_off_when_its_parent_goes(self, world, place):
        car = spawn(world, "vehicle.audi.tt", place)
        sensor = spawn(world, "sensor.other.imu", at(), car.id)
        assert not world.sensor_is_cut_off(sensor)
        world.destroy(car.id)
        assert world.sensor_is_cut_off(sensor)
        step(world, DT_S)

    def test_a_transform_for_an_attached_actor_is_relative_to_its_parent(self, world):
        carrier = spawn(world, "static.prop.barrel", at(10.0))
        child = spawn(world, "sensor.other.imu", at(), carrier.id)
        orders.set_transform(world, child, at(x=1.0))
        close(child.transform.location, Vector3D(11.0, 0.0, 0.0))
        orders.set_location(world, child, Vector3D(x=2.0))
        close(child.transform.location, Vector3D(12.0, 0.0, 0.0))


class TestOrders:
    def test_pedals_are_cut_to_their_range(self, world, place):
        car = spawn(world, "vehicle.audi.tt", place)
        orders.control_vehicle(car, VehicleControl(throttle=7.0, steer=-3.0, brake=-1.0))
        assert (car.control.throttle, car.control.steer, car.control.brake) == (1.0, -1.0, 0.0)

    def test_an_impulse_is_mass_times_change_of_velocity(self, world, place):
        car = spawn(world, "vehicle.audi.tt", place)
        orders.add_impulse(car, Vector3D(car.physics.mass * 3.0))
        close(car.velocity, Vector3D(3.0))

    def test_a_force_for_a_tick_is_an_impulse(self, world, place):
        car = spawn(world, "vehicle.audi.tt", place)
        orders.add_force(car, Vector3D(y=car.physics.mass * 4.0), DT_S)
        close(car.velocity, Vector3D(y=0.2))

    def test_a_push_ahead_of_the_middle_turns_and_one_behind_turns_back(self, world, place):
        car = spawn(world, "vehicle.audi.tt", at(z=0.3))
        orders.add_impulse_at(car, Vector3D(y=1000.0), Vector3D(2.0, 0.0, 0.3))
        assert car.angular_velocity.z > 0.0
        orders.add_impulse_at(car, Vector3D(y=1000.0), Vector3D(-2.0, 0.0, 0.3))
        assert car.angular_velocity.z == pytest.approx(0.0, abs=1e-9)

    @pytest.mark.parametrize("value", [math.nan, math.inf, 1e30])
    def test_numbers_beyond_reason_change_nothing(self, world, place, value):
        car = spawn(world, "vehicle.audi.tt", place)
        for order in (orders.set_velocity, orders.set_angular_velocity, orders.add_impulse, orders.add_angular_impulse):
            with pytest.raises(Refused):
                order(car, Vector3D(value))
        assert car.velocity == Vector3D()
        assert car.angular_velocity == Vector3D()

    def test_orders_for_the_wrong_kind_are_refused(self, world):
        with pytest.raises(Refused, match="must be a Vehicle"):
            world.actor_of(world.spectator_id, Vehicle)


class TestFrictionTrigger:
    """Half sizes come in centimetres."""

    @pytest.fixture
    def car(self, world, place):
        return spawn(world, "vehicle.tesla.model3", place)

    def trigger(self, world, transform, friction="0.5"):
        return spawn(world, "static.trigger.friction", transform, friction=friction, extent_x="300.0", extent_y="200.0", extent_z="500.0")

    @pytest.mark.parametrize(("ahead_m", "inside"), [(2.9, True), (3.1, False), (-2.9, True)])
    def test_it_acts_within_its_box_only(self, world, place, car, ahead_m, inside):
        own = car.physics.wheels
        self.trigger(world, compose(place, at(x=ahead_m)))
        step(world, DT_S)
        expected = (0.5,) * len(own) if inside else tuple(wheel.tire_friction for wheel in own)
        assert tuple(wheel.tire_friction for wheel in car.physics.wheels) == expected

    def test_a_vehicle_gets_its_own_friction_back_outside(self, world, place, car):
        own = car.physics
        trigger = self.trigger(world, place)
        step(world, DT_S)
        assert car.physics != own
        world.destroy(trigger.id)
        step(world, DT_S)
        assert car.physics == own


class TestStep:
    def test_frame_and_time_go_on(self, world):
        for _ in range(3):
            step(world, DT_S)
        assert (world.frame, world.elapsed_s, world.delta_s) == (3, pytest.approx(0.15), DT_S)

    def test_a_car_with_throttle_gets_under_way(self, world, place):
        car = spawn(world, "vehicle.tesla.model3", place)
        orders.control_vehicle(car, VehicleControl(throttle=0.8))
        for _ in range(40):
            step(world, DT_S)
        assert car.motion.forward_mps > 3.0

    def test_numbers_that_physics_cannot_bear_stop_the_actor_and_not_the_world(self, world, place):
        car = spawn(world, "vehicle.tesla.model3", place)
        car.velocity = Vector3D(math.nan, 0.0, 0.0)
        step(world, DT_S)
        assert car.transform == place
        assert car.velocity == Vector3D()
        assert not car.simulate_physics
        step(world, DT_S)
        assert car.transform == place


class TestSensorTurns:
    """With a period of T a sensor measures ceil(time / T) times, first in the first tick."""

    @pytest.mark.parametrize(
        ("period_s", "step_s", "ticks"), [(1.0, 0.05, 101), (0.25, 0.05, 40), (0.1, 0.1, 30), (0.12, 0.05, 60), (0.0, 0.05, 10)]
    )
    def test_turns_keep_to_the_grid_of_the_period(self, period_s, step_s, ticks):
        sensor = Sensor(1, ActorDescription(), at(), None, period_s=period_s)
        elapsed, turns = 7.3, []
        for tick in range(ticks):
            elapsed += step_s
            if take_turn(sensor, elapsed):
                turns.append(tick)
        assert turns[0] == 0
        assert len(turns) == (math.ceil(ticks * step_s / period_s - 1e-9) if period_s else ticks)

    def test_after_a_pause_the_first_tick_is_a_turn_again(self):
        sensor = Sensor(1, ActorDescription(), at(), None, period_s=1.0)
        assert take_turn(sensor, 0.05)
        assert not take_turn(sensor, 0.1)
        assert take_turn(sensor, 60.0)
        assert not take_turn(sensor, 60.05)


class TestBones:
    def test_a_standing_walker_has_its_head_up_and_its_feet_on_the_ground(self):
        bones = {bone.name: bone for bone in bones_of(at(5.0, 6.0, 0.93), 0.93, {}).bones}
        assert list(bones) == [name for name, _, _ in BONES]
        assert 1.4 < bones["crl_Head__C"].world.location.z < 1.86
        assert abs(bones["crl_foot__L"].world.location.z) < 0.15
        left, right = bones["crl_hand__L"].world.location, bones["crl_hand__R"].world.location
        assert left.y < 6.0 < right.y

    def test_a_posed_bone_takes_those_below_it_along(self):
        still = {b.name: b for b in bones_of(at(), 0.93, {}).bones}
        shoulder = still["crl_shoulder__L"].relative.location
        posed = {b.name: b for b in bones_of(at(), 0.93, {"crl_shoulder__L": Transform(shoulder, Rotation(roll=90.0))}).bones}
        assert posed["crl_hand__L"].world.location.z != pytest.approx(still["crl_hand__L"].world.location.z, abs=0.05)
        assert posed["crl_hand__R"] == still["crl_hand__R"]
