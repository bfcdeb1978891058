"""Bicycles, motorcycles and their riders: parts, wheels that roll, pedals that turn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.placement import place
from simgen.server.assets.two_wheeler_table import CYCLES, PEDAL_M, PEDAL_PHASES, frame_of
from simgen.server.assets.two_wheelers import TWO_WHEELERS, part_poses, phases, two_wheeler_mesh, two_wheeler_shapes
from simgen.server.scene import Material, Placed
from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.actor_factory import make_actor
from simgen.server.world.blueprints import LIBRARY

NAMES = sorted(TWO_WHEELERS)
BICYCLES = [n for n in NAMES if LIBRARY[n].base_type == "bicycle"]


def whole(name: str) -> Placed:
    return Placed(7, name, np.eye(4), (10, 20, 30), 3)


def test_they_are_the_two_wheelers_of_the_library() -> None:
    assert {i for i, b in LIBRARY.items() if b.family == "vehicle" and b.wheels == 2} == TWO_WHEELERS
    assert [n for n in NAMES if CYCLES[n].crank] == BICYCLES


@pytest.mark.parametrize("name", NAMES)
def test_parts_together_have_all_triangles_of_the_whole(name: str) -> None:
    shapes = list(two_wheeler_shapes(whole(name), 0.0, 0.0))
    count = sum(len(two_wheeler_mesh(name, s.shape.partition("/")[2]).triangles) for s in shapes)
    assert count == len(two_wheeler_mesh(name).triangles)
    assert {s.color for s in shapes} == {(10, 20, 30)}
    assert {s.light_flags for s in shapes} == {3}


def test_an_actor_shows_its_parts_where_it_stands() -> None:
    blueprint = LIBRARY[BICYCLES[0]]
    actor = make_actor(9, blueprint, blueprint.description(color="10,20,30"), Transform(Vector3D(5.0, 6.0, 7.0), Rotation(0.0, 90.0, 0.0)))
    shapes = {s.shape.partition("/")[2]: s for s in place((actor,), 0.0)}
    assert set(shapes) == {"body", "rider00", "fork", "wheel_front", "wheel_rear"}
    assert {s.actor_id for s in shapes.values()} == {9}
    assert {s.color for s in shapes.values()} == {(10, 20, 30)}
    front = shapes["wheel_front"].world_from_shape[:3, 3]
    assert front == pytest.approx([5.0, 6.0 + frame_of(blueprint.id).front, 7.0 + frame_of(blueprint.id).axle_z])


@pytest.mark.parametrize("name", NAMES)
def test_from_afar_the_body_has_the_wheels(name: str) -> None:
    for part in ("fork", "wheel_front", "wheel_rear"):
        assert len(two_wheeler_mesh(name, part, True).triangles) == 0
    assert Material.RUBBER in two_wheeler_mesh(name, "body", True).materials
    assert len(two_wheeler_mesh(name, "", True).triangles) < 1400


@pytest.mark.parametrize("name", NAMES)
def test_the_rider_is_tagged_as_one_and_a_parked_machine_has_none(name: str) -> None:
    machine = LIBRARY[name].semantic_tags[0]
    assert set(np.unique(two_wheeler_mesh(name, "parked").tags)) == {machine}
    rider = two_wheeler_mesh(name, "rider00")
    assert set(np.unique(rider.tags)) <= {machine, Tag.RIDER}
    assert Tag.RIDER in rider.tags


@pytest.mark.parametrize("name", NAMES)
def test_wheels_stand_on_the_ground_and_roll(name: str) -> None:
    radius = CYCLES[name].radius
    wheel = two_wheeler_mesh(name, "wheel_front").positions.astype(float)
    assert np.hypot(wheel[:, 0], wheel[:, 2]).max() == pytest.approx(radius, abs=1e-4)
    poses = dict(part_poses(name, math.pi / 2 * radius, 0.0))
    # A quarter turn ahead brings what was on top to the front.
    top = poses["wheel_front"] @ np.array([0, 0, radius, 1.0])
    assert top[:3] == pytest.approx([frame_of(name).front + radius, 0, frame_of(name).axle_z], abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_only_fork_and_front_wheel_steer(name: str) -> None:
    straight, turned = (dict(part_poses(name, 0.0, steer)) for steer in (0.0, 0.3))
    assert turned["wheel_rear"] == pytest.approx(straight["wheel_rear"])
    assert turned["fork"] @ turned["fork"].T != pytest.approx(np.eye(4))
    ahead = turned["wheel_front"][:3, 0]
    assert ahead[1] > 0.1
    contact = turned["wheel_front"] @ np.array([0, 0, -CYCLES[name].radius, 1.0])
    assert abs(contact[1]) < 0.05


@pytest.mark.parametrize("name", BICYCLES)
def test_pedals_turn_once_over_their_distance(name: str) -> None:
    def posture(travelled: float) -> str:
        return next(s.shape for s in two_wheeler_shapes(whole(name), travelled, 0.0) if "/rider" in s.shape)

    seen = [posture((k + 0.5) * PEDAL_M / PEDAL_PHASES) for k in range(2 * PEDAL_PHASES)]
    assert seen[:PEDAL_PHASES] == [f"{name}/rider{k:02d}" for k in range(PEDAL_PHASES)]
    assert seen[PEDAL_PHASES:] == seen[:PEDAL_PHASES]


@pytest.mark.parametrize("name", NAMES)
def test_riders_have_one_topology_and_sit_still_but_for_their_legs(name: str) -> None:
    meshes = [two_wheeler_mesh(name, f"rider{k:02d}") for k in range(phases(name))]
    assert all(np.array_equal(m.triangles, meshes[0].triangles) for m in meshes)
    tops = [float(m.positions[:, 2].max()) for m in meshes]
    assert tops == pytest.approx([frame_of(name).high] * len(tops), abs=0.02)


@pytest.mark.parametrize("part", ["rider12", "rider1", "ridex0", "wheel", "open_0"])
def test_unknown_parts_are_key_errors(part: str) -> None:
    with pytest.raises(KeyError):
        two_wheeler_mesh(BICYCLES[0], part)
