"""The 41 vehicles: shapes by name, and the parts an actor shows."""

from __future__ import annotations

from simgen.server.assets.two_wheelers import TWO_WHEELERS, two_wheeler_mesh
from simgen.server.assets.vehicle_designs import DESIGNS
from simgen.server.assets.vehicle_kit import visible_box
from simgen.server.assets.vehicle_parts import part_mesh
from simgen.server.scene import Mesh

__all__ = ["KINDS", "vehicle_mesh", "visible_box"]

KINDS = TWO_WHEELERS | frozenset(DESIGNS)


def vehicle_mesh(type_id: str, far: bool = False, part: str = "") -> Mesh:
    """Return the mesh of a vehicle or of one of its parts (see `part_mesh`); `far` gives the coarse one. Raises KeyError for an
    unknown name."""
    if type_id in DESIGNS:
        return part_mesh(type_id, part, far)
    return two_wheeler_mesh(type_id, part, far)
