"""A recording for the Rerun viewer (https://rerun.io): sensors and labels as a tree of entities on the timeline "time".

world                                  tags of segmentation and points
  path                                 of the ego, static
  ego                                  its pose
    lidar, radar, boxes, lanes, lights
    CAMERA                             pinhole, static
      rgb, depth, semantic, instance, boxes2d, lanes2d
speed, gnss/*, imu/*, events           scalars and a text log
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import Kind, Mount
from simgen.datatypes.tags import PALETTE, ObjectClass
from simgen.datatypes.truth import LANE_KINDS, GroundTruth
from simgen.errors import EnvironmentFault
from simgen.geometry.pose import Matrix
from simgen.shards.reader import ShardReader
from simgen.view.detections import radar_points
from simgen.view.frame_content import newest
from simgen.view.images import media_type
from simgen.view.moments import moments
from simgen.view.overlay import COLORS, LANE_COLORS, LIGHT_COLORS
from simgen.view.rerun_layout import blueprint

IMU_AXES: tuple[str, ...] = (*(f"acceleration/{a}" for a in "xyz"), *(f"gyroscope/{a}" for a in "xyz"), "compass")
GNSS_AXES: tuple[str, ...] = ("latitude", "longitude", "altitude")
_EGO = "world/ego"
_FLAT = frozenset({Kind.GNSS, Kind.IMU})


def save_rerun(shard: ShardReader, path: Path, every: int = 1) -> Path:
    """Write each `every`-th frame of a shard as an .rrd file; returns its path. Raises EnvironmentFault without rerun-sdk."""
    rerun = _sdk()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    recording = rerun.RecordingStream("simgen", recording_id=shard.path.stem)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        recording.save(temporary, default_blueprint=blueprint(shard, _EGO))
        log = _Log(rerun, recording, shard)
        log.static()
        for frame in range(0, len(shard), every):
            log.frame(frame, frame - every)
        log.events()
        recording.disconnect()  # what is still waiting goes to the file
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:  # the SDK says RuntimeError of files that it cannot write
        raise EnvironmentFault(f"the recording must be writable, got {error} ({path})") from error
    finally:
        recording.disconnect()
        temporary.unlink(missing_ok=True)
    return path


def _sdk() -> ModuleType:
    try:
        import rerun
    except ImportError as error:
        raise EnvironmentFault(f"rerun-sdk must be installed (pip install 'simgen[view]'), got {error}") from None
    return rerun


class _Log:
    """Logs a shard into a recording."""

    def __init__(self, rerun: ModuleType, recording: Any, shard: ShardReader) -> None:
        self._rr, self._recording, self._shard = rerun, recording, shard
        self._labelled: dict[str, int] = {}
        self._kinds: Mapping[Kind, Callable[[str, Mount, Reading], None]] = MappingProxyType(
            {
                Kind.RGB: self._rgb,
                Kind.DEPTH: lambda path, mount, r: self._put(path, rerun.DepthImage(r.data, meter=1.0, depth_range=(0.0, 100.0))),
                Kind.SEMANTIC: lambda path, mount, r: self._put(path, rerun.SegmentationImage(r.data, opacity=0.5)),
                Kind.INSTANCE: lambda path, mount, r: self._put(path, rerun.SegmentationImage((r.data & 0xFFFF).astype(np.uint16))),
                Kind.LIDAR: self._lidar,
                Kind.RADAR: self._radar,
                Kind.GNSS: self._gnss,
                Kind.IMU: lambda path, mount, r: self._scalars(path, IMU_AXES, r.data),
            }
        )

    def static(self) -> None:
        """What does not change: the axes, colours, where the cameras are, the way the ego goes."""
        rr, shard = self._rr, self._shard
        self._put("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
        self._put("world", rr.AnnotationContext([(int(t), t.name.lower(), c) for t, c in PALETTE.items()]), static=True)
        classes = rr.AnnotationContext([(int(c), c.name.lower(), COLORS[c]) for c in COLORS])
        self._put(f"{_EGO}/boxes", classes, static=True)
        for device, mount in shard.rig.cameras().items():
            camera = mount.camera
            size = [camera.width_px, camera.height_px]
            pinhole = rr.Pinhole(
                image_from_camera=camera.matrix, resolution=size, camera_xyz=rr.ViewCoordinates.FLU, image_plane_distance=2.0
            )
            self._put(f"{_EGO}/{device}", pinhole, static=True)
            self._pose(f"{_EGO}/{device}", mount.ego_from_sensor, static=True)
            self._put(f"{_EGO}/{device}/boxes2d", classes, static=True)
            # Ids are no tags: without names of its own this image would be coloured as tags.
            self._put(f"{_EGO}/{device}/instance", rr.AnnotationContext([(0, "none", (0, 0, 0))]), static=True)
        path = [shard.ego(frame).world_from_ego[:3, 3] for frame in range(len(shard))]
        self._put("world/path", rr.LineStrips3D([np.array(path)], colors=[(255, 255, 255)]), static=True)

    def frame(self, frame: int, before: int) -> None:
        """Log the labels of a frame and what sensors measured since frame `before`, at its own time: of GNSS and IMU everything,
        of others the newest."""
        shard = self._shard
        since = int(shard.ticks[before]) if before >= 0 else -1
        for mount in shard.rig.mounts:
            last = newest(shard, mount.name, since, frame)
            if last is None or mount.kind not in self._kinds:
                continue
            first = int(np.searchsorted(shard.stream_ticks[mount.name], since + 1)) if mount.kind in _FLAT else last
            for row in range(first, last + 1):
                self._measured(mount, int(np.searchsorted(shard.ticks, shard.stream_ticks[mount.name][row])))
        self._labels(frame)

    def events(self) -> None:
        """Log what happened as text."""
        for moment in moments(self._shard):
            self._at(min(int(np.searchsorted(self._shard.ticks, max(moment.start_tick, 0))), len(self._shard) - 1))
            level = "ERROR" if moment.kind == Kind.COLLISION.value else "WARN" if moment.kind != "script" else "INFO"
            self._put("events", self._rr.TextLog(moment.text, level=level))

    # ------------------------------------------------------------------ inside

    def _measured(self, mount: Mount, frame: int) -> None:
        reading = self._shard.reading(mount.name, frame)
        if reading is None:
            return
        self._at(frame)
        camera = mount.device in self._shard.rig.cameras()
        path = f"{_EGO}/{mount.device}/{mount.kind.value}" if camera else mount.name if mount.kind in _FLAT else f"{_EGO}/{mount.name}"
        self._kinds[mount.kind](path, mount, reading)
        if camera and self._labelled.get(mount.device) != frame:
            self._labelled[mount.device] = frame
            self._labels2d(f"{_EGO}/{mount.device}", self._shard.truth(frame), mount.device)

    def _labels(self, frame: int) -> None:
        rr, shard = self._rr, self._shard
        truth, ego = shard.truth(frame), shard.ego(frame)
        self._at(frame)
        self._pose(_EGO, ego.world_from_ego)
        self._scalars("speed", ("ego",), np.array([np.linalg.norm(ego.velocity_mps)]))
        boxes = truth.boxes3d
        turns = np.roll(boxes["rotation"], -1, axis=1)  # Rerun's quaternions end with w
        sides = {"half_sizes": boxes["size"] / 2, "quaternions": turns, "class_ids": boxes["object_class"], "labels": _names(boxes)}
        self._put(f"{_EGO}/boxes", rr.Boxes3D(centers=boxes["centre"], show_labels=False, **sides))
        lines, colors = _lanes(truth, truth.lane_points)
        self._put(f"{_EGO}/lanes", rr.LineStrips3D(lines, colors=colors))
        lamps = [LIGHT_COLORS[min(int(s), len(LIGHT_COLORS) - 1)] for s in truth.lights["state"]]
        self._put(f"{_EGO}/lights", rr.Points3D(truth.lights["centre"], colors=lamps or None, radii=0.4))

    def _labels2d(self, path: str, truth: GroundTruth, device: str) -> None:
        tight, pixels = truth.boxes2d[device], truth.lane_pixels[device]
        boxes = self._rr.Boxes2D(
            array=tight["box"],
            array_format=self._rr.Box2DFormat.XYXY,
            class_ids=tight["object_class"],
            labels=_names(tight),
            show_labels=False,
        )
        self._put(f"{path}/boxes2d", boxes)
        lines, colors = _lanes(truth, pixels)
        self._put(f"{path}/lanes2d", self._rr.LineStrips2D(lines, colors=colors))

    def _rgb(self, path: str, mount: Mount, reading: Reading) -> None:
        row = int(np.searchsorted(self._shard.stream_ticks[mount.name], reading.tick))
        data = self._shard.stored(mount.name, row).tobytes()
        self._put(path, self._rr.EncodedImage(contents=data, media_type=media_type(data)))

    def _lidar(self, path: str, mount: Mount, reading: Reading) -> None:
        self._pose(path, mount.ego_from_sensor)
        self._put(
            path,
            self._rr.Points3D(_xyz(reading.data), class_ids=reading.data["tag"].astype(np.uint16), radii=self._rr.Radius.ui_points(1.5)),
        )

    def _radar(self, path: str, mount: Mount, reading: Reading) -> None:
        rows = reading.data
        colors = np.where(rows["velocity"][:, None] < 0, (255, 122, 122), (122, 184, 255)).astype(np.uint8)
        self._pose(path, mount.ego_from_sensor)
        self._put(path, self._rr.Points3D(radar_points(rows), colors=colors, radii=0.15))

    def _gnss(self, path: str, mount: Mount, reading: Reading) -> None:
        self._scalars(path, GNSS_AXES, reading.data)
        self._put(f"{path}/place", self._rr.GeoPoints(lat_lon=reading.data[None, :2]))

    def _scalars(self, path: str, names: tuple[str, ...], values: NDArray[np.float64]) -> None:
        for name, value in zip(names, values, strict=True):
            self._put(f"{path}/{name}", self._rr.Scalars(float(value)))

    def _pose(self, path: str, pose: Matrix, static: bool = False) -> None:
        self._put(path, self._rr.Transform3D(translation=pose[:3, 3], mat3x3=pose[:3, :3]), static=static)

    def _at(self, frame: int) -> None:
        self._recording.set_time("time", duration=float(self._shard.times_s[frame]))
        self._recording.set_time("tick", sequence=int(self._shard.ticks[frame]))

    def _put(self, path: str, entity: Any, static: bool = False) -> None:
        self._recording.log(path, entity, static=static, strict=True)


def _names(boxes: NDArray) -> list[str]:
    known = {int(c): c.name.lower() for c in ObjectClass}
    return [f"{known.get(int(b['object_class']), 'object')} {b['actor_id']}" for b in boxes]


def _lanes(truth: GroundTruth, points: NDArray) -> tuple[list[NDArray], list[tuple[int, int, int]]]:
    """Return the lines of `points`, broken where they are not finite, with their colours."""
    lines: list[NDArray] = []
    colors: list[tuple[int, int, int]] = []
    for lane in truth.lanes:
        line = points[lane["start"] : int(lane["start"]) + int(lane["count"])]
        gaps = np.flatnonzero(~np.isfinite(line).all(axis=1))
        for piece in np.split(line, gaps):
            whole = piece[np.isfinite(piece).all(axis=1)]
            if len(whole) > 1:
                lines.append(whole)
                colors.append(LANE_COLORS[LANE_KINDS[min(int(lane["kind"]), len(LANE_KINDS) - 1)]])
    return lines, colors


def _xyz(points: NDArray) -> NDArray[np.float32]:
    return np.stack([points["x"], points["y"], points["z"]], axis=1)
