"""Traffic lights and signs. The origin is the foot of the post and the front looks along +y, as CARLA's actors stand."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, box, cylinder, joined, placed, quads, revolved, tube
from simgen.server.assets.street_plates import PLATES, speed_limit, street_name
from simgen.server.scene import Material, Mesh

POST = Look(Material.METAL, Tag.POLES, (92, 96, 98))
HOUSING = Look(Material.PLASTIC, Tag.TRAFFIC_LIGHT, (24, 25, 24))
BACKPLATE = Look(Material.PLASTIC, Tag.TRAFFIC_LIGHT, (12, 12, 12))

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
    """Return a sign on its post, by the id of its actor or by its name among `PLATES`. Raises KeyError for an unknown one.

    "street name/3" are plates on a lower post.
    """
    builder = MeshBuilder()
    kind, _, number = name.partition("/")
    low = kind in LOW_SIGNS
    height = 2.2 if not low else 2.45
    builder.add(cylinder(0.038, 0.0, height + 0.28, 8), POST)
    matrix = placed(0.0, 0.052, height)
    if kind.startswith("traffic.speed_limit.") and kind.rpartition(".")[2].isdigit():
        speed_limit(kind.rpartition(".")[2])(builder, matrix)
    elif kind == "street name":
        street_name(int(number))(builder, matrix)
        street_name(int(number) + 3)(builder, placed(0.052, 0.0, height + 0.28, -90.0))
    else:
        PLATES[kind](builder, matrix)
    return builder.mesh()


LOW_SIGNS = ("street name",)
