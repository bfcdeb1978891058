"""The commands of `apply_batch`, carried out one after the other; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simgen.errors import ProtocolError
from simgen.server.simulation import Simulation
from simgen.server.wire import commands as c
from simgen.server.wire.layouts import shown
from simgen.server.wire.rpc import response_error, response_value
from simgen.server.world import orders
from simgen.server.world.actors import TrafficLight, Vehicle, Walker
from simgen.server.world.refusals import Refused

MOST_COMMANDS = 50_000


def apply_batch(simulation: Simulation, commands: Any, do_tick: bool) -> list[Any]:
    """Return one response per command, in wire form."""
    if not isinstance(commands, (tuple, list)) or len(commands) > MOST_COMMANDS:
        raise ProtocolError(f"batch must be an array of at most {MOST_COMMANDS} commands, got {shown(commands)} (apply_batch)")
    with simulation.lock:
        responses = [_respond(simulation, item) for item in commands]
    if do_tick:
        simulation.tick()
    return responses


def _respond(simulation: Simulation, item: Any) -> list[Any]:
    try:
        return response_value(carry_out(simulation, c.unpack_command(item)))
    except (Refused, ProtocolError) as error:
        return response_error(str(error))


def carry_out(simulation: Simulation, command: c.Command) -> int:
    """Do what a command says and return the id of its actor. Raises Refused."""
    if isinstance(command, c.SpawnActor):
        return _spawn(simulation, command)
    if isinstance(command, c.ConsoleCommand):
        raise Refused("console commands are not supported by this server")
    HANDLERS[type(command)](simulation, command)
    return command.actor_id


def _spawn(simulation: Simulation, command: c.SpawnActor) -> int:
    """Spawn and then run the commands for the new actor, whose own failures are not reported."""
    actor = simulation.spawn(command.description, command.transform, command.parent_id or 0)
    for after in command.do_after:
        try:
            carry_out(simulation, c.for_actor(after, actor.id))
        except Refused:
            continue
    return actor.id


def _vehicle(simulation: Simulation, actor_id: int) -> Vehicle:
    return simulation.world.actor_of(actor_id, Vehicle)


def _destroy(simulation: Simulation, command: c.DestroyActor) -> None:
    simulation.destroy(command.actor_id)


def _vehicle_control(simulation: Simulation, command: c.ApplyVehicleControl) -> None:
    orders.control_vehicle(_vehicle(simulation, command.actor_id), command.control)


def _ackermann(simulation: Simulation, command: c.ApplyVehicleAckermannControl) -> None:
    orders.control_ackermann(_vehicle(simulation, command.actor_id), command.control)


def _walker_control(simulation: Simulation, command: c.ApplyWalkerControl) -> None:
    orders.control_walker(simulation.world.actor_of(command.actor_id, Walker), command.control)


def _physics(simulation: Simulation, command: c.ApplyVehiclePhysicsControl) -> None:
    orders.set_physics(simulation.world, _vehicle(simulation, command.actor_id), command.physics)


def _transform(simulation: Simulation, command: c.ApplyTransform) -> None:
    orders.set_transform(simulation.world, simulation.world.actor(command.actor_id), command.transform)


def _walker_state(simulation: Simulation, command: c.ApplyWalkerState) -> None:
    walker = simulation.world.actor_of(command.actor_id, Walker)
    orders.place_in_crowd(simulation.world, walker, command.transform, command.speed)


def _velocity(simulation: Simulation, command: c.ApplyTargetVelocity) -> None:
    orders.set_velocity(simulation.world.actor(command.actor_id), command.velocity)


def _angular_velocity(simulation: Simulation, command: c.ApplyTargetAngularVelocity) -> None:
    orders.set_angular_velocity(simulation.world.actor(command.actor_id), command.angular_velocity)


def _impulse(simulation: Simulation, command: c.ApplyImpulse) -> None:
    orders.add_impulse(simulation.world.actor(command.actor_id), command.impulse)


def _force(simulation: Simulation, command: c.ApplyForce) -> None:
    orders.add_force(simulation.world.actor(command.actor_id), command.force, simulation.world.step_s())


def _angular_impulse(simulation: Simulation, command: c.ApplyAngularImpulse) -> None:
    orders.add_angular_impulse(simulation.world.actor(command.actor_id), command.impulse)


def _torque(simulation: Simulation, command: c.ApplyTorque) -> None:
    orders.add_torque(simulation.world.actor(command.actor_id), command.torque, simulation.world.step_s())


def _simulate_physics(simulation: Simulation, command: c.SetSimulatePhysics) -> None:
    simulation.world.actor(command.actor_id).simulate_physics = command.enabled


def _gravity(simulation: Simulation, command: c.SetEnableGravity) -> None:
    simulation.world.actor(command.actor_id).gravity = command.enabled


def _autopilot(simulation: Simulation, command: c.SetAutopilot) -> None:
    _vehicle(simulation, command.actor_id).autopilot = command.enabled


def _debug_telemetry(simulation: Simulation, command: c.ShowDebugTelemetry) -> None:
    _vehicle(simulation, command.actor_id)


def _vehicle_lights(simulation: Simulation, command: c.SetVehicleLightState) -> None:
    _vehicle(simulation, command.actor_id).light_flags = command.flags & 0xFFFFFFFF


def _location(simulation: Simulation, command: c.ApplyLocation) -> None:
    orders.set_location(simulation.world, simulation.world.actor(command.actor_id), command.location)


def _traffic_light(simulation: Simulation, command: c.SetTrafficLightState) -> None:
    orders.set_light(simulation.world.actor_of(command.actor_id, TrafficLight), command.state)


HANDLERS: Mapping[type, Callable[[Simulation, Any], None]] = {
    c.DestroyActor: _destroy,
    c.ApplyVehicleControl: _vehicle_control,
    c.ApplyVehicleAckermannControl: _ackermann,
    c.ApplyWalkerControl: _walker_control,
    c.ApplyVehiclePhysicsControl: _physics,
    c.ApplyTransform: _transform,
    c.ApplyWalkerState: _walker_state,
    c.ApplyTargetVelocity: _velocity,
    c.ApplyTargetAngularVelocity: _angular_velocity,
    c.ApplyImpulse: _impulse,
    c.ApplyForce: _force,
    c.ApplyAngularImpulse: _angular_impulse,
    c.ApplyTorque: _torque,
    c.SetSimulatePhysics: _simulate_physics,
    c.SetEnableGravity: _gravity,
    c.SetAutopilot: _autopilot,
    c.ShowDebugTelemetry: _debug_telemetry,
    c.SetVehicleLightState: _vehicle_lights,
    c.ApplyLocation: _location,
    c.SetTrafficLightState: _traffic_light,
}
"""Every command for an actor that exists; spawns and console commands are not."""
