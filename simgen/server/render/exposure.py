"""The meter: the exposure of an image from its own light, so that it never depends on the images before."""

from __future__ import annotations

import moderngl

from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, Value, set_uniforms
from simgen.server.sensors.optics import Metering

CELLS = (24, 18)


class Meter:
    """A small picture of logarithms, and one texel with the exposure."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._programs = programs
        self._cells = screen_texture(context, *CELLS, "f4", moderngl.NEAREST, components=1)
        self.exposure = screen_texture(context, 1, 1, "f4", moderngl.NEAREST, components=1)
        self._cell_target, self._target = (context.framebuffer([texture]) for texture in (self._cells, self.exposure))

    def draw(self, light: moderngl.Texture, metering: Metering) -> None:
        """Make `exposure` that of the light."""
        program = self._programs.screen("meter.frag.glsl")
        light.use(0)
        set_uniforms(program, {"light": 0, "cells": (float(CELLS[0]), float(CELLS[1]))})
        self._cell_target.use()
        self._programs.cover(program)
        program = self._programs.screen("expose.frag.glsl")
        self._cells.use(0)
        limits = (metering.least_stops, metering.most_stops)
        values: dict[str, Value] = {"factor": metering.factor, "reference": metering.reference_log2}
        values |= {"share": metering.share, "limits": limits}
        set_uniforms(program, {"cells": 0, "size": CELLS, **values})
        self._target.use()
        self._programs.cover(program)
