"""Range noise, attenuation and lost returns of a LiDAR."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.noise import LidarNoise


def disturb_lidar(points: NDArray, noise: LidarNoise, rng: np.random.Generator) -> NDArray:
    """Return (M,) LIDAR_DTYPE, M <= N: intensities attenuated, ranges disturbed along their rays, some returns lost.

    Intensity is exp(-a r) of the true range. A return of intensity i below the limit L survives with probability
    1 - p0 (1 - i / L), which is CARLA's drop-off law (documentation page "Sensors reference", LiDAR) written out.
    """
    out = points.copy()
    xyz = np.stack([points["x"], points["y"], points["z"]], axis=1).astype(np.float64)
    range_m = np.linalg.norm(xyz, axis=1)
    intensity = np.exp(-noise.attenuation_per_m * range_m)
    out["intensity"] = intensity
    # Always drawn, so that one parameter does not shift the random numbers of another.
    along, random_loss, weak_loss = rng.standard_normal(len(points)), rng.random(len(points)), rng.random(len(points))
    if noise.range_stddev_m > 0.0:
        scale = 1.0 + noise.range_stddev_m * along / np.maximum(range_m, 1e-6)
        out["x"], out["y"], out["z"] = (xyz * np.maximum(scale, 0.0)[:, None]).T
    weakness = np.clip(1.0 - intensity / max(noise.dropoff_intensity_limit, 1e-9), 0.0, 1.0)
    kept = (random_loss >= noise.dropoff_rate) & (weak_loss >= noise.dropoff_zero_intensity * weakness)
    return out[kept]
