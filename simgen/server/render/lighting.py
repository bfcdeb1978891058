"""From CARLA's weather to light: sun, sky colours, fog, wetness, exposure. Pure numpy; no image enters.

Radiances are linear and relative: a white wall in the noon sun is about 1.5. Tables are over the sun's altitude in degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.values import Weather

Color = NDArray[np.float64]

_ALTITUDES = (-18.0, -8.0, -2.0, 3.0, 10.0, 25.0, 60.0)

_ZENITH = (
    (0.004, 0.006, 0.013),
    (0.011, 0.017, 0.042),
    (0.05, 0.08, 0.17),
    (0.10, 0.17, 0.34),
    (0.12, 0.24, 0.52),
    (0.16, 0.34, 0.76),
    (0.15, 0.34, 0.82),
)

_HORIZON = (
    (0.012, 0.012, 0.018),
    (0.035, 0.032, 0.048),
    (0.32, 0.18, 0.14),
    (0.74, 0.43, 0.25),
    (0.72, 0.60, 0.50),
    (0.70, 0.80, 0.92),
    (0.70, 0.84, 1.00),
)

_SUN = (
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.0),
    (1.35, 0.62, 0.24),
    (2.5, 1.65, 0.95),
    (3.3, 2.8, 2.2),
    (3.7, 3.4, 3.05),
)
"""Light on a surface that faces the sun."""

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

NOON_EV100 = math.log2(1.4**2 * 200.0)
"""The clear noon is so bright that CARLA's default manual exposure (f/1.4, 1/200 s, ISO 100) suits it."""


@dataclass(frozen=True)
class Lighting:
    """The light of one weather."""

    sun: Color
    """(3,) unit vector towards the sun, left-handed world."""
    sun_color: Color
    zenith: Color
    horizon: Color
    cloud: float
    """0..1 share of the sky under clouds."""
    overcast: float
    """0..1 how much the clouds have closed to one grey sheet."""
    night: float
    """0 by day, 1 when lamps and windows are lit."""
    wet: float
    puddles: float
    rain: float
    fog_per_m: float
    fog_start_m: float
    fog_falloff_per_m: float
    dust: float

    @property
    def day(self) -> bool:
        """Whether the sun throws shadows."""
        return float(self.sun_color.max()) > 0.01

    @property
    def ambient_up(self) -> Color:
        """Light of the sky on a surface that faces up."""
        light = 0.55 * self.zenith + 0.75 * self.horizon
        return 0.65 * light + 0.35 * float(light @ _LUMINANCE)

    @property
    def ambient_down(self) -> Color:
        """Light from the ground on a surface that faces down: a fifth of what falls on it, and some of the horizon."""
        return 0.2 * (self.ambient_up + 0.5 * self.sun_color * max(float(self.sun[2]), 0.0)) + 0.1 * self.horizon

    @property
    def fog_color(self) -> Color:
        glow = self.horizon * 0.85 + self.zenith * 0.10 + 0.03 * self.sun_color
        brown = np.array([0.62, 0.46, 0.30]) * float(glow @ _LUMINANCE) * 1.2
        return glow * (1.0 - self.dust) + brown * self.dust

    @property
    def illuminance(self) -> float:
        """Luminance of the light on open level ground."""
        return float((self.ambient_up + self.sun_color * max(float(self.sun[2]), 0.0)) @ _LUMINANCE)

    def surface_uniforms(self) -> dict[str, float]:
        return {"night": self.night, "wet": self.wet, "puddles": self.puddles}

    def sky_uniforms(self) -> dict[str, NDArray[np.float64] | float]:
        return {
            "sun": self.sun,
            "sun_color": self.sun_color,
            "zenith": self.zenith,
            "horizon": self.horizon,
            "cloud": self.cloud,
            "overcast": self.overcast,
            "night": self.night,
        }

    def shading_uniforms(self) -> dict[str, NDArray[np.float64] | float | tuple[float, ...]]:
        return {
            **self.sky_uniforms(),
            **self.surface_uniforms(),
            "ambient_up": self.ambient_up,
            "ambient_down": self.ambient_down,
            "fog_color": self.fog_color,
            "fog": (self.fog_per_m, self.fog_start_m, self.fog_falloff_per_m),
        }


def lighting_of(weather: Weather) -> Lighting:
    """Return the light of CARLA's weather parameters (percent, degrees, metres)."""
    altitude, azimuth = math.radians(weather.sun_altitude_angle), math.radians(weather.sun_azimuth_angle)
    direction = (math.cos(altitude) * math.cos(azimuth), math.cos(altitude) * math.sin(azimuth), math.sin(altitude))
    cloud = _share(weather.cloudiness)
    overcast = _smooth(0.55, 1.0, cloud)
    rain = _share(weather.precipitation)
    zenith, horizon = _under_clouds(weather.sun_altitude_angle, overcast, rain)
    dust = _share(weather.dust_storm)
    return Lighting(
        sun=np.array(direction),
        sun_color=_over(_SUN, weather.sun_altitude_angle) * (1.0 - 0.25 * cloud) * (1.0 - 0.96 * overcast) * (1.0 - 0.6 * dust),
        zenith=zenith,
        horizon=horizon,
        cloud=cloud,
        overcast=overcast,
        night=1.0 - _smooth(-3.0, 4.0, weather.sun_altitude_angle),
        wet=max(_share(weather.wetness), 0.8 * rain, _share(weather.precipitation_deposits)),
        puddles=_share(weather.precipitation_deposits),
        rain=rain,
        fog_per_m=extinction_per_m(weather),
        fog_start_m=max(0.0, weather.fog_distance) if math.isfinite(weather.fog_distance) else 0.0,
        fog_falloff_per_m=min(2.0, max(0.001, 0.1 * weather.fog_falloff)),
        dust=dust,
    )


def extinction_per_m(weather: Weather) -> float:
    """Return how fast air, fog, rain and dust swallow light: the visual range is 3.9 over it (2 km at 5 % fog, 60 m at 100 %)."""
    fog = 0.065 * _share(weather.fog_density) ** 1.5
    return 0.00012 + fog + 0.004 * _share(weather.precipitation) + 0.02 * _share(weather.dust_storm)


def automatic_exposure(lighting: Lighting) -> float:
    """Return the factor of a camera that adapts to the weather: not wholly, so that a darker world gives a darker image."""
    return float(0.42 * (4.0 / (lighting.illuminance + 0.07)) ** 0.5)


def manual_exposure_ev(weather: Weather, shutter_per_s: float, iso: float, fstop: float) -> float:
    """Return the stops between a manual camera and the automatic one: EV100 = log2(N^2 * shutter * 100 / iso)."""
    ev100 = math.log2(fstop**2 * shutter_per_s * 100.0 / iso)
    noon = automatic_exposure(lighting_of(Weather()))
    adapted = automatic_exposure(lighting_of(weather))
    return NOON_EV100 - ev100 + math.log2(noon / adapted)


def _under_clouds(altitude_deg: float, overcast: float, rain: float) -> tuple[Color, Color]:
    zenith, horizon = _over(_ZENITH, altitude_deg), _over(_HORIZON, altitude_deg)
    grey = float((0.6 * horizon + 0.4 * zenith) @ _LUMINANCE) * np.array([0.93, 0.98, 1.05]) * (1.0 - 0.25 * rain)
    return zenith + (0.85 * grey - zenith) * overcast, horizon + (grey - horizon) * overcast


def _over(table: tuple[tuple[float, float, float], ...], altitude_deg: float) -> Color:
    return np.array([np.interp(altitude_deg, _ALTITUDES, [row[channel] for row in table]) for channel in range(3)])


def _share(percent: float) -> float:
    return min(1.0, max(0.0, percent / 100.0)) if math.isfinite(percent) else 0.0


def _smooth(low: float, high: float, value: float) -> float:
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3.0 - 2.0 * t)
