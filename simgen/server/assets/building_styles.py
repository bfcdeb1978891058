"""Styles of houses with storeys, as literal tables. Lengths in metres, colours sRGB as in photographs of real walls."""

from __future__ import annotations

from dataclasses import dataclass

from simgen.server.assets.building_draft import Color
from simgen.server.assets.facades import Lintel, Openings
from simgen.server.scene import Material

RED_BRICK: tuple[Color, ...] = ((128, 82, 68), (142, 94, 76), (118, 76, 66), (136, 84, 64))
STOCK_BRICK: tuple[Color, ...] = ((168, 146, 110), (156, 134, 104), (146, 122, 98), (178, 158, 124))
DARK_BRICK: tuple[Color, ...] = ((98, 74, 64), (86, 70, 64), (112, 88, 74))
LIGHT_PLASTER: tuple[Color, ...] = ((212, 206, 192), (218, 212, 200), (204, 192, 168), (210, 200, 172), (196, 190, 180), (186, 188, 184))
TOWN_PLASTER: tuple[Color, ...] = (
    (206, 196, 176),
    (204, 182, 142),
    (190, 172, 152),
    (200, 164, 138),
    (176, 180, 164),
    (168, 174, 176),
    (214, 208, 194),
    (184, 160, 132),
)
SANDSTONE: tuple[Color, ...] = ((176, 164, 142), (160, 148, 128), (188, 174, 148), (150, 144, 134))
CONCRETE: tuple[Color, ...] = ((158, 156, 150), (142, 142, 138), (172, 168, 158), (134, 136, 138))
CLAY: tuple[Color, ...] = ((104, 74, 62), (94, 68, 58), (114, 84, 68), (88, 70, 62), (106, 80, 70))
SLATE: tuple[Color, ...] = ((78, 80, 86), (68, 70, 74), (88, 86, 84))
WHITE: Color = (220, 218, 212)
DARK: Color = (62, 64, 66)
BROWN: Color = (92, 72, 56)


@dataclass(frozen=True)
class Style:
    """How houses with storeys are built."""

    wall: Material
    walls: tuple[Color, ...]
    trim: Color
    storeys: tuple[int, int]
    """Least and greatest number above the ground floor."""
    storey_m: float
    ground_m: float
    window: Openings
    frames: tuple[Color, ...] = (WHITE,)
    shops: float = 0.0
    """Share of houses with shops on the ground floor."""
    base: tuple[Material, Color] | None = None
    """Of the ground floor where there is no shop; the wall's own where None."""
    roofs: tuple[str, ...] = ("flat",)
    """"flat", "saddle" (ridge along the street), "gable" (towards it), "hip", "mansard"."""
    rise: float = 0.9
    """Of a pitched roof: height over half its span."""
    tiles: tuple[Color, ...] = CLAY
    course_m: float = 0.0
    """Height of the bands between storeys."""
    cornice_m: float = 0.0
    """How far the cornice stands out."""
    quoins: bool = False
    pilasters: bool = False
    timber: bool = False
    """Upper storeys in timber frame, a little further out than the ground floor."""
    balconies: tuple[str, ...] = ()
    """Kinds to choose from: "bars", "panel", "glass", "loggia", or "" for none."""
    bays: float = 0.0
    """Share of houses with a bay window on the ground floor."""
    chimneys: float = 0.0
    floor_m: float = 0.16
    """Of the ground floor's threshold above the street."""
    fire_escape: float = 0.0
    """Share of houses with an iron stair on the front."""
    clutter: float = 0.05
    """Share of windows with an air conditioner or a dish."""


STYLES: dict[str, Style] = {
    "victorian": Style(
        Material.BRICK,
        (*RED_BRICK, *STOCK_BRICK, *STOCK_BRICK),
        (196, 188, 170),
        (1, 2),
        2.9,
        3.0,
        Openings(2.7, 1.05, 0.85, 1.65, 0.12, bars=(0, 2), frame_m=0.06, lintel=Lintel.FLAT),
        (WHITE, WHITE, (196, 188, 172)),
        roofs=("saddle",),
        rise=0.75,
        tiles=SLATE,
        bays=0.5,
        chimneys=1.0,
        floor_m=0.32,
    ),
    "brick shops": Style(
        Material.BRICK,
        (*RED_BRICK, *STOCK_BRICK, *DARK_BRICK),
        (190, 180, 160),
        (1, 3),
        3.1,
        3.9,
        Openings(2.6, 1.15, 0.85, 1.75, 0.14, bars=(1, 1), lintel=Lintel.SEGMENT),
        (WHITE, (180, 172, 158), (70, 76, 72)),
        shops=0.95,
        roofs=("saddle", "flat"),
        rise=0.8,
        tiles=(*SLATE, *CLAY),
        course_m=0.14,
        cornice_m=0.28,
        chimneys=0.7,
    ),
    "georgian": Style(
        Material.PLASTER,
        ((216, 210, 198), (208, 202, 188), (212, 200, 170), (186, 180, 170), (220, 216, 208)),
        (220, 216, 206),
        (2, 3),
        3.2,
        3.7,
        Openings(2.5, 1.1, 0.55, 2.05, 0.16, bars=(2, 3), frame_m=0.05, lintel=Lintel.HOOD),
        shops=0.35,
        roofs=("flat", "saddle"),
        rise=0.55,
        tiles=SLATE,
        course_m=0.2,
        cornice_m=0.4,
        quoins=True,
        chimneys=0.8,
        floor_m=0.48,
    ),
    "old town": Style(
        Material.PLASTER,
        (*TOWN_PLASTER, *LIGHT_PLASTER),
        (170, 158, 136),
        (2, 3),
        2.7,
        3.5,
        Openings(
            2.0, 0.95, 0.8, 1.45, 0.14, bars=(1, 1), frame_m=0.06, surround_m=0.12, shutters=((72, 84, 70), (92, 66, 54), (92, 100, 104))
        ),
        (WHITE, (110, 84, 62)),
        shops=0.75,
        roofs=("gable", "saddle", "saddle"),
        rise=1.25,
        chimneys=0.7,
    ),
    "timber frame": Style(
        Material.PLASTER,
        ((214, 206, 188), (208, 194, 164), (200, 180, 150), (216, 212, 202)),
        (150, 138, 118),
        (2, 3),
        2.55,
        3.2,
        Openings(1.9, 0.9, 0.8, 1.25, 0.06, bars=(1, 1), frame_m=0.06),
        (WHITE, (106, 78, 58)),
        shops=0.6,
        base=(Material.STONE, (164, 152, 132)),
        roofs=("gable", "gable", "saddle"),
        rise=1.4,
        timber=True,
        chimneys=0.5,
    ),
    "gruenderzeit": Style(
        Material.PLASTER,
        (*TOWN_PLASTER, (164, 150, 132)),
        (206, 196, 178),
        (3, 4),
        3.5,
        4.2,
        Openings(2.7, 1.2, 0.75, 2.15, 0.2, bars=(1, 1), lintel=Lintel.PEDIMENT, surround_m=0.14),
        (WHITE, (198, 190, 176), (96, 78, 62)),
        shops=0.7,
        base=(Material.STONE, (158, 148, 130)),
        roofs=("mansard", "mansard", "saddle"),
        tiles=(*CLAY, *SLATE),
        course_m=0.24,
        cornice_m=0.5,
        balconies=("bars", "bars", ""),
        chimneys=0.8,
        floor_m=0.5,
    ),
    "sandstone": Style(
        Material.STONE,
        SANDSTONE,
        (190, 180, 160),
        (2, 4),
        3.6,
        4.3,
        Openings(3.0, 1.35, 0.7, 2.3, 0.28, bars=(1, 1), frame_m=0.08, lintel=Lintel.KEYSTONE),
        ((96, 84, 70), (204, 198, 186), DARK),
        shops=0.55,
        roofs=("flat", "mansard"),
        tiles=SLATE,
        course_m=0.3,
        cornice_m=0.6,
        pilasters=True,
        floor_m=0.5,
    ),
    "post-war flats": Style(
        Material.PLASTER,
        (*LIGHT_PLASTER, (198, 180, 148), (176, 168, 154)),
        (196, 192, 182),
        (2, 3),
        2.8,
        2.9,
        Openings(3.1, 1.35, 0.9, 1.4, 0.12, bars=(1, 0)),
        (WHITE, WHITE, (110, 84, 64)),
        shops=0.25,
        roofs=("saddle",),
        rise=0.85,
        balconies=("bars", "panel", ""),
        chimneys=0.6,
        floor_m=0.32,
    ),
    "shops and flats": Style(
        Material.PLASTER,
        (*CONCRETE, (190, 178, 154), (172, 160, 144)),
        (150, 148, 142),
        (2, 4),
        2.9,
        3.9,
        Openings(3.2, 2.1, 0.85, 1.5, 0.1, bars=(2, 0), sill=True),
        (WHITE, DARK, (122, 100, 78)),
        shops=1.0,
        course_m=0.12,
        balconies=("panel", "", "glass"),
    ),
    "panel block": Style(
        Material.PLASTER,
        ((186, 184, 176), (172, 174, 172), (194, 186, 168), (178, 170, 158), (200, 196, 186)),
        (164, 162, 156),
        (3, 7),
        2.8,
        2.8,
        Openings(3.4, 1.6, 0.9, 1.4, 0.08, bars=(1, 0), sill=False),
        balconies=("loggia", "loggia", "panel"),
        course_m=0.05,
    ),
    "new flats": Style(
        Material.PLASTER,
        ((214, 212, 206), (196, 192, 184), (170, 164, 156), (206, 198, 182)),
        (120, 118, 114),
        (2, 4),
        2.95,
        3.0,
        Openings(3.3, 1.5, 0.25, 2.2, 0.16, frame=DARK, bars=(1, 0), sill=False),
        (DARK, (86, 84, 80)),
        shops=0.15,
        base=(Material.BRICK, (112, 92, 80)),
        balconies=("glass", "bars", "panel"),
    ),
    "concrete office": Style(
        Material.STONE,
        CONCRETE,
        (126, 126, 122),
        (3, 6),
        3.4,
        3.9,
        Openings(3.2, 2.75, 0.95, 1.75, 0.25, bars=(2, 1), sill=False),
        ((120, 122, 122), (150, 150, 146), DARK, (98, 84, 70)),
        shops=0.4,
        course_m=0.35,
        pilasters=True,
    ),
    "brick office": Style(
        Material.BRICK,
        (*DARK_BRICK, *RED_BRICK, (152, 130, 106)),
        (140, 134, 124),
        (2, 4),
        3.4,
        3.8,
        Openings(2.8, 1.7, 0.6, 2.3, 0.2, frame=DARK, bars=(1, 1), sill=True, lintel=Lintel.SEGMENT),
        (DARK, (84, 92, 88), (190, 186, 178)),
        shops=0.35,
        cornice_m=0.12,
    ),
    "warehouse": Style(
        Material.BRICK,
        (*RED_BRICK, *DARK_BRICK),
        (124, 112, 98),
        (1, 3),
        3.8,
        4.2,
        Openings(3.4, 2.0, 0.9, 2.3, 0.22, frame=(74, 80, 78), frame_m=0.05, bars=(3, 2), lintel=Lintel.SEGMENT),
        ((74, 80, 78), (112, 112, 106)),
        roofs=("flat", "saddle"),
        rise=0.5,
        tiles=SLATE,
        cornice_m=0.2,
        pilasters=True,
        fire_escape=0.4,
    ),
}
