"""nuScenes: keyframes of six cameras and the LiDAR with 3D boxes, from its tables, without its development kit.

Format: docs/schema_nuscenes.md of nuscenes-devkit. The ego frame is nuScenes' own (rear axle, on the ground) at the time of
the LiDAR sweep; cameras have the pose of the car at their own times. Its LiDAR looks along its y; points are turned so that
they lie in a sensor frame with x forward, as simgen's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simgen.data.real.entry import Entry, box_rows
from simgen.data.real.files import lidar_rows, read_floats, read_rgb, require_folder
from simgen.data.real.nuscenes_tables import Tables, pose_of
from simgen.datatypes.rig import Kind
from simgen.datatypes.tags import ObjectClass
from simgen.errors import ConfigError
from simgen.geometry.camera import OPTICAL_FROM_SENSOR, Pinhole
from simgen.geometry.pose import Matrix, inverse, pose_from_rpy, rotate

MOUNTS: Mapping[str, str] = {
    "CAM_FRONT": "front.rgb",
    "CAM_FRONT_LEFT": "front_left.rgb",
    "CAM_FRONT_RIGHT": "front_right.rgb",
    "CAM_BACK": "back.rgb",
    "CAM_BACK_LEFT": "back_left.rgb",
    "CAM_BACK_RIGHT": "back_right.rgb",
    "LIDAR_TOP": "top",
}
TOP = MOUNTS["LIDAR_TOP"]
LIDAR_FROM_SENSOR: Matrix = pose_from_rpy((0, 0, 0), (0, 0, 90))

CLASSES: Mapping[str, ObjectClass | None] = {
    "animal": None,
    "human.pedestrian.adult": ObjectClass.PEDESTRIAN,
    "human.pedestrian.child": ObjectClass.PEDESTRIAN,
    "human.pedestrian.construction_worker": ObjectClass.PEDESTRIAN,
    "human.pedestrian.personal_mobility": ObjectClass.PEDESTRIAN,
    "human.pedestrian.police_officer": ObjectClass.PEDESTRIAN,
    "human.pedestrian.stroller": ObjectClass.PROP,
    "human.pedestrian.wheelchair": ObjectClass.PEDESTRIAN,
    "movable_object.barrier": ObjectClass.PROP,
    "movable_object.debris": ObjectClass.PROP,
    "movable_object.pushable_pullable": ObjectClass.PROP,
    "movable_object.trafficcone": ObjectClass.PROP,
    "static_object.bicycle_rack": None,
    "vehicle.bicycle": ObjectClass.BICYCLE,
    "vehicle.bus.bendy": ObjectClass.BUS,
    "vehicle.bus.rigid": ObjectClass.BUS,
    "vehicle.car": ObjectClass.CAR,
    "vehicle.construction": ObjectClass.TRUCK,
    "vehicle.emergency.ambulance": ObjectClass.VAN,
    "vehicle.emergency.police": ObjectClass.CAR,
    "vehicle.motorcycle": ObjectClass.MOTORCYCLE,
    "vehicle.trailer": ObjectClass.TRUCK,
    "vehicle.truck": ObjectClass.TRUCK,
}

_VAL_SCENES = (
    *((3, 3), (12, 18), (35, 36), (38, 39), (92, 110), (221, 221), (268, 278), (329, 332), (344, 346), (519, 524), (552, 565)),
    *((625, 638), (770, 784), (794, 802), (904, 931), (962, 972), (1059, 1073)),
)
"""First and last number of the scenes of the official val split of v1.0-trainval; all its other scenes are train."""
_MINI_VAL_SCENES = ((103, 103), (916, 916))
SPLITS: Mapping[str, tuple[str, bool | None]] = {
    "train": ("v1.0-trainval", False),
    "val": ("v1.0-trainval", True),
    "test": ("v1.0-test", None),
    "mini": ("v1.0-mini", None),
    "mini_train": ("v1.0-mini", False),
    "mini_val": ("v1.0-mini", True),
}
"""Split -> folder of tables, and whether it is the scenes for validation, the others, or all."""

_LONGEST_GAP_S = 1.5
"""No velocity is made from annotations further apart, as in the development kit."""


@dataclass(frozen=True)
class Boxes:
    """The annotations of one sample, in the world."""

    ids: tuple[int, ...]
    classes: tuple[int, ...]
    world_from_box: NDArray[np.float64]
    """(N, 4, 4)"""
    sizes_m: NDArray[np.float64]
    """(N, 3)"""
    velocities: NDArray[np.float64]
    """(N, 3) m/s, NaN where an object was seen once."""
    lidar_points: tuple[int, ...]


@dataclass(frozen=True)
class NuScenesSet:
    """Keyframes."""

    entries: tuple[Entry, ...]
    poses: Mapping[int, Mapping[str, Matrix]]
    """world_from_sensor by `Entry.key` and mount."""
    cameras: Mapping[int, Mapping[str, Pinhole]]
    boxes: Mapping[int, Boxes]
    kinds: ClassVar[Mapping[str, Kind]] = {mount: Kind.LIDAR if mount == TOP else Kind.RGB for mount in MOUNTS.values()}

    @property
    def labels(self) -> tuple[str, ...]:
        """The test split has none."""
        return ("boxes3d",) if self.boxes else ()

    def reading(self, entry: Entry, name: str) -> NDArray[Any]:
        """Return a picture, or the points: intensity of 0..255 as 0..1, ring as channel."""
        if name != TOP:
            return read_rgb(entry.files[name])
        x, y, z, intensity, ring = read_floats(entry.files[name], 5).T
        return lidar_rows(np.stack([y, -x, z], axis=1), intensity / 255.0, ring)

    def world_from_sensor(self, entry: Entry, name: str) -> Matrix:
        """Return the pose at the sensor's own time."""
        return self.poses[entry.key][name]

    def camera(self, entry: Entry, device: str) -> Pinhole | None:
        """Return the intrinsics of a camera."""
        return self.cameras[entry.key].get(f"{device}.rgb")

    def boxes3d(self, entry: Entry) -> NDArray[Any]:
        """Return the annotated boxes; velocity from the annotations before and after."""
        found, ego_from_world = self.boxes[entry.key], inverse(entry.world_from_ego)
        rows = box_rows(found.ids, found.classes, ego_from_world @ found.world_from_box, found.sizes_m)
        rows["velocity"], rows["lidar_points"] = rotate(ego_from_world, found.velocities), found.lidar_points
        return rows

    def boxes2d(self, entry: Entry) -> Mapping[str, NDArray[Any]]:
        """There are none."""
        return {}


def open_nuscenes(folder: Path, split: str) -> NuScenesSet:
    """Return the keyframes of a split: train, val, test, mini, mini_train or mini_val; a sequence is a scene."""
    if split not in SPLITS:
        raise ConfigError(f"split of nuscenes must be one of {', '.join(SPLITS)}, got {split}")
    version, _ = SPLITS[split]
    tables = Tables(require_folder(folder / version, "tables of nuscenes"))
    scenes = {row["token"]: row["name"] for row in tables.rows("scene", "token", "name") if _in_split(row["name"], split)}
    samples = {row["token"]: row for row in tables.rows("sample", "token", "scene_token", "timestamp") if row["scene_token"] in scenes}
    ordered = sorted(samples, key=lambda token: (scenes[samples[token]["scene_token"]], samples[token]["timestamp"]))
    keys = {token: key for key, token in enumerate(ordered)}
    files, poses, cameras, egos = _measured(tables, folder, keys)
    entries = []
    for token, key in keys.items():
        stamp = tables.number(samples[token], "timestamp", "sample")
        ego = egos[key].get(TOP, next(iter(egos[key].values()), np.eye(4)))
        entries.append(Entry(scenes[samples[token]["scene_token"]], key, stamp * 1e-6, files[key], ego, key))
    annotated = _annotated(tables, keys, {token: entries[key].time_s for token, key in keys.items()}) if split != "test" else {}
    return NuScenesSet(tuple(entries), poses, cameras, annotated)


def _in_split(scene: str, split: str) -> bool:
    wanted = SPLITS[split][1]
    if wanted is None:
        return True
    number = scene.rpartition("-")[2]
    ranges = _MINI_VAL_SCENES if split.startswith("mini") else _VAL_SCENES
    return wanted == (number.isdecimal() and any(first <= int(number) <= last for first, last in ranges))


_Measured = tuple[dict[int, dict[str, Path]], dict[int, dict[str, Matrix]], dict[int, dict[str, Pinhole]], dict[int, dict[str, Matrix]]]


def _measured(tables: Tables, folder: Path, keys: Mapping[str, int]) -> _Measured:
    """Return files, poses, cameras, and poses of the car, by sample and mount."""
    channels = {row["token"]: row["channel"] for row in tables.rows("sensor", "token", "channel")}
    rows = tables.rows("calibrated_sensor", "token", "sensor_token", "translation", "rotation", "camera_intrinsic")
    calibrations = {row["token"]: row for row in rows}
    wanted = ("sample_token", "ego_pose_token", "calibrated_sensor_token", "filename", "is_key_frame")
    data = [row for row in tables.rows("sample_data", *wanted) if row["is_key_frame"] and row["sample_token"] in keys]
    cars = {row["token"]: row for row in tables.rows("ego_pose", "token", "translation", "rotation")}
    measured: _Measured = tuple({key: {} for key in keys.values()} for _ in range(4))  # type: ignore[assignment]
    files, poses, cameras, egos = measured
    for row in data:
        calibration = tables.linked(calibrations, row["calibrated_sensor_token"], "calibrated_sensor")
        mount = MOUNTS.get(tables.linked(channels, calibration["sensor_token"], "sensor"))
        if mount is None:
            continue  # a radar
        key = keys[row["sample_token"]]
        world_from_car = pose_of(tables.linked(cars, row["ego_pose_token"], "ego_pose"), tables.folder)
        turned = LIDAR_FROM_SENSOR if mount == TOP else OPTICAL_FROM_SENSOR
        files[key][mount], egos[key][mount] = folder / str(row["filename"]), world_from_car
        poses[key][mount] = world_from_car @ pose_of(calibration, tables.folder) @ turned
        if mount != TOP:
            cameras[key][mount] = _pinhole(tables, calibration, row)
    return measured


def _pinhole(tables: Tables, calibration: Mapping[str, Any], row: Mapping[str, Any]) -> Pinhole:
    """Return the intrinsics; nuScenes counts pixels from their centres, simgen from their corners."""
    k = tables.numbers(calibration, "camera_intrinsic", 9, "calibrated_sensor").reshape(3, 3)
    size = int(row.get("width") or 1600), int(row.get("height") or 900)
    return Pinhole(*size, float(k[0, 0]), float(k[1, 1]), float(k[0, 2]) + 0.5, float(k[1, 2]) + 0.5)


def _annotated(tables: Tables, keys: Mapping[str, int], times_s: Mapping[str, float]) -> dict[int, Boxes]:
    """Return the boxes of every sample."""
    categories = {row["token"]: row["name"] for row in tables.rows("category", "token", "name")}
    instances = {row["token"]: (n + 1, row["category_token"]) for n, row in enumerate(tables.rows("instance", "token", "category_token"))}
    fields = ("token", "sample_token", "instance_token", "translation", "size", "rotation", "prev", "next", "num_lidar_pts")
    rows = {row["token"]: row for row in tables.rows("sample_annotation", *fields) if row["sample_token"] in keys}
    found: dict[int, list[tuple[int, int, Matrix, NDArray[np.float64], NDArray[np.float64], int]]] = {k: [] for k in keys.values()}
    for row in rows.values():
        number, category = tables.linked(instances, row["instance_token"], "instance")
        kind = CLASSES.get(tables.linked(categories, category, "category"))
        if kind is not None:
            size = tables.numbers(row, "size", 3, "sample_annotation")[[1, 0, 2]]  # width, length, height
            points = int(tables.number(row, "num_lidar_pts", "sample_annotation"))
            velocity = _velocity(tables, rows, row, times_s)
            found[keys[row["sample_token"]]].append((number, int(kind), pose_of(row, tables.folder), size, velocity, max(points, 0)))
    return {key: _boxes(sorted(each, key=lambda box: box[0])) for key, each in found.items()}


def _boxes(found: list[tuple[int, int, Matrix, NDArray[np.float64], NDArray[np.float64], int]]) -> Boxes:
    ids, classes, poses, sizes, velocities, points = zip(*found, strict=True) if found else ((),) * 6
    arrays = np.array(poses).reshape(-1, 4, 4), np.array(sizes).reshape(-1, 3), np.array(velocities).reshape(-1, 3)
    return Boxes(tuple(ids), tuple(classes), *arrays, tuple(points))


def _velocity(
    tables: Tables, rows: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any], times_s: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return (3,) m/s between the annotations before and after, NaN where there is one alone or they are far apart."""
    first, last = rows.get(row["prev"], row), rows.get(row["next"], row)
    span_s = times_s[last["sample_token"]] - times_s[first["sample_token"]]
    gaps = (first is not row) + (last is not row)
    if not 0.0 < span_s <= _LONGEST_GAP_S * gaps:
        return np.full(3, np.nan)
    start, end = (tables.numbers(each, "translation", 3, "sample_annotation") for each in (first, last))
    return (end - start) / span_s
