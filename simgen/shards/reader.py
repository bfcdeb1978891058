"""Reads shards: readings and ground truth by frame, in the same types in which they were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any

import cv2
import h5py
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import Mount, Rig
from simgen.datatypes.truth import GroundTruth
from simgen.errors import ShardError
from simgen.shards.describe import rig_from_json
from simgen.shards.encoding import decoded
from simgen.shards.schema import DATA, SCHEMA, SCHEMA_VERSION, TRUTH, TRUTH_BY_CAMERA


@dataclass(frozen=True)
class EgoState:
    """The ego at one frame, right-handed world frame."""

    world_from_ego: NDArray[np.float64]
    velocity_mps: NDArray[np.float64]
    angular_velocity_radps: NDArray[np.float64]


class ShardReader:
    """An open shard. `len(reader)` is its number of frames.

    Raises ShardError for a file that is not a shard, is incomplete, or is damaged where it is read.
    """

    def __init__(self, path: Path | str, file: IO[bytes] | None = None) -> None:
        """Open the shard at `path`; `file` is read instead where the shard is no local file."""
        self.path = Path(path)
        try:
            self._file = h5py.File(file or self.path, "r")
        except OSError as error:
            raise ShardError(f"shard must be an HDF5 file, got {_first_line(error)} ({self.path})") from None
        try:
            self._read_header()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> ShardReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.ticks)

    @property
    def file(self) -> h5py.File:
        """The open HDF5 file."""
        return self._file

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def reading(self, name: str, frame: int) -> Reading | None:
        """Return what the mount `name` measured at frame index `frame`; None when it was not due."""
        mount, row = self.mount(name), self.row_at(name, frame)
        if row is None:
            return None
        with self._damage(f"streams/{name} row {row}"):
            pose = self._file[f"streams/{name}/world_from_sensor"][row]
            return Reading(name, mount.kind, int(self.ticks[frame]), pose, decoded(self.stored(name, row), mount))

    def row_at(self, name: str, frame: int) -> int | None:
        """Return the row of the stream `name` that belongs to a frame; None when the sensor was not due."""
        ticks, tick = self.stream_ticks[name], int(self.ticks[frame])
        row = int(np.searchsorted(ticks, tick))
        return row if row < len(ticks) and ticks[row] == tick else None

    def stored(self, name: str, row: int) -> NDArray[Any]:
        """Return a row of a stream as it stands in the shard: the bytes of an image file, depth codes, points."""
        with self._damage(f"streams/{name} row {row}"):
            group = self._file[f"streams/{name}"]
            return _ragged_row(group, row) if DATA[self.mount(name).kind].ragged else np.asarray(group["data"][row])

    def checksums(self, name: str) -> NDArray[np.uint32]:
        """Return (N,) the CRC-32 of each row of a stream, or of each frame's labels where `name` is "truth"."""
        with self._damage(f"checksums of {name}"):
            return np.asarray(self._file["frames/truth_crc32" if name == "truth" else f"streams/{name}/crc32"][:])

    def readings(self, frame: int) -> Iterator[Reading]:
        """Yield all readings of a frame in rig order."""
        for mount in self.rig.mounts:
            reading = self.reading(mount.name, frame)
            if reading is not None:
                yield reading

    def ego(self, frame: int) -> EgoState:
        """Return the ego's pose and motion at a frame."""
        with self._damage(f"ego row {frame}"):
            group = self._file["ego"]
            return EgoState(group["world_from_ego"][frame], group["velocity"][frame], group["angular_velocity"][frame])

    def truth(self, frame: int) -> GroundTruth:
        """Return the labels of a frame."""
        with self._damage(f"truth row {frame}"):
            single = {name: _ragged_row(self._file[f"truth/{name}"], frame) for name in TRUTH}
            by_camera = {
                name: MappingProxyType({d: _ragged_row(self._file[f"truth/{name}/{d}"], frame) for d in self.rig.cameras()})
                for name in TRUTH_BY_CAMERA
            }
            return GroundTruth(int(self.ticks[frame]), **single, **by_camera)  # type: ignore[arg-type]

    def mount(self, name: str) -> Mount:
        """Return the mount called `name`. Raises ShardError with the choices."""
        for mount in self.rig.mounts:
            if mount.name == name:
                return mount
        raise ShardError(f"sensor must be one of {', '.join(m.name for m in self.rig.mounts)}, got {name} ({self.path})")

    # ------------------------------------------------------------------ inside

    def _read_header(self) -> None:
        attributes = self._file.attrs
        if attributes.get("schema") != SCHEMA:
            raise ShardError(f"file must be a {SCHEMA}, got an HDF5 file of another kind ({self.path})")
        version = int(attributes.get("schema_version", -1))
        if version != SCHEMA_VERSION:
            raise ShardError(f"schema_version must be {SCHEMA_VERSION}, got {version} ({self.path})")
        if not bool(attributes.get("complete", False)):
            raise ShardError(f"shard must be complete, got one whose writer was stopped ({self.path})")
        with self._damage("header"):
            self.tick_rate_hz = float(attributes["tick_rate_hz"])
            self.simgen_version = str(attributes["simgen_version"])
            self.part, self.parts = int(attributes["part"]), int(attributes["parts"])
            self.salvaged = bool(attributes.get("salvaged", False))
            self.rig: Rig = rig_from_json(self._text("rig"))
            self.provenance: dict[str, Any] = json.loads(self._text("provenance"))
            self.outcome: dict[str, Any] = json.loads(self._text("outcome"))
            self.ticks: NDArray[np.uint32] = self._file["frames/tick"][:]
            self.times_s: NDArray[np.float64] = self._file["frames/time_s"][:]
            # By mount name: the ticks of its rows.
            self.stream_ticks: dict[str, NDArray[np.uint32]] = {m.name: self._file[f"streams/{m.name}/tick"][:] for m in self.rig.mounts}

    def _text(self, name: str) -> str:
        return bytes(self._file[name][:]).decode()

    def _damage(self, where: str) -> _Damage:
        return _Damage(f"{self.path}, {where}")


class _Damage:
    """Turns what HDF5, NumPy and the codecs say about broken content into a ShardError that names the place."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, (OSError, KeyError, ValueError, TypeError, IndexError, RuntimeError, cv2.error)):
            raise ShardError(f"shard must be readable, got {_first_line(error)} ({self._where})") from error


def _ragged_row(group: h5py.Group, row: int) -> NDArray[Any]:
    start, stop = (int(v) for v in group["offsets"][row : row + 2])
    if not 0 <= start <= stop <= len(group["data"]):
        raise ValueError(f"offsets {start}..{stop} outside of {len(group['data'])} rows")
    return np.asarray(group["data"][start:stop])


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
