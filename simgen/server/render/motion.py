"""How far a camera's own motion smears its image while the shutter is open."""

from __future__ import annotations

import math

import numpy as np

from simgen.server.render.programs import Value
from simgen.server.render.projection import NEAR_M, Projection
from simgen.server.sensors import View

_NEAREST_M = 3.0
"""Surfaces are hardly ever nearer."""

_LEAST_PX = 1.0


def motion_uniforms(view: View, now: Projection) -> dict[str, Value] | None:
    """Return the uniforms of the smear; None where it is less than a pixel."""
    if view.before is None:
        return None
    before = Projection.of(View(view.before, view.width, view.height, view.fov_deg))
    focal_px = 0.5 * view.width / now.tangent_x
    turned = math.acos(min(1.0, 0.5 * float(np.trace(_axes(now).T @ _axes(before)) - 1.0)))
    moved = float(np.linalg.norm(now.origin - before.origin))
    if focal_px * (turned + moved / _NEAREST_M) < _LEAST_PX:
        return None
    clip = before.clip_uniforms()
    return {
        **now.ray_uniforms(),
        **{f"before_{axis}": clip[f"clip_{axis}"] for axis in "xyw"},
        "before_shift": now.origin - before.origin,
        "near": NEAR_M,
        "most": view.optics.motion_blur_most,
    }


def _axes(projection: Projection) -> np.ndarray:
    return np.stack([projection.forward, projection.right, projection.up])
