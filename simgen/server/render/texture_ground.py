"""Detail textures of the ground. See `textures.LAYERS` for the sizes of the tiles."""

from __future__ import annotations

import numpy as np

from simgen.server.render.texture_fields import Field, bond, cells, grain, layer, noise, unit


def asphalt(rng: np.random.Generator) -> Field:
    """Old road: small stones in bitumen, a few fine cracks. Alpha: where water stays and paint wears off."""
    stones = noise(rng, 0.4, 20, 118)
    tone = 0.5 + 0.034 * stones + 0.040 * np.maximum(stones - 1.4, 0.0) + 0.03 * noise(rng, 1.2, 2, 60)
    crack = np.clip(1.0 - np.abs(noise(rng, 1.7, 3, 60)) / 0.022, 0.0, 1.0) * (noise(rng, 2.0, 1, 5) > 1.1)
    return layer(tone - 0.20 * crack, unit(noise(rng, 2.2, 1, 24)))


def coarse_asphalt(rng: np.random.Generator) -> Field:
    """Surface dressing that has aged: visible chippings, and crazing in places."""
    chips = cells(rng, 150)
    tone = 0.44 + 0.13 * chips.value * np.clip(1.3 - 1.6 * chips.nearest, 0.0, 1.0) + 0.02 * noise(rng, 1.2, 2, 60)
    plates = cells(rng, 14)
    crazed = np.clip((noise(rng, 2.0, 1, 6) - 0.5) * 3.0, 0.0, 1.0)
    crack = np.clip(1.0 - (plates.second - plates.nearest) / 0.035, 0.0, 1.0) * crazed
    return layer(tone - 0.22 * crack, unit(noise(rng, 2.2, 1, 24)), 0.0007 * (1.0 - chips.nearest), (3.0, 3.0))


def concrete(rng: np.random.Generator) -> Field:
    """Cast concrete: pores, cloudy."""
    pores = np.clip(noise(rng, 0.0, 30, 110) - 2.6, 0.0, 0.6)
    tone = 0.5 + 0.02 * noise(rng, 1.3, 2, 80) + 0.014 * noise(rng, 0.4, 20, 118) - 0.2 * pores
    return layer(tone, unit(noise(rng, 2.0, 1, 24)))


def _paved(rng: np.random.Generator, rows: int, columns: int, tile_m: tuple[float, float], varied: float, joint_m: float) -> Field:
    stones = bond(rows, columns)
    pixel = tile_m[1] / len(stones.inside)
    face = stones.stone(max(joint_m / pixel, 1.6), 1.5)
    tone = 0.5 + stones.each(rng.normal(size=(rows, columns))) * varied + 0.02 * noise(rng, 1.3, 3, 90) + 0.022 * grain(rng)
    settled = stones.each(rng.normal(size=(rows, columns))) * 0.001
    gum = (noise(rng, 0.2, 20, 60) > 3.1) * 0.08
    return layer(tone * (0.62 + 0.38 * face) - gum, unit(noise(rng, 2.0, 1, 24)), 0.003 * face + settled, tile_m)


def slabs(rng: np.random.Generator) -> Field:
    """Slabs of 0.6 x 0.4 m in running bond, 2.4 m to the tile."""
    return _paved(rng, 6, 4, (2.4, 2.4), 0.024, 0.008)


def blocks(rng: np.random.Generator) -> Field:
    """Blocks of 0.2 x 0.1 m in running bond, 1.6 m to the tile."""
    return _paved(rng, 16, 8, (1.6, 1.6), 0.05, 0.005)


def squares(rng: np.random.Generator) -> Field:
    """Square slabs of 0.4 m without bond, some replaced, 2.4 m to the tile."""
    stones = bond(6, 6, 0.0)
    replaced = stones.each((rng.random((6, 6)) < 0.08) * rng.uniform(-0.09, 0.09, (6, 6)))
    face = stones.stone(2.0, 1.5)
    tone = 0.5 + replaced + stones.each(rng.normal(size=(6, 6))) * 0.018 + 0.018 * noise(rng, 1.3, 3, 90) + 0.02 * grain(rng)
    return layer(tone * (0.6 + 0.4 * face), unit(noise(rng, 2.0, 1, 24)), 0.003 * face, (2.4, 2.4))


def cobbles(rng: np.random.Generator) -> Field:
    """Setts of 0.1 m in rows, rounded and worn, 1.6 m to the tile."""
    stones = bond(16, 16, 0.5, 1.6 * noise(rng, 1.0, 4, 24))
    face = stones.stone(3.0, 7.0)
    tone = 0.5 + stones.each(rng.normal(size=(16, 16))) * 0.05 + 0.03 * grain(rng)
    return layer(tone * (0.5 + 0.5 * np.sqrt(face)), unit(noise(rng, 2.0, 1, 24)), 0.010 * np.sin(face * np.pi / 2), (1.6, 1.6))


def kerb_stones(rng: np.random.Generator) -> Field:
    """Stones of 1 m along u, 4 m x 1 m to the tile; no joints along v. Alpha: stains."""
    stones = bond(1, 4, 0.0)
    along = np.minimum(np.arange(512) % 128, 127 - np.arange(512) % 128)[None, :] * np.ones((512, 1))
    face = np.clip((along - 0.6) / 1.0, 0.0, 1.0)
    tone = 0.5 + stones.each(rng.normal(size=(1, 4))) * 0.03 + 0.03 * grain(rng) + 0.02 * noise(rng, 1.2, 2, 60)
    return layer(tone * (0.45 + 0.55 * face), unit(noise(rng, 2.0, 1, 24)))


def lawn(rng: np.random.Generator) -> Field:
    """Short grass. Alpha: dry or bare in patches."""
    tone = 0.5 + 0.05 * noise(rng, 0.5, 8, 200) + 0.05 * noise(rng, 1.2, 2, 30) + 0.05 * grain(rng)
    return layer(tone, unit(noise(rng, 1.8, 1, 20)), 0.0016 * noise(rng, 0.6, 10, 120), (4.0, 4.0))


def meadow(rng: np.random.Generator) -> Field:
    """Long grass in tufts. Alpha: dry or bare in patches."""
    tufts = cells(rng, 26)
    tone = 0.42 + 0.16 * np.clip(1.0 - tufts.nearest, 0.0, 1.0) * (0.6 + 0.8 * tufts.value)
    tone += 0.06 * noise(rng, 0.5, 10, 220) + 0.06 * grain(rng)
    return layer(tone, unit(noise(rng, 1.6, 1, 24)), 0.02 * np.clip(1.0 - tufts.nearest, 0.0, 1.0), (5.0, 5.0))


def soil(rng: np.random.Generator) -> Field:
    """Earth with clods and small stones."""
    clods, pebbles = cells(rng, 34), cells(rng, 110)
    pebble = (pebbles.value > 0.86) * np.clip(1.4 - 3.0 * pebbles.nearest, 0.0, 1.0)
    tone = 0.40 + 0.10 * (1.0 - clods.nearest) * clods.value + 0.04 * noise(rng, 1.0, 3, 80) + 0.05 * grain(rng) + 0.28 * pebble
    return layer(tone, unit(noise(rng, 2.0, 1, 24)), 0.01 * (1.0 - clods.nearest) + 0.006 * pebble, (2.0, 2.0))


def mottle(rng: np.random.Generator) -> Field:
    """Four independent noises, from fine to coarse."""
    bands = ((1.7, 2, 100), (1.9, 2, 60), (1.1, 6, 120), (2.3, 1, 16))
    return np.dstack([unit(noise(rng, *band)) for band in bands])
