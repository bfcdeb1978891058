"""The values that CARLA's protocol exchanges, as frozen dataclasses.

Field names and ORDER are those of the wire (MessagePack arrays): `simgen.server.wire.layouts` derives packing and unpacking
from these declarations, and the world computes with the same objects. Left-handed frame, metres, degrees, seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class Vector2D:
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Vector3D:
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0

    def as_tuple(self) -> tuple[float, float, float]:
        return self.x, self.y, self.z


@dataclass(frozen=True, slots=True)
class Rotation:
    """Degrees."""

    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0

    def as_tuple(self) -> tuple[float, float, float]:
        return self.pitch, self.yaw, self.roll


@dataclass(frozen=True, slots=True)
class Transform:
    location: Vector3D = Vector3D()
    rotation: Rotation = Rotation()


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """Centre relative to the actor, half sizes."""

    location: Vector3D = Vector3D()
    extent: Vector3D = Vector3D()
    rotation: Rotation = Rotation()
    actor_id: int = 0


class AttributeType(IntEnum):
    BOOL = 1
    INT = 2
    FLOAT = 3
    STRING = 4
    RGB_COLOR = 5


@dataclass(frozen=True, slots=True)
class ActorAttributeValue:
    id: str
    type: int
    value: str


@dataclass(frozen=True, slots=True)
class ActorAttribute:
    id: str
    type: int
    value: str
    recommended_values: tuple[str, ...] = ()
    is_modifiable: bool = True
    restrict_to_recommended: bool = False


@dataclass(frozen=True, slots=True)
class ActorDefinition:
    uid: int
    id: str
    tags: str
    attributes: tuple[ActorAttribute, ...] = ()


@dataclass(frozen=True, slots=True)
class ActorDescription:
    uid: int = 0
    id: str = ""
    attributes: tuple[ActorAttributeValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ActorInfo:
    """An actor as the client first hears of it."""

    id: int
    parent_id: int
    description: ActorDescription
    bounding_box: BoundingBox
    semantic_tags: bytes = b""
    stream_token: bytes = b""


@dataclass(frozen=True, slots=True)
class EpisodeSettings:
    synchronous_mode: bool = False
    no_rendering_mode: bool = False
    fixed_delta_seconds: float | None = None
    substepping: bool = True
    max_substep_delta_time: float = 0.01
    max_substeps: int = 10
    max_culling_distance: float = 0.0
    deterministic_ragdolls: bool = True
    tile_stream_distance: float = 3000.0
    actor_active_distance: float = 2000.0
    spectator_as_ego: bool = True


@dataclass(frozen=True, slots=True)
class Weather:
    """`carla.WeatherParameters`; units as CARLA's documentation gives them (percent, degrees, metres)."""

    cloudiness: float = 5.0
    precipitation: float = 0.0
    precipitation_deposits: float = 0.0
    wind_intensity: float = 10.0
    sun_azimuth_angle: float = 300.0
    sun_altitude_angle: float = 45.0
    fog_density: float = 2.0
    fog_distance: float = 0.75
    fog_falloff: float = 0.1
    wetness: float = 0.0
    scattering_intensity: float = 1.0
    mie_scattering_scale: float = 0.03
    rayleigh_scattering_scale: float = 0.0331
    dust_storm: float = 0.0


@dataclass(frozen=True, slots=True)
class VehicleControl:
    throttle: float = 0.0
    steer: float = 0.0
    brake: float = 0.0
    hand_brake: bool = False
    reverse: bool = False
    manual_gear_shift: bool = False
    gear: int = 0


@dataclass(frozen=True, slots=True)
class VehicleAckermannControl:
    steer: float = 0.0
    steer_speed: float = 0.0
    speed: float = 0.0
    acceleration: float = 0.0
    jerk: float = 0.0


@dataclass(frozen=True, slots=True)
class AckermannControllerSettings:
    speed_kp: float = 0.15
    speed_ki: float = 0.0
    speed_kd: float = 0.25
    accel_kp: float = 0.01
    accel_ki: float = 0.0
    accel_kd: float = 0.01


@dataclass(frozen=True, slots=True)
class WalkerControl:
    direction: Vector3D = Vector3D()
    speed: float = 0.0
    jump: bool = False


@dataclass(frozen=True, slots=True)
class GearPhysicsControl:
    ratio: float = 1.0
    down_ratio: float = 0.5
    up_ratio: float = 0.65


@dataclass(frozen=True, slots=True)
class WheelPhysicsControl:
    """Radius and position in CENTIMETRES, position in the world frame."""

    tire_friction: float = 3.5
    damping_rate: float = 0.25
    max_steer_angle: float = 70.0
    radius: float = 35.0
    max_brake_torque: float = 1500.0
    max_handbrake_torque: float = 3000.0
    lat_stiff_max_load: float = 2.0
    lat_stiff_value: float = 17.0
    long_stiff_value: float = 1000.0
    position: Vector3D = Vector3D()


@dataclass(frozen=True, slots=True)
class VehiclePhysicsControl:
    torque_curve: tuple[Vector2D, ...] = (Vector2D(0.0, 500.0), Vector2D(5000.0, 500.0))
    max_rpm: float = 5000.0
    moi: float = 1.0
    damping_rate_full_throttle: float = 0.15
    damping_rate_zero_throttle_clutch_engaged: float = 2.0
    damping_rate_zero_throttle_clutch_disengaged: float = 0.35
    use_gear_autobox: bool = True
    gear_switch_time: float = 0.5
    clutch_strength: float = 10.0
    final_ratio: float = 4.0
    forward_gears: tuple[GearPhysicsControl, ...] = ()
    mass: float = 1000.0
    drag_coefficient: float = 0.3
    center_of_mass: Vector3D = Vector3D()
    steering_curve: tuple[Vector2D, ...] = (Vector2D(0.0, 1.0), Vector2D(120.0, 0.5))
    wheels: tuple[WheelPhysicsControl, ...] = ()
    use_sweep_wheel_collision: bool = False


@dataclass(frozen=True, slots=True)
class WheelTelemetry:
    tire_friction: float = 0.0
    lat_slip: float = 0.0
    long_slip: float = 0.0
    omega: float = 0.0
    tire_load: float = 0.0
    normalized_tire_load: float = 0.0
    torque: float = 0.0
    long_force: float = 0.0
    lat_force: float = 0.0
    normalized_long_force: float = 0.0
    normalized_lat_force: float = 0.0


@dataclass(frozen=True, slots=True)
class VehicleTelemetry:
    speed: float = 0.0
    steer: float = 0.0
    throttle: float = 0.0
    brake: float = 0.0
    engine_rpm: float = 0.0
    gear: int = 0
    drag: float = 0.0
    wheels: tuple[WheelTelemetry, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentObject:
    transform: Transform
    bounding_box: BoundingBox
    id: int
    name: str
    type: int


@dataclass(frozen=True, slots=True)
class LabelledPoint:
    location: Vector3D
    label: int


@dataclass(frozen=True, slots=True)
class Color:
    r: int = 0
    g: int = 0
    b: int = 0


@dataclass(frozen=True, slots=True)
class LightState:
    """A street light."""

    id: int
    location: Vector3D
    intensity: float
    group: int
    color: Color
    active: bool


@dataclass(frozen=True, slots=True)
class OpendriveGenerationParameters:
    vertex_distance: float = 2.0
    max_road_length: float = 50.0
    wall_height: float = 1.0
    additional_width: float = 0.6
    smooth_junctions: bool = True
    enable_mesh_visibility: bool = True
    enable_pedestrian_navigation: bool = True


class LightColor(IntEnum):
    """State of a traffic light."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4


class ActorState(IntEnum):
    INVALID = 0
    ACTIVE = 1
    DORMANT = 2


VEHICLE_LIGHTS: dict[str, int] = {
    "position": 1,
    "low_beam": 2,
    "high_beam": 4,
    "brake": 8,
    "right_blinker": 16,
    "left_blinker": 32,
    "reverse": 64,
    "fog": 128,
    "interior": 256,
    "special1": 512,
    "special2": 1024,
}
"""Bits of a vehicle's light state."""
