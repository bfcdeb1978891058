"""Shards out of tar files that `webdataset` wrote. Tars are hostile until checked: nothing is extracted by name, all sizes are bounded."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Mount, Rig
from simgen.errors import ConfigError, ShardError
from simgen.export.members import npz_rows, rows_of
from simgen.export.webdataset import LISTING
from simgen.export.webdataset_head import SENSOR, STEM, head_of, whole_number
from simgen.shards.card import write_card
from simgen.shards.encoding import ImageCodec
from simgen.shards.folders import whole_folder
from simgen.shards.manifest import sha256_of, write_manifest
from simgen.shards.parallel import Tell, over, silent
from simgen.shards.reader import EgoState
from simgen.shards.stored import StoredFrame, StoredReading
from simgen.shards.truth_rows import truth_columns
from simgen.shards.writer import ShardWriter, Storage

MOST_FRAME_BYTES = 2 << 30
MOST_TEXT_BYTES = 64 << 20
_TAR = re.compile(rf"(?P<stem>{STEM})\.(?P<number>\d{{3,6}})\.tar")
_MEMBER = re.compile(rf"(?P<stem>{STEM})/(?P<tick>\d{{6,10}})\.(?P<rest>{SENSOR})", re.ASCII)
_TORN = (tarfile.TarError, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Sample:
    """All members of one frame by what follows the key in their names."""

    stem: str
    tick: int
    members: Mapping[str, bytes]


def to_shards(paths: Sequence[Path | str], out: Path, processes: int = 1, tell: Tell = silent) -> list[Path]:
    """Make the shards again of the tar files in files and folders, into the new folder `out`, with manifest and card.

    Raises ShardError for anything that `to_webdataset` does not write, and where frames or tars are missing.
    """
    groups = find_tars([Path(p) for p in paths])
    with whole_folder(out, [Path(p) for p in paths]) as folder:
        made = list(over(partial(_make_shard, folder), list(groups.items()), processes, tell))
        write_manifest(folder)
        write_card(folder, processes=processes)
    return [out / path.name for path in made]


def find_tars(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Return the tars of each shard by its stem, in order. Raises ShardError where one that is listed is not there."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ShardError(f"path must exist, got {path}")
        found += sorted(path.glob("*.tar")) if path.is_dir() else [path]
        if path.is_dir():
            _require_listed(path)
    groups: dict[str, list[Path]] = {}
    for path in found:
        name = _TAR.fullmatch(path.name)
        if name is None:
            raise ShardError(f"tar must be called NAME.000.tar, as simgen writes it, got {path}")
        groups.setdefault(name["stem"], []).append(path)
    for stem, tars in groups.items():
        if [t.name for t in tars] != [f"{stem}.{k:03d}.tar" for k in range(len(tars))]:
            raise ShardError(f"tars of a shard must be numbered from 000 and given once, got {', '.join(t.name for t in tars[:9])}")
    if not groups:
        raise ConfigError(f"folder must hold tar files (*.tar), got none ({', '.join(map(str, paths))})")
    return groups


def samples(path: Path) -> Iterator[Sample]:
    """Yield the frames of one tar. Raises ShardError for members that are no plain files, are called otherwise, or are too large."""
    current: tuple[str, int] | None = None
    members: dict[str, bytes] = {}
    room = MOST_FRAME_BYTES
    try:
        with tarfile.open(path, "r:") as tar:
            for entry in tar:
                key, rest = _named(entry)
                if key != current:
                    if current is not None:
                        yield Sample(*current, members)
                    current, members, room = key, {}, MOST_FRAME_BYTES
                room -= entry.size
                if rest in members or room < 0 or (rest.endswith(".json") and entry.size > MOST_TEXT_BYTES):
                    raise ValueError(f"member {entry.name[:80]!r}, which is one too many or too large")
                file = tar.extractfile(entry)
                members[rest] = file.read() if file is not None else b""
        if current is not None:
            yield Sample(*current, members)
    except _TORN as error:
        raise ShardError(f"tar must be one that simgen wrote, got {_first_line(error)} ({path})") from None


def frame_of(sample: Sample, rig: Rig) -> StoredFrame:
    """Return the frame of a sample. Raises ValueError, KeyError or TypeError where it is none, ShardError for a wrong checksum."""
    meta = json.loads(sample.members["meta.json"])
    ego = EgoState(
        *(_numbers(meta["ego"][n], s) for n, s in (("world_from_ego", (4, 4)), ("velocity_mps", (3,)), ("angular_velocity_radps", (3,))))
    )
    said = meta["readings"]
    mounts = [mount for mount in rig.mounts if mount.name in said]
    names = {"meta.json", "truth.npz", *(f"{m.name}.{said[m.name]['suffix']}" for m in mounts)}
    if len(mounts) != len(said) or names != set(sample.members) - {"shard.json"}:
        raise ValueError("other members than its meta.json says")
    readings = tuple(_reading(mount, said[mount.name], sample) for mount in mounts)
    columns = {path.removeprefix("truth/"): column for path, column in truth_columns(rig)}
    truth = {f"truth/{name}": rows for name, rows in npz_rows(sample.members["truth.npz"], columns).items()}
    if whole_number(meta["tick"]) != sample.tick:
        raise ValueError(f"tick {meta['tick']} in the sample of {sample.tick}")
    return StoredFrame(sample.tick, float(meta["time_s"]), ego, readings, truth, whole_number(meta["truth_crc32"]))


# ---------------------------------------------------------------------- one shard


def _make_shard(folder: Path, group: tuple[str, list[Path]]) -> Path:
    stem, tars = group
    for tar in tars:
        _require_hash(tar)
    stream = ((path, sample) for path in tars for sample in samples(path))
    path, first = next(stream, (tars[0], Sample(stem, 0, {})))
    head = _read(lambda: head_of(first.members["shard.json"]), path, first)
    storage = Storage(ImageCodec(head.codec), page_bytes=head.page_bytes)
    writer = ShardWriter(folder / f"{stem}.h5", head.rig, head.tick_rate_hz, head.provenance, storage, head.part)
    try:
        writer.append_stored(_frame(path, first, stem, head.rig, first.tick))
        for path, sample in stream:
            writer.append_stored(_frame(path, sample, stem, head.rig, first.tick + writer.frames))
        if writer.frames != head.frames:
            raise ShardError(f"tars of {stem} must hold {head.frames} frames, got {writer.frames} ({tars[-1]})")
        writer.seal(head.outcome, head.parts, simgen_version=head.simgen_version, **({"salvaged": True} if head.salvaged else {}))
        return writer.publish()
    except BaseException:
        writer.abandon()
        raise


def _frame(path: Path, sample: Sample, stem: str, rig: Rig, tick: int) -> StoredFrame:
    if sample.stem != stem or sample.tick != tick:
        raise ShardError(f"sample must be {stem}/{tick:06d}, got {sample.stem}/{sample.tick:06d} ({path})")
    where = f"{path}, {sample.stem}/{sample.tick:06d}"
    return _read(lambda: frame_of(sample, rig), path, sample).checked(where)


def _read(work: Callable[[], Any], path: Path, sample: Sample) -> Any:
    try:
        return work()
    except _TORN as error:
        what = f"no {error}" if isinstance(error, KeyError) else _first_line(error)
        raise ShardError(f"sample must be one that simgen wrote, got {what} ({path}, {sample.stem}/{sample.tick:06d})") from None


def _reading(mount: Mount, said: Mapping[str, Any], sample: Sample) -> StoredReading:
    suffix = str(said["suffix"])
    if said["kind"] != mount.kind.value:
        raise ValueError(f"{mount.name} of kind {str(said['kind'])[:40]!r}")
    try:
        rows = rows_of(mount, suffix, sample.members[f"{mount.name}.{suffix}"])
    except ValueError as error:
        raise ValueError(f"{error} in {mount.name}.{suffix}") from None
    pose = _numbers(said["world_from_sensor"], (4, 4))
    return StoredReading(mount.name, mount.kind, sample.tick, pose, rows, whole_number(said["crc32"]))


def _named(entry: tarfile.TarInfo) -> tuple[tuple[str, int], str]:
    name = _MEMBER.fullmatch(entry.name)
    if name is None or entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise ValueError(f"member {entry.name[:80]!r}, which is no plain file NAME/TICK.SENSOR.SUFFIX")
    return (name["stem"], int(name["tick"])), name["rest"]


def _numbers(value: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    array = np.array(value, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"numbers of shape {array.shape} where {shape} belongs")
    return array


def _listed(folder: Path) -> dict[str, str]:
    """Return the hash of each tar that the listing of a folder has, by name; nothing where there is no listing."""
    listing = folder / LISTING
    if not listing.exists():
        return {}
    try:
        return {str(tar["path"]): str(tar["sha256"]) for tar in json.loads(listing.read_text())["tars"]}
    except _TORN as error:
        raise ShardError(f"listing must be the JSON that simgen writes, got {_first_line(error)} ({listing})") from None


def _require_listed(folder: Path) -> None:
    names = _listed(folder)
    for name in names:
        if not (folder / name).is_file():
            raise ShardError(f"all {len(names)} tars of {LISTING} must be there, got no {name[:200]} ({folder})")


def _require_hash(path: Path) -> None:
    """Raise ShardError for a tar that is not the one in the listing beside it: poses and provenance have no checksums of their own."""
    wanted = _listed(path.parent).get(path.name)
    if wanted is not None and wanted != (found := sha256_of(path)):
        raise ShardError(f"sha256 must be {wanted[:64]} as in {LISTING}, got {found} ({path})")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
