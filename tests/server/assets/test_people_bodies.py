"""The baked bodies of people: the file, its licence, and what is in it."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from simgen.server.assets.people_bodies import DATA, Level, bodies
from simgen.server.assets.people_covers import covers_of
from simgen.server.assets.people_outfits import outfit_of
from simgen.server.world.blueprints import LIBRARY

FOLDER = resources.files("simgen.server.assets").joinpath("data")
WALKERS = [i for i, b in LIBRARY.items() if b.family == "walker"]
LEVELS = ("near", "far")


def level(name: str) -> Level:
    return bodies().near if name == "near" else bodies().far


def test_the_file_is_small_and_its_licence_lies_beside_it() -> None:
    assert len(FOLDER.joinpath(DATA).read_bytes()) < 1_200_000
    text = FOLDER.joinpath("people.LICENSE.md").read_text(encoding="utf-8")
    assert "CC0-1.0" in text
    assert "MakeHuman" in text


@pytest.mark.parametrize("name", LEVELS)
def test_bodies_share_triangles_weights_and_regions(name: str) -> None:
    shared, bones = level(name), len(bodies().bones)
    count = len(shared.bones)
    assert len(shared.positions) >= 10
    assert all(p.shape == (count, 3) for p in shared.positions.values())
    assert shared.triangles.min() >= 0
    assert shared.triangles.max() < count
    assert shared.bones.max() < bones
    assert shared.weights.sum(axis=1) == pytest.approx(np.ones(count))
    assert len(shared.regions) == len(shared.triangles)
    assert shared.regions.max() < len(bodies().regions)


@pytest.mark.parametrize("name", LEVELS)
def test_bodies_are_alike_on_both_sides(name: str) -> None:
    for points in level(name).positions.values():
        assert np.sort(points[:, 1]) == pytest.approx(np.sort(-points[:, 1]), abs=1e-9)


def test_bodies_are_people_of_several_sizes() -> None:
    heights = {name: float(np.ptp(points[:, 2])) for name, points in bodies().near.positions.items()}
    assert all(1.0 < h < 2.05 for h in heights.values())
    assert max(h for n, h in heights.items() if "small" in n) < 1.25
    assert min(h for n, h in heights.items() if n.startswith("man")) > 1.6


def test_bones_hang_together_and_mirror() -> None:
    data = bodies()
    assert data.parents[0] == -1
    assert all(parent < k for k, parent in enumerate(data.parents) if k)
    for heads in data.heads.values():
        for k, bone in enumerate(data.bones):
            if bone.endswith(".R"):
                assert heads[data.bones.index(bone[:-1] + "L")] == pytest.approx(heads[k] * (1, -1, 1))


def test_hands_are_moved_by_the_bones_of_their_side() -> None:
    data = bodies()
    right = [k for k, b in enumerate(data.bones) if b.endswith(".R")]
    on_right = np.isin(data.near.bones[:, 0], right)
    assert (data.near.positions["man_average"][on_right, 1] > -0.02).all()


def test_every_outfit_covers_what_is_seen_and_is_drawn_again() -> None:
    regions = set(bodies().regions)
    for name in WALKERS:
        outfit = outfit_of(name)
        assert outfit == outfit_of(name)
        covers = covers_of(outfit)
        assert set(covers) <= regions
        assert {"face", "hand", "shoe", "chest", "seat"} <= set(covers)


def test_children_have_the_bodies_of_children() -> None:
    for name in WALKERS:
        small = outfit_of(name).body in ("girl", "boy", "girl_small", "boy_small")
        assert small == (LIBRARY[name].extent[2] < 0.8)
