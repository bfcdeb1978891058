"""Measures of the two-wheelers: where wheels, saddle, grips and pedals are, within CARLA's boxes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from simgen.server.world.blueprints import LIBRARY

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Cycle:
    """One machine; metres, x ahead of the box's middle, z over the road."""

    kind: str
    """diamond, step (through), cruiser, sport, scooter."""
    radius: float
    tyre: float
    """Half thickness of the tyres."""
    saddle: tuple[float, float]
    """(x, z) of its top under the hips."""
    grip: tuple[float, float, float]
    """(x, half distance, z) of the hands."""
    rest: tuple[float, float, float]
    """(x, half distance, z) of the foot rests, or of the crank's axis."""
    crank: float = 0.0
    """Length of the cranks; 0 for motorcycles."""
    rider_m: float = 1.75
    rake: float = 0.42
    """Tilt of the steering axis, radians."""
    overhang: tuple[float, float] = (0.0, 0.0)
    """From the tyres to the ends of the machine, rear and front."""


CYCLES: dict[str, Cycle] = {
    "vehicle.bh.crossbike": Cycle("diamond", 0.310, 0.026, (-0.19, 0.86), (0.27, 0.36, 0.94), (-0.03, 0.07, 0.27), 0.155, 1.66, 0.33),
    "vehicle.diamondback.century": Cycle(
        "diamond", 0.330, 0.014, (-0.21, 0.91), (0.33, 0.24, 0.93), (-0.03, 0.07, 0.28), 0.165, 1.72, 0.30
    ),
    "vehicle.gazelle.omafiets": Cycle(
        *("step", 0.345, 0.022, (-0.26, 0.92), (0.14, 0.27, 1.08), (-0.02, 0.07, 0.29), 0.165, 1.74, 0.38), overhang=(0.022, 0.012)
    ),
    "vehicle.harley-davidson.low_rider": Cycle(
        *("cruiser", 0.330, 0.060, (-0.32, 0.68), (0.20, 0.302, 1.02), (0.40, 0.22, 0.30), 0.0, 1.76, 0.55), overhang=(0.03, 0.0)
    ),
    "vehicle.kawasaki.ninja": Cycle(
        *("sport", 0.300, 0.062, (-0.26, 0.80), (0.34, 0.29, 0.90), (-0.26, 0.19, 0.38), 0.0, 1.74, 0.42), overhang=(0.05, 0.0)
    ),
    "vehicle.vespa.zx125": Cycle(
        *("scooter", 0.225, 0.055, (-0.28, 0.77), (0.30, 0.29, 0.98), (0.20, 0.13, 0.29), 0.0, 1.68, 0.46), overhang=(0.04, 0.02)
    ),
    "vehicle.yamaha.yzf": Cycle(
        *("sport", 0.310, 0.064, (-0.28, 0.82), (0.36, 0.30, 0.89), (-0.28, 0.19, 0.38), 0.0, 1.76, 0.42), overhang=(0.09, 0.004)
    ),
}
PEDAL_PHASES = 12
"""Postures of a cyclist over one turn of the cranks."""
PEDAL_M = 4.6
"""Metres rolled per turn of the cranks."""


@dataclass(frozen=True)
class Frame:
    """A machine in its actor's frame."""

    cycle: Cycle
    centre: float
    """x of the box's middle."""
    low: float
    """Where the tyres stand."""
    high: float
    half_width: float
    rear: float
    """x of the rear axle."""
    front: float
    ends: tuple[float, float]
    """x of the box's ends."""

    def at(self, x: float, z: float, y: float = 0.0) -> tuple[float, float, float]:
        """Return a point of the machine in the actor's frame."""
        return self.centre + x, y, self.low + z

    @property
    def axle_z(self) -> float:
        return self.low + self.cycle.radius


@lru_cache(maxsize=16)
def frame_of(type_id: str) -> Frame:
    """Return the machine in its actor's frame. Raises KeyError for what is no two-wheeler."""
    cycle, blueprint = CYCLES[type_id], LIBRARY[type_id]
    (x, _, z), (half, wide, high) = blueprint.centre, blueprint.extent
    rear, front = x - half + cycle.overhang[0] + cycle.radius, x + half - cycle.overhang[1] - cycle.radius
    return Frame(cycle, x, max(z - high, 0.0), z + high, wide, rear, front, (x - half, x + half))
