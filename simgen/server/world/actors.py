"""The actors of an episode: the only mutable state of the server. Left-handed frame, metres, degrees, seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from simgen.server.values import (
    ActorDescription,
    BoundingBox,
    LightColor,
    Transform,
    Vector3D,
    VehicleControl,
    VehiclePhysicsControl,
    WalkerControl,
)
from simgen.server.world.chassis import Chassis


@dataclass(slots=True)
class Actor:
    """Anything with an id: spectator, prop, controller, trigger. Vehicles, walkers, lights, signs and sensors say more."""

    id: int
    description: ActorDescription
    transform: Transform
    bounding_box: BoundingBox
    semantic_tags: bytes = b""
    parent_id: int = 0
    parent_from_actor: Transform | None = None
    """Relative transform of an attached actor."""
    velocity: Vector3D = Vector3D()
    angular_velocity: Vector3D = Vector3D()
    """deg/s"""
    acceleration: Vector3D = Vector3D()
    simulate_physics: bool = True
    collides: bool = True
    gravity: bool = True

    @property
    def type_id(self) -> str:
        return self.description.id

    def attribute(self, name: str, default: str = "") -> str:
        """Return the value of a blueprint attribute as text."""
        for value in self.description.attributes:
            if value.id == name:
                return value.value
        return default


class Footing(NamedTuple):
    """The ground under a vehicle, and where the vehicle stood when it was looked up."""

    x: float
    y: float
    yaw_deg: float
    height: float
    pitch_deg: float
    road_id: int
    lane_id: int
    s: float
    in_junction: bool
    """Road, lane, s and junction are those under the front axle."""


@dataclass(slots=True)
class VehicleMotion:
    """What the dynamics remember beyond transform and velocity. `vehicles.move_vehicles` writes it; others only read."""

    forward_mps: float = 0.0
    """Speed over the ground along the heading, negative when rolling back."""
    lateral_mps: float = 0.0
    """Positive to the right."""
    steer_rad: float = 0.0
    """At the front wheels, positive to the right."""
    gear: int = 1
    travelled_m: float = 0.0
    """Distance rolled, for the turning of the wheels."""
    grounded: bool = False
    """False until the wheels first touch, and in the air."""
    holds_velocity: bool = False
    """A target velocity was set: the next tick keeps it exactly."""
    last_location: Vector3D | None = None
    """At the end of the last tick: teleported vehicles get their velocity from it."""
    footing: Footing | None = None
    chassis: Chassis | None = None
    """Derived from `Vehicle.physics`; made anew when that changes."""


@dataclass(slots=True)
class LightAhead:
    """What the client's Traffic Manager is told about traffic lights: the vehicle record of the snapshot."""

    state: LightColor = LightColor.GREEN
    at_light: bool = False
    light_id: int = 0
    stop_point: int = -1
    """Index of the latched stop point of the network, -1 for none."""


@dataclass(slots=True)
class Vehicle(Actor):
    physics: VehiclePhysicsControl = VehiclePhysicsControl()
    wheelbase_m: float = 2.8
    control: VehicleControl = VehicleControl()
    sticky_control: bool = True
    motion: VehicleMotion = field(default_factory=VehicleMotion)
    light_flags: int = 0
    autopilot: bool = False
    speed_limit_kmh: float = 30.0
    light_ahead: LightAhead = field(default_factory=LightAhead)
    failure_state: int = 0
    constant_velocity: Vector3D | None = None
    """m/s in the vehicle frame, while enabled."""
    open_doors: frozenset[int] = frozenset()


@dataclass(slots=True)
class Walker(Actor):
    control: WalkerControl = WalkerControl()
    walked_m: float = 0.0
    """Distance walked: drives the phase of the gait."""
    led: bool = False
    """The client's crowd placed it since the last tick: it does not walk on by itself in the next one."""


@dataclass(slots=True)
class TrafficLight(Actor):
    signal_id: str = ""
    state: LightColor = LightColor.RED
    green_s: float = 10.0
    yellow_s: float = 3.0
    red_s: float = 2.0
    elapsed_s: float = 0.0
    frozen: bool = False
    pole_index: int = 0
    group: int = -1
    """Index of the light group of the network."""
    held: bool = False
    """Set by a client: keeps its state for that state's time, then obeys its group again."""


@dataclass(slots=True)
class TrafficSign(Actor):
    signal_id: str = ""


@dataclass(slots=True)
class Sensor(Actor):
    stream_id: int = 0
    """0 for the client-side lane invasion sensor."""
    period_s: float = 0.0
    """`sensor_tick`; 0 measures at every tick."""
    next_due_s: float = 0.0
