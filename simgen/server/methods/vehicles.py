"""Vehicles: controls, physics, lights, doors, telemetry."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simgen.server.simulation import Simulation
from simgen.server.values import (
    AckermannControllerSettings,
    VehicleAckermannControl,
    VehicleControl,
    VehiclePhysicsControl,
    VehicleTelemetry,
)
from simgen.server.world import orders
from simgen.server.world.actors import Vehicle
from simgen.server.world.refusals import Refused
from simgen.server.world.telemetry import readback, telemetry

ALL_DOORS = 6
DOORS = frozenset(range(4))
FRONT_WHEELS = (0, 1)


@dataclass(frozen=True)
class VehicleLights:
    """A light state as the array that holds its flags."""

    flags: int


def apply_control_to_vehicle(simulation: Simulation, actor_id: int, control: VehicleControl) -> None:
    orders.control_vehicle(simulation.world.actor_of(actor_id, Vehicle), control)


def apply_ackermann_control_to_vehicle(simulation: Simulation, actor_id: int, control: VehicleAckermannControl) -> None:
    orders.control_ackermann(simulation.world.actor_of(actor_id, Vehicle), control)


def get_ackermann_controller_settings(simulation: Simulation, actor_id: int) -> AckermannControllerSettings:
    simulation.world.actor_of(actor_id, Vehicle)
    return simulation.world.ackermann.get(actor_id, AckermannControllerSettings())


def apply_ackermann_controller_settings(simulation: Simulation, actor_id: int, settings: AckermannControllerSettings) -> None:
    """Stored and read back; the controller here is proportional and needs no gains."""
    simulation.world.actor_of(actor_id, Vehicle)
    simulation.world.ackermann[actor_id] = settings


def get_physics_control(simulation: Simulation, actor_id: int) -> VehiclePhysicsControl:
    return readback(simulation.world.actor_of(actor_id, Vehicle))


def apply_physics_control(simulation: Simulation, actor_id: int, physics: VehiclePhysicsControl) -> None:
    orders.set_physics(simulation.world, simulation.world.actor_of(actor_id, Vehicle), physics)


def get_vehicle_light_state(simulation: Simulation, actor_id: int) -> VehicleLights:
    return VehicleLights(simulation.world.actor_of(actor_id, Vehicle).light_flags)


def set_vehicle_light_state(simulation: Simulation, actor_id: int, lights: VehicleLights) -> None:
    simulation.world.actor_of(actor_id, Vehicle).light_flags = lights.flags & 0xFFFFFFFF


def get_vehicle_light_states(simulation: Simulation) -> list[tuple[int, int]]:
    return [(vehicle.id, vehicle.light_flags) for vehicle in simulation.world.of_kind(Vehicle)]


def get_telemetry_data(simulation: Simulation, actor_id: int) -> VehicleTelemetry:
    return telemetry(simulation.world.actor_of(actor_id, Vehicle))


def open_vehicle_door(simulation: Simulation, actor_id: int, door: int) -> None:
    vehicle = simulation.world.actor_of(actor_id, Vehicle)
    vehicle.open_doors |= _doors(door)


def close_vehicle_door(simulation: Simulation, actor_id: int, door: int) -> None:
    vehicle = simulation.world.actor_of(actor_id, Vehicle)
    vehicle.open_doors -= _doors(door)


def _doors(door: int) -> frozenset[int]:
    if door != ALL_DOORS and door not in DOORS:
        raise Refused(f"door must be 0 to 3 or {ALL_DOORS} for all, got {door}")
    return DOORS if door == ALL_DOORS else frozenset({door})


def get_wheel_steer_angle(simulation: Simulation, actor_id: int, wheel: int) -> float:
    """Degrees, positive to the right."""
    vehicle = simulation.world.actor_of(actor_id, Vehicle)
    return math.degrees(vehicle.motion.steer_rad) if wheel in FRONT_WHEELS else 0.0


def get_wheel_pitch_angle(simulation: Simulation, actor_id: int, wheel: int) -> float:
    """Degrees that the wheel has rolled."""
    vehicle = simulation.world.actor_of(actor_id, Vehicle)
    radius_m = vehicle.physics.wheels[0].radius / 100.0 if vehicle.physics.wheels else 0.35
    return math.degrees(vehicle.motion.travelled_m / max(radius_m, 0.05)) % 360.0


def set_wheel_angle(simulation: Simulation, actor_id: int, wheel: int, degrees: float) -> None:
    """Accepted: it turns the picture of a wheel in the original, and shapes here have fixed wheels."""
    simulation.world.actor_of(actor_id, Vehicle)


def other_physics(simulation: Simulation, *arguments: object) -> None:
    raise Refused("vehicle physics must be the built-in one: this server has neither CarSim nor Chrono")


def restore_physx_physics(simulation: Simulation, actor_id: int) -> None:
    """The built-in physics are always on."""
    simulation.world.actor_of(actor_id, Vehicle)
