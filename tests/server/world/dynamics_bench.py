"""A flat or tilted ground and actors on it, for the tests of the dynamics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from simgen.server.values import ActorDescription, BoundingBox, Rotation, Transform, Vector3D, VehicleControl, WalkerControl
from simgen.server.world.actors import Vehicle, Walker
from simgen.server.world.vehicles import default_physics, move_vehicles, set_target_velocity

EXTENT = (2.4, 1.0, 0.75)
MASS_KG = 1845.0
WHEELBASE_M = 2.9


@dataclass(frozen=True)
class Spot:
    z: float
    road_id: int = 1
    lane_id: int = -1
    s: float = 0.0
    lane_type: str = "driving"
    is_junction: bool = False


@dataclass(frozen=True)
class Plane:
    """Ground that rises by `slope_x` and `slope_y` metres per metre."""

    slope_x: float = 0.0
    slope_y: float = 0.0

    def ground(self, x: float, y: float, z: float) -> Spot:
        return Spot(self.slope_x * x + self.slope_y * y)

    def surface_height(self, x: float, y: float, z: float) -> float:
        return self.slope_x * x + self.slope_y * y


@dataclass(frozen=True)
class Hill:
    """Ground given by a function of x."""

    height: Callable[[float], float]

    def ground(self, x: float, y: float, z: float) -> Spot:
        return Spot(self.height(x))


def make_car(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw: float = 0.0, pitch: float = 0.0, actor_id: int = 1, mass: float = MASS_KG
) -> Vehicle:
    return Vehicle(
        actor_id,
        ActorDescription(1, "vehicle.test.car"),
        Transform(Vector3D(x, y, z), Rotation(pitch, yaw, 0.0)),
        BoundingBox(Vector3D(0.0, 0.0, EXTENT[2]), Vector3D(*EXTENT)),
        physics=default_physics(mass, EXTENT),
        wheelbase_m=WHEELBASE_M,
    )


def make_walker(x: float = 0.0, y: float = 0.0, z: float = 0.93, actor_id: int = 50) -> Walker:
    box = BoundingBox(Vector3D(0.0, 0.0, 0.02), Vector3D(0.2, 0.2, 0.93))
    return Walker(actor_id, ActorDescription(2, "walker.pedestrian.0001"), Transform(Vector3D(x, y, z)), box)


def walking(x: float, y: float, speed: float) -> WalkerControl:
    return WalkerControl(Vector3D(x, y, 0.0), speed)


def drive(car: Vehicle, seconds: float, roads: object = Plane(), dt_s: float = 0.05, **control: float | bool) -> list[Vector3D]:
    """Let a car go for some seconds under one control; return where it was after each tick."""
    car.control = VehicleControl(**control)  # type: ignore[arg-type]
    places = []
    for _ in range(round(seconds / dt_s)):
        move_vehicles([car], roads, dt_s)  # type: ignore[arg-type]
        places.append(car.transform.location)
    return places


def settled_car(speed_mps: float = 0.0, roads: object = Plane(), dt_s: float = 0.05, **where: float) -> Vehicle:
    """Return a car that stands on its wheels, moving along its heading (x) at a speed."""
    car = make_car(**where)  # type: ignore[arg-type]
    move_vehicles([car], roads, dt_s)  # type: ignore[arg-type]
    if speed_mps:
        set_target_velocity(car, Vector3D(speed_mps, 0.0, 0.0))
        move_vehicles([car], roads, dt_s)  # type: ignore[arg-type]
    return car


def with_friction(car: Vehicle, friction: float) -> None:
    wheels = tuple(replace(wheel, tire_friction=friction) for wheel in car.physics.wheels)
    car.physics = replace(car.physics, wheels=wheels)


def kinetic_energy(cars: Sequence[Vehicle]) -> float:
    return sum(0.5 * car.physics.mass * (car.velocity.x**2 + car.velocity.y**2) for car in cars)
