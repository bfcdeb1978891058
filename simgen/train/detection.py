"""Detection: 2D boxes of vehicles, pedestrians and two-wheelers.

Training follows CenterNet (Zhou, Wang and Kraehenbuehl 2019, "Objects as points"): a bump around every centre, learnt by
its focal loss. Bumps have the proportions of their boxes (Liu et al. 2020, "Training-time-friendly network for real-time
object detection").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from simgen.data.frames import Transform
from simgen.data.sample import Sample
from simgen.data.taxonomy import DETECTED, IGNORED, detected_table
from simgen.train.metrics import Found, Wanted, average_precision
from simgen.train.nets import SIZE_UNIT_PX, STRIDE, Detector
from simgen.train.task import Picture
from simgen.train.views import middle_view, picture_of, random_view, recoloured

COLORS: tuple[tuple[int, int, int], ...] = ((80, 170, 255), (255, 80, 120), (120, 255, 130))
"""RGB of the classes of `DETECTED`."""
_LEAST_SIDE_PX = 5.0
_LEAST_VISIBLE = 0.25
_LEAST_INSIDE = 0.4
"""Boxes that are smaller in the view, more hidden, or more cut off are ignored: they neither train nor count."""
_SPREAD = 0.09
"""The standard deviation of a bump, as a share of its box's sides (0.54 / 6, the value of Liu et al.)."""
_MOST_FOUND = 60
_GEOMETRY_WEIGHT = 0.5
_DRAWN_SCORE = 0.3


@dataclass(frozen=True)
class BoxSamples:
    """The transform to "image" (3, h, w) uint8, "heat", "geometry" and "labels"; see `targets`."""

    camera: str
    size_px: tuple[int, int]
    learning: bool

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        rgb = picture_of(sample["sensors"][f"{self.camera}.rgb"])
        size = rgb.shape[1], rgb.shape[0]
        view = random_view(*size, self.size_px, rng) if self.learning else middle_view(*size, self.size_px)
        rows = sample["labels"]["boxes2d"][self.camera]
        boxes, classes, ignored = seen_boxes(view.boxes(rows["box"].numpy()), rows, self.size_px)
        heat, geometry = targets(boxes, classes, ignored, self.size_px)
        image = recoloured(view.image(rgb), rng) if self.learning else view.image(rgb)
        found = {"box": torch.from_numpy(boxes), "class": torch.from_numpy(classes), "ignored": torch.from_numpy(ignored)}
        return {
            "image": torch.from_numpy(image).permute(2, 0, 1),
            "heat": torch.from_numpy(heat),
            "geometry": torch.from_numpy(geometry),
            "labels": {"boxes2d": found},
            "scenario": sample["scenario"],
        }


def seen_boxes(
    boxes: NDArray[np.float64], rows: dict[str, Tensor], size_px: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.uint8], NDArray[np.bool_]]:
    """Return boxes (M, 4) clipped to the view, their classes (M,), and which are ignored (M,); others are left out."""
    classes = detected_table()[rows["object_class"].numpy()]
    clipped = np.clip(boxes, 0.0, np.tile(size_px, 2))
    sides = clipped[:, 2:] - clipped[:, :2]
    inside = sides.prod(axis=1) / np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-9)
    hidden = rows["visible_fraction"].numpy() < _LEAST_VISIBLE  # NaN, unknown, is not hidden
    ignored = (sides.min(axis=1, initial=np.inf) < _LEAST_SIDE_PX) | hidden | (inside < _LEAST_INSIDE)
    kept = (classes != IGNORED) & (sides > 0.0).all(axis=1)
    return clipped[kept], classes[kept], ignored[kept]


def targets(
    boxes: NDArray[np.float64], classes: NDArray[np.uint8], ignored: NDArray[np.bool_], size_px: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return heat (K, h, w), 1 at centres, -1 where ignored, and geometry (5, h, w): whether a centre, offset, log size."""
    width, height = size_px[0] // STRIDE, size_px[1] // STRIDE
    heat, geometry = np.zeros((len(DETECTED), height, width), np.float32), np.zeros((5, height, width), np.float32)
    rows, columns = np.mgrid[:height, :width]
    sides = boxes[:, 2:] - boxes[:, :2]
    for number in np.argsort(-sides.prod(axis=1), kind="stable"):  # smaller ones last: they are in front more often
        box, side = boxes[number] / STRIDE, sides[number] / STRIDE
        if ignored[number]:
            (x0, y0), (x1, y1) = np.floor(box[:2]).astype(int).tolist(), np.ceil(box[2:]).astype(int).tolist()
            quiet = heat[classes[number], y0:y1, x0:x1]
            quiet[quiet < 1.0] = -1.0
            continue
        centre = (box[:2] + box[2:]) / 2.0
        column, row = np.minimum(np.floor(centre), (width - 1, height - 1)).astype(int)
        spread = np.maximum(side * _SPREAD, 0.4)
        bump = np.exp(-(((columns - column) / spread[0]) ** 2 + ((rows - row) / spread[1]) ** 2) / 2.0)
        layer = heat[classes[number]]
        np.maximum(layer, bump, out=layer, where=(layer >= 0.0) | (bump > 0.999))
        geometry[:, row, column] = [1.0, *(centre - (column, row)), *np.log(sides[number] / SIZE_UNIT_PX)]
    return heat, geometry


def boxes_of(maps: Tensor) -> list[list[Found]]:
    """Return what was found by picture and class: the peaks of the heat, at most 60, with the boxes at them."""
    classes = len(DETECTED)
    heat = torch.sigmoid(maps[:, :classes])
    peaks = heat * (F.max_pool2d(heat, 3, 1, 1) == heat)
    return [[_found(peaks[b, k], maps[b, classes:]) for k in range(classes)] for b in range(len(maps))]


def _found(peaks: Tensor, geometry: Tensor) -> Found:
    scores, places = peaks.flatten().topk(min(_MOST_FOUND, peaks.numel()))
    scores, places = scores[scores > 0.01], places[scores > 0.01]
    rows, columns = places // peaks.shape[1], places % peaks.shape[1]
    offset_x, offset_y, log_w, log_h = geometry[:, rows, columns].double()
    centre = torch.stack([columns + offset_x, rows + offset_y], 1) * STRIDE
    side = torch.exp(torch.stack([log_w, log_h], 1).clamp(-4.0, 5.0)) * SIZE_UNIT_PX
    return Found(torch.cat([centre - side / 2, centre + side / 2], 1).numpy(), scores.double().numpy())


class Detection:
    """Centres by a focal loss, offsets and sizes by their absolute error."""

    outputs = ("rgb",)
    labels = ("boxes2d",)
    score = "ap50"

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px

    def transform(self, camera: str, learning: bool) -> Transform:
        """Return the transform of a dataset."""
        return BoxSamples(camera, self._size_px, learning)

    def net(self) -> nn.Module:
        """Return a new net."""
        return Detector(len(DETECTED))

    def look_at(self, samples: Iterable[Sample]) -> None:
        """Nothing depends on how frequent things are."""

    def loss(self, maps: Tensor, batch: dict[str, Any]) -> Tensor:
        """Return CenterNet's loss per centre."""
        heat, geometry = batch["heat"], batch["geometry"]
        logits = maps[:, : len(DETECTED)]
        centres, there = heat >= 0.999, geometry[:, 0] > 0.0
        p = torch.sigmoid(logits)
        hits = (1.0 - p) ** 2 * F.logsigmoid(logits) * centres
        misses = (1.0 - heat.clamp(min=0.0)) ** 4 * p**2 * F.logsigmoid(-logits) * (~centres & (heat >= 0.0))
        error = (maps[:, len(DETECTED) :] - geometry[:, 1:]).abs().sum(1) * there
        return (_GEOMETRY_WEIGHT * error.sum() - hits.sum() - misses.sum()) / centres.sum().clamp(min=1)

    def measure(self, maps: Iterable[tuple[Tensor, dict[str, Any]]]) -> dict[str, Any]:
        """Return the average precision at IoU 0.5 of every class, and "ap50", its mean over those that there are."""
        found: list[list[Found]] = []
        wanted: list[list[Wanted]] = []
        for out, batch in maps:
            found += boxes_of(out)
            wanted += [_wanted({name: column[b] for name, column in batch["labels"]["boxes2d"].items()}) for b in range(len(out))]
        by_class = {name: average_precision([f[k] for f in found], [w[k] for w in wanted]) for k, name in enumerate(DETECTED)}
        counts = {name: sum(int((~w[k].ignored).sum()) for w in wanted) for k, name in enumerate(DETECTED)}
        there = [value for value in by_class.values() if np.isfinite(value)]
        return {"ap50": float(np.mean(there)) if there else float("nan"), "ap50_of": by_class, "objects": counts}

    def pictures(self, maps: Tensor, sample: Sample) -> tuple[Picture, Picture]:
        """Return the picture with the true boxes (ignored ones grey), and with those found at a score of 0.3 or more."""
        truth, found = picture_of(sample["image"]), picture_of(sample["image"])
        for k, (there, seen) in enumerate(zip(_wanted(sample["labels"]["boxes2d"]), boxes_of(maps)[0], strict=True)):
            for box, ignored in zip(there.boxes, there.ignored, strict=True):
                _rectangle(truth, box, (150, 150, 150) if ignored else COLORS[k])
            for box, score in zip(seen.boxes, seen.scores, strict=True):
                if score >= _DRAWN_SCORE:
                    _rectangle(found, box, COLORS[k])
        return truth, found


def _wanted(rows: dict[str, Tensor]) -> list[Wanted]:
    boxes, classes, ignored = (rows[name].numpy() for name in ("box", "class", "ignored"))
    return [Wanted(boxes[classes == k], ignored[classes == k]) for k in range(len(DETECTED))]


def _rectangle(canvas: Picture, box: NDArray[np.float64], color: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = np.clip(np.round(box), -10_000, 10_000).astype(int).tolist()
    cv2.rectangle(canvas, (x0, y0), (x1 - 1, y1 - 1), color, 1)
