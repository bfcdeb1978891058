"""Segmentation: a class for every pixel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from simgen.data.frames import Transform
from simgen.data.sample import Sample
from simgen.data.taxonomy import IGNORED, Taxonomy
from simgen.train.metrics import confusion, intersection_over_union
from simgen.train.nets import Segmenter
from simgen.train.task import Picture
from simgen.train.views import middle_view, picture_of, random_view, recoloured


@dataclass(frozen=True)
class PixelSamples:
    """The transform to "image" (3, h, w) uint8 and "target" (h, w) uint8 classes."""

    camera: str
    size_px: tuple[int, int]
    table: NDArray[np.uint8]
    learning: bool

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        rgb = picture_of(sample["sensors"][f"{self.camera}.rgb"])
        tags = sample["sensors"][f"{self.camera}.semantic"].numpy()
        size = rgb.shape[1], rgb.shape[0]
        view = random_view(*size, self.size_px, rng) if self.learning else middle_view(*size, self.size_px)
        image, target = view.image(rgb), self.table[view.ids(tags)]
        image = recoloured(image, rng) if self.learning else image
        return {"image": torch.from_numpy(image).permute(2, 0, 1), "target": torch.from_numpy(target), "scenario": sample["scenario"]}


class Segmentation:
    """Cross-entropy over the classes of a taxonomy, weighted so that small things are learnt too."""

    outputs = ("rgb", "semantic")
    labels = ()
    score = "miou"

    def __init__(self, taxonomy: Taxonomy, size_px: tuple[int, int]) -> None:
        self._taxonomy, self._size_px = taxonomy, size_px
        self._weights = torch.ones(len(taxonomy.classes))

    def transform(self, camera: str, learning: bool) -> Transform:
        """Return the transform of a dataset."""
        return PixelSamples(camera, self._size_px, self._taxonomy.table(), learning)

    def net(self) -> nn.Module:
        """Return a new net."""
        return Segmenter(len(self._taxonomy.classes))

    def look_at(self, samples: Iterable[Sample]) -> None:
        """Weight classes by one over the square root of their share of the pixels, at most 10 times the mean's weight."""
        counts = np.zeros(256)
        for sample in samples:
            counts += np.bincount(sample["target"].numpy().ravel(), minlength=256)
        shares = counts[: len(self._weights)] / max(counts[: len(self._weights)].sum(), 1.0)
        there = shares > 0.0
        weights = np.where(there, 1.0 / np.sqrt(np.maximum(shares, 1e-9)), 0.0)
        mean = weights[there].mean() if there.any() else 1.0
        self._weights = torch.from_numpy(np.minimum(np.where(there, weights / mean, 1.0), 10.0).astype(np.float32))

    def loss(self, maps: Tensor, batch: dict[str, Any]) -> Tensor:
        """Return the weighted cross-entropy over the pixels that have a class."""
        target = batch["target"].long()
        counted = target != IGNORED
        each = F.cross_entropy(maps, target, self._weights, ignore_index=IGNORED, reduction="none")
        weight = self._weights[target.where(counted, torch.zeros_like(target))] * counted
        return each.sum() / weight.sum().clamp(min=1.0)

    def measure(self, maps: Iterable[tuple[Tensor, dict[str, Any]]]) -> dict[str, Any]:
        """Return the IoU of every class, and "miou" over those that occur or were found."""
        classes = self._taxonomy.classes
        counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
        for logits, batch in maps:
            counts += confusion(batch["target"].numpy(), logits.argmax(1).numpy(), len(classes))
        ious = intersection_over_union(counts)
        right = float(np.diag(counts).sum() / max(counts.sum(), 1))
        mean = float(np.nanmean(ious)) if np.isfinite(ious).any() else float("nan")
        return {"miou": mean, "pixel_accuracy": right, "iou": dict(zip(classes, ious.tolist(), strict=True))}

    def pictures(self, maps: Tensor, sample: Sample) -> tuple[Picture, Picture]:
        """Return the true and the found classes in colours, pixels without a class black."""
        palette = self._taxonomy.palette()
        return palette[sample["target"].numpy()], palette[maps.argmax(1)[0].numpy()]
