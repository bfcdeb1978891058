"""The still city as boxes that actors run into. Left-handed frame, metres."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from simgen.datatypes.tags import Tag
from simgen.server.scene import SceneryObject
from simgen.server.world.rectangles import Bounds, Rectangle, meet_bounds

_CELL_M = 5.0
_POST_RADIUS_M = 0.2
"""Trees, lamps and signs are hit at their foot: their boxes also span crowns and arms that vehicles pass below."""

_BLOCK = {
    Tag.BUILDINGS: "static.building",
    Tag.WALLS: "static.wall",
    Tag.FENCES: "static.fence",
    Tag.GUARD_RAIL: "static.guardrail",
    Tag.STATIC: "static.static",
    Tag.DYNAMIC: "static.dynamic",
    Tag.OTHER: "static.other",
    Tag.CAR: "static.car",
    Tag.MOTORCYCLE: "static.motorcycle",
    Tag.BICYCLE: "static.bicycle",
}
_POST = {
    Tag.POLES: "static.pole",
    Tag.TRAFFIC_LIGHT: "static.trafficlight",
    Tag.TRAFFIC_SIGNS: "static.trafficsign",
    Tag.VEGETATION: "static.vegetation",
}


@dataclass(frozen=True)
class Obstacle:
    """A still thing of the city that stops vehicles."""

    type_id: str
    shape: Rectangle
    bounds: Bounds


@dataclass(frozen=True)
class Obstacles:
    """The still city as boxes in a grid."""

    boxes: tuple[Obstacle, ...]
    cells: Mapping[tuple[int, int], tuple[int, ...]]

    @classmethod
    def from_objects(cls, objects: Iterable[SceneryObject]) -> Obstacles:
        """Index the objects that can be hit; roads, ground and water cannot."""
        boxes = tuple(Obstacle(type_id, shape, shape.bounds()) for item in objects for type_id, shape in _shapes(item))
        cells: dict[tuple[int, int], list[int]] = {}
        for index, box in enumerate(boxes):
            for cell in _cells(box.bounds):
                cells.setdefault(cell, []).append(index)
        return cls(boxes, {cell: tuple(found) for cell, found in cells.items()})

    def near(self, bounds: Bounds) -> list[Obstacle]:
        """Return the obstacles whose bounds meet `bounds`, each once, in the order given."""
        found = {index for cell in _cells(bounds) for index in self.cells.get(cell, ())}
        return [self.boxes[index] for index in sorted(found) if meet_bounds(self.boxes[index].bounds, bounds)]


NO_OBSTACLES = Obstacles((), {})


def _shapes(item: SceneryObject) -> Iterator[tuple[str, Rectangle]]:
    x, y, z = item.box_centre
    ex, ey, ez = item.box_extent
    yaw = math.radians(item.yaw_deg)
    if item.tag in _BLOCK:
        yield _BLOCK[Tag(item.tag)], Rectangle(x, y, yaw, ex, ey, z - ez, z + ez)
    elif item.tag in _POST:
        foot_x, foot_y, _ = item.location
        half_x, half_y = min(ex, _POST_RADIUS_M), min(ey, _POST_RADIUS_M)
        yield _POST[Tag(item.tag)], Rectangle(foot_x, foot_y, yaw, half_x, half_y, z - ez, z + ez)


def _cells(bounds: Bounds) -> list[tuple[int, int]]:
    west, east, north, south = (math.floor(edge / _CELL_M) for edge in bounds)
    return [(column, row) for column in range(west, east + 1) for row in range(north, south + 1)]
