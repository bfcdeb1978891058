"""The sky: behind everything in a view, and as a picture of the upper hemisphere whose mipmaps serve blurred reflections.

Clouds drift with the wind. A view's own sky is drawn afresh; the picture of the hemisphere follows in steps.
"""

from __future__ import annotations

import math

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.server.render.lighting import Lighting
from simgen.server.render.post import screen_texture
from simgen.server.render.programs import Programs, Value, set_uniforms
from simgen.server.render.projection import Projection
from simgen.server.values import Weather

SIZE = 256
"""Texels along one side of the hemisphere's picture."""

_STEP_M = 60.0
"""The picture is drawn again when clouds have drifted this far."""
_TILE_M = 16000.0
"""The clouds repeat; as far as the wind carries them before they stand where they stood."""

_CLOUD_SIZE = 512

_MAP_UNIT, _TABLE_UNIT, _CLOUD_UNIT = 0, 1, 2


class Sky:
    """The sky of the latest weather."""

    def __init__(self, context: moderngl.Context, programs: Programs, details: moderngl.TextureArray) -> None:
        self._programs, self._context = programs, context
        self._clouds = _cloud_texture(context)
        self._table: moderngl.Texture | None = None
        self._lighting: Lighting | None = None
        self._drawn: tuple[Lighting, float] | None = None
        self.map = context.texture((SIZE, SIZE), 4, dtype="f2")
        self.map.repeat_x = self.map.repeat_y = False
        # The first build_mipmaps moves the texture, and a framebuffer made before would draw into the old place.
        self.map.build_mipmaps()
        self.map.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        self._target = context.framebuffer([self.map])

    def update(self, weather: Weather, lighting: Lighting) -> None:
        """Take the light of a weather."""
        if lighting is not self._lighting:
            self._lighting = lighting
            self._upload(lighting)

    def prepare(self, lighting: Lighting, elapsed_s: float) -> None:
        """Make `map` the sky of a time, with clouds where they were when they last took a step."""
        stepped = math.floor(lighting.light.wind * elapsed_s / _STEP_M) * _STEP_M
        if self._drawn != (lighting, stepped):
            self._drawn = lighting, stepped
            self._target.use()
            self._cover("sky_map.frag.glsl", {**lighting.sky_uniforms(), "drift": (stepped / _TILE_M % 1.0, 0.0)})
            self.map.build_mipmaps()

    def cover(self, projection: Projection, lighting: Lighting, elapsed_s: float) -> None:
        """Draw the sky of a view into the current target, where depth and state let it."""
        self.map.use(_MAP_UNIT)
        drifted = lighting.light.wind * elapsed_s
        self._cover("sky.frag.glsl", {**projection.ray_uniforms(), **lighting.sky_uniforms(), "drift": (drifted / _TILE_M % 1.0, 0.0)})

    def _cover(self, fragment: str, uniforms: dict[str, Value]) -> None:
        program = self._programs.screen(fragment)
        assert self._table is not None, "update() comes first"
        self._table.use(_TABLE_UNIT)
        self._clouds.use(_CLOUD_UNIT)
        set_uniforms(program, {**uniforms, "sky_map": _MAP_UNIT, "sky_table": _TABLE_UNIT, "cloud_map": _CLOUD_UNIT})
        self._programs.cover(program)

    def _upload(self, lighting: Lighting) -> None:
        sky = lighting.light.sky.astype("<f4")
        height, width = sky.shape[:2]
        if self._table is None:
            self._table = screen_texture(self._context, width, height, "f4", moderngl.LINEAR)
        padded = np.concatenate([sky, np.ones((height, width, 1), dtype="<f4")], axis=2)
        self._table.write(np.ascontiguousarray(padded).tobytes())


def _cloud_texture(context: moderngl.Context) -> moderngl.Texture:
    data = (cloud_noise(stream(0, "clouds")) * 255.0 + 0.5).astype(np.uint8)
    texture = context.texture((data.shape[1], data.shape[0]), 4, data.tobytes())
    texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = True
    return texture


def cloud_noise(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a tileable (N, N, 4) field in 0..1: heaps whose values are evenly spread, so that the share of the sky above a
    threshold is known; a soft veil; fine detail; 1."""
    puffs = -np.abs(_field(rng, 1.3, 5, 60)) - 0.5 * np.abs(_field(rng, 1.2, 12, 90))
    heaps = 0.75 * _field(rng, 1.6, 2, 24) + 0.55 * puffs
    rank = np.empty(heaps.size)
    rank[np.argsort(heaps, axis=None, kind="stable")] = np.linspace(0.0, 1.0, heaps.size)
    veil, detail = (np.clip(0.5 + 0.2 * field, 0.0, 1.0) for field in (_field(rng, 1.8, 1, 12), _field(rng, 1.0, 8, 120)))
    return np.dstack([rank.reshape(heaps.shape), veil, detail, np.ones_like(heaps)])


def _field(rng: np.random.Generator, falloff: float, low: int, high: int) -> NDArray[np.float64]:
    """Return tileable noise of mean 0 and deviation 1 with amplitudes k**-falloff for low <= k <= high."""
    frequency = np.fft.fftfreq(_CLOUD_SIZE) * _CLOUD_SIZE
    k = np.hypot(frequency[:, None], frequency[None, :])
    amplitude = np.where((k >= low) & (k <= high), np.maximum(k, 1.0) ** -falloff, 0.0) / np.sqrt(np.maximum(k, 1.0))
    field = np.real(np.fft.ifft2(np.fft.fft2(rng.normal(size=k.shape)) * amplitude))
    return np.asarray((field - field.mean()) / field.std())
