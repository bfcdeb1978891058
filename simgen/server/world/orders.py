"""What clients tell actors: places, velocities, pushes, controls. Each order holds until the world takes it up in its next tick.

Left-handed world frame, metres, degrees, seconds. Orders out of bounds raise Refused and change nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace

from simgen.server.values import (
    LightColor,
    Transform,
    Vector3D,
    VehicleAckermannControl,
    VehicleControl,
    VehiclePhysicsControl,
    WalkerControl,
)
from simgen.server.world.actors import Actor, TrafficLight, Vehicle, Walker
from simgen.server.world.attachment import carry
from simgen.server.world.refusals import FASTEST_DEGPS, FASTEST_MPS, STRONGEST, Refused, bounded, bounded_number, bounded_transform
from simgen.server.world.traffic_lights import set_state
from simgen.server.world.vehicles import set_target_angular_velocity, set_target_velocity
from simgen.server.world.walkers import place_walker
from simgen.server.world.world import World

MAX_STEER_RAD = math.radians(70.0)
LONGEST_PHASE_S = 1e6
FASTEST_WALK_MPS = 100.0
LIGHT_COLORS = frozenset(int(color) for color in LightColor)
WALKER_MASS_KG = 75.0


def set_transform(world: World, actor: Actor, transform: Transform) -> None:
    """Put an actor somewhere else; an attached one somewhere else on its parent."""
    bounded_transform(transform)
    parent = world.actors.get(actor.parent_id) if actor.parent_id else None
    if parent is None:
        actor.transform = transform
        return
    actor.parent_from_actor = transform
    carry(parent, actor)


def set_location(world: World, actor: Actor, location: Vector3D) -> None:
    """Move an actor without turning it."""
    turned = actor.parent_from_actor if actor.parent_from_actor is not None else actor.transform
    set_transform(world, actor, Transform(location, turned.rotation))


def set_velocity(actor: Actor, velocity: Vector3D) -> None:
    """Give an actor a velocity in m/s; the next tick of a vehicle keeps it exactly."""
    bounded(velocity, FASTEST_MPS, "target velocity")
    if isinstance(actor, Vehicle):
        set_target_velocity(actor, velocity)
    else:
        actor.velocity = velocity


def set_angular_velocity(actor: Actor, angular_velocity: Vector3D) -> None:
    """Give an actor an angular velocity in deg/s."""
    bounded(angular_velocity, FASTEST_DEGPS, "target angular velocity")
    if isinstance(actor, Vehicle):
        set_target_angular_velocity(actor, angular_velocity)
    else:
        actor.angular_velocity = angular_velocity


def hold_velocity(vehicle: Vehicle, velocity: Vector3D | None) -> None:
    """Keep a velocity of the vehicle's own frame (m/s) until told otherwise; None lets go."""
    vehicle.constant_velocity = None if velocity is None else bounded(velocity, FASTEST_MPS, "constant velocity")


def add_impulse(actor: Actor, impulse: Vector3D) -> None:
    """Change the velocity by impulse / mass (N s)."""
    change = _scaled(bounded(impulse, STRONGEST, "impulse"), 1.0 / mass_of(actor))
    actor.velocity = bounded(_sum(actor.velocity, change), FASTEST_MPS, "velocity after the impulse")


def add_force(actor: Actor, force: Vector3D, step_s: float) -> None:
    """Push with a force (N) for the one tick that comes."""
    add_impulse(actor, _scaled(bounded(force, STRONGEST, "force"), step_s))


def add_angular_impulse(actor: Actor, impulse: Vector3D) -> None:
    """Change the angular velocity by impulse / inertia of the actor's box (N m s; the velocity is in deg/s)."""
    bounded(impulse, STRONGEST, "angular impulse")
    extent, mass = actor.bounding_box.extent, mass_of(actor)
    # Solid box: m (b^2 + c^2) / 3 of the half sizes about each axis.
    inertia = (
        max(mass * (extent.y**2 + extent.z**2) / 3.0, 1e-3),
        max(mass * (extent.x**2 + extent.z**2) / 3.0, 1e-3),
        max(mass * (extent.x**2 + extent.y**2) / 3.0, 1e-3),
    )
    change = (math.degrees(value / about) for value, about in zip(impulse.as_tuple(), inertia, strict=True))
    actor.angular_velocity = bounded(_sum(actor.angular_velocity, Vector3D(*change)), FASTEST_DEGPS, "angular velocity after the impulse")


def add_torque(actor: Actor, torque: Vector3D, step_s: float) -> None:
    """Turn with a torque (N m) for the one tick that comes."""
    add_angular_impulse(actor, _scaled(bounded(torque, STRONGEST, "torque"), step_s))


def add_impulse_at(actor: Actor, impulse: Vector3D, place: Vector3D) -> None:
    """Push at a point of the world: an impulse on the body and one about its origin."""
    add_impulse(actor, impulse)
    arm = _sum(place, _scaled(actor.transform.location, -1.0))
    add_angular_impulse(actor, _cross(arm, impulse))


def add_force_at(actor: Actor, force: Vector3D, place: Vector3D, step_s: float) -> None:
    """Push with a force (N) at a point of the world for the one tick that comes."""
    add_impulse_at(actor, _scaled(bounded(force, STRONGEST, "force"), step_s), place)


def mass_of(actor: Actor) -> float:
    """Return the mass in kg that pushes meet."""
    return max(actor.physics.mass, 1.0) if isinstance(actor, Vehicle) else WALKER_MASS_KG


def control_vehicle(vehicle: Vehicle, control: VehicleControl) -> None:
    """Take over the pedals; values beyond their range are cut, as the original does."""
    vehicle.control = replace(
        control,
        throttle=min(max(control.throttle, 0.0), 1.0),
        steer=min(max(control.steer, -1.0), 1.0),
        brake=min(max(control.brake, 0.0), 1.0),
    )


def control_ackermann(vehicle: Vehicle, control: VehicleAckermannControl) -> None:
    """Turn a target speed (m/s) and steering angle (rad) into pedals: the speed error over one second, against 5 and 9 m/s2."""
    speed = vehicle.motion.forward_mps
    wanted = min(max(control.speed, -FASTEST_MPS), FASTEST_MPS)
    change = wanted - speed
    limit = abs(control.acceleration)
    change = min(max(change, -limit), limit) if limit > 0.0 else change
    reverse = wanted < 0.0 and speed < 0.5
    pushing = -change if reverse else change
    stopping = wanted == 0.0 and abs(speed) < 0.5
    control_vehicle(
        vehicle,
        VehicleControl(
            throttle=0.0 if stopping else max(pushing, 0.0) / 5.0 + (0.05 if pushing > -0.5 and not stopping else 0.0),
            steer=control.steer / MAX_STEER_RAD,
            brake=1.0 if stopping else max(-pushing - 0.5, 0.0) / 9.0,
            reverse=reverse,
        ),
    )


def set_physics(world: World, vehicle: Vehicle, physics: VehiclePhysicsControl) -> None:
    """Replace the physics of one vehicle; wheel positions are the vehicle's own and not taken over."""
    vehicle.physics = physics
    world.own_friction.pop(vehicle.id, None)


def control_walker(walker: Walker, control: WalkerControl) -> None:
    """Send a walker in a direction at a speed in m/s."""
    bounded(control.direction, FASTEST_MPS, "walker direction")
    bounded_number(control.speed, 0.0, FASTEST_WALK_MPS, "walker speed")
    walker.control = control


def place_in_crowd(world: World, walker: Walker, transform: Transform, speed: float) -> None:
    """Move a walker as the client's pedestrian navigation does: it sends place and speed every tick."""
    bounded_transform(transform)
    place_walker(walker, transform, bounded_number(speed, 0.0, FASTEST_WALK_MPS, "walker speed"), world.step_s())


def set_light(light: TrafficLight, state: int) -> None:
    """Show a colour; its time begins anew, so that it holds until it can be read back."""
    if state not in LIGHT_COLORS:
        raise Refused(f"state of a traffic light must be 0 to 4, got {state}")
    set_state(light, LightColor(state))


def _sum(a: Vector3D, b: Vector3D) -> Vector3D:
    return Vector3D(a.x + b.x, a.y + b.y, a.z + b.z)


def _scaled(a: Vector3D, factor: float) -> Vector3D:
    return Vector3D(a.x * factor, a.y * factor, a.z * factor)


def _cross(a: Vector3D, b: Vector3D) -> Vector3D:
    return Vector3D(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
