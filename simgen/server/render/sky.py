"""The sky as a picture of the upper hemisphere, drawn when the weather changes; its mipmaps serve blurred reflections."""

from __future__ import annotations

import moderngl

from simgen.server.render.lighting import Lighting
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.values import Weather

SIZE = 512


class Sky:
    """The sky map of the latest weather."""

    def __init__(self, context: moderngl.Context, programs: Programs, details: moderngl.TextureArray) -> None:
        self._programs = programs
        self._details = details
        self._context = context
        self._weather: Weather | None = None
        self.map = context.texture((SIZE, SIZE), 4, dtype="f2")
        self.map.repeat_x = self.map.repeat_y = False
        # The first build_mipmaps moves the texture, and a framebuffer made before would draw into the old place.
        self.map.build_mipmaps()
        self.map.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        self._target = context.framebuffer([self.map])

    def update(self, weather: Weather, lighting: Lighting) -> None:
        if weather == self._weather:
            return
        self._weather = weather
        self._context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE | moderngl.BLEND)
        self._target.use()
        self._details.use(0)
        program = self._programs.screen("sky.frag.glsl")
        set_uniforms(program, {**lighting.sky_uniforms(), "details": 0})
        self._programs.cover(program)
        self.map.build_mipmaps()
