"""The statistics of a dataset for people: a terminal's text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simgen.shards.statistics import EVERY_READING, Tally

_BAR = 24


def statistics_text(tally: Tally) -> str:
    """Return the statistics as lines of text."""
    lines = [
        f"{tally['episodes']} episodes in {tally['shards']} shards, {tally['frames']} frames, {tally['hours']:.3f} h,"
        f" {tally['ego_km']:.3f} km driven, {megabytes(tally['bytes'])}",
        "",
        "streams" + " " * 17 + "readings     stored  of raw",
        *(_stream_line(name, stream) for name, stream in tally["streams"].items()),
        f"  {'labels':22}{'':9}{megabytes(tally['labels']['stored_bytes']):>11}",
        "",
        "boxes" + " " * 16 + "all      seen  with points",
        *(f"  {name:14}{c['boxes']:10}{c['seen']:10}{c['with_lidar_points']:13}" for name, c in sorted(tally["boxes"].items())),
    ]
    for name, content in sorted(tally["boxes"].items()):
        for key in ("distance_m", "length_m", "visible_fraction", "height_px"):
            lines += _bars(f"{name}, {key} from", content.get(key, {}))
    lines += _bars("pedestrians per frame, from", tally["pedestrians_per_frame"])
    lines += _bars(f"pixels by tag (every {EVERY_READING}th reading)", tally["pixels"], sort=False)
    for name, sweep in tally["sweeps"].items():
        mean = sweep["points"] / max(1, sweep["sweeps"])
        lines += _bars(f"{name}: {mean:.0f} points a sweep; from", sweep["points_per_sweep"])
    for name, counts in tally["drawn"].items():
        lines += _bars(f"drawn {name}, episodes from", counts)
    for title in ("scenarios", "maps", "servers", "rigs", "simgen_versions"):
        lines += ["", f"{title}: " + ", ".join(f"{name} ({n})" for name, n in sorted(tally[title].items()))]
    return "\n".join([*lines, *_event_lines(tally["events"])])


def megabytes(size: float) -> str:
    """Return a size as text."""
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.2f} GB"


def compression(stream: Mapping[str, Any]) -> float:
    """Return raw bytes over stored bytes of a stream's entry; 0 where nothing is stored."""
    return float(stream["raw_bytes"] / stream["stored_bytes"]) if stream["stored_bytes"] else 0.0


def seed_ranges(seeds: Mapping[str, int]) -> str:
    """Return seeds as "1-3, 7": runs of consecutive numbers in order, and what is no number after them."""
    numbers = sorted({int(s) for s in seeds if s.isascii() and s.isdecimal()})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    others = sorted(s for s in seeds if not (s.isascii() and s.isdecimal()))
    return ", ".join([f"{a}-{b}" if a != b else f"{a}" for a, b in runs] + others)


def _stream_line(name: str, stream: Mapping[str, Any]) -> str:
    return f"  {name:22}{stream['readings']:9}{megabytes(stream['stored_bytes']):>11}{compression(stream):7.1f}x  {', '.join(stream['as'])}"


def _bars(title: str, counts: Mapping[str, int], sort: bool = True) -> list[str]:
    total = sum(counts.values())
    if not total:
        return []
    keys = sorted(counts, key=number) if sort else sorted(counts, key=lambda k: (-counts[k], k))
    most = max(counts.values())
    bars = [f"  {key:>14} {'#' * -(-_BAR * counts[key] // most):{_BAR}} {100 * counts[key] / total:5.1f} %  {counts[key]}" for key in keys]
    return ["", title, *bars]


def number(text: str) -> tuple[float, str]:
    """Return a key that sorts texts as numbers, and after them what is no number."""
    try:
        return float(text), text
    except ValueError:
        return float("inf"), text


def _event_lines(events: Mapping[str, Any]) -> list[str]:
    scripted = [
        f"  {name}: started {e['started']}, done {e['done']}, did not happen {e['did_not_happen']}"
        for name, e in sorted(events["scripted"].items())
    ]
    sensed = [f"  {name}: {count} readings" for name, count in sorted(events["sensed"].items())]
    return ["", "events", *scripted, *sensed] if scripted or sensed else []
