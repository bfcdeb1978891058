"""Whole columns of a shard at once, for tools that count over all of its frames."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from simgen.errors import ShardError
from simgen.shards.reader import ShardReader
from simgen.shards.schema import EGO, FRAMES, TRUTH, TRUTH_BY_CAMERA, Column

MOST_BYTES = 4 << 30
"""A larger column is refused: what a hostile file claims must not be allocated."""


def column(shard: ShardReader, path: str) -> NDArray[Any]:
    """Return all rows of a dataset, such as "ego/world_from_ego". Raises ShardError where it cannot be read."""
    try:
        dataset = shard.file[path]
        if not isinstance(dataset, h5py.Dataset) or dataset.size * dataset.dtype.itemsize > MOST_BYTES:
            raise ValueError(f"no column of at most {MOST_BYTES >> 30} GB")
        return np.asarray(dataset[:])
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise ShardError(f"shard must be readable, got {(str(error).splitlines() or ['?'])[0]} ({shard.path}, {path})") from error


def per_frame(shard: ShardReader, path: str, entries: int) -> NDArray[Any]:
    """Return a column that must have `entries` rows. Raises ShardError where it has not."""
    rows = column(shard, path)
    if len(rows) != entries:
        raise ShardError(f"column must have {entries} rows, got {len(rows)} ({shard.path}, {path})")
    known = _of_schema(path)
    if known is not None and (rows.dtype != known.dtype or rows.shape[1:] != known.shape):
        raise ShardError(f"column must be {known.dtype} {known.shape}, got {rows.dtype} {rows.shape[1:]} ({shard.path}, {path})")
    return rows


def ragged(shard: ShardReader, path: str, entries: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return (rows, entry): all rows of a ragged column and, for each, to which of the `entries` entries it belongs."""
    counts = ragged_counts(shard, path, entries)
    rows = per_frame(shard, f"{path}/data", int(counts.sum()))
    return rows, np.repeat(np.arange(entries), counts)


def ragged_counts(shard: ShardReader, path: str, entries: int) -> NDArray[np.int64]:
    """Return (entries,) how many rows each entry of a ragged column has."""
    offsets = per_frame(shard, f"{path}/offsets", entries + 1).astype(np.int64)
    counts = np.diff(offsets)
    if offsets[0] != 0 or (counts < 0).any() or int(offsets[-1]) > MOST_BYTES:
        raise ShardError(f"offsets must rise from 0, got others ({shard.path}, {path})")
    return counts


def _of_schema(path: str) -> Column | None:
    """Return the column of frames, ego and labels as the schema has it; None for the others."""
    group, name, *rest = path.split("/")
    if group == "truth" and rest[-1] == "data":
        return TRUTH[name] if name in TRUTH else TRUTH_BY_CAMERA[name]
    return {"frames": FRAMES, "ego": EGO}.get(group, {}).get(name)


def stored_bytes(shard: ShardReader, path: str) -> int:
    """Return how many bytes of the file the datasets of a group take, filters applied."""
    sizes: list[int] = []

    def add(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            sizes.append(int(item.id.get_storage_size()))

    try:
        shard.file[path].visititems(add)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError) as error:
        raise ShardError(f"shard must be readable, got {error} ({shard.path}, {path})") from error
    return sum(sizes)
