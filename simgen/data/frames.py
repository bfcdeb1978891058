"""Frames of shards as samples, map-style: `dataset[i]` reads what was asked for and nothing else."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Dataset

from simgen.data.catalogue import Catalogue, Episode
from simgen.data.order import Order
from simgen.data.sample import Sample, Wanted, read_sample, stacked
from simgen.errors import ConfigError
from simgen.rng import stream
from simgen.shards.direct import DirectReader

Transform = Callable[[Sample, np.random.Generator], Sample]
"""Gets a sample and a stream of random numbers that depends on seed, epoch and index alone."""


class FrameDataset(Dataset[Sample]):
    """The frames, or clips of frames, of all shards in some paths. See `sample.read_sample` for what a sample holds.

    `sensors` are mount names; only frames at which all of them were due count. `labels` are any of "boxes3d", "boxes2d",
    "lanes", "lights". `clip` (n, stride) makes every sample n frames, each `stride` such frames after the one before, of one
    episode. `sweeps` {"top": 5} adds to the points of a LiDAR those of its 5 sweeps before, moved into its frame.

    It goes to DataLoader workers by fork or spawn: what it holds is an index, and files are opened where they are read.
    """

    def __init__(
        self,
        paths: Iterable[Path | str],
        sensors: Sequence[str] = (),
        labels: Sequence[str] = (),
        clip: tuple[int, int] = (1, 1),
        sweeps: dict[str, int] | None = None,
        transform: Transform | None = None,
        threads: int = 2,
    ) -> None:
        if clip[0] < 1 or clip[1] < 1:
            raise ConfigError(f"clip must be (frames, stride) of at least 1 each, got {clip}")
        self.catalogue = Catalogue.of(paths, sensors)
        self.wanted = Wanted.of(sensors, labels, sweeps or {}, self.catalogue.indices)
        self.clip, self.transform, self.threads = clip, transform, threads
        self.readers = tuple(DirectReader(index) for index in self.catalogue.indices)
        self._starts = _starts(self.catalogue.episodes, clip)
        self._pool: tuple[int, ThreadPoolExecutor] | None = None

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> Sample:
        return self.sample(index)

    def __getitems__(self, indices: Sequence[int]) -> list[Sample]:
        """Return several samples at once, decoded in threads; DataLoader calls this for a batch."""
        return list(self.iterate(indices))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_pool": None}

    @property
    def episode_of(self) -> NDArray[np.int64]:
        """(N,) number of the episode that each sample comes from."""
        return self._starts[:, 0]

    def order(self, order: Order, epoch: int) -> NDArray[np.int64]:
        """Return the indices of an epoch for the order's rank."""
        return order.indices(len(self), epoch, self.episode_of)

    def places(self, index: int) -> NDArray[np.int64]:
        """Return (n, 2) shard and frame numbers of a sample's frames."""
        if not 0 <= index < len(self):
            raise IndexError(f"index must be within 0..{len(self) - 1}, got {index}")
        episode, first = self._starts[index]
        count, stride = self.clip
        return self.catalogue.episodes[episode].places[first : first + count * stride : stride]

    def sample(self, index: int, seed: int = 0, epoch: int = 0) -> Sample:
        """Return a sample; `seed` and `epoch` reach the transform by its random numbers."""
        frames = [read_sample(self.readers[shard], int(frame), self.wanted) for shard, frame in self.places(index)]
        sample = stacked(frames) if self.clip[0] > 1 else frames[0]
        return sample if self.transform is None else self.transform(sample, stream(seed, "sample", epoch, index))

    def iterate(self, indices: Iterable[int], seed: int = 0, epoch: int = 0, ahead: int = 8) -> Iterator[Sample]:
        """Yield samples in the order of `indices`; up to `ahead` of them are read in threads before they are asked for."""
        if self.threads < 2:
            yield from (self.sample(i, seed, epoch) for i in indices)
            return
        pool, rest = self._threads(), iter(indices)
        waiting = deque(pool.submit(self.sample, i, seed, epoch) for i in islice(rest, ahead))
        while waiting:
            sample = waiting.popleft().result()
            waiting.extend(pool.submit(self.sample, i, seed, epoch) for i in islice(rest, 1))
            yield sample

    def _threads(self) -> ThreadPoolExecutor:
        """Return this process's pool: the threads of a parent do not live on in its forks."""
        if self._pool is None or self._pool[0] != os.getpid():
            self._pool = os.getpid(), ThreadPoolExecutor(self.threads, thread_name_prefix="decode")
        return self._pool[1]


def _starts(episodes: Sequence[Episode], clip: tuple[int, int]) -> NDArray[np.int64]:
    """Return (N, 2) episode and first frame of every sample."""
    span = (clip[0] - 1) * clip[1]
    rows = [
        np.column_stack([np.full(n, number), np.arange(n)])
        for number, episode in enumerate(episodes)
        if (n := len(episode.places) - span) > 0
    ]
    return np.concatenate(rows).astype(np.int64) if rows else np.zeros((0, 2), dtype=np.int64)
