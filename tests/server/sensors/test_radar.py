import numpy as np
import pytest

from simgen.server.sensors.radar import Cone, make_radar
from simgen.server.wire.streams import RADAR_DETECTION

CAR = 40
NARROW = {"horizontal_fov": "2", "vertical_fov": "2", "points_per_second": "2000"}


def car_ahead(distance=20.0):
    """The back of a car: a plane across the x axis."""
    return ((distance, 0, 0), (-1.0, 0, 0), CAR, 14)


@pytest.fixture
def detect(hand):
    """Return a function that lets a new radar look at planes during moments, and reads the last message."""

    def run(planes, moments, attributes=NARROW):
        radar = make_radar(attributes, hand.SENSOR, hand.stage(hand.Planes(*planes)))
        for earlier in moments[:-1]:
            radar.observe(earlier)
        (body,) = radar.measure(moments[-1])
        return np.frombuffer(body, RADAR_DETECTION)

    return run


def radial(found, along):
    """Return the share of a velocity along +x, +y or +z that each detection's ray has."""
    level = np.cos(found["altitude"])
    return {"x": level * np.cos(found["azimuth"]), "y": level * np.sin(found["azimuth"]), "z": np.sin(found["altitude"])}[along]


def test_a_car_that_comes_nearer_at_five_metres_per_second_reads_minus_five(hand, detect):
    found = detect([car_ahead()], [hand.moment(hand.motion(), hand.motion(CAR, (20, 0, 0), velocity=(-5, 0, 0)))])
    assert len(found) == 100
    assert found["velocity"] == pytest.approx(-5.0 * radial(found, "x"), abs=1e-6)
    assert found["velocity"] == pytest.approx(-5.0, abs=0.002)


def test_driving_towards_a_standing_wall_reads_negative_and_away_positive(hand, detect):
    wall = ((20.0, 0, 0), (-1.0, 0, 0), 0, 4)
    for speed in (10.0, -10.0):
        moments = [hand.moment(hand.motion(location=(0.05 * speed * k, 0, 0)), tick=k) for k in range(2)]
        assert detect([wall], moments)["velocity"] == pytest.approx(-speed, abs=0.005)


def test_two_that_drive_alike_read_zero(hand, detect):
    moments = [hand.moment(hand.motion(location=(0.5 * k, 0, 0)), hand.motion(CAR, velocity=(10, 0, 0)), tick=k) for k in range(3)]
    assert detect([car_ahead()], moments)["velocity"] == pytest.approx(0.0, abs=1e-5)


def test_the_first_measurement_takes_the_velocity_of_the_carrier(hand, detect):
    """Mounted 2 m ahead of a carrier that turns at 90 deg/s clockwise, the radar itself moves to the right at pi m/s."""
    carrier = hand.motion(hand.CARRIER, velocity=(3, 0, 0), turning=(0, 0, 90))
    radar = hand.motion(location=(2, 0, 0), parent=hand.CARRIER)
    found = detect([((20.0, 0, 0), (-1.0, 0, 0), 0, 4)], [hand.moment(carrier, radar)])
    expected = -3.0 * radial(found, "x") - np.pi * radial(found, "y")
    assert found["velocity"] == pytest.approx(expected, abs=1e-5)


def test_the_rotation_of_a_target_adds_to_its_velocity(hand, detect):
    """A car 20 m ahead turns on the spot by 1 rad/s clockwise: its right side recedes backwards, w x r = (-y, x) about its centre."""
    car = hand.motion(CAR, (20, 0, 0), turning=(0, 0, np.degrees(1.0)))
    found = detect([car_ahead(18.0)], [hand.moment(hand.motion(), car)], {**NARROW, "horizontal_fov": "20"})
    y, x = found["depth"] * radial(found, "y"), found["depth"] * radial(found, "x") - 20.0
    assert found["velocity"] == pytest.approx(-y * radial(found, "x") + x * radial(found, "y"), abs=1e-4)
    right = found[found["azimuth"] > 0.05]
    assert len(right) > 0
    assert (right["velocity"] < 0).all()


def test_a_target_that_turns_as_its_heading_does_moves_as_its_corner_does(hand, detect):
    """The sense of rotation by differences: the same body point at two headings 0.001 s apart."""
    from simgen.geometry.pose import left_from_carla, transform
    from simgen.server.sensors.radar import point_velocities

    body_point, rate = np.array([[2.0, 1.0, 0.5]]), 30.0
    before, after = (transform(left_from_carla((7, 8, 0), (0, 50.0 + rate * t, 0)), body_point) for t in (0.0, 1e-3))
    motion = hand.motion(CAR, (7, 8, 0), turning=(0, 0, rate))
    assert point_velocities(motion, before) == pytest.approx((after - before) / 1e-3, abs=1e-3)


def test_depth_is_slant_and_angles_are_right_and_up(hand, detect):
    wide = {"horizontal_fov": "60", "vertical_fov": "30"}
    found = detect([car_ahead()], [hand.moment(hand.motion(rotation=(0, 0, 0)))], {**wide, "points_per_second": "20000"})
    assert found["depth"] * radial(found, "x") == pytest.approx(20.0, abs=1e-4)
    assert abs(found["azimuth"]).max() == pytest.approx(np.radians(30.0), abs=0.02)
    assert abs(found["altitude"]).max() == pytest.approx(np.radians(15.0), abs=0.02)
    right_half = detect([((0, 5.0, 0), (0, -1.0, 0), 0, 4)], [hand.moment(hand.motion())], {**wide, "points_per_second": "2000"})
    assert (right_half["azimuth"] > 0).all()
    floor = detect([((0, 0, -2.0), (0, 0, 1.0), 0, 1)], [hand.moment(hand.motion())], wide)
    assert (floor["altitude"] < 0).all()
    assert floor["depth"] == pytest.approx(2.0 / np.sin(-floor["altitude"]), rel=1e-5)


def test_angles_are_of_the_sensor_not_of_the_world(hand, detect):
    wall_east = ((0, 20.0, 0), (0, -1.0, 0), CAR, 14)
    found = detect([wall_east], [hand.moment(hand.motion(rotation=(0, 90, 0)), hand.motion(CAR, velocity=(0, -5, 0)))])
    assert found["velocity"] == pytest.approx(-5.0, abs=0.002)
    assert abs(found["azimuth"]).max() < np.radians(1.01)


def test_rays_are_uniform_in_the_radius_of_an_ellipse():
    cone = Cone(horizontal_deg=90.0, vertical_deg=40.0, range_m=100.0, points_per_second=1_000_000)
    x, y, z = cone.draw_rays(0.02, np.random.default_rng(0)).T
    radius = np.hypot(y / x, z / x / np.tan(np.radians(20.0)))
    share, _ = np.histogram(radius, bins=10, range=(0.0, 1.0))
    assert share.sum() == 20000
    assert (abs(share - 2000) < 5 * np.sqrt(2000)).all()


@pytest.mark.parametrize(("per_second", "dt", "rays"), [(1500, 0.05, 75), (1500, 0.0333, 49), (19, 0.05, 0), (20, 0.05, 1), (30, 0.1, 3)])
def test_the_number_of_rays_is_cut(per_second, dt, rays):
    assert len(Cone(30.0, 30.0, 100.0, per_second).draw_rays(dt, np.random.default_rng(0))) == rays


def test_only_what_is_within_range_is_detected(hand, detect):
    attributes = {"horizontal_fov": "60", "points_per_second": "20000", "vertical_fov": "1", "range": "22"}
    found = detect([car_ahead()], [hand.moment(hand.motion())], attributes)
    assert 0 < len(found) < 1000
    assert found["depth"].max() <= 22.0
    assert abs(found["azimuth"]).max() <= np.arccos(20.0 / 22.0) + 1e-3


def test_the_pattern_begins_anew_with_each_radar(hand, detect):
    def azimuths(seed):
        return detect([car_ahead()], [hand.moment(hand.motion())], {**NARROW, "noise_seed": seed})["azimuth"].tolist()

    assert azimuths("1") == azimuths("1")
    assert azimuths("1") != azimuths("2")
