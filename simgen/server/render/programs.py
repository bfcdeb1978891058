"""Shader programs from the GLSL files beside this module, one per set of definitions.

`#include "name.glsl"` lines are replaced by the file; definitions stand right after `#version`. Variants are compiled instead of
branching on uniforms: a software rasteriser runs both sides of an `if`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import moderngl
import numpy as np
from numpy.typing import NDArray

Value = float | int | tuple[float, ...] | NDArray[np.floating]

_INCLUDE = re.compile(r'^#include "([\w.]+)"$', re.MULTILINE)


@cache
def source(name: str) -> str:
    """Return a shader file with its includes."""
    text = (resources.files(__package__) / "shaders" / name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda match: source(match.group(1)), text)


class Programs:
    """Compiles on first use and keeps."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._kept: dict[tuple[str, str, tuple[tuple[str, int], ...]], moderngl.Program] = {}
        self._screens: dict[int, moderngl.VertexArray] = {}

    def get(self, vertex: str, fragment: str, **definitions: int) -> moderngl.Program:
        key = (vertex, fragment, tuple(sorted(definitions.items())))
        if key not in self._kept:
            head = "#version 430\n" + "".join(f"#define {name} {value}\n" for name, value in key[2])
            self._kept[key] = self._context.program(vertex_shader=head + source(vertex), fragment_shader=head + source(fragment))
        return self._kept[key]

    def screen(self, fragment: str, **definitions: int) -> moderngl.Program:
        """Return a program that covers the whole target."""
        return self.get("screen.vert.glsl", fragment, **definitions)

    def cover(self, program: moderngl.Program) -> None:
        """Draw one triangle over the whole target."""
        if program.glo not in self._screens:
            self._screens[program.glo] = self._context.vertex_array(program, [])
        self._screens[program.glo].render(moderngl.TRIANGLES, vertices=3)


def set_uniforms(program: moderngl.Program, values: Mapping[str, Value]) -> None:
    """Write the uniforms that the program uses; those a variant has optimised out are passed over."""
    for name, value in values.items():
        uniform = program.get(name, None)
        if not isinstance(uniform, moderngl.Uniform):
            continue
        if isinstance(value, np.ndarray):
            uniform.write(np.ascontiguousarray(value, dtype=np.float32).tobytes())
        else:
            uniform.value = value
