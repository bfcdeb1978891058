"""The light of a weather as uniforms of the shaders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from simgen.server.light import Light, light_of
from simgen.server.render.programs import Value
from simgen.server.values import Weather


@dataclass(frozen=True, eq=False)
class Lighting:
    """The light of one weather, for every pass. Compared by identity."""

    light: Light

    @property
    def sun(self) -> NDArray[np.float64]:
        """(3,) unit vector towards the sun."""
        return self.light.sun

    @property
    def day(self) -> bool:
        """Whether the sun throws shadows."""
        return self.light.day

    @property
    def night(self) -> float:
        """0 by day, 1 when lamps and windows are lit."""
        return self.light.night

    def surface_uniforms(self) -> dict[str, Value]:
        """Return what the geometry pass needs."""
        return {"night": self.light.night, "wet": self.light.wet, "puddles": self.light.puddles}

    def air_uniforms(self) -> dict[str, Value]:
        """Return what fog needs; the share of the sky's own colour in it falls as it thickens."""
        light = self.light
        return {
            "sun": light.sun,
            "sun_color": light.sun_color,
            "fog_color": light.fog_color,
            "fog": (light.fog_per_m, light.fog_start_m, light.fog_falloff_per_m),
            "fog_clear": float(np.exp(-60.0 * light.fog_per_m) * (1.0 - light.dust)),
            "fog_glow": 0.10 * light.scattering * (1.0 - light.overcast),
        }

    def sky_uniforms(self) -> dict[str, Value]:
        light = self.light
        shades = {"cloud": light.cloud, "overcast": light.overcast, "night": light.night, "dust": light.dust}
        return {**self.air_uniforms(), **shades, "sky_light": light.irradiance(np.array([0.0, 0.0, 1.0]))}

    @cached_property
    def _shading(self) -> dict[str, Value]:
        light = self.light
        terms = dict(zip(_AMBIENT_TERMS, _ambient_terms(light), strict=True))
        return {**self.sky_uniforms(), **terms, "wet": light.wet, "rain": light.rain}

    def shading_uniforms(self) -> dict[str, Value]:
        return self._shading


_AMBIENT_TERMS = ("ambient", "ambient_x", "ambient_y", "ambient_z", "ambient_zz")


def _ambient_terms(light: Light) -> NDArray[np.float64]:
    """Return (5, 3) factors of 1, x, y, z and z * z that give the irradiance best: what is left out is hardly to be seen."""
    z = np.linspace(-0.95, 0.95, 20)[:, None]
    turn = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    flat = np.sqrt(1.0 - z**2)
    normals = np.stack([flat * np.cos(turn), flat * np.sin(turn), z + 0.0 * turn], axis=-1).reshape(-1, 3)
    x, y, up = normals.T
    terms = np.stack([np.ones_like(x), x, y, up, up * up], axis=1)
    return np.asarray(np.linalg.lstsq(terms, light.irradiance(normals), rcond=None)[0])


@lru_cache(maxsize=64)
def lighting_of(weather: Weather) -> Lighting:
    """Return the light of CARLA's weather parameters."""
    return Lighting(light_of(weather))
