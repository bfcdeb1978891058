"""Anti-aliasing of the finished picture, where it has edges and nowhere else."""

from __future__ import annotations

import moderngl

from simgen.server.render.post import Output
from simgen.server.render.programs import Programs, set_uniforms


class Smoothing:
    """One depth texture for each image size: it tells edges from the rest."""

    def __init__(self, context: moderngl.Context, programs: Programs, output: Output) -> None:
        self._context, self._programs, self._output = context, programs, output
        self._kept: dict[tuple[int, int], tuple[moderngl.Framebuffer, moderngl.Framebuffer]] = {}

    def draw(self, display: moderngl.Texture) -> None:
        """Write the edges of `display`, smoothed, over the output, which holds the same picture."""
        mask, target = self._targets(*display.size)
        program = self._programs.screen("edges.frag.glsl")
        display.use(0)
        set_uniforms(program, {"source": 0})
        self._context.enable(moderngl.DEPTH_TEST)
        self._context.depth_func = "1"
        mask.use()
        self._programs.cover(program)
        program = self._programs.screen("smooth.frag.glsl")
        set_uniforms(program, {"source": 0, "texel": (1.0 / display.width, 1.0 / display.height)})
        self._context.depth_func = "<"
        target.use()
        self._programs.cover(program)
        self._context.disable(moderngl.DEPTH_TEST)

    def _targets(self, width: int, height: int) -> tuple[moderngl.Framebuffer, moderngl.Framebuffer]:
        if (width, height) not in self._kept:
            depth = self._context.depth_texture((width, height))
            target = self._context.framebuffer([self._output.texture(width, height)], depth)
            target.depth_mask = False
            self._kept[width, height] = self._context.framebuffer(depth_attachment=depth), target
        return self._kept[width, height]
