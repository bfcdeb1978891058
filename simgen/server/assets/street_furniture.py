"""Lamps, trees, benches and bins along the streets, and the greenery of the blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.solids import box, cylinder, placed, tube
from simgen.server.scene import Material, Mesh, ShapeLibrary
from simgen.server.world.lane_strips import LaneStrip
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M

Floats = NDArray[np.float64]

POST = Look(Material.METAL, Tag.POLES, (84, 88, 90))
LAMP = Look(Material.LAMP, Tag.POLES, (250, 240, 214))
GREEN_BELT_M = 75.0
"""Gardens and parks reach this far from the streets."""
LAMP_STEP_M = 28.0
TREE_STEP_M = 11.0
END_CLEAR_M = 9.0
"""Nothing stands this near to the ends of a street, where junctions and crosswalks are."""
SIGNAL_CLEAR_M = 14.0
"""Trees and lamps keep this far from lights and signs, which must be seen."""
KERB_SIDE_M = 0.45
"""From the kerb to the middle of a post."""


@dataclass(frozen=True)
class Stand:
    """Copies of one shape to be placed."""

    kind: str
    tag: Tag
    shape: str
    matrices: list[Floats]
    box: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Box of the part that blocks the way; the mesh's bounds where None."""


def lamp_mesh() -> Mesh:
    """Return a street lamp whose arm reaches along -y, over the road."""
    builder = MeshBuilder()
    builder.add(cylinder(0.13, -0.2, 0.9, 8, 0.11), POST)
    builder.add(cylinder(0.085, 0.9, 7.4, 8, 0.05), POST)
    builder.add(tube([(0, 0, 7.3), (0, -0.35, 7.75), (0, -1.5, 7.95)], [0.05, 0.045, 0.04], 6), POST)
    builder.add(box((0, -1.75, 7.95), (0.26, 0.80, 0.12)), POST)
    builder.add(box((0, -1.78, 7.885), (0.20, 0.62, 0.03), "xXyYz"), LAMP)
    return builder.mesh()


def street_mesh(name: str) -> Mesh:
    """Return a piece of street furniture that is no blueprint. Raises KeyError."""
    return {"lamp": lamp_mesh}[name]()


def add_street_furniture(scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Line the sidewalks: posts and trees on the side of the kerb, seats and bins on the side of the houses."""
    blocked = _keep_clear(roads)
    stands = [
        Stand("StreetLight", Tag.POLES, "street/lamp", [], ((-0.13, -0.13, 0.0), (0.13, 0.13, 8.0))),
        *(Stand("Tree", Tag.VEGETATION, f"plant/{n}/{v}", [], ((-0.2, -0.2, 0.0), (0.2, 0.2, 8.0))) for n, v in STREET_TREES),
        *(Stand(kind, Tag.STATIC, prop, []) for kind, prop in FURNITURE),
    ]
    trees, furniture = stands[1 : 1 + len(STREET_TREES)], stands[1 + len(STREET_TREES) :]
    for number, strip in enumerate(s for s in roads.strips if s.lane_type == "sidewalk" and s.junction_id < 0):
        rng = stream(seed, "furniture", number)
        walk = Sidewalk.of(strip)
        if walk.length > 2 * END_CLEAR_M:
            _line(walk, stands[0], trees, furniture, blocked, scenery.shapes, rng)
    _add_all(scenery, stands, seed)


STREET_TREES = (("street tree 1", 0), ("street tree 1", 1), ("street tree 2", 0), ("street tree 2", 1))
FURNITURE = (
    ("Bench", "static.prop.bench01"),
    ("TrashCan", "static.prop.trashcan03"),
    ("Mailbox", "static.prop.mailbox"),
    ("PlantPot", "static.prop.plantpot08"),
    ("StreetSign", "static.prop.advertisement"),
)


@dataclass(frozen=True)
class Sidewalk:
    """A sidewalk between its kerb and its outer edge."""

    edge: Frontage
    kerb: Frontage

    @classmethod
    def of(cls, strip: LaneStrip) -> Sidewalk:
        return cls(Frontage.of(strip), Frontage.of(replace(strip, right=strip.left)))

    @property
    def length(self) -> float:
        return min(self.edge.length, self.kerb.length)

    @property
    def width(self) -> float:
        middle = self.edge.at(self.edge.length / 2) - self.kerb.at(self.kerb.length / 2)
        return float(np.linalg.norm(middle[:2]))

    def by_kerb(self, at: float, aside: float) -> Floats:
        """Return the pose (4, 4) of something `aside` metres from the kerb; its -y looks at the road."""
        return self._standing(self.kerb, at, aside)

    def by_houses(self, at: float, aside: float) -> Floats:
        """Return the pose (4, 4) of something `aside` metres inside the outer edge; its -y looks at the road."""
        return self._standing(self.edge, at, -aside)

    def _standing(self, line: Frontage, at: float, aside: float) -> Floats:
        distance = at * line.length / self.length
        x, y, yaw = line.pose(distance, aside)
        return placed(x, y, float(line.at(distance)[2]) + KERB_M, yaw)


def _keep_clear(roads: RoadMap) -> Floats:
    """Return the points (N, 2) of lights, signs and crosswalks."""
    signals = [(s.transform.location.x, s.transform.location.y) for s in roads.network.signals.values()]
    crossings = [tuple(p[:2]) for outline in roads.crosswalks for p in outline]
    return np.array([*signals, *crossings], dtype=np.float64).reshape(-1, 2)


def _is_clear(pose: Floats, blocked: Floats, distance: float) -> bool:
    return not len(blocked) or float(np.linalg.norm(blocked - pose[:2, 3], axis=1).min()) > distance


def _line(
    walk: Sidewalk,
    lamps: Stand,
    trees: list[Stand],
    furniture: list[Stand],
    blocked: Floats,
    shapes: ShapeLibrary,
    rng: np.random.Generator,
) -> None:
    first = float(rng.uniform(END_CLEAR_M, END_CLEAR_M + 8))
    lamp_places = np.arange(first, walk.length - END_CLEAR_M, LAMP_STEP_M)
    for at in lamp_places:
        pose = walk.by_kerb(float(at), KERB_SIDE_M)
        if _is_clear(pose, blocked, 4.0):
            lamps.matrices.append(pose)
    if walk.width > 1.9 and rng.random() < 0.75:
        species = trees[2 * int(rng.integers(len(trees) // 2)) :][:2]
        for at in np.arange(first + TREE_STEP_M / 2, walk.length - END_CLEAR_M, TREE_STEP_M):
            pose = walk.by_kerb(float(at), KERB_SIDE_M + 0.1)
            if _is_clear(pose, blocked, SIGNAL_CLEAR_M) and (not len(lamp_places) or np.abs(lamp_places - at).min() > 3.0):
                species[int(rng.integers(2))].matrices.append(
                    pose @ placed(yaw_deg=float(rng.uniform(0, 360)), scale=float(rng.uniform(0.95, 1.05)))
                )
    for at in np.arange(first + 3.0, walk.length - END_CLEAR_M, 9.0):
        if rng.random() < 0.22 and walk.width > 1.9:
            stand = furniture[int(rng.choice(len(furniture), p=(0.35, 0.35, 0.1, 0.12, 0.08)))]
            low, high = shapes.mesh(stand.shape).bounds()
            deep = float(high[1] - low[1])
            pose = walk.by_houses(float(at), deep / 2 + 0.05)
            if _is_clear(pose, blocked, 5.0):
                stand.matrices.append(pose)


def add_greenery(scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Plant what is left of the blocks, and woods around the town."""
    rng = stream(seed, "greenery")
    stands = [Stand("Tree", Tag.VEGETATION, f"plant/{n}/{v}", [], ((-0.25, -0.25, 0.0), (0.25, 0.25, 6.0))) for n, v, _ in BLOCK_TREES]
    radii = [r for _, _, r in BLOCK_TREES]
    bushes = [Stand("Bush", Tag.VEGETATION, f"plant/{n}/0", []) for n in ("bush", "hedge bush")]
    for point in _jittered(layout, 8.5, 0.34, rng):
        kind = int(rng.integers(len(stands)))
        if _has_room(layout, point, radii[kind]):
            _plant(stands[kind], layout, point, rng)
    for point in _jittered(layout, 6.0, 0.07, rng):
        if _has_room(layout, point, 0.9):
            _plant(bushes[int(rng.integers(2))], layout, point, rng)
    woods = Stand("", Tag.VEGETATION, "plant/far tree/0", [])
    for point in _around(layout, rng):
        _plant(woods, layout, point, rng)
    _add_all(scenery, [*stands, *bushes, woods], seed)


BLOCK_TREES = (
    ("oak", 0, 3.8),
    ("lime", 0, 3.4),
    ("birch", 0, 2.3),
    ("birch", 1, 2.3),
    ("apple", 0, 2.2),
    ("apple", 1, 2.2),
    ("spruce", 0, 2.6),
    ("cypress", 0, 1.5),
)


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
    return points[outside & grove][:420]


def _has_room(layout: Layout, point: Floats, radius: float) -> bool:
    square = point + np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * radius * 0.75
    if layout.at(layout.edge, point, 99.0) < radius + 0.3:
        return False
    if not layout.is_free(square, 0.2):
        return False
    layout.take(square)
    return True


def _plant(stand: Stand, layout: Layout, point: Floats, rng: np.random.Generator) -> None:
    scale, yaw = float(rng.uniform(0.8, 1.1)), float(rng.uniform(0, 360))
    stand.matrices.append(placed(float(point[0]), float(point[1]), float(layout.heights.land(point)) - 0.05, yaw, scale))


def _add_all(scenery: Scenery, stands: list[Stand], seed: int) -> None:
    """Add the copies of every stand, each a little lighter or darker, and name them."""
    for number, stand in enumerate(stands):
        if stand.matrices:
            matrices = np.array(stand.matrices)
            rng = stream(seed, "shade", stand.kind, number)
            spread = 25 if stand.tag == Tag.VEGETATION else 0
            tints = (255 - rng.integers(0, spread + 1, (len(matrices), 3))).astype(np.uint8)
            scenery.add_copies(stand.kind, stand.tag, stand.shape, matrices, tints, stand.box)
