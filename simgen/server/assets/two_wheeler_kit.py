"""What machines are put together from: tubes, lofts, balls and boxes with the looks of one machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, box, ellipsoid, grid, tube
from simgen.server.assets.two_wheeler_table import Frame
from simgen.server.scene import Material

Point = tuple[float, float, float]
Floats = NDArray[np.float64]


class Kit:
    """The looks of one machine, and how finely it is made."""

    def __init__(self, builder: MeshBuilder, frame: Frame, tag: Tag, fine: bool) -> None:
        self.builder, self.frame, self.fine = builder, frame, fine
        self.paint = Look(Material.PAINT, tag, tinted=True)
        self.black = Look(Material.PLASTIC, tag, (24, 24, 26))
        self.leather = Look(Material.CLOTH, tag, (28, 26, 26))
        self.steel = Look(Material.METAL, tag, (150, 152, 156))
        self.dark = Look(Material.METAL, tag, (56, 57, 60))
        self.chrome = Look(Material.METAL, tag, (206, 208, 212))
        self.rubber = Look(Material.RUBBER, tag, (24, 24, 25))
        self.glass = Look(Material.GLASS, tag, (40, 46, 50))
        self.lamp = Look(Material.HEADLAMP, tag, (236, 240, 244))
        self.tail = Look(Material.TAILLAMP, tag, (196, 18, 20))
        self.plate = Look(Material.SIGN, tag, (226, 226, 218))
        self.left = Look(Material.INDICATOR_LEFT, tag, (230, 130, 20))
        self.right = Look(Material.INDICATOR_RIGHT, tag, (230, 130, 20))

    def sides(self, many: int, few: int = 4) -> int:
        return many if self.fine else few

    def rod(self, a: Sequence[float], b: Sequence[float], radius: float, look: Look, y: float = 0.0) -> None:
        """Add a tube between points (x, z) or (x, y, z) of the machine; with `y` one on each side."""
        start, end = self.point(a), self.point(b)
        for side in (1.0, -1.0) if y else (0.0,):
            aside = np.array([0, side * y, 0])
            self.builder.add(tube([start + aside, end + aside], radius, self.sides(6, 3), caps=self.fine), look)

    def curve(self, points: Sequence[Sequence[float]], radius: float | Sequence[float], look: Look) -> None:
        path = points if self.fine or len(points) < 4 else [points[0], points[len(points) // 2], points[-1]]
        thick = radius if isinstance(radius, float) or self.fine or len(points) < 4 else max(radius)
        self.builder.add(tube([self.point(p) for p in path], thick, self.sides(6, 3), caps=self.fine), look)

    def point(self, p: Sequence[float]) -> Floats:
        return np.array(self.frame.at(p[0], p[-1], p[1] if len(p) == 3 else 0.0))

    def ball(self, p: Sequence[float], radii: Point, look: Look, rows: int = 7, sides: int = 12) -> None:
        self.builder.add(ellipsoid(self.point(p), radii, self.sides(rows, 3), self.sides(sides, 5)), look)

    def loft(self, stations: Sequence[tuple[float, float, float, float]], look: Look, power: float = 0.75) -> None:
        """Add a closed body through rounded sections (x, z of the middle, half width, half height), x increasing."""
        sections = [(x + self.frame.centre, z + self.frame.low, w, h) for x, z, w, h in stations]
        self.builder.add(_loft(sections, self.sides(12, 5), power), look)

    def block(self, p: Sequence[float], size: Point, look: Look) -> None:
        self.builder.add(box(self.point(p), size), look)

    def pair(self, p: Point, size: Point, left: Look, right: Look) -> None:
        """Add boxes at y and -y, right and left."""
        self.block(p, size, right)
        self.block((p[0], -p[1], p[2]), size, left)


def _loft(stations: Sequence[tuple[float, float, float, float]], sides: int, power: float) -> Surface:
    x, z, wide, high = np.array(stations).T
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    c, s = (np.sign(f) * np.abs(f) ** power for f in (np.cos(angle), np.sin(angle)))
    ring = np.stack([np.broadcast_to(x[:, None], (len(x), sides)), wide[:, None] * c, z[:, None] + high[:, None] * s], axis=-1)
    ends = [np.broadcast_to(ring[k].mean(axis=0), (1, *ring.shape[1:])) for k in (0, -1)]
    return grid(np.concatenate([ends[0], ring, ends[1]])[:, ::-1], closed=True)
