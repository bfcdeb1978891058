"""Where a building may stand, and what its sides look at. Lot frame: x along the street, y away from it. Metres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from simgen.server.assets.building_draft import Color, Plan

DEEP_M = 1.2
"""Walls go on this far into the ground, which may slope."""
PLINTH: Color = (112, 108, 102)


class End(IntEnum):
    """What a side of a building looks at."""

    PARTY = 0
    """The wall of its neighbour: nobody sees it but above the neighbour's roof."""
    PLAIN = 1
    """Yards and gardens."""
    STREET = 2


@dataclass(frozen=True)
class Site:
    """Room for one building."""

    width: float
    depth: float
    right: End
    back: End
    left: End
    setback: float
    tall: float
    """0..1: where between the least and the greatest number of storeys."""
    front: End = End.STREET

    @property
    def plan(self) -> Plan:
        return Plan(0.0, 0.0, self.width, self.depth)
