"""Which objects get which random texture."""

import numpy as np
import pytest

from simgen.client.textures import MOST_TEXTURES, chosen_objects, draw_texture, share_of, textures_of
from simgen.rng import stream
from simgen.scenario.scenario import Look

NAMES = [f"Building_{k}" for k in range(400)] + [f"vehicle.tesla.model3_{k}" for k in range(400)] + ["Road_0", "traffic.stop_7", "Bench_3"]


def test_shares_are_by_kind():
    look = Look(texture_share=0.5, texture_vehicles=0.0, texture_roads=1.0, texture_other=0.2)
    assert [share_of(name, look) for name in ("vehicle.bmw.grandtourer_8", "Road_0", "Bench_3", "Building_1", "traffic.stop_7")] == [
        0.0,
        0.5,
        pytest.approx(0.1),
        0.5,
        0.5,
    ]
    chosen = chosen_objects(NAMES, look, 3)
    assert not any(name.startswith("vehicle.") for name in chosen)
    assert 150 < sum(name.startswith("Building") for name in chosen) < 250


def test_an_object_is_chosen_whatever_else_there_is():
    look = Look(texture_share=0.3)
    assert [n for n in chosen_objects(NAMES, look, 5) if n.startswith("B")] == chosen_objects([n for n in NAMES if n[0] == "B"], look, 5)
    assert chosen_objects(NAMES, look, 5) != chosen_objects(NAMES, look, 6)


def test_every_chosen_object_wears_one_of_few_textures():
    wearers = textures_of(NAMES, 5)
    assert sorted(name for names in wearers.values() for name in names) == sorted(NAMES)
    assert set(wearers) <= set(range(MOST_TEXTURES))
    assert len(wearers) > MOST_TEXTURES // 2


def test_textures_tile():
    texture = draw_texture(64, stream(1, "texture", 2)).astype(int)
    step = np.abs(np.diff(texture, axis=1)).max()
    assert np.abs(texture[:, 0] - texture[:, -1]).max() <= 1.5 * step
