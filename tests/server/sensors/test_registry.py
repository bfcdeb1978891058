import pytest

from simgen.server.sensors.registry import SENSORS, SILENT, make_sensor
from simgen.server.wire.streams import SENSOR_TYPE_IDS
from simgen.server.world.tables_sensors import SENSORS as BLUEPRINTS

IMAGELESS = sorted(name for name in SENSORS if not name.startswith("sensor.camera."))


def test_every_sensor_blueprint_has_a_model_or_is_known_to_be_silent():
    assert {*SENSORS, *SILENT} == {name for name, _ in blueprint_defaults()}
    assert not SENSORS.keys() & SILENT


def test_every_sensor_that_sends_has_a_type_id_on_the_wire():
    assert SENSORS.keys() <= SENSOR_TYPE_IDS.keys()


def blueprint_defaults():
    """Return (blueprint id, default attributes) of every sensor of the library."""
    return [(name, {a.id: a.value for a in attributes}) for name, _, attributes in BLUEPRINTS]


@pytest.mark.parametrize("name", IMAGELESS)
def test_sensors_can_be_made_from_the_defaults_of_their_blueprints(hand, name):
    sensor = make_sensor(name, dict(blueprint_defaults())[name], hand.SENSOR, hand.stage(hand.Planes(((0, 0, -1.0), (0, 0, 1.0), 0, 1))))
    now = hand.moment(hand.motion(kind=name))
    sensor.observe(now)
    for message in sensor.measure(now):
        assert isinstance(message, bytes)


@pytest.mark.parametrize("name", sorted(SILENT))
def test_silent_sensors_send_nothing(hand, name):
    assert list(make_sensor(name, {}, hand.SENSOR, hand.stage()).measure(hand.moment(hand.motion()))) == []


def test_errors_name_the_sensor_in_one_line(hand):
    with pytest.raises(ValueError, match=r"^range must be within 0.001 to 2000, got -1 \(sensor.other.radar\)$"):
        make_sensor("sensor.other.radar", {"range": "-1"}, hand.SENSOR, hand.stage())
    with pytest.raises(ValueError, match=r"^sensor must be one of .*, got 'sensor.other.sonar'$"):
        make_sensor("sensor.other.sonar", {}, hand.SENSOR, hand.stage())
