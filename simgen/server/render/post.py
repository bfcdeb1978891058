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
    """Eight-bit targets by size, and reading them.

    `staged` reads through a pixel buffer: a GPU copies into one at full speed, and the driver need not stop for each row.
    """

    def __init__(self, context: moderngl.Context, programs: Programs, staged: bool = False) -> None:
        self._context, self._programs, self._staged = context, programs, staged
        self._stages: dict[tuple[int, int], moderngl.Buffer] = {}
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
        self.target(width, height).use()
        self._programs.cover(program)
        return self.read(width, height)

    def read(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return what the target of a size holds, (H, W, 4) uint8."""
        pixels = np.empty((height, width, 4), dtype=np.uint8)
        if self._staged:
            if (width, height) not in self._stages:
                self._stages[width, height] = self._context.buffer(reserve=pixels.nbytes)
            stage = self._stages[width, height]
            self.target(width, height).read_into(stage, components=4)
            stage.read_into(pixels)
        else:
            self.target(width, height).read_into(pixels, components=4)
        return pixels

    def target(self, width: int, height: int) -> moderngl.Framebuffer:
        """Return the target of a size, made when first asked for; its only attachment is `texture`."""
        if (width, height) not in self._targets:
            texture = screen_texture(self._context, width, height, "f1", moderngl.LINEAR)
            self._targets[width, height] = self._context.framebuffer([texture])
        return self._targets[width, height]

    def texture(self, width: int, height: int) -> moderngl.Texture:
        attached = self.target(width, height).color_attachments[0]
        assert isinstance(attached, moderngl.Texture)
        return attached
