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
    pitch, yaw, roll = (math.radians(float(a)) for a in rotation)  # type: ignore[union-attr]
    cp, sp, cy, sy, cr, sr = math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw), math.cos(roll), math.sin(roll)
    x, y, z = (float(v) for v in location)  # type: ignore[union-attr]
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
    roll, pitch, yaw = (math.radians(float(a)) for a in rpy_deg)  # type: ignore[union-attr]
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
