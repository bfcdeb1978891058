"""The bodies of the cars, literally. x in lengths (0.5 is the nose), z in heights of the box."""

from __future__ import annotations

from dataclasses import replace

from simgen.server.assets import vehicle_faces as faces
from simgen.server.assets.vehicle_forms import Form, Pairs

POST = 0.007
"""Half a window post, in lengths."""


def panes(
    front: tuple[float, float],
    posts: tuple[float, ...],
    rear: tuple[float, float],
    tip: tuple[float, float] | None = None,
    low: float = 0.07,
    high: float = 0.89,
) -> tuple[Pairs, ...]:
    """Return the panes of a side between (x below, x above) in front and behind, divided by upright posts; `tip` is a corner
    (x, share) of the rearmost pane between its lower and its upper one."""  # fmt: skip
    starts = [front, *((p + 0.004 - POST, p - 0.004 - POST) for p in posts)]
    ends = [*((p + 0.004 + POST, p - 0.004 + POST) for p in posts), rear]
    out: list[Pairs] = [((a[0], low), (a[1], high), (b[1], high), (b[0], low)) for a, b in zip(starts, ends, strict=True)]
    if tip is not None:
        last = out.pop()
        out.append((*last[:3], tip, last[3]))
    return tuple(out)


SEDAN = Form(
    shoulder=((-0.5, 0.685), (-0.44, 0.705), (-0.30, 0.69), (-0.10, 0.66), (0.10, 0.645), (0.24, 0.635), (0.40, 0.575), (0.46, 0.54),
    (0.5, 0.50)),
    roof=((-0.36, 0.86), (-0.18, 0.965), (-0.08, 0.995), (0.0, 1.0), (0.07, 0.98), (0.14, 0.93)),
    cowl=0.235, screen_top=0.055, rear_top=-0.185, tail=-0.375,
    windows=panes((0.30, 0.10), (-0.052,), (-0.245, -0.165), (-0.238, 0.45)),
    front=faces.SALOON, rear=faces.SALOON_REAR, doors=((0.165, -0.052), (-0.052, -0.245)), axles=(-0.28, 0.305), wheel=0.335, chrome=True,
)  # fmt: skip
MKZ_2017 = replace(SEDAN, front=faces.WINGS, rear=faces.BAR_REAR, rim="ten", exhaust=2, mirror=0.13)
MKZ_2020 = replace(MKZ_2017, front=faces.MESHED, mirror=0.035)
IMPALA = replace(
    SEDAN, front=faces.UPRIGHT, rear=faces.UPRIGHT_REAR, cowl=0.215, screen_top=0.06, rear_top=-0.165, tail=-0.325, rim="cover",
    wheel=0.325,
    windows=panes((0.30, 0.10), (-0.04,), (-0.215, -0.150), (-0.208, 0.45)), doors=((0.16, -0.04), (-0.04, -0.222)), axles=(-0.27, 0.29),
    shoulder=((-0.5, 0.66), (-0.44, 0.69), (-0.30, 0.69), (0.0, 0.655), (0.22, 0.645), (0.40, 0.60), (0.46, 0.57), (0.5, 0.53)),
)  # fmt: skip
CHARGER = replace(
    SEDAN,
    shoulder=((-0.5, 0.70), (-0.44, 0.725), (-0.32, 0.72), (-0.20, 0.70), (0.0, 0.655), (0.20, 0.655), (0.40, 0.625), (0.47, 0.58), (0.5,
    0.55)),
    roof=((-0.36, 0.84), (-0.18, 0.955), (-0.08, 0.99), (-0.02, 1.0), (0.05, 0.98), (0.12, 0.93)),
    cowl=0.205, screen_top=0.035, rear_top=-0.18, tail=-0.375, windows=panes((0.30, 0.10), (-0.07,), (-0.252, -0.165), (-0.245, 0.42)),
    doors=((0.14, -0.07), (-0.07, -0.255)), front=faces.SLIT, rear=faces.RACETRACK_REAR, axles=(-0.288, 0.315), wheel=0.352, tyre=0.235,
    rim="dark", chrome=False, exhaust=2, mirror=0.035, plate=0.40,
    nose=((0.0, 0.10), (0.06, 0.02), (0.18, 0.0), (0.34, 0.01), (0.46, 0.03), (0.62, 0.03), (0.80, 0.04), (0.92, 0.09), (1.0, 0.20)),
)  # fmt: skip
CHARGER_2009 = replace(CHARGER, front=faces.CROSSHAIR, rear=faces.SALOON_REAR, rim="steel", mirror=0.075, plate=0.52)
CROWN = replace(
    IMPALA, front=faces.UPRIGHT, rear=faces.UPRIGHT_REAR, mirror=0.035, cowl=0.195, screen_top=0.05, rear_top=-0.165, tail=-0.305,
    windows=panes((0.28, 0.10), (-0.05,), (-0.222, -0.150), (-0.214, 0.45)), doors=((0.15, -0.05), (-0.05, -0.228)), rim="steel",
    shoulder=((-0.5, 0.66), (-0.44, 0.70), (-0.30, 0.70), (0.0, 0.675), (0.20, 0.665), (0.42, 0.62), (0.47, 0.60), (0.5, 0.57)),
)  # fmt: skip
MODEL3 = replace(
    SEDAN,
    shoulder=((-0.5, 0.70), (-0.45, 0.735), (-0.34, 0.715), (-0.10, 0.66), (0.10, 0.635), (0.25, 0.62), (0.40, 0.55), (0.46, 0.505),
    (0.5, 0.46)),
    roof=((-0.40, 0.84), (-0.22, 0.955), (-0.10, 0.995), (-0.02, 1.0), (0.06, 0.975), (0.14, 0.91)),
    cowl=0.285, screen_top=0.06, rear_top=-0.19, tail=-0.425, windows=panes((0.36, 0.12), (-0.05,), (-0.275, -0.165), (-0.262, 0.40)),
    doors=((0.185, -0.05), (-0.05, -0.25)), front=faces.CLOSED, rear=faces.SALOON_REAR, rim="aero", chrome=False, exhaust=0, mirror=0.13,
    axles=(-0.295, 0.318), clearance=(0.17, 0.16, 0.24),
    nose=((0.0, 0.12), (0.06, 0.03), (0.18, 0.0), (0.34, 0.01), (0.46, 0.04), (0.62, 0.09), (0.80, 0.17), (0.92, 0.26), (1.0, 0.38)),
)  # fmt: skip
PRIUS = replace(
    MODEL3,
    shoulder=((-0.5, 0.72), (-0.46, 0.765), (-0.34, 0.72), (-0.10, 0.655), (0.10, 0.625), (0.28, 0.60), (0.40, 0.54), (0.46, 0.49), (0.5,
    0.44)),
    roof=((-0.46, 0.80), (-0.26, 0.935), (-0.10, 0.99), (0.0, 1.0), (0.06, 0.985), (0.14, 0.92)),
    cowl=0.315, screen_top=0.055, rear_top=-0.24, tail=-0.468, windows=panes((0.36, 0.12), (-0.055, -0.255), (-0.365, -0.275)),
    doors=((0.20, -0.055), (-0.055, -0.27)), front=faces.WEDGE, rear=faces.HATCH_REAR, rim="aero", axles=(-0.295, 0.305), wheel=0.315,
    mirror=0.10,
)  # fmt: skip
COUPE = replace(
    SEDAN,
    shoulder=((-0.5, 0.68), (-0.44, 0.71), (-0.32, 0.705), (-0.10, 0.665), (0.10, 0.65), (0.20, 0.645), (0.40, 0.58), (0.46, 0.55), (0.5,
    0.51)),
    roof=((-0.36, 0.84), (-0.20, 0.94), (-0.09, 0.99), (-0.02, 1.0), (0.05, 0.975), (0.12, 0.91)),
    cowl=0.205, screen_top=0.02, rear_top=-0.19, tail=-0.40, windows=panes((0.26, 0.10), (-0.125,), (-0.262, -0.175), (-0.252, 0.45)),
    doors=((0.14, -0.13),), front=faces.STAR, rear=faces.SALOON_REAR, axles=(-0.285, 0.305), wheel=0.335, rim="ten",
    clearance=(0.17, 0.16, 0.24),
    top=0.68, exhaust=2, mirror=0.13,
)  # fmt: skip
COUPE_2020 = replace(COUPE, mirror=0.035)
TT = replace(
    COUPE,
    shoulder=((-0.5, 0.62), (-0.45, 0.70), (-0.32, 0.72), (-0.10, 0.68), (0.10, 0.665), (0.20, 0.66), (0.38, 0.61), (0.46, 0.55), (0.5,
    0.48)),
    roof=((-0.42, 0.80), (-0.24, 0.93), (-0.10, 0.99), (-0.02, 1.0), (0.06, 0.97), (0.12, 0.92)),
    cowl=0.195, screen_top=0.015, rear_top=-0.20, tail=-0.445, windows=panes((0.26, 0.10), (-0.14,), (-0.275, -0.185), (-0.265, 0.42)),
    front=faces.SINGLE_FRAME, rear=faces.SALOON_REAR, axles=(-0.305, 0.295), rim="seven", mirror=0.085, wheel=0.325,
)  # fmt: skip
MUSTANG = replace(
    COUPE,
    shoulder=((-0.5, 0.68), (-0.46, 0.735), (-0.30, 0.735), (-0.16, 0.70), (0.0, 0.68), (0.16, 0.69), (0.40, 0.665), (0.48, 0.645), (0.5,
    0.62)),
    roof=((-0.42, 0.80), (-0.26, 0.92), (-0.14, 0.985), (-0.06, 1.0), (0.02, 0.985), (0.08, 0.95)),
    cowl=0.145, screen_top=-0.005, rear_top=-0.20, tail=-0.43, windows=panes((0.20, 0.08), (-0.155,), (-0.24, -0.19)),
    doors=((0.11, -0.16),),
    front=faces.MUSCLE, rear=faces.TRIPLE_REAR, rim="five", axles=(-0.275, 0.305), wheel=0.325, tyre=0.235, mirror=0.045, crown=0.05,
    nose=((0.0, 0.14), (0.06, 0.08), (0.18, 0.05), (0.33, 0.04), (0.35, 0.0), (0.42, 0.0), (0.44, 0.05), (0.80, 0.03), (0.90, 0.01),
    (1.0, 0.06)),
    rump=((0.0, 0.16), (0.08, 0.09), (0.2, 0.06), (0.35, 0.05), (0.36, 0.0), (0.43, 0.0), (0.45, 0.05), (0.84, 0.03), (0.94, 0.03), (1.0,
    0.09)),
)  # fmt: skip
HATCH = replace(
    SEDAN,
    shoulder=((-0.5, 0.62), (-0.46, 0.645), (-0.30, 0.635), (-0.10, 0.605), (0.10, 0.59), (0.26, 0.58), (0.40, 0.525), (0.46, 0.48),
    (0.5, 0.43)),
    roof=((-0.50, 0.90), (-0.40, 0.935), (-0.25, 0.97), (-0.10, 0.995), (0.0, 1.0), (0.07, 0.985), (0.14, 0.94)),
    cowl=0.275, screen_top=0.075, rear_top=-0.385, tail=-0.475, windows=panes((0.34, 0.14), (-0.06, -0.285), (-0.395, -0.365), low=0.08),
    doors=((0.195, -0.06), (-0.06, -0.29)), front=faces.SMILE, rear=faces.HATCH_REAR, axles=(-0.325, 0.30), wheel=0.30, tyre=0.195,
    chrome=False,
    top=0.735, rear_plan=(0.55, 3.8), back_plan=(0.28, 3.6), front_plan=(0.85, 2.6), rear_window=(0.10, 0.84), plate=0.62,
    rump=((0.0, 0.10), (0.08, 0.03), (0.2, 0.0), (0.40, 0.0), (0.46, 0.03), (0.66, 0.035), (0.82, 0.04), (0.94, 0.05), (1.0, 0.075)),
)  # fmt: skip
A2 = replace(HATCH, front=faces.SINGLE_FRAME, cowl=0.31, screen_top=0.09, rear_top=-0.34, tail=-0.47, rim="seven", mirror=0.06,
             roof=((-0.50, 0.86), (-0.36, 0.93), (-0.20, 0.975), (-0.05, 1.0), (0.05, 0.995), (0.10, 0.975), (0.16, 0.93)))  # fmt: skip
C3 = replace(HATCH, rim="steel", mirror=0.055, front_plan=(0.9, 2.4))
MICRA = replace(HATCH, front=faces.KIDNEYS, rim="cover", mirror=0.07, cowl=0.285, wheel=0.285, front_plan=(0.9, 2.3), rear=faces.ROUND_REAR)
LEON = replace(
    HATCH,
    shoulder=((-0.5, 0.63), (-0.46, 0.67), (-0.30, 0.665), (-0.10, 0.635), (0.10, 0.62), (0.26, 0.61), (0.40, 0.55), (0.46, 0.50), (0.5,
    0.45)),
    front=faces.LADDER, wheel=0.315, cowl=0.255, screen_top=0.06, rim="ten", mirror=0.04, rear=faces.ESTATE_REAR,
)  # fmt: skip
GRANDTOURER = replace(
    HATCH, front=faces.KIDNEYS, rear=faces.ESTATE_REAR, cowl=0.275, screen_top=0.10, rear_top=-0.43, tail=-0.482, wheel=0.325,
    chrome=True, rails=True,
    windows=panes((0.34, 0.16), (-0.03, -0.245), (-0.415, -0.395), low=0.08), doors=((0.20, -0.03), (-0.03, -0.25)), mirror=0.15,
    axles=(-0.31, 0.295),
    rim="ten", roof=((-0.50, 0.93), (-0.40, 0.955), (-0.25, 0.97), (-0.08, 0.975), (0.06, 0.965), (0.12, 0.945), (0.16, 0.92)),
)  # fmt: skip
MINI = replace(
    HATCH,
    shoulder=((-0.5, 0.62), (-0.46, 0.655), (-0.30, 0.655), (-0.10, 0.635), (0.10, 0.63), (0.24, 0.63), (0.40, 0.60), (0.46, 0.56), (0.5,
    0.49)),
    roof=((-0.50, 0.93), (-0.40, 0.955), (-0.25, 0.98), (-0.05, 1.0), (0.05, 0.99), (0.12, 0.96)),
    cowl=0.225, screen_top=0.095, rear_top=-0.41, tail=-0.475, windows=panes((0.28, 0.15), (-0.105,), (-0.41, -0.385), low=0.08),
    doors=((0.175, -0.11),),
    front=faces.MINI, rear=faces.ROUND_REAR, axles=(-0.325, 0.32), wheel=0.305, second_roof=True, top=0.78, chrome=True, clad=True,
    mirror=0.11,
    nose=((0.0, 0.09), (0.06, 0.02), (0.18, 0.0), (0.34, 0.0), (0.44, 0.02), (0.62, 0.03), (0.80, 0.06), (0.92, 0.11), (1.0, 0.24)),
)  # fmt: skip
MINI_2021 = replace(MINI, wheel=0.36, mirror=0.10, rim="seven")
SUV = replace(
    HATCH,
    shoulder=((-0.5, 0.60), (-0.46, 0.635), (-0.30, 0.63), (-0.10, 0.605), (0.10, 0.60), (0.24, 0.595), (0.40, 0.56), (0.46, 0.53), (0.5,
    0.48)),
    roof=((-0.50, 0.92), (-0.40, 0.945), (-0.25, 0.965), (-0.08, 0.975), (0.04, 0.965), (0.10, 0.945), (0.16, 0.90)),
    cowl=0.24, screen_top=0.075, rear_top=-0.405, tail=-0.472, windows=panes((0.34, 0.14), (-0.045, -0.265), (-0.395, -0.365), low=0.08),
    doors=((0.175, -0.045), (-0.045, -0.27)), front=faces.SINGLE_FRAME, rear=faces.BAR_REAR, axles=(-0.297, 0.315), wheel=0.375, tyre=0.25,
    clearance=(0.25, 0.25, 0.30), rails=True, clad=True, rim="seven", mirror=0.055, exhaust=0, chrome=True,
)  # fmt: skip
PATROL_2021 = replace(
    SUV, front=faces.VEE, rear=faces.ESTATE_REAR, wheel=0.42, rim="five", mirror=0.075, cowl=0.225, screen_top=0.10, rear_top=-0.44,
    tail=-0.482,
    shoulder=((-0.5, 0.60), (-0.46, 0.625), (-0.30, 0.625), (0.0, 0.605), (0.22, 0.605), (0.42, 0.585), (0.47, 0.56), (0.5, 0.52)),
    windows=panes((0.34, 0.16), (-0.02, -0.235), (-0.43, -0.405), low=0.08), doors=((0.175, -0.02), (-0.02, -0.245)), top=0.78, clad=False,
    nose=((0.0, 0.10), (0.06, 0.03), (0.18, 0.0), (0.34, 0.0), (0.44, 0.02), (0.62, 0.03), (0.80, 0.05), (0.92, 0.09), (1.0, 0.19)),
)  # fmt: skip
PATROL = replace(
    PATROL_2021, front=faces.OFFROAD, rear=faces.TAILGATE_REAR, wheel=0.39, rim="steel", mirror=0.04, clad=True, chrome=False,
    front_plan=(0.8, 3.6),
    cowl=0.195, screen_top=0.095, top=0.82, windows=panes((0.30, 0.16), (-0.035, -0.24), (-0.43, -0.42), low=0.08),
    doors=((0.15, -0.035), (-0.035, -0.25)),
    roof=((-0.50, 0.955), (-0.40, 0.965), (-0.25, 0.97), (-0.08, 0.975), (0.06, 0.965), (0.12, 0.945)),
)  # fmt: skip
WRANGLER = replace(
    PATROL, front=faces.SLOTS, rear=faces.JEEP_REAR, wheel=0.40, cowl=0.135, screen_top=0.085, rear_top=-0.445, tail=-0.47, top=0.86,
    foot=0.90,
    shoulder=((-0.5, 0.60), (-0.46, 0.61), (0.0, 0.60), (0.14, 0.605), (0.42, 0.59), (0.48, 0.58), (0.5, 0.56)),
    roof=((-0.50, 0.985), (-0.40, 0.99), (-0.2, 1.0), (0.0, 0.995), (0.12, 0.98)), doors=((0.105, -0.125),), rails=False, rim="five",
    windows=panes((0.24, 0.15), (-0.125,), (-0.42, -0.415), low=0.08), front_plan=(0.7, 4.5), rear_plan=(0.4, 4.5), screen_plan=(0.25, 4.0),
    axles=(-0.31, 0.315), clearance=(0.42, 0.36, 0.42), second_roof=True, arch=1.16, flare=0.07, crown=0.04, mirror=0.03,
    nose=((0.0, 0.02), (0.06, 0.0), (0.30, 0.0), (0.32, 0.11), (0.44, 0.12), (0.80, 0.13), (0.92, 0.14), (1.0, 0.19)),
    rump=((0.0, 0.02), (0.06, 0.0), (0.28, 0.0), (0.30, 0.09), (0.60, 0.09), (0.92, 0.10), (1.0, 0.12)),
)  # fmt: skip
MICROLINO = replace(
    MINI,
    shoulder=((-0.5, 0.50), (-0.42, 0.56), (-0.2, 0.575), (0.10, 0.57), (0.36, 0.56), (0.44, 0.53), (0.5, 0.46)),
    roof=((-0.46, 0.80), (-0.30, 0.93), (-0.14, 0.99), (0.0, 1.0), (0.10, 0.98), (0.2, 0.92)), cowl=0.42, screen_top=0.14, rear_top=-0.26,
    tail=-0.46,
    windows=panes((0.40, 0.16), (-0.10,), (-0.33, -0.24), low=0.08), doors=((0.30, -0.22),), front=faces.BUBBLE, rear=faces.BUBBLE_REAR,
    clad=False,
    axles=(-0.295, 0.275), wheel=0.265, tyre=0.15, mirror=0.05, front_plan=(0.72, 2.3), rear_plan=(0.7, 2.3), screen_plan=(0.45, 2.4),
    top=0.74,
    clearance=(0.20, 0.19, 0.22), exhaust=0, chrome=False, rim="steel", back_plan=(0.35, 2.5), plate=0.30,
)  # fmt: skip
