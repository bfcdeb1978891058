"""Which shader draws a material, and how it answers light. One row per material."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.scene import Material, Mesh


class SurfaceClass(IntEnum):
    """Materials that share one G-buffer program, in drawing order."""

    PLAIN = 0
    WALL = 1
    GROUND = 2
    LEAF = 3
    WINDOW = 4


CUTOUTS = frozenset({SurfaceClass.LEAF})
"""Classes with holes, which are drawn from both sides."""


@dataclass(frozen=True)
class Surface:
    """How a material is drawn."""

    group: SurfaceClass
    roughness: float
    specular: float
    """0 for surfaces that only scatter, 1 for polished ones."""


SURFACES: dict[Material, Surface] = {
    Material.ASPHALT: Surface(SurfaceClass.GROUND, 0.90, 0.06),
    Material.CONCRETE: Surface(SurfaceClass.WALL, 0.85, 0.05),
    Material.MARKING: Surface(SurfaceClass.GROUND, 0.70, 0.08),
    Material.GRASS: Surface(SurfaceClass.GROUND, 1.00, 0.00),
    Material.FACADE: Surface(SurfaceClass.WALL, 0.85, 0.04),
    Material.ROOF: Surface(SurfaceClass.WALL, 0.90, 0.03),
    Material.GLASS: Surface(SurfaceClass.PLAIN, 0.05, 1.00),
    Material.PAINT: Surface(SurfaceClass.PLAIN, 0.25, 0.90),
    Material.RUBBER: Surface(SurfaceClass.PLAIN, 0.80, 0.08),
    Material.METAL: Surface(SurfaceClass.PLAIN, 0.38, 0.60),
    Material.HEADLAMP: Surface(SurfaceClass.PLAIN, 0.10, 0.90),
    Material.TAILLAMP: Surface(SurfaceClass.PLAIN, 0.15, 0.70),
    Material.SKIN: Surface(SurfaceClass.PLAIN, 0.60, 0.15),
    Material.CLOTH: Surface(SurfaceClass.PLAIN, 0.95, 0.02),
    Material.BARK: Surface(SurfaceClass.WALL, 0.95, 0.00),
    Material.LEAF: Surface(SurfaceClass.LEAF, 0.70, 0.08),
    Material.PLASTIC: Surface(SurfaceClass.PLAIN, 0.50, 0.30),
    Material.LAMP: Surface(SurfaceClass.PLAIN, 0.40, 0.20),
    Material.SIGN: Surface(SurfaceClass.PLAIN, 0.50, 0.20),
    Material.LIGHT_RED: Surface(SurfaceClass.PLAIN, 0.30, 0.30),
    Material.LIGHT_YELLOW: Surface(SurfaceClass.PLAIN, 0.30, 0.30),
    Material.LIGHT_GREEN: Surface(SurfaceClass.PLAIN, 0.30, 0.30),
    Material.LIGHT_DARK: Surface(SurfaceClass.PLAIN, 0.30, 0.30),
    Material.INDICATOR_LEFT: Surface(SurfaceClass.PLAIN, 0.15, 0.70),
    Material.INDICATOR_RIGHT: Surface(SurfaceClass.PLAIN, 0.15, 0.70),
    Material.REVERSING_LAMP: Surface(SurfaceClass.PLAIN, 0.15, 0.70),
    Material.BRAKE_LAMP: Surface(SurfaceClass.PLAIN, 0.15, 0.70),
    Material.BEACON: Surface(SurfaceClass.PLAIN, 0.15, 0.70),
    Material.INTERIOR: Surface(SurfaceClass.PLAIN, 0.90, 0.03),
    Material.BRICK: Surface(SurfaceClass.WALL, 0.90, 0.03),
    Material.PLASTER: Surface(SurfaceClass.WALL, 0.92, 0.03),
    Material.STONE: Surface(SurfaceClass.WALL, 0.85, 0.05),
    Material.CLADDING: Surface(SurfaceClass.WALL, 0.40, 0.30),
    Material.WOOD: Surface(SurfaceClass.WALL, 0.85, 0.04),
    Material.TILES: Surface(SurfaceClass.WALL, 0.85, 0.05),
    Material.PAVING: Surface(SurfaceClass.GROUND, 0.85, 0.05),
    Material.COBBLES: Surface(SurfaceClass.GROUND, 0.80, 0.08),
    Material.SOIL: Surface(SurfaceClass.GROUND, 1.00, 0.00),
    Material.LEAF_CARD: Surface(SurfaceClass.LEAF, 0.70, 0.08),
    Material.LATTICE: Surface(SurfaceClass.LEAF, 0.50, 0.40),
    Material.HAIR: Surface(SurfaceClass.PLAIN, 0.70, 0.10),
    Material.KERB: Surface(SurfaceClass.GROUND, 0.85, 0.05),
}

_GROUP_OF = np.array([SURFACES[material].group for material in Material], dtype=np.int64)


def groups_of(mesh: Mesh) -> NDArray[np.int64]:
    """Return the SurfaceClass of each triangle; window panes of buildings are a class of their own."""
    corner = mesh.triangles[:, 0]
    material = mesh.materials[corner]
    windows = (material == Material.GLASS) & (mesh.tags[corner] == Tag.BUILDINGS)
    return np.where(windows, SurfaceClass.WINDOW, _GROUP_OF[material])


def response_uniform() -> NDArray[np.float32]:
    """Return (materials, 2) float32 roughness and specular by material number."""
    return np.array([(SURFACES[m].roughness, SURFACES[m].specular) for m in Material], dtype=np.float32)
