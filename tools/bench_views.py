"""What `bench_render` runs in processes of its own: python -m tools.bench_views frames|scaling|start ..."""

from __future__ import annotations

import json
import sys
import time

BEGUN_WALL, BEGUN_CPU = time.perf_counter(), time.process_time()

from collections.abc import Callable, Sequence  # noqa: E402
from dataclasses import dataclass, replace  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from simgen.server.meshes import flattened, merged, selected  # noqa: E402
from simgen.server.scene import City, Mesh, Moment  # noqa: E402
from simgen.server.sensors import View  # noqa: E402
from simgen.server.world.step import step  # noqa: E402
from tools.bench_machine import timed  # noqa: E402
from tools.town_views import TICK_S, Spot, Town, ahead  # noqa: E402

WANTED_TRIANGLES = 350_000
ACTORS = 60
BLOCK_M = 110.0
"""Half the side of the block that is laid down many times."""
BLOCKS = (1, 2, 4, 8, 16)
LIDAR = (64, 1800)
"""Channels, and rays of each."""


@dataclass(frozen=True)
class Size:
    width: int
    height: int
    warm: int
    frames: int
    actors: int
    blocks: tuple[int, ...]
    places: int


SIZES = {"full": Size(800, 600, 4, 20, ACTORS, BLOCKS, 8), "small": Size(96, 72, 1, 2, 6, (1, 2), 2)}


# ---- frames of the town


def frames(size: Size, out: str) -> dict[str, Any]:
    """Measure our renderer, and write the scene for the peers."""
    town, spot = _town(size)
    view = spot.view(size.width, size.height, 90.0)
    images = town.stage.images
    seen: dict[str, list[Moment]] = {weather: [] for weather in ("noon", "night", "rain", "wet night")}

    def tick(k: int) -> None:
        step(town.world, TICK_S)
        for weather, moments in seen.items():
            moments.append(town.moment(weather))

    def draw(layers: Sequence[str], weather: str) -> Callable[[int], None]:
        # Moments are new objects for each case: what a renderer keeps of one must not help the next.
        moments = [replace(moment) for moment in seen[weather]]

        def act(k: int) -> None:
            for layer in layers:
                images.image(view, layer, moments[k])

        return act

    cases: dict[str, Any] = {"step": timed(tick, 0, size.warm + size.frames)}
    for name, layers, weather in (
        ("fresh", ("rgb",), "noon"),
        ("rgb", ("rgb",), "noon"),
        ("all", ("rgb", "depth", "semantic", "instance"), "noon"),
        ("labels", ("depth", "semantic", "instance"), "noon"),
        ("night", ("rgb",), "night"),
        ("rain", ("rgb",), "rain"),
        ("wet night", ("rgb",), "wet night"),
    ):
        cases[name] = timed(draw(layers, weather), size.warm, size.frames)
    moments = seen["noon"]
    cases["flow"] = timed(lambda k: images.flow(view, moments[k], view, moments[max(k - 1, 0)]), size.warm, size.frames)  # type: ignore[attr-defined]
    lidar = _lidar(town, spot, moments, size)
    from tools.bench_scene import write_scene

    triangles = write_scene(out, town, view, moments)
    description = images.description
    town.stage.close()
    told = {"width": size.width, "height": size.height, "spot": spot.location, "actors": _count(moments[0]), **triangles}
    return {"renderer": description, "scene": told, "cases": cases, "lidar": lidar}


def _town(size: Size) -> tuple[Town, Spot]:
    """Return the town with actors around the place from which about as many triangles as wanted are seen."""
    from tools.bench_scene import in_pyramid

    town = Town.named("Avenue01")
    spots = _places(town)
    flat = flattened(town.stage.city, town.stage.shapes)
    counts = [int(in_pyramid(flat, spot.view(size.width, size.height, 90.0)).sum()) for spot in spots]
    spot = spots[int(np.argmin(np.abs(np.array(counts) - WANTED_TRIANGLES)))]
    focus = np.array(ahead(spot, 30.0, 0.0)[:2])
    cars = town.add_traffic(focus, size.actors // 2, np.array([spot.location[:2]]))
    town.add_people(focus, size.actors - cars, 50.0)
    town.warm_up()
    return town, spot


def _places(town: Town) -> list[Spot]:
    return [make(k) for make in (town.street, town.junction) for k in range(4)]


def _count(moment: Moment) -> int:
    """Return how many vehicles and walkers a moment shows."""
    movers = {i for i, motion in moment.motions.items() if motion.type_id.startswith(("vehicle.", "walker."))}
    return len(movers & {placed.actor_id for placed in moment.placed})


def _lidar(town: Town, spot: Spot, moments: Sequence[Moment], size: Size) -> dict[str, Any]:
    channels, rays = LIDAR if size.frames > 2 else (4, 90)
    azimuth, elevation = np.meshgrid(np.linspace(-np.pi, np.pi, rays, endpoint=False), np.radians(np.linspace(10.0, -30.0, channels)))
    level = np.cos(elevation)
    directions = np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=-1).reshape(-1, 3)
    origin = np.add(spot.location, (0.0, 0.0, 0.8))
    figures = timed(lambda k: town.stage.rays.cast(origin, directions, 100.0, moments[k]), size.warm, size.frames)
    return {"rays": channels * rays, **figures}


# ---- many blocks


def scaling(size: Size) -> dict[str, Any]:
    """Measure rgb over the same block 1 to 16 times, for each of the places around which a block is cut out.

    A row tells the mean over the places of their medians, and each of them: the first is that of `frames` with its moving actors
    near, the others see the town alone. The camera stands in the middle of the first block, so what is nearer than `BLOCK_M` is the
    same in all rows. The other blocks lie before it and at its sides, none behind, where leaving them out would be free.
    """
    town, own = _town(size)
    moments = []
    for _ in range(size.warm + size.frames):
        step(town.world, TICK_S)
        moments.append(town.moment("noon"))
    places = [own, *(spot for spot in _places(town) if spot != own)][: size.places]
    found = [[_crowded(town, spot, count, size, moments) for count in size.blocks] for spot in places]
    town.stage.close()
    return {"rows": [_mean(count, [of_place[k] for of_place in found]) for k, count in enumerate(size.blocks)]}


def _crowded(town: Town, spot: Spot, count: int, size: Size, moments: Sequence[Moment]) -> dict[str, Any]:
    """Measure rgb from a place with `count` blocks."""
    from simgen.server.render.images import GLImages

    city = _repeated(_block(town.stage.city, spot), _grid(count, spot))
    view = spot.view(size.width, size.height, 90.0)
    images = GLImages(city, town.stage.shapes)
    for moment in moments:  # so that no posture is new to the renderer
        images.image(view, "rgb", moment)
    figures = timed(lambda k: images.image(view, "rgb", moments[k]), size.warm, size.frames)
    images.close()
    return {"triangles": _triangles(city, town), **figures}


def _mean(count: int, places: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return one row from what was measured at each place."""
    means = {name: round(float(np.mean([place[name] for place in places])), 4) for name in ("cpu_s", "wall_s")}
    triangles = int(np.mean([place["triangles"] for place in places]))
    return {"blocks": count, "triangles": triangles, **means, "cpu_s_of_places": [place["cpu_s"] for place in places]}


def _block(city: City, spot: Spot) -> City:
    """Return what stands in a square around the camera."""
    middle = np.array(spot.location[:2])
    inside = np.abs(city.mesh.positions[city.mesh.triangles[:, 0], :2] - middle).max(axis=1) < BLOCK_M
    copies = []
    for kind in city.copies:
        here = np.abs(kind.world_from_shape[:, :2, 3] - middle).max(axis=1) < BLOCK_M
        if here.any():
            copies.append(replace(kind, world_from_shape=kind.world_from_shape[here], tints=kind.tints[here], owners=kind.owners[here]))
    return City(selected(city.mesh, inside), city.objects, tuple(copies))


def _grid(count: int, spot: Spot) -> NDArray[np.float64]:
    """Return (count, 2) shifts of blocks: four columns at most, the first block where the camera is."""
    yaw = np.radians(spot.rotation[1])
    forward = np.round([np.cos(yaw), np.sin(yaw)])
    forward = forward if np.abs(forward).sum() == 1 else np.array([1.0, 0.0])
    right = np.array([-forward[1], forward[0]])
    cells = sorted(((i, j) for i in range(4) for j in (0, 1, -1, 2)), key=lambda cell: (cell[0] + abs(cell[1]), cell))
    return np.array([2.0 * BLOCK_M * (i * forward + j * right) for i, j in cells[:count]])


def _repeated(block: City, shifts: NDArray[np.float64]) -> City:
    """Return the block at each of the shifts."""
    meshes = [_shifted(block.mesh, shift) for shift in shifts]
    copies = []
    for kind in block.copies:
        matrices = np.repeat(kind.world_from_shape[None], len(shifts), axis=0)
        matrices[:, :, :2, 3] += shifts[:, None]
        n = len(shifts)
        copies.append(
            replace(kind, world_from_shape=matrices.reshape(-1, 4, 4), tints=np.tile(kind.tints, (n, 1)), owners=np.tile(kind.owners, n))
        )
    return City(merged(meshes), block.objects, tuple(copies))


def _shifted(mesh: Mesh, shift: NDArray[np.float64]) -> Mesh:
    return replace(mesh, positions=mesh.positions + np.array([*shift, 0.0], dtype=np.float32))


def _triangles(city: City, town: Town) -> int:
    still = len(city.mesh.triangles)
    return still + sum(len(kind.world_from_shape) * len(town.stage.shapes.mesh(kind.shape).triangles) for kind in city.copies)


# ---- start-up


def start() -> dict[str, Any]:
    """Measure from the start of this process to the first image."""
    marks = {"imports": _since()}
    town = Town.named("Avenue01")
    marks["map"] = _since()
    town.stage.city  # noqa: B018 - built when first asked for
    marks["city"] = _since()
    view: View = town.street(0).view(800, 600, 90.0)
    images = town.stage.images
    marks["renderer"] = _since()
    images.image(view, "rgb", town.moment("noon"))
    marks["first image"] = _since()
    told = dict(zip(marks, np.diff([0.0, *marks.values()]).round(2).tolist(), strict=True))
    return {"cpu_s": round(time.process_time(), 3), "wall_s": round(_since(), 3), "phases": told}


def _since() -> float:
    return time.perf_counter() - BEGUN_WALL


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "frames":
        print(json.dumps(frames(SIZES[rest[0]], rest[1])))
    elif what == "scaling":
        print(json.dumps(scaling(SIZES[rest[0]])))
    else:
        print(json.dumps(start()))
