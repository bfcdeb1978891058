"""Ambient occlusion in screen space: the soft darkness under cars and in corners."""

from __future__ import annotations

import moderngl

from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import Projection


class Occlusion:
    """Two half-size targets for each image size: taken, and blurred."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._context, self._programs = context, programs
        self._kept: dict[tuple[int, int], list[tuple[moderngl.Texture, moderngl.Framebuffer]]] = {}

    def draw(self, buffer: GBuffer, projection: Projection) -> moderngl.Texture:
        """Return a texture of the open share, 1 where nothing is near."""
        (taken, target), (blurred, blur_target) = self._targets(*buffer.size)
        program = self._programs.screen("occlusion.frag.glsl")
        buffer.bind(program)
        spread = (0.5 / projection.tangent_x, 0.5 / projection.tangent_y)
        set_uniforms(program, {**projection.ray_uniforms(), "spread": spread})
        target.use()
        self._programs.cover(program)
        program = self._programs.screen("occlusion_blur.frag.glsl")
        taken.use(0)
        set_uniforms(program, {"source": 0, "size": (float(taken.width), float(taken.height))})
        blur_target.use()
        self._programs.cover(program)
        return blurred

    def _targets(self, width: int, height: int) -> list[tuple[moderngl.Texture, moderngl.Framebuffer]]:
        if (width, height) not in self._kept:
            half = ((width + 1) // 2, (height + 1) // 2)
            textures = [screen_texture(self._context, *half, "f1", moderngl.LINEAR, components=1) for _ in range(2)]
            self._kept[width, height] = [(texture, self._context.framebuffer([texture])) for texture in textures]
        return self._kept[width, height]
