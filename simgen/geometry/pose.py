"""Rigid poses as 4x4 matrices, and the one place that knows CARLA's left-handed degrees.

Two frames conventions meet in this package:

* CARLA's (Unreal's): left-handed, x forward, y right, z up; rotations are (pitch, yaw, roll) in degrees, yaw clockwise seen
  from above, pitch nose up. The wire and everything in `simgen.server` speak it.
* simgen's, in readings, labels and shards: right-handed, x forward, y left, z up (ISO 8855), metres and radians.

A matrix is named by both its ends: `world_from_ego @ ego_from_camera` is `world_from_camera`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]

_MIRROR_Y = np.diag([1.0, -1.0, 1.0, 1.0])


def left_from_carla(location: ArrayLike, rotation: ArrayLike) -> Matrix:
    """Return the (4, 4) LEFT-handed matrix of a CARLA transform.

    `location` is (x, y, z) in metres and `rotation` (pitch, yaw, roll) in degrees. The product is R = Rz(yaw) Ry(pitch)
    Rx(roll) with Unreal's signs, as `carla.Transform.get_matrix()` returns it.
    """
    pitch, yaw, roll = np.radians(np.asarray(rotation, dtype=np.float64)).tolist()
    cp, sp, cy, sy, cr, sr = math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw), math.cos(roll), math.sin(roll)
    x, y, z = np.asarray(location, dtype=np.float64).tolist()
    return np.array(
        [
            [cp * cy, cy * sp * sr - sy * cr, -cy * sp * cr - sy * sr, x],
            [cp * sy, sy * sp * sr + cy * cr, -sy * sp * cr + cy * sr, y],
            [sp, -cp * sr, cp * cr, z],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )


def carla_from_left(matrix: Matrix) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return ((x, y, z) metres, (pitch, yaw, roll) degrees) of a LEFT-handed (4, 4) matrix; inverse of `left_from_carla`."""
    r = matrix
    pitch = math.degrees(math.asin(max(-1.0, min(1.0, float(r[2, 0])))))
    yaw = math.degrees(math.atan2(float(r[1, 0]), float(r[0, 0])))
    roll = math.degrees(math.atan2(-float(r[2, 1]), float(r[2, 2])))
    return (float(r[0, 3]), float(r[1, 3]), float(r[2, 3])), (pitch, yaw, roll)


def mirrored(matrix: Matrix) -> Matrix:
    """Return the same pose (..., 4, 4) in the other handedness (y negated on both ends); its own inverse."""
    return _MIRROR_Y @ matrix @ _MIRROR_Y


def pose_from_carla(location: ArrayLike, rotation: ArrayLike) -> Matrix:
    """Return the RIGHT-handed (4, 4) pose of a CARLA transform (metres; degrees)."""
    return mirrored(left_from_carla(location, rotation))


def carla_from_pose(pose: Matrix) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return CARLA's ((x, y, z) metres, (pitch, yaw, roll) degrees) of a RIGHT-handed pose."""
    return carla_from_left(mirrored(pose))


def mirror_points(points: ArrayLike) -> NDArray[np.float64]:
    """Return vectors (..., 3) in the other handedness (y negated)."""
    return np.asarray(points, dtype=np.float64) * (1.0, -1.0, 1.0)


def pose_from_rpy(xyz: ArrayLike, rpy_deg: ArrayLike) -> Matrix:
    """Return the RIGHT-handed (4, 4) pose R = Rz(yaw) Ry(pitch) Rx(roll) of fixed-axis angles in degrees (REP 103).

    Positive yaw turns left, positive pitch turns the nose down, positive roll lowers the right side.
    """
    roll, pitch, yaw = np.radians(np.asarray(rpy_deg, dtype=np.float64)).tolist()
    cr, sr, cp, sp, cy, sy = math.cos(roll), math.sin(roll), math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw)
    pose = np.eye(4)
    pose[:3, :3] = [
        [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
        [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
        [-sp, cp * sr, cp * cr],
    ]
    pose[:3, 3] = np.asarray(xyz, dtype=np.float64)
    return pose


def inverse(pose: Matrix) -> Matrix:
    """Return the inverse of rigid poses (..., 4, 4)."""
    rotation = np.swapaxes(pose[..., :3, :3], -1, -2)
    out = np.zeros_like(pose)
    out[..., :3, :3] = rotation
    out[..., :3, 3] = -np.einsum("...ij,...j->...i", rotation, pose[..., :3, 3])
    out[..., 3, 3] = 1.0
    return out


def transform(a_from_b: Matrix, points_b: ArrayLike) -> NDArray[np.float64]:
    """Return points (N, 3) of frame b in frame a."""
    return np.asarray(points_b, dtype=np.float64) @ a_from_b[:3, :3].T + a_from_b[:3, 3]


def rotate(a_from_b: Matrix, vectors_b: ArrayLike) -> NDArray[np.float64]:
    """Return free vectors (N, 3) or (3,) of frame b in frame a (no translation)."""
    return np.asarray(vectors_b, dtype=np.float64) @ a_from_b[:3, :3].T


def yaw_of(pose: Matrix) -> float:
    """Return the heading about z in radians of one pose (4, 4), in the handedness of the pose."""
    return math.atan2(float(pose[1, 0]), float(pose[0, 0]))


def quaternion_from_rotation(rotation: ArrayLike) -> NDArray[np.float64]:
    """Return unit quaternions (N, 4) as (w, x, y, z) with w >= 0 of rotation matrices (N, 3, 3).

    Shepperd's method: divide by the largest of the four components (J. Guidance and Control 1(3), 1978).
    """
    r = np.asarray(rotation, dtype=np.float64).reshape(-1, 3, 3)
    trace = r[:, 0, 0] + r[:, 1, 1] + r[:, 2, 2]
    squares = np.stack([trace, r[:, 0, 0], r[:, 1, 1], r[:, 2, 2]], axis=1)
    products = np.empty((len(r), 4, 4))
    products[:, 0, 0] = 1.0 + trace
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        products[:, i + 1, i + 1] = 1.0 + r[:, i, i] - r[:, j, j] - r[:, k, k]
        products[:, 0, i + 1] = products[:, i + 1, 0] = r[:, k, j] - r[:, j, k]
        products[:, j + 1, k + 1] = products[:, k + 1, j + 1] = r[:, k, j] + r[:, j, k]
    quaternion = products[np.arange(len(r)), squares.argmax(axis=1)]
    quaternion /= np.linalg.norm(quaternion, axis=1, keepdims=True)
    return np.asarray(np.where(quaternion[:, :1] < 0.0, -quaternion, quaternion), dtype=np.float64)


def rotation_from_quaternion(quaternion: ArrayLike) -> NDArray[np.float64]:
    """Return rotation matrices (N, 3, 3) of unit quaternions (N, 4) as (w, x, y, z)."""
    w, x, y, z = np.asarray(quaternion, dtype=np.float64).reshape(-1, 4).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), -1, 0)
