"""Where every byte of a shard lies: made once by h5py, then whoever holds it reads by position, without HDF5 and without its lock.

An index is plain data: it goes to other processes by pickle, and a worker that gets one opens no HDF5 file at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

import h5py
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind, Rig
from simgen.errors import ShardError
from simgen.shards.describe import rig_from_json, rig_to_json
from simgen.shards.reader import ShardReader
from simgen.shards.schema import DATA, EGO, STREAM, Column
from simgen.shards.truth_rows import truth_columns


@dataclass(frozen=True)
class Extent:
    """The chunks of one dataset, each with all columns of `chunk_rows` rows."""

    dtype: np.dtype[Any]
    row: tuple[int, ...]
    """Shape of one row."""
    rows: int
    chunk_rows: int
    filters: str
    """Key of `encoding.FILTERS`."""
    starts: NDArray[np.int64]
    """(C,) byte positions in the file."""
    sizes: NDArray[np.int64]
    """(C,) bytes as stored."""

    @property
    def row_bytes(self) -> int:
        return int(np.prod(self.row, dtype=np.int64)) * self.dtype.itemsize


@dataclass(frozen=True)
class Stream:
    """One sensor's stream."""

    kind: Kind
    ticks: NDArray[np.uint32]
    data: Extent
    offsets: NDArray[np.uint64] | None
    """(N + 1,) of ragged data; None where one row is one reading."""
    pose: Extent
    """world_from_sensor."""


@dataclass(frozen=True)
class ShardIndex:
    """All of a shard but its bulk."""

    path: str
    rig_text: str
    """The rig's JSON: a rig itself does not go to other processes."""
    tick_rate_hz: float
    part: int
    provenance: dict[str, Any]
    ticks: NDArray[np.uint32]
    """(T,)"""
    times_s: NDArray[np.float64]
    streams: dict[str, Stream]
    ego: dict[str, Extent]
    truth: dict[str, tuple[Extent, NDArray[np.uint64]]]
    """By path below the root, such as "truth/boxes2d/front": rows and their offsets (T + 1,)."""

    def __len__(self) -> int:
        return len(self.ticks)

    @property
    def rig(self) -> Rig:
        """The sensors of the shard."""
        return _rig(self.rig_text)


@lru_cache(maxsize=256)
def _rig(text: str) -> Rig:
    return rig_from_json(text)


def index_shard(path: str, file: IO[bytes] | None = None) -> ShardIndex:
    """Return the index of a shard; `file` is read where the shard is no local file. Raises ShardError for anything else."""
    with ShardReader(path, file) as shard:
        try:
            return _index(shard, path)
        except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise ShardError(f"shard must be readable, got {str(error).splitlines()[0]} ({path})") from error


def _index(shard: ShardReader, path: str) -> ShardIndex:
    file = shard.file
    streams = {}
    for mount in shard.rig.mounts:
        group, column = file[f"streams/{mount.name}"], DATA[mount.kind]
        offsets = _offsets(group) if column.ragged else None
        pose = _extent(group["world_from_sensor"], STREAM["world_from_sensor"])
        streams[mount.name] = Stream(mount.kind, shard.stream_ticks[mount.name], _extent(group["data"], column), offsets, pose)
    ego = {name: _extent(file[f"ego/{name}"], column) for name, column in EGO.items()}
    truth = {name: (_extent(file[f"{name}/data"], column), _offsets(file[name])) for name, column in truth_columns(shard.rig)}
    return ShardIndex(
        path, rig_to_json(shard.rig), shard.tick_rate_hz, shard.part, shard.provenance, shard.ticks, shard.times_s, streams, ego, truth
    )


def _extent(dataset: h5py.Dataset, column: Column) -> Extent:
    if dataset.dtype != column.dtype or dataset.chunks is None or dataset.chunks[1:] != dataset.shape[1:]:
        raise ValueError(f"{dataset.name} is not laid out as the schema says")
    places = np.full((-(-len(dataset) // dataset.chunks[0]), 2), -1, dtype=np.int64)
    for place in _chunks(dataset):
        if place.filter_mask:
            raise ValueError(f"{dataset.name} has a chunk without its filters")
        if place.chunk_offset[0] // dataset.chunks[0] < len(places):
            places[place.chunk_offset[0] // dataset.chunks[0]] = place.byte_offset, place.size
    if (places < 0).any():
        raise ValueError(f"{dataset.name} lacks a chunk")
    return Extent(
        dataset.dtype, dataset.shape[1:], len(dataset), dataset.chunks[0], column.filters, places[:, 0].copy(), places[:, 1].copy()
    )


def _chunks(dataset: h5py.Dataset) -> Iterator[Any]:
    found: list[Any] = []
    dataset.id.chunk_iter(found.append)
    return iter(found)


def _offsets(group: h5py.Group) -> NDArray[np.uint64]:
    offsets: NDArray[np.uint64] = group["offsets"][:]
    if len(offsets) == 0 or int(offsets[-1]) > len(group["data"]) or (np.diff(offsets.astype(np.int64)) < 0).any():
        raise ValueError(f"{group.name}/offsets do not lie within the data")
    return offsets
