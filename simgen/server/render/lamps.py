"""Lamps at night: street lamps and headlamps drawn from above into a small map of light around the viewer.

One look-up per pixel then lights ground and walls, however many lamps there are. What stands between does not shade.
"""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.lighting import Lighting
from simgen.server.render.population import Models, Population
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.surfaces import SURFACES, SurfaceClass
from simgen.server.scene import Material, Mesh, Moment

SIZE = 384
REACH_M = 96.0
"""The map covers the square of this half side around the viewer."""

BEAMS = 2 | 4
"""Light flags of low and high beam."""

LAMP = np.dtype([("place", "<f4", 4), ("aim", "<f4", 4), ("color", "<f4", 4)])
"""x, y relative to the viewer, height above the lit ground, reach; unit direction and 1 for beams (0 for lamps); colour and top."""

STREET_COLOR = (18.0, 13.2, 8.0)
BEAM_COLOR = (1.5, 1.4, 1.2)
STREET_REACH_M, BEAM_REACH_M = 26.0, 48.0

Vector = NDArray[np.float64]


def street_lamps(mesh: Mesh) -> Vector:
    """Return (L, 4) x, y, z and height above the ground of the groups of lamp surfaces in the city, 1.5 m apart or more."""
    lit = mesh.positions[mesh.materials == Material.LAMP].astype(np.float64)
    if not len(lit):
        return np.zeros((0, 4))
    _, group = np.unique(np.round(lit[:, :2] / 1.5).astype(np.int64), axis=0, return_inverse=True)
    group = group.ravel()
    centres = np.stack([np.bincount(group, lit[:, axis]) for axis in range(3)], axis=1) / np.bincount(group)[:, None]
    heights = np.array([centre[2] - _ground_below(mesh, centre) for centre in centres])
    return np.column_stack([centres, np.clip(heights, 2.0, 15.0)])


def _ground_below(mesh: Mesh, point: Vector) -> float:
    ground = np.isin(mesh.materials, [m for m in Material if SURFACES[m].group == SurfaceClass.GROUND])
    if not ground.any():
        return float(point[2]) - 7.0
    places = mesh.positions[ground]
    return float(places[np.argmin(((places[:, :2] - point[:2]) ** 2).sum(axis=1)), 2])


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
        lamps = np.concatenate([self._still(lighting.night), self._beams(population)])
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
        flags = population.identities[:, 2].astype(np.int64)
        lit = [i for i in np.flatnonzero(flags & BEAMS) if self._models[population.models[i]].headlamp is not None]
        out = np.zeros(len(lit), dtype=LAMP)
        for row, i in zip(out, lit, strict=True):
            pose = population.matrices[i]
            place = pose[:3, :3] @ self._models[population.models[i]].headlamp + pose[:3, 3] - self._centre
            row["place"] = (place[0], place[1], 0.65, BEAM_REACH_M)
            row["aim"] = (*(pose[:2, 0] / max(float(np.linalg.norm(pose[:2, 0])), 1e-6)), 0.0, 1.0)
            row["color"] = (*BEAM_COLOR, place[2] + 0.6)
        return out
