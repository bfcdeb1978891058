"""Optical flow: every surface drawn once more with where it was before. Rigid motion of each shape; limbs move with the body."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.context import Gl
from simgen.server.render.draw_list import DrawList, Scenery, rows_from, visible
from simgen.server.render.geometry import BEFORE, Geometry
from simgen.server.render.population import Models, Population
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.render.surfaces import SurfaceClass


class Flow:
    """Draws flow; keeps one target per image size."""

    def __init__(self, gl: Gl, programs: Programs, geometry: Geometry, scenery: Scenery, models: Models) -> None:
        self._gl, self._programs, self._geometry, self._scenery, self._models = gl, programs, geometry, scenery, models
        self._targets: dict[tuple[int, int], moderngl.Framebuffer] = {}

    def image(self, now: Projection, population: Population, before: Projection, population_before: Population) -> NDArray[np.float32]:
        """Return (H, W, 2) float32: how far each pixel's surface has moved since `before`, in pixels right and down."""
        draws = visible(self._scenery, self._models, population, now)
        uniforms = {**now.clip_uniforms(), **now.ray_uniforms(), **_before_uniforms(before), "size": (float(now.width), float(now.height))}
        target = self._target(now.width, now.height)
        target.use()
        target.clear(0.0, 0.0, 0.0, 0.0, depth=0.0)
        self._sky(uniforms)
        self._geometry.upload(draws.instances, draws.commands, _rows_before(draws, population, population_before, before))
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
        context.enable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        context.depth_func, context.front_face = ">", "ccw"
        program = self._programs.get("flow.vert.glsl", "flow.frag.glsl")
        set_uniforms(program, uniforms)
        for surface in SurfaceClass:
            if surface == SurfaceClass.LEAF:
                context.disable(moderngl.CULL_FACE)
            self._geometry.draw(program, *draws.ranges[surface])
        context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)

    def _target(self, width: int, height: int) -> moderngl.Framebuffer:
        if (width, height) not in self._targets:
            texture = screen_texture(self._gl.context, width, height, "f4", moderngl.NEAREST, components=2)
            self._targets[width, height] = self._gl.context.framebuffer([texture], self._gl.depth_texture((width, height)))
        return self._targets[width, height]


def _before_uniforms(before: Projection) -> dict:
    return {name.replace("clip", "before"): value for name, value in before.clip_uniforms().items()}


def _rows_before(draws: DrawList, population: Population, earlier: Population, before: Projection) -> NDArray:
    """Return the `BEFORE` rows of a draw list's instances; what was not there before has not moved."""
    place = {name: i for i, name in enumerate(earlier.names)}
    matrices = population.matrices[draws.chosen].copy()
    for row, i in enumerate(draws.chosen):
        was = place.get(population.names[i])
        if was is not None:
            matrices[row] = earlier.matrices[was]
    out = np.zeros(1 + len(matrices), dtype=BEFORE)
    out["rows"][:] = rows_from(np.concatenate([np.eye(4)[None], matrices]), before.origin)
    return out
