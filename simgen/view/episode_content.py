"""What the page needs of an episode before its frames: sensors, path, speed, what happened, how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import cv2
import numpy as np

from simgen.datatypes.rig import Kind, Mount
from simgen.datatypes.tags import PALETTE
from simgen.datatypes.truth import LANE_KINDS
from simgen.geometry.pose import inverse
from simgen.shards.reader import ShardReader
from simgen.view.arrangement import around
from simgen.view.frame_content import NO_PIXEL, OVERLAYS, PIXEL_STEPS, POINT_UNIT_M, Chosen, latest
from simgen.view.moments import moments
from simgen.view.overlay import COLORS, LANE_COLORS, LIGHT_COLORS
from simgen.view.wording import facts

MAX_PATH_POINTS = 1000


def header(shards: Sequence[ShardReader], chosen: Sequence[Chosen], left_out: int) -> dict[str, Any]:
    """Return what the page needs before any frame: the episodes, and the colours and names of codes."""
    turbo = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], cv2.COLORMAP_TURBO)[:, 0, ::-1]
    return {
        "episodes": [_episode(shard, part) for shard, part in zip(shards, chosen, strict=True)],
        "left_out": left_out,
        "classes": {int(c): [c.name.lower(), list(COLORS[c])] for c in COLORS},
        "tags": {int(tag): [tag.name.lower().replace("_", " "), list(color)] for tag, color in PALETTE.items()},
        "lanes": [[kind, list(LANE_COLORS[kind])] for kind in LANE_KINDS],
        "lights": [list(color) for color in LIGHT_COLORS],
        "ramp": turbo.tolist(),
        "unit_m": POINT_UNIT_M,
        "pixel_steps": PIXEL_STEPS,
        "no_pixel": NO_PIXEL,
    }


def _episode(shard: ShardReader, chosen: Chosen) -> dict[str, Any]:
    poses = [shard.ego(frame).world_from_ego for frame in range(len(shard))]
    speeds = [float(np.linalg.norm(shard.ego(frame).velocity_mps)) for frame in range(len(shard))]
    return {
        "name": shard.path.stem,
        "part": [shard.part, shard.parts],
        "tick_rate_hz": shard.tick_rate_hz,
        "span": [int(shard.ticks[0]), int(shard.ticks[-1])] if len(shard) else [0, 0],
        "frames": [_moment_of_frame(shard, frame, poses[frame], speeds[frame]) for frame in chosen.frames],
        "cameras": {device: _camera(mount) for device, mount in around(shard.rig)},
        "lidars": [m.name for m in shard.rig.of_kind(Kind.LIDAR)],
        "path": np.round([pose[:3, 3] for pose in poses[:: max(1, -(-len(poses) // MAX_PATH_POINTS))]], 2).tolist(),
        "speeds": np.round(speeds[:: max(1, -(-len(speeds) // MAX_PATH_POINTS))], 2).tolist(),
        "moments": [asdict(moment) for moment in moments(shard)],
        "facts": {**facts(shard.provenance), "rig": shard.rig.name},
        "latest": latest(shard, chosen),
        "overlays": [kind.value for kind in chosen.overlays],
        "provenance": shard.provenance,
        "outcome": shard.outcome,
        "note": _note(shard, chosen),
    }


def _moment_of_frame(shard: ShardReader, frame: int, pose: np.ndarray, speed: float) -> dict[str, Any]:
    values = {"tick": int(shard.ticks[frame]), "time": round(float(shard.times_s[frame]), 4), "speed": round(speed, 3)}
    return {**values, "pose": np.round(pose[:3], 6).reshape(-1).tolist()}


def _camera(mount: Mount) -> dict[str, Any]:
    camera = mount.camera
    return {
        "width": camera.width_px,
        "height": camera.height_px,
        "k": [camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px],
        "sensor_from_ego": np.round(inverse(mount.ego_from_sensor)[:3], 9).reshape(-1).tolist(),
    }


def _note(shard: ShardReader, chosen: Chosen) -> str:
    """Say what was left out."""
    stride = chosen.frames[1] - chosen.frames[0] if len(chosen.frames) > 1 else 1
    parts = [f"{len(chosen.frames)} of {len(shard)} frames" if stride > 1 else f"all {len(shard)} frames"]
    if shard.rig.of_kind(Kind.LIDAR):
        parts.append(f"at most about {chosen.points} LiDAR points a frame")
    if shard.rig.of_kind(Kind.RGB):
        parts.append("photographs as stored" if chosen.reduction == 1 else f"photographs at 1/{chosen.reduction} of their size")
    left_out = [kind.value for kind in OVERLAYS if shard.rig.of_kind(kind) and kind not in chosen.overlays]
    return "; ".join([*parts, f"{' and '.join(left_out)} images left out"] if left_out else parts)
