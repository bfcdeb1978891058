"""The world snapshot that goes to every client after every tick: 48 bytes of header, 36 of episode, 119 per live actor."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simgen.server.values import LightColor, Transform, Vector3D, VehicleControl, WalkerControl
from simgen.server.wire.streams import WORLD_SNAPSHOT_TYPE, header

EPISODE = struct.Struct("<Qdf3iI")
"""episode id, platform seconds, delta seconds, map origin (large maps only), flags."""
MAP_CHANGED, STREET_LIGHTS_CHANGED = 1, 2

TAIL_BYTES = 54
ACTOR = struct.Struct(f"<IB15f{TAIL_BYTES}s")
ACTOR_DTYPE = np.dtype(
    [
        ("actor_id", "<u4"),
        ("state", "u1"),
        ("location", "<f4", 3),
        ("rotation", "<f4", 3),  # pitch, yaw, roll, degrees
        ("velocity", "<f4", 3),
        ("angular_velocity", "<f4", 3),  # deg/s
        ("acceleration", "<f4", 3),
        ("tail", f"V{TAIL_BYTES}"),
    ]
)
"""The 119 bytes of `ACTOR`, for readers."""

TAILS: dict[str, struct.Struct] = {
    "vehicle": struct.Struct("<3f3?ifB?IB"),  # pedals and steering, three flags, gear, speed limit; traffic light; failure
    "walker": struct.Struct("<4f?"),  # direction, speed, jump
    "light": struct.Struct("<32s4fI?B"),  # signal id; green, yellow, red, elapsed seconds; pole, frozen, state
    "sign": struct.Struct("<32s"),  # signal id
}
NO_TAIL = bytes(TAIL_BYTES)


@dataclass(frozen=True, slots=True)
class ActorRecord:
    """What a snapshot says about one live actor; left-handed world frame, m/s, deg/s, m/s²."""

    actor_id: int
    state: int
    transform: Transform
    velocity: Vector3D = Vector3D()
    angular_velocity: Vector3D = Vector3D()
    acceleration: Vector3D = Vector3D()
    tail: bytes = NO_TAIL


def vehicle_tail(
    control: VehicleControl,
    speed_limit_kmh: float,
    light: int = LightColor.UNKNOWN,
    at_light: bool = False,
    light_id: int = 0,
    failure: int = 0,
) -> bytes:
    """Return the tail of a vehicle; `light` and the two after it are the traffic light it stands at."""
    c = control
    gear = max(-(2**31), min(c.gear, 2**31 - 1))
    pedals = (c.throttle, c.steer, c.brake, c.hand_brake, c.reverse, c.manual_gear_shift, gear)
    return _padded("vehicle", *pedals, speed_limit_kmh, light, at_light, light_id, failure)


def walker_tail(control: WalkerControl) -> bytes:
    """Return the tail of a walker."""
    return _padded("walker", *control.direction.as_tuple(), control.speed, control.jump)


def light_tail(
    signal_id: str, green_s: float, yellow_s: float, red_s: float, elapsed_s: float, pole_index: int, frozen: bool, state: int
) -> bytes:
    """Return the tail of a traffic light; `state` is a `LightColor`."""
    return _padded("light", _signal(signal_id), green_s, yellow_s, red_s, elapsed_s, pole_index, frozen, state)


def sign_tail(signal_id: str) -> bytes:
    """Return the tail of any other traffic sign."""
    return _padded("sign", _signal(signal_id))


def _signal(signal_id: str) -> bytes:
    encoded = signal_id.encode("utf-8", "surrogateescape")
    if len(encoded) > 32:
        raise ValueError(f"signal id must be at most 32 bytes, got {signal_id!r} (snapshot)")
    return encoded


def _padded(kind: str, *values: float | bytes) -> bytes:
    try:
        return TAILS[kind].pack(*values).ljust(TAIL_BYTES, b"\0")
    except (struct.error, OverflowError) as error:
        raise ValueError(f"state of a {kind} must fit its record, got {values} ({error})") from None


def snapshot_message(
    frame: int,
    elapsed_s: float,
    delta_s: float,
    episode_id: int,
    platform_s: float,
    records: Iterable[ActorRecord],
    map_changed: bool = False,
    street_lights_changed: bool = False,
) -> bytes:
    """Return the message of the world stream after one tick.

    `records` holds every live actor: the client takes one that is missing for destroyed.
    """
    flags = MAP_CHANGED * map_changed | STREET_LIGHTS_CHANGED * street_lights_changed
    head = header(WORLD_SNAPSHOT_TYPE, frame, elapsed_s, Transform())
    episode = EPISODE.pack(episode_id, platform_s, delta_s, 0, 0, 0, flags)
    return b"".join([head, episode, *map(actor_bytes, records)])


def actor_bytes(record: ActorRecord) -> bytes:
    """Return the 119 bytes of one actor."""
    location, rotation = record.transform.location, record.transform.rotation
    velocity, angular, acceleration = record.velocity, record.angular_velocity, record.acceleration
    if len(record.tail) != TAIL_BYTES:
        raise ValueError(f"tail must be {TAIL_BYTES} bytes, got {len(record.tail)} (actor {record.actor_id})")
    try:
        return ACTOR.pack(
            record.actor_id,
            record.state,
            location.x,
            location.y,
            location.z,
            rotation.pitch,
            rotation.yaw,
            rotation.roll,
            velocity.x,
            velocity.y,
            velocity.z,
            angular.x,
            angular.y,
            angular.z,
            acceleration.x,
            acceleration.y,
            acceleration.z,
            record.tail,
        )
    except (struct.error, OverflowError) as error:
        raise ValueError(f"actor must have a 32-bit id and float32 motion, got {record} ({error})") from None
