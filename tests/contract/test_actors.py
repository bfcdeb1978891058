"""Spawning, placing, attaching and destroying."""

import math

import carla
import pytest
from harness import embedded_only

COMMAND = carla.command


def apart(a, b):
    return a.distance(b)


def test_a_vehicle_stands_where_it_was_spawned(world, library, spawn_points):
    vehicle = world.spawn_actor(library.find("vehicle.tesla.model3"), spawn_points[3])
    assert vehicle.get_location() == carla.Location()
    assert vehicle.bounding_box.extent.x == pytest.approx(2.3959, abs=1e-3)
    world.tick()
    there, wanted = vehicle.get_transform(), spawn_points[3]
    assert there.location.x == pytest.approx(wanted.location.x, abs=0.005)
    assert there.location.y == pytest.approx(wanted.location.y, abs=0.005)
    for axis in ("pitch", "yaw", "roll"):
        assert math.remainder(getattr(there.rotation, axis) - getattr(wanted.rotation, axis), 360.0) == pytest.approx(0.0, abs=0.005)
    assert vehicle.is_active


def test_a_second_vehicle_in_the_same_place_is_refused(world, library, spawn_points, car):
    with pytest.raises(RuntimeError, match="Spawn failed because of collision at spawn position"):
        world.spawn_actor(library.find("vehicle.audi.tt"), spawn_points[0])
    assert world.try_spawn_actor(library.find("vehicle.audi.tt"), spawn_points[0]) is None


def test_two_vehicles_four_metres_apart_both_spawn(world, library, spawn_points):
    first = spawn_points[5]
    right = first.get_right_vector()
    # On the left, where the road goes on; on the right stand posts and fences.
    beside = carla.Transform(first.location - carla.Location(right.x * 4.0, right.y * 4.0, 0.0), first.rotation)
    places = {"vehicle.tesla.model3": first, "vehicle.lincoln.mkz_2017": beside}
    cars = [world.spawn_actor(library.find(name), place) for name, place in places.items()]
    world.tick()
    assert all(car.is_alive for car in cars)


def test_a_vehicle_off_the_road_finds_ground(world, library):
    vehicle = world.spawn_actor(library.find("vehicle.audi.tt"), carla.Transform(carla.Location(3000.0, 3000.0, 0.0)))
    for _ in range(60):
        world.tick()
    assert abs(vehicle.get_velocity().z) < 0.05
    assert abs(vehicle.get_location().z) < 50.0


def test_every_vehicle_fits_on_every_spawn_point_at_once(client, world, library, spawn_points):
    large = ("vehicle.carlamotors.european_hgv", "vehicle.mitsubishi.fusorosa", "vehicle.carlamotors.firetruck")
    for blueprint in library.filter("vehicle.*"):
        places = spawn_points[:20] if blueprint.id in large else spawn_points
        responses = client.apply_batch_sync([COMMAND.SpawnActor(blueprint, place) for place in places], False)
        assert [r.error for r in responses if r.has_error()] == [], blueprint.id
        client.apply_batch_sync([COMMAND.DestroyActor(r.actor_id) for r in responses], False)
    assert world.tick() > 0


def test_a_place_is_free_again_after_a_destroy_and_a_tick(client, world, library, spawn_points, car):
    client.apply_batch([COMMAND.DestroyActor(car.id)])
    world.tick()
    again = world.spawn_actor(library.find("vehicle.audi.tt"), spawn_points[0])
    world.tick()
    assert again.is_alive


def test_props_are_never_refused(client, world, library):
    barrels = [
        COMMAND.SpawnActor(library.find("static.prop.barrel"), carla.Transform(carla.Location(0.0, 0.0, z))) for z in (0, 0, 5000, 90000)
    ]
    responses = client.apply_batch_sync(barrels, True)
    assert not any(response.has_error() for response in responses)
    assert world.get_actor(responses[3].actor_id).get_location().z == pytest.approx(90000.0)


def test_an_unknown_blueprint_and_an_absurd_place_are_refused(world, library):
    for place in (carla.Location(math.nan, 0.0, 0.0), carla.Location(0.0, math.inf, 0.0), carla.Location(1e20, 0.0, 0.0)):
        with pytest.raises(RuntimeError):
            world.spawn_actor(library.find("static.prop.barrel"), carla.Transform(place))
    assert world.tick() > 0


def test_destroying_takes_an_actor_out_of_the_world(world, car):
    assert car.destroy()
    world.tick()
    assert car.id not in [actor.id for actor in world.get_actors()]
    assert not car.is_alive


def test_an_unknown_actor_cannot_be_destroyed(client, world):
    (response,) = client.apply_batch_sync([COMMAND.DestroyActor(4_000_000)], False)
    assert "4000000" in response.error


def test_a_batch_goes_on_after_a_command_that_fails(client, world, library, spawn_points):
    tt = library.find("vehicle.audi.tt")
    batch = [COMMAND.SpawnActor(tt, spawn_points[0]), COMMAND.SpawnActor(tt, spawn_points[0]), COMMAND.SpawnActor(tt, spawn_points[1])]
    good, bad, late = client.apply_batch_sync(batch, True)
    assert (good.error, bool(bad.error), late.error) == ("", True, "")
    assert len(world.get_actors([good.actor_id, late.actor_id])) == 2


def test_commands_after_a_spawn_reach_the_new_actor(client, world, library, spawn_points):
    spawn = COMMAND.SpawnActor(library.find("vehicle.audi.tt"), spawn_points[0])
    spawn = spawn.then(COMMAND.ApplyVehicleControl(COMMAND.FutureActor, carla.VehicleControl(brake=0.5)))
    spawn = spawn.then(COMMAND.SetVehicleLightState(COMMAND.FutureActor, carla.VehicleLightState(carla.VehicleLightState.Fog)))
    (response,) = client.apply_batch_sync([spawn], True)
    vehicle = world.get_actor(response.actor_id)
    assert vehicle.get_control().brake == pytest.approx(0.5)
    assert vehicle.get_light_state() == carla.VehicleLightState.Fog


def test_an_attached_actor_rides_with_its_parent(world, library, car):
    place = carla.Transform(carla.Location(1.5, 0.5, 2.0), carla.Rotation(yaw=30.0))
    rider = world.spawn_actor(library.find("sensor.other.gnss"), place, attach_to=car)
    assert rider.parent.id == car.id
    car.apply_control(carla.VehicleControl(throttle=0.6, steer=0.3))
    for _ in range(30):
        world.tick()
    expected = car.get_transform().transform(place.location)
    assert apart(rider.get_location(), expected) < 1e-3
    assert math.remainder(rider.get_transform().rotation.yaw - car.get_transform().rotation.yaw - 30.0, 360.0) == pytest.approx(
        0.0, abs=0.5
    )


def test_an_attached_actor_can_be_moved_on_its_parent(world, library, car):
    rider = world.spawn_actor(library.find("sensor.other.imu"), carla.Transform(), attach_to=car)
    rider.set_transform(carla.Transform(carla.Location(0.0, 0.0, 3.0)))
    world.tick()
    assert rider.get_location().z - car.get_location().z == pytest.approx(3.0, abs=0.01)


def test_spawning_on_a_parent_that_is_not_there_is_refused(world, library, car):
    car.destroy()
    world.tick()
    with pytest.raises(RuntimeError):
        world.spawn_actor(library.find("sensor.other.imu"), carla.Transform(), attach_to=car)


def test_an_actor_is_where_it_was_put(world, car, spawn_points):
    car.set_transform(spawn_points[7])
    world.tick()
    assert apart(car.get_location(), spawn_points[7].location) < 0.1
    car.set_location(spawn_points[8].location)
    world.tick()
    assert apart(car.get_location(), spawn_points[8].location) < 0.1
    assert math.remainder(car.get_transform().rotation.yaw - spawn_points[7].rotation.yaw, 360.0) == pytest.approx(0.0, abs=0.1)


def test_the_actor_list_can_be_filtered_and_asked_by_id(world, car):
    actors = world.get_actors()
    assert [actor.id for actor in actors.filter("vehicle.tesla.*")] == [car.id]
    assert actors.find(car.id).type_id == "vehicle.tesla.model3"
    assert world.get_actors([car.id, 4_000_000])[0].id == car.id


def test_a_walker_has_a_box_around_its_middle_and_walks(world, library):
    start = world.get_random_location_from_navigation()
    start.z += 1.0
    walker = world.spawn_actor(library.find("walker.pedestrian.0001"), carla.Transform(start))
    box = walker.bounding_box
    assert box.extent.z > 0.5
    assert 0.01 < box.location.z < 2.5
    for _ in range(20):
        world.tick()
    before = walker.get_location()
    walker.apply_control(carla.WalkerControl(carla.Vector3D(1.0, 0.0, 0.0), 1.5, False))
    for _ in range(20):
        world.tick()
    assert walker.get_location().x - before.x == pytest.approx(1.5, abs=0.1)
    assert walker.get_control().speed == pytest.approx(1.5)
    assert walker.get_velocity().x == pytest.approx(1.5, abs=0.01)


def test_a_walker_has_bones_that_can_be_posed(world, library):
    walker = world.spawn_actor(library.find("walker.pedestrian.0010"), carla.Transform(carla.Location(0.0, 40.0, 2.0)))
    world.tick()
    bones = {bone.name: bone for bone in walker.get_bones().bone_transforms}
    assert {"crl_root", "crl_hips__C", "crl_Head__C", "crl_foot__L"} <= bones.keys()
    assert bones["crl_Head__C"].world.location.z > bones["crl_foot__L"].world.location.z
    walker.set_bones(carla.WalkerBoneControlIn([("crl_arm__L", carla.Transform(rotation=carla.Rotation(roll=90.0)))]))
    walker.show_pose()
    world.tick()
    posed = {bone.name: bone for bone in walker.get_bones().bone_transforms}
    assert posed["crl_arm__L"].relative.rotation.roll == pytest.approx(90.0)
    walker.hide_pose()


@embedded_only
def test_components_are_named(world, car):
    (name,) = car.get_component_names()
    world.tick()
    assert apart(car.get_component_world_transform(name).location, car.get_location()) < 0.1
    with pytest.raises(RuntimeError):
        car.get_component_world_transform("Sunroof")
