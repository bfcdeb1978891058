"""A video of a shard in real time: the cameras with their labels in a grid, and the scene from above."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import Kind, Mount
from simgen.errors import ConfigError, EnvironmentFault
from simgen.geometry.pose import Matrix, inverse
from simgen.shards.reader import ShardReader
from simgen.view.arrangement import around
from simgen.view.birdseye import BACKGROUND, draw_birdseye
from simgen.view.frame_content import newest
from simgen.view.overlay import Image, draw_labels
from simgen.view.wording import facts

CODECS: Mapping[str, tuple[str, ...]] = MappingProxyType({".mp4": ("mp4v", "vp09"), ".webm": ("VP80", "VP90"), ".avi": ("MJPG",)})
"""By suffix, the best first. OpenCV's wheels encode no H.264: MPEG-4 (.mp4) takes 7 ms a frame and plays in players, VP8 (.webm) takes
150 ms and plays in browsers too."""
WIDTH_PX = 1920
"""About."""
MOST_HZ = 30.0
NO_CAMERA_PX = 720
"""Side of the scene from above where a rig has no camera."""
CAPTION: tuple[str, ...] = ("scenario", "seed", "map", "weather")
CAPTION_PX = 26
GAP = 4


def save_video(shard: ShardReader, path: Path, every: int = 0) -> Path:
    """Write each `every`-th frame at such a rate that the video plays in real time; returns its path.

    0 takes as many frames as stay at or below `MOST_HZ`.

    Raises ConfigError for a suffix without a codec, EnvironmentFault where OpenCV has none of them or the disk refuses.
    """
    if path.suffix not in CODECS:
        raise ConfigError(f"the video must end in one of {', '.join(CODECS)}, got {path}")
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(shard, temporary, every or math.ceil(shard.tick_rate_hz / MOST_HZ))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _write(shard: ShardReader, path: Path, every: int) -> None:
    film, frames = _Film(shard), range(0, len(shard), every)
    picture = film.picture(0)
    writer = _open_writer(path, shard.tick_rate_hz / every, (picture.shape[1], picture.shape[0]))
    try:
        for frame in frames:
            picture = film.picture(frame)
            writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    finally:
        writer.release()
    # The writer says nothing of a full disk.
    if not path.exists() or (written := count_frames(path)) != len(frames):
        raise EnvironmentFault(f"the video must hold {len(frames)} frames, got {written if path.exists() else 'no file'} ({path})")


def count_frames(path: Path) -> int:
    """Return how many frames of a video can be decoded."""
    video, count = cv2.VideoCapture(str(path)), 0
    while video.grab():
        count += 1
    video.release()
    return count


def _open_writer(path: Path, rate_hz: float, size: tuple[int, int]) -> cv2.VideoWriter:
    for codec in CODECS[path.suffix]:
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate_hz, size)
        if writer.isOpened():
            return writer
    raise EnvironmentFault(
        f"OpenCV must have a codec for {path.suffix} ({', '.join(CODECS[path.suffix])}) and a writable file, got none ({path})"
    )


class _Film:
    """Draws frames of a shard one after another; a sensor that is not due shows what it measured last.

    The cameras stand in rows on the left; the scene from above is a square on their right, as high as they are.
    """

    def __init__(self, shard: ShardReader) -> None:
        self._shard = shard
        self._cameras: Sequence[tuple[str, Mount]] = around(shard.rig)
        count = len(self._cameras)
        self._columns = 1 if count == 1 else 2 if count <= 4 else 3
        rows = math.ceil(count / self._columns)
        aspect = max((m.camera.height_px / m.camera.width_px for _, m in self._cameras), default=0.0)
        width = int(WIDTH_PX / (self._columns + rows * aspect)) if count else 0
        self._tile = width, max(1, int(width * aspect))
        self._side = rows * (self._tile[1] + GAP) if count else NO_CAMERA_PX
        self._held: dict[str, Image] = {}
        self._seen: dict[str, int] = {}
        self._scans: dict[str, Reading] = {}
        told = facts(shard.provenance)
        self._title = "   ".join(f"seed {told[key]}" if key == "seed" else told[key] for key in CAPTION if key in told)

    def picture(self, frame: int) -> Image:
        """Return (H, W, 3) uint8 RGB of even sizes."""
        width, height = (side + GAP for side in self._tile)
        left = self._columns * width if self._cameras else 0
        canvas = np.full((CAPTION_PX + self._side, left + self._side, 3), BACKGROUND, dtype=np.uint8)
        for place, (device, mount) in enumerate(self._cameras):
            tile = self._camera(frame, device, mount)
            _put(canvas, tile, (CAPTION_PX + place // self._columns * height, place % self._columns * width))
        _put(canvas, self._above(frame), (CAPTION_PX, left))
        speed = float(np.linalg.norm(self._shard.ego(frame).velocity_mps))
        _write_text(canvas, f"{self._shard.times_s[frame]:.2f} s   {speed:.1f} m/s   {self._title}", (8, 18))
        return canvas[: canvas.shape[0] // 2 * 2, : canvas.shape[1] // 2 * 2]

    def _camera(self, frame: int, device: str, mount: Mount) -> Image:
        name = f"{device}.{Kind.RGB.value}"
        found = self._measured(name, frame) if any(m.name == name for m in self._shard.rig.mounts) else None
        if found is not None:
            own, reading = found
            self._held[device] = self._fitted(draw_labels(reading.data, self._shard.truth(own), mount), device)
        return self._held.get(device, self._fitted(np.zeros((9, 16, 3), np.uint8), device))

    def _fitted(self, image: Image, name: str) -> Image:
        scale = min(self._tile[0] / image.shape[1], self._tile[1] / image.shape[0])
        size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
        small = np.array(cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), dtype=np.uint8)
        _write_text(small, name, (8, 18))
        return small

    def _above(self, frame: int) -> Image:
        ego_from_world = inverse(self._shard.ego(frame).world_from_ego)
        for mount in self._shard.rig.of_kind(Kind.LIDAR):
            found = self._measured(mount.name, frame)
            if found is not None:
                self._scans[mount.name] = found[1]
        lidars: list[tuple[Reading, Matrix]] = [(r, ego_from_world @ r.world_from_sensor) for r in self._scans.values()]
        return draw_birdseye(self._shard.truth(frame), lidars, size_px=self._side)

    def _measured(self, name: str, frame: int) -> tuple[int, Reading] | None:
        """Return the newest reading since it was last asked for, with its own frame."""
        row = newest(self._shard, name, self._seen.get(name, -1), frame)
        if row is None:
            return None
        self._seen[name] = int(self._shard.stream_ticks[name][row])
        own = int(np.searchsorted(self._shard.ticks, self._seen[name]))
        reading = self._shard.reading(name, own)
        return None if reading is None else (own, reading)


def _put(canvas: Image, tile: Image, corner: tuple[int, int]) -> None:
    top, left = corner
    canvas[top : top + tile.shape[0], left : left + tile.shape[1]] = tile


def _write_text(canvas: Image, text: str, place: tuple[int, int]) -> None:
    for shift, color in ((1, (0, 0, 0)), (0, (235, 235, 235))):
        cv2.putText(canvas, text, (place[0] + shift, place[1] + shift), cv2.FONT_HERSHEY_SIMPLEX, 0.45, color, 1, cv2.LINE_AA)
