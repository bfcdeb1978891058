"""What is built in each district, and how often."""

from __future__ import annotations

from dataclasses import dataclass

from simgen.server.assets.district_kinds import District


@dataclass(frozen=True)
class TownPlan:
    """How one district is built."""

    kinds: dict[str, float]
    """Kind of building -> weight."""
    tall: tuple[float, float]
    """Heights between the least and the greatest of each style, 0 to 1."""
    closed: bool
    """Whether gaps between the buildings of a street are closed by walls, and corners are built on."""
    rear: dict[str, float]
    """What stands in the second row."""
    free: float = 0.0
    """Share of lots that stay empty."""


PLANS: dict[District, TownPlan] = {
    District.CENTRE: TownPlan(
        {
            "old town": 3.0,
            "timber frame": 1.6,
            "georgian": 2.2,
            "brick shops": 3.0,
            "gruenderzeit": 2.4,
            "sandstone": 1.3,
            "shops and flats": 1.2,
            "brick office": 0.5,
            "concrete office": 0.3,
            "church": 0.35,
        },
        (0.1, 0.9),
        True,
        {"post-war flats": 2.0, "warehouse": 1.0, "victorian": 1.0},
    ),
    District.OFFICES: TownPlan(
        {"tower": 4.0, "concrete office": 2.6, "brick office": 1.6, "shops and flats": 1.2, "new flats": 1.0, "sandstone": 0.8},
        (0.2, 1.0),
        False,
        {"tower": 3.0, "concrete office": 1.0, "new flats": 1.0},
    ),
    District.RESIDENTIAL: TownPlan(
        {
            "victorian": 2.4,
            "post-war flats": 2.4,
            "panel block": 1.6,
            "gruenderzeit": 1.2,
            "new flats": 1.4,
            "brick shops": 0.8,
            "shops and flats": 0.7,
            "row house": 1.2,
            "georgian": 0.6,
            "church": 0.12,
        },
        (0.0, 0.8),
        False,
        {"panel block": 1.5, "post-war flats": 2.0, "new flats": 1.0},
    ),
    District.SUBURB: TownPlan(
        {
            "bungalow": 1.6,
            "brick bungalow": 0.9,
            "hip house": 1.8,
            "gable house": 1.8,
            "semi": 1.4,
            "steep house": 1.6,
            "clapboard": 1.3,
            "villa": 0.9,
            "row house": 0.5,
            "church": 0.06,
        },
        (0.0, 0.5),
        False,
        {"bungalow": 1.0, "hip house": 1.0, "steep house": 1.0},
        0.05,
    ),
    District.INDUSTRIAL: TownPlan(
        {"hall": 4.0, "warehouse": 1.8, "market": 0.9, "station": 0.35, "concrete office": 0.5, "brick office": 0.5},
        (0.0, 0.6),
        False,
        {"hall": 3.0, "warehouse": 1.0},
        0.05,
    ),
}
