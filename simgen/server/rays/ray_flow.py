"""Optical flow of what rays met: where each pixel's surface was at an earlier moment, seen from where the camera was then."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import inverse, mirror_points, transform
from simgen.server.rays.shading import Picture
from simgen.server.scene import Moment
from simgen.server.sensors import View

Floats = NDArray[np.float64]

_SKY_M = 1e7
"""So far away that only the camera's turning moves it."""
_NEAREST_M = 1e-3
"""What was at or behind the earlier camera is taken to have been this far before it."""


def flow_pixels(picture: Picture, view: View, moment: Moment, view_before: View, moment_before: Moment) -> NDArray[np.float32]:
    """Return (H, W, 2) float32: how far each pixel's surface has moved since the moment before, in pixels right and down.

    Actors move rigidly, limbs with the body; what was not there before has not moved.
    """
    distance = np.where(picture.solid, picture.hits.distance.astype(np.float64), _SKY_M)
    points = picture.origin + picture.directions * distance[:, None]
    was = points.copy()
    for actor_id, before_from_now in _motions(moment, moment_before).items():
        its = np.flatnonzero(picture.solid & (picture.hits.object_id == actor_id))
        was[its] = transform(before_from_now, points[its])
    moved = _project(view, points) - _project(view_before, was)
    return moved.astype(np.float32).reshape(view.height, view.width, 2)


def _motions(moment: Moment, moment_before: Moment) -> Mapping[int, Floats]:
    """Return, by actor, the world matrix (4, 4) that takes its points back to the moment before."""
    earlier = _poses(moment_before)
    return {actor_id: earlier[actor_id] @ inverse(pose) for actor_id, pose in _poses(moment).items() if actor_id in earlier}


def _poses(moment: Moment) -> Mapping[int, Floats]:
    """Return the pose of the first shape of each actor."""
    return {placed.actor_id: placed.world_from_shape for placed in reversed(moment.placed)}


def _project(view: View, points: Floats) -> Floats:
    """Return the pixels (N, 2) of world points."""
    seen = transform(inverse(view.pose), points)
    seen[:, 0] = np.maximum(seen[:, 0], _NEAREST_M)
    pixels, _ = Pinhole.from_fov(view.width, view.height, view.fov_deg).project(mirror_points(seen))
    return pixels
