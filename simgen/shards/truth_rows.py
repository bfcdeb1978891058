"""The ground truth of a frame as rows of a shard: what stands where, and one checksum over it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Rig
from simgen.datatypes.truth import GroundTruth
from simgen.shards.encoding import checksum
from simgen.shards.schema import TRUTH, TRUTH_BY_CAMERA, Column

Rows = Mapping[str, NDArray[Any]]
"""By the path of the ragged column in the shard, such as "truth/boxes2d/front"; in the order of the schema."""


def truth_columns(rig: Rig) -> Iterator[tuple[str, Column]]:
    """Yield (path, column) of everything under /truth."""
    for name, column in TRUTH.items():
        yield f"truth/{name}", column
    for name, column in TRUTH_BY_CAMERA.items():
        for device in rig.cameras():
            yield f"truth/{name}/{device}", column


def truth_rows(truth: GroundTruth, rig: Rig) -> Rows:
    """Return the rows of a frame's labels; a camera that was not due has none."""
    return {path: np.ascontiguousarray(_rows(truth, path, column), dtype=column.dtype) for path, column in truth_columns(rig)}


def truth_checksum(rows: Rows) -> int:
    """Return `frames/truth_crc32` of a frame: the CRC-32 of all its rows, one after another."""
    crc = 0
    for part in rows.values():
        crc = zlib.crc32(checksum(part).to_bytes(4, "little"), crc)
    return crc


def _rows(truth: GroundTruth, path: str, column: Column) -> NDArray[Any]:
    _, name, *device = path.split("/")
    if not device:
        rows: NDArray[Any] = getattr(truth, name)
        return rows
    by_device: Mapping[str, NDArray[Any]] = getattr(truth, name)
    return by_device.get(device[0], np.empty((0, *map(int, column.shape)), dtype=column.dtype))
