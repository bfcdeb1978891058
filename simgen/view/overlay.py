"""Draws labels into camera images."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Mount
from simgen.datatypes.tags import ObjectClass, palette_image
from simgen.datatypes.truth import LANE_KINDS, GroundTruth
from simgen.geometry.box import EDGES, corners
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import Matrix, inverse, rotation_from_quaternion, transform

Image = NDArray[np.uint8]

COLORS: Mapping[ObjectClass, tuple[int, int, int]] = MappingProxyType(
    {
        ObjectClass.CAR: (80, 170, 255),
        ObjectClass.VAN: (80, 220, 220),
        ObjectClass.TRUCK: (255, 160, 60),
        ObjectClass.BUS: (255, 210, 60),
        ObjectClass.MOTORCYCLE: (190, 120, 255),
        ObjectClass.BICYCLE: (120, 255, 130),
        ObjectClass.PEDESTRIAN: (255, 80, 120),
        ObjectClass.PROP: (200, 200, 200),
    }
)
"""RGB of a class, in pictures and pages alike."""

LIGHT_COLORS: tuple[tuple[int, int, int], ...] = ((255, 40, 40), (255, 210, 40), (60, 230, 90), (120, 120, 120), (200, 200, 200))
LANE_COLORS: Mapping[str, tuple[int, int, int]] = MappingProxyType({"centre": (60, 200, 255), "boundary": (255, 230, 80)})

_NEAR_M = 0.2


def ego_from_box(box: NDArray) -> Matrix:
    """Return the (4, 4) pose of one BOX3D_DTYPE row."""
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation_from_quaternion(box["rotation"])[0], box["centre"]
    return pose


def draw_labels(image: Image, truth: GroundTruth, mount: Mount) -> Image:
    """Return a copy of the rgb image with lanes, 3D boxes, tight 2D boxes and light states of visible objects."""
    canvas = np.ascontiguousarray(image).copy()
    draw_lanes(canvas, truth, mount.device)
    draw_boxes3d(canvas, truth, mount)
    draw_boxes2d(canvas, truth, mount.device)
    draw_lights(canvas, truth, mount)
    return canvas


def draw_lanes(canvas: Image, truth: GroundTruth, device: str) -> None:
    """Draw the projected lane lines."""
    pixels = truth.lane_pixels[device]
    for lane in truth.lanes:
        line = pixels[lane["start"] : lane["start"] + lane["count"]]
        color = LANE_COLORS[LANE_KINDS[lane["kind"]]]
        for a, b in itertools.pairwise(line):
            if np.isfinite(a).all() and np.isfinite(b).all():
                cv2.line(canvas, _point(a), _point(b), color, 1, cv2.LINE_AA)


def draw_boxes3d(canvas: Image, truth: GroundTruth, mount: Mount) -> None:
    """Draw the wire frames of the boxes that have visible pixels in this camera."""
    visible = set(truth.boxes2d[mount.device]["actor_id"].tolist()) if mount.device in truth.boxes2d else set()
    sensor_from_ego = inverse(mount.ego_from_sensor)
    for box in truth.boxes3d:
        if int(box["actor_id"]) in visible:
            hull = corners(sensor_from_ego @ ego_from_box(box), box["size"])
            _draw_edges(canvas, hull, mount.camera, COLORS[ObjectClass(int(box["object_class"]))])


def draw_boxes2d(canvas: Image, truth: GroundTruth, device: str) -> None:
    """Draw the tight boxes with class and id."""
    for box in truth.boxes2d.get(device, ()):
        kind = ObjectClass(int(box["object_class"]))
        x0, y0, x1, y1 = (int(v) for v in box["box"])
        cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), COLORS[kind], 1)
        if x1 - x0 > 14:
            label = f"{kind.name.lower()} {box['actor_id']}"
            cv2.putText(canvas, label, (x0, max(y0 - 3, 9)), cv2.FONT_HERSHEY_SIMPLEX, 0.33, COLORS[kind], 1, cv2.LINE_AA)


def draw_lights(canvas: Image, truth: GroundTruth, mount: Mount) -> None:
    """Draw a ring of its colour around each traffic light nearer than 60 m."""
    centres = transform(inverse(mount.ego_from_sensor), truth.lights["centre"])
    pixels, depth = mount.camera.project(centres)
    for light, pixel, metres in zip(truth.lights, pixels, depth, strict=True):
        if 1.0 < metres < 60.0 and mount.camera.contains(pixel)[0]:
            cv2.circle(canvas, _point(pixel), 6, LIGHT_COLORS[int(light["state"])], 1, cv2.LINE_AA)


def color_depth(depth_m: NDArray[np.float32]) -> Image:
    """Return (H, W, 3) uint8: near is bright, on a logarithmic scale from 1 m to the far plane."""
    level = 1.0 - np.log(np.clip(depth_m, 1.0, 1000.0)) / np.log(1000.0)
    return np.ascontiguousarray(cv2.applyColorMap((level * 255).astype(np.uint8), cv2.COLORMAP_TURBO)[..., ::-1])


def color_semantic(tags: NDArray[np.uint8]) -> Image:
    """Return (H, W, 3) uint8 in the Cityscapes palette."""
    return palette_image()[tags]


def color_instances(ids: NDArray[np.uint32]) -> Image:
    """Return (H, W, 3) uint8: one colour per id, black where there is no actor."""
    hue = ids.astype(np.uint64) * 2654435761 % (1 << 32)
    rgb = np.stack([(hue >> np.uint64(shift)) & np.uint64(127) for shift in (3, 11, 19)], axis=-1).astype(np.uint8) + 96
    rgb[ids == 0] = 0
    return rgb


def _draw_edges(canvas: Image, hull: NDArray[np.float64], camera: Pinhole, color: tuple[int, int, int]) -> None:
    for i, j in EDGES:
        a, b = hull[i], hull[j]
        if a[0] < _NEAR_M and b[0] < _NEAR_M:
            continue
        if min(a[0], b[0]) < _NEAR_M:
            a, b = (a, b) if a[0] >= _NEAR_M else (b, a)
            b = a + (b - a) * (a[0] - _NEAR_M) / (a[0] - b[0])
        pixels, _ = camera.project([a, b])
        ends = np.clip(pixels, -10_000, 10_000)
        cv2.line(canvas, _point(ends[0]), _point(ends[1]), color, 1, cv2.LINE_AA)


def _point(pixel: NDArray) -> tuple[int, int]:
    return int(np.floor(pixel[0])), int(np.floor(pixel[1]))
