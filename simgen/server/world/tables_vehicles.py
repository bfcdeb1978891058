"""The 41 vehicles of CARLA 0.9.16, one row each.

Ids, boxes (half sizes and centre relative to the actor, whose origin lies on the ground under its middle), types, wheels,
generation, lights and doors are those of the 0.9.16 server. Masses are rough kerb masses of the real vehicles and colours are our
choice: no public table of either was found.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    id: str
    base_type: str
    """Empty for two models, as the original answers."""
    special_type: str
    wheels: int
    generation: int
    has_lights: bool
    has_dynamic_doors: bool
    extent: tuple[float, float, float]
    centre: tuple[float, float, float]
    mass_kg: float
    colors: tuple[str, ...]
    """Recommended colours; empty where the model has no colour attribute."""


NO_COLOR: tuple[str, ...] = ()
SILVER = ("210,210,206", "33,36,40", "150,24,26")
GREY = ("128,132,138", "18,34,74", "236,234,228")
BLUE = ("36,62,102", "190,190,186", "98,12,16")
MIXED = ("60,64,62", "222,222,220", "46,84,66")
SAND = ("164,128,58", "40,42,46", "208,212,214")
MICRA = ("243,243,243", "20,22,25", "170,30,36")
A2 = ("168,0,27", "214,214,210", "40,52,66")
FIRE = ("180,20,20",)
WHITE = ("240,240,238", "236,200,40")
TAXI = ("236,184,24",)
POLICE = ("14,16,20",)
PATROL = ("14,16,20", "238,238,238")
COLA = ("196,18,30", "238,238,238")
BUS = ("236,232,220", "58,92,140")

# fmt: off
VEHICLES: tuple[Row, ...] = (
    Row("vehicle.audi.a2", "car", "", 4, 1, False, False, (1.8527, 0.8943, 0.7745), (0.0, 0.0, 0.782), 900, A2),
    Row("vehicle.audi.etron", "car", "electric", 4, 1, False, False, (2.4279, 1.0164, 0.8247), (-0.004, 0.0, 0.821), 2490, GREY),
    Row("vehicle.audi.tt", "car", "", 4, 1, False, False, (2.0906, 0.9971, 0.6926), (0.0, 0.0, 0.693), 1350, BLUE),
    Row("vehicle.bh.crossbike", "bicycle", "", 2, 1, False, False, (0.7547, 0.433, 0.8062), (0.0, 0.0, 0.808), 15, MIXED),
    Row("vehicle.bmw.grandtourer", "", "", 4, 1, False, False, (2.3055, 1.1209, 0.8336), (0.0, -0.001, 0.765), 1500, SAND),
    Row("vehicle.carlamotors.carlacola", "truck", "", 4, 1, False, False, (2.6019, 1.3135, 1.2337), (0.0, 0.0, 1.234), 5500, COLA),
    Row("vehicle.carlamotors.european_hgv", "truck", "", 6, 2, False, False, (3.9679, 1.4455, 1.731), (0.013, 0.005, 1.731), 9000, GREY),
    Row("vehicle.carlamotors.firetruck", "truck", "emergency", 4, 2, True, True,
        (4.234, 1.4455, 1.9137), (-0.253, 0.005, 1.913), 12000, FIRE),
    Row("vehicle.chevrolet.impala", "car", "", 4, 1, False, False, (2.6787, 1.0166, 0.7053), (0.0, 0.002, 0.702), 1700, MIXED),
    Row("vehicle.citroen.c3", "car", "", 4, 1, False, False, (1.9938, 0.9254, 0.8086), (0.0, 0.002, 0.762), 1050, SAND),
    Row("vehicle.diamondback.century", "bicycle", "", 2, 1, False, False, (0.8281, 0.2912, 0.8099), (0.0, 0.0, 0.816), 10, SILVER),
    Row("vehicle.dodge.charger_2020", "car", "", 4, 2, True, True, (2.5039, 0.9408, 0.7674), (-0.005, 0.0, 0.766), 1840, GREY),
    Row("vehicle.dodge.charger_police", "car", "emergency", 4, 1, False, False,
        (2.4871, 1.0192, 0.7711), (0.024, 0.001, 0.793), 1900, POLICE),
    Row("vehicle.dodge.charger_police_2020", "car", "emergency", 4, 2, True, True,
        (2.6188, 0.9649, 0.8192), (0.11, 0.0, 0.817), 1950, PATROL),
    Row("vehicle.ford.ambulance", "van", "emergency", 4, 2, True, True, (3.1828, 1.1756, 1.2157), (-0.289, 0.002, 1.216), 4500, WHITE),
    Row("vehicle.ford.crown", "car", "taxi", 4, 2, True, True, (2.6828, 0.9004, 0.7875), (0.185, 0.0, 0.768), 1860, TAXI),
    Row("vehicle.ford.mustang", "car", "", 4, 1, False, False, (2.3588, 0.9474, 0.6505), (0.032, 0.0, 0.65), 1400, GREY),
    Row("vehicle.gazelle.omafiets", "bicycle", "", 2, 1, False, False, (0.9217, 0.3295, 0.8879), (-0.01, 0.0, 0.895), 20, BLUE),
    Row("vehicle.harley-davidson.low_rider", "motorcycle", "", 2, 1, False, False, (1.1751, 0.3831, 0.8247), (0.0, 0.0, 0.825), 300, MIXED),
    Row("vehicle.jeep.wrangler_rubicon", "car", "", 4, 1, False, False, (1.9331, 0.9526, 0.939), (0.0, 0.001, 0.932), 1900, SAND),
    Row("vehicle.kawasaki.ninja", "motorcycle", "", 2, 1, False, False, (1.0218, 0.3985, 0.7616), (0.0, 0.0, 0.769), 200, SILVER),
    Row("vehicle.lincoln.mkz_2017", "car", "", 4, 1, False, False, (2.4508, 1.0642, 0.7554), (0.004, 0.0, 0.719), 1720, GREY),
    Row("vehicle.lincoln.mkz_2020", "car", "", 4, 2, True, True, (2.4462, 0.9184, 0.7451), (-0.006, 0.0, 0.749), 1720, BLUE),
    Row("vehicle.mercedes.coupe", "car", "", 4, 1, False, False, (2.5134, 1.0758, 0.8253), (0.0, -0.001, 0.667), 1700, MIXED),
    Row("vehicle.mercedes.coupe_2020", "car", "", 4, 2, True, True, (2.3368, 0.9059, 0.721), (-0.003, 0.0, 0.72), 1600, SAND),
    Row("vehicle.mercedes.sprinter", "van", "", 4, 2, True, True, (2.9576, 0.9942, 1.2803), (-0.011, 0.004, 1.288), 2300, SILVER),
    Row("vehicle.micro.microlino", "car", "electric", 4, 1, False, False, (1.1036, 0.7405, 0.688), (0.0, 0.0, 0.677), 500, GREY),
    Row("vehicle.mini.cooper_s", "", "", 4, 1, False, False, (1.9029, 0.9851, 0.7375), (0.0, 0.0, 0.693), 1150, BLUE),
    Row("vehicle.mini.cooper_s_2021", "car", "", 4, 2, True, True, (2.2763, 1.0485, 0.8836), (-0.031, 0.0, 0.891), 1250, MIXED),
    # The mesh of the original is 3.94 m wide over its mirrors. The Traffic Manager steers by this box, and only the body (2.6 m)
    # fits a lane: with the mirrors buses block each other.
    Row("vehicle.mitsubishi.fusorosa", "bus", "", 4, 2, True, False, (5.1363, 1.3, 2.1264), (-0.445, 0.0, 2.127), 4000, BUS),
    Row("vehicle.nissan.micra", "car", "", 4, 1, False, False, (1.8167, 0.9226, 0.7506), (0.0, 0.001, 0.781), 1000, MICRA),
    Row("vehicle.nissan.patrol", "car", "", 4, 1, False, False, (2.3023, 0.9658, 0.9274), (-0.057, 0.0, 0.935), 2300, GREY),
    Row("vehicle.nissan.patrol_2021", "car", "", 4, 2, True, True, (2.7829, 1.075, 1.0226), (0.028, 0.0, 1.017), 2700, BLUE),
    Row("vehicle.seat.leon", "car", "", 4, 1, False, False, (2.0964, 0.9081, 0.7369), (0.0, -0.002, 0.74), 1300, MIXED),
    Row("vehicle.tesla.cybertruck", "truck", "electric", 4, 2, False, False, (3.1368, 1.1948, 1.0491), (0.0, 0.0, 1.049), 3000, NO_COLOR),
    Row("vehicle.tesla.model3", "car", "electric", 4, 1, False, False, (2.3959, 1.0817, 0.7438), (0.029, 0.0, 0.736), 1845, SILVER),
    Row("vehicle.toyota.prius", "car", "electric", 4, 1, False, False, (2.2568, 1.0034, 0.7624), (0.002, 0.0, 0.724), 1380, GREY),
    Row("vehicle.vespa.zx125", "motorcycle", "", 2, 1, False, False, (0.9086, 0.433, 0.795), (0.01, 0.0, 0.795), 115, BLUE),
    Row("vehicle.volkswagen.t2", "van", "", 4, 1, False, False, (2.2402, 1.0347, 1.0189), (0.001, -0.001, 1.014), 1300, MIXED),
    Row("vehicle.volkswagen.t2_2021", "van", "", 4, 2, True, True, (2.2211, 0.8873, 0.9936), (0.117, 0.0, 0.991), 1300, SAND),
    Row("vehicle.yamaha.yzf", "motorcycle", "", 2, 1, False, False, (1.0954, 0.433, 0.7652), (0.0, 0.0, 0.775), 200, SILVER),
)
# fmt: on

WITH_DRIVER_ID = frozenset(
    {
        "vehicle.bh.crossbike",
        "vehicle.diamondback.century",
        "vehicle.gazelle.omafiets",
        "vehicle.harley-davidson.low_rider",
        "vehicle.kawasaki.ninja",
        "vehicle.lincoln.mkz_2020",
        "vehicle.vespa.zx125",
        "vehicle.yamaha.yzf",
    }
)
"""Models whose rider can be chosen."""
