"""The noise of one frame: each reading through the model of its kind, from its own random stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import Frame
from simgen.datatypes.noise import Noise
from simgen.datatypes.readings import Reading
from simgen.datatypes.rig import Kind
from simgen.noise.camera import expose
from simgen.noise.inertial import disturb_gnss, disturb_imu
from simgen.noise.lidar import disturb_lidar
from simgen.noise.radar import disturb_radar
from simgen.rng import stream

Model = Callable[[NDArray, Noise, np.random.Generator], NDArray]

MODELS: Mapping[Kind, Model] = MappingProxyType(
    {
        Kind.RGB: lambda data, noise, rng: expose(data, noise.camera, rng),
        Kind.LIDAR: lambda data, noise, rng: disturb_lidar(data, noise.lidar, rng),
        Kind.RADAR: lambda data, noise, rng: disturb_radar(data, noise.radar, rng),
        Kind.GNSS: lambda data, noise, rng: disturb_gnss(data, noise.gnss, rng),
        Kind.IMU: lambda data, noise, rng: disturb_imu(data, noise.imu, rng),
    }
)
"""Kinds without an entry (depth, masks, events) are ground truth and pass untouched."""


def degrade(frame: Frame, noise: Noise, seed: int) -> Frame:
    """Return the frame as real sensors would have given it.

    Every reading draws from `stream(seed, "noise", mount name, tick)`: adding a sensor or a tick changes no other reading.
    """
    return replace(frame, readings=MappingProxyType({name: _degrade(r, noise, seed) for name, r in frame.readings.items()}))


def _degrade(reading: Reading, noise: Noise, seed: int) -> Reading:
    model = MODELS.get(reading.kind)
    if model is None:
        return reading
    return replace(reading, data=model(reading.data, noise, stream(seed, "noise", reading.name, reading.tick)))
