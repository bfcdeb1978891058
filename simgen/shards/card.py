"""The card of a dataset: what it is, how it was made, what is in it, and what it is not; for people and as Croissant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simgen.datatypes.tags import ObjectClass, Tag
from simgen.errors import ShardError
from simgen.shards.croissant import CROISSANT, File, croissant_json
from simgen.shards.manifest import MANIFEST, read_manifest, sha256_of
from simgen.shards.statistics import Tally, statistics
from simgen.shards.statistics_text import compression, megabytes, number, seed_ranges
from simgen.shards.whole import write_whole

CARD = "card.md"

LABELS = f"""## Labels

* 3D boxes (`truth/boxes3d`): pose, full size, velocity and class of every actor within the recording's radius of the ego, and of every
  farther one that a camera or a LiDAR sees. The ego has no box. `visible_pixels` and `lidar_points` count what the sensors of the frame
  saw of it: filter by them for what a detector can find.
* 2D boxes (`truth/boxes2d/CAMERA`): the extremes of the actor's id in the instance image, exactly, and beside it the projected 3D box.
  `visible_fraction` is the visible share of the pixels within the projected 3D box's hull.
* Lanes: centre lines and boundaries of the map near the ego, in 3D and in each camera. Lights: state and place.
* Labels are made from clean readings; noise, where it was asked for, is added to the readings afterwards.

Object classes: {", ".join(f"{c.value} {c.name.lower()}" for c in ObjectClass)}.

Semantic tags (CARLA 0.9.16): {", ".join(f"{t.value} {t.name.lower()}" for t in Tag)}.

## Frames and units

Metres, radians, seconds; right-handed: x forward, y left, z up. Labels are in the ego frame, whose origin is on the ground under the
ego's middle; points are in their sensor's frame. Poses are 4x4 matrices named OUTER_from_INNER. Depth is in metres along the optical axis.

## Known limits

* All of it is simulated. No real person, vehicle or place is in it; models trained on it alone meet other light, materials, sensors and
  behaviour on real roads.
* Visible fraction compares with the projected 3D box, not with the unoccluded silhouette.
* A walker's box is CARLA's: swinging arms and legs reach out of it.
* LiDAR intensity is CARLA's attenuation law without the reflectance of materials; weather does not reach LiDAR and radar.
* Actor ids in instance images are CARLA's 16 bits.
* Frames of one episode are alike: split by episode or scenario (`simgen split`), never by frame.
"""
READING = """## Reading

```python
from simgen.shards.reader import ShardReader

with ShardReader("NAME.h5") as shard:
    truth = shard.truth(0)
    image = shard.reading("front.rgb", 0)
```

Shards are HDF5; `h5py` with `hdf5plugin` reads them without simgen. `manifest.json` lists them with their hashes;
`simgen verify FOLDER` checks every byte.
"""
READING_TARS = """## Reading

Tar files of WebDataset's layout: `EPISODE/TICK.SENSOR.KIND.EXTENSION`, with `meta.json` (poses) and `truth.npz` (labels) for each frame.
Depth images are CARLA's: metres = (R + 256 G + 65536 B) * 1000 / (2**24 - 1). `simgen convert FOLDER to=shards out=DIR` gives the
shards again, to the byte.
"""
LICENCE = """## Licence

The data belong to who made them, who states their licence. simgen, the program, is under the MIT licence and claims nothing on its output.
"""


def write_card(folder: Path | str, tally: Tally | None = None, processes: int = 1) -> Path:
    """Write `card.md` and `croissant.json` beside the manifest of a folder of shards; returns the path of the first.

    The same shards give the same bytes. `tally` are its statistics, which are counted where it is not given. Raises ShardError where
    there is no manifest or a shard cannot be read.
    """
    folder = Path(folder)
    entries = read_manifest(folder)
    if entries is None:
        raise ShardError(f"folder must have a {MANIFEST}, got none ({folder})")
    files = [File(e["path"], e["bytes"], e["sha256"], "application/x-hdf5") for e in entries.values()]
    names = ("path", "bytes", "sha256", "frames", "scenario", "seed", "part", "parts")
    return write_description(folder, tally or statistics([folder], processes), files, MANIFEST, "shards", names, READING)


def write_description(folder: Path, tally: Tally, files: Sequence[File], table: str, rows: str, names: Sequence[str], reading: str) -> Path:
    """Write card and Croissant description of `files`, which the JSON file `table` lists under `rows` with the fields `names`."""
    listed = folder / table
    about = File(table, listed.stat().st_size, sha256_of(listed), "application/json")
    content = croissant_json(summary(tally), sorted(tally["simgen_versions"]), files, about, rows, names)
    write_whole(folder / CROISSANT, content, "description")
    return write_whole(folder / CARD, card_text(tally, reading).encode(), "card")


def summary(tally: Tally) -> str:
    """Return the dataset in one paragraph."""
    sensors = ", ".join(sorted({kind for stream in tally["streams"].values() for kind in stream["kind"]}))
    return (
        f"Simulated driving data: {tally['episodes']} episodes, {tally['frames']} frames, {tally['hours']:.3f} h, {tally['ego_km']:.3f} km"
        f" driven. Sensors: {sensors}. Labels: 3D and 2D boxes, lanes, traffic lights. Scenarios: {', '.join(sorted(tally['scenarios']))}."
        " Made by simulation with simgen; no real person or place is in it."
    )


def card_text(tally: Tally, reading: str = READING) -> str:
    """Return the card as Markdown."""
    parts = ["# Dataset card", summary(tally), _origin(tally), _sensors(tally), _content(tally), LABELS, reading, LICENCE]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _origin(tally: Tally) -> str:
    rows = [
        ("simgen", _counts(tally["simgen_versions"])),
        ("servers", _counts(tally["servers"])),
        ("maps", _counts(tally["maps"])),
        ("rigs", _counts(tally["rigs"])),
        ("tick rates, Hz", _counts(tally["tick_rates_hz"])),
        ("clips cut out of episodes", str(tally["clips"])),
    ]
    seeds = [(name, f"seeds {seed_ranges(tally['seeds'][name])}") for name in sorted(tally["seeds"])]
    rows_of = [f"| {name} | {text} |" for name, text in [*rows, *((f"scenario {n}", s) for n, s in seeds)]]
    return (
        "## Origin\n\n| what | which (episodes) |\n|---|---|\n"
        + "\n".join(rows_of)
        + ("\n\nThe resolved configuration and every drawn value stand in each shard under `provenance`, what happened under `outcome`.")
    )


def _sensors(tally: Tally) -> str:
    rows = [
        f"| {name} | {'; '.join(sorted(s['as']))} | {s['readings']} | {megabytes(s['stored_bytes'])} | {compression(s):.1f} |"
        for name, s in tally["streams"].items()
    ]
    return "## Sensors\n\n| stream | what | readings | stored | raw / stored |\n|---|---|---|---|---|\n" + "\n".join(rows)


def _content(tally: Tally) -> str:
    rows = [
        f"| {name} | {c['boxes']} | {c['seen']} | {c['with_lidar_points']} | {c.get('boxes2d', 0)} |"
        for name, c in sorted(tally["boxes"].items())
    ]
    lines = [
        "## Content\n\n| class | 3D boxes | seen by a camera | with LiDAR points | 2D boxes |\n|---|---|---|---|---|\n" + "\n".join(rows),
        "Boxes are counted at every tick; what sees them is counted at the ticks at which it measured.",
        *(f"{title}: {text}." for title, text in _shares(tally) if text),
    ]
    return "\n\n".join(lines)


def _shares(tally: Tally) -> list[tuple[str, str]]:
    drawn = tally["drawn"]
    events = [f"{n} {json.dumps(e)}" for n, e in sorted(tally["events"]["scripted"].items())]
    return [
        ("Pedestrians per frame (frames, by least number)", _counts(tally["pedestrians_per_frame"], share=True)),
        ("Pixels by semantic tag", _counts(tally["pixels"], share=True)),
        ("Time of day (episodes)", _counts(drawn.get("time_of_day", {}))),
        ("Drawn precipitation, percent (episodes, by least value)", _counts(drawn.get("precipitation", {}))),
        ("Drawn fog density, percent (episodes, by least value)", _counts(drawn.get("fog_density", {}))),
        ("Scripted events", ", ".join(events)),
    ]


def _counts(counts: Mapping[str, Any], share: bool = False) -> str:
    """Return "NAME (COUNT)" of each: numbers in their order, names from the most frequent on."""
    total = sum(counts.values())
    numeric = all(number(name)[0] < float("inf") for name in counts)
    names = sorted(counts, key=number) if numeric else sorted(counts, key=lambda name: (-counts[name], name))
    return ", ".join(f"{n} ({counts[n] / total:.1%})" if share and total else f"{n} ({counts[n]})" for n in names)
