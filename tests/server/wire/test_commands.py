from __future__ import annotations

from typing import Any

import pytest

from simgen.errors import ProtocolError
from simgen.server.values import Vector3D, VehicleControl
from simgen.server.wire import commands as c
from simgen.server.wire.commands import for_actor, unpack_command, unpack_commands
from simgen.server.wire.layouts import pack

HERE = [[1.0, 2.0, 3.0], [0.0, 90.0, 0.0]]
CAR = [1, "vehicle.audi.tt", []]


def spawn(parent: list[Any], attachment: int, *do_after: Any) -> list[Any]:
    return [[0, [CAR, HERE, parent, attachment, "", list(do_after)]]]


def test_there_are_22_commands_at_the_indices_of_the_protocol() -> None:
    assert len(c.COMMANDS) == len(set(c.COMMANDS)) == 22
    assert c.COMMANDS[0] is c.SpawnActor
    assert c.COMMANDS[6] is c.ApplyTransform
    assert c.COMMANDS[13] is c.ApplyTorque
    assert c.COMMANDS[21] is c.SetTrafficLightState


@pytest.mark.parametrize("index", range(1, 22))
def test_a_command_unpacks_from_what_its_fields_pack_to(index: int) -> None:
    command = EXAMPLES[index]
    assert type(command) is c.COMMANDS[index]
    assert unpack_command([[index, pack(command)]]) == command


EXAMPLES: dict[int, Any] = {
    1: c.DestroyActor(5),
    2: c.ApplyVehicleControl(5, VehicleControl(0.5, gear=-1)),
    3: c.ApplyVehicleAckermannControl(5, c.VehicleAckermannControl(0.5)),
    4: c.ApplyWalkerControl(5, c.WalkerControl(Vector3D(1.0), 1.5, True)),
    5: c.ApplyVehiclePhysicsControl(5, c.VehiclePhysicsControl()),
    6: c.ApplyTransform(5, c.Transform()),
    7: c.ApplyWalkerState(5, c.Transform(), 1.5),
    8: c.ApplyTargetVelocity(5, Vector3D(1.0)),
    9: c.ApplyTargetAngularVelocity(5, Vector3D(1.0)),
    10: c.ApplyImpulse(5, Vector3D(1.0)),
    11: c.ApplyForce(5, Vector3D(1.0)),
    12: c.ApplyAngularImpulse(5, Vector3D(1.0)),
    13: c.ApplyTorque(5, Vector3D(1.0)),
    14: c.SetSimulatePhysics(5, True),
    15: c.SetEnableGravity(5, True),
    16: c.SetAutopilot(5, True),
    17: c.ShowDebugTelemetry(5, True),
    18: c.SetVehicleLightState(5, 8),
    19: c.ApplyLocation(5, Vector3D(1.0)),
    20: c.ConsoleCommand("stat fps"),
    21: c.SetTrafficLightState(5, 2),
}


def test_an_uninitialised_attachment_is_rigid() -> None:
    assert unpack_command(spawn([False], 192)).attachment == c.RIGID
    assert unpack_command(spawn([False], 1)).attachment == c.RIGID
    assert unpack_command(spawn([True, 9], 192)).attachment == c.RIGID
    assert unpack_command(spawn([True, 9], 1)).attachment == c.SPRING_ARM


def test_commands_after_a_spawn_get_the_new_id() -> None:
    command = unpack_command(spawn([False], 0, [[16, [0, True]]], [[20, ["stat fps"]]]))
    assert [for_actor(after, 77) for after in command.do_after] == [c.SetAutopilot(77, True), c.ConsoleCommand("stat fps")]


def test_nested_spawns_are_bounded() -> None:
    nested = spawn([False], 0)
    for _ in range(c.MAX_NESTING - 1):
        nested = spawn([False], 0, nested)
    unpack_command(nested)
    with pytest.raises(ProtocolError, match="nested"):
        unpack_command(spawn([False], 0, nested))


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "text",
        [],
        [1],
        [[1]],
        [[1, None]],
        [[22, [1]]],
        [[-1, [1]]],
        [[1.0, [1]]],
        [[True, [1]]],
        [[0, [CAR, HERE]]],
        [[0, [CAR, HERE, [False], 0, "", 5]]],
        [[0, [CAR, HERE, [False], 0, "", [5]]]],
    ],
    ids=repr,
)
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(ProtocolError) as raised:
        unpack_command(value)
    assert "\n" not in str(raised.value)


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(ProtocolError, match=r"ApplyTransform\.transform\.location\.x must be a finite number, got nan"):
        unpack_commands([[[6, [1, [[float("nan"), 0, 0], [0, 0, 0]]]]]])
    with pytest.raises(ProtocolError, match="batch must be an array"):
        unpack_commands(5)
