"""What a lens and a film do to the image, and that labels do not know of it."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.server.sensors.optics import Lens

SUNNY = {"sun_azimuth_angle": 0.0, "sun_altitude_angle": 20.0, "cloudiness": 0.0, "wind_intensity": 0.0}


@pytest.fixture
def rgb(made, street):
    def shot(view, *placed, **weather):
        return street.image(view, "rgb", made.moment(*placed, **{**SUNNY, **weather}))[..., :3].astype(float)

    return shot


def steepest(image):
    return np.abs(np.diff(image.mean(axis=2), axis=1)).max()


def test_the_default_lens_is_a_pinhole(made, rgb):
    plain = rgb(made.view())
    assert (rgb(made.view(lens=Lens(k=-5.0, kcube=2.0))) == plain).all()


def test_a_lens_bends_the_corners_and_not_the_middle(made, rgb):
    plain, bent = rgb(made.view(width=65, height=49)), rgb(made.view(width=65, height=49, lens=Lens(circle_multiplier=5.0, k=-3.0)))
    np.testing.assert_allclose(bent[23:26, 31:34], plain[23:26, 31:34], atol=1.0)
    assert np.abs(bent[:6, :6] - plain[:6, :6]).mean() > 10.0


def test_fringes_leave_grey_areas_grey_and_tint_edges(made, rgb):
    plain, fringed = rgb(made.view(fov=100.0)), rgb(made.view(fov=100.0, chromatic=20.0))
    np.testing.assert_allclose(fringed[24, 32], plain[24, 32], atol=2.0)
    assert np.abs(fringed - plain).max() > 15.0


def test_bloom_spreads_light_around_a_lamp(made, rgb):
    lamp = made.view((10.0, 5.0, 4.9))
    dark, glowing = (rgb(replace(lamp, optics=replace(lamp.optics, bloom=b)), sun_altitude_angle=-60.0) for b in (0.0, 3.0))
    assert glowing[:16].mean() > dark[:16].mean() + 1.0
    assert (glowing >= dark - 1.0).all()


def test_ghosts_of_the_sun_need_the_sun_in_view(made, rgb):
    def change(view):
        with_flare = replace(view, optics=replace(view.optics, flare=3.0, manual=True))
        return np.abs(rgb(with_flare) - rgb(replace(view, optics=replace(view.optics, flare=0.0, manual=True)))).max()

    assert change(made.view(rotation=(10.0, 10.0, 0.0))) > 5.0
    assert change(made.view(rotation=(10.0, 180.0, 0.0))) == 0.0
    # The house stands between.
    behind_a_house = made.view((34.0, -8.0, 1.5), (10.0, 0.0, 0.0))
    assert change(made.view((22.0, -12.0, 0.5), (10.0, 0.0, 0.0))) == 0.0
    assert change(behind_a_house) > 0.0


def test_motion_smears_along_the_way_only(made, rgb):
    pole = made.view((10.0, 5.0, 2.0), width=96, height=64, fov=60.0)
    aside = replace(pole, before=made.view((10.0, 4.4, 2.0)).world_from_camera)
    middle = np.s_[16:40, 34:62]  # the pole, before the sky and the ground
    assert steepest(rgb(aside)[middle]) < 0.5 * steepest(rgb(pole)[middle])
    at_rest = replace(pole, before=pole.world_from_camera)
    assert (rgb(at_rest) == rgb(pole)).all()


def test_a_near_focus_blurs_what_is_far(made, rgb):
    far = made.view((10.0, -12.0, 2.0), width=128, height=96, fov=40.0)
    sharp, deep = rgb(far), rgb(replace(far, optics=replace(far.optics, focus_cm=2000.0)))
    assert (sharp == deep).all()
    near = rgb(replace(far, optics=replace(far.optics, focus_cm=60.0, fstop=1.2)))
    assert steepest(near) < 0.7 * steepest(sharp)


def test_a_warmer_balance_is_redder(made, rgb):
    ratios = [
        rgb(made.view(temperature_k=t))[..., 2].mean() / rgb(made.view(temperature_k=t))[..., 0].mean() for t in (4500.0, 6500.0, 9000.0)
    ]
    assert ratios == sorted(ratios)


def test_without_effects_nothing_of_the_film_is_left(made, rgb):
    bare = rgb(made.view(effects=False))
    same = rgb(made.view(effects=False, bloom=5.0, temperature_k=3000.0, chromatic=9.0, focus_cm=50.0, lens=Lens(circle_multiplier=5.0)))
    assert (bare == same).all()


def test_labels_do_not_know_of_optics(made, street):
    view = made.view()
    wild = made.view(lens=Lens(circle_multiplier=5.0), chromatic=9.0, focus_cm=50.0, compensation_ev=3.0)
    for layer in ("depth", "semantic", "instance", "normals"):
        assert (street.image(view, layer, made.moment()) == street.image(wild, layer, made.moment())).all()
