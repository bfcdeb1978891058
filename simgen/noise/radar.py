"""Measurement noise and missed detections of a radar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.noise import RadarNoise


def disturb_radar(detections: NDArray, noise: RadarNoise, rng: np.random.Generator) -> NDArray:
    """Return (M,) RADAR_DTYPE, M <= N: white noise on every field, some detections missed."""
    out = detections.copy()
    normal = rng.standard_normal((4, len(detections)))
    missed = rng.random(len(detections)) < noise.miss_rate
    out["range"] = np.maximum(out["range"] + noise.range_stddev_m * normal[0], 0.0)
    out["azimuth"] += (noise.azimuth_stddev_rad * normal[1]).astype(np.float32)
    out["altitude"] += (noise.altitude_stddev_rad * normal[2]).astype(np.float32)
    out["velocity"] += (noise.velocity_stddev_mps * normal[3]).astype(np.float32)
    return out[~missed]
