"""Rows of fences, hedges and walls: piece after piece along a line, and along the streets wherever no house stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.rng import stream
from simgen.server.assets.districts import District, districts
from simgen.server.assets.fences import FENCES, fence_box
from simgen.server.assets.layout import Layout
from simgen.server.assets.lots import Frontage, frontages
from simgen.server.assets.plant_bushes import HEDGE_PIECE_M, HEDGES
from simgen.server.assets.scenery import Scenery
from simgen.server.world.roads import RoadMap

Floats = NDArray[np.float64]

NONE = ""
"""No fence at all, as a kind."""

ALONG_STREETS: dict[District, tuple[tuple[str, float], ...]] = {
    District.CENTRE: (("railing", 2), ("stone railing", 2), ("tall brick wall", 3), ("plaster wall", 2), ("hedge", 1), (NONE, 1)),
    District.OFFICES: (("low hedge", 3), ("hedge", 2), ("railing", 2), ("pipe rail", 1), ("concrete wall", 1), (NONE, 2)),
    District.RESIDENTIAL: (("wall railing", 2), ("hedge", 4), ("brick wall", 3), ("green chain link", 2), ("tall hedge", 2), (NONE, 2)),
    District.SUBURB: (("hedge", 4), ("tall hedge", 3), ("brown picket", 2), ("boards", 2), ("stone wall", 2), ("ranch", 2), (NONE, 3)),
    District.INDUSTRIAL: (("chain link", 6), ("concrete wall", 3), ("boards", 1), (NONE, 2)),
}
"""What closes the gaps between houses, with weights."""

INSET_M = 0.25
"""From the edge of the pavement to the middle of a fence."""
_STEP_M = 0.5
_CORNER_M = 5.0
"""Corners stay open to view."""
_HIGHWAY_INSET_M = 0.55


@dataclass
class FenceRows:
    """Collects pieces of fences; `add_to` places them all."""

    layout: Layout
    pieces: dict[str, list[Floats]] = field(default_factory=dict)

    def add(self, kind: str, a: Floats, b: Floats) -> None:
        """Add pieces between the points (2,) `a` and `b`, on the ground; -y looks to the left of the way from `a` to `b`.

        Pieces that would stand on pavement or in something else are left out.
        """
        length, piece = float(np.linalg.norm(b - a)), piece_length(kind)
        if kind == NONE or length < 0.4 * piece:
            return
        count = max(1, round(length / piece))
        ends = a + (b - a) * (np.arange(count + 1) / count)[:, None]
        z = self.layout.heights.land(ends)
        turn = np.arctan2(b[1] - a[1], b[0] - a[0])
        scale = float(np.clip(length / (count * piece), 0.75, 1.25))
        for k in range(count):
            probe = ends[k] + (ends[k + 1] - ends[k]) * np.array([0.1, 0.5, 0.9])[:, None]
            if self.layout.at(self.layout.taken, probe, 1).any() or (self.layout.at(self.layout.edge, probe, 9.0) < 0.05).any():
                continue
            c, s = np.cos(turn) * scale, np.sin(turn) * scale
            out = np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, scale, min(z[k], z[k + 1])], [0, 0, 0, 1.0]])
            out[:2, 3] = (ends[k] + ends[k + 1]) / 2
            self.pieces.setdefault(kind, []).append(out)

    def add_to(self, scenery: Scenery, rng: np.random.Generator) -> None:
        for kind in sorted(self.pieces):
            matrices = np.array(self.pieces[kind])
            if kind in HEDGES:
                hedge = HEDGES[kind]
                box = ((-HEDGE_PIECE_M / 2, -hedge.depth / 2, 0.0), (HEDGE_PIECE_M / 2, hedge.depth / 2, hedge.height))
                tints = (255 - rng.integers(0, 40, (len(matrices), 1)) - rng.integers(0, 14, (len(matrices), 3))).astype(np.uint8)
                which = rng.integers(2, size=len(matrices))
                for v in range(2):
                    if (which == v).any():
                        scenery.add_copies("Hedge", Tag.VEGETATION, f"plant/{kind}/{v}", matrices[which == v], tints[which == v], box)
            else:
                tag = FENCES[kind].tag
                name = {Tag.WALLS: "Wall", Tag.GUARD_RAIL: "GuardRail"}.get(tag, "Fence")
                scenery.add_copies(name, tag, f"fence/{kind}", matrices, None, fence_box(kind))


def piece_length(kind: str) -> float:
    """Return the length of one piece of a kind of fence or hedge, metres."""
    return FENCES[kind].length if kind in FENCES else HEDGE_PIECE_M


def drawn(choices: tuple[tuple[str, float], ...], rng: np.random.Generator) -> str:
    """Return one of the names, as often as its weight says."""
    weights = np.array([w for _, w in choices])
    return choices[int(rng.choice(len(choices), p=weights / weights.sum()))][0]


def add_street_fences(scenery: Scenery, roads: RoadMap, layout: Layout, seed: int) -> None:
    """Close the gaps between houses along sidewalks, and put guard rails along roads that have none."""
    rows, plan = FenceRows(layout), districts(roads, layout, seed)
    for number, street in enumerate(frontages(roads)):
        rng = stream(seed, "street fences", number)
        district = District(int(plan.at(street.at(street.length / 2)[:2])[0]))
        if street.walked:
            for start, end in free_stretches(street, layout, 1.0):
                rest = start + _CORNER_M if start < _CORNER_M else start, end
                _fill(rows, street, *rest, drawn(ALONG_STREETS[district], rng), INSET_M)
        elif rng.random() < 0.7:
            for start, end in free_stretches(street, layout, 1.0):
                _fill(rows, street, start + 1.0, end - 1.0, "guard rail", _HIGHWAY_INSET_M)
    rows.add_to(scenery, stream(seed, "hedges"))


def free_stretches(street: Frontage, layout: Layout, depth: float) -> list[tuple[float, float]]:
    """Return (from, to) along a street where land of that depth behind its edge is free, 4 m or more."""
    at = np.arange(1.0, street.length - 1.0, _STEP_M)
    if len(at) < 2:
        return []
    poses = np.array([street.pose(float(d), 0.0) for d in at])
    inward = np.stack([-np.sin(np.radians(poses[:, 2])), np.cos(np.radians(poses[:, 2]))], axis=-1)
    probes = poses[:, None, :2] + inward[:, None] * np.linspace(0.25, depth, 4)[:, None]
    free = ((layout.at(layout.taken, probes, 1) == 0) & (layout.at(layout.edge, probes, -1.0) > 0.05)).all(axis=1)
    turns = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(int), [0]])))
    runs = [(float(at[a]), float(at[b - 1])) for a, b in turns.reshape(-1, 2)]
    return [(a, b) for a, b in runs if b - a >= 4.0]


def _fill(rows: FenceRows, street: Frontage, start: float, end: float, kind: str, inset: float) -> None:
    """Add a row along a stretch of a street in chords that follow its bends."""
    if end - start < 2.0:
        return
    count = max(1, round((end - start) / 8.0))
    points = np.array([street.pose(float(d), inset)[:2] for d in np.linspace(start, end, count + 1)])
    for a, b in pairwise(points):
        rows.add(kind, a, b)
