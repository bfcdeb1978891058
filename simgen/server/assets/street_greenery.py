"""The greenery of the blocks: trees and bushes on what is left of the land, tufts along edges, and woods around the town."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.layout import Layout
from simgen.server.assets.plant_species import season_of
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import placed
from simgen.server.assets.street_rows import Stands
from simgen.server.assets.vegetation import in_season
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

GREEN_BELT_M = 75.0
"""Gardens and parks reach this far from the streets."""
TREE_BOX = ((-0.25, -0.25, 0.0), (0.25, 0.25, 6.0))
TREE_STEP_M, TREE_SHARE = 8.0, 0.36
BUSH_STEP_M, BUSH_SHARE = 5.0, 0.10
TUFT_STEP_M, TUFT_SHARE = 3.0, 0.05
WOODS = 420
DEAD_SHARE = 0.02
"""Of all trees are bare in any season."""

# species, radius that its trunk keeps free of others, weight
TREES: tuple[tuple[str, float, float], ...] = (
    ("oak", 4.2, 1.5),
    ("lime", 3.2, 1.5),
    ("beech", 3.8, 1.0),
    ("copper beech", 3.5, 0.4),
    ("maple", 3.3, 1.5),
    ("birch", 2.2, 2.0),
    ("poplar", 1.6, 0.7),
    ("apple", 2.3, 1.5),
    ("cherry", 2.5, 1.0),
    ("willow", 3.8, 0.5),
    ("pine", 2.8, 1.0),
    ("olive", 1.9, 0.4),
    ("spruce", 2.6, 1.0),
    ("blue spruce", 2.1, 0.5),
    ("larch", 2.2, 0.4),
    ("cypress", 1.2, 0.5),
    ("thuja", 1.1, 1.0),
    ("yew", 1.3, 0.5),
)
BUSHES = ("bush", "laurel", "hedge bush", "dogwood", "bush", "hydrangea")


def add_greenery(scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Plant what is left of the blocks, and woods around the town."""
    rng, stands, season = stream(seed, "greenery"), Stands(), season_of(seed)
    weights = np.array([w for *_, w in TREES])
    for point in _jittered(layout, TREE_STEP_M, TREE_SHARE, rng):
        name, radius, _ = TREES[int(rng.choice(len(TREES), p=weights / weights.sum()))]
        scale = float(rng.uniform(0.65, 1.15))
        if _has_room(layout, point, radius * scale):
            look = in_season(name, "winter" if rng.random() < DEAD_SHARE else season)
            _plant(stands, f"plant/{look}/{int(rng.integers(3))}", "Tree", TREE_BOX, layout, point, scale, rng)
    for point in _jittered(layout, BUSH_STEP_M, BUSH_SHARE, rng):
        name = BUSHES[int(rng.integers(len(BUSHES)))]
        if _has_room(layout, point, 1.5):
            _plant(
                stands,
                f"plant/{in_season(name, season)}/{int(rng.integers(2))}",
                "Bush",
                None,
                layout,
                point,
                float(rng.uniform(0.75, 1.2)),
                rng,
            )
    for point in _jittered(layout, TUFT_STEP_M, TUFT_SHARE, rng):
        _plant(stands, f"plant/tuft/{int(rng.integers(2))}", "", None, layout, point, float(rng.uniform(0.8, 1.6)), rng)
    for point in _around(layout, rng):
        _plant(stands, f"plant/grove/{int(rng.integers(6))}", "", None, layout, point, float(rng.uniform(0.8, 1.3)), rng)
    stands.add_to(scenery, seed)


def _jittered(layout: Layout, step: float, share: float, rng: np.random.Generator) -> Floats:
    """Return points (N, 2) on free land near the streets: one at random in a share of the squares of a grid."""
    rows, columns = (np.array(layout.taken.shape) * layout.cell_m / step).astype(int)
    squares = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1)
    points = (layout.origin + (squares + rng.random((rows, columns, 2))) * step).reshape(-1, 2)
    near = layout.at(layout.to_roadway, points, 999.0) < GREEN_BELT_M
    clear = (layout.at(layout.edge, points, -1.0) > 1.0) & (layout.at(layout.taken, points, 1) == 0)
    return np.asarray(points[near & clear & (rng.random(len(points)) < share)])


def _around(layout: Layout, rng: np.random.Generator) -> Floats:
    """Return points (N, 2) in a belt outside the town, in groves."""
    size = np.array(layout.taken.shape[::-1]) * layout.cell_m
    points = layout.origin - 220 + rng.random((1400, 2)) * (size + 440)
    outside = ((points < layout.origin - 5) | (points > layout.origin + size + 5)).any(axis=1)
    grove = np.sin(points[:, 0] * 0.021 + 1.3) * np.sin(points[:, 1] * 0.024 + 0.4) > -0.15
    return points[outside & grove][:WOODS]


def _has_room(layout: Layout, point: Floats, radius: float) -> bool:
    square = point + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * radius * 0.75
    if layout.at(layout.edge, point, 99.0) < radius * 1.3 + 0.3 or not layout.is_free(square, 0.2):
        return False
    layout.take(square)
    return True


def _plant(
    stands: Stands,
    shape: str,
    kind: str,
    box: tuple[tuple[float, float, float], tuple[float, float, float]] | None,
    layout: Layout,
    point: Floats,
    scale: float,
    rng: np.random.Generator,
) -> None:
    z = float(layout.heights.land(point)) - 0.05
    stands.add(kind, Tag.VEGETATION, shape, placed(float(point[0]), float(point[1]), z, float(rng.uniform(0, 360)), scale), box)
