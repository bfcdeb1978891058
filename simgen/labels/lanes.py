"""Lanes near the ego, in 3D and in each camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import WorldState
from simgen.datatypes.rig import Mount
from simgen.datatypes.truth import COLORS, LANE_DTYPE, LANE_KINDS, MARKINGS
from simgen.geometry.pose import inverse, transform


def label_lanes(world: WorldState) -> tuple[NDArray, NDArray[np.float64]]:
    """Return ((L,) LANE_DTYPE, points (P, 3) in the ego frame, metres) of the map's polylines near the ego."""
    ego_from_world = inverse(world.ego.world_from_actor)
    rows = np.zeros(len(world.lanes), dtype=LANE_DTYPE)
    parts: list[NDArray[np.float64]] = []
    start = 0
    for row, line in zip(rows, world.lanes, strict=True):
        count = len(line.points_world)
        row["kind"] = LANE_KINDS.index(line.kind)
        row["marking"] = MARKINGS.index(line.marking if line.marking in MARKINGS else "other")
        row["color"] = COLORS.index(line.color if line.color in COLORS else "other")
        row["road_id"], row["lane_id"], row["start"], row["count"] = line.road_id, line.lane_id, start, count
        parts.append(transform(ego_from_world, line.points_world))
        start += count
    return rows, np.concatenate(parts) if parts else np.empty((0, 3))


def project_lanes(lane_points: NDArray[np.float64], mount: Mount) -> NDArray[np.float32]:
    """Return (P, 2) pixels of ego-frame points in the camera of `mount`; NaN behind the camera or outside the image."""
    camera = mount.camera
    pixels, _ = camera.project(transform(inverse(mount.ego_from_sensor), lane_points))
    pixels[~camera.contains(pixels)] = np.nan
    return pixels.astype(np.float32)
