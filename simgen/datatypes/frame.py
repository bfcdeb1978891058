"""Frames: all readings of the rig at one tick, with the state of the ego and the world around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.readings import Reading
from simgen.datatypes.tags import ObjectClass
from simgen.geometry.pose import Matrix


@dataclass(frozen=True)
class Thing:
    """One actor of the world at one tick, in the right-handed world frame."""

    actor_id: int
    type_id: str
    object_class: ObjectClass
    world_from_actor: Matrix
    actor_from_box: Matrix
    size_m: NDArray[np.float64]
    """Full box sizes (length x, width y, height z)."""
    velocity_mps: NDArray[np.float64]
    """(3,) world frame."""
    angular_velocity_radps: NDArray[np.float64]
    """(3,) world frame."""
    attributes: Mapping[str, str]
    light_flags: int = 0
    """`carla.VehicleLightState` of a vehicle."""
    traffic_light_state: int = -1
    """0 red, 1 yellow, 2 green, 3 off, 4 unknown for a traffic light; -1 for all else."""

    @property
    def world_from_box(self) -> Matrix:
        """The pose of the box centre."""
        return self.world_from_actor @ self.actor_from_box


@dataclass(frozen=True)
class LaneLine:
    """A polyline of the map near the ego."""

    kind: str
    """"centre" of a driving lane or "boundary" between lanes."""
    road_id: int
    lane_id: int
    marking: str
    """OpenDRIVE marking type of a boundary (solid, broken, solid_solid, none, ...); "driving" for a centre line."""
    color: str
    points_world: NDArray[np.float64]
    """(P, 3) metres, right-handed world frame, along the road's direction of travel for centre lines."""


@dataclass(frozen=True)
class WorldState:
    """What the client knows of the world at one tick, apart from readings."""

    tick: int
    ego: Thing
    others: tuple[Thing, ...]
    """Every other vehicle, walker, prop, traffic light and sign, by actor id."""
    lanes: tuple[LaneLine, ...]


@dataclass(frozen=True)
class Frame:
    """Everything that one tick gave. `tick` counts from 0, the first recorded one; `time_s` is tick * dt."""

    tick: int
    time_s: float
    readings: Mapping[str, Reading]
    """By mount name; exactly the mounts that were due, plus event mounts to which something happened."""
    world: WorldState
