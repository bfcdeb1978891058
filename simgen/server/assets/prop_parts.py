"""What makers of props share: each fills a box of a given size (x, y, z), standing on z = 0 around the origin."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Points, Surface, box_corners

Size = tuple[float, float, float]
Color = tuple[int, int, int]
Maker = Callable[[MeshBuilder, Tag, Size], None]

DARK: Color = (34, 34, 36)
METAL: Color = (150, 154, 158)
WHITE: Color = (232, 232, 226)


def add_box(builder: MeshBuilder, look: Look, low: tuple[float, float, float], high: tuple[float, float, float], size: Size) -> None:
    """Add a box given in shares of the size: x and y from -0.5 to 0.5, z from 0 to 1."""
    builder.add_quads(box_corners(np.array(low) * size, np.array(high) * size), look)


def slab(outline: ArrayLike, depth: ArrayLike) -> Points:
    """Return a plate as quads (K + 2, 4, 3): its front is a convex outline (K, 3) of 3 or 4 corners in order around the outside,
    its back the outline moved by `depth` (3,), away from the front's outside."""
    front = np.asarray(outline, dtype=np.float64)
    back, following = front + np.asarray(depth), np.roll(np.arange(len(front)), -1)
    edges = np.stack([front[following], front, back, back[following]], axis=1)
    four = [0, 1, 2, len(front) - 1]
    return np.concatenate([front[None, four], back[None, four[::-1]], edges])


def stretched(surface: Surface, size: Size) -> Surface:
    return surface.moved(np.diag([*size, 1.0]))
