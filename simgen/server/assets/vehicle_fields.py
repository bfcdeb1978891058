"""Coordinates in which outlines are given: which two numbers of a vertex they are, metres."""

from __future__ import annotations

import numpy as np

from simgen.server.assets.vehicle_cutting import Field
from simgen.server.assets.vehicle_forms import Body, Floats
from simgen.server.assets.vehicle_skin import AROUND, UP, Mask, Skin, X, Y, Z


def front_field(data: Floats) -> Floats:
    """Around from the middle of the front, and up."""
    return data[:, [AROUND, UP]]


def rear_field(around: float) -> Field:
    """Return around from the middle of the rear, `around` from that of the front, and up."""
    return lambda data: np.stack([around - data[:, AROUND], data[:, UP]], axis=1)


def side_field(data: Floats) -> Floats:
    """Along the vehicle, and up its rows."""
    return data[:, [X, UP]]


def flat_field(data: Floats) -> Floats:
    """Seen from the side."""
    return data[:, [X, Z]]


def above_field(data: Floats) -> Floats:
    """Seen from above."""
    return data[:, [X, Y]]


def flank(skin: Skin, body: Body) -> Mask:
    """Tell which triangles lie at the side."""
    return np.asarray(skin.centres([Y])[:, 0] > 0.45 * body.half_width)
