"""How traffic lights change, and what vehicles are told about the light ahead of them. Seconds, metres, left-handed frame."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from simgen.server.values import LightColor
from simgen.server.world.actors import LightAhead, TrafficLight, Vehicle
from simgen.server.world.network import RoadNetwork, StopPoint

BRAKE_MPS2 = 9.0
_CELL_M = 60.0
"""Longest look-ahead; grid cells of stop points."""
_ALONG = math.cos(math.radians(45.0))
_SAME_LEVEL_M = 3.0
_PAST_M = 3.0
_BESIDE_M = 1.5

_CYCLE = (LightColor.GREEN, LightColor.YELLOW, LightColor.RED)
_EPSILON_S = 1e-9
"""Elapsed times are sums of floats."""


Lights = Mapping[str, TrafficLight]
"""Light actors by signal id."""


@dataclass(slots=True)
class LightGroup:
    """The lights of one junction and their clock: the phases are green one after the other."""

    phases: tuple[tuple[TrafficLight, ...], ...]
    lights: tuple[TrafficLight, ...]
    """Every light of the phases once."""
    phase: int = 0
    stage: int = 0
    """Index into green, yellow, all red of the current phase."""
    elapsed_s: float = 0.0
    """Since the stage began."""


def light_groups(network: RoadNetwork, lights: Iterable[TrafficLight]) -> tuple[LightGroup, ...]:
    """Return the groups of the network with these actors in them, at the start of their first phase."""
    by_signal = {light.signal_id: light for light in lights}
    groups = tuple(_light_group(phases, by_signal) for phases in network.light_groups)
    reset_lights(groups)
    return groups


def _light_group(phases: Iterable[Iterable[str]], lights: Lights) -> LightGroup:
    present = (tuple(lights[signal] for signal in phase if signal in lights) for phase in phases)
    found = tuple(phase for phase in present if phase)
    return LightGroup(found, tuple({light.id: light for light in chain.from_iterable(found)}.values()))


def reset_lights(groups: Iterable[LightGroup]) -> None:
    """Put groups back to the start of their first phase, and end what clients had set."""
    for group in groups:
        group.phase, group.stage, group.elapsed_s = 0, 0, 0.0
        for light in group.lights:
            light.held, light.elapsed_s = False, 0.0
            light.state = _state_in(group, light)


def set_state(light: TrafficLight, state: LightColor) -> None:
    """Give a light a state. Its timer begins anew: it keeps the state for that state's time, then obeys its group again."""
    light.state, light.held, light.elapsed_s = state, True, 0.0


def freeze_lights(lights: Iterable[TrafficLight], frozen: bool) -> None:
    """Stop or start the clocks of lights; a group stands still while any of its lights is frozen."""
    for light in lights:
        light.frozen = frozen


def group_of(groups: Iterable[LightGroup], light: TrafficLight) -> tuple[TrafficLight, ...]:
    """Return all lights of the junction of `light`, itself included."""
    return next((group.lights for group in groups if _contains(group.lights, light)), (light,))


def phase_of(groups: Iterable[LightGroup], light: TrafficLight) -> tuple[TrafficLight, ...]:
    """Return the lights that change together with `light` and share its times: those of its first phase."""
    return next((phase for group in groups for phase in group.phases if _contains(phase, light)), (light,))


def advance_lights(groups: Iterable[LightGroup], dt_s: float) -> None:
    """Let all lights go on by one tick."""
    for group in groups:
        if group.lights and not any(light.frozen for light in group.lights):
            _advance_stage(group, dt_s)
            for light in group.lights:
                _advance_light(group, light, dt_s)


def _advance_stage(group: LightGroup, dt_s: float) -> None:
    """The times of a phase are those of its first light. A time of 0 still takes one tick."""
    group.elapsed_s += dt_s
    duration = max(_times(group.phases[group.phase][0])[group.stage], dt_s)
    if group.elapsed_s < duration - _EPSILON_S:
        return
    group.elapsed_s = 0.0
    group.stage += 1
    if group.stage == len(_CYCLE):
        group.stage, group.phase = 0, (group.phase + 1) % len(group.phases)


def _advance_light(group: LightGroup, light: TrafficLight, dt_s: float) -> None:
    light.elapsed_s += dt_s
    if light.held and light.elapsed_s < _time_of(light) - _EPSILON_S:
        return
    light.held = False
    state = _state_in(group, light)
    if state is not light.state:
        light.state, light.elapsed_s = state, 0.0


def _times(light: TrafficLight) -> tuple[float, float, float]:
    return light.green_s, light.yellow_s, light.red_s


def _time_of(light: TrafficLight) -> float:
    """How long a state that a client set lasts; off and unknown last until a reset."""
    return _times(light)[_CYCLE.index(light.state)] if light.state in _CYCLE else math.inf


def _state_in(group: LightGroup, light: TrafficLight) -> LightColor:
    return _CYCLE[group.stage] if _contains(group.phases[group.phase], light) else LightColor.RED


def _contains(lights: Iterable[TrafficLight], light: TrafficLight) -> bool:
    return any(other is light for other in lights)


@dataclass(frozen=True)
class StopPoints:
    """The stop points of a network by 60 m cells. A vehicle finds all that matter to it in its own cell."""

    points: tuple[StopPoint, ...]
    cells: Mapping[tuple[int, int], tuple[int, ...]] = field(repr=False)

    @classmethod
    def of(cls, network: RoadNetwork) -> StopPoints:
        cells: dict[tuple[int, int], list[int]] = {}
        for index, point in enumerate(network.stop_points):
            column, row = _cell(point.location[0], point.location[1])
            for i in (-1, 0, 1):
                for j in (-1, 0, 1):
                    cells.setdefault((column + i, row + j), []).append(index)
        return cls(network.stop_points, {cell: tuple(found) for cell, found in cells.items()})

    def near(self, x: float, y: float) -> tuple[int, ...]:
        """Return the indices of the points within 60 m of (x, y), and some farther ones."""
        return self.cells.get(_cell(x, y), ())


def _cell(x: float, y: float) -> tuple[int, int]:
    return math.floor(x / _CELL_M), math.floor(y / _CELL_M)


def look_ahead(vehicles: Iterable[Vehicle], stops: StopPoints, lights: Lights, network: RoadNetwork) -> None:
    """Write the speed limit and the light ahead into every vehicle, after vehicles and lights have moved.

    The client's Traffic Manager brakes at once when a vehicle is flagged as at a light, so the flag comes on within a braking
    distance of the stop point, while the light is red or yellow, and stays until it is green or the vehicle has passed.
    """
    for vehicle in vehicles:
        _read_speed_limit(vehicle, network)
        ahead = vehicle.light_ahead
        vehicle.light_ahead = (
            _latched(vehicle, ahead, stops, lights, network)
            if ahead.stop_point >= 0
            else _approaching(vehicle, ahead, stops, lights, network)
        )


def _read_speed_limit(vehicle: Vehicle, network: RoadNetwork) -> None:
    footing = vehicle.motion.footing
    limit = network.speed_limit(footing.road_id, footing.s) if footing is not None else None
    if limit is not None:
        vehicle.speed_limit_kmh = limit


def _latched(vehicle: Vehicle, ahead: LightAhead, stops: StopPoints, lights: Lights, network: RoadNetwork) -> LightAhead:
    point = stops.points[ahead.stop_point]
    light = lights.get(point.signal_id)
    distance, beside = _offset(vehicle, point)
    if light is None or distance < -_PAST_M or abs(beside) > point.half_width + _BESIDE_M:
        return LightAhead(_elsewhere(vehicle, ahead, network))
    if light.state is LightColor.GREEN:
        return LightAhead(LightColor.GREEN)
    return LightAhead(light.state, True, light.id, ahead.stop_point)


def _approaching(vehicle: Vehicle, ahead: LightAhead, stops: StopPoints, lights: Lights, network: RoadNetwork) -> LightAhead:
    location, speed = vehicle.transform.location, math.hypot(vehicle.velocity.x, vehicle.velocity.y)
    for index in stops.near(location.x, location.y):
        point = stops.points[index]
        if point.signal_id in lights and _is_approach(vehicle, point, speed):
            return _at_stop_point(vehicle, lights[point.signal_id], index, _offset(vehicle, point)[0], speed)
    return LightAhead(_elsewhere(vehicle, ahead, network))


def _is_approach(vehicle: Vehicle, point: StopPoint, speed: float) -> bool:
    """Whether the vehicle is heading for the point and within its braking distance of it."""
    yaw = math.radians(vehicle.transform.rotation.yaw)
    if math.cos(yaw) * point.heading[0] + math.sin(yaw) * point.heading[1] < _ALONG:
        return False
    if abs(point.location[2] - vehicle.transform.location.z) > _SAME_LEVEL_M:
        return False
    distance, beside = _offset(vehicle, point)
    return abs(beside) <= point.half_width and -0.5 < distance < braking_zone(speed)


def braking_zone(speed_mps: float) -> float:
    """Return how far before a stop point a vehicle at `speed_mps` must be told of the light."""
    return 1.5 + 0.1 * speed_mps + speed_mps * speed_mps / (2.0 * 0.8 * BRAKE_MPS2)


def _at_stop_point(vehicle: Vehicle, light: TrafficLight, index: int, distance: float, speed: float) -> LightAhead:
    """Green is never flagged: the client keeps a green it has seen for as long as the flag stays on."""
    too_late = speed * speed / (2.0 * max(distance, 0.3)) > 0.7 * BRAKE_MPS2
    if light.state is LightColor.GREEN or (light.state is LightColor.YELLOW and too_late):
        return LightAhead(LightColor.GREEN)
    return LightAhead(light.state, True, light.id, index)


def _elsewhere(vehicle: Vehicle, ahead: LightAhead, network: RoadNetwork) -> LightColor:
    """Unknown makes the client negotiate the next junction; said only on approaches with a stop or yield sign."""
    footing = vehicle.motion.footing
    if footing is None:
        return LightColor.GREEN
    if footing.in_junction:
        return ahead.state if ahead.state in (LightColor.GREEN, LightColor.UNKNOWN) else LightColor.GREEN
    lane = (footing.road_id, footing.lane_id)
    return LightColor.UNKNOWN if lane in network.signed_approaches and lane not in network.controlled_approaches else LightColor.GREEN


def _offset(vehicle: Vehicle, point: StopPoint) -> tuple[float, float]:
    """Return (before, beside): how far the front bumper is before the stop point, and the point to its right."""
    location, yaw = vehicle.transform.location, math.radians(vehicle.transform.rotation.yaw)
    reach = vehicle.bounding_box.extent.x + vehicle.bounding_box.location.x
    east = point.location[0] - location.x - reach * math.cos(yaw)
    south = point.location[1] - location.y - reach * math.sin(yaw)
    hx, hy = point.heading
    return east * hx + south * hy, -east * hy + south * hx
