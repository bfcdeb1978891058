"""Readings: what one sensor gave at one tick, in simgen's right-handed frames.

`Reading.data` by kind:

========== =============================== ============================================================================
rgb        (H, W, 3) uint8                 R, G, B
depth      (H, W) float32                  metres along the optical axis; 1000 where nothing was hit
semantic   (H, W) uint8                    `datatypes.tags.Tag`
instance   (H, W) uint32                   CARLA actor id (its low 16 bits on the wire), 0 where no actor
lidar      (N,) LIDAR_DTYPE                points of one tick, sensor frame (x forward, y left, z up)
radar      (N,) RADAR_DTYPE                detections
gnss       (3,) float64                    latitude deg, longitude deg, altitude m
imu        (7,) float64                    ax, ay, az m/s^2; wx, wy, wz rad/s (sensor frame); compass rad from north
collision  (N,) COLLISION_DTYPE            one row per event of the tick; N >= 1
lane_invasion (N,) uint8                   crossed markings, `carla.LaneMarkingType` values
obstacle   (N,) OBSTACLE_DTYPE             one row per event of the tick; N >= 1
========== =============================== ============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import Kind
from simgen.geometry.pose import Matrix

LIDAR_DTYPE = np.dtype(
    [
        ("x", "<f4"),
        ("y", "<f4"),
        ("z", "<f4"),
        ("intensity", "<f4"),
        ("cos_incidence", "<f4"),
        ("object_id", "<u4"),
        ("tag", "u1"),
        ("channel", "u1"),
    ]
)
"""x, y, z metres; intensity 0..1; object_id the CARLA actor id or 0; channel counts from the top laser."""

RADAR_DTYPE = np.dtype([("range", "<f4"), ("azimuth", "<f4"), ("altitude", "<f4"), ("velocity", "<f4")])
"""range m; azimuth rad, positive LEFT; altitude rad, positive up; velocity m/s, negative when approaching."""

COLLISION_DTYPE = np.dtype([("other_id", "<u4"), ("impulse", "<f4", (3,))])
"""other_id 0 for scenery; impulse N s, world frame."""

OBSTACLE_DTYPE = np.dtype([("other_id", "<u4"), ("distance", "<f4")])

FAR_M = 1000.0
"""The depth of the sky: the far plane of CARLA's depth camera."""


@dataclass(frozen=True)
class Reading:
    """What the mount called `name` measured at `tick`."""

    name: str
    kind: Kind
    tick: int
    world_from_sensor: Matrix
    data: NDArray
