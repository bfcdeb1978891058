"""Fences, garden walls and guard rails: pieces that follow one another along x. Origin on the ground in the middle of a piece; the
side that looks at the street is -y."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box, boxes, cylinder, joined, placed, quads, tube
from simgen.server.scene import Material, Mesh

Floats = NDArray[np.float64]

_BELOW_M = 0.4
"""Fences reach this far into the ground, which may slope."""

WHITE_WOOD = Look(Material.WOOD, Tag.FENCES, (214, 212, 204))
BROWN_WOOD = Look(Material.WOOD, Tag.FENCES, (122, 92, 66))
GREY_WOOD = Look(Material.WOOD, Tag.FENCES, (138, 130, 118))
IRON = Look(Material.METAL, Tag.FENCES, (42, 46, 46))
GREEN_IRON = Look(Material.METAL, Tag.FENCES, (48, 74, 60))
ZINC = Look(Material.METAL, Tag.FENCES, (150, 154, 156))
BRICK = Look(Material.BRICK, Tag.WALLS, (150, 92, 72))
YELLOW_BRICK = Look(Material.BRICK, Tag.WALLS, (176, 156, 116))
PLASTER = Look(Material.PLASTER, Tag.WALLS, (206, 198, 182))
STONE = Look(Material.STONE, Tag.WALLS, (160, 154, 142))
CONCRETE = Look(Material.CONCRETE, Tag.WALLS, (150, 148, 142))
RAIL = Look(Material.METAL, Tag.GUARD_RAIL, (164, 168, 170))


@dataclass(frozen=True)
class FenceKind:
    """A kind of fence: how long and high a piece is, what it belongs to, and how it is made."""

    length: float
    height: float
    tag: Tag
    make: Callable[[MeshBuilder, FenceKind, bool], None]
    deep: float = 0.12
    """Of its box, metres across."""


def _row(count: int, span: float) -> Floats:
    """Return the middles of `count` equal parts of a span about 0."""
    return (np.arange(count) + 0.5) / count * span - span / 2


def _ends(kind: FenceKind) -> Floats:
    """Return where the posts stand: the neighbours of a piece have theirs in the same place, but the last one has no neighbour."""
    return np.array([-0.5, 0.5]) * kind.length


def _bars(builder: MeshBuilder, x: Floats, wide: float, deep: float, low: float, high: float, look: Look, y: float = 0.0) -> None:
    """Add upright bars at places (N,) along x; their undersides are never seen."""
    lo = np.stack([x - wide / 2, np.full(len(x), y - deep / 2), np.full(len(x), low)], axis=-1)
    hi = np.stack([x + wide / 2, np.full(len(x), y + deep / 2), np.full(len(x), high)], axis=-1)
    builder.add(boxes(lo, hi, "xXyYZ"), look)


def _rails(builder: MeshBuilder, kind: FenceKind, heights: tuple[float, ...], thick: float, look: Look, y: float = 0.0) -> None:
    for z in heights:
        builder.add(box((0, y, z), (kind.length, thick, thick), "yYzZ"), look)


def _picket(look: Look, pointed: bool) -> Callable[[MeshBuilder, FenceKind, bool], None]:
    def make(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
        count = 7 if far else 14
        x, wide = _row(count, kind.length), 0.085 * 14 / count
        _bars(builder, x, wide, 0.022, 0.06, kind.height - (0.06 if pointed else 0.0), look, -0.04)
        if pointed and not far:
            z = kind.height - 0.06
            tips = np.stack(
                [
                    np.stack([x + s * wide / 2, np.full(count, y), np.full(count, z + t)], -1)
                    for s, t in ((-1, 0), (1, 0), (0.1, 0.06), (-0.1, 0.06))
                    for y in (-0.052,)
                ],
                1,
            )
            builder.add(quads(tips), look)
        _rails(builder, kind, (0.28, kind.height - 0.22), 0.05, look)
        _bars(builder, _ends(kind), 0.09, 0.09, -_BELOW_M, kind.height - 0.02, look, 0.03)

    return make


def _boards(look: Look) -> Callable[[MeshBuilder, FenceKind, bool], None]:
    """Boards without gaps between posts."""

    def make(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
        if far:
            builder.add(box((0, 0, kind.height / 2), (kind.length, 0.03, kind.height - 0.1), "yYZ"), look)
        else:
            rng = np.random.Generator(np.random.PCG64(3))
            for k, x in enumerate(_row(12, kind.length)):
                tone: tuple[int, int, int] = tuple(int(c * rng.uniform(0.9, 1.06)) for c in look.color)  # type: ignore[assignment]
                board = Look(look.material, look.tag, tone)
                _bars(builder, np.array([x]), kind.length / 12 - 0.006, 0.022, 0.05, kind.height - 0.05, board, 0.012 * (k % 2))
            _rails(builder, kind, (kind.height - 0.03,), 0.06, look)
        _bars(builder, _ends(kind), 0.10, 0.10, -_BELOW_M, kind.height + 0.04, look)

    return make


def _iron(look: Look, base: float, base_look: Look | None = None) -> Callable[[MeshBuilder, FenceKind, bool], None]:
    """Railings, on a low wall where there is a base."""

    def make(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
        if base_look is not None:
            builder.add(boxes((-kind.length / 2, -0.14, -_BELOW_M), (kind.length / 2, 0.14, base), "xXyYZ"), base_look.of(kind.tag))
        count = 8 if far else 16
        _bars(builder, _row(count, kind.length), 0.018 * 16 / count, 0.018, base, kind.height, look)
        _rails(builder, kind, (base + 0.12, kind.height - 0.12), 0.035, look)
        _bars(builder, _ends(kind), 0.06, 0.06, -_BELOW_M, kind.height + 0.05, look)

    return make


def _mesh_fence(look: Look) -> Callable[[MeshBuilder, FenceKind, bool], None]:
    """Chain link between posts of tube."""

    def make(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
        x, z = kind.length / 2, kind.height
        corners = np.array([(-x, 0.0, 0.04), (x, 0.0, 0.04), (x, 0.0, z), (-x, 0.0, z)])
        builder.add(quads(corners), Look(Material.LATTICE, Tag.FENCES, look.color))
        for end in (-x, x):
            builder.add(cylinder(0.032, -_BELOW_M, z + 0.04, 4 if far else 8).moved(placed(end)), look)
        if not far:
            builder.add(tube([(-x, 0, z), (x, 0, z)], 0.018, 5, caps=False), look)

    return make


def _wall(look: Look, cap: Look, pier: bool) -> Callable[[MeshBuilder, FenceKind, bool], None]:
    """A garden wall with coping, and a pier at its start."""

    def make(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
        x, z, y = kind.length / 2, kind.height, kind.deep / 2 - (0.05 if pier else 0.03)
        builder.add(boxes((-x, -y, -_BELOW_M), (x, y, z - 0.06), "xXyY"), look)
        builder.add(boxes((-x, -y - 0.03, z - 0.06), (x, y + 0.03, z), "xXyYzZ"), cap)
        if pier:
            low, high = np.array((-x - 0.02, -y - 0.05, -_BELOW_M)), np.array((-x + 0.36, y + 0.05, z + 0.10))
            builder.add(boxes(low, high, "xXyY"), look)
            builder.add(boxes((low[0] - 0.03, low[1] - 0.03, high[2]), (high[0] + 0.03, high[1] + 0.03, high[2] + 0.07), "xXyYzZ"), cap)

    return make


def _ranch(look: Look) -> Callable[[MeshBuilder, FenceKind, bool], None]:
    """Posts and two boards."""

    def make(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
        for z in (0.42, kind.height - 0.12):
            builder.add(box((0, -0.05, z), (kind.length, 0.03, 0.13), "yYzZ"), look)
        _bars(builder, _ends(kind), 0.10, 0.10, -_BELOW_M, kind.height, look)

    return make


def _guard_rail(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
    """A W-beam on posts; -y looks at the road."""
    x = kind.length / 2
    z = np.array([0.44, 0.50, 0.56, 0.595, 0.63, 0.69, 0.75])
    y = np.array([0.0, -0.02, -0.08, -0.02, -0.08, -0.02, 0.0])[: len(z)]
    y[3] = -0.01
    if far:
        z, y = z[[0, 2, 4, 6]], y[[0, 2, 4, 6]]
    strip = np.stack([np.stack([np.full(len(z), s * x), y - 0.03, z], axis=-1) for s in (-1, 1)])
    face = np.stack([strip[0, :-1], strip[1, :-1], strip[1, 1:], strip[0, 1:]], axis=1)
    builder.add(joined([quads(face), quads(face[:, ::-1] + (0, 0.008, 0))]), RAIL)
    _bars(builder, _ends(kind), 0.08, 0.10, -_BELOW_M, 0.74, RAIL, 0.04)


def _pipe_rail(builder: MeshBuilder, kind: FenceKind, far: bool) -> None:
    """A railing of tubes along sidewalks."""
    x = kind.length / 2
    for z in (kind.height - 0.03, 0.55 * kind.height):
        builder.add(tube([(-x, 0, z), (x, 0, z)], 0.026, 4 if far else 6, caps=False), ZINC)
    for end in (-x, x):
        builder.add(cylinder(0.030, -_BELOW_M, kind.height, 4 if far else 8).moved(placed(end)), ZINC)


FENCES: dict[str, FenceKind] = {
    "white picket": FenceKind(2.0, 0.95, Tag.FENCES, _picket(WHITE_WOOD, True)),
    "brown picket": FenceKind(2.0, 1.05, Tag.FENCES, _picket(BROWN_WOOD, False)),
    "boards": FenceKind(2.0, 1.80, Tag.FENCES, _boards(BROWN_WOOD)),
    "grey boards": FenceKind(2.0, 1.70, Tag.FENCES, _boards(GREY_WOOD)),
    "railing": FenceKind(2.0, 1.20, Tag.FENCES, _iron(IRON, 0.04)),
    "wall railing": FenceKind(2.0, 1.35, Tag.FENCES, _iron(IRON, 0.45, BRICK), 0.28),
    "stone railing": FenceKind(2.0, 1.30, Tag.FENCES, _iron(GREEN_IRON, 0.40, STONE), 0.28),
    "chain link": FenceKind(2.5, 1.70, Tag.FENCES, _mesh_fence(ZINC)),
    "green chain link": FenceKind(2.5, 1.35, Tag.FENCES, _mesh_fence(GREEN_IRON)),
    "brick wall": FenceKind(3.0, 1.15, Tag.WALLS, _wall(BRICK, CONCRETE, True), 0.34),
    "low brick wall": FenceKind(3.0, 0.70, Tag.WALLS, _wall(YELLOW_BRICK, CONCRETE, True), 0.34),
    "tall brick wall": FenceKind(3.0, 2.10, Tag.WALLS, _wall(BRICK, STONE, True), 0.40),
    "plaster wall": FenceKind(3.0, 1.40, Tag.WALLS, _wall(PLASTER, STONE, False), 0.30),
    "stone wall": FenceKind(3.0, 0.95, Tag.WALLS, _wall(STONE, STONE, False), 0.36),
    "concrete wall": FenceKind(3.0, 1.90, Tag.WALLS, _wall(CONCRETE, CONCRETE, False), 0.26),
    "ranch": FenceKind(2.4, 1.05, Tag.FENCES, _ranch(GREY_WOOD)),
    "guard rail": FenceKind(4.0, 0.76, Tag.GUARD_RAIL, _guard_rail, 0.20),
    "pipe rail": FenceKind(2.0, 1.05, Tag.FENCES, _pipe_rail),
}


def fence_mesh(name: str, far: bool = False) -> Mesh:
    """Return a piece of a fence. Raises KeyError for an unknown kind."""
    kind = FENCES[name]
    builder = MeshBuilder()
    kind.make(builder, kind, far)
    return builder.mesh()


def fence_box(name: str) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return the box (low, high) of what stops vehicles in a piece."""
    kind = FENCES[name]
    return (-kind.length / 2, -kind.deep / 2, 0.0), (kind.length / 2, kind.deep / 2, kind.height)
