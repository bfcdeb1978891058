"""What a dataset holds, in numbers that add up: each shard is counted by itself, and counts of shards are summed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import EVENT_KINDS, IMAGE_KINDS, Kind, Mount
from simgen.datatypes.tags import ObjectClass, Tag
from simgen.scenario.weather import Weather
from simgen.shards.encoding import decoded
from simgen.shards.manifest import find_shards
from simgen.shards.parallel import Tell, over, silent
from simgen.shards.reader import ShardReader
from simgen.shards.schema import DATA
from simgen.shards.tables import per_frame, ragged, ragged_counts, stored_bytes

Tally = dict[str, Any]
"""Nested dicts whose leaves are numbers; two of them add leaf by leaf."""

EVERY_READING = 10
"""Pixel shares are counted on the first, eleventh, twenty-first ... reading of each semantic camera of a shard."""

_PERCENT = (0.0, 1.0, 20.0, 40.0, 60.0, 80.0, 100.0)
EDGES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "distance_m": (0, 10, 20, 30, 50, 75, 100, 150, np.inf),
        "length_m": (0, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, np.inf),
        "visible_fraction": (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, np.inf),
        "height_px": (0, 10, 25, 50, 100, 200, 400, np.inf),
        "pedestrians": (0, 1, 2, 3, 5, 10, 20, 50, np.inf),
        "points": (0, 1, 100, 1000, 3000, 10000, 30000, 100000, 300000, np.inf),
        "sun_altitude_angle": (-90, -18, -6, 0, 10, 20, 45, np.inf),
        **{name: (*_PERCENT[:-1], np.inf) for name in ("cloudiness", "precipitation", "precipitation_deposits", "wetness")},
        **{name: (*_PERCENT[:-1], np.inf) for name in ("fog_density", "wind_intensity", "dust_storm")},
    }
)
"""Edges of the bins of every histogram; the last bin is open."""


def statistics(paths: Iterable[Path | str], processes: int = 1, tell: Tell = silent) -> Tally:
    """Return the counts over all shards of files and folders, in `processes` processes (0: one for each processor).

    Keys: shards, episodes, frames, hours, ego_km, bytes; streams, labels; boxes, pedestrians_per_frame, pixels, sweeps; drawn, events,
    scenarios, servers, maps, rigs, simgen_versions, seeds. Histograms are {"LOWER": count} with the lower edges of `EDGES`.
    Raises ShardError for a shard that cannot be read.
    """
    return reduce(added, over(measure, find_shards(paths), processes, tell), {})


def added(one: Tally, other: Tally) -> Tally:
    """Return the sum of two tallies, leaf by leaf; what stands in one only stays."""
    total = dict(one)
    for key, value in other.items():
        if key not in total:
            total[key] = value
        else:
            total[key] = added(total[key], value) if isinstance(value, dict) else total[key] + value
    return total


def measure(path: Path) -> Tally:
    """Return the counts of one shard."""
    with ShardReader(path) as shard:
        frames, first = len(shard), int(shard.part == 0)
        return {
            "shards": 1,
            "episodes": first,
            "frames": frames,
            "hours": frames / shard.tick_rate_hz / 3600.0,
            "ego_km": ego_km(per_frame(shard, "ego/world_from_ego", frames)),
            "bytes": path.stat().st_size,
            "streams": {mount.name: _stream(shard, mount) for mount in shard.rig.mounts},
            "labels": {"stored_bytes": stored_bytes(shard, "truth")},
            **_objects(shard),
            "pixels": _pixels(shard),
            "sweeps": {m.name: _sweeps(shard, m) for m in shard.rig.of_kind(Kind.LIDAR, Kind.RADAR)},
            "drawn": _drawn(shard.provenance) if first else {},
            "events": _events(shard),
            **_origin(shard, first),
        }


def ego_km(world_from_ego: NDArray[np.float64]) -> float:
    """Return the length in km of the way through poses (T, 4, 4); what lies between two shards is not counted."""
    steps = np.diff(world_from_ego[:, :3, 3], axis=0)
    return float(np.linalg.norm(steps, axis=1).sum() / 1000.0)


def histogram(values: NDArray[Any], edges: Sequence[float]) -> Tally:
    """Return {lower edge: count} of the bins that are not empty; values below the first edge count as in the first bin."""
    bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    counts = np.bincount(bins, minlength=len(edges) - 1)
    return {f"{edges[k]:g}": int(n) for k, n in enumerate(counts) if n}


# ---------------------------------------------------------------------- parts of a shard


def _stream(shard: ShardReader, mount: Mount) -> Tally:
    path, readings = f"streams/{mount.name}", len(shard.stream_ticks[mount.name])
    column = DATA[mount.kind]
    if mount.kind in IMAGE_KINDS:
        channels = 3 if mount.kind is Kind.RGB else 1
        raw = readings * mount.camera.width_px * mount.camera.height_px * channels * column.dtype.itemsize
    else:
        rows = int(ragged_counts(shard, path, readings).sum()) if column.ragged else readings
        raw = rows * column.dtype.itemsize * int(np.prod(column.shape or (1,), dtype=np.int64))  # type: ignore[arg-type]
    return {"kind": {mount.kind.value: 1}, "as": {_described(mount): 1}, "readings": readings, "raw_bytes": raw} | {
        "stored_bytes": stored_bytes(shard, path)
    }


def _described(mount: Mount) -> str:
    size = f" {mount.camera.width_px}x{mount.camera.height_px} fov {float(mount.attributes['fov']):g}" if mount.kind in IMAGE_KINDS else ""
    when = "on events" if mount.kind in EVENT_KINDS else f"{mount.rate_hz:g} Hz"
    return f"{mount.kind.value}{size}, {when}"


def _objects(shard: ShardReader) -> Tally:
    boxes, frame = ragged(shard, "truth/boxes3d", len(shard))
    views = [ragged(shard, f"truth/boxes2d/{device}", len(shard))[0] for device in shard.rig.cameras()]
    flat = np.concatenate(views) if views else None
    walkers = np.bincount(frame[boxes["object_class"] == ObjectClass.PEDESTRIAN], minlength=len(shard))
    present = sorted(set(boxes["object_class"].tolist()))
    return {
        "boxes": {_class_name(number): _class(number, boxes, flat) for number in present},
        "pedestrians_per_frame": histogram(walkers, EDGES["pedestrians"]),
    }


def _class(number: int, boxes: NDArray[Any], flat: NDArray[Any] | None) -> Tally:
    mine = boxes[boxes["object_class"] == number]
    content = {
        "boxes": len(mine),
        "seen": int((mine["visible_pixels"] > 0).sum()),
        "with_lidar_points": int((mine["lidar_points"] > 0).sum()),
        "distance_m": histogram(np.linalg.norm(mine["centre"][:, :2], axis=1), EDGES["distance_m"]),
        "length_m": histogram(mine["size"].max(axis=1), EDGES["length_m"]),
    }
    if flat is None:
        return content
    seen = flat[flat["object_class"] == number]
    return content | {
        "boxes2d": len(seen),
        "visible_fraction": histogram(seen["visible_fraction"], EDGES["visible_fraction"]),
        "height_px": histogram(seen["box"][:, 3] - seen["box"][:, 1], EDGES["height_px"]),
    }


def _class_name(number: int) -> str:
    known = {c.value: c.name.lower() for c in ObjectClass}
    return known.get(number, f"class_{number}")


def _pixels(shard: ShardReader) -> Tally:
    total = np.zeros(256, dtype=np.int64)
    for mount in shard.rig.of_kind(Kind.SEMANTIC):
        for row in range(0, len(shard.stream_ticks[mount.name]), EVERY_READING):
            total += np.bincount(decoded(shard.stored(mount.name, row), mount).reshape(-1), minlength=256)
    known = {tag.value: tag.name.lower() for tag in Tag}
    return {known.get(tag, f"tag_{tag}"): int(total[tag]) for tag in np.flatnonzero(total).tolist()}


def _sweeps(shard: ShardReader, mount: Mount) -> Tally:
    counts = ragged_counts(shard, f"streams/{mount.name}", len(shard.stream_ticks[mount.name]))
    return {"sweeps": len(counts), "points": int(counts.sum()), "points_per_sweep": histogram(counts, EDGES["points"])}


def _drawn(provenance: Mapping[str, Any]) -> Tally:
    """Return in which bins the drawn weather of an episode lies: {parameter: {lower edge: 1}}."""
    weather = drawn_weather(provenance)
    found: Tally = {name: histogram(np.array([weather[name]]), EDGES[name]) for name in weather if name in EDGES}
    return found | {"time_of_day": {time_of_day(weather["sun_altitude_angle"]): 1}} if weather else {}


def drawn_weather(provenance: Mapping[str, Any]) -> dict[str, float]:
    """Return the weather parameters that a shard's episode was drawn with; none where the shard does not say."""
    episode = provenance.get("episode")
    weather = episode.get("weather") if isinstance(episode, dict) else None
    names = Weather.__dataclass_fields__
    if not isinstance(weather, dict) or "sun_altitude_angle" not in weather:
        return {}
    return {name: float(weather[name]) for name in names if isinstance(weather.get(name), (int, float))}


def time_of_day(sun_altitude_deg: float) -> str:
    """Return "night" (sun below the horizon), "low_sun" (below 20 degrees) or "day"."""
    return "night" if sun_altitude_deg < 0 else "low_sun" if sun_altitude_deg < 20 else "day"


def scripted_events(shard: ShardReader) -> dict[str, tuple[int | None, int | None]]:
    """Return (started tick, done tick) of each scripted event of the episode; None for what did not happen."""
    events = shard.outcome.get("events")
    if not isinstance(events, dict):
        return {}
    ticks = {name: tuple(event.get(k) for k in ("started_tick", "done_tick")) for name, event in events.items() if isinstance(event, dict)}
    return {name: tuple(t if isinstance(t, int) else None for t in pair) for name, pair in ticks.items()}  # type: ignore[misc]


def _events(shard: ShardReader) -> Tally:
    """Return what happened in this shard; what did not happen at all counts in the first part."""
    found: Tally = {}
    for name, (started, done) in scripted_events(shard).items():
        here = [int(t is not None and bool((shard.ticks == t).any())) for t in (started, done)]
        found[name] = {"started": here[0], "done": here[1], "did_not_happen": int(started is None and shard.part == 0)}
    sensed = {m.name: len(shard.stream_ticks[m.name]) for m in shard.rig.mounts if m.kind in EVENT_KINDS}
    return {"scripted": found, "sensed": sensed}


def _origin(shard: ShardReader, first: int) -> Tally:
    said = shard.provenance
    scenario = str(said.get("scenario") or "unknown")
    return {
        "scenarios": {scenario: first},
        "servers": {str(said.get("server") or "unknown"): first},
        "maps": {str(said.get("map") or "unknown"): first},
        "rigs": {shard.rig.name: first},
        "simgen_versions": {shard.simgen_version: first},
        "tick_rates_hz": {f"{shard.tick_rate_hz:g}": first},
        "seeds": {scenario: {str(said.get("seed")): first}},
        "clips": int("clip" in said and first == 1),
    }
