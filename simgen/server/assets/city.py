"""The still city of a map: streets, land, houses, trees and street furniture."""

from __future__ import annotations

from simgen.server.assets.building_streets import add_houses
from simgen.server.assets.district_ground import add_town_ground
from simgen.server.assets.gardens import add_gardens
from simgen.server.assets.land import add_land
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.parked import add_parking
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.skyline import add_skyline
from simgen.server.assets.street_furniture import add_street_furniture
from simgen.server.assets.street_greenery import add_greenery
from simgen.server.assets.streets import add_streets
from simgen.server.scene import City, ShapeLibrary
from simgen.server.world.roads import RoadMap


def build_city(roads: RoadMap, shapes: ShapeLibrary, seed: int) -> City:
    """Return the city of a map; the same for the same map and seed. World frame, left-handed, metres."""
    layout = Layout.of(roads)
    builder, scenery = MeshBuilder(), Scenery(shapes)
    add_streets(builder, roads, layout, seed)
    add_land(builder, layout, seed)
    add_parking(builder, scenery, roads, layout, seed)
    add_street_furniture(builder, scenery, roads, layout, seed)
    add_houses(builder, scenery, roads, layout, seed)
    add_town_ground(builder, roads, layout, seed)
    add_gardens(builder, scenery, roads, layout, seed)
    add_greenery(scenery, roads, layout, seed)
    add_skyline(scenery, roads, layout, seed)
    return City(builder.mesh(), scenery.objects, scenery.copies)
