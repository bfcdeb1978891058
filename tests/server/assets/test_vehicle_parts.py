"""Vehicles in parts: boxes, wheels that roll and steer, doors on their hinges, lamps, outsides."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.server.assets.placement import place
from simgen.server.assets.shapes import Shapes
from simgen.server.assets.vehicle_body import body_skin
from simgen.server.assets.vehicle_designs import DESIGNS
from simgen.server.assets.vehicle_kit import visible_box
from simgen.server.assets.vehicle_parts import DOORS, OPEN_RAD, door_pose, has_doors, wheel_parts, wheel_poses
from simgen.server.meshes import selected, volume
from simgen.server.scene import Material, Mesh, Placed
from simgen.server.values import ActorAttributeValue, ActorDescription, AttributeType, BoundingBox, Rotation, Transform, Vector3D
from simgen.server.world.actors import Vehicle
from simgen.server.world.blueprints import LIBRARY

SHAPES = Shapes()
VEHICLES = sorted(DESIGNS)
WITH_DOORS = [n for n in VEHICLES if has_doors(n)]


def a_vehicle(name: str, **more: object) -> Vehicle:
    values = (ActorAttributeValue("color", int(AttributeType.RGB_COLOR), "10,20,30"),)
    return Vehicle(7, ActorDescription(1, name, values), Transform(Vector3D(), Rotation()), BoundingBox(), **more)  # type: ignore[arg-type]


def shown(vehicle: Vehicle) -> list[Placed]:
    return list(place([vehicle], 0.0))


def points_of(placed: list[Placed]) -> np.ndarray:
    """All vertices of placed shapes, in the world."""
    clouds = [(SHAPES.mesh(p.shape).positions, p.world_from_shape) for p in placed]
    return np.concatenate([v @ m[:3, :3].T + m[:3, 3] for v, m in clouds])


def test_every_vehicle_with_more_than_two_wheels_has_a_design() -> None:
    assert set(DESIGNS) == {i for i, b in LIBRARY.items() if b.family == "vehicle" and b.wheels > 2}


@pytest.mark.parametrize("name", VEHICLES)
def test_a_placed_vehicle_keeps_to_its_box_and_reaches_all_its_sides(name: str) -> None:
    points = points_of(shown(a_vehicle(name)))
    low, high = (np.array(v) for v in visible_box(LIBRARY[name]))
    inside = ((points > low - 0.005) & (points < high + 0.005)).all(axis=1)
    assert inside.mean() >= 0.999
    assert points.min(axis=0) == pytest.approx(low, abs=0.03)
    assert points.max(axis=0) == pytest.approx(high, abs=0.03)


@pytest.mark.parametrize("name", VEHICLES)
def test_wheels_touch_the_road_and_are_as_many_as_the_blueprint_says(name: str) -> None:
    names, poses = wheel_poses(name, 0.3, 0.0)
    ground = visible_box(LIBRARY[name])[0][2]
    assert len(names) == LIBRARY[name].wheels
    for part, pose in zip(names, poses, strict=True):
        height = (SHAPES.mesh(f"{name}/{part}").positions @ pose[:3, :3].T + pose[:3, 3])[:, 2]
        assert height.min() == pytest.approx(ground, abs=0.01)


@pytest.mark.parametrize("name", VEHICLES)
def test_a_wheel_rolls_forwards_by_distance_over_radius(name: str) -> None:
    names, before = wheel_poses(name, 0.0, 0.0)
    _, after = wheel_poses(name, 0.1, 0.0)
    for part, old, new in zip(names, before, after, strict=True):
        radius = float(np.hypot(*SHAPES.mesh(f"{name}/{part}").positions[:, [0, 2]].T).max())
        angle = 0.1 / radius
        top = np.linalg.inv(old) @ np.array([*old[:3, 3] + (0, 0, 1), 1.0])
        moved = (new @ top)[:3] - new[:3, 3]
        assert moved == pytest.approx([math.sin(angle), 0, math.cos(angle)], abs=1e-4)


def test_wheels_face_outwards_on_both_sides_and_poses_are_rotations() -> None:
    _, poses = wheel_poses("vehicle.audi.tt", 3.7, 0.3)
    for pose in poses:
        assert pose[:3, :3] @ pose[:3, :3].T == pytest.approx(np.eye(3), abs=1e-12)
        assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0)
        assert np.sign(pose[1, 1]) == np.sign(pose[1, 3])


def test_only_the_front_wheels_steer_and_to_the_right() -> None:
    names, poses = wheel_poses("vehicle.audi.tt", 0.0, 0.3)
    for part, pose in zip(names, poses, strict=True):
        forward = pose[:3, :3] @ np.array([1.0, 0, 0]) * np.sign(pose[1, 3])
        expected = [math.cos(0.3), math.sin(0.3), 0] if part == "wheel_front" else [1, 0, 0]
        assert forward == pytest.approx(expected, abs=1e-12)


def test_the_distance_travelled_and_the_steering_of_an_actor_turn_its_wheels() -> None:
    vehicle = a_vehicle("vehicle.audi.tt")
    vehicle.motion.travelled_m, vehicle.motion.steer_rad = 1.3, -0.2
    body, *wheels = shown(vehicle)
    assert body.shape == "vehicle.audi.tt/body"
    names, poses = wheel_poses("vehicle.audi.tt", 1.3, -0.2)
    assert [w.shape for w in wheels] == [f"vehicle.audi.tt/{n}" for n in names]
    assert np.stack([w.world_from_shape for w in wheels]) == pytest.approx(poses)
    assert {w.color for w in wheels} == {(10, 20, 30)}


def test_cars_whose_blueprint_says_so_have_doors() -> None:
    assert {"vehicle.lincoln.mkz_2020", "vehicle.ford.ambulance", "vehicle.mini.cooper_s_2021"} <= set(WITH_DOORS)
    assert not has_doors("vehicle.audi.tt")
    assert has_doors("vehicle.lincoln.mkz_2020") == {0, 1, 2, 3}


@pytest.mark.parametrize("name", WITH_DOORS)
def test_the_hinge_of_an_open_door_stays_and_its_other_edge_swings_out(name: str) -> None:
    for number in has_doors(name):
        door = SHAPES.mesh(f"{name}/{DOORS[number]}").positions.astype(np.float64)
        pose = door_pose(name, number)
        side = 1.0 if number % 2 else -1.0
        moved = door @ pose[:3, :3].T + pose[:3, 3]
        hinge = np.linalg.solve(np.eye(2) - pose[:2, :2], pose[:2, 3])
        assert hinge[0] == pytest.approx(door[:, 0].max(), abs=0.12)
        assert side * moved[:, 1].mean() > side * door[:, 1].mean() + 0.1
        assert moved[:, 2] == pytest.approx(door[:, 2])
        assert np.linalg.norm(moved[:, :2] - hinge, axis=1) == pytest.approx(np.linalg.norm(door[:, :2] - hinge, axis=1))
        assert pose[0, 0] == pytest.approx(math.cos(OPEN_RAD))


@pytest.mark.parametrize("name", WITH_DOORS)
def test_an_open_vehicle_shows_its_inside_and_each_open_door(name: str) -> None:
    doors = has_doors(name)
    body, *rest = shown(a_vehicle(name, open_doors=frozenset({0, 1, 2, 3})))
    assert body.shape == f"{name}/open_{''.join(map(str, sorted(doors)))}"
    assert {p.shape.partition("/")[2] for p in rest} == {*wheel_parts(name), *(DOORS[k] for k in doors)}
    assert (SHAPES.mesh(body.shape).materials == Material.INTERIOR).any()
    assert not (SHAPES.mesh(f"{name}/body").materials == Material.INTERIOR).any()


def test_open_doors_of_a_vehicle_without_dynamic_doors_change_nothing() -> None:
    body, *_ = shown(a_vehicle("vehicle.audi.tt", open_doors=frozenset({0, 1})))
    assert body.shape == "vehicle.audi.tt/body"


@pytest.mark.parametrize("name", VEHICLES)
def test_from_afar_the_body_has_the_wheels_and_the_parts_are_empty(name: str) -> None:
    far = SHAPES.mesh(f"{name}/body/far")
    assert np.array_equal(far.positions, SHAPES.mesh(f"{name}/far").positions)
    assert (far.materials == Material.RUBBER).any()
    assert not (SHAPES.mesh(f"{name}/body").materials == Material.RUBBER).any() or name in SPARES
    for part in [*wheel_parts(name), *(DOORS[k] for k in has_doors(name))]:
        assert not len(SHAPES.mesh(f"{name}/{part}/far").triangles)


SPARES = ("vehicle.jeep.wrangler_rubicon", "vehicle.nissan.patrol")


@pytest.mark.parametrize("name", ["vehicle.lincoln.mkz_2020/open_", "vehicle.lincoln.mkz_2020/open_10", "vehicle.lincoln.mkz_2020/open_4",
                                  "vehicle.audi.tt/open_0", "vehicle.audi.tt/wheel_2", "vehicle.audi.tt/roof"])  # fmt: skip
def test_unknown_parts_are_key_errors(name: str) -> None:
    with pytest.raises(KeyError):
        SHAPES.mesh(name)


def painted_half(mesh: Mesh, side: float) -> np.ndarray:
    """Vertices of what is painted on one side, seen as if it were the right one, in a fixed order."""
    chosen = (mesh.materials == Material.PAINT) & (side * mesh.positions[:, 1] > 0.02)
    points = mesh.positions[chosen] * np.array([1, side, 1])
    return points[np.lexsort(np.round(points, 3).T)]


@pytest.mark.parametrize("name", [n for n in VEHICLES if LIBRARY[n].centre[1] == 0.0])
def test_the_body_is_symmetric(name: str) -> None:
    mesh = SHAPES.mesh(f"{name}/body")
    right, left = painted_half(mesh, 1.0), painted_half(mesh, -1.0)
    assert len(right) == len(left)
    assert right.mean(axis=0) == pytest.approx(left.mean(axis=0), abs=1e-3)
    assert right.std(axis=0) == pytest.approx(left.std(axis=0), abs=1e-3)


@pytest.mark.parametrize("name", VEHICLES)
def test_every_lamp_is_there_at_its_end_and_side(name: str) -> None:
    mesh = SHAPES.mesh(f"{name}/body")
    x, y = mesh.positions[:, 0], mesh.positions[:, 1]
    middle = np.mean(visible_box(LIBRARY[name]), axis=0)
    form = DESIGNS[name].form
    assert (mesh.materials == Material.BRAKE_LAMP).any() == (form.rear_window is not None and DESIGNS[name].shell is body_skin)
    for material in (Material.HEADLAMP, Material.TAILLAMP, Material.REVERSING_LAMP, Material.INDICATOR_LEFT, Material.INDICATOR_RIGHT):
        assert (mesh.materials == material).any(), material
    assert x[mesh.materials == Material.HEADLAMP].min() > middle[0] > x[mesh.materials == Material.TAILLAMP].max()
    assert x[mesh.materials == Material.REVERSING_LAMP].max() < middle[0]
    for material, side in ((Material.INDICATOR_LEFT, -1), (Material.INDICATOR_RIGHT, 1)):
        lamps = mesh.materials == material
        assert (side * (y[lamps] - middle[1]) > 0).all()
        assert x[lamps].min() < middle[0] < x[lamps].max()


@pytest.mark.parametrize(
    "name", [n for n in VEHICLES if any(a.id == "special_type" and a.value == "emergency" for a in LIBRARY[n].attributes)]
)
def test_emergency_vehicles_carry_beacons_on_top(name: str) -> None:
    for shape in (f"{name}/body", f"{name}/body/far"):
        mesh = SHAPES.mesh(shape)
        beacons = mesh.positions[mesh.materials == Material.BEACON]
        assert beacons[:, 2].max() == pytest.approx(visible_box(LIBRARY[name])[1][2], abs=0.01)


@pytest.mark.parametrize("name", VEHICLES)
def test_triangles_face_outwards_and_agree_with_their_normals(name: str) -> None:
    mesh = SHAPES.mesh(f"{name}/body")
    low, high = (np.array(v) for v in visible_box(LIBRARY[name]))
    assert 0.3 < volume(mesh) / (high - low).prod() < 1.0
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    face = np.cross(b - a, c - a)
    area = np.linalg.norm(face, axis=1)
    agree = (face * mesh.normals[mesh.triangles[:, 0]]).sum(axis=1) > 0
    assert area[agree].sum() / area.sum() > 0.985


@pytest.mark.parametrize("name", ["vehicle.audi.a2", "vehicle.nissan.patrol_2021"])
def test_paint_has_uvs_in_metres(name: str) -> None:
    """Of two ends of an edge on the flank the uv distance is about the real one."""
    mesh = SHAPES.mesh(f"{name}/body")
    paint = selected(mesh, (mesh.materials[mesh.triangles[:, 0]] == Material.PAINT) & (np.abs(mesh.normals[mesh.triangles[:, 0], 1]) > 0.9))
    a, b = paint.triangles[:, 0], paint.triangles[:, 1]
    real = np.linalg.norm(paint.positions[a] - paint.positions[b], axis=1)
    flat = np.linalg.norm(paint.uvs[a] - paint.uvs[b], axis=1)
    assert np.median(flat[real > 0.1] / real[real > 0.1]) == pytest.approx(1.0, abs=0.15)
