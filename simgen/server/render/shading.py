"""The colour passes after the G-buffer: light, tone, smoothing."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.lamps import Lamps
from simgen.server.render.lighting import Lighting, automatic_exposure
from simgen.server.render.occlusion import Occlusion
from simgen.server.render.post import Output, screen_texture
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.render.shadows import SIZE as SHADOW_SIZE
from simgen.server.render.shadows import Shadows
from simgen.server.render.sky import Sky
from simgen.server.sensors import View


@dataclass
class _Canvas:
    """Targets of one image size."""

    light: moderngl.Texture
    light_target: moderngl.Framebuffer
    display: moderngl.Texture
    display_target: moderngl.Framebuffer


class Shading:
    """Turns a view's G-buffer into a colour image."""

    def __init__(self, context: moderngl.Context, programs: Programs, sky: Sky, shadows: Shadows, lamps: Lamps, output: Output) -> None:
        self._context, self._programs, self._output = context, programs, output
        self._sky, self._shadows, self._lamps = sky, shadows, lamps
        self._occlusion = Occlusion(context, programs)
        self._canvases: dict[tuple[int, int], _Canvas] = {}

    def image(self, buffer: GBuffer, view: View, lighting: Lighting, elapsed_s: float) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 B, G, R, A. Sky, shadows and lamps are those of the moment already."""
        canvas = self._canvas(view.width, view.height)
        self._context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE | moderngl.BLEND)
        self._light(canvas, buffer, Projection.of(view), lighting)
        self._tone(canvas, view, lighting, elapsed_s)
        return self._smooth(canvas, view)

    def _light(self, canvas: _Canvas, buffer: GBuffer, projection: Projection, lighting: Lighting) -> None:
        occlusion = self._occlusion.draw(buffer, projection)
        program = self._programs.screen("shading.frag.glsl", SUN=int(lighting.day), NIGHT=int(lighting.night > 0.0))
        buffer.bind(program)
        self._sky.map.use(4)
        self._shadows.map.use(5)
        self._lamps.bind(6, 7)
        occlusion.use(8)
        set_uniforms(program, {**projection.ray_uniforms(), **lighting.shading_uniforms(), "sky_map": 4, "occlusion": 8})
        if lighting.day:
            set_uniforms(program, self._shadows.uniforms(projection.origin))
            set_uniforms(program, {"shadow_map": 5, "shadow_texel": 1.0 / SHADOW_SIZE, "shadow_lift": (0.03, 0.12)})
        if lighting.night > 0.0:
            set_uniforms(program, {**self._lamps.uniforms(projection.origin), "lamp_light_map": 6, "lamp_flux_map": 7})
        canvas.light_target.use()
        self._programs.cover(program)

    def _tone(self, canvas: _Canvas, view: View, lighting: Lighting, elapsed_s: float) -> None:
        program = self._programs.screen("tone.frag.glsl", RAIN=int(lighting.rain > 0.0))
        canvas.light.use(0)
        exposure = automatic_exposure(lighting) * 2.0**view.exposure_ev
        uniforms = {"light": 0, "exposure": exposure, "inverse_gamma": 1.0 / max(view.gamma, 0.1), "rain": lighting.rain}
        set_uniforms(program, {**uniforms, "time": elapsed_s % 64.0, "size": (float(view.width), float(view.height))})
        canvas.display_target.use()
        self._programs.cover(program)

    def _smooth(self, canvas: _Canvas, view: View) -> NDArray[np.uint8]:
        program = self._programs.screen("smooth.frag.glsl")
        canvas.display.use(0)
        set_uniforms(program, {"source": 0, "size": (float(view.width), float(view.height))})
        return self._output.run(program, view.width, view.height)

    def _canvas(self, width: int, height: int) -> _Canvas:
        if (width, height) not in self._canvases:
            light = screen_texture(self._context, width, height, "f2", moderngl.NEAREST)
            display = screen_texture(self._context, width, height, "f1", moderngl.LINEAR)
            targets = self._context.framebuffer([light]), self._context.framebuffer([display])
            self._canvases[width, height] = _Canvas(light, targets[0], display, targets[1])
        return self._canvases[width, height]
