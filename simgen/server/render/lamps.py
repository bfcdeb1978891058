"""Lamps at night: street lamps, headlamps and tail lamps drawn from above into a small map of light around the viewer.

One look-up per pixel then lights ground and walls, however many lamps there are. What stands between does not shade.
"""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.lighting import Lighting
from simgen.server.render.population import Models, Population
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.surfaces import SURFACES, SurfaceClass
from simgen.server.scene import Material, Mesh, Moment
from simgen.server.values import VEHICLE_LIGHTS

SIZE = 288
REACH_M = 96.0
"""The map covers the square of this half side around the viewer."""

BEAMS = VEHICLE_LIGHTS["low_beam"] | VEHICLE_LIGHTS["high_beam"]

LAMP = np.dtype([("place", "<f4", 4), ("aim", "<f4", 4), ("color", "<f4", 4)])
"""x, y relative to the viewer, height above the lit ground, reach; direction (0 for all around), 0 and 1 for beams; colour and top."""

STREET_COLOR = (28.0, 21.8, 13.8)
STREET_REACH_M = 28.0
BEAM_COLOR, HIGH_BEAM_COLOR = (3.2, 3.05, 2.75), (5.5, 5.3, 4.8)
BEAM_REACH_M, HIGH_BEAM_REACH_M = 50.0, 75.0
_BEAM_HEIGHT_M = 0.65


@dataclass(frozen=True)
class Glow:
    """Lamps of a vehicle that light what is close."""

    flags: int
    side: float
    """-1 at the rear of the vehicle, 0 at its middle, 1 at the front."""
    color: tuple[float, float, float]
    height_m: float = 0.8
    reach_m: float = 7.0
    blinks: bool = False


GLOWS = (
    Glow(VEHICLE_LIGHTS["position"] | VEHICLE_LIGHTS["low_beam"], -1.0, (0.22, 0.012, 0.006)),
    Glow(VEHICLE_LIGHTS["brake"], -1.0, (0.75, 0.04, 0.02)),
    Glow(VEHICLE_LIGHTS["reverse"], -1.0, (0.60, 0.57, 0.50)),
    Glow(VEHICLE_LIGHTS["left_blinker"] | VEHICLE_LIGHTS["right_blinker"], -1.0, (0.45, 0.19, 0.01), blinks=True),
    Glow(VEHICLE_LIGHTS["left_blinker"] | VEHICLE_LIGHTS["right_blinker"], 1.0, (0.45, 0.19, 0.01), blinks=True),
    Glow(VEHICLE_LIGHTS["special1"], 0.0, (1.0, 2.5, 16.0), height_m=2.2, reach_m=14.0, blinks=True),
)
BLINKS_PER_S = 1.5

Vector = NDArray[np.float64]


def street_lamps(mesh: Mesh) -> Vector:
    """Return (L, 4) x, y, z and height above the ground of the groups of lamp surfaces in the city, 1.5 m apart or more."""
    lit = mesh.positions[mesh.materials == Material.LAMP].astype(np.float64)
    if not len(lit):
        return np.zeros((0, 4))
    _, group = np.unique(np.round(lit[:, :2] / 1.5).astype(np.int64), axis=0, return_inverse=True)
    group = group.ravel()
    centres = np.stack([np.bincount(group, lit[:, axis]) for axis in range(3)], axis=1) / np.bincount(group)[:, None]
    ground = _ground(mesh)
    heights = np.array([centre[2] - _ground_below(ground, centre) for centre in centres])
    return np.column_stack([centres, np.clip(heights, 2.0, 15.0)])


def _ground(mesh: Mesh) -> Vector:
    """Return the (G, 3) vertices of the ground, from west to east."""
    ground = np.isin(mesh.materials, [m for m in Material if SURFACES[m].group == SurfaceClass.GROUND])
    places = mesh.positions[ground].astype(np.float64)
    return np.asarray(places[np.argsort(places[:, 0], kind="stable")])


def _ground_below(ground: Vector, point: Vector) -> float:
    """Return the height of the nearest of the vertices that lie at most as far east or west as lamps reach."""
    for reach in (3.0, STREET_REACH_M):  # most lamps stand by the road: few vertices have to be looked at
        first, end = np.searchsorted(ground[:, 0], (point[0] - reach, point[0] + reach))
        places = ground[first:end]
        if len(places):
            squares = ((places[:, :2] - point[:2]) ** 2).sum(axis=1)
            nearest = int(np.argmin(squares))
            if squares[nearest] < reach**2 or reach == STREET_REACH_M:
                return float(places[nearest, 2])
    return float(point[2]) - 7.0


class Lamps:
    """The map of lamp light of the latest neighbourhood and moment."""

    def __init__(self, context: moderngl.Context, programs: Programs, models: Models, city: Mesh) -> None:
        self._context, self._models = context, models
        self._street = street_lamps(city)
        self._light, self._flux = (screen_texture(context, SIZE, SIZE, "f2", moderngl.LINEAR) for _ in range(2))
        self._target = context.framebuffer([self._light, self._flux])
        self._program = programs.get("lamps.vert.glsl", "lamps.frag.glsl")
        self._buffer = context.buffer(reserve=LAMP.itemsize, dynamic=True)
        self._array = context.vertex_array(self._program, [(self._buffer, "4f 4f 4f /i", "in_place", "in_aim", "in_color")])
        self._centre: Vector = np.zeros(3)
        self._key: tuple[bytes, float] | None = None
        self._moment: Moment | None = None

    def update(self, position: Vector, population: Population, lighting: Lighting) -> None:
        """Make the map that of the viewer's neighbourhood."""
        centre = np.round(position)
        key = (centre.tobytes(), lighting.night)
        if key == self._key and population.moment is self._moment:
            return
        self._centre, self._key, self._moment = centre, key, population.moment
        lamps = np.concatenate([self._still(lighting.night), self._beams(population), *self._glows(population)])
        self._target.use()
        self._target.clear()
        if len(lamps):
            self._draw(lamps)

    def bind(self, light_unit: int, flux_unit: int) -> None:
        self._light.use(light_unit)
        self._flux.use(flux_unit)

    def uniforms(self, origin: Vector) -> dict[str, NDArray | float]:
        return {"lamp_offset": origin - self._centre, "lamp_scale": 0.5 / REACH_M}

    def _draw(self, lamps: NDArray) -> None:
        data = lamps.tobytes()
        self._buffer.orphan(len(data))
        self._buffer.write(data)
        set_uniforms(self._program, {"reach": REACH_M})
        self._context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = (moderngl.ONE, moderngl.ONE)
        self._array.render(moderngl.TRIANGLE_STRIP, vertices=4, instances=len(lamps))
        self._context.disable(moderngl.BLEND)

    def _still(self, night: float) -> NDArray:
        relative = self._street[:, :3] - self._centre
        near = (np.abs(relative[:, :2]) < REACH_M + STREET_REACH_M).all(axis=1)
        out = np.zeros(int(near.sum()), dtype=LAMP)
        out["place"][:, :2] = relative[near, :2]
        out["place"][:, 2] = self._street[near, 3]
        out["place"][:, 3] = STREET_REACH_M
        out["color"][:, :3] = np.array(STREET_COLOR) * night
        out["color"][:, 3] = relative[near, 2]
        return out

    def _beams(self, population: Population) -> NDArray:
        lit = self._vehicles(population, BEAMS)
        out = np.zeros(len(lit), dtype=LAMP)
        for row, vehicle in zip(out, lit, strict=True):
            high, pose = bool(vehicle.flags & VEHICLE_LIGHTS["high_beam"]), vehicle.pose
            place = pose[:3, :3] @ vehicle.headlamp + pose[:3, 3] - self._centre
            row["place"] = (place[0], place[1], _BEAM_HEIGHT_M, HIGH_BEAM_REACH_M if high else BEAM_REACH_M)
            row["aim"] = (*(pose[:2, 0] / max(float(np.linalg.norm(pose[:2, 0])), 1e-6)), 0.0, 1.0)
            row["color"] = (*(HIGH_BEAM_COLOR if high else BEAM_COLOR), place[2] + (3.0 if high else 0.9))
        return out

    def _glows(self, population: Population) -> list[NDArray]:
        shows = population.moment.elapsed_s * BLINKS_PER_S % 1.0 < 0.5
        return [self._glow(population, glow) for glow in GLOWS if shows or not glow.blinks]

    def _glow(self, population: Population, glow: Glow) -> NDArray:
        lit = self._vehicles(population, glow.flags)
        out = np.zeros(len(lit), dtype=LAMP)
        for row, vehicle in zip(out, lit, strict=True):
            # A vehicle's rear is about as far behind its middle as its headlamps are before it.
            ahead = vehicle.centre[0] + glow.side * (vehicle.headlamp[0] - vehicle.centre[0] + 0.25)
            place = vehicle.pose[:3, :3] @ np.array([ahead, vehicle.centre[1], glow.height_m]) + vehicle.pose[:3, 3] - self._centre
            row["place"] = (place[0], place[1], glow.height_m, glow.reach_m)
            row["aim"][:2] = glow.side * vehicle.pose[:2, 0]
            row["color"] = (*glow.color, place[2] + 1.0)
        return out

    def _vehicles(self, population: Population, bits: int) -> list[_Vehicle]:
        """Return the shapes with headlamps any of whose lights `bits` are on."""
        flags = population.identities[:, 2].astype(np.int64) | population.identities[:, 3].astype(np.int64) << 8
        found = []
        for i in np.flatnonzero(flags & bits):
            model = self._models[population.models[i]]
            if model.headlamp is not None:
                found.append(_Vehicle(population.matrices[i], model.centre, model.headlamp, int(flags[i])))
        return found


@dataclass(frozen=True)
class _Vehicle:
    pose: Vector
    centre: Vector
    headlamp: Vector
    flags: int
