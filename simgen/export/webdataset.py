"""Shards as tar files in WebDataset's layout (https://github.com/webdataset/webdataset): one sample for each frame.

A shard "crossing-7.h5" becomes "crossing-7.000.tar", "crossing-7.001.tar", ... of bounded size. Members of one frame share what stands
before the first dot of their name, which is their key:

    crossing-7/000012.meta.json           tick, time, poses of the ego and the sensors, checksums, kind and suffix of each reading
    crossing-7/000012.truth.npz           all labels, under their names below /truth
    crossing-7/000012.front.rgb.jpg       the image file as it stands in the shard
    crossing-7/000012.front.depth.png     CARLA's depth image; semantic 8-bit, instance 16-bit PNG; lidar and radar .npz; others .npy
    crossing-7/000000.shard.json          in the first sample of each shard: rig, provenance, outcome

Nothing is lost, and `webdataset_reading` gives the shards again. No tar has frames of two episodes, so tars can be split as episodes can.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from simgen.errors import ShardError
from simgen.export.members import member_of, npz_bytes
from simgen.export.webdataset_head import head_text, require_names
from simgen.shards.card import READING_TARS, write_description
from simgen.shards.croissant import File
from simgen.shards.episode_writer import part_path
from simgen.shards.episodes import find_episodes
from simgen.shards.folders import whole_folder
from simgen.shards.manifest import sha256_of
from simgen.shards.merging import plan_names
from simgen.shards.parallel import Tell, over, silent
from simgen.shards.reader import ShardReader
from simgen.shards.statistics import statistics
from simgen.shards.stored import StoredFrame, StoredFrames
from simgen.shards.whole import write_whole

LISTING = "webdataset.json"
LISTING_VERSION = 1
TAR_MB = 1000
_BLOCK = 512
_END = tarfile.RECORDSIZE
"""What closes a tar file at most: it is padded to whole records."""


@dataclass(frozen=True)
class Tar:
    """One tar file as the listing has it."""

    path: str
    bytes: int
    sha256: str
    frames: int
    first_tick: int
    scenario: str
    seed: Any


def to_webdataset(paths: Sequence[Path | str], out: Path, tar_mb: float = TAR_MB, processes: int = 1, tell: Tell = silent) -> list[Tar]:
    """Write all shards of files and folders as tar files of at most `tar_mb` MB (one frame at least) into the new folder `out`.

    Beside them stand the listing, the card and the Croissant description. The same shards give the same bytes.
    """
    names, _ = plan_names(find_episodes(paths, processes), "rename")
    jobs = [(part, part_path(Path(name), k).stem) for e, name in names.items() for k, part in enumerate(e.parts)]
    with whole_folder(out, [Path(p) for p in paths]) as folder:
        work = partial(_write_shard, folder, int(tar_mb * 1e6) - _END)
        tars = [tar for made in over(work, jobs, processes, tell) for tar in made]
        listing = {"version": LISTING_VERSION, "tars": [asdict(tar) for tar in tars]}
        write_whole(folder / LISTING, (json.dumps(listing, indent=1, sort_keys=True) + "\n").encode(), "listing")
        files = [File(tar.path, tar.bytes, tar.sha256, "application/x-tar") for tar in tars]
        tally = statistics([part for part, _ in jobs], processes)
        write_description(folder, tally, files, LISTING, "tars", tuple(Tar.__dataclass_fields__), READING_TARS)
    return tars


def frame_members(frame: StoredFrame) -> Iterator[tuple[str, bytes]]:
    """Yield (what follows the key in the name, content) of a frame's members."""
    readings: dict[str, Any] = {}
    files = []
    for reading in frame.readings:
        suffix, content = member_of(reading.kind, reading.rows)
        about = {"kind": reading.kind.value, "suffix": suffix, "crc32": reading.crc32}
        readings[reading.name] = {**about, "world_from_sensor": reading.world_from_sensor.tolist()}
        files.append((f"{reading.name}.{suffix}", content))
    ego = {name: value.tolist() for name, value in vars(frame.ego).items()}
    times = {"tick": frame.tick, "time_s": frame.time_s, "truth_crc32": frame.truth_crc32}
    yield "meta.json", json.dumps({**times, "ego": ego, "readings": readings}, sort_keys=True).encode()
    yield "truth.npz", npz_bytes({path.removeprefix("truth/"): rows for path, rows in frame.truth.items()})
    yield from files


def _write_shard(folder: Path, most_bytes: int, job: tuple[Path, str]) -> list[Tar]:
    path, stem = job
    with ShardReader(path) as shard:
        require_names(shard, stem)
        try:
            return [_tar(folder / name, shard, found) for name, found in _write_tars(folder, stem, shard, most_bytes)]
        except ValueError as error:
            raise ShardError(f"shard must hold what an image file can, got {error} ({path})") from error


def _write_tars(folder: Path, stem: str, shard: ShardReader, most_bytes: int) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Write a shard's tar files, yielding (name, {"frames", "first_tick"}) of each when it is done."""
    frames, frame, number = StoredFrames(shard), 0, 0
    pending = _blocks(stem, shard, frames, 0)
    while frame < len(shard):
        name, first, size = f"{stem}.{number:03d}.tar", frame, 0
        with (folder / name).open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            while frame < len(shard) and (frame == first or size + _size(pending) <= most_bytes):
                for member, content in pending:
                    tar.addfile(_entry(member, content), io.BytesIO(content))
                size, frame = size + _size(pending), frame + 1
                pending = _blocks(stem, shard, frames, frame) if frame < len(shard) else []
        yield name, {"frames": frame - first, "first_tick": int(shard.ticks[first])}
        number += 1


def _blocks(stem: str, shard: ShardReader, frames: StoredFrames, frame: int) -> list[tuple[str, bytes]]:
    """Return (name, content) of all members of a frame."""
    key = f"{stem}/{int(shard.ticks[frame]):06d}"
    head = [("shard.json", head_text(shard))] if frame == 0 else []
    return [(f"{key}.{rest}", content) for rest, content in [*head, *frame_members(frames[frame])]]


def _entry(name: str, content: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)  # its time is 0 and its owner nobody: equal shards give equal tars
    entry.size, entry.mode = len(content), 0o644
    return entry


def _size(members: Sequence[tuple[str, bytes]]) -> int:
    return sum(_BLOCK + -(-len(content) // _BLOCK) * _BLOCK for _, content in members)


def _tar(path: Path, shard: ShardReader, found: Mapping[str, int]) -> Tar:
    said = shard.provenance
    origin = str(said.get("scenario", "")), said.get("seed")
    return Tar(path.name, path.stat().st_size, sha256_of(path), found["frames"], found["first_tick"], *origin)
