"""The 22 commands of `apply_batch`. On the wire each is `[[index, fields]]`, an array that holds a variant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simgen.errors import ProtocolError
from simgen.server.values import (
    ActorDescription,
    Transform,
    Vector3D,
    VehicleAckermannControl,
    VehicleControl,
    VehiclePhysicsControl,
    WalkerControl,
)
from simgen.server.wire import layouts

RIGID, SPRING_ARM, SPRING_ARM_GHOST = ATTACHMENTS = (0, 1, 2)
MAX_NESTING = 8
"""Commands after a spawn may themselves be spawns; programs nest once."""


@dataclass(frozen=True, slots=True)
class SpawnActor:
    description: ActorDescription
    transform: Transform
    parent_id: int | None = None
    attachment: int = RIGID
    """One of `ATTACHMENTS`; rigid without a parent."""
    socket: str = ""
    do_after: tuple[Command, ...] = ()
    """Commands for the new actor: `for_actor` puts its id into them."""


@dataclass(frozen=True, slots=True)
class DestroyActor:
    actor_id: int


@dataclass(frozen=True, slots=True)
class ApplyVehicleControl:
    actor_id: int
    control: VehicleControl


@dataclass(frozen=True, slots=True)
class ApplyVehicleAckermannControl:
    actor_id: int
    control: VehicleAckermannControl


@dataclass(frozen=True, slots=True)
class ApplyWalkerControl:
    actor_id: int
    control: WalkerControl


@dataclass(frozen=True, slots=True)
class ApplyVehiclePhysicsControl:
    actor_id: int
    physics: VehiclePhysicsControl


@dataclass(frozen=True, slots=True)
class ApplyTransform:
    actor_id: int
    transform: Transform


@dataclass(frozen=True, slots=True)
class ApplyWalkerState:
    actor_id: int
    transform: Transform
    speed: float


@dataclass(frozen=True, slots=True)
class ApplyTargetVelocity:
    actor_id: int
    velocity: Vector3D


@dataclass(frozen=True, slots=True)
class ApplyTargetAngularVelocity:
    actor_id: int
    angular_velocity: Vector3D
    """deg/s."""


@dataclass(frozen=True, slots=True)
class ApplyImpulse:
    actor_id: int
    impulse: Vector3D


@dataclass(frozen=True, slots=True)
class ApplyForce:
    actor_id: int
    force: Vector3D


@dataclass(frozen=True, slots=True)
class ApplyAngularImpulse:
    actor_id: int
    impulse: Vector3D


@dataclass(frozen=True, slots=True)
class ApplyTorque:
    actor_id: int
    torque: Vector3D


@dataclass(frozen=True, slots=True)
class SetSimulatePhysics:
    actor_id: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class SetEnableGravity:
    actor_id: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class SetAutopilot:
    """Only informs: the client registers the vehicle with its own Traffic Manager."""

    actor_id: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class ShowDebugTelemetry:
    actor_id: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class SetVehicleLightState:
    actor_id: int
    flags: int


@dataclass(frozen=True, slots=True)
class ApplyLocation:
    actor_id: int
    location: Vector3D


@dataclass(frozen=True, slots=True)
class ConsoleCommand:
    text: str


@dataclass(frozen=True, slots=True)
class SetTrafficLightState:
    actor_id: int
    state: int


Command = (
    SpawnActor
    | DestroyActor
    | ApplyVehicleControl
    | ApplyVehicleAckermannControl
    | ApplyWalkerControl
    | ApplyVehiclePhysicsControl
    | ApplyTransform
    | ApplyWalkerState
    | ApplyTargetVelocity
    | ApplyTargetAngularVelocity
    | ApplyImpulse
    | ApplyForce
    | ApplyAngularImpulse
    | ApplyTorque
    | SetSimulatePhysics
    | SetEnableGravity
    | SetAutopilot
    | ShowDebugTelemetry
    | SetVehicleLightState
    | ApplyLocation
    | ConsoleCommand
    | SetTrafficLightState
)

COMMANDS: tuple[type, ...] = (
    SpawnActor,  # 0
    DestroyActor,  # 1
    ApplyVehicleControl,  # 2
    ApplyVehicleAckermannControl,  # 3
    ApplyWalkerControl,  # 4
    ApplyVehiclePhysicsControl,  # 5
    ApplyTransform,  # 6
    ApplyWalkerState,  # 7
    ApplyTargetVelocity,  # 8
    ApplyTargetAngularVelocity,  # 9
    ApplyImpulse,  # 10
    ApplyForce,  # 11
    ApplyAngularImpulse,  # 12
    ApplyTorque,  # 13
    SetSimulatePhysics,  # 14
    SetEnableGravity,  # 15
    SetAutopilot,  # 16
    ShowDebugTelemetry,  # 17
    SetVehicleLightState,  # 18
    ApplyLocation,  # 19
    ConsoleCommand,  # 20
    SetTrafficLightState,  # 21
)

SPAWN_FIELDS = tuple[ActorDescription, Transform, int | None, int, str]
"""Without the commands after the spawn, which are variants."""


def unpack_commands(value: Any) -> tuple[Command, ...]:
    """Return the commands of a decoded batch. Raises ProtocolError."""
    if not isinstance(value, (tuple, list)):
        raise ProtocolError(f"batch must be an array of commands, got {layouts.shown(value)} (apply_batch)")
    return tuple(unpack_command(item) for item in value)


def unpack_command(value: Any, nesting: int = 0) -> Command:
    """Return the command that a decoded `[[index, fields]]` is. Raises ProtocolError."""
    index, content = _variant(value)
    if index == 0:
        return _spawn(content, nesting)
    return layouts.unpack(COMMANDS[index], content)


def for_actor(command: Command, actor_id: int) -> Command:
    """Return `command` meant for `actor_id`, whatever id it came with; spawns and console commands have none."""
    if isinstance(command, (SpawnActor, ConsoleCommand)):
        return command
    return replace(command, actor_id=actor_id)


def _variant(value: Any) -> tuple[int, Any]:
    try:
        ((index, content, *_), *_) = value
    except (TypeError, ValueError):
        raise ProtocolError(f"command must be [[index, fields]], got {layouts.shown(value)} (apply_batch)") from None
    if type(index) is not int or not 0 <= index < len(COMMANDS):
        raise ProtocolError(f"command index must be 0 to {len(COMMANDS) - 1}, got {layouts.shown(index)} (apply_batch)")
    return index, content


def _spawn(content: Any, nesting: int) -> SpawnActor:
    if nesting >= MAX_NESTING:
        raise ProtocolError(f"spawns after spawns must be nested at most {MAX_NESTING} deep, got more (apply_batch)")
    if not isinstance(content, (tuple, list)) or len(content) < 6 or not isinstance(content[5], (tuple, list)):
        raise ProtocolError(f"SpawnActor must be an array of 6 that ends in commands, got {layouts.shown(content)} (apply_batch)")
    description, transform, parent_id, attachment, socket = layouts.unpack(SPAWN_FIELDS, content[:5], "SpawnActor")
    do_after = tuple(unpack_command(item, nesting + 1) for item in content[5])
    # The client leaves the byte of the attachment uninitialised where the program gave none.
    known = attachment if parent_id is not None and attachment in ATTACHMENTS else RIGID
    return SpawnActor(description, transform, parent_id, known, socket, do_after)
