"""From CARLA's weather to light: sun, sky, ambient light, air, water and wind. Pure numpy, used by every renderer.

Radiances are linear RGB and relative: a white surface that faces the noon sun has about 3.5. An irradiance is given as the
radiance of the white surface that it falls on. Left-handed world frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.server.light.atmosphere import AZIMUTHS_RAD, ELEVATIONS_RAD, ClearSky, clear_sky
from simgen.server.values import Weather

Color = NDArray[np.float64]
Floats = NDArray[np.float64]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

_SUN = 3.75
"""Sunlight outside the atmosphere, as the radiance of a white surface."""
_WHITE = np.array([1.01, 1.00, 0.96])
"""The colour of all daylight at mid-morning, which cameras call white."""
_RANGE_POWER = 0.45
"""Daylight spans 27 stops from noon to starlight and cameras here adapt over few, so that its brightness is raised to this power."""
_DARKEST = 2.0**-17
_GLARE = 5.0
_USUAL_RAYLEIGH, _USUAL_MIE = 0.0331, 0.03
_NIGHT_ZENITH = np.array([0.0080, 0.0105, 0.0185])
_NIGHT_HORIZON = np.array([0.044, 0.036, 0.031])
"""Moonlight, and the glow of a town."""
_GROUND_ALBEDO = 0.18
_FAINT = 0.04
_DUST = np.array([1.0, 0.74, 0.46])
_WIND_M_S = 30.0


@dataclass(frozen=True)
class Light:
    """The light of one weather. Compared by identity; `light_of` returns the same object for the same weather."""

    sun: Floats
    """(3,) unit vector towards the sun."""
    sun_color: Color
    """(3,) irradiance of a surface that faces the sun."""
    sky: Floats
    """(elevations, azimuths, 3) radiance over `ELEVATIONS_RAD` and `AZIMUTHS_RAD` from the sun's; broken clouds are not in it."""
    ambient: Floats
    """(3, 4, 4) per channel the form M of which (n, 1) M (n, 1) is the irradiance from sky and ground on a surface of normal n."""
    fog_color: Color
    fog_per_m: float
    fog_start_m: float
    fog_falloff_per_m: float
    scattering: float
    """How much the air glows around lights, 1 is usual."""
    cloud: float
    """0..1 share of the sky under clouds."""
    overcast: float
    """0..1 how much the clouds have closed to one grey sheet."""
    night: float
    """0 by day, 1 when lamps and windows are lit."""
    wet: float
    puddles: float
    rain: float
    dust: float
    wind: float
    """m/s, along +x."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def day(self) -> bool:
        """Whether the sun throws shadows that can be seen beside the light of the sky."""
        return float(self.sun_color.max()) > _FAINT * float(self.irradiance(np.array([0.0, 0.0, 1.0])).max())

    @property
    def illuminance(self) -> float:
        """Luminance of the light on open level ground."""
        return float(LUMINANCE @ (self.irradiance(np.array([0.0, 0.0, 1.0])) + self.sun_color * max(float(self.sun[2]), 0.0)))

    def irradiance(self, normals: Floats) -> Floats:
        """Return the light (..., 3) of sky and ground on surfaces of unit normals (..., 3)."""
        n = np.concatenate([normals, np.ones((*normals.shape[:-1], 1))], axis=-1)
        return np.asarray(np.maximum(np.einsum("...i,cij,...j->...c", n, self.ambient, n), 0.0))

    def sky_radiance(self, directions: Floats) -> Floats:
        """Return the radiance (N, 3) of the sky in unit directions (N, 3); below the horizon it is the horizon's."""
        elevation = np.arcsin(np.clip(directions[:, 2], 0.0, 1.0))
        heading = np.arctan2(directions[:, 1], directions[:, 0]) - math.atan2(self.sun[1], self.sun[0])
        azimuth = np.abs((heading + math.pi) % (2.0 * math.pi) - math.pi)
        row, up = _places(elevation, ELEVATIONS_RAD)
        column, across = _places(azimuth, AZIMUTHS_RAD)
        low = self.sky[row, column] * (1.0 - across) + self.sky[row, column + 1] * across
        high = self.sky[row + 1, column] * (1.0 - across) + self.sky[row + 1, column + 1] * across
        return np.asarray(low * (1.0 - up) + high * up)


@lru_cache(maxsize=64)
def light_of(weather: Weather) -> Light:
    """Return the light of CARLA's weather parameters (percent, degrees, metres)."""
    altitude = _bounded(weather.sun_altitude_angle, -90.0, 90.0)
    azimuth = _bounded(weather.sun_azimuth_angle, -1e6, 1e6)
    cloud, rain, dust = (_share(percent) for percent in (weather.cloudiness, weather.precipitation, weather.dust_storm))
    overcast = _smooth(0.55, 1.0, cloud)
    night = 1.0 - _smooth(-4.0, 3.0, altitude)
    per_m = extinction_per_m(weather)
    sun_color, sky = _daylight(altitude, weather)
    usual = float(LUMINANCE @ (_level_irradiance(sky) + sun_color * max(math.sin(math.radians(altitude)), 0.0)))
    sky = _under_clouds(sky, usual * (0.42 - 0.14 * rain), max(overcast, 0.30 * cloud))
    sky = _browned(sky + _night_sky(night, cloud), dust)
    veil = math.exp(-90.0 * max(per_m - 0.004, 0.0))
    sun_color = _browned(sun_color, dust) * (1.0 - 0.25 * cloud) * (1.0 - 0.985 * overcast) * (1.0 - 0.6 * dust) * (0.15 + 0.85 * veil)
    sun = _direction(altitude, azimuth)
    scattering = _bounded(weather.scattering_intensity, 0.0, 10.0)
    ambient = _ambient(sky, sun, sun_color)
    return Light(
        sun=sun,
        sun_color=sun_color,
        sky=sky,
        ambient=ambient,
        fog_color=_fog_color(sky, sun, sun_color, dust) * (0.85 + 0.15 * min(scattering, 2.0)),
        fog_per_m=per_m,
        fog_start_m=_bounded(weather.fog_distance, 0.0, 1e5),
        fog_falloff_per_m=_bounded(0.1 * weather.fog_falloff, 0.001, 2.0),
        scattering=scattering,
        cloud=cloud,
        overcast=overcast,
        night=night,
        wet=max(_share(weather.wetness), 0.8 * rain, _share(weather.precipitation_deposits)),
        puddles=_share(weather.precipitation_deposits),
        rain=rain,
        dust=dust,
        wind=_share(weather.wind_intensity) * _WIND_M_S,
    )


def extinction_per_m(weather: Weather) -> float:
    """Return how fast air, fog, rain and dust swallow light: the visual range is 3.9 over it (2 km at 5 % fog, 60 m at 100 %)."""
    fog = 0.065 * _share(weather.fog_density) ** 1.5
    return 0.00012 + fog + 0.003 * _share(weather.precipitation) + 0.02 * _share(weather.dust_storm)


def _daylight(altitude: float, weather: Weather) -> tuple[Color, Floats]:
    """Return (irradiance that faces the sun, sky) without clouds."""
    rayleigh = _bounded(weather.rayleigh_scattering_scale / _USUAL_RAYLEIGH, 0.0, 10.0)
    # The least haze keeps the sky of a client that sets 0 an earthly one.
    mie = 0.25 + 0.75 * _bounded(weather.mie_scattering_scale / _USUAL_MIE, 0.0, 60.0)
    rounded = round(altitude, 2)
    clear, usual = clear_sky(rounded, round(rayleigh, 3), round(mie, 3)), clear_sky(rounded)
    gain = _SUN * max(_global(usual, rounded), _DARKEST) ** (_RANGE_POWER - 1.0) / _WHITE
    radiance = clear.radiance * math.pi * gain
    # Forward scattering about a low sun would outshine everything; film and eye both give in there.
    return clear.sun * gain, radiance * (_GLARE / (_GLARE + radiance @ LUMINANCE))[..., None]


def _global(clear: ClearSky, altitude: float) -> float:
    """Return the irradiance against that outside the atmosphere, of level ground mostly and of walls in part."""
    below = clear.sun * (0.3 + 0.7 * max(math.sin(math.radians(altitude)), 0.0))
    return float(LUMINANCE @ (below + math.pi * _level_irradiance(clear.radiance)))


def _level_irradiance(sky: Floats) -> Color:
    return np.asarray(np.einsum("eac,ea->c", sky, _SOLID_ANGLES * np.sin(ELEVATIONS_RAD)[:, None]) / math.pi)


def _under_clouds(sky: Floats, grey: float, share: float) -> Floats:
    """Return the sky with `share` of it a sheet that lights level ground with `grey`, brighter overhead than at the horizon."""
    up = np.sin(ELEVATIONS_RAD)[:, None, None]
    sheet = grey * (0.62 + 0.38 * up) / 0.873 * np.array([0.96, 1.0, 1.04])
    return np.asarray(sky + (sheet - sky) * share)


def _night_sky(night: float, cloud: float) -> Floats:
    low = ((1.0 - np.sin(ELEVATIONS_RAD)) ** 5)[:, None, None]
    clouds = 0.5 * cloud * _NIGHT_HORIZON
    return np.asarray(night * (_NIGHT_ZENITH + (_NIGHT_HORIZON - _NIGHT_ZENITH) * low + clouds))


def _browned(radiance: Floats, dust: float) -> Floats:
    grey = (radiance @ LUMINANCE)[..., None]
    return np.asarray(radiance + (grey * _DUST - radiance) * dust)


def _fog_color(sky: Floats, sun: Floats, sun_color: Color, dust: float) -> Color:
    horizon = np.einsum("ac,a->c", sky[0], _AZIMUTH_WIDTHS) / _AZIMUTH_WIDTHS.sum()
    return np.asarray(0.6 * horizon + 0.4 * _level_irradiance(sky) + 0.10 * sun_color * max(float(sun[2]), 0.0) * (1.0 - 0.4 * dust))


def _ambient(sky: Floats, sun: Floats, sun_color: Color) -> Floats:
    """Return the irradiance form after R. Ramamoorthi and P. Hanrahan, "An Efficient Representation for Irradiance
    Environment Maps" (2001): the light all around in spherical harmonics up to degree 2."""
    ground = _GROUND_ALBEDO * (_level_irradiance(sky) + sun_color * max(float(sun[2]), 0.0))
    across = np.array([sun[0], sun[1]]) / max(math.hypot(sun[0], sun[1]), 1e-9)
    turn = np.array([[across[0], -across[1], 0.0], [across[1], across[0], 0.0], [0.0, 0.0, 1.0]])
    both = np.concatenate([_DIRECTIONS, _DIRECTIONS * (1.0, -1.0, 1.0), _DIRECTIONS * (1.0, 1.0, -1.0), _DIRECTIONS * (1.0, -1.0, -1.0)])
    radiance = sky.reshape(-1, 3)
    below = np.broadcast_to(ground, radiance.shape)
    weighted = np.concatenate([radiance, radiance, below, below]) * np.tile(_SOLID_ANGLES.ravel() / 2.0, 4)[:, None]
    x, y, z = (both @ turn.T).T
    basis = np.stack([0.282095 + 0.0 * x, 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
                      0.315392 * (3.0 * z * z - 1.0), 1.092548 * x * z, 0.546274 * (x * x - y * y)])  # fmt: skip
    return np.stack([_form(channel) / math.pi for channel in (basis @ weighted).T])


def _form(c: Floats) -> Floats:
    """Return the (4, 4) form of nine coefficients, in Ramamoorthi and Hanrahan's order."""
    c1, c2, c3, c4, c5 = 0.429043, 0.511664, 0.743125, 0.886227, 0.247708
    return np.array(
        [
            [c1 * c[8], c1 * c[4], c1 * c[7], c2 * c[3]],
            [c1 * c[4], -c1 * c[8], c1 * c[5], c2 * c[1]],
            [c1 * c[7], c1 * c[5], c3 * c[6], c2 * c[2]],
            [c2 * c[3], c2 * c[1], c2 * c[2], c4 * c[0] - c5 * c[6]],
        ]
    )


def _direction(altitude_deg: float, azimuth_deg: float) -> Floats:
    altitude, azimuth = math.radians(altitude_deg), math.radians(azimuth_deg)
    return np.array([math.cos(altitude) * math.cos(azimuth), math.cos(altitude) * math.sin(azimuth), math.sin(altitude)])


def _places(values: Floats, grid: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the cell of each value in an ascending grid, and how far along the cell (N, 1) it lies."""
    cell = np.clip(np.searchsorted(grid, values, side="right") - 1, 0, len(grid) - 2)
    return cell, ((values - grid[cell]) / (grid[cell + 1] - grid[cell]))[:, None]


def _share(percent: float) -> float:
    return _bounded(percent / 100.0, 0.0, 1.0)


def _bounded(value: float, low: float, high: float) -> float:
    """Return the value within bounds; what is no number counts as the least of them, or 0 where that lies between."""
    return min(high, max(low, value)) if math.isfinite(value) else min(high, max(low, 0.0))


def _smooth(low: float, high: float, value: float) -> float:
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3.0 - 2.0 * t)


def _widths(grid: Floats) -> Floats:
    """Return the share of the interval that each point of a grid stands for, by the trapezoidal rule."""
    gaps = np.diff(grid)
    return np.asarray(np.concatenate([gaps[:1], gaps[:-1] + gaps[1:], gaps[-1:]]) / 2.0)


_AZIMUTH_WIDTHS = _widths(AZIMUTHS_RAD)
_SOLID_ANGLES: Floats = 2.0 * (_widths(ELEVATIONS_RAD) * np.cos(ELEVATIONS_RAD))[:, None] * _AZIMUTH_WIDTHS[None, :]
"""(elevations, azimuths) steradians of both sides together."""
_DIRECTIONS: Floats = np.stack(
    [
        (np.cos(ELEVATIONS_RAD)[:, None] * np.cos(AZIMUTHS_RAD)).ravel(),
        (np.cos(ELEVATIONS_RAD)[:, None] * np.sin(AZIMUTHS_RAD)).ravel(),
        np.repeat(np.sin(ELEVATIONS_RAD), len(AZIMUTHS_RAD)),
    ],
    axis=1,
)
"""From the sun's azimuth to the left."""
