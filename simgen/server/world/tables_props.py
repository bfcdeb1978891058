"""The 98 measured props of CARLA 0.9.16, one row each.

Ids and full sizes are those of the 0.9.16 server (mind the blank in `bike helmet`). The `size` word is known for plantpot04 and
bench02 and otherwise follows the largest dimension (below 0.5 m tiny, 1.2 small, 2.2 medium, 6 big, else huge).
"""

from __future__ import annotations

from typing import NamedTuple

from simgen.datatypes.tags import Tag


class PropRow(NamedTuple):
    id: str
    full_size: tuple[float, float, float]
    """Length (x), width (y), height (z)."""
    size: str
    tag: Tag
    """Static stands fast, Dynamic can be moved, Other is what lies about."""


PROPS: tuple[PropRow, ...] = (
    PropRow("static.prop.advertisement", (1.549, 0.287, 2.443), "big", Tag.STATIC),
    PropRow("static.prop.aporosatree", (12.958, 12.585, 15.633), "huge", Tag.STATIC),
    PropRow("static.prop.atm", (0.713, 0.874, 2.276), "big", Tag.STATIC),
    PropRow("static.prop.barbeque", (0.946, 0.499, 1.264), "medium", Tag.DYNAMIC),
    PropRow("static.prop.barrel", (0.46, 0.471, 0.807), "small", Tag.DYNAMIC),
    PropRow("static.prop.bench01", (1.544, 0.736, 0.97), "medium", Tag.STATIC),
    PropRow("static.prop.bench02", (1.564, 0.545, 0.509), "medium", Tag.STATIC),
    PropRow("static.prop.bench03", (1.583, 0.513, 0.513), "medium", Tag.STATIC),
    PropRow("static.prop.bike helmet", (0.186, 0.277, 0.171), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.bin", (0.548, 0.638, 1.059), "small", Tag.DYNAMIC),
    PropRow("static.prop.box01", (0.652, 0.652, 0.692), "small", Tag.DYNAMIC),
    PropRow("static.prop.box02", (0.649, 0.649, 0.649), "small", Tag.DYNAMIC),
    PropRow("static.prop.box03", (0.661, 0.67, 0.649), "small", Tag.DYNAMIC),
    PropRow("static.prop.briefcase", (0.543, 0.181, 0.433), "small", Tag.DYNAMIC),
    PropRow("static.prop.brokentile01", (0.134, 0.176, 0.007), "tiny", Tag.OTHER),
    PropRow("static.prop.brokentile02", (0.21, 0.152, 0.008), "tiny", Tag.OTHER),
    PropRow("static.prop.brokentile03", (0.154, 0.145, 0.009), "tiny", Tag.OTHER),
    PropRow("static.prop.brokentile04", (0.13, 0.126, 0.01), "tiny", Tag.OTHER),
    PropRow("static.prop.busstop", (3.876, 1.894, 2.739), "big", Tag.STATIC),
    PropRow("static.prop.busstoplb", (1.894, 3.876, 2.739), "big", Tag.STATIC),
    PropRow("static.prop.calibrator", (1.548, 0.69, 0.202), "medium", Tag.OTHER),
    PropRow("static.prop.chainbarrier", (1.494, 0.239, 0.889), "medium", Tag.DYNAMIC),
    PropRow("static.prop.chainbarrierend", (0.239, 0.239, 0.889), "small", Tag.DYNAMIC),
    PropRow("static.prop.clothcontainer", (1.239, 1.887, 1.81), "medium", Tag.DYNAMIC),
    PropRow("static.prop.clothesline", (6.652, 1.118, 2.061), "huge", Tag.STATIC),
    PropRow("static.prop.coconutpalm", (8.604, 8.886, 20.315), "huge", Tag.STATIC),
    PropRow("static.prop.colacan", (0.068, 0.072, 0.11), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.constructioncone", (0.344, 0.344, 0.586), "small", Tag.DYNAMIC),
    PropRow("static.prop.container", (1.932, 1.012, 1.714), "medium", Tag.DYNAMIC),
    PropRow("static.prop.creasedbox01", (0.809, 0.713, 0.118), "small", Tag.DYNAMIC),
    PropRow("static.prop.creasedbox02", (1.633, 0.713, 0.212), "medium", Tag.DYNAMIC),
    PropRow("static.prop.creasedbox03", (1.669, 0.713, 0.022), "medium", Tag.DYNAMIC),
    PropRow("static.prop.cypresstree", (4.61, 4.628, 15.679), "huge", Tag.STATIC),
    PropRow("static.prop.dirtdebris01", (1.857, 1.514, 0.149), "medium", Tag.OTHER),
    PropRow("static.prop.dirtdebris02", (1.857, 1.514, 0.149), "medium", Tag.OTHER),
    PropRow("static.prop.dirtdebris03", (1.857, 1.514, 0.188), "medium", Tag.OTHER),
    PropRow("static.prop.doghouse", (1.079, 1.272, 1.094), "medium", Tag.STATIC),
    PropRow("static.prop.foodcart", (2.285, 4.638, 3.573), "big", Tag.STATIC),
    PropRow("static.prop.fountain", (8.402, 8.402, 6.924), "huge", Tag.STATIC),
    PropRow("static.prop.garbage01", (0.053, 0.053, 0.087), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.garbage02", (0.053, 0.053, 0.009), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.garbage03", (0.06, 0.059, 0.079), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.garbage04", (0.057, 0.056, 0.069), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.garbage05", (0.232, 0.233, 0.058), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.garbage06", (0.366, 0.213, 0.077), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.gardenlamp", (0.297, 0.281, 0.648), "small", Tag.STATIC),
    PropRow("static.prop.glasscontainer", (1.955, 2.009, 1.788), "medium", Tag.DYNAMIC),
    PropRow("static.prop.gnome", (0.367, 0.376, 0.883), "small", Tag.DYNAMIC),
    PropRow("static.prop.guitarcase", (1.242, 0.125, 0.494), "medium", Tag.DYNAMIC),
    PropRow("static.prop.haybale", (1.248, 1.193, 1.195), "medium", Tag.DYNAMIC),
    PropRow("static.prop.haybalelb", (1.248, 1.193, 1.195), "medium", Tag.DYNAMIC),
    PropRow("static.prop.ironplank", (1.452, 1.174, 0.021), "medium", Tag.STATIC),
    PropRow("static.prop.kiosk_01", (1.625, 1.654, 3.245), "big", Tag.STATIC),
    PropRow("static.prop.mailbox", (0.527, 0.438, 1.157), "small", Tag.STATIC),
    PropRow("static.prop.maptable", (1.573, 0.617, 1.181), "medium", Tag.STATIC),
    PropRow("static.prop.mobile", (0.08, 0.007, 0.166), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.motorhelmet", (0.2, 0.259, 0.258), "tiny", Tag.DYNAMIC),
    PropRow("static.prop.pergola", (5.029, 5.085, 3.542), "big", Tag.STATIC),
    PropRow("static.prop.plantpot01", (1.089, 0.476, 0.557), "small", Tag.STATIC),
    PropRow("static.prop.plantpot02", (1.051, 0.431, 0.487), "small", Tag.STATIC),
    PropRow("static.prop.plantpot03", (1.051, 0.431, 0.487), "small", Tag.STATIC),
    PropRow("static.prop.plantpot04", (4.967, 0.737, 0.125), "small", Tag.STATIC),
    PropRow("static.prop.plantpot05", (0.4, 0.4, 0.28), "tiny", Tag.STATIC),
    PropRow("static.prop.plantpot06", (1.593, 1.593, 0.85), "medium", Tag.STATIC),
    PropRow("static.prop.plantpot07", (0.495, 0.476, 0.557), "small", Tag.STATIC),
    PropRow("static.prop.plantpot08", (0.53, 0.53, 0.489), "small", Tag.STATIC),
    PropRow("static.prop.plasticbag", (0.311, 0.403, 0.552), "small", Tag.DYNAMIC),
    PropRow("static.prop.plasticchair", (0.73, 0.75, 1.271), "medium", Tag.DYNAMIC),
    PropRow("static.prop.plastictable", (2.482, 2.482, 2.48), "big", Tag.DYNAMIC),
    PropRow("static.prop.platformgarbage01", (3.633, 1.711, 0.332), "big", Tag.OTHER),
    PropRow("static.prop.purse", (0.159, 0.333, 0.585), "small", Tag.DYNAMIC),
    PropRow("static.prop.shoppingbag", (0.474, 0.243, 0.601), "small", Tag.DYNAMIC),
    PropRow("static.prop.shoppingcart", (0.669, 1.208, 1.079), "medium", Tag.DYNAMIC),
    PropRow("static.prop.shoppingtrolley", (0.506, 0.331, 1.094), "small", Tag.DYNAMIC),
    PropRow("static.prop.slide", (0.943, 4.122, 1.977), "big", Tag.STATIC),
    PropRow("static.prop.streetbarrier", (1.215, 0.372, 1.069), "medium", Tag.DYNAMIC),
    PropRow("static.prop.streetfountain", (0.287, 0.67, 1.259), "medium", Tag.STATIC),
    PropRow("static.prop.streetsign", (1.064, 0.125, 2.154), "medium", Tag.STATIC),
    PropRow("static.prop.streetsign01", (2.47, 0.303, 3.878), "big", Tag.STATIC),
    PropRow("static.prop.streetsign04", (1.171, 0.125, 2.773), "big", Tag.STATIC),
    PropRow("static.prop.swing", (4.105, 1.577, 2.572), "big", Tag.STATIC),
    PropRow("static.prop.swingcouch", (1.357, 2.362, 2.249), "big", Tag.STATIC),
    PropRow("static.prop.table", (2.156, 2.152, 0.846), "medium", Tag.STATIC),
    PropRow("static.prop.trafficcone01", (0.883, 0.882, 1.133), "small", Tag.DYNAMIC),
    PropRow("static.prop.trafficcone02", (0.456, 0.395, 1.183), "small", Tag.DYNAMIC),
    PropRow("static.prop.trafficwarning", (2.373, 2.871, 3.57), "big", Tag.DYNAMIC),
    PropRow("static.prop.trampoline", (4.132, 4.132, 2.802), "big", Tag.STATIC),
    PropRow("static.prop.trashbag", (0.378, 0.43, 0.702), "small", Tag.DYNAMIC),
    PropRow("static.prop.trashcan01", (0.635, 0.568, 0.848), "small", Tag.DYNAMIC),
    PropRow("static.prop.trashcan02", (0.524, 0.514, 1.045), "small", Tag.DYNAMIC),
    PropRow("static.prop.trashcan03", (0.629, 0.545, 0.934), "small", Tag.DYNAMIC),
    PropRow("static.prop.trashcan04", (0.789, 0.58, 1.016), "small", Tag.DYNAMIC),
    PropRow("static.prop.trashcan05", (0.789, 0.58, 1.016), "small", Tag.DYNAMIC),
    PropRow("static.prop.travelcase", (0.567, 0.328, 1.263), "medium", Tag.DYNAMIC),
    PropRow("static.prop.vendingmachine", (0.873, 1.102, 2.108), "medium", Tag.STATIC),
    PropRow("static.prop.warningaccident", (1.305, 1.055, 1.86), "medium", Tag.DYNAMIC),
    PropRow("static.prop.warningconstruction", (1.305, 1.055, 1.86), "medium", Tag.DYNAMIC),
    PropRow("static.prop.wateringcan", (0.07, 0.194, 0.135), "tiny", Tag.DYNAMIC),
)
