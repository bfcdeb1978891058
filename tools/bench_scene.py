"""The scene of the benchmark as plain arrays for other renderers. RIGHT-handed, x forward, y left, z up, metres."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.geometry.pose import mirrored
from simgen.server.meshes import flattened, merged, selected
from simgen.server.scene import Mesh, Moment, Placed, ShapeLibrary
from simgen.server.sensors import View
from tools.town_views import Town

FAR_M = 1000.0
KEPT_FRAMES = 8


def in_pyramid(mesh: Mesh, view: View) -> NDArray[np.bool_]:
    """Tell the triangles (T,) of which a corner or the middle lies within a view's pyramid, nearer than a kilometre."""
    local = (mesh.positions - view.pose[:3, 3]) @ view.pose[:3, :3]
    wide = np.tan(np.radians(0.5 * view.fov_deg))
    high = wide * view.height / view.width
    corners = local[mesh.triangles]
    points = np.concatenate([corners, corners.mean(axis=1, keepdims=True)], axis=1)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.asarray(((x > 0.1) & (x < FAR_M) & (np.abs(y) < wide * x) & (np.abs(z) < high * x)).any(axis=1))


def write_scene(out: str, town: Town, view: View, moments: Sequence[Moment]) -> dict[str, int]:
    """Write what the view sees of the town, the actors' meshes, and their poses in a few frames; return the numbers of triangles."""
    flat = flattened(town.stage.city, town.stage.shapes)
    still = selected(flat, in_pyramid(flat, view))
    actors = _movers(moments[0])
    arrays = _arrays("still", still)
    count = 0
    for number, actor_id in enumerate(actors):
        mesh, poses = _actor(actor_id, moments, town.stage.shapes)
        arrays |= {**_arrays(f"actor{number}", mesh), f"actor{number}_poses": poses}
        count += len(mesh.triangles)
    camera = {"camera": mirrored(view.pose), "size": np.array([view.width, view.height]), "fov_deg": np.array(view.fov_deg)}
    np.savez(Path(out), actors=np.array(len(actors)), **camera, **arrays)
    return {"triangles_in_view": len(still.triangles), "triangles_of_actors": count}


def _movers(moment: Moment) -> list[int]:
    movers = {i for i, motion in moment.motions.items() if motion.type_id.startswith(("vehicle.", "walker."))}
    return sorted({placed.actor_id for placed in moment.placed} & movers)


def _actor(actor_id: int, moments: Sequence[Moment], shapes: ShapeLibrary) -> tuple[Mesh, NDArray[np.float64]]:
    """Return all shapes of an actor in the frame of its first one, as placed at the first moment, and (F, 4, 4) poses."""
    own = [placed for placed in moments[0].placed if placed.actor_id == actor_id]
    origin = np.linalg.inv(own[0].world_from_shape)
    mesh = merged([_standing(shapes.mesh(placed.shape), placed, origin @ placed.world_from_shape) for placed in own])
    poses = [next(p for p in moment.placed if p.actor_id == actor_id).world_from_shape for moment in moments[:KEPT_FRAMES]]
    return mesh, np.stack([mirrored(pose) for pose in poses])


def _standing(mesh: Mesh, placed: Placed, pose: NDArray[np.float64]) -> Mesh:
    from dataclasses import replace

    tint = np.where(mesh.tinted[:, None], np.array(placed.color) / 255.0, 1.0)
    turn = pose[:3, :3].T.astype(np.float32)
    return replace(
        mesh,
        positions=(mesh.positions @ turn + pose[:3, 3].astype(np.float32)),
        normals=mesh.normals @ turn,
        colors=np.rint(mesh.colors * tint).astype(np.uint8),
    )


def _arrays(name: str, mesh: Mesh) -> dict[str, NDArray]:
    """Return positions, normals, colours and triangles, mirrored to the right-handed frame with outsides kept."""
    flip = np.array([1.0, -1.0, 1.0], dtype=np.float32)
    return {
        f"{name}_positions": (mesh.positions * flip).astype(np.float32),
        f"{name}_normals": (mesh.normals * flip).astype(np.float32),
        f"{name}_colors": mesh.colors,
        f"{name}_triangles": mesh.triangles[:, [0, 2, 1]].astype(np.uint32),
    }
