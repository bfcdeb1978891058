"""Words of the town plan: kinds of town, and the lots that have been built on. Left-handed world frame, metres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class District(IntEnum):
    """Kinds of town, from the middle outwards."""

    CENTRE = 0
    """Closed fronts of old houses with shops, 3 to 5 storeys."""
    OFFICES = 1
    """Towers and large blocks."""
    RESIDENTIAL = 2
    """Terraces and blocks of flats, some with greens before them."""
    SUBURB = 3
    """Detached houses in gardens."""
    INDUSTRIAL = 4
    """Halls and yards."""


@dataclass(frozen=True)
class Lot:
    """A piece of land along a street with one building on it."""

    plot: Floats
    """(4, 2): from (0, 0) in the direction of the street, then away from it: the building, its front garden and what lies at its
    sides and back. The first two corners lie on the edge of the pavement."""
    house: Floats
    """(4, 2) footprint of the building in the same order."""
    pose: Floats
    """(4, 4) world_from_house: origin at the near left corner of the building on the ground, x along the street, y away from it."""
    width: float
    """Of the building along the street."""
    depth: float
    """Of the building away from the street."""
    setback: float
    """From the edge of the pavement to the front of the building."""
    district: District
    style: str
    """Name of the building's style."""
    gabled: bool
    """Whether it is a house with a pitched roof in a garden, rather than a block."""
    open_front: tuple[tuple[float, float], ...] = ()
    """Stretches (from, to) along the house's x that paths and drives cross: no fence or hedge there."""
