"""The dynamic bicycle: planar motion of a vehicle on two tyres. SI units, left-handed axes (x forward, y right, yaw clockwise).

The lateral force of a tyre is its cornering stiffness times its slip angle, saturated by what the friction circle leaves beside
the longitudinal force. Written as a damper against sideways motion of the contact patch (slip angle = sideways speed over
rolling speed) it grows infinitely stiff at low speed; solved implicitly, both axles together, it then becomes the kinematic
bicycle, and no step adds energy, whatever its length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from simgen.server.world.chassis import Chassis

MAX_STEP_S = 0.02
_SLOWEST_ROLL_MPS = 0.5
"""Below this rolling speed slip angles are taken as if rolling so fast."""
_GRIP_LEFT_TO_CORNER = 0.1
"""Share of the grip that a fully used tyre still gives sideways: braking is not locked solid."""


@dataclass(slots=True)
class PlanarState:
    """Position of the middle of the wheelbase, heading (rad), and velocity in the vehicle's own axes."""

    x: float
    y: float
    yaw: float
    forward: float
    lateral: float
    yaw_rate: float


class TyreLimits(NamedTuple):
    """What the tyres may do during one tick, in N."""

    front_drive: float
    rear_drive: float
    brake: float
    front_lateral: float
    rear_lateral: float
    front_stiffness: float
    """N per radian of slip."""
    rear_stiffness: float


def tyre_limits(chassis: Chassis, weight: float, drive: float, front_brake: float, rear_brake: float) -> TyreLimits:
    """Share the asked forces (N) between the axles as grip allows. `weight` is the force on the ground (N).

    Braking and driving shift load between the axles by height over wheelbase; driving force goes to the axles as their loads.
    """
    shift = _load_shift(chassis, weight, drive, front_brake + rear_brake)
    front_load, rear_load = 0.5 * weight - shift, 0.5 * weight + shift
    front_limit, rear_limit = chassis.front_grip * front_load, chassis.rear_grip * rear_load
    driving_limit = min(chassis.front_grip, chassis.traction)
    front_drive = _clamp(drive * front_load / weight if weight > 0.0 else 0.0, driving_limit * front_load)
    rear_drive = _clamp(drive * rear_load / weight if weight > 0.0 else 0.0, min(chassis.rear_grip, chassis.traction) * rear_load)
    front_brake, rear_brake = min(front_brake, front_limit), min(rear_brake, rear_limit)
    return TyreLimits(
        front_drive,
        rear_drive,
        front_brake + rear_brake,
        _left_sideways(front_limit, abs(front_drive) + front_brake),
        _left_sideways(rear_limit, abs(rear_drive) + rear_brake),
        chassis.front_cornering * 0.5 * weight,
        chassis.rear_cornering * 0.5 * weight,
    )


def _load_shift(chassis: Chassis, weight: float, drive: float, brake: float) -> float:
    """Return the load in N that moves to the rear axle, at most 90 % of an axle's load at rest."""
    grip = chassis.rear_grip * weight
    force = max(-grip, min(grip, drive - brake))
    return _clamp(force * chassis.height / (2.0 * chassis.half_base), 0.45 * weight)


def _left_sideways(limit: float, used: float) -> float:
    return max(_GRIP_LEFT_TO_CORNER * limit, math.sqrt(max(0.0, limit * limit - used * used)))


def _clamp(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def roll(state: PlanarState, chassis: Chassis, limits: TyreLimits, steer: float, downhill: float, dt_s: float) -> None:
    """Advance `state` by `dt_s` in equal steps of at most 0.02 s.

    `steer` is the angle of the front wheels (rad), `downhill` the acceleration of gravity along the heading (m/s2).
    """
    steps = max(1, math.ceil(dt_s / MAX_STEP_S - 1e-9))
    axles = _axles(chassis, limits, steer, dt_s / steps)
    forward_push = (limits.front_drive * axles.cos_steer + limits.rear_drive) / chassis.mass + downhill
    for _ in range(steps):
        _step(state, axles, forward_push, chassis.drag / chassis.mass, limits.brake / chassis.mass, dt_s / steps)


class _Axles(NamedTuple):
    """Constants of the steps of one tick: how both wheels turn sideways impulses into motion."""

    cos_steer: float
    sin_steer: float
    arm: float
    per_mass: float
    per_inertia: float
    front_inverse_mass: float
    """Sideways speed of the contact patch per N s on it."""
    coupling: float
    """Sideways speed of the other patch per N s."""
    rear_inverse_mass: float
    front_softness: float
    """1 / (stiffness x step): times the rolling speed, what slip gives way per N s."""
    rear_softness: float
    front_limit: float
    """N s of one step."""
    rear_limit: float
    front_drive: float
    """N s of one step, along the front wheels."""


def _axles(chassis: Chassis, limits: TyreLimits, steer: float, h: float) -> _Axles:
    c, arm = math.cos(steer), chassis.half_base
    per_mass, per_inertia = 1.0 / chassis.mass, 1.0 / chassis.yaw_inertia
    lever = arm * arm * per_inertia
    return _Axles(
        c,
        math.sin(steer),
        arm,
        per_mass,
        per_inertia,
        per_mass + lever * c * c,
        c * (per_mass - lever),
        per_mass + lever,
        1.0 / max(limits.front_stiffness * h, 1e-9),
        1.0 / max(limits.rear_stiffness * h, 1e-9),
        limits.front_lateral * h,
        limits.rear_lateral * h,
        limits.front_drive * h,
    )


def _step(state: PlanarState, axles: _Axles, forward_push: float, drag: float, brake: float, h: float) -> None:
    """Turn, push, brake, then let the tyres stop what slides. Accelerations are per unit of mass; `drag` per (m/s)^2."""
    u, v, r = state.forward, state.lateral, state.yaw_rate
    c, s, arm, per_mass, per_inertia = axles[:5]
    cy, sy = math.cos(state.yaw), math.sin(state.yaw)
    x_before, y_before = u * cy - v * sy, u * sy + v * cy

    turn = r * h
    if turn:
        ct, st = math.cos(turn), math.sin(turn)
        u, v = u * ct + v * st, v * ct - u * st
        state.yaw += turn
        cy, sy = cy * ct - sy * st, sy * ct + cy * st
    u += h * (forward_push - drag * u * abs(u))
    # Brakes stop a vehicle but never turn it round: this also holds it on a hill.
    u = math.copysign(max(0.0, abs(u) - h * brake), u)
    if axles.front_drive and s:
        v += s * axles.front_drive * per_mass
        r += arm * s * axles.front_drive * per_inertia
    if s or v or r:
        front, rear = _sideways_impulses(u, v, r, axles)
        u -= s * front * per_mass
        v += (c * front + rear) * per_mass
        r += arm * (c * front - rear) * per_inertia

    state.x += 0.5 * h * (x_before + u * cy - v * sy)
    state.y += 0.5 * h * (y_before + u * sy + v * cy)
    state.forward, state.lateral, state.yaw_rate = u, v, r


def _sideways_impulses(u: float, v: float, r: float, axles: _Axles) -> tuple[float, float]:
    """Return the lateral impulses (N s) of the front wheel, along its own axle, and of the rear wheel.

    Each is -slip / (inverse mass + softness); the two are solved together, then the one that is further beyond its grip is held
    at the limit and the other solved again.
    """
    c, s, arm, _, _, a, b, d, soft_f, soft_r, limit_f, limit_r, _ = axles
    at_front = v + arm * r
    slip_f, slip_r = c * at_front - s * u, v - arm * r
    a += soft_f * max(abs(c * u + s * at_front), _SLOWEST_ROLL_MPS)
    d += soft_r * max(abs(u), _SLOWEST_ROLL_MPS)
    determinant = a * d - b * b
    front, rear = (b * slip_r - d * slip_f) / determinant, (b * slip_f - a * slip_r) / determinant
    over_f, over_r = abs(front) - limit_f, abs(rear) - limit_r
    if over_f <= 0.0 and over_r <= 0.0:
        return front, rear
    if over_f >= over_r:
        front = _clamp(front, limit_f)
        return front, _clamp(-(slip_r + b * front) / d, limit_r)
    rear = _clamp(rear, limit_r)
    return _clamp(-(slip_f + b * rear) / a, limit_f), rear
