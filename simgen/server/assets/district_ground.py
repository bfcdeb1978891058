"""What covers the ground of dense districts instead of grass: paved corners and courtyards, yards of halls. Metres."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.district_kinds import District
from simgen.server.assets.districts import districts
from simgen.server.assets.land import land
from simgen.server.assets.layout import Layout
from simgen.server.assets.mesh_builder import Look, MeshBuilder
from simgen.server.assets.solids import Surface, compacted
from simgen.server.scene import Material
from simgen.server.world.roads import RoadMap

LIFT_M = 0.02
"""Above the land, and below the pavement, at whose edge the land lies lower than this."""

YARD_M = 9.0
"""Only land this near to a building is covered, but along the pavement."""
ALONG_M = 9.0

COVERS: tuple[tuple[District, float, float, Look], ...] = (
    (District.CENTRE, -1.0, 9.0, Look(Material.PAVING, Tag.GROUND, (142, 137, 128))),
    (District.CENTRE, 9.0, 40.0, Look(Material.COBBLES, Tag.GROUND, (122, 118, 112))),
    (District.OFFICES, -1.0, 8.0, Look(Material.PAVING, Tag.GROUND, (146, 143, 138))),
    (District.INDUSTRIAL, 1.5, 16.0, Look(Material.ASPHALT, Tag.GROUND, (98, 98, 98))),
    (District.INDUSTRIAL, 16.0, 45.0, Look(Material.CONCRETE, Tag.GROUND, (132, 129, 122))),
)
"""District, distances from the pavement (from, to), look."""


def add_town_ground(builder: MeshBuilder, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Cover the land of dense districts around what has been built, triangle by triangle, so that the cover lies on it everywhere."""
    plan = districts(roads, layout, seed)
    surface = _near(land(layout), layout)
    flat = surface.positions[:, :2]
    away = layout.at(layout.edge, flat, 999.0)
    around = np.maximum(YARD_M - layout.at(_to_buildings(layout), flat, 999.0), ALONG_M - away)
    lifted = Surface(surface.positions + np.array([0.0, 0.0, LIFT_M]), surface.normals, flat, surface.triangles)
    margins = {district: plan.margin(flat, district) for district in dict.fromkeys(cover[0] for cover in COVERS)}
    for district, near, far, of in COVERS:
        inside = np.minimum.reduce([margins[district], away - near, far - away, around])
        piece = kept(lifted, inside)
        if len(piece.triangles):
            builder.add(compacted(piece), of)


def _near(surface: Surface, layout: Layout) -> Surface:
    """Return the part of the land that may be covered."""
    away = layout.at(layout.edge, surface.positions, 999.0)[surface.triangles]
    near = (away < max(far for _, _, far, _ in COVERS)).any(axis=1)
    return compacted(Surface(surface.positions, surface.normals, surface.uvs, surface.triangles[near]))


def kept(surface: Surface, inside: NDArray[np.float64]) -> Surface:
    """Return the part of a surface where the linear interpolation of `inside` (V,) over its triangles is positive."""
    sign = inside > 0
    count = sign[surface.triangles].sum(axis=1)
    whole, one, two = (surface.triangles[count == n] for n in (3, 1, 2))
    # turn each cut triangle so that the corner alone on its side comes first
    lone = [
        np.take_along_axis(t, (np.argmax(sign[t] == keep, axis=1)[:, None] + np.arange(3)) % 3, 1)
        for t, keep in ((one, True), (two, False))
    ]
    parts: list[NDArray[np.int64]] = [whole]
    points = [np.concatenate([surface.positions, surface.normals, surface.uvs], axis=1)]
    total = len(surface.positions)
    for corner, keep in zip(lone, (True, False), strict=True):
        a, b, c = corner.T
        ab, ac = total + np.arange(len(a)), total + len(a) + np.arange(len(a))
        for end in (b, c):
            share = (inside[a] / (inside[a] - inside[end]))[:, None]
            points.append(points[0][a] * (1 - share) + points[0][end] * share)
        total += 2 * len(a)
        parts.extend([np.stack([a, ab, ac], 1)] if keep else [np.stack([ab, b, c], 1), np.stack([ab, c, ac], 1)])
    every = np.concatenate(points)
    normals = every[:, 3:6] / np.linalg.norm(every[:, 3:6], axis=1, keepdims=True)
    return Surface(every[:, :3], normals, every[:, 6:], np.concatenate(parts))


def _to_buildings(layout: Layout) -> NDArray[np.float32]:
    """Return the distance of every cell of the layout from the nearest building of a lot."""
    free = np.ones(layout.taken.shape, np.uint8)
    for lot in layout.lots:
        cv2.fillConvexPoly(free, np.round((lot.house - layout.origin) / layout.cell_m).astype(np.int32), 0)
    return np.asarray(cv2.distanceTransform(free, cv2.DIST_L2, 3) * np.float32(layout.cell_m), dtype=np.float32)
