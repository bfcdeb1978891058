"""Weather to light, without any driver."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.server.light import LUMINANCE, extinction_per_m, light_of
from simgen.server.light.atmosphere import clear_sky
from simgen.server.values import Weather

UP = np.array([0.0, 0.0, 1.0])


def test_the_sun_follows_azimuth_as_yaw_and_altitude_up():
    for azimuth, altitude, expected in ((0, 0, (1, 0, 0)), (90, 0, (0, 1, 0)), (0, 90, (0, 0, 1)), (180, -90, (0, 0, -1))):
        sun = light_of(Weather(sun_azimuth_angle=azimuth, sun_altitude_angle=altitude)).sun
        np.testing.assert_allclose(sun, expected, atol=1e-12)


def test_the_ground_is_lit_less_by_a_lower_sun_and_by_clouds():
    by_altitude = [light_of(Weather(sun_altitude_angle=a)).illuminance for a in range(-30, 91, 2)]
    assert by_altitude == sorted(by_altitude)
    by_cloud = [light_of(Weather(cloudiness=c)).illuminance for c in range(0, 101, 5)]
    assert by_cloud == sorted(by_cloud, reverse=True)


def test_thicker_weather_swallows_more_light():
    for parameter in ("fog_density", "precipitation", "dust_storm"):
        values = [extinction_per_m(replace(Weather(), **{parameter: p})) for p in range(0, 101, 10)]
        assert values == sorted(values)
        assert values[-1] > values[0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -50.0, 1e9])
def test_weather_out_of_range_gives_finite_light(value):
    light = light_of(Weather(*([value] * 14)))
    for name, field in vars(light).items():
        assert np.isfinite(field).all(), name
    assert np.isfinite(light.illuminance)


def test_the_same_weather_is_computed_once():
    assert light_of(Weather(cloudiness=12.0)) is light_of(Weather(cloudiness=12.0))


def test_a_sky_without_air_is_black_and_lets_the_sun_through_but_for_ozone():
    space = clear_sky(60.0, 0.0, 0.0)
    assert np.abs(space.radiance).max() < 1e-9
    # 15 km of ozone's density at its layer's middle stand over each place: a triangle of twice that half width.
    expected = np.exp(-np.array([2.50e-6, 1.45e-6, 0.085e-6]) * 15e3 / math.sin(math.radians(60.0)))
    np.testing.assert_allclose(space.sun, expected, rtol=2e-3)


def test_molecules_alone_dim_the_zenith_sun_by_their_column():
    column = np.array([8.67e-6, 15.1e-6, 31.6e-6]) * 8e3
    ratio = clear_sky(90.0, 1.0, 0.0).sun / clear_sky(90.0, 0.0, 0.0).sun
    np.testing.assert_allclose(ratio, np.exp(-column), rtol=0.02)


def test_noon_is_blue_overhead_and_pale_at_the_horizon():
    sky = clear_sky(60.0).radiance
    assert sky[-1, 0, 2] > 2.0 * sky[-1, 0, 0]
    assert sky[0, -1, 2] < 1.6 * sky[0, -1, 0]
    assert (sky[0].mean(axis=0) > sky[-1].mean(axis=0)).all()


def test_a_low_sun_is_red_and_glows_on_its_own_side():
    high, low = clear_sky(60.0), clear_sky(4.0)
    assert low.sun[0] / low.sun[2] > 4.0 * high.sun[0] / high.sun[2]
    assert low.radiance[0, 0] @ LUMINANCE > 3.0 * (low.radiance[0, -1] @ LUMINANCE)


def test_twilight_fades_by_the_square_thousand_and_the_sun_is_gone():
    levels = [float(clear_sky(a).radiance.mean()) for a in (0.0, -4.0, -8.0, -12.0)]
    assert all(a > 4.0 * b for a, b in itertools.pairwise(levels))
    assert (clear_sky(-2.0).sun == 0.0).all()


def test_light_from_an_even_sky_is_as_even():
    """Irradiance in closed form: under a sky of radiance 1 all around it is 1, under half a sky (1 + cos) / 2."""
    from simgen.server.light import _ambient

    sky = np.ones((28, 17, 3))
    dark_ground = np.array([0.0, 0.0, 0.0])
    form = _ambient(sky, np.array([1.0, 0.0, 0.0]), dark_ground)
    ground = 0.18  # what the ground sends back of the sky's light
    for cosine in (-1.0, -0.4, 0.0, 0.5, 1.0):
        n = np.array([math.sqrt(1.0 - cosine**2), 0.0, cosine, 1.0])
        expected = (1.0 + cosine) / 2.0 + ground * (1.0 - cosine) / 2.0
        assert n @ form[0] @ n == pytest.approx(expected, abs=0.02)


def test_ambient_light_leans_towards_the_sun():
    light = light_of(Weather(sun_azimuth_angle=0.0, sun_altitude_angle=10.0, cloudiness=0.0))
    towards, away = light.irradiance(np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])) @ LUMINANCE
    assert towards > 1.1 * away


def test_the_sky_that_is_read_is_the_table():
    light = light_of(Weather(sun_azimuth_angle=30.0))
    np.testing.assert_allclose(light.sky_radiance(UP[None])[0], light.sky[-1].mean(axis=0), rtol=0.05)
    at_sun = np.array([[math.cos(math.radians(30.0)), math.sin(math.radians(30.0)), 0.0]])
    np.testing.assert_allclose(light.sky_radiance(at_sun)[0], light.sky[0, 0], rtol=1e-6)
