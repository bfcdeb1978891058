"""The scene from above: points, boxes and lanes in the ego frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.readings import Reading
from simgen.datatypes.tags import ObjectClass, palette_image
from simgen.datatypes.truth import LANE_KINDS, GroundTruth
from simgen.geometry.pose import Matrix, rotation_from_quaternion, transform
from simgen.view.overlay import COLORS, LANE_COLORS, Image

BACKGROUND = (18, 20, 24)


def draw_birdseye(truth: GroundTruth, lidars: list[tuple[Reading, Matrix]], size_px: int = 480, radius_m: float = 40.0) -> Image:
    """Return (size, size, 3) uint8 RGB, the ego in the middle facing up.

    `lidars` are readings with their `ego_from_sensor`; points are coloured by semantic tag.
    """
    canvas = np.full((size_px, size_px, 3), BACKGROUND, dtype=np.uint8)
    scale = size_px / (2.0 * radius_m)
    for reading, ego_from_sensor in lidars:
        _draw_points(canvas, reading.data, ego_from_sensor, scale)
    for lane in truth.lanes:
        line = truth.lane_points[lane["start"] : lane["start"] + lane["count"]]
        cv2.polylines(canvas, [_to_pixels(line, size_px, scale)], False, LANE_COLORS[LANE_KINDS[lane["kind"]]], 1, cv2.LINE_AA)
    for box in truth.boxes3d:
        _draw_footprint(canvas, box, scale)
    ego = np.array([[2.4, 1.0], [2.4, -1.0], [-2.4, -1.0], [-2.4, 1.0]])
    cv2.fillPoly(canvas, [_to_pixels(ego, size_px, scale)], (240, 240, 240), cv2.LINE_AA)
    return canvas


def _draw_points(canvas: Image, points: NDArray, ego_from_sensor: Matrix, scale: float) -> None:
    xyz = transform(ego_from_sensor, np.stack([points["x"], points["y"], points["z"]], axis=1))
    pixels = _to_pixels(xyz, len(canvas), scale)
    inside = ((pixels >= 0) & (pixels < len(canvas))).all(axis=1)
    columns, rows = pixels[inside].T
    canvas[rows, columns] = palette_image()[points["tag"][inside]]


def _draw_footprint(canvas: Image, box: NDArray, scale: float) -> None:
    rotation = rotation_from_quaternion(box["rotation"])[0]
    half = np.asarray(box["size"]) / 2.0
    outline = np.array([[1, 1, 0], [1, -1, 0], [-1, -1, 0], [-1, 1, 0]]) * half @ rotation.T + box["centre"]
    nose = np.array([[0.0, 0.0, 0.0], [half[0], 0.0, 0.0]]) @ rotation.T + box["centre"]
    color = COLORS[ObjectClass(int(box["object_class"]))]
    cv2.polylines(canvas, [_to_pixels(outline, len(canvas), scale)], True, color, 1, cv2.LINE_AA)
    cv2.polylines(canvas, [_to_pixels(nose, len(canvas), scale)], False, color, 1, cv2.LINE_AA)


def _to_pixels(points_ego: NDArray, size_px: int, scale: float) -> NDArray[np.int32]:
    # Forward is up in the picture, left is left.
    pixels = size_px / 2.0 - points_ego[:, :2][:, ::-1] * scale
    return np.floor(np.clip(pixels, -30_000, 30_000)).astype(np.int32)
