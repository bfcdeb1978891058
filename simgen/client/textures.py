"""Random textures through CARLA's texture calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import carla
import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.scenario.scenario import Look

MOST_TEXTURES = 48
"""Different ones in an episode; objects share them. The embedded server shows up to 64, and each costs a call."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "vehicles": ("vehicle.",),
    "walkers": ("walker.",),
    "signs": ("traffic.",),
    "roads": ("Road", "Sidewalk", "Terrain", "Ground"),
    "buildings": ("Building", "House", "Apartment"),
}
"""What names of objects begin with, by kind; the rest is `other`."""


def randomise_textures(world: carla.World, look: Look, seed: int) -> list[str]:
    """Give random textures to a drawn share of the objects that the server names, by kind; returns their names.

    Actors that are spawned later keep their looks. Textures last until the map is loaded again, which every episode does.
    """
    chosen = chosen_objects(world.get_names_of_all_objects(), look, seed)
    for number, names in textures_of(chosen, seed).items():
        texture = carla_texture(draw_texture(look.texture_px, stream(seed, "texture", number)))
        world.apply_color_texture_to_objects(names, carla.MaterialParameter.Diffuse, texture)
    return chosen


def chosen_objects(names: Iterable[str], look: Look, seed: int) -> list[str]:
    """Return the names that are drawn, in order; each is drawn for itself, whatever else there is."""
    return [name for name in sorted(names) if stream(seed, "textures", name).random() < share_of(name, look)]


def share_of(name: str, look: Look) -> float:
    """Return the probability that the object of that name gets a texture."""
    kind = next((kind for kind, starts in KINDS.items() if name.startswith(starts)), "other")
    return look.texture_share * float(getattr(look, f"texture_{kind}"))


def textures_of(chosen: Iterable[str], seed: int) -> dict[int, list[str]]:
    """Return the wearers of each texture by its number."""
    out: dict[int, list[str]] = {}
    for name in chosen:
        out.setdefault(int(stream(seed, "texture of", name).integers(MOST_TEXTURES)), []).append(name)
    return dict(sorted(out.items()))


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
    for y, row in enumerate(pixels.tolist()):
        for x, color in enumerate(row):
            texture.set(x, y, carla.Color(*color, 255))
    return texture
