"""Weather: CARLA's 14 parameters, its presets, and how a scenario says which to draw."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from simgen.scenario.schema import OneOf, Range

Percent = Annotated[float, Range(at_least=0, at_most=100)]
NotNegative = Annotated[float, Range(at_least=0)]


@dataclass(frozen=True)
class Weather:
    """`carla.WeatherParameters`, in its order: percent, degrees for the sun, metres for the fog distance."""

    cloudiness: float
    precipitation: float
    precipitation_deposits: float
    wind_intensity: float
    sun_azimuth_angle: float
    sun_altitude_angle: float
    fog_density: float
    fog_distance: float
    fog_falloff: float
    wetness: float
    scattering_intensity: float = 1.0
    mie_scattering_scale: float = 0.03
    rayleigh_scattering_scale: float = 0.0331
    dust_storm: float = 0.0


PRESETS: dict[str, Weather] = {
    "ClearNoon": Weather(5, 0, 0, 10, -1, 45, 2, 0.75, 0.1, 0),
    "CloudyNoon": Weather(60, 0, 0, 10, -1, 45, 3, 0.75, 0.1, 0),
    "WetNoon": Weather(5, 0, 50, 10, -1, 45, 3, 0.75, 0.1, 0),
    "WetCloudyNoon": Weather(60, 0, 50, 10, -1, 45, 3, 0.75, 0.1, 0),
    "SoftRainNoon": Weather(20, 30, 50, 30, -1, 45, 3, 0.75, 0.1, 0),
    "MidRainyNoon": Weather(60, 60, 60, 60, -1, 45, 3, 0.75, 0.1, 0),
    "HardRainNoon": Weather(100, 100, 90, 100, -1, 45, 7, 0.75, 0.1, 0),
    "ClearSunset": Weather(5, 0, 0, 10, -1, 15, 2, 0.75, 0.1, 0),
    "CloudySunset": Weather(60, 0, 0, 10, -1, 15, 3, 0.75, 0.1, 0),
    "WetSunset": Weather(5, 0, 50, 10, -1, 15, 2, 0.75, 0.1, 0),
    "WetCloudySunset": Weather(60, 0, 50, 10, -1, 15, 2, 0.75, 0.1, 0),
    "SoftRainSunset": Weather(20, 30, 50, 30, -1, 15, 2, 0.75, 0.1, 0),
    "MidRainSunset": Weather(60, 60, 60, 60, -1, 15, 3, 0.75, 0.1, 0),
    "HardRainSunset": Weather(100, 100, 90, 100, -1, 15, 7, 0.75, 0.1, 0),
    "ClearNight": Weather(5, 0, 0, 10, -1, -90, 60, 75, 1, 0),
    "CloudyNight": Weather(60, 0, 0, 10, -1, -90, 60, 0.75, 0.1, 0),
    "WetNight": Weather(5, 0, 50, 10, -1, -90, 60, 75, 1, 60),
    "WetCloudyNight": Weather(60, 0, 50, 10, -1, -90, 60, 0.75, 0.1, 60),
    "SoftRainNight": Weather(60, 30, 50, 30, -1, -90, 60, 0.75, 0.1, 60),
    "MidRainyNight": Weather(80, 60, 60, 60, -1, -90, 60, 0.75, 0.1, 80),
    "HardRainNight": Weather(100, 100, 90, 100, -1, -90, 100, 0.75, 0.1, 100),
    "DustStorm": Weather(100, 0, 0, 100, -1, 45, 2, 0.75, 0.1, 0, dust_storm=100),
}
"""The presets of `carla.WeatherParameters` (0.9.16), but for `Default`, which is a marker and no weather."""


@dataclass(frozen=True)
class WeatherChoice:
    """A preset, and parameters that stand instead of the preset's. In scenarios all of them may be distributions."""

    preset: Annotated[str, OneOf(tuple(PRESETS))] = "ClearNoon"
    cloudiness: Percent | None = None
    precipitation: Percent | None = None
    precipitation_deposits: Percent | None = None
    wind_intensity: Percent | None = None
    sun_azimuth_angle: float | None = None
    sun_altitude_angle: Annotated[float, Range(at_least=-90, at_most=90)] | None = None
    fog_density: Percent | None = None
    fog_distance: NotNegative | None = None
    fog_falloff: NotNegative | None = None
    wetness: Percent | None = None
    scattering_intensity: NotNegative | None = None
    mie_scattering_scale: NotNegative | None = None
    rayleigh_scattering_scale: NotNegative | None = None
    dust_storm: Percent | None = None

    def resolve(self) -> Weather:
        """Return the preset's weather with the given parameters in place."""
        given = {name: value for name, value in asdict(self).items() if name != "preset" and value is not None}
        return Weather(**{name: float(value) for name, value in (asdict(PRESETS[self.preset]) | given).items()})
