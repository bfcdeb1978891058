"""What clients may read of a vehicle's wheels and engine. SI units; places in the left-handed world frame."""

from __future__ import annotations

import math
from dataclasses import replace

from simgen.server.values import Vector3D, VehiclePhysicsControl, VehicleTelemetry, WheelTelemetry
from simgen.server.world.actors import Vehicle
from simgen.server.world.bicycle import PlanarState
from simgen.server.world.engine import engine_rpm
from simgen.server.world.vehicles import GRAVITY, chassis, forces, planar_state


def readback(vehicle: Vehicle) -> VehiclePhysicsControl:
    """Return the physics as `get_physics_control` answers it: with the wheels' places in the world frame, centimetres."""
    positions = _wheel_positions(vehicle)
    wheels = tuple(
        replace(wheel, position=positions[min(index, 3)] if index < 4 else wheel.position)
        for index, wheel in enumerate(vehicle.physics.wheels)
    )
    return replace(vehicle.physics, wheels=wheels)


def _wheel_positions(vehicle: Vehicle) -> tuple[Vector3D, ...]:
    location, rotation = vehicle.transform.location, vehicle.transform.rotation
    yaw, pitch, half = math.radians(rotation.yaw), math.radians(rotation.pitch), 0.5 * vehicle.wheelbase_m
    c, s, width = math.cos(yaw), math.sin(yaw), 0.8 * vehicle.bounding_box.extent.y
    places = ((half, -width), (half, width), (-half, -width), (-half, width))
    up = chassis(vehicle).wheel_radius
    return tuple(
        Vector3D(
            100.0 * (location.x + forward * c - right * s),
            100.0 * (location.y + forward * s + right * c),
            100.0 * (location.z + up + forward * math.tan(pitch)),
        )
        for forward, right in places
    )


def telemetry(vehicle: Vehicle) -> VehicleTelemetry:
    """Return what `get_telemetry_data` answers for the last tick: slips and forces per wheel, front left first."""
    constants, motion, control = chassis(vehicle), vehicle.motion, vehicle.control
    state = planar_state(vehicle)
    return VehicleTelemetry(
        speed=motion.forward_mps,
        steer=control.steer,
        throttle=control.throttle,
        brake=control.brake,
        engine_rpm=engine_rpm(constants, state.forward, motion.gear),
        gear=motion.gear,
        drag=constants.drag * state.forward * abs(state.forward),
        wheels=tuple(_wheel_telemetry(vehicle, state, index) for index in range(len(vehicle.physics.wheels))),
    )


def _wheel_telemetry(vehicle: Vehicle, state: PlanarState, index: int) -> WheelTelemetry:
    constants, motion, wheel = chassis(vehicle), vehicle.motion, vehicle.physics.wheels[index]
    limits, _ = forces(vehicle, state, GRAVITY if motion.grounded and vehicle.gravity else 0.0)
    is_front, count = index < 2, 2 if index < 2 else len(vehicle.physics.wheels) - 2
    arm, steer = (constants.half_base, motion.steer_rad) if is_front else (-constants.half_base, 0.0)
    slip = steer - math.atan2(state.lateral + arm * state.yaw_rate, max(abs(state.forward), 0.5))
    stiffness, limit = (limits.front_stiffness, limits.front_lateral) if is_front else (limits.rear_stiffness, limits.rear_lateral)
    drive = (limits.front_drive if is_front else limits.rear_drive) / count
    lateral = max(-limit, min(limit, stiffness * slip)) / count
    load = 0.5 * constants.mass * GRAVITY / count if motion.grounded else 0.0
    return WheelTelemetry(
        tire_friction=wheel.tire_friction,
        lat_slip=slip,
        omega=state.forward / constants.wheel_radius,
        tire_load=load,
        normalized_tire_load=1.0 if load else 0.0,
        torque=drive * constants.wheel_radius,
        long_force=drive,
        lat_force=lateral,
        normalized_long_force=drive / load if load else 0.0,
        normalized_lat_force=lateral / load if load else 0.0,
    )
