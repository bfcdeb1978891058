"""Frames of a real set as samples, with the keys and types of `simgen.data.sample`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from simgen.data.frames import Transform
from simgen.data.order import Order
from simgen.data.real.entry import Entry, RealSet
from simgen.data.sample import Sample, columns, sensor_tensors
from simgen.datatypes.rig import IMAGE_KINDS, Kind
from simgen.errors import ConfigError
from simgen.geometry.camera import Pinhole
from simgen.rng import stream


class RealDataset(Dataset[Sample]):
    """Frames of a real set at which all of `sensors` measured; `sequence_of` (N,) numbers the drives they are from.

    `size` (width, height) px resizes pictures, label pictures and 2D boxes; sets whose pictures differ in size need it for
    batches. What a set does not tell is the identity in poses, NaN in velocities and incidences, 0 in ids and counts.
    """

    def __init__(
        self,
        name: str,
        source: RealSet,
        sensors: Sequence[str] = (),
        labels: Sequence[str] = (),
        size: tuple[int, int] | None = None,
        transform: Transform | None = None,
    ) -> None:
        _check(source, sensors, labels, size)
        self.name, self.source, self.sensors, self.labels = name, source, tuple(sensors), tuple(labels)
        self.size, self.transform = size, transform
        self.entries = tuple(entry for entry in source.entries if all(sensor in entry.files for sensor in sensors))
        self.sequences: tuple[str, ...] = tuple(dict.fromkeys(entry.sequence for entry in self.entries))
        numbers = {sequence: number for number, sequence in enumerate(self.sequences)}
        self._sequence_of = np.array([numbers[entry.sequence] for entry in self.entries], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> Sample:
        return self.sample(index)

    @property
    def sequence_of(self) -> NDArray[np.int64]:
        """(N,) number, in `sequences`, of the sequence that each sample is from."""
        return self._sequence_of

    def order(self, order: Order, epoch: int) -> NDArray[np.int64]:
        """Return the indices of an epoch for the order's rank."""
        return order.indices(len(self), epoch, self.sequence_of)

    def iterate(self, indices: Sequence[int], seed: int = 0, epoch: int = 0) -> Iterator[Sample]:
        """Yield samples in the order of `indices`."""
        return (self.sample(int(index), seed, epoch) for index in indices)

    def camera(self, index: int, device: str) -> Pinhole | None:
        """Return the intrinsics of a camera for pictures as the set has them, before `size`; None where it does not tell."""
        return self.source.camera(self.entries[index], device)

    def sample(self, index: int, seed: int = 0, epoch: int = 0) -> Sample:
        """Return a sample; `seed` and `epoch` reach the transform by its random numbers."""
        if not 0 <= index < len(self):
            raise IndexError(f"index must be within 0..{len(self) - 1}, got {index}")
        sample = self._read(self.entries[index])
        return sample if self.transform is None else self.transform(sample, stream(seed, "sample", epoch, index))

    def _read(self, entry: Entry) -> Sample:
        sample: Sample = {
            "shard": str(next(iter(entry.files.values()), Path())),
            "scenario": f"{self.name}:{entry.sequence}",
            "tick": entry.tick,
            "time_s": entry.time_s,
            "world_from_ego": torch.from_numpy(entry.world_from_ego.copy()),
            "sensors": {},
            "poses": {},
            "labels": {},
        }
        for name in self.sensors:
            kind = self.source.kinds[name]
            sample["sensors"][name] = sensor_tensors(kind, self._resized(kind, self.source.reading(entry, name)))
            sample["poses"][name] = torch.from_numpy(self.source.world_from_sensor(entry, name).copy())
        if "boxes3d" in self.labels:
            sample["labels"]["boxes3d"] = columns(self.source.boxes3d(entry))
        if "boxes2d" in self.labels:
            sample["labels"]["boxes2d"] = {device: columns(self._scaled(entry, device, r)) for device, r in self._boxes(entry)}
        return sample

    def _boxes(self, entry: Entry) -> Iterator[tuple[str, NDArray[Any]]]:
        return iter(self.source.boxes2d(entry).items())

    def _resized(self, kind: Kind, data: NDArray[Any]) -> NDArray[Any]:
        if self.size is None or kind not in IMAGE_KINDS or data.shape[1::-1] == self.size:
            return data
        interpolation = cv2.INTER_AREA if kind is Kind.RGB else cv2.INTER_NEAREST
        return np.asarray(cv2.resize(data, self.size, interpolation=interpolation))

    def _scaled(self, entry: Entry, device: str, rows: NDArray[Any]) -> NDArray[Any]:
        """Return 2D boxes in pixels of the resized picture: tight ones grow to whole pixels."""
        if self.size is None or not len(rows):
            return rows
        height, width = self.source.reading(entry, f"{device}.rgb").shape[:2]
        scale = np.tile(np.array(self.size) / (width, height), 2)
        out = rows.copy()
        out["box"][:, :2] = np.floor(rows["box"][:, :2] * scale[:2])
        out["box"][:, 2:] = np.ceil(rows["box"][:, 2:] * scale[2:])
        out["amodal"] = rows["amodal"] * scale
        out["visible_pixels"] = np.round(rows["visible_pixels"] * scale[0] * scale[1])
        return out


def _check(source: RealSet, sensors: Sequence[str], labels: Sequence[str], size: tuple[int, int] | None) -> None:
    for sensor in sensors:
        if sensor not in source.kinds:
            raise ConfigError(f"sensor must be one of {', '.join(source.kinds)}, got {sensor}")
    for label in labels:
        if label not in source.labels:
            raise ConfigError(f"label must be one of {', '.join(source.labels) or 'none of this set'}, got {label}")
    if size is not None and (len(size) != 2 or min(size) < 1):
        raise ConfigError(f"size must be (width, height) of at least 1 pixel, got {size}")
