"""Checks that a shard is whole: its structure, its schedule, and every byte of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simgen.datatypes.rig import EVENT_KINDS, Mount
from simgen.errors import ShardError
from simgen.shards.encoding import checksum, decoded
from simgen.shards.episode_writer import first_part, part_path
from simgen.shards.manifest import MANIFEST, find_shards, read_manifest, sha256_of
from simgen.shards.reader import ShardReader
from simgen.shards.truth_rows import truth_checksum, truth_rows


@dataclass(frozen=True)
class Verdict:
    """What was found about one shard; `faults` is empty for a good one."""

    path: str
    sha256: str
    bytes: int
    frames: int
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.faults

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {**asdict(self), "ok": self.ok, "faults": list(self.faults)}


def verify(paths: Iterable[Path | str]) -> list[Verdict]:
    """Return the verdict on each shard of the files and folders, in path order; raises ShardError when there is none."""
    return [verify_shard(path) for path in find_shards(paths)]


def verify_shard(path: Path) -> Verdict:
    """Read one shard from its first byte to its last and return the verdict."""
    digest, frames = "", 0
    faults: list[str] = []
    try:
        digest = sha256_of(path)
        faults += _against_manifest(path, digest)
        with ShardReader(path) as shard:
            frames = len(shard)
            for check in CHECKS:
                faults += check(shard)
    except (ShardError, OSError) as error:
        faults.append(str(error))
    return Verdict(str(path), digest, path.stat().st_size if path.exists() else 0, frames, tuple(faults))


def _against_manifest(path: Path, digest: str) -> Iterator[str]:
    entries: Mapping[str, Any] | None = read_manifest(path.parent)
    if entries is None:
        return
    entry = entries.get(path.name)
    if entry is None:
        yield f"shard must be listed in {MANIFEST}, got no entry"
    elif entry["sha256"] != digest:
        yield f"sha256 must be {entry['sha256']} as in {MANIFEST}, got {digest}"


def _frames_are_consecutive(shard: ShardReader) -> Iterator[str]:
    if len(shard) == 0:
        yield "shard must hold frames, got none"
    elif not np.array_equal(shard.ticks, np.arange(len(shard)) + shard.ticks[0]):
        yield "ticks must be consecutive, got a gap or a repetition (frames/tick)"
    if not np.array_equal(shard.times_s, shard.ticks / shard.tick_rate_hz):
        yield "time must be tick / tick_rate_hz, got another (frames/time_s)"


def _streams_keep_their_schedule(shard: ShardReader) -> Iterator[str]:
    for mount in shard.rig.mounts:
        ticks = shard.stream_ticks[mount.name]
        if mount.kind in EVENT_KINDS:
            if len(ticks) and not np.isin(ticks, shard.ticks).all():
                yield f"events must belong to frames, got one outside (streams/{mount.name})"
            continue
        due = [t for t in shard.ticks.tolist() if mount in shard.rig.due(t, shard.tick_rate_hz)]
        if ticks.tolist() != due:
            yield f"readings must be {len(due)} on schedule, got {len(ticks)} (streams/{mount.name})"


def _all_parts_are_here(shard: ShardReader) -> Iterator[str]:
    if not 0 <= shard.part < shard.parts:
        yield f"part must be 0 to {shard.parts - 1}, got {shard.part}"
        return
    first = first_part(shard.path, shard.part)
    for part in range(shard.parts):
        if not part_path(first, part).exists():
            yield f"all {shard.parts} parts of the episode must be there, got no {part_path(first, part).name}"


def _everything_decodes(shard: ShardReader) -> Iterator[str]:
    for mount in shard.rig.mounts:
        yield from _stream_decodes(shard, mount)
    for frame in range(len(shard)):
        try:
            shard.ego(frame)
        except ShardError as error:
            yield str(error)


def _stream_decodes(shard: ShardReader, mount: Mount) -> Iterator[str]:
    sums = shard.checksums(mount.name)
    for row, tick in enumerate(shard.stream_ticks[mount.name].tolist()):
        where = f"streams/{mount.name} tick {tick}"
        try:
            rows = shard.stored(mount.name, row)
            if row >= len(sums) or checksum(rows) != sums[row]:
                yield f"checksum must be that of the row, got another ({where})"
            data = decoded(rows, mount)
        except (ShardError, ValueError) as error:
            yield f"reading must be decodable, got {error} ({where})"
            continue
        if data.dtype.kind == "f" and not np.isfinite(data).all():
            yield f"readings must be finite, got NaN or infinity ({where})"


def _truth_is_as_written(shard: ShardReader) -> Iterator[str]:
    sums = shard.checksums("truth")
    for frame in range(len(shard)):
        if truth_checksum(truth_rows(shard.truth(frame), shard.rig)) != sums[frame]:
            yield f"checksum must be that of the labels, got another (truth frame {frame})"


def _labels_agree(shard: ShardReader) -> Iterator[str]:
    for frame in range(len(shard)):
        truth = shard.truth(frame)
        if not (truth.boxes3d["size"] > 0.0).all():
            yield f"boxes must have positive sizes, got zero (truth/boxes3d frame {frame})"
        known = set(truth.boxes3d["actor_id"].tolist())
        for device, boxes in truth.boxes2d.items():
            if not set(boxes["actor_id"].tolist()) <= known:
                yield f"2D boxes must belong to 3D boxes, got an unknown actor (truth/boxes2d/{device} frame {frame})"
            if len(boxes) and not (boxes["box"][:, 2:] > boxes["box"][:, :2]).all():
                yield f"2D boxes must have positive sizes, got an empty one (truth/boxes2d/{device} frame {frame})"


CHECKS: tuple[Callable[[ShardReader], Iterator[str]], ...] = (
    _frames_are_consecutive,
    _all_parts_are_here,
    _streams_keep_their_schedule,
    _everything_decodes,
    _truth_is_as_written,
    _labels_agree,
)
