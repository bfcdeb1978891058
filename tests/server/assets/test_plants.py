"""Trees, bushes and hedges: their branches, leaves, budgets and seasons."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.server.assets.plant_bushes import BUSHES, FLOWERS, HEDGE_PIECE_M, HEDGES
from simgen.server.assets.plant_foliage import Leaf, clumps, foliage, kites
from simgen.server.assets.plant_skeleton import Skeleton, grown, limbs, twigs
from simgen.server.assets.plant_species import CLEAR_M, CONIFERS, SPINDLES, TREES, season_of
from simgen.server.assets.shapes import Shapes
from simgen.server.assets.vegetation import EVERGREEN, in_season, plant_mesh
from simgen.server.scene import Material, Mesh

WOODY = [*TREES, *CONIFERS, *SPINDLES]
ALL = [*WOODY, *BUSHES, *HEDGES, *FLOWERS, "tuft"]
LEAVES = (Material.LEAF, Material.LEAF_CARD)


@pytest.fixture(scope="module")
def skeleton() -> Skeleton:
    rng = np.random.Generator(np.random.PCG64(1))
    goals = rng.normal(0, 1, (200, 3)) * (2, 2, 1.5) + (0, 0, 6)
    trunk = np.column_stack([np.zeros((8, 2)), np.linspace(0, 4, 8)])
    return grown(trunk, goals, 0.5, 0.3, rng)


def share_of(mesh: Mesh, *materials: Material) -> float:
    return float(np.isin(mesh.materials[mesh.triangles[:, 0]], materials).mean())


def test_parents_come_before_their_children(skeleton: Skeleton) -> None:
    assert skeleton.parents[0] == -1
    assert (skeleton.parents[1:] < np.arange(1, len(skeleton.points))).all()
    assert (skeleton.parents[1:] >= 0).all()


def test_new_branches_grow_one_step_at_a_time(skeleton: Skeleton) -> None:
    steps = np.linalg.norm(skeleton.points[8:] - skeleton.points[skeleton.parents[8:]], axis=1)
    assert steps == pytest.approx(np.full(len(steps), 0.5))


def test_the_cross_sections_of_a_fork_sum_to_that_of_its_stem(skeleton: Skeleton) -> None:
    """Leonardo's rule, the pipe model with exponent 2."""
    area = skeleton.radii**2
    sums = np.zeros(len(area))
    np.add.at(sums, skeleton.parents[1:], area[1:])
    inner = ~skeleton.tips
    assert sums[inner] == pytest.approx(area[inner])
    assert skeleton.radii[0] == pytest.approx(0.3)


def test_branches_reach_what_they_grow_to() -> None:
    goals = np.array([(3.0, 0, 5), (-2.0, 2, 6), (0, -2.5, 7)])
    tree = grown([(0, 0, 0), (0, 0, 2), (0, 0, 4)], goals, 0.4, 0.2, np.random.Generator(np.random.PCG64(2)), lift=0.0)
    gap = np.linalg.norm(goals[:, None] - tree.points[None], axis=-1).min(axis=1)
    assert (gap < 1.6 * 0.4).all()


def test_every_node_lies_on_one_limb(skeleton: Skeleton) -> None:
    runs = limbs(skeleton)
    own = np.concatenate([runs[0], *[run[1:] for run in runs[1:]]])
    assert sorted(own.tolist()) == list(range(len(skeleton.points)))


def test_twigs_are_two_triangles_per_thin_branch(skeleton: Skeleton) -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    assert len(twigs(skeleton, 0.02, 99.0, rng).triangles) == 2 * (len(skeleton.points) - 1)


def test_leaves_look_away_from_the_middle_of_the_crown() -> None:
    rng = np.random.Generator(np.random.PCG64(4))
    centre = np.array([0.0, 0, 5])
    of = foliage(centre + rng.normal(0, 1, (300, 3)), centre, np.array([2.0, 2, 2]))
    assert ((of.outward * (of.points - centre)).sum(axis=1) > 0).mean() > 0.9
    assert of.depth.min() >= 0
    assert of.depth.max() <= 1
    surface = kites(of, np.ones(300), rng)
    assert (surface.normals * np.repeat(of.outward, 4, axis=0)).sum(axis=1).min() > 0


def test_clumps_are_neighbours() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    two = np.concatenate([rng.normal(0, 0.2, (50, 3)), rng.normal(0, 0.2, (60, 3)) + 10])
    assert sorted(len(g) for g in clumps(two, 2, rng)) in ([50, 60], [110])


@pytest.mark.parametrize("name", ALL)
def test_a_plant_is_sound_near_and_far(name: str) -> None:
    near, far = plant_mesh(name, 0), plant_mesh(name, 0, True)
    for mesh in (near, far):
        assert np.isfinite(mesh.positions).all()
        assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-3)
        assert int(mesh.triangles.max()) < len(mesh.positions)
    assert len(near.triangles) < 5200
    assert len(far.triangles) < (380 if name in WOODY else 140)
    assert len(far.triangles) < len(near.triangles)


@pytest.mark.parametrize("name", WOODY)
def test_a_tree_is_as_large_from_afar(name: str) -> None:
    (low, high), (far_low, far_high) = plant_mesh(name, 1).bounds(), plant_mesh(name, 1, True).bounds()
    assert far_high[2] == pytest.approx(high[2], rel=0.2)
    assert far_high[:2] - far_low[:2] == pytest.approx(high[:2] - low[:2], rel=0.4)


@pytest.mark.parametrize("name", ALL)
def test_cards_show_one_kind_of_leaf_each(name: str) -> None:
    mesh = plant_mesh(name, 0)
    cards = mesh.triangles[mesh.materials[mesh.triangles[:, 0]] == Material.LEAF_CARD]
    assert len(cards)
    u, v = mesh.uvs[cards][..., 0], mesh.uvs[cards][..., 1]
    assert (np.floor(u) == np.floor(u[:, :1])).all()
    assert set(np.unique(np.floor(u)).astype(int)) <= {int(k) for k in Leaf}
    assert v.min() >= 0
    assert v.max() <= 1


@pytest.mark.parametrize("name", [n for n in TREES if n.startswith("street")])
@pytest.mark.parametrize("variant", range(3))
def test_the_crowns_of_street_trees_let_lorries_pass(name: str, variant: int) -> None:
    for season in ("summer", "winter"):
        for far in (False, True):
            points = plant_mesh(in_season(name, season), variant, far).positions
            aside = np.hypot(points[:, 0], points[:, 1]) > 0.55
            assert points[aside, 2].min() > CLEAR_M - 0.1


@pytest.mark.parametrize("name", TREES)
def test_only_evergreens_have_leaves_in_winter(name: str) -> None:
    leaves = share_of(plant_mesh(in_season(name, "winter")), *LEAVES)
    assert (leaves > 0.5) == (name in EVERGREEN)


def test_autumn_is_redder_than_summer_and_spring_brighter() -> None:
    for name in ("maple", "oak", "birch"):
        means = {}
        for season in ("spring", "summer", "autumn"):
            mesh = plant_mesh(in_season(name, season))
            means[season] = mesh.colors[np.isin(mesh.materials, LEAVES)].mean(axis=0)
        assert means["autumn"][0] / means["autumn"][1] > 1.1 > means["summer"][0] / means["summer"][1]
        assert means["spring"].sum() > means["summer"].sum()


def test_towns_stand_in_every_season_and_mostly_in_summer() -> None:
    seasons = [season_of(seed) for seed in range(800)]
    assert set(seasons) == {"spring", "summer", "autumn", "winter"}
    assert max(set(seasons), key=seasons.count) == "summer"
    assert season_of(0) == "summer"


def test_leaves_are_olive_rather_than_neon() -> None:
    for name in TREES:
        mesh = plant_mesh(name)
        red, green, blue = mesh.colors[np.isin(mesh.materials, LEAVES)].mean(axis=0)
        assert green < 130
        assert max(red, green, blue) - min(red, green, blue) < 0.55 * max(red, green, blue)


def test_variants_differ_and_stay_the_same() -> None:
    assert len(plant_mesh("oak", 0).positions) != len(plant_mesh("oak", 1).positions)
    again = plant_mesh.__wrapped__("oak", 0)
    assert np.array_equal(again.positions, plant_mesh("oak", 0).positions)


@pytest.mark.parametrize("name", HEDGES)
def test_pieces_of_a_hedge_follow_one_another_without_gaps(name: str) -> None:
    mesh = plant_mesh(name)
    solid = mesh.positions[mesh.materials == Material.LEAF]
    assert solid[:, 0].min() == pytest.approx(-HEDGE_PIECE_M / 2)
    assert solid[:, 0].max() == pytest.approx(HEDGE_PIECE_M / 2)
    low, high = mesh.bounds()
    assert low[2] == 0
    assert high[2] == pytest.approx(HEDGES[name].height, abs=0.06)
    assert high[1] - low[1] == pytest.approx(HEDGES[name].depth, abs=0.1)


def test_plants_are_shapes_of_the_library() -> None:
    shapes = Shapes()
    assert len(shapes.mesh("plant/oak/0/far").triangles) < len(shapes.mesh("plant/oak/0").triangles)
    for unknown in ("plant/oak", "plant/oak/x", "plant/none/0", "plant/oak.monsoon/0", "plant/oak/0/far/far"):
        with pytest.raises(KeyError):
            shapes.mesh(unknown)
