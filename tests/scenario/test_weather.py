from dataclasses import asdict, fields

import pytest

from simgen.scenario.weather import PRESETS, Weather, WeatherChoice

carla = pytest.importorskip("carla")


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_presets_are_those_of_the_client_library(name):
    theirs = getattr(carla.WeatherParameters, name)
    assert asdict(PRESETS[name]) == pytest.approx({f.name: getattr(theirs, f.name) for f in fields(Weather)}, rel=1e-6)


def test_no_preset_is_missing():
    theirs = {name for name in dir(carla.WeatherParameters) if isinstance(getattr(carla.WeatherParameters, name), carla.WeatherParameters)}
    assert theirs - {"Default"} == set(PRESETS)


def test_what_is_given_stands_instead_of_the_presets():
    rain = WeatherChoice("HardRainNoon", wetness=12.0).resolve()
    assert rain.wetness == 12.0
    assert rain.precipitation == PRESETS["HardRainNoon"].precipitation
