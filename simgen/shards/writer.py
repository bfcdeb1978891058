"""Writes one shard: frame by frame under a temporary name, then fsync and rename. A shard under its final name is whole."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
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
from simgen.shards.schema import DATA, EGO, FRAMES, SCHEMA, SCHEMA_VERSION, STREAM, TRUTH, TRUTH_BY_CAMERA
from simgen.shards.sink import Sink

FLUSH_EVERY_FRAMES = 50
"""A killed writer loses at most so many frames; what was flushed can be salvaged from the temporary file."""

_CHUNK_CACHE_BYTES = 16 << 20
_JPEG_444 = [int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR), int(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)]


@dataclass(frozen=True)
class ImageCodec:
    """How rgb images are stored."""

    name: str = "jpeg"
    """"jpeg" (4:4:4) or "png" (lossless)."""
    quality: int = 95

    def encode(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the bytes of the image file as (K,) uint8."""
        if self.name == "png":
            done, data = cv2.imencode(".png", rgb[..., ::-1], [int(cv2.IMWRITE_PNG_COMPRESSION), 1])
        else:
            done, data = cv2.imencode(".jpg", rgb[..., ::-1], [int(cv2.IMWRITE_JPEG_QUALITY), self.quality, *_JPEG_444])
        assert done, "OpenCV encodes every uint8 image"
        return np.asarray(data, dtype=np.uint8).reshape(-1)


class ShardWriter:
    """Writes the frames of one episode to `path`. Not thread-safe: one thread appends and closes.

    Raises EnvironmentFault when the folder is not writable or the disk is full; the temporary file is then removed.
    """

    def __init__(
        self, path: Path | str, rig: Rig, tick_rate_hz: float, provenance: Mapping[str, Any], codec: ImageCodec | None = None
    ) -> None:
        self.path = Path(path)
        self.temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        self.frames = 0
        self._rig = rig
        self._codec = codec or ImageCodec()
        self._sink = self._open_sink()
        # "latest" keeps a flushed file readable after a kill; times are not tracked, so equal content is equal bytes.
        self._file = h5py.File(self._sink, "w", libver="latest", rdcc_nbytes=_CHUNK_CACHE_BYTES)
        self._step(lambda: self._write_header(tick_rate_hz, provenance))
        self._step(self._create_columns)

    def append(self, frame: Frame, truth: GroundTruth) -> None:
        """Append one frame with its labels."""
        self._step(lambda: self._append(frame, truth))

    def close(self, outcome: Mapping[str, Any] | None = None) -> Path:
        """Finish the shard, bring it to disk and give it its final name; returns that name."""
        self._step(lambda: self._finish(outcome or {}))
        self._sink.close()
        os.replace(self.temporary, self.path)
        _sync(self.path.parent)
        return self.path

    def abandon(self) -> None:
        """Remove everything written so far. Calling it after `close` or twice does nothing."""
        self._file.close()
        self._sink.close()
        self.temporary.unlink(missing_ok=True)

    # ------------------------------------------------------------------ steps

    def _open_sink(self) -> Sink:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return Sink(self.temporary)
        except OSError as error:
            raise EnvironmentFault(_what_the_disk_said(error, self.path)) from None

    def _write_header(self, tick_rate_hz: float, provenance: Mapping[str, Any]) -> None:
        file = self._file
        file.attrs["schema"], file.attrs["schema_version"] = SCHEMA, SCHEMA_VERSION
        file.attrs["simgen_version"] = simgen.__version__
        file.attrs["tick_rate_hz"] = float(tick_rate_hz)
        _write_text(file, "rig", rig_to_json(self._rig))
        _write_text(file, "provenance", json.dumps(provenance, sort_keys=True))
        file.attrs["complete"] = False

    def _create_columns(self) -> None:
        self._columns: dict[str, GrowingColumn] = {}
        self._ragged: dict[str, RaggedColumn] = {}
        for group, table in (("frames", FRAMES), ("ego", EGO)):
            for name, column in table.items():
                self._columns[f"{group}/{name}"] = GrowingColumn(self._file.require_group(group), name, column)
        for mount in self._rig.mounts:
            self._create_stream(mount)
        for name, column in TRUTH.items():
            self._ragged[f"truth/{name}"] = RaggedColumn(self._file.create_group(f"truth/{name}"), column)
        for name, column in TRUTH_BY_CAMERA.items():
            for device in self._rig.cameras():
                self._ragged[f"truth/{name}/{device}"] = RaggedColumn(self._file.create_group(f"truth/{name}/{device}"), column)

    def _create_stream(self, mount: Mount) -> None:
        key = f"streams/{mount.name}"
        group = self._file.create_group(key)
        group.attrs["kind"], group.attrs["device"], group.attrs["rate_hz"] = mount.kind.value, mount.device, mount.rate_hz
        group.attrs["ego_from_sensor"] = mount.ego_from_sensor
        if mount.kind in IMAGE_KINDS:
            group.attrs["camera_matrix"] = mount.camera.matrix
        if mount.kind is Kind.RGB:
            group.attrs["codec"] = self._codec.name
        for name, column in STREAM.items():
            self._columns[f"{key}/{name}"] = GrowingColumn(group, name, column)
        if DATA[mount.kind].ragged:
            self._ragged[key] = RaggedColumn(group, DATA[mount.kind])
        else:
            size = {"H": mount.camera.height_px, "W": mount.camera.width_px} if mount.kind in IMAGE_KINDS else None
            self._columns[f"{key}/data"] = GrowingColumn(group, "data", DATA[mount.kind], size)

    def _append(self, frame: Frame, truth: GroundTruth) -> None:
        ego = frame.world.ego
        self._columns["frames/tick"].extend([frame.tick])
        self._columns["frames/time_s"].extend([frame.time_s])
        self._columns["ego/world_from_ego"].extend(ego.world_from_actor[None])
        self._columns["ego/velocity"].extend(ego.velocity_mps[None])
        self._columns["ego/angular_velocity"].extend(ego.angular_velocity_radps[None])
        for mount in self._rig.mounts:
            if mount.name in frame.readings:
                self._append_reading(frame.readings[mount.name])
        self._append_truth(truth)
        self.frames += 1
        if self.frames % FLUSH_EVERY_FRAMES == 0:
            self._flush()

    def _append_reading(self, reading: Reading) -> None:
        key = f"streams/{reading.name}"
        self._columns[f"{key}/tick"].extend([reading.tick])
        self._columns[f"{key}/world_from_sensor"].extend(reading.world_from_sensor[None])
        if reading.kind is Kind.RGB:
            self._ragged[key].append(self._codec.encode(reading.data))
        elif DATA[reading.kind].ragged:
            self._ragged[key].append(reading.data)
        else:
            self._columns[f"{key}/data"].extend(reading.data[None])

    def _append_truth(self, truth: GroundTruth) -> None:
        for name in TRUTH:
            self._ragged[f"truth/{name}"].append(getattr(truth, name))
        for name, column in TRUTH_BY_CAMERA.items():
            by_device = getattr(truth, name)
            for device in self._rig.cameras():
                empty = np.empty(0, dtype=column.dtype)
                self._ragged[f"truth/{name}/{device}"].append(by_device.get(device, empty))

    def _flush(self) -> None:
        for column in self._columns.values():
            column.flush()
        for ragged in self._ragged.values():
            ragged.flush()
        self._file.flush()

    def _finish(self, outcome: Mapping[str, Any]) -> None:
        _write_text(self._file, "outcome", json.dumps(outcome, sort_keys=True))
        self._file.attrs["complete"] = True
        self._flush()
        self._file.close()
        self._sink.sync()

    def _step(self, step: Callable[[], None]) -> None:
        """Run a step; what the disk refused becomes one line for the user, and nothing is left behind."""
        step()
        if self._sink.error is not None:
            error = self._sink.error
            self.abandon()
            raise EnvironmentFault(_what_the_disk_said(error, self.path)) from error


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
