"""What stands still: objects, boxes, textures, rays."""

import queue

import carla
import numpy as np
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


@embedded_only
def test_a_texture_colours_the_car_that_wears_it_and_leaves_its_labels(world, car):
    names = world.get_names_of_all_objects()
    mine = f"{car.type_id}_{car.id}"
    assert {mine, "Road_0", "Sidewalk_0"} <= set(names)
    assert any(name.startswith("traffic.") for name in names)
    for _ in range(20):
        world.tick()  # the car comes to rest
    views = [camera(world, car, kind) for kind in ("rgb", "instance_segmentation")]
    plain = images(world, views)
    texture = carla.TextureColor(8, 8)
    for x in range(8):
        for y in range(8):
            texture.set(x, y, carla.Color(0, 255, 0, 255))
    world.apply_color_texture_to_object(mine, carla.MaterialParameter.Diffuse, texture)
    worn = images(world, views)
    for sensor, _ in views:
        sensor.destroy()
    on_car = plain[1][..., 1].astype(int) + 256 * plain[1][..., 0].astype(int) == car.id & 0xFFFF
    assert on_car.sum() > 200
    assert (plain[1] != worn[1]).any(axis=2).mean() < 0.01, "labels do not know textures; the car may still settle a little"
    greener = worn[0][..., 1].astype(int) - worn[0][..., [0, 2]].max(axis=2)
    assert np.median(greener[on_car]) > 40
    assert np.median(greener[~on_car]) < 20


def camera(world, car, kind):
    """Return (sensor, queue of its images): a small camera behind and above the car."""
    blueprint = world.get_blueprint_library().find(f"sensor.camera.{kind}")
    for name, value in (("image_size_x", "160"), ("image_size_y", "120")):
        blueprint.set_attribute(name, value)
    place = carla.Transform(carla.Location(-6.0, 0.0, 3.0), carla.Rotation(pitch=-20.0))
    sensor, arrived = world.spawn_actor(blueprint, place, attach_to=car), queue.Queue()
    sensor.listen(arrived.put)
    return sensor, arrived


def images(world, views):
    """Return the (H, W, 4) images of the next tick."""
    frame = world.tick()
    found = []
    for _, arrived in views:
        image = arrived.get(timeout=60.0)
        while image.frame < frame:
            image = arrived.get(timeout=60.0)
        found.append(np.frombuffer(image.raw_data, np.uint8).reshape(image.height, image.width, 4).copy())
    return found


@embedded_only
def test_a_hidden_object_is_seen_by_no_ray(world):
    tree = world.get_environment_objects(carla.CityObjectLabel.Buildings)[0]
    centre = tree.bounding_box.location
    above = carla.Location(centre.x, centre.y, centre.z + tree.bounding_box.extent.z + 50.0)

    def met():
        return [point.label for point in world.cast_ray(above, carla.Location(centre.x, centre.y, centre.z))]

    assert carla.CityObjectLabel.Buildings in met()
    world.enable_environment_objects({tree.id}, False)
    assert carla.CityObjectLabel.Buildings not in met()
    world.enable_environment_objects({tree.id}, True)
    assert carla.CityObjectLabel.Buildings in met()


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
