"""A fixed gallery of the shipped towns, drawn by the GL renderer without a server process.

    python tools/gallery.py OUT.jpg [--small] [--views street,crowd] [--weathers noon,night] [--json]
    python tools/gallery.py OUT.jpg --lineup vehicles|people|props|plants|furniture [--small]

The first form is one sheet: rows are times of day and weathers, columns are views. Traffic and people are seeded actors of a `World`,
so wheels, postures and lights are those of a running server; two runs on one machine give the same pixels. The second form draws
every blueprint of a family (and every plant and piece of furniture that the towns use), each on neutral ground with its box.
OUT may end in .png.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simgen.rng import stream
from tools.town_views import WEATHERS, Spot, Town, ahead, draw_vehicle, draw_walker

Image = NDArray[np.uint8]

LABEL_PX = 18
SIZES = {False: (640, 360), True: (320, 180)}
VIEWS = ("street", "junction", "suburb", "crowd", "vehicles")
COLUMNS = 8
"""Of a line-up."""


@dataclass(frozen=True)
class Site:
    """A town with actors, and the named places to look at it from."""

    town: Town
    spots: dict[str, Spot]


def avenue() -> Site:
    """The busy town: street, junction, crowd and vehicles from near."""
    town = Town.named("Avenue01")
    driver = town.street(2)
    kerb = Spot(ahead(driver, 0.0, 1.3), (-5.0, driver.rotation[1] - 12.0, 0.0))
    spots = {"street": town.street(0), "junction": town.junction(1), "vehicles": kerb}
    spots["crowd"] = town.sidewalk(np.array(ahead(spots["street"], 20.0, 8.0)[:2]))
    free = np.array([spot.location[:2] for spot in spots.values()])
    _add_close_vehicles(town, driver)
    _add_crowd(town, spots["crowd"])
    for name, forward in (("street", 35.0), ("junction", 45.0), ("vehicles", 60.0)):
        focus = np.array(ahead(spots[name], forward, 0.0)[:2])
        town.add_traffic(focus, 18, free)
        town.add_people(focus, 24, 45.0, seed=len(name))
    town.warm_up()
    return Site(town, spots)


def suburb() -> Site:
    """The quiet town: one street."""
    town = Town.named("Suburb01")
    spots = {"suburb": town.street(1)}
    here = np.array(spots["suburb"].location[:2])
    town.add_traffic(here, 20, here[None])
    town.add_people(np.array(ahead(spots["suburb"], 20.0, 0.0)[:2]), 16, 40.0)
    town.warm_up()
    return Site(town, spots)


def _add_close_vehicles(town: Town, spot: Spot) -> None:
    """Put vehicles of different kinds on the lanes in front of the camera, a few metres apart."""
    rng = stream(0, "close vehicles")
    for forward in (7.0, 15.0, 24.0, 34.0):
        for right in (0.0, -3.5, -7.0, -10.5):
            lane = town.lane_place(ahead(spot, forward - 0.4 * right + float(rng.uniform(-1.0, 1.0)), right))
            town.spawn_vehicle(draw_vehicle(rng), lane, rng)


def _add_crowd(town: Town, spot: Spot) -> None:
    """Put people on the sidewalk in front of the camera."""
    rng = stream(0, "crowd")
    for forward in np.arange(2.2, 16.0, 0.8):
        right = float(rng.uniform(-1.1, 1.1))
        yaw = spot.rotation[1] + float(rng.choice((0.0, 180.0, 180.0, 90.0))) + float(rng.normal(0.0, 12.0))
        town.spawn_walker(draw_walker(rng), ahead(spot, float(forward), right), yaw, float(rng.choice((0.0, 1.2, 1.4, 3.0))))


def pictures(site: Site, weathers: Sequence[str], views: Sequence[str], size: tuple[int, int]) -> Iterator[tuple[str, str, Image, float]]:
    """Yield (weather, view, (H, W, 3) BGR, CPU seconds)."""
    for weather in weathers:
        moment = site.town.moment(weather)
        for name in (name for name in views if name in site.spots):
            begun = time.process_time()
            image = site.town.stage.images.image(site.spots[name].view(*size), "rgb", moment)[..., :3]
            yield weather, name, np.ascontiguousarray(image), time.process_time() - begun


def sheet(tiles: dict[tuple[str, str], Image], rows: Sequence[str], columns: Sequence[str]) -> Image:
    """Return all tiles in a grid, each below a thin label."""
    lines = [np.concatenate([labelled(tiles[row, column], f"{column}, {row}") for column in columns], axis=1) for row in rows]
    return np.concatenate(lines, axis=0)


def labelled(image: Image, text: str) -> Image:
    """Return an image with a line of text above it."""
    strip = np.full((LABEL_PX, image.shape[1], 3), 255, dtype=np.uint8)
    cv2.putText(strip, text, (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return np.concatenate([strip, image], axis=0)


def write(path: Path, image: Image) -> None:
    """Write a .jpg or .png. Raises SystemExit when that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = [int(cv2.IMWRITE_JPEG_QUALITY), 90] if path.suffix.lower() in (".jpg", ".jpeg") else []
    if not cv2.imwrite(str(path), image, options):
        raise SystemExit(f"OUT must be a writable .jpg or .png, got {path}")


def draw_gallery(weathers: Sequence[str], views: Sequence[str], size: tuple[int, int]) -> tuple[Image, dict[str, float]]:
    """Return the sheet and the CPU seconds of each picture, first frames included."""
    tiles: dict[tuple[str, str], Image] = {}
    seconds: dict[str, float] = {}
    for make, names in ((avenue, {"street", "junction", "crowd", "vehicles"}), (suburb, {"suburb"})):
        if not names & set(views):
            continue
        site = make()
        for weather, name, image, cpu_s in pictures(site, weathers, views, size):
            tiles[weather, name] = image
            seconds[f"{name}, {weather}"] = round(cpu_s, 3)
        site.town.stage.close()
    return sheet(tiles, weathers, views), seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, draw, write, and tell the SHA-256 of the pixels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--small", action="store_true", help="tiles of 320x180 instead of 640x360")
    parser.add_argument("--views", default=",".join(VIEWS))
    parser.add_argument("--weathers", default=",".join(WEATHERS))
    parser.add_argument("--lineup", choices=("vehicles", "people", "props", "plants", "furniture"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.lineup:
        from tools.lineup import draw_lineup

        image, seconds = draw_lineup(options.lineup, options.small), {}
    else:
        image, seconds = draw_gallery(_chosen(options.weathers, WEATHERS), _chosen(options.views, VIEWS), SIZES[options.small])
    write(options.out, image)
    digest = hashlib.sha256(image.tobytes()).hexdigest()
    told = {"file": str(options.out), "sha256": digest, "cpu_s": seconds}
    print(json.dumps(told) if options.json else f"{options.out}: {image.shape[1]}x{image.shape[0]}, pixels {digest[:16]}")
    return 0


def _chosen(text: str, known: Sequence[str] | dict[str, object]) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if word not in known:
            raise SystemExit(f"views and weathers must be of {', '.join(known)}, got {word}")
    return words


if __name__ == "__main__":
    sys.exit(main())
