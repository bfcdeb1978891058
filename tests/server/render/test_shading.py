"""Colours: repeatable, and weather that acts the way its numbers go."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def _rgb(made, street, *placed, view=None, **weather):
    return street.image(view or made.view(width=96, height=64), "rgb", made.moment(*placed, **weather))[..., :3].astype(float)


def _lower_half(image):
    return image[image.shape[0] // 2 + 4 :]


def test_two_renders_are_equal_to_the_bit(made, open_world):
    placed = made.at("car", 9, 9.0, 1.0, yaw=30.0, flags=2)
    worlds = [open_world(made.STREET, car=made.CAR) for _ in range(2)]
    for weather in ({}, {"sun_altitude_angle": -30.0}, {"precipitation": 80.0, "precipitation_deposits": 60.0, "cloudiness": 90.0}):
        images = [_rgb(made, world, placed, **weather) for world in worlds]
        assert (images[0] == images[1]).all()


def test_images_do_not_depend_on_what_was_drawn_before(made, street):
    placed = made.at("car", 9, 9.0, 1.0)
    first = _rgb(made, street, placed)
    _rgb(made, street, view=made.view((40.0, 3.0, 2.0)), sun_altitude_angle=-30.0)
    assert (_rgb(made, street, placed) == first).all()


def test_alpha_is_opaque_and_blue_comes_first(made, street):
    noon = made.moment(cloudiness=0.0, sun_altitude_angle=60.0, sun_azimuth_angle=180.0)
    image = street.image(made.view(rotation=(40.0, 0.0, 0.0)), "rgb", noon)
    assert (image[..., 3] == 255).all()
    sky = image[: made.HEIGHT // 2]
    assert (sky[..., 0] > sky[..., 2]).all(), "the sky of noon is blue"


def test_any_thread_may_ask(made, street):
    moment = made.moment(made.at("car", 9, 9.0, 1.0))
    expected = street.image(made.view(), "rgb", moment)
    with ThreadPoolExecutor(4) as pool:
        images = list(pool.map(lambda _: street.image(made.view(), "rgb", made.moment(*moment.placed)), range(8)))
    assert all((image == expected).all() for image in images)


def test_a_lower_sun_is_darker(made, street):
    away_from_lamps = made.view((-60.0, 0.0, 1.6), (0.0, 180.0, 0.0), manual=True)
    altitudes = (70, 45, 25, 12, 5, 2, 0, -2, -4, -10, -40)
    means = [_lower_half(_rgb(made, street, view=away_from_lamps, sun_altitude_angle=a, cloudiness=10.0)).mean() for a in altitudes]
    assert all(a > b for a, b in itertools.pairwise(means))
    assert means[0] > 2.5 * means[-1]


def test_a_camera_that_meters_brings_the_night_nearer_to_the_day_and_not_up_to_it(made, street):
    def share(**optics):
        view = made.view((-60.0, 0.0, 1.6), (0.0, 180.0, 0.0), **optics)
        return (
            _rgb(made, street, view=view, sun_altitude_angle=-40.0).mean() / _rgb(made, street, view=view, sun_altitude_angle=60.0).mean()
        )

    assert share(manual=True) < share() < 1.0


def test_the_meter_sees_the_image_and_not_the_weather_alone(made, street):
    """The ground fills one view and the bright sky another: the same piece of ground comes out darker beside the sky."""
    low = made.view(rotation=(-35.0, 180.0, 0.0), max_bright_ev=16.0)
    high = made.view(rotation=(10.0, 180.0, 0.0), max_bright_ev=16.0)
    weather = {"cloudiness": 100.0, "sun_altitude_angle": 40.0}
    assert _rgb(made, street, view=high, **weather)[-1].mean() < _rgb(made, street, view=low, **weather)[:8].mean()


def test_clouds_take_the_shadows_edge(made, street):
    def edge(cloudiness):
        image = _rgb(made, street, made.at("car", 9, 8.0, 0.0), cloudiness=cloudiness, sun_altitude_angle=50.0, sun_azimuth_angle=180.0)
        return np.abs(np.diff(_lower_half(image).mean(axis=2), axis=0)).max()

    assert edge(0.0) > edge(80.0) > edge(100.0)


def test_water_darkens_the_road(made, street):
    down = made.view(rotation=(-60.0, 180.0, 0.0))
    dry, damp, wet = (_rgb(made, street, view=down, wetness=w).mean() for w in (0.0, 40.0, 100.0))
    assert dry > damp > wet


def test_puddles_mirror_the_sky_at_a_flat_angle(made, street):
    flat = made.view((0.0, 0.0, 1.0), (0.0, 180.0, 0.0), 128, 96)
    images = [_lower_half(_rgb(made, street, view=flat, precipitation_deposits=d, wetness=100.0, cloudiness=100.0)) for d in (0.0, 90.0)]
    assert images[1][:6].mean() > images[0][:6].mean()


def test_rain_changes_between_ticks_and_nothing_else_does(made, street):
    def pair(**weather):
        still = {"wind_intensity": 0.0, **weather}
        return [street.image(made.view(width=128, height=96), "rgb", made.moment(tick=t, **still)) for t in (1, 2)]

    dry, rain = pair(), pair(precipitation=90.0)
    assert (dry[0] == dry[1]).all()
    assert (rain[0] != rain[1]).any()


def test_the_sun_stands_at_its_azimuth(made, street):
    for azimuth in (0.0, 90.0, 225.0):
        view = made.view(rotation=(20.0, azimuth, 0.0), width=63, height=63, bloom=0.0, flare=0.0, manual=True, compensation_ev=-5.0)
        image = _rgb(made, street, view=view, sun_azimuth_angle=azimuth, sun_altitude_angle=20.0, cloudiness=0.0, fog_density=0.0)
        row, column = np.unravel_index(image.sum(axis=2).argmax(), image.shape[:2])
        assert abs(row - 31) <= 2
        assert abs(column - 31) <= 2


def test_shadows_fall_away_from_the_sun(made, street):
    car = made.at("car", 9, 10.0, 0.0)
    above = made.view((10.0, 0.0, 12.0), (-90.0, 0.0, 0.0), 96, 96)  # image up is +x, right is +y

    def dark_column(azimuth):
        weather = {"sun_azimuth_angle": azimuth, "sun_altitude_angle": 30.0, "cloudiness": 0.0}
        change = _rgb(made, street, view=above, **weather).sum(axis=2) - _rgb(made, street, car, view=above, **weather).sum(axis=2)
        asphalt = made.ids(street.image(above, "instance", made.moment(car))) == 0
        return np.flatnonzero(((change > 60.0) & asphalt).any(axis=0)).mean()

    assert dark_column(90.0) < 40  # sun on the right, shadow on the left
    assert dark_column(270.0) > 56


def test_lights_show_at_night(made, street):
    behind = made.view((0.0, 0.0, 1.0), manual=True, compensation_ev=2.0)
    ahead = made.view((20.0, 0.0, 1.0), (0.0, 180.0, 0.0), manual=True, compensation_ev=2.0)

    def brightness(view, flags):
        return _rgb(made, street, made.at("car", 9, 8.0, 0.0, flags=flags), view=view, sun_altitude_angle=-60.0)[20:32, 24:40].mean()

    assert brightness(behind, 0) < brightness(behind, 1) < brightness(behind, 1 | 8)
    assert brightness(ahead, 0) < brightness(ahead, 2)


def test_beams_light_the_road_ahead_and_lamps_the_road_below(made, street):
    night = {"sun_altitude_angle": -60.0}
    down = made.view((20.0, -20.0, 8.0), (-90.0, 0.0, 0.0))
    dark = _rgb(made, street, view=down, **night).mean()
    lit = _rgb(made, street, made.at("car", 9, 10.0, -20.0, flags=2), view=down, **night).mean()
    under_lamp = _rgb(made, street, view=made.view((12.0, 4.0, 4.0), (-90.0, 0.0, 0.0)), **night).mean()
    assert lit > 1.5 * dark
    assert under_lamp > 2.0 * dark


def test_exposure_and_gamma(made, street):
    means = [_rgb(made, street, view=made.view(compensation_ev=ev)).mean() for ev in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    assert all(a < b for a, b in itertools.pairwise(means))
    assert _rgb(made, street, view=made.view(gamma=1.6)).mean() < _rgb(made, street, view=made.view(gamma=2.8)).mean()


def test_tints_colour_only_what_is_tinted(made, street):
    above = made.view((10.0, 0.0, 6.0), (-90.0, 0.0, 0.0), bloom=0.0)
    red, blue = (_rgb(made, street, made.at("car", 9, 10.0, 0.0, color=c), view=above) for c in ((255, 0, 0), (0, 0, 255)))
    ids = made.ids(street.image(above, "instance", made.moment(made.at("car", 9, 10.0, 0.0)))) == 9
    assert red[ids][:, 2].mean() > red[ids][:, 0].mean()
    assert blue[ids][:, 0].mean() > blue[ids][:, 2].mean()
    middle = (24, 30)  # the glass roof
    np.testing.assert_allclose(red[middle], blue[middle], atol=3.0)
