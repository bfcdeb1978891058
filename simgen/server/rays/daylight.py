"""What light a weather gives the ray-cast pictures. Linear and relative: level ground under the noon sun gets about 3."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.values import Weather

Color = NDArray[np.float64]

_ALTITUDES_DEG = (-12.0, -3.0, 4.0, 20.0, 60.0)
_ZENITH = ((0.005, 0.007, 0.016), (0.04, 0.06, 0.14), (0.12, 0.20, 0.42), (0.16, 0.32, 0.70), (0.15, 0.34, 0.80))
_HORIZON = ((0.014, 0.014, 0.022), (0.25, 0.17, 0.16), (0.68, 0.47, 0.34), (0.72, 0.76, 0.82), (0.70, 0.84, 1.00))
_SUN = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (1.5, 0.72, 0.30), (3.0, 2.4, 1.8), (3.7, 3.4, 3.05))
"""On a surface that faces the sun. Colours are by the sun's altitude."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True)
class Daylight:
    """The light of one weather; colours are (3,) linear RGB."""

    sun: Color
    """Unit vector towards the sun, left-handed world."""
    sun_color: Color
    zenith: Color
    horizon: Color
    night: float
    """0 by day, 1 when lamps and windows are lit."""
    wet: float
    fog_per_m: float
    fog_start_m: float

    @classmethod
    def of(cls, weather: Weather) -> Daylight:
        """Return the light of CARLA's weather parameters (percent, degrees, metres)."""
        altitude, azimuth = math.radians(weather.sun_altitude_angle), math.radians(weather.sun_azimuth_angle)
        clouds, rain = _share(weather.cloudiness), _share(weather.precipitation)
        zenith, horizon, sun_color = (_at(table, weather.sun_altitude_angle) for table in (_ZENITH, _HORIZON, _SUN))
        grey = np.full(3, float((0.5 * zenith + 0.5 * horizon) @ _LUMINANCE)) * (1.0 - 0.3 * rain)
        haze = 0.00012 + 0.065 * _share(weather.fog_density) ** 1.5 + 0.004 * rain + 0.02 * _share(weather.dust_storm)
        return cls(
            sun=np.array([math.cos(altitude) * math.cos(azimuth), math.cos(altitude) * math.sin(azimuth), math.sin(altitude)]),
            sun_color=sun_color * (1.0 - 0.95 * clouds**3),
            zenith=zenith + (grey - zenith) * clouds**2,
            horizon=horizon + (grey - horizon) * clouds**2,
            night=float(np.interp(weather.sun_altitude_angle, (-3.0, 4.0), (1.0, 0.0))),
            wet=max(_share(weather.wetness), _share(weather.precipitation_deposits), 0.8 * rain),
            fog_per_m=haze,
            fog_start_m=max(weather.fog_distance, 0.0),
        )

    @property
    def throws_shadows(self) -> bool:
        return float(self.sun_color.max()) > 0.01

    @property
    def from_above(self) -> Color:
        """Light of the sky on a surface that faces up."""
        return 0.5 * self.zenith + 0.5 * self.horizon

    @property
    def from_below(self) -> Color:
        """Light of the ground on a surface that faces down: a fifth of what falls on it."""
        return 0.2 * self.on_the_ground

    @property
    def on_the_ground(self) -> Color:
        return self.from_above + self.sun_color * max(float(self.sun[2]), 0.0)

    @property
    def exposure(self) -> float:
        """The factor of a camera that adapts, though not wholly: a darker world gives a darker picture."""
        return 0.62 * (4.0 / (float(self.on_the_ground @ _LUMINANCE) + 0.07)) ** 0.72


def _at(table: tuple[tuple[float, float, float], ...], altitude_deg: float) -> Color:
    return np.array([np.interp(altitude_deg, _ALTITUDES_DEG, channel) for channel in zip(*table, strict=True)])


def _share(percent: float) -> float:
    return min(max(percent / 100.0, 0.0), 1.0)
