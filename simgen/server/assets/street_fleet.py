"""The cars that are parked: kinds, colours, and how they stand on the ground. Left-handed world frame, metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.tags import Tag
from simgen.server.assets.scenery import Scenery
from simgen.server.world.blueprints import LIBRARY

Floats = NDArray[np.float64]
Height = Callable[[Floats], Floats]

CARS: dict[str, float] = {
    "vehicle.audi.a2": 1.0,
    "vehicle.audi.etron": 0.7,
    "vehicle.audi.tt": 0.4,
    "vehicle.bmw.grandtourer": 0.9,
    "vehicle.chevrolet.impala": 0.6,
    "vehicle.citroen.c3": 1.2,
    "vehicle.dodge.charger_2020": 0.4,
    "vehicle.ford.mustang": 0.2,
    "vehicle.jeep.wrangler_rubicon": 0.4,
    "vehicle.lincoln.mkz_2020": 0.8,
    "vehicle.mercedes.coupe_2020": 0.8,
    "vehicle.mercedes.sprinter": 0.5,
    "vehicle.mini.cooper_s": 0.9,
    "vehicle.nissan.micra": 1.2,
    "vehicle.nissan.patrol": 0.7,
    "vehicle.seat.leon": 1.3,
    "vehicle.tesla.model3": 0.9,
    "vehicle.toyota.prius": 1.0,
    "vehicle.volkswagen.t2_2021": 0.4,
    "vehicle.micro.microlino": 0.1,
}
"""How often each kind is met."""

PAINTS: tuple[tuple[tuple[int, int, int], float], ...] = (
    ((226, 226, 222), 0.20),
    ((24, 25, 27), 0.18),
    ((70, 73, 77), 0.14),
    ((112, 116, 120), 0.10),
    ((164, 168, 172), 0.14),
    ((40, 58, 96), 0.07),
    ((26, 36, 60), 0.04),
    ((132, 28, 30), 0.05),
    ((96, 22, 28), 0.02),
    ((122, 112, 96), 0.03),
    ((44, 62, 52), 0.015),
    ((196, 170, 60), 0.005),
    ((90, 130, 160), 0.01),
)
"""sRGB colours of cars and their shares: three quarters are white, black, grey or silver."""


@dataclass
class Fleet:
    """Collects parked cars; `add_to` places them all."""

    rng: np.random.Generator
    stands: dict[str, list[tuple[Floats, tuple[int, int, int]]]] = field(default_factory=dict)
    names: tuple[str, ...] = tuple(n for n in CARS if n in LIBRARY)

    def draw(self, width: float = 9.0, length: float = 9.0) -> str | None:
        """Return a car that is at most so wide and long; None where the one drawn is larger."""
        weights = np.array([CARS[n] for n in self.names])
        name = self.names[int(self.rng.choice(len(weights), p=weights / weights.sum()))]
        extent = LIBRARY[name].extent
        return name if 2 * extent[1] <= width and 2 * extent[0] <= length else None

    def park(self, name: str, x: float, y: float, yaw: float, height: Height) -> None:
        """Stand a car with its middle at (x, y) on the ground."""
        paint = PAINTS[int(self.rng.choice(len(PAINTS), p=np.array([w for _, w in PAINTS]) / sum(w for _, w in PAINTS)))][0]
        extent = LIBRARY[name].extent
        self.stands.setdefault(name, []).append((standing(x, y, yaw, height, 0.6 * extent[0], 0.8 * extent[1]), paint))

    def add_to(self, scenery: Scenery) -> None:
        for name in sorted(self.stands):
            extent, centre = np.array(LIBRARY[name].extent), np.array(LIBRARY[name].centre)
            matrices, paints = zip(*self.stands[name], strict=True)
            tints = np.array(paints, dtype=np.uint8)
            scenery.add_copies("ParkedCar", Tag.CAR, name, np.array(matrices), tints, (centre - extent, centre + extent))


def standing(x: float, y: float, yaw: float, height: Height, half_length: float, half_width: float) -> Floats:
    """Return the pose (4, 4) of something on four wheels at (x, y), `yaw` radians, on sloping ground."""
    ahead, right = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    feet = np.array([x, y]) + np.array([ahead * half_length, -ahead * half_length, right * half_width, -right * half_width])
    front, back, starboard, port = height(feet)
    forward = np.array([*ahead, (front - back) / (2 * half_length)])
    side = np.array([*right, (starboard - port) / (2 * half_width)])
    forward /= np.linalg.norm(forward)
    up = np.cross(forward, side)
    up /= np.linalg.norm(up)
    out = np.eye(4)
    out[:3, 0], out[:3, 1], out[:3, 2] = forward, np.cross(up, forward), up
    out[:3, 3] = x, y, (front + back + starboard + port) / 4
    return out
