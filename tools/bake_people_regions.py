"""Where clothes, hair and features of faces begin and end, for `bake_people.py`. For maintainers only.

Every line is the zero of a field over the vertices of the mean body (x forward, y right, z up, metres, right half).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from bake_people_mesh import Piece, cut

REGIONS = (
    *("face", "crown", "hair", "forehead", "lips", "brows", "white", "iris"),
    *("neck", "collar", "neckline", "front", "chest", "front_hip", "hip", "seat"),
    *("shoulder", "sleeve", "forearm", "hand", "thigh", "knee", "calf", "ankle"),
    *("shoe", "sole", "boot", "waistband", "mini", "skirt", "long_skirt"),
)
SIDED = ("clavicle", "upper_arm", "forearm", "hand", "fingers", "fingertips", "thigh", "shin", "foot", "toes")
ARM = slice(7, 12)
LEG = slice(12, 16)
"""Columns of the right arm's and leg's weights."""


@dataclass(frozen=True)
class Landmarks:
    """Points of the mean body, (3,) each."""

    eye: np.ndarray
    mouth: np.ndarray
    neck: np.ndarray
    clavicle: np.ndarray
    pelvis: np.ndarray
    arm: tuple[np.ndarray, np.ndarray, np.ndarray]
    leg: tuple[np.ndarray, np.ndarray, np.ndarray]

    @property
    def foot(self) -> np.ndarray:
        return self.leg[2]

    @staticmethod
    def of(heads: dict[str, np.ndarray], eye: np.ndarray, mouth: np.ndarray) -> Landmarks:
        arm = heads["upper_arm"], heads["forearm"], heads["hand"]
        leg = heads["thigh"], heads["shin"], heads["foot"]
        return Landmarks(eye, mouth, heads["neck"], heads["clavicle"], heads["pelvis"], arm, leg)


def along(p: np.ndarray, chain: tuple[np.ndarray, np.ndarray, np.ndarray], lower: np.ndarray) -> np.ndarray:
    """Return how far along a limb points lie: 0 at the first joint, 1 at the second, 2 at the third."""
    a, b, c = chain
    first = (p - a) @ (b - a) / ((b - a) @ (b - a))
    second = 1 + (p - b) @ (c - b) / ((c - b) @ (c - b))
    return np.where(lower > 0.5, np.maximum(second, 0.9), np.minimum(first, 1.1))


class Fields:
    """The fields at the vertices of a piece."""

    def __init__(self, piece: Piece, marks: Landmarks) -> None:
        self.p, self.m = piece.mean(), marks
        w = piece.weights()
        self.arm, self.leg = w[:, ARM].sum(axis=1), w[:, LEG].sum(axis=1)
        self.arm_at = along(self.p, marks.arm, w[:, 8:12].sum(axis=1))
        self.leg_at = along(self.p, marks.leg, w[:, 13:16].sum(axis=1))
        self.head = w[:, 5] + w[:, 4]

    def hair(self) -> np.ndarray:
        """Above zero where hair grows: over the forehead, round the ears, down to the nape."""
        e = self.m.eye
        x = self.p[:, 0] - e[0]
        line = np.interp(x, [-0.20, -0.142, -0.126, -0.08, -0.066, -0.03, 0.04], [-0.080, -0.065, 0.022, 0.026, -0.01, 0.045, 0.064])
        return self.p[:, 2] - e[2] - line

    def cap(self) -> np.ndarray:
        """Above zero under a hat."""
        e = self.m.eye
        return self.p[:, 2] - e[2] - 0.052 - 0.28 * (self.p[:, 0] - e[0])

    def crew(self) -> np.ndarray:
        """Above zero over the neckline of a T-shirt."""
        low, high = self.m.clavicle, self.m.neck
        slope = (high[2] + 0.020 - low[2] - 0.018) / 0.10
        return self.p[:, 2] - (low[2] + 0.018 + slope * (low[0] + 0.04 - self.p[:, 0]))

    def vee(self) -> np.ndarray:
        """Above zero within a deep neckline, on the front."""
        z = self.m.clavicle[2]
        return self.p[:, 2] - (z - 0.11 + 1.75 * self.p[:, 1])

    def opening(self) -> np.ndarray:
        """Above zero within the opening of a jacket, on the front."""
        z = (self.p[:, 2] - self.m.pelvis[2]) / (self.m.clavicle[2] - self.m.pelvis[2])
        return 0.028 + 0.042 * np.clip(z, -0.2, 1.0) - self.p[:, 1]

    def waist(self) -> np.ndarray:
        return self.p[:, 2] - self.m.pelvis[2] - 0.065

    def hem(self) -> np.ndarray:
        """Above zero over the hem of tops and jackets."""
        return self.p[:, 2] - self.m.pelvis[2] + 0.045

    def crotch(self) -> np.ndarray:
        return self.leg_at - 0.16

    def lip(self, side: float) -> np.ndarray:
        """Above zero over (side 1) or under (side -1) the line of a lip."""
        y = np.clip(self.p[:, 1] / 0.0245, 0, 1)
        high = 0.0062 if side > 0 else 0.0082
        return side * (self.p[:, 2] - self.m.mouth[2]) - high * np.sqrt(1 - y**2)

    def brow(self, side: float) -> np.ndarray:
        """Above zero over (side 1) or under (side -1) a brow."""
        y = self.p[:, 1] - self.m.eye[1]
        middle = self.m.eye[2] + 0.0222 - 0.08 * y - 3.0 * y**2
        return side * (self.p[:, 2] - middle) - 0.0030

    def brow_end(self, side: float) -> np.ndarray:
        return side * (self.p[:, 1] - self.m.eye[1]) - 0.020

    def iris(self) -> np.ndarray:
        """Above zero within the iris."""
        return 0.0062 - np.hypot(self.p[:, 1] - self.m.eye[1], self.p[:, 2] - self.m.eye[2])

    def sole(self) -> np.ndarray:
        return 0.018 - self.p[:, 2]

    def shoe(self) -> np.ndarray:
        """Above zero above a low shoe; the heel is higher than the tongue's sides."""
        return self.p[:, 2] - self.m.foot[2] - 0.042 - 0.08 * (self.p[:, 0] - self.m.foot[0])

    def skirt(self, knee_share: float) -> np.ndarray:
        """Above zero below a hem, given as a share of the way from hip to knee (1) and ankle (2)."""
        hip, knee, ankle = (j[2] for j in self.m.leg)
        return np.interp(knee_share, [0, 1, 2], [hip, knee, ankle]) - self.p[:, 2]


Choose = Callable[[Fields], np.ndarray]


def coarse_lines() -> Iterator[tuple[str, Choose, Choose]]:
    """Yield (piece, field, which vertices it concerns) of the cuts that matter from afar."""
    yield "body", Fields.hair, lambda f: f.head > 0.6
    yield "body", Fields.crew, lambda f: (f.arm < 0.5) & (f.p[:, 2] > f.m.clavicle[2] - 0.1)
    yield "body", Fields.hem, lambda f: (f.arm < 0.35) & (f.head < 0.9) & (f.leg_at < 0.7)
    for at in (0.5, 1.93):
        yield "body", (lambda f, a=at: f.arm_at - a), lambda f: f.arm > 0.3
    yield "body", (lambda f: f.leg_at - 0.86), lambda f: f.leg > 0.6


def lines() -> Iterator[tuple[str, Choose, Choose]]:
    """Yield (piece, field, which vertices it concerns) of all cuts."""
    face = lambda f: (f.head > 0.6) & (f.p[:, 0] > f.m.mouth[0] - 0.025)  # noqa: E731
    trunk = lambda f: (f.arm < 0.35) & (f.head < 0.9) & (f.leg_at < 0.7)  # noqa: E731
    front = lambda f: trunk(f) & (f.p[:, 0] > f.m.clavicle[0] - 0.03)  # noqa: E731
    yield "body", Fields.hair, lambda f: f.head > 0.6
    yield "body", Fields.cap, lambda f: f.head > 0.6
    yield "body", lambda f: f.lip(1), lambda f: face(f) & (np.abs(f.p[:, 2] - f.m.mouth[2]) < 0.025) & (f.p[:, 1] < 0.031)
    yield "body", lambda f: f.lip(-1), lambda f: face(f) & (np.abs(f.p[:, 2] - f.m.mouth[2]) < 0.025) & (f.p[:, 1] < 0.031)
    near_brow = lambda f: face(f) & (np.abs(f.p[:, 2] - f.m.eye[2] - 0.022) < 0.022) & (np.abs(f.p[:, 1] - f.m.eye[1]) < 0.03)  # noqa: E731
    for side in (1.0, -1.0):
        yield "body", (lambda f, s=side: f.brow(s)), near_brow
    for side in (1.0, -1.0):
        yield "body", (lambda f, s=side: f.brow_end(s)), lambda f: near_brow(f) & (f.brow(1) < 1e-3) & (f.brow(-1) < 1e-3)
    yield "body", Fields.crew, lambda f: (f.arm < 0.5) & (f.p[:, 2] > f.m.clavicle[2] - 0.1)
    yield (
        "body",
        lambda f: f.crew() - 0.035,
        lambda f: (f.arm < 0.5) & (f.p[:, 2] > f.m.clavicle[2] - 0.1) & (f.p[:, 2] < f.m.mouth[2] - 0.02),
    )
    yield "body", Fields.vee, lambda f: front(f) & (f.crew() < 1e-3)
    yield "body", Fields.waist, trunk
    yield "body", Fields.hem, trunk
    yield "body", Fields.opening, lambda f: front(f) & (f.hem() > -1e-3) & (f.crew() < 1e-3)
    yield "body", Fields.crotch, lambda f: (f.leg > 0.25) & (f.hem() < 0.02)
    for at in (-0.05, 0.5, 1.93):
        yield "body", (lambda f, a=at: f.arm_at - a), lambda f: f.arm > 0.3
    for at in (0.86, 1.42, 1.94):
        yield "body", (lambda f, a=at: f.leg_at - a), lambda f: f.leg > 0.6
    yield "shoe", Fields.sole, lambda f: f.p[:, 2] < 0.06
    yield "shoe", Fields.shoe, lambda f: f.p[:, 2] > 0.03
    yield "eye", Fields.iris, lambda f: f.p[:, 2] > 0
    yield "skirt", Fields.hem, lambda f: f.p[:, 2] > 0
    for at in (0.55, 1.02):
        yield "skirt", (lambda f, a=at: f.skirt(a)), lambda f: f.p[:, 2] > 0


def cut_all(piece: Piece, marks: Landmarks, fine: bool) -> Piece:
    """Return the piece cut along all lines that concern it."""
    for name, field, concerned in lines() if fine else coarse_lines():
        if name == piece.name:
            fields = Fields(piece, marks)
            piece = cut(piece, field(fields), concerned(fields)[piece.triangles].all(axis=1))
    return piece


def region_of(piece: Piece, marks: Landmarks) -> np.ndarray:
    """Return the region of each triangle, as its number in REGIONS."""
    f = Fields(piece, marks)

    def over(values: np.ndarray) -> np.ndarray:
        return np.asarray(values)[piece.triangles].mean(axis=1)

    names = {"body": _body_region, "shoe": _shoe_region, "eye": _eye_region, "skirt": _skirt_region}[piece.name](f, over)
    return np.array([REGIONS.index(n) for n in names])


Over = Callable[[np.ndarray], np.ndarray]


def _body_region(f: Fields, over: Over) -> np.ndarray:
    arm, leg, head = over(f.arm) > 0.3, over(f.leg) > 0.5, over(f.head) > 0.6
    crew, front = over(f.crew()) > 0, over(f.p[:, 0]) > f.m.clavicle[0] - 0.03
    hair, cap = over(f.hair()) > 0, over(f.cap()) > 0
    top, waist = over(f.hem()) > 0, over(f.waist()) > 0
    a, g = over(f.arm_at), over(f.leg_at)
    face = over(f.p[:, 0]) > f.m.mouth[0] - 0.025
    lips = face & (over(f.lip(1)) < 0) & (over(f.lip(-1)) < 0) & (over(f.p[:, 1]) < 0.0235)
    brows = face & (over(f.brow(1)) < 0) & (over(f.brow(-1)) < 0) & (over(f.brow_end(1)) < 0) & (over(f.brow_end(-1)) < 0)
    opening = front & (over(f.opening()) > 0)
    on_head = crew & (over(f.p[:, 2]) > f.m.clavicle[2] - 0.06)
    collar = on_head & (over(f.crew()) < 0.035) & (over(f.p[:, 2]) < f.m.mouth[2] - 0.015)
    low_leg = leg & (g > 0.16)
    conditions = [
        *(collar, on_head & lips, on_head & brows & ~hair, on_head & head & hair & cap, on_head & head & hair),
        *(on_head & head & cap, on_head & (over(f.p[:, 2]) > f.m.neck[2] + 0.03), on_head),
        *(arm & (a < -0.05), arm & (a < 0.5), arm & (a < 1.93), arm),
        *(low_leg & (g < 0.86) & ~top, low_leg & (g < 1.42) & ~top, low_leg & (g < 1.94) & ~top, low_leg & ~top),
        *(top & front & (over(f.vee()) > 0), top & waist & opening, top & waist, top & opening, top),
    ]
    names = (
        *("collar", "lips", "brows", "crown", "hair", "forehead", "face", "neck", "chest", "shoulder", "sleeve", "hand"),
        *("thigh", "knee", "calf", "ankle", "neckline", "front", "chest", "front_hip", "hip"),
    )
    return np.select(conditions, names, "seat")


def _shoe_region(f: Fields, over: Over) -> np.ndarray:
    return np.select([over(f.sole()) > 0, over(f.shoe()) > 0], ["sole", "boot"], "shoe")


def _eye_region(f: Fields, over: Over) -> np.ndarray:
    return np.where(over(f.iris()) > 0, "iris", "white")


def _skirt_region(f: Fields, over: Over) -> np.ndarray:
    return np.select([over(f.hem()) > 0, over(f.skirt(0.55)) < 0, over(f.skirt(1.02)) < 0], ["waistband", "mini", "skirt"], "long_skirt")
