"""2D boxes: tight ones from the id masks, amodal ones from the projected 3D box."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import Thing, WorldState
from simgen.datatypes.rig import Mount
from simgen.datatypes.truth import BOX2D_DTYPE
from simgen.geometry.box import EDGES, corners
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import Matrix, inverse
from simgen.labels.boxes3d import boxed
from simgen.labels.visibility import PixelCounts

NEAR_M = 0.1
"""Boxes are cut at this depth before they are projected."""


def label_boxes2d(world: WorldState, mount: Mount, pixels: PixelCounts) -> NDArray:
    """Return (M,) BOX2D_DTYPE of the actors with at least one visible pixel in the camera of `mount`, by actor id."""
    seen = [thing for thing in boxed(world) if thing.actor_id in pixels]
    rows = np.zeros(len(seen), dtype=BOX2D_DTYPE)
    sensor_from_world = inverse(world.ego.world_from_actor @ mount.ego_from_sensor)
    for row, thing in zip(rows, seen, strict=True):
        extremes = pixels[thing.actor_id]
        amodal, area_px = project_box(thing, sensor_from_world, mount.camera)
        row["actor_id"], row["object_class"] = thing.actor_id, thing.object_class
        row["box"], row["amodal"] = extremes.box, amodal
        row["visible_pixels"] = extremes.pixels
        row["visible_fraction"] = min(1.0, extremes.pixels / max(area_px, 1.0))
    return rows


def project_box(thing: Thing, sensor_from_world: Matrix, camera: Pinhole) -> tuple[tuple[float, float, float, float], float]:
    """Return ((x0, y0, x1, y1), area) in pixels of the box silhouette clipped to the image; zeros when it is outside."""
    points = _cut_at_near(corners(sensor_from_world @ thing.world_from_box, thing.size_m))
    if len(points) < 3:
        return (0.0, 0.0, 0.0, 0.0), 0.0
    pixels, _ = camera.project(points)
    hull = cv2.convexHull(pixels.astype(np.float32))
    width, height = camera.width_px, camera.height_px
    image = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32).reshape(-1, 1, 2)
    area, inside = cv2.intersectConvexConvex(hull, image)
    if area <= 0.0 or inside is None:
        return (0.0, 0.0, 0.0, 0.0), 0.0
    (x0, y0), (x1, y1) = inside.reshape(-1, 2).min(axis=0), inside.reshape(-1, 2).max(axis=0)
    return (float(x0), float(y0), float(x1), float(y1)), float(area)


def _cut_at_near(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners (K, 3) in front of the near plane, plus where edges cross it."""
    kept = [points[points[:, 0] >= NEAR_M]]
    for i, j in EDGES:
        a, b = points[i], points[j]
        if (a[0] < NEAR_M) != (b[0] < NEAR_M):
            kept.append((a + (b - a) * (NEAR_M - a[0]) / (b[0] - a[0]))[None])
    return np.concatenate(kept)
