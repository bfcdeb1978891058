"""The species of trees: proportions, bark and leaves, by season."""

from __future__ import annotations

from dataclasses import dataclass

from simgen.datatypes.tags import Tag
from simgen.server.assets.mesh_builder import Look
from simgen.server.assets.plant_foliage import Color, Leaf
from simgen.server.scene import Material


def _bark(color: Color) -> Look:
    return Look(Material.BARK, Tag.VEGETATION, color)


GREY_BARK, BROWN_BARK, PALE_BARK, RED_BARK, DARK_BARK, PLANE_BARK = (
    _bark((104, 98, 88)),
    _bark((88, 74, 60)),
    _bark((196, 192, 182)),
    _bark((112, 90, 76)),
    _bark((66, 58, 52)),
    _bark((148, 142, 122)),
)

OVAL = ((0.0, 0.35), (0.15, 0.75), (0.4, 1.0), (0.7, 0.85), (0.9, 0.5), (1.0, 0.15))
ROUND = ((0.0, 0.55), (0.2, 0.95), (0.5, 1.0), (0.8, 0.75), (1.0, 0.25))
WIDE = ((0.0, 0.70), (0.25, 1.0), (0.6, 0.92), (0.85, 0.6), (1.0, 0.2))
SLIM = ((0.0, 0.6), (0.2, 1.0), (0.6, 0.9), (0.9, 0.5), (1.0, 0.1))
TALL = ((0.0, 0.4), (0.2, 0.95), (0.5, 1.0), (0.8, 0.6), (1.0, 0.05))
UMBRELLA = ((0.0, 0.3), (0.35, 0.8), (0.65, 1.0), (0.9, 0.75), (1.0, 0.3))
GLOBE = ((0.0, 0.3), (0.2, 0.8), (0.5, 1.0), (0.8, 0.8), (1.0, 0.3))


@dataclass(frozen=True)
class Species:
    """A tree whose crown is filled by branches."""

    height: float
    base: float
    """Of the crown's lower edge."""
    radius: float
    """Of the crown."""
    profile: tuple[tuple[float, float], ...]
    """The crown's outline: (share of its height, share of its radius)."""
    trunk: float
    """Radius at the foot."""
    leader: float
    """How far the trunk runs up the crown, 0 to 1."""
    bark: Look
    leaf: Leaf
    summer: tuple[Color, ...]
    autumn: tuple[Color, ...]
    spring: tuple[Color, ...]
    cards: int = 1150
    card_m: float = 0.62
    gaps: int = 4
    """Holes in the crown."""
    lift: float = 0.15
    evergreen: bool = False
    uneven: float = 0.22
    """How far the outline wanders from the profile."""

    def colors(self, season: str) -> tuple[Color, ...]:
        """Return the colours of the leaves in "spring", "summer" or "autumn"; the first is the main one."""
        return {"spring": self.spring, "autumn": self.autumn}.get(season, self.summer) if not self.evergreen else self.summer


_FRESH: tuple[Color, ...] = ((112, 124, 67), (127, 136, 75), (99, 114, 62))
_YELLOW: tuple[Color, ...] = ((176, 138, 46), (150, 112, 40), (132, 124, 50), (190, 156, 62))
_RUST: tuple[Color, ...] = ((146, 88, 40), (122, 78, 38), (118, 100, 46))
_RED: tuple[Color, ...] = ((148, 58, 34), (168, 84, 36), (112, 56, 32))

OAK: tuple[Color, ...] = ((76, 83, 47), (62, 72, 41), (89, 91, 56))
LIME: tuple[Color, ...] = ((79, 92, 52), (65, 80, 43), (96, 104, 62))
PLANE: tuple[Color, ...] = ((96, 102, 64), (80, 90, 53), (111, 115, 76))
BIRCH: tuple[Color, ...] = ((98, 106, 66), (84, 96, 56), (115, 119, 80))
MAPLE: tuple[Color, ...] = ((71, 82, 45), (59, 70, 40), (86, 96, 52))
COPPER: tuple[Color, ...] = ((70, 40, 40), (56, 34, 36), (86, 52, 46))
ROBINIA: tuple[Color, ...] = ((106, 112, 67), (90, 100, 56), (121, 124, 79))
PINE: tuple[Color, ...] = ((65, 75, 55), (55, 65, 48), (78, 83, 61))
OLIVE: tuple[Color, ...] = ((104, 109, 82), (88, 95, 70), (119, 121, 96))
BLOSSOM: tuple[Color, ...] = ((226, 196, 202), (236, 214, 216), (206, 168, 178))
WHITE_BLOSSOM: tuple[Color, ...] = ((226, 224, 212), (212, 212, 190), (150, 158, 104))

TREES: dict[str, Species] = {
    "oak": Species(10.5, 2.3, 4.2, WIDE, 0.34, 0.25, DARK_BARK, Leaf.BROAD, OAK, _RUST, _FRESH, 1300, 0.68, 6),
    "lime": Species(11.5, 2.4, 3.2, OVAL, 0.27, 0.6, GREY_BARK, Leaf.BROAD, LIME, _YELLOW, _FRESH, 1250, 0.66, 4),
    "beech": Species(12.0, 2.0, 3.9, ROUND, 0.32, 0.4, GREY_BARK, Leaf.SMALL, MAPLE, _RUST, _FRESH, 1300, 0.70, 4),
    "copper beech": Species(10.5, 1.8, 3.6, ROUND, 0.30, 0.4, GREY_BARK, Leaf.SMALL, COPPER, _RUST, COPPER, 1250, 0.66, 3),
    "maple": Species(9.5, 2.4, 3.3, ROUND, 0.22, 0.35, GREY_BARK, Leaf.BROAD, MAPLE, _RED, _FRESH, 1150, 0.64, 4),
    "birch": Species(10.0, 2.2, 2.1, TALL, 0.15, 0.95, PALE_BARK, Leaf.SMALL, BIRCH, _YELLOW, _FRESH, 850, 0.55, 6, lift=-0.05),
    "poplar": Species(14.0, 1.4, 1.35, SLIM, 0.26, 0.95, GREY_BARK, Leaf.SMALL, LIME, _YELLOW, _FRESH, 1000, 0.60, 2, lift=0.9),
    "apple": Species(4.8, 1.5, 2.3, WIDE, 0.15, 0.1, DARK_BARK, Leaf.SMALL, MAPLE, _YELLOW, WHITE_BLOSSOM, 700, 0.48, 4),
    "cherry": Species(6.0, 1.7, 2.6, UMBRELLA, 0.17, 0.1, RED_BARK, Leaf.SMALL, LIME, _RED, BLOSSOM, 850, 0.50, 4),
    "willow": Species(8.5, 1.6, 3.8, WIDE, 0.32, 0.2, DARK_BARK, Leaf.SMALL, ROBINIA, _YELLOW, _FRESH, 1250, 0.72, 4, lift=-0.35),
    "pine": Species(12.0, 5.6, 2.9, UMBRELLA, 0.22, 0.75, RED_BARK, Leaf.NEEDLES, PINE, PINE, PINE, 950, 0.66, 8, evergreen=True),
    "olive": Species(4.4, 1.3, 1.8, GLOBE, 0.16, 0.1, GREY_BARK, Leaf.SMALL, OLIVE, OLIVE, OLIVE, 650, 0.44, 5, evergreen=True),
    "street lime": Species(10.0, 4.25, 2.5, OVAL, 0.17, 0.7, GREY_BARK, Leaf.BROAD, LIME, _YELLOW, _FRESH, 950, 0.60, 4),
    "street plane": Species(11.5, 4.4, 3.3, ROUND, 0.21, 0.35, PLANE_BARK, Leaf.BROAD, PLANE, _RUST, _FRESH, 1150, 0.66, 6),
    "street maple": Species(8.6, 4.15, 2.3, GLOBE, 0.15, 0.3, GREY_BARK, Leaf.BROAD, MAPLE, _RED, _FRESH, 900, 0.58, 3),
    "street robinia": Species(8.8, 4.2, 2.4, UMBRELLA, 0.15, 0.35, DARK_BARK, Leaf.SMALL, ROBINIA, _YELLOW, _FRESH, 800, 0.56, 7),
    "street pear": Species(8.4, 4.1, 1.5, SLIM, 0.12, 0.8, DARK_BARK, Leaf.SMALL, LIME, _RED, WHITE_BLOSSOM, 750, 0.50, 2, lift=0.5),
}
"""Broad-leaved trees and pines. The crowns of street trees leave room for lorries."""

CLEAR_M = 4.05
"""Nothing of a street tree's crown hangs lower."""


@dataclass(frozen=True)
class Conifer:
    """A tree with whorls of branches around one straight trunk."""

    height: float
    base: float
    radius: float
    trunk: float
    colors: tuple[Color, ...]
    whorls: int = 17
    droop: float = 0.35
    """How steeply the branches hang."""


CONIFERS: dict[str, Conifer] = {
    "spruce": Conifer(12.0, 0.7, 2.5, 0.20, ((53, 67, 48), (45, 57, 42), (65, 78, 57))),
    "blue spruce": Conifer(9.0, 0.4, 2.1, 0.17, ((85, 99, 92), (73, 89, 80), (99, 111, 104))),
    "larch": Conifer(12.5, 1.8, 2.2, 0.20, ((92, 104, 65), (81, 94, 57), (106, 114, 76)), 14, 0.15),
}


@dataclass(frozen=True)
class Spindle:
    """A dense narrow evergreen whose leaves hide all branches."""

    height: float
    radius: float
    colors: tuple[Color, ...]
    profile: tuple[tuple[float, float], ...] = ((0.0, 0.55), (0.15, 0.95), (0.4, 1.0), (0.75, 0.65), (1.0, 0.04))
    cards: int = 650


SPINDLES: dict[str, Spindle] = {
    "cypress": Spindle(8.0, 0.95, ((53, 65, 44), (45, 55, 38), (65, 77, 53))),
    "thuja": Spindle(4.2, 0.85, ((67, 80, 48), (55, 68, 42), (82, 94, 59)), cards=450),
    "yew": Spindle(3.0, 1.1, ((45, 57, 38), (39, 49, 34), (55, 67, 45)), ((0.0, 0.7), (0.3, 1.0), (0.7, 0.8), (1.0, 0.15)), 420),
}

SEASONS = ("spring", "summer", "autumn", "winter")
_SEASON_OF_SEED = ("summer", "summer", "spring", "summer", "autumn", "summer", "winter", "autumn")


def season_of(seed: int) -> str:
    """Return the season in which a town with this seed stands: mostly summer."""
    return _SEASON_OF_SEED[seed % len(_SEASON_OF_SEED)]
