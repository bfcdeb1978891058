import msgpack
import numpy as np
import pytest

from simgen.geometry.pose import left_from_carla
from simgen.server.sensors.navigation import acceleration, compass, geolocation, make_gnss, make_imu

G = 9.81


@pytest.fixture
def imu(hand):
    """Return a function: motions of the sensor (and carrier) at times -> the readings (accelerometer, gyroscope, compass)."""

    def run(moments, attributes=None):
        sensor = make_imu(attributes or {}, hand.SENSOR, hand.stage())
        readings = []
        for now in moments:
            (body,) = sensor.measure(now)
            accelerometer, gyroscope, heading = msgpack.unpackb(body)
            readings.append((np.array(accelerometer), np.array(gyroscope), heading))
        return readings

    return run


def test_at_rest_it_feels_gravity_from_the_first_reading(hand, imu):
    for felt, turned, _ in imu([hand.moment(hand.motion(location=(30, -4, 1)), tick=k) for k in range(1, 4)]):
        assert felt == pytest.approx([0.0, 0.0, G])
        assert turned == pytest.approx([0.0, 0.0, 0.0])


def test_gravity_is_that_of_the_world(hand, imu):
    ((felt, _, _),) = imu([hand.moment(hand.motion(), gravity=1.62)])
    assert felt == pytest.approx([0.0, 0.0, 1.62])


@pytest.mark.parametrize(("rotation", "felt"), [((90, 0, 0), (G, 0, 0)), ((0, 0, 90), (0, -G, 0)), ((0, 77, 0), (0, 0, G))])
def test_gravity_is_felt_in_the_frame_of_the_sensor(hand, imu, rotation, felt):
    """Nose up: the x axis points up. Rolled by 90: the right hand points down."""
    ((measured, _, _),) = imu([hand.moment(hand.motion(rotation=rotation))])
    assert measured == pytest.approx(felt, abs=1e-9)


def test_in_a_circle_it_feels_the_square_of_the_speed_over_the_radius(hand, imu):
    """20 m/s on a radius of 50 m, clockwise, so that the centre is on the right: 8 m/s^2 along +y."""
    speed, radius, dt = 20.0, 50.0, 0.01
    moments = []
    for k in range(1, 6):
        turned = speed / radius * k * dt
        there = (radius * np.sin(turned), radius * (1 - np.cos(turned)), 0.0)
        moments.append(hand.moment(hand.motion(location=there, rotation=(0, np.degrees(turned), 0)), tick=k, dt=dt))
    felt = imu(moments)[-1][0]
    assert felt[1] == pytest.approx(speed**2 / radius, rel=1e-3)
    assert felt[0] == pytest.approx(0.0, abs=0.05)
    assert felt[2] == pytest.approx(G)


def test_unequal_steps_give_the_acceleration_of_a_parabola_exactly():
    accelerated = np.array([1.0, -2.0, 0.5])
    track = [(t, 3.0 * t + 0.5 * accelerated * t**2) for t in (0.1, 0.15, 0.4)]
    assert acceleration(track) == pytest.approx(accelerated)


def test_ticks_between_readings_count(hand):
    """With a reading every second tick the last three positions are still those of the last three ticks."""
    sensor = make_imu({}, hand.SENSOR, hand.stage())
    for k in range(6):
        now = hand.moment(hand.motion(location=(2.0 * (0.1 * k) ** 2, 0, 0)), tick=k, dt=0.1)
        if k % 2:
            (body,) = sensor.measure(now)
        else:
            sensor.observe(now)
    assert msgpack.unpackb(body)[0] == pytest.approx([4.0, 0.0, G])


def test_the_gyroscope_reads_the_turn_of_the_carrier_in_radians_per_second(hand, imu):
    carrier = hand.motion(hand.CARRIER, rotation=(0, 30, 0), turning=(0, 0, 45.0))
    ((_, turned, _),) = imu([hand.moment(carrier, hand.motion(rotation=(0, 120, 0), parent=hand.CARRIER))])
    assert turned == pytest.approx([0.0, 0.0, np.pi / 4])


def test_the_gyroscope_turns_with_its_mount(hand, imu):
    """A turn about the world's x axis is about the sensor's own -y axis when the sensor faces +y."""
    carrier = hand.motion(hand.CARRIER, turning=(45.0, 0, 0))
    ((_, turned, _),) = imu([hand.moment(carrier, hand.motion(rotation=(0, 90, 0), parent=hand.CARRIER))])
    assert turned == pytest.approx([0.0, -np.pi / 4, 0.0], abs=1e-12)


@pytest.mark.parametrize(("yaw", "heading"), [(0, 90), (90, 180), (180, 270), (-90, 0), (-135, 315), (45, 135)])
def test_the_compass_turns_clockwise_from_north(hand, imu, yaw, heading):
    ((_, _, measured),) = imu([hand.moment(hand.motion(rotation=(0, yaw, 0)))])
    assert np.degrees(measured) % 360 == pytest.approx(heading, abs=1e-6)


def test_the_compass_never_reads_a_whole_turn():
    assert 0.0 <= compass(left_from_carla((0, 0, 0), (0, -90.0 - 1e-15, 0))) < 2 * np.pi


def test_noise_and_bias_have_their_declared_size(hand, imu):
    attributes = {"noise_accel_stddev_x": "0.1", "noise_gyro_stddev_z": "0.02", "noise_gyro_bias_y": "0.5", "noise_seed": "3"}
    readings = imu([hand.moment(hand.motion(), tick=k) for k in range(1, 2001)], attributes)
    felt, turned = (np.array([r[k] for r in readings]) for k in (0, 1))
    within = 5 / np.sqrt(2 * 2000)
    assert felt[:, 0].std() == pytest.approx(0.1, rel=within)
    assert turned[:, 2].std() == pytest.approx(0.02, rel=within)
    assert felt[:, 1:] == pytest.approx(np.tile([0.0, G], (2000, 1)))
    assert turned[:, :2] == pytest.approx(np.tile([0.0, 0.5], (2000, 1)))


def test_the_seed_decides_the_noise(hand, imu):
    def noise(seed):
        return imu([hand.moment(hand.motion())], {"noise_accel_stddev_x": "1", "noise_seed": seed})[0][0][0]

    assert noise("1") == noise("1") != noise("2")


def test_a_negative_deviation_is_refused(hand):
    with pytest.raises(ValueError, match=r"^noise_accel_stddev_y must be within 0 to inf, got -1$"):
        make_imu({"noise_accel_stddev_y": "-1"}, hand.SENSOR, hand.stage())


# ---- GNSS

ORIGINS = [(0.0, 0.0), (42.0, 2.0), (-33.9, 151.2), (69.0, -179.9)]
PLACES = [(0.0, 0.0, 0.0), (1000.0, -500.0, 12.5), (-7000.0, 9000.0, -3.0)]


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_projection_is_that_of_the_carla_library(origin):
    carla = pytest.importorskip("carla")
    header = f"<geoReference><![CDATA[+proj=tmerc +lat_0={origin[0]} +lon_0={origin[1]}]]></geoReference>"
    road = """<road name="" length="10" id="0" junction="-1"><planView><geometry s="0" x="0" y="0" hdg="0" length="10"><line/></geometry>
        </planView><lanes><laneSection s="0"><center><lane id="0" type="none" level="false"/></center><right><lane id="-1" type="driving"
        level="false"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane></right></laneSection></lanes></road>"""
    world = carla.Map("oracle", f'<OpenDRIVE><header revMajor="1" revMinor="4">{header}</header>{road}</OpenDRIVE>')
    for place in PLACES:
        oracle = world.transform_to_geolocation(carla.Location(*place))
        found = geolocation(place, origin)
        assert found[:2] == pytest.approx((oracle.latitude, oracle.longitude), abs=1e-10)
        assert found[2] == pytest.approx(oracle.altitude, abs=1e-5)


def test_a_degree_of_latitude_is_a_sixtieth_of_sixty_nautical_miles_scaled():
    """North by 1 degree of the sphere, shortened by 0.9996, raises the latitude by 1 degree and leaves the longitude."""
    north = np.radians(1.0) * 6378137.0 * 0.9996
    assert geolocation((0.0, north, 5.0), (10.0, 20.0)) == pytest.approx((11.0, 20.0, 5.0))


def test_gnss_adds_bias_and_noise_to_each_value(hand):
    attributes = {"noise_lat_bias": "1", "noise_lon_stddev": "0.5", "noise_alt_bias": "-2", "noise_seed": "8"}
    sensor = make_gnss(attributes, hand.SENSOR, hand.stage())
    now = hand.moment(hand.motion(location=(0, 0, 7)), geo=(10.0, 20.0))
    latitude, longitude, altitude = np.array([msgpack.unpackb(sensor.measure(now)[0]) for _ in range(2000)]).T
    assert latitude == pytest.approx(11.0)
    assert altitude == pytest.approx(5.0)
    assert abs(longitude.mean() - 20.0) < 5 * 0.5 / np.sqrt(2000)
    assert longitude.std() == pytest.approx(0.5, rel=5 / np.sqrt(2 * 2000))
