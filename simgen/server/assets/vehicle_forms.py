"""The proportions of bodies of vehicles. x in lengths from the middle of the box (0.5 is the nose), z in heights above the road.

All bodies are two rings around the vehicle: the lower one from the sills to the shoulder line, closed by bonnet and boot lid, and the
glass house on it, closed by the roof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.server.assets.vehicle_skin import Part

Floats = NDArray[np.float64]
Pairs = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Patch:
    """A convex piece of the front or rear: (u, v) with u in half widths around the body from the middle (beyond 1 lies the side),
    v from 0 at the lower edge of the body to 1 at the shoulder; a single point with `radius` is a disc."""

    part: Part
    points: Pairs
    radius: float = 0.0
    """Metres."""
    sink: float = 0.0
    """Metres into the body."""
    bars: int = 0
    """Bright bars across a grille..."""
    slots: int = 0
    """...or upright ones on each half."""
    fine: bool = False
    """Left out from afar."""
    rim: Part | None = None
    """Border of 1.5 cm."""


@dataclass(frozen=True)
class Form:
    """A body."""

    shoulder: Pairs
    """(x, z) of the upper edge of the lower ring, rear to front."""
    roof: Pairs
    """(x, z) of the middle of the roof."""
    cowl: float
    """x of the foot of the windscreen..."""
    screen_top: float
    rear_top: float
    tail: float
    """...and of the foot of the rear window."""
    windows: tuple[Pairs, ...]
    """Convex panes of a side: (x, share of the height of the glass house), front to rear."""
    front: tuple[Patch, ...] = ()
    rear: tuple[Patch, ...] = ()
    doors: tuple[tuple[float, float], ...] = ()
    """x of the front and rear shut line of the doors of a side, at the shoulder."""
    axles: tuple[float, ...] = (-0.29, 0.30)
    wheel: float = 0.33
    """Radius, metres."""
    tyre: float = 0.215
    """Width, metres."""
    rim: str = "five"
    mirror: float = 0.10
    """How far mirrors stand out of the body, metres; they end at the box."""
    mirror_high: float = 0.075
    """Half the height of the mirrors, metres."""
    clearance: tuple[float, float, float] = (0.20, 0.19, 0.26)
    """Height of the lower edge in front, at the side and behind, metres."""
    front_plan: tuple[float, float] = (0.95, 2.9)
    """Length of the rounding seen from above, metres, and its exponent: 2 is an ellipse."""
    rear_plan: tuple[float, float] = (0.70, 3.4)
    section: Pairs = (
        (0.0, 0.085), (0.05, 0.050), (0.10, 0.036), (0.16, 0.040), (0.26, 0.034), (0.38, 0.016), (0.50, 0.003), (0.62, 0.0), (0.765, 0.005),
        (0.785, 0.010), (0.83, 0.037), (0.85, 0.041), (0.93, 0.047), (0.975, 0.062), (1.0, 0.095),
    )  # fmt: skip
    """(share of the height, inset in metres) of the sides; its knots are the rows of the ring."""
    nose: Pairs = (
        (0.0, 0.10),
        (0.06, 0.03),
        (0.18, 0.0),
        (0.34, 0.0),
        (0.44, 0.025),
        (0.62, 0.05),
        (0.80, 0.10),
        (0.92, 0.17),
        (1.0, 0.29),
    )
    """(share of the height, metres behind the foremost point)."""
    rump: Pairs = (
        (0.0, 0.12),
        (0.08, 0.03),
        (0.2, 0.0),
        (0.40, 0.0),
        (0.48, 0.045),
        (0.66, 0.06),
        (0.82, 0.06),
        (0.94, 0.075),
        (1.0, 0.13),
    )
    flare: float = 0.022
    """How far the wheel arches stand out, metres."""
    arch: float = 1.11
    """Radius of the wheel arches in wheels."""
    crown: float = 0.055
    """How much higher the bonnet is in the middle than at its edges, metres."""
    foot: float = 0.925
    """Half width of the glass house at its foot, in half widths of the body..."""
    top: float = 0.70
    """...and at the edge of the roof."""
    bulge: float = 0.020
    screen_plan: tuple[float, float] = (0.50, 2.7)
    back_plan: tuple[float, float] = (0.40, 3.0)
    roof_crown: float = 0.055
    rear_window: tuple[float, float] | None = (0.12, 0.88)
    """Share of the height of the glass house between which the rear pane lies."""
    screen: tuple[float, float] = (0.03, 0.90)
    clad: bool = False
    """Black sills and arches."""
    chrome: bool = False
    """A bright line under the windows."""
    rails: bool = False
    second_roof: bool = False
    """Roof and pillars in the second colour."""
    plate: float = 0.52
    """Share of the lower body's height at which the rear plate hangs."""
    exhaust: int = 1
    """Number of tail pipes."""


@dataclass(frozen=True)
class Body:
    """A form at the size of its box."""

    form: Form
    length: float
    half_width: float
    """Without mirrors."""
    height: float
    fine: bool = True

    def shoulder(self, x: Floats) -> Floats:
        return self._curve(x, self.form.shoulder)

    def roof(self, x: Floats) -> Floats:
        return self._curve(x, self.form.roof)

    def _curve(self, x: Floats, pairs: Pairs) -> Floats:
        """Interpolate with rounded knees."""
        xs, zs = np.array(sorted(pairs)).T
        at = np.asarray(x) / self.length
        return np.mean([np.interp(at + d, xs, zs) for d in (-0.018, -0.009, 0.0, 0.009, 0.018)], axis=0) * self.height

    @property
    def axles(self) -> Floats:
        """x of the axles, metres, front to rear."""
        return np.sort(np.array(self.form.axles))[::-1] * self.length

    @property
    def arch_radius(self) -> float:
        return self.form.wheel * self.form.arch
