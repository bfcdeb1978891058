"""Groupings of CARLA tags to the classes that nets are trained for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import ObjectClass, Tag, palette_image
from simgen.errors import ConfigError

IGNORED = 255
"""The class of pixels that neither train nor count."""


@dataclass(frozen=True)
class Taxonomy:
    """The classes of a task, in order, each with what belongs to it; what belongs to none is ignored."""

    name: str
    members: Mapping[str, frozenset[Tag]]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes 0, 1, ..."""
        return tuple(self.members)

    def table(self) -> NDArray[np.uint8]:
        """Return (256,) uint8, tag -> class; `table()[semantic]` is the class image."""
        out = np.full(256, IGNORED, dtype=np.uint8)
        for number, tags in enumerate(self.members.values()):
            out[list(tags)] = number
        return out

    def palette(self) -> NDArray[np.uint8]:
        """Return (256, 3) uint8 RGB of the classes, each in the colour of its first tag; ignored is black."""
        out = np.zeros((256, 3), dtype=np.uint8)
        out[: len(self.members)] = [palette_image()[min(tags)] for tags in self.members.values()]
        return out


_ROAD = frozenset({Tag.ROADS, Tag.ROAD_LINES})
_VEHICLES = frozenset({Tag.CAR, Tag.TRUCK, Tag.BUS, Tag.TRAIN, Tag.MOTORCYCLE})
_SIX = {
    "road": _ROAD,
    "building": frozenset({Tag.BUILDINGS}),
    "vehicle": _VEHICLES,
    "vegetation": frozenset({Tag.VEGETATION}),
    "sky": frozenset({Tag.SKY}),
}

TAXONOMIES: Mapping[str, Taxonomy] = {
    # What CamVid and a renderer of any quality have in common; pavement, poles, signs, fences and people are "other".
    "six": Taxonomy("six", {**_SIX, "other": frozenset(Tag) - {Tag.NONE} - frozenset().union(*_SIX.values())}),
    # The classes of CamVid as the SegNet paper groups them (Badrinarayanan, Kendall and Cipolla 2017), in its order.
    "camvid11": Taxonomy(
        "camvid11",
        {
            "sky": frozenset({Tag.SKY}),
            "building": frozenset({Tag.BUILDINGS, Tag.WALLS, Tag.BRIDGE}),
            "pole": frozenset({Tag.POLES}),
            "road": _ROAD,
            "pavement": frozenset({Tag.SIDEWALKS}),
            "tree": frozenset({Tag.VEGETATION}),
            "sign": frozenset({Tag.TRAFFIC_SIGNS, Tag.TRAFFIC_LIGHT}),
            "fence": frozenset({Tag.FENCES, Tag.GUARD_RAIL}),
            "car": frozenset({Tag.CAR, Tag.TRUCK, Tag.BUS, Tag.TRAIN}),
            "pedestrian": frozenset({Tag.PEDESTRIANS}),
            "bicyclist": frozenset({Tag.RIDER, Tag.BICYCLE, Tag.MOTORCYCLE}),
        },
    ),
    # The 19 trainIds of Cityscapes (Cordts et al. 2016, cityscapesScripts labels.py).
    "cityscapes19": Taxonomy(
        "cityscapes19",
        {
            "road": _ROAD,
            "sidewalk": frozenset({Tag.SIDEWALKS}),
            "building": frozenset({Tag.BUILDINGS}),
            "wall": frozenset({Tag.WALLS}),
            "fence": frozenset({Tag.FENCES}),
            "pole": frozenset({Tag.POLES}),
            "traffic light": frozenset({Tag.TRAFFIC_LIGHT}),
            "traffic sign": frozenset({Tag.TRAFFIC_SIGNS}),
            "vegetation": frozenset({Tag.VEGETATION}),
            "terrain": frozenset({Tag.TERRAIN}),
            "sky": frozenset({Tag.SKY}),
            "person": frozenset({Tag.PEDESTRIANS}),
            "rider": frozenset({Tag.RIDER}),
            "car": frozenset({Tag.CAR}),
            "truck": frozenset({Tag.TRUCK}),
            "bus": frozenset({Tag.BUS}),
            "train": frozenset({Tag.TRAIN}),
            "motorcycle": frozenset({Tag.MOTORCYCLE}),
            "bicycle": frozenset({Tag.BICYCLE}),
        },
    ),
}

DETECTED: Mapping[str, frozenset[ObjectClass]] = {
    "vehicle": frozenset({ObjectClass.CAR, ObjectClass.VAN, ObjectClass.TRUCK, ObjectClass.BUS}),
    "pedestrian": frozenset({ObjectClass.PEDESTRIAN}),
    "two_wheeler": frozenset({ObjectClass.MOTORCYCLE, ObjectClass.BICYCLE}),
}
"""The classes of the detector: boxes of all other objects neither train nor count."""


def taxonomy(name: str) -> Taxonomy:
    """Return a grouping by its name. Raises ConfigError for another."""
    if name not in TAXONOMIES:
        raise ConfigError(f"classes must be one of {', '.join(TAXONOMIES)}, got {name}")
    return TAXONOMIES[name]


def detected_table() -> NDArray[np.uint8]:
    """Return (256,) uint8, object class -> number in `DETECTED`, 255 for others."""
    out = np.full(256, IGNORED, dtype=np.uint8)
    for number, classes in enumerate(DETECTED.values()):
        out[list(classes)] = number
    return out
