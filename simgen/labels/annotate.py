"""All labels of one frame: the order in which they are computed."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import replace

import numpy as np

from simgen.datatypes.frame import Frame, WorldState
from simgen.datatypes.rig import Rig
from simgen.datatypes.truth import GroundTruth
from simgen.labels.boxes2d import label_boxes2d
from simgen.labels.boxes3d import label_boxes3d
from simgen.labels.lanes import label_lanes, project_lanes
from simgen.labels.lights import label_lights
from simgen.labels.visibility import count_lidar_points, count_pixels


def annotate(frame: Frame, rig: Rig, radius_m: float = math.inf) -> GroundTruth:
    """Return the ground truth of a CLEAN frame (before noise: masks and point ids are counted as the server gave them).

    Labelled is what is within `radius_m` of the ego, and whatever a camera or a LiDAR sees of the rest: nothing visible goes
    without a label.
    """
    pixels = {device: count_pixels(device, frame) for device in rig.cameras()}
    points = count_lidar_points(frame)
    world = keep_labelled(frame.world, radius_m, seen={*points, *(i for seen in pixels.values() for i in seen)})
    boxes3d = label_boxes3d(world, pixels.values(), points)
    boxes2d = {device: label_boxes2d(world, mount, pixels[device]) for device, mount in rig.cameras().items() if pixels[device]}
    lanes, lane_points = label_lanes(world)
    lane_pixels = {device: project_lanes(lane_points, mount) for device, mount in rig.cameras().items()}
    return GroundTruth(frame.tick, boxes3d, boxes2d, lanes, lane_points, lane_pixels, label_lights(world))


def keep_labelled(world: WorldState, radius_m: float, seen: Container[int]) -> WorldState:
    """Return the world without the actors that are both farther from the ego than `radius_m` and not `seen`."""
    centre = world.ego.world_from_actor[:3, 3]
    near = (t for t in world.others if t.actor_id in seen or np.linalg.norm(t.world_from_actor[:3, 3] - centre) <= radius_m)
    return replace(world, others=tuple(near))
