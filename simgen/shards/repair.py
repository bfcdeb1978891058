"""Salvages what a killed writer left: the whole frames of its temporary file become a shard of their own.

A writer brings its file into a consistent state every `FLUSH_EVERY_FRAMES` frames. What follows may be half-written; every row and
every frame's labels carry a checksum, so the frames before the first that does not hold are known to be whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from simgen.datatypes.rig import Rig
from simgen.errors import EnvironmentFault, ShardError
from simgen.shards.describe import rig_from_json
from simgen.shards.encoding import checksum
from simgen.shards.schema import DATA, EGO, FRAMES, SCHEMA, SCHEMA_VERSION, STREAM
from simgen.shards.sink import journal_path, recover
from simgen.shards.superblock import clear_write_flag
from simgen.shards.truth_rows import truth_checksum, truth_columns

_UNFINISHED = re.compile(r"^\.(?P<name>.+\.h5)\.(?P<pid>\d+)\.tmp$")
_AT_ONCE_BYTES = 16 << 20


@dataclass(frozen=True)
class Salvage:
    """What became of one unfinished file."""

    unfinished: str
    shard: str
    """The new shard; empty where no frame could be saved, and the unfinished file is then left as it is."""
    frames: int
    reason: str = ""
    """Why no frame could be saved."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return asdict(self)


def repair(paths: Iterable[Path | str]) -> list[Salvage]:
    """Salvage every unfinished file in the folders whose writer lives no more, and remove it; in path order."""
    folders = sorted({p if p.is_dir() else p.parent for p in map(Path, paths)})
    return [salvage(path) for folder in folders for path in unfinished(folder)]


def unfinished(folder: Path) -> Iterator[Path]:
    """Yield the temporary files of dead writers in a folder and below it."""
    for path in sorted(folder.rglob(".*.tmp")):
        found = _UNFINISHED.match(path.name)
        if found and not _lives(int(found["pid"])):
            yield path


def salvage(path: Path) -> Salvage:
    """Make a shard "NAME.salvaged.h5" of the whole frames in the temporary file `path`."""
    found = _UNFINISHED.match(path.name)
    if found is None:
        raise ShardError(f"file must be a writer's temporary file, got {path}")
    target = path.with_name(f"{found['name'].removesuffix('.h5')}.salvaged.h5")
    work = path.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        shutil.copyfile(path, work)
        recover(path, work)
        clear_write_flag(work)
        frames = _cut(work)
        os.replace(work, target)
    except (OSError, KeyError, ValueError, TypeError, IndexError, RuntimeError, ShardError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise EnvironmentFault(f"out must be a folder with room for a copy of {path.name}, got {error.strerror}") from None
        return Salvage(str(path), "", 0, (str(error).splitlines() or [type(error).__name__])[0])
    finally:
        work.unlink(missing_ok=True)
    path.unlink()
    journal_path(path).unlink(missing_ok=True)
    return Salvage(str(path), str(target), frames)


def _cut(path: Path) -> int:
    """Cut the file after its last whole frame, mark it as complete and salvaged, and return its number of frames."""
    with h5py.File(path, "r+", libver="latest") as file:
        if file.attrs.get("schema") != SCHEMA or file.attrs.get("schema_version") != SCHEMA_VERSION:
            raise ShardError(f"file must be a {SCHEMA} of version {SCHEMA_VERSION}, got another")
        rig = rig_from_json(bytes(file["rig"][:]).decode())
        frames = _whole_frames(file, rig)
        if frames == 0:
            raise ShardError("file must hold a whole frame, got none")
        _truncate(file, rig, frames)
        if "outcome" not in file:
            file.create_dataset("outcome", data=np.frombuffer(json.dumps({"events": {}}).encode(), dtype=np.uint8))
        file.attrs["part"], file.attrs["parts"], file.attrs["salvaged"], file.attrs["complete"] = 0, 1, True, True
    with path.open("rb") as whole:
        os.fsync(whole.fileno())
    return frames


def _whole_frames(file: h5py.File, rig: Rig) -> int:
    """Return how many frames from the first on have all their rows, with the right checksums."""
    known = [len(file[f"{group}/{name}"]) for group, table in (("frames", FRAMES), ("ego", EGO)) for name in table]
    known += [len(file[f"{path}/offsets"]) - 1 for path, _ in truth_columns(rig)]
    frames = max(0, min(known))
    ticks, sums = file["frames/tick"][:frames], file["frames/truth_crc32"][:frames]
    truth = {path: (file[f"{path}/offsets"][:], file[f"{path}/data"][:]) for path, _ in truth_columns(rig)}
    frames = next((f for f in range(frames) if not _truth_holds(truth, f, int(sums[f]))), frames)
    ends = [_first_bad_tick(file, mount.name, DATA[mount.kind].ragged) for mount in rig.mounts]
    due = [_first_missing_tick(file, rig, name, frames, ticks) for name in (m.name for m in rig.mounts)]
    return int(np.searchsorted(ticks[:frames], min([*ends, *due], default=np.inf)))


def _truth_holds(truth: Mapping[str, tuple[np.ndarray, np.ndarray]], frame: int, crc32: int) -> bool:
    try:
        return truth_checksum({path: _slice(offsets, data, frame) for path, (offsets, data) in truth.items()}) == crc32
    except (ValueError, IndexError):
        return False


def _first_bad_tick(file: h5py.File, name: str, ragged: bool) -> float:
    """Return the tick of the first row of a stream that is not whole; infinity where all that stand there are."""
    group = file[f"streams/{name}"]
    ticks, sums, poses = group["tick"][:], group["crc32"][:], len(group["world_from_sensor"])
    offsets = group["offsets"][:] if ragged else None
    # Small data are had at once, which is many times faster; images and points row by row.
    data = group["data"] if group["data"].nbytes > _AT_ONCE_BYTES else group["data"][:]
    for row, tick in enumerate(ticks.tolist()):
        try:
            rows = np.asarray(data[row]) if offsets is None else _slice(offsets, data, row)
            if row >= min(len(sums), poses) or checksum(rows) != sums[row]:
                return float(tick)
        except (OSError, ValueError, IndexError, RuntimeError):
            return float(tick)
    return float("inf")


def _first_missing_tick(file: h5py.File, rig: Rig, name: str, frames: int, ticks: np.ndarray) -> float:
    """Return the first tick at which a stream should have a row and has none."""
    mount = next(m for m in rig.mounts if m.name == name)
    have = set(file[f"streams/{name}/tick"][:].tolist())
    rate_hz = float(file.attrs["tick_rate_hz"])
    for tick in ticks[:frames].tolist():
        if tick not in have and mount in rig.due(tick, rate_hz):
            return float(tick)
    return float("inf")


def _truncate(file: h5py.File, rig: Rig, frames: int) -> None:
    last = int(file["frames/tick"][frames - 1])
    for group, table in (("frames", FRAMES), ("ego", EGO)):
        for name in table:
            file[f"{group}/{name}"].resize(frames, axis=0)
    for path, _ in truth_columns(rig):
        _shorten(file[path], frames)
    for mount in rig.mounts:
        stream = file[f"streams/{mount.name}"]
        rows = int(np.searchsorted(stream["tick"][:], last, side="right"))
        if DATA[mount.kind].ragged:
            _shorten(stream, rows)
        else:
            stream["data"].resize(rows, axis=0)
        for name in STREAM:
            stream[name].resize(rows, axis=0)


def _shorten(group: h5py.Group, entries: int) -> None:
    """Cut a ragged column after so many entries."""
    group["data"].resize(int(group["offsets"][entries]), axis=0)
    group["offsets"].resize(entries + 1, axis=0)


def _slice(offsets: np.ndarray, data: np.ndarray, row: int) -> np.ndarray:
    start, stop = int(offsets[row]), int(offsets[row + 1])
    if not 0 <= start <= stop <= len(data):
        raise ValueError("offsets outside of the data")
    return data[start:stop]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
