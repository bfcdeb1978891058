"""The pinhole camera.

Image coordinates are continuous pixels: pixel (column i, row j) covers [i, i+1) x [j, j+1), so its centre is (i + 0.5,
j + 0.5) and the principal point of a symmetric camera is (width / 2, height / 2), as in Unreal's projection.
The optical frame is x right, y down, z forward; the sensor frame is x forward, y left, z up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.geometry.pose import Matrix

OPTICAL_FROM_SENSOR: Matrix = np.array([[0.0, -1.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Pinhole:
    """Intrinsics of an ideal camera, in pixels."""

    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float

    @classmethod
    def from_fov(cls, width_px: int, height_px: int, fov_deg: float) -> Pinhole:
        """Return the camera with square pixels and HORIZONTAL field of view `fov_deg`: f = width / (2 tan(fov / 2))."""
        focal = width_px / (2.0 * math.tan(math.radians(fov_deg) / 2.0))
        return cls(width_px, height_px, focal, focal, width_px / 2.0, height_px / 2.0)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The (3, 3) matrix K."""
        return np.array([[self.fx_px, 0.0, self.cx_px], [0.0, self.fy_px, self.cy_px], [0.0, 0.0, 1.0]])

    def project(self, points_sensor: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (pixels (N, 2), depth (N,) metres along the optical axis) of points (N, 3) in the SENSOR frame.

        Points at or behind the camera have depth <= 0 and NaN pixels; pixels outside the image are returned as they are.
        """
        points = np.asarray(points_sensor, dtype=np.float64).reshape(-1, 3)
        depth = points[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            u = self.cx_px - self.fx_px * points[:, 1] / depth
            v = self.cy_px - self.fy_px * points[:, 2] / depth
        pixels = np.stack([u, v], axis=1)
        pixels[depth <= 0.0] = np.nan
        return pixels, depth

    def unproject(self, pixels: ArrayLike, depth_m: ArrayLike) -> NDArray[np.float64]:
        """Return points (N, 3) in the SENSOR frame of pixels (N, 2) with planar depth (N,); inverse of `project`."""
        pixels = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
        depth = np.asarray(depth_m, dtype=np.float64).reshape(-1)
        y = (self.cx_px - pixels[:, 0]) / self.fx_px * depth
        z = (self.cy_px - pixels[:, 1]) / self.fy_px * depth
        return np.stack([depth, y, z], axis=1)

    def contains(self, pixels: ArrayLike) -> NDArray[np.bool_]:
        """Return which pixels (N, 2) lie inside the image."""
        pixels = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
        with np.errstate(invalid="ignore"):
            inside = (pixels >= 0.0) & (pixels < (self.width_px, self.height_px))
        return np.asarray(inside.all(axis=1), dtype=np.bool_)
