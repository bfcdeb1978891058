"""The still city of a map: streets, land, houses, trees and street furniture."""

from __future__ import annotations

from simgen.server.assets.land import GRASS, land
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import add_houses
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.street_furniture import add_greenery, add_street_furniture
from simgen.server.assets.streets import add_streets
from simgen.server.scene import City, ShapeLibrary
from simgen.server.world.roads import RoadMap


def build_city(roads: RoadMap, shapes: ShapeLibrary, seed: int) -> City:
    """Return the city of a map; the same for the same map and seed. World frame, left-handed, metres."""
    layout = Layout.of(roads)
    builder, scenery = MeshBuilder(), Scenery(shapes)
    add_streets(builder, roads, layout)
    builder.add(land(layout), GRASS)
    add_street_furniture(scenery, roads, layout, seed)
    add_houses(builder, scenery, roads, layout, seed)
    add_greenery(scenery, roads, layout, seed)
    return City(builder.mesh(), scenery.objects, scenery.copies)
