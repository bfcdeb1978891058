"""Plants by name. Origin on the ground, at the foot of the trunk or in the middle."""

from __future__ import annotations

from functools import lru_cache

from simgen.rng import stream
from simgen.server.assets.plant_bushes import BUSHES, FLOWERS, HEDGES, bush, flower_bed, grove, hedge, tuft
from simgen.server.assets.plant_species import CONIFERS, SEASONS, SPINDLES, TREES
from simgen.server.assets.plant_trees import conifer, spindle, tree
from simgen.server.scene import Mesh

EVERGREEN = ("pine", "olive", *CONIFERS, *SPINDLES, *HEDGES, *FLOWERS, "tuft", "grove", "laurel", "hedge bush", "box ball", "lavender")
"""Plants that look the same all year."""


def in_season(name: str, season: str) -> str:
    """Return the name of a plant as it looks in a season."""
    return name if name in EVERGREEN or season == "summer" else f"{name}.{season}"


@lru_cache(maxsize=256)
def plant_mesh(name: str, variant: int = 0, far: bool = False) -> Mesh:
    """Return a plant; variants differ in their branches. ".winter" after the name is another season than summer.

    Raises KeyError for an unknown name.
    """
    species, _, season = name.partition(".")
    season = season or "summer"
    if season not in SEASONS:
        raise KeyError(name)
    rng = stream(1, "plant", species, variant)
    if species in TREES:
        return tree(TREES[species], season, far, rng)
    if species in CONIFERS:
        return conifer(CONIFERS[species], far, rng)
    if species in SPINDLES:
        return spindle(SPINDLES[species], far, rng)
    if species in BUSHES:
        return bush(BUSHES[species], season == "winter" and species not in EVERGREEN, far, rng)
    if species in HEDGES:
        return hedge(HEDGES[species], far, rng)
    if species in FLOWERS:
        return flower_bed(FLOWERS[species], far, rng)
    if species == "tuft":
        return tuft(far, rng)
    if species == "grove":
        return grove(variant % 3 == 2, rng)
    raise KeyError(name)
