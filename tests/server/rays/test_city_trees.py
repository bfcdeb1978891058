"""Trees of the city around rays, against the whole city written out."""

import numpy as np
import pytest

from simgen.geometry.pose import left_from_carla
from simgen.server.meshes import flattened
from simgen.server.rays import city_trees
from simgen.server.rays.ray_scene import FEW, RayScene
from simgen.server.rays.target import Target
from simgen.server.scene import Appearance, City, Copies, SceneryObject, Texture


def _town(hand, seed=5, count=60):
    rng = np.random.default_rng(seed)
    matrices = np.stack([left_from_carla((*rng.uniform(-60, 60, 2), 0.0), (0.0, rng.uniform(0, 360), 0.0)) for _ in range(count)])
    matrices[:, :3, :3] *= rng.uniform(0.6, 1.8, count)[:, None, None]
    tints = rng.integers(0, 256, (count, 3)).astype(np.uint8)
    objects = tuple(SceneryObject(7000 + k, f"Tree_{k}", 9, (0, 0, 0), 0.0, (0, 0, 0), (1, 1, 1)) for k in range(count))
    half = count // 2
    owners = np.arange(1, count + 1, dtype=np.uint32)
    copies = tuple(
        Copies(shape, matrices[part], tints[part], owners[part]) for shape, part in (("tree", slice(half)), ("post", slice(half, None)))
    )
    library = hand.Shapes(
        tree=hand.box((-1.5, -1.0, 0.0), (1.5, 1.0, 4.0), 9, 15, (200, 180, 160), True),
        post=hand.box((-0.1, -0.1, 0.0), (0.1, 0.1, 5.0), 6, 9),
    )
    return City(hand.box((-90, -90, -1), (90, 90, 0), tag=1, material=0, color=(90, 90, 90)), objects, copies), library


def _sphere(count, seed=2):
    directions = np.random.default_rng(seed).normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [FEW, 4000])
def test_rays_meet_what_the_whole_city_written_out_has_there(hand, count):
    city, library = _town(hand)
    whole, origin, rays = flattened(city, library), np.array([3.0, -2.0, 1.8]), np.empty((count, 6), np.float32)
    rays[:, :3], rays[:, 3:] = origin, _sphere(count)
    target = Target.of(whole)
    met = target.cast(rays)
    hits = RayScene(city, library).cast(origin, _sphere(count), 500.0, hand.moment())
    found = np.isfinite(met.distance)
    assert 0.3 < found.mean() < 1.0
    np.testing.assert_allclose(hits.distance[found], met.distance[found], atol=2e-4)
    assert np.isinf(hits.distance[~found]).all()
    same = np.abs(hits.normal - met.normal).max(axis=1) < 1e-3
    assert same[found].mean() > 0.998, "but for edges, where two surfaces are equally near"
    assert (hits.tag[found & same] == target.tags[met.triangle[found & same]]).all()
    assert np.abs(hits.color[found & same].astype(int) - target.colors[met.triangle[found & same]]).max() <= 1
    assert (hits.object_id == 0).all()


@pytest.mark.parametrize("count", [FEW, 4000])
def test_hidden_objects_let_rays_through(hand, count):
    city, library = _town(hand)
    hidden = frozenset(item.object_id for item in city.objects[::2])
    left = City(
        city.mesh,
        city.objects,
        tuple(Copies(c.shape, *(a[c.owners % 2 == 0] for a in (c.world_from_shape, c.tints, c.owners))) for c in city.copies),
    )
    without = RayScene(left, library).cast(np.array([3.0, -2.0, 1.8]), _sphere(count), 100.0, hand.moment())
    moment = hand.moment(appearance=Appearance({}, hidden))
    hits = RayScene(city, library).cast(np.array([3.0, -2.0, 1.8]), _sphere(count), 100.0, moment)
    assert (hits.distance == without.distance).all()


@pytest.mark.parametrize("count", [FEW, 4000])
def test_textured_objects_have_the_mean_colour(hand, count):
    city, library = _town(hand)
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0] = (100, 200, 40)
    appearance = Appearance({"Tree_3": Texture(pixels), "Road_0": Texture(pixels), "actor_5": Texture(pixels)}, frozenset())
    car = hand.Placed(5, "tree", left_from_carla((6.0, 0.0, 0.0), (0.0, 0.0, 0.0)), name="actor_5")
    plain, worn = (
        RayScene(city, library).cast(np.array([3.0, -2.0, 1.8]), _sphere(count), 200.0, hand.moment(car, appearance=a))
        for a in (Appearance({}, frozenset()), appearance)
    )
    assert (plain.distance == worn.distance).all()
    for mine in (plain.object_id == 5, plain.tag == 1):
        assert mine.sum() > 5
        assert (worn.color[mine] == (50, 100, 20)).all()
    others = (plain.tag == 6) & (plain.object_id == 0)
    assert (worn.color[others] == plain.color[others]).all()


def test_copies_far_away_are_the_coarse_shape_and_near_ones_are_not(hand):
    matrices = np.stack([left_from_carla((x, 0.0, 0.0), (0.0, 0.0, 0.0)) for x in (40.0, -190.0)])
    library = hand.Shapes(tree=hand.box((-1, -1, 0), (1, 1, 4), 9), **{"tree/far": hand.box((-2, -2, 0), (2, 2, 4), 9)})
    city = City(
        hand.box((-300, -300, -1), (300, 300, 0), tag=1),
        (),
        (Copies("tree", matrices, np.full((2, 3), 255, np.uint8), np.zeros(2, np.uint32)),),
    )
    directions = np.repeat(np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]), FEW, axis=0)
    distance = RayScene(city, library).cast(np.array([0.0, 0.0, 1.0]), directions, 300.0, hand.moment()).distance
    assert distance[[0, -1]] == pytest.approx([39.0, 188.0], abs=1e-3)


def test_the_answer_does_not_depend_on_what_was_asked_before(hand, monkeypatch):
    city, library = _town(hand)
    monkeypatch.setattr(city_trees, "MOST_TRIANGLES", 1)
    places = [np.array([x, 3.0, 1.8]) for x in (-40.0, 3.0, 45.0, 3.0)]
    busy = RayScene(city, library)
    for place in places:
        alone = RayScene(city, library).cast(place, _sphere(1000), 60.0, hand.moment())
        assert (busy.cast(place, _sphere(1000), 60.0, hand.moment()).distance == alone.distance).all()
