"""What an adapter of a real set gives: which frames there are, and how to read one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind
from simgen.datatypes.truth import BOX3D_DTYPE
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import Matrix, quaternion_from_rotation


def _identity() -> Matrix:
    return np.eye(4)


@dataclass(frozen=True)
class Entry:
    """One frame of a real set, as found; nothing of it is read yet."""

    sequence: str
    tick: int
    """The set's own frame number where it has one."""
    time_s: float
    files: Mapping[str, Path]
    """By mount name; a mount that is missing did not measure."""
    world_from_ego: Matrix = field(default_factory=_identity)
    key: int = 0
    """What the adapter finds the frame's labels by."""


class RealSet(Protocol):
    """A real set in simgen's names, frames and units. It goes to other processes by pickle."""

    @property
    def entries(self) -> Sequence[Entry]: ...

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kind of every mount."""
        ...

    @property
    def labels(self) -> Sequence[str]:
        """Which of "boxes3d" and "boxes2d" there are."""
        ...

    def reading(self, entry: Entry, name: str) -> NDArray[Any]:
        """Return a reading as `datatypes.readings` has it. Raises ShardError for a file that is damaged."""
        ...

    def world_from_sensor(self, entry: Entry, name: str) -> Matrix: ...

    def camera(self, entry: Entry, device: str) -> Pinhole | None:
        """Return the intrinsics of a camera, None where the set does not tell."""
        ...

    def boxes3d(self, entry: Entry) -> NDArray[Any]:
        """Return (N,) BOX3D_DTYPE; NaN and 0 where the set does not tell."""
        ...

    def boxes2d(self, entry: Entry) -> Mapping[str, NDArray[Any]]:
        """Return (M,) BOX2D_DTYPE by camera device."""
        ...


def box_rows(ids: Sequence[int], classes: Sequence[int], ego_from_box: NDArray[np.float64], sizes_m: NDArray[np.float64]) -> NDArray[Any]:
    """Return (N,) BOX3D_DTYPE of poses (N, 4, 4) and full sizes (N, 3); velocities NaN, as nuScenes has them where unknown."""
    rows = np.zeros(len(ids), dtype=BOX3D_DTYPE)
    rows["velocity"] = rows["angular_velocity"] = np.nan
    if len(ids):
        rows["actor_id"], rows["object_class"] = ids, classes
        rows["centre"], rows["size"] = ego_from_box[:, :3, 3], sizes_m
        rows["rotation"] = quaternion_from_rotation(ego_from_box[:, :3, :3])
    return rows


def shifted(x: float, y: float, z: float) -> Matrix:
    """Return the (4, 4) pose of a translation in metres."""
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    return pose
