"""Lanes, wear, paint, kerbs and land on roads made by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.ground_horizon import HILLS_FROM_M, RINGS_M, Country, add_horizon
from simgen.server.assets.ground_kerbs import LOWERED_M, add_sidewalks, lowered
from simgen.server.assets.ground_lanes import CAST, KIND_U, LANE_U, OLD, Band, RoadLook, asphalt_uvs, junction_look, paved_uvs, road_look
from simgen.server.assets.ground_markings import ABOVE_M, LIFT_M, arrow, lane_arrows, turning_lanes
from simgen.server.assets.ground_wear import Wear, tyre_marks, wear_lane
from simgen.server.assets.land import DIVE_M, TUCK_M, land
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.scene import Material, Mesh
from simgen.server.world.lane_strips import LaneStrip, Marking
from simgen.server.world.surface import KERB_M

SEED = 3
WORN = RoadLook(OLD, (90, 90, 90), 1.0, 0.8)


def strip(
    lane_id: int, start: tuple[float, float], points: list[tuple[float, float]], junction_id: int = -1, kind: str = "driving"
) -> LaneStrip:
    """A lane 4 m wide along a line of points (x, y) from `start`, level."""
    line = np.array([start, *points], dtype=float)
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    right = np.stack([-along[:, 1], along[:, 0]], axis=1) * 2.0
    s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    left, right = (np.column_stack([line + side, np.zeros(len(line))]) for side in (-right, right))
    return LaneStrip(1 if junction_id < 0 else 10 + abs(lane_id), 0, lane_id, junction_id, kind, s, left, right, Marking(), Marking())


STRAIGHT = Band.of(strip(-1, (0, 0), [(30, 0), (60, 0)]))


def test_lane_coordinates_go_along_the_traffic_and_to_its_right() -> None:
    assert STRAIGHT.length == pytest.approx(60)
    assert STRAIGHT.point(np.array(10.0), np.array(1.5)) == pytest.approx((10, 1.5, 0))
    against = Band.of(strip(1, (0, 0), [(60, 0)]))
    assert against.point(np.array(10.0), np.array(0.0)) == pytest.approx((50, 0, 0))


def test_ribbons_face_up_and_know_their_place() -> None:
    corners, place = STRAIGHT.ribbon(STRAIGHT.samples(5.0, 40.0), -0.5, 1.0, 0.01)
    assert len(corners) == 2, "one piece to each side of the sample in the middle"
    assert (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] > 0).all()
    assert corners[..., 0] == pytest.approx(place[..., 0])
    assert corners[..., 1] == pytest.approx(place[..., 1])


def test_uvs_tell_lanes_and_kinds() -> None:
    assert asphalt_uvs(np.array([0.7]), 1)[0] == pytest.approx((LANE_U + 1.5 * KIND_U, 0.7))
    assert asphalt_uvs(np.array([0.7]), 1, lane=False)[0] == pytest.approx((1.5 * KIND_U, 0.0))
    at = np.array([5000.0, 5008.0, 5008.0, 5000.0])
    uvs = paved_uvs(np.stack([at, [0, 0, 2, 2]], axis=-1)[None], 2)
    assert ((uvs[..., 0] >= 2 * KIND_U) & (uvs[..., 0] < 3 * KIND_U)).all()
    assert uvs[0, 1, 0] - uvs[0, 0, 0] == pytest.approx(8.0)


def test_streets_keep_their_surface_and_differ() -> None:
    looks = [road_look(road, SEED) for road in range(40)]
    assert looks == [road_look(road, SEED) for road in range(40)]
    assert len(set(looks)) >= 4
    assert all(junction_look(j, SEED).kind != CAST for j in range(40)), "lanes of junctions lie upon each other: no slabs there"


def worn_mesh(look: RoadLook) -> Mesh:
    wear, builder = Wear(), MeshBuilder()
    for number in range(12):
        wear_lane(wear, STRAIGHT, look, gully=True, rng=stream(SEED, number))
        tyre_marks(wear, STRAIGHT, look, stream(SEED, "tyres", number))
    wear.add_to(builder)
    return builder.mesh()


@pytest.mark.parametrize("kind", [OLD, CAST])
def test_wear_lies_on_its_lane_between_road_and_paint(kind: int) -> None:
    mesh = worn_mesh(RoadLook(kind, (90, 90, 90), 1.0, 0.8))
    assert set(np.unique(mesh.tags)) == {Tag.ROADS}
    assert mesh.positions[:, 2].min() > 0.0005
    assert mesh.positions[:, 2].max() < LIFT_M - 0.0005
    assert np.abs(mesh.positions[:, 1]).max() < 2.0
    assert mesh.positions[:, 0].min() > 0.0
    assert mesh.positions[:, 0].max() < 60.0
    assert (mesh.normals[:, 2] > 0.99).all()


def test_a_new_road_has_no_patches() -> None:
    new, old = worn_mesh(RoadLook(OLD, (90, 90, 90), 0.0, 1.0)), worn_mesh(WORN)
    asphalt = [int((m.materials[m.triangles[:, 0]] == Material.ASPHALT).sum()) for m in (new, old)]
    assert asphalt[1] > 3 * asphalt[0]


def test_arrows_point_along_the_lane() -> None:
    band = Band.of(strip(-1, (0, 0), [(0, 60)]))
    straight = arrow(band, 50.0, frozenset({0})).reshape(-1, 3)
    assert straight[:, 1].max() == pytest.approx(50.0)
    assert straight[:, 0].min() == pytest.approx(-straight[:, 0].max())
    assert straight[straight[:, 1] > 49.9][:, 0] == pytest.approx(0.0, abs=1e-6)
    assert straight[:, 2] == pytest.approx(LIFT_M + ABOVE_M)


def test_arrows_lean_to_where_the_lane_leads() -> None:
    right, left = (arrow(STRAIGHT, 50.0, frozenset({side})).reshape(-1, 3) for side in (1, -1))
    assert right[:, 1].max() > 0.8
    assert right[:, 1].min() > -0.1
    assert sorted(-left[:, 1]) == pytest.approx(sorted(right[:, 1]))


def test_short_lanes_have_no_arrows() -> None:
    assert len(list(lane_arrows(STRAIGHT, frozenset({0})))) == 2
    assert not list(lane_arrows(Band.of(strip(-1, (0, 0), [(12, 0)])), frozenset({0})))


def test_lanes_know_their_ways_through_a_junction() -> None:
    """Two lanes towards +x; the outer one leads on and to the right (+y is right of +x), the inner one on."""
    bend = [(40 + 8 * np.sin(a), 12 - 8 * np.cos(a)) for a in np.linspace(0.2, np.pi / 2, 8)]
    strips = (
        strip(-1, (0, 0), [(40, 0)]),
        strip(-2, (0, 4), [(40, 4)]),
        strip(-1, (40, 0), [(60, 0)], junction_id=5),
        strip(-2, (40, 4), [(60, 4)], junction_id=5),
        strip(-3, (40, 4), bend, junction_id=5),
    )
    found = {s.lane_id: ways for s, ways in turning_lanes(strips)}
    assert found == {-1: frozenset({0}), -2: frozenset({0, 1})}


def test_a_lane_alone_has_no_arrows() -> None:
    assert not list(turning_lanes((strip(-1, (0, 0), [(40, 0)]), strip(-1, (40, 0), [(60, 0)], junction_id=5))))


WALK = strip(-2, (0, 4), [(30, 4), (60, 4)], kind="sidewalk")
CROSSWALK = np.array([(20.0, -6, 0), (23, -6, 0), (23, 2, 0), (20, 2, 0)])


def sidewalk_mesh(*crosswalks: np.ndarray) -> Mesh:
    builder = MeshBuilder()
    add_sidewalks(builder, SimpleNamespace(strips=(WALK,), crosswalks=crosswalks), SEED)
    return builder.mesh()


def test_kerbs_are_lowered_where_a_crosswalk_ends() -> None:
    ((start, stop),) = lowered(Band.of(WALK), (CROSSWALK,))
    assert (start, stop) == pytest.approx((20, 23), abs=0.3)
    assert lowered(Band.of(WALK), (CROSSWALK - (0, 5, 0),)) == []


def test_a_lowered_kerb_is_low_in_front_and_nowhere_else() -> None:
    mesh = sidewalk_mesh(CROSSWALK)
    kerb = mesh.positions[(mesh.materials == Material.KERB) & (mesh.positions[:, 2] > 0)]
    front = kerb[np.abs(kerb[:, 1] - 2.0) < 0.01]
    inside = (front[:, 0] > 20.3) & (front[:, 0] < 22.7)
    beyond = (front[:, 0] < 18.5) | (front[:, 0] > 24.5)
    assert front[:, 2].min() == pytest.approx(LOWERED_M, abs=1e-6)
    assert front[beyond][:, 2] == pytest.approx(KERB_M)
    assert not inside.any() or front[inside][:, 2] == pytest.approx(LOWERED_M)
    assert sidewalk_mesh().positions[:, 2].max() == pytest.approx(KERB_M)


def test_wide_sidewalks_are_covered_by_paving_and_grass_without_holes() -> None:
    """Some street has a verge; seen from above, kerb, paving and grass fill its sidewalk once."""
    grassy = 0
    for road in range(12):
        wide = replace(WALK, road_id=road)
        builder = MeshBuilder()
        add_sidewalks(builder, SimpleNamespace(strips=(wide,), crosswalks=(CROSSWALK,)), SEED)
        mesh = builder.mesh()
        a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(float) for k in range(3))
        double = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
        on_top = (np.stack([a, b, c], 1)[..., 1].min(axis=1) > 1.99) & (np.stack([a, b, c], 1)[..., 2].max(axis=1) < KERB_M + 0.001)
        assert double[on_top & (double > 1e-9)].sum() / 2 == pytest.approx(60 * 4, rel=1e-3)
        grassy += int((mesh.materials == Material.GRASS).any())
    assert 0 < grassy < 12


def empty_layout(depth_of) -> Layout:
    """A level town of 120 m x 90 m whose distance to the pavement is `depth_of(x, y)`."""
    y, x = np.meshgrid(np.arange(0.25, 90, 0.5), np.arange(0.25, 120, 0.5), indexing="ij")
    nothing = np.zeros(x.shape, np.uint8)
    edge = depth_of(x, y).astype(np.float32)
    heights = SimpleNamespace(road=lambda p: np.zeros(np.shape(p)[:-1]), land=lambda p: np.zeros(np.shape(p)[:-1]))
    return Layout(np.zeros(2), 0.5, nothing, edge, edge, nothing, heights)


def test_land_has_no_slits_between_fine_and_coarse() -> None:
    """Every edge inside the town belongs to two triangles, except where the land has dived under the pavement."""
    layout = empty_layout(lambda x, y: np.abs(x - 50 - 0.3 * y) - 4.0)
    surface = land(layout)
    places, new = np.unique(surface.positions.round(3), axis=0, return_inverse=True)
    triangles = new.reshape(-1)[surface.triangles]
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    pairs, counts = np.unique(edges, axis=0, return_counts=True)
    assert counts.max() == 2
    ends = places[pairs[counts == 1]]
    within = ((ends[..., :2] > 1) & (ends[..., :2] < (117, 87))).all(axis=(1, 2))
    assert (ends[within][..., 2] < -0.9 * DIVE_M).all()
    sizes = np.ptp(surface.positions[surface.triangles][..., 0], axis=1)
    assert sizes.min() < 3.01
    assert sizes.max() > 5.9


def test_land_covers_all_that_is_not_paved() -> None:
    layout = empty_layout(lambda x, y: np.full_like(x, 50.0))
    surface = land(layout)
    a, b, c = (surface.positions[surface.triangles[:, k]][:, :2] for k in range(3))
    double = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (double > 0).all()
    assert double.sum() / 2 == pytest.approx(np.prod(np.ceil(np.array([120, 90]) / 12) * 12))


def test_land_ends_under_the_edge_of_the_pavement() -> None:
    surface = land(empty_layout(lambda x, y: np.abs(y - 45) - 5.0))
    level = surface.positions[(surface.positions[:, 2] > -0.9 * DIVE_M) & (surface.positions[:, 0] < 115)]
    assert np.abs(level[:, 1] - 45).min() == pytest.approx(5.0 - TUCK_M, abs=0.3)


def test_the_country_lies_as_the_town_does_until_the_hills_begin() -> None:
    layout = empty_layout(lambda x, y: np.full_like(x, 50.0))
    country = Country.around(layout, stream(SEED, "country"))
    turn = np.linspace(0, 2 * np.pi, 200)
    assert country.height(country.point(turn, np.full(200, 0.6 * HILLS_FROM_M))) == pytest.approx(0.0)
    far = country.height(country.point(turn, np.full(200, RINGS_M[-1])))
    assert far.min() > 20.0, "the last ring hides what lies behind it"


def test_the_horizon_goes_around_the_town_and_faces_up() -> None:
    builder = MeshBuilder()
    add_horizon(builder, empty_layout(lambda x, y: np.full_like(x, 50.0)), SEED)
    mesh = builder.mesh()
    land_only = mesh.triangles[mesh.tags[mesh.triangles[:, 0]] == Tag.TERRAIN]
    a, b, c = (mesh.positions[land_only[:, k]].astype(float)[:, :2] for k in range(3))
    double = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (double > 0).all()
    centre = np.array([60.0, 45.0])
    middle = (a + b + c) / 3 - centre
    sectors = np.histogram(np.arctan2(middle[:, 1], middle[:, 0]), bins=36, range=(-np.pi, np.pi))[0]
    assert sectors.min() > 0
    assert np.linalg.norm(mesh.positions[:, :2] - centre, axis=1).max() > 3000
