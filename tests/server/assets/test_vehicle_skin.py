"""Cutting, sinking and thinning of skins, on shapes whose areas one can work out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.server.assets.vehicle_cutting import carve, carved, disc, grown
from simgen.server.assets.vehicle_skin import Floats, Part, Skin, border, skin_of, sunk
from simgen.server.assets.vehicle_thinning import thinned

TRIANGLE = [(0.31, 0.22), (1.62, 0.47), (0.80, 1.55)]


def sheet(bend: float = 0.0, cells: int = 8, size: float = 2.0) -> Skin:
    """A square of `size` at y > 0 that looks along +y, or a part of a cylinder about the z axis of curvature `bend`."""
    u = np.linspace(0, size, cells + 1)
    x, z = np.meshgrid(u, u)
    points = np.stack([x, 1.0 - bend * (x - size / 2) ** 2, z], axis=-1).reshape(-1, 3)
    index = np.arange((cells + 1) ** 2).reshape(cells + 1, -1)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    triangles = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    return skin_of(points, triangles, x.ravel(), z.ravel() + 0.01)


def seen_flat(data: Floats) -> Floats:
    return data[:, [0, 2]]


def areas(skin: Skin) -> Floats:
    p = skin.data[:, :3][skin.triangles]
    return np.asarray(np.linalg.norm(np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]), axis=1) / 2)


def test_the_sheet_looks_along_y() -> None:
    assert sheet().data[:, 3:6] == pytest.approx(np.tile([0.0, 1.0, 0.0], (81, 1)))


@pytest.mark.parametrize("outline", [TRIANGLE, TRIANGLE[::-1]])
def test_an_outline_cuts_out_its_own_area_and_leaves_the_rest(outline: list[tuple[float, float]]) -> None:
    skin, inside, origin = carve(sheet(), seen_flat, outline)
    (ax, ay), (bx, by), (cx, cy) = TRIANGLE
    assert areas(skin)[inside].sum() == pytest.approx(abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2, abs=0.004)
    assert areas(skin).sum() == pytest.approx(4.0)
    assert np.bincount(origin, weights=areas(skin)) == pytest.approx(areas(sheet()))


def test_a_cut_skin_has_no_new_edges_of_its_own() -> None:
    """Only the rim of the sheet has a triangle on one side alone."""
    skin = carved(carved(sheet(), seen_flat, TRIANGLE, Part.GLASS), seen_flat, disc((1.2, 1.2), 0.4), Part.TRIM)
    ends = skin.data[border(skin.triangles)][:, :, [0, 2]]
    on_rim = (np.isclose(ends, 0.0) | np.isclose(ends, 2.0)).any(axis=2).all(axis=1)
    assert on_rim.all()
    assert np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).sum() == pytest.approx(8.0)


def test_a_disc_of_many_corners_has_the_area_of_its_polygon() -> None:
    skin, inside, _ = carve(sheet(cells=5), seen_flat, disc((1.0, 1.0), 0.5, 24))
    assert areas(skin)[inside].sum() == pytest.approx(12 * 0.25 * math.sin(2 * math.pi / 24), rel=0.01)


def test_an_outline_beside_the_sheet_changes_nothing() -> None:
    skin, inside, _ = carve(sheet(), seen_flat, np.array(TRIANGLE) + 5.0)
    assert not inside.any()
    assert len(skin.triangles) == 128


def test_only_the_triangles_within_are_cut_out() -> None:
    left = sheet().centres([0])[:, 0] < 1.0
    skin, inside, _ = carve(sheet(), seen_flat, [(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)], left)
    assert areas(skin)[inside].sum() == pytest.approx(0.5)


def test_growing_a_square_moves_its_edges_out() -> None:
    square = grown([(0, 0), (2, 0), (2, 1), (0, 1)], 0.1)
    assert square.min(axis=0) == pytest.approx([-0.1, -0.1])
    assert square.max(axis=0) == pytest.approx([2.1, 1.1])
    assert grown(square, -0.1).max(axis=0) == pytest.approx([2.0, 1.0])


def test_a_sunk_square_gets_four_walls() -> None:
    skin, inside, _ = carve(sheet(), seen_flat, [(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)])
    deep = sunk(skin.painted(inside, Part.GAP), inside, -0.2, Part.TRIM)
    assert areas(deep)[deep.parts == Part.TRIM].sum() == pytest.approx(4 * 1.0 * 0.2)
    floor = deep.data[deep.triangles[deep.parts == Part.GAP].ravel()]
    assert floor[:, 1] == pytest.approx(0.8)
    walls = deep.triangles[deep.parts == Part.TRIM]
    inwards = (np.array([1.0, 0.9, 1.0]) - deep.data[walls[:, 0], :3]) * deep.data[walls[:, 0], 3:6]
    assert (inwards.sum(axis=1) > 0).all()


def test_thinning_keeps_the_areas_of_flat_parts_and_their_borders() -> None:
    skin = carved(sheet(), seen_flat, TRIANGLE, Part.GLASS)
    thin = thinned(skin, 0.003)
    assert len(thin.triangles) < 0.5 * len(skin.triangles)
    for part in (Part.PAINT, Part.GLASS):
        assert areas(thin)[thin.parts == part].sum() == pytest.approx(areas(skin)[skin.parts == part].sum(), abs=2e-3)
    assert (np.cross(*(thin.data[thin.triangles[:, k], :3] - thin.data[thin.triangles[:, 0], :3] for k in (1, 2)))[:, 1] > 0).all()


def test_thinning_keeps_a_bent_surface_within_its_tolerance() -> None:
    """The vertices that stay lie on the cylinder, and between them its sagitta is small."""
    thin = thinned(sheet(bend=0.2, cells=24), 0.004)
    assert len(thin.triangles) < 24 * 24
    middle = thin.data[thin.triangles][:, :, :2].mean(axis=1)
    assert np.abs(middle[:, 1] - (1.0 - 0.2 * (middle[:, 0] - 1.0) ** 2)).max() < 0.012
