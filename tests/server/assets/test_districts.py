"""The town plan: districts, lots and buildings along the streets of shipped maps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.building_kinds import KINDS
from simgen.server.assets.building_streets import add_houses
from simgen.server.assets.district_ground import kept
from simgen.server.assets.district_plans import PLANS
from simgen.server.assets.districts import District, DistrictMap, districts
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.assets.scenery import Scenery
from simgen.server.assets.shapes import Shapes
from simgen.server.assets.skyline import CLEAR_M, add_skyline, skyline_mesh
from simgen.server.assets.solids import Surface
from simgen.server.scene import City, Mesh
from simgen.server.world.map_catalogue import Catalogue
from simgen.server.world.roads import RoadMap

SEED = 3
DRIVEN = ("driving", "bidirectional", "parking", "shoulder", "biking")
HEADROOM_M = 3.85


@dataclass(frozen=True)
class Town:
    roads: RoadMap
    layout: Layout
    city: City


@pytest.fixture(scope="module", params=[0, 1])
def town(request: pytest.FixtureRequest) -> Town:
    catalogue = Catalogue(None)
    name = catalogue.names()[request.param]
    return built(RoadMap.load(name, catalogue.opendrive(name)), SEED)


def built(roads: RoadMap, seed: int) -> Town:
    layout, builder, scenery = Layout.of(roads), MeshBuilder(), Scenery(Shapes())
    add_houses(builder, scenery, roads, layout, seed)
    return Town(roads, layout, City(builder.mesh(), scenery.objects, scenery.copies))


def standing(mesh: Mesh) -> np.ndarray:
    """Return the vertices (N, 3) of houses and walls."""
    return mesh.positions[np.isin(mesh.tags, (Tag.BUILDINGS, Tag.WALLS))].astype(np.float64)


def test_the_nearest_site_says_what_a_point_is() -> None:
    plan = DistrictMap(np.array([(0.0, 0), (500, 0)]), np.array([District.CENTRE, District.SUBURB]), np.zeros(4))
    assert plan.at([(-40, 10), (540, -30), (10, 90)]).tolist() == [District.CENTRE, District.SUBURB, District.CENTRE]


def test_every_district_has_a_plan_of_known_kinds() -> None:
    assert set(PLANS) == set(District)
    for plan in PLANS.values():
        assert {*plan.kinds, *plan.rear} <= set(KINDS)


def test_towns_have_a_centre_and_several_districts(town: Town) -> None:
    points = np.concatenate([s.centre[:, :2] for s in town.roads.strips])
    found = set(districts(town.roads, town.layout, SEED).at(points).tolist())
    assert District.CENTRE in found
    assert len(found) >= 4


def test_districts_depend_on_map_and_seed_alone(town: Town) -> None:
    a, b, c = (districts(town.roads, town.layout, seed) for seed in (SEED, SEED, SEED + 1))
    assert np.array_equal(a.sites, b.sites)
    assert np.array_equal(a.kinds, b.kinds)
    assert not np.array_equal(a.sites, c.sites)


def test_the_same_seed_builds_the_same_houses(town: Town) -> None:
    again = built(town.roads, SEED)
    assert again.city.objects == town.city.objects
    assert np.array_equal(again.city.mesh.positions, town.city.mesh.positions)
    assert np.array_equal(again.city.mesh.colors, town.city.mesh.colors)


def test_no_house_reaches_over_a_lane(town: Town) -> None:
    points, heights = standing(town.city.mesh), town.layout.heights
    patch = heights.patch(points[:, :2])
    driven = np.array([p.lane_type in DRIVEN for p in town.roads.surface.patches])
    over = points[(patch >= 0) & driven[np.maximum(patch, 0)]]
    assert (over[:, 2] - heights.road(over[:, :2]) > HEADROOM_M).all()


def test_houses_keep_to_the_outer_edge_of_sidewalks(town: Town) -> None:
    """Doorsteps and signs may reach 0.9 m over the sidewalk below the height of a person, walls not at all."""
    points = standing(town.city.mesh)
    low = points[points[:, 2] - town.layout.heights.road(points[:, :2]) < 2.0]
    inside = town.layout.at(town.layout.edge, low, 99.0)
    assert inside.min() > -0.9
    assert (inside < -0.3).mean() < 0.002


def test_boxes_hold_their_houses(town: Town) -> None:
    mesh = town.city.mesh
    for number, house in enumerate(town.city.objects, start=1):
        mine = mesh.positions[(mesh.owners == number)].astype(np.float64) - house.box_centre
        assert len(mine)
        c, s = np.cos(np.radians(house.yaw_deg)), np.sin(np.radians(house.yaw_deg))
        local = np.abs(mine @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
        assert (local[:, :2].max(axis=0) - house.box_extent[:2] < 0.02).all()
        assert mine[:, 2].max() == pytest.approx(house.box_extent[2], abs=0.02)


def test_footprints_keep_apart(town: Town) -> None:
    """No point well inside a footprint lies in another one."""
    grid = np.stack(np.meshgrid(np.linspace(-0.8, 0.8, 5), np.linspace(-0.8, 0.8, 5)), axis=-1).reshape(-1, 2) / 2
    lots = town.layout.lots
    sizes = np.array([(lot.width, lot.depth) for lot in lots])
    for index, lot in enumerate(lots):
        points = lot.pose[:2, 3] + (sizes[index] * (0.5 + grid)) @ lot.pose[:2, :2].T
        for other in range(len(lots)):
            if other != index:
                local = (points - lots[other].pose[:2, 3]) @ lots[other].pose[:2, :2]
                assert not ((local > 0.1) & (local < sizes[other] - 0.1)).all(axis=1).any()


def test_lots_say_where_their_houses_stand(town: Town) -> None:
    assert len(town.layout.lots) > 150
    for lot in town.layout.lots:
        sides = np.linalg.norm(np.roll(lot.house, -1, axis=0) - lot.house, axis=1)
        assert sides == pytest.approx([lot.width, lot.depth, lot.width, lot.depth], abs=1e-6)
        assert lot.house[0] == pytest.approx(lot.pose[:2, 3])
        assert lot.house[1] - lot.house[0] == pytest.approx(lot.pose[:2, 0] * lot.width)
        front = (lot.plot[0] + lot.plot[1] - lot.house[0] - lot.house[1]) / 2
        assert np.linalg.norm(front) == pytest.approx(lot.setback, abs=1e-6)
        assert all(-0.1 <= a < b <= lot.width + 0.1 for a, b in lot.open_front)


def test_house_doors_are_near_the_height_of_the_pavement(town: Town) -> None:
    for lot in town.layout.lots:
        if lot.setback < 1.0:
            middle = (lot.plot[0] + lot.plot[1]) / 2 - lot.pose[:2, 1] * 0.5
            assert abs(lot.pose[2, 3] - float(town.layout.heights.road(middle))) < 0.8


def test_terraces_stand_wall_to_wall(town: Town) -> None:
    lots = [lot for lot in town.layout.lots if lot.style in ("victorian", "row house")]
    gaps = [float(np.linalg.norm(a.house[1] - b.house[0])) for a, b in pairwise(lots) if a.style == b.style]
    assert np.median(gaps) < 0.5


def test_a_frontage_goes_on_straight_beyond_its_ends() -> None:
    street = Frontage(np.array([(0.0, 0, 1), (10, 0, 1), (10, 10, 2)]), np.array([0.0, 10, 20]))
    assert street.at(-3) == pytest.approx((-3, 0, 1))
    assert street.at(24) == pytest.approx((10, 14, 2))
    assert street.at(15) == pytest.approx((10, 5, 1.5))


def test_the_skyline_keeps_away_from_the_streets_and_has_no_names(town: Town) -> None:
    scenery = Scenery(Shapes())
    add_skyline(scenery, town.roads, town.layout, SEED)
    assert scenery.objects == ()
    places = np.concatenate([c.world_from_shape[:, :2, 3] for c in scenery.copies])
    assert len(places) > 60
    assert town.layout.at(town.layout.edge, places, 999.0).min() > CLEAR_M
    # all around: there is something in every eighth of the horizon
    middle = town.layout.origin + np.array(town.layout.taken.shape[::-1]) * town.layout.cell_m / 2
    turn = np.arctan2(*(places - middle).T[::-1])
    assert len(np.unique((turn // (np.pi / 4)).astype(int))) == 8


def test_skyline_shapes_are_coarse() -> None:
    for kind in ("house", "terrace", "flats", "office", "tower", "hall", "stack", "church"):
        mesh = skyline_mesh(f"{kind}0")
        assert len(mesh.triangles) < 900
        assert mesh.tinted.any()
    with pytest.raises(KeyError):
        skyline_mesh("pyramid0")


def test_a_surface_is_cut_where_a_field_is_zero() -> None:
    """Of the unit square the part with x + y > 0.5 stays: 1 - 0.5 * 0.5**2."""
    points = np.array([(0.0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)])
    square = Surface(points, np.tile((0.0, 0, 1), (4, 1)), points[:, :2], np.array([(0, 1, 2), (0, 2, 3)]))
    piece = kept(square, points[:, :2].sum(axis=1) - 0.5)
    a, b, c = (piece.positions[piece.triangles[:, k]] for k in range(3))
    vectors = np.cross(b - a, c - a) / 2
    assert (vectors[:, 2] > 0).all()
    assert vectors[:, 2].sum() == pytest.approx(1 - 0.125)
    assert len(kept(square, np.full(4, -1.0)).triangles) == 0


def test_margins_are_positive_inside_a_district_alone(town: Town) -> None:
    plan = districts(town.roads, town.layout, SEED)
    points = np.concatenate([s.centre[:, :2] for s in town.roads.strips])
    kinds = plan.at(points)
    for kind in District:
        assert ((plan.margin(points, kind) > 0) == (kinds == kind)).all()
