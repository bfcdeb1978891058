"""Weather to light, without any driver."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.server.render.lighting import automatic_exposure, extinction_per_m, lighting_of, manual_exposure_ev
from simgen.server.values import Weather


def test_the_sun_follows_azimuth_as_yaw_and_altitude_up():
    for azimuth, altitude, expected in ((0, 0, (1, 0, 0)), (90, 0, (0, 1, 0)), (0, 90, (0, 0, 1)), (180, -90, (0, 0, -1))):
        sun = lighting_of(Weather(sun_azimuth_angle=azimuth, sun_altitude_angle=altitude)).sun
        np.testing.assert_allclose(sun, expected, atol=1e-12)


def test_the_ground_is_lit_less_by_a_lower_sun_and_by_clouds():
    by_altitude = [lighting_of(Weather(sun_altitude_angle=a)).illuminance for a in range(-30, 91, 2)]
    assert by_altitude == sorted(by_altitude)
    by_cloud = [lighting_of(Weather(cloudiness=c)).illuminance for c in range(0, 101, 5)]
    assert by_cloud == sorted(by_cloud, reverse=True)


def test_a_camera_that_adapts_still_shows_darkness():
    images = [lighting_of(Weather(sun_altitude_angle=a)) for a in range(-30, 91, 5)]
    shown = [image.illuminance * automatic_exposure(image) for image in images]
    assert shown == sorted(shown)


def test_a_manual_camera_does_not_adapt():
    noon, dusk = Weather(), replace(Weather(), sun_altitude_angle=-5.0)
    absolute = [automatic_exposure(lighting_of(w)) * 2.0 ** manual_exposure_ev(w, 200.0, 100.0, 1.4) for w in (noon, dusk)]
    assert absolute[0] == pytest.approx(absolute[1])
    assert absolute[0] == pytest.approx(automatic_exposure(lighting_of(noon)))


def test_twice_the_time_is_one_stop():
    stops = manual_exposure_ev(Weather(), 100.0, 100.0, 1.4) - manual_exposure_ev(Weather(), 200.0, 100.0, 1.4)
    assert stops == pytest.approx(1.0)


def test_thicker_weather_swallows_more_light():
    for parameter in ("fog_density", "precipitation", "dust_storm"):
        values = [extinction_per_m(replace(Weather(), **{parameter: p})) for p in range(0, 101, 10)]
        assert values == sorted(values)
        assert values[-1] > values[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -50.0, 1e9])
def test_weather_out_of_range_gives_finite_light(value):
    names = ("cloudiness", "precipitation", "precipitation_deposits", "fog_density", "fog_distance", "fog_falloff", "wetness", "dust_storm")
    lighting = lighting_of(replace(Weather(), **dict.fromkeys(names, value)))
    for field in vars(lighting).values():
        assert np.isfinite(field).all()
    assert np.isfinite(automatic_exposure(lighting))
