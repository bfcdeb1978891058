"""The road map of an episode: what the client's map says, and the ground under everything.

Left-handed frame, metres, degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

import carla
import numpy as np
from numpy.typing import NDArray

from simgen.errors import MapError
from simgen.server.values import Rotation, Transform, Vector3D
from simgen.server.world.lane_strips import LaneStrip, lane_strips
from simgen.server.world.map_catalogue import check_opendrive, is_built_in
from simgen.server.world.map_probe import probe
from simgen.server.world.network import LIGHT, LanePose, RoadNetwork, Signal, read_network
from simgen.server.world.spawn_points import spawn_points
from simgen.server.world.surface import KERB_M, RoadSurface

SIGN_HEIGHT_M = 2.1
LIGHT_HEIGHT_M = 5.2
_CHECK_STEP_M = 2.0


class Ground(NamedTuple):
    """What lies under a point."""

    z: float
    """Height of the road without kerbs, metres; terrain off the road."""
    road_id: int
    """-1 off the road."""
    lane_id: int
    """0 off the road."""
    s: float
    lane_type: str
    """"driving", "sidewalk", ...; "none" off the road."""
    is_junction: bool
    distance_m: float
    """To the nearest lane: 0 on the road."""


@dataclass(frozen=True, eq=False)
class RoadMap:
    """A loaded map. Immutable; building it takes tenths of a second, so keep it (`load` does)."""

    name: str
    opendrive: str
    carla_map: carla.Map
    network: RoadNetwork
    spawn_points: tuple[Transform, ...]
    geo_origin: tuple[float, float]
    """(latitude, longitude) degrees of the map's (0, 0)."""
    strips: tuple[LaneStrip, ...]
    crosswalks: tuple[NDArray[np.float64], ...]
    """Each (N, 3): the corners of one crosswalk, not closed."""
    surface: RoadSurface

    @classmethod
    def load(cls, name: str, opendrive: str) -> RoadMap:
        """Return the map of an OpenDRIVE document; the last few are kept. Raises MapError when it cannot be served.

        Documents that are none of the shipped towns are first tried in a process of their own, because the client's native
        map may crash on them; that takes about two seconds, once per document.
        """
        check_opendrive(opendrive, f"map {name}")
        if not is_built_in(opendrive):
            probe(opendrive, f"map {name}")
        return _load(name, opendrive)

    def ground(self, x: float, y: float, z: float) -> Ground:
        """Return the ground under (x, y); `z` chooses the level where roads cross above each other."""
        patch = self.surface.patch_at(x, y, z)
        if patch is None:
            return Ground(self.surface.terrain_height(x, y), -1, 0, 0.0, "none", False, self.surface.distance_to_road(x, y))
        return Ground(patch.height(x, y), patch.road_id, patch.lane_id, patch.position(x, y), patch.lane_type, patch.is_junction, 0.0)

    def surface_height(self, x: float, y: float, z: float = 0.0) -> float:
        """Return the height of what one stands on at (x, y): road, sidewalk on its kerb, or terrain."""
        patch = self.surface.patch_at(x, y, z)
        if patch is None:
            return self.surface.terrain_height(x, y)
        return patch.height(x, y) + (KERB_M if patch.lane_type == "sidewalk" else 0.0)

    def terrain_height(self, x: float, y: float) -> float:
        """Return the height of the land without roads: meets road and sidewalk edges, smooth elsewhere."""
        return self.surface.terrain_height(x, y)


@lru_cache(maxsize=4)
def _load(name: str, opendrive: str) -> RoadMap:
    try:
        return build(name, opendrive)
    except (RuntimeError, IndexError, ValueError, MemoryError) as error:
        raise MapError(f"an OpenDRIVE map must be usable by the CARLA client, got {_one_line(error)} (map {name})") from None


def build(name: str, opendrive: str) -> RoadMap:
    """Return the map of a document that passed `check_opendrive`.

    Raises whatever the client's native map raises; on a document with wrong links that map may also end the process, which
    is what `map_probe` finds out beforehand.
    """
    root = ElementTree.fromstring(opendrive)
    carla_map = carla.Map(name.rsplit("/", 1)[-1], opendrive)
    origin = carla_map.transform_to_geolocation(carla.Location(0.0, 0.0, 0.0))
    _check_waypoints(carla_map)
    strips = lane_strips(carla_map, root)
    network = read_network(root, _signals(carla_map, root), _MapPlaces(carla_map))
    return RoadMap(
        name,
        opendrive,
        carla_map,
        network,
        spawn_points(strips, network.stop_points),
        (float(origin.latitude), float(origin.longitude)),
        strips,
        _crosswalks(carla_map),
        RoadSurface.build(strips),
    )


def _one_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _check_waypoints(carla_map: carla.Map) -> None:
    """Raise RuntimeError where the client would: it asks for waypoints from threads that such an error ends."""
    waypoints = carla_map.generate_waypoints(_CHECK_STEP_M)
    if not waypoints:
        raise RuntimeError("no waypoint on any driving lane")
    carla_map.get_topology()
    for waypoint in waypoints:
        carla_map.get_waypoint(waypoint.transform.location)
        waypoint.next(_CHECK_STEP_M)


@dataclass(frozen=True)
class _MapPlaces:
    """Answers the network's questions from the client's map."""

    carla_map: carla.Map

    def on_lane(self, road_id: int, lane_id: int, s: float) -> LanePose | None:
        waypoint = self.carla_map.get_waypoint_xodr(road_id, lane_id, s)
        return None if waypoint is None else _lane_pose(waypoint)

    def before(self, road_id: int, lane_id: int, s: float, distance_m: float) -> tuple[LanePose, ...]:
        waypoint = self.carla_map.get_waypoint_xodr(road_id, lane_id, s)
        return () if waypoint is None else tuple(_lane_pose(w) for w in waypoint.previous(distance_m))


def _lane_pose(waypoint: carla.Waypoint) -> LanePose:
    location, rotation = waypoint.transform.location, waypoint.transform.rotation
    place = (float(location.x), float(location.y), float(location.z))
    return LanePose(place, float(rotation.yaw), float(waypoint.lane_width), waypoint.road_id, waypoint.lane_id, waypoint.is_junction)


def _signals(carla_map: carla.Map, root: ElementTree.Element) -> dict[str, Signal]:
    """Return the signals where the client's map puts them; a signal listed several times (references) counts once."""
    backwards = {s.get("id", "") for s in root.iter("signal") if _is_backwards(s)}
    found: dict[str, Signal] = {}
    for landmark in carla_map.get_all_landmarks():
        found.setdefault(landmark.id, _signal(landmark, landmark.id in backwards))
    return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))


def _is_backwards(signal: ElementTree.Element) -> bool:
    """True for a signal for traffic against the road whose heading is told by `orientation` alone: the client's map ignores that."""
    lanes = [int(v.get("fromLane", "0")) for v in signal.findall("validity")]
    return signal.get("orientation") == "-" and abs(float(signal.get("hOffset") or 0.0)) < math.pi / 2 and all(lane > 0 for lane in lanes)


def _signal(landmark: carla.Landmark, backwards: bool) -> Signal:
    place, yaw = landmark.transform.location, landmark.transform.rotation.yaw
    height = landmark.z_offset if landmark.z_offset > 1.0 else LIGHT_HEIGHT_M if landmark.type == LIGHT else SIGN_HEIGHT_M
    foot = Vector3D(float(place.x), float(place.y), float(place.z - landmark.z_offset))
    stand = Transform(foot, Rotation(0.0, math.remainder(yaw + (270.0 if backwards else 90.0), 360.0), 0.0))
    return Signal(landmark.id, landmark.type, f"{landmark.value:g}", landmark.name, stand, float(height))


def _crosswalks(carla_map: carla.Map) -> tuple[NDArray[np.float64], ...]:
    """Return the outlines of `get_crosswalks`, which lists them one after the other, each closed by its first point."""
    outlines: list[NDArray[np.float64]] = []
    current: list[tuple[float, float, float]] = []
    for point in carla_map.get_crosswalks():
        current.append((point.x, point.y, point.z))
        if len(current) > 2 and math.dist(current[0][:2], current[-1][:2]) < 0.01:
            outlines.append(np.array(current[:-1]))
            current = []
    return tuple(outlines)
