"""Bias and white noise of GNSS and IMU."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.noise import GnssNoise, ImuNoise

EARTH_RADIUS_M = 6378137.0
"""WGS84 equatorial radius; the sphere on which CARLA's map projection works."""


def disturb_gnss(fix: NDArray[np.float64], noise: GnssNoise, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (latitude deg, longitude deg, altitude m) with bias and white noise given in metres east, north and up."""
    east, north, up = rng.standard_normal(3) * (noise.horizontal_stddev_m, noise.horizontal_stddev_m, noise.vertical_stddev_m)
    east, north, up = east + noise.bias_east_m, north + noise.bias_north_m, up + noise.bias_up_m
    latitude, longitude, altitude = fix
    degrees_per_metre = 180.0 / (math.pi * EARTH_RADIUS_M)
    return np.array(
        [
            latitude + north * degrees_per_metre,
            longitude + east * degrees_per_metre / math.cos(math.radians(latitude)),
            altitude + up,
        ]
    )


def disturb_imu(reading: NDArray[np.float64], noise: ImuNoise, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (ax, ay, az, wx, wy, wz, compass) with constant bias and white noise; the compass stays in [0, 2 pi)."""
    out = np.asarray(reading, dtype=np.float64).copy()
    normal = rng.standard_normal(7)
    out[:3] += np.asarray(noise.accel_bias_mps2) + noise.accel_stddev_mps2 * normal[:3]
    out[3:6] += np.asarray(noise.gyro_bias_radps) + noise.gyro_stddev_radps * normal[3:6]
    if noise.compass_stddev_rad > 0.0:
        out[6] = (out[6] + noise.compass_stddev_rad * normal[6]) % (2.0 * math.pi)
    return out
