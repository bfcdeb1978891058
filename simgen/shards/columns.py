"""Datasets that grow row by row, plain or ragged; their chunks are packed in threads and written whole."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.shards.encoding import FILTERS, packed
from simgen.shards.pipeline import Pipeline
from simgen.shards.schema import Column

_OFFSETS = Column(np.dtype("<u8"), chunk_rows=1024)


class GrowingColumn:
    """A resizable dataset; rows are gathered into chunks."""

    def __init__(self, group: h5py.Group, name: str, column: Column, pipeline: Pipeline, size: dict[str, int] | None = None) -> None:
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
        self._column, self._row, self._pipeline = column, row, pipeline
        self._written = 0
        """Rows in whole chunks that are on their way."""
        self._waiting: list[NDArray[Any]] = []
        self._waiting_rows = 0

    def extend(self, rows: ArrayLike) -> int:
        """Append rows (K, ...) and return how many rows the column has now."""
        block = np.ascontiguousarray(rows, dtype=self.dataset.dtype).reshape(-1, *self._row)
        if len(block):
            self._waiting.append(block)
            self._waiting_rows += len(block)
        if self._waiting_rows >= self._column.chunk_rows:
            self._send_chunks()
        return self._written + self._waiting_rows

    def flush(self) -> None:
        """Write the rows of the last, unfinished chunk too; it is written again when it is full."""
        if self._waiting_rows:
            rows = self._joined()
            chunk = np.zeros((self._column.chunk_rows, *self._row), dtype=self.dataset.dtype)
            chunk[: len(rows)] = rows
            self._send(chunk, self._written, self._written + len(rows))

    def _send_chunks(self) -> None:
        rows, step = self._joined(), self._column.chunk_rows
        whole = len(rows) // step * step
        for start in range(0, whole, step):
            self._send(rows[start : start + step], self._written + start, self._written + start + step)
        self._written += whole
        self._waiting = [rows[whole:].copy()] if whole < len(rows) else []
        self._waiting_rows = len(rows) - whole

    def _send(self, chunk: NDArray[Any], start: int, end: int) -> None:
        def write(data: bytes) -> None:
            self.dataset.resize(end, axis=0)
            self.dataset.id.write_direct_chunk((start, *(0 for _ in self._row)), data)

        self._pipeline.put(lambda: packed(chunk, self._column.filters), write, chunk.nbytes)

    def _joined(self) -> NDArray[Any]:
        if len(self._waiting) > 1:
            self._waiting = [np.concatenate(self._waiting)]
        return self._waiting[0]


class RaggedColumn:
    """A group of `data` rows and `offsets`: one entry per reading or frame, of any number of rows."""

    def __init__(self, group: h5py.Group, column: Column, pipeline: Pipeline) -> None:
        self.data = GrowingColumn(group, "data", column, pipeline)
        self.offsets = GrowingColumn(group, "offsets", _OFFSETS, pipeline)
        self.offsets.extend([0])

    def append(self, rows: ArrayLike) -> None:
        """Append one entry of K rows."""
        self.offsets.extend([self.data.extend(rows)])

    def flush(self) -> None:
        """Write all waiting rows, data before the offsets that point into them."""
        self.data.flush()
        self.offsets.flush()
