"""Judges a recorded run of Traffic Manager: lanes, red lights, overlaps, standstill. Left-handed frame, metres, seconds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import carla
import numpy as np
from numpy.typing import NDArray

from simgen.server.world.network import StopPoint
from simgen.server.world.rectangles import Rectangle, overlaps
from simgen.server.world.roads import RoadMap

DT_S = 0.05
RED, YELLOW = 0, 1
SETTLE_S = 2.0
"""Vehicles fall onto the road first."""
STANDSTILL_S = 65.0
"""Longer than the longest light cycle of our towns, four phases of 15 s: who stands so long is stuck."""
_LINE_M = 1.0
"""A light counts as run when the front bumper is so far past the stop point."""
_LANE_MARGIN_M = 0.3
SLOP_M = 0.02
"""Boxes that touch are no overlap."""


@dataclass(frozen=True)
class Run:
    """One recording of `traffic_run`."""

    rows: NDArray[np.float64]
    """(T, V, 10): x, y, z, pitch, yaw, vx, vy, at_light, light_state, speed_limit."""
    colours: NDArray[np.uint8]
    """(T, L) state of each light."""
    lights: tuple[str, ...]
    boxes: NDArray[np.float64]
    """(V, 3) half length, half width, and how far the middle is before the origin."""
    types: tuple[str, ...]
    durations: NDArray[np.float64]
    """(T,) seconds that each tick took."""

    @classmethod
    def load(cls, path: Path) -> Run:
        with np.load(path) as data:
            return cls(data["rows"], data["colours"], tuple(data["lights"]), data["boxes"], tuple(data["types"]), data["durations"])


@dataclass(frozen=True)
class Verdict:
    """What a run was like."""

    median_m: float
    p99_m: float
    greatest_m: float
    """Distance of the vehicles' origins from the nearest lane centre. A lane change takes it to half a lane."""
    off_lane: int
    """Samples further out than half the lane and 0.3 m."""
    samples: int
    red: tuple[tuple[int, int, str], ...]
    """(tick, vehicle, signal) of each red light that was run."""
    yellow: int
    green: int
    overlapping: Mapping[tuple[int, int], int]
    """Pairs of vehicles whose boxes overlapped -> ticks."""
    stuck: tuple[int, ...]
    """Vehicles that stood for longer than any light is red."""
    mean_kmh: float
    tick_ms: float


def judge(run: Run, roads: RoadMap) -> Verdict:
    """Judge a run on the map that it was driven on."""
    distances, off = lane_distances(run, roads.carla_map)
    crossings = list(light_crossings(run, roads.network.stop_points))
    colours = [colour for _, _, _, colour in crossings]
    speeds = np.hypot(run.rows[..., 5], run.rows[..., 6])
    return Verdict(
        median_m=float(np.median(distances)),
        p99_m=float(np.percentile(distances, 99)),
        greatest_m=float(distances.max()),
        off_lane=off,
        samples=len(distances),
        red=tuple((tick, vehicle, signal) for tick, vehicle, signal, colour in crossings if colour == RED),
        yellow=colours.count(YELLOW),
        green=len(colours) - colours.count(YELLOW) - colours.count(RED),
        overlapping=overlapping_pairs(run),
        stuck=standing_vehicles(run),
        mean_kmh=float(speeds.mean()) * 3.6,
        tick_ms=float(np.median(run.durations)) * 1e3,
    )


def lane_distances(run: Run, carla_map: carla.Map) -> tuple[NDArray[np.float64], int]:
    """Return the distance (N,) to the nearest driving lane's centre, five times a second, and how many are off the lane."""
    found, off = [], 0
    for rows in run.rows[round(SETTLE_S / DT_S) :: 4]:
        for x, y, z in rows[:, :3]:
            lane = carla_map.get_waypoint(carla.Location(x, y, z))
            centre = lane.transform.location
            found.append(math.hypot(x - centre.x, y - centre.y))
            off += found[-1] > lane.lane_width / 2 + _LANE_MARGIN_M
    return np.array(found), off


def light_crossings(run: Run, points: tuple[StopPoint, ...]) -> Iterator[tuple[int, int, str, int]]:
    """Yield (tick, vehicle, signal, colour) where a front bumper passed a stop point."""
    columns = {signal: index for index, signal in enumerate(run.lights)}
    x, y, z, yaw = run.rows[..., 0], run.rows[..., 1], run.rows[..., 2], np.radians(run.rows[..., 4])
    reach = run.boxes[:, 0] + run.boxes[:, 2]
    nose_x, nose_y = x + np.cos(yaw) * reach, y + np.sin(yaw) * reach
    for point in points:
        (px, py, pz), (hx, hy) = point.location, point.heading
        past = (nose_x - px) * hx + (nose_y - py) * hy - _LINE_M
        beside = (nose_y - py) * hx - (nose_x - px) * hy
        along = np.cos(yaw) * hx + np.sin(yaw) * hy
        here = (np.abs(beside) < point.half_width) & (along > 0.7) & (np.abs(z - pz) < 3.0) & (np.abs(past) < 4.0)
        for tick, vehicle in np.argwhere((past[:-1] < 0.0) & (past[1:] >= 0.0) & here[1:]):
            yield int(tick) + 1, int(vehicle), point.signal_id, int(run.colours[tick + 1, columns[point.signal_id]])


def overlapping_pairs(run: Run) -> dict[tuple[int, int], int]:
    """Return in how many ticks the boxes of each pair of vehicles overlapped, of the pairs that ever did."""
    counts: dict[tuple[int, int], int] = {}
    reach = np.hypot(run.boxes[:, 0], run.boxes[:, 1]) + np.abs(run.boxes[:, 2])
    for rows in run.rows:
        apart = np.hypot(*(rows[:, None, :2] - rows[None, :, :2]).transpose(2, 0, 1))
        for i, j in np.argwhere(np.triu(apart < reach[:, None] + reach[None, :], 1)):
            if overlaps(_box(run, rows, i), _box(run, rows, j)):
                counts[int(i), int(j)] = counts.get((int(i), int(j)), 0) + 1
    return counts


def _box(run: Run, rows: NDArray[np.float64], index: int) -> Rectangle:
    x, y, z, _, yaw_deg = (float(value) for value in rows[index, :5])
    half_x, half_y, before = (float(value) for value in run.boxes[index])
    yaw = math.radians(yaw_deg)
    return Rectangle(x + before * math.cos(yaw), y + before * math.sin(yaw), yaw, half_x - SLOP_M, half_y - SLOP_M, z, z + 1.5)


def standing_vehicles(run: Run, seconds: float = STANDSTILL_S) -> tuple[int, ...]:
    """Return the vehicles that came no metre further in the last `seconds` of the run."""
    late = run.rows[-round(seconds / DT_S) :, :, :2]
    moved = np.hypot(*(late.max(axis=0) - late.min(axis=0)).T)
    return tuple(int(vehicle) for vehicle in np.nonzero(moved < 1.0)[0])
