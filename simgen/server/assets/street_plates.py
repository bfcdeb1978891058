"""The faces of traffic signs, drawn as flat layers. The plate stands upright about the origin and looks along +y."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import quads
from simgen.server.assets.street_glyphs import arc, circle, disc, face, figure, flat, ring, stroke, text, text_width
from simgen.server.scene import Material

Floats = NDArray[np.float64]
Plate = Callable[[MeshBuilder, NDArray[np.float64]], None]


def _ink(color: tuple[int, int, int]) -> Look:
    return Look(Material.SIGN, Tag.TRAFFIC_SIGNS, color)


BACK = Look(Material.METAL, Tag.TRAFFIC_SIGNS, (128, 132, 134))
WHITE, RED, BLACK, BLUE, YELLOW, GREEN = (
    _ink((232, 232, 226)),
    _ink((176, 26, 30)),
    _ink((22, 22, 24)),
    _ink((28, 66, 136)),
    _ink((226, 178, 44)),
    _ink((30, 92, 60)),
)
_THICK = 0.012
_LAYER = 0.003
"""Layers lie this far apart: thin, yet apart in the depth buffer at 50 m."""
FIRST, SECOND, THIRD = (_THICK / 2 + _LAYER * k for k in range(3))


def rectangle(width: float, height: float) -> Floats:
    return np.array([(-width, -height), (width, -height), (width, height), (-width, height)]) / 2


def regular(corners: int, radius: float, first: float) -> Floats:
    """Return a regular polygon (N, 2), its first corner at an angle in radians."""
    angle = first + np.arange(corners) * 2 * math.pi / corners
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _add(builder: MeshBuilder, outline: Floats, base: Look, matrix: Floats) -> None:
    """Add the plate itself: its face in one colour, grey metal behind and around."""
    front, back = (np.stack([outline[:, 0], np.full(len(outline), y), outline[:, 1]], -1) for y in (_THICK / 2, -_THICK / 2))
    nxt = np.roll(np.arange(len(outline)), -1)
    rim = np.stack([back, back[nxt], front[nxt], front], axis=1)
    normal = np.cross(rim[:, 1] - rim[:, 0], rim[:, 3] - rim[:, 0])
    outwards = (normal * (rim.mean(axis=1) - front.mean(axis=0)) * (1, 0, 1)).sum(axis=1) > 0
    builder.add(quads(np.where(outwards[:, None, None], rim, rim[:, ::-1])), BACK, matrix)
    builder.add(face(outline, -_THICK / 2, front=False), BACK, matrix)
    builder.add(face(outline, FIRST, front=True), base, matrix)


def _round(base: Look, rim: Look | None = None, share: float = 0.82, radius: float = 0.30) -> Plate:
    def make(builder: MeshBuilder, matrix: Floats) -> None:
        outline = circle((0, 0), radius, 28)
        _add(builder, outline, base, matrix)
        if rim is not None:
            builder.add(ring(outline, outline * share, SECOND), rim, matrix)

    return make


def _triangle(upwards: bool) -> Plate:
    def make(builder: MeshBuilder, matrix: Floats) -> None:
        outline = regular(3, 0.46, math.pi / 2 if upwards else -math.pi / 2)
        _add(builder, outline, WHITE, matrix)
        builder.add(ring(outline, outline * 0.70, SECOND), RED, matrix)

    return make


def _square(base: Look, width: float = 0.60, height: float = 0.60, border: Look | None = None) -> Plate:
    def make(builder: MeshBuilder, matrix: Floats) -> None:
        outline = rectangle(width, height)
        _add(builder, outline, base, matrix)
        if border is not None:
            builder.add(ring(rectangle(width - 0.03, height - 0.03), rectangle(width - 0.06, height - 0.06), SECOND), border, matrix)

    return make


def _with(base: Plate, *parts: tuple[Callable[[], object], Look]) -> Plate:
    """Return a plate with figures on it."""

    def make(builder: MeshBuilder, matrix: Floats) -> None:
        base(builder, matrix)
        for part, look in parts:
            builder.add(part(), look, matrix)  # type: ignore[arg-type]

    return make


def speed_limit(number: str) -> Plate:
    """Return the plate of a speed limit: black digits in a red ring."""
    height = min(0.26, 0.40 / text_width(number))
    return _with(_round(WHITE, RED, 0.80, 0.33), (lambda: text(number, height, (0, 0), SECOND), BLACK))


def stop(builder: MeshBuilder, matrix: Floats) -> None:
    outline = regular(8, 0.41, math.pi / 8)
    _add(builder, outline, RED, matrix)
    builder.add(ring(outline * 0.97, outline * 0.91, SECOND), WHITE, matrix)
    builder.add(text("STOP", 0.19, (0, 0), SECOND), WHITE, matrix)


def _walker(scale: float, x: float, z: float) -> list[tuple[Floats, float]]:
    """Return the strokes of somebody who walks to the left."""
    lines = (
        ([(0.0, 0.62), (0.02, 0.36)], 0.15),
        ([(0.02, 0.40), (-0.14, 0.18), (-0.20, -0.02)], 0.085),
        ([(0.02, 0.40), (0.12, 0.20), (0.20, -0.02)], 0.085),
        ([(-0.02, 0.62), (-0.16, 0.46), (-0.22, 0.34)], 0.06),
        ([(0.02, 0.62), (0.14, 0.50), (0.18, 0.36)], 0.06),
    )
    return [(np.array(p) * scale + (x, z), w * scale) for p, w in lines]


def _crossing_figure(depth: float, scale: float, x: float, z: float) -> list[object]:
    return [figure(_walker(scale, x, z), depth), disc((x - 0.01 * scale, z + 0.80 * scale), 0.085 * scale, depth)]


def crossing(builder: MeshBuilder, matrix: Floats) -> None:
    """A crosswalk: a walker in a white triangle on blue."""
    _square(BLUE, 0.64, 0.64)(builder, matrix)
    builder.add(face(regular(3, 0.31, math.pi / 2) - np.array((0, 0.07)), SECOND), WHITE, matrix)
    for part in _crossing_figure(THIRD, 0.29, 0.0, -0.20):
        builder.add(part, BLACK, matrix)  # type: ignore[arg-type]


def _warning(*parts: tuple[Callable[[], object], Look]) -> Plate:
    return _with(_triangle(True), *parts)


def _children(builder: MeshBuilder, matrix: Floats) -> None:
    _triangle(True)(builder, matrix)
    for part in (*_crossing_figure(SECOND, 0.27, -0.06, -0.15), *_crossing_figure(SECOND, 0.21, 0.09, -0.15)):
        builder.add(part, BLACK, matrix)  # type: ignore[arg-type]


def _arrow(depth: float, length: float, width: float, angle_deg: float) -> Callable[[], object]:
    """An arrow about the origin, pointing up at 0 degrees and to the right at 90."""

    def make() -> object:
        shaft = np.array([(-0.5, -1), (0.5, -1), (0.5, 0.1), (-0.5, 0.1)]) * (width, length / 2)
        head = np.array([(-1.35, 0.1), (1.35, 0.1), (0.0, 1.0), (0.0, 1.0)]) * (width, length / 2)
        turn = math.radians(angle_deg)
        spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        return flat(np.stack([shaft, head]) @ spin, depth)

    return make


def _bus(depth: float) -> Callable[[], object]:
    """A bus from its side, its windows left out."""

    def make() -> object:
        bars = [(-0.22, -0.10, 0.22, 0.0), (-0.22, 0.10, 0.22, 0.14), *((x, 0.0, x + 0.03, 0.10) for x in (-0.22, -0.10, 0.02, 0.19))]
        return flat([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in bars], depth)

    return make


def _bicycle(depth: float) -> Callable[[], object]:
    def make() -> object:
        frame = ([(-0.15, -0.06), (-0.06, 0.06), (0.08, 0.06), (0.15, -0.06)], [(-0.06, 0.06), (0.0, -0.06), (0.08, 0.06)])
        bars = ([(-0.15, -0.06), (0.0, -0.06)], [(-0.10, 0.10), (-0.03, 0.10)], [(0.08, 0.06), (0.07, 0.13), (0.12, 0.14)])
        wheels = [arc(x, -0.06, 0.095, 0.095, 0, 360) for x in (-0.15, 0.15)]
        return figure([*((np.array(p), 0.022) for p in (*frame, *bars)), *((w, 0.022) for w in wheels)], depth)

    return make


PLATES: dict[str, Plate] = {
    "traffic.stop": stop,
    "traffic.yield": _triangle(False),
    "traffic.unknown": _with(
        _square(WHITE, 0.55, 0.70, BLACK),
        *((lambda z=z: flat([[(-0.19, z), (0.19, z), (0.19, z + 0.05), (-0.19, z + 0.05)]], SECOND), BLACK) for z in (-0.16, 0.0, 0.14)),
    ),
    "crossing": crossing,
    "no parking": _with(_round(BLUE, RED, 0.84), (lambda: stroke([(-0.18, 0.18), (0.18, -0.18)], 0.055, SECOND), RED)),
    "no stopping": _with(
        _round(BLUE, RED, 0.84),
        (lambda: figure([([(-0.18, 0.18), (0.18, -0.18)], 0.055), ([(-0.18, -0.18), (0.18, 0.18)], 0.055)], SECOND), RED),
    ),
    "no entry": _with(_round(RED, WHITE, 0.97), (lambda: flat(rectangle(0.42, 0.10)[None], SECOND), WHITE)),
    "no vehicles": _round(WHITE, RED, 0.82),
    "no cycling": _with(_round(WHITE, RED, 0.84), (_bicycle(SECOND), BLACK)),
    "cycle track": _with(_round(BLUE), (_bicycle(SECOND), WHITE)),
    "keep right": _with(_round(BLUE), (_arrow(SECOND, 0.40, 0.08, 135), WHITE)),
    "straight on": _with(_round(BLUE), (_arrow(SECOND, 0.40, 0.08, 0), WHITE)),
    "one way": _with(_square(BLUE, 0.80, 0.30), (_arrow(SECOND, 0.62, 0.09, 90), WHITE)),
    "priority": _with(lambda b, m: _add(b, regular(4, 0.42, 0.0), WHITE, m), (lambda: face(regular(4, 0.31, 0.0), SECOND), YELLOW)),
    "parking": _with(_square(BLUE), (lambda: text("P", 0.42, (0, 0), SECOND), WHITE)),
    "bus stop": _with(
        _square(BLUE, 0.50, 0.60, WHITE),
        (_bus(SECOND), WHITE),
        (lambda: disc((-0.12, -0.13), 0.035, SECOND), WHITE),
        (lambda: disc((0.12, -0.13), 0.035, SECOND), WHITE),
    ),
    "dead end": _with(
        _square(BLUE),
        (lambda: flat([[(-0.05, -0.24), (0.05, -0.24), (0.05, 0.12), (-0.05, 0.12)]], SECOND), WHITE),
        (lambda: flat([[(-0.20, 0.12), (0.20, 0.12), (0.20, 0.22), (-0.20, 0.22)]], SECOND), RED),
    ),
    "danger": _warning((lambda: text("!", 0.30, (0, -0.04), SECOND), BLACK)),
    "children": _children,
    "bend": _warning((lambda: stroke([(0.03, -0.18), (0.03, -0.04), (-0.06, 0.06), (-0.03, 0.16)], 0.05, SECOND), BLACK)),
    "crossroads": _warning(
        (lambda: figure([([(-0.12, -0.16), (0.12, 0.10)], 0.05), ([(0.12, -0.16), (-0.12, 0.10)], 0.05)], SECOND), BLACK)
    ),
    "zone 30": _with(
        _square(WHITE, 0.60, 0.75, BLACK),
        (lambda: ring(circle((0, 0.07), 0.24, 28), circle((0, 0.07), 0.19, 28), SECOND), RED),
        (lambda: text("30", 0.18, (0, 0.07), SECOND), BLACK),
        (lambda: text("ZONE", 0.10, (0, -0.26), SECOND), BLACK),
    ),
}
"""Plates by name, without those of speed limits."""

STREETS = ("PARK LANE", "HIGH STREET", "STATION RD", "MILL ROAD", "ELM GROVE", "KINGS ROAD", "CHURCH ST", "BRIDGE ST")


def street_name(number: int) -> Plate:
    """Return a plate with the name of a street."""
    name = STREETS[number % len(STREETS)]
    base = BLUE if number % 3 else GREEN
    width = 0.13 * text_width(name) + 0.14
    return _with(_square(base, width, 0.24, WHITE), (lambda: text(name, 0.13, (0, 0), SECOND), WHITE))
