"""The OpenGL context: EGL without a display, and the one thread that may touch it.

A context used from a second thread draws into nothing without any error, so everything goes through `OwnerThread`.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import moderngl

from simgen.errors import ConfigError, EnvironmentFault
from simgen.server.render import GPU_VARIABLE, gpu_required

Result = TypeVar("Result")

# Debian's runtime packages ship the versioned names only; glcontext would look for the unversioned ones.
_LIBGL = ("libOpenGL.so.0", "libGL.so.1")
_LIBEGL = "libEGL.so.1"

DEVICE_VARIABLE = "SIMGEN_GL_DEVICE"
"""Environment variable: number of the EGL device to draw on, where there are several; hardware comes first in most drivers."""

_GL_OUT_OF_MEMORY = 0x0505
_GL_CONTEXT_LOST = 0x0507
_GL_LOWER_LEFT = 0x8CA1
_GL_ZERO_TO_ONE = 0x935F
_GL_CLIP_DEPTH_MODE = 0x935D
_GL_FIRST_VERTEX_CONVENTION = 0x8E4D
_GL_TEXTURE0 = 0x84C0
_GL_TEXTURE_2D = 0x0DE1
_GL_DEPTH_COMPONENT = 0x1902
_GL_DEPTH_COMPONENT32F = 0x8CAC
_GL_FLOAT = 0x1406

_FATAL = {_GL_OUT_OF_MEMORY: "out of memory", _GL_CONTEXT_LOST: "a lost context: the device was reset; restart the server"}

_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader")


@dataclass(frozen=True)
class Device:
    """What draws: for logs and `simgen doctor`."""

    renderer: str
    version: str
    vendor: str

    @property
    def software(self) -> bool:
        return any(name in self.renderer.lower() for name in _SOFTWARE)

    def __str__(self) -> str:
        return f"EGL, {self.renderer}"


class OwnerThread:
    """Runs calls one after the other in a single thread of its own."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def call(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run `function(*args)` in the thread and return what it returns, or raise what it raises."""
        return self._executor.submit(function, *args).result()

    def close(self) -> None:
        self._executor.shutdown(wait=True)


@dataclass(frozen=True)
class Gl:
    """A current context, and the few calls that moderngl has no name for."""

    context: moderngl.Context
    library: ctypes.CDLL

    @property
    def device(self) -> Device:
        info = self.context.info
        return Device(info["GL_RENDERER"], info["GL_VERSION"], info["GL_VENDOR"])

    def depth_texture(self, size: tuple[int, int]) -> moderngl.Texture:
        """Return a 32-bit float depth texture; moderngl's own have 24 fixed bits, on which reversed depth is wasted."""
        texture = self.context.depth_texture(size)
        self.library.glActiveTexture(_GL_TEXTURE0)
        self.library.glBindTexture(_GL_TEXTURE_2D, texture.glo)
        shape = (_GL_TEXTURE_2D, 0, _GL_DEPTH_COMPONENT32F, *size, 0, _GL_DEPTH_COMPONENT, _GL_FLOAT)
        self.library.glTexImage2D(*shape, ctypes.c_void_p(None))
        texture.repeat_x = texture.repeat_y = False
        return texture

    def copy_texture(self, source: moderngl.Texture, target: moderngl.Texture) -> None:
        """Copy all of `source` into `target` of equal size and format."""
        place = (_GL_TEXTURE_2D, 0, 0, 0, 0)
        self.library.glCopyImageSubData(source.glo, *place, target.glo, *place, *source.size, 1)

    def check(self) -> None:
        """Raise EnvironmentFault where the driver has lost the context or run out of memory: images would be garbage."""
        error = self.library.glGetError()
        if error in _FATAL:
            raise EnvironmentFault(f"the OpenGL driver must go on drawing, got {_FATAL[error]} ({self.device.renderer})")

    def close(self) -> None:
        self.context.release()


def open_gl() -> Gl:
    """Return a current OpenGL 4.3 context whose clip space depth runs from 0 to 1.

    The environment variable SIMGEN_GL_DEVICE (or GLCONTEXT_DEVICE_INDEX) chooses among the devices of a driver, and
    __EGL_VENDOR_LIBRARY_FILENAMES among drivers. Raises EnvironmentFault when no driver opens, the driver has no clip control, or
    SIMGEN_REQUIRE_GPU is set and it draws in software; ConfigError for a device that is no number.
    """
    context, libgl = _create(_device_index())
    library = ctypes.CDLL(libgl)
    device = Gl(context, library).device
    if gpu_required() and device.software:
        context.release()
        raise EnvironmentFault(f"the renderer must be a GPU, got {device.renderer} ({GPU_VARIABLE})")
    if not _clip_zero_to_one(library):
        context.release()
        raise EnvironmentFault("the OpenGL driver must have ARB_clip_control, got none")
    # Flat values then belong to a rectangle's first corner, which its two triangles share.
    library.glProvokingVertex(_GL_FIRST_VERTEX_CONVENTION)
    return Gl(context, library)


def _device_index() -> dict[str, int]:
    text = os.environ.get(DEVICE_VARIABLE, "").strip()
    if text and not text.isdecimal():
        raise ConfigError(f"{DEVICE_VARIABLE} must be the number of a device, got {text!r}")
    return {"device_index": int(text)} if text else {}


def _create(device: dict[str, int]) -> tuple[moderngl.Context, str]:
    named = os.environ.get("GLCONTEXT_LINUX_LIBGL")
    libegl = os.environ.get("GLCONTEXT_LINUX_LIBEGL", _LIBEGL)
    reasons = []
    for libgl in (named,) if named else _LIBGL:
        try:
            settings: dict[str, Any] = {"backend": "egl", "libgl": libgl, "libegl": libegl, **device}
            return moderngl.create_context(require=430, standalone=True, **settings), libgl
        except Exception as error:  # moderngl and glcontext raise bare Exception for everything that a missing driver causes
            reasons.append(f"{libgl}: {error}")
    raise EnvironmentFault(f"OpenGL 4.3 through EGL must open, got {'; '.join(reasons)}")


def _clip_zero_to_one(library: ctypes.CDLL) -> bool:
    """Reversed depth keeps its precision far away only in a clip space that runs from 0 to 1."""
    mode = ctypes.c_int(0)
    try:
        library.glClipControl(_GL_LOWER_LEFT, _GL_ZERO_TO_ONE)
        library.glGetIntegerv(_GL_CLIP_DEPTH_MODE, ctypes.byref(mode))
    except AttributeError:
        return False
    return mode.value == _GL_ZERO_TO_ONE
