"""What wet ground mirrors, found in the image itself; drawn at half size where the ground is wet and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl

from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.lighting import Lighting
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.render.sky import Sky


@dataclass
class _Half:
    color: moderngl.Texture
    empty: moderngl.Framebuffer
    """The colour alone, to clear it."""
    mask: moderngl.Framebuffer
    target: moderngl.Framebuffer


class Reflections:
    """Half-size targets for each image size."""

    def __init__(self, context: moderngl.Context, programs: Programs, sky: Sky) -> None:
        self._context, self._programs, self._sky = context, programs, sky
        self._kept: dict[tuple[int, int], _Half] = {}

    def draw(
        self,
        buffer: GBuffer,
        light: moderngl.Texture,
        light_target: moderngl.Framebuffer,
        projection: Projection,
        lighting: Lighting,
        elapsed_s: float,
    ) -> None:
        """Add to `light` what its alpha tells that the ground mirrors."""
        half = self._half(*buffer.size)
        self._mask(half, buffer)
        self._trace(half, buffer, light, projection, lighting, elapsed_s)
        half.color.use(0)
        program = self._programs.screen("reflections_add.frag.glsl")
        set_uniforms(program, {"source": 0, "texel": (1.0 / half.color.width, 1.0 / half.color.height)})
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = moderngl.DST_ALPHA, moderngl.ONE
        light_target.use()
        self._programs.cover(program)
        self._context.disable(moderngl.BLEND)

    def _mask(self, half: _Half, buffer: GBuffer) -> None:
        program = self._programs.screen("wet_mask.frag.glsl")
        buffer.bind(program)
        half.mask.use()
        self._context.enable(moderngl.DEPTH_TEST)
        self._context.depth_func = "1"
        self._programs.cover(program)

    def _trace(
        self, half: _Half, buffer: GBuffer, light: moderngl.Texture, projection: Projection, lighting: Lighting, elapsed_s: float
    ) -> None:
        rain = lighting.light.rain
        program = self._programs.screen("reflections.frag.glsl", RAIN=int(rain > 0.0))
        buffer.bind(program)
        light.use(4)
        self._sky.map.use(5)
        uniforms = {**projection.ray_uniforms(), **projection.clip_uniforms(), "rain": rain, "time": elapsed_s % 64.0}
        set_uniforms(program, {**uniforms, "light": 4, "sky_map": 5})
        half.empty.clear()
        half.target.use()
        self._context.depth_func = "<"
        self._programs.cover(program)
        self._context.disable(moderngl.DEPTH_TEST)

    def _half(self, width: int, height: int) -> _Half:
        if (width, height) not in self._kept:
            size = ((width + 1) // 2, (height + 1) // 2)
            color = screen_texture(self._context, *size, "f2", moderngl.LINEAR)
            depth = self._context.depth_texture(size)
            mask = self._context.framebuffer(depth_attachment=depth)
            target = self._context.framebuffer([color], depth)
            target.depth_mask = False
            self._kept[width, height] = _Half(color, self._context.framebuffer([color]), mask, target)
        return self._kept[width, height]
