"""A client program: Traffic Manager drives vehicles through a town, and every tick goes into a file for `judge`.

Run as a process of its own (`python traffic_run.py PORT TM_PORT VEHICLES SECONDS SEED HYBRID FILE.npz`), because the wheel's Traffic
Manager sometimes never returns from a tick: whoever starts it gives it a deadline and starts it again.
"""

from __future__ import annotations

import os
import random
import sys
import time

import carla
import numpy as np

DT_S = 0.05
SMALL = ("vehicle.tesla.model3", "vehicle.audi.tt", "vehicle.mini.cooper_s", "vehicle.ford.ambulance")
LARGE = ("vehicle.carlamotors.firetruck", "vehicle.mitsubishi.fusorosa", "vehicle.kawasaki.ninja")
SHARE_OF_LARGE = 0.25
HYBRID_RADIUS_M = 60.0
"""With hybrid physics, vehicles further from the hero are teleported along their lanes."""
COLUMNS = ("x", "y", "z", "pitch", "yaw", "vx", "vy", "at_light", "light_state", "speed_limit")


def main(port: int, tm_port: int, count: int, seconds: float, seed: int, hybrid: bool, path: str) -> None:
    client = carla.Client("127.0.0.1", port)
    client.set_timeout(60.0)
    world = client.get_world()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, DT_S
    world.apply_settings(settings)
    # A new episode begins at elapsed time 0. Without it the clock has run on for as long as the client took to come, and Traffic
    # Manager, which waits 2 s at stop signs, compares sums of floats that differ in their last bits.
    world = client.reload_world(False)
    manager = client.get_trafficmanager(tm_port)
    manager.set_synchronous_mode(True)
    manager.set_random_device_seed(seed)
    manager.set_global_distance_to_leading_vehicle(2.5)
    manager.set_hybrid_physics_mode(hybrid)
    manager.set_hybrid_physics_radius(HYBRID_RADIUS_M)
    vehicles = spawn(world, count, random.Random(seed))
    world.tick()
    for vehicle in vehicles:
        vehicle.set_autopilot(True, tm_port)
        manager.auto_lane_change(vehicle, vehicle.type_id not in LARGE)
    record(world, vehicles, round(seconds / DT_S), path)


def spawn(world: carla.World, count: int, rng: random.Random) -> list[carla.Vehicle]:
    places = world.get_map().get_spawn_points()
    rng.shuffle(places)
    library, vehicles = world.get_blueprint_library(), []
    for place in places:
        if len(vehicles) == count:
            break
        kinds = LARGE if rng.random() < SHARE_OF_LARGE else SMALL
        blueprint = library.find(rng.choice(kinds))
        blueprint.set_attribute("role_name", "autopilot" if vehicles else "hero")
        vehicle = world.try_spawn_actor(blueprint, place)
        if vehicle is not None:
            vehicles.append(vehicle)
    return vehicles


def record(world: carla.World, vehicles: list[carla.Vehicle], ticks: int, path: str) -> None:
    lights = sorted(world.get_actors().filter("traffic.traffic_light"), key=lambda light: light.id)
    rows = np.full((ticks, len(vehicles), len(COLUMNS)), np.nan)
    colours = np.zeros((ticks, len(lights)), np.uint8)
    durations = np.zeros(ticks)
    for tick in range(ticks):
        began = time.perf_counter()
        world.tick()
        durations[tick] = time.perf_counter() - began
        snapshot = world.get_snapshot()
        for i, vehicle in enumerate(vehicles):
            rows[tick, i] = row(vehicle, snapshot.find(vehicle.id))
        colours[tick] = [int(light.state) for light in lights]
    boxes = np.array([(v.bounding_box.extent.x, v.bounding_box.extent.y, v.bounding_box.location.x) for v in vehicles])
    names = np.array([light.get_opendrive_id() for light in lights])
    types = np.array([vehicle.type_id for vehicle in vehicles])
    np.savez_compressed(path, rows=rows, colours=colours, lights=names, boxes=boxes, types=types, durations=durations)


def row(vehicle: carla.Vehicle, state: carla.ActorSnapshot) -> tuple[float, ...]:
    transform, velocity = state.get_transform(), state.get_velocity()
    place, turned = transform.location, transform.rotation
    light = (vehicle.is_at_traffic_light(), int(vehicle.get_traffic_light_state()), vehicle.get_speed_limit())
    return (place.x, place.y, place.z, turned.pitch, turned.yaw, velocity.x, velocity.y, *light)


if __name__ == "__main__":
    port, tm_port, count, seconds, seed, hybrid, path = sys.argv[1:]
    main(int(port), int(tm_port), int(count), float(seconds), int(seed), hybrid == "hybrid", path)
    sys.stdout.flush()
    os._exit(0)  # the wheel sometimes aborts while it cleans up
