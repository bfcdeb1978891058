"""Signs, fences, lamps, parked cars and what else stands along the streets of a shipped map."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.city import build_city
from simgen.server.assets.fences import FENCES, fence_box, fence_mesh
from simgen.server.assets.layout import Layout
from simgen.server.assets.parked import parking_strips
from simgen.server.assets.shapes import Shapes
from simgen.server.assets.solids import Surface
from simgen.server.assets.street_fences import FenceRows, piece_length
from simgen.server.assets.street_fleet import CARS, PAINTS, standing
from simgen.server.assets.street_glyphs import GLYPHS, stroke, text, text_width
from simgen.server.assets.street_lamps import LAMPS, lamp_box, lamp_mesh
from simgen.server.assets.street_plates import PLATES
from simgen.server.assets.street_rows import KeepClear, Sidewalk, sidewalks
from simgen.server.assets.street_signs import sign_mesh
from simgen.server.assets.street_things import MANY, THINGS, thing_mesh
from simgen.server.scene import City, Material, SceneryObject
from simgen.server.world.blueprints import LIBRARY
from simgen.server.world.map_catalogue import Catalogue
from simgen.server.world.rectangles import Rectangle
from simgen.server.world.roads import RoadMap

SHAPES = Shapes()
HOLES = {"0": 1, "4": 1, "6": 1, "8": 2, "9": 1, "A": 1, "B": 2, "D": 1, "O": 1, "P": 1, "R": 1}
"""Of the characters that have any."""


@pytest.fixture(scope="module")
def roads() -> RoadMap:
    catalogue = Catalogue(None)
    return RoadMap.load(catalogue.names()[0], catalogue.opendrive(catalogue.names()[0]))


@pytest.fixture(scope="module")
def city(roads: RoadMap) -> City:
    return build_city(roads, SHAPES, 1)


@pytest.fixture(scope="module")
def layout(roads: RoadMap) -> Layout:
    return Layout.of(roads)


def picture(surface: Surface, size: int = 400) -> np.ndarray:
    """Return the surface as its reader sees it, white on black, one metre high."""
    image = np.zeros((size + 40, size + 40), np.uint8)
    for a, b, c in surface.triangles:
        points = surface.positions[[a, b, c]][:, [0, 2]] * size + 20
        cv2.fillPoly(image, [np.round(points * 16).astype(np.int32)], 255, shift=4)
    return image


@pytest.mark.parametrize("character", [c for c in GLYPHS if c != " "])
def test_a_character_is_one_stroke_with_the_right_holes(character: str) -> None:
    image = picture(text(character, 1.0, (0.29, 0.5), 0.0))
    pieces = cv2.connectedComponents(image)[0] - 1
    holes = cv2.connectedComponents(255 - image, connectivity=4)[0] - 2
    assert pieces == (2 if character == "!" else 1)
    assert holes == HOLES.get(character, 0)


def test_characters_are_as_high_as_asked_and_text_as_wide() -> None:
    for character in "0123456789":
        low, high = (f(text(character, 0.3, (0, 0), 0.01).positions, axis=0) for f in (np.min, np.max))
        assert high[2] - low[2] == pytest.approx(0.3, abs=0.012)
    line = text("3030", 0.2, (1.0, 2.0), 0.0).positions
    assert line[:, 0].max() - line[:, 0].min() == pytest.approx(0.2 * text_width("3030"), abs=0.03)
    assert (line.min(axis=0) + line.max(axis=0))[[0, 2]] / 2 == pytest.approx((1.0, 2.0), abs=0.02)


def test_a_stroke_has_its_width_and_looks_along_y() -> None:
    ribbon = stroke([(0, 0), (2, 0), (2, 1)], 0.1, 0.02)
    area = sum(0.5 * np.linalg.norm(np.cross(*(ribbon.positions[t[k]] - ribbon.positions[t[0]] for k in (1, 2)))) for t in ribbon.triangles)
    assert area == pytest.approx(3 * 0.1, rel=0.02)
    assert ribbon.normals == pytest.approx(np.tile((0.0, 1.0, 0.0), (len(ribbon.normals), 1)))
    assert ribbon.positions[:, 1] == pytest.approx(0.02)


@pytest.mark.parametrize("name", [*(n for n in PLATES if not n.startswith("traffic.")), "street name/2", "traffic.speed_limit.50"])
def test_a_sign_shows_its_face_and_hides_its_back(name: str) -> None:
    mesh = sign_mesh(name)
    assert mesh.bounds()[0][2] == pytest.approx(0.0, abs=1e-5)
    face = mesh.materials == Material.SIGN
    assert face.any()
    assert set(np.unique(mesh.tags)) == {Tag.POLES, Tag.TRAFFIC_SIGNS}
    front = mesh.normals[face] @ np.array([0.0, 1.0, 0.0]) if "street name" not in name else np.ones(1)
    assert front.min() > 0.99


def test_different_limits_look_different_and_unknown_signs_raise() -> None:
    shapes = {n: len(sign_mesh(f"traffic.speed_limit.{n}").triangles) for n in (30, 60, 90, 100)}
    assert shapes[100] != shapes[30]
    for unknown in ("traffic.speed_limit.x", "none"):
        with pytest.raises(KeyError):
            sign_mesh(unknown)


@pytest.mark.parametrize("name", FENCES)
def test_pieces_of_a_fence_follow_one_another(name: str) -> None:
    kind, mesh = FENCES[name], fence_mesh(name)
    low, high = mesh.bounds()
    assert low[0] == pytest.approx(-kind.length / 2, abs=0.08)
    assert kind.length / 2 - 0.02 < high[0] < kind.length / 2 + 0.1
    assert high[2] == pytest.approx(kind.height, abs=0.18)
    assert low[2] < -0.2
    assert set(np.unique(mesh.tags)) == {kind.tag}
    assert len(fence_mesh(name, True).triangles) <= len(mesh.triangles) < 260
    assert fence_box(name)[1][2] == kind.height


def test_a_row_of_fences_reaches_from_end_to_end_and_leaves_out_what_is_taken(layout: Layout) -> None:
    free = np.argwhere((layout.edge > 14) & (layout.edge < 20))[0][::-1] * layout.cell_m + layout.origin
    rows = FenceRows(layout)
    rows.add("hedge", free, free + np.array((9.0, 0)))
    middles = np.array([m[:2, 3] for m in rows.pieces["hedge"]])
    scale = float(np.linalg.norm(rows.pieces["hedge"][0][:3, 0]))
    assert len(middles) == round(9.0 / piece_length("hedge"))
    assert len(middles) * piece_length("hedge") * scale == pytest.approx(9.0)
    assert middles.mean(axis=0) == pytest.approx(free + np.array((4.5, 0)))
    layout.take(np.array([(-1, -1), (10, -1), (10, 1), (-1, 1)]) + free)
    rows.add("hedge", free, free + np.array((9.0, 0)))
    assert len(rows.pieces["hedge"]) == len(middles)


@pytest.mark.parametrize("name", LAMPS)
def test_lamps_are_lit_above_and_coarser_from_afar(name: str) -> None:
    near, far = lamp_mesh(name), lamp_mesh(name, True)
    glow = near.positions[near.materials == Material.LAMP]
    assert glow[:, 2].min() > 0.7 * lamp_box(name)[1][2]
    assert len(far.triangles) < len(near.triangles) < 260


@pytest.mark.parametrize("name", [*THINGS, *(f"{n}/{k}" for n, (_, count) in MANY.items() for k in range(count))])
def test_things_stand_on_the_ground(name: str) -> None:
    mesh = thing_mesh(name)
    low, high = mesh.bounds()
    assert -0.25 <= low[2] < 0.01
    assert high[2] > 0.5
    assert len(mesh.triangles) < 400


def test_a_car_on_a_slope_stands_along_it() -> None:
    """On the plane z = x / 10 + y / 20 its up axis is the plane's normal."""
    pose = standing(3.0, 4.0, 0.7, lambda p: p[:, 0] / 10 + p[:, 1] / 20, 1.5, 0.8)
    normal = np.array([-0.1, -0.05, 1.0])
    assert pose[:3, 2] == pytest.approx(normal / np.linalg.norm(normal))
    assert pose[:3, 3] == pytest.approx((3.0, 4.0, 0.5))
    assert pose[:3, :3] @ pose[:3, :3].T == pytest.approx(np.eye(3), abs=1e-9)
    assert math.atan2(pose[1, 0], pose[0, 0]) == pytest.approx(0.7)


def test_most_parked_cars_are_white_black_grey_or_silver() -> None:
    grey = sum(w for (r, g, b), w in PAINTS if max(r, g, b) - min(r, g, b) < 12)
    assert 0.70 < grey / sum(w for _, w in PAINTS) < 0.80
    assert all(LIBRARY[name].semantic_tags[0] == Tag.CAR for name in CARS)
    assert not any(word in name for name in CARS for word in ("police", "ambulance", "firetruck"))


def test_a_driving_lane_with_nothing_beside_it_has_no_room_to_park(roads: RoadMap) -> None:
    assert not any(s.lane_type in ("parking", "shoulder") for s in roads.strips)
    assert parking_strips(roads) == []


def box_of(item: SceneryObject) -> Rectangle:
    (x, y, z), (ex, ey, ez) = item.box_centre, item.box_extent
    return Rectangle(x, y, math.radians(item.yaw_deg), ex, ey, z - ez, z + ez)


def corners_of(item: SceneryObject) -> np.ndarray:
    """Return the corners (4, 2) of an object's box."""
    c, s = math.cos(math.radians(item.yaw_deg)), math.sin(math.radians(item.yaw_deg))
    sides = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * item.box_extent[:2]
    return np.asarray(item.box_centre[:2] + sides @ np.array([(c, s), (-s, c)]))


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Return the common area of two convex outlines (N, 2)."""
    origin = a.mean(axis=0)
    return float(cv2.intersectConvexConvex((a - origin).astype(np.float32), (b - origin).astype(np.float32))[0])


def named(city: City, *kinds: str) -> list[SceneryObject]:
    return [o for o in city.objects if o.name.rpartition("_")[0] in kinds]


def test_there_are_parked_cars_fences_signs_and_seats(city: City) -> None:
    for kind, least in (("ParkedCar", 40), ("Fence", 100), ("Hedge", 50), ("Wall", 20), ("TrafficSign", 20), ("Tree", 200), ("Bench", 3)):
        assert len(named(city, kind)) >= least, kind


def test_parked_cars_meet_neither_one_another_nor_fences(city: City) -> None:
    cars = [corners_of(o) for o in named(city, "ParkedCar")]
    others = [corners_of(o) for o in named(city, "Fence", "Wall", "Hedge")]
    for k, car in enumerate(cars):
        near = [o for o in [*cars[:k], *others] if np.linalg.norm(o.mean(axis=0) - car.mean(axis=0)) < 30.0]
        assert max((overlap(car, o) for o in near), default=0.0) < 0.05


def test_no_wall_stands_in_a_parked_car(city: City) -> None:
    """No vertex of a house lies within the box of a car, its mirrors and wheels left out."""
    walls = city.mesh.positions[city.mesh.tags == Tag.BUILDINGS].astype(np.float64)
    for car in named(city, "ParkedCar"):
        near = walls[np.abs(walls[:, :2] - car.box_centre[:2]).max(axis=1) < 6.0] - car.box_centre
        c, s = math.cos(math.radians(car.yaw_deg)), math.sin(math.radians(car.yaw_deg))
        local = np.abs(np.column_stack([near[:, :2] @ np.array([(c, -s), (s, c)]), near[:, 2]]))
        assert not (local < np.array(car.box_extent) - (0.1, 0.2, 0.2)).all(axis=1).any(), car.name


def test_nothing_with_a_box_stands_on_a_driving_lane_or_a_crosswalk(roads: RoadMap, city: City, layout: Layout) -> None:
    blocking = [o for o in city.objects if o.tag not in (Tag.BUILDINGS, Tag.VEGETATION, Tag.POLES, Tag.TRAFFIC_SIGNS)]
    feet = np.concatenate([*(corners_of(o) for o in blocking), np.array([o.location[:2] for o in city.objects])])
    patch = layout.heights.patch(feet)
    driven = np.array([p.lane_type in ("driving", "bidirectional") for p in roads.surface.patches])
    assert not ((patch >= 0) & driven[np.maximum(patch, 0)]).any()
    walks = [np.asarray(c)[:, :2] for c in roads.crosswalks]
    assert not any(cv2.pointPolygonTest(w.astype(np.float32), (float(x), float(y)), False) > 0 for w in walks for x, y in feet)


def test_every_copy_that_can_be_hit_has_an_owner_of_its_own(city: City) -> None:
    owners = np.concatenate([c.owners for c in city.copies])
    named_ones = owners[owners > 0]
    assert len(np.unique(named_ones)) == len(named_ones)
    for copies in city.copies:
        nameless = copies.shape.startswith(("plant/tuft", "plant/grove", "skyline/"))
        assert ((copies.owners == 0) == nameless).all(), copies.shape


def test_walkers_get_past_everything_on_the_sidewalk(roads: RoadMap, city: City) -> None:
    """Across each sidewalk what stands there leaves 1.2 m in one piece."""
    feet = np.array([o.location[:2] for o in city.objects if o.tag not in (Tag.BUILDINGS, Tag.CAR)])
    for walk in sidewalks(roads):
        for at in np.arange(12.0, walk.length - 12.0, 2.0):
            pose = walk.by_kerb(float(at), 0.0)
            local = (feet - pose[:2, 3]) @ pose[:2, :2]
            across = np.sort(local[(np.abs(local[:, 0]) < 0.4) & (local[:, 1] > 0) & (local[:, 1] < walk.width), 1])
            stops = np.concatenate([[0.0], across, [walk.width]])
            assert max(b - a for a, b in pairwise(stops)) > 1.2


def test_poses_beside_a_sidewalk_look_at_the_road(roads: RoadMap) -> None:
    walk: Sidewalk = sidewalks(roads)[0]
    kerb, houses = walk.by_kerb(10.0, 0.4), walk.by_houses(10.0, 0.4)
    towards = (kerb[:2, 3] - houses[:2, 3]) / np.linalg.norm(kerb[:2, 3] - houses[:2, 3])
    assert -houses[:2, 1] @ towards > 0.99
    assert np.linalg.norm(kerb[:2, 3] - houses[:2, 3]) == pytest.approx(walk.width - 0.8, abs=0.05)


def test_signals_and_crosswalks_are_kept_clear() -> None:
    clear = KeepClear(np.array([(0.0, 0.0)]), (np.array([(10.0, -2), (14, -2), (14, 2), (10, 2)]),))
    pose = np.eye(4)
    for x, expected in ((3.0, False), (6.0, True), (9.0, False), (12.0, False), (17.0, True)):
        pose[0, 3] = x
        assert clear.allows(pose, 5.0, 2.5) == expected, x
