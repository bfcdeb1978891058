"""The props: a plain shape each, fitted to the blueprint's box. Origin on the ground, as CARLA's actors."""

from __future__ import annotations

from simgen.datatypes.tags import Tag
from simgen.server.assets import prop_seats as seats
from simgen.server.assets import prop_street as street
from simgen.server.assets import prop_vessels as vessels
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.prop_parts import Maker
from simgen.server.meshes import fitted
from simgen.server.scene import Mesh
from simgen.server.world.blueprints import LIBRARY

PREFIX = "static.prop."

_CARDBOARD, _STEEL, _GREEN, _RED, _WHITE, _BLACK = (
    (168, 128, 84),
    (150, 154, 158),
    (52, 96, 62),
    (186, 34, 30),
    (232, 232, 226),
    (30, 30, 32),
)
_WOOD, _ORANGE, _BLUE, _YELLOW, _TERRACOTTA, _STONE = (
    (140, 98, 60),
    (232, 96, 24),
    (40, 74, 140),
    (232, 190, 40),
    (162, 92, 66),
    (168, 164, 156),
)

MAKERS: dict[str, Maker] = {
    "advertisement": street.billboard(_BLUE),
    "aporosatree": seats.plant("oak"),
    "atm": vessels.machine(_BLUE),
    "barbeque": seats.table(_BLACK),
    "barrel": vessels.drum(_BLUE),
    "bench01": seats.bench(back=True),
    "bench02": seats.bench(back=False),
    "bench03": seats.bench(back=False),
    "bike helmet": vessels.dome(_RED),
    "bin": vessels.wheeled_bin(_GREEN),
    "box01": vessels.carton(_CARDBOARD),
    "box02": vessels.carton(_CARDBOARD),
    "box03": vessels.carton(_CARDBOARD),
    "briefcase": vessels.case(_BLACK),
    "brokentile01": vessels.block(_TERRACOTTA),
    "brokentile02": vessels.block(_TERRACOTTA),
    "brokentile03": vessels.block(_TERRACOTTA),
    "brokentile04": vessels.block(_TERRACOTTA),
    "busstop": street.shelter(along_x=True),
    "busstoplb": street.shelter(along_x=False),
    "calibrator": vessels.block(_WHITE),
    "chainbarrier": street.chain_barrier(ends=2),
    "chainbarrierend": street.chain_barrier(ends=1),
    "clothcontainer": vessels.container(_GREEN),
    "clothesline": seats.portal(_WHITE),
    "coconutpalm": seats.palm,
    "colacan": vessels.drum(_RED),
    "constructioncone": vessels.cone(_ORANGE),
    "container": vessels.container(_GREEN),
    "creasedbox01": vessels.carton(_CARDBOARD),
    "creasedbox02": vessels.carton(_CARDBOARD),
    "creasedbox03": vessels.carton(_CARDBOARD),
    "cypresstree": seats.plant("cypress"),
    "dirtdebris01": vessels.heap((112, 96, 76)),
    "dirtdebris02": vessels.heap((104, 90, 72)),
    "dirtdebris03": vessels.heap((120, 104, 84)),
    "doghouse": street.hut(_WOOD),
    "foodcart": street.stall(_RED),
    "fountain": street.fountain,
    "garbage01": vessels.drum(_STEEL),
    "garbage02": vessels.drum(_STEEL),
    "garbage03": vessels.heap(_WHITE),
    "garbage04": vessels.heap(_WHITE),
    "garbage05": vessels.heap(_CARDBOARD),
    "garbage06": vessels.heap(_CARDBOARD),
    "gardenlamp": vessels.lantern,
    "glasscontainer": vessels.container((60, 110, 70)),
    "gnome": vessels.statue(_RED),
    "guitarcase": vessels.case(_BLACK),
    "haybale": vessels.roll((196, 166, 84), along="y"),
    "haybalelb": vessels.roll((196, 166, 84), along="x"),
    "ironplank": vessels.block(_STEEL),
    "kiosk_01": street.stall(_GREEN),
    "mailbox": vessels.machine(_YELLOW),
    "maptable": street.board(_GREEN),
    "mobile": vessels.block(_BLACK),
    "motorhelmet": vessels.dome(_BLACK),
    "pergola": seats.frame(_WOOD),
    "plantpot01": vessels.pot(_TERRACOTTA),
    "plantpot02": vessels.pot(_STONE),
    "plantpot03": vessels.pot(_STONE),
    "plantpot04": vessels.block(_STONE),
    "plantpot05": vessels.pot(_TERRACOTTA),
    "plantpot06": vessels.pot(_STONE),
    "plantpot07": vessels.pot(_TERRACOTTA),
    "plantpot08": vessels.pot(_STONE),
    "plasticbag": vessels.bag(_WHITE),
    "plasticchair": seats.chair(_WHITE),
    "plastictable": seats.parasol_table(_WHITE),
    "platformgarbage01": vessels.heap((110, 106, 100)),
    "purse": vessels.case((110, 60, 44)),
    "shoppingbag": vessels.case(_WHITE),
    "shoppingcart": seats.cart(_STEEL),
    "shoppingtrolley": vessels.case(_BLUE),
    "slide": seats.slide(_RED),
    "streetbarrier": street.barrier,
    "streetfountain": vessels.machine(_STEEL),
    "streetsign": street.sign_post(_BLUE),
    "streetsign01": street.sign_post(_GREEN),
    "streetsign04": street.sign_post(_BLUE),
    "swing": seats.portal(_BLUE),
    "swingcouch": seats.frame(_WOOD),
    "table": seats.table(_WOOD),
    "trafficcone01": vessels.cone(_ORANGE),
    "trafficcone02": vessels.cone(_ORANGE),
    "trafficwarning": street.light_trailer,
    "trampoline": seats.trampoline,
    "trashbag": vessels.bag(_BLACK),
    "trashcan01": vessels.litter_bin(_GREEN),
    "trashcan02": vessels.litter_bin(_STEEL),
    "trashcan03": vessels.litter_bin(_GREEN),
    "trashcan04": vessels.wheeled_bin(_BLACK),
    "trashcan05": vessels.wheeled_bin(_BLUE),
    "travelcase": vessels.case(_RED),
    "vendingmachine": vessels.machine(_RED),
    "warningaccident": street.warning_sign,
    "warningconstruction": street.warning_sign,
    "wateringcan": vessels.drum(_GREEN),
}


def has_shape(type_id: str) -> bool:
    """Whether an actor of this type is drawn as a prop."""
    return type_id.startswith(PREFIX) and type_id in LIBRARY


def prop_mesh(type_id: str) -> Mesh:
    """Return the mesh of a prop in its actor's frame. Raises KeyError for an unknown id."""
    blueprint = LIBRARY[type_id]
    if not has_shape(type_id):
        raise KeyError(type_id)
    size = tuple(2 * e for e in blueprint.extent)
    builder = MeshBuilder()
    make = MAKERS.get(type_id.removeprefix(PREFIX), vessels.block(_CARDBOARD))
    make(builder, Tag(blueprint.semantic_tags[0]), size)  # type: ignore[arg-type]
    low = [c - e for c, e in zip(blueprint.centre, blueprint.extent, strict=True)]
    high = [c + e for c, e in zip(blueprint.centre, blueprint.extent, strict=True)]
    return fitted(builder.mesh(), low, high)
