"""Several LiDAR sweeps as one cloud: earlier points moved into the frame of the latest, with their age."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib import recfunctions
from numpy.typing import NDArray

from simgen.datatypes.readings import Reading
from simgen.shards.direct import DirectReader


def with_sweeps(reader: DirectReader, name: str, frame: int, latest: Reading, count: int) -> NDArray[Any]:
    """Return the points of `latest` and of the `count` sweeps before it in the sensor frame of `latest`, newest first.

    A field "time_s" float32 is added: the age as a negative number, 0 for the latest, as nuScenes' devkit has it
    (`LidarPointCloud.from_file_multisweep`). Moving objects leave trails, as there. Fewer where the shard begins.
    """
    row = reader.row_at(name, frame)
    assert row is not None, "the latest sweep is of this frame"
    stream = reader.index.streams[name]
    clouds = [_aged(latest.data, 0.0)]
    sensor_from_world = np.linalg.inv(latest.world_from_sensor)
    for earlier in range(row - 1, max(row - 1 - count, -1), -1):
        sensor_from_earlier = sensor_from_world @ reader.rows(stream.pose, earlier, earlier + 1)[0]
        age_s = (int(stream.ticks[earlier]) - latest.tick) / reader.index.tick_rate_hz
        clouds.append(_aged(moved(reader.data(name, earlier), sensor_from_earlier), age_s))
    return np.concatenate(clouds)


def moved(points: NDArray[Any], target_from_points: NDArray[np.float64]) -> NDArray[Any]:
    """Return structured points (N,) with x, y, z taken into another frame by a (4, 4) pose."""
    out = points.copy()
    xyz = np.stack([points[axis] for axis in "xyz"], axis=1) @ target_from_points[:3, :3].T + target_from_points[:3, 3]
    for axis, values in zip("xyz", xyz.T, strict=True):
        out[axis] = values
    return out


def _aged(points: NDArray[Any], age_s: float) -> NDArray[Any]:
    ages = np.full(len(points), age_s, dtype=np.float32)
    return np.asarray(recfunctions.append_fields(points, "time_s", ages, usemask=False))
