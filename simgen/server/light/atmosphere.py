"""Sunlight through a clear atmosphere: what reaches the ground, and the sky that it paints.

Rayleigh, Mie and ozone as in E. Bruneton and F. Neyret, "Precomputed Atmospheric Scattering" (2008); light scattered more than
once as in S. Hillaire, "A Scalable and Production Ready Sky and Atmosphere Rendering Technique" (2020), here for the one sun
altitude that is asked for. The sun's irradiance outside the atmosphere is 1 in every channel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GROUND_M, _TOP_M = 6.36e6, 6.46e6
_RAYLEIGH_PER_M = np.array([8.67e-6, 15.1e-6, 31.6e-6])
_MIE_PER_M, _MIE_ALBEDO, _MIE_FORWARD = 3.996e-6, 0.9, 0.8
_OZONE_PER_M = np.array([2.50e-6, 1.45e-6, 0.085e-6])
"""At 615, 535 and 445 nm, where the primaries of displays lie: the blue hour owes its colour to ozone's orange band."""
_RAYLEIGH_HEIGHT_M, _MIE_HEIGHT_M, _OZONE_MIDDLE_M, _OZONE_HALF_M = 8e3, 1.2e3, 25e3, 15e3
_GROUND_ALBEDO = 0.2
_VIEWER_M = 30.0

ELEVATIONS_RAD = 0.5 * math.pi * np.linspace(0.0, 1.0, 28) ** 2
"""Rows of a sky: closer towards the horizon."""
AZIMUTHS_RAD = math.pi * np.linspace(0.0, 1.0, 17) ** 1.5
"""Columns of a sky: from the sun's side to the opposite one, closer near the sun."""

_HEIGHTS_M = np.array([100.0, 2e3, 6e3, 14e3, 32e3])
"""Where light that was scattered before is computed."""


@dataclass(frozen=True)
class ClearSky:
    """The cloudless sky at one sun altitude, for an irradiance of 1 outside the atmosphere."""

    sun: Floats
    """(3,) share of the sunlight that arrives, on a surface that faces the sun."""
    radiance: Floats
    """(elevations, azimuths, 3) per steradian."""


@lru_cache(maxsize=64)
def clear_sky(altitude_deg: float, rayleigh: float = 1.0, mie: float = 1.0) -> ClearSky:
    """Return the sky with `rayleigh` and `mie` times the usual air molecules and haze."""
    air = _Air(rayleigh, mie)
    altitude = math.radians(altitude_deg)
    sun = np.array([math.cos(altitude), 0.0, math.sin(altitude)])
    level = ELEVATIONS_RAD[:, None] + 1e-3
    azimuth = AZIMUTHS_RAD[None, :]
    directions = np.stack([np.cos(level) * np.cos(azimuth), np.cos(level) * np.sin(azimuth), np.sin(level) + 0.0 * azimuth], axis=-1)
    again = air.scattered_before(sun)
    radiance = air.along(np.array([_VIEWER_M]), directions.reshape(1, -1, 3), sun, again)[0]
    arriving = np.exp(-air.depth_to_space(np.array([_GROUND_M + _VIEWER_M]), sun[None, 2:3].ravel()))[0]
    return ClearSky(arriving * _risen(altitude_deg), radiance.reshape(*directions.shape))


def _risen(altitude_deg: float) -> float:
    """Return the share of the sun's disc above the horizon (with refraction of half a degree)."""
    return min(1.0, max(0.0, (altitude_deg + 0.83) / 0.53))


@dataclass(frozen=True)
class _Air:
    rayleigh: float
    mie: float

    def densities(self, height_m: Floats) -> Floats:
        """Return (..., 3) of molecules, haze and ozone against the ground (ozone: against its layer's middle)."""
        ozone = np.maximum(1.0 - np.abs(height_m - _OZONE_MIDDLE_M) / _OZONE_HALF_M, 0.0)
        return np.stack([np.exp(-height_m / _RAYLEIGH_HEIGHT_M), np.exp(-height_m / _MIE_HEIGHT_M), ozone], axis=-1)

    def extinction(self) -> Floats:
        """Return (3 kinds, 3 channels) per metre."""
        return np.stack([_RAYLEIGH_PER_M * self.rayleigh, np.full(3, _MIE_PER_M / _MIE_ALBEDO) * self.mie, _OZONE_PER_M])

    def depth_to_space(self, radius_m: Floats, sine: Floats, steps: int = 14) -> Floats:
        """Return the optical depth (..., 3) from `radius_m` from the Earth's centre upwards; huge where the ground is in the way."""
        root = radius_m**2 * (sine**2 - 1.0)
        blocked = (sine < 0.0) & (root + _GROUND_M**2 > 0.0)
        length = -radius_m * sine + np.sqrt(np.maximum(root + _TOP_M**2, 0.0))
        share = ((np.arange(steps) + 0.5) / steps) ** 2
        width = 2.0 * np.sqrt(share) / steps
        along = length[..., None] * share
        height = np.sqrt(radius_m[..., None] ** 2 + along**2 + 2.0 * along * (radius_m * sine)[..., None]) - _GROUND_M
        columns = (self.densities(np.maximum(height, 0.0)) * (width * length[..., None])[..., None]).sum(axis=-2)
        return np.where(blocked[..., None], 1e3, columns @ self.extinction())

    def along(self, heights_m: Floats, directions: Floats, sun: Floats, again: Floats | None, steps: int = 18) -> Floats:
        """Return the radiance (K, N, 3) seen from heights (K,) in directions (K or 1, N, 3); `again` is (heights, 3)."""
        return self._march(heights_m, directions, sun, again, steps)[0]

    def _march(self, heights_m: Floats, directions: Floats, sun: Floats, again: Floats | None, steps: int) -> tuple[Floats, Floats]:
        """Return (radiance, the same for isotropic light of radiance 1 all around), both (K, N, 3)."""
        radius = (_GROUND_M + heights_m)[:, None]
        sine = np.broadcast_to(directions[..., 2], (len(heights_m), directions.shape[1]))
        below = radius**2 * (sine**2 - 1.0) + _GROUND_M**2
        hits = (sine < 0.0) & (below > 0.0)
        far = -radius * sine + np.sqrt(np.maximum(radius**2 * (sine**2 - 1.0) + _TOP_M**2, 0.0))
        length = np.where(hits, -radius * sine - np.sqrt(np.maximum(below, 0.0)), far)
        share = ((np.arange(steps) + 0.5) / steps) ** 2
        width = length[..., None] * (2.0 * np.sqrt(share) / steps)
        along = length[..., None] * share
        places = directions[:, :, None, :] * along[..., None] + np.array([0.0, 0.0, 1.0]) * radius[..., None, None]
        distance = np.linalg.norm(places, axis=-1)
        light = np.exp(-self.depth_to_space(distance, (places @ sun) / distance))
        height = np.maximum(distance - _GROUND_M, 0.0)
        density = self.densities(height)
        step_depth = (density @ self.extinction()) * width[..., None]
        passed = np.exp(-(np.cumsum(step_depth, axis=-2) - 0.5 * step_depth))
        molecules = density[..., :1] * _RAYLEIGH_PER_M * self.rayleigh
        haze = density[..., 1:2] * _MIE_PER_M * self.mie
        cosine = np.broadcast_to(directions @ sun, sine.shape)[..., None, None]
        source = (molecules * _rayleigh_phase(cosine) + haze * _mie_phase(cosine)) * light
        if again is not None:
            before = np.stack([np.interp(height, _HEIGHTS_M, again[:, channel]) for channel in range(3)], axis=-1)
            source = source + (molecules + haze) * before
        through = passed * width[..., None]
        seen = (source * through).sum(axis=-2)
        floor = _GROUND_ALBEDO / math.pi * max(float(sun[2]), 0.0) * light[..., -1, :] * passed[..., -1, :]
        everywhere = ((molecules + haze) * through).sum(axis=-2)
        return seen + np.where(hits[..., None], floor, 0.0), everywhere

    def scattered_before(self, sun: Floats) -> Floats:
        """Return (heights, 3) the mean radiance all around of light that was scattered once or more, per `_HEIGHTS_M`."""
        count = 48
        z = 1.0 - 2.0 * (np.arange(count) + 0.5) / count
        turn = np.arange(count) * (math.pi * (3.0 - math.sqrt(5.0)))
        flat = np.sqrt(1.0 - z**2)
        directions = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=-1)[None]
        isotropic = _Air(self.rayleigh, self.mie)
        once, share = isotropic._march(_HEIGHTS_M, directions, sun, None, 12)
        return np.asarray(once.mean(axis=1) / (1.0 - np.minimum(share.mean(axis=1), 0.95)))


def _rayleigh_phase(cosine: Floats) -> Floats:
    return 3.0 / (16.0 * math.pi) * (1.0 + cosine**2)


def _mie_phase(cosine: Floats) -> Floats:
    """Return W. Cornette and J. Shanks' phase function (1992)."""
    g2 = _MIE_FORWARD**2
    bulk = (1.0 - g2) * (1.0 + cosine**2) / ((2.0 + g2) * (1.0 + g2 - 2.0 * _MIE_FORWARD * cosine) ** 1.5)
    return np.asarray(3.0 / (8.0 * math.pi) * bulk)
