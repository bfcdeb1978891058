"""What years leave on a road: patches, sealed cracks, covers and gratings, tyre marks, expansion joints.

All of it is thin geometry just above the road, tagged as road; paint lies above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.ground_lanes import CAST, KIND_U, SQUARES, Band, RoadLook, asphalt_uvs, has_area, shaded
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.scene import Material

Floats = NDArray[np.float64]

SEAL_LIFT_M, PATCH_LIFT_M = 0.0015, 0.003
"""Above the road; paint lies higher (`ground_markings.LIFT_M`)."""
SLAB_M = 5.0
"""Length of the slabs of a concrete road."""

ASPHALT = Look(Material.ASPHALT, Tag.ROADS)
IRON = Look(Material.PAVING, Tag.ROADS, (66, 64, 62))
"""Cast iron with a raised pattern: small squares."""
_IRON_SCALE = 8.0
"""Times smaller than paving."""
SEAL = (54, 54, 56)
TRENCH_M = (8.0, 26.0)


@dataclass
class Wear:
    """Collects quads with a colour each; they are added at once."""

    corners: list[Floats] = field(default_factory=list)
    uvs: list[Floats] = field(default_factory=list)
    colors: list[NDArray[np.uint8]] = field(default_factory=list)
    iron: list[Floats] = field(default_factory=list)
    iron_uvs: list[Floats] = field(default_factory=list)
    iron_colors: list[NDArray[np.uint8]] = field(default_factory=list)

    def lay(
        self, band: Band, at: Floats, low: Floats | float, high: Floats | float, color: tuple[int, int, int], kind: int, lift: float
    ) -> None:
        """Lay a ribbon of asphalt on a lane."""
        corners, place = band.ribbon(at, low, high, lift)
        self.corners.append(corners)
        self.uvs.append(asphalt_uvs(place[..., 1], kind))
        self.colors.append(np.tile(np.array(color, dtype=np.uint8), (len(corners), 1)))

    def cast(self, corners: Floats, local: Floats, color: tuple[int, int, int]) -> None:
        """Lay quads (N, 4, 3) of iron with their own metres (N, 4, 2)."""
        self.iron.append(corners)
        self.iron_uvs.append(local * _IRON_SCALE + (KIND_U * (SQUARES + 0.5), 0.0))
        self.iron_colors.append(np.tile(np.array(color, dtype=np.uint8), (len(corners), 1)))

    def add_to(self, builder: MeshBuilder) -> None:
        for parts, all_uvs, all_colors, look in (
            (self.corners, self.uvs, self.colors, ASPHALT),
            (self.iron, self.iron_uvs, self.iron_colors, IRON),
        ):
            if parts:
                corners, uvs, colors = np.concatenate(parts), np.concatenate(all_uvs), np.concatenate(all_colors)
                kept = has_area(corners)
                builder.add_quads(corners[kept], look, uvs=uvs[kept], colors=colors[kept])


def wear_lane(wear: Wear, band: Band, look: RoadLook, gully: bool, rng: np.random.Generator) -> None:
    """Age one lane; `gully` puts gratings along its right edge."""
    if look.kind == CAST:
        _joints(wear, band, look)
    elif band.length > 10.0:
        _patches(wear, band, look, rng)
        _cracks(wear, band, look, rng)
    _covers(wear, band, look, rng)
    if gully:
        _gratings(wear, band, rng)


def _patches(wear: Wear, band: Band, look: RoadLook, rng: np.random.Generator) -> None:
    """Repairs: rectangles with a seam of bitumen, some of them long trenches of a pipe."""
    for _ in range(int(rng.poisson(band.length * 0.016 * look.wear))):
        trench = rng.random() < 0.25
        length = min(float(rng.uniform(*TRENCH_M) if trench else rng.uniform(0.7, 4.5)), band.length - 3.0)
        start = float(rng.uniform(1.5, band.length - length - 1.0))
        room = band.width(start) / 2 - 0.25
        half = float(rng.uniform(0.25, 0.4)) if trench else float(rng.uniform(0.35, room))
        middle = float(rng.uniform(-1, 1)) * (room - half)
        color = shaded(look.color, float(rng.choice([0.74, 0.82, 0.88, 1.10, 1.16])))
        at, outer = band.samples(start, start + length), band.samples(start - 0.05, start + length + 0.05)
        wear.lay(band, outer, middle - half - 0.05, middle + half + 0.05, shaded(look.color, 0.68), 0, SEAL_LIFT_M)
        wear.lay(band, at, middle - half, middle + half, color, int(rng.integers(2)), PATCH_LIFT_M)


def _cracks(wear: Wear, band: Band, look: RoadLook, rng: np.random.Generator) -> None:
    """Cracks sealed with bitumen: meandering bands of some centimetres along or across the lane."""
    for _ in range(int(rng.poisson(band.length * 0.030 * look.wear))):
        half = float(rng.uniform(0.008, 0.022))
        room = band.width(band.length / 2) / 2 - 0.1
        if rng.random() < 0.6:
            length = min(float(rng.uniform(3.0, 16.0)), band.length - 1.0)
            at = np.linspace(0, length, max(3, int(length / 0.6))) + float(rng.uniform(0.5, band.length - length - 0.4))
            walk = np.cumsum(rng.normal(0, 0.07, len(at))) + float(rng.uniform(-room, room))
            walk = np.clip(walk, -room, room)
            wear.lay(band, at, walk - half, walk + half, SEAL, 0, SEAL_LIFT_M)
        else:
            _cross_crack(wear, band, float(rng.uniform(1.0, band.length - 1.0)), half, room, rng)


def _cross_crack(wear: Wear, band: Band, at: float, half: float, room: float, rng: np.random.Generator) -> None:
    aside = np.linspace(-room, room, 6)
    middle = at + np.cumsum(rng.normal(0, 0.08, len(aside)))
    middle = np.clip(middle, half, band.length - half)
    near, far = (band.point(middle + side, aside) + np.array([0.0, 0.0, SEAL_LIFT_M]) for side in (-half, half))
    wear.corners.append(np.stack([near[:-1], far[:-1], far[1:], near[1:]], axis=1))
    across = np.stack([aside[:-1], aside[:-1], aside[1:], aside[1:]], axis=1)
    wear.uvs.append(asphalt_uvs(across, 0))
    wear.colors.append(np.tile(np.array(SEAL, dtype=np.uint8), (len(aside) - 1, 1)))


def _covers(wear: Wear, band: Band, look: RoadLook, rng: np.random.Generator) -> None:
    """Manhole covers: a disc of iron in a frame, some in a square of newer asphalt."""
    for _ in range(int(rng.poisson(band.length / 55.0))):
        if band.length < 6.0:
            return
        at, aside = float(rng.uniform(2.0, band.length - 2.0)), float(rng.uniform(-0.5, 0.5))
        if rng.random() < 0.5:
            wear.lay(band, band.samples(at - 0.55, at + 0.55), aside - 0.5, aside + 0.5, shaded(look.color, 0.8), 0, SEAL_LIFT_M)
        _disc(wear, band, at, aside, 0.37, shaded(look.color, 0.55), PATCH_LIFT_M)
        _disc(wear, band, at, aside, 0.31, IRON.color, PATCH_LIFT_M + 0.001)


def _disc(wear: Wear, band: Band, at: float, aside: float, radius: float, color: tuple[int, int, int], lift: float) -> None:
    """Lay a twelve-sided disc, as five quads."""
    angle = -2 * math.pi * np.arange(12) / 12
    local = radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    rim = band.point(at + local[:, 0], aside + local[:, 1]) + np.array([0.0, 0.0, lift])
    order = np.array([(0, 1, 2, 3), (0, 3, 4, 11), (11, 4, 5, 10), (10, 5, 6, 9), (9, 6, 7, 8)])[:, ::-1]
    wear.cast(rim[order], local[order] + 1.0, color)


def _gratings(wear: Wear, band: Band, rng: np.random.Generator) -> None:
    """Gully gratings by the kerb, every thirty metres or so."""
    for at in np.arange(float(rng.uniform(6.0, 20.0)), band.length - 3.0, 31.0):
        edge = band.width(float(at)) / 2
        frame, slots = np.array([at - 0.25, at + 0.25]), at - 0.20 + 0.1 * np.arange(5)
        corners, place = band.ribbon(frame, edge - 0.42, edge - 0.02, PATCH_LIFT_M + 0.001)
        wear.cast(corners, place - place.min(axis=(0, 1)), (88, 86, 83))
        for slot in slots:
            corners, place = band.ribbon(np.array([slot - 0.028, slot + 0.028]), edge - 0.38, edge - 0.06, PATCH_LIFT_M + 0.002)
            wear.cast(corners, place * 0.0, (16, 16, 17))


def _joints(wear: Wear, band: Band, look: RoadLook) -> None:
    """Joints between the slabs of a concrete road."""
    half = band.width(band.length / 2) / 2 - 0.02
    for at in np.arange(SLAB_M, band.length - 0.5, SLAB_M):
        wear.lay(band, np.array([at - 0.025, at + 0.025]), -half, half, shaded(look.color, 0.66), 0, SEAL_LIFT_M)


def tyre_marks(wear: Wear, band: Band, look: RoadLook, rng: np.random.Generator) -> None:
    """Rubber left by braking before a stop line; it fades away from the line."""
    if band.length < 16.0 or look.kind == CAST or rng.random() < 0.35:
        return
    stop = band.length - float(rng.uniform(0.5, 3.0))
    start = max(stop - float(rng.uniform(6.0, 13.0)), 1.0)
    middle = float(rng.uniform(-0.25, 0.25))
    for side in (-0.76, 0.76):
        for share, tone in ((0.0, 0.95), (0.3, 0.90), (0.6, 0.84)):
            first = start + (stop - start) * share
            at = band.samples(first, first + (stop - start) * (0.3 if share < 0.6 else 0.4))
            wear.lay(band, at, middle + side - 0.09, middle + side + 0.09, shaded(look.color, tone), look.kind, SEAL_LIFT_M)
