"""The blueprint library as programs search and read it."""

import carla
import pytest

COUNTS = {"vehicle.*": 41, "walker.*": 52, "static.prop.*": 99, "sensor.*": 19, "controller.*": 1, "static.trigger.*": 1, "util.*": 1}


@pytest.mark.parametrize(("pattern", "count"), COUNTS.items())
def test_every_family_is_complete(library, pattern, count):
    assert len(library.filter(pattern)) == count


@pytest.mark.parametrize("pattern", ["tt", "a2", "prius", "lincoln", "mkz_2017", "gazelle", "*charger_2020"])
def test_patterns_of_public_programs_find_something(library, pattern):
    assert len(library.filter(pattern)) > 0


def test_every_modifiable_attribute_lists_its_default(library):
    for blueprint in library:
        assert len(blueprint.id.split(".")) == 3
        for attribute in blueprint:
            if attribute.is_modifiable:
                assert len(attribute.recommended_values) > 0, (blueprint.id, attribute.id)


def test_walkers_have_three_speeds(library):
    for blueprint in library.filter("walker.*"):
        standing, walking, running = (float(v) for v in blueprint.get_attribute("speed").recommended_values)
        assert 0.0 == standing < walking < running


def test_attributes_have_the_types_of_carla(library):
    car = library.find("vehicle.tesla.model3")
    assert car.get_attribute("number_of_wheels").as_int() == 4
    assert car.get_attribute("sticky_control").as_bool()
    assert car.get_attribute("base_type").as_str() == "car"
    assert car.get_attribute("color").as_color().r >= 0
    assert library.find("sensor.camera.rgb").get_attribute("fov").as_float() == pytest.approx(90.0)
    assert car.get_attribute("color").type == carla.ActorAttributeType.RGBColor


def test_event_sensors_have_no_sensor_tick(library):
    for name in ("collision", "lane_invasion", "rss"):
        assert not library.find(f"sensor.other.{name}").has_attribute("sensor_tick")
    assert library.find("sensor.other.imu").has_attribute("sensor_tick")


def test_a_constant_cannot_be_set(library):
    with pytest.raises((RuntimeError, ValueError), match="read-only"):
        library.find("vehicle.audi.tt").set_attribute("number_of_wheels", "3")


def test_what_was_set_comes_back_with_the_actor(world, library, spawn_points):
    blueprint = library.find("vehicle.lincoln.mkz_2020")
    blueprint.set_attribute("role_name", "hero")
    blueprint.set_attribute("color", "17,37,103")
    vehicle = world.spawn_actor(blueprint, spawn_points[0])
    assert (vehicle.attributes["role_name"], vehicle.attributes["color"]) == ("hero", "17,37,103")
    assert vehicle.attributes["number_of_wheels"] == "4"


@pytest.mark.parametrize(
    ("id_", "tags"), [("vehicle.tesla.model3", [14]), ("vehicle.bh.crossbike", [13, 19]), ("vehicle.mitsubishi.fusorosa", [16])]
)
def test_semantic_tags(world, library, spawn_points, id_, tags):
    assert sorted(world.spawn_actor(library.find(id_), spawn_points[0]).semantic_tags) == tags


def test_numbers_may_come_in_any_spelling(world, library):
    camera = library.find("sensor.camera.rgb")
    camera.set_attribute("image_size_x", "64.0")
    camera.set_attribute("fov", "70")
    camera.set_attribute("enable_postprocess_effects", "False")
    assert world.spawn_actor(camera, carla.Transform()).is_alive
