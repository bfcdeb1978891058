"""A self-contained page of a shard: cameras, the scene from above, boxes and lanes on and off. It opens offline."""

from __future__ import annotations

import base64
import html
import json
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from simgen.datatypes.rig import Kind, Mount
from simgen.datatypes.tags import palette_image
from simgen.datatypes.truth import LANE_KINDS, GroundTruth
from simgen.geometry.box import EDGES, corners
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import inverse, transform
from simgen.shards.reader import ShardReader
from simgen.shards.whole import write_whole
from simgen.view.overlay import COLORS, LANE_COLORS, ego_from_box
from simgen.view.summary import summarize, summary_text

MAX_FRAMES = 60
MAX_POINTS = 6000
IMAGE_HEIGHT = 360
POINT_UNIT_M = 0.01
"""Points are sent as 16-bit multiples of this."""


def save_page(shard: ShardReader, path: Path) -> Path:
    """Write the page of a shard; returns its path."""
    return write_whole(path, page(shard).encode(), "page")


def page(shard: ShardReader) -> str:
    """Return the HTML text."""
    template = resources.files("simgen.view").joinpath("page.html").read_text()
    # "</" would end the script element that holds the data.
    data = json.dumps(_content(shard), separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    values = {"TITLE": html.escape(shard.path.name), "SUMMARY": html.escape(summary_text(summarize(shard))), "DATA": data}
    for key, value in values.items():
        template = template.replace(f"<!--{key}-->", value)
    return template


def _content(shard: ShardReader) -> dict[str, Any]:
    stride = max(1, -(-len(shard) // MAX_FRAMES))
    return {
        "cameras": {d: [m.camera.width_px, m.camera.height_px] for d, m in shard.rig.cameras().items()},
        "classes": {int(c): [c.name.lower(), list(COLORS[c])] for c in COLORS},
        "lane_colors": [list(LANE_COLORS[kind]) for kind in LANE_KINDS],
        "palette": palette_image().reshape(-1).tolist()[: 29 * 3],
        "unit": POINT_UNIT_M,
        "frames": [_frame(shard, i) for i in range(0, len(shard), stride)],
    }


def _frame(shard: ShardReader, frame: int) -> dict[str, Any]:
    truth = shard.truth(frame)
    return {
        "tick": int(shard.ticks[frame]),
        "time": float(shard.times_s[frame]),
        "images": {device: _image(shard, frame, device, mount, truth) for device, mount in shard.rig.cameras().items()},
        "points": _points(shard, frame),
        "lanes": [[int(lane["kind"]), _rounded(_lane(truth, lane)[:, :2])] for lane in truth.lanes],
        "boxes": [[int(b["actor_id"]), int(b["object_class"]), _rounded(_footprint(b))] for b in truth.boxes3d],
    }


def _image(shard: ShardReader, frame: int, device: str, mount: Mount, truth: GroundTruth) -> dict[str, Any]:
    name = f"{device}.{Kind.RGB.value}"
    reading = shard.reading(name, frame) if any(m.name == name for m in shard.rig.mounts) else None
    seen = set(truth.boxes2d[device]["actor_id"].tolist()) if device in truth.boxes2d else set()
    return {
        "jpeg": "" if reading is None else _jpeg(reading.data),
        "tight": [[int(b["actor_id"]), int(b["object_class"]), b["box"].tolist()] for b in truth.boxes2d.get(device, ())],
        "wires": [[int(b["object_class"]), _wires(b, mount)] for b in truth.boxes3d if int(b["actor_id"]) in seen],
        "lanes": [[int(lane["kind"]), _finite(truth, lane, device)] for lane in truth.lanes],
    }


def _jpeg(rgb: np.ndarray) -> str:
    if rgb.shape[0] > IMAGE_HEIGHT:
        width = round(rgb.shape[1] * IMAGE_HEIGHT / rgb.shape[0])
        rgb = np.asarray(cv2.resize(rgb, (width, IMAGE_HEIGHT), interpolation=cv2.INTER_AREA))
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [int(cv2.IMWRITE_JPEG_QUALITY), 80])
    return base64.b64encode(data.tobytes()).decode()


def _points(shard: ShardReader, frame: int) -> dict[str, str]:
    parts, tags = [np.empty((0, 3))], [np.empty(0, np.uint8)]
    for mount in shard.rig.of_kind(Kind.LIDAR):
        reading = shard.reading(mount.name, frame)
        if reading is not None:
            data = reading.data[:: max(1, len(reading.data) // MAX_POINTS)]
            parts.append(transform(mount.ego_from_sensor, np.stack([data["x"], data["y"], data["z"]], axis=1)))
            tags.append(data["tag"])
    quantised = np.clip(np.rint(np.concatenate(parts)[:, :2] / POINT_UNIT_M), -32768, 32767).astype("<i2")
    return {"xy": base64.b64encode(quantised.tobytes()).decode(), "tag": base64.b64encode(np.concatenate(tags).tobytes()).decode()}


def _lane(truth: GroundTruth, lane: np.ndarray) -> np.ndarray:
    return truth.lane_points[lane["start"] : lane["start"] + lane["count"]]


def _finite(truth: GroundTruth, lane: np.ndarray, device: str) -> list[list[float] | None]:
    pixels = truth.lane_pixels[device][lane["start"] : lane["start"] + lane["count"]]
    return [[round(float(x), 1), round(float(y), 1)] if np.isfinite((x, y)).all() else None for x, y in pixels]


def _footprint(box: np.ndarray) -> np.ndarray:
    return corners(ego_from_box(box), box["size"])[[6, 4, 0, 2], :2]


def _wires(box: np.ndarray, mount: Mount) -> list[list[float]]:
    """Return the visible edges as (x0, y0, x1, y1) pixels."""
    hull = corners(inverse(mount.ego_from_sensor) @ ego_from_box(box), box["size"])
    camera: Pinhole = mount.camera
    edges = []
    for i, j in EDGES:
        if hull[i, 0] > 0.2 and hull[j, 0] > 0.2:
            pixels, _ = camera.project(hull[[i, j]])
            edges.append([round(float(v), 1) for v in np.clip(pixels, -1e4, 1e4).reshape(-1)])
    return edges


def _rounded(points: np.ndarray) -> list[list[float]]:
    return np.round(points, 2).tolist()
