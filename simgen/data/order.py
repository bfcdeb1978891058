"""In which order an epoch goes through a dataset: shuffled by a seed, dealt out to ranks, the same on every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ConfigError
from simgen.rng import stream

Shuffle = Literal["frames", "episodes", "none"]


@dataclass(frozen=True)
class Order:
    """The order of samples. Every rank of a distributed run makes the same order and takes its own share of it."""

    seed: int = 0
    rank: int = 0
    world: int = 1
    shuffle: Shuffle = "frames"
    """"frames" at random over everything; "episodes" in random order, each straight through: few seeks in far-away files."""
    even: bool = False
    """Leave out the last samples, at most world - 1, so that all ranks have equally many; else nothing is lost."""

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world:
            raise ConfigError(f"rank must be 0 to {self.world - 1}, got {self.rank}")

    def indices(self, count: int, epoch: int, groups: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Return this rank's indices of an epoch over `count` samples; `groups` (count,) says which episode each is of."""
        return self.share(self._all(count, epoch, groups))

    def weighted(self, weights: NDArray[np.float64], epoch: int) -> NDArray[np.int64]:
        """Return this rank's indices where each sample occurs in proportion to its weight (N,), in random order.

        Systematic resampling: of N draws a sample gets the whole part of its expected number for sure, and one more by chance
        (Carpenter, Clifford and Fearnhead 1999, "Improved particle filter for nonlinear problems").
        """
        if weights.ndim != 1 or not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
            raise ConfigError("weights must be finite, not negative and not all 0, got others")
        rng = stream(self.seed, "order", "weighted", epoch)
        ends = np.cumsum(weights / weights.sum() * len(weights))
        drawn = np.searchsorted(ends, np.arange(len(weights)) + rng.random(), side="right")
        return self.share(rng.permutation(np.minimum(drawn, np.flatnonzero(weights)[-1])))

    def share(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return every `world`-th of the indices, from the `rank`-th on."""
        end = len(indices) - len(indices) % self.world if self.even else len(indices)
        return indices[self.rank : end : self.world]

    def _all(self, count: int, epoch: int, groups: NDArray[np.int64] | None) -> NDArray[np.int64]:
        if self.shuffle == "none":
            return np.arange(count)
        rng = stream(self.seed, "order", self.shuffle, epoch)
        if self.shuffle == "frames":
            return rng.permutation(count)
        if groups is None:
            raise ConfigError('shuffle="episodes" must be told the episodes, got none')
        place = rng.permutation(int(groups.max(initial=-1)) + 1)
        return np.argsort(place[groups], kind="stable")
