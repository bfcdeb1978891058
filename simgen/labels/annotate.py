"""All labels of one frame: the order in which they are computed."""

from __future__ import annotations

from simgen.datatypes.frame import Frame
from simgen.datatypes.rig import Rig
from simgen.datatypes.truth import GroundTruth
from simgen.labels.boxes2d import label_boxes2d
from simgen.labels.boxes3d import label_boxes3d
from simgen.labels.lanes import label_lanes, project_lanes
from simgen.labels.lights import label_lights
from simgen.labels.visibility import count_lidar_points, count_pixels


def annotate(frame: Frame, rig: Rig) -> GroundTruth:
    """Return the ground truth of a CLEAN frame (before noise: masks and point ids are counted as the server gave them)."""
    pixels = {device: count_pixels(device, frame) for device in rig.cameras()}
    points = count_lidar_points(frame)
    boxes3d = label_boxes3d(frame.world, pixels.values(), points)
    boxes2d = {device: label_boxes2d(frame.world, mount, pixels[device]) for device, mount in rig.cameras().items() if pixels[device]}
    lanes, lane_points = label_lanes(frame.world)
    lane_pixels = {device: project_lanes(lane_points, mount) for device, mount in rig.cameras().items()}
    return GroundTruth(frame.tick, boxes3d, boxes2d, lanes, lane_points, lane_pixels, label_lights(frame.world))
