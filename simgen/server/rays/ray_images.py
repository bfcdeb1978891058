"""Camera images without any graphics driver: one ray through the middle of every pixel.

Ids, depth and normals are exact and encoded as by the GL renderer; colours are simpler: no textures, no anti-aliasing, no
reflections but the sky's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.geometry.camera import Pinhole
from simgen.geometry.pose import rotate
from simgen.server.rays.ray_flow import flow_pixels
from simgen.server.rays.shading import Picture, shade
from simgen.server.scene import Moment
from simgen.server.sensors import Hits, RaySource, View

FAR_M = 1000.0
"""Depth of the sky, and where the world ends."""
_DEPTH_STEPS = 2**24 - 1
_BAND = 1 << 18
"""Rays cast at a time: bounds the memory of large images."""
_KEPT = 8
"""Views of a tick that are kept for other layers; each takes about 70 bytes for each pixel."""

Image = NDArray[np.uint8]


class RayImages:
    """Makes camera images by casting rays (an `ImageSource`). Safe to use from several threads, which then take turns."""

    description = "ray casting on the CPU (no OpenGL driver)"

    def __init__(self, rays: RaySource) -> None:
        self._rays = rays
        self._lock = threading.Lock()
        self._moment: Moment | None = None
        self._seen: dict[tuple[bytes, int, int, float], Picture] = {}

    def image(self, view: View, layer: str, moment: Moment) -> Image:
        """Return (H, W, 4) uint8 B, G, R, A; see `ImageSource.image`. Raises KeyError for an unknown layer."""
        with self._lock:
            picture = self._picture(view, moment)
            rgb = shade(picture, view, moment, self._rays) if layer == "rgb" else LABELS[layer](picture)
        return _bgra(rgb, view)

    def flow(self, view: View, moment: Moment, view_before: View, moment_before: Moment) -> NDArray[np.float32]:
        """Return (H, W, 2) float32 pixels right and down that each pixel's surface has moved since the moment before."""
        with self._lock:
            return flow_pixels(self._picture(view, moment), view, moment, view_before, moment_before)

    def close(self) -> None:
        """Forget the images of the last tick."""
        with self._lock:
            self._moment, self._seen = None, {}

    def _picture(self, view: View, moment: Moment) -> Picture:
        """Return what the view sees, cast once in a tick for all layers and exposures (of the latest views)."""
        if moment is not self._moment:
            self._moment, self._seen = moment, {}
        key = (view.world_from_camera, view.width, view.height, view.fov_deg)
        if key not in self._seen:
            while len(self._seen) >= _KEPT:
                del self._seen[next(iter(self._seen))]
            self._seen[key] = look(self._rays, view, moment)
        return self._seen[key]


def look(rays: RaySource, view: View, moment: Moment) -> Picture:
    """Cast the rays of all pixels, row by row from the top."""
    towards = pixel_directions(view)
    stretch = np.linalg.norm(towards, axis=2, keepdims=True)
    directions = rotate(view.pose, towards / stretch).reshape(-1, 3)
    range_m = FAR_M * float(stretch.max())
    bands = [rays.cast(view.pose[:3, 3], directions[i : i + _BAND], range_m, moment) for i in range(0, len(directions), _BAND)]
    hits = _joined(bands)
    depth = np.minimum(hits.distance / stretch.ravel(), FAR_M)
    return Picture(view.pose[:3, 3], directions, hits, depth, depth < FAR_M)


def pixel_directions(view: View) -> NDArray[np.float64]:
    """Return (H, W, 3) directions through the pixels' centres, camera frame (x forward, y right, z up), with x = 1."""
    camera = Pinhole.from_fov(view.width, view.height, view.fov_deg)
    right = (np.arange(view.width) + 0.5 - camera.cx_px) / camera.fx_px
    up = (camera.cy_px - np.arange(view.height) - 0.5) / camera.fy_px
    towards = np.ones((view.height, view.width, 3))
    towards[..., 1], towards[..., 2] = right[None, :], up[:, None]
    return towards


def _joined(bands: list[Hits]) -> Hits:
    colors = [band.color for band in bands if band.color is not None]
    return Hits(
        distance=np.concatenate([band.distance for band in bands]),
        object_id=np.concatenate([band.object_id for band in bands]),
        tag=np.concatenate([band.tag for band in bands]),
        material=np.concatenate([band.material for band in bands]),
        normal=np.concatenate([band.normal for band in bands]),
        color=np.concatenate(colors) if colors else None,
    )


# ---- layers: what was seen, as (H * W, 3) red, green, blue


def _depth(picture: Picture) -> Image:
    steps = np.rint(picture.depth_m.astype(np.float64) / FAR_M * _DEPTH_STEPS).astype(np.uint32)
    return _stacked(steps & 255, steps >> 8 & 255, steps >> 16)


def _semantic(picture: Picture) -> Image:
    nothing = np.zeros(len(picture.solid), dtype=np.uint8)
    return _stacked(_tags(picture), nothing, nothing)


def _instance(picture: Picture) -> Image:
    ids = np.where(picture.solid, picture.hits.object_id, 0)
    return _stacked(_tags(picture), ids & 255, ids >> 8 & 255)


def _normals(picture: Picture) -> Image:
    """Normals of the world frame as n * 0.5 + 0.5; the sky is black."""
    encoded = np.rint((picture.facing_normals() * 0.5 + 0.5) * 255.0)
    return np.where(picture.solid[:, None], encoded, 0.0).astype(np.uint8)


def _tags(picture: Picture) -> NDArray[np.uint8]:
    return np.where(picture.solid, picture.hits.tag, np.uint8(Tag.SKY))


def _stacked(red: NDArray, green: NDArray, blue: NDArray) -> Image:
    return np.stack([red, green, blue], axis=1).astype(np.uint8)


def _bgra(rgb: Image, view: View) -> Image:
    image = np.full((view.height, view.width, 4), 255, dtype=np.uint8)
    image[..., :3] = rgb[:, ::-1].reshape(view.height, view.width, 3)
    return image


LABELS: dict[str, Callable[[Picture], Image]] = {"depth": _depth, "semantic": _semantic, "instance": _instance, "normals": _normals}
