"""A shipped town with traffic and people, looked at by the GL renderer and by rays through the middle of every pixel."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from simgen.datatypes.tags import Tag
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import rotate
from simgen.server.scene import Material
from tools.town_views import Spot, Town, ahead

__all__ = ["CUT_OUT", "FAR_SHAPE_M", "HEIGHT", "WIDTH", "Seen", "Spot", "busy_town", "is_solid", "look", "uniform"]

WIDTH, HEIGHT = 320, 240
FAR_SHAPE_M = 35.0
"""From here on the renderer may draw an actor in fewer triangles; rays never do."""
CUT_OUT = (Material.LEAF, Material.LEAF_CARD, Material.LATTICE)
"""Drawn with holes that rays do not know."""


@dataclass(frozen=True)
class Seen:
    """What rays met through the pixels of a view; arrays have shape (H, W)."""

    depth: np.ndarray
    """Planar, metres; inf for the sky."""
    tag: np.ndarray
    actor: np.ndarray
    normal: np.ndarray
    """(H, W, 3) world frame, towards the camera."""
    material: np.ndarray
    points: np.ndarray
    """(H, W, 3) world frame, float64."""


def look(town: Town, view, moment) -> Seen:
    """Cast one ray through the middle of every pixel."""
    towards = through_pixels(view)
    stretch = np.linalg.norm(towards, axis=-1)
    directions = rotate(view.pose, towards / stretch[..., None]).reshape(-1, 3)
    hits = town.stage.rays.cast(view.pose[:3, 3], directions, 1000.0, moment)
    shape, met = (view.height, view.width), np.isfinite(hits.distance)
    normal = hits.normal * -np.sign(np.einsum("ij,ij->i", hits.normal, directions))[:, None]
    distance = hits.distance.astype(np.float64)
    points = view.pose[:3, 3] + directions * np.where(met, distance, 0.0)[:, None]
    return Seen(
        depth=distance.reshape(shape) / stretch,
        tag=np.where(met, hits.tag, Tag.SKY).reshape(shape),
        actor=(hits.object_id & 0xFFFF).reshape(shape),
        normal=normal.reshape(*shape, 3),
        material=np.where(met, hits.material, 255).reshape(shape),
        points=points.reshape(*shape, 3),
    )


def through_pixels(view) -> np.ndarray:
    """Return (H, W, 3) directions with x = 1, camera frame: x forward, y right, z up."""
    camera = Pinhole.from_fov(view.width, view.height, view.fov_deg)
    column, row = np.meshgrid(np.arange(view.width) + 0.5, np.arange(view.height) + 0.5)
    return np.stack([np.ones_like(column), (column - camera.cx_px) / camera.fx_px, (camera.cy_px - row) / camera.fy_px], axis=-1)


def uniform(image: np.ndarray) -> np.ndarray:
    """Tell the pixels (H, W) whose 3x3 neighbourhood has one value; those at the border have none."""
    alike = np.zeros(image.shape, dtype=bool)
    middle = image[1:-1, 1:-1]
    shifts = [image[1 + i : image.shape[0] - 1 + i, 1 + j : image.shape[1] - 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)]
    alike[1:-1, 1:-1] = np.all([middle == other for other in shifts], axis=0)
    return alike


def is_solid(seen: Seen) -> np.ndarray:
    """Tell the pixels where rays met something without cut-out holes."""
    return ~np.isin(seen.material, CUT_OUT)


@lru_cache(maxsize=1)
def busy_town() -> tuple[Town, tuple]:
    """Return a town with about forty vehicles and as many people, and three places to look from."""
    town = Town.named("Avenue01")
    spots = town.street(0), town.junction(1), town.street(2)
    free = np.array([spot.location[:2] for spot in spots])
    for number, spot in enumerate(spots):
        focus = np.array(ahead(spot, 30.0, 0.0)[:2])
        town.add_traffic(focus, 14, free, seed=number)
        town.add_people(focus, 14, 40.0, seed=number)
    town.warm_up()
    return town, spots
