"""Exposure, defocus, photon and read noise of a camera."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.noise import CameraNoise

GAMMA = 2.2
"""Of the 8-bit image: CARLA's `gamma` default."""


def expose(rgb: NDArray[np.uint8], noise: CameraNoise, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the (H, W, 3) uint8 image as a sensor with a finite full well would record it.

    In linear light: point spread, exposure, then shot noise of standard deviation sqrt(electrons) (the normal limit of the
    Poisson law) plus read noise, as in the EMVA 1288 linear camera model. Without any of them the image is returned as it is.
    """
    if noise.exposure_ev == 0.0 and noise.blur_px == 0.0 and not noise.shot and noise.read_noise_e == 0.0:
        return rgb
    linear = _TO_LINEAR[rgb]
    if noise.blur_px > 0.0:
        linear = cv2.GaussianBlur(linear, (0, 0), noise.blur_px, borderType=cv2.BORDER_REFLECT_101)
    linear *= np.float32(2.0**noise.exposure_ev)
    if noise.shot or noise.read_noise_e > 0.0:
        electrons = linear * np.float32(noise.full_well_e)
        variance = np.float32(noise.read_noise_e**2) + (electrons if noise.shot else np.float32(0.0))
        electrons += rng.standard_normal(electrons.shape, dtype=np.float32) * np.sqrt(variance)
        linear = electrons / np.float32(noise.full_well_e)
    codes = np.clip(linear, 0.0, 1.0) * np.float32(len(_TO_CODE) - 1)
    return _TO_CODE[np.rint(codes).astype(np.int32)]


_TO_LINEAR = ((np.arange(256) / 255.0) ** GAMMA).astype(np.float32)
# 16 bits of linear light: finer than one 8-bit code even in the shadows, where the gamma curve is steep.
_TO_CODE = np.rint((np.arange(65536) / 65535.0) ** (1.0 / GAMMA) * 255.0).astype(np.uint8)
