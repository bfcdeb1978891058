"""Every kind of building by name: how large, how far from the street, and who draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simgen.server.assets.building_draft import Draft
from simgen.server.assets.building_halls import add_hall, add_market, add_station
from simgen.server.assets.building_house_styles import HOUSE_STYLES
from simgen.server.assets.building_houses import add_detached
from simgen.server.assets.building_landmarks import add_church
from simgen.server.assets.building_site import Site
from simgen.server.assets.building_styles import STYLES
from simgen.server.assets.building_towers import add_tower
from simgen.server.assets.buildings import add_storied

Range = tuple[float, float]
Paths = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Kind:
    """How buildings of one name take their lots. Metres."""

    width: Range
    depth: Range
    setback: Range
    gap: Range = (0.0, 0.0)
    """To the next building; (0, 0) where they stand wall to wall."""
    run: tuple[int, int] = (1, 1)
    """How many of them stand in a row, alike."""
    gabled: bool = False
    """A house in a garden."""
    paved: bool = False
    """Whether the ground before it is paved."""


KINDS: dict[str, Kind] = {
    "victorian": Kind((5.2, 6.4), (8.5, 10.5), (0.15, 2.6), run=(4, 9)),
    "brick shops": Kind((6.5, 11.0), (10.0, 13.0), (0.15, 0.15), run=(1, 3), paved=True),
    "georgian": Kind((7.0, 12.0), (10.0, 13.0), (0.15, 1.2), run=(1, 3), paved=True),
    "old town": Kind((6.0, 10.0), (9.0, 12.0), (0.15, 0.4), run=(1, 1), paved=True),
    "timber frame": Kind((6.0, 9.0), (9.0, 11.0), (0.15, 0.3), run=(1, 1), paved=True),
    "gruenderzeit": Kind((12.0, 20.0), (12.0, 14.0), (0.15, 0.4), run=(1, 2), paved=True),
    "sandstone": Kind((14.0, 26.0), (13.0, 16.0), (0.2, 1.0), run=(1, 1), paved=True),
    "post-war flats": Kind((12.0, 18.0), (10.0, 12.0), (0.2, 3.5), gap=(0.0, 4.0), run=(1, 3)),
    "shops and flats": Kind((12.0, 20.0), (11.0, 14.0), (0.2, 0.2), run=(1, 2), paved=True),
    "panel block": Kind((26.0, 46.0), (10.5, 12.0), (5.0, 9.0), gap=(7.0, 14.0)),
    "new flats": Kind((14.0, 24.0), (11.0, 14.0), (1.8, 4.0), gap=(2.5, 6.0)),
    "concrete office": Kind((18.0, 34.0), (13.0, 17.0), (0.5, 3.0), gap=(0.0, 3.0), paved=True),
    "brick office": Kind((14.0, 26.0), (12.0, 16.0), (0.3, 2.0), gap=(0.0, 2.0), paved=True),
    "warehouse": Kind((16.0, 28.0), (13.0, 20.0), (0.4, 2.0), gap=(0.0, 6.0), paved=True),
    "tower": Kind((18.0, 32.0), (16.0, 24.0), (1.5, 6.0), gap=(2.0, 9.0), paved=True),
    "hall": Kind((18.0, 38.0), (16.0, 30.0), (5.0, 12.0), gap=(4.0, 10.0), paved=True),
    "market": Kind((24.0, 36.0), (18.0, 26.0), (13.0, 17.0), gap=(6.0, 10.0), paved=True),
    "station": Kind((20.0, 24.0), (18.0, 20.0), (2.0, 3.0), gap=(6.0, 9.0), paved=True),
    "church": Kind((13.0, 17.0), (26.0, 34.0), (4.0, 9.0), gap=(6.0, 10.0), paved=True),
    "bungalow": Kind((11.0, 16.0), (8.5, 10.5), (4.0, 8.0), gap=(3.5, 9.0), gabled=True),
    "brick bungalow": Kind((11.0, 15.0), (8.0, 10.0), (4.0, 8.0), gap=(3.5, 8.0), run=(1, 3), gabled=True),
    "hip house": Kind((10.0, 14.5), (9.0, 11.0), (3.5, 7.0), gap=(3.0, 8.0), gabled=True),
    "gable house": Kind((8.5, 12.5), (9.5, 12.0), (3.5, 7.5), gap=(3.5, 8.0), gabled=True),
    "semi": Kind((7.0, 8.5), (8.5, 10.0), (4.0, 6.5), gap=(0.0, 0.0), run=(2, 2), gabled=True),
    "steep house": Kind((9.0, 13.0), (8.5, 10.5), (3.0, 7.0), gap=(3.0, 8.0), gabled=True),
    "clapboard": Kind((9.0, 13.5), (9.0, 11.5), (4.5, 8.0), gap=(3.5, 8.0), gabled=True),
    "villa": Kind((11.0, 16.0), (9.0, 12.0), (4.0, 8.0), gap=(4.0, 9.0), gabled=True),
    "row house": Kind((5.6, 6.6), (9.0, 10.5), (3.0, 5.0), run=(4, 8), gabled=True),
}

_OTHERS: dict[str, Callable[[Draft, Site, np.random.Generator, np.random.Generator], None]] = {
    "tower": add_tower,
    "hall": add_hall,
    "market": add_market,
    "station": add_station,
    "church": add_church,
}


def draw_building(name: str, site: Site, alike: np.random.Generator, rng: np.random.Generator) -> tuple[Draft, Paths]:
    """Return a building of a kind in the frame of its lot, and the stretches of x that paths and drives lead to.

    `alike` draws what the buildings of one row have in common, `rng` the rest. Raises KeyError for an unknown kind.
    """
    draft = Draft()
    if name in HOUSE_STYLES:
        return draft, add_detached(draft, HOUSE_STYLES[name], site, alike, rng)
    if name in STYLES:
        middle = add_storied(draft, STYLES[name], site, alike, rng)
        return draft, ((middle - 0.7, middle + 0.7),)
    _OTHERS[name](draft, site, alike, rng)
    return draft, ((site.width * 0.5 - 1.0, site.width * 0.5 + 1.0),)
