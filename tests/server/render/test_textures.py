"""Detail textures: real sizes, tiles that wrap, numbers that the shaders agree with, a cache that may be lost."""

from __future__ import annotations

import re
from importlib import resources

import numpy as np
import pytest

from simgen.server.render import textures
from simgen.server.render.texture_fields import SIZE, bond, cells, noise
from simgen.server.render.textures import LAYERS

PIXELS = textures.made_layers()
NUMBERS = {layer.make.__name__: number for number, layer in enumerate(LAYERS)}


def shares(name: str, channel: int) -> np.ndarray:
    return PIXELS[NUMBERS[name], ..., channel] / 255.0


def dips(values: np.ndarray) -> int:
    """How often a periodic line falls below the middle of its range."""
    low = values < (values.min() + values.max()) / 2
    return int((low & ~np.roll(low, 1)).sum())


def test_bricks_are_a_quarter_metre_long_and_75_mm_high_with_their_joints() -> None:
    face, layer = shares("brick", 3), LAYERS[NUMBERS["brick"]]
    assert layer.height_m / dips(face.mean(axis=1)) == pytest.approx(0.075)
    middle_of_a_course = face[SIZE // 48]
    assert layer.width_m / dips(middle_of_a_course) == pytest.approx(0.25)


def test_brick_courses_are_shifted_by_half_a_brick() -> None:
    stones = bond(24, 8)
    assert stones.inside[SIZE // 48, 32] > 9.0, "the middle of a brick of one course..."
    assert stones.inside[SIZE // 48 + SIZE // 24, 32] < 1.0, "...is a joint in the next"


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.make.__name__)
def test_tiles_wrap(layer: textures.Layer) -> None:
    """Across the rim a tile changes no more than it does somewhere within."""
    tone = PIXELS[NUMBERS[layer.make.__name__], ..., 0].astype(float)
    for axis in (0, 1):
        steps = np.abs(tone - np.roll(tone, 1, axis=axis)).mean(axis=1 - axis)
        assert steps[0] <= 1.05 * steps[1:].max()


def test_tones_leave_the_brightness_of_a_colour_about_as_it_is() -> None:
    for name in NUMBERS:
        if name not in ("mottle", "lattice") and "leaves" not in name:
            assert 0.38 < shares(name, 0).mean() < 0.55, name


def test_reliefs_are_level_on_the_whole() -> None:
    for name in ("brick", "cobbles", "slabs", "ashlar"):
        for channel in (1, 2):
            assert shares(name, channel).mean() == pytest.approx(0.5, abs=0.01)
            assert shares(name, channel).std() > 0.02


def test_shaders_number_the_layers_as_the_table_does() -> None:
    text = (resources.files("simgen.server.render") / "shaders" / "details.glsl").read_text(encoding="utf-8")
    looks = {name: [float(v) for v in values.split(",")] for name, values in re.findall(r"const vec3 (\w+) = vec3\(([^)]+)\);", text)}
    assert len(looks) >= 16
    for name, (number, along_u, along_v) in looks.items():
        layer = LAYERS[int(number)]
        assert (along_u, along_v) == pytest.approx((1 / layer.width_m, 1 / layer.height_m), rel=1e-4), name
    single = {name: int(float(value)) for name, value in re.findall(r"const float (\w+) = ([\d.]+);", text)}
    assert LAYERS[single["MOTTLE"]].make.__name__ == "mottle"
    kinds = [LAYERS[single["FIRST_LEAVES"] + k].make.__name__ for k in range(5)]
    assert kinds == ["broad_leaves", "small_leaves", "needles", "hedge", "foliage"]


@pytest.mark.parametrize("name", ["broad_leaves", "small_leaves", "needles", "hedge"])
def test_cards_of_leaves_have_holes_and_an_empty_rim(name: str) -> None:
    there = shares(name, 3) > 0.5
    for rim in (there[0], there[-1], there[:, 0], there[:, -1]):
        assert not rim.any()
    assert 0.2 < there.mean() < 0.9


def test_chain_link_is_mostly_air() -> None:
    """Two families of wires, 5.6 mm seen over a pitch of 35 mm: 1 - (1 - 0.16)**2 = 0.29."""
    assert (shares("lattice", 3) > 0.5).mean() == pytest.approx(0.26, abs=0.05)


def test_noise_has_the_waves_it_was_asked_for() -> None:
    power = np.abs(np.fft.rfft2(noise(np.random.default_rng(0), 0.0, 20, 30))) ** 2
    k = np.hypot(np.fft.fftfreq(SIZE)[:, None] * SIZE, np.fft.rfftfreq(SIZE)[None] * SIZE)
    assert power[(k < 19.9) | (k > 30.1)].sum() < 1e-9 * power.sum()


def test_cells_know_their_two_nearest_stones() -> None:
    found = cells(np.random.default_rng(0), 12)
    assert (found.nearest <= found.second).all()
    assert found.nearest.max() < 2**0.5 * 2
    assert len(np.unique(found.value)) <= 144


class TestCache:
    @pytest.fixture(autouse=True)
    def made(self, monkeypatch, tmp_path):
        self.count = 0

        def make() -> np.ndarray:
            self.count += 1
            return PIXELS

        monkeypatch.setattr(textures, "made_layers", make)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        self.folder = tmp_path / "simgen"

    def test_textures_are_made_once(self) -> None:
        assert np.array_equal(textures.kept_layers(), textures.kept_layers())
        assert self.count == 1
        assert [p.suffix for p in self.folder.iterdir()] == [".npy"]

    def test_a_damaged_file_is_made_anew(self) -> None:
        textures.kept_layers()
        textures.cache_path().write_bytes(textures.cache_path().read_bytes()[:1000])
        assert np.array_equal(textures.kept_layers(), PIXELS)
        assert self.count == 2

    def test_what_older_code_made_is_removed(self) -> None:
        self.folder.mkdir()
        (self.folder / "textures-0123456789abcdef.npy").write_bytes(b"")
        textures.kept_layers()
        assert list(self.folder.iterdir()) == [textures.cache_path()]

    def test_a_folder_that_cannot_be_written_costs_time_only(self) -> None:
        self.folder.write_text("a file where the folder should be")
        assert np.array_equal(textures.kept_layers(), PIXELS)
