"""Towns with seeded traffic and people, and places to look at them from, without a server process.

`Town.named("Avenue01")` stands for one shipped town: a `World` with real vehicles and walkers, spawned by blueprint on lanes and
sidewalks and moved for a second, so that wheels, postures and lights are those of a running server. Everything depends on the seed
and the map alone. Left-handed frame, metres, degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import carla
import numpy as np
from numpy.typing import NDArray

import simgen
from simgen.geometry.pose import left_from_carla
from simgen.rng import stream
from simgen.server.map_stage import MapStage
from simgen.server.scene import Moment
from simgen.server.sensors import View
from simgen.server.showing import moment_of
from simgen.server.values import Rotation, Transform, Vector3D, VehicleControl, WalkerControl, Weather
from simgen.server.world.actors import Vehicle
from simgen.server.world.blueprints import LIBRARY, Blueprint
from simgen.server.world.network import LIGHT
from simgen.server.world.refusals import Refused
from simgen.server.world.roads import RoadMap
from simgen.server.world.step import step
from simgen.server.world.world import World

MAPS = Path(simgen.__file__).parent / "server" / "maps"
SHARES = {"car": 1.0, "van": 0.8, "truck": 0.5, "bus": 0.3, "motorcycle": 0.6, "bicycle": 0.6}
"""How often a vehicle of traffic is of a base type, per blueprint."""
WARM_UP_TICKS = 20
TICK_S = 0.05
PACES_MPS = (0.0, 0.0, 1.0, 1.1, 1.3, 1.3, 1.4, 1.5, 1.6, 3.2)
DARK_DEG = 2.0
POSITION, LOW_BEAM, BRAKE, RIGHT_BLINKER, LEFT_BLINKER = 1, 2, 8, 16, 32
SIGNALS = (0, 0, 0, BRAKE, BRAKE, RIGHT_BLINKER, LEFT_BLINKER)

Floats = NDArray[np.float64]

WEATHERS: dict[str, Weather] = {
    "noon": Weather(cloudiness=15, sun_altitude_angle=58, sun_azimuth_angle=40),
    "overcast": Weather(cloudiness=95, sun_altitude_angle=45, sun_azimuth_angle=40),
    "sunset": Weather(cloudiness=35, sun_altitude_angle=7, sun_azimuth_angle=20, fog_density=3),
    "rain": Weather(
        cloudiness=92, precipitation=85, precipitation_deposits=80, wetness=100, sun_altitude_angle=40, sun_azimuth_angle=60, fog_density=6
    ),
    "fog": Weather(cloudiness=80, fog_density=45, fog_distance=5, sun_altitude_angle=30, sun_azimuth_angle=60),
    "dusk": Weather(cloudiness=30, sun_altitude_angle=-2, sun_azimuth_angle=20, fog_density=2),
    "night": Weather(cloudiness=20, sun_altitude_angle=-40),
    "wet night": Weather(cloudiness=85, precipitation=50, precipitation_deposits=70, wetness=95, sun_altitude_angle=-40, fog_density=4),
}


@dataclass(frozen=True)
class Spot:
    """Where a camera stands: location and (pitch, yaw, roll)."""

    location: tuple[float, float, float]
    rotation: tuple[float, float, float]

    def view(self, width: int, height: int, fov_deg: float = 80.0) -> View:
        return View(left_from_carla(self.location, self.rotation).tobytes(), width, height, fov_deg)


@dataclass
class Town:
    """A shipped town while it is looked at."""

    stage: MapStage
    world: World

    @classmethod
    def named(cls, name: str) -> Town:
        """Open a shipped town without actors."""
        roads = RoadMap.load(name, (MAPS / f"{name}.xodr").read_text())
        return cls(MapStage(roads), World(roads))

    @property
    def roads(self) -> RoadMap:
        return self.stage.roads

    @cached_property
    def _points(self) -> Floats:
        """(N, 4) x, y, z, yaw of the spawn points."""
        return np.array([(*t.location.as_tuple(), t.rotation.yaw) for t in self.roads.spawn_points])

    def add_traffic(self, focus: Floats, count: int, keep_free: Floats, seed: int = 0) -> int:
        """Spawn up to `count` vehicles on the spawn points nearest to `focus` (2,), none within 7 m of `keep_free` (N, 2), a third
        of the points staying empty; return how many."""
        rng = stream(seed, "traffic")
        order = np.argsort(np.linalg.norm(self._points[:, :2] - focus, axis=1), kind="stable")
        spawned = 0
        for index in order.tolist():
            place = self.roads.spawn_points[index]
            empty = rng.uniform() < 0.3
            blueprint = draw_vehicle(rng)
            if empty or np.linalg.norm(keep_free - self._points[index, :2], axis=1).min() < 7.0:
                continue
            spawned += self.spawn_vehicle(blueprint, place, rng) is not None
            if spawned >= count:
                break
        return spawned

    def spawn_vehicle(self, blueprint: Blueprint, place: Transform, rng: np.random.Generator) -> Vehicle | None:
        """Spawn a vehicle in one of its colours, None where there is no room. It rolls slowly."""
        colors = next((a.recommended_values for a in blueprint.attributes if a.id == "color"), ())
        color = {"color": colors[int(rng.integers(len(colors)))]} if colors else {}
        try:
            vehicle = self.world.spawn(blueprint.description(**color), place)
        except Refused:
            return None
        assert isinstance(vehicle, Vehicle)
        vehicle.control = VehicleControl(throttle=float(rng.uniform(0.2, 0.5)), steer=float(rng.normal(0.0, 0.03)))
        vehicle.light_flags = int(rng.choice(SIGNALS))
        return vehicle

    def lane_place(self, place: tuple[float, float, float]) -> Transform:
        """Return where a vehicle stands in the lane nearest to a place, looking along its traffic."""
        waypoint = self.roads.carla_map.get_waypoint(carla.Location(*place))
        at, turn = waypoint.transform.location, waypoint.transform.rotation
        return Transform(Vector3D(at.x, at.y, at.z + 0.2), Rotation(turn.pitch, turn.yaw, turn.roll))

    def add_people(self, focus: Floats, count: int, radius_m: float, seed: int = 0) -> int:
        """Spawn up to `count` walkers on the sidewalks within `radius_m` of `focus` (2,), and return how many."""
        rng = stream(seed, "people")
        places = self.sidewalk_places(focus, radius_m)
        if not len(places):
            return 0
        spawned = 0
        for index in rng.permutation(len(places))[: 3 * count].tolist():
            x, y, z, yaw = places[index]
            aside, turned, speed = (
                rng.uniform(-0.6, 0.6),
                rng.uniform() < 0.5,
                rng.choice((0.0, 1.0, 1.3, 1.5, 3.2), p=(0.2, 0.2, 0.3, 0.2, 0.1)),
            )
            side = math.radians(yaw + 90.0)
            place = (x + aside * math.cos(side), y + aside * math.sin(side), z)
            spawned += self.spawn_walker(draw_walker(rng), place, yaw + 180.0 * turned, float(speed))
            if spawned >= count:
                break
        return spawned

    def spawn_walker(self, blueprint: Blueprint, place: tuple[float, float, float], yaw_deg: float, speed_mps: float) -> bool:
        """Spawn a walker with the feet on the ground, walking along `yaw_deg`; False where there is no room."""
        x, y, z = place
        height = self.roads.surface_height(x, y, z) + blueprint.extent[2] - blueprint.centre[2]
        try:
            walker = self.world.spawn(blueprint.description(), Transform(Vector3D(x, y, height), Rotation(0.0, yaw_deg, 0.0)))
        except Refused:
            return False
        yaw = math.radians(yaw_deg)
        walker.control = WalkerControl(Vector3D(math.cos(yaw), math.sin(yaw), 0.0), speed_mps)  # type: ignore[attr-defined]
        return True

    def sidewalk_places(self, focus: Floats, radius_m: float, step_m: float = 1.5) -> Floats:
        """Return (N, 4) x, y, z, yaw on the midlines of sidewalks near `focus`, in the order of the map."""
        found = [place for strip in self.roads.strips if strip.lane_type == "sidewalk" for place in _along(strip.centre, step_m)]
        places = np.array(found).reshape(-1, 4)
        return places[np.linalg.norm(places[:, :2] - focus, axis=1) < radius_m]

    def warm_up(self, ticks: int = WARM_UP_TICKS) -> None:
        """Let vehicles settle and roll and walkers walk."""
        for _ in range(ticks):
            step(self.world, TICK_S)

    def moment(self, weather: str | Weather) -> Moment:
        """Return what cameras see now, with the vehicles' lights that suit the weather."""
        self.world.weather = WEATHERS[weather] if isinstance(weather, str) else weather
        on = POSITION | LOW_BEAM if _is_dark(self.world.weather) else 0
        vehicles = list(self.world.of_kind(Vehicle))
        own = [vehicle.light_flags for vehicle in vehicles]
        for vehicle in vehicles:
            vehicle.light_flags |= on
        seen = moment_of(self.world, (), shapes=True)
        for vehicle, flags in zip(vehicles, own, strict=True):
            vehicle.light_flags = flags
        return seen

    # ---- places to look from

    def street(self, nth: int = 0) -> Spot:
        """Return a driver's eyes on the `nth` best spawn point for traffic ahead."""
        scores = [self._points_ahead(index) for index in range(len(self._points))]
        best = np.argsort(-np.array(scores), kind="stable")
        chosen: list[int] = []
        for index in best.tolist():
            if all(np.linalg.norm(self._points[index, :2] - self._points[other, :2]) > 60.0 for other in chosen):
                chosen.append(index)
            if len(chosen) > nth:
                break
        x, y, z, yaw = self._points[chosen[-1]]
        return Spot((x, y, z - 0.3 + 1.4), (-2.0, yaw, 0.0))

    def _points_ahead(self, index: int) -> int:
        """Return how many spawn points lie in a sector of 60 m and 2 x 25 degrees before this one."""
        offset = self._points[:, :2] - self._points[index, :2]
        distance = np.linalg.norm(offset, axis=1)
        bearing = np.degrees(np.arctan2(offset[:, 1], offset[:, 0])) - self._points[index, 3]
        off_axis = np.abs((bearing + 180.0) % 360.0 - 180.0)
        return int(((distance > 5.0) & (distance < 60.0) & (off_axis < 25.0)).sum())

    def junction(self, nth: int = 0) -> Spot:
        """Return a driver's eyes 15 m before the `nth` stop line with a traffic light, several lights apart."""
        points = [p for p in self.roads.network.stop_points if self.roads.network.signals[p.signal_id].type == LIGHT]
        point = points[(7 * nth + 2) % len(points)]
        (x, y, z), (dx, dy) = point.location, point.heading
        back = 15.0
        return Spot((x - back * dx, y - back * dy, z + 1.5), (2.0, math.degrees(math.atan2(dy, dx)), 0.0))

    def sidewalk(self, near: Floats) -> Spot:
        """Return a pedestrian's eyes on the sidewalk nearest to `near` (2,), looking along it."""
        places = self.sidewalk_places(near, 60.0)
        x, y, z, yaw = places[np.argmin(np.linalg.norm(places[:, :2] - near, axis=1))]
        return Spot((x, y, self.roads.surface_height(x, y, z) + 1.55), (-3.0, yaw, 0.0))


def draw_vehicle(rng: np.random.Generator) -> Blueprint:
    """Return a vehicle blueprint, each base type with its share."""
    kinds = [b for b in LIBRARY.values() if b.family == "vehicle"]
    shares = np.array([SHARES.get(b.base_type, 1.0) for b in kinds])
    return kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]


def draw_walker(rng: np.random.Generator) -> Blueprint:
    """Return a walker blueprint, all alike."""
    kinds = [b for b in LIBRARY.values() if b.family == "walker"]
    return kinds[int(rng.integers(len(kinds)))]


def ahead(spot: Spot, forward_m: float, right_m: float) -> tuple[float, float, float]:
    """Return a place in front of a camera, at the camera's height."""
    x, y, z = spot.location
    yaw = math.radians(spot.rotation[1])
    c, s = math.cos(yaw), math.sin(yaw)
    return x + forward_m * c - right_m * s, y + forward_m * s + right_m * c, z


def _is_dark(weather: Weather) -> bool:
    return weather.sun_altitude_angle < DARK_DEG or weather.precipitation > 40.0 or weather.fog_density > 30.0


def _along(line: Floats, step_m: float) -> Iterator[tuple[float, float, float, float]]:
    """Yield x, y, z, yaw every `step_m` along a polyline (N, 3)."""
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    s = np.concatenate([[0.0], np.cumsum(lengths)])
    for at in np.arange(step_m, s[-1] - step_m, step_m):
        k = min(int(np.searchsorted(s, at, side="right")) - 1, len(lengths) - 1)
        share = (at - s[k]) / max(lengths[k], 1e-9)
        x, y, z = line[k] + share * (line[k + 1] - line[k])
        dx, dy, _ = line[k + 1] - line[k]
        yield float(x), float(y), float(z), math.degrees(math.atan2(dy, dx))
