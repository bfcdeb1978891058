"""Each of the fourteen weather parameters shows in the image, and the more of it the more."""

import itertools

import numpy as np
import pytest


@pytest.fixture
def rgb(made, street):
    def shot(view, *placed, tick=1, **weather):
        return street.image(view, "rgb", made.moment(*placed, tick=tick, **weather))[..., :3].astype(float)

    return shot


def rising(values):
    assert all(a < b for a, b in itertools.pairwise(values)), values


def test_cloudiness_takes_sunlight_from_the_ground(made, rgb):
    down = made.view((-60.0, 0.0, 3.0), (-60.0, 180.0, 0.0), manual=True)
    rising([rgb(down, cloudiness=c, sun_altitude_angle=60.0).mean() for c in (100.0, 50.0, 0.0)])


def test_precipitation_moves_the_image(made, rgb):
    ahead = made.view(width=128, height=96)

    def change(precipitation):
        weather = {"precipitation": precipitation, "wind_intensity": 0.0}
        return np.abs(rgb(ahead, tick=1, **weather) - rgb(ahead, tick=2, **weather)).mean()

    assert change(0.0) == 0.0
    rising([change(p) for p in (0.0, 30.0, 60.0, 100.0)])


def test_precipitation_deposits_mirror_the_sky(made, rgb):
    flat = made.view((0.0, 0.0, 1.0), (0.0, 180.0, 0.0), 128, 96, manual=True)
    rising([rgb(flat, precipitation_deposits=d, wetness=100.0, cloudiness=100.0)[54:60].mean() for d in (0.0, 45.0, 90.0)])


def test_wind_drives_clouds(made, rgb):
    sky = made.view(rotation=(45.0, 0.0, 0.0))

    def drift(wind):
        return np.abs(
            rgb(sky, tick=1, wind_intensity=wind, cloudiness=45.0) - rgb(sky, tick=41, wind_intensity=wind, cloudiness=45.0)
        ).mean()

    assert drift(0.0) == 0.0
    rising([drift(w) for w in (0.0, 25.0, 100.0)])


def test_sun_azimuth_turns_shadows(made, rgb):
    above = made.view((10.0, 0.0, 12.0), (-90.0, 0.0, 0.0), 96, 96)  # image up is +x, right is +y
    car = made.at("car", 9, 10.0, 0.0)

    def dark_column(azimuth):
        weather = {"sun_azimuth_angle": azimuth, "sun_altitude_angle": 30.0, "cloudiness": 0.0}
        change = rgb(above, **weather).sum(axis=2) - rgb(above, car, **weather).sum(axis=2)
        return np.flatnonzero((change > 60.0).any(axis=0)).mean()

    rising([dark_column(a) for a in (90.0, 180.0, 270.0)])


def test_sun_altitude_lights_the_world(made, rgb):
    away = made.view((-60.0, 0.0, 1.6), (0.0, 180.0, 0.0), manual=True)
    rising([rgb(away, sun_altitude_angle=a)[36:].mean() for a in (-30.0, -4.0, 2.0, 10.0, 30.0, 80.0)])


@pytest.mark.parametrize("parameter", ["fog_density", "dust_storm"])
def test_what_is_in_the_air_takes_contrast(made, rgb, parameter):
    house = made.view(rotation=(2.0, -21.8, 0.0), fov=30.0)
    rising([rgb(house, **{parameter: value, "fog_distance": 0.0}).std() for value in (100.0, 50.0, 20.0, 0.0)])


def test_dust_is_brown(made, rgb):
    ahead = made.view()
    images = [rgb(ahead, dust_storm=d) for d in (0.0, 40.0, 100.0)]
    rising([image[..., 2].mean() / image[..., 0].mean() for image in images])


def test_fog_distance_clears_what_is_near(made, rgb):
    house = made.view(rotation=(2.0, -21.8, 0.0), fov=30.0)
    rising([rgb(house, fog_density=70.0, fog_distance=d).std() for d in (0.0, 10.0, 25.0)])


def test_fog_falloff_clears_what_is_high(made, rgb):
    top = made.view(rotation=(12.0, -21.8, 0.0), fov=30.0)
    rising([rgb(top, fog_density=70.0, fog_distance=0.0, fog_falloff=f).std() for f in (0.1, 2.0, 10.0)])


def test_wetness_darkens_the_road(made, rgb):
    down = made.view((-60.0, 0.0, 3.0), (-60.0, 180.0, 0.0))
    rising([rgb(down, wetness=w).mean() for w in (100.0, 40.0, 0.0)])


@pytest.mark.parametrize(("parameter", "values"), [("scattering_intensity", (0.0, 1.0, 3.0)), ("mie_scattering_scale", (0.0, 0.03, 0.3))])
def test_scattering_glows_around_the_sun(made, rgb, parameter, values):
    beside = made.view(rotation=(20.0, 15.0, 0.0), fov=20.0, manual=True)
    weather = {"sun_azimuth_angle": 0.0, "sun_altitude_angle": 20.0, "cloudiness": 0.0, "fog_density": 15.0}
    rising([rgb(beside, **weather, **{parameter: value}).mean() for value in values])


def test_rayleigh_scattering_paints_the_sky_blue(made, rgb):
    up = made.view(rotation=(70.0, 0.0, 0.0), fov=30.0, manual=True)
    rising([rgb(up, sun_azimuth_angle=180.0, cloudiness=0.0, rayleigh_scattering_scale=r)[..., 0].mean() for r in (0.005, 0.0331, 0.1)])
