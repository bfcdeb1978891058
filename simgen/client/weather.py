"""Setting the weather of the world."""

from __future__ import annotations

from dataclasses import asdict

import carla

from simgen.scenario.weather import Weather


def carla_weather(weather: Weather) -> carla.WeatherParameters:
    """Return CARLA's object for drawn weather."""
    return carla.WeatherParameters(**asdict(weather))
