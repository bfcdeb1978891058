"""The dynamic vision sensor: events between two images, by CARLA's formula (after ESIM's linear interpolation)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.sensors.attributes import Attributes, flag, integer, number
from simgen.server.wire.streams import DVS_EVENT

LEAST_CHANGE = 1e-6
LEAST_STEP = 0.01
GREY = np.array([0.114, 0.587, 0.2989], dtype=np.float64)
"""Weights of blue, green, red."""

Image = NDArray[np.float64]


@dataclass(frozen=True)
class EventSettings:
    """The DVS attributes of a blueprint."""

    positive: float
    negative: float
    sigma_positive: float
    sigma_negative: float
    refractory_ns: int
    use_log: bool
    log_eps: float

    @classmethod
    def of(cls, attributes: Attributes) -> EventSettings:
        """Return the settings of blueprint `attributes`. Raises ValueError for values out of bounds."""
        return cls(
            positive=number(attributes, "positive_threshold", 0.3, 1e-3, 1e3),
            negative=number(attributes, "negative_threshold", 0.3, 1e-3, 1e3),
            sigma_positive=number(attributes, "sigma_positive_threshold", 0.0, 0.0, 1e3),
            sigma_negative=number(attributes, "sigma_negative_threshold", 0.0, 0.0, 1e3),
            refractory_ns=integer(attributes, "refractory_period_ns", 0, 0, 2**62),
            use_log=flag(attributes, "use_log", True),
            log_eps=number(attributes, "log_eps", 1e-3, 1e-9, 1e3),
        )

    def level(self, grey: Image) -> Image:
        """Return what thresholds are compared with: ln(log_eps + I / 255), or I itself."""
        return np.log(self.log_eps + grey / 255.0) if self.use_log else grey


def grey_of(bgra: NDArray[np.uint8]) -> Image:
    """Return (H, W) brightness 0..255 of a (H, W, 4) image."""
    return bgra[..., :3] @ GREY


class EventPixels:
    """The memory of the pixels: level at the last image, level of the last event, time of the last event."""

    def __init__(self, settings: EventSettings, rng: np.random.Generator) -> None:
        self._settings, self._rng = settings, rng
        self._level: Image | None = None
        self._reference = np.zeros((0, 0))
        self._last_ns = np.zeros((0, 0), dtype=np.int64)
        self._seen_ns = 0

    def see(self, grey: Image, elapsed_s: float) -> NDArray:
        """Take an image (H, W) 0..255; return the (N,) `DVS_EVENT` since the last one, by time."""
        level, now_ns = self._settings.level(grey), round(elapsed_s * 1e9)
        if self._level is None:
            self._level, self._reference = level, level.copy()
            self._last_ns = np.full(level.shape, np.iinfo(np.int64).min // 2)
            self._seen_ns = now_ns
        events = self._crossings(self._level, level, now_ns - self._seen_ns)
        self._level, self._seen_ns = level, now_ns
        return events[np.argsort(events["t_ns"], kind="stable")]

    def _crossings(self, before: Image, now: Image, span_ns: int) -> NDArray:
        change = now - before
        row, column = np.nonzero(np.abs(change) > LEAST_CHANGE)
        rise = change[row, column] > 0.0
        step = self._steps(rise)
        found = []
        while len(row):
            crossing = self._reference[row, column] + step
            start, end = before[row, column], now[row, column]
            crossed = np.where(rise, (crossing > start) & (crossing <= end), (crossing < start) & (crossing >= end))
            row, column, rise, step = row[crossed], column[crossed], rise[crossed], step[crossed]
            crossing, start, end = crossing[crossed], start[crossed], end[crossed]
            self._reference[row, column] = crossing
            time_ns = self._seen_ns + ((crossing - start) / (end - start) * span_ns).astype(np.int64)
            found.append(self._fire(row, column, rise, time_ns))
        return np.concatenate(found) if found else np.zeros(0, dtype=DVS_EVENT)

    def _steps(self, rise: NDArray[np.bool_]) -> Image:
        s = self._settings
        step = np.where(rise, s.positive, s.negative)
        sigma = np.where(rise, s.sigma_positive, s.sigma_negative)
        if s.sigma_positive > 0.0 or s.sigma_negative > 0.0:
            noisy = np.maximum(step + self._rng.normal(size=len(step)) * sigma, LEAST_STEP)
            step = np.where(sigma > 0.0, noisy, step)
        return np.where(rise, step, -step)

    def _fire(self, row: NDArray, column: NDArray, rise: NDArray, time_ns: NDArray) -> NDArray:
        """Return the events of pixels that are not still silent from their last one."""
        ready = time_ns - self._last_ns[row, column] >= self._settings.refractory_ns
        row, column, rise, time_ns = row[ready], column[ready], rise[ready], time_ns[ready]
        self._last_ns[row, column] = time_ns
        events = np.zeros(len(row), dtype=DVS_EVENT)
        events["x"], events["y"], events["t_ns"], events["polarity"] = column, row, time_ns, rise
        return events
