"""The proportions of car bodies, and their outlines at a size. x forward, y right, z up from the road, metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

Floats = NDArray[np.float64]
Polyline = tuple[tuple[float, float], ...]

BLACK = (22, 22, 24)


@dataclass(frozen=True)
class Style:
    """Proportions of a body. x in lengths from the middle (0.5 is the nose), z in heights, widths in half widths."""

    shoulder: Polyline
    """(x, z) of the edge between the sides and the deck, rear to front."""
    cowl: float
    """x of the foot of the windscreen..."""
    roof_front: float
    """...and of its top."""
    roof_rear: float
    tail: float
    """x of the foot of the rear window."""
    pillars: tuple[float, ...]
    """x of the pillars between side windows."""
    seams: tuple[float, ...]
    """x of the edges of doors."""
    axles: tuple[float, ...] = (-0.29, 0.30)
    wheel: float = 0.225
    """Radius."""
    clearance: float = 0.12
    roof_width: float = 0.74
    lamps: tuple[float, float] = (0.58, 0.80)
    """Share of the side's height between which head lamps lie."""
    tail_lamps: tuple[float, float] = (0.62, 0.86)
    lamp_width: float = 0.36
    tail_lamp_width: float = 0.34
    grille: tuple[float, float] | None = (0.58, 0.80)
    """None for a closed front."""
    sweep: float = 0.16
    """How far the corners of nose and tail fall back, metres."""
    taper: float = 0.10
    """How much narrower the ends are."""
    nose: tuple[float, ...] = (-0.06, 0.0, 0.0, -0.03, -0.10)
    """Front edge against the foremost point, metres, from the bottom up."""
    rump: tuple[float, ...] = (-0.08, 0.0, 0.0, -0.02, -0.06)
    crown: float = 0.035
    clad: bool = False
    """Black arches and sills."""
    glazed: tuple[float, float] = (-1.0, 1.0)
    """x between which the sides have windows; vans are blind behind."""
    rear_window: bool = True
    visor: float = 0.06
    """Share of the window's height under the roof that is no glass."""
    wheel_width: float = 0.21
    dual_tone: bool = False
    """A white roof, whatever the paint."""


@dataclass(frozen=True)
class Body:
    """A style at a size, and how finely to make it."""

    style: Style
    length: float
    half_width: float
    """Of the body, without mirrors."""
    height: float
    tag: Tag
    fine: bool = True

    def look(self, material: Material, color: tuple[int, int, int] = BLACK, tinted: bool = False) -> Look:
        return Look(material, self.tag, color, tinted)

    @property
    def paint(self) -> Look:
        return self.look(Material.PAINT, (255, 255, 255), True)

    @property
    def trim(self) -> Look:
        return self.look(Material.PLASTIC, (26, 26, 28))

    @property
    def glass(self) -> Look:
        return self.look(Material.GLASS, (22, 26, 30))

    @property
    def wheel_radius(self) -> float:
        return self.style.wheel * self.height

    def shoulder(self, x: Floats) -> Floats:
        """Return the height of the shoulder at x."""
        knots = np.array(self.style.shoulder)
        return _smooth(x / self.length, knots[:, 0], knots[:, 1]) * self.height

    def width(self, x: Floats) -> Floats:
        """Return the half width at x: full in the middle, tapering to the ends."""
        end = np.clip((np.abs(x) / (self.length / 2) - 0.55) / 0.45, 0, 1)
        return self.half_width * (1 - self.style.taper * end**2)

    def arch(self, x: Floats) -> Floats:
        """Return the height of the wheel arches at x, 0 between them."""
        radius = self.wheel_radius * 1.14
        rise = np.zeros_like(x)
        for axle in self.style.axles:
            inside = np.maximum(radius**2 - (x - axle * self.length) ** 2, 0)
            rise = np.maximum(rise, np.where(inside > 0, self.wheel_radius + np.sqrt(inside), 0))
        return rise


def _smooth(x: Floats, xs: Floats, ys: Floats) -> Floats:
    """Interpolate with rounded knees: the mean of three linear interpolations."""
    return (np.interp(x - 0.012, xs, ys) + np.interp(x, xs, ys) + np.interp(x + 0.012, xs, ys)) / 3
