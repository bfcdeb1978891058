"""What open doors show: the lining of body and doors, seats, dashboard and steering wheel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import boxes, revolved
from simgen.server.assets.vehicle_kit import Kit
from simgen.server.assets.vehicle_looks import half
from simgen.server.assets.vehicle_skin import Part, Skin, border, flat_quads, joined, kept
from simgen.server.meshes import merged
from simgen.server.scene import Material, Mesh
from simgen.server.world.blueprints import Blueprint

LINING_M = 0.05
_OUTSIDE = (Part.GLASS, Part.SEAT, Part.DRIVER)


def interior(kit: Kit, blueprint: Blueprint, missing: frozenset[int]) -> Mesh:
    """Return what is inside a vehicle that lacks some doors, in the actor's frame."""
    parts = []
    for left in (False, True):
        gone = np.isin(2 * kit.skin.doors + (not left), sorted(missing)) & (kit.skin.doors >= 0)
        parts.append(half(lined(kept(kit.skin, ~gone)), kit.palette, left))
    shell_mesh = merged(parts)
    shell_mesh = replace(shell_mesh, positions=shell_mesh.positions + np.array([0, blueprint.centre[1], 0], np.float32))
    return merged([shell_mesh, _furniture(kit, blueprint)])


def lined(skin: Skin, depth: float = LINING_M) -> Skin:
    """Return the inside of a skin: its triangles turned over, `depth` metres further in."""
    data = skin.data.copy()
    data[:, :3] -= depth * data[:, 3:6]
    data[:, 3:6] *= -1
    parts = np.where(np.isin(skin.parts, _OUTSIDE), int(Part.SEAT), int(Part.INSIDE))
    return Skin(data, skin.triangles[:, ::-1], parts, skin.doors)


def door_lining(skin: Skin) -> Skin:
    """Return the inside of a door and its edges."""
    inner = lined(skin, 0.07)
    ends = border(skin.triangles)
    outer, within = skin.data[:, :3], inner.data[:, :3]
    edges = np.stack([outer[ends[:, 0]], within[ends[:, 0]], within[ends[:, 1]], outer[ends[:, 1]]], axis=1)
    return joined([inner, flat_quads(edges, Part.INSIDE)])


def _furniture(kit: Kit, blueprint: Blueprint) -> Mesh:
    builder = MeshBuilder()
    tag = Tag(blueprint.semantic_tags[0])
    cloth, dark = Look(Material.INTERIOR, tag, (58, 56, 56)), Look(Material.INTERIOR, tag, (30, 30, 32))
    doors = kit.skin.data[kit.skin.triangles[kit.skin.doors == 0].ravel(), 0]
    front, floor = float(doors.max()), 0.30
    half_width = float(kit.skin.data[:, 1].max()) - 0.14
    y0 = blueprint.centre[1]
    builder.add(boxes((front - 2.4, y0 - half_width, floor - 0.06), (front + 0.1, y0 + half_width, floor)), dark)
    builder.add(boxes((front - 0.38, y0 - half_width, 0.58), (front + 0.05, y0 + half_width, 0.92)), dark)
    for x in (front - 1.05, front - 1.95):
        for y in (y0 - 0.38, y0 + 0.38):
            builder.add(boxes((x - 0.05, y - 0.25, floor), (x + 0.48, y + 0.25, 0.52)), cloth)
            builder.add(boxes((x - 0.20, y - 0.24, 0.48), (x - 0.03, y + 0.24, 1.05)), cloth)
            builder.add(boxes((x - 0.20, y - 0.12, 1.09), (x - 0.08, y + 0.12, 1.24)), cloth)
    ring = revolved([(0.19, -0.012), (0.19, 0.012), (0.165, 0.012), (0.165, -0.012), (0.19, -0.012)], 14, "x")
    builder.add(ring, dark, np.array([[1, 0, 0, front - 0.46], [0, 1, 0, y0 - 0.37], [0, 0, 1, 0.90], [0, 0, 0, 1.0]]))
    return builder.mesh()
