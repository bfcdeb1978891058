"""Samples to batches: what has one shape is stacked, what has not is laid end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Ragged:
    """Tensors of different length, one after another."""

    values: Tensor
    """(sum of lengths, ...)"""
    offsets: Tensor
    """(B + 1,) int64: sample b is values[offsets[b]:offsets[b + 1]]."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, sample: int) -> Tensor:
        if not 0 <= sample < len(self):
            raise IndexError(f"sample must be within 0..{len(self) - 1}, got {sample}")
        return self.values[int(self.offsets[sample]) : int(self.offsets[sample + 1])]

    @property
    def sample_of(self) -> Tensor:
        """(sum of lengths,) int64: the sample that each row belongs to."""
        return torch.repeat_interleave(torch.arange(len(self)), torch.diff(self.offsets))

    def to(self, device: torch.device | str) -> Ragged:
        """Return the same on a device."""
        return Ragged(self.values.to(device), self.offsets.to(device))

    def pin_memory(self) -> Ragged:
        """Return the same in pinned memory; DataLoader calls this."""
        return Ragged(self.values.pin_memory(), self.offsets.pin_memory())


def collate(samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a batch: images and poses stacked (B, ...), points and boxes as Ragged, numbers as tensors, texts as lists.

    Labels, and readings that are tables, are Ragged even where all samples happen to have equally many rows.
    """
    return {key: _joined([sample[key] for sample in samples], key == "labels", key == "sensors") for key in samples[0]}


def _joined(values: list[Any], ragged: bool, tables: bool = False) -> Any:
    """Join the values of one key; in a dict of readings (`tables`) a reading that is a dict is a table of columns."""
    first = values[0]
    if isinstance(first, dict):
        return {key: _joined([v[key] for v in values], ragged or (tables and isinstance(first[key], dict))) for key in first}
    if isinstance(first, Tensor):
        return _tensors(values, ragged)
    if isinstance(first, (bool, int, float)):
        return torch.tensor(values)
    return values


def _tensors(values: list[Tensor], ragged: bool) -> Any:
    if ragged or any(value.shape != values[0].shape for value in values):
        offsets = torch.zeros(len(values) + 1, dtype=torch.int64)
        offsets[1:] = torch.cumsum(torch.tensor([len(value) for value in values]), 0)
        return Ragged(torch.from_numpy(np.concatenate([value.numpy() for value in values])), offsets)
    if values[0].dim() == 3 and not values[0].is_contiguous():  # an rgb image as decoded: stacked as it lies, channels last
        return _stacked([value.permute(1, 2, 0) for value in values]).permute(0, 3, 1, 2)
    return _stacked(values)


def _stacked(values: list[Tensor]) -> Tensor:
    """Stack by NumPy: torch would copy with all its threads, which then wait in a loop and take the cores from the decoders."""
    return torch.from_numpy(np.stack([value.numpy() for value in values]))
