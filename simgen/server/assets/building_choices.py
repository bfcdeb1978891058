"""What is drawn for one house with storeys: colours, heights, roof, door. Metres."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simgen.server.assets.building_draft import Color, look, shaded
from simgen.server.assets.building_site import Site
from simgen.server.assets.building_styles import Style
from simgen.server.assets.facades import Band, Openings
from simgen.server.assets.mesh_builder import Look
from simgen.server.scene import Material

PANELS: tuple[Color, ...] = ((148, 114, 96), (128, 140, 136), (176, 164, 132), (112, 122, 134), (190, 186, 176), (146, 152, 128))


@dataclass(frozen=True)
class House:
    """What has been drawn for one house."""

    style: Style
    site: Site
    storeys: int
    shop: bool
    wall: Look
    trim: Look
    base: Look
    window: Openings
    tiles: Color
    roof: str
    balcony: str
    panel: Color
    bay: bool
    door: float

    @property
    def ground_m(self) -> float:
        return self.style.ground_m if self.shop or self.style.shops < 0.9 else self.style.ground_m - 0.5

    @property
    def eaves(self) -> float:
        """Height of the walls."""
        return self.ground_m + self.storeys * self.style.storey_m

    def upper(self, openings: Openings | None = None) -> Band:
        return Band(self.ground_m, self.style.storey_m, self.storeys, openings or self.window)


def drawn(style: Style, site: Site, alike: np.random.Generator) -> House:
    least, most = style.storeys
    storeys = round(least + (most - least) * float(np.clip(site.tall + alike.normal(0, 0.3), 0, 1)))
    wall = shaded(one_of(style.walls, alike), float(alike.uniform(0.92, 1.06)))
    frame = one_of(style.frames, alike)
    base = look(style.wall, wall) if style.base is None else look(*style.base)
    kind = str(alike.choice(np.array(style.balconies))) if style.balconies else ""
    window = replace(style.window, frame=frame)
    if style.window.shutters and alike.random() < 0.55:
        window = replace(window, shutters=())
    shop = bool(alike.random() < style.shops)
    roof, tiles, panel = str(alike.choice(np.array(style.roofs))), one_of(style.tiles, alike), one_of(PANELS, alike)
    bay = bool(alike.random() < style.bays) and site.setback > 1.2
    door = 0.2 if alike.random() < 0.5 else 0.8
    trim = look(Material.STONE if style.wall == Material.STONE else Material.PLASTER, style.trim)
    return House(style, site, storeys, shop, look(style.wall, wall), trim, base, window, tiles, roof, kind, panel, bay, door)


def one_of(choices: tuple[Color, ...], rng: np.random.Generator) -> Color:
    return choices[int(rng.integers(len(choices)))]


def floor_m(house: House) -> float:
    """Return the height of the threshold: there is room for steps only before houses that keep away from the pavement."""
    return house.style.floor_m if house.site.setback > 1.0 else min(house.style.floor_m, 0.17)


def ground_windows(house: House) -> Openings:
    """Return the windows of a ground floor without shops."""
    up = floor_m(house) * 0.6
    mine = house.window
    return replace(
        mine,
        bay_m=max(mine.bay_m, 2.2),
        shutters=(),
        sill_m=max(mine.sill_m, 0.75) + up,
        height_m=min(mine.height_m, house.ground_m - 1.45 - up),
    )
