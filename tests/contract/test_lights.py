"""Traffic lights and signs as actors."""

import carla
import pytest

RED, YELLOW, GREEN = carla.TrafficLightState.Red, carla.TrafficLightState.Yellow, carla.TrafficLightState.Green


@pytest.fixture
def lights(world):
    world.reset_all_traffic_lights()
    world.freeze_all_traffic_lights(False)
    world.tick()
    return list(world.get_actors().filter("traffic.traffic_light"))


def test_every_light_of_the_map_is_one_actor(world, lights):
    ids = [light.get_opendrive_id() for light in lights]
    assert len(ids) == len(set(ids)) > 0
    landmarks = {landmark.id for landmark in world.get_map().get_all_landmarks() if landmark.type == "1000001"}
    assert set(ids) == landmarks


def test_lights_have_times(lights):
    for light in lights:
        assert min(light.get_green_time(), light.get_yellow_time(), light.get_red_time()) > 0.0


def test_a_state_that_is_set_holds_until_it_is_read_back(world, lights):
    for state in (RED, YELLOW, GREEN):
        lights[0].set_state(state)
        world.tick()
        assert lights[0].state == state
        assert lights[0].get_elapsed_time() < 0.2


def test_times_are_read_back(world, lights):
    lights[0].set_green_time(7.5)
    lights[0].set_yellow_time(2.5)
    lights[0].set_red_time(1.5)
    world.tick()
    assert (lights[0].get_green_time(), lights[0].get_yellow_time(), lights[0].get_red_time()) == (7.5, 2.5, 1.5)


def test_frozen_lights_do_not_change(world, lights):
    lights[0].freeze(True)
    world.tick()
    assert lights[0].is_frozen()
    before = [light.state for light in lights]
    for _ in range(400):
        world.tick()
    assert [light.state for light in lights] == before
    world.freeze_all_traffic_lights(False)


def test_lights_change_by_themselves_and_a_reset_brings_the_beginning_back(world, lights):
    before = [light.state for light in lights]
    seen = {light.id: set() for light in lights}
    for _ in range(900):
        world.tick()
        for light in lights:
            seen[light.id].add(light.state)
    assert any(len(states) > 1 for states in seen.values())
    world.reset_all_traffic_lights()
    world.tick()
    assert [light.state for light in lights] == before


def test_in_a_group_not_everybody_has_green(world, lights):
    group = max((light.get_group_traffic_lights() for light in lights), key=len)
    assert len(group) > 1
    for _ in range(300):
        world.tick()
        assert any(light.state != GREEN for light in group)


def test_a_light_knows_its_lanes(world, lights):
    with_lanes = [light for light in lights if light.get_stop_waypoints()]
    assert with_lanes
    for light in with_lanes[:5]:
        assert light.get_affected_lane_waypoints()
        assert light.trigger_volume.extent.x > 0.0
        assert len(light.get_light_boxes()) > 0
        assert all(box.location.distance(light.get_location()) < 12.0 for box in light.get_light_boxes())


def test_lights_are_found_by_landmark_and_opendrive_id(world, lights):
    landmark = next(mark for mark in world.get_map().get_all_landmarks() if mark.type == "1000001")
    assert world.get_traffic_light(landmark).get_opendrive_id() == landmark.id
    assert world.get_traffic_light_from_opendrive_id(lights[0].get_opendrive_id()).id == lights[0].id


def test_signs_are_actors_with_the_ids_of_carla(world):
    kinds = {actor.type_id for actor in world.get_actors().filter("traffic.*")} - {"traffic.traffic_light"}
    allowed = {f"traffic.speed_limit.{limit}" for limit in (30, 40, 50, 60, 90, 100, 120, 130)}
    assert kinds
    assert kinds <= allowed | {"traffic.stop", "traffic.yield", "traffic.unknown"}


def test_a_car_that_comes_to_a_red_light_is_told_of_it(world, library, lights):
    light = next(light for light in lights if light.get_stop_waypoints())
    stop = light.get_stop_waypoints()[0]
    for one in light.get_group_traffic_lights():
        one.set_state(RED)
        one.freeze(True)
    upstream = stop.previous(8.0)[0].transform
    upstream.location.z += 0.3
    car = world.spawn_actor(library.find("vehicle.tesla.model3"), upstream)
    car.set_target_velocity(upstream.get_forward_vector() * 3.0)
    told = False
    for _ in range(60):
        world.tick()
        if car.is_at_traffic_light():
            told = True
            break
        car.set_target_velocity(upstream.get_forward_vector() * 3.0)
    assert told
    assert car.get_traffic_light_state() == RED
    assert car.get_traffic_light().id in [one.id for one in light.get_group_traffic_lights()]
    world.freeze_all_traffic_lights(False)
