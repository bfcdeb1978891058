"""Writes shards: frame by frame under a temporary name, then fsync and rename. A shard under its final name is whole."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

import simgen
from simgen.datatypes.frame import Frame
from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import IMAGE_KINDS, Kind, Mount, Rig
from simgen.datatypes.truth import GroundTruth
from simgen.errors import EnvironmentFault
from simgen.shards.columns import GrowingColumn, RaggedColumn
from simgen.shards.describe import rig_to_json
from simgen.shards.encoding import ImageCodec, checksum, encoded
from simgen.shards.pipeline import Pipeline
from simgen.shards.reader import EgoState
from simgen.shards.schema import DATA, EGO, FRAMES, SCHEMA, SCHEMA_VERSION, STREAM
from simgen.shards.sink import Sink, journal_path
from simgen.shards.stored import StoredFrame, StoredReading
from simgen.shards.superblock import clear_times
from simgen.shards.truth_rows import Rows, truth_checksum, truth_columns, truth_rows

FLUSH_EVERY_FRAMES = 50
"""A killed writer loses at most so many frames; what was flushed can be salvaged from the temporary file."""


@dataclass(frozen=True)
class Storage:
    """How shards are stored."""

    codec: ImageCodec = ImageCodec()
    most_frames: int = 0
    """Frames of one shard; a longer episode becomes several. 0 is no bound."""
    page_bytes: int = 0
    """HDF5's paged aggregation: metadata lies together in pages of this size, so that object stores answer with few requests."""
    threads: int = 2
    """That encode and compress."""


class ShardWriter:
    """Writes frames to one file. Not thread-safe: one thread appends and closes; encoding has threads of its own.

    Raises EnvironmentFault when the folder is not writable or the disk is full; the temporary file is then removed.
    """

    def __init__(
        self,
        path: Path | str,
        rig: Rig,
        tick_rate_hz: float,
        provenance: Mapping[str, Any],
        storage: Storage | None = None,
        part: int = 0,
    ) -> None:
        self.path = Path(path)
        self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        self.frames = 0
        self._rig = rig
        self._storage = storage or Storage()
        self._sink = self._open_sink()
        self._file = h5py.File(self._sink, "w", libver="latest", **_paging(self._storage.page_bytes))
        self._pool = ThreadPoolExecutor(self._storage.threads, thread_name_prefix="shard")
        # Rows come out of the first, in order, and go as chunks into the second.
        self._encoding, self._packing = Pipeline(self._pool), Pipeline(self._pool)
        self._step(lambda: self._write_header(tick_rate_hz, provenance, part))
        self._step(self._create_columns)

    def append(self, frame: Frame, truth: GroundTruth) -> None:
        """Append one frame with its labels."""
        self._step(lambda: self._append(frame, truth))

    def append_stored(self, frame: StoredFrame) -> None:
        """Append one frame as it stood in a shard of an equal rig and codec; its rows and checksums stay as they are."""
        self._step(lambda: self._append_stored(frame))

    def seal(self, outcome: Mapping[str, Any], parts: int = 1, **attributes: Any) -> None:
        """Finish the content and bring it to disk, still under the temporary name; `attributes` join those of the root."""
        self._step(lambda: self._finish(outcome, {"parts": parts, **attributes, "complete": True}))
        self._sink.close()

    def publish(self) -> Path:
        """Give the sealed file its final name; returns that name."""
        os.replace(self.temporary, self.path)
        _sync(self.path.parent)
        return self.path

    def close(self, outcome: Mapping[str, Any] | None = None) -> Path:
        """Finish the shard, bring it to disk and give it its final name; returns that name."""
        self.seal(outcome or {})
        return self.publish()

    def abandon(self) -> None:
        """Remove everything written so far. Calling it after `close` or twice does nothing."""
        self._encoding.drop()
        self._packing.drop()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._file.close()
        self._sink.close()
        self.temporary.unlink(missing_ok=True)
        journal_path(self.temporary).unlink(missing_ok=True)

    # ------------------------------------------------------------------ steps

    def _open_sink(self) -> Sink:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return Sink(self.temporary)
        except OSError as error:
            raise EnvironmentFault(_what_the_disk_said(error, self.path)) from None

    def _write_header(self, tick_rate_hz: float, provenance: Mapping[str, Any], part: int) -> None:
        file = self._file
        file.attrs["schema"], file.attrs["schema_version"] = SCHEMA, SCHEMA_VERSION
        file.attrs["simgen_version"] = simgen.__version__
        file.attrs["tick_rate_hz"] = float(tick_rate_hz)
        file.attrs["part"] = part
        _write_text(file, "rig", rig_to_json(self._rig))
        _write_text(file, "provenance", json.dumps(provenance, sort_keys=True))
        file.attrs["complete"] = False

    def _create_columns(self) -> None:
        self._columns: dict[str, GrowingColumn] = {}
        self._ragged: dict[str, RaggedColumn] = {}
        for group, table in (("frames", FRAMES), ("ego", EGO)):
            for name, column in table.items():
                self._columns[f"{group}/{name}"] = GrowingColumn(self._file.require_group(group), name, column, self._packing)
        for mount in self._rig.mounts:
            self._create_stream(mount)
        for path, column in truth_columns(self._rig):
            self._ragged[path] = RaggedColumn(self._file.create_group(path), column, self._packing)

    def _create_stream(self, mount: Mount) -> None:
        key = f"streams/{mount.name}"
        group = self._file.create_group(key)
        group.attrs["kind"], group.attrs["device"], group.attrs["rate_hz"] = mount.kind.value, mount.device, mount.rate_hz
        group.attrs["ego_from_sensor"] = mount.ego_from_sensor
        if mount.kind in IMAGE_KINDS:
            group.attrs["camera_matrix"] = mount.camera.matrix
        if mount.kind is Kind.RGB:
            group.attrs["codec"] = self._storage.codec.name
        for name, column in STREAM.items():
            self._columns[f"{key}/{name}"] = GrowingColumn(group, name, column, self._packing)
        if DATA[mount.kind].ragged:
            self._ragged[key] = RaggedColumn(group, DATA[mount.kind], self._packing)
        else:
            size = {"H": mount.camera.height_px, "W": mount.camera.width_px} if mount.kind in IMAGE_KINDS else None
            self._columns[f"{key}/data"] = GrowingColumn(group, "data", DATA[mount.kind], self._packing, size)

    def _append(self, frame: Frame, truth: GroundTruth) -> None:
        for mount in self._rig.mounts:
            reading = frame.readings.get(mount.name)
            if reading is not None:
                self._encoding.put(partial(self._encoded, reading), partial(self._append_reading, reading), reading.data.nbytes)
        ego = frame.world.ego
        state = EgoState(ego.world_from_actor, ego.velocity_mps, ego.angular_velocity_radps)
        self._encoding.put(partial(self._labelled, truth), partial(self._append_frame, frame.tick, frame.time_s, state), 0)
        self._count()

    def _append_stored(self, frame: StoredFrame) -> None:
        for reading in frame.readings:
            self._encoding.put(partial(_as_it_stands, reading), partial(self._append_reading, reading), reading.rows.nbytes)
        done = partial(self._append_frame, frame.tick, frame.time_s, frame.ego)
        self._encoding.put(lambda: (frame.truth, frame.truth_crc32), done, 0)
        self._count()

    def _count(self) -> None:
        self.frames += 1
        if self.frames % FLUSH_EVERY_FRAMES == 0:
            self._flush()

    def _labelled(self, truth: GroundTruth) -> tuple[Rows, int]:
        """Return the rows of a frame's labels and their checksum."""
        rows = truth_rows(truth, self._rig)
        return rows, truth_checksum(rows)

    def _encoded(self, reading: Reading) -> tuple[NDArray[Any], int]:
        """Return the rows of a reading and their checksum."""
        rows = encoded(reading.kind, reading.data, self._storage.codec)
        return rows, checksum(rows)

    def _append_reading(self, reading: Reading | StoredReading, encoded: tuple[NDArray[Any], int]) -> None:
        key, (rows, crc32) = f"streams/{reading.name}", encoded
        self._columns[f"{key}/tick"].extend([reading.tick])
        self._columns[f"{key}/world_from_sensor"].extend(reading.world_from_sensor[None])
        self._columns[f"{key}/crc32"].extend([crc32])
        if DATA[reading.kind].ragged:
            self._ragged[key].append(rows)
        else:
            self._columns[f"{key}/data"].extend(rows[None])

    def _append_frame(self, tick: int, time_s: float, ego: EgoState, labelled: tuple[Rows, int]) -> None:
        truth, crc32 = labelled
        for path, rows in truth.items():
            self._ragged[path].append(rows)
        self._columns["ego/world_from_ego"].extend(ego.world_from_ego[None])
        self._columns["ego/velocity"].extend(ego.velocity_mps[None])
        self._columns["ego/angular_velocity"].extend(ego.angular_velocity_radps[None])
        self._columns["frames/tick"].extend([tick])
        self._columns["frames/time_s"].extend([time_s])
        self._columns["frames/truth_crc32"].extend([crc32])

    def _flush(self) -> None:
        self._encoding.finish()
        for column in self._columns.values():
            column.flush()
        for ragged in self._ragged.values():
            ragged.flush()
        self._packing.finish()
        self._file.flush()
        self._sink.commit()

    def _finish(self, outcome: Mapping[str, Any], attributes: Mapping[str, Any]) -> None:
        self._flush()  # first: what is laid out while chunks are on their way lies where chance wills
        _write_text(self._file, "outcome", json.dumps(outcome, sort_keys=True))
        for name, value in attributes.items():
            if name not in self._file.attrs or self._file.attrs[name] != value:  # writing one again would move it in the file
                self._file.attrs[name] = value
        self._pool.shutdown()
        self._file.close()
        clear_times(self._sink)
        self._sink.sync()

    def _step(self, step: Callable[[], None]) -> None:
        """Run a step; what the disk refused becomes one line for the user, and nothing is left behind."""
        step()
        if self._sink.error is not None:
            error = self._sink.error
            self.abandon()
            raise EnvironmentFault(_what_the_disk_said(error, self.path)) from error


def _as_it_stands(reading: StoredReading) -> tuple[NDArray[Any], int]:
    return np.ascontiguousarray(reading.rows, dtype=DATA[reading.kind].dtype), reading.crc32


def _paging(page_bytes: int) -> dict[str, Any]:
    return {"fs_strategy": "page", "fs_page_size": page_bytes} if page_bytes else {}


def _write_text(file: h5py.File, name: str, text: str) -> None:
    # A dataset, not an attribute: attributes end at 64 kB.
    file.create_dataset(name, data=np.frombuffer(text.encode(), dtype=np.uint8))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _what_the_disk_said(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return f"disk must have room for the shard, got {error.strerror} ({path.parent})"
    return f"out must be a folder that can be written to, got {error.strerror} ({path.parent})"
