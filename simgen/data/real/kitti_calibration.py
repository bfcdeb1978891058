"""KITTI's calibration: text files of both its kinds, and simgen's ego frame for its car.

The ego's origin is on the ground below the Velodyne, which is mounted 1.73 m above it (Geiger et al. 2013, "Vision meets
robotics: the KITTI dataset", figure 3); the axes are the Velodyne's: x forward, y left, z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.data.real.entry import shifted
from simgen.data.real.files import read_bytes
from simgen.errors import ShardError
from simgen.geometry.camera import OPTICAL_FROM_SENSOR, Pinhole
from simgen.geometry.pose import Matrix

VELODYNE_HEIGHT_M = 1.73
EGO_FROM_VELODYNE: Matrix = shifted(0.0, 0.0, VELODYNE_HEIGHT_M)


@dataclass(frozen=True)
class Calibration:
    """How the left colour camera (02) stands to the Velodyne."""

    projection: NDArray[np.float64]
    """(3, 4) P2: pixels of camera 2 from the rectified frame of camera 0."""
    rectified_from_velodyne: Matrix

    @property
    def ego_from_rectified(self) -> Matrix:
        """(4, 4) from the frame that labels are in: x right, y down, z forward."""
        return EGO_FROM_VELODYNE @ np.linalg.inv(self.rectified_from_velodyne)

    @property
    def ego_from_camera(self) -> Matrix:
        """(4, 4) pose of camera 2 as a sensor: x forward, y left, z up."""
        offset = np.linalg.solve(self.projection[:, :3], self.projection[:, 3])  # P2 = K [1 | offset]
        return self.ego_from_rectified @ shifted(*-offset) @ OPTICAL_FROM_SENSOR

    def pinhole(self, width_px: int, height_px: int) -> Pinhole:
        """Return the intrinsics. KITTI counts pixels from their centres, simgen from their corners: half a pixel more."""
        k = self.projection
        return Pinhole(width_px, height_px, float(k[0, 0]), float(k[1, 1]), float(k[0, 2]) + 0.5, float(k[1, 2]) + 0.5)


def object_calibration(path: Path) -> Calibration:
    """Return the calibration of a frame of the object set (calib/NNNNNN.txt)."""
    rows = read_table(path)
    rectify = _square(_matrix(rows, "R0_rect", (3, 3), path))
    return Calibration(_matrix(rows, "P2", (3, 4), path), rectify @ _square(_matrix(rows, "Tr_velo_to_cam", (3, 4), path)))


def drive_calibration(folder: Path) -> Calibration:
    """Return the calibration of raw drives of a day (calib_cam_to_cam.txt, calib_velo_to_cam.txt)."""
    cameras, velodyne = folder / "calib_cam_to_cam.txt", folder / "calib_velo_to_cam.txt"
    of_cameras, of_velodyne = read_table(cameras), read_table(velodyne)
    camera_from_velodyne = np.eye(4)
    camera_from_velodyne[:3, :3] = _matrix(of_velodyne, "R", (3, 3), velodyne)
    camera_from_velodyne[:3, 3] = _matrix(of_velodyne, "T", (3,), velodyne)
    rectify = _square(_matrix(of_cameras, "R_rect_00", (3, 3), cameras))
    return Calibration(_matrix(of_cameras, "P_rect_02", (3, 4), cameras), rectify @ camera_from_velodyne)


def read_table(path: Path) -> dict[str, NDArray[np.float64]]:
    """Return lines "KEY: numbers"; lines with anything else are left out."""
    rows = {}
    for line in read_bytes(path).decode("utf-8", "replace").splitlines():
        key, _, values = line.partition(":")
        try:
            rows[key.strip()] = np.array([float(value) for value in values.split()])
        except ValueError:
            continue
    return rows


def _matrix(rows: dict[str, NDArray[np.float64]], key: str, shape: tuple[int, ...], path: Path) -> NDArray[np.float64]:
    values = rows.get(key, np.zeros(0))
    if values.size != np.prod(shape) or not np.isfinite(values).all():
        raise ShardError(f"calibration must have {key} with {int(np.prod(shape))} numbers, got {values.size} ({path})")
    return values.reshape(shape)


def _square(matrix: NDArray[np.float64]) -> Matrix:
    out = np.eye(4)
    out[:3, : matrix.shape[1]] = matrix
    return out
