"""Datasets that grow row by row, plain or ragged."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.shards.schema import FILTERS, Column

_OFFSETS_CHUNK = 1024


class GrowingColumn:
    """A resizable dataset; rows are gathered and written a chunk at a time."""

    def __init__(self, group: h5py.Group, name: str, column: Column, size: dict[str, int] | None = None) -> None:
        row = tuple((size or {})[n] if isinstance(n, str) else n for n in column.shape)
        self.dataset = group.create_dataset(
            name,
            shape=(0, *row),
            maxshape=(None, *row),
            chunks=(column.chunk_rows, *row),
            dtype=column.dtype,
            **FILTERS[column.filters],
        )
        for key, value in (("unit", column.unit), ("frame", column.frame), ("about", column.about)):
            if value:
                self.dataset.attrs[key] = value
        self._rows = 0
        self._waiting: list[NDArray[Any]] = []
        self._waiting_rows = 0
        self._chunk_rows = column.chunk_rows

    def extend(self, rows: ArrayLike) -> int:
        """Append rows (K, ...) and return how many rows the column has now."""
        block = np.ascontiguousarray(rows, dtype=self.dataset.dtype).reshape(-1, *self.dataset.shape[1:])
        if len(block):
            self._waiting.append(block)
            self._waiting_rows += len(block)
        if self._waiting_rows >= self._chunk_rows:
            self.flush()
        return self._rows + self._waiting_rows

    def flush(self) -> None:
        """Hand all waiting rows to HDF5."""
        if not self._waiting:
            return
        start, self._rows = self._rows, self._rows + self._waiting_rows
        self.dataset.resize(self._rows, axis=0)
        self.dataset[start:] = np.concatenate(self._waiting)
        self._waiting, self._waiting_rows = [], 0


class RaggedColumn:
    """A group of `data` rows and `offsets`: one entry per reading or frame, of any number of rows."""

    def __init__(self, group: h5py.Group, column: Column) -> None:
        self.data = GrowingColumn(group, "data", column)
        self.offsets = GrowingColumn(group, "offsets", Column(np.dtype("<u8"), chunk_rows=_OFFSETS_CHUNK))
        self.offsets.extend([0])

    def append(self, rows: ArrayLike) -> None:
        """Append one entry of K rows."""
        self.offsets.extend([self.data.extend(rows)])

    def flush(self) -> None:
        """Hand all waiting rows to HDF5, data before the offsets that point into them."""
        self.data.flush()
        self.offsets.flush()
