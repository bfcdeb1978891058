"""From a `View` to what shaders and culling need. All vectors are algebraic in CARLA's left-handed world frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.sensors import View

NEAR_M = 0.05
"""Nearer surfaces are not drawn. There is no far plane: depth is stored as near / distance."""

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Projection:
    """A pinhole camera with the principal point at the centre and square pixels."""

    origin: Vector
    forward: Vector
    right: Vector
    up: Vector
    tangent_x: float
    """tan(horizontal field of view / 2)."""
    tangent_y: float
    width: int
    height: int

    @classmethod
    def of(cls, view: View) -> Projection:
        pose = view.pose
        tangent = math.tan(math.radians(view.fov_deg) / 2.0)
        axes = (pose[:3, 3], pose[:3, 0], pose[:3, 1], pose[:3, 2])
        return cls(*axes, tangent, tangent * view.height / view.width, view.width, view.height)

    @property
    def pixel(self) -> float:
        """Width of a pixel at a distance of 1."""
        return 2.0 * self.tangent_x / self.width

    def clip_uniforms(self) -> dict[str, NDArray[np.float32] | float]:
        """Return the axes that turn camera-relative positions into clip space.

        Image row 0 lands on the lowest window row, so that what is read back runs from top to bottom.
        """
        right = (self.right / self.tangent_x).astype(np.float32)
        down = (-self.up / self.tangent_y).astype(np.float32)
        return {"clip_x": right, "clip_y": down, "clip_w": self.forward.astype(np.float32), "near": NEAR_M}

    def ray_uniforms(self) -> dict[str, NDArray[np.float32] | float]:
        """Return what reconstructs a pixel's camera-relative position: ray * planar depth."""
        right, down = self.right * self.tangent_x, -self.up * self.tangent_y
        return {
            "ray_x": right.astype(np.float32),
            "ray_y": down.astype(np.float32),
            "ray_w": self.forward.astype(np.float32),
            "origin": self.origin.astype(np.float32),
            "near": NEAR_M,
        }

    def planes(self) -> Vector:
        """Return (5, 3) unit inward normals of planes through the camera: left, right, bottom, top, behind."""
        sides = [
            self.forward * self.tangent_x + self.right,
            self.forward * self.tangent_x - self.right,
            self.forward * self.tangent_y + self.up,
            self.forward * self.tangent_y - self.up,
            self.forward,
        ]
        normals = np.stack(sides)
        return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))

    def sees_boxes(self, centres: Vector, extents: Vector) -> NDArray[np.bool_]:
        """Return which axis-aligned world boxes (N, 3), (N, 3) may be seen."""
        planes = self.planes()
        distance = (centres - self.origin) @ planes.T
        return np.asarray((distance + extents @ np.abs(planes).T >= 0.0).all(axis=1), dtype=np.bool_)

    def sees_spheres(self, centres: Vector, radii: Vector) -> NDArray[np.bool_]:
        """Return which spheres (N, 3), (N,) in the world may be seen."""
        distance = (centres - self.origin) @ self.planes().T
        return np.asarray((distance + radii[:, None] >= 0.0).all(axis=1), dtype=np.bool_)
