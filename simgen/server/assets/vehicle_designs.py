"""Which design each blueprint has."""

from __future__ import annotations

from simgen.server.assets import vehicle_extras as extras
from simgen.server.assets import vehicle_rescue as rescue
from simgen.server.assets import vehicle_table as table
from simgen.server.assets import vehicle_table_large as large
from simgen.server.assets import vehicle_trucks as trucks
from simgen.server.assets.vehicle_kit import Design
from simgen.server.assets.vehicle_skin import Part
from simgen.server.assets.vehicle_wedge import wedge_skin

STEEL = {Part.PAINT: (164, 167, 170), Part.SEAM: (60, 62, 64)}

DESIGNS: dict[str, Design] = {
    "vehicle.audi.a2": Design(table.A2),
    "vehicle.audi.etron": Design(table.SUV),
    "vehicle.audi.tt": Design(table.TT),
    "vehicle.bmw.grandtourer": Design(table.GRANDTOURER, adds=(extras.antenna,)),
    "vehicle.carlamotors.carlacola": Design(
        large.DELIVERY_CAB,
        adds=(trucks.delivery_load,),
        cab=(1.70, 2.10),
        behind=((-1.55, 0.40, 0.24, "steel"),),
    ),
    "vehicle.carlamotors.european_hgv": Design(
        large.CAB_OVER,
        adds=(trucks.box_load,),
        cab=(2.25, 3.22),
        behind=((-1.35, 0.50, 0.34, "truck"), (-2.65, 0.50, 0.34, "truck")),
    ),
    "vehicle.carlamotors.firetruck": Design(
        large.FIRE_CAB,
        adds=(rescue.fire_body,),
        cab=(3.0, 3.50),
        behind=((-2.48, 0.52, 0.34, "truck"),),
        colors={Part.SECOND: (240, 240, 238)},
    ),
    "vehicle.chevrolet.impala": Design(table.IMPALA),
    "vehicle.citroen.c3": Design(table.C3),
    "vehicle.dodge.charger_2020": Design(table.CHARGER),
    "vehicle.dodge.charger_police": Design(table.CHARGER_2009, adds=(extras.light_bar, extras.police_sides), roof_load=0.13),
    "vehicle.dodge.charger_police_2020": Design(
        table.CHARGER, adds=(extras.light_bar, extras.police_sides, extras.push_bar), roof_load=0.13
    ),
    "vehicle.ford.ambulance": Design(large.VAN_CAB, adds=(rescue.patient_box,), cab=(2.75, 2.02), behind=((-1.75, 0.38, 0.26, "steel"),)),
    "vehicle.ford.crown": Design(table.CROWN, adds=(extras.taxi_sign, extras.taxi_sides), roof_load=0.12),
    "vehicle.ford.mustang": Design(table.MUSTANG),
    "vehicle.jeep.wrangler_rubicon": Design(table.WRANGLER, colors={Part.SECOND: (30, 30, 32)}, adds=(trucks.spare_wheel,)),
    "vehicle.lincoln.mkz_2017": Design(table.MKZ_2017, adds=(extras.antenna,)),
    "vehicle.lincoln.mkz_2020": Design(table.MKZ_2020, adds=(extras.antenna,)),
    "vehicle.mercedes.coupe": Design(table.COUPE),
    "vehicle.mercedes.coupe_2020": Design(table.COUPE_2020, adds=(extras.antenna,)),
    "vehicle.mercedes.sprinter": Design(large.PANEL_VAN, adds=(extras.van_sides,)),
    "vehicle.micro.microlino": Design(table.MICROLINO),
    "vehicle.mini.cooper_s": Design(table.MINI),
    "vehicle.mini.cooper_s_2021": Design(table.MINI_2021, colors={Part.SECOND: (24, 25, 27)}),
    "vehicle.mitsubishi.fusorosa": Design(large.COACH, adds=(trucks.route_display, trucks.roof_rack, extras.bus_sides)),
    "vehicle.nissan.micra": Design(table.MICRA),
    "vehicle.nissan.patrol": Design(table.PATROL, adds=(trucks.spare_wheel,)),
    "vehicle.nissan.patrol_2021": Design(table.PATROL_2021, adds=(extras.antenna,)),
    "vehicle.seat.leon": Design(table.LEON),
    "vehicle.tesla.cybertruck": Design(large.WEDGE, colors=STEEL, shell=wedge_skin),
    "vehicle.tesla.model3": Design(table.MODEL3),
    "vehicle.toyota.prius": Design(table.PRIUS, adds=(extras.antenna,)),
    "vehicle.volkswagen.t2": Design(large.MICROBUS),
    "vehicle.volkswagen.t2_2021": Design(large.MICROBUS_2021, colors={Part.SECOND: (228, 214, 186)}),
}
