"""One frame of a shard as the values that the page draws: points and lines in whole centimetres, images as URLs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind, Mount
from simgen.datatypes.truth import LANE_KINDS, GroundTruth
from simgen.geometry.pose import Matrix, inverse, transform
from simgen.shards.reader import ShardReader
from simgen.view.detections import radar_points
from simgen.view.images import label_image, photograph

POINT_UNIT_M = 0.01
"""Points are sent as 16-bit multiples of this: up to 327 m from the ego."""
PIXEL_STEPS = 32_000
"""Projected points are sent as 16-bit multiples of the longer image side over this; `NO_PIXEL` where there is none."""
NO_PIXEL = -32_768
RADAR_MOST = 400
OVERLAYS: tuple[Kind, ...] = (Kind.SEMANTIC, Kind.INSTANCE, Kind.DEPTH)


@dataclass(frozen=True)
class Chosen:
    """What of a shard goes into the page."""

    frames: tuple[int, ...]
    points: int
    """At most about so many LiDAR points a frame."""
    reduction: int
    """Photographs are this much smaller than stored; 1 is as stored."""
    overlays: tuple[Kind, ...] = OVERLAYS
    """Kinds of label images."""


def frame_content(shard: ShardReader, chosen: Chosen, position: int) -> dict[str, Any]:
    """Return the JSON values of the chosen frame number `position`: of each sensor what came since the chosen frame before it."""
    frame = chosen.frames[position]
    since = int(shard.ticks[chosen.frames[position - 1]]) if position else -1
    truth = shard.truth(frame)
    views = {}
    for device, mount in shard.rig.cameras().items():
        view = _view(shard, chosen, device, mount, (since, frame))
        if view is not None:
            views[device] = view
    return {
        "labels": labels(truth),
        "views": views,
        "clouds": _clouds(shard, chosen, (since, frame), truth),
        "radar": _radar(shard, since, frame),
    }


def latest(shard: ShardReader, chosen: Chosen) -> dict[str, list[int]]:
    """Return by camera and LiDAR, for each chosen frame, the position of the one whose content holds its newest data; -1 is none yet."""
    streams = {device: [m.name for m in shard.rig.mounts if m.device == device] for device in shard.rig.cameras()}
    streams |= {m.name: [m.name] for m in shard.rig.of_kind(Kind.LIDAR)}
    found: dict[str, list[int]] = {name: [] for name in streams}
    for position, frame in enumerate(chosen.frames):
        since = int(shard.ticks[chosen.frames[position - 1]]) if position else -1
        for name, rows in streams.items():
            new = any(newest(shard, row, since, frame) is not None for row in rows)
            found[name].append(position if new else found[name][-1] if position else -1)
    return found


def newest(shard: ShardReader, name: str, since: int, frame: int) -> int | None:
    """Return the last row of a stream after tick `since` and not after the frame; None where there is none."""
    ticks = shard.stream_ticks[name]
    row = int(np.searchsorted(ticks, int(shard.ticks[frame]), side="right")) - 1
    return row if row >= 0 and int(ticks[row]) > since else None


def labels(truth: GroundTruth) -> dict[str, Any]:
    """Return boxes, lanes and lights in the ego frame; a box is
    [id, class, centre x3, size x3, quaternion wxyz, velocity x3]."""
    return {
        "boxes": [_box3d(box) for box in truth.boxes3d],
        "lanes": {
            "kinds": [min(int(kind), len(LANE_KINDS) - 1) for kind in truth.lanes["kind"]],
            "spans": _spans(truth),
            "xyz": _base64(centimetres(truth.lane_points)[0]),
        },
        "lights": [[int(light["actor_id"]), int(light["state"]), *_rounded(light["centre"])] for light in truth.lights],
    }


def _spans(truth: GroundTruth) -> list[list[int]]:
    """Return (start, count) of each lane, cut to the points that there are: the file may say anything."""
    most = len(truth.lane_points)
    starts = np.minimum(truth.lanes["start"].astype(np.int64), most)
    return np.stack([starts, np.minimum(truth.lanes["count"].astype(np.int64), most - starts)], axis=1).tolist()


def centimetres(points: NDArray[np.float64]) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Return ((N, 3) int16 multiples of `POINT_UNIT_M`, (N,) which were near enough; the others are clipped)."""
    steps = np.rint(np.asarray(points).reshape(-1, 3) / POINT_UNIT_M)
    near = np.asarray((np.abs(steps) <= 32_767).all(axis=1), dtype=np.bool_)
    return np.nan_to_num(np.clip(steps, -32_767, 32_767)).astype("<i2"), near


def thinned(count: int, most: int) -> NDArray[np.intp]:
    """Return about `most` of the indices 0..count-1, evenly spread but not periodic.

    LiDARs send their channels in turn, so each k-th point would be a few channels only. These are the indices whose multiples
    of the golden ratio have a small fraction (Weyl's equidistribution).
    """
    index = np.arange(count)
    if count <= most:
        return index
    return index[(index * 0.6180339887498949) % 1.0 < most / count]


def _view(shard: ShardReader, chosen: Chosen, device: str, mount: Mount, span: tuple[int, int]) -> dict[str, Any] | None:
    """Return the newest images of a camera after tick `span[0]` up to frame `span[1]`, with the labels of their own tick."""
    since, frame = span
    names = {m.kind: m.name for m in shard.rig.mounts if m.device == device}
    rows = {kind: row for kind, name in names.items() if (row := newest(shard, name, since, frame)) is not None}
    if not rows:
        return None
    tick = max(int(shard.stream_ticks[names[kind]][row]) for kind, row in rows.items())
    own = int(np.searchsorted(shard.ticks, tick))
    truth = shard.truth(own)
    view: dict[str, Any] = {"tick": tick, "tight": [_box2d(box) for box in truth.boxes2d.get(device, ())]}
    view["lanes"] = _base64(_steps(truth.lane_pixels, device, max(mount.camera.width_px, mount.camera.height_px)))
    if own != frame:
        view["labels"] = labels(truth)
    if Kind.RGB in rows:
        view["rgb"] = photograph(shard, names[Kind.RGB], rows[Kind.RGB], chosen.reduction)
    for kind in chosen.overlays:
        if kind in rows:
            view[kind.value] = label_image(kind, shard.stored(names[kind], rows[kind]))
    return view


def _clouds(shard: ShardReader, chosen: Chosen, span: tuple[int, int], truth: GroundTruth) -> dict[str, Any]:
    """Return the newest scan of each LiDAR in the ego frame of frame `span[1]`, and how many points each object had at its tick."""
    mounts, (since, frame) = shard.rig.of_kind(Kind.LIDAR), span
    ego_from_world = inverse(shard.ego(frame).world_from_ego)
    clouds = {}
    for mount in mounts:
        row = newest(shard, mount.name, since, frame)
        if row is None:
            continue
        own = int(np.searchsorted(shard.ticks, shard.stream_ticks[mount.name][row]))
        reading, boxes = shard.reading(mount.name, own), (truth if own == frame else shard.truth(own)).boxes3d
        if reading is not None:
            # Through the world: a scan of an earlier tick lies where it was measured.
            cloud = _cloud(reading.data, ego_from_world @ reading.world_from_sensor, chosen.points // len(mounts))
            hits = {int(box["actor_id"]): int(box["lidar_points"]) for box in boxes if box["lidar_points"]}
            clouds[mount.name] = {**cloud, "tick": reading.tick, "hits": hits}
    return clouds


def _cloud(points: NDArray, ego_from_sensor: Matrix, most: int) -> dict[str, Any]:
    rows = points[thinned(len(points), most)]
    steps, near = centimetres(transform(ego_from_sensor, np.stack([rows["x"], rows["y"], rows["z"]], axis=1)))
    rows = rows[near]
    return {
        "xyz": _base64(steps[near]),
        "intensity": _base64(np.rint(np.clip(np.nan_to_num(rows["intensity"]), 0.0, 1.0) * 255).astype(np.uint8)),
        "tag": _base64(rows["tag"]),
        "object": _base64((rows["object_id"] & 0xFFFF).astype("<u2")),
    }


def _radar(shard: ShardReader, since: int, frame: int) -> list[list[float]]:
    """Return [x, y, z metres in the ego frame, v m/s] of the newest detections."""
    found: list[list[float]] = []
    for mount in shard.rig.of_kind(Kind.RADAR):
        row = newest(shard, mount.name, since, frame)
        if row is None:
            continue
        rows = shard.stored(mount.name, row)[:RADAR_MOST]
        ego = transform(mount.ego_from_sensor, radar_points(rows))
        found += [[*_rounded(p), round(float(v), 2)] for p, v in zip(ego, rows["velocity"], strict=True) if np.isfinite([*p, v]).all()]
    return found


def _box3d(box: NDArray) -> list[float]:
    numbers = [*box["centre"], *box["size"], *box["rotation"], *box["velocity"]]
    return [int(box["actor_id"]), int(box["object_class"]), *(_number(v, 4) for v in numbers)]


def _box2d(box: NDArray) -> list[float]:
    tight, amodal = box["box"].tolist(), [_number(v, 1) for v in box["amodal"]]
    return [
        int(box["actor_id"]),
        int(box["object_class"]),
        *tight,
        *amodal,
        int(box["visible_pixels"]),
        _number(box["visible_fraction"], 3),
    ]


def _steps(pixels: Mapping[str, NDArray[np.float32]], device: str, side_px: int) -> NDArray[np.int16]:
    points = np.asarray(pixels.get(device, np.empty((0, 2))), dtype=np.float64)
    seen = np.isfinite(points).all(axis=1)
    out = np.full((len(points), 2), NO_PIXEL, dtype="<i2")
    out[seen] = np.clip(np.rint(points[seen] * (PIXEL_STEPS / side_px)), -32_767, 32_767)
    return out


def _rounded(values: NDArray) -> list[float]:
    return [_number(v, 2) for v in values]


def _number(value: Any, digits: int) -> float:
    """Return a number that JSON has: files may hold infinities."""
    number = round(float(value), digits)
    return number if np.isfinite(number) else 0.0


def _base64(data: NDArray) -> str:
    return base64.b64encode(np.ascontiguousarray(data).tobytes()).decode()
