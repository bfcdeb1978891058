"""Prints the SHA-256 of every image of four views in three weathers as JSON; run as a process of its own."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tools.town_views import Town, ahead

LAYERS = ("rgb", "depth", "semantic", "instance")
WEATHERS = ("noon", "rain", "wet night")


def digests() -> dict[str, str]:
    """Return digest by "view, weather, layer"."""
    town = Town.named("Avenue01")
    spots = {"street": town.street(0), "junction": town.junction(1), "other street": town.street(2)}
    spots["sidewalk"] = town.sidewalk(np.array(ahead(spots["street"], 20.0, 8.0)[:2]))
    for spot in spots.values():
        focus = np.array(ahead(spot, 30.0, 0.0)[:2])
        town.add_traffic(focus, 8, np.array([s.location[:2] for s in spots.values()]))
        town.add_people(focus, 8, 40.0)
    town.warm_up()
    found = {}
    for weather in WEATHERS:
        moment = town.moment(weather)
        for name, spot in spots.items():
            for layer in LAYERS:
                image = town.stage.images.image(spot.view(320, 240), layer, moment)
                found[f"{name}, {weather}, {layer}"] = hashlib.sha256(image.tobytes()).hexdigest()
    town.stage.close()
    return found


if __name__ == "__main__":
    print(json.dumps(digests()))
