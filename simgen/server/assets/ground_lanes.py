"""Lanes as bands that things can be laid on: lane coordinates, the look of each street's surface.

Lane coordinates are metres along the traffic's way and metres to the right of the lane's middle. Left-handed frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.rng import stream
from simgen.server.world.lane_strips import LaneStrip

Floats = NDArray[np.float64]

LANE_U = 4096.0
"""Asphalt with this or more as u is a lane: v is metres to the right of its middle, where the shader draws wheel tracks."""
KIND_U = 1024.0
"""Each so much of u (after `LANE_U`) is another kind of asphalt, paving or grass. Values keep away from its multiples, where
interpolation would waver between two kinds."""

OLD, COARSE, CAST = 0, 1, 2
"""Kinds of asphalt: fine and cracked, chippings, road concrete."""
SLABS, BLOCKS, SQUARES = 0, 1, 2
"""Kinds of paving."""


@dataclass(frozen=True)
class RoadLook:
    """The surface of one street."""

    kind: int
    color: tuple[int, int, int]
    """sRGB."""
    wear: float
    """0 new to 1 worn out."""
    paint: float
    """Share of the brightness of fresh paint."""


_ROADS: tuple[tuple[float, RoadLook], ...] = (
    (0.14, RoadLook(OLD, (66, 67, 70), 0.10, 1.00)),
    (0.30, RoadLook(OLD, (80, 81, 83), 0.55, 0.88)),
    (0.24, RoadLook(OLD, (91, 90, 89), 0.90, 0.78)),
    (0.16, RoadLook(COARSE, (87, 86, 84), 0.70, 0.84)),
    (0.11, RoadLook(COARSE, (98, 95, 91), 1.00, 0.72)),
    (0.05, RoadLook(CAST, (131, 128, 121), 0.60, 0.90)),
)
"""Share of the streets, look."""

JUNCTIONS = tuple(look for _, look in _ROADS[:3])


def road_look(road_id: int, seed: int) -> RoadLook:
    """Return the surface of a street outside junctions."""
    shares = np.array([share for share, _ in _ROADS])
    return _ROADS[int(stream(seed, "road surface", road_id).choice(len(_ROADS), p=shares / shares.sum()))][1]


def junction_look(junction_id: int, seed: int) -> RoadLook:
    """Return the surface of a junction: the same for all of its lanes, which lie upon each other."""
    return JUNCTIONS[int(stream(seed, "junction surface", junction_id).integers(len(JUNCTIONS)))]


def shaded(color: Iterable[float], factor: float) -> tuple[int, int, int]:
    """Return an sRGB colour times a factor."""
    r, g, b = (round(min(max(c * factor, 0.0), 255.0)) for c in color)
    return r, g, b


@dataclass(frozen=True)
class Band:
    """A lane in the direction of its traffic."""

    left: Floats
    """(N, 3)"""
    right: Floats
    """(N, 3)"""
    along: Floats
    """(N,) metres from the first sample, on the middle."""

    @classmethod
    def of(cls, strip: LaneStrip) -> Band:
        turn = 1 if strip.forward else -1
        left, right = strip.left[::turn], strip.right[::turn]
        steps = np.linalg.norm(np.diff((left + right) / 2, axis=0), axis=1)
        return cls(left, right, np.concatenate([[0.0], np.cumsum(steps)]))

    @property
    def length(self) -> float:
        return float(self.along[-1])

    def width(self, at: float) -> float:
        """Return the width at a distance."""
        return float(np.interp(at, self.along, np.linalg.norm(self.right - self.left, axis=1)))

    def point(self, at: Floats, aside: Floats) -> Floats:
        """Return points (..., 3) at distances along and metres right of the middle."""
        left, right = (np.stack([np.interp(at, self.along, side[:, k]) for k in range(3)], axis=-1) for side in (self.left, self.right))
        width = np.maximum(np.linalg.norm(right - left, axis=-1), 1e-6)
        share = 0.5 + np.asarray(aside) / width
        return np.asarray(left + (right - left) * share[..., None])

    def heading(self, at: float) -> Floats:
        """Return the unit direction (3,) of the traffic."""
        a, b = (self.point(np.array(v), np.array(0.0)) for v in (max(at - 0.5, 0.0), min(at + 0.5, self.length)))
        return np.asarray((b - a) / max(float(np.linalg.norm(b - a)), 1e-9))

    def samples(self, start: float, stop: float) -> Floats:
        """Return the distances at which a piece of the lane bends, its ends included."""
        inside = self.along[(self.along > start + 0.05) & (self.along < stop - 0.05)]
        return np.concatenate([[start], inside, [stop]])

    def at_samples(self, at: Floats) -> Band:
        """Return the same lane sampled at other distances (M,), which keep their meaning."""
        left, right = (np.stack([np.interp(at, self.along, side[:, k]) for k in range(3)], axis=-1) for side in (self.left, self.right))
        return Band(left, right, at)

    def ribbon(self, at: Floats, low: Floats | float, high: Floats | float, lift: float) -> tuple[Floats, Floats]:
        """Return quads (N - 1, 4, 3) and their lane coordinates (N - 1, 4, 2) between two offsets from the middle, face up."""
        lows, highs = np.broadcast_to(low, at.shape), np.broadcast_to(high, at.shape)
        left, right = (self.point(at, side) + np.array([0.0, 0.0, lift]) for side in (lows, highs))
        corners = np.stack([left[:-1], left[1:], right[1:], right[:-1]], axis=1)
        u = np.stack([at[:-1], at[1:], at[1:], at[:-1]], axis=1)
        v = np.stack([lows[:-1], lows[1:], highs[1:], highs[:-1]], axis=1)
        return corners, np.stack([u, v], axis=-1)


def has_area(corners: Floats) -> NDArray[np.bool_]:
    """Return which quads (N, 4, 3) are larger than a square centimetre."""
    return np.asarray(np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1) > 2e-4)


def asphalt_uvs(across: Floats, kind: int, lane: bool = True) -> Floats:
    """Return uvs (..., 2) of asphalt at metres across (...) from a lane's middle."""
    u = KIND_U * (kind + 0.5) + (LANE_U if lane else 0.0)
    return np.stack([np.full_like(across, u), across if lane else np.zeros_like(across)], axis=-1)


def paved_uvs(place: Floats, kind: int) -> Floats:
    """Return uvs (N, 4, 2) of paving of a kind from metres along and across (N, 4, 2); along starts anew every so often."""
    along = place[..., 0] - np.floor(place[..., 0].min(axis=1, keepdims=True) / (KIND_U / 2)) * (KIND_U / 2)
    return np.stack([along + KIND_U * (kind + 0.25), place[..., 1]], axis=-1)
