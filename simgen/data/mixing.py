"""Several datasets as one, in given shares; and weights that make rare things as frequent as one wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simgen.data.loader import Samples
from simgen.data.order import Order
from simgen.data.sample import Sample
from simgen.errors import ConfigError
from simgen.rng import stream

Ratios = Mapping[str, float]
_ROUNDS = 1000
_CLOSE = 1e-6


class MixedDataset:
    """Samples of several datasets; each tells by "source" which one it is from.

    `ratios` are shares of an epoch by name, or a schedule that returns them for an epoch, as in training that begins with
    synthetic frames and ends with real ones. They hold to the sample in every epoch. No sample of a dataset comes again
    before all of them have come, over as many epochs as that takes.
    """

    def __init__(self, datasets: Mapping[str, Samples], ratios: Ratios | Callable[[int], Ratios], length: int | None = None) -> None:
        """`length` is the number of samples of an epoch; that of all datasets together where it is None."""
        if not datasets or any(len(dataset) == 0 for dataset in datasets.values()):
            raise ConfigError(f"datasets must have samples, got none in {[n for n, d in datasets.items() if not len(d)] or 'all'}")
        self._datasets = dict(datasets)
        self._ratios = ratios if callable(ratios) else lambda epoch: ratios
        self._length = sum(map(len, datasets.values())) if length is None else length
        self._starts = np.cumsum([0, *map(len, datasets.values())])
        self.quotas(0)

    def __len__(self) -> int:
        return self._length

    def quotas(self, epoch: int) -> dict[str, int]:
        """Return how many samples of each dataset an epoch has: shares rounded by largest remainder (Hamilton's method)."""
        ratios = self._ratios(epoch)
        if set(ratios) != set(self._datasets) or min(ratios.values()) < 0 or sum(ratios.values()) <= 0:
            raise ConfigError(f"ratios must be one of at least 0 for each of {', '.join(self._datasets)}, got {dict(ratios)}")
        exact = np.array([ratios[name] for name in self._datasets]) / sum(ratios.values()) * self._length
        counts = np.floor(exact).astype(int)
        most_left = np.argsort(counts - exact, kind="stable")[: self._length - int(counts.sum())]
        counts[most_left] += 1
        return dict(zip(self._datasets, counts.tolist(), strict=True))

    def order(self, order: Order, epoch: int) -> NDArray[np.int64]:
        """Return the indices of an epoch for the order's rank."""
        before = [self.quotas(earlier) for earlier in range(epoch)]
        chosen = []
        for number, (name, count) in enumerate(self.quotas(epoch).items()):
            start = sum(quota[name] for quota in before)
            chosen.append(self._starts[number] + _passes(len(self._datasets[name]), start, count, order.seed, name))
        mixed = np.concatenate(chosen).astype(np.int64)
        return order.share(stream(order.seed, "mix", epoch).permutation(mixed))

    def iterate(self, indices: Sequence[int], seed: int = 0, epoch: int = 0) -> Iterator[Sample]:
        """Yield samples in the order of `indices`."""
        sources = np.searchsorted(self._starts, np.asarray(indices, dtype=np.int64), side="right") - 1
        names = list(self._datasets)
        local = np.asarray(indices, dtype=np.int64) - self._starts[sources]
        streams = {
            number: iter(self._datasets[name].iterate(local[sources == number].tolist(), seed, epoch)) for number, name in enumerate(names)
        }
        for number in sources.tolist():
            yield {**next(streams[number]), "source": names[number]}


class Weighted:
    """A dataset whose samples occur in proportion to weights (N,); see `rake` for weights that reach wanted shares."""

    def __init__(self, dataset: Samples, weights: NDArray[np.float64]) -> None:
        if len(weights) != len(dataset):
            raise ConfigError(f"weights must be {len(dataset)}, got {len(weights)}")
        self._dataset, self._weights = dataset, weights

    def __len__(self) -> int:
        return len(self._dataset)

    def order(self, order: Order, epoch: int) -> NDArray[np.int64]:
        """Return the indices of an epoch for the order's rank."""
        return order.weighted(self._weights, epoch)

    def iterate(self, indices: Sequence[int], seed: int = 0, epoch: int = 0) -> Iterator[Sample]:
        """Yield samples in the order of `indices`."""
        return self._dataset.iterate(indices, seed, epoch)


def rake(present: NDArray[np.bool_], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights (N,), of mean 1, under which property k holds for the share `wanted[k]` of the samples drawn.

    `present` (N, K) says which samples have which properties: a cyclist in view, a collision, night. Iterative proportional
    fitting (Deming and Stephan 1940, "On a least squares adjustment of a sampled frequency table"): of all weights that reach
    the shares these are nearest to equal ones. Raises ConfigError where no weights do.
    """
    weights = np.ones(len(present))
    for _ in range(_ROUNDS):
        error = 0.0
        for column, share in zip(present.T, wanted, strict=True):
            have = float(weights[column].sum() / weights.sum())
            if (have == 0.0 and share > 0.0) or (have == 1.0 and share < 1.0) or not 0.0 <= share <= 1.0:
                raise ConfigError(f"wanted shares must be within reach of the samples, got {share:g} where {have:g} is there")
            error = max(error, abs(have - share))
            if have not in (0.0, 1.0):
                weights = np.where(column, weights * (share / have), weights * ((1.0 - share) / (1.0 - have)))
        if error < _CLOSE:
            return np.asarray(weights / weights.mean())
    raise ConfigError(f"wanted shares must be possible together, got {np.asarray(wanted).tolist()}")


def _passes(count: int, start: int, length: int, seed: int, name: str) -> NDArray[np.int64]:
    """Return `length` places from `start` on of an endless row of random orders of 0..count-1."""
    if length == 0:
        return np.zeros(0, dtype=np.int64)
    first, last = start // count, (start + length - 1) // count
    row = np.concatenate([stream(seed, "pass", name, number).permutation(count) for number in range(first, last + 1)])
    return row[start - first * count :][:length]
