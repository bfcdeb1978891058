import struct

import numpy as np
import pytest

from simgen.server.sensors.lidar import Beams, make_lidar, make_semantic_lidar
from simgen.server.wire.streams import LIDAR_POINT, SEMANTIC_POINT

WALL = ((10.0, 0, 0), (-1.0, 0, 0), 0, 4)
FLOOR = ((0, 0, 0), (0, 0, 1.0), 0, 1)
NARROW = {"channels": "8", "points_per_second": "16000", "horizontal_fov": "40", "upper_fov": "10", "lower_fov": "-10", "range": "100"}
LOSSLESS = {"dropoff_general_rate": "0", "dropoff_intensity_limit": "0"}


def read(body, dtype):
    """Return (header angle, counts, points) of a lidar message."""
    angle, channels = struct.unpack_from("<fI", body)
    counts = np.frombuffer(body, "<u4", channels, 8)
    return angle, counts, np.frombuffer(body, dtype, offset=8 + 4 * channels)


def xyz(points):
    return np.stack([points["x"], points["y"], points["z"]], axis=1).astype(np.float64)


@pytest.fixture
def sweep(hand):
    """Return a function that makes a new lidar, lets it measure the ticks given by their lengths, and reads the messages."""

    def run(planes, attributes, ticks=(0.05,), semantic=False, location=(0, 0, 0), rotation=(0, 0, 0)):
        make, dtype = (make_semantic_lidar, SEMANTIC_POINT) if semantic else (make_lidar, LIDAR_POINT)
        lidar = make(attributes, hand.SENSOR, hand.stage(hand.Planes(*planes)))
        there = hand.motion(location=location, rotation=rotation)
        return [[read(body, dtype) for body in lidar.measure(hand.moment(there, dt=dt))] for dt in ticks]

    return run


@pytest.mark.parametrize("semantic", [True, False])
def test_a_wall_at_ten_metres_is_ten_metres_ahead_in_every_channel(sweep, semantic):
    ((message,),) = sweep([WALL], {**NARROW, **LOSSLESS}, semantic=semantic)
    _, counts, points = message
    assert (counts == 16000 * 0.05 / 8).all()
    assert points["x"] == pytest.approx(10.0, abs=1e-5)


def test_channels_run_from_the_top_down_in_equal_steps(sweep):
    ((message,),) = sweep([WALL], NARROW, semantic=True)
    _, counts, points = message
    elevation = np.degrees(np.arctan2(points["z"], np.hypot(points["x"], points["y"])))
    expected = np.repeat(10.0 - 20.0 / 7.0 * np.arange(8), counts)
    assert elevation == pytest.approx(expected, abs=1e-4)


def test_a_single_channel_looks_along_the_upper_limit(sweep):
    ((message,),) = sweep([FLOOR], {"channels": "1", "upper_fov": "-30", "lower_fov": "-60"}, semantic=True, location=(0, 0, 1.0))
    assert np.linalg.norm(xyz(message[2]), axis=1) == pytest.approx(2.0, abs=1e-5)


def test_the_floor_is_at_height_over_sine_of_the_angle_and_its_cosine_is_that_sine(sweep):
    attributes = {"channels": "16", "lower_fov": "-40", "upper_fov": "-10", "range": "12"}
    ((message,),) = sweep([FLOOR], attributes, semantic=True, location=(3, -2, 2.0))
    _, counts, points = message
    sine = np.repeat(np.sin(np.radians(np.linspace(10.0, 40.0, 16))), counts)
    assert np.linalg.norm(xyz(points), axis=1) == pytest.approx(2.0 / sine)
    assert points["cos_incidence"] == pytest.approx(sine)


def test_nothing_is_seen_beyond_the_range(sweep):
    """From 2 m up, the channels at 10, 20, 30 and 40 degrees meet the floor at 11.5, 5.8, 4.0 and 3.1 m."""
    attributes = {"channels": "4", "lower_fov": "-40", "upper_fov": "-10", "range": "5"}
    ((message,),) = sweep([FLOOR], attributes, semantic=True, location=(0, 0, 2.0))
    assert (message[1] > 0).tolist() == [False, False, True, True]


def test_points_are_in_the_frame_of_a_turned_and_pitched_sensor(sweep):
    wall_east = ((0, 10.0, 0), (0, -1.0, 0), 0, 4)
    ((message,),) = sweep([wall_east], NARROW, semantic=True, rotation=(20.0, 90.0, 0.0))
    points = xyz(message[2])
    ahead = points @ [np.cos(np.radians(20.0)), 0.0, -np.sin(np.radians(20.0))]  # the wall's normal seen by the raised sensor
    assert ahead == pytest.approx(10.0, abs=1e-4)


def test_the_right_hand_side_is_positive_y(sweep):
    wall_right = ((0, 5.0, 0), (0, -1.0, 0), 0, 4)
    ((message,),) = sweep([wall_right], {"channels": "1", "upper_fov": "0", "rotation_frequency": "20"}, semantic=True)
    assert len(message[2]) > 0
    assert message[2]["y"] == pytest.approx(5.0, abs=1e-5)


def test_ids_and_tags_are_those_of_what_was_met(sweep):
    near = ((4.0, 0, 0), (-1.0, 0, 0), 321, 14)
    ((message,),) = sweep([WALL, near], NARROW, semantic=True)
    assert set(message[2]["object_id"].tolist()) == {321}
    assert set(message[2]["tag"].tolist()) == {14}


@pytest.mark.parametrize(("per_second", "rays"), [(990, 5), (1090, 5), (1100, 6), (1110, 6)])
def test_rays_are_rounded_and_halves_away_from_zero(per_second, rays):
    beams = Beams.of({"channels": "10", "points_per_second": str(per_second)})
    assert beams.rays_per_channel(0.05) == rays


def test_a_tick_too_short_for_one_ray_sends_nothing_and_does_not_turn(sweep):
    attributes = {"channels": "10", "points_per_second": "60", "upper_fov": "0", "lower_fov": "0"}
    nothing, something = sweep([WALL], attributes, ticks=(0.05, 1.0), semantic=True)
    assert nothing == []
    assert something[0][0] == pytest.approx(0.0)  # ten whole turns


def test_the_sweep_goes_on_where_it_stopped(sweep):
    """At 10 Hz and 0.03 s a tick turns 108 degrees; the first begins behind, at -180, and the header says where it ended."""
    room = [((s * 5.0, 0, 0), (-s * 1.0, 0, 0), 0, 4) for s in (1, -1)] + [((0, s * 5.0, 0), (0, -s * 1.0, 0), 0, 4) for s in (1, -1)]
    attributes = {"channels": "1", "upper_fov": "0", "points_per_second": "3600"}
    messages = [m for (m,) in sweep(room, attributes, ticks=(0.03,) * 4, semantic=True)]
    azimuths = np.concatenate([np.degrees(np.arctan2(m[2]["y"], m[2]["x"])) for m in messages])
    assert azimuths % 360 == pytest.approx((-180.0 + np.arange(432)) % 360, abs=1e-3)
    assert np.degrees([m[0] for m in messages]) == pytest.approx([108.0, 216.0, 324.0, 72.0], abs=1e-4)


def test_a_limited_field_of_view_is_centred_ahead(sweep):
    ((message,),) = sweep([WALL], {"channels": "1", "upper_fov": "0", "horizontal_fov": "90", "range": "50"}, (0.1,), semantic=True)
    azimuths = np.degrees(np.arctan2(message[2]["y"], message[2]["x"]))
    assert azimuths.min() == pytest.approx(-45.0, abs=1e-3)
    assert azimuths == pytest.approx(-45.0 + 90.0 / len(azimuths) * np.arange(len(azimuths)), abs=1e-3)


def test_a_lossless_lidar_has_the_points_of_the_semantic_one(sweep):
    planes = [WALL, FLOOR]
    attributes = {**NARROW, **LOSSLESS}
    plain = [m for (m,) in sweep(planes, attributes, (0.05, 0.05), location=(0, 0, 1.5))]
    semantic = [m for (m,) in sweep(planes, attributes, (0.05, 0.05), semantic=True, location=(0, 0, 1.5))]
    for (angle, counts, points), (angle_s, counts_s, points_s) in zip(plain, semantic, strict=True):
        assert angle == angle_s
        assert counts.tolist() == counts_s.tolist()
        assert xyz(points).tolist() == xyz(points_s).tolist()


def test_intensity_falls_off_exponentially(sweep):
    ((message,),) = sweep([WALL], {**NARROW, **LOSSLESS, "atmosphere_attenuation_rate": "0.05", "noise_stddev": "0.5"})
    points = message[2]
    true_distance = 10.0 * np.linalg.norm(xyz(points), axis=1) / points["x"]  # noise moves points along their rays
    assert points["intensity"] == pytest.approx(np.exp(-0.05 * true_distance), rel=1e-5)


def within_five_deviations(count, total, chance):
    return abs(count - total * chance) <= 5.0 * np.sqrt(total * chance * (1.0 - chance))


DENSE = {**NARROW, "points_per_second": "400000"}


def test_the_general_drop_off_takes_its_share(sweep):
    ((message,),) = sweep([WALL], {**DENSE, "dropoff_general_rate": "0.3", "dropoff_intensity_limit": "0"})
    assert within_five_deviations(len(message[2]), 20000, 0.7)
    assert message[1].sum() == len(message[2])


def test_faint_returns_are_lost_in_proportion(sweep):
    """A wall whose intensity is exp(-1) all over: kept with zero/limit * I + 1 - zero."""
    attributes = {**DENSE, "channels": "1", "upper_fov": "0", "horizontal_fov": "1", "atmosphere_attenuation_rate": "0.1"}
    ((message,),) = sweep([WALL], {**attributes, "dropoff_general_rate": "0"})
    assert within_five_deviations(len(message[2]), 20000, 0.4 / 0.8 * np.exp(-1.0) + 0.6)


def test_bright_returns_are_all_kept(sweep):
    ((message,),) = sweep([WALL], {**DENSE, "dropoff_general_rate": "0", "dropoff_intensity_limit": "0.9", "dropoff_zero_intensity": "1"})
    assert message[2]["intensity"].min() > 0.9
    assert len(message[2]) == 20000


def test_the_default_lidar_keeps_little_more_than_half(sweep):
    ((message,),) = sweep([WALL], {**DENSE, "range": "20"})
    assert within_five_deviations(len(message[2]), 20000, 0.55)


def test_noise_moves_points_along_their_rays_by_its_deviation(sweep):
    ((message,),) = sweep([WALL], {**DENSE, **LOSSLESS, "noise_stddev": "0.1"})
    ((clean,),) = sweep([WALL], {**DENSE, **LOSSLESS})
    noisy, exact = xyz(message[2]), xyz(clean[2])
    shift = np.linalg.norm(noisy, axis=1) - np.linalg.norm(exact, axis=1)
    assert np.cross(noisy, exact) == pytest.approx(0.0, abs=1e-3)
    assert abs(shift.mean()) < 5 * 0.1 / np.sqrt(20000)
    assert shift.std() == pytest.approx(0.1, rel=5 / np.sqrt(2 * 20000))


def test_the_seed_decides_what_is_lost_anew_with_every_lidar(sweep):
    def counts(seed):
        return [m[1].tolist() for (m,) in sweep([WALL], {**NARROW, "noise_seed": seed}, (0.05, 0.05))]

    assert counts("3") == counts("3.0")
    assert counts("3") != counts("4")
    assert counts("3")[0] != counts("3")[1]


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"channels": "0"}, "channels must be within 1 to 1024, got 0"),
        ({"channels": "2000"}, "channels must be within 1 to 1024, got 2000"),
        ({"points_per_second": "60000000"}, "points_per_second must be within 0 to 5e+07, got 6e+07"),
        ({"range": "0"}, "range must be within 0.001 to 2000, got 0"),
        ({"horizontal_fov": "361"}, "horizontal_fov must be within 0.001 to 360, got 361"),
        ({"dropoff_general_rate": "1.5"}, "dropoff_general_rate must be within 0 to 1, got 1.5"),
        ({"noise_stddev": "a"}, "noise_stddev must be a finite number, got 'a'"),
    ],
)
def test_attributes_out_of_bounds_are_refused(hand, attributes, text):
    with pytest.raises(ValueError) as caught:
        make_lidar(attributes, hand.SENSOR, hand.stage())
    assert str(caught.value) == text
