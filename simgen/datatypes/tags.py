"""Semantic tags of CARLA 0.9.14 to 0.9.16 and the object classes that labels use.

Source of the numbers and colours: `carla.CityObjectLabel` of the 0.9.16 wheel and CARLA's Cityscapes palette.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Tag(IntEnum):
    """What a pixel or a LiDAR point belongs to; the value in semantic images."""

    NONE = 0
    ROADS = 1
    SIDEWALKS = 2
    BUILDINGS = 3
    WALLS = 4
    FENCES = 5
    POLES = 6
    TRAFFIC_LIGHT = 7
    TRAFFIC_SIGNS = 8
    VEGETATION = 9
    TERRAIN = 10
    SKY = 11
    PEDESTRIANS = 12
    RIDER = 13
    CAR = 14
    TRUCK = 15
    BUS = 16
    TRAIN = 17
    MOTORCYCLE = 18
    BICYCLE = 19
    STATIC = 20
    DYNAMIC = 21
    OTHER = 22
    WATER = 23
    ROAD_LINES = 24
    GROUND = 25
    BRIDGE = 26
    RAIL_TRACK = 27
    GUARD_RAIL = 28


PALETTE: dict[Tag, tuple[int, int, int]] = {
    Tag.NONE: (0, 0, 0),
    Tag.ROADS: (128, 64, 128),
    Tag.SIDEWALKS: (244, 35, 232),
    Tag.BUILDINGS: (70, 70, 70),
    Tag.WALLS: (102, 102, 156),
    Tag.FENCES: (190, 153, 153),
    Tag.POLES: (153, 153, 153),
    Tag.TRAFFIC_LIGHT: (250, 170, 30),
    Tag.TRAFFIC_SIGNS: (220, 220, 0),
    Tag.VEGETATION: (107, 142, 35),
    Tag.TERRAIN: (152, 251, 152),
    Tag.SKY: (70, 130, 180),
    Tag.PEDESTRIANS: (220, 20, 60),
    Tag.RIDER: (255, 0, 0),
    Tag.CAR: (0, 0, 142),
    Tag.TRUCK: (0, 0, 70),
    Tag.BUS: (0, 60, 100),
    Tag.TRAIN: (0, 80, 100),
    Tag.MOTORCYCLE: (0, 0, 230),
    Tag.BICYCLE: (119, 11, 32),
    Tag.STATIC: (110, 190, 160),
    Tag.DYNAMIC: (170, 120, 50),
    Tag.OTHER: (55, 90, 80),
    Tag.WATER: (45, 60, 150),
    Tag.ROAD_LINES: (157, 234, 50),
    Tag.GROUND: (81, 0, 81),
    Tag.BRIDGE: (150, 100, 100),
    Tag.RAIL_TRACK: (230, 150, 140),
    Tag.GUARD_RAIL: (180, 165, 180),
}


def palette_image() -> np.ndarray:
    """Return the (256, 3) uint8 RGB look-up table of `PALETTE`; unknown tags are black."""
    table = np.zeros((256, 3), dtype=np.uint8)
    for tag, color in PALETTE.items():
        table[tag] = color
    return table


class ObjectClass(IntEnum):
    """The class of a labelled object; what boxes carry."""

    CAR = 1
    VAN = 2
    TRUCK = 3
    BUS = 4
    MOTORCYCLE = 5
    BICYCLE = 6
    PEDESTRIAN = 7
    PROP = 8
    TRAFFIC_LIGHT = 9
    TRAFFIC_SIGN = 10


OBJECT_TAGS: dict[ObjectClass, frozenset[Tag]] = {
    ObjectClass.CAR: frozenset({Tag.CAR}),
    ObjectClass.VAN: frozenset({Tag.CAR, Tag.TRUCK}),
    ObjectClass.TRUCK: frozenset({Tag.TRUCK, Tag.CAR}),
    ObjectClass.BUS: frozenset({Tag.BUS}),
    ObjectClass.MOTORCYCLE: frozenset({Tag.MOTORCYCLE, Tag.RIDER}),
    ObjectClass.BICYCLE: frozenset({Tag.BICYCLE, Tag.RIDER}),
    ObjectClass.PEDESTRIAN: frozenset({Tag.PEDESTRIANS}),
    ObjectClass.PROP: frozenset({Tag.STATIC, Tag.DYNAMIC, Tag.OTHER}),
    ObjectClass.TRAFFIC_LIGHT: frozenset({Tag.TRAFFIC_LIGHT, Tag.POLES}),
    ObjectClass.TRAFFIC_SIGN: frozenset({Tag.TRAFFIC_SIGNS, Tag.POLES}),
}
"""The tags that pixels of one object may carry; a vehicle's pixels are counted over all of them."""
