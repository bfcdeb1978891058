"""Reads readings and labels by position: `os.pread` and our own decoding instead of HDF5. `ShardReader` is the plain twin."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import Mount
from simgen.datatypes.truth import GroundTruth
from simgen.errors import ShardError
from simgen.shards.encoding import decoded, unpack_into
from simgen.shards.index import Extent, ShardIndex
from simgen.shards.reader import EgoState
from simgen.shards.schema import TRUTH, TRUTH_BY_CAMERA
from simgen.shards.source import Source, open_source


class DirectReader:
    """The same answers as a ShardReader's, from an index. Safe to use from several threads, and goes to processes by pickle."""

    def __init__(self, index: ShardIndex, source: Source | None = None) -> None:
        self.index = index
        self._source = source or open_source(index.path)
        self._mounts: dict[str, Mount] = {m.name: m for m in index.rig.mounts}

    def __reduce__(self) -> tuple[Any, ...]:
        return DirectReader, (self.index, self._source)

    def __len__(self) -> int:
        return len(self.index)

    def reading(self, name: str, frame: int) -> Reading | None:
        """Return what the mount `name` measured at frame index `frame`; None when it was not due."""
        row = self.row_at(name, frame)
        if row is None:
            return None
        stream = self.index.streams[name]
        pose = self.rows(stream.pose, row, row + 1)[0]
        return Reading(name, stream.kind, int(self.index.ticks[frame]), pose, self.data(name, row))

    def row_at(self, name: str, frame: int) -> int | None:
        """Return the row of the stream `name` that belongs to a frame; None when the sensor was not due."""
        ticks, tick = self.index.streams[name].ticks, self.index.ticks[frame]
        row = int(np.searchsorted(ticks, tick))
        return row if row < len(ticks) and ticks[row] == tick else None

    def data(self, name: str, row: int) -> NDArray[Any]:
        """Return the decoded data of a row of a stream."""
        try:
            return decoded(self.stored(name, row), self._mounts[name])
        except (ValueError, cv2.error) as error:
            raise ShardError(f"shard must be readable, got {error} ({self.index.path}, streams/{name} row {row})") from error

    def stored(self, name: str, row: int) -> NDArray[Any]:
        """Return a row of a stream as it stands in the shard: the bytes of an image file, depth codes, points."""
        stream = self.index.streams[name]
        if stream.offsets is None:
            return self.rows(stream.data, row, row + 1)[0]
        return self.rows(stream.data, int(stream.offsets[row]), int(stream.offsets[row + 1]))

    def ego(self, frame: int) -> EgoState:
        """Return the ego's pose and motion at a frame."""
        pose, velocity, turning = (self.rows(extent, frame, frame + 1)[0] for extent in self.index.ego.values())
        return EgoState(pose, velocity, turning)

    def truth(self, frame: int) -> GroundTruth:
        """Return the labels of a frame."""
        single = {name: self.labels(f"truth/{name}", frame) for name in TRUTH}
        cameras = self.index.rig.cameras()
        by_camera = {
            name: MappingProxyType({device: self.labels(f"truth/{name}/{device}", frame) for device in cameras}) for name in TRUTH_BY_CAMERA
        }
        return GroundTruth(int(self.index.ticks[frame]), **single, **by_camera)  # type: ignore[arg-type]

    def labels(self, path: str, frame: int) -> NDArray[Any]:
        """Return the rows of one kind of label at a frame."""
        extent, offsets = self.index.truth[path]
        return self.rows(extent, int(offsets[frame]), int(offsets[frame + 1]))

    def rows(self, extent: Extent, start: int, stop: int) -> NDArray[Any]:
        """Return rows (stop - start, ...) of a dataset. Raises ShardError where the file does not hold them."""
        if not 0 <= start <= stop <= extent.rows:
            raise ShardError(f"rows must be within 0..{extent.rows}, got {start}..{stop} ({self.index.path})")
        out = np.empty((stop - start, *extent.row), dtype=extent.dtype)
        at = start
        while at < stop:
            chunk, inside = divmod(at, extent.chunk_rows)
            count = min(extent.chunk_rows - inside, stop - at)
            self._read_into(out[at - start : at - start + count], extent, chunk, inside)
            at += count
        return out

    def _read_into(self, out: NDArray[Any], extent: Extent, chunk: int, inside: int) -> None:
        """Read the rows of a chunk from `inside` on into `out` (N, ...); of unpacked data only these are read."""
        start, size = int(extent.starts[chunk]), int(extent.sizes[chunk])
        if extent.filters == "none":
            data = self._source.read(start + inside * extent.row_bytes, out.nbytes)
            out[...] = np.frombuffer(data, dtype=extent.dtype).reshape(out.shape)
            return
        try:
            unpack_into(out, self._source.read(start, size), extent.chunk_rows, inside, extent.filters)
        except ValueError as error:
            raise ShardError(f"shard must be readable, got {error} ({self.index.path})") from error
