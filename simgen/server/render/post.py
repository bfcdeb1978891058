"""The last pass of every image: into bytes as CARLA sends them, blue first and the top row first."""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.server.render.gbuffer import GBuffer
from simgen.server.render.programs import Programs, set_uniforms
from simgen.server.render.projection import NEAR_M

PACKERS: dict[str, tuple[str, dict[str, int]]] = {
    "depth": ("pack_depth.frag.glsl", {}),
    "semantic": ("pack_labels.frag.glsl", {"INSTANCES": 0}),
    "instance": ("pack_labels.frag.glsl", {"INSTANCES": 1}),
    "normals": ("pack_normals.frag.glsl", {}),
}
"""The shader and definitions of each layer that comes straight from the G-buffer."""

NEEDS_NORMALS = frozenset({"normals"})


def screen_texture(context: moderngl.Context, width: int, height: int, dtype: str, smoothing: int, components: int = 4) -> moderngl.Texture:
    """Return a render target without mipmaps that is clamped at its edges."""
    texture = context.texture((width, height), components, dtype=dtype)
    texture.filter = (smoothing, smoothing)
    texture.repeat_x = texture.repeat_y = False
    return texture


class Output:
    """Eight-bit targets by size, and reading them."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        self._context, self._programs = context, programs
        self._targets: dict[tuple[int, int], moderngl.Framebuffer] = {}

    def pack(self, buffer: GBuffer, layer: str) -> NDArray[np.uint8]:
        """Return (H, W, 4) uint8 of a layer of `PACKERS`."""
        fragment, definitions = PACKERS[layer]
        program = self._programs.screen(fragment, **definitions)
        buffer.bind(program)
        set_uniforms(program, {"near": NEAR_M})
        self._context.disable(moderngl.DEPTH_TEST | moderngl.CULL_FACE | moderngl.BLEND)
        return self.run(program, *buffer.size)

    def run(self, program: moderngl.Program, width: int, height: int) -> NDArray[np.uint8]:
        """Cover a target with the program and return its bytes."""
        target = self._target(width, height)
        target.use()
        self._programs.cover(program)
        pixels = np.empty((height, width, 4), dtype=np.uint8)
        target.read_into(pixels, components=4)
        return pixels

    def _target(self, width: int, height: int) -> moderngl.Framebuffer:
        if (width, height) not in self._targets:
            texture = screen_texture(self._context, width, height, "f1", moderngl.NEAREST)
            self._targets[width, height] = self._context.framebuffer([texture])
        return self._targets[width, height]
