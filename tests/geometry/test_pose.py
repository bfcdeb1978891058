"""Poses against carla's own matrices and against their inverses."""

import carla
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.geometry import pose

angles = st.floats(-179.0, 179.0)
metres = st.floats(-500.0, 500.0)
pitches = st.floats(-88.0, 88.0)


@given(st.tuples(metres, metres, metres), st.tuples(pitches, angles, angles))
def test_left_handed_matrix_is_that_of_the_carla_wheel(location, rotation):
    theirs = carla.Transform(carla.Location(*location), carla.Rotation(*rotation)).get_matrix()
    np.testing.assert_allclose(pose.left_from_carla(location, rotation), theirs, atol=2e-4)


@given(st.tuples(metres, metres, metres), st.tuples(pitches, angles, angles))
def test_carla_transform_survives_the_way_to_a_pose_and_back(location, rotation):
    back_location, back_rotation = pose.carla_from_pose(pose.pose_from_carla(location, rotation))
    np.testing.assert_allclose(back_location, location, atol=1e-9)
    turned = pose.left_from_carla(location, back_rotation)
    np.testing.assert_allclose(turned, pose.left_from_carla(location, rotation), atol=1e-9)


def test_a_right_turn_in_carla_is_a_negative_yaw_in_the_right_handed_frame():
    world_from_car = pose.pose_from_carla((10.0, 5.0, 0.0), (0.0, 90.0, 0.0))
    assert pose.yaw_of(world_from_car) == pytest.approx(-np.pi / 2)
    np.testing.assert_allclose(world_from_car[:3, 3], (10.0, -5.0, 0.0))


def test_rpy_turns_left_nose_down_and_right_side_down_for_positive_angles():
    forward, left = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    assert pose.rotate(pose.pose_from_rpy((0, 0, 0), (0, 0, 90)), forward)[1] == pytest.approx(1.0)
    assert pose.rotate(pose.pose_from_rpy((0, 0, 0), (0, 90, 0)), forward)[2] == pytest.approx(-1.0)
    assert pose.rotate(pose.pose_from_rpy((0, 0, 0), (90, 0, 0)), left)[2] == pytest.approx(1.0)


def test_rpy_and_carla_pitch_have_opposite_signs():
    np.testing.assert_allclose(pose.pose_from_rpy((1, 2, 3), (0, -20, 30)), pose.pose_from_carla((1, -2, 3), (20, -30, 0)), atol=1e-12)


def test_inverse_undoes_a_stack_of_poses():
    poses = np.stack([pose.pose_from_rpy((i, 2 * i, -i), (10 * i, 20 * i, 30 * i)) for i in range(1, 5)])
    np.testing.assert_allclose(pose.inverse(poses) @ poses, np.broadcast_to(np.eye(4), (4, 4, 4)), atol=1e-12)


@given(st.tuples(angles, pitches, angles))
def test_quaternions_give_the_rotation_back(rpy):
    rotation = pose.pose_from_rpy((0, 0, 0), rpy)[:3, :3]
    quaternion = pose.quaternion_from_rotation(rotation)
    assert quaternion[0, 0] >= 0.0
    np.testing.assert_allclose(pose.rotation_from_quaternion(quaternion)[0], rotation, atol=1e-9)


def test_half_turns_have_quaternions_too():
    for rpy in ((180, 0, 0), (0, 180, 0), (0, 0, 180)):
        rotation = pose.pose_from_rpy((0, 0, 0), rpy)[:3, :3]
        np.testing.assert_allclose(pose.rotation_from_quaternion(pose.quaternion_from_rotation(rotation))[0], rotation, atol=1e-12)
