"""Detail textures of walls and roofs. Alpha is 1 on the stone and 0 in its joints where there are stones, else a slow noise."""

from __future__ import annotations

import numpy as np

from simgen.server.render.texture_fields import SIZE, Field, bond, grain, layer, noise, unit


def brick(rng: np.random.Generator) -> Field:
    """Running bond of bricks 0.25 x 0.075 m with their joints: 8 x 24 to the tile of 2 x 1.8 m."""
    stones = bond(24, 8)
    face = stones.stone(2.4, 1.0)
    burnt = (rng.random((24, 8)) < 0.07) * -0.13
    tone = 0.5 + stones.each(rng.normal(size=(24, 8)) * 0.055 + burnt) + 0.025 * grain(rng) + 0.015 * noise(rng, 1.0, 4, 60)
    return layer(tone, face, 0.005 * face, (2.0, 1.8))


def plaster(rng: np.random.Generator) -> Field:
    """Render with a fine grain, hair cracks and patches. 4 m to the tile."""
    crack = np.clip(1.0 - np.abs(noise(rng, 1.8, 2, 40)) / 0.012, 0.0, 1.0) * (noise(rng, 2.0, 1, 5) > 1.3)
    tone = 0.5 + 0.012 * noise(rng, 1.2, 2, 60) + 0.012 * grain(rng) - 0.08 * crack
    return layer(tone, unit(noise(rng, 2.0, 1, 24)), 0.0009 * grain(rng), (4.0, 4.0))


def ashlar(rng: np.random.Generator) -> Field:
    """Cut stone of 0.6 x 0.3 m: 4 x 8 to the tile of 2.4 m."""
    stones = bond(8, 4)
    face = stones.stone(2.2, 2.0)
    tone = 0.5 + stones.each(rng.normal(size=(8, 4))) * 0.028 + 0.02 * noise(rng, 1.2, 3, 80) + 0.018 * grain(rng)
    return layer(tone * (0.72 + 0.28 * face), 0.4 + 0.6 * face, 0.006 * face, (2.4, 2.4))


def cladding(rng: np.random.Generator) -> Field:
    """Panels of 1.5 x 0.75 m with open seams: 2 x 4 to the tile of 3 m."""
    panels = bond(4, 2, 0.0)
    face = panels.stone(2.5, 1.0)
    tone = 0.5 + panels.each(rng.normal(size=(4, 2))) * 0.012 + 0.006 * noise(rng, 1.5, 2, 40)
    return layer(tone * (0.45 + 0.55 * face), unit(noise(rng, 2.0, 1, 24)), 0.003 * face, (3.0, 3.0))


def boards(rng: np.random.Generator) -> Field:
    """Boards of 0.15 m and 3.6 m along u, grain along them: 8 to the tile."""
    planks = bond(8, 1, 0.37)
    v = (np.arange(SIZE) + 0.5) % (SIZE / 8)
    joint = np.clip((np.minimum(v, SIZE / 8 - v) - 1.2) / 1.5, 0.0, 1.0)[:, None]
    end = np.clip(planks.inside - 0.3, 0.0, 1.0)
    face = joint * end
    rings = np.repeat(noise(rng, 1.2, 2, 200)[:, :64], SIZE // 64, axis=1)
    fine = np.repeat(grain(rng)[:, :64], SIZE // 64, axis=1)
    tone = 0.5 + planks.each(rng.normal(size=(8, 1))) * 0.028 + 0.025 * rings + 0.022 * fine
    return layer(tone * (0.55 + 0.45 * face), face, 0.004 * face, (3.6, 1.2))


def roof_tiles(rng: np.random.Generator) -> Field:
    """Pantiles of 0.25 m, each course 0.36 m up the slope: 8 x 5 to the tile of 2 x 1.8 m. Alpha: moss."""
    tiles = bond(5, 8, 0.0)
    v, u = (np.indices((SIZE, SIZE)) + 0.5) / SIZE
    up, along = (v * 5) % 1.0, (u * 8) % 1.0
    wave = 0.5 + 0.5 * np.cos((along - 0.35) * 2 * np.pi)
    shade = np.clip((1.0 - up) / 0.10, 0.0, 1.0)
    tone = 0.5 + tiles.each(rng.normal(size=(5, 8))) * 0.04 + 0.05 * (wave - 0.5) + 0.03 * noise(rng, 1.2, 3, 60) + 0.02 * grain(rng)
    return layer(tone * (0.55 + 0.45 * shade), unit(noise(rng, 1.8, 1, 24)), 0.03 * wave - 0.02 * up, (2.0, 1.8))


def bark(rng: np.random.Generator) -> Field:
    """Ridges along v, 1 m to the tile."""
    field = noise(rng, 0.8, 6, 60)
    ridges = np.sum([np.roll(field, k, axis=0) for k in range(-28, 29, 4)], axis=0) / 6.0
    tone = 0.48 + 0.10 * ridges + 0.05 * grain(rng) + 0.03 * noise(rng, 1.5, 2, 20)
    return layer(np.clip(tone, 0.15, 0.85), unit(noise(rng, 2.0, 1, 24)), 0.008 * ridges, (1.0, 1.0))
