"""Traffic lights near the ego."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import WorldState
from simgen.datatypes.tags import ObjectClass
from simgen.datatypes.truth import LIGHT_DTYPE
from simgen.geometry.pose import inverse


def label_lights(world: WorldState) -> NDArray:
    """Return (K,) LIGHT_DTYPE of the traffic lights around the ego, by actor id."""
    lights = [thing for thing in world.others if thing.object_class is ObjectClass.TRAFFIC_LIGHT]
    rows = np.zeros(len(lights), dtype=LIGHT_DTYPE)
    ego_from_world = inverse(world.ego.world_from_actor)
    for row, light in zip(rows, lights, strict=True):
        row["actor_id"], row["state"] = light.actor_id, light.traffic_light_state
        row["centre"] = (ego_from_world @ light.world_from_box)[:3, 3]
    return rows
