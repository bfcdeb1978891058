"""Fields, hedgerows and hills around the town, to the horizon.

Rings around the rectangle of the town, further and further apart. Near the town they lie as the land does; hills begin where
nobody drives any more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.ground_lanes import KIND_U
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, quads
from simgen.server.scene import Material

Floats = NDArray[np.float64]

RINGS_M = np.array([-9.0, 6, 24, 50, 85, 125, 175, 235, 305, 390, 490, 610, 760, 940, 1160, 1430, 1760, 2160, 2640, 3200])
"""Distances from the rectangle of the town; the first ring lies under its land."""
SECTORS = 120
UNDER_M = 0.6
HILLS_FROM_M = 260.0
HEDGES_M = (45.0, 1500.0)
_SLOPE_M = 6.0

_FIELDS: tuple[tuple[float, Look], ...] = (
    (0.30, Look(Material.GRASS, Tag.TERRAIN, (84, 92, 57))),
    (0.20, Look(Material.GRASS, Tag.TERRAIN, (98, 101, 63))),
    (0.16, Look(Material.GRASS, Tag.TERRAIN, (72, 86, 48))),
    (0.14, Look(Material.GRASS, Tag.TERRAIN, (134, 122, 82))),
    (0.12, Look(Material.SOIL, Tag.TERRAIN, (104, 86, 68))),
    (0.08, Look(Material.GRASS, Tag.TERRAIN, (112, 106, 60))),
)
"""Share, look: pastures, crops, stubble, ploughed land."""

_LEAVES = ((58, 76, 38), (66, 82, 44), (52, 68, 36), (74, 84, 46))


@dataclass(frozen=True)
class Country:
    """The land beyond the town."""

    layout: Layout
    centre: Floats
    half: Floats
    """Half sizes of the town's rectangle."""
    waves: Floats
    """(W, 4): wave vector (rad/m), phase, height (m)."""

    @classmethod
    def around(cls, layout: Layout, rng: np.random.Generator) -> Country:
        half = np.array(layout.edge.shape[::-1]) * layout.cell_m / 2
        angle, length = rng.uniform(0, 2 * math.pi, 9), np.repeat([1900.0, 900.0, 420.0], 3) * rng.uniform(0.8, 1.25, 9)
        wave = 2 * math.pi / length
        height = np.repeat([17.0, 9.0, 4.0], 3)
        waves = np.stack([wave * np.cos(angle), wave * np.sin(angle), rng.uniform(0, 2 * math.pi, 9), height], axis=-1)
        return cls(layout, layout.origin + half, half, waves)

    def point(self, turn: Floats, beyond: Floats) -> Floats:
        """Return points (..., 2) in a direction (radians) at distances beyond the rectangle."""
        direction = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        reach = (self.half / np.maximum(np.abs(direction), 1e-9)).min(axis=-1)
        return np.asarray(self.centre + direction * (reach + beyond)[..., None])

    def beyond(self, points: Floats) -> Floats:
        """Return the distance (...) of points from the rectangle, along the axes' directions."""
        away = np.maximum(np.abs(points - self.centre) - self.half, 0.0)
        return np.asarray(np.hypot(away[..., 0], away[..., 1]))

    def height(self, points: Floats) -> Floats:
        """Return the height of the land (...): that of the town's edge at first, then rolling hills that rise slowly."""
        far = self.beyond(points)
        swell = np.sin(points @ self.waves[:, :2].T + self.waves[:, 2]) @ self.waves[:, 3]
        share = np.clip((far - HILLS_FROM_M) / 900.0, 0.0, 1.0) ** 2
        return np.asarray(self.layout.heights.land(points) + share * (swell + 0.022 * far + 12.0))

    def normals(self, points: Floats) -> Floats:
        slope = [(self.height(points + step) - self.height(points - step)) / (2 * _SLOPE_M) for step in _SLOPE_M * np.eye(2)]
        up = np.stack([-slope[0], -slope[1], np.ones_like(slope[0])], axis=-1)
        return np.asarray(up / np.linalg.norm(up, axis=-1, keepdims=True))


def add_horizon(builder: MeshBuilder, layout: Layout, seed: int) -> None:
    """Add the land from the edge of the town to the horizon."""
    rng = stream(seed, "horizon")
    country = Country.around(layout, rng)
    turn = _turns(country)
    fields = _fields(rng)
    nodes = country.point(*np.broadcast_arrays(turn[None, :], RINGS_M[:, None]))
    z = country.height(nodes) - np.where(RINGS_M < 0, UNDER_M, 0.0)[:, None]
    points, normals = np.concatenate([nodes, z[..., None]], axis=-1), country.normals(nodes)
    for number, (_, look) in enumerate(_FIELDS):
        builder.add(_cells(points, normals, fields == number), look)
    for hedge in _borders(fields, rng):
        _add_hedge(builder, country, turn, hedge, rng)


def _turns(country: Country) -> Floats:
    """Return (SECTORS + 1,) directions, evenly along the rectangle's sides; the last is the first once more."""
    w, h = country.half
    corner = np.array([(w, 0), (w, h), (-w, h), (-w, -h), (w, -h), (w, 0)])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corner, axis=0), axis=1))])
    at = np.linspace(0, along[-1], SECTORS + 1)
    x, y = (np.interp(at, along, corner[:, k]) for k in range(2))
    turn = np.unwrap(np.arctan2(y, x))
    turn[-1] = turn[0] + 2 * math.pi
    return np.asarray(turn)


def _fields(rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the number of the field's look of each cell (rings - 1, SECTORS): blocks of some cells are one field."""
    shares = np.array([share for share, _ in _FIELDS])
    out = np.zeros((len(RINGS_M) - 1, SECTORS), dtype=np.int64)
    ring = 3
    while ring < len(out):
        deep = int(rng.integers(1, 4))
        sector = 0
        while sector < SECTORS:
            wide = int(rng.integers(2, 8))
            out[ring : ring + deep, sector : sector + wide] = rng.choice(len(_FIELDS), p=shares / shares.sum())
            sector += wide
        ring += deep
    return out


def _cells(points: Floats, normals: Floats, chosen: NDArray[np.bool_]) -> Surface:
    """Return the chosen quads of a grid of nodes (rings, sectors + 1, 3), face up, of the kind of long grass."""
    corner = ((0, 0), (1, 0), (1, 1), (0, 1))
    rings, sectors = np.nonzero(chosen)
    place = [np.stack([grid[rings + i, sectors + j] for i, j in corner], axis=1).reshape(-1, 3) for grid in (points, normals)]
    first = 4 * np.arange(len(rings))[:, None]
    triangles = np.concatenate([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])])
    return Surface(place[0], place[1], np.tile((1.5 * KIND_U, 0.0), (len(place[0]), 1)), triangles)


@dataclass(frozen=True)
class Hedge:
    """A row of bushes or trees between two nodes of the grid."""

    start: tuple[int, int]
    stop: tuple[int, int]
    """(ring, sector)"""


def _borders(fields: NDArray[np.int64], rng: np.random.Generator) -> list[Hedge]:
    """Return borders between fields that bear hedges."""
    found = []
    for ring in range(3, len(fields)):
        if not HEDGES_M[0] < RINGS_M[ring] < HEDGES_M[1]:
            continue
        for sector in range(SECTORS):
            if fields[ring, sector] != fields[ring - 1, sector] and rng.random() < 0.40:
                found.append(Hedge((ring, sector), (ring, sector + 1)))
            if fields[ring, sector] != fields[ring, sector - 1] and rng.random() < 0.30:
                found.append(Hedge((ring, sector), (ring + 1, sector)))
    return found


def _add_hedge(builder: MeshBuilder, country: Country, turn: Floats, hedge: Hedge, rng: np.random.Generator) -> None:
    """Add a row of bushes or trees: round cards of leaves that reach over each other, lit from above like the land."""
    ends = country.point(turn[[hedge.start[1], hedge.stop[1]]], RINGS_M[[hedge.start[0], hedge.stop[0]]])
    length = float(np.linalg.norm(ends[1] - ends[0]))
    tall = rng.random() < 0.5
    far = float(RINGS_M[hedge.start[0]])
    high = (float(rng.uniform(8, 13)) if tall else float(rng.uniform(3.0, 5.0))) * (1.0 + far / 2500.0)
    count = min(max(3, int(length / (0.5 * high))), 40)
    at = (np.arange(count) + rng.uniform(0.2, 0.8, count)) / count
    middle = ends[0] + (ends[1] - ends[0]) * at[:, None] + rng.normal(0, 0.15 * high, (count, 2))
    top = high * rng.uniform(0.7, 1.2, count)
    half = np.maximum(0.5 * top, 0.7 * length / count) * rng.uniform(0.9, 1.2, count)
    along = (ends[1] - ends[0]) / length * half[:, None]
    low = country.height(middle) - 0.30 * top
    a, b = middle - along, middle + along
    z = np.stack([low, low, low + 1.3 * top, low + 1.3 * top], axis=-1)
    corners = np.concatenate([np.stack([a, b, b, a], axis=1), z[..., None]], axis=-1)
    uvs = np.tile(np.array([(1.02, 0.02), (1.98, 0.02), (1.98, 0.98), (1.02, 0.98)]), (count, 1, 1))
    flat = quads(corners, uvs)
    up = flat.normals * 0.35 + np.array([0.0, 0.0, 1.0])
    surface = Surface(flat.positions, up / np.linalg.norm(up, axis=1, keepdims=True), flat.uvs, flat.triangles)
    color = np.array(_LEAVES)[rng.integers(len(_LEAVES), size=count)] * rng.uniform(0.85, 1.12, (count, 1))
    builder.add(surface, Look(Material.LEAF_CARD, Tag.VEGETATION), colors=np.repeat(color.astype(np.uint8), 4, axis=0))
