"""Colours for what rays met: sun with shadows, sky light, fog, lamps at night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.light import LUMINANCE, Light, light_of
from simgen.server.light.film import white_balance
from simgen.server.scene import Material, Moment
from simgen.server.sensors import Hits, RaySource, View
from simgen.server.sensors.optics import Optics
from simgen.server.values import VEHICLE_LIGHTS

Floats = NDArray[np.float64]

_SHADOW_RANGE_M = 250.0
_LIFT_M = 0.02
"""Shadow rays start this far above the surface, so as not to meet it."""
_WINDOW_M = 3.0
_LIT_WINDOWS = 0.35
_BLINKS_PER_S = 1.5
_MIRRORS = {
    Material.GLASS: 1.0,
    Material.PAINT: 0.9,
    Material.HEADLAMP: 0.9,
    Material.METAL: 0.6,
    Material.LATTICE: 0.4,
    Material.CLADDING: 0.3,
    Material.PLASTIC: 0.3,
}
_POLISH = np.array([_MIRRORS.get(material, 0.0) for material in Material])
"""By material: 0 for what only scatters light, 1 for what also mirrors the sky."""

_GLOW: dict[Material, tuple[float, float, float]] = {
    Material.LIGHT_RED: (4.0, 0.25, 0.15),
    Material.LIGHT_YELLOW: (4.0, 2.2, 0.2),
    Material.LIGHT_GREEN: (0.2, 3.2, 1.4),
}
_LAMP_GLOW = (5.0, 4.2, 3.0)
_STREET_LIGHT = (0.20, 0.155, 0.10)
"""Lamps light no places of their own here; this much comes from all of them at night."""
_WINDOW_GLOW = (0.45, 0.35, 0.20)
_INTERIOR_GLOW = (0.5, 0.45, 0.35)
_BIT = VEHICLE_LIGHTS
_LIT_BY: dict[Material, tuple[int, tuple[float, float, float]]] = {
    Material.HEADLAMP: (_BIT["low_beam"] | _BIT["high_beam"], (6.0, 5.7, 5.2)),
    Material.TAILLAMP: (_BIT["position"] | _BIT["low_beam"] | _BIT["brake"], (2.0, 0.12, 0.06)),
    Material.BRAKE_LAMP: (_BIT["brake"], (4.0, 0.25, 0.12)),
    Material.REVERSING_LAMP: (_BIT["reverse"], (4.0, 3.8, 3.5)),
    Material.INDICATOR_LEFT: (_BIT["left_blinker"], (4.0, 1.6, 0.1)),
    Material.INDICATOR_RIGHT: (_BIT["right_blinker"], (4.0, 1.6, 0.1)),
    Material.BEACON: (_BIT["special1"], (0.3, 0.8, 6.0)),
    Material.INTERIOR: (_BIT["interior"], _INTERIOR_GLOW),
}
"""Lamps of vehicles: any of the light flags, and what they send out."""
_BLINKING = frozenset({Material.INDICATOR_LEFT, Material.INDICATOR_RIGHT, Material.BEACON})


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
    light = light_of(moment.weather)
    radiance = light.sky_radiance(picture.directions) + _around_the_sun(picture.directions, light)
    solid = np.flatnonzero(picture.solid)
    surface = _surface_radiance(picture, solid, light, moment, rays)
    radiance[solid] = _through_air(surface, picture.directions[solid], picture.hits.distance[solid], light)
    return developed(radiance, view.optics)


def _around_the_sun(directions: Floats, light: Light) -> Floats:
    """Return the sun's disc (N, 3), wider than it is so that some ray meets it."""
    return np.asarray(light.sun_color * 10.0 * (directions @ light.sun > 0.9998)[:, None])


def _surface_radiance(picture: Picture, solid: NDArray[np.intp], light: Light, moment: Moment, rays: RaySource) -> Floats:
    """Return linear RGB (K, 3) of the `solid` (K,) pixels before the air between."""
    hits, normal, direction = picture.hits, picture.facing_normals()[solid], picture.directions[solid]
    points = picture.origin + direction * hits.distance[solid, None]
    facing_sun = np.clip(normal @ light.sun, 0.0, 1.0)
    if light.day:
        facing = np.flatnonzero(facing_sun > 0.0)
        starts = (points + normal * _LIFT_M)[facing]
        towards_sun = rays.cast(starts, np.broadcast_to(light.sun, starts.shape), _SHADOW_RANGE_M, moment)
        facing_sun[facing[np.isfinite(towards_sun.distance)]] = 0.0
    street = np.multiply(_STREET_LIGHT, light.night) * (0.55 + 0.45 * normal[:, 2:3])
    falling = light.irradiance(normal) + light.sun_color * facing_sun[:, None] + street
    albedo = _albedo(hits, solid) * (1.0 - 0.35 * light.wet)
    mirrored = direction - 2.0 * np.einsum("ij,ij->i", direction, normal)[:, None] * normal
    grazing = (1.0 + np.einsum("ij,ij->i", direction, normal)) ** 4
    shine = (_POLISH[hits.material[solid]] * (0.08 + 0.6 * grazing))[:, None]
    scattered = albedo * falling * (1.0 - shine) + light.sky_radiance(mirrored) * shine
    return scattered + _emission(hits, solid, points, light, moment)


def _albedo(hits: Hits, solid: NDArray[np.intp]) -> Floats:
    """Return linear base colours (K, 3); a source without colours is grey."""
    if hits.color is None:
        return np.full((len(solid), 3), 0.2)
    return (hits.color[solid] / np.float32(255.0)) ** np.float32(2.2)


def _emission(hits: Hits, solid: NDArray[np.intp], points: Floats, light: Light, moment: Moment) -> Floats:
    """Return the light (K, 3) that surfaces send out themselves."""
    material = hits.material[solid]
    glow = np.zeros((len(solid), 3))
    for lamp, color in _GLOW.items():
        glow[material == lamp] = color
    glow[material == Material.LAMP] = np.multiply(_LAMP_GLOW, light.night)
    for lamp, (bits, color) in _LIT_BY.items():
        if lamp in _BLINKING and moment.elapsed_s * _BLINKS_PER_S % 1.0 >= 0.5:
            continue
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


def _through_air(radiance: Floats, directions: Floats, distance_m: NDArray[np.floating], light: Light) -> Floats:
    clear = np.exp(-light.fog_per_m * np.maximum(distance_m - light.fog_start_m, 0.0))[:, None]
    level = directions * (1.0, 1.0, 0.0)
    thin = np.exp(-60.0 * light.fog_per_m) * (1.0 - light.dust)
    haze = light.fog_color + (light.sky_radiance(level) - light.fog_color) * thin
    return np.asarray(haze + (radiance - haze) * clear)


def developed(radiance: Floats, optics: Optics) -> NDArray[np.uint8]:
    """Return 8-bit colours (N, 3): metered or manual exposure, white balance, the film's curve, the display's gamma."""
    mean_log2 = float(np.log2(np.clip(radiance @ LUMINANCE, 1e-3, 4.0)).mean()) if len(radiance) else 0.0
    exposed = radiance * optics.metering().exposure(mean_log2)
    if optics.effects:
        exposed = optics.film.curve(exposed * white_balance(optics.temperature_k, optics.tint))
    return np.asarray(np.rint(np.clip(exposed, 0.0, 1.0) ** (1.0 / optics.gamma) * 255.0).astype(np.uint8))
