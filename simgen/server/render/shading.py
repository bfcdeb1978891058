"""The colour passes after the G-buffer: light, sky, exposure, tone, smoothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.light.film import GREY, Film, white_balance
from simgen.server.render.bloom import Bloom
from simgen.server.render.exposure import Meter
from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.lamps import Lamps
from simgen.server.render.lens import LensEffects
from simgen.server.render.lighting import Lighting
from simgen.server.render.motion import motion_uniforms
from simgen.server.render.occlusion import Occlusion
from simgen.server.render.post import Output, screen_texture
from simgen.server.render.programs import Programs, Value, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.render.rain import Rain
from simgen.server.render.reflections import Reflections
from simgen.server.render.shadows import SIZE as SHADOW_SIZE
from simgen.server.render.shadows import Shadows
from simgen.server.render.sky import Sky
from simgen.server.render.smoothing import Smoothing
from simgen.server.sensors import View
from simgen.server.sensors.optics import Optics

_BLOOM = 0.20
"""What spread light counts at a `bloom_intensity` of 1."""


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
        self._meter, self._bloom = Meter(context, programs), Bloom(context, programs)
        self._smoothing, self._lens = Smoothing(context, programs, output), LensEffects(context, programs, output)
        self._reflections, self._rain = Reflections(context, programs, sky), Rain(context, programs)
        self._canvases: dict[tuple[int, int], _Canvas] = {}

    def image(self, buffer: GBuffer, view: View, lighting: Lighting, elapsed_s: float) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 B, G, R, A. Shadows and lamps are those of the moment already."""
        canvas, projection = self._canvas(view.width, view.height), Projection.of(view)
        self._context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE | moderngl.BLEND)
        self._sky.prepare(lighting, elapsed_s)
        self._light(canvas, buffer, projection, lighting, elapsed_s)
        if lighting.light.wet > 0.0:
            self._reflections.draw(buffer, canvas.light, canvas.light_target, projection, lighting, elapsed_s)
        if lighting.light.rain > 0.0:
            self._rain.draw(canvas.light, buffer, projection, lighting, elapsed_s)
        self._lens.flare(canvas.light_target, buffer, projection, lighting, view.optics)
        light = self._lens.focus(canvas.light, buffer, view.optics, view.fov_deg)
        self._meter.draw(light, view.optics.metering())
        bloom = self._bloom.draw(light, self._meter.exposure) if view.optics.effects and view.optics.bloom > 0.0 else None
        self._tone(canvas, light, bloom, buffer, view, lighting, elapsed_s)
        self._smoothing.draw(canvas.display)
        if view.optics.bends:
            return self._lens.bend(view.width, view.height, view.optics)
        return self._output.read(view.width, view.height)

    def _light(self, canvas: _Canvas, buffer: GBuffer, projection: Projection, lighting: Lighting, elapsed_s: float) -> None:
        occlusion = self._occlusion.draw(buffer, projection)
        program = self._surface_program(buffer, projection, lighting, occlusion)
        # Surfaces and sky each pay for their own pixels only: the G-buffer's depth, which nothing writes here, tells them apart.
        target = self._context.framebuffer([canvas.light], buffer.depths)
        target.depth_mask = False
        target.use()
        self._context.enable(moderngl.DEPTH_TEST)
        self._context.depth_func = "<"
        self._programs.cover(program)
        self._context.depth_func = "=="
        self._sky.cover(projection, lighting, elapsed_s)
        self._context.disable(moderngl.DEPTH_TEST)
        target.release()

    def _surface_program(
        self, buffer: GBuffer, projection: Projection, lighting: Lighting, occlusion: moderngl.Texture
    ) -> moderngl.Program:
        variant = {"SUN": int(lighting.day), "NIGHT": int(lighting.night > 0.0), "WET": int(lighting.light.wet > 0.0)}
        program = self._programs.screen("shading.frag.glsl", **variant)
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
        return program

    def _tone(
        self,
        canvas: _Canvas,
        light: moderngl.Texture,
        bloom: moderngl.Texture | None,
        buffer: GBuffer,
        view: View,
        lighting: Lighting,
        elapsed_s: float,
    ) -> None:
        motion = motion_uniforms(view, Projection.of(view))
        variant = {"METERED": 1, "FILM": _film_variant(view.optics), "BLOOM": int(bloom is not None), "MOTION": int(motion is not None)}
        program = self._programs.screen("tone.frag.glsl", **variant, DUST=int(lighting.light.dust > 0.0))
        for unit, texture in enumerate((light, self._meter.exposure, bloom or light, buffer.depths)):
            texture.use(unit)
        units = {"light": 0, "exposure": 1, "bloom": 2, "depths": 3}
        dust = {"dust": lighting.light.dust, "seed": elapsed_s * 7.13 % 1.0}
        set_uniforms(program, {**tone_uniforms(view.optics, lighting), **(motion or {}), **units, **dust})
        canvas.display_target.use()
        self._programs.cover(program)

    def _canvas(self, width: int, height: int) -> _Canvas:
        if (width, height) not in self._canvases:
            light = screen_texture(self._context, width, height, "f2", moderngl.LINEAR)
            display = screen_texture(self._context, width, height, "f1", moderngl.LINEAR)
            # The picture goes to both, and smoothing then writes its edges over the second.
            both = self._context.framebuffer([display, self._output.texture(width, height)])
            targets = self._context.framebuffer([light]), both
            self._canvases[width, height] = _Canvas(light, targets[0], display, targets[1])
        return self._canvases[width, height]


def tone_uniforms(optics: Optics, lighting: Lighting) -> dict[str, Value]:
    """Return what turns light into display values."""
    air = 1.0 + 2.0 * min(60.0 * lighting.light.fog_per_m, 1.0) * lighting.light.scattering
    return {
        **film_uniforms(optics.film),
        "balance": white_balance(optics.temperature_k, optics.tint) if optics.effects else np.ones(3),
        "bloom_weight": _BLOOM * optics.bloom * air,
        "inverse_gamma": 1.0 / optics.gamma,
    }


def _film_variant(optics: Optics) -> int:
    """Return 0 for no film, 1 for one whose toe meets the shoulder, 2 for one with a straight part between."""
    toe_at, shoulder_at, _ = optics.film.knees()
    return 0 if not optics.effects else 2 if toe_at < shoulder_at else 1


def film_uniforms(film: Film) -> dict[str, Value]:
    """Return the film's curve over log2 of the light."""
    toe_at, shoulder_at, straight_at = film.knees()
    toe, shoulder = 1.0 + film.black_clip - film.toe, 1.0 + film.white_clip - film.shoulder
    bits = math.log2(10.0)
    pivot = math.log2(GREY)
    return {
        "film_log": (film.contrast, pivot * (1.0 - film.contrast)),
        "film_toe": (toe_at * bits, -2.0 * film.slope / toe, 2.0 * toe, -film.black_clip),
        "film_shoulder": (shoulder_at * bits, 2.0 * film.slope / shoulder, -2.0 * shoulder, 1.0 + film.white_clip),
        "film_straight": (film.slope / bits, film.slope * straight_at),
        "film_blend": (min(toe_at, shoulder_at) * bits, max(toe_at, shoulder_at) * bits + 1e-4),
    }
