import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.geometry.pose import left_from_carla
from simgen.server.rays.windows import Boxes, rays_towards


def slab_hits(origins, directions, pose, low, high):
    """The plain twin: which rays (N, 3) meet one box, by the slab test in its frame."""
    origin, direction = (origins - pose[:3, 3]) @ pose[:3, :3], directions @ pose[:3, :3]
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (low - origin) / direction, (high - origin) / direction
    enter = np.nanmax(np.minimum(a, b), axis=1)
    leave = np.nanmin(np.maximum(a, b), axis=1)
    return (leave >= enter) & (leave >= 0.0)


def rays_of(origins, directions, boxes, range_m=1e4):
    rays, counts = rays_towards(origins, directions, boxes, range_m)
    return np.split(rays, np.cumsum(counts)[:-1])


def sphere(count, seed):
    directions = np.random.default_rng(seed).normal(size=(count, 3))
    directions[:4] = [(0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0)]
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 8.0, 60.0]), st.sampled_from([0.0, 0.5]))
def test_no_ray_that_meets_a_box_is_left_out(seed, far, spread):
    """Boxes at any pose, some around the viewer, and rays from one point or from several beside it."""
    rng = np.random.default_rng(seed)
    poses = np.stack([left_from_carla(rng.normal(0, far, 3), rng.uniform(-180, 180, 3)) for _ in range(12)])
    high = rng.uniform(0.02, 4.0, (12, 3))
    boxes = Boxes(poses, -high * rng.uniform(0, 1, (12, 3)), high)
    directions = sphere(3000, seed)
    origins = rng.uniform(-spread, spread, (3000, 3)) if spread else np.zeros((1, 3))
    found = rays_of(origins, directions, boxes)
    for k in range(12):
        met = np.flatnonzero(slab_hits(origins, directions, poses[k], boxes.low[k], boxes.high[k]))
        assert np.isin(met, found[k]).all()
        assert len(set(found[k].tolist())) == len(found[k])


def test_few_rays_are_kept_for_a_small_box_far_away():
    """A car at 30 m covers 9 degrees of azimuth and 4 of elevation: 0.2 % of the sphere."""
    boxes = Boxes(left_from_carla((0, 30, 0), (0, 0, 0))[None], np.array([[-2.2, -0.9, 0.0]]), np.array([[2.2, 0.9, 1.5]]))
    (kept,) = rays_of(np.array([[0.0, 0.0, 1.8]]), sphere(100_000, 0), boxes)
    assert 0 < len(kept) < 500


def test_a_box_across_the_ends_of_the_order_is_seen_once():
    """Azimuth 0 is where the order begins and ends."""
    directions = np.array([[np.cos(a), np.sin(a), 0.0] for a in np.radians(np.arange(-180.0, 180.0, 0.5))])
    boxes = Boxes(left_from_carla((10, 0, 0), (0, 0, 0))[None], -np.ones((1, 3)), np.ones((1, 3)))
    (kept,) = rays_of(np.zeros((1, 3)), directions, boxes)
    azimuths = np.sort(np.degrees(np.arctan2(directions[kept, 1], directions[kept, 0])))
    widest = np.degrees(np.arctan2(1.01, 8.99))
    assert azimuths.min() == pytest.approx(-widest, abs=0.6)
    assert azimuths.max() == pytest.approx(widest, abs=0.6)
    assert np.diff(azimuths) == pytest.approx(0.5)


def test_what_is_out_of_range_gets_no_rays():
    boxes = Boxes(np.stack([left_from_carla((x, 0, 0), (0, 0, 0)) for x in (10.0, 100.0)]), -np.ones((2, 3)), np.ones((2, 3)))
    _, counts = rays_towards(np.zeros((1, 3)), sphere(5000, 1), boxes, 50.0)
    assert counts[0] > 0
    assert counts[1] == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([3.0, 30.0]), st.booleans())
def test_no_parallel_ray_that_meets_a_box_is_left_out(seed, far, upright):
    """Rays from all over a cube, as shadow rays are, towards a random sun or straight up."""
    rng = np.random.default_rng(seed)
    poses = np.stack([left_from_carla(rng.normal(0, far, 3), rng.uniform(-180, 180, 3)) for _ in range(12)])
    high = rng.uniform(0.02, 4.0, (12, 3))
    boxes = Boxes(poses, -high, high)
    direction = np.array([0.0, 0.0, 1.0]) if upright else sphere(10, seed)[9]
    origins, directions = rng.uniform(-far, far, (3000, 3)), np.broadcast_to(direction, (3000, 3))
    found = rays_of(origins, directions, boxes)
    for k in range(12):
        met = np.flatnonzero(slab_hits(origins, directions, poses[k], boxes.low[k], boxes.high[k]))
        assert np.isin(met, found[k]).all()
        assert len(set(found[k].tolist())) == len(found[k])
    assert sum(map(len, found)) < 12 * 3000  # it does leave some out
