"""The order in which the cameras of a rig stand on a screen."""

from __future__ import annotations

import math

from simgen.datatypes.rig import Mount, Rig
from simgen.geometry.pose import yaw_of


def around(rig: Rig) -> list[tuple[str, Mount]]:
    """Return (device, mount) of the cameras: those that look ahead from left to right, then those that look back, likewise."""
    return sorted(rig.cameras().items(), key=lambda item: _place(yaw_of(item[1].ego_from_sensor)))


def _place(yaw: float) -> tuple[bool, float]:
    """Return what to sort by. Seen from inside, left is left for both rows: 110 degrees comes before 180 and 250."""
    ahead = abs(yaw) <= math.pi / 2 + 1e-9
    return not ahead, -yaw if ahead else yaw % (2 * math.pi)
