"""What stands still: objects, boxes, textures, rays."""

import carla
import pytest
from harness import embedded_only


def test_environment_objects_have_names_boxes_and_kinds(world):
    objects = world.get_environment_objects(carla.CityObjectLabel.Any)
    assert len({item.id for item in objects}) == len(objects) > 0
    buildings = world.get_environment_objects(carla.CityObjectLabel.Buildings)
    assert buildings
    assert all(item.type == carla.CityObjectLabel.Buildings for item in buildings)
    assert {item.id for item in buildings} < {item.id for item in objects}
    assert {item.name for item in objects} <= set(world.get_names_of_all_objects())


def test_boxes_of_the_level_match_the_environment_objects(world):
    boxes = world.get_level_bbs(carla.CityObjectLabel.Buildings)
    objects = world.get_environment_objects(carla.CityObjectLabel.Buildings)
    assert len(boxes) == len(objects)
    assert boxes[0].location.distance(objects[0].bounding_box.location) < 1e-3


def test_boxes_of_traffic_lights_are_in_the_level(world):
    boxes = world.get_level_bbs(carla.CityObjectLabel.TrafficLight)
    lights = world.get_actors().filter("traffic.traffic_light")
    assert len(boxes) >= len(lights)


def test_objects_can_be_switched(world):
    some = {item.id for item in world.get_environment_objects(carla.CityObjectLabel.Buildings)[:3]}
    world.enable_environment_objects(some, False)
    world.enable_environment_objects(some, True)
    assert world.tick() > 0


@embedded_only
def test_a_texture_is_taken_for_an_object_that_exists_and_refused_for_another(world):
    name = world.get_names_of_all_objects()[0]
    texture = carla.TextureColor(64, 32)
    texture.set(3, 4, carla.Color(10, 20, 30, 255))
    world.apply_color_texture_to_object(name, carla.MaterialParameter.Diffuse, texture)
    world.apply_float_color_texture_to_object(name, carla.MaterialParameter.Normal, carla.TextureFloatColor(2, 2))
    with pytest.raises(RuntimeError, match="Nowhere"):
        world.apply_color_texture_to_object("Nowhere", carla.MaterialParameter.Diffuse, texture)


def test_a_ray_straight_down_meets_the_road(world, spawn_points):
    place = spawn_points[0].location
    found = world.ground_projection(place + carla.Location(0.0, 0.0, 5.0), 20.0)
    assert found is not None
    assert found.label in (carla.CityObjectLabel.Roads, carla.CityObjectLabel.RoadLines)
    assert found.location.z == pytest.approx(place.z - 0.3, abs=0.15)


def test_a_ray_passes_through_everything_in_order(world, car):
    above, below = car.get_location() + carla.Location(z=5.0), car.get_location() - carla.Location(z=2.0)
    points = world.cast_ray(above, below)
    heights = [point.location.z for point in points]
    assert heights == sorted(heights, reverse=True)
    assert points[0].label == carla.CityObjectLabel.Car
    assert {point.label for point in points} & {carla.CityObjectLabel.Roads, carla.CityObjectLabel.RoadLines}


def test_a_ray_into_the_sky_meets_nothing(world, spawn_points):
    place = spawn_points[0].location
    assert world.cast_ray(place + carla.Location(z=200.0), place + carla.Location(z=300.0)) == []
    assert world.project_point(place + carla.Location(z=200.0), carla.Vector3D(0.0, 0.0, 1.0), 100.0) is None


def test_debug_shapes_are_accepted(world):
    world.debug.draw_point(carla.Location())
    world.debug.draw_line(carla.Location(), carla.Location(1.0, 1.0, 1.0))
    world.debug.draw_arrow(carla.Location(), carla.Location(1.0, 1.0, 1.0))
    world.debug.draw_box(carla.BoundingBox(carla.Location(), carla.Vector3D(1.0, 1.0, 1.0)), carla.Rotation())
    world.debug.draw_string(carla.Location(), "hello")
    assert world.tick() > 0


def test_the_light_manager_answers(world):
    manager = world.get_lightmanager()
    lights = manager.get_all_lights()
    manager.turn_on(lights)
    assert world.tick() > 0


@embedded_only
def test_the_recorder_says_that_it_records_nothing(client, world):
    assert "not supported" in client.start_recorder("/nowhere/recording.log")
    assert "not supported" in client.show_recorder_file_info("/nowhere/recording.log", False)
    client.stop_recorder()
    client.stop_replayer(False)
    assert world.tick() > 0
