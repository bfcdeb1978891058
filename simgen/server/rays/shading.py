"""Colours for what rays met: sun with shadows, sky light, fog, lamps at night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.rays.daylight import Daylight
from simgen.server.scene import Material, Moment
from simgen.server.sensors import Hits, RaySource, View
from simgen.server.values import VEHICLE_LIGHTS

Floats = NDArray[np.float64]

_SHADOW_RANGE_M = 250.0
_LIFT_M = 0.02
"""Shadow rays start this far above the surface, so as not to meet it."""
_WINDOW_M = 3.0
_LIT_WINDOWS = 0.35
_MIRRORS = {Material.GLASS: 1.0, Material.PAINT: 0.9, Material.HEADLAMP: 0.9, Material.METAL: 0.6, Material.PLASTIC: 0.3}
_POLISH = np.array([_MIRRORS.get(material, 0.0) for material in Material])
"""By material: 0 for what only scatters light, 1 for what also mirrors the sky."""

_GLOW: dict[Material, tuple[float, float, float]] = {
    Material.LIGHT_RED: (4.0, 0.25, 0.15),
    Material.LIGHT_YELLOW: (4.0, 2.2, 0.2),
    Material.LIGHT_GREEN: (0.2, 3.2, 1.4),
}
_LAMP_GLOW = (3.0, 2.5, 1.7)
_WINDOW_GLOW = (0.9, 0.7, 0.4)
_HEADLAMP_GLOW = (4.0, 3.9, 3.5)
_TAILLAMP_GLOW = (3.0, 0.2, 0.1)
_HEADLAMPS = VEHICLE_LIGHTS["low_beam"] | VEHICLE_LIGHTS["high_beam"]
_TAILLAMPS = VEHICLE_LIGHTS["position"] | VEHICLE_LIGHTS["brake"]


@dataclass(frozen=True)
class Picture:
    """What the rays of one view met, N = height * width."""

    origin: NDArray[np.float64]
    """(3,) world."""
    directions: NDArray[np.float64]
    """(N, 3) unit, world."""
    hits: Hits
    depth_m: NDArray[np.floating]
    """(N,) along the camera's axis, at most that of the sky."""
    solid: NDArray[np.bool_]
    """(N,) where something stands before the sky."""

    def facing_normals(self) -> Floats:
        """Return the hits' normals (N, 3) on the side of the camera."""
        away = np.einsum("ij,ij->i", self.directions, self.hits.normal) > 0.0
        return np.where(away[:, None], -self.hits.normal, self.hits.normal)


def shade(picture: Picture, view: View, moment: Moment, rays: RaySource) -> NDArray[np.uint8]:
    """Return (N, 3) uint8 RGB as `view` exposes it."""
    light = Daylight.of(moment.weather)
    radiance = sky_radiance(picture.directions, light)
    solid = np.flatnonzero(picture.solid)
    surface = _surface_radiance(picture, solid, light, moment, rays)
    radiance[solid] = _through_air(surface, picture.hits.distance[solid], light)
    return _developed(radiance * light.exposure * 2.0**view.exposure_ev, view.gamma)


def sky_radiance(directions: Floats, light: Daylight) -> Floats:
    """Return linear RGB (N, 3) of the sky: horizon to zenith, and the sun's glow. Below the horizon it is the horizon's."""
    up = np.clip(directions[:, 2:3], 0.0, 1.0) ** 0.45
    towards_sun = np.clip(directions @ light.sun, 0.0, 1.0)[:, None]
    glow = 0.05 * towards_sun**6 + 0.14 * towards_sun**60
    return light.horizon + (light.zenith - light.horizon) * up + light.sun_color * glow


def _surface_radiance(picture: Picture, solid: NDArray[np.intp], light: Daylight, moment: Moment, rays: RaySource) -> Floats:
    """Return linear RGB (K, 3) of the `solid` (K,) pixels before the air between."""
    hits, normal, direction = picture.hits, picture.facing_normals()[solid], picture.directions[solid]
    points = picture.origin + direction * hits.distance[solid, None]
    facing_sun = np.clip(normal @ light.sun, 0.0, 1.0)
    if light.throws_shadows:
        facing = np.flatnonzero(facing_sun > 0.0)
        starts = (points + normal * _LIFT_M)[facing]
        towards_sun = rays.cast(starts, np.broadcast_to(light.sun, starts.shape), _SHADOW_RANGE_M, moment)
        facing_sun[facing[np.isfinite(towards_sun.distance)]] = 0.0
    up = normal[:, 2:3] * 0.5 + 0.5
    falling = light.from_below + (light.from_above - light.from_below) * up + light.sun_color * facing_sun[:, None]
    albedo = _albedo(hits, solid) * (1.0 - 0.35 * light.wet)
    mirrored = direction - 2.0 * np.einsum("ij,ij->i", direction, normal)[:, None] * normal
    grazing = (1.0 + np.einsum("ij,ij->i", direction, normal)) ** 4
    shine = (_POLISH[hits.material[solid]] * (0.08 + 0.6 * grazing))[:, None]
    scattered = albedo * falling * (1.0 - shine) + sky_radiance(mirrored, light) * shine
    return scattered + _emission(hits, solid, points, light, moment)


def _albedo(hits: Hits, solid: NDArray[np.intp]) -> Floats:
    """Return linear base colours (K, 3); a source without colours is grey."""
    if hits.color is None:
        return np.full((len(solid), 3), 0.2)
    return (hits.color[solid] / np.float32(255.0)) ** np.float32(2.2)


def _emission(hits: Hits, solid: NDArray[np.intp], points: Floats, light: Daylight, moment: Moment) -> Floats:
    """Return the light (K, 3) that surfaces send out themselves."""
    material = hits.material[solid]
    glow = np.zeros((len(solid), 3))
    for lamp, color in _GLOW.items():
        glow[material == lamp] = color
    glow[material == Material.LAMP] = np.multiply(_LAMP_GLOW, light.night)
    for lamp, bits, color in ((Material.HEADLAMP, _HEADLAMPS, _HEADLAMP_GLOW), (Material.TAILLAMP, _TAILLAMPS, _TAILLAMP_GLOW)):
        lit = [placed.actor_id for placed in moment.placed if placed.light_flags & bits]
        glow[(material == lamp) & np.isin(hits.object_id[solid], lit)] = color
    if light.night > 0.0:
        panes = np.flatnonzero((material == Material.GLASS) & (hits.tag[solid] == Tag.BUILDINGS))
        glow[panes[_chosen_windows(points[panes])]] = np.multiply(_WINDOW_GLOW, light.night)
    return glow


def _chosen_windows(points: Floats) -> NDArray[np.bool_]:
    """Return which points (K, 3) on panes lie behind a window where somebody is at home, by the cell they lie in."""
    cell = np.floor(points / _WINDOW_M).astype(np.int64) @ np.array([73856093, 19349663, 83492791])
    return np.asarray((cell * 2654435761 >> 8) % 1000 < _LIT_WINDOWS * 1000, dtype=np.bool_)


def _through_air(radiance: Floats, distance_m: NDArray[np.floating], light: Daylight) -> Floats:
    clear = np.exp(-light.fog_per_m * np.maximum(distance_m - light.fog_start_m, 0.0))[:, None]
    return light.horizon + (radiance - light.horizon) * clear


def _developed(radiance: Floats, gamma: float) -> NDArray[np.uint8]:
    """Return 8-bit colours: the filmic curve of Narkowicz (2015), then the display's gamma."""
    film = radiance * (2.51 * radiance + 0.03) / (radiance * (2.43 * radiance + 0.59) + 0.14)
    return np.rint(np.clip(film, 0.0, 1.0) ** (1.0 / gamma) * 255.0).astype(np.uint8)
