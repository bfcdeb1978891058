"""The town of a shipped map: surfaces that meet, nothing on the lanes, budgets, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import open3d as o3d
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.city import build_city
from simgen.server.assets.ground_markings import dashes
from simgen.server.assets.layout import Layout
from simgen.server.assets.scenery import FIRST_OBJECT_ID
from simgen.server.assets.shapes import Shapes
from simgen.server.meshes import flattened, selected
from simgen.server.scene import City, Mesh
from simgen.server.world.map_catalogue import Catalogue
from simgen.server.world.roads import RoadMap
from simgen.server.world.surface import KERB_M

SEED = 1
SHAPES = Shapes()
DRIVEN = ("driving", "bidirectional", "parking", "shoulder", "biking")
STANDING = (Tag.BUILDINGS, Tag.VEGETATION, Tag.POLES, Tag.STATIC, Tag.DYNAMIC, Tag.FENCES, Tag.WALLS, Tag.OTHER)
HEADROOM_M = 3.85
"""Crowns and lamps may reach over the lanes above this."""


@pytest.fixture(scope="module")
def roads() -> RoadMap:
    catalogue = Catalogue(None)
    name = catalogue.names()[0]
    return RoadMap.load(name, catalogue.opendrive(name))


@pytest.fixture(scope="module")
def built(roads: RoadMap) -> City:
    return build_city(roads, SHAPES, SEED)


@pytest.fixture(scope="module")
def city(built: City) -> City:
    """The whole town, what stands many times written out."""
    return replace(built, mesh=flattened(built, SHAPES))


@pytest.fixture(scope="module")
def layout(roads: RoadMap) -> Layout:
    return Layout.of(roads)


def tagged(mesh: Mesh, *tags: Tag) -> Mesh:
    return selected(mesh, np.isin(mesh.tags[mesh.triangles[:, 0]], tags))


class Rays:
    """Vertical rays down onto part of the city."""

    def __init__(self, mesh: Mesh) -> None:
        self.scene = o3d.t.geometry.RaycastingScene()
        self.scene.add_triangles(o3d.core.Tensor(mesh.positions), o3d.core.Tensor(mesh.triangles))

    def height(self, points: np.ndarray, top: float = 200.0) -> np.ndarray:
        """Return the height of the highest surface under each point (N, 2), -inf for none."""
        origins = np.column_stack([points, np.full(len(points), top)])
        rays = np.column_stack([origins, np.tile((0, 0, -1), (len(points), 1))]).astype(np.float32)
        return top - self.scene.cast_rays(o3d.core.Tensor(rays))["t_hit"].numpy()


def lane_points(roads: RoadMap, types: tuple[str, ...]) -> Iterator[tuple[np.ndarray, float]]:
    """Yield (points (N, 3) inside a lane, what it lies above the road) along the middle of each piece between two samples."""
    for strip in roads.strips:
        if strip.lane_type in types:
            for share in (0.12, 0.5, 0.88):
                line = strip.left * (1 - share) + strip.right * share
                yield (line[1:] + line[:-1]) / 2, KERB_M if strip.lane_type == "sidewalk" else 0.0


def all_points(roads: RoadMap, types: tuple[str, ...]) -> np.ndarray:
    return np.concatenate([points for points, _ in lane_points(roads, types)])


def test_the_mesh_is_sound_and_keeps_its_budget(built: City, city: City) -> None:
    assert len(built.mesh.triangles) < 900_000
    mesh = city.mesh
    assert int(mesh.triangles.max()) < len(mesh.positions)
    assert np.isfinite(mesh.positions).all()
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-4)
    wanted = {Tag.ROADS, Tag.SIDEWALKS, Tag.ROAD_LINES, Tag.TERRAIN, Tag.BUILDINGS, Tag.VEGETATION, Tag.POLES}
    assert wanted <= set(np.unique(mesh.tags))
    for values in (mesh.tags, mesh.materials):
        assert (values[mesh.triangles] == values[mesh.triangles[:, :1]]).all()


def test_shading_normals_look_the_way_of_their_triangles(city: City) -> None:
    mesh = tagged(city.mesh, Tag.ROADS, Tag.SIDEWALKS, Tag.ROAD_LINES, Tag.TERRAIN, Tag.BUILDINGS)
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    agreement = np.einsum("ij,ij->i", np.cross(b - a, c - a), mesh.normals[mesh.triangles[:, 0]])
    assert (agreement > -1e-6).mean() > 0.9999


def test_roads_lines_and_land_look_up(city: City) -> None:
    for tag in (Tag.ROADS, Tag.ROAD_LINES, Tag.TERRAIN):
        assert tagged(city.mesh, tag).normals[:, 2].min() > 0.3


def test_the_same_map_and_seed_give_the_same_city(roads: RoadMap, city: City) -> None:
    again = build_city(roads, SHAPES, SEED)
    assert again.objects == city.objects
    mesh = flattened(again, SHAPES)
    assert np.array_equal(mesh.positions, city.mesh.positions)
    assert np.array_equal(mesh.colors, city.mesh.colors)


def test_lanes_are_asphalt_at_the_height_of_the_map(roads: RoadMap, city: City) -> None:
    ground = Rays(tagged(city.mesh, Tag.ROADS))
    points = all_points(roads, DRIVEN)
    assert np.abs(ground.height(points[:, :2]) - points[:, 2]).max() < 0.06


def test_sidewalks_lie_a_kerb_above_the_road(roads: RoadMap, city: City) -> None:
    ground = Rays(tagged(city.mesh, Tag.SIDEWALKS))
    points = all_points(roads, ("sidewalk",))
    error = ground.height(points[:, :2]) - points[:, 2] - KERB_M
    assert np.quantile(np.abs(error), 0.99) < 0.02


def test_land_never_shows_through_lanes_or_sidewalks(roads: RoadMap, city: City) -> None:
    land = Rays(tagged(city.mesh, Tag.TERRAIN))
    for types, above in ((DRIVEN, 0.0), (("sidewalk",), KERB_M)):
        points = all_points(roads, types)
        assert (land.height(points[:, :2]) < points[:, 2] + above).all()


def test_there_is_ground_everywhere_in_and_around_the_town(city: City, layout: Layout) -> None:
    ground = Rays(tagged(city.mesh, Tag.ROADS, Tag.SIDEWALKS, Tag.TERRAIN, Tag.GROUND))
    rng = np.random.default_rng(0)
    size = np.array(layout.taken.shape[::-1]) * layout.cell_m
    points = layout.origin - 300 + rng.random((20_000, 2)) * (size + 600)
    assert np.isfinite(ground.height(points)).all()


def test_paint_lies_just_above_the_asphalt(city: City) -> None:
    paint = tagged(city.mesh, Tag.ROAD_LINES)
    middles = paint.positions[paint.triangles].mean(axis=1)
    gap = middles[:, 2] - Rays(tagged(city.mesh, Tag.ROADS)).height(middles[:, :2].astype(np.float64))
    assert np.quantile(gap, 0.01) > 0.0
    assert np.quantile(gap, 0.99) < 0.02


def test_nothing_stands_on_the_lanes(roads: RoadMap, city: City) -> None:
    """No vertex of anything that stands lies over a lane below the headroom of trucks."""
    points = tagged(city.mesh, *STANDING).positions
    heights = Layout.of(roads).heights
    patch = heights.patch(points[:, :2])
    driven = np.array([p.lane_type in DRIVEN for p in roads.surface.patches])
    over = points[(patch >= 0) & driven[np.maximum(patch, 0)]]
    assert (over[:, 2] - heights.road(over[:, :2]) > HEADROOM_M).all()


def test_the_middle_of_sidewalks_is_free_to_walk(roads: RoadMap, city: City) -> None:
    """Nothing between knee and head height within 0.3 m of the middle line of sidewalks outside junctions."""
    points = np.concatenate([s.centre for s in roads.strips if s.lane_type == "sidewalk" and s.junction_id < 0])
    scene = Rays(tagged(city.mesh, *STANDING)).scene
    for z in (0.4, 1.0, 1.6):
        at = np.column_stack([points[:, :2], points[:, 2] + KERB_M + z]).astype(np.float32)
        assert float(scene.compute_distance(o3d.core.Tensor(at)).numpy().min()) > 0.3


def test_spawn_points_have_room(roads: RoadMap, city: City) -> None:
    scene = Rays(tagged(city.mesh, *STANDING)).scene
    at = np.array([s.location.as_tuple() for s in roads.spawn_points]) + np.array([0, 0, 0.7])
    assert float(scene.compute_distance(o3d.core.Tensor(at.astype(np.float32))).numpy().min()) > 1.6


def test_crosswalks_have_bars_across_the_road(roads: RoadMap, city: City) -> None:
    paint = Rays(tagged(city.mesh, Tag.ROAD_LINES))
    for outline in roads.crosswalks:
        a, b, c, d = outline[:4, :2]
        u, v = np.meshgrid(np.linspace(0.15, 0.85, 60), np.linspace(0.3, 0.7, 8))
        u, v = u.reshape(-1, 1), v.reshape(-1, 1)
        inside = (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v
        share = np.isfinite(paint.height(inside)).mean()
        assert 0.2 < share < 0.8


def test_objects_have_ids_names_and_boxes(city: City) -> None:
    assert [o.object_id for o in city.objects] == list(range(FIRST_OBJECT_ID, FIRST_OBJECT_ID + len(city.objects)))
    assert len({o.name for o in city.objects}) == len(city.objects)
    kinds = {o.name.rpartition("_")[0] for o in city.objects}
    assert {"Building", "Tree", "StreetLight", "Bench"} <= kinds
    assert all(min(o.box_extent) > 0 for o in city.objects)
    assert sum(o.tag == Tag.BUILDINGS for o in city.objects) > 100


def test_a_building_fills_its_box(city: City) -> None:
    """Looking down on the middle of a house one sees its roof inside its box, well above the ground."""
    houses = [o for o in city.objects if o.tag == Tag.BUILDINGS]
    centres, heights = np.array([o.box_centre for o in houses]), np.array([o.box_extent[2] for o in houses])
    roof = Rays(tagged(city.mesh, Tag.BUILDINGS)).height(centres[:, :2])
    assert (roof < centres[:, 2] + heights + 0.05).all()
    assert (roof > centres[:, 2] - heights + 2.5).all()


def test_boxes_of_buildings_keep_apart(city: City) -> None:
    houses = [o for o in city.objects if o.tag == Tag.BUILDINGS]
    for house in houses:
        c, s = np.cos(np.radians(house.yaw_deg)), np.sin(np.radians(house.yaw_deg))
        others = np.array([o.box_centre[:2] for o in houses if o is not house]) - house.box_centre[:2]
        local = np.abs(others @ np.array([[c, -s], [s, c]]))
        assert not (local < house.box_extent[:2]).all(axis=1).any()


def test_another_seed_gives_another_town(roads: RoadMap, city: City) -> None:
    assert build_city(roads, SHAPES, SEED + 1).objects != city.objects


def test_dashes_are_three_eighths_of_a_line_and_lie_on_it() -> None:
    line = np.array([(0.0, 0, 0), (40, 0, 0), (80, 0, 4)])
    pieces = dashes(line)
    assert len(pieces) == 10
    lengths = [float(np.linalg.norm(p[-1] - p[0])) for p in pieces]
    assert sum(lengths) == pytest.approx(80.1 * 3 / 8, rel=0.01)
    for piece in pieces:
        assert piece[:, 2] == pytest.approx(np.maximum(piece[:, 0] - 40, 0) * 0.1, abs=1e-6)
