"""KITTI: the object set with its boxes, and raw drives.

Formats: readme.txt of KITTI's object development kit, and of the raw data development kit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simgen.data.real.entry import Entry, box_rows
from simgen.data.real.files import images_in, lidar_rows, number_in, read_bytes, read_floats, read_rgb, require_folder
from simgen.data.real.kitti_calibration import EGO_FROM_VELODYNE, Calibration, drive_calibration, object_calibration
from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import ObjectClass
from simgen.datatypes.truth import BOX2D_DTYPE
from simgen.errors import ConfigError, ShardError
from simgen.geometry.box import contains
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import Matrix

RGB, TOP = "front.rgb", "top"
SPLITS = {"train": "training", "test": "testing"}

CLASSES: Mapping[str, ObjectClass | None] = {
    "Car": ObjectClass.CAR,
    "Van": ObjectClass.VAN,
    "Truck": ObjectClass.TRUCK,
    "Tram": ObjectClass.BUS,
    "Pedestrian": ObjectClass.PEDESTRIAN,
    "Person_sitting": ObjectClass.PEDESTRIAN,
    "Cyclist": ObjectClass.BICYCLE,
    "Misc": ObjectClass.PROP,
    "DontCare": None,  # not an object: a region where nothing was labelled
}
VISIBLE: Mapping[int, float] = {0: 1.0, 1: 0.5, 2: 0.2, 3: math.nan}
"""KITTI's occlusion states (fully visible, partly, largely occluded, unknown) as a share that is seen: our reading of them."""


@dataclass(frozen=True)
class Label:
    """One line of label_2, in KITTI's own frame and units."""

    kind: ObjectClass
    occluded: int
    box: NDArray[np.float64]
    """(4,) left, top, right, bottom: the outermost pixels."""
    size_m: NDArray[np.float64]
    """(3,) height, width, length."""
    bottom: NDArray[np.float64]
    """(3,) middle of the lower face in the rectified frame of camera 0."""
    rotation_y: float

    @property
    def rectified_from_box(self) -> Matrix:
        """(4, 4) of the box's centre: the length axis turns about the camera's y (down), 0 is along its x (right)."""
        cos, sin = math.cos(self.rotation_y), math.sin(self.rotation_y)
        pose = np.eye(4)
        pose[:3, :3] = np.array([[cos, 0.0, -sin], [sin, 0.0, cos], [0.0, -1.0, 0.0]]).T
        pose[:3, 3] = self.bottom - (0.0, self.size_m[0] / 2.0, 0.0)
        return pose


@dataclass(frozen=True)
class KittiSet:
    """Frames of camera 2 and the Velodyne."""

    entries: tuple[Entry, ...]
    calibrations: Mapping[int, Path]
    """By `Entry.key`: a calib file of the object set, or the folder of a day; without one, poses are the identity."""
    label_files: Mapping[int, Path]
    kinds: ClassVar[Mapping[str, Kind]] = {RGB: Kind.RGB, TOP: Kind.LIDAR}

    @property
    def labels(self) -> tuple[str, ...]:
        """Raw drives have none."""
        return ("boxes3d", "boxes2d") if self.label_files else ()

    def reading(self, entry: Entry, name: str) -> NDArray[Any]:
        """Return the picture, or the points: x, y, z, reflectance 0..1."""
        if name == RGB:
            return read_rgb(entry.files[name])
        points = read_floats(entry.files[name], 4)
        return lidar_rows(points[:, :3], points[:, 3])

    def world_from_sensor(self, entry: Entry, name: str) -> Matrix:
        """Return the pose in the ego frame of `kitti_calibration`."""
        if name == TOP:
            return EGO_FROM_VELODYNE
        calibration = self.calibration(entry)
        return np.eye(4) if calibration is None else calibration.ego_from_camera

    def calibration(self, entry: Entry) -> Calibration | None:
        """Return the calibration of a frame, None where it is missing."""
        path = self.calibrations.get(entry.key)
        if path is None:
            return None
        return drive_calibration(path) if path.is_dir() else object_calibration(path)

    def camera(self, entry: Entry, device: str) -> Pinhole | None:
        """Return the intrinsics of camera 2."""
        calibration = self.calibration(entry)
        if calibration is None or device != "front":
            return None
        height, width = self.reading(entry, RGB).shape[:2]
        return calibration.pinhole(width, height)

    def boxes3d(self, entry: Entry) -> NDArray[Any]:
        """Return boxes with the number of Velodyne points in each; `visible_pixels` is the area of the 2D box."""
        labels, calibration = read_labels(self.label_files[entry.key]), self.calibration(entry)
        if calibration is None:
            raise ShardError(f"boxes3d must have a calibration, got none ({self.label_files[entry.key]})")
        poses = np.array([calibration.ego_from_rectified @ label.rectified_from_box for label in labels]).reshape(-1, 4, 4)
        sizes = np.array([label.size_m[[2, 1, 0]] for label in labels]).reshape(-1, 3)
        rows = box_rows(range(1, len(labels) + 1), [label.kind for label in labels], poses, sizes)
        rows["visible_pixels"] = [_area(label.box) for label in labels]
        if TOP in entry.files:
            points = read_floats(entry.files[TOP], 4)[:, :3].astype(np.float64) + EGO_FROM_VELODYNE[:3, 3]
            rows["lidar_points"] = [int(contains(p, s, points).sum()) for p, s in zip(poses, sizes, strict=True)]
        return rows

    def boxes2d(self, entry: Entry) -> dict[str, NDArray[Any]]:
        """Return the labelled boxes; KITTI's include what is hidden, so `box` is `amodal` in whole pixels."""
        labels = read_labels(self.label_files[entry.key])
        rows = np.zeros(len(labels), dtype=BOX2D_DTYPE)
        for number, (row, label) in enumerate(zip(rows, labels, strict=True)):
            row["actor_id"], row["object_class"] = number + 1, label.kind
            row["amodal"] = np.add(label.box, (0.0, 0.0, 1.0, 1.0))
            row["box"] = np.concatenate([np.floor(label.box[:2]), np.floor(label.box[2:]) + 1.0])
            row["visible_pixels"], row["visible_fraction"] = _area(label.box), VISIBLE.get(label.occluded, math.nan)
        return {"front": rows}


def open_kitti(folder: Path, split: str) -> KittiSet:
    """Return the object set: training/{image_2,velodyne,calib,label_2}, or these four right in the folder.

    Its frames come from many drives. Which, only mapping/ of its development kit tells (train_rand.txt, train_mapping.txt);
    beside the folder or in it, it is used, else all frames are one sequence.
    """
    if split not in SPLITS:
        raise ConfigError(f"split of kitti must be one of {', '.join(SPLITS)}, got {split}")
    root = folder / SPLITS[split] if (folder / SPLITS[split]).is_dir() else folder
    drives = _drives(folder) if split == "train" else {}
    entries, calibrations, label_files = [], {}, {}
    for image in images_in(require_folder(root / "image_2", "image_2")):
        key = number_in(image.stem)
        points = root / "velodyne" / f"{image.stem}.bin"
        files = {RGB: image} | ({TOP: points} if points.is_file() else {})
        entries.append(Entry(drives.get(key, "object"), key, 0.0, files, key=key))
        calibrations[key] = root / "calib" / f"{image.stem}.txt"
        label_files[key] = root / "label_2" / f"{image.stem}.txt"
    labelled = {key: path for key, path in label_files.items() if path.is_file()}
    return KittiSet(tuple(entries), calibrations, labelled if len(labelled) == len(entries) else {})


def open_kitti_raw(folder: Path, split: str) -> KittiSet:
    """Return synchronised raw drives below a folder: image_02/data, velodyne_points/data, timestamps.txt of both.

    The calibration is in the folder above a drive. Raw data has no splits: all of it is in every one; see `by_sequence`.
    """
    entries: list[Entry] = []
    calibrations: dict[int, Path] = {}
    for camera in sorted(path for path in [folder / "image_02", *folder.glob("**/image_02")] if path.is_dir()):
        drive = camera.parent
        if any(entry.sequence == drive.name for entry in entries):
            continue
        pictures = images_in(camera / "data" if (camera / "data").is_dir() else camera)
        clouds = next((d for d in (drive / "velodyne_points" / "data", drive / "velodyne") if d.is_dir()), drive)
        times = _timestamps(camera / "timestamps.txt")
        for image in pictures:
            points = clouds / f"{image.stem}.bin"
            number = number_in(image.stem)
            time_s = times[number] if number < len(times) else number * 0.1  # drives are synchronised to the Velodyne's 10 Hz
            files = {RGB: image} | ({TOP: points} if points.is_file() else {})
            if (drive.parent / "calib_cam_to_cam.txt").is_file():
                calibrations[len(entries)] = drive.parent
            entries.append(Entry(drive.name, number, time_s, files, key=len(entries)))
    return KittiSet(tuple(entries), calibrations, {})


def read_labels(path: Path) -> list[Label]:
    """Return the objects of a label_2 file. Raises ShardError for a line that is not one."""
    labels = []
    for line in read_bytes(path).decode("utf-8", "replace").splitlines():
        name, *words = line.split() or [""]
        try:
            values = np.array([float(word) for word in words[:14]])
        except ValueError:
            values = np.zeros(0)
        if name and (name not in CLASSES or len(values) != 14 or not np.isfinite(values).all()):
            raise ShardError(f"label must be a class of KITTI and 14 numbers, got {line[:60]} ({path})")
        kind = CLASSES.get(name)
        if kind is not None:
            labels.append(Label(kind, int(values[1]), values[3:7], values[7:10], values[10:13], float(values[13])))
    return labels


def _area(box: NDArray[np.float64]) -> int:
    return max(0, round(float((box[2] - box[0] + 1.0) * (box[3] - box[1] + 1.0))))


def _drives(folder: Path) -> dict[int, str]:
    """Return the drive of each training frame: line `train_rand[frame]` (from 1) of train_mapping.txt."""
    for place in (folder / "mapping", folder / "devkit" / "mapping", folder.parent / "mapping"):
        if (place / "train_rand.txt").is_file() and (place / "train_mapping.txt").is_file():
            lines = read_bytes(place / "train_mapping.txt").decode("utf-8", "replace").splitlines()
            words = read_bytes(place / "train_rand.txt").decode("utf-8", "replace").replace(",", " ").split()
            places = [int(word) - 1 if word.isdecimal() else -1 for word in words]
            return {frame: lines[at].split()[1] for frame, at in enumerate(places) if 0 <= at < len(lines) and len(lines[at].split()) > 1}
    return {}


def _timestamps(path: Path) -> list[float]:
    """Return seconds since the first line "2011-09-26 13:02:25.594360375"; none where there is no such file."""
    times: list[tuple[float, float]] = []  # whole seconds and the rest: together they would lose the last digits
    for line in read_bytes(path).decode("utf-8", "replace").split("\n") if path.is_file() else ():
        if line.strip():
            until, _, fraction = line.strip().partition(".")
            try:
                seconds = datetime.strptime(until, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
                times.append((seconds, float(f"0.{fraction or 0}")))
            except ValueError:
                raise ShardError(f"timestamp must be YYYY-MM-DD HH:MM:SS.F, got {line[:40]} ({path})") from None
    return [(whole - times[0][0]) + (rest - times[0][1]) for whole, rest in times]
