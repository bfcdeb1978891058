"""One picture of a shard: some frames of each camera with labels, the label images, and the scene from above."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import IMAGE_KINDS, Kind, Mount
from simgen.datatypes.truth import GroundTruth
from simgen.shards.reader import ShardReader
from simgen.shards.whole import write_whole
from simgen.view.birdseye import draw_birdseye
from simgen.view.overlay import Image, color_depth, color_instances, color_semantic, draw_labels

TILE_HEIGHT = 300
GAP = 6
BACKGROUND = (250, 250, 250)


def save_contact_sheet(shard: ShardReader, path: Path, frames: int = 4) -> Path:
    """Write the contact sheet of `frames` frames, evenly spread over the shard, as PNG; returns its path."""
    _, data = cv2.imencode(".png", contact_sheet(shard, frames)[..., ::-1])
    return write_whole(path, data.tobytes(), "picture")


def contact_sheet(shard: ShardReader, frames: int = 4) -> Image:
    """Return (H, W, 3) uint8 RGB: one row per chosen frame."""
    return _stack([_row(shard, frame) for frame in choose_frames(shard, frames)], vertical=True)


def choose_frames(shard: ShardReader, count: int) -> list[int]:
    """Return frame indices, evenly spread, at which the most cameras measured."""
    mounts = [m for m in shard.rig.mounts if m.kind in IMAGE_KINDS or m.kind is Kind.LIDAR]
    full = [f for f in range(len(shard)) if all(np.isin(shard.ticks[f], shard.stream_ticks[m.name]) for m in mounts)]
    candidates = full or list(range(len(shard)))
    picks = np.linspace(0, len(candidates) - 1, min(count, len(candidates)))
    return [candidates[round(p)] for p in picks]


def _row(shard: ShardReader, frame: int) -> Image:
    truth = shard.truth(frame)
    tiles = [tile for device, mount in shard.rig.cameras().items() for tile in _camera_tiles(shard, frame, device, mount, truth)]
    lidars = [(r, m.ego_from_sensor) for m in shard.rig.of_kind(Kind.LIDAR) if (r := shard.reading(m.name, frame)) is not None]
    tiles.append(draw_birdseye(truth, lidars, size_px=TILE_HEIGHT))
    caption = f"tick {shard.ticks[frame]}  {shard.times_s[frame]:.2f} s"
    cv2.putText(tiles[0], caption, (6, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return _stack(tiles, vertical=False)


def _camera_tiles(shard: ShardReader, frame: int, device: str, mount: Mount, truth: GroundTruth) -> list[Image]:
    outputs: dict[Kind, Callable[[NDArray], Image]] = {
        Kind.RGB: lambda data: draw_labels(data, truth, mount),
        Kind.SEMANTIC: color_semantic,
        Kind.INSTANCE: color_instances,
        Kind.DEPTH: color_depth,
    }
    # Rigs of many cameras show their pictures only: the sheet must stay readable.
    most = len(outputs) if len(shard.rig.cameras()) <= 2 else 1
    tiles: list[Image] = []
    for kind, draw in outputs.items():
        if len(tiles) == most:
            break
        name = f"{device}.{kind.value}"
        if any(m.name == name for m in shard.rig.mounts) and (reading := shard.reading(name, frame)) is not None:
            tiles.append(_fit(draw(reading.data)))
    return tiles


def _fit(image: Image) -> Image:
    width = max(1, round(image.shape[1] * TILE_HEIGHT / image.shape[0]))
    interpolation = cv2.INTER_AREA if image.shape[0] > TILE_HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, TILE_HEIGHT), interpolation=interpolation), dtype=np.uint8)


def _stack(images: list[Image], vertical: bool) -> Image:
    axis, other = (0, 1) if vertical else (1, 0)
    breadth = max(image.shape[other] for image in images)
    parts: list[Image] = []
    for image in images:
        missing = breadth - image.shape[other]
        pad = ((0, 0), (0, missing), (0, 0)) if vertical else ((0, missing), (0, 0), (0, 0))
        gap = (GAP, breadth, 3) if vertical else (breadth, GAP, 3)
        padded = np.pad(image, pad)
        padded[(slice(None), slice(breadth - missing, None)) if vertical else slice(breadth - missing, None)] = BACKGROUND
        parts += [padded, np.full(gap, BACKGROUND, dtype=np.uint8)]
    return np.concatenate(parts[:-1], axis=axis)
