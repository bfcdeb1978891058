"""Optical flow: every surface drawn once more with where it was before: each shape in its earlier pose, limbs in their earlier posture."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.city_chunks import Scenery
from simgen.server.render.context import Gl
from simgen.server.render.draw_list import DrawList, rows_from, visible
from simgen.server.render.geometry import BEFORE, Geometry
from simgen.server.render.population import Models, ModelTable, Population
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.render.surfaces import CUTOUTS, SurfaceClass

POSITIONS = 0
"""Storage binding of all positions, in which the shader looks up where a vertex was in an earlier posture."""


class Flow:
    """Draws flow; keeps one target per image size."""

    def __init__(
        self, gl: Gl, programs: Programs, geometry: Geometry, scenery: Scenery, models: Models, details: moderngl.TextureArray
    ) -> None:
        self._gl, self._programs, self._geometry, self._scenery, self._models = gl, programs, geometry, scenery, models
        self._details = details
        self._targets: dict[tuple[int, int], moderngl.Framebuffer] = {}

    def image(self, now: Projection, population: Population, before: Projection, population_before: Population) -> NDArray[np.float32]:
        """Return (H, W, 2) float32: how far each pixel's surface has moved since `before`, in pixels right and down."""
        draws = visible(self._scenery, self._models, population, now)
        uniforms = {**now.clip_uniforms(), **now.ray_uniforms(), **_before_uniforms(before), "size": (float(now.width), float(now.height))}
        target = self._target(now.width, now.height)
        target.use()
        target.clear(0.0, 0.0, 0.0, 0.0, depth=0.0)
        self._sky(uniforms)
        rows = _rows_before(draws, population, population_before, before, self._models.table)
        self._geometry.upload(draws.instances, draws.commands, rows)
        self._geometry.bind_positions(POSITIONS)
        self._surfaces(draws, uniforms)
        pixels = np.empty((now.height, now.width, 2), dtype=np.float32)
        target.read_into(pixels, components=2, dtype="f4")
        return pixels

    def _sky(self, uniforms: dict) -> None:
        self._gl.context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE | moderngl.BLEND)
        program = self._programs.screen("flow_sky.frag.glsl")
        set_uniforms(program, uniforms)
        self._programs.cover(program)

    def _surfaces(self, draws: DrawList, uniforms: dict) -> None:
        context = self._gl.context
        context.enable(moderngl.DEPTH_TEST)
        context.depth_func, context.front_face = ">", "ccw"
        self._details.use(0)
        for surface in SurfaceClass:
            (context.disable if surface in CUTOUTS else context.enable)(moderngl.CULL_FACE)
            program = self._programs.get("flow.vert.glsl", "flow.frag.glsl", CUTOUT=int(surface in CUTOUTS))
            set_uniforms(program, {**uniforms, "details": 0})
            self._geometry.draw(program, *draws.ranges[surface])
        context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)

    def _target(self, width: int, height: int) -> moderngl.Framebuffer:
        if (width, height) not in self._targets:
            texture = screen_texture(self._gl.context, width, height, "f4", moderngl.NEAREST, components=2)
            self._targets[width, height] = self._gl.context.framebuffer([texture], self._gl.depth_texture((width, height)))
        return self._targets[width, height]


def _before_uniforms(before: Projection) -> dict:
    return {name.replace("clip", "before"): value for name, value in before.clip_uniforms().items()}


def _rows_before(draws: DrawList, population: Population, earlier: Population, before: Projection, table: ModelTable) -> NDArray:
    """Return the `BEFORE` rows of a draw list's instances; what was not there before has not moved."""
    place = {name: i for i, name in enumerate(earlier.names)}
    matrices, models = draws.bodies.matrices.copy(), draws.bodies.models
    shifts = np.zeros(len(models), dtype=np.int64)
    for row in np.flatnonzero(draws.members >= 0):
        was = place.get(population.names[draws.members[row]])
        if was is not None:
            matrices[row] = earlier.matrices[was]
            shifts[row] = _shift(table, int(models[row]), int(earlier.models[was]))
    out = np.zeros(1 + len(matrices), dtype=BEFORE)
    out["rows"][:] = rows_from(np.concatenate([np.eye(4)[None], matrices]), before.origin)
    out["shift"][1:] = shifts
    return out


def _shift(table: ModelTable, drawn: int, was: int) -> int:
    """Return how many vertices beyond the drawn model's lie those of the posture `was`, near or far as the drawn one is;
    0 for shapes of another build, which moved as a whole."""
    for posture in (was, int(table.far[was])):
        if table.layouts[posture] == table.layouts[drawn]:
            return int(table.first_vertices[posture] - table.first_vertices[drawn])
    return 0
