import math

import numpy as np
import pytest

from simgen.client.payloads import CONVERTERS, id_table, pose_of
from simgen.datatypes.rig import Kind

from .fakes import image, lidar, message, vector

IDS = id_table([7, 300, 70000])


def convert(kind, *messages):
    return CONVERTERS[kind](messages, IDS)


def test_rgb_is_turned_round_and_loses_alpha():
    np.testing.assert_array_equal(convert(Kind.RGB, image([[[1, 2, 3, 255]]])), [[[3, 2, 1]]])


@pytest.mark.parametrize("metres", [0.0, 0.5, 10.0, 123.4, 1000.0])
def test_depth_is_metres_within_a_step_of_the_encoding(metres):
    steps = round(metres / 1000.0 * (2**24 - 1))
    made = convert(Kind.DEPTH, image([[[steps >> 16, steps >> 8 & 255, steps & 255, 255]]]))
    assert made.dtype == np.float32
    assert abs(made[0, 0] - metres) <= 1000.0 / 2**24 + 1000.0 * 2**-24


def test_semantic_is_the_red_channel():
    np.testing.assert_array_equal(convert(Kind.SEMANTIC, image([[[9, 9, 14, 255], [9, 9, 1, 255]]])), [[14, 1]])


def test_instance_pixels_are_actor_ids_even_above_16_bits():
    def pixel(actor_id):
        return [actor_id >> 8 & 255, actor_id & 255, 14, 255]

    made = convert(Kind.INSTANCE, image([[pixel(7), pixel(300), pixel(70000), pixel(8)]]))
    np.testing.assert_array_equal(made, [[7, 300, 70000, 0]])


def test_lidar_points_are_mirrored_and_fade_with_range():
    made = convert(Kind.LIDAR, lidar([(3, 4, 0, 0.5, 7, 14), (10, 0, 1, 1.0, 9, 1)], [1, 0, 1]))
    np.testing.assert_allclose([made["x"], made["y"], made["z"]], [[3, 10], [-4, 0], [0, 1]])
    assert made["intensity"][0] == pytest.approx(math.exp(-0.004 * 5))
    np.testing.assert_array_equal(made["channel"], [0, 2])
    np.testing.assert_array_equal(made["object_id"], [7, 0])  # 9 is no actor
    np.testing.assert_array_equal(made["tag"], [14, 1])


def test_slices_of_a_revolution_meet_in_the_frame_of_the_last():
    # A wall point at world (20, 2, 0): seen from x = 10 and, a slice later, from x = 11 after turning right by 90 degrees.
    first = lidar([(10, 2, 0, 1, 0, 3)], [1], x=10.0)
    second = lidar([(2, -9, 0, 1, 0, 3)], [1], x=11.0, yaw=90.0)
    made = convert(Kind.LIDAR, first, second)
    np.testing.assert_allclose([made["x"], made["y"], made["z"]], [[2, 2], [9, 9], [0, 0]], atol=1e-5)
    assert made["intensity"][0] == pytest.approx(math.exp(-0.004 * math.hypot(10, 2)))  # the range when it was measured


def test_radar_azimuth_is_positive_to_the_left():
    raw = np.array([(-5.0, 0.25, 0.1, 40.0)], dtype="<f4").tobytes()
    made = convert(Kind.RADAR, message(raw_data=raw))
    assert [float(made[name][0]) for name in ("range", "azimuth", "altitude", "velocity")] == pytest.approx([40.0, -0.25, 0.1, -5.0])


def test_imu_of_a_right_turn_reads_negative_yaw_rate():
    # Turning right at 0.5 rad/s, pushed to the left in the seat frame: CARLA's z rate is positive, its y acceleration too.
    made = convert(Kind.IMU, message(accelerometer=vector(1.0, 2.0, 9.81), gyroscope=vector(0.1, 0.2, 0.5), compass=1.5))
    np.testing.assert_allclose(made, [1.0, -2.0, 9.81, -0.1, 0.2, -0.5, 1.5])


def test_gnss_keeps_its_order():
    np.testing.assert_array_equal(convert(Kind.GNSS, message(latitude=48.1, longitude=11.5, altitude=500.0)), [48.1, 11.5, 500.0])


def test_collisions_of_one_tick_are_rows():
    other = type("Other", (), {"id": 7})
    made = convert(
        Kind.COLLISION, message(other_actor=other, normal_impulse=vector(1, 2, 3)), message(other_actor=other, normal_impulse=vector())
    )
    assert len(made) == 2
    np.testing.assert_array_equal(made["impulse"][0], [1, -2, 3])


def test_the_pose_of_a_message_is_right_handed():
    pose = pose_of(message(x=1.0, y=2.0, z=3.0, yaw=90.0))
    np.testing.assert_allclose(pose[:3, 3], [1, -2, 3])
    np.testing.assert_allclose(pose[:3, 0], [0, -1, 0], atol=1e-12)
