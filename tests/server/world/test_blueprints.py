"""The library: complete, in CARLA's order and spelling, and consistent in itself."""

from collections import Counter

import pytest

from simgen.datatypes.tags import Tag
from simgen.server.values import AttributeType
from simgen.server.wire.streams import SENSOR_TYPE_IDS
from simgen.server.world.blueprints import LIBRARY

COMMON = ("role_name", "ros_name")


def attributes(id_):
    return {attribute.id: attribute for attribute in LIBRARY[id_].attributes}


def test_the_library_has_the_numbers_of_carla():
    families = Counter(".".join(id_.split(".")[: 2 if id_.startswith(("static", "sensor")) else 1]) for id_ in LIBRARY)
    expected = {"vehicle": 41, "walker": 52, "static.prop": 99, "static.trigger": 1, "controller": 1, "util": 1}
    expected |= {"sensor.camera": 8, "sensor.lidar": 2, "sensor.other": 9}
    assert families == expected


def test_uids_count_from_one_in_the_order_of_the_library():
    assert [blueprint.uid for blueprint in LIBRARY.values()] == list(range(1, len(LIBRARY) + 1))


@pytest.mark.parametrize("blueprint", LIBRARY.values(), ids=lambda b: b.id)
class TestEveryBlueprint:
    def test_has_an_id_of_three_parts_and_the_tags_of_it(self, blueprint):
        assert len(blueprint.id.split(".")) == 3
        assert blueprint.tags == ",".join(blueprint.id.split("."))

    def test_begins_with_role_and_ros_name(self, blueprint):
        assert tuple(attribute.id for attribute in blueprint.attributes[:2]) == COMMON
        assert blueprint.attributes[1].value == blueprint.id

    def test_has_variations_before_constants_and_no_attribute_twice(self, blueprint):
        flags = [attribute.is_modifiable for attribute in blueprint.attributes]
        assert flags == sorted(flags, reverse=True)
        assert len({attribute.id for attribute in blueprint.attributes}) == len(blueprint.attributes)

    def test_lists_the_default_first_among_the_recommended_values_of_what_can_be_changed(self, blueprint):
        for attribute in blueprint.attributes:
            recommended = (attribute.value,) if attribute.is_modifiable else ()
            assert attribute.recommended_values[:1] == recommended

    def test_has_values_that_read_as_their_type(self, blueprint):
        for attribute in blueprint.attributes:
            for value in (attribute.value, *attribute.recommended_values):
                assert READS[attribute.type](value), (attribute.id, value)


def reads_as(kind):
    def check(text):
        try:
            kind(text.removesuffix("f") or "0")
        except ValueError:
            return False
        return True

    return check


READS = {
    AttributeType.BOOL: lambda text: text.lower() in ("true", "false"),
    AttributeType.INT: reads_as(int),
    AttributeType.FLOAT: reads_as(float),
    AttributeType.STRING: lambda text: True,
    AttributeType.RGB_COLOR: lambda text: [0 <= int(part) <= 255 for part in text.split(",")] == [True] * 3,
}


def test_sensors_are_those_of_the_client_in_the_order_of_its_registry():
    ids = [id_ for id_ in LIBRARY if id_.startswith("sensor.")]
    assert ids[:17] == sorted(SENSOR_TYPE_IDS, key=SENSOR_TYPE_IDS.__getitem__)
    assert ids[17:] == ["sensor.other.v2x", "sensor.other.v2x_custom"]


@pytest.mark.parametrize(
    ("id_", "count", "some"),
    [
        ("sensor.camera.rgb", 2 + 10 + 31, {"fov": "90.0", "image_size_x": "800", "fstop": "1.4", "gamma": "2.2", "iso": "100.0"}),
        ("sensor.camera.depth", 2 + 10, {"sensor_tick": "0.0", "lens_k": "-1.0"}),
        ("sensor.camera.dvs", 2 + 10 + 31 + 7, {"use_log": "True", "positive_threshold": "0.3"}),
        ("sensor.lidar.ray_cast", 2 + 14, {"range": "10.0", "points_per_second": "56000", "dropoff_general_rate": "0.45"}),
        ("sensor.lidar.ray_cast_semantic", 2 + 8, {"lower_fov": "-30.0"}),
        ("sensor.other.radar", 2 + 6, {"horizontal_fov": "30", "range": "100"}),
        ("sensor.other.gnss", 2 + 8, {"noise_alt_bias": "0.0"}),
        ("sensor.other.imu", 2 + 11, {"noise_gyro_bias_z": "0.0"}),
        ("sensor.other.obstacle", 2 + 5, {"only_dynamics": "false", "hit_radius": "0.5"}),
        ("sensor.other.collision", 2, {"role_name": "front"}),
        ("sensor.other.v2x", 2 + 30, {"scenario": "highway"}),
        ("sensor.other.v2x_custom", 2 + 13, {"path_loss_model": "winner"}),
        ("static.trigger.friction", 2 + 4, {"friction": "3.5f", "extent_x": "1.0f"}),
        ("static.prop.mesh", 2 + 3, {"mass": "", "scale": "1.0f"}),
    ],
)
def test_attribute_sets(id_, count, some):
    found = attributes(id_)
    assert len(found) == count
    assert {name: found[name].value for name in some} == some


def test_the_model3_is_described_as_in_carla():
    car = LIBRARY["vehicle.tesla.model3"]
    names = "role_name ros_name color sticky_control terramechanics object_type base_type special_type number_of_wheels generation"
    assert [a.id for a in car.attributes] == [*names.split(), "has_dynamic_doors", "has_lights"]
    assert (car.extent, car.centre, car.mass_kg) == ((2.3959, 1.0817, 0.7438), (0.029, 0.0, 0.736), 1845)
    assert car.semantic_tags == bytes([Tag.CAR])


def test_two_models_have_no_base_type_and_twenty_three_are_cars():
    types = Counter(b.base_type for b in LIBRARY.values() if b.family == "vehicle")
    assert types[""] == 2
    assert types["car"] == 23


def test_two_wheelers_carry_a_rider():
    for blueprint in LIBRARY.values():
        if blueprint.base_type in ("bicycle", "motorcycle"):
            assert blueprint.wheels == 2
            assert Tag.RIDER in blueprint.semantic_tags


def test_every_vehicle_fits_a_lane_of_three_and_a_half_metres():
    for blueprint in LIBRARY.values():
        if blueprint.family == "vehicle":
            assert 2 * blueprint.extent[1] < 3.0, blueprint.id


def test_walkers_have_three_rising_speeds_and_children_are_smaller():
    for blueprint in LIBRARY.values():
        if blueprint.family == "walker":
            found = {a.id: a for a in blueprint.attributes}
            speeds = [float(value) for value in found["speed"].recommended_values]
            assert speeds[0] == 0.0 < speeds[1] < speeds[2]
            assert (blueprint.extent[2] < 0.7) == (found["age"].value == "child")
            assert blueprint.extent[2] > 0.5
            assert blueprint.centre[2] > 0.01


def test_props_stand_on_their_origin():
    barrel = LIBRARY["static.prop.barrel"]
    assert barrel.extent == pytest.approx((0.23, 0.2355, 0.4035))
    assert barrel.centre == pytest.approx((0.0, 0.0, 0.4035))
    assert attributes("static.prop.plantpot04")["size"].value == "small"
    assert "static.prop.bike helmet" in LIBRARY


def test_a_description_fills_in_defaults_and_refuses_unknown_names():
    description = LIBRARY["sensor.camera.rgb"].description(fov="70")
    assert {v.id: v.value for v in description.attributes}["fov"] == "70"
    assert len(description.attributes) == len(LIBRARY["sensor.camera.rgb"].attributes)
    with pytest.raises(KeyError):
        LIBRARY["sensor.camera.rgb"].description(colour="red")
