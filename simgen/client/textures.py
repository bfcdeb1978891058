"""Random textures through CARLA's texture calls."""

from __future__ import annotations

import carla
import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.scenario.scenario import Look


def randomise_textures(world: carla.World, look: Look, seed: int) -> list[str]:
    """Give a random texture to a drawn share of the objects that the server names; returns their names.

    Textures last until the map is loaded again, which every episode does.
    """
    chosen = [name for name in sorted(world.get_names_of_all_objects()) if stream(seed, "textures", name).random() < look.texture_share]
    for name in chosen:
        texture = carla_texture(draw_texture(look.texture_px, stream(seed, "texture", name)))
        world.apply_color_texture_to_object(name, carla.MaterialParameter.Diffuse, texture)
    return chosen


def draw_texture(size_px: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a random texture (size, size, 3) uint8 RGB that tiles: a base colour with waves of a second one."""
    base, other = rng.integers(0, 256, (2, 3))
    turns = 2.0 * np.pi * np.arange(size_px) / size_px
    frequency = rng.integers(1, 5, (3, 2))
    phase = rng.uniform(0.0, 2.0 * np.pi, 3)
    waves = sum(np.sin(fx * turns[None, :] + fy * turns[:, None] + p) for (fx, fy), p in zip(frequency, phase, strict=True))
    share = 0.5 + np.asarray(waves) / 6.0
    return np.asarray(np.rint(base + share[..., None] * (other - base)), dtype=np.uint8)


def carla_texture(pixels: NDArray[np.uint8]) -> carla.TextureColor:
    """Return CARLA's texture of (H, W, 3) uint8 RGB pixels."""
    height, width = pixels.shape[:2]
    texture = carla.TextureColor(width, height)
    for y in range(height):
        for x in range(width):
            texture.set(x, y, carla.Color(*(int(c) for c in pixels[y, x]), 255))
    return texture
