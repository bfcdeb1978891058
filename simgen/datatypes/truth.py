"""Ground truth: what `simgen.labels` computes from a clean frame.

All 3D labels are in the ego frame (x forward, y left, z up; origin at the ego's actor origin, on the ground).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BOX3D_DTYPE = np.dtype(
    [
        ("actor_id", "<u4"),
        ("object_class", "u1"),
        ("centre", "<f8", (3,)),
        ("size", "<f8", (3,)),
        ("rotation", "<f8", (4,)),
        ("velocity", "<f8", (3,)),
        ("angular_velocity", "<f8", (3,)),
        ("visible_pixels", "<u4"),
        ("lidar_points", "<u4"),
    ]
)
"""centre, size m; rotation quaternion (w, x, y, z), ego from box; velocity m/s over ground expressed in the ego frame;
visible_pixels summed over all cameras of the frame, lidar_points over all LiDARs."""

BOX2D_DTYPE = np.dtype(
    [
        ("actor_id", "<u4"),
        ("object_class", "u1"),
        ("box", "<i4", (4,)),
        ("amodal", "<f4", (4,)),
        ("visible_pixels", "<u4"),
        ("visible_fraction", "<f4"),
    ]
)
"""box: tight (x0, y0, x1, y1) of the visible pixels, x1 and y1 exclusive; amodal: projected 3D box clipped to the image;
visible_fraction: visible pixels over the pixels inside the convex hull of the projected 3D box."""

LANE_DTYPE = np.dtype(
    [
        ("kind", "u1"),
        ("marking", "u1"),
        ("color", "u1"),
        ("road_id", "<i4"),
        ("lane_id", "<i4"),
        ("start", "<u4"),
        ("count", "<u4"),
    ]
)
"""One polyline: `count` rows from `start` of the point arrays; codes are in `LANE_KINDS`, `MARKINGS`, `COLORS`."""

LANE_KINDS: tuple[str, ...] = ("centre", "boundary")
MARKINGS: tuple[str, ...] = (
    "none",
    "driving",
    "solid",
    "broken",
    "solid_solid",
    "solid_broken",
    "broken_solid",
    "broken_broken",
    "botts_dots",
    "grass",
    "curb",
    "other",
)
COLORS: tuple[str, ...] = ("none", "white", "yellow", "blue", "green", "red", "other")

LIGHT_DTYPE = np.dtype([("actor_id", "<u4"), ("state", "u1"), ("centre", "<f8", (3,))])
"""state: 0 red, 1 yellow, 2 green, 3 off, 4 unknown; centre m, ego frame."""


@dataclass(frozen=True)
class GroundTruth:
    """The labels of one frame."""

    tick: int
    boxes3d: NDArray
    """(N,) BOX3D_DTYPE, by actor id."""
    boxes2d: Mapping[str, NDArray]
    """By camera device: (M,) BOX2D_DTYPE, objects with at least one visible pixel."""
    lanes: NDArray
    """(L,) LANE_DTYPE."""
    lane_points: NDArray[np.float64]
    """(P, 3) metres, ego frame."""
    lane_pixels: Mapping[str, NDArray[np.float32]]
    """By camera device: (P, 2) pixels of `lane_points`, NaN where behind the camera or outside the image."""
    lights: NDArray
    """(K,) LIGHT_DTYPE."""
