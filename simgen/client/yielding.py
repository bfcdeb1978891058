"""Who yields to whom: pedestrians on a sidewalk do not hold up traffic.

The Traffic Manager counts a walker as an obstacle up to 1.5 s of its walk in every direction. On a narrow sidewalk that
reaches the road, and cars would crawl behind pedestrians who walk beside them. So the pairs of vehicles and walkers are told
apart by where the walker is: those on a sidewalk are ignored, all others are yielded to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import carla


@dataclass
class Yielding:
    """Keeps the Traffic Manager's collision detection between `vehicles` and `walkers` as the walkers move."""

    manager: carla.TrafficManager
    road_map: carla.Map
    vehicles: Sequence[carla.Vehicle]
    walkers: Sequence[carla.Walker]
    _ignored: dict[int, bool] = field(default_factory=dict)

    def update(self) -> None:
        """Look where every walker is; call it after each tick."""
        for walker in self.walkers:
            ignored = self._on_sidewalk(walker)
            if ignored != self._ignored.get(walker.id, False):
                self._ignored[walker.id] = ignored
                for vehicle in self.vehicles:
                    self.manager.collision_detection(vehicle, walker, not ignored)

    def _on_sidewalk(self, walker: carla.Walker) -> bool:
        location = walker.get_location()
        return self.road_map.get_waypoint(location, project_to_road=False, lane_type=carla.LaneType.Sidewalk) is not None
