"""Radar detections as points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def radar_points(rows: NDArray) -> NDArray[np.float64]:
    """Return (N, 3) metres in the sensor frame of RADAR_DTYPE rows: azimuth is positive to the left, altitude upwards."""
    distance, azimuth, altitude = (rows[name].astype(np.float64) for name in ("range", "azimuth", "altitude"))
    flat = distance * np.cos(altitude)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), distance * np.sin(altitude)], axis=1)
