"""How vehicles move: controls and road in, transform and velocity out. Left-handed frame, metres, degrees, seconds.

A vehicle's transform, velocity and angular velocity say all about its motion: contacts and clients change these, and the next
tick goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from simgen.server.values import Rotation, Transform, Vector3D, VehicleControl
from simgen.server.world.actors import Footing, Vehicle
from simgen.server.world.bicycle import PlanarState, TyreLimits, roll, tyre_limits
from simgen.server.world.chassis import Chassis, chassis_of, default_physics, wheelbase
from simgen.server.world.engine import choose_gear, driving_force, steering_angle
from simgen.server.world.surface import KERB_M

__all__ = [
    "Roads",
    "default_physics",
    "move_vehicles",
    "set_target_angular_velocity",
    "set_target_velocity",
    "wheelbase",
]

GRAVITY = 9.81
PITCH_LAG_S = 0.15
"""Connecting roads of imported towns differ in height; the lag keeps the axles' jumps between them out of the pitch."""
ROLLING_RESISTANCE = 0.012
HOLD_BELOW_MPS = 0.3
HOLD_MPS2 = 4.0
DROOP_MPS = 2.0
"""Springs push the wheels down so fast: the road may fall away by that much more than free flight before they leave it."""
STEEPEST_DEG = 35.0
"""Axles on different levels, at the edge of a bridge, are no slope."""
PUT_ELSEWHERE_M = 2.0
"""A vehicle this far from where the last tick left it was put there by a client: it forgets what its wheels stood on."""
FASTEST_TELEPORT_MPS = 60.0
"""A vehicle without physics that jumps faster was put somewhere else; it did not drive there."""


class Ground(Protocol):
    """What the road says about a place."""

    @property
    def z(self) -> float: ...
    @property
    def road_id(self) -> int: ...
    @property
    def lane_id(self) -> int: ...
    @property
    def s(self) -> float: ...
    @property
    def lane_type(self) -> str: ...
    @property
    def is_junction(self) -> bool: ...


class Roads(Protocol):
    """The ground that vehicles roll on."""

    def ground(self, x: float, y: float, z: float) -> Ground:
        """Return the ground near height `z`, so that bridges keep apart from what they cross."""
        ...


def move_vehicles(vehicles: Sequence[Vehicle], roads: Roads, dt_s: float, gravity: float = GRAVITY) -> None:
    """Move all vehicles by one tick, in the given order. `dt_s` is any step; inside it is cut to at most 0.02 s."""
    for vehicle in vehicles:
        if vehicle.simulate_physics:
            _drive(vehicle, roads, dt_s, gravity)
        else:
            _follow_teleports(vehicle, roads, dt_s)
        if not vehicle.sticky_control:
            vehicle.control = VehicleControl()


def set_target_velocity(vehicle: Vehicle, velocity: Vector3D) -> None:
    """Give a vehicle a velocity in the world frame, m/s; it holds exactly through the next tick."""
    vehicle.velocity = velocity
    vehicle.motion.holds_velocity = True


def set_target_angular_velocity(vehicle: Vehicle, angular_velocity: Vector3D) -> None:
    """Give a vehicle an angular velocity, deg/s; only turning about z is simulated."""
    vehicle.angular_velocity = angular_velocity
    vehicle.motion.holds_velocity = True


def chassis(vehicle: Vehicle) -> Chassis:
    """Return the constants of a vehicle's dynamics, derived anew when its physics changed."""
    known = vehicle.motion.chassis
    if known is None or known.physics is not vehicle.physics:
        known = chassis_of(vehicle.physics, vehicle.bounding_box.extent, vehicle.wheelbase_m)
        vehicle.motion.chassis = known
    return known


def _drive(vehicle: Vehicle, roads: Roads, dt_s: float, gravity: float) -> None:
    if _rests(vehicle):
        vehicle.acceleration = Vector3D()
        _choose_gear_and_steer(vehicle, 0.0)
        return
    weight_mps2 = gravity if vehicle.gravity else 0.0
    if _was_put_elsewhere(vehicle):
        vehicle.motion.grounded, vehicle.motion.gear = False, 1
    state = planar_state(vehicle)
    _choose_gear_and_steer(vehicle, state.forward)
    if vehicle.constant_velocity is not None:
        _keep_velocity(vehicle, state, vehicle.constant_velocity, dt_s)
    elif vehicle.motion.grounded and weight_mps2 > 0.0 and not vehicle.motion.holds_velocity:
        limits, downhill = forces(vehicle, state, weight_mps2)
        roll(state, chassis(vehicle), limits, vehicle.motion.steer_rad, downhill, dt_s)
    else:
        _fly(state, dt_s)
    _settle(vehicle, state, roads, dt_s, weight_mps2)


def _rests(vehicle: Vehicle) -> bool:
    """Whether a vehicle stands and nothing will move it: most of a town's vehicles wait somewhere, and cost nothing so."""
    motion, control, velocity = vehicle.motion, vehicle.control, vehicle.velocity
    if not motion.grounded or control.throttle > 0.0 or velocity.x or velocity.y or velocity.z or vehicle.angular_velocity.z:
        return False
    if motion.last_location is not vehicle.transform.location or vehicle.constant_velocity is not None or motion.holds_velocity:
        return False
    footing, rotation = motion.footing, vehicle.transform.rotation
    if footing is None or footing.yaw_deg != rotation.yaw or abs(_wrapped(footing.pitch_deg - rotation.pitch)) > 1e-3:
        return False
    if abs(_wrapped(rotation.roll)) > 1e-3:
        return False
    grip = min(chassis(vehicle).rear_grip, HOLD_MPS2 / GRAVITY)
    return vehicle.gravity and abs(math.tan(_slope(rotation.pitch))) < 0.9 * grip


def _was_put_elsewhere(vehicle: Vehicle) -> bool:
    last, here = vehicle.motion.last_location, vehicle.transform.location
    return last is not None and last is not here and math.dist(last.as_tuple(), here.as_tuple()) > PUT_ELSEWHERE_M


def planar_state(vehicle: Vehicle) -> PlanarState:
    """Return place, heading and velocity of a vehicle in its own axes."""
    location, velocity = vehicle.transform.location, vehicle.velocity
    yaw = math.radians(vehicle.transform.rotation.yaw)
    c, s = math.cos(yaw), math.sin(yaw)
    return PlanarState(
        location.x,
        location.y,
        yaw,
        velocity.x * c + velocity.y * s,
        velocity.y * c - velocity.x * s,
        math.radians(vehicle.angular_velocity.z),
    )


def _choose_gear_and_steer(vehicle: Vehicle, speed_mps: float) -> None:
    motion, constants = vehicle.motion, chassis(vehicle)
    motion.gear = choose_gear(vehicle.control, constants, speed_mps, motion.gear)
    motion.steer_rad = steering_angle(constants, vehicle.control.steer, speed_mps)


def forces(vehicle: Vehicle, state: PlanarState, gravity: float) -> tuple[TyreLimits, float]:
    """Return what the tyres may do in this tick, and gravity's pull along the heading in m/s2."""
    constants, control = chassis(vehicle), vehicle.control
    slope = _slope(vehicle.transform.rotation.pitch)
    weight = constants.mass * gravity * math.cos(slope)
    throttle, brake = max(0.0, min(1.0, control.throttle)), max(0.0, min(1.0, control.brake))
    front = constants.front_brake * brake + 0.5 * ROLLING_RESISTANCE * weight
    rear = constants.rear_brake * brake + 0.5 * ROLLING_RESISTANCE * weight + (constants.hand_brake if control.hand_brake else 0.0)
    if throttle == 0.0 and abs(state.forward) < HOLD_BELOW_MPS:
        front += 0.5 * HOLD_MPS2 * constants.mass
        rear += 0.5 * HOLD_MPS2 * constants.mass
    drive = driving_force(constants, throttle, state.forward, vehicle.motion.gear)
    return tyre_limits(constants, weight, drive, front, rear), -gravity * math.sin(slope) * math.cos(slope)


def _keep_velocity(vehicle: Vehicle, state: PlanarState, velocity: Vector3D, dt_s: float) -> None:
    """Move with a constant velocity of the vehicle's own frame, turning as the front wheels point."""
    state.forward, state.lateral = velocity.x, velocity.y
    state.yaw_rate = velocity.x * math.tan(vehicle.motion.steer_rad) / vehicle.wheelbase_m
    middle = state.yaw + 0.5 * state.yaw_rate * dt_s
    c, s = math.cos(middle), math.sin(middle)
    state.x += dt_s * (velocity.x * c - velocity.y * s)
    state.y += dt_s * (velocity.x * s + velocity.y * c)
    state.yaw += state.yaw_rate * dt_s


def _fly(state: PlanarState, dt_s: float) -> None:
    """Keep the velocity in the world frame while turning on."""
    c, s = math.cos(state.yaw), math.sin(state.yaw)
    east, south = state.forward * c - state.lateral * s, state.forward * s + state.lateral * c
    state.x += east * dt_s
    state.y += south * dt_s
    state.yaw += state.yaw_rate * dt_s
    c, s = math.cos(state.yaw), math.sin(state.yaw)
    state.forward, state.lateral = east * c + south * s, south * c - east * s


def _settle(vehicle: Vehicle, state: PlanarState, roads: Roads, dt_s: float, gravity: float) -> None:
    """Put the vehicle where it got to: on the ground if its wheels reach it, else falling."""
    motion, before = vehicle.motion, vehicle.transform
    falling = vehicle.velocity.z - gravity * dt_s
    free_height = before.location.z + 0.5 * (vehicle.velocity.z + falling) * dt_s
    turned = state.yaw != math.radians(before.rotation.yaw)
    yaw = _wrapped(math.degrees(state.yaw)) if turned else before.rotation.yaw
    footing = _footing(vehicle, state.x, state.y, yaw, roads)
    was_grounded = motion.grounded
    reach = DROOP_MPS * dt_s if was_grounded else 0.0
    motion.grounded = gravity > 0.0 and free_height <= footing.height + reach
    if motion.grounded:
        height = footing.height
        pitch, tilt = _lean(before.rotation, footing, dt_s) if was_grounded else (before.rotation.pitch, before.rotation.roll)
        # The flatter of body and road: neither a kink of the road nor an odd rotation given by a client throws a vehicle up.
        climbing = state.forward * math.tan(min(_slope(pitch), _slope(footing.pitch_deg), key=abs))
    else:
        height, pitch, tilt, climbing = max(free_height, footing.height), before.rotation.pitch, before.rotation.roll, falling
    transform = Transform(Vector3D(state.x, state.y, height), Rotation(pitch, yaw, tilt))
    _write(vehicle, transform, state, climbing, dt_s)


def _lean(rotation: Rotation, footing: Footing, dt_s: float) -> tuple[float, float]:
    """Return pitch and roll on their way to those of the road."""
    share = 1.0 - math.exp(-dt_s / PITCH_LAG_S)
    pitch = rotation.pitch + share * _wrapped(footing.pitch_deg - rotation.pitch)
    return _wrapped(pitch), _wrapped(rotation.roll) * (1.0 - share)


def _write(vehicle: Vehicle, transform: Transform, state: PlanarState, climbing: float, dt_s: float) -> None:
    motion, before = vehicle.motion, vehicle.velocity
    c, s = math.cos(state.yaw), math.sin(state.yaw)
    after = Vector3D(state.forward * c - state.lateral * s, state.forward * s + state.lateral * c, climbing)
    if motion.holds_velocity:
        after, motion.holds_velocity = before if motion.grounded else replace(before, z=climbing), False
    vehicle.velocity = after
    vehicle.acceleration = Vector3D((after.x - before.x) / dt_s, (after.y - before.y) / dt_s, (after.z - before.z) / dt_s)
    vehicle.angular_velocity = _turning(vehicle.transform.rotation.pitch, transform.rotation.pitch, c, s, state.yaw_rate, dt_s)
    vehicle.transform = transform
    motion.forward_mps, motion.lateral_mps = state.forward, state.lateral
    motion.travelled_m += state.forward * dt_s
    motion.last_location = transform.location


def _turning(pitch_before: float, pitch: float, c: float, s: float, yaw_rate: float, dt_s: float) -> Vector3D:
    """Return the angular velocity in deg/s about the world's axes; raising the nose is a negative turn about the vehicle's y axis."""
    rising = _wrapped(pitch - pitch_before) / dt_s
    return Vector3D(rising * s, -rising * c, math.degrees(yaw_rate))


def _footing(vehicle: Vehicle, x: float, y: float, yaw_deg: float, roads: Roads) -> Footing:
    """Return the ground under both axles, looked up again only when the vehicle has moved."""
    known, z = vehicle.motion.footing, vehicle.transform.location.z
    if known is not None and vehicle.motion.grounded and (known.x, known.y, known.yaw_deg) == (x, y, yaw_deg) and z == known.height:
        return known
    yaw, half = math.radians(yaw_deg), 0.5 * vehicle.wheelbase_m
    dx, dy = half * math.cos(yaw), half * math.sin(yaw)
    rise = half * math.tan(_slope(vehicle.transform.rotation.pitch))
    front, rear = roads.ground(x + dx, y + dy, z + rise), roads.ground(x - dx, y - dy, z - rise)
    front_z, rear_z = _surface(front), _surface(rear)
    pitch = max(-STEEPEST_DEG, min(STEEPEST_DEG, math.degrees(math.atan2(front_z - rear_z, vehicle.wheelbase_m))))
    known = Footing(x, y, yaw_deg, 0.5 * (front_z + rear_z), pitch, front.road_id, front.lane_id, front.s, front.is_junction)
    vehicle.motion.footing = known
    return known


def _surface(ground: Ground) -> float:
    return ground.z + (KERB_M if ground.lane_type == "sidewalk" else 0.0)


def _follow_teleports(vehicle: Vehicle, roads: Roads, dt_s: float) -> None:
    """Leave a vehicle without physics where it is put; its velocity is how far it was moved since the last tick.

    Traffic Manager moves far vehicles so, and the near ones judge them by their velocity.
    """
    motion, here = vehicle.motion, vehicle.transform.location
    last = motion.last_location or here
    velocity = Vector3D((here.x - last.x) / dt_s, (here.y - last.y) / dt_s, (here.z - last.z) / dt_s)
    if math.hypot(velocity.x, velocity.y) > FASTEST_TELEPORT_MPS:
        velocity = Vector3D()
    before, yaw_deg = vehicle.velocity, vehicle.transform.rotation.yaw
    vehicle.acceleration = Vector3D((velocity.x - before.x) / dt_s, (velocity.y - before.y) / dt_s, (velocity.z - before.z) / dt_s)
    vehicle.velocity, vehicle.angular_velocity = velocity, Vector3D()
    yaw = math.radians(yaw_deg)
    motion.forward_mps = velocity.x * math.cos(yaw) + velocity.y * math.sin(yaw)
    motion.lateral_mps = velocity.y * math.cos(yaw) - velocity.x * math.sin(yaw)
    motion.travelled_m += motion.forward_mps * dt_s
    motion.last_location, motion.holds_velocity, motion.grounded = here, False, False
    if motion.footing is None or (motion.footing.x, motion.footing.y) != (here.x, here.y):
        _footing(vehicle, here.x, here.y, yaw_deg, roads)


def _slope(pitch_deg: float) -> float:
    """Return a pitch as the slope that wheels can stand on, radians. Clients put vehicles down with any pitch, 355 degrees too."""
    return math.radians(max(-STEEPEST_DEG, min(STEEPEST_DEG, _wrapped(pitch_deg))))


def _wrapped(degrees: float) -> float:
    """Return the angle within [-180, 180)."""
    return (degrees + 180.0) % 360.0 - 180.0
