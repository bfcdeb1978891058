"""Writes an episode as one shard, or as several of bounded length; all of them get their final names together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simgen.datatypes.frame import Frame
from simgen.datatypes.rig import Rig
from simgen.datatypes.truth import GroundTruth
from simgen.shards.stored import StoredFrame
from simgen.shards.writer import ShardWriter, Storage


def part_path(path: Path, part: int) -> Path:
    """Return the name of a part of an episode: "crossing-7.h5", then "crossing-7.part001.h5"."""
    return path if part == 0 else path.with_name(f"{path.stem}.part{part:03d}{path.suffix}")


def first_part(path: Path, part: int) -> Path:
    """Return the name of the first part of the episode that `path`, its part number `part`, belongs to."""
    return path if part == 0 else path.with_name(path.stem.removesuffix(f".part{part:03d}") + path.suffix)


class EpisodeWriter:
    """A ShardWriter that begins a new shard whenever one is full.

    The first part, which has the episode's own name, is renamed last: where it stands, the whole episode does.
    """

    def __init__(self, path: Path, rig: Rig, tick_rate_hz: float, provenance: Mapping[str, Any], storage: Storage) -> None:
        self.path = path
        self._rig, self._tick_rate_hz, self._provenance, self._storage = rig, tick_rate_hz, provenance, storage
        self._writers = [self._begin(0)]

    def append(self, frame: Frame, truth: GroundTruth) -> None:
        """Append one frame with its labels."""
        self._writer().append(frame, truth)

    def append_stored(self, frame: StoredFrame) -> None:
        """Append one frame as it stood in a shard of an equal rig and codec."""
        self._writer().append_stored(frame)

    def close(self, outcome: Mapping[str, Any], **attributes: Any) -> Path:
        """Finish all shards, bring them to disk and give them their final names; returns that of the first.

        `attributes` join those of every shard's root.
        """
        for writer in self._writers:
            writer.seal(outcome, len(self._writers), **attributes)
        for old in self.path.parent.glob(f"{self.path.stem}.part*{self.path.suffix}"):
            old.unlink()  # of an earlier recording of the same name, which had more parts
        for writer in reversed(self._writers):
            writer.publish()
        return self.path

    def abandon(self) -> None:
        """Remove everything written so far; after `close` it does nothing."""
        for writer in self._writers:
            writer.abandon()

    def _writer(self) -> ShardWriter:
        """Return the writer of the next frame."""
        if self._storage.most_frames and self._writers[-1].frames >= self._storage.most_frames:
            self._writers.append(self._begin(len(self._writers)))
        return self._writers[-1]

    def _begin(self, part: int) -> ShardWriter:
        return ShardWriter(part_path(self.path, part), self._rig, self._tick_rate_hz, self._provenance, self._storage, part)
