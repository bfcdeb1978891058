"""Frames as they stand in a shard: image files, depth codes and labels go from shard to shard without being made anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simgen.datatypes.rig import Kind
from simgen.errors import ShardError
from simgen.geometry.pose import Matrix
from simgen.shards.encoding import checksum
from simgen.shards.reader import EgoState, ShardReader
from simgen.shards.tables import per_frame
from simgen.shards.truth_rows import Rows, truth_checksum, truth_rows


@dataclass(frozen=True)
class StoredReading:
    """One row of a stream."""

    name: str
    kind: Kind
    tick: int
    world_from_sensor: Matrix
    rows: NDArray[Any]
    """As `ShardReader.stored` returns them."""
    crc32: int


@dataclass(frozen=True)
class StoredFrame:
    """One frame with all that belongs to it."""

    tick: int
    time_s: float
    ego: EgoState
    readings: tuple[StoredReading, ...]
    """In rig order."""
    truth: Rows
    truth_crc32: int

    def checked(self, where: str) -> StoredFrame:
        """Return the frame; raises ShardError where a checksum does not hold, since a copy must not hide damage."""
        _require(truth_checksum(self.truth), self.truth_crc32, f"{where}, truth")
        for reading in self.readings:
            _require(checksum(reading.rows), reading.crc32, f"{where}, {reading.name}")
        return self


class StoredFrames:
    """The frames of an open shard as they stand in it; small columns are read once."""

    def __init__(self, shard: ShardReader) -> None:
        self._shard = shard
        names = [mount.name for mount in shard.rig.mounts]
        counts = {name: len(shard.stream_ticks[name]) for name in names}
        self._sums = {name: per_frame(shard, f"streams/{name}/crc32", counts[name]) for name in names}
        self._poses = {name: per_frame(shard, f"streams/{name}/world_from_sensor", counts[name]) for name in names}
        self._truth_sums = per_frame(shard, "frames/truth_crc32", len(shard))

    def __getitem__(self, frame: int) -> StoredFrame:
        """Return a frame by its index. Raises ShardError where it cannot be read or a checksum does not hold."""
        shard, tick = self._shard, int(self._shard.ticks[frame])
        truth = truth_rows(shard.truth(frame), shard.rig)
        names = [mount.name for mount in shard.rig.mounts]
        readings = tuple(self._reading(name, row) for name in names if (row := shard.row_at(name, frame)) is not None)
        made = StoredFrame(tick, float(shard.times_s[frame]), shard.ego(frame), readings, truth, int(self._truth_sums[frame]))
        return made.checked(f"{shard.path}, tick {tick}")

    def _reading(self, name: str, row: int) -> StoredReading:
        shard = self._shard
        tick, rows = int(shard.stream_ticks[name][row]), shard.stored(name, row)
        return StoredReading(name, shard.mount(name).kind, tick, self._poses[name][row], rows, int(self._sums[name][row]))


def _require(found: int, wanted: int, where: str) -> None:
    if found != wanted:
        raise ShardError(f"checksum must be {wanted:08x}, got {found:08x} ({where})")
