"""Traffic lights and signs. The origin is the foot of the post and the front looks along +y, as CARLA's actors stand."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, box, boxes, cylinder, joined, placed, polygon, quads, revolved, tube
from simgen.server.scene import Material, Mesh

POST = Look(Material.METAL, Tag.POLES, (92, 96, 98))
HOUSING = Look(Material.PLASTIC, Tag.TRAFFIC_LIGHT, (24, 25, 24))
BACKPLATE = Look(Material.PLASTIC, Tag.TRAFFIC_LIGHT, (12, 12, 12))
SIGN_BACK = Look(Material.METAL, Tag.TRAFFIC_SIGNS, (136, 140, 142))
WHITE = Look(Material.SIGN, Tag.TRAFFIC_SIGNS, (242, 242, 238))
RED = Look(Material.SIGN, Tag.TRAFFIC_SIGNS, (188, 24, 28))
BLACK = Look(Material.SIGN, Tag.TRAFFIC_SIGNS, (20, 20, 22))

LAMPS: dict[str, tuple[float, Material, tuple[int, int, int], tuple[int, int, int]]] = {
    "red": (0.32, Material.LIGHT_RED, (255, 48, 32), (62, 14, 12)),
    "yellow": (0.0, Material.LIGHT_YELLOW, (255, 190, 40), (62, 48, 10)),
    "green": (-0.32, Material.LIGHT_GREEN, (40, 255, 130), (10, 52, 30)),
}
"""Name -> height over the middle of the head, material when lit, colour when lit and when dark."""

ARM_M = 4.2
"""From the post to the head over the lane: along -x, the left of the drivers who look at it."""
ARM_HEIGHT_M = 5.6
HEAD_HEIGHT_M = 2.9

# Strokes of the digits on a grid 2 wide and 4 high, as straight bars (x0, y0, x1, y1).
_SEGMENTS = {
    "a": (0, 4, 2, 4),
    "b": (2, 2, 2, 4),
    "c": (2, 0, 2, 2),
    "d": (0, 0, 2, 0),
    "e": (0, 0, 0, 2),
    "f": (0, 2, 0, 4),
    "g": (0, 2, 2, 2),
}
_DIGITS = dict(zip("0123456789", ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcfgd"), strict=True))
_LETTERS = {"S": "afgcd", "O": "abcdef", "P": "abfge"}

SIGNS = ("traffic.stop", "traffic.yield", "traffic.unknown")


def sign_shape(type_id: str) -> str:
    """Return the name of the shape of a traffic sign actor."""
    return type_id if type_id in SIGNS or type_id.startswith("traffic.speed_limit.") else "traffic.unknown"


def light_mesh(state: str) -> Mesh:
    """Return post, arm and two heads; `state` is "red", "yellow", "green" or "off". Raises KeyError for another."""
    if state not in (*LAMPS, "off"):
        raise KeyError(f"traffic.traffic_light/{state}")
    builder = MeshBuilder()
    builder.add(cylinder(0.16, 0.0, 0.5, 10, 0.13), POST)
    builder.add(cylinder(0.10, 0.0, ARM_HEIGHT_M + 0.25, 10, 0.075), POST)
    builder.add(
        tube([(0, 0, ARM_HEIGHT_M), (-ARM_M / 2, 0, ARM_HEIGHT_M + 0.18), (-ARM_M - 0.2, 0, ARM_HEIGHT_M + 0.2)], [0.07, 0.055, 0.045], 8),
        POST,
    )
    _add_head(builder, state, placed(-ARM_M, 0.12, ARM_HEIGHT_M + 0.1))
    _add_head(builder, state, placed(0.0, 0.26, HEAD_HEIGHT_M))
    return builder.mesh()


def _add_head(builder: MeshBuilder, state: str, matrix: NDArray[np.float64]) -> None:
    builder.add(box((0, 0, 0), (0.34, 0.22, 1.02)), HOUSING, matrix)
    builder.add(box((0, -0.10, 0), (0.56, 0.02, 1.26)), BACKPLATE, matrix)
    for name, (height, material, lit, dark) in LAMPS.items():
        on = name == state
        look = Look(material if on else Material.LIGHT_DARK, Tag.TRAFFIC_LIGHT, lit if on else dark)
        disc = revolved([(0.125, 0.112), (0.08, 0.135), (0.0, 0.142)], 14, "y")
        builder.add(disc, look, matrix @ placed(z=height))
        builder.add(_visor(), HOUSING, matrix @ placed(z=height))


def _visor() -> Surface:
    """A hood over a lamp: half a tube, seen from both sides."""
    angle = np.linspace(-0.15, math.pi + 0.15, 9)
    rim = np.stack([0.145 * np.cos(angle), np.zeros_like(angle), 0.145 * np.sin(angle)], axis=-1)
    inner = np.stack([rim, rim + np.array([0.0, 0.20, 0.0])]) + np.array([0.0, 0.11, 0.0])
    outer = inner * (1.06, 1.0, 1.06)
    return joined([quads(_ruled(outer)[:, ::-1]), quads(_ruled(inner))])


def _ruled(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quads between two lines (2, N, 3)."""
    return np.stack([edges[0, :-1], edges[0, 1:], edges[1, 1:], edges[1, :-1]], axis=1)


def sign_mesh(name: str) -> Mesh:
    """Return a sign on its post. Raises KeyError for an unknown name."""
    builder = MeshBuilder()
    height = 2.2
    builder.add(cylinder(0.038, 0.0, height + 0.3, 8), POST)
    middle = placed(0.0, 0.05, height)
    if name == "traffic.stop":
        _add_plate(builder, middle, _regular(8, 0.40, math.pi / 8), (WHITE, RED), (1.0, 0.92))
        builder.add(_text("STOP", 0.155), WHITE, middle)
    elif name == "traffic.yield":
        _add_plate(builder, middle, _regular(3, 0.50, -math.pi / 2), (RED, WHITE), (1.0, 0.62))
    elif name.startswith("traffic.speed_limit.") and name.rpartition(".")[2].isdigit():
        _add_plate(builder, middle, _regular(24, 0.35, 0.0), (RED, WHITE), (1.0, 0.80))
        digits = name.rpartition(".")[2]
        builder.add(_text(digits, 0.27 if len(digits) < 3 else 0.19), BLACK, middle)
    elif name == "traffic.unknown":
        _add_plate(builder, middle, _regular(4, 0.42, math.pi / 4), (WHITE,), (1.0,))
    else:
        raise KeyError(name)
    return builder.mesh()


def _regular(corners: int, radius: float, first: float) -> NDArray[np.float64]:
    """Return a regular polygon (N, 2) in (x, z), counter-clockwise as its reader sees it."""
    angle = first + np.arange(corners) * 2 * math.pi / corners
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _add_plate(
    builder: MeshBuilder, matrix: NDArray[np.float64], outline: NDArray[np.float64], looks: tuple[Look, ...], sizes: tuple[float, ...]
) -> None:
    """Add a plate 2 cm thick: layers of smaller and smaller outlines in front, grey metal behind and around."""
    front, back = _at_depth(outline, 0.01), _at_depth(outline, -0.01)
    nxt = np.roll(np.arange(len(outline)), -1)
    builder.add(polygon(_facing(back, -1.0)), SIGN_BACK, matrix)
    builder.add(_outwards(np.stack([back, back[nxt], front[nxt], front], axis=1)), SIGN_BACK, matrix)
    for k, (look, size) in enumerate(zip(looks, sizes, strict=True)):
        builder.add(polygon(_facing(_at_depth(outline * size, 0.01 + 0.004 * k), 1.0)), look, matrix)


def _at_depth(outline: NDArray[np.float64], y: float) -> NDArray[np.float64]:
    return np.stack([outline[:, 0], np.full(len(outline), y), outline[:, 1]], axis=-1)


def _facing(points: NDArray[np.float64], y: float) -> NDArray[np.float64]:
    """Return the outline (N, 3) turned so that its normal points towards the given sign of y."""
    normal = np.cross(points[1] - points[0], points[2] - points[1])
    return points if normal[1] * y > 0 else points[::-1]


def _outwards(corners: NDArray[np.float64]) -> Surface:
    """Return quads around the y axis, facing away from it."""
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
    out = (normal * corners.mean(axis=1)).sum(axis=1) > 0
    return quads(np.where(out[:, None, None], corners, corners[:, ::-1]))


def _text(text: str, height: float) -> Surface:
    """Return letters as bars in front of a plate, read by someone who looks along -y."""
    unit = height / 4
    pitch = 3.1 * unit
    width = pitch * (len(text) - 1) + 2 * unit
    return joined([_glyph(c, unit, pitch * k - width / 2) for k, c in enumerate(text)])


def _glyph(character: str, unit: float, left: float) -> Surface:
    thick = 0.36 * unit
    strokes = np.array(
        [_SEGMENTS[s] for s in _DIGITS.get(character) or _LETTERS.get(character, "")] or [(0, 4, 2, 4), (1, 0, 1, 4)], dtype=np.float64
    )
    x = left + unit * strokes[:, [0, 2]]
    z = unit * (strokes[:, [1, 3]] - 2)
    low = np.stack([x.min(axis=1) - thick, np.full(len(x), 0.012), z.min(axis=1) - thick], axis=-1)
    high = np.stack([x.max(axis=1) + thick, np.full(len(x), 0.022), z.max(axis=1) + thick], axis=-1)
    return boxes(low, high, "xXYzZ")
