"""From light to display values: Unreal's filmic curve, white balance, exposure. Pure numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GREY = 0.18
"""The curve keeps this where it is."""
FACTOR = 0.60
"""What light is multiplied by in front of the clear noon."""
NOON_EV100 = math.log2(1.4**2 * 200.0)
"""The clear noon is so bright that CARLA's default manual exposure (f/1.4, 1/200 s, ISO 100) suits it."""
METERED_NOON_EV = 12.0
"""On the scale of `exposure_min_bright` and `exposure_max_bright`, a picture of the clear noon has this much light."""
NOON_LOG2 = math.log2(0.42)
"""Mean logarithm (base 2) of the light in such a picture."""
ADAPTED = 0.55
"""Share of the difference to noon that a metering camera makes good: a darker world gives a darker picture."""


@dataclass(frozen=True)
class Film:
    """Unreal's filmic tone mapper (`FilmToneMap` in its shaders, by its parameters' names)."""

    slope: float = 0.88
    toe: float = 0.55
    shoulder: float = 0.26
    black_clip: float = 0.0
    white_clip: float = 0.04
    contrast: float = 1.2
    """About grey; no attribute of a blueprint, CARLA's cameras have it fixed."""

    def knees(self) -> tuple[float, float, float]:
        """Return log10 of the light where the toe and the shoulder meet the straight part, and the straight part's offset."""
        scale = 1.0 + self.black_clip - self.toe
        reached = min(max((GREY + self.black_clip) / scale - 1.0, -0.999), 0.999)
        toe_at = math.log10(GREY) - 0.5 * math.log((1.0 + reached) / (1.0 - reached)) * scale / self.slope
        straight_at = (1.0 - self.toe) / self.slope - toe_at
        return toe_at, self.shoulder / self.slope - straight_at, straight_at

    def curve(self, light: Floats) -> Floats:
        """Return display values 0..1, linear: a toe, a straight part and a shoulder over log10 of the light."""
        toe_at, shoulder_at, straight_at = self.knees()
        toe_scale, shoulder_scale = 1.0 + self.black_clip - self.toe, 1.0 + self.white_clip - self.shoulder
        x = math.log10(GREY) + self.contrast * (np.log10(np.maximum(light, 1e-6)) - math.log10(GREY))
        straight = self.slope * (x + straight_at)
        toe = -self.black_clip + 2.0 * toe_scale / (1.0 + np.exp(-2.0 * self.slope / toe_scale * (x - toe_at)))
        top = 1.0 + self.white_clip
        shoulder = top - 2.0 * shoulder_scale / (1.0 + np.exp(2.0 * self.slope / shoulder_scale * (x - shoulder_at)))
        low, high = np.where(x < toe_at, toe, straight), np.where(x > shoulder_at, shoulder, straight)
        t = np.clip((x - min(toe_at, shoulder_at)) / max(abs(toe_at - shoulder_at), 1e-6), 0.0, 1.0)
        return np.asarray(np.clip(low + (high - low) * t * t * (3.0 - 2.0 * t), 0.0, 1.0))


def white_balance(temperature_k: float, tint: float) -> Floats:
    """Return (3,) factors under which light of the temperature looks white; warmer than 6500 K makes a warmer picture.

    The daylight and Planckian loci are those of CIE 15 and of B. Kim et al., US patent 7024034 (2006).
    """
    gain = _white(6500.0) / _white(temperature_k)
    gain = gain * np.array([1.0, 2.0 ** (-0.5 * tint), 1.0])
    return np.asarray(gain / gain.mean())


def _white(kelvin: float) -> Floats:
    t = 1000.0 / min(max(kelvin, 1700.0), 25000.0)
    if t < 0.25:
        x = (
            -4.6070 * t**3 + 2.9678 * t**2 + 0.09911 * t + 0.244063
            if t > 1.0 / 7.0
            else -2.0064 * t**3 + 1.9018 * t**2 + 0.24748 * t + 0.23704
        )
        y = -3.0 * x * x + 2.870 * x - 0.275
    else:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    xyz = np.array([x / y, 1.0, (1.0 - x - y) / y])
    rgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]) @ xyz
    return np.asarray(np.maximum(rgb, 0.02))


def manual_stops(shutter_per_s: float, iso: float, fstop: float) -> float:
    """Return the stops between a manual camera and the one that suits the noon: EV100 = log2(N^2 * shutter * 100 / iso)."""
    return NOON_EV100 - math.log2(fstop**2 * shutter_per_s * 100.0 / iso)
