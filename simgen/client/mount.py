"""Mounting a rig: one CARLA sensor per mount, attached to the ego, with its messages going into an inbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import carla

from simgen.client.collect import EVERY_TICK, Inbox
from simgen.client.session import Session
from simgen.datatypes.rig import BLUEPRINTS, EVENT_KINDS, Mount, Rig
from simgen.errors import ConfigError
from simgen.geometry.pose import carla_from_pose
from simgen.rng import derive_seed
from simgen.scenario.devices import cycle_ticks
from simgen.scenario.schema import closest

_ROUNDING = 2e-7
"""Servers may sum up time in single precision: over a period of k ticks the error is below k^2 times this, in ticks."""


@contextmanager
def mount_rig(session: Session, ego: carla.Vehicle, rig: Rig, seed: int) -> Iterator[list[Inbox]]:
    """Spawn and listen to all sensors, in rig order, between two ticks: their schedules all begin with the next one."""
    sensors: list[carla.Sensor] = []
    inboxes = [Inbox(mount) for mount in rig.mounts]
    try:
        for inbox in inboxes:
            sensor = _spawn(session, ego, inbox.mount, seed)
            sensors.append(sensor)
            sensor.listen(inbox.messages.put)
        yield inboxes
    finally:
        _unmount(session, sensors)


def warm_up(session: Session, rig: Rig, least_s: float) -> int:
    """Tick until all scheduled sensors are due together at the NEXT tick; returns how many ticks it took.

    It also gives the streams time to connect, the IMU its history and a LiDAR its first revolution.
    """
    cycle = cycle_ticks(rig, 1.0 / session.dt_s)
    cycles = max(1, -(-round(least_s / session.dt_s) // cycle))
    for _ in range(cycle * cycles):
        session.tick()
    return cycle * cycles


def _spawn(session: Session, ego: carla.Vehicle, mount: Mount, seed: int) -> carla.Sensor:
    blueprint = session.world.get_blueprint_library().find(BLUEPRINTS[mount.kind])
    for name, value in mount.attributes.items():
        if not blueprint.has_attribute(name):
            hint = closest(name, [attribute.id for attribute in blueprint])
            raise ConfigError(f"rig.devices.{mount.device}.attributes.{name} must be an attribute of {blueprint.id}, got {name}{hint}")
        blueprint.set_attribute(name, value)
    if blueprint.has_attribute("noise_seed"):
        blueprint.set_attribute("noise_seed", str(derive_seed(seed, "sensor", mount.name, bits=30)))
    if blueprint.has_attribute("sensor_tick"):
        blueprint.set_attribute("sensor_tick", repr(sensor_tick(mount, session.dt_s)))
    (x, y, z), (pitch, yaw, roll) = carla_from_pose(mount.ego_from_sensor)
    transform = carla.Transform(carla.Location(x, y, z), carla.Rotation(pitch, yaw, roll))
    return session.world.spawn_actor(blueprint, transform, attach_to=ego)


def sensor_tick(mount: Mount, dt_s: float) -> float:
    """Return the period to ask of the server, in seconds; 0 is every tick.

    Periods are shortened by more than the rounding of the sums of floats that the server makes of them, so that no sensor
    fires a tick late. The shares add up: after some hundred seconds of a period of 100 ticks a sensor would fire a tick early,
    which the collector reports.
    """
    ticks = 1.0 / (mount.rate_hz * dt_s)
    if mount.kind in EVERY_TICK | EVENT_KINDS or ticks <= 1.0 + 1e-9:
        return 0.0
    return (ticks - _ROUNDING * ticks * ticks) * dt_s


def _unmount(session: Session, sensors: list[carla.Sensor]) -> None:
    with suppress(RuntimeError):  # the server may be gone
        for sensor in sensors:
            sensor.stop()
        time.sleep(0.2)  # the client library aborts when a sensor goes while its stream is still being closed
        session.client.apply_batch_sync([carla.command.DestroyActor(sensor.id) for sensor in sensors], False)
