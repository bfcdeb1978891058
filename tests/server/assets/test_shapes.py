"""Every shape of the library: boxes, outsides, tags, budgets."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.shapes import Shapes
from simgen.server.assets.vehicles import KINDS, visible_box
from simgen.server.meshes import selected, volume
from simgen.server.scene import Material, Mesh
from simgen.server.world.blueprints import LIBRARY

SHAPES = Shapes()
VEHICLES = [i for i, b in LIBRARY.items() if b.family == "vehicle"]
WALKERS = [i for i, b in LIBRARY.items() if b.family == "walker"]
PROPS = [i for i in LIBRARY if i.startswith("static.prop.") and i != "static.prop.mesh"]
LIGHTS = [f"traffic.traffic_light/{state}" for state in ("red", "yellow", "green", "off")]
SIGNS = ["traffic.stop", "traffic.yield", "traffic.unknown", "traffic.speed_limit.30", "traffic.speed_limit.120"]


def is_sound(mesh: Mesh) -> bool:
    """Whether indices, lengths and values of a mesh fit together."""
    count = len(mesh.positions)
    arrays = (mesh.normals, mesh.uvs, mesh.colors, mesh.tinted, mesh.materials, mesh.tags)
    return (
        all(len(a) == count for a in arrays)
        and int(mesh.triangles.max()) < count
        and bool(np.isfinite(mesh.positions).all() and np.isfinite(mesh.normals).all() and np.isfinite(mesh.uvs).all())
        and set(np.unique(mesh.materials)) <= {int(m) for m in Material}
        and set(np.unique(mesh.tags)) <= {int(t) for t in Tag}
        and bool((mesh.materials[mesh.triangles] == mesh.materials[mesh.triangles[:, :1]]).all())
        and bool((mesh.tags[mesh.triangles] == mesh.tags[mesh.triangles[:, :1]]).all())
    )


def test_every_vehicle_of_the_library_has_a_body() -> None:
    assert set(KINDS) == set(VEHICLES)


@pytest.mark.parametrize("name", VEHICLES)
def test_a_vehicle_fills_its_box_and_stands_on_the_road(name: str) -> None:
    box_low, box_high = visible_box(LIBRARY[name])
    for shape in (name, Shapes.far(name)):
        mesh = SHAPES.mesh(shape)
        assert is_sound(mesh)
        low, high = mesh.bounds()
        # Two-wheelers are built to measure, not stretched: their wheels stay round.
        slack = 0.03 if LIBRARY[name].wheels == 2 else 1e-4
        assert low == pytest.approx(box_low, abs=slack)
        assert high == pytest.approx(box_high, abs=slack)
        assert (low >= np.array(box_low) - 1e-3).all()
        assert (high <= np.array(box_high) + 1e-3).all()


def test_only_boxes_that_reach_into_the_road_are_cut() -> None:
    for name in VEHICLES:
        blueprint = LIBRARY[name]
        bottom = blueprint.centre[2] - blueprint.extent[2]
        assert visible_box(blueprint)[0][2] == max(bottom, 0.0)
        assert bottom > -0.17


@pytest.mark.parametrize("name", VEHICLES)
def test_a_vehicle_keeps_its_budget_of_triangles(name: str) -> None:
    assert 1000 < len(SHAPES.mesh(name).triangles) < 9500
    assert len(SHAPES.mesh(Shapes.far(name)).triangles) <= 1400


@pytest.mark.parametrize("name", VEHICLES)
def test_a_vehicle_carries_the_tags_of_its_blueprint(name: str) -> None:
    assert set(np.unique(SHAPES.mesh(name).tags)) == set(LIBRARY[name].semantic_tags)


@pytest.mark.parametrize("name", VEHICLES)
def test_a_vehicle_has_tyres_lamps_and_paint(name: str) -> None:
    mesh = SHAPES.mesh(name)
    materials = set(np.unique(mesh.materials))
    assert {Material.RUBBER, Material.HEADLAMP, Material.TAILLAMP} <= materials
    assert mesh.tinted.any() or name == "vehicle.tesla.cybertruck"
    lamp, tail = (mesh.positions[mesh.materials == m, 0] for m in (Material.HEADLAMP, Material.TAILLAMP))
    assert lamp.min() > 0 > tail.max()


@pytest.mark.parametrize("name", [n for n in VEHICLES if LIBRARY[n].wheels == 4])
def test_a_car_encloses_a_good_part_of_its_box(name: str) -> None:
    low, high = (np.array(v) for v in visible_box(LIBRARY[name]))
    assert 0.35 < volume(SHAPES.mesh(name)) / (high - low).prod() < 1.05


@pytest.mark.parametrize("name", VEHICLES)
def test_a_vehicle_is_alike_on_both_sides(name: str) -> None:
    """Boxes apart from their riders' legs are symmetric, so the mean of y lies in the middle."""
    mesh = SHAPES.mesh(name)
    body = selected(mesh, mesh.tags[mesh.triangles[:, 0]] != Tag.RIDER)
    assert abs(float(body.positions[:, 1].mean()) - LIBRARY[name].centre[1]) < 0.03


def test_walkers_look_different_from_each_other() -> None:
    looks = {tuple(np.unique(SHAPES.mesh(f"{n}/stand").colors, axis=0).ravel().tolist()) for n in WALKERS}
    assert len(looks) > 45


@pytest.mark.parametrize("name", PROPS)
def test_a_prop_fills_its_box(name: str) -> None:
    mesh, blueprint = SHAPES.mesh(name), LIBRARY[name]
    assert is_sound(mesh)
    low, high = mesh.bounds()
    assert low == pytest.approx(np.array(blueprint.centre) - blueprint.extent, abs=0.002)
    assert high == pytest.approx(np.array(blueprint.centre) + blueprint.extent, abs=0.002)


@pytest.mark.parametrize("name", [*LIGHTS, *SIGNS])
def test_lights_and_signs_stand_on_the_ground_and_look_along_y(name: str) -> None:
    mesh = SHAPES.mesh(name)
    assert is_sound(mesh)
    assert mesh.bounds()[0][2] == pytest.approx(0.0, abs=1e-5)
    tag = Tag.TRAFFIC_LIGHT if "light" in name else Tag.TRAFFIC_SIGNS
    assert set(np.unique(mesh.tags)) == {Tag.POLES, tag}
    faces = mesh.materials == (Material.LIGHT_DARK if "light" in name else Material.SIGN)
    assert mesh.normals[faces, 1].max() > 0.9
    assert mesh.normals[faces, 1].min() > -0.01


@pytest.mark.parametrize(
    ("state", "lit"), [("red", Material.LIGHT_RED), ("yellow", Material.LIGHT_YELLOW), ("green", Material.LIGHT_GREEN)]
)
def test_a_light_shows_its_state_alone_and_red_above_green(state: str, lit: Material) -> None:
    mesh = SHAPES.mesh(f"traffic.traffic_light/{state}")
    lamps = {Material.LIGHT_RED, Material.LIGHT_YELLOW, Material.LIGHT_GREEN}
    assert lamps & set(np.unique(mesh.materials)) == {lit}
    order = [SHAPES.mesh(f"traffic.traffic_light/{s}") for s in ("red", "yellow", "green")]
    tops = [m.positions[np.isin(m.materials, list(lamps)), 2].max() for m in order]
    assert tops[0] > tops[1] > tops[2]


def test_a_lamp_that_is_off_is_dark() -> None:
    materials = set(np.unique(SHAPES.mesh("traffic.traffic_light/off").materials))
    assert not materials & {Material.LIGHT_RED, Material.LIGHT_YELLOW, Material.LIGHT_GREEN}


UNKNOWN = (
    *("vehicle.none", "vehicle.audi.tt/x", "walker.pedestrian.0001", "walker.pedestrian.0001/walk24", "walker.pedestrian.0001/fly00"),
    *("static.prop.none", "static.prop.barrel/x", "traffic.traffic_light/blue", "traffic.speed_limit.x", "sensor.camera.rgb", ""),
)


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_names_are_key_errors(name: str) -> None:
    with pytest.raises(KeyError):
        SHAPES.mesh(name)


def test_a_shape_is_made_once_and_alike_in_every_library() -> None:
    name = "vehicle.audi.tt"
    assert SHAPES.mesh(name) is SHAPES.mesh(name)
    again = Shapes().mesh(name)
    assert again is not SHAPES.mesh(name)
    assert np.array_equal(again.positions, SHAPES.mesh(name).positions)
    assert np.array_equal(again.colors, SHAPES.mesh(name).colors)
