"""Shadow maps of the sun: two cascades side by side in one depth texture.

They are centred on the cameras' neighbourhood, snapped to a grid, so that the cameras of a rig share them and shadows do not
crawl. The still city is drawn when the grid cell or the sun changes; each moment adds its moving shapes to a copy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.city_chunks import Scenery
from simgen.server.render.context import Gl
from simgen.server.render.draw_list import Beam, DrawList, moving_casters, still_casters
from simgen.server.render.geometry import Geometry
from simgen.server.render.lighting import Lighting
from simgen.server.render.population import Models, Population
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.surfaces import CUTOUTS, SurfaceClass
from simgen.server.scene import Moment

SIZE = 1024
"""Texels along one side of a cascade."""

RADII_M = (20.0, 96.0)
CELLS_M = (4.0, 16.0)
"""Cascade radii, and the grids that their centres snap to."""

DEPTH_M = 400.0
"""Depth range of the maps along the sun's direction, half of it on each side of the centre."""

Vector = NDArray[np.float64]
Casters = Callable[[Scenery, Models, Population, Beam], DrawList]


@dataclass(frozen=True)
class Cascade:
    """An orthographic view along the sun's rays."""

    centre: Vector
    radius: float
    across: Vector
    """(2, 3) unit axes of the map."""
    sun: Vector

    def clip_uniforms(self) -> dict[str, NDArray]:
        """Return the rows that turn centre-relative positions into clip space; depth grows away from the sun."""
        return {"map_x": self.across[0] / self.radius, "map_y": self.across[1] / self.radius, "map_z": -self.sun / DEPTH_M}


def cascades_at(position: Vector, sun: Vector) -> tuple[Cascade, ...]:
    """Return the cascades about a viewer, centres on whole texels."""
    side = np.cross([0.0, 0.0, 1.0], sun) if abs(sun[2]) < 0.999 else np.array([0.0, 1.0, 0.0])
    side = side / np.linalg.norm(side)
    across = np.stack([side, np.cross(sun, side)])
    return tuple(Cascade(_snapped(position, across, r, cell), r, across, sun) for r, cell in zip(RADII_M, CELLS_M, strict=True))


def _snapped(position: Vector, across: Vector, radius: float, cell: float) -> Vector:
    near = np.round(position / cell) * cell
    texel = 2.0 * radius / SIZE
    on_map = across @ near
    return near + (np.round(on_map / texel) * texel - on_map) @ across


class Shadows:
    """Draws and keeps the maps of the latest neighbourhood and moment."""

    def __init__(
        self, gl: Gl, programs: Programs, geometry: Geometry, scenery: Scenery, models: Models, details: moderngl.TextureArray
    ) -> None:
        self._gl, self._context, self._details = gl, gl.context, details
        self._programs, self._geometry, self._scenery, self._models = programs, geometry, scenery, models
        self._still, self._still_target = _map(gl)
        self.map, self._target = _map(gl)
        self._still_keys = [b""] * len(RADII_M)
        self._moment: Moment | None = None
        self.cascades: tuple[Cascade, ...] = ()

    def update(self, position: Vector, population: Population, lighting: Lighting) -> None:
        """Make `map` and `cascades` those of the viewer's neighbourhood; cheap when they are already."""
        cascades = cascades_at(position, lighting.sun)
        keys = [c.centre.tobytes() + lighting.sun.tobytes() + self._scenery.revision.to_bytes(8, "little") for c in cascades]
        if keys == self._still_keys and population.moment is self._moment:
            return
        self._begin()
        self._still_target.use()
        for number, (key, kept) in enumerate(zip(keys, self._still_keys, strict=True)):
            if key != kept:
                self._still_target.clear(depth=1.0, viewport=(number * SIZE, 0, SIZE, SIZE))
                self._cast(self._still_target, number, cascades[number], population, still_casters)
        self._gl.copy_texture(self._still, self.map)
        self._target.use()
        for number, cascade in enumerate(cascades):
            self._cast(self._target, number, cascade, population, moving_casters)
        self._end()
        self.cascades, self._moment, self._still_keys = cascades, population.moment, keys

    def uniforms(self, origin: Vector) -> dict[str, NDArray]:
        """Return the uniforms that look positions relative to `origin` up in the maps."""
        rows = {}
        for number, cascade in enumerate(self.cascades):
            for name, row in cascade.clip_uniforms().items():
                rows[f"{name}{number}"] = np.append(row, float(row @ (origin - cascade.centre)))
        return rows

    def _cast(self, target: moderngl.Framebuffer, number: int, cascade: Cascade, population: Population, casters: Casters) -> None:
        target.viewport = (number * SIZE, 0, SIZE, SIZE)
        beam = Beam(cascade.centre, cascade.sun, cascade.radius * math.sqrt(2.0))
        self._draw(cascade, casters(self._scenery, self._models, population, beam))

    def _draw(self, cascade: Cascade, draws: DrawList) -> None:
        if not len(draws.commands):
            return
        self._geometry.upload(draws.instances, draws.commands)
        self._details.use(0)
        for surface in SurfaceClass:
            program = self._programs.get("shadow.vert.glsl", "shadow.frag.glsl", CUTOUT=int(surface in CUTOUTS))
            set_uniforms(program, {**cascade.clip_uniforms(), "details": 0})
            self._geometry.draw(program, *draws.ranges[surface])

    def _begin(self) -> None:
        self._context.disable(moderngl.BLEND | moderngl.CULL_FACE)
        self._context.enable(moderngl.DEPTH_TEST)
        self._context.depth_func = "<"
        self._context.polygon_offset = (1.6, 2.5)

    def _end(self) -> None:
        self._context.polygon_offset = (0.0, 0.0)
        self._context.disable(moderngl.DEPTH_TEST)


def _map(gl: Gl) -> tuple[moderngl.Texture, moderngl.Framebuffer]:
    texture = gl.depth_texture((SIZE * len(RADII_M), SIZE))
    texture.compare_func = "<="
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    return texture, gl.context.framebuffer(depth_attachment=texture)
