"""Fills a map with buildings: streets first, then second rows, walls across gaps, paved ground before shops."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.building_draft import Draft, look
from simgen.server.assets.building_kinds import KINDS, draw_building
from simgen.server.assets.building_lots import Filler, Place
from simgen.server.assets.building_site import End, Site
from simgen.server.assets.district_kinds import District, Lot
from simgen.server.assets.district_plans import PLANS
from simgen.server.assets.districts import districts
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage, frontages
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.scene import Material
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

MOTORWAY_MS = 75.0 / 3.6
"""Roads without a sidewalk and at least this fast have no houses along them."""
_SPEED_UNITS = {"km/h": 1 / 3.6, "mph": 0.44704, "m/s": 1.0}
LOOK_M = 6.0
"""A side of a building with a street this near looks at it."""
REAR_GARDEN_M = 12.0
PAVED_M = 1.2
"""Shallower strips before houses are paved."""


def add_houses(builder: MeshBuilder, scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Fill the streets with buildings by district, and note their lots in the layout."""
    plan = districts(roads, layout, seed)
    signals = np.array([(s.transform.location.x, s.transform.location.y) for s in roads.network.signals.values()]).reshape(-1, 2)
    fast = _fast_roads(roads)
    streets = [f for f in frontages(roads) if f.walked or f.road_id not in fast]
    for rear in (False, True):
        for number, street in enumerate(streets):
            rng = stream(seed, "houses", int(rear), number)
            places = list(Filler(street, layout, plan, signals, rng).places(rear))
            for index, place in enumerate(places):
                before = places[index - 1] if index else None
                after = places[index + 1] if index + 1 < len(places) else None
                _add_building(builder, scenery, layout, place, before, after, seed, (number, index, int(rear)))
            if not rear:
                _add_walls(builder, scenery, layout, street, places, rng)


def _fast_roads(roads: RoadMap) -> frozenset[int]:
    """Return the roads on which one drives as on a motorway."""
    fast = set()
    for road in ElementTree.fromstring(roads.opendrive).iter("road"):
        speeds = [
            float(s.get("max", "0")) * _SPEED_UNITS.get(s.get("unit", "m/s"), 1.0)
            for s in road.iter("speed")
            if s.get("max", "")[:1].isdigit()
        ]
        if max(speeds, default=0.0) >= MOTORWAY_MS:
            fast.add(int(road.get("id", "-1")))
    return frozenset(fast)


def _add_building(
    builder: MeshBuilder,
    scenery: Scenery,
    layout: Layout,
    place: Place,
    before: Place | None,
    after: Place | None,
    seed: int,
    key: tuple[int, int, int],
) -> None:
    """Draw one building, name it, and note its lot."""
    rng = stream(seed, "house", *key)
    number, _index, rear = key
    tall = PLANS[place.district].tall
    share = float(stream(seed, "tall", number, place.row, rear).uniform(*tall))
    right, left = _neighbour(place, after), _neighbour(place, before)
    ends = [right or _outlook(layout, place, 1), _outlook(layout, place, 2), left or _outlook(layout, place, 3)]
    site = Site(
        place.width, place.depth, ends[0], End.PLAIN if rear else ends[1], ends[2], place.setback, share, End.PLAIN if rear else End.STREET
    )
    draft, paths = draw_building(place.kind, site, stream(seed, "row", number, place.row, rear), rng)
    low, high = draft.bounds()
    owner = scenery.add_box("Building", Tag.BUILDINGS, place.pose, low, high)
    with builder.owned(owner):
        draft.build(builder, place.pose)
    kind = KINDS[place.kind]
    if not rear:
        _pave(builder, layout, place, paths, kind.paved or place.setback < PAVED_M)
        layout.lots.append(_lot(place, layout, paths, kind.gabled))


def _neighbour(place: Place, other: Place | None) -> End | None:
    """Return PARTY where the next building touches this one, None where its side is open."""
    if other is None or abs(other.setback - place.setback) > 3.0:
        return None
    first, second = (place, other) if other.at > place.at else (other, place)
    return End.PARTY if second.at - first.at - first.width < 0.5 else None


def _outlook(layout: Layout, place: Place, side: int) -> End:
    """Return whether a side (1 right, 2 back, 3 left) looks at a street."""
    o = place.outline
    middle, out = (o[side] + o[(side + 1) % 4]) / 2, ((o[side] - o[side - 1]) if side != 3 else (o[3] - o[2]))
    point = middle + out / max(float(np.linalg.norm(out)), 1e-9) * LOOK_M
    return End.STREET if float(layout.at(layout.edge, point, 99.0)) < 4.0 else End.PLAIN


def _lot(place: Place, layout: Layout, paths: tuple[tuple[float, float], ...], gabled: bool) -> Lot:
    along, inward = place.pose[:2, 0], place.pose[:2, 1]
    aside = 1.5 if gabled else 0.0
    near = place.outline[0] - inward * place.setback - along * aside
    width, deep = place.width + 2 * aside, place.setback + place.depth
    for back in np.arange(REAR_GARDEN_M, 0.0, -2.0):
        behind = place.outline[3] + inward * 0.6
        strip = np.array([behind, behind + along * place.width, behind + along * place.width + inward * back, behind + inward * back])
        if layout.has_room(strip, 0.5):
            deep += float(back)
            break
    plot = np.array([near, near + along * width, near + along * width + inward * deep, near + inward * deep])
    return Lot(plot, place.outline, place.pose, place.width, place.depth, place.setback, place.district, place.kind, gabled, paths)


def _pave(builder: MeshBuilder, layout: Layout, place: Place, paths: tuple[tuple[float, float], ...], whole: bool) -> None:
    """Pave the ground before a building, all of it or its paths and drives only."""
    spans = ((-0.0, place.width),) if whole else paths
    material, color = (Material.ASPHALT, (96, 96, 98)) if whole and place.setback > 4.5 else (Material.PAVING, (146, 142, 134))
    for a, b in spans:
        back = 0.4 if whole else 1.6
        _add_apron(builder, layout, place, a, b, back, look(material, color, Tag.GROUND))
        if not whole:
            _take_path(layout, place, a, b)


def _take_path(layout: Layout, place: Place, a: float, b: float) -> None:
    points = np.array([(a, -place.setback - 0.2), (b, -place.setback - 0.2), (b, 0.0), (a, 0.0)])
    layout.take(points @ place.pose[:2, :2].T + place.pose[:2, 3])


def _add_apron(builder: MeshBuilder, layout: Layout, place: Place, a: float, b: float, back: float, of: Look) -> None:
    """Add a flat strip from the pavement to the building between x = `a` and `b`, a little above the land."""
    x = np.linspace(a, b, max(2, int((b - a) / 4.0) + 2))
    y = np.linspace(-place.setback - 0.3, back, max(2, int(place.setback / 3.0) + 2))
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    world = grid @ place.pose[:2, :2].T + place.pose[:2, 3]
    walk = layout.heights.road(world[0] - place.pose[:2, 1] * 0.1)
    land = layout.heights.land(world) + 0.04
    share = np.clip((y + place.setback) / max(place.setback, 1.0), 0.0, 1.0)[:, None]
    z = np.maximum(walk[None] * (1 - share) + land * share, land) - 0.02 * (1 - share)
    z[0] = walk - 0.02
    points = np.concatenate([world, z[..., None]], axis=-1)
    corners = np.stack([points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]], axis=2).reshape(-1, 4, 3)
    builder.add_quads(corners, of, uvs=corners[..., :2])


def _add_walls(
    builder: MeshBuilder, scenery: Scenery, layout: Layout, street: Frontage, places: list[Place], rng: np.random.Generator
) -> None:
    """Close the gaps of a dense street by garden walls."""
    for before, after in pairwise(places):
        gap = after.at - before.at - before.width
        closed = PLANS[before.district].closed or (before.district == District.RESIDENTIAL and rng.random() < 0.5)
        if not (closed and 0.6 < gap < 14.0):
            continue
        a = before.outline[1]
        b = after.outline[0]
        long = float(np.linalg.norm(b - a))
        along = (b - a) / max(long, 1e-9)
        inward = np.array([-along[1], along[0]])
        outline = np.array([a + inward * 0.5, b + inward * 0.5, b + inward * 0.75, a + inward * 0.75])
        if long < 0.6 or not layout.has_room(outline, 0.05, 0.1):
            continue
        layout.take(outline)
        _add_wall(builder, scenery, layout, a + inward * 0.5, along, long, rng)


def _add_wall(
    builder: MeshBuilder, scenery: Scenery, layout: Layout, start: Floats, along: Floats, long: float, rng: np.random.Generator
) -> None:
    """Add a wall with a cap, and a gate where there is room for one."""
    draft, high = Draft(), float(rng.uniform(1.7, 2.5))
    brick = rng.random() < 0.6
    wall = look(Material.BRICK, (132, 96, 80), Tag.WALLS) if brick else look(Material.PLASTER, (186, 178, 162), Tag.WALLS)
    cap = look(Material.STONE, (150, 144, 134), Tag.WALLS)
    gate = 2.8 if long > 5.0 and rng.random() < 0.7 else 0.0
    middle = long * float(rng.uniform(0.4, 0.6))
    spans = [(0.0, middle - gate / 2), (middle + gate / 2, long)] if gate else [(0.0, long)]
    for a, b in spans:
        draft.boxes((a, 0.0, -1.0), (b, 0.25, high), wall)
        draft.boxes((a - 0.04, -0.04, high), (b + 0.04, 0.29, high + 0.1), cap)
    if gate:
        draft.boxes((middle - gate / 2, 0.08, 0.05), (middle + gate / 2, 0.14, high - 0.15), look(Material.WOOD, (84, 74, 62), Tag.WALLS))
    points = start + along * np.linspace(0, long, 4)[:, None]
    pose = np.eye(4)
    pose[:2, 0], pose[:2, 1], pose[:2, 3] = along, (-along[1], along[0]), start
    pose[2, 3] = float(layout.heights.land(points).min())
    owner = scenery.add_box("Wall", Tag.WALLS, pose, *draft.bounds())
    with builder.owned(owner):
        draft.build(builder, pose)
