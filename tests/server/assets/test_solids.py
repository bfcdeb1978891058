"""Volumes known in closed form say that outsides are outside; looks stay apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, box, box_corners, cylinder, ellipsoid, mirrored_y, placed, prism, revolved, tube
from simgen.server.meshes import copies, fitted, selected, volume
from simgen.server.scene import Material, Mesh

RED = Look(Material.PAINT, Tag.CAR, (200, 0, 0))
GREY = Look(Material.METAL, Tag.TRUCK, (90, 90, 90))


def mesh_of(surface: Surface) -> Mesh:
    builder = MeshBuilder()
    builder.add(surface, RED)
    return builder.mesh()


def face_normals(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    return np.cross(b - a, c - a)


SOLIDS = {
    "box": (box((1, 2, 3), (2, 3, 4)), 24.0),
    "cylinder": (cylinder(0.5, 0.0, 2.0, 64), math.pi * 0.25 * 2),
    "ellipsoid": (ellipsoid((5, 0, 0), (1, 2, 3), 40, 60), 4 / 3 * math.pi * 6),
    "prism": (prism([(0, 0), (2, 0), (2, 1), (0, 1)], 1.0, 4.0), 6.0),
    "tube along z": (tube([(0, 0, 0), (0, 0, 1), (0, 0, 3)], 0.4, 64), math.pi * 0.16 * 3),
    "tube along x": (tube([(0, 0, 1), (3, 0, 1)], 0.4, 64), math.pi * 0.16 * 3),
    "disc about y": (revolved([(0, 0), (1, 0), (1, 0.5), (0, 0.5)], 64, "y"), math.pi * 0.5),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_a_solid_encloses_its_volume_with_its_outside_out(name: str) -> None:
    surface, expected = SOLIDS[name]
    assert volume(mesh_of(surface)) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("name", SOLIDS)
def test_shading_normals_look_the_way_of_their_triangles(name: str) -> None:
    mesh = mesh_of(SOLIDS[name][0])
    agreement = np.einsum("ij,ij->i", face_normals(mesh), mesh.normals[mesh.triangles].mean(axis=1))
    assert (agreement > 0).all()
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_mirrored_solid_keeps_its_outside_out() -> None:
    assert volume(mesh_of(mirrored_y(box((0, 5, 0), (1, 1, 1))))) == pytest.approx(1.0)


def test_quads_added_in_bulk_equal_the_box_added_alone() -> None:
    builder = MeshBuilder()
    builder.add_quads(box_corners((0, 0, 0), (1, 2, 3)), RED, placed(5, 0, 0, 90))
    mesh = builder.mesh()
    assert volume(mesh) == pytest.approx(6.0, rel=1e-5)
    low, high = mesh.bounds()
    assert low == pytest.approx([3, 0, 0], abs=1e-5)
    assert high == pytest.approx([5, 1, 3], abs=1e-5)


def test_no_triangle_mixes_two_looks() -> None:
    builder = MeshBuilder()
    builder.add(box((0, 0, 0), (1, 1, 1)), RED)
    builder.add(box((1, 0, 0), (1, 1, 1)), GREY)
    mesh = builder.mesh()
    for values in (mesh.materials, mesh.tags):
        assert (values[mesh.triangles] == values[mesh.triangles[:, :1]]).all()


def test_copies_stand_where_their_matrices_say() -> None:
    mesh = mesh_of(box((0, 0, 0), (1, 1, 1)))
    twice = copies(mesh, np.stack([placed(10, 0, 0), placed(0, 20, 0, scale=2.0)]))
    assert volume(twice) == pytest.approx(1.0 + 8.0, rel=1e-5)
    assert twice.positions[:24].mean(axis=0) == pytest.approx([10, 0, 0])
    assert twice.positions[24:].mean(axis=0) == pytest.approx([0, 20, 0])


def test_a_fitted_mesh_has_exactly_the_bounds_asked_for() -> None:
    low, high = fitted(mesh_of(ellipsoid((1, 1, 1), (2, 3, 4), 9, 12)), (-1, -2, 0), (1, 2, 5)).bounds()
    assert low == pytest.approx([-1, -2, 0])
    assert high == pytest.approx([1, 2, 5])


def test_selecting_no_triangle_leaves_no_vertex() -> None:
    mesh = mesh_of(box((0, 0, 0), (1, 1, 1)))
    assert len(selected(mesh, np.zeros(12, dtype=bool)).positions) == 0
