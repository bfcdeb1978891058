"""Files of real sets: pictures, label pictures, point clouds. All of them are checked, none is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.readings import LIDAR_DTYPE
from simgen.errors import ConfigError, ShardError

IMAGES = frozenset({".png", ".jpg", ".jpeg"})


def images_in(folder: Path) -> list[Path]:
    """Return the pictures right in a folder, by name; none where there is no such folder."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in IMAGES) if folder.is_dir() else []


def require_folder(folder: Path, what: str) -> Path:
    """Return `folder`. Raises ConfigError where there is none."""
    if not folder.is_dir():
        raise ConfigError(f"{what} must be a folder, got none ({folder})")
    return folder


def number_in(name: str) -> int:
    """Return the digits at the end of a name as a number, 0 where there are none."""
    digits = name[len(name.rstrip("0123456789")) :]
    return int(digits[-18:]) if digits else 0


def read_bytes(path: Path) -> bytes:
    """Return a file. Raises ShardError where that fails."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ShardError(f"file must be readable, got {error.strerror} ({path})") from None


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Return a picture (H, W, 3) uint8 RGB."""
    return np.ascontiguousarray(_decoded(path, cv2.IMREAD_COLOR)[..., ::-1])


def read_ids(path: Path) -> NDArray[np.uint8]:
    """Return a label picture (H, W) uint8."""
    image = _decoded(path, cv2.IMREAD_UNCHANGED)
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ShardError(f"label picture must have one channel of 8 bits, got {image.shape} {image.dtype} ({path})")
    return image


def _decoded(path: Path, flags: int) -> NDArray[Any]:
    data = np.frombuffer(read_bytes(path), dtype=np.uint8)
    try:
        image = cv2.imdecode(data, flags) if len(data) else None
    except cv2.error:
        image = None
    if image is None:
        raise ShardError(f"picture must be a whole PNG or JPEG, got another file ({path})")
    return image


def read_floats(path: Path, columns: int) -> NDArray[np.float32]:
    """Return a file of little-endian float32 as (N, columns)."""
    data = read_bytes(path)
    if len(data) % (4 * columns):
        raise ShardError(f"points must be {columns} float32 each, got {len(data)} bytes ({path})")
    return np.frombuffer(data, dtype="<f4").reshape(-1, columns)


def lidar_rows(xyz: NDArray[Any], intensity: NDArray[Any], channel: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return (N,) LIDAR_DTYPE of points (N, 3) m and intensity (N,) 0..1; the incidence of real points is unknown (NaN)."""
    rows = np.zeros(len(xyz), dtype=LIDAR_DTYPE)
    rows["x"], rows["y"], rows["z"] = xyz.T
    rows["intensity"], rows["cos_incidence"] = intensity, np.nan
    if channel is not None:
        rows["channel"] = channel
    return rows


def tag_table(tags: Mapping[int, int]) -> NDArray[np.uint8]:
    """Return (256,) uint8, label of a set -> CARLA tag; labels that the set does not have are 0 (none)."""
    table = np.zeros(256, dtype=np.uint8)
    for label, tag in tags.items():
        table[label] = tag
    return table
