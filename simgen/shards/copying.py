"""Copies runs of frames from shards into new ones, row by row as they stand: no image is encoded anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from simgen.datatypes.rig import Kind
from simgen.errors import ShardError
from simgen.shards.describe import rig_to_json
from simgen.shards.encoding import ImageCodec
from simgen.shards.episode_writer import EpisodeWriter
from simgen.shards.reader import ShardReader
from simgen.shards.stored import StoredFrame, StoredFrames
from simgen.shards.writer import Storage


class StoredWriter(Protocol):
    """Where stored frames go: a ShardWriter or an EpisodeWriter."""

    def append_stored(self, frame: StoredFrame) -> None: ...


@dataclass(frozen=True)
class Run:
    """Consecutive frames of one shard: indices start to stop, without stop."""

    shard: Path
    start: int
    stop: int


def copy_frames(reader: ShardReader, writer: StoredWriter, start: int = 0, stop: int | None = None) -> int:
    """Append frames start to stop of an open shard to a writer of the same rig, codec and tick rate; returns how many.

    Raises ShardError for a frame that cannot be read or whose checksums do not hold.
    """
    frames = StoredFrames(reader)
    last = len(reader) if stop is None else min(stop, len(reader))
    for frame in range(start, last):
        writer.append_stored(frames[frame])
    return max(0, last - start)


def copy_clip(runs: Sequence[Run], target: Path, clip: Mapping[str, Any]) -> Path:
    """Write the frames of consecutive runs, all of one episode, as the episode `target`; returns its first shard.

    Ticks, times and events stay those of the source. `clip` stands in the provenance under "clip": what was cut from where.
    """
    with ExitStack() as stack:
        readers = [stack.enter_context(ShardReader(run.shard)) for run in runs]
        first, most = readers[0], max(len(reader) for reader in readers)
        _require_same(readers)
        provenance = {**first.provenance, "clip": dict(clip)}
        writer = EpisodeWriter(target, first.rig, first.tick_rate_hz, provenance, storage_of(first, most))
        try:
            for run, reader in zip(runs, readers, strict=True):
                copy_frames(reader, writer, run.start, run.stop)
            return writer.close(first.outcome, **attributes_of(first))
        except BaseException:
            writer.abandon()
            raise


def storage_of(shard: ShardReader, most_frames: int = 0) -> Storage:
    """Return how an open shard is stored. The quality of its JPEG images is not known, nor needed where they are copied."""
    return Storage(ImageCodec(codec_of(shard)), most_frames, page_bytes_of(shard))


def codec_of(shard: ShardReader) -> str:
    """Return how the rgb images of a shard are stored, "jpeg" or "png". Raises ShardError for anything else."""
    names = [m.name for m in shard.rig.of_kind(Kind.RGB)]
    codec = str(shard.file[f"streams/{names[0]}"].attrs.get("codec", "jpeg")) if names else "jpeg"
    if codec not in ("jpeg", "png"):
        raise ShardError(f"codec must be jpeg or png, got {codec[:40]!r} ({shard.path})")
    return codec


def page_bytes_of(shard: ShardReader) -> int:
    """Return the size of the file's HDF5 pages; 0 where its metadata does not lie in pages."""
    plan = shard.file.id.get_create_plist()
    paged = plan.get_file_space_strategy()[0] == 1  # H5F_FSPACE_STRATEGY_PAGE
    return int(plan.get_file_space_page_size()) if paged else 0


def attributes_of(shard: ShardReader) -> dict[str, Any]:
    """Return the root attributes that a copy keeps: who made the data, and whether a repair cut it short."""
    return {"simgen_version": shard.simgen_version, **({"salvaged": True} if shard.salvaged else {})}


def _require_same(readers: Sequence[ShardReader]) -> None:
    first = readers[0]
    for reader in readers[1:]:
        if rig_to_json(reader.rig) != rig_to_json(first.rig) or reader.tick_rate_hz != first.tick_rate_hz:
            raise ShardError(f"parts of an episode must have one rig and tick rate, got others ({reader.path})")
