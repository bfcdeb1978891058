"""Requests of a client that cannot be carried out, and the bounds that numbers from outside must keep."""

from __future__ import annotations

import math

from simgen.errors import SimgenError
from simgen.server.values import Transform, Vector3D

FARTHEST_M = 1e7
"""Programs spawn props many kilometres up; beyond this float32 snapshots would mean nothing."""
FASTEST_MPS = 500.0
"""Faster bodies would sweep kilometres in a tick."""
FASTEST_DEGPS = 1e5
STRONGEST = 1e12
"""Bound of forces (N), impulses (N s), torques (N m)."""


class Refused(SimgenError):
    """A client asked for what the world cannot do; the text goes back to it and the world is as before."""


def bounded(vector: Vector3D, limit: float, what: str) -> Vector3D:
    """Return `vector`. Raises Refused where a component is no number or its size is above `limit`."""
    for value in vector.as_tuple():
        if not abs(value) <= limit:
            raise Refused(f"{what} must be within {limit:g}, got {value!r}")
    return vector


def bounded_transform(transform: Transform, what: str = "transform") -> Transform:
    """Return `transform` with its angles within a few turns. Raises Refused for numbers that place nothing."""
    bounded(transform.location, FARTHEST_M, f"location of the {what}")
    for angle in transform.rotation.as_tuple():
        if not math.isfinite(angle) or abs(angle) > FASTEST_DEGPS:
            raise Refused(f"rotation of the {what} must be in degrees, got {angle!r}")
    return transform


def bounded_number(value: float, low: float, high: float, what: str) -> float:
    """Return `value`. Raises Refused outside [low, high]."""
    if not low <= value <= high:
        raise Refused(f"{what} must be within {low:g} to {high:g}, got {value!r}")
    return value
