"""Drives a server through thousands of frames while actors come and go: python churn_client.py PORT PID TICKS MARK...

A process of its own, since the client library may crash. Prints one JSON object: the server's memory at each MARK in MB, and the
blueprints that have been there.
"""

from __future__ import annotations

import json
import os
import queue
import sys

import carla

TICK_S = 0.05
KEPT = 12
"""Vehicles and walkers that live at a time."""
CAMERA = {"image_size_x": "96", "image_size_y": "72", "fov": "90"}
STEP_TIMEOUT_S = 60.0


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024.0


class Crowd:
    """Actors that come, one by one of every blueprint in turn, and go after a while."""

    def __init__(self, world: carla.World) -> None:
        library = world.get_blueprint_library()
        self._world = world
        self._kinds = [*sorted(library.filter("vehicle.*"), key=lambda b: b.id), *sorted(library.filter("walker.*"), key=lambda b: b.id)]
        self._points = world.get_map().get_spawn_points()[:40]
        self._alive: list[carla.Actor] = []
        self.seen: set[str] = set()
        self._turn = 0

    def step(self) -> None:
        """Let one come, and the oldest go."""
        blueprint = self._kinds[(7 * self._turn) % len(self._kinds)]
        place = self._points[self._turn % len(self._points)]
        if blueprint.id.startswith("walker"):
            place.location.y += 1.5
        self._turn += 1
        actor = self._world.try_spawn_actor(blueprint, place)
        if actor is not None:
            self._alive.append(actor)
            self.seen.add(blueprint.id)
            _set_off(actor)
        while len(self._alive) > KEPT:
            self._alive.pop(0).destroy()


def _set_off(actor: carla.Actor) -> None:
    if isinstance(actor, carla.Walker):
        actor.apply_control(carla.WalkerControl(carla.Vector3D(1.0, 0.0, 0.0), 1.4))
    else:
        actor.apply_control(carla.VehicleControl(throttle=0.4))


def main(port: int, pid: int, ticks: int, marks: list[int]) -> None:
    client = carla.Client("127.0.0.1", port)
    client.set_timeout(STEP_TIMEOUT_S)
    world = client.get_world()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, TICK_S
    world.apply_settings(settings)
    world.tick()
    images: queue.Queue[int] = queue.Queue()
    sensor = _camera(world)
    sensor.listen(lambda image: images.put(image.frame))
    crowd, memory = Crowd(world), {}
    for tick in range(1, ticks + 1):
        crowd.step()
        frame = world.tick()
        while images.get(timeout=STEP_TIMEOUT_S) < frame:
            pass
        if tick in marks:
            memory[tick] = resident_mb(pid)
    print(json.dumps({"memory_mb": memory, "blueprints": len(crowd.seen)}), flush=True)
    os._exit(0)  # leaving Python with open streams aborts the client now and then


def _camera(world: carla.World) -> carla.Sensor:
    blueprint = world.get_blueprint_library().find("sensor.camera.rgb")
    for name, value in CAMERA.items():
        blueprint.set_attribute(name, value)
    place = world.get_map().get_spawn_points()[0]
    place.location.z += 6.0
    return world.spawn_actor(blueprint, place)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), [int(mark) for mark in sys.argv[4:]])
