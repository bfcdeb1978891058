"""Noise models against the laws they claim to follow."""

import numpy as np
import pytest

from simgen.datatypes.frame import Frame
from simgen.datatypes.noise import CameraNoise, GnssNoise, ImuNoise, LidarNoise, Noise, RadarNoise
from simgen.datatypes.readings import LIDAR_DTYPE, RADAR_DTYPE, Reading
from simgen.datatypes.rig import Kind
from simgen.noise import degrade
from simgen.noise.camera import GAMMA, expose
from simgen.noise.inertial import EARTH_RADIUS_M, disturb_gnss, disturb_imu
from simgen.noise.lidar import disturb_lidar
from simgen.noise.radar import disturb_radar
from simgen.rng import stream


def rng():
    return stream(5, "test")


def grey(code, size=200):
    return np.full((size, size, 3), code, dtype=np.uint8)


def cloud(ranges):
    points = np.zeros(len(ranges), dtype=LIDAR_DTYPE)
    points["x"] = ranges
    return points


def test_noiseless_parameters_leave_every_reading_untouched():
    data = {Kind.RGB: grey(99, 8), Kind.GNSS: np.array([48.0, 11.0, 500.0]), Kind.IMU: np.arange(7.0), Kind.RADAR: np.ones(3, RADAR_DTYPE)}
    frame = Frame(0, 0.0, {k.value: Reading(k.value, k, 0, np.eye(4), v) for k, v in data.items()}, None)
    noisy = degrade(frame, Noise(), seed=1)
    for kind, clean in data.items():
        np.testing.assert_array_equal(noisy.readings[kind.value].data, clean)


def test_masks_pass_through_any_noise():
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4)
    frame = Frame(0, 0.0, {"a": Reading("a", Kind.SEMANTIC, 0, np.eye(4), mask)}, None)
    assert degrade(frame, Noise(CameraNoise(exposure_ev=2.0, shot=True)), 1).readings["a"].data is mask


def test_every_reading_has_a_stream_of_its_own():
    noise = Noise(gnss=GnssNoise(horizontal_stddev_m=1.0))
    fix = np.array([48.0, 11.0, 500.0])
    both = {n: Reading(n, Kind.GNSS, 4, np.eye(4), fix) for n in ("a", "b")}
    together = degrade(Frame(4, 0.0, both, None), noise, 1).readings
    alone = degrade(Frame(4, 0.0, {"b": both["b"]}, None), noise, 1).readings
    np.testing.assert_array_equal(together["b"].data, alone["b"].data)
    assert not np.array_equal(together["a"].data, together["b"].data)
    assert not np.array_equal(degrade(Frame(4, 0.0, both, None), noise, 2).readings["b"].data, alone["b"].data)


def test_one_stop_doubles_linear_light():
    brighter = expose(grey(100), CameraNoise(exposure_ev=1.0), rng())
    expected = round(255 * (2.0 * (100 / 255) ** GAMMA) ** (1 / GAMMA))
    assert (brighter == expected).all()


def test_exposure_and_its_inverse_give_the_image_back_within_a_code():
    image = np.arange(128, dtype=np.uint8).repeat(6).reshape(16, 16, 3)
    there = expose(image, CameraNoise(exposure_ev=1.0), rng())
    back = expose(there, CameraNoise(exposure_ev=-1.0), rng())
    assert np.abs(back.astype(int) - image).max() <= 1


def test_shot_noise_grows_with_the_root_of_the_signal():
    noise = CameraNoise(shot=True, full_well_e=1000.0)
    for code in (120, 180):
        linear = (expose(grey(code), noise, rng()) / 255.0) ** GAMMA
        signal = (code / 255.0) ** GAMMA
        assert linear.std() == pytest.approx(np.sqrt(signal / 1000.0), rel=0.03)


def test_blur_keeps_the_mean_light_and_spreads_an_edge():
    image = grey(0)
    image[:, 100:] = 200
    blurred = expose(image, CameraNoise(blur_px=2.0), rng())
    assert 0 < blurred[100, 99, 0] < blurred[100, 101, 0] < 200
    assert ((blurred / 255.0) ** GAMMA).mean() == pytest.approx(((image / 255.0) ** GAMMA).mean(), rel=0.01)


def test_lidar_intensity_follows_the_extinction_law():
    out = disturb_lidar(cloud([10.0, 100.0]), LidarNoise(attenuation_per_m=0.01), rng())
    np.testing.assert_allclose(out["intensity"], np.exp([-0.1, -1.0]), rtol=1e-6)


def test_range_noise_has_the_declared_spread_and_stays_on_the_ray():
    points = cloud(np.full(20_000, 30.0))
    points["y"] = 40.0
    out = disturb_lidar(points, LidarNoise(range_stddev_m=0.05), rng())
    ranges = np.hypot(out["x"].astype(float), out["y"])
    assert ranges.mean() == pytest.approx(50.0, abs=0.002)
    assert ranges.std() == pytest.approx(0.05, rel=0.03)
    np.testing.assert_allclose(out["y"] / out["x"], 4.0 / 3.0, rtol=1e-5)


def test_lost_returns_follow_the_drop_off_law():
    near, far = cloud(np.full(20_000, 1.0)), cloud(np.full(20_000, 230.0))
    noise = LidarNoise(attenuation_per_m=0.004, dropoff_rate=0.1, dropoff_intensity_limit=0.8, dropoff_zero_intensity=0.5)
    assert len(disturb_lidar(near, noise, rng())) / 20_000 == pytest.approx(0.9, abs=0.01)
    survive = 1.0 - 0.5 * (1.0 - np.exp(-0.92) / 0.8)
    assert len(disturb_lidar(far, noise, rng())) / 20_000 == pytest.approx(0.9 * survive, abs=0.01)


def test_radar_noise_and_misses():
    detections = np.zeros(20_000, dtype=RADAR_DTYPE)
    detections["range"], detections["velocity"] = 50.0, -5.0
    out = disturb_radar(detections, RadarNoise(range_stddev_m=0.2, velocity_stddev_mps=0.1, miss_rate=0.25), rng())
    assert len(out) / 20_000 == pytest.approx(0.75, abs=0.01)
    assert out["range"].std() == pytest.approx(0.2, rel=0.03)
    assert out["velocity"].mean() == pytest.approx(-5.0, abs=0.005)
    assert (out["azimuth"] == 0.0).all()


def test_a_bias_of_a_metre_east_and_north_is_a_metre_on_the_ground():
    out = disturb_gnss(np.array([60.0, 10.0, 100.0]), GnssNoise(bias_east_m=1.0, bias_north_m=1.0, bias_up_m=2.0), rng())
    radians = np.radians(out - (60.0, 10.0, 0.0))
    assert radians[0] * EARTH_RADIUS_M == pytest.approx(1.0, rel=1e-6)
    assert radians[1] * EARTH_RADIUS_M * 0.5 == pytest.approx(1.0, rel=1e-6)
    assert out[2] == 102.0


def test_imu_bias_is_constant_and_white_noise_has_its_spread():
    noise = ImuNoise(accel_stddev_mps2=0.1, accel_bias_mps2=(1.0, 0.0, -1.0), gyro_bias_radps=(0.0, 0.0, 0.5))
    generator = rng()
    out = np.array([disturb_imu(np.zeros(7), noise, generator) for _ in range(5000)])
    np.testing.assert_allclose(out[:, :3].mean(axis=0), (1.0, 0.0, -1.0), atol=0.006)
    np.testing.assert_allclose(out[:, :3].std(axis=0), 0.1, rtol=0.05)
    np.testing.assert_array_equal(out[:, 5], 0.5)
