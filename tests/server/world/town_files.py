"""The towns that tests look at: the shipped ones, and CARLA's own where a folder of them is at hand."""

import os
from functools import lru_cache
from pathlib import Path

import pytest

from simgen.server.world.map_catalogue import Catalogue
from simgen.server.world.roads import RoadMap, build

SHIPPED = ("Avenue01", "Suburb01")
_ROOT = Path(__file__).resolve().parents[3]
CARLA_MAPS = Path(os.environ.get("SIMGEN_MAPS", _ROOT.parent / "shared" / "maps"))


def shipped(name: str) -> RoadMap:
    """Return a shipped town."""
    return RoadMap.load(name, Catalogue().opendrive(name))


@lru_cache(maxsize=2)
def carla_town(name: str) -> RoadMap:
    """Return one of CARLA's towns, or skip the test."""
    path = CARLA_MAPS / f"{name}.xodr"
    if not path.is_file():
        pytest.skip(f"{name}.xodr is not at hand (set SIMGEN_MAPS)")
    return build(name, path.read_text())
