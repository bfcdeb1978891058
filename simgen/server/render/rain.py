"""Falling rain: streaks in the air around the viewer, splashes where they land, drops on the lens."""

from __future__ import annotations

import moderngl
import numpy as np

from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.lighting import Lighting
from simgen.server.render.programs import Programs, Value, set_uniforms
from simgen.server.render.projection import Projection

BOX_M = np.array([26.0, 26.0, 13.0])
"""Drops fall in this box around the viewer."""

DROPS = 5000
"""At full rain."""

_FALL_M_S = 8.5
_SHUTTER_S = 0.035
"""Longer than a camera's, about as long as film shows rain."""


SPLASHES = 600
LENS_DROPS = 36
_LENS_FROM = 0.5
"""Of full rain: less leaves the lens dry."""

_LAMP_LIGHT = np.array([0.13, 0.11, 0.08])
"""What drops show of a street's lamps at night."""

_WRAP_S = 1024.0
"""Single precision tells fractions of a second only so far."""


class Rain:
    """Draws without any state: a drop's place follows from its number and the time."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._context = context
        self._streak, self._splash, self._lens = (
            programs.get(f"{name}.vert.glsl", f"{name}.frag.glsl") for name in ("rain", "splash", "lens_drop")
        )
        self._arrays = {program.glo: context.vertex_array(program, []) for program in (self._streak, self._splash, self._lens)}

    def draw(self, light: moderngl.Texture, buffer: GBuffer, projection: Projection, lighting: Lighting, elapsed_s: float) -> None:
        """Draw the drops of a time into the light of a view: in the air, where they land, and on the lens."""
        weather = lighting.light
        grey = weather.irradiance(np.array([0.0, 0.0, 1.0])) * 1.15 + _LAMP_LIGHT * weather.night
        shared: dict[str, Value] = {"drop_light": grey, "time": elapsed_s % _WRAP_S, **projection.clip_uniforms()}
        target = self._context.framebuffer([light], buffer.depths)
        target.depth_mask = False
        target.use()
        self._context.enable(moderngl.DEPTH_TEST | moderngl.BLEND)
        self._context.depth_func = ">"
        self._context.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self._quads(self._splash, SPLASHES * weather.rain, {**shared, **self._ground(buffer, projection)})
        self._quads(self._streak, DROPS * weather.rain, {**shared, **_air(projection, lighting, elapsed_s)})
        self._context.disable(moderngl.DEPTH_TEST)
        wet = max(weather.rain - _LENS_FROM, 0.0) / (1.0 - _LENS_FROM)
        self._quads(self._lens, LENS_DROPS * wet, {**shared, "aspect": projection.width / projection.height})
        self._context.disable(moderngl.BLEND)
        target.release()

    def _quads(self, program: moderngl.Program, count: float, uniforms: dict[str, Value]) -> None:
        set_uniforms(program, uniforms)
        if int(count):
            self._arrays[program.glo].render(moderngl.TRIANGLE_STRIP, vertices=4, instances=int(count))

    def _ground(self, buffer: GBuffer, projection: Projection) -> dict[str, Value]:
        buffer.depths.use(0)
        buffer.normals.use(1)
        scale = (1.0 / projection.tangent_x, 1.0 / projection.tangent_y)
        return {**projection.ray_uniforms(), "depths": 0, "normals": 1, "scale": scale}


def _air(projection: Projection, lighting: Lighting, elapsed_s: float) -> dict[str, Value]:
    fall = np.array([lighting.light.wind * 0.45, 0.0, -_FALL_M_S])
    # In boxes; whole ones drop out in double precision.
    shift = np.mod((fall * elapsed_s - projection.origin) / BOX_M, 1.0)
    return {"box": BOX_M, "shift": shift, "way": fall * _SHUTTER_S, "pixel": 2.0 * projection.tangent_x / projection.width}
