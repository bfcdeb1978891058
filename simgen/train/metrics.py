"""How good a net is: intersection over union of classes, average precision of boxes. Counted here, without other packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.data.taxonomy import IGNORED


def confusion(truth: NDArray[np.uint8], found: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """Return (classes, classes) counts of pixels by true and found class; pixels of `IGNORED` truth do not count."""
    counted = truth != IGNORED
    pairs = truth[counted].astype(np.int64) * classes + found[counted]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def intersection_over_union(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the IoU (classes,) of a confusion matrix; NaN for a class that neither occurs nor was found."""
    hits = np.diag(counts)
    either = counts.sum(axis=0) + counts.sum(axis=1) - hits
    return np.where(either > 0, hits / np.maximum(either, 1), np.nan)


@dataclass(frozen=True)
class Found:
    """What a detector found in a picture, of one class."""

    boxes: NDArray[np.float64]
    """(D, 4) x0, y0, x1, y1 px."""
    scores: NDArray[np.float64]
    """(D,)"""


@dataclass(frozen=True)
class Wanted:
    """What there is in a picture, of one class."""

    boxes: NDArray[np.float64]
    """(T, 4)"""
    ignored: NDArray[np.bool_]
    """(T,) too small or too hidden: neither finding nor missing them counts."""


def average_precision(found: Sequence[Found], wanted: Sequence[Wanted], least_iou: float = 0.5) -> float:
    """Return the area under the precision-recall curve over all pictures; NaN where there is nothing to find.

    As in the Pascal VOC challenge since 2010 (Everingham et al. 2015): detections in the order of their scores each take the
    best free true box of at least `least_iou`, those without are wrong, and precision is made to fall with recall.
    """
    count = sum(int((~each.ignored).sum()) for each in wanted)
    if not count:
        return float("nan")
    marks = [_marks(f, w, least_iou) for f, w in zip(found, wanted, strict=True)]
    scores, right = (np.concatenate(parts) if parts else np.zeros(0) for parts in zip(*marks, strict=True))
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    precision = hits / np.arange(1, len(hits) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((falling * right[order]).sum() / count)


def _marks(found: Found, wanted: Wanted, least_iou: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores and whether right (1) or wrong (0) of the detections of a picture that count."""
    order = np.argsort(-found.scores, kind="stable")
    ious = box_ious(found.boxes[order], wanted.boxes)
    free = ~wanted.ignored
    marks: list[tuple[float, float]] = []
    for score, row in zip(found.scores[order].tolist(), ious, strict=True):
        best = int(np.where(free, row, -1.0).argmax()) if free.any() else -1
        if best >= 0 and row[best] >= least_iou:
            free[best] = False
            marks.append((score, 1.0))
        elif not (row[wanted.ignored] >= least_iou).any():
            marks.append((score, 0.0))
    scores, right = np.array(marks).reshape(-1, 2).T
    return scores, right


def box_ious(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union (N, M) of boxes (N, 4) and (M, 4)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.prod(np.clip(high - low, 0.0, None), axis=2)
    area_a, area_b = (np.prod(x[:, 2:] - x[:, :2], axis=1) for x in (a, b))
    return np.asarray(both / np.maximum(area_a[:, None] + area_b[None] - both, 1e-12))
