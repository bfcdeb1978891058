"""The riders of two-wheelers: the same bodies as pedestrians, sized and leant so that their heads reach the top of the box."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.people import dressed_rest, mesh_of
from simgen.server.assets.people_fit import Figure, figure_of
from simgen.server.assets.people_outfits import rider_outfit
from simgen.server.assets.two_wheeler_table import CYCLES, PEDAL_PHASES, frame_of
from simgen.server.assets.walker_riding import Seat, riding
from simgen.server.assets.walker_skeleton import Pose
from simgen.server.scene import Mesh

_NARROW = 0.76
"""The boxes are narrow for elbows."""
_LEANS = {"diamond": (0.25, 1.0), "step": (0.0, 0.35), "cruiser": (-0.12, 0.2), "sport": (0.45, 1.05), "scooter": (-0.05, 0.25)}
"""Least and greatest lean of the trunk, radians."""


def rider_mesh(type_id: str, phase: int, far: bool) -> Mesh:
    """Return the rider of a two-wheeler; `phase` of the pedals, of PEDAL_PHASES."""
    scale, lean = _size(type_id)
    figure = _figure(type_id, not far, scale)
    mesh = mesh_of(figure, pose_of(type_id, _figure(type_id, True, scale), lean, phase), np.zeros(3))
    mesh = replace(mesh, tags=np.full(len(mesh.tags), Tag.RIDER, dtype=np.uint8))
    # The postures of those who pedal share their triangles.
    return mesh if CYCLES[type_id].crank else _faced(mesh)


def _faced(mesh: Mesh) -> Mesh:
    """Return the mesh with every triangle looking where its vertices' normals do: sharply bent knees turn a few over."""
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    over = (np.cross(b - a, c - a) * mesh.normals[mesh.triangles].sum(axis=1)).sum(axis=1) < 0
    return replace(mesh, triangles=np.where(over[:, None], mesh.triangles[:, ::-1], mesh.triangles))


@lru_cache(maxsize=16)
def _figure(type_id: str, fine: bool, scale: float) -> Figure:
    kind = CYCLES[type_id].kind
    outfit = rider_outfit(type_id, kind in ("cruiser", "sport", "scooter"), kind == "diamond")
    return figure_of(dressed_rest(outfit, fine), scale, _NARROW)


@lru_cache(maxsize=16)
def _size(type_id: str) -> tuple[float, float]:
    """Return (scale, lean) of the rider: leant as far as brings the head to the top of the box, smaller or larger where that fails."""
    frame = frame_of(type_id)
    least, most = _LEANS[frame.cycle.kind]
    scale = frame.cycle.rider_m / float(np.ptp(_figure(type_id, True, 1.0).points[:, 2]))
    goal = frame.high - 0.004

    def top(size: float, lean: float) -> float:
        figure = _figure(type_id, True, size)
        return float(figure.points_in(pose_of(type_id, figure, lean, 0))[:, 2].max())

    for _ in range(6):
        high, low = top(scale, least), top(scale, most)
        if low <= goal <= high:
            break
        end = high if goal > high else low
        scale *= 1 + 1.3 * (goal - end) / (end - frame.at(0, frame.cycle.saddle[1])[2])
    for _ in range(14):
        middle = (least + most) / 2
        least, most = (middle, most) if top(scale, middle) > goal else (least, middle)
    return scale, (least + most) / 2


def pose_of(type_id: str, figure: Figure, lean: float, phase: int) -> Pose:
    """Return the pose of a rider on the machine, in the actor's frame."""
    frame = frame_of(type_id)
    cycle, rig = frame.cycle, figure.rig
    thick = 0.105 * figure.rig.reach("thigh.R", "shin.R") / 0.44
    hips = np.array(frame.at(cycle.saddle[0], cycle.saddle[1] + thick))
    grips = tuple(np.array(frame.at(cycle.grip[0], cycle.grip[2], side * cycle.grip[1])) for side in (1, -1))
    feet, pitch = zip(*(_foot(type_id, figure, side, phase) for side in (1, -1)), strict=True)
    knees = {"cruiser": 0.45, "sport": 0.35, "scooter": 0.10}.get(cycle.kind, 0.06)
    return riding(rig, Seat(hips, (feet[0], feet[1]), (pitch[0], pitch[1]), (grips[0], grips[1]), lean, knees))


def _foot(type_id: str, figure: Figure, side: int, phase: int) -> tuple[np.ndarray, float]:
    """Return the ankle and the pitch of a foot whose ball is on the pedal or rest."""
    frame, foot = frame_of(type_id), figure.foot
    cycle = frame.cycle
    x, y, z = cycle.rest
    if not cycle.crank:
        pitch = {"cruiser": -0.25, "sport": 0.35}.get(cycle.kind, 0.0)
        under, lift = (0.03, 0.02) if cycle.kind != "sport" else (foot.ball, 0.02)
        c, s = math.cos(pitch), math.sin(pitch)
        return np.array(frame.at(x - under * c + foot.ankle * s, z + lift + foot.ankle * c + under * s, side * y)), pitch
    turn = 2 * math.pi * phase / PEDAL_PHASES + (0.0 if side > 0 else math.pi)
    pitch = 0.22 + 0.20 * math.sin(turn + 2.6)
    pedal = (x + cycle.crank * math.sin(turn), z + cycle.crank * math.cos(turn) + 0.014)
    c, s = math.cos(pitch), math.sin(pitch)
    return np.array(
        frame.at(pedal[0] - foot.ball * c + foot.ankle * s, pedal[1] + foot.ankle * c + foot.ball * s, side * (y + 0.055))
    ), pitch
