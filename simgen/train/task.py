"""What a training needs to know of its task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from simgen.data.frames import Transform
from simgen.data.sample import Sample

Picture = NDArray[np.uint8]
"""(H, W, 3) RGB"""


class Task(Protocol):
    """Segmentation or detection. Samples carry "image" (3, h, w) uint8 and what else the task puts there."""

    @property
    def outputs(self) -> Sequence[str]:
        """The camera outputs that it needs."""
        ...

    @property
    def labels(self) -> Sequence[str]:
        """The labels that it needs."""
        ...

    @property
    def score(self) -> str:
        """The entry of `measure` that tells how good a net is; larger is better."""
        ...

    def transform(self, camera: str, learning: bool) -> Transform:
        """Return what makes a frame's sample into one of the task; drawn at random while learning."""
        ...

    def net(self) -> nn.Module: ...

    def look_at(self, samples: Iterable[Sample]) -> None:
        """Learn from some training samples how frequent things are."""
        ...

    def loss(self, maps: Tensor, batch: dict[str, Any]) -> Tensor: ...

    def measure(self, maps: Iterable[tuple[Tensor, dict[str, Any]]]) -> dict[str, Any]:
        """Return metrics of a net's outputs on collated batches."""
        ...

    def pictures(self, maps: Tensor, sample: Sample) -> tuple[Picture, Picture]:
        """Return what is there and what was found (maps (1, ...)), drawn."""
        ...
