"""Bloom: light that a lens spreads around what outshines the picture."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import moderngl

from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, set_uniforms

LEVELS = 4
"""Pictures of a quarter, an eighth ... of the size."""

_WIDER = 0.85
"""What each coarser picture counts against the next finer one."""


@dataclass
class _Level:
    texture: moderngl.Texture
    target: moderngl.Framebuffer
    sum: moderngl.Texture
    sum_target: moderngl.Framebuffer


class Bloom:
    """Pictures of halved sizes for each image size."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._context, self._programs = context, programs
        self._kept: dict[tuple[int, int], list[_Level]] = {}

    def draw(self, light: moderngl.Texture, exposure: moderngl.Texture) -> moderngl.Texture:
        """Return the spread light, exposed, at a quarter of the size."""
        levels = self._levels(light.width, light.height)
        program = self._programs.screen("bloom_bright.frag.glsl", METERED=1)
        light.use(0)
        exposure.use(1)
        set_uniforms(program, {"light": 0, "exposure": 1, "texel": (1.0 / light.width, 1.0 / light.height)})
        levels[0].target.use()
        self._programs.cover(program)
        for fine, coarse in itertools.pairwise(levels):
            self._spread(fine.texture, coarse.target)
        for k in range(len(levels) - 2, -1, -1):
            coarse = levels[k + 1]
            self._spread(coarse.texture if k == len(levels) - 2 else coarse.sum, levels[k].sum_target, levels[k].texture)
        return levels[0].sum

    def _spread(self, source: moderngl.Texture, target: moderngl.Framebuffer, finer: moderngl.Texture | None = None) -> None:
        program = self._programs.screen("bloom_spread.frag.glsl", WIDEN=int(finer is not None))
        source.use(0)
        set_uniforms(program, {"source": 0, "texel": (1.0 / source.width, 1.0 / source.height)})
        if finer is not None:
            finer.use(1)
            set_uniforms(program, {"finer": 1, "weight": _WIDER})
        target.use()
        self._programs.cover(program)

    def _levels(self, width: int, height: int) -> list[_Level]:
        if (width, height) not in self._kept:
            self._kept[width, height] = [self._level(max(width >> k, 1), max(height >> k, 1)) for k in range(2, 2 + LEVELS)]
        return self._kept[width, height]

    def _level(self, width: int, height: int) -> _Level:
        textures = [screen_texture(self._context, width, height, "f2", moderngl.LINEAR) for _ in range(2)]
        targets = [self._context.framebuffer([texture]) for texture in textures]
        return _Level(textures[0], targets[0], textures[1], targets[1])
