"""Batches of a dataset: with workers or threads, over ranks, and to be resumed where one stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from simgen.data.collate import collate
from simgen.data.order import Order
from simgen.data.sample import Sample
from simgen.errors import ConfigError


class Samples(Protocol):
    """What can be loaded: a FrameDataset or a MixedDataset."""

    def __len__(self) -> int: ...

    def order(self, order: Order, epoch: int) -> NDArray[np.int64]:
        """Return the indices of an epoch for the order's rank."""
        ...

    def iterate(self, indices: Sequence[int], seed: int = 0, epoch: int = 0) -> Iterator[Sample]: ...


class FrameStream(IterableDataset[list[Sample]]):
    """The batches of one epoch, uncollated, as an iterable dataset: workers take turns, batch by batch.

    The order and every random number depend on seed, epoch and place alone, not on how many workers there are.
    """

    def __init__(self, dataset: Samples, order: Order, epoch: int, batch_size: int, skip: int = 0, drop_last: bool = False) -> None:
        super().__init__()
        self._dataset, self._order, self._epoch = dataset, order, epoch
        self._batch_size, self._skip, self._drop_last = batch_size, skip, drop_last

    def __len__(self) -> int:
        return len(self._batches())

    def __iter__(self) -> Iterator[list[Sample]]:
        worker = get_worker_info()
        number, workers = (0, 1) if worker is None else (worker.id, worker.num_workers)
        batches = self._batches()[number::workers]
        # One iteration over all of them, so that samples of the next batch are read while this one is used.
        samples = iter(self._dataset.iterate([int(i) for batch in batches for i in batch], self._order.seed, self._epoch))
        for batch in batches:
            yield list(islice(samples, len(batch)))

    def _batches(self) -> list[NDArray[np.int64]]:
        indices = self._dataset.order(self._order, self._epoch)
        end = len(indices) - len(indices) % self._batch_size if self._drop_last else len(indices)
        return [indices[at : at + self._batch_size] for at in range(self._skip * self._batch_size, end, self._batch_size)]


class FrameLoader:
    """Iterates over an epoch in batches; each `iter` is the next epoch.

    With `workers` 0 samples are decoded by threads of this process, which is fastest where training runs on another device.
    `state_dict` tells where the loop stands; a loader that loads it goes on with the next batch, with the same content.
    """

    def __init__(
        self,
        dataset: Samples,
        batch_size: int,
        workers: int = 0,
        order: Order | None = None,
        drop_last: bool = False,
        collate: Callable[[Sequence[Sample]], Any] = collate,
        start_method: str | None = None,
        pin_memory: bool = False,
    ) -> None:
        if batch_size < 1:
            raise ConfigError(f"batch_size must be at least 1, got {batch_size}")
        self._dataset, self._batch_size, self._workers = dataset, batch_size, workers
        self._order, self._drop_last, self._collate = order or Order(), drop_last, collate
        self._start_method, self._pin_memory = start_method, pin_memory
        self._epoch, self._done = 0, 0

    def __len__(self) -> int:
        """Batches of a whole epoch."""
        return len(FrameStream(self._dataset, self._order, self._epoch, self._batch_size, 0, self._drop_last))

    def __iter__(self) -> Iterator[Any]:
        stream = FrameStream(self._dataset, self._order, self._epoch, self._batch_size, self._done, self._drop_last)
        for batch in self._loaded(stream):
            self._done += 1
            yield batch
        self._epoch, self._done = self._epoch + 1, 0

    def state_dict(self) -> dict[str, int]:
        """Return the epoch, and how many of its batches were handed out."""
        return {"epoch": self._epoch, "batches": self._done}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on after the batches that `state` counts."""
        self._epoch, self._done = int(state["epoch"]), int(state["batches"])

    def _loaded(self, stream: FrameStream) -> Iterator[Any]:
        if self._workers == 0:
            return self._in_this_process(stream)
        context = self._start_method or None
        return iter(
            DataLoader(
                stream,
                batch_size=None,
                collate_fn=self._collate,
                num_workers=self._workers,
                multiprocessing_context=context,
                pin_memory=self._pin_memory,
                worker_init_fn=_one_thread,
            )
        )

    def _in_this_process(self, stream: FrameStream) -> Iterator[Any]:
        for samples in stream:
            batch = self._collate(samples)
            yield _pinned(batch) if self._pin_memory else batch


def _pinned(batch: Any) -> Any:
    if isinstance(batch, dict):
        return {key: _pinned(value) for key, value in batch.items()}
    return batch.pin_memory() if hasattr(batch, "pin_memory") else batch


def _one_thread(worker: int) -> None:
    """Workers share the processors among themselves: none of them starts threads of its own for tensors or images."""
    import cv2

    cv2.setNumThreads(0)
    torch.set_num_threads(1)
