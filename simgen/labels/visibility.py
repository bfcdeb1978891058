"""What the masks and the point clouds show of each actor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import Frame, Thing
from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import OBJECT_TAGS, ObjectClass

WIRE_ID_BITS = 16
"""The instance image carries the low 16 bits of an actor id."""


@dataclass(frozen=True)
class Extremes:
    """The pixels of one actor in one image: their number and tight box (x0, y0, x1, y1), x1 and y1 exclusive."""

    pixels: int
    box: tuple[int, int, int, int]


PixelCounts = Mapping[int, Extremes]
"""By actor id."""


def count_pixels(device: str, frame: Frame) -> PixelCounts:
    """Return what the instance image of camera `device` shows; empty when it was not due at this tick.

    Where the device has a semantic image of the same tick, a pixel counts only if its tag belongs to the actor's class: a
    server may give scenery ids that collide with those of actors.
    """
    instance = _image(frame, device, Kind.INSTANCE)
    if instance is None:
        return {}
    semantic = _image(frame, device, Kind.SEMANTIC)
    ids, boxes, counts = mask_extremes(instance % 2**WIRE_ID_BITS, semantic, _legal_tags(frame))
    by_wire_id = {thing.actor_id % 2**WIRE_ID_BITS: thing.actor_id for thing in reversed(_things(frame))}
    return {by_wire_id[i]: Extremes(int(n), _as_box(b)) for i, b, n in zip(ids.tolist(), boxes, counts, strict=True) if i in by_wire_id}


def mask_extremes(
    instance: NDArray, semantic: NDArray | None, legal: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return (ids (K,), boxes (K, 4) x0 y0 x1 y1 exclusive, pixel counts (K,)) of the ids in `instance` (H, W).

    `legal` (n, 256) tells which tags the pixels of each id may carry; ids beyond its rows use the last one.
    """
    rows, columns = np.nonzero(instance)
    ids = instance[rows, columns].astype(np.int64)
    if semantic is not None:
        keep = legal[np.minimum(ids, len(legal) - 1), semantic[rows, columns]]
        rows, columns, ids = rows[keep], columns[keep], ids[keep]
    unique, inverse, counts = np.unique(ids, return_inverse=True, return_counts=True)
    boxes = np.empty((len(unique), 4), dtype=np.int64)
    boxes[:, :2], boxes[:, 2:] = np.iinfo(np.int64).max, -1
    for column, update, values in ((0, np.minimum, columns), (1, np.minimum, rows), (2, np.maximum, columns), (3, np.maximum, rows)):
        update.at(boxes[:, column], inverse, values)
    boxes[:, 2:] += 1
    return unique, boxes, counts


def count_lidar_points(frame: Frame) -> dict[int, int]:
    """Return the number of points per actor id over all LiDARs of the frame."""
    total: dict[int, int] = {}
    for reading in frame.readings.values():
        if reading.kind is Kind.LIDAR:
            ids, counts = np.unique(reading.data["object_id"], return_counts=True)
            for actor_id, count in zip(ids.tolist(), counts.tolist(), strict=True):
                total[actor_id] = total.get(actor_id, 0) + count
    total.pop(0, None)
    return total


def _things(frame: Frame) -> tuple[Thing, ...]:
    return (frame.world.ego, *frame.world.others)


def _image(frame: Frame, device: str, kind: Kind) -> NDArray | None:
    reading = frame.readings.get(f"{device}.{kind.value}")
    return None if reading is None else reading.data


_TAG_ROWS: dict[ObjectClass, NDArray[np.bool_]] = {
    object_class: np.isin(np.arange(256), list(tags)) for object_class, tags in OBJECT_TAGS.items()
}


def _legal_tags(frame: Frame) -> NDArray[np.bool_]:
    """Return (max wire id + 2, 256) bool: which tags the pixels of each id may carry; the last row serves unknown ids."""
    things = _things(frame)
    table = np.zeros((max(t.actor_id % 2**WIRE_ID_BITS for t in things) + 2, 256), dtype=np.bool_)
    for thing in reversed(things):
        table[thing.actor_id % 2**WIRE_ID_BITS] = _TAG_ROWS[thing.object_class]
    return table


def _as_box(row: NDArray) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (int(v) for v in row)
    return x0, y0, x1, y1
