"""The 52 pedestrians: meshes of how they stand, walk and run.

The origin is the actor's, the middle of the capsule; soles stand on the bottom of the blueprint's box and heads reach its top.
Standing, people keep within their box. Walking and running, nothing leaves the box sideways; the head stays in it and the trunk
leaves it by at most 3 cm; arms and legs swing out of it forwards and backwards, as those of CARLA's own people do, by at most 0.41 m
walking and 0.57 m running, and bags on the back with them.
All postures of a walker have the same triangles and order of vertices.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from simgen.server.assets.people_bodies import bodies
from simgen.server.assets.people_clothes import Rest, dressed
from simgen.server.assets.people_covers import covers_of
from simgen.server.assets.people_extras import with_extras
from simgen.server.assets.people_fit import Figure, Fit, figure_of, fitted_to_box
from simgen.server.assets.people_outfits import Outfit, outfit_of
from simgen.server.assets.walker_gait import GAITS, leg_m, striding
from simgen.server.assets.walker_skeleton import Pose, Rig
from simgen.server.assets.walker_stance import standing
from simgen.server.scene import Mesh
from simgen.server.world.blueprints import LIBRARY, Blueprint

PHASES = 24
"""Postures of one double step."""
STAND_MPS = 0.1
RUN_MPS = 2.6
KEPT_FIGURES = 128


def stride_m(type_id: str, gait: str) -> float:
    """Return metres per double step of "walk" or "run"."""
    return GAITS[gait].stride * leg_m(walker_figure(type_id, True).rig)


def walker_mesh(type_id: str, posture: str, far: bool = False) -> Mesh:
    """Return a walker's mesh: `posture` is "stand", or "walk" or "run" and a phase of two digits. Raises KeyError."""
    blueprint = LIBRARY[type_id]
    if blueprint.family != "walker":
        raise KeyError(type_id)
    figure = walker_figure(type_id, not far)
    return mesh_of(figure, named_pose(blueprint, walker_figure(type_id, True), posture), ground_of(blueprint))


def ground_of(blueprint: Blueprint) -> np.ndarray:
    """Return the (3,) point of the actor's frame on which the walker stands."""
    return np.array([blueprint.centre[0], blueprint.centre[1], blueprint.centre[2] - blueprint.extent[2]])


def mesh_of(figure: Figure, pose: Pose, at: np.ndarray) -> Mesh:
    """Return the mesh of a figure in a pose, moved by `at` (3,); arrays that do not depend on the pose are shared."""
    positions, normals = figure.posed(pose)
    return replace(figure.still, positions=(positions + at).astype(np.float32), normals=normals.astype(np.float32))


def named_pose(blueprint: Blueprint, figure: Figure, name: str) -> Pose:
    """Return the pose called "stand", or "walk00", "run00" and so on to PHASES - 1. Raises KeyError for another name."""
    if name == "stand":
        return standing(figure.rig, figure.foot, _fit(blueprint.id).stance)
    gait, phase = name[:-2], name[-2:]
    if gait not in GAITS or not phase.isdigit() or int(phase) >= PHASES:
        raise KeyError(f"{blueprint.id}/{name}")
    return striding(figure.rig, GAITS[gait], figure.foot, int(phase) / PHASES, _fit(blueprint.id).drop)


@lru_cache(maxsize=KEPT_FIGURES)
def walker_figure(type_id: str, fine: bool) -> Figure:
    """Return the dressed figure of a pedestrian, of its box's size."""
    fit = _fit(type_id)
    return figure_of(dressed_rest(outfit_of(type_id), fine), fit.scale, fit.narrow)


def dressed_rest(outfit: Outfit, fine: bool) -> Rest:
    """Return a body in its clothes."""
    data = bodies()
    rig = Rig(data.bones, data.parents, data.heads[outfit.body])
    level = data.near if fine else data.far
    size = float(np.ptp(level.positions[outfit.body][:, 2])) / 1.75
    return with_extras(dressed(level, outfit.body, data.regions, covers_of(outfit), rig, size, fine), outfit, size, fine)


@lru_cache(maxsize=KEPT_FIGURES)
def _fit(type_id: str) -> Fit:
    blueprint = LIBRARY[type_id]
    return fitted_to_box(dressed_rest(outfit_of(type_id), True), np.array(blueprint.extent), int(type_id[-4:]) % 3)
