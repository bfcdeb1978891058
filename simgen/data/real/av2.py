"""Argoverse 2, sensor dataset: ring cameras, LiDAR sweeps, cuboids and poses of the car; read with pyarrow.

Format: the av2 package's sensor dataset guide. AV2's vehicle frame has its origin at the rear axle; simgen's ego is below it
on the ground. Sweeps are in the vehicle frame as delivered (motion compensated, two LiDARs in one): that is the frame of the
mount "top" here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simgen.data.real.entry import Entry, box_rows, shifted
from simgen.data.real.files import images_in, lidar_rows, number_in, read_rgb
from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import ObjectClass
from simgen.datatypes.truth import BOX3D_DTYPE
from simgen.errors import ConfigError, EnvironmentFault, ShardError
from simgen.geometry.camera import OPTICAL_FROM_SENSOR, Pinhole
from simgen.geometry.pose import Matrix, rotation_from_quaternion

MOUNTS: Mapping[str, str] = {
    "ring_front_center": "front.rgb",
    "ring_front_left": "front_left.rgb",
    "ring_front_right": "front_right.rgb",
    "ring_side_left": "side_left.rgb",
    "ring_side_right": "side_right.rgb",
    "ring_rear_left": "rear_left.rgb",
    "ring_rear_right": "rear_right.rgb",
}
TOP = "top"

CLASSES: Mapping[str, ObjectClass | None] = {
    "ANIMAL": None,
    "ARTICULATED_BUS": ObjectClass.BUS,
    "BICYCLE": ObjectClass.BICYCLE,
    "BICYCLIST": None,  # the rider alone; simgen's box of a bicycle holds both, and so the rider has none of his own
    "BOLLARD": ObjectClass.PROP,
    "BOX_TRUCK": ObjectClass.TRUCK,
    "BUS": ObjectClass.BUS,
    "CONSTRUCTION_BARREL": ObjectClass.PROP,
    "CONSTRUCTION_CONE": ObjectClass.PROP,
    "DOG": None,
    "LARGE_VEHICLE": ObjectClass.TRUCK,
    "MESSAGE_BOARD_TRAILER": ObjectClass.PROP,
    "MOBILE_PEDESTRIAN_CROSSING_SIGN": ObjectClass.PROP,
    "MOTORCYCLE": ObjectClass.MOTORCYCLE,
    "MOTORCYCLIST": None,  # as BICYCLIST
    "OFFICIAL_SIGNALER": ObjectClass.PEDESTRIAN,
    "PEDESTRIAN": ObjectClass.PEDESTRIAN,
    "RAILED_VEHICLE": ObjectClass.BUS,
    "REGULAR_VEHICLE": ObjectClass.CAR,
    "SCHOOL_BUS": ObjectClass.BUS,
    "SIGN": ObjectClass.TRAFFIC_SIGN,
    "STOP_SIGN": ObjectClass.TRAFFIC_SIGN,
    "STROLLER": ObjectClass.PROP,
    "TRAFFIC_LIGHT_TRAILER": ObjectClass.PROP,
    "TRUCK": ObjectClass.TRUCK,
    "TRUCK_CAB": ObjectClass.TRUCK,
    "VEHICULAR_TRAILER": ObjectClass.TRUCK,
    "WHEELCHAIR": ObjectClass.PEDESTRIAN,
    "WHEELED_DEVICE": ObjectClass.PROP,
    "WHEELED_RIDER": ObjectClass.PEDESTRIAN,
}

AXLE_HEIGHT_M = 0.33
EGO_FROM_VEHICLE: Matrix = shifted(0.0, 0.0, AXLE_HEIGHT_M)
_MOST_APART_NS = 51_000_000
"""Cameras run at 20 Hz, sweeps at 10 Hz: no camera frame of a sweep is further from it than one period."""

_POSE = ("qw", "qx", "qy", "qz", "tx_m", "ty_m", "tz_m")
_CUBOID = ("timestamp_ns", "track_uuid", "category", "length_m", "width_m", "height_m", *_POSE, "num_interior_pts")
_INTRINSICS = ("sensor_name", "width_px", "height_px", "fx_px", "fy_px", "cx_px", "cy_px")


@dataclass(frozen=True)
class Av2Set:
    """Sweeps, and the pictures nearest to each."""

    entries: tuple[Entry, ...]
    mounts: Mapping[str, Mapping[str, Matrix]]
    """ego_from_sensor by log and mount."""
    pinholes: Mapping[str, Mapping[str, Pinhole]]
    boxes: Mapping[int, NDArray[Any]]
    """(N,) BOX3D_DTYPE by `Entry.key`."""
    kinds: ClassVar[Mapping[str, Kind]] = {**dict.fromkeys(MOUNTS.values(), Kind.RGB), TOP: Kind.LIDAR}

    @property
    def labels(self) -> tuple[str, ...]:
        """The test split has none."""
        return ("boxes3d",) if self.boxes else ()

    def reading(self, entry: Entry, name: str) -> NDArray[Any]:
        """Return a picture (with its lens distortion), or the points: intensity of 0..255 as 0..1, laser as channel."""
        if name != TOP:
            return read_rgb(entry.files[name])
        points = read_feather(entry.files[name], ("x", "y", "z", "intensity", "laser_number"))
        xyz = np.stack([points[axis].astype(np.float32) for axis in "xyz"], axis=1)
        return lidar_rows(xyz, points["intensity"] / 255.0, points["laser_number"])

    def world_from_sensor(self, entry: Entry, name: str) -> Matrix:
        """Return the pose at the time of the sweep."""
        return np.asarray(entry.world_from_ego @ self.mounts[entry.sequence].get(name, np.eye(4)))

    def camera(self, entry: Entry, device: str) -> Pinhole | None:
        """Return the intrinsics of a camera without its distortion."""
        return self.pinholes[entry.sequence].get(f"{device}.rgb")

    def boxes3d(self, entry: Entry) -> NDArray[Any]:
        """Return the cuboids; AV2 gives no velocities."""
        return self.boxes.get(entry.key, np.zeros(0, dtype=BOX3D_DTYPE)).copy()

    def boxes2d(self, entry: Entry) -> Mapping[str, NDArray[Any]]:
        """There are none."""
        return {}


def open_av2(folder: Path, split: str) -> Av2Set:
    """Return the sweeps of FOLDER/SPLIT/LOG, FOLDER/LOG, or of FOLDER that is a log itself; a sequence is a log."""
    places = [folder / split, folder] if (folder / split).is_dir() else [folder]
    logs = [path for place in places for path in ([place] if _is_log(place) else sorted(filter(_is_log, place.glob("*"))))]
    if not logs:
        raise ConfigError(f"av2 must be a folder of logs with calibration/ and sensors/, got none ({folder})")
    entries: list[Entry] = []
    mounts, pinholes, boxes = {}, {}, {}
    for log in logs:
        mounts[log.name], pinholes[log.name] = _calibration(log / "calibration")
        found = _entries(log, len(entries))
        boxes.update(_cuboids(log / "annotations.feather", {entry.tick: entry.key for entry in found}))
        entries += found
    return Av2Set(tuple(entries), mounts, pinholes, boxes)


def _is_log(path: Path) -> bool:
    return (path / "sensors").is_dir() and (path / "calibration").is_dir()


def _entries(log: Path, first: int) -> list[Entry]:
    """Return the sweeps of a log; ticks are AV2's nanoseconds."""
    pictures = {mount: images_in(log / "sensors" / "cameras" / camera) for camera, mount in MOUNTS.items()}
    stamps = {mount: np.array([number_in(path.stem) for path in paths], dtype=np.int64) for mount, paths in pictures.items()}
    poses = read_feather(log / "city_SE3_egovehicle.feather", ("timestamp_ns", *_POSE))
    order = np.argsort(poses["timestamp_ns"])
    pose_stamps, matrices = poses["timestamp_ns"][order], _poses(poses)[order]
    entries = []
    for key, sweep in enumerate(sorted((log / "sensors" / "lidar").glob("*.feather"), key=lambda path: number_in(path.stem)), first):
        tick = number_in(sweep.stem)
        files = {TOP: sweep}
        for mount, times in stamps.items():
            if len(times) and abs(int(times[(nearest := int(np.abs(times - tick).argmin()))]) - tick) <= _MOST_APART_NS:
                files[mount] = pictures[mount][nearest]
        at = min(int(np.searchsorted(pose_stamps, tick)), len(pose_stamps) - 1)
        if at < 0:
            raise ShardError(f"poses must have a row, got none ({log / 'city_SE3_egovehicle.feather'})")
        entries.append(Entry(log.name, tick, tick * 1e-9, files, matrices[at] @ np.linalg.inv(EGO_FROM_VEHICLE), key))
    return entries


def _calibration(folder: Path) -> tuple[dict[str, Matrix], dict[str, Pinhole]]:
    """Return poses and intrinsics by mount; AV2 counts pixels from their centres, simgen from their corners."""
    placed = read_feather(folder / "egovehicle_SE3_sensor.feather", ("sensor_name", *_POSE))
    poses = dict(zip(placed["sensor_name"].tolist(), _poses(placed), strict=True))
    mounts = {mount: EGO_FROM_VEHICLE @ poses[name] @ OPTICAL_FROM_SENSOR for name, mount in MOUNTS.items() if name in poses}
    lenses = read_feather(folder / "intrinsics.feather", _INTRINSICS)
    pinholes = {}
    for name, width, height, fx, fy, cx, cy in zip(*(lenses[column].tolist() for column in _INTRINSICS), strict=True):
        if name in MOUNTS:
            pinholes[MOUNTS[name]] = Pinhole(int(width), int(height), fx, fy, cx + 0.5, cy + 0.5)
    return {**mounts, TOP: EGO_FROM_VEHICLE}, pinholes


def _cuboids(path: Path, keys: Mapping[int, int]) -> dict[int, NDArray[Any]]:
    """Return boxes by `Entry.key` of the sweeps in `keys` (timestamp -> key)."""
    if not path.is_file():
        return {}
    cuboids = read_feather(path, _CUBOID)
    names = [str(name) for name in cuboids["category"].tolist()]
    if unknown := sorted(set(names) - set(CLASSES)):
        raise ShardError(f"category must be one of Argoverse 2, got {unknown[0][:40]} ({path})")
    ids = np.unique(cuboids["track_uuid"].astype(str), return_inverse=True)[1] + 1
    classes = np.array([CLASSES[name] or 0 for name in names], dtype=np.int64)
    poses = EGO_FROM_VEHICLE @ _poses(cuboids)
    sizes = np.stack([cuboids[axis] for axis in ("length_m", "width_m", "height_m")], axis=1)
    boxes = {}
    for tick, key in keys.items():
        rows = np.flatnonzero((cuboids["timestamp_ns"] == tick) & (classes > 0))
        boxes[key] = box_rows(ids[rows].tolist(), classes[rows].tolist(), poses[rows], sizes[rows])
        boxes[key]["lidar_points"] = cuboids["num_interior_pts"][rows]
    return boxes


def _poses(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Return (N, 4, 4)."""
    quaternions = np.stack([columns[name] for name in _POSE[:4]], axis=1).astype(np.float64)
    poses = np.tile(np.eye(4), (len(quaternions), 1, 1))
    if len(quaternions):
        poses[:, :3, :3] = rotation_from_quaternion(quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True))
        poses[:, :3, 3] = np.stack([columns[name] for name in _POSE[4:]], axis=1)
    return poses


def read_feather(path: Path, columns: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Return columns (N,) of a feather file. Raises EnvironmentFault without pyarrow, ShardError for another file."""
    try:
        import pyarrow
        from pyarrow import feather
    except ImportError:
        raise EnvironmentFault("pyarrow must be installed to read Argoverse 2 (pip install 'simgen[av2]'), got none") from None
    try:
        table = feather.read_table(path, columns=list(columns), memory_map=False)
        return {name: table[name].to_numpy() for name in columns}
    except (pyarrow.ArrowException, OSError, ValueError, KeyError):
        raise ShardError(f"file must be feather with {', '.join(columns)}, got another ({path})") from None
