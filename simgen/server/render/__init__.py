"""Camera images: drawn with OpenGL where a driver opens, else cast ray by ray."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from simgen.errors import ConfigError, EnvironmentFault
from simgen.server.scene import City, ShapeLibrary
from simgen.server.sensors import ImageSource, RaySource

if TYPE_CHECKING:
    from simgen.server.render.context import Device

RENDERER_VARIABLE = "SIMGEN_RENDERER"
"""Environment variable: `gl` or `rays` force one of the two, `auto` (and unset) takes GL where it opens."""

GPU_VARIABLE = "SIMGEN_REQUIRE_GPU"
"""Environment variable: 1 refuses to draw in software, so that a farm does not go on slowly without anybody noticing."""

_CHOICES = ("auto", "gl", "rays")

_log = logging.getLogger(__name__)


def open_images(city: City, shapes: ShapeLibrary, rays: RaySource) -> ImageSource:
    """Return the source of camera images for a city.

    Raises EnvironmentFault when GL is forced and does not open, or a GPU is required and there is none; ConfigError for another
    word in the variable.
    """
    choice = _choice()
    if choice == "rays":
        if gpu_required():
            raise ConfigError(f"{RENDERER_VARIABLE} must not be rays where {GPU_VARIABLE} asks for a GPU")
        return _ray_images(rays)
    try:
        from simgen.server.render.images import GLImages

        return GLImages(city, shapes)
    except (EnvironmentFault, ImportError) as fault:
        if choice == "gl" or gpu_required():
            raise
        _log.warning("cameras are cast ray by ray, slower and plainer: %s", fault)
        return _ray_images(rays)


def device_info() -> Device:
    """Return what would draw. Raises EnvironmentFault when no driver opens."""
    from simgen.server.render.context import OwnerThread, open_gl

    def look() -> Device:
        gl = open_gl()
        device = gl.device
        gl.close()
        return device

    # In a thread of its own: a context that another renderer of this process has made current stays so.
    owner = OwnerThread("simgen-device")
    try:
        return owner.call(look)
    finally:
        owner.close()


def gpu_required() -> bool:
    """Tell whether the environment asks never to draw in software."""
    return os.environ.get(GPU_VARIABLE, "").strip().lower() in ("1", "true", "yes", "on")


def _choice() -> str:
    choice = os.environ.get(RENDERER_VARIABLE, "").strip().lower() or "auto"
    if choice not in _CHOICES:
        raise ConfigError(f"{RENDERER_VARIABLE} must be one of {', '.join(_CHOICES)}, got {choice!r}")
    return choice


def _ray_images(rays: RaySource) -> ImageSource:
    from simgen.server.rays.ray_images import RayImages

    return RayImages(rays)
