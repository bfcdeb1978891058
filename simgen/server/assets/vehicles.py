"""The 41 vehicles: which body each blueprint has, fitted to its box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simgen.datatypes.tags import Tag
from simgen.server.assets import car_styles as styles
from simgen.server.assets.body_style import Body, Style
from simgen.server.assets.car_body import add_body
from simgen.server.assets.heavy_vehicles import add_ambulance, add_box_truck, add_fire_engine, add_lorry, add_pickup_wedge
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import box, boxes
from simgen.server.assets.two_wheelers import add_bicycle, add_motorcycle
from simgen.server.meshes import fitted
from simgen.server.scene import Material, Mesh
from simgen.server.world.blueprints import LIBRARY, Blueprint

MIRROR_M = 0.10
"""Mirrors stand out so far; the body is that much narrower than the box on each side."""

Maker = Callable[[MeshBuilder, Blueprint, bool], None]


def vehicle_mesh(type_id: str, far: bool = False) -> Mesh:
    """Return the mesh of a vehicle in its actor's frame; `far` gives the coarse one. Raises KeyError for an unknown id."""
    builder = MeshBuilder()
    blueprint = LIBRARY[type_id]
    KINDS[type_id](builder, blueprint, not far)
    return fitted(builder.mesh(), *visible_box(blueprint))


def visible_box(blueprint: Blueprint) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the least and greatest corner of what is seen of a vehicle: its box down to the road, on which it stands.

    Some of CARLA's boxes reach up to 16 cm into the road; the wheels do not.
    """
    low = tuple(c - e for c, e in zip(blueprint.centre, blueprint.extent, strict=True))
    high = tuple(c + e for c, e in zip(blueprint.centre, blueprint.extent, strict=True))
    return (low[0], low[1], max(low[2], 0.0)), high


def body_of(style: Style, blueprint: Blueprint, fine: bool) -> Body:
    """Return a style at the size of a blueprint's visible box."""
    low, high = visible_box(blueprint)
    tag = Tag(blueprint.semantic_tags[0])
    return Body(style, 2 * blueprint.extent[0], blueprint.extent[1] - MIRROR_M, high[2] - low[2], tag, fine)


def _car(style: Style) -> Maker:
    def make(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
        add_body(builder, body_of(style, blueprint, fine))

    return make


def _with_roof_box(style: Style, kind: str) -> Maker:
    """A car that carries a light bar or a taxi sign; it counts in the height of the box."""

    def make(builder: MeshBuilder, blueprint: Blueprint, fine: bool) -> None:
        body = body_of(style, blueprint, fine)
        lower = replace(body, height=body.height - 0.11)
        add_body(builder, lower)
        _ROOF_BOXES[kind](builder, lower)

    return make


def _add_light_bar(builder: MeshBuilder, body: Body) -> None:
    z, x = body.height * 0.985, -0.06 * body.length
    blue, red = (Look(Material.PLASTIC, body.tag, c) for c in ((24, 60, 220), (214, 24, 28)))
    builder.add(box((x, 0, z + 0.015), (0.26, 1.12, 0.05)), body.trim)
    builder.add(boxes((x - 0.12, -0.55, z + 0.03), (x + 0.12, -0.08, z + 0.125)), red)
    builder.add(boxes((x - 0.12, 0.08, z + 0.03), (x + 0.12, 0.55, z + 0.125)), blue)
    door = body.look(Material.PAINT, (240, 240, 240))
    side = body.half_width * 1.004
    for y0, y1 in ((-side, -side + 0.02), (side - 0.02, side)):
        builder.add(boxes((-0.20 * body.length, y0, 0.34 * body.height), (0.17 * body.length, y1, 0.58 * body.height)), door)


def _add_taxi_sign(builder: MeshBuilder, body: Body) -> None:
    z, x = body.height * 0.985, -0.05 * body.length
    builder.add(box((x, 0, z + 0.065), (0.20, 0.62, 0.12)), body.look(Material.LAMP, (250, 236, 190)))


_ROOF_BOXES = {"light bar": _add_light_bar, "taxi sign": _add_taxi_sign}

KINDS: dict[str, Maker] = {
    "vehicle.audi.a2": _car(styles.HATCH),
    "vehicle.audi.etron": _car(styles.SUV),
    "vehicle.audi.tt": _car(styles.COUPE),
    "vehicle.bh.crossbike": add_bicycle,
    "vehicle.bmw.grandtourer": _car(styles.HATCH),
    "vehicle.carlamotors.carlacola": add_box_truck,
    "vehicle.carlamotors.european_hgv": add_lorry,
    "vehicle.carlamotors.firetruck": add_fire_engine,
    "vehicle.chevrolet.impala": _car(styles.SEDAN),
    "vehicle.citroen.c3": _car(styles.HATCH),
    "vehicle.diamondback.century": add_bicycle,
    "vehicle.dodge.charger_2020": _car(styles.EXECUTIVE),
    "vehicle.dodge.charger_police": _with_roof_box(styles.EXECUTIVE, "light bar"),
    "vehicle.dodge.charger_police_2020": _with_roof_box(styles.EXECUTIVE, "light bar"),
    "vehicle.ford.ambulance": add_ambulance,
    "vehicle.ford.crown": _with_roof_box(styles.EXECUTIVE, "taxi sign"),
    "vehicle.ford.mustang": _car(styles.MUSCLE),
    "vehicle.gazelle.omafiets": add_bicycle,
    "vehicle.harley-davidson.low_rider": add_motorcycle,
    "vehicle.jeep.wrangler_rubicon": _car(styles.OFFROAD),
    "vehicle.kawasaki.ninja": add_motorcycle,
    "vehicle.lincoln.mkz_2017": _car(styles.SEDAN),
    "vehicle.lincoln.mkz_2020": _car(styles.SEDAN),
    "vehicle.mercedes.coupe": _car(styles.COUPE),
    "vehicle.mercedes.coupe_2020": _car(styles.COUPE),
    "vehicle.mercedes.sprinter": _car(styles.PANEL_VAN),
    "vehicle.micro.microlino": _car(styles.MICRO),
    "vehicle.mini.cooper_s": _car(styles.MINI),
    "vehicle.mini.cooper_s_2021": _car(styles.MINI),
    "vehicle.mitsubishi.fusorosa": _car(styles.COACH),
    "vehicle.nissan.micra": _car(styles.HATCH),
    "vehicle.nissan.patrol": _car(styles.OFFROAD),
    "vehicle.nissan.patrol_2021": _car(styles.SUV),
    "vehicle.seat.leon": _car(styles.HATCH),
    "vehicle.tesla.cybertruck": add_pickup_wedge,
    "vehicle.tesla.model3": _car(styles.FASTBACK),
    "vehicle.toyota.prius": _car(styles.FASTBACK),
    "vehicle.vespa.zx125": add_motorcycle,
    "vehicle.volkswagen.t2": _car(styles.MICROBUS),
    "vehicle.volkswagen.t2_2021": _car(styles.MICROBUS),
    "vehicle.yamaha.yzf": add_motorcycle,
}
