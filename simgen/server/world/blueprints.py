"""The blueprint library: what can be spawned, with CARLA 0.9.16's ids, attributes, boxes and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from simgen.datatypes.tags import Tag
from simgen.server.values import ActorAttribute, ActorAttributeValue, ActorDefinition, ActorDescription, AttributeType
from simgen.server.world.tables_props import PROPS, PropRow
from simgen.server.world.tables_sensors import SENSORS, variation
from simgen.server.world.tables_vehicles import VEHICLES, WITH_DRIVER_ID
from simgen.server.world.tables_vehicles import Row as VehicleRow
from simgen.server.world.tables_walkers import MASSES_KG, SPEEDS, WALKERS, WalkerRow

Triple = tuple[float, float, float]

WALKER_CENTRE: Triple = (0.0, 0.0, 0.02)
"""A walker's origin is the middle of its capsule; published tests want the box's centre more than 1 cm from it."""

TRAFFIC_ROLES = ("autopilot", "scenario", "ego_vehicle")

TWO_WHEELER_TAGS: Mapping[str, bytes] = {
    "motorcycle": bytes([Tag.MOTORCYCLE, Tag.RIDER]),
    "bicycle": bytes([Tag.BICYCLE, Tag.RIDER]),
}
VEHICLE_TAGS: Mapping[str, bytes] = {
    "car": bytes([Tag.CAR]),
    "": bytes([Tag.CAR]),
    "van": bytes([Tag.CAR]),
    "truck": bytes([Tag.TRUCK]),
    "bus": bytes([Tag.BUS]),
    **TWO_WHEELER_TAGS,
}

PROP_DENSITY_KGPM3 = 60.0
"""Of a prop's whole box, which is mostly air."""


@dataclass(frozen=True)
class Blueprint:
    """One entry of the library. Boxes are half sizes and centre in the actor's frame, metres; left-handed."""

    uid: int
    """Counts from 1 in the order of the library."""
    id: str
    family: str
    """First two parts of the id for sensors ("sensor.camera"), else the first ("vehicle", "walker", "static", "controller", "util")."""
    attributes: tuple[ActorAttribute, ...]
    extent: Triple = (0.0, 0.0, 0.0)
    centre: Triple = (0.0, 0.0, 0.0)
    mass_kg: float = 0.0
    wheels: int = 0
    base_type: str = ""
    semantic_tags: bytes = b""

    @property
    def tags(self) -> str:
        """The id's parts, comma separated and in lower case, as the wire carries them."""
        return self.id.lower().replace(".", ",")

    def definition(self) -> ActorDefinition:
        return ActorDefinition(self.uid, self.id, self.tags, self.attributes)

    def description(self, **values: str) -> ActorDescription:
        """Return what a client would send to spawn this blueprint with its defaults, `values` put over them."""
        unknown = set(values) - {a.id for a in self.attributes}
        if unknown:
            raise KeyError(f"{self.id} has no attribute {sorted(unknown)}")
        filled = tuple(ActorAttributeValue(a.id, a.type, values.get(a.id, a.value)) for a in self.attributes)
        return ActorDescription(self.uid, self.id, filled)


def _constant(name: str, kind: AttributeType, value: str) -> ActorAttribute:
    return ActorAttribute(name, kind, value, (), False, False)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _named(blueprint_id: str, roles: tuple[str, ...]) -> tuple[ActorAttribute, ...]:
    """The two variations that every blueprint begins with."""
    return variation("role_name", AttributeType.STRING, *roles), variation("ros_name", AttributeType.STRING, blueprint_id)


def _sensor(uid: int, row: tuple[str, tuple[str, ...], tuple[ActorAttribute, ...]]) -> Blueprint:
    blueprint_id, roles, attributes = row
    return Blueprint(uid, blueprint_id, blueprint_id.rpartition(".")[0], _named(blueprint_id, roles) + attributes)


def _vehicle_attributes(row: VehicleRow) -> Iterator[ActorAttribute]:
    yield from _named(row.id, TRAFFIC_ROLES)
    if row.colors:
        yield variation("color", AttributeType.RGB_COLOR, *row.colors)
    if row.id in WITH_DRIVER_ID:
        yield variation("driver_id", AttributeType.INT, "0", "1", "2", restrict=True)
    yield variation("sticky_control", AttributeType.BOOL, "true")
    yield variation("terramechanics", AttributeType.BOOL, "false")
    yield _constant("object_type", AttributeType.STRING, "")
    yield _constant("base_type", AttributeType.STRING, row.base_type)
    yield _constant("special_type", AttributeType.STRING, row.special_type)
    yield _constant("number_of_wheels", AttributeType.INT, str(row.wheels))
    yield _constant("generation", AttributeType.INT, str(row.generation))
    yield _constant("has_dynamic_doors", AttributeType.BOOL, _flag(row.has_dynamic_doors))
    yield _constant("has_lights", AttributeType.BOOL, _flag(row.has_lights))


def _vehicle(uid: int, row: VehicleRow) -> Blueprint:
    return Blueprint(
        uid,
        row.id,
        "vehicle",
        tuple(_vehicle_attributes(row)),
        row.extent,
        row.centre,
        row.mass_kg,
        row.wheels,
        row.base_type,
        VEHICLE_TAGS[row.base_type],
    )


def _walker_attributes(row: WalkerRow) -> Iterator[ActorAttribute]:
    yield from _named(row.id, ("pedestrian",))
    yield variation("speed", AttributeType.FLOAT, *SPEEDS[row.age])
    yield variation("is_invincible", AttributeType.BOOL, "true")
    yield variation("use_wheelchair", AttributeType.BOOL, "false", restrict=True)
    yield _constant("gender", AttributeType.STRING, row.gender)
    yield _constant("generation", AttributeType.INT, str(row.generation))
    yield _constant("age", AttributeType.STRING, row.age)
    yield _constant("can_use_wheelchair", AttributeType.BOOL, "false")


def _walker(uid: int, row: WalkerRow) -> Blueprint:
    attributes = tuple(_walker_attributes(row))
    return Blueprint(
        uid, row.id, "walker", attributes, row.extent, WALKER_CENTRE, MASSES_KG[row.age], semantic_tags=bytes([Tag.PEDESTRIANS])
    )


def _prop(uid: int, row: PropRow) -> Blueprint:
    x, y, z = (side / 2 for side in row.full_size)
    attributes = (*_named(row.id, ("prop",)), _constant("size", AttributeType.STRING, row.size))
    mass_kg = round(8 * x * y * z * PROP_DENSITY_KGPM3, 3)
    return Blueprint(uid, row.id, "static", attributes, (x, y, z), (0.0, 0.0, z), mass_kg, semantic_tags=bytes([row.tag]))


def _special(uid: int, blueprint_id: str, attributes: tuple[ActorAttribute, ...], extent: Triple, tags: bytes) -> Blueprint:
    named = _named(blueprint_id, ("default",))
    return Blueprint(uid, blueprint_id, blueprint_id.split(".")[0], named + attributes, extent, semantic_tags=tags)


_FLOAT = AttributeType.FLOAT

SPECIALS: tuple[tuple[str, tuple[ActorAttribute, ...], Triple, bytes], ...] = (
    (
        "static.prop.mesh",
        (variation("mesh_path", AttributeType.STRING, ""), variation("mass", _FLOAT, ""), variation("scale", _FLOAT, "1.0f")),
        (0.5, 0.5, 0.5),
        bytes([Tag.STATIC]),
    ),
    (
        "static.trigger.friction",
        (variation("friction", _FLOAT, "3.5f"), *(variation(f"extent_{axis}", _FLOAT, "1.0f") for axis in "xyz")),
        (0.01, 0.01, 0.01),
        b"",
    ),
    ("controller.ai.walker", (), (0.0, 0.0, 0.0), b""),
    ("util.actor.empty", (), (0.0, 0.0, 0.0), b""),
)
"""Blueprints that belong to no family: (id, own attributes, extent, tags)."""


def _build() -> dict[str, Blueprint]:
    makers = [
        *((_vehicle, (row,)) for row in VEHICLES),
        *((_walker, (row,)) for row in WALKERS),
        *((_prop, (row,)) for row in PROPS),
        *((_special, row) for row in SPECIALS),
        *((_sensor, (row,)) for row in SENSORS),
    ]
    blueprints = (maker(uid, *arguments) for uid, (maker, arguments) in enumerate(makers, start=1))  # type: ignore[operator]
    return {blueprint.id: blueprint for blueprint in blueprints}


LIBRARY: Mapping[str, Blueprint] = MappingProxyType(_build())
"""All 214 blueprints by id, in the order of their uid."""
