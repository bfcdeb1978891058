"""Which vehicles and walkers there are and what they look like: drawn choices over the server's blueprint library."""

from __future__ import annotations

import math
from collections.abc import Iterable

import carla
import numpy as np

from simgen.errors import ConfigError
from simgen.rng import stream
from simgen.scenario.scenario import Traffic, Walkers
from simgen.scenario.schema import closest

_TWO_WHEELERS = frozenset({"bicycle", "motorcycle"})
_LARGE = frozenset({"truck", "bus", "van"})
CLEAR_M = 12.0
"""Traffic starts at least so far from the ego and from the script's actors."""


def find_blueprint(library: carla.BlueprintLibrary, name: str, where: str) -> carla.ActorBlueprint:
    """Return a fresh copy of the blueprint `name`, or raise ConfigError with the closest name."""
    try:
        return library.find(name)
    except (IndexError, RuntimeError):
        known = [blueprint.id for blueprint in library.filter(name.split(".")[0] + ".*")]
        raise ConfigError(f"{where} must be a blueprint of the server, got {name}{closest(name, known)}") from None


def is_large(blueprint: carla.ActorBlueprint) -> bool:
    """Return whether a vehicle is too long or wide for the Traffic Manager's lane changes."""
    return _base_type(blueprint) in _LARGE


def _base_type(blueprint: carla.ActorBlueprint) -> str:
    return blueprint.get_attribute("base_type").as_str() if blueprint.has_attribute("base_type") else ""


def dress(blueprint: carla.ActorBlueprint, role: str, colors: bool, rng: np.random.Generator, color: str = "") -> carla.ActorBlueprint:
    """Set role, colour and driver of a blueprint: the first recommended ones, or drawn ones with `colors`."""
    blueprint.set_attribute("role_name", role)
    for name in ("color", "driver_id"):
        if blueprint.has_attribute(name):
            recommended = blueprint.get_attribute(name).recommended_values
            drawn = int(rng.integers(len(recommended))) if colors else 0
            blueprint.set_attribute(name, recommended[drawn])
    if color:
        blueprint.set_attribute("color", color)
    return blueprint


def draw_vehicles(library: carla.BlueprintLibrary, traffic: Traffic, colors: bool, seed: int) -> list[carla.ActorBlueprint]:
    """Return the blueprints of the traffic, in spawning order."""
    return [_draw_vehicle(library, traffic, colors, stream(seed, "traffic", "vehicle", i)) for i in range(traffic.vehicles)]


def _draw_vehicle(library: carla.BlueprintLibrary, traffic: Traffic, colors: bool, rng: np.random.Generator) -> carla.ActorBlueprint:
    draw = rng.random()
    wanted = _TWO_WHEELERS if draw < traffic.two_wheelers else _LARGE if draw < traffic.two_wheelers + traffic.large else None
    names = sorted(b.id for b in library.filter("vehicle.*") if (_base_type(b) in wanted if wanted else _is_car(b)))
    return dress(library.find(names[int(rng.integers(len(names)))]), "autopilot", colors, rng)


def _is_car(blueprint: carla.ActorBlueprint) -> bool:
    return _base_type(blueprint) not in _TWO_WHEELERS | _LARGE


def draw_walkers(library: carla.BlueprintLibrary, walkers: Walkers, seed: int) -> list[tuple[carla.ActorBlueprint, float]]:
    """Return (blueprint, speed in m/s) of the pedestrians, in spawning order."""
    return [_draw_walker(library, walkers, stream(seed, "walkers", i)) for i in range(walkers.count)]


def _draw_walker(library: carla.BlueprintLibrary, walkers: Walkers, rng: np.random.Generator) -> tuple[carla.ActorBlueprint, float]:
    names = sorted(b.id for b in library.filter("walker.pedestrian.*"))
    blueprint = library.find(names[int(rng.integers(len(names)))])
    blueprint.set_attribute("role_name", "pedestrian")
    if blueprint.has_attribute("is_invincible"):
        blueprint.set_attribute("is_invincible", "false")
    speeds = [float(text) for text in blueprint.get_attribute("speed").recommended_values]
    base = speeds[2] if rng.random() < walkers.running else speeds[1]
    return blueprint, base * float(rng.uniform(0.85, 1.15))


def draw_starts(
    points: Iterable[carla.Transform], ego: carla.Location, taken: Iterable[carla.Location], within_m: float, rng: np.random.Generator
) -> list[carla.Transform]:
    """Return the spawn points near the ego that are clear of the `taken` places, in drawn order."""
    taken = list(taken)
    near = [p for p in points if _distance(p.location, ego) <= within_m and all(_distance(p.location, t) >= CLEAR_M for t in taken)]
    return [near[i] for i in rng.permutation(len(near))]


def _distance(a: carla.Location, b: carla.Location) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)
