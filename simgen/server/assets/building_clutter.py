"""What hangs on walls: air conditioners, dishes, vents, lamps, projecting signs, fire escapes, scrawls. Side frame, metres."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from simgen.server.assets.building_draft import Color, Draft, Side, corners_of, look, rectangles
from simgen.server.assets.building_fronts import SIGNS, lettering
from simgen.server.assets.building_trim import RAIL, add_balconies
from simgen.server.assets.facades import Holes
from simgen.server.scene import Material

CASE = look(Material.PLASTIC, (190, 190, 184))
GRILLE = look(Material.PLASTIC, (70, 72, 74))
SCRAWLS: tuple[Color, ...] = ((52, 54, 58), (74, 92, 132), (136, 66, 62), (190, 190, 186), (84, 118, 92), (118, 84, 124))


def add_coolers(draft: Draft, side: Side, holes: Holes, share: float, rng: np.random.Generator) -> None:
    """Hang air conditioners under a share of the windows."""
    mine = holes.chosen((rng.random(len(holes)) < share) & (holes.z0 > 3.0))
    if not len(mine):
        return
    x, z = mine.x0 + 0.1, mine.z0 - 0.75
    draft.boxes(corners_of(x, -0.38, z), corners_of(x + 0.8, -0.06, z + 0.55), CASE, side, "xXyzZ")
    draft.quads(rectangles(x + 0.06, x + 0.5, z + 0.06, z + 0.49, -0.385), GRILLE, side)
    draft.boxes(corners_of(x + 0.1, -0.34, z - 0.06), corners_of(x + 0.7, 0.0, z), GRILLE, side, "xXyz")


def add_dishes(draft: Draft, side: Side, holes: Holes, share: float, rng: np.random.Generator) -> None:
    """Put satellite dishes beside a share of the windows: eight-sided plates that lean back."""
    mine = holes.chosen((rng.random(len(holes)) < share) & (holes.z0 > 2.6))
    if not len(mine):
        return
    turn = np.arange(8) * np.pi / 4
    x, z = mine.x1[:, None] + 0.42, (mine.z0 + 0.4)[:, None]
    ring = np.stack(np.broadcast_arrays(x + 0.28 * np.cos(turn), -0.32 + 0.1 * np.sin(turn), z + 0.28 * np.sin(turn)), axis=-1)
    halves = np.concatenate([ring[:, [0, 1, 2, 3]], ring[:, [0, 3, 4, 7]], ring[:, [4, 5, 6, 7]]])
    draft.quads(np.concatenate([halves, halves[:, ::-1] + np.array([0.0, 0.01, 0.0])]), CASE, side)
    draft.boxes(corners_of(mine.x1 + 0.40, -0.3, mine.z0 + 0.36), corners_of(mine.x1 + 0.44, 0.0, mine.z0 + 0.42), GRILLE, side, "xXzZ")


def add_lamp(draft: Draft, side: Side, x: float, z: float) -> None:
    """Put a small lamp on the wall beside a door."""
    draft.boxes((x - 0.06, -0.2, z), (x + 0.06, -0.04, z + 0.24), look(Material.LAMP, (236, 224, 190)), side, "xXy")
    draft.boxes((x - 0.08, -0.22, z + 0.24), (x + 0.08, 0.0, z + 0.3), GRILLE, side, "xXyzZ")


def add_blade_sign(draft: Draft, side: Side, x: float, z: float, rng: np.random.Generator) -> None:
    """Put a sign at right angles to the wall."""
    ground, letters = SIGNS[int(rng.integers(len(SIGNS)))]
    wide, tall = (0.65, 0.65) if rng.random() < 0.6 else (0.5, 1.5)
    draft.boxes((x - 0.05, -0.18 - wide, z), (x + 0.05, -0.18, z + tall), look(Material.SIGN, ground), side)
    draft.boxes((x - 0.02, -0.18, z + tall * 0.8), (x + 0.02, 0.0, z + tall * 0.8 + 0.05), GRILLE, side, "xXzZ")
    rows = np.arange(z + 0.12, z + tall - 0.2, 0.28)
    marks = rectangles(-0.18 - wide + 0.1, -0.28, rows, rows + 0.14, 0.0)
    for at, turn in ((x - 0.056, -1), (x + 0.056, 1)):
        faces = np.stack([np.full(marks.shape[:2], at), marks[..., 0], marks[..., 2]], axis=-1)[:, ::turn]
        draft.quads(faces, look(Material.SIGN, letters), side)


def add_fire_escape(draft: Draft, side: Side, x0: float, x1: float, floors: np.ndarray) -> None:
    """Add an iron stair on the wall between x0 and x1: a platform at each of the `floors` (N,), flights between them."""
    count = len(floors)
    add_balconies(draft, side, np.full(count, x0), np.full(count, x1), floors, 1.1, "bars", (0, 0, 0))
    for k, (low, high) in enumerate(pairwise(floors)):
        a, b = (x0 + 0.3, x1 - 0.3) if k % 2 else (x1 - 0.3, x0 + 0.3)
        flight = np.array([[(a, -1.0, low), (b, -1.0, high), (b, -0.4, high), (a, -0.4, low)]])
        flight = flight if b < a else flight[:, ::-1]
        draft.quads(np.concatenate([flight, flight[:, ::-1] - np.array([0.0, 0.0, 0.05])]), RAIL, side)


def add_scrawl(draft: Draft, side: Side, rng: np.random.Generator) -> None:
    """Spray letters on the foot of a wall."""
    long = min(float(rng.uniform(1.5, 4.0)), side.width - 1.0)
    if long < 1.2:
        return
    x = float(rng.uniform(0.4, side.width - long - 0.4))
    low = float(rng.uniform(0.4, 0.9))
    strokes = lettering(x, low, long, float(rng.uniform(0.5, 1.0)), -0.012, rng)
    lean = strokes.copy()
    lean[..., 0] -= 0.25 * (strokes[..., 2] - low)
    draft.quads(lean, look(Material.PLASTER, SCRAWLS[int(rng.integers(len(SCRAWLS)))]), side)
