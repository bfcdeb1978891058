"""Styles of detached houses, as literal tables. Lengths in metres, colours sRGB."""

from __future__ import annotations

from dataclasses import dataclass

from simgen.server.assets.building_draft import Color
from simgen.server.assets.building_styles import CLAY, DARK, DARK_BRICK, LIGHT_PLASTER, RED_BRICK, SLATE, STOCK_BRICK, TOWN_PLASTER
from simgen.server.assets.facades import Openings
from simgen.server.scene import Material


@dataclass(frozen=True)
class HouseStyle:
    """How detached houses are built."""

    material: Material
    walls: tuple[Color, ...]
    upper: tuple[Material, tuple[Color, ...]] | None
    """Of the upper storey and the gables, where they are otherwise."""
    storeys: int
    storey_m: float
    window: Openings
    roof: str
    """"saddle", "gable", "hip" or "flat"."""
    rise: float
    tiles: tuple[Color, ...]
    porch: bool
    garage: float
    """Share with a garage."""


HOUSE_STYLES: dict[str, HouseStyle] = {
    "bungalow": HouseStyle(
        Material.PLASTER,
        LIGHT_PLASTER,
        None,
        1,
        2.8,
        Openings(3.4, 1.7, 0.85, 1.3, 0.12, bars=(1, 0)),
        "hip",
        0.55,
        (*CLAY, *SLATE),
        True,
        0.6,
    ),
    "brick bungalow": HouseStyle(
        Material.BRICK,
        (*STOCK_BRICK, *RED_BRICK),
        None,
        1,
        2.7,
        Openings(3.2, 1.8, 0.8, 1.25, 0.1, bars=(2, 0)),
        "saddle",
        0.6,
        (*CLAY, *SLATE),
        True,
        0.7,
    ),
    "hip house": HouseStyle(
        Material.PLASTER,
        (*LIGHT_PLASTER, *TOWN_PLASTER),
        None,
        2,
        2.75,
        Openings(3.0, 1.3, 0.85, 1.35, 0.13, bars=(1, 0), surround_m=0.0),
        "hip",
        0.8,
        CLAY,
        True,
        0.5,
    ),
    "gable house": HouseStyle(
        Material.PLASTER,
        LIGHT_PLASTER,
        (Material.WOOD, ((106, 84, 64), (128, 112, 92), (92, 98, 96))),
        2,
        2.65,
        Openings(2.9, 1.2, 0.85, 1.3, 0.12, bars=(1, 0)),
        "gable",
        1.0,
        (*CLAY, *SLATE),
        False,
        0.5,
    ),
    "semi": HouseStyle(
        Material.BRICK,
        RED_BRICK,
        (Material.PLASTER, ((214, 208, 194), (206, 200, 188))),
        2,
        2.7,
        Openings(3.0, 1.6, 0.85, 1.3, 0.1, bars=(2, 1), frame_m=0.06),
        "hip",
        0.85,
        (*CLAY, *SLATE),
        True,
        0.4,
    ),
    "steep house": HouseStyle(
        Material.PLASTER,
        (*LIGHT_PLASTER, *TOWN_PLASTER),
        None,
        1,
        2.8,
        Openings(2.9, 1.15, 0.85, 1.3, 0.14, bars=(1, 1), shutters=((84, 62, 48), (72, 92, 76), (108, 64, 54), (96, 104, 108))),
        "saddle",
        1.2,
        CLAY,
        False,
        0.4,
    ),
    "clapboard": HouseStyle(
        Material.WOOD,
        ((206, 204, 198), (178, 186, 184), (190, 180, 160), (150, 160, 158), (168, 138, 120)),
        None,
        2,
        2.7,
        Openings(2.7, 1.0, 0.75, 1.55, 0.06, bars=(0, 1), surround_m=0.1),
        "gable",
        0.9,
        SLATE,
        True,
        0.7,
    ),
    "villa": HouseStyle(
        Material.PLASTER,
        ((216, 214, 208), (200, 196, 188), (150, 146, 140)),
        (Material.PLASTER, ((210, 208, 202), (126, 122, 116))),
        2,
        3.0,
        Openings(3.6, 2.3, 0.3, 2.2, 0.18, frame=DARK, bars=(1, 0), sill=False),
        "flat",
        0.0,
        SLATE,
        True,
        0.8,
    ),
    "row house": HouseStyle(
        Material.BRICK,
        (*RED_BRICK, *DARK_BRICK, *STOCK_BRICK),
        (Material.PLASTER, ((206, 202, 192), (190, 186, 178))),
        2,
        2.7,
        Openings(2.6, 1.5, 0.8, 1.35, 0.1, bars=(1, 0)),
        "saddle",
        0.7,
        (*CLAY, *SLATE),
        True,
        0.0,
    ),
}
