"""What the blueprints say about a vehicle's physics, and the numbers that the dynamics need of it. SI units."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from simgen.server.values import GearPhysicsControl, Vector2D, Vector3D, VehiclePhysicsControl, WheelPhysicsControl

GRIP_PER_FRICTION = 0.9
"""Tyre friction 3.5, the default, gives 3.15 g: Traffic Manager enters bends at the speed limit and needs about 3 g."""
FRONT_SHARE_OF_GRIP = 0.95
"""The front axle lets go first, as production cars are tuned: a vehicle at its limit runs wide instead of spinning."""
TRACTION_PER_STIFFNESS = 1.0 / 300.0
"""Driving force per load at the largest useful slip, per unit of a wheel's longitudinal stiffness."""

FULL_BRAKE_MPS2 = 9.5
HAND_BRAKE_MPS2 = 6.0
AIR_DENSITY = 1.2
FRONTAL_SHARE = 0.85
"""Silhouette of a vehicle within the rectangle of its box."""
RIDER_KG = 75.0

_TWO_WHEELERS = ("bicycle", "motorcycle")
_FULL_THROTTLE_MPS2 = {"bicycle": 2.0, "bus": 2.5, "truck": 2.5, "van": 3.5}
_CAR_MPS2 = 5.0
_CAR_GEARS = (3.5, 2.1, 1.4, 1.0, 0.75)
_BICYCLE_GEARS = (2.2, 1.4)
_MAX_RPM = 5500.0
_CREST_RPM = 4000.0
_WHEELBASE_SHARE = {"bicycle": 0.62, "motorcycle": 0.68, "bus": 0.52, "truck": 0.55}
_CAR_WHEELBASE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Chassis:
    """Constants of the dynamic bicycle, derived from a `VehiclePhysicsControl`."""

    physics: VehiclePhysicsControl
    """What the rest was derived from."""
    mass: float
    yaw_inertia: float
    half_base: float
    """From the centre of gravity to either axle."""
    height: float
    """Of the centre of gravity above the ground."""
    wheel_radius: float
    front_grip: float
    rear_grip: float
    """Largest horizontal force per load."""
    traction: float
    """Largest driving force per load that the longitudinal stiffness allows."""
    front_cornering: float
    rear_cornering: float
    """Lateral force per load and radian of slip."""
    front_brake: float
    rear_brake: float
    hand_brake: float
    """N at full pedal."""
    drag: float
    """N per (m/s)^2."""
    max_steer: float
    """Radians."""


def default_physics(mass_kg: float, extent: tuple[float, float, float], wheels: int = 4, base_type: str = "car") -> VehiclePhysicsControl:
    """Return the physics of a blueprint: `extent` are the half sizes of its box in metres.

    Two-wheelers list four wheels too, because clients index them. Their mass includes a rider. Brake torques give 9.5 m/s2 and the
    torque curve 5 m/s2 in first gear (trucks, buses and bicycles less), whatever the mass.
    """
    two_wheeled = base_type in _TWO_WHEELERS or wheels == 2
    mass = max(mass_kg, 1.0) + (RIDER_KG if two_wheeled else 0.0)
    radius = wheel_radius(extent, two_wheeled)
    gears = _BICYCLE_GEARS if base_type == "bicycle" else _CAR_GEARS
    final_ratio = 4.0
    torque = mass * _FULL_THROTTLE_MPS2.get(base_type, _CAR_MPS2) * radius / (gears[0] * final_ratio)
    return VehiclePhysicsControl(
        torque_curve=(Vector2D(0.0, torque), Vector2D(_CREST_RPM, torque), Vector2D(_MAX_RPM, 0.8 * torque)),
        max_rpm=_MAX_RPM,
        final_ratio=final_ratio,
        forward_gears=tuple(GearPhysicsControl(ratio) for ratio in gears),
        mass=mass,
        wheels=(_wheels(mass, radius, max(wheels, 4))),
    )


def wheel_radius(extent: tuple[float, float, float], two_wheeled: bool) -> float:
    """Return a likely wheel radius in metres for a box of half sizes `extent`."""
    return 0.31 if two_wheeled else min(0.5, max(0.26, 0.2 + 0.2 * extent[2]))


def wheelbase(extent: tuple[float, float, float], base_type: str = "car") -> float:
    """Return a likely distance between the axles in metres."""
    return 2.0 * extent[0] * _WHEELBASE_SHARE.get(base_type, _CAR_WHEELBASE_SHARE)


def _wheels(mass: float, radius: float, count: int) -> tuple[WheelPhysicsControl, ...]:
    front = WheelPhysicsControl(
        radius=100.0 * radius,
        max_brake_torque=mass * FULL_BRAKE_MPS2 * radius / count,
        max_handbrake_torque=0.0,
    )
    rear = replace(front, max_steer_angle=0.0, max_handbrake_torque=mass * HAND_BRAKE_MPS2 * radius / (count - 2))
    return (front,) * 2 + (rear,) * (count - 2)


def chassis_of(physics: VehiclePhysicsControl, extent: Vector3D, wheelbase_m: float) -> Chassis:
    """Return the constants of the dynamics. A client may have sent any physics: missing wheels count as the default wheel."""
    wheels = physics.wheels or (WheelPhysicsControl(),)
    front, rear = wheels[:2], wheels[2:] or wheels
    mass = max(physics.mass, 1.0)
    radius = max(_mean(wheels, "radius") / 100.0, 0.05)
    return Chassis(
        physics=physics,
        mass=mass,
        yaw_inertia=max(mass * ((2.0 * extent.x) ** 2 + (2.0 * extent.y) ** 2) / 12.0, 0.1 * mass),
        half_base=0.5 * max(wheelbase_m, 0.5),
        height=max(0.1, 0.7 * extent.z + physics.center_of_mass.z),
        wheel_radius=radius,
        front_grip=FRONT_SHARE_OF_GRIP * GRIP_PER_FRICTION * _mean(front, "tire_friction"),
        rear_grip=GRIP_PER_FRICTION * _mean(rear, "tire_friction"),
        traction=TRACTION_PER_STIFFNESS * _mean(wheels, "long_stiff_value"),
        front_cornering=_mean(front, "lat_stiff_value"),
        rear_cornering=_mean(rear, "lat_stiff_value"),
        front_brake=_sum(front, "max_brake_torque") / radius,
        rear_brake=_sum(wheels[2:], "max_brake_torque") / radius,
        hand_brake=_sum(wheels, "max_handbrake_torque") / radius,
        drag=0.5 * AIR_DENSITY * physics.drag_coefficient * FRONTAL_SHARE * 4.0 * extent.y * extent.z,
        max_steer=math.radians(min(max(wheel.max_steer_angle for wheel in front), 80.0)),
    )


def _sum(wheels: tuple[WheelPhysicsControl, ...], field: str) -> float:
    return sum(max(0.0, float(getattr(wheel, field))) for wheel in wheels)


def _mean(wheels: tuple[WheelPhysicsControl, ...], field: str) -> float:
    return _sum(wheels, field) / len(wheels)
