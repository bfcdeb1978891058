"""Walls with openings, roofs and whole buildings: areas that one can work out by hand, closed shells, sizes."""

from __future__ import annotations

import numpy as np
import open3d as o3d
import pytest

from simgen.server.assets.building_draft import Draft, Plan, corners_of, look, rectangles, slab
from simgen.server.assets.building_fronts import lettering
from simgen.server.assets.building_kinds import KINDS, draw_building
from simgen.server.assets.building_roofs import Eaves, add_hip, add_mansard, add_saddle
from simgen.server.assets.building_site import End, Site
from simgen.server.assets.facades import LAP_M, Band, Holes, Openings, add_pierced
from simgen.server.assets.mesh_builder import MeshBuilder
from simgen.server.scene import Material, Mesh

WALL = look(Material.PLASTER, (200, 200, 200))
NAMES = sorted(KINDS)


def mesh_of(draft: Draft) -> Mesh:
    builder = MeshBuilder()
    draft.build(builder, np.eye(4))
    return builder.mesh()


def areas(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    return np.cross(b - a, c - a) / 2


def scene_of(mesh: Mesh) -> o3d.t.geometry.RaycastingScene:
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.core.Tensor(mesh.positions), o3d.core.Tensor(mesh.triangles))
    return scene


def hits(scene: o3d.t.geometry.RaycastingScene, origins: np.ndarray, directions: np.ndarray) -> np.ndarray:
    rays = np.concatenate([origins, np.broadcast_to(directions, origins.shape)], axis=1).astype(np.float32)
    return scene.cast_rays(o3d.core.Tensor(rays))["t_hit"].numpy()


def house(name: str, end: End = End.PLAIN) -> tuple[Draft, Site]:
    kind = KINDS[name]
    site = Site(np.mean(kind.width), np.mean(kind.depth), end, End.PLAIN, end, np.mean(kind.setback), 0.5)
    return draw_building(name, site, np.random.default_rng(5), np.random.default_rng(6))[0], site


def test_a_pierced_wall_lacks_the_area_of_its_holes() -> None:
    draft, x, z = Draft(), np.array([(1.0, 2.0), (4.0, 5.5)]), np.array([(1.0, 2.5), (4.0, 5.0)])
    add_pierced(draft, Plan(0, 0, 8, 5).side(0), (0.0, 8.0), 0.0, 6.0, x, z, WALL)
    lap = 2 * LAP_M * (2 * 6.0 - 2 * 2.5)  # pieces between holes reach into the piers on both sides
    assert np.linalg.norm(areas(mesh_of(draft)), axis=1).sum() == pytest.approx(8 * 6 - (1.0 + 1.5) * (1.5 + 1.0) + lap, rel=1e-6)


@pytest.mark.parametrize("number", range(4))
def test_sides_look_outwards(number: int) -> None:
    plan, draft = Plan(3.0, 2.0, 8.0, 5.0), Draft()
    side = plan.side(number)
    draft.quads(rectangles(0.0, side.width, 0.0, 1.0, 0.0), WALL, side)
    mesh = mesh_of(draft)
    centre = mesh.positions.mean(axis=0)[:2]
    outward = centre - (7.0, 4.5)
    assert mesh.normals[0, :2] == pytest.approx(outward / np.linalg.norm(outward), abs=1e-6)
    assert side.width == (8.0, 5.0, 8.0, 5.0)[number]


def test_windows_fit_their_wall() -> None:
    style = Openings(2.5, 1.2, 0.9, 1.5)
    for width in (1.0, 2.2, 5.0, 13.7):
        columns = style.columns(width)
        assert (columns >= 0).all()
        assert (columns <= width).all()
        assert columns[:, 1] - columns[:, 0] == pytest.approx(np.full(len(columns), 1.2))
        assert (columns[1:, 0] > columns[:-1, 1]).all()
    assert len(style.columns(12.5)) == 5
    rows = Band(3.0, 3.0, 2, style).rows()
    assert rows == pytest.approx(np.array([(3.9, 5.4), (6.9, 8.4)]))


def test_holes_run_row_by_row() -> None:
    holes = Holes.grid(np.array([(0.0, 1), (2, 3)]), np.array([(0.0, 1), (4, 5)]))
    assert holes.x0.tolist() == [0, 2, 0, 2]
    assert holes.z0.tolist() == [0, 0, 4, 4]


def test_points_and_rectangles_broadcast() -> None:
    assert corners_of([1.0, 2.0], 5.0, 7.0).tolist() == [[1, 5, 7], [2, 5, 7]]
    assert corners_of([], 5.0, 7.0).shape == (0, 3)
    assert rectangles([0.0, 3.0], [1.0, 4.0], 0.0, 2.0, 9.0)[1].tolist() == [[3, 9, 0], [4, 9, 0], [4, 9, 2], [3, 9, 2]]


def test_a_slab_is_a_closed_plate() -> None:
    draft = Draft()
    draft.quads(slab([[(0, 0, 3), (2, 0, 3), (2, 4, 5), (0, 4, 5)]], 0.5), WALL)
    vectors = areas(mesh_of(draft))
    assert vectors.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)
    mesh = mesh_of(draft)
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(2 * 4 * 0.5, rel=1e-6)


@pytest.mark.parametrize("across", [False, True])
def test_a_saddle_roof_covers_its_plan_and_rises_to_its_ridge(across: bool) -> None:
    plan, draft = Plan(1.0, 2.0, 10.0, 8.0), Draft()
    add_saddle(draft, plan, 6.0, 3.0, (90, 70, 60), WALL, Eaves(0.0, 0.0, 0.0), across)
    mesh = mesh_of(draft)
    scene = scene_of(mesh)
    x, y = np.meshgrid(np.linspace(1.3, 10.7, 9), np.linspace(2.3, 9.7, 9))
    top = 50 - hits(scene, np.stack([x.ravel(), y.ravel(), np.full(x.size, 50.0)], axis=1), np.array([0.0, 0, -1]))
    middle, half = (6.0, 5.0) if across else (6.0, 4.0)
    away = np.abs((x if across else y) - middle).ravel()
    assert top == pytest.approx(6.0 + 3.0 * (1 - away / half) + 0.16, abs=1e-4)


def test_a_hip_roof_slopes_to_all_sides() -> None:
    draft = Draft()
    add_hip(draft, Plan(0, 0, 12, 8), 5.0, 4.0, (90, 70, 60), 0.0)
    scene = scene_of(mesh_of(draft))
    points = np.array([(6.0, 4, 50), (0.1, 4, 50), (11.9, 4, 50), (6, 0.1, 50), (6, 7.9, 50)])
    top = 50 - hits(scene, points, np.array([0.0, 0, -1]))
    assert top == pytest.approx([9.16, 5.26, 5.26, 5.26, 5.26], abs=0.02)


def test_a_mansard_returns_its_height() -> None:
    for ends in ((False, False), (True, True), (True, False)):
        draft = Draft()
        top = add_mansard(draft, Plan(0, 0, 12, 9), 10.0, (90, 70, 60), ends, WALL)
        assert mesh_of(draft).positions[:, 2].max() == pytest.approx(top)
        scene = scene_of(mesh_of(draft))
        x, y = np.meshgrid(np.linspace(0.2, 11.8, 12), np.linspace(0.2, 8.8, 9))
        down = hits(scene, np.stack([x.ravel(), y.ravel(), np.full(x.size, 50.0)], axis=1), np.array([0.0, 0, -1]))
        assert np.isfinite(down).all()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "station"])
@pytest.mark.parametrize("end", [End.PLAIN, End.PARTY, End.STREET])
def test_one_cannot_look_into_a_building(name: str, end: End) -> None:
    """Level rays from all around and rays from above end on an outside, never on the back of a surface."""
    draft, site = house(name, end)
    scene = scene_of(mesh_of(draft))
    rng = np.random.default_rng(0)
    w, d = site.width, site.depth
    high = float(draft.bounds()[1][2])
    z = rng.uniform(0.1, min(high, 12.0) * 0.8, 400)
    level = [
        (np.stack([rng.uniform(0.1, w - 0.1, 400), np.full(400, -9.0), z], 1), (0.0, 1, 0)),
        (np.stack([rng.uniform(0.1, w - 0.1, 400), np.full(400, d + 9.0), z], 1), (0.0, -1, 0)),
        (np.stack([np.full(400, -9.0), rng.uniform(0.1, d - 0.1, 400), z], 1), (1.0, 0, 0)),
        (np.stack([np.full(400, w + 9.0), rng.uniform(0.1, d - 0.1, 400), z], 1), (-1.0, 0, 0)),
        (np.stack([rng.uniform(0.1, w - 0.1, 400), rng.uniform(0.1, d - 0.1, 400), np.full(400, 150.0)], 1), (0.0, 0, -1)),
    ]
    for origins, direction in level:
        rays = np.concatenate([origins, np.tile(direction, (400, 1))], axis=1).astype(np.float32)
        found = scene.cast_rays(o3d.core.Tensor(rays))
        normal = found["primitive_normals"].numpy()
        struck = np.isfinite(found["t_hit"].numpy())
        backs = struck & ((normal @ np.array(direction)) > 1e-6)
        assert not backs.any(), origins[backs][:3]
        if direction[2] == 0:  # below the eaves nothing passes between the walls
            low = origins[:, 2] < 2.4
            assert struck[low].all()


@pytest.mark.parametrize("name", NAMES)
def test_buildings_keep_to_their_lots_and_budgets(name: str) -> None:
    draft, site = house(name)
    low, high = draft.bounds()
    assert low[0] > -1.5
    assert high[0] < site.width + 1.5
    assert low[1] > -1.8
    assert high[1] < site.depth + 0.7
    assert 3.0 < high[2] < 70.0
    mesh = mesh_of(draft)
    assert len(mesh.triangles) < 4500
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(mesh.uvs).all()


def test_letters_keep_to_their_board() -> None:
    strokes = lettering(1.0, 3.0, 4.0, 0.3, -0.1, np.random.default_rng(2))
    assert strokes[..., 0].min() >= 1.0 - 1e-9
    assert strokes[..., 0].max() <= 5.0 + 1e-9
    assert strokes[..., 2].min() == pytest.approx(3.0)
    assert strokes[..., 2].max() == pytest.approx(3.3)
