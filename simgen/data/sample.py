"""What a sample holds: the readings and labels of a frame as tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simgen.data.sweeps import with_sweeps
from simgen.datatypes.rig import Kind
from simgen.errors import ConfigError
from simgen.shards.direct import DirectReader
from simgen.shards.index import ShardIndex

Sample = dict[str, Any]

POINT_FIELDS = ("x", "y", "z", "intensity")
LABELS = ("boxes3d", "boxes2d", "lanes", "lights")


@dataclass(frozen=True)
class Wanted:
    """What is read of each frame."""

    sensors: tuple[str, ...]
    labels: tuple[str, ...]
    sweeps: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, sensors: Sequence[str], labels: Sequence[str], sweeps: Mapping[str, int], indices: Sequence[ShardIndex]) -> Wanted:
        """Check the names. Raises ConfigError for one that does not exist."""
        for name in labels:
            if name not in LABELS:
                raise ConfigError(f"label must be one of {', '.join(LABELS)}, got {name}")
        for name, count in sweeps.items():
            if name not in sensors or any(index.streams[name].kind is not Kind.LIDAR for index in indices):
                raise ConfigError(f"sweeps must be of LiDARs among the sensors, got {name}")
            if count < 0:
                raise ConfigError(f"sweeps must be at least 0, got {count} ({name})")
        return cls(tuple(sensors), tuple(labels), dict(sweeps))


def read_sample(reader: DirectReader, frame: int, wanted: Wanted) -> Sample:
    """Return a frame as

    * "shard" path, "scenario", "tick", "time_s", "world_from_ego" (4, 4) float64;
    * "sensors": by mount name: rgb (3, H, W) uint8; depth (H, W) float32 m; semantic (H, W) uint8 CARLA tags; instance (H, W)
      int64 actor ids; LiDAR {"points" (N, 4) float32 x, y, z m and intensity, "time_s" (N,) float32 relative to the frame,
      "object_id", "tag"}; other kinds their columns;
    * "poses": world_from_sensor (4, 4) float64 by mount name;
    * "labels": "boxes3d", "lanes", "lights" as columns of tensors, "boxes2d" by camera likewise. Ego frame, right-handed.
    """
    index = reader.index
    sample: Sample = {
        "shard": index.path,
        "scenario": str(index.provenance.get("scenario", "")),
        "tick": int(index.ticks[frame]),
        "time_s": float(index.times_s[frame]),
        "world_from_ego": torch.from_numpy(reader.ego(frame).world_from_ego),
        "sensors": {},
        "poses": {},
        "labels": {name: _labels(reader, name, frame) for name in wanted.labels},
    }
    for name in wanted.sensors:
        reading = reader.reading(name, frame)
        assert reading is not None, "the catalogue holds frames at which all sensors were due"
        data = with_sweeps(reader, name, frame, reading, wanted.sweeps[name]) if name in wanted.sweeps else reading.data
        sample["sensors"][name] = sensor_tensors(reading.kind, data)
        sample["poses"][name] = torch.from_numpy(np.ascontiguousarray(reading.world_from_sensor))
    return sample


def sensor_tensors(kind: Kind, data: NDArray[Any]) -> Tensor | dict[str, Tensor]:
    """Return a reading's data as tensors; see `read_sample`."""
    if kind is Kind.RGB:
        return torch.from_numpy(data).permute(2, 0, 1)
    if kind is Kind.INSTANCE:
        return torch.from_numpy(data.astype(np.int64))
    if kind is Kind.LIDAR:
        return _points(data)
    return columns(data) if data.dtype.names else torch.from_numpy(np.ascontiguousarray(data))


def columns(rows: NDArray[Any]) -> dict[str, Tensor]:
    """Return structured rows (N,) as one tensor (N, ...) per field; unsigned numbers of several bytes become int64."""
    return {name: torch.from_numpy(_signed(rows[name])) for name in rows.dtype.names or ()}


def stacked(frames: Sequence[Sample]) -> Sample:
    """Return the frames of a clip as one sample: tensors of equal shape with a leading time axis, everything else as lists."""
    return {key: _stacked([frame[key] for frame in frames]) for key in frames[0]}


def _stacked(values: list[Any]) -> Any:
    first = values[0]
    if isinstance(first, dict):
        return {key: _stacked([value[key] for value in values]) for key in first}
    if isinstance(first, Tensor) and all(value.shape == first.shape for value in values) and first.dim() > 1:
        return torch.stack(values)
    return values


def _labels(reader: DirectReader, name: str, frame: int) -> Any:
    if name == "boxes2d":
        return {device: columns(reader.labels(f"truth/boxes2d/{device}", frame)) for device in reader.index.rig.cameras()}
    found = columns(reader.labels(f"truth/{name}", frame))
    if name == "lanes":
        found["points"] = torch.from_numpy(reader.labels("truth/lane_points", frame))
    return found


def _points(data: NDArray[Any]) -> dict[str, Tensor]:
    names = data.dtype.names or ()
    out = {"points": torch.from_numpy(_together(data, POINT_FIELDS))}
    return out | {name: torch.from_numpy(_signed(data[name])) for name in names if name not in POINT_FIELDS}


def _together(data: NDArray[Any], names: tuple[str, ...]) -> NDArray[np.float32]:
    """Return float32 fields that lie side by side in every record as one array (N, len(names))."""
    size, width = data.dtype.itemsize, 4 * len(names)
    assert data.dtype.names is not None
    assert data.dtype.names[: len(names)] == names
    records = np.ascontiguousarray(data).view(np.uint8).reshape(-1, size)
    return records[:, :width].copy().view(np.float32).reshape(len(data), len(names))


def _signed(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "u" and values.dtype.itemsize > 1:
        return values.astype(np.int64)
    return values.copy()  # a field of one row keeps the stride of its records, which torch refuses
