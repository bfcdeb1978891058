"""Exposure, the film's curve and white balance."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.server.light.film import GREY, Film, manual_stops, white_balance
from simgen.server.sensors.optics import Optics


def test_grey_stays_grey_and_the_curve_only_rises():
    film = Film()
    assert film.curve(np.array([GREY]))[0] == pytest.approx(GREY, abs=1e-3)
    values = film.curve(np.logspace(-4, 3, 200))
    assert (np.diff(values[values < 1.0]) > 0.0).all()
    assert values[0] < 1e-3


def test_the_straight_part_has_the_films_slope():
    """Where toe and shoulder leave a straight part, a tenfold light is worth `slope` there."""
    film = Film(slope=0.5, toe=0.55, shoulder=0.9, contrast=1.0)
    toe_at, shoulder_at, _ = film.knees()
    assert toe_at < shoulder_at
    at = np.array([0.7 * toe_at + 0.3 * shoulder_at, 0.3 * toe_at + 0.7 * shoulder_at])
    low, high = film.curve(10.0**at)
    assert (high - low) / (at[1] - at[0]) == pytest.approx(0.5, rel=1e-6)


def test_neutral_balance_does_nothing_and_warmer_is_redder():
    np.testing.assert_allclose(white_balance(6500.0, 0.0), 1.0, atol=1e-6)
    warm, cool = white_balance(9000.0, 0.0), white_balance(4500.0, 0.0)
    assert warm[0] > warm[2]
    assert cool[0] < cool[2]
    assert white_balance(6500.0, 0.5)[1] < 1.0


def test_twice_the_time_is_one_stop():
    assert manual_stops(100.0, 100.0, 1.4) - manual_stops(200.0, 100.0, 1.4) == pytest.approx(1.0)


def test_a_metering_camera_opens_in_the_dark_within_its_limits():
    metering = Optics().metering()
    exposures = [metering.exposure(light) for light in (-12.0, -8.0, -4.0, -2.0, -1.0, 2.0)]
    assert exposures == sorted(exposures, reverse=True)
    assert exposures[0] == pytest.approx(4.0 * exposures[-1])  # 10 to 12 EV
    assert exposures[0] == exposures[1]


def test_a_metering_camera_still_shows_darkness():
    metering = Optics(min_bright_ev=-10.0, max_bright_ev=20.0).metering()
    shown = [2.0**light * metering.exposure(light) for light in np.linspace(-8.0, 2.0, 20)]
    assert shown == sorted(shown)


def test_a_manual_camera_does_not_look_at_the_image():
    metering = Optics(manual=True).metering()
    assert metering.exposure(-9.0) == metering.exposure(0.0)
    assert metering.exposure(0.0) == pytest.approx(Optics().metering().exposure(0.0))


def test_compensation_counts_in_both_modes_and_effects_can_be_switched_off():
    for optics in (Optics(), Optics(manual=True)):
        brighter = replace(optics, compensation_ev=1.0)
        assert brighter.metering().exposure(-2.0) == pytest.approx(2.0 * optics.metering().exposure(-2.0))
    bare = Optics(effects=False)
    assert bare.metering().exposure(-9.0) == bare.metering().exposure(0.0)
