"""Pedestrians that walk by themselves: walkers with CARLA's AI controllers, which run in the client library."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import carla

from simgen.client.crowd import draw_walkers
from simgen.client.session import Session
from simgen.rng import derive_seed
from simgen.scenario.episode import Episode

_NEAR_M = 60.0
"""They start at most so far from the ego, where they can be seen."""
_TRIES = 40
"""Random places looked at per pedestrian, before one farther off is taken."""


@contextmanager
def pedestrians(session: Session, episode: Episode, near: carla.Location) -> Iterator[list[carla.Actor]]:
    """Let the episode's pedestrians walk about near a location, and give them; fewer where the map has no sidewalks."""
    world = session.world
    world.set_pedestrians_seed(derive_seed(episode.seed, "pedestrians", bits=30))
    world.set_pedestrians_cross_factor(episode.walkers.crossing)
    walkers: list[tuple[carla.Actor, float]] = []
    controllers: list[carla.Actor] = []
    try:
        for blueprint, speed in draw_walkers(world.get_blueprint_library(), episode.walkers, episode.seed):
            start = _start_near(world, near)
            walker = start and world.try_spawn_actor(blueprint, carla.Transform(start))
            if walker:
                walkers.append((walker, speed))
        session.tick()  # a controller needs to know where its walker is
        controller = world.get_blueprint_library().find("controller.ai.walker")
        controllers.extend(world.spawn_actor(controller, carla.Transform(), walker) for walker, _ in walkers)
        session.tick()
        _set_off(world, controllers, [speed for _, speed in walkers])
        yield [walker for walker, _ in walkers]
    finally:
        with suppress(RuntimeError):  # the server may be gone
            for started in controllers:
                started.stop()
            doomed = [*controllers, *(walker for walker, _ in walkers)]
            session.client.apply_batch_sync([carla.command.DestroyActor(actor.id) for actor in doomed], False)


def _start_near(world: carla.World, near: carla.Location) -> carla.Location | None:
    location = None
    for _ in range(_TRIES):
        location = world.get_random_location_from_navigation()
        if location is None or math.hypot(location.x - near.x, location.y - near.y) <= _NEAR_M:
            break
    if location is not None:
        location.z += 1.0  # the mesh lies on the ground, a walker's origin in the middle of its body
    return location


def _set_off(world: carla.World, controllers: list[carla.Actor], speeds: list[float]) -> None:
    for controller, speed in zip(controllers, speeds, strict=True):
        controller.start()
        target = world.get_random_location_from_navigation()
        if target is not None:
            controller.go_to_location(target)
        controller.set_max_speed(speed)
