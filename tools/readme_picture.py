"""Makes the README's picture from shards: one row per PATH:TICK.

python tools/readme_picture.py OUT.jpg data/crossing-7.h5:40 data/rain_night-7.h5:0
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from simgen.datatypes.rig import Kind
from simgen.shards.reader import ShardReader
from simgen.view.birdseye import draw_birdseye
from simgen.view.overlay import Image, color_depth, color_instances, color_semantic, draw_labels

TILE_HEIGHT = 240
GAP = 4


def row(path: str, tick: int, device: str = "front") -> Image:
    """Return camera with labels, tags, instances, depth, and the scene from above, side by side."""
    with ShardReader(path) as shard:
        truth, mount = shard.truth(tick), shard.rig.cameras()[device]
        data = {kind: shard.reading(f"{device}.{kind.value}", tick) for kind in (Kind.RGB, Kind.SEMANTIC, Kind.INSTANCE, Kind.DEPTH)}
        lidars = [(shard.reading(m.name, tick), m.ego_from_sensor) for m in shard.rig.of_kind(Kind.LIDAR)]
    tiles = [
        draw_labels(data[Kind.RGB].data, truth, mount),
        color_semantic(data[Kind.SEMANTIC].data),
        color_instances(data[Kind.INSTANCE].data),
        color_depth(data[Kind.DEPTH].data),
        draw_birdseye(truth, lidars, size_px=2 * TILE_HEIGHT, radius_m=35.0),
    ]
    gap = np.full((TILE_HEIGHT, GAP, 3), 255, dtype=np.uint8)
    return np.concatenate([part for tile in tiles for part in (_fit(tile), gap)][:-1], axis=1)


def _fit(image: Image) -> Image:
    width = round(image.shape[1] * TILE_HEIGHT / image.shape[0])
    return np.asarray(cv2.resize(image, (width, TILE_HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def main() -> None:
    """Read the arguments and write the picture."""
    out, *moments = sys.argv[1:]
    rows = [row(path, int(tick)) for path, tick in (moment.rsplit(":", 1) for moment in moments)]
    gap = np.full((GAP, rows[0].shape[1], 3), 255, dtype=np.uint8)
    picture = np.concatenate([part for image in rows for part in (image, gap)][:-1], axis=0)
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(out, picture[..., ::-1], [int(cv2.IMWRITE_JPEG_QUALITY), 88])


if __name__ == "__main__":
    main()
