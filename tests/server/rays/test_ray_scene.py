from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from simgen.geometry.pose import left_from_carla, transform
from simgen.server.rays.ray_scene import RayScene

AHEAD = np.array([[1.0, 0.0, 0.0]])


def brute(mesh, origins, directions):
    """The plain twin: distance (N,) and triangle (N,) of the nearest hits, Moeller and Trumbore in float64 for all pairs."""
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    e1, e2 = b - a, c - a
    p = np.cross(directions[:, None], e2)
    determinant = np.einsum("tk,ntk->nt", e1, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.asarray(origins)[..., None, :] - a if np.ndim(origins) == 2 else (np.asarray(origins) - a)[None]
        u = np.einsum("ntk,ntk->nt", np.broadcast_to(s, p.shape), p) / determinant
        q = np.cross(np.broadcast_to(s, p.shape), e1)
        v = np.einsum("nk,ntk->nt", directions, q) / determinant
        t = np.einsum("tk,ntk->nt", e2, q) / determinant
    t = np.where((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0), t, np.inf)
    return t.min(axis=1), t.argmin(axis=1)


def street(hand, seed, shapes=24):
    """A ground with houses, and car-like shapes in any pose on and above it: (city mesh, library, placed)."""
    rng = np.random.default_rng(seed)
    houses = [hand.box((x, y, 0), (x + 8, y + 6, rng.uniform(4, 20)), tag=3) for x, y in rng.uniform(-60, 50, (12, 2)) if abs(y + 3) > 8]
    mesh = hand.joined(hand.box((-80, -80, -1), (80, 80, 0), tag=1, material=0, color=(90, 90, 90)), *houses)
    library = hand.Shapes(
        car=hand.joined(
            hand.box((-2.2, -0.9, 0.3), (2.2, 0.9, 0.9), 14, 7, (200, 100, 50), True), hand.box((-1.2, -0.8, 0.9), (1, 0.8, 1.5), 14, 6)
        ),
        pole=hand.box((-0.05, -0.05, 0), (0.05, 0.05, 6), 6, 9),
    )
    placed = [
        hand.Placed(
            100 + k, "car" if k % 3 else "pole", left_from_carla((*rng.uniform(-30, 30, 2), rng.uniform(0, 2)), rng.uniform(-180, 180, 3))
        )
        for k in range(shapes)
    ]
    return mesh, library, placed


def merged(hand, mesh, library, placed):
    """Return the scene as one mesh with (actor id, tag) of its triangles: what a rebuild at every tick would cast at."""
    moved, ids = [mesh], [np.zeros(len(mesh.triangles), int)]
    for place in placed:
        shape = library.meshes[place.shape]
        columns = {name: getattr(shape, name) for name in shape.__dataclass_fields__}
        columns["positions"] = transform(place.world_from_shape, shape.positions).astype(np.float32)
        moved.append(type(shape)(**columns))
        ids.append(np.full(len(shape.triangles), place.actor_id))
    whole = hand.joined(*moved)
    return whole, np.concatenate(ids)


def sphere(count, seed):
    directions = np.random.default_rng(seed).normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def test_a_wall_at_ten_metres_reads_ten_metres(hand):
    scene = RayScene(hand.city(hand.box((10, -5, -5), (11, 5, 5), tag=4, material=1, color=(1, 2, 3))), hand.Shapes())
    hits = scene.cast(np.zeros(3), AHEAD, 50.0, hand.moment())
    assert hits.distance == pytest.approx([10.0])
    assert (hits.object_id[0], hits.tag[0], hits.material[0], hits.color[0].tolist()) == (0, 4, 1, [1, 2, 3])
    assert hits.normal[0] == pytest.approx([-1, 0, 0])


def test_what_is_missed_is_infinitely_far_and_nothing(hand):
    hits = RayScene(hand.city(hand.box((10, -5, -5), (11, 5, 5))), hand.Shapes()).cast(np.zeros(3), -AHEAD, 50.0, hand.moment())
    assert np.isinf(hits.distance[0])
    assert (hits.object_id[0], hits.tag[0], hits.material[0], hits.color[0].tolist(), hits.normal[0].tolist()) == (
        0,
        0,
        0,
        [0] * 3,
        [0] * 3,
    )


@pytest.mark.parametrize("placed", [False, True])
def test_the_range_is_where_sight_ends(hand, placed):
    wall = hand.box((10, -5, -5), (11, 5, 5))
    scene = RayScene(hand.nothing() if placed else hand.city(wall), hand.Shapes(wall=wall))
    now = hand.moment(*([hand.Placed(7, "wall", np.eye(4))] if placed else []))
    assert [np.isfinite(scene.cast(np.zeros(3), AHEAD, range_m, now).distance[0]) for range_m in (9.9, 10.1)] == [False, True]


def test_instanced_rays_meet_what_the_rebuilt_scene_meets(hand):
    """Distances to 0.1 mm of all-pairs float64 arithmetic, and the same actor, tag and normal but where two surfaces touch."""
    mesh, library, placed = street(hand, 1)
    whole, ids = merged(hand, mesh, library, placed)
    origin, directions = np.array([0.5, -0.3, 2.4]), sphere(4000, 2)
    hits = RayScene(hand.city(mesh), library).cast(origin, directions, 1e3, hand.moment(*placed))
    distance, triangle = brute(whole, origin, directions)
    met = np.isfinite(distance)
    assert (np.isfinite(hits.distance) == met).all()
    assert hits.distance[met] == pytest.approx(distance[met], abs=1e-4)
    assert (hits.object_id[met] == ids[triangle[met]]).all()
    assert (hits.tag[met] == whole.tags[whole.triangles[triangle[met], 0]]).all()
    corners = whole.positions[whole.triangles[triangle[met]]].astype(np.float64)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert hits.normal[met] == pytest.approx(normal / np.linalg.norm(normal, axis=1, keepdims=True), abs=1e-4)
    assert len(np.unique(hits.object_id[met])) > 10


def test_rays_from_many_places_meet_the_same_as_one_by_one(hand):
    mesh, library, placed = street(hand, 3)
    scene, now = RayScene(hand.city(mesh), library), hand.moment(*placed)
    origins, directions = np.random.default_rng(0).uniform((-3, -3, 1), (3, 3, 7), (40, 3)), sphere(40, 4)
    together = scene.cast(origins, directions, 500.0, now)
    for k in range(40):
        alone = scene.cast(origins[k], directions[k : k + 1], 500.0, now)
        assert together.distance[k] == pytest.approx(alone.distance[0], rel=1e-6)
        assert together.object_id[k] == alone.object_id[0]


def test_parallel_rays_from_all_over_meet_what_the_rebuilt_scene_meets(hand):
    """Shadow rays and the ball of an obstacle sensor."""
    mesh, library, placed = street(hand, 8)
    whole, ids = merged(hand, mesh, library, placed)
    origins = np.random.default_rng(1).uniform((-30, -30, 0.01), (30, 30, 3), (3000, 3))
    directions = np.broadcast_to(sphere(1, 9) * (1, 1, -1), origins.shape)
    hits = RayScene(hand.city(mesh), library).cast(origins, directions, 40.0, hand.moment(*placed))
    distance, triangle = brute(whole, origins, directions)
    met = distance <= 40.0
    assert (np.isfinite(hits.distance) == met).all()
    assert hits.distance[met] == pytest.approx(distance[met], abs=1e-4)
    assert (hits.object_id[met] == ids[triangle[met]]).all()
    assert len(np.unique(hits.object_id)) > 5


def test_a_shape_is_seen_where_it_is_placed_with_its_tint(hand):
    library = hand.Shapes(car=hand.box((-2, -1, 0), (2, 1, 1.5), 14, 7, (200, 100, 50), tinted=True))
    turned = hand.Placed(77, "car", left_from_carla((10, 0, -0.5), (0, 90, 0)), color=(255, 0, 128))
    hits = RayScene(hand.nothing(), library).cast(np.zeros(3), AHEAD, 50.0, hand.moment(turned))
    assert hits.distance == pytest.approx([9.0])  # its side
    assert hits.normal[0] == pytest.approx([-1, 0, 0], abs=1e-6)
    assert (hits.object_id[0], hits.tag[0], hits.color[0].tolist()) == (77, 14, [200, 0, 25])


def test_the_nearest_of_many_is_met_and_of_two_at_one_place_the_first(hand):
    library = hand.Shapes(car=hand.box((0, -1, -1), (2, 1, 1), 14), bus=hand.box((0, -1, -1), (2, 1, 1), 16))
    scene = RayScene(hand.city(hand.box((30, -5, -5), (31, 5, 5))), library)

    def met(*places):
        placed = [hand.Placed(k, shape, left_from_carla((x, 0, 0), (0, 0, 0))) for k, shape, x in places]
        return int(scene.cast(np.zeros(3), AHEAD, 100.0, hand.moment(*placed)).object_id[0])

    assert met((1, "car", 20), (2, "car", 10), (3, "bus", 15)) == 2
    assert met((1, "car", 20), (2, "car", 10), (3, "bus", 5)) == 3
    assert met((4, "car", 10), (5, "car", 10)) == 4
    assert met((4, "car", 40)) == 0


def test_ignored_actors_are_transparent_and_so_is_the_city_as_number_zero(hand):
    library = hand.Shapes(car=hand.box((5, -1, -1), (6, 1, 1)))
    scene = RayScene(hand.city(hand.box((2, -1, -1), (3, 1, 1))), library)
    now = hand.moment(hand.Placed(7, "car", np.eye(4)), hand.Placed(7, "car", left_from_carla((2, 0, 0), (0, 0, 0))))

    def distance(*ignore):
        return float(scene.cast(np.zeros(3), AHEAD, 50.0, now, frozenset(ignore)).distance[0])

    assert (distance(), distance(7), distance(0)) == pytest.approx((2.0, 2.0, 5.0))
    assert np.isinf(distance(0, 7))


def test_a_lidar_inside_a_shape_sees_its_inner_side(hand):
    library = hand.Shapes(car=hand.box((-2, -1, 0), (2, 1, 1.5)))
    now = hand.moment(hand.Placed(7, "car", np.eye(4)))
    hits = RayScene(hand.nothing(), library).cast(np.array([0, 0, 0.75]), sphere(500, 5), 50.0, now)
    assert (hits.object_id == 7).all()


def test_precision_is_kept_far_from_the_origin(hand):
    """At 100 km the place of an actor would be rounded to 8 mm in float32; its shape is met to a tenth of a millimetre."""
    library = hand.Shapes(car=hand.box((-2, -1, 0), (2, 1, 1.5)))
    now = hand.moment(hand.Placed(7, "car", left_from_carla((100_010.003, 5.0, 0), (0, 0, 0))))
    hits = RayScene(hand.nothing(), library).cast(np.array([100_000.0, 5.0, 1.0]), AHEAD, 50.0, now)
    assert hits.distance == pytest.approx([8.003], abs=1e-4)


def test_a_shape_is_asked_for_once_even_by_several_threads(hand):
    mesh, library, placed = street(hand, 6)
    scene, now, directions = RayScene(hand.city(mesh), library), hand.moment(*placed), sphere(3000, 7)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: scene.cast(np.array([0, 0, 3.0]), directions, 300.0, now), range(8)))
    assert sorted(library.asked) == ["car", "pole"]
    for other in answers[1:]:
        assert other.distance.tobytes() == answers[0].distance.tobytes()
        assert other.object_id.tobytes() == answers[0].object_id.tobytes()


@pytest.mark.parametrize("rays", [0, 1])
def test_no_rays_and_no_triangles_are_no_trouble(hand, rays):
    library = hand.Shapes(none=hand.nothing().mesh)
    hits = RayScene(hand.nothing(), library).cast(np.zeros(3), AHEAD[:rays], 9.0, hand.moment(hand.Placed(1, "none", np.eye(4))))
    assert np.isinf(hits.distance).sum() == len(hits.distance) == rays


def test_an_unknown_shape_is_a_key_error(hand):
    with pytest.raises(KeyError):
        RayScene(hand.nothing(), hand.Shapes()).cast(np.zeros(3), AHEAD, 9.0, hand.moment(hand.Placed(1, "ghost", np.eye(4))))
