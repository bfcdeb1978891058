"""Pedestrians: how they stand in their boxes, and that they walk and run without sliding."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from simgen.datatypes.tags import Tag
from simgen.server.assets.people import PHASES, stride_m, walker_figure, walker_mesh
from simgen.server.assets.people_outfits import outfit_of
from simgen.server.assets.walker_gait import GAITS, foot_pitch, hermite, leg_m
from simgen.server.assets.walker_skeleton import about_x, about_y, about_z, arc, transforms, two_bone
from simgen.server.scene import Material, Mesh
from simgen.server.world.blueprints import LIBRARY

WALKERS = [i for i, b in LIBRARY.items() if b.family == "walker"]
SOME = WALKERS[::6]
STEPS = [f"{gait}{phase:02d}" for gait in GAITS for phase in range(PHASES)]
LIMB_M = {"walk": 0.41, "run": 0.57}
"""How far arms, legs and bags swing out of the box, forwards or backwards."""


def in_box(name: str, mesh: Mesh) -> np.ndarray:
    """Return positions (V, 3) from the middle of the blueprint's box."""
    return np.asarray(mesh.positions - np.array(LIBRARY[name].centre))


@pytest.mark.parametrize("name", WALKERS)
def test_a_standing_walker_fills_its_box(name: str) -> None:
    """No side of the box is farther than 3 cm from the figure, and 99.9 % of the figure lie inside."""
    mesh, extent = walker_mesh(name, "stand"), np.array(LIBRARY[name].extent)
    points = in_box(name, mesh)
    assert (np.abs(points) <= extent + 1e-4).all(axis=1).mean() >= 0.999
    assert points.min(axis=0) == pytest.approx(-extent, abs=0.03)
    assert points.max(axis=0) == pytest.approx(extent, abs=0.03)
    assert points[:, 2].min() == pytest.approx(-extent[2], abs=1e-3)


@pytest.mark.parametrize("name", WALKERS)
def test_a_walker_is_a_closed_budget_of_one_tag(name: str) -> None:
    near, far = (walker_mesh(name, "stand", far) for far in (False, True))
    for mesh in (near, far):
        assert set(np.unique(mesh.tags)) == {Tag.PEDESTRIANS}
        assert int(mesh.triangles.max()) < len(mesh.positions)
        assert np.isfinite(mesh.normals).all()
        assert (mesh.materials[mesh.triangles] == mesh.materials[mesh.triangles[:, :1]]).all()
    assert 3000 < len(near.triangles) < 5500
    assert 400 < len(far.triangles) <= 820
    assert {Material.SKIN, Material.CLOTH} <= set(np.unique(near.materials))


@pytest.mark.parametrize("name", WALKERS[::3])
def test_normals_look_out(name: str) -> None:
    """Most triangles face the way their vertices' normals do."""
    mesh = walker_mesh(name, "walk05")
    corner = mesh.positions[mesh.triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    assert ((face * mesh.normals[mesh.triangles].mean(axis=1)).sum(axis=1) >= 0).mean() > 0.95


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("far", [False, True])
def test_all_postures_have_the_same_vertices_and_triangles(name: str, far: bool) -> None:
    standing = walker_mesh(name, "stand", far)
    for step in STEPS[::7]:
        mesh = walker_mesh(name, step, far)
        assert np.array_equal(mesh.triangles, standing.triangles)
        assert np.array_equal(mesh.colors, standing.colors)
        assert np.array_equal(mesh.materials, standing.materials)
        assert len(mesh.positions) == len(standing.positions)


@pytest.mark.parametrize("name", WALKERS)
def test_a_moving_walker_stays_in_its_box_but_for_swinging_limbs(name: str) -> None:
    """Nothing leaves the box sideways, upwards or into the ground; limbs swing out along x; trunk and head stay within it."""
    extent, rest = np.array(LIBRARY[name].extent), walker_figure(name, True).rest
    main = np.array(rest.rig.bones)[rest.bones[np.arange(len(rest.bones)), rest.weights.argmax(axis=1)]]
    worn = np.isin(rest.materials, (Material.SKIN, Material.HAIR))
    head = (main == "head") & worn
    trunk = np.isin(main, ("pelvis", "belly", "waist", "chest", "neck")) & (outfit_of(name).bag == "")
    for step in STEPS[::3]:
        beyond = np.abs(in_box(name, walker_mesh(name, step))) - extent
        assert beyond[:, 1].max() <= 1e-3, step
        assert beyond[:, 2].max() <= 5e-3, step
        assert beyond[:, 0].max() <= LIMB_M[step[:-2]], step
        assert beyond[head].max() <= 5e-3, step
        assert beyond[trunk].max(initial=0.0) <= 0.03, step


@pytest.mark.parametrize("name", SOME)
def test_one_foot_is_on_the_ground_in_every_phase_of_walking(name: str) -> None:
    ground = -LIBRARY[name].extent[2]
    for phase in range(PHASES):
        assert float(in_box(name, walker_mesh(name, f"walk{phase:02d}"))[:, 2].min()) == pytest.approx(ground, abs=3e-3)


@pytest.mark.parametrize("name", SOME)
def test_a_runner_leaves_the_ground_between_steps(name: str) -> None:
    lowest = [float(in_box(name, walker_mesh(name, f"run{p:02d}"))[:, 2].min()) + LIBRARY[name].extent[2] for p in range(PHASES)]
    assert max(lowest) > 0.005
    assert min(lowest) > -3e-3
    assert sum(low < 3e-3 for low in lowest) > PHASES / 2


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("gait", ["walk", "run"])
def test_what_touches_the_ground_goes_back_as_fast_as_the_walker_goes_ahead(name: str, gait: str) -> None:
    """Vertices on the ground in two neighbouring phases do not slide: they go back by a stride per PHASES, within 10 %."""
    ground, step = -LIBRARY[name].extent[2], stride_m(name, gait) / PHASES
    points = [in_box(name, walker_mesh(name, f"{gait}{p:02d}")) for p in range(PHASES)]
    slides = []
    for a, b in pairwise([*points, points[0]]):
        touching = (a[:, 2] < ground + 0.004) & (b[:, 2] < ground + 0.004)
        if touching.any():
            slides.append(float(np.median((a - b)[touching, 0])))
    assert len(slides) > PHASES / 2
    assert slides == pytest.approx([step] * len(slides), rel=0.10)


@pytest.mark.parametrize("gait", ["walk", "run"])
def test_half_a_cycle_later_left_and_right_are_exchanged(gait: str) -> None:
    figure, name = walker_figure("walker.pedestrian.0003", True), "walker.pedestrian.0003"
    bones = figure.rest.bones[:, 0]
    right, left = (np.flatnonzero(bones == figure.rig.bones.index(f"toes.{side}")) for side in "RL")
    for phase in range(0, PHASES // 2, 2):
        first, second = (in_box(name, walker_mesh(name, f"{gait}{p:02d}")) for p in (phase, phase + PHASES // 2))
        ours, theirs = first[right].mean(axis=0), second[left].mean(axis=0)
        assert ours * (1, -1, 1) == pytest.approx(theirs, abs=2e-3)


def test_a_cycle_has_no_jump() -> None:
    """From each phase to the next no vertex of a walker goes farther than the fastest part of a leg in its swing could."""
    name = "walker.pedestrian.0003"
    points = [in_box(name, walker_mesh(name, f"walk{p:02d}")) for p in range(PHASES)]
    step = stride_m(name, "walk") / PHASES
    farthest = [float(np.linalg.norm(b - a, axis=1).max()) for a, b in pairwise([*points, points[0]])]
    assert max(farthest) < 4.0 * step


@pytest.mark.parametrize("name", SOME)
def test_strides_go_with_the_length_of_the_leg(name: str) -> None:
    leg = leg_m(walker_figure(name, True).rig)
    assert 0.36 < leg / (2 * LIBRARY[name].extent[2]) < 0.50
    assert stride_m(name, "walk") == pytest.approx(GAITS["walk"].stride * leg)
    assert stride_m(name, "run") > stride_m(name, "walk")


def test_knees_bend_forwards_and_never_the_other_way() -> None:
    figure = walker_figure("walker.pedestrian.0003", True)
    from simgen.server.assets.walker_gait import striding

    for gait in GAITS.values():
        for phase in np.linspace(0, 1, 24, endpoint=False):
            matrices = transforms(figure.rig, striding(figure.rig, gait, figure.foot, float(phase)))
            heads = {b: matrices[k, :, :3] @ figure.rig.heads[k] + matrices[k, :, 3] for k, b in enumerate(figure.rig.bones)}
            for side in "RL":
                thigh, shin = heads[f"shin.{side}"] - heads[f"thigh.{side}"], heads[f"foot.{side}"] - heads[f"shin.{side}"]
                assert thigh[0] * -shin[2] >= shin[0] * -thigh[2] - 1e-6


def test_the_far_figure_stands_where_the_near_one_does() -> None:
    for name in SOME:
        for step in ("stand", "walk06", "run03"):
            near, far = (walker_mesh(name, step, f).bounds() for f in (False, True))
            for a, b in zip(near, far, strict=True):
                assert a == pytest.approx(b, abs=0.05)


def test_turns_follow_the_frame() -> None:
    """x forward, y right, z up: pitching goes nose down, rolling right side up, yawing to the right."""
    assert about_y(math.pi / 2) @ [1, 0, 0] == pytest.approx([0, 0, -1])
    assert about_x(math.pi / 2) @ [0, 1, 0] == pytest.approx([0, 0, 1])
    assert about_z(math.pi / 2) @ [1, 0, 0] == pytest.approx([0, 1, 0])


def test_an_arc_turns_one_direction_to_another() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        a, b = rng.normal(size=(2, 3))
        turn = arc(a, b)
        assert turn @ a / np.linalg.norm(a) == pytest.approx(b / np.linalg.norm(b))
        assert turn @ turn.T == pytest.approx(np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1)


def test_two_bones_keep_their_lengths() -> None:
    joint, end = two_bone(np.zeros(3), np.array([0.0, 0, -0.7]), 0.4, 0.5, np.array([1.0, 0, 0]))
    assert np.linalg.norm(joint) == pytest.approx(0.4)
    assert np.linalg.norm(end - joint) == pytest.approx(0.5)
    assert end == pytest.approx([0, 0, -0.7])
    assert joint[0] > 0


def test_cubics_and_pitches_meet_their_ends() -> None:
    assert hermite(0.0, 2.0, 3.0, 5.0, 7.0) == pytest.approx(2.0)
    assert hermite(1.0, 2.0, 3.0, 5.0, 7.0) == pytest.approx(3.0)
    for gait in GAITS.values():
        for at, pitch in zip(gait.pitch_at, gait.pitch, strict=True):
            assert math.degrees(foot_pitch(gait, at)) == pytest.approx(pitch)
