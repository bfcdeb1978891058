"""What a lens does to a picture: ghosts of the sun, depth of field, distortion, fringes. Each is drawn only where it is asked for."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.lighting import Lighting
from simgen.server.render.post import Output, screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import NEAR_M, Projection
from simgen.server.sensors.optics import Optics

_GHOSTS = 6
_LEAST_BLUR_PX = 0.75


class LensEffects:
    """Targets are made when an effect is first asked for."""

    def __init__(self, context: moderngl.Context, programs: Programs, output: Output) -> None:
        self._context, self._programs, self._output = context, programs, output
        self._ghosts: moderngl.VertexArray | None = None
        self._lights: dict[tuple[int, int], tuple[moderngl.Texture, moderngl.Framebuffer]] = {}
        self._pictures: dict[tuple[int, int], moderngl.Framebuffer] = {}

    def flare(self, target: moderngl.Framebuffer, buffer: GBuffer, projection: Projection, lighting: Lighting, optics: Optics) -> None:
        """Add the sun's ghosts to the light, where the sun stands in the image and nothing before it."""
        at = _sun_in_image(projection, lighting)
        if at is None or not optics.effects or optics.flare <= 0.0:
            return
        program = self._programs.get("flare.vert.glsl", "flare.frag.glsl")
        if self._ghosts is None:
            self._ghosts = self._context.vertex_array(program, [])
        buffer.depths.use(0)
        strength = lighting.light.sun_color * (optics.flare * 0.35 * (1.0 - lighting.light.overcast))
        set_uniforms(program, {"depths": 0, "sun_at": at, "aspect": projection.width / projection.height, "strength": strength})
        target.use()
        self._context.enable(moderngl.BLEND)
        self._context.blend_func = (moderngl.ONE, moderngl.ONE)
        self._ghosts.render(moderngl.TRIANGLE_STRIP, vertices=4, instances=_GHOSTS)
        self._context.disable(moderngl.BLEND)

    def focus(self, light: moderngl.Texture, buffer: GBuffer, optics: Optics, fov_deg: float) -> moderngl.Texture:
        """Return the light with the depth of field of the optics; the same texture where that is too deep to be seen."""
        blur_px = optics.blur_px(light.width, fov_deg)
        if blur_px < _LEAST_BLUR_PX:
            return light
        if light.size not in self._lights:
            texture = screen_texture(self._context, light.width, light.height, "f2", moderngl.LINEAR)
            self._lights[light.size] = texture, self._context.framebuffer([texture])
        texture, target = self._lights[light.size]
        program = self._programs.screen("focus.frag.glsl")
        light.use(0)
        buffer.depths.use(1)
        values = {"near": NEAR_M, "focus": optics.focus_cm / 100.0, "radius": 0.5 * blur_px / light.width, "blades": float(optics.blades)}
        set_uniforms(program, {"light": 0, "depths": 1, "aspect": light.width / light.height, **values})
        target.use()
        self._programs.cover(program)
        return texture

    def bend(self, width: int, height: int, optics: Optics) -> NDArray[np.uint8]:
        """Return the finished picture of the output as the lens distorts it."""
        if (width, height) not in self._pictures:
            self._pictures[width, height] = self._context.framebuffer(
                [screen_texture(self._context, width, height, "f1", moderngl.NEAREST)]
            )
        lens = optics.lens
        program = self._programs.screen("lens.frag.glsl")
        self._output.texture(width, height).use(0)
        shape = {"circle": (lens.circle_multiplier, lens.circle_falloff), "bend": (lens.k, lens.kcube), "reach": (lens.x_size, lens.y_size)}
        set_uniforms(program, {"source": 0, **shape, "fringe": (optics.chromatic, optics.chromatic_start)})
        target = self._pictures[width, height]
        target.use()
        self._programs.cover(program)
        pixels = np.empty((height, width, 4), dtype=np.uint8)
        target.read_into(pixels, components=4)
        return pixels


def _sun_in_image(projection: Projection, lighting: Lighting) -> tuple[float, float] | None:
    """Return where the sun stands, -1..1 right and down; None where it does not shine into the image."""
    ahead = float(lighting.sun @ projection.forward)
    if not lighting.day or ahead <= 1e-3:
        return None
    right = float(lighting.sun @ projection.right) / ahead / projection.tangent_x
    down = -float(lighting.sun @ projection.up) / ahead / projection.tangent_y
    return (right, down) if max(abs(right), abs(down)) < 1.0 else None
