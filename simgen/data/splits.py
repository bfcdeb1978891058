"""Datasets cut in parts by sequence: frames of one drive or episode look alike and must not be on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from simgen.data.loader import Samples
from simgen.data.order import Order
from simgen.data.sample import Sample
from simgen.errors import ConfigError
from simgen.rng import stream


class Part:
    """Some samples of a dataset; their random numbers are the same as in the whole."""

    def __init__(self, dataset: Samples, indices: NDArray[np.int64]) -> None:
        self.dataset, self.indices = dataset, np.asarray(indices, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < len(self):
            raise IndexError(f"index must be within 0..{len(self) - 1}, got {index}")
        return next(iter(self.iterate([index])))

    @property
    def sequence_of(self) -> NDArray[np.int64]:
        """(N,) number of the sequence of each sample, as the whole dataset numbers them."""
        return sequences_of(self.dataset)[self.indices]

    def order(self, order: Order, epoch: int) -> NDArray[np.int64]:
        """Return the indices of an epoch for the order's rank."""
        return order.indices(len(self), epoch, np.unique(self.sequence_of, return_inverse=True)[1])

    def iterate(self, indices: Sequence[int], seed: int = 0, epoch: int = 0) -> Iterator[Sample]:
        """Yield samples in the order of `indices`."""
        return self.dataset.iterate([int(self.indices[index]) for index in indices], seed, epoch)


def sequences_of(dataset: Samples) -> NDArray[np.int64]:
    """Return (N,) the sequence or episode that each sample is from. Raises ConfigError for a dataset that does not know."""
    for name in ("sequence_of", "episode_of"):
        if hasattr(dataset, name):
            return cast(NDArray[np.int64], getattr(dataset, name))
    raise ConfigError(f"dataset must know its sequences, got a {type(dataset).__name__}")


def by_sequence(dataset: Samples, shares: Mapping[str, float], seed: int) -> dict[str, Part]:
    """Return parts by name; every sequence is in one of them whole, and each part has about its share of the samples.

    Sequences go, in random order, to the part that lacks most; every part gets one. The same for the same seed. Raises
    ConfigError where there are fewer sequences than parts.
    """
    sequences, counts = np.unique(sequences_of(dataset), return_counts=True)
    if not shares or min(shares.values()) <= 0:
        raise ConfigError(f"shares must be above 0, got {dict(shares)}")
    if len(sequences) < len(shares):
        raise ConfigError(f"dataset must have a sequence for each of {', '.join(shares)}, got {len(sequences)}")
    lacking = {name: share / sum(shares.values()) * len(dataset) for name, share in shares.items()}
    taken: dict[str, list[int]] = {name: [] for name in shares}
    shuffled = stream(seed, "split").permutation(len(sequences))
    for left, number in zip(range(len(shuffled), 0, -1), shuffled.tolist(), strict=True):
        empty = [name for name in shares if not taken[name]]
        name = max(empty if len(empty) == left else list(shares), key=lambda name: lacking[name])
        taken[name].append(int(sequences[number]))
        lacking[name] -= int(counts[number])
    return {name: Part(dataset, np.flatnonzero(np.isin(sequences_of(dataset), numbers))) for name, numbers in taken.items()}
