"""The pedestrians' mesh: its polygons, how they hang together, and the bytes of its file."""

import struct

import numpy as np
import pytest
from mini_maps import MiniRoad, crosswalk, document
from town_files import SHIPPED, carla_town, shipped

from simgen.server.world.crosswalk_contacts import contacts_of, pieces_of
from simgen.server.world.detour import Polygon, encode_tile_set, shared_edges
from simgen.server.world.navigation import CROSSWALK, FLAGS, ROAD, SIDEWALK, NavigationMesh, build_mesh, navigation_mesh
from simgen.server.world.roads import RoadMap, build

INSET_M = 0.3


def mesh_of(**changes: object) -> NavigationMesh:
    roads = build("mini", document(MiniRoad(**changes)))  # type: ignore[arg-type]
    return build_mesh(roads.strips, roads.crosswalks)


def area_of(mesh: NavigationMesh, kind: int) -> float:
    return sum(mesh.area_m2(i) for i, polygon in enumerate(mesh.polygons) if polygon.area == kind)


def test_sidewalks_are_as_large_as_they_are_less_the_inset() -> None:
    mesh = mesh_of()
    assert area_of(mesh, SIDEWALK) == pytest.approx(2 * 100.0 * (2.0 - 2 * INSET_M), rel=1e-3)
    assert area_of(mesh, ROAD) == pytest.approx(100.0 * (7.0 + 2 * INSET_M), rel=1e-3)


def test_without_a_crosswalk_the_two_sides_of_a_road_are_apart() -> None:
    assert len(mesh_of().components()) == 2


def test_a_crosswalk_joins_the_two_sides() -> None:
    mesh = mesh_of(objects=crosswalk(40.0, 3.5))
    assert len(mesh.components()) == 1
    assert area_of(mesh, CROSSWALK) == pytest.approx(3.0 * (7.0 + 2 * INSET_M), rel=1e-3)
    on_it = {i for polygon in mesh.polygons if polygon.area == CROSSWALK for i in polygon.vertices}
    assert mesh.vertices[sorted(on_it), 0].min() == pytest.approx(38.5, abs=1e-3)
    assert mesh.vertices[sorted(on_it), 0].max() == pytest.approx(41.5, abs=1e-3)


def test_a_crosswalk_that_stops_short_of_the_sidewalks_still_joins_them() -> None:
    assert len(mesh_of(objects=crosswalk(40.0, 2.5)).components()) == 1


def test_pavements_lie_on_their_kerb_and_the_middle_of_the_road_does_not() -> None:
    mesh = mesh_of(z=1.0)
    sides = np.abs(mesh.vertices[:, 1]) > 3.0
    np.testing.assert_allclose(mesh.vertices[sides, 2], 1.15, atol=1e-6)
    np.testing.assert_allclose(mesh.vertices[~sides, 2], 1.0, atol=1e-6)


def test_sidewalks_of_following_roads_are_joined() -> None:
    roads = build("two", document(MiniRoad(), MiniRoad(2, x=100.0)))
    assert len(build_mesh(roads.strips, ()).components()) == 2


def test_a_map_without_sidewalks_has_no_mesh() -> None:
    assert navigation_mesh(build("bare", document(MiniRoad(sidewalks=False)))) == b""


@pytest.mark.parametrize("name", SHIPPED)
def test_pedestrians_get_everywhere_in_a_shipped_town(name: str) -> None:
    town = shipped(name)
    mesh = build_mesh(town.strips, town.crosswalks)
    total = area_of(mesh, SIDEWALK)
    largest = max(sum(mesh.area_m2(i) for i in part if mesh.polygons[i].area == SIDEWALK) for part in mesh.components())
    assert largest > 0.99 * total > 5000.0


@pytest.mark.parametrize("name", SHIPPED)
def test_every_crosswalk_of_a_shipped_town_joins_two_sidewalks(name: str) -> None:
    town = shipped(name)
    pieces = pieces_of(town.strips)
    for outline in town.crosswalks:
        ends = contacts_of(pieces, outline)
        assert ends is not None
        assert (ends[0].piece, ends[0].lane_id) != (ends[1].piece, ends[1].lane_id)


@pytest.mark.parametrize("name", SHIPPED)
def test_polygons_of_a_shipped_town_are_convex_and_do_not_leave_their_pavements(name: str) -> None:
    town = shipped(name)
    mesh = build_mesh(town.strips, town.crosswalks)
    for polygon in mesh.polygons:
        corners = mesh.vertices[list(polygon.vertices)]
        sides = np.roll(corners, -1, axis=0) - corners
        after = np.roll(sides, -1, axis=0)
        assert (sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0] > -1e-6).all()
        if polygon.area == SIDEWALK:
            middle = corners.mean(axis=0)
            assert town.ground(*(float(c) for c in middle)).lane_type in ("sidewalk", "driving")
            assert town.surface_height(*(float(c) for c in middle)) == pytest.approx(middle[2], abs=0.16)


def test_crosswalks_of_a_carla_town_reach_its_corners() -> None:
    town: RoadMap = carla_town("Town10HD")
    mesh = build_mesh(town.strips, town.crosswalks)
    largest = max(sum(mesh.area_m2(i) for i in part if mesh.polygons[i].area == SIDEWALK) for part in mesh.components())
    assert largest > 0.9 * area_of(mesh, SIDEWALK)


SQUARE = Polygon((0, 1, 2, 3), SIDEWALK, FLAGS[SIDEWALK])
BESIDE = Polygon((1, 4, 5, 2), CROSSWALK, FLAGS[CROSSWALK])
CORNERS = np.array([(0, 0, 1), (2, 0, 1), (2, 2, 1), (0, 2, 1), (4, 0, 1), (4, 2, 1)], dtype=float)


def test_polygons_are_neighbours_across_an_edge_with_both_vertices_in_common() -> None:
    assert shared_edges([SQUARE, BESIDE]) == [(-1, 1, -1, -1), (-1, -1, -1, 0)]


def test_the_file_says_what_it_holds() -> None:
    """Field by field, as Detour's structures lie in memory."""
    data = encode_tile_set(CORNERS, [SQUARE, BESIDE])
    magic, version, tiles = struct.unpack_from("<4sii", data)
    assert (magic, version, tiles) == (b"TESM", 1, 1)
    origin_and_size = struct.unpack_from("<5f", data, 12)
    assert origin_and_size == pytest.approx((0.0, 0.0, 0.0, 4.0, 2.0))
    most_tiles, most_polygons, reference, size = struct.unpack_from("<iiIi", data, 32)
    assert (most_tiles, most_polygons, reference) == (1, 2, 2)
    assert len(data) == 48 + size
    assert struct.unpack_from("<4siiiiI9i", data, 48) == (b"VAND", 7, 0, 0, 0, 0, 2, 6, 8, 2, 0, 4, 3, 0, 2)
    vertices = np.frombuffer(data, "<f4", 18, 48 + 100).reshape(6, 3)
    np.testing.assert_array_equal(vertices, CORNERS[:, [0, 2, 1]])


def test_polygon_records_hold_neighbours_flags_and_areas() -> None:
    data = encode_tile_set(CORNERS, [SQUARE, BESIDE])
    first, second = (struct.unpack_from("<I6H6HHBB", data, 48 + 100 + 72 + 32 * k) for k in (0, 1))
    assert first[1:5] == (3, 2, 1, 0)  # Detour's polygons wind the other way round
    assert first[7:11] == (0, 2, 0, 0)
    assert first[13:] == (FLAGS[SIDEWALK], 4, SIDEWALK)
    assert second[1:5] == (2, 5, 4, 1)
    assert second[7:11] == (0, 0, 0, 1)
    assert second[13:] == (FLAGS[CROSSWALK], 4, CROSSWALK)


def test_the_tree_covers_every_polygon_once_and_escapes_count_its_nodes() -> None:
    town = shipped("Avenue01")
    data = navigation_mesh(town)
    polygons, vertices, links, _, _, triangles, count = struct.unpack_from("<7i", data, 48 + 24)
    start = 48 + 100 + 12 * vertices + 32 * polygons + 12 * links + 12 * polygons + 4 * triangles
    nodes = [struct.unpack_from("<6Hi", data, start + 16 * k) for k in range(count)]
    assert start + 16 * count == len(data)
    assert sorted(node[6] for node in nodes if node[6] >= 0) == list(range(polygons))
    assert nodes[0][6] == -count
    for k, node in enumerate(nodes):
        inside = nodes[k + 1 : k - node[6]] if node[6] < 0 else []
        assert all(node[a] <= other[a] and other[a + 3] <= node[a + 3] for other in inside for a in range(3))


@pytest.mark.parametrize("polygons", [[], [SQUARE] * 40000])
def test_a_mesh_that_no_tile_holds_is_refused(polygons: list[Polygon]) -> None:
    with pytest.raises(ValueError, match="a tile must have"):
        encode_tile_set(CORNERS, polygons)
