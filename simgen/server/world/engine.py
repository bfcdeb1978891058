"""Engine and gearbox: the driving force at the wheels for a throttle, and the steering angle for a steering input."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simgen.server.values import Vector2D, VehicleControl, VehiclePhysicsControl
from simgen.server.world.chassis import Chassis

_RPM_PER_RADPS = 30.0 / math.pi
_REVERSE = -1


def choose_gear(control: VehicleControl, chassis: Chassis, speed_mps: float, gear: int) -> int:
    """Return the gear of this tick: -1 reverse, 0 neutral, else 1 to the number of gears. `gear` is that of the last tick."""
    count = max(1, len(chassis.physics.forward_gears))
    if control.manual_gear_shift:
        return max(_REVERSE, min(control.gear, count))
    if control.reverse:
        return _REVERSE
    return _automatic(chassis, abs(speed_mps), max(1, min(gear, count)), count)


def _automatic(chassis: Chassis, speed_mps: float, gear: int, count: int) -> int:
    """Shift up near the end of a gear's range, and down where the lower gear would be well within its own."""
    limit = chassis.physics.max_rpm
    while gear < count and engine_rpm(chassis, speed_mps, gear) > 0.9 * limit:
        gear += 1
    while gear > 1 and engine_rpm(chassis, speed_mps, gear - 1) < 0.75 * limit:
        gear -= 1
    return gear


def engine_rpm(chassis: Chassis, speed_mps: float, gear: int) -> float:
    """Return the engine speed that goes with a road speed, 0 in neutral."""
    return abs(speed_mps) / chassis.wheel_radius * _ratio(chassis.physics, gear) * _RPM_PER_RADPS


def _ratio(physics: VehiclePhysicsControl, gear: int) -> float:
    if gear == 0:
        return 0.0
    gears = physics.forward_gears
    ratio = gears[max(gear, 1) - 1].ratio if gears else 1.0
    return ratio * physics.final_ratio


def driving_force(chassis: Chassis, throttle: float, speed_mps: float, gear: int) -> float:
    """Return the force along the heading in N, negative in reverse, before the tyres limit it."""
    if throttle <= 0.0 or gear == 0:
        return 0.0
    physics = chassis.physics
    rpm = engine_rpm(chassis, speed_mps, gear)
    rolls_along = speed_mps * gear > 0.0
    if rolls_along and rpm >= physics.max_rpm:
        return 0.0
    force = throttle * interpolate(physics.torque_curve, rpm) * _ratio(physics, gear) / chassis.wheel_radius
    return math.copysign(force, gear)


def steering_angle(chassis: Chassis, steer: float, speed_mps: float) -> float:
    """Return the angle of the front wheels in radians, positive to the right. The steering curve is over km/h."""
    share = interpolate(chassis.physics.steering_curve, 3.6 * abs(speed_mps), otherwise=1.0)
    return chassis.max_steer * max(-1.0, min(1.0, steer)) * share


def interpolate(curve: Sequence[Vector2D], x: float, otherwise: float = 0.0) -> float:
    """Return the value of a piecewise linear curve (ascending x), level beyond its ends; `otherwise` for an empty one."""
    if not curve:
        return otherwise
    before = curve[0]
    for point in curve:
        if x < point.x:
            span = point.x - before.x
            return before.y if span <= 0.0 else before.y + (point.y - before.y) * (x - before.x) / span
        before = point
    return before.y
