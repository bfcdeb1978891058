"""Fronts and rears of cars: grilles, lamps, bumpers. Coordinates as in `Patch`."""

from __future__ import annotations

from simgen.server.assets.vehicle_forms import Pairs, Patch
from simgen.server.assets.vehicle_skin import Part

Patches = tuple[Patch, ...]


def opening(points: Pairs, bars: int = 0, slots: int = 0, rim: Part | None = None, sink: float = 0.02) -> Patch:
    """A dark opening across the middle or at the side."""
    return Patch(Part.GAP, points, sink=sink, bars=bars, slots=slots, rim=rim)


def middle(low: float, high: float, low_width: float, high_width: float, bars: int = 0, slots: int = 0, rim: Part | None = None) -> Patch:
    """A grille across the middle: two heights and the half widths there."""
    return opening(((-0.1, low), (low_width, low), (high_width, high), (-0.1, high)), bars, slots, rim)


def lamp(points: Pairs, beams: Pairs, radius: float = 0.055, turn: Pairs = (), rim: Part = Part.SEAM) -> Patches:
    """A head lamp: its glass, the beams in it, the indicator."""
    lens = Patch(Part.LENS, points, rim=rim)
    lights = tuple(Patch(Part.HEADLAMP, (b,), radius=radius * (1.0 if k == 0 else 0.85), fine=k > 0) for k, b in enumerate(beams))
    return (lens, *lights, *((Patch(Part.INDICATOR, turn, fine=True),) if turn else ()))


def round_lamp(u: float, v: float, radius: float, turn: Pairs = ()) -> Patches:
    """A round head lamp in a bright ring."""
    ring = Patch(Part.CHROME, ((u, v),), radius=radius * 1.16)
    lens = Patch(Part.LENS, ((u, v),), radius=radius, fine=True)
    return (ring, lens, Patch(Part.HEADLAMP, ((u, v),), radius=radius * 0.72), *((Patch(Part.INDICATOR, turn, fine=True),) if turn else ()))


def tail(points: Pairs, reversing: Pairs = (), turn: Pairs = (), rim: Part = Part.SEAM) -> Patches:
    """A tail lamp with its reversing lamp and indicator."""
    small = ((Part.REVERSING, reversing), (Part.INDICATOR, turn))
    return (Patch(Part.TAILLAMP, points, rim=rim), *(Patch(part, p, fine=True) for part, p in small if p))


def fog(u: float, v: float, radius: float = 0.045) -> Patch:
    return Patch(Part.LENS, ((u, v),), radius=radius, fine=True)


def rectangle(u: tuple[float, float], v: tuple[float, float]) -> Pairs:
    return ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1]))


LOW_INTAKE = middle(0.06, 0.25, 0.64, 0.60, bars=0)
DIFFUSER = Patch(Part.TRIM, ((-0.1, -0.1), (0.74, -0.1), (0.66, 0.13), (-0.1, 0.13)))
STRIP = Patch(Part.TRIM, rectangle((-0.1, 2.2), (0.36, 0.43)), fine=True)
"""A black guard around the bumper."""

_SWEPT = lamp(
    ((0.50, 0.57), (0.84, 0.56), (1.20, 0.71), (1.28, 0.80), (0.92, 0.79), (0.50, 0.73)), ((0.66, 0.66), (0.88, 0.685)), 0.055,
    ((1.04, 0.70), (1.19, 0.74), (1.23, 0.78), (1.06, 0.765)),
)  # fmt: skip
SALOON = (LOW_INTAKE, middle(0.46, 0.75, 0.38, 0.44, bars=3, rim=Part.CHROME), *_SWEPT, fog(0.78, 0.16))
WINGS = (
    LOW_INTAKE, opening(((0.05, 0.50), (0.40, 0.55), (0.50, 0.70), (0.05, 0.72)), slots=4, rim=Part.CHROME), *_SWEPT, fog(0.80, 0.17),
)  # fmt: skip
MESHED = (LOW_INTAKE, middle(0.42, 0.76, 0.36, 0.46, bars=4, slots=0, rim=Part.CHROME), *_SWEPT)
SINGLE_FRAME = (
    middle(0.16, 0.76, 0.30, 0.42, bars=4, rim=Part.CHROME),
    opening(((0.55, 0.10), (0.84, 0.12), (0.92, 0.30), (0.62, 0.26))),
    *lamp(((0.50, 0.58), (0.82, 0.56), (1.18, 0.72), (1.22, 0.79), (0.50, 0.72)), ((0.62, 0.645), (0.82, 0.66)), 0.045,
          ((1.0, 0.69), (1.14, 0.73), (1.16, 0.765), (1.0, 0.745))),
)  # fmt: skip
KIDNEYS = (
    LOW_INTAKE, opening(((0.03, 0.50), (0.22, 0.50), (0.27, 0.70), (0.05, 0.72)), slots=3, rim=Part.CHROME),
    *lamp(((0.42, 0.56), (0.86, 0.55), (1.16, 0.72), (1.18, 0.80), (0.44, 0.72)), ((0.58, 0.645), (0.82, 0.665)), 0.058,
          ((1.0, 0.69), (1.12, 0.74), (1.13, 0.78), (1.0, 0.755))), fog(0.76, 0.17),
)  # fmt: skip
STAR = (
    opening(((-0.1, 0.08), (0.40, 0.08), (0.46, 0.24), (-0.1, 0.24))),
    opening(((0.52, 0.08), (0.84, 0.10), (0.90, 0.27), (0.56, 0.24))),
    middle(0.38, 0.70, 0.36, 0.44, bars=1, rim=Part.CHROME), Patch(Part.CHROME, ((0.0, 0.54),), radius=0.085),
    *lamp(((0.52, 0.56), (0.80, 0.54), (1.16, 0.72), (1.26, 0.82), (0.86, 0.78), (0.54, 0.70)), ((0.66, 0.64), (0.84, 0.67)), 0.05,
          ((0.98, 0.71), (1.14, 0.76), (1.18, 0.79), (0.98, 0.755))),
)  # fmt: skip
SLIT = (
    middle(0.05, 0.24, 0.72, 0.66),
    Patch(Part.GAP, ((-0.1, 0.56), (0.92, 0.57), (1.08, 0.68), (1.06, 0.77), (-0.1, 0.76)), sink=0.0),
    middle(0.59, 0.73, 0.48, 0.50, bars=2),
    *lamp(((0.60, 0.61), (0.92, 0.62), (1.02, 0.70), (1.0, 0.74), (0.60, 0.73)), ((0.70, 0.67), (0.86, 0.68)), 0.042,
          ((0.94, 0.655), (1.0, 0.70), (0.99, 0.725), (0.94, 0.715))), fog(0.84, 0.18),
)  # fmt: skip
CROSSHAIR = (
    middle(0.06, 0.24, 0.66, 0.60), middle(0.42, 0.76, 0.46, 0.50, bars=1, slots=0, rim=Part.CHROME),
    Patch(Part.CHROME, rectangle((-0.1, 0.03), (0.43, 0.75)), fine=True),
    *lamp(((0.58, 0.56), (0.98, 0.56), (1.12, 0.72), (1.12, 0.78), (0.58, 0.76)), ((0.70, 0.66), (0.90, 0.67)), 0.06,
          ((1.0, 0.62), (1.07, 0.70), (1.07, 0.76), (1.0, 0.75))), fog(0.80, 0.16),
)  # fmt: skip
UPRIGHT = (
    STRIP, middle(0.06, 0.22, 0.60, 0.56), middle(0.48, 0.76, 0.42, 0.44, slots=6, rim=Part.CHROME),
    *lamp(((0.50, 0.50), (1.0, 0.50), (1.12, 0.60), (1.12, 0.77), (0.50, 0.76)), ((0.64, 0.63), (0.86, 0.63)), 0.065,
          ((0.97, 0.52), (1.08, 0.60), (1.08, 0.75), (0.97, 0.75))),
)  # fmt: skip
MUSCLE = (
    Patch(Part.CHROME, rectangle((-0.1, 1.25), (0.34, 0.42))), middle(0.16, 0.28, 0.55, 0.52),
    middle(0.46, 0.80, 0.86, 0.88, bars=4, rim=Part.CHROME),
    *round_lamp(0.70, 0.63, 0.085, rectangle((0.40, 0.52), (0.20, 0.26))), Patch(Part.CHROME, ((0.0, 0.63),), radius=0.05, fine=True),
)  # fmt: skip
CLOSED = (
    middle(0.06, 0.22, 0.62, 0.54), opening(((0.74, 0.10), (0.90, 0.12), (0.94, 0.34), (0.82, 0.30))),
    *lamp(((0.54, 0.60), (0.76, 0.60), (1.16, 0.76), (1.24, 0.84), (0.90, 0.80), (0.56, 0.68)), ((0.68, 0.66), (0.86, 0.70)), 0.045,
          ((1.0, 0.735), (1.12, 0.785), (1.16, 0.81), (1.0, 0.775))),
    Patch(Part.CHROME, ((0.0, 0.70),), radius=0.035, fine=True),
)  # fmt: skip
WEDGE = (
    middle(0.08, 0.34, 0.66, 0.50, bars=3), Patch(Part.CHROME, ((0.0, 0.66),), radius=0.06, fine=True),
    *lamp(((0.48, 0.52), (0.72, 0.50), (1.16, 0.74), (1.30, 0.92), (1.02, 0.90), (0.54, 0.64)), ((0.66, 0.60), (0.86, 0.70)), 0.052,
          ((1.0, 0.72), (1.14, 0.80), (1.16, 0.86), (1.02, 0.80))), fog(0.84, 0.17),
)  # fmt: skip
SMILE = (
    middle(0.05, 0.30, 0.58, 0.62, bars=2), middle(0.56, 0.66, 0.46, 0.50, bars=1),
    *lamp(((0.46, 0.56), (0.78, 0.50), (1.10, 0.66), (1.18, 0.84), (0.84, 0.82), (0.50, 0.70)), ((0.66, 0.65), (0.86, 0.70)), 0.065,
          ((0.98, 0.66), (1.09, 0.72), (1.11, 0.80), (1.0, 0.78))), fog(0.80, 0.20, 0.055),
)  # fmt: skip
LADDER = (
    middle(0.05, 0.28, 0.60, 0.62, bars=2), middle(0.50, 0.74, 0.34, 0.46, bars=3, rim=Part.CHROME),
    *lamp(((0.50, 0.52), (0.90, 0.54), (1.20, 0.72), (1.20, 0.81), (0.52, 0.75)), ((0.68, 0.65), (0.90, 0.68)), 0.062,
          ((1.02, 0.68), (1.15, 0.74), (1.15, 0.79), (1.02, 0.765))),
    opening(((0.72, 0.12), (0.90, 0.14), (0.94, 0.30), (0.78, 0.30))), fog(0.84, 0.21, 0.05),
)  # fmt: skip
MINI = (
    middle(0.08, 0.26, 0.62, 0.66, bars=1), opening(((-0.1, 0.42), (0.34, 0.42), (0.46, 0.56), (0.40, 0.70), (-0.1, 0.71)), bars=2,
    rim=Part.CHROME),
    *round_lamp(0.74, 0.70, 0.115, rectangle((0.70, 0.84), (0.40, 0.46))), fog(0.70, 0.20, 0.05),
)  # fmt: skip
SLOTS = (
    Patch(Part.TRIM, rectangle((-0.1, 1.6), (-0.1, 0.32))), *(opening(rectangle((0.115 * k - 0.04, 0.115 * k + 0.04), (0.46,
    0.80))) for k in range(4)),
    *round_lamp(0.62, 0.66, 0.095), Patch(Part.INDICATOR, ((0.62, 0.46),), radius=0.04, fine=True), fog(0.66, 0.20, 0.05),
)  # fmt: skip
OFFROAD = (
    STRIP, middle(0.10, 0.26, 0.55, 0.52), middle(0.50, 0.84, 0.50, 0.52, bars=3, rim=Part.CHROME),
    *lamp(((0.56, 0.54), (0.98, 0.54), (1.08, 0.64), (1.08, 0.83), (0.56, 0.83)), ((0.70, 0.68), (0.88, 0.68)), 0.07,
          ((0.96, 0.57), (1.04, 0.64), (1.04, 0.80), (0.96, 0.80))),
)  # fmt: skip
VEE = (
    middle(0.06, 0.28, 0.62, 0.60), middle(0.42, 0.82, 0.36, 0.50, bars=5, rim=Part.CHROME),
    *lamp(((0.56, 0.58), (0.94, 0.56), (1.16, 0.70), (1.16, 0.82), (0.58, 0.80)), ((0.70, 0.69), (0.90, 0.70)), 0.06,
          ((1.0, 0.62), (1.11, 0.70), (1.11, 0.79), (1.0, 0.78))), opening(((0.74, 0.10), (0.92, 0.12), (0.95, 0.34), (0.82, 0.34))),
)  # fmt: skip
BUBBLE = (
    Patch(Part.TRIM, rectangle((-0.1, 1.5), (-0.1, 0.16))), *round_lamp(0.80, 0.60, 0.085),
    Patch(Part.CHROME, rectangle((-0.1, 0.62), (0.585, 0.615)), fine=True), Patch(Part.INDICATOR, ((0.62, 0.42),), radius=0.04, fine=True),
)  # fmt: skip
VAN = (
    Patch(Part.TRIM, rectangle((-0.1, 1.7), (-0.1, 0.24))), middle(0.06, 0.18, 0.55, 0.55, bars=1), middle(0.40, 0.64, 0.46, 0.40, bars=2),
    Patch(Part.CHROME, ((0.0, 0.54),), radius=0.09, fine=True),
    *lamp(((0.58, 0.42), (0.94, 0.42), (1.20, 0.70), (1.16, 0.82), (0.80, 0.72), (0.58, 0.60)), ((0.76, 0.53), (0.90, 0.60)), 0.075,
          ((1.0, 0.60), (1.12, 0.70), (1.11, 0.77), (1.0, 0.70))), fog(0.80, 0.13, 0.05),
)  # fmt: skip
AIR_COOLED = (
    Patch(Part.SECOND, rectangle((-0.1, 1.12), (-0.1, 0.17))), Patch(Part.SECOND, ((0.0, 0.30), (1.02, 1.01), (-0.1, 1.01), (-0.1, 0.33))),
    *round_lamp(0.64, 0.50, 0.095), Patch(Part.CHROME, ((0.0, 0.62),), radius=0.15, fine=True),
    Patch(Part.SECOND, ((0.0, 0.62),), radius=0.125, fine=True),
    Patch(Part.INDICATOR, rectangle((0.70, 0.86), (0.66, 0.71)), fine=True), Patch(Part.GAP, rectangle((0.10, 0.52), (0.83, 0.91)),
    slots=6, fine=True),
)  # fmt: skip

SALOON_REAR = (
    DIFFUSER,
    *tail(((0.50, 0.66), (0.95, 0.64), (1.26, 0.76), (1.25, 0.87), (0.92, 0.87), (0.50, 0.85)), rectangle((0.53, 0.66), (0.685, 0.735)),
          ((0.70, 0.79), (1.02, 0.80), (1.02, 0.85), (0.70, 0.84))),
)  # fmt: skip
BAR_REAR = (
    DIFFUSER, Patch(Part.TAILLAMP, ((-0.1, 0.74), (0.60, 0.74), (0.60, 0.79), (-0.1, 0.79))),
    *tail(((0.56, 0.68), (0.96, 0.67), (1.20, 0.76), (1.20, 0.85), (0.58, 0.84)), rectangle((0.62, 0.74), (0.695, 0.74)),
          ((0.80, 0.78), (1.03, 0.79), (1.03, 0.83), (0.80, 0.82))),
)  # fmt: skip
RACETRACK_REAR = (
    DIFFUSER, Patch(Part.TAILLAMP, ((-0.1, 0.64), (0.94, 0.64), (1.06, 0.70), (1.06, 0.82), (0.94, 0.86), (-0.1, 0.86)), rim=Part.GAP),
    Patch(Part.THIRD, rectangle((-0.1, 0.90), (0.69, 0.81))), Patch(Part.REVERSING, rectangle((0.40, 0.54), (0.72, 0.78)), fine=True),
    Patch(Part.INDICATOR, rectangle((0.74, 0.88), (0.71, 0.79)), fine=True),
)  # fmt: skip
UPRIGHT_REAR = (
    STRIP, *tail(((0.54, 0.54), (1.0, 0.54), (1.08, 0.62), (1.08, 0.86), (0.54, 0.86)), rectangle((0.58, 0.70), (0.58, 0.66)),
                 rectangle((0.86, 0.98), (0.60, 0.82))),
)  # fmt: skip
TRIPLE_REAR = (
    Patch(Part.CHROME, rectangle((-0.1, 1.2), (0.36, 0.43))), Patch(Part.GAP, rectangle((-0.1, 0.92), (0.55, 0.84))),
    *(Patch(Part.TAILLAMP, rectangle((0.44 + 0.15 * k, 0.55 + 0.15 * k), (0.58, 0.81)), rim=Part.CHROME) for k in range(3)),
    Patch(Part.REVERSING, rectangle((0.40, 0.54), (0.22, 0.28)), fine=True), Patch(Part.INDICATOR, rectangle((0.58, 0.72), (0.22, 0.28)),
    fine=True),
)  # fmt: skip
HATCH_REAR = (
    DIFFUSER, *tail(((0.60, 0.62), (1.0, 0.58), (1.16, 0.70), (1.14, 0.97), (0.84, 0.97), (0.66, 0.86)), rectangle((0.66, 0.80), (0.66,
    0.72)),
                    ((0.80, 0.80), (1.03, 0.80), (1.03, 0.87), (0.80, 0.87))),
)  # fmt: skip
ROUND_REAR = (
    DIFFUSER, *tail(((0.66, 0.54), (0.90, 0.52), (1.04, 0.62), (1.04, 0.86), (0.90, 0.94), (0.68, 0.90)), rectangle((0.74, 0.86), (0.58,
    0.65)),
                    rectangle((0.74, 0.92), (0.78, 0.86)), Part.CHROME),
)  # fmt: skip
ESTATE_REAR = (
    DIFFUSER, Patch(Part.CHROME, rectangle((-0.1, 0.52), (0.69, 0.72)), fine=True),
    *tail(((0.54, 0.64), (0.98, 0.62), (1.20, 0.74), (1.20, 0.88), (0.56, 0.84)), rectangle((0.58, 0.70), (0.665, 0.72)),
          ((0.78, 0.79), (1.06, 0.80), (1.06, 0.85), (0.78, 0.84))),
)  # fmt: skip
TAILGATE_REAR = (
    STRIP, *tail(rectangle((0.80, 1.03), (0.50, 0.86)), rectangle((0.83, 0.97), (0.52, 0.60)), rectangle((0.83, 0.97), (0.74, 0.83))),
)  # fmt: skip
JEEP_REAR = (
    Patch(Part.TRIM, rectangle((-0.1, 1.6), (-0.1, 0.30))),
    *tail(rectangle((0.82, 0.99), (0.52, 0.76)), rectangle((0.85, 0.96), (0.54, 0.61)), rectangle((0.85, 0.96), (0.68, 0.74))),
)  # fmt: skip
VAN_REAR = (
    Patch(Part.TRIM, rectangle((-0.1, 1.5), (-0.1, 0.16))), Patch(Part.GAP, rectangle((-0.1, 0.006), (0.16, 1.1)), fine=True),
    *tail(rectangle((0.86, 1.04), (0.44, 0.94)), rectangle((0.89, 1.0), (0.50, 0.60)), rectangle((0.89, 1.0), (0.80, 0.90))),
)  # fmt: skip
AIR_COOLED_REAR = (
    Patch(Part.SECOND, rectangle((-0.1, 1.10), (-0.1, 0.14))), Patch(Part.GAP, rectangle((-0.1, 0.60), (0.395, 0.405)), fine=True),
    *tail(((0.74, 0.34), (0.88, 0.34), (0.92, 0.40), (0.92, 0.54), (0.88, 0.60), (0.74, 0.60), (0.71, 0.54), (0.71, 0.40)),
          rectangle((0.76, 0.86), (0.36, 0.41)), rectangle((0.76, 0.86), (0.52, 0.58)), Part.CHROME),
)  # fmt: skip
BUBBLE_REAR = (
    Patch(Part.TRIM, rectangle((-0.1, 1.5), (-0.1, 0.16))), Patch(Part.TAILLAMP, rectangle((-0.1, 0.70), (0.585, 0.615))),
    *tail(rectangle((0.72, 0.94), (0.52, 0.70)), rectangle((0.74, 0.82), (0.54, 0.60)), rectangle((0.84, 0.92), (0.60, 0.68))),
)  # fmt: skip
COACH = (
    Patch(Part.TRIM, rectangle((-0.1, 1.3), (-0.1, 0.07))), middle(0.10, 0.24, 0.45, 0.45, bars=2), middle(0.56, 0.70, 0.36, 0.40, bars=1),
    *lamp(((0.60, 0.32), (0.98, 0.32), (1.06, 0.46), (1.04, 0.56), (0.62, 0.52)), ((0.72, 0.42), (0.90, 0.43)), 0.085,
          ((0.98, 0.37), (1.04, 0.44), (1.03, 0.52), (0.98, 0.51))), fog(0.74, 0.16, 0.06),
)  # fmt: skip
COACH_REAR = (
    Patch(Part.TRIM, rectangle((-0.1, 1.2), (-0.1, 0.08))),
    *tail(rectangle((0.80, 0.95), (0.34, 0.72)), rectangle((0.82, 0.93), (0.36, 0.44)), rectangle((0.82, 0.93), (0.60, 0.70))),
    Patch(Part.GAP, rectangle((-0.1, 0.50), (0.14, 0.32)), slots=0, bars=4, fine=True),
)  # fmt: skip
CAB = (
    Patch(Part.TRIM, rectangle((-0.1, 1.3), (-0.1, 0.30))), middle(0.42, 0.94, 0.62, 0.66, bars=4), middle(0.10, 0.24, 0.40, 0.40, bars=1),
    *lamp(((0.58, 0.08), (1.0, 0.08), (1.10, 0.16), (1.08, 0.27), (0.60, 0.25)), ((0.70, 0.165), (0.88, 0.165)), 0.075,
          ((0.98, 0.11), (1.06, 0.16), (1.05, 0.24), (0.98, 0.23))),
)  # fmt: skip
