"""The bodies of vans, buses, the pickup and of the cabs of trucks, literally; see `vehicle_table`."""

from __future__ import annotations

from dataclasses import replace

from simgen.server.assets import vehicle_faces as faces
from simgen.server.assets.vehicle_table import HATCH, SUV, panes

PANEL_VAN = replace(
    HATCH, mirror_high=0.13,
    shoulder=((-0.5, 0.50), (-0.3, 0.50), (0.20, 0.495), (0.34, 0.485), (0.40, 0.455), (0.46, 0.405), (0.5, 0.35)),
    roof=((-0.5, 0.985), (-0.40, 0.995), (-0.1, 1.0), (0.15, 0.995), (0.25, 0.97), (0.32, 0.93)),
    cowl=0.395, screen_top=0.245, rear_top=-0.478, tail=-0.492, windows=panes((0.45, 0.30), (), (0.125, 0.125), low=0.04, high=0.66),
    doors=((0.335, 0.12),), front=faces.VAN, rear=faces.VAN_REAR, axles=(-0.305, 0.325), wheel=0.345, tyre=0.22, rim="steel", top=0.86,
    foot=0.975,
    front_plan=(0.75, 3.0), rear_plan=(0.25, 5.0), back_plan=(0.2, 5.0), screen_plan=(0.5, 2.6), screen=(0.03, 0.80),
    rear_window=(0.14, 0.66),
    clearance=(0.24, 0.24, 0.32), mirror=0.035, exhaust=0, plate=0.30, flare=0.012, roof_crown=0.07, bulge=0.03,
    nose=((0.0, 0.09), (0.06, 0.02), (0.18, 0.0), (0.30, 0.01), (0.44, 0.04), (0.62, 0.08), (0.80, 0.13), (0.92, 0.19), (1.0, 0.28)),
    rump=((0.0, 0.02), (0.08, 0.0), (0.2, 0.0), (0.24, 0.04), (0.46, 0.045), (0.82, 0.05), (1.0, 0.06)),
)  # fmt: skip
MICROBUS = replace(
    PANEL_VAN, mirror_high=0.085,
    shoulder=((-0.5, 0.52), (-0.3, 0.535), (0.30, 0.535), (0.5, 0.53)),
    roof=((-0.5, 0.93), (-0.42, 0.965), (-0.25, 0.995), (0.1, 1.0), (0.32, 0.985), (0.42, 0.95), (0.5, 0.90)),
    cowl=0.475, screen_top=0.405, rear_top=-0.435, tail=-0.475, windows=panes((0.45, 0.40), (0.165, -0.045, -0.245), (-0.44, -0.41),
    low=0.09, high=0.74),
    doors=((0.375, 0.165),), front=faces.AIR_COOLED, rear=faces.AIR_COOLED_REAR, axles=(-0.275, 0.265), wheel=0.32, tyre=0.18,
    rim="chrome", top=0.80,
    foot=0.955, front_plan=(0.55, 2.6), rear_plan=(0.5, 3.0), screen_plan=(0.5, 2.7), back_plan=(0.4, 3.0), screen=(0.10, 0.76),
    rear_window=(0.14, 0.70),
    second_roof=True, clearance=(0.26, 0.26, 0.30), mirror=0.16, plate=0.34, roof_crown=0.12, arch=1.08, flare=0.005,
    nose=((0.0, 0.07), (0.04, 0.0), (0.17, 0.0), (0.19, 0.06), (0.40, 0.045), (0.62, 0.05), (0.82, 0.07), (1.0, 0.10)),
    rump=((0.0, 0.07), (0.04, 0.0), (0.14, 0.0), (0.17, 0.06), (0.40, 0.05), (0.62, 0.05), (0.82, 0.06), (1.0, 0.09)),
)  # fmt: skip
MICROBUS_2021 = replace(MICROBUS, mirror=0.035, rim="cover")
COACH = replace(
    MICROBUS, mirror_high=0.19,
    shoulder=((-0.5, 0.40), (0.40, 0.395), (0.46, 0.385), (0.5, 0.38)),
    roof=((-0.5, 0.965), (-0.44, 0.985), (-0.3, 0.995), (0.3, 1.0), (0.42, 0.99), (0.5, 0.95)),
    cowl=0.484, screen_top=0.447, rear_top=-0.475, tail=-0.487, windows=panes((0.47, 0.44), (0.375, 0.235, 0.095, -0.045, -0.185,
    -0.325), (-0.47, -0.46), low=0.05, high=0.70),
    doors=((0.462, 0.378),), front=faces.COACH, rear=faces.COACH_REAR, axles=(-0.27, 0.29), wheel=0.42, tyre=0.26, rim="truck", top=0.88,
    foot=0.99,
    front_plan=(0.6, 3.6), rear_plan=(0.45, 4.5), screen_plan=(0.55, 3.4), back_plan=(0.4, 4.5), screen=(0.02, 0.74),
    rear_window=(0.16, 0.66),
    second_roof=False, clearance=(0.30, 0.30, 0.34), mirror=0.14, plate=0.22, roof_crown=0.20, bulge=0.05, flare=0.0, arch=1.12,
    chrome=False,
    nose=((0.0, 0.06), (0.04, 0.01), (0.17, 0.0), (0.40, 0.0), (0.62, 0.02), (0.82, 0.05), (1.0, 0.08)),
    rump=((0.0, 0.05), (0.04, 0.0), (0.20, 0.0), (0.40, 0.02), (0.62, 0.03), (0.82, 0.04), (1.0, 0.05)),
    section=((0.0, 0.05), (0.06, 0.02), (0.14, 0.008), (0.40, 0.0), (0.62, 0.0), (0.80, 0.002), (0.95, 0.006), (1.0, 0.012)),
)  # fmt: skip
CAB_OVER = replace(
    COACH,
    shoulder=((-0.5, 0.47), (0.0, 0.47), (0.40, 0.46), (0.5, 0.455)),
    roof=((-0.5, 0.99), (-0.2, 1.0), (0.1, 0.99), (0.3, 0.955), (0.42, 0.91)),
    cowl=0.455, screen_top=0.36, rear_top=-0.47, tail=-0.48, windows=panes((0.50, 0.40), (), (-0.16, -0.16), low=0.04, high=0.70),
    doors=((0.30, -0.19),),
    front=faces.CAB, rear=(), axles=(0.02,), wheel=0.50, tyre=0.30, rim="truck", top=0.91, foot=0.985, screen=(0.03, 0.72),
    rear_window=None,
    front_plan=(0.55, 3.4), rear_plan=(0.15, 6.0), screen_plan=(0.5, 3.2), back_plan=(0.12, 6.0), clearance=(0.32, 0.42, 0.50),
    mirror=0.17, clad=True,
    roof_crown=0.14, exhaust=0, arch=1.10,
    nose=((0.0, 0.05), (0.04, 0.0), (0.20, 0.0), (0.34, 0.01), (0.36, 0.05), (0.62, 0.055), (0.82, 0.07), (1.0, 0.10)),
    rump=((0.0, 0.0), (1.0, 0.0)),
)  # fmt: skip
DELIVERY_CAB = replace(
    CAB_OVER, axles=(0.06,), wheel=0.40, tyre=0.24, rim="steel", front=faces.CAB, mirror=0.16, clearance=(0.28, 0.34, 0.40),
    roof_crown=0.10,
    roof=((-0.5, 1.0), (0.05, 0.995), (0.25, 0.965), (0.40, 0.91)), doors=((0.36, -0.20),), screen_top=0.30,
)  # fmt: skip
FIRE_CAB = replace(
    CAB_OVER, axles=(0.12,), wheel=0.50, doors=((0.345, 0.02), (0.0, -0.30)), windows=panes((0.50, 0.42), (0.01,), (-0.29, -0.29),
    low=0.04, high=0.66),
    screen_top=0.40, cowl=0.467, clad=False, roof=((-0.5, 0.995), (0.1, 1.0), (0.3, 0.985), (0.42, 0.93)), mirror=0.17,
)  # fmt: skip
VAN_CAB = replace(
    PANEL_VAN, mirror_high=0.15,
    shoulder=((-0.5, 0.60), (-0.05, 0.60), (0.08, 0.59), (0.30, 0.53), (0.42, 0.475), (0.5, 0.41)),
    roof=((-0.5, 1.0), (-0.15, 1.0), (-0.06, 0.98), (0.02, 0.93)),
    cowl=0.125, screen_top=-0.125, rear_top=-0.48, tail=-0.485, windows=panes((0.25, -0.02), (), (-0.40, -0.40), low=0.04, high=0.84),
    doors=((0.045, -0.43),),
    axles=(0.185,), front=faces.UPRIGHT, rear=(), rear_window=None, back_plan=(0.12, 6.0), screen=(0.03, 0.92), wheel=0.38, rim="steel",
    mirror=0.14,
    front_plan=(0.9, 3.2), clearance=(0.30, 0.34, 0.40), foot=0.93, top=0.80,
)  # fmt: skip
WEDGE = replace(
    SUV, mirror_high=0.07,
    axles=(-0.285, 0.32), wheel=0.44, tyre=0.28, rim="dark", mirror=0.15, cowl=0.305, screen_top=0.04, rear_top=-0.05, tail=-0.25,
    rails=False,
    shoulder=((-0.5, 0.60), (0.0, 0.585), (0.30, 0.575), (0.5, 0.52)), windows=panes((0.22, 0.06), (-0.045,), (-0.23, -0.10)),
    doors=((0.235, -0.04), (-0.04, -0.26)),
    exhaust=0, roof=((-0.5, 0.62), (-0.3, 0.745), (0.035, 1.0), (0.3, 0.705), (0.455, 0.575), (0.5, 0.51)), chrome=False,
    clearance=(0.36, 0.36, 0.40),
)  # fmt: skip
