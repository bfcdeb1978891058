"""Meshes that are kept: read back the same, and damage costs time only."""

from dataclasses import fields

import numpy as np
import pytest

from simgen.server import mesh_store
from simgen.server.scene import City, Copies, Mesh, SceneryObject


def _mesh(count, owners=False):
    rng = np.random.default_rng(count)
    return Mesh(
        rng.normal(size=(count, 3)).astype(np.float32),
        rng.normal(size=(count, 3)).astype(np.float32),
        rng.normal(size=(count, 2)).astype(np.float32),
        rng.integers(0, 255, (count, 3)).astype(np.uint8),
        rng.random(count) < 0.5,
        rng.integers(0, 40, count).astype(np.uint8),
        rng.integers(0, 28, count).astype(np.uint8),
        rng.integers(0, count, (2 * count, 3)).astype(np.uint32),
        rng.integers(0, 9, count).astype(np.uint32) if owners else None,
    )


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(mesh_store, "WORTH_S", -1.0)
    mesh_store.folder.cache_clear()
    yield tmp_path
    mesh_store.folder.cache_clear()


def _same(a, b):
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Mesh) if getattr(a, f.name) is not None)


def _never():
    raise AssertionError("must not be made again")


def test_a_mesh_comes_back(folder):
    made = _mesh(21)
    assert mesh_store.kept_mesh("walker.a/walk07/far", lambda: made) is made
    again = mesh_store.kept_mesh("walker.a/walk07/far", _never)
    assert _same(made, again)
    assert again.owners is None
    assert all(getattr(again, f.name).flags.aligned for f in fields(Mesh) if f.name != "owners")


def test_a_city_comes_back(folder):
    objects = (SceneryObject(7, "Tree_0", 9, (1.0, 2.0, 3.0), 4.0, (5.0, 6.0, 7.0), (8.0, 9.0, 10.0)),)
    copies = (Copies("plant/oak/0", np.random.default_rng(0).normal(size=(3, 4, 4)), np.zeros((3, 3), np.uint8), np.ones(3, np.uint32)),)
    made = City(_mesh(30, owners=True), objects, copies)
    mesh_store.kept_city("a", lambda: made)
    again = mesh_store.kept_city("a", _never)
    assert again.objects == made.objects
    assert _same(made.mesh, again.mesh)
    assert again.copies[0].shape == "plant/oak/0"
    assert (again.copies[0].world_from_shape == copies[0].world_from_shape).all()


def test_an_empty_mesh_comes_back(folder):
    mesh_store.kept_mesh("none", lambda: _mesh(0))
    assert mesh_store.kept_mesh("none", _never).positions.shape == (0, 3)


@pytest.mark.parametrize("damage", [lambda d: d[: len(d) // 2], lambda d: d[:-9] + b"otherwise", lambda d: b"", lambda d: b"x" * 99])
def test_damage_costs_time_only(folder, damage):
    made = _mesh(20)
    mesh_store.kept_mesh("a", lambda: made)
    (path,) = folder.rglob("a.mesh")
    path.write_bytes(damage(path.read_bytes()))
    assert _same(made, mesh_store.kept_mesh("a", lambda: made))
    assert _same(made, mesh_store.kept_mesh("a", _never))


def test_a_folder_that_cannot_be_written_costs_time_only(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "file"))
    mesh_store.folder.cache_clear()
    made = _mesh(20)
    assert mesh_store.kept_mesh("a", lambda: made) is made
    assert mesh_store.kept_mesh("a", lambda: made) is made


def test_old_versions_go(folder):
    for k in range(6):
        (folder / "simgen" / f"meshes-{k}").mkdir(parents=True)
    mesh_store.kept_mesh("a", lambda: _mesh(3))
    assert len(list((folder / "simgen").iterdir())) == mesh_store.KEPT_VERSIONS


def test_an_unknown_shape_is_a_key_error(folder):
    with pytest.raises(KeyError):
        mesh_store.kept_mesh("a", lambda: {}["a"])
