"""What runs inside the client and needs the server: Traffic Manager and pedestrian navigation."""

import carla
import pytest
from harness import synchronous

COMMAND = carla.command


@pytest.fixture
def traffic(client, address, world):
    """A Traffic Manager in step with the world."""
    manager = client.get_trafficmanager(address[1] + 3)
    manager.set_synchronous_mode(True)
    manager.set_random_device_seed(7)
    yield manager
    manager.set_hybrid_physics_mode(False)
    let_go(world, address[1] + 3)


def let_go(world, port):
    """Take all cars from the Traffic Manager: it aborts the client when one that it drives is destroyed under it."""
    for car in world.get_actors().filter("vehicle.*"):
        car.set_autopilot(False, port)
    world.tick()


def drive(world, ticks):
    for _ in range(ticks):
        world.tick()


def test_a_traffic_manager_is_known_to_other_clients(connect, address, traffic):
    again = connect().get_trafficmanager(address[1] + 3)
    assert again.get_port() == address[1] + 3


def test_a_car_drives_for_twenty_seconds_on_its_lane(world, address, library, spawn_points, traffic):
    car = world.spawn_actor(library.find("vehicle.tesla.model3"), spawn_points[0])
    world.tick()
    car.set_autopilot(True, address[1] + 3)
    town, way, off = world.get_map(), 0.0, []
    last = car.get_location()
    for _ in range(400):
        world.tick()
        here = car.get_location()
        way, last = way + here.distance(last), here
        off.append(here.distance(town.get_waypoint(here).transform.location))
    assert way > 40.0
    assert max(off) < 2.0


def test_a_batch_of_cars_drives_off(client, world, address, library, spawn_points, traffic):
    tt = library.find("vehicle.audi.tt")
    autopilot = COMMAND.SetAutopilot(COMMAND.FutureActor, True, address[1] + 3)
    responses = client.apply_batch_sync([COMMAND.SpawnActor(tt, place).then(autopilot) for place in spawn_points[2:12]], True)
    cars = world.get_actors([r.actor_id for r in responses])
    assert len(cars) == 10
    starts = {car.id: car.get_location() for car in cars}
    drive(world, 300)
    moved = [car.get_location().distance(starts[car.id]) for car in cars]
    assert sum(way > 5.0 for way in moved) >= 7


def test_hybrid_physics_moves_far_cars_by_teleport_and_they_have_a_velocity(world, address, library, spawn_points, traffic):
    hero = library.find("vehicle.tesla.model3")
    hero.set_attribute("role_name", "hero")
    world.spawn_actor(hero, spawn_points[0])
    far = [place for place in spawn_points if place.location.distance(spawn_points[0].location) > 150.0][:3]
    cars = [world.spawn_actor(library.find("vehicle.audi.tt"), place) for place in far]
    world.tick()
    traffic.set_hybrid_physics_mode(True)
    traffic.set_hybrid_physics_radius(30.0)
    for car in cars:
        car.set_autopilot(True, address[1] + 3)
    starts = [car.get_location() for car in cars]
    drive(world, 100)
    fastest = max(cars, key=lambda car: car.get_location().distance(starts[cars.index(car)]))
    assert fastest.get_location().distance(starts[cars.index(fastest)]) > 10.0
    assert any(car.get_velocity().length() > 1.0 for car in cars)


def test_a_seeded_run_after_a_reload_is_the_same(client, address, world):
    def run():
        world = client.reload_world(False)
        synchronous(world)
        manager = client.get_trafficmanager(address[1] + 3)
        manager.set_synchronous_mode(True)
        manager.set_random_device_seed(11)
        library, points = world.get_blueprint_library(), world.get_map().get_spawn_points()
        cars = [world.spawn_actor(library.find("vehicle.audi.tt"), place) for place in points[:5]]
        world.tick()
        for car in cars:
            car.set_autopilot(True, address[1] + 3)
        drive(world, 100)
        ends = [(c.get_location().x, c.get_location().y) for c in cars]
        let_go(world, address[1] + 3)
        client.apply_batch_sync([COMMAND.DestroyActor(c.id) for c in cars], True)
        manager.shut_down()
        return ends

    assert run() == run()


def test_a_walker_walks_to_where_its_controller_sends_it(client, world, library):
    world.set_pedestrians_seed(3)
    world.set_pedestrians_cross_factor(1.0)
    places = [world.get_random_location_from_navigation() for _ in range(20)]
    assert all(place is not None for place in places)
    start = places[0]
    goal = min(places[1:], key=lambda p: abs(p.distance(start) - 20.0))
    walker = world.spawn_actor(library.find("walker.pedestrian.0003"), carla.Transform(start + carla.Location(z=1.0)))
    controller = world.spawn_actor(library.find("controller.ai.walker"), carla.Transform(), attach_to=walker)
    world.tick()
    controller.start()
    controller.go_to_location(goal)
    controller.set_max_speed(2.0)
    way, last, fastest = 0.0, walker.get_location(), 0.0
    for _ in range(200):
        world.tick()
        here = walker.get_location()
        way, last = way + here.distance(last), here
        fastest = max(fastest, walker.get_velocity().length())
    controller.stop()
    assert way > 5.0
    assert 0.5 < fastest < 4.0
