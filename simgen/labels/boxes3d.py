"""3D boxes in the ego frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.frame import Thing, WorldState
from simgen.datatypes.tags import ObjectClass
from simgen.datatypes.truth import BOX3D_DTYPE
from simgen.geometry.pose import inverse, quaternion_from_rotation, rotate
from simgen.labels.visibility import PixelCounts

NOT_BOXED = frozenset({ObjectClass.TRAFFIC_LIGHT, ObjectClass.TRAFFIC_SIGN})
"""Lights have labels of their own; signs stand still and belong to the map."""


def boxed(world: WorldState) -> tuple[Thing, ...]:
    """Return the actors that get boxes: every vehicle, walker and prop but the ego, by actor id."""
    return tuple(thing for thing in world.others if thing.object_class not in NOT_BOXED)


def label_boxes3d(world: WorldState, pixels: Iterable[PixelCounts], lidar_points: Mapping[int, int]) -> NDArray:
    """Return (N,) BOX3D_DTYPE of all actors around the ego, seen or not: `visible_pixels` and `lidar_points` tell."""
    things = boxed(world)
    rows = np.zeros(len(things), dtype=BOX3D_DTYPE)
    if not things:
        return rows
    seen = list(pixels)
    ego_from_world = inverse(world.ego.world_from_actor)
    ego_from_box = ego_from_world @ np.stack([thing.world_from_box for thing in things])
    rows["actor_id"] = [thing.actor_id for thing in things]
    rows["object_class"] = [thing.object_class for thing in things]
    rows["centre"] = ego_from_box[:, :3, 3]
    rows["size"] = [thing.size_m for thing in things]
    rows["rotation"] = quaternion_from_rotation(ego_from_box[:, :3, :3])
    rows["velocity"] = rotate(ego_from_world, np.stack([thing.velocity_mps for thing in things]))
    rows["angular_velocity"] = rotate(ego_from_world, np.stack([thing.angular_velocity_radps for thing in things]))
    rows["visible_pixels"] = [sum(p[t.actor_id].pixels for p in seen if t.actor_id in p) for t in things]
    rows["lidar_points"] = [lidar_points.get(thing.actor_id, 0) for thing in things]
    return rows
