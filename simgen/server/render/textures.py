"""Small tileable textures, made by numpy: what multiplies the base colours of ground and walls.

0.5 leaves a colour as it is; alpha is a slow noise that places wear and puddles.
"""

from __future__ import annotations

import moderngl
import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream

SIZE = 256

Image = NDArray[np.float64]


def detail_texture(context: moderngl.Context) -> moderngl.TextureArray:
    """Return the texture array of `LAYERS`, with mipmaps (no anisotropy: a software rasteriser gets nine times slower)."""
    layers = np.stack([make(stream(0, "texture", make.__name__)) for make in LAYERS])
    data = (np.clip(layers, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    texture = context.texture_array((SIZE, SIZE, len(layers)), 4, data.tobytes())
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    texture.repeat_x = texture.repeat_y = True
    return texture


def asphalt(rng: np.random.Generator) -> Image:
    """4 m of old road: grit, tar patches, a few cracks."""
    grit = rng.normal(size=(SIZE, SIZE)) * 0.05
    value = 0.5 + grit + 0.025 * noise(rng, 1.4, 2, 40)
    crack = np.clip(1.0 - np.abs(noise(rng, 1.7, 3, 60)) / 0.03, 0.0, 1.0) * (noise(rng, 2.0, 1, 5) > 0.9)
    return _grey(value - 0.16 * crack, _unit(noise(rng, 2.2, 1, 24)))


def slabs(rng: np.random.Generator) -> Image:
    """Paving of 4 x 4 slabs to the tile."""
    row, column = np.indices((SIZE, SIZE))
    side = SIZE // 4
    value = (
        0.5
        + 0.02 * noise(rng, 1.4, 2, 60)
        + 0.02 * rng.normal(size=(SIZE, SIZE))
        + rng.normal(size=(4, 4))[row // side, column // side] * 0.025
    )
    joint = (row % side < 2) | (column % side < 2)
    return _grey(np.where(joint, value * 0.68, value), _unit(noise(rng, 2.0, 1, 24)))


def brick(rng: np.random.Generator) -> Image:
    """2 m of running bond."""
    row, column = np.indices((SIZE, SIZE))
    course = row // 8
    across = (column + (course % 2) * 16) % SIZE // 32
    value = 0.47 + rng.normal(size=(32, 8))[course, across] * 0.05 + 0.02 * rng.normal(size=(SIZE, SIZE))
    mortar = (row % 8 < 1) | ((column + (course % 2) * 16) % 32 < 1)
    return _grey(np.where(mortar, 0.62, value), _unit(noise(rng, 2.0, 1, 24)))


def plaster(rng: np.random.Generator) -> Image:
    value = 0.5 + 0.012 * noise(rng, 1.2, 2, 60) + 0.008 * rng.normal(size=(SIZE, SIZE))
    return _grey(value, _unit(noise(rng, 2.0, 1, 24)))


def grass(rng: np.random.Generator) -> Image:
    value = 0.5 + 0.08 * noise(rng, 0.9, 3, 120) + 0.05 * rng.normal(size=(SIZE, SIZE))
    image = _grey(value, _unit(noise(rng, 2.0, 1, 24)))
    image[..., 0] += 0.03 * noise(rng, 1.8, 1, 20)
    return image


def mottle(rng: np.random.Generator) -> Image:
    """Four independent noises, from fine to coarse."""
    bands = ((1.7, 2, 100), (1.9, 2, 60), (1.1, 6, 120), (2.3, 1, 16))
    return np.dstack([_unit(noise(rng, *band)) for band in bands])


LAYERS = (asphalt, slabs, brick, plaster, grass, mottle)
"""In the order the shaders number them."""


def noise(rng: np.random.Generator, falloff: float, low: int, high: int) -> Image:
    """Return (SIZE, SIZE) tileable noise of mean 0 and deviation 1 with amplitudes k**-falloff for low <= k <= high."""
    frequency = np.fft.fftfreq(SIZE) * SIZE
    k = np.hypot(frequency[:, None], frequency[None, :])
    amplitude = np.where((k >= low) & (k <= high), np.maximum(k, 1.0) ** -falloff, 0.0)
    field = np.real(np.fft.ifft2(np.fft.fft2(rng.normal(size=(SIZE, SIZE))) * amplitude))
    return np.asarray((field - field.mean()) / field.std())


def _unit(field: Image) -> Image:
    return np.clip(0.5 + 0.22 * field, 0.0, 1.0)


def _grey(value: Image, alpha: Image) -> Image:
    return np.dstack([value, value, value, alpha])
