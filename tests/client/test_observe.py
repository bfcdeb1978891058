import pytest

from simgen.client.observe import classify
from simgen.datatypes.tags import ObjectClass


@pytest.mark.parametrize(
    ("type_id", "attributes", "wanted"),
    [
        ("vehicle.audi.tt", {"base_type": "car", "number_of_wheels": "4"}, ObjectClass.CAR),
        ("vehicle.bmw.grandtourer", {"base_type": "", "number_of_wheels": "4"}, ObjectClass.CAR),
        ("vehicle.mini.cooper_s", {}, ObjectClass.CAR),
        ("vehicle.old.bike", {"number_of_wheels": "2"}, ObjectClass.MOTORCYCLE),
        ("vehicle.bh.crossbike", {"base_type": "bicycle", "number_of_wheels": "2"}, ObjectClass.BICYCLE),
        ("walker.pedestrian.0001", {}, ObjectClass.PEDESTRIAN),
        ("static.prop.barrel", {}, ObjectClass.PROP),
        ("traffic.traffic_light", {}, ObjectClass.TRAFFIC_LIGHT),
        ("traffic.stop", {}, ObjectClass.TRAFFIC_SIGN),
        ("traffic.speed_limit.30", {}, ObjectClass.TRAFFIC_SIGN),
        ("traffic.unknown", {}, None),
        ("sensor.camera.rgb", {}, None),
        ("controller.ai.walker", {}, None),
        ("spectator", {}, None),
    ],
)
def test_actors_are_classed_by_blueprint(type_id, attributes, wanted):
    assert classify(type_id, attributes) is wanted
