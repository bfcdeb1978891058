"""What happened in an episode: scripted events and messages of event sensors, as spans of ticks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from simgen.datatypes.rig import EVENT_KINDS, Kind, Mount
from simgen.shards.reader import ShardReader

_JOIN_S = 0.5
"""Messages of one sensor closer than this are one moment: a collision sends one in every tick that it lasts."""


@dataclass(frozen=True)
class Moment:
    """Something that happened from `start_tick` to `stop_tick`, both inclusive."""

    kind: str
    """"script" or the value of the sensor's `Kind`."""
    name: str
    text: str
    start_tick: int
    stop_tick: int


def moments(shard: ShardReader) -> list[Moment]:
    """Return what happened within the ticks of a shard, by time."""
    found = [*_scripted(shard.outcome, int(shard.ticks[-1]) if len(shard) else 0)]
    for mount in shard.rig.of_kind(*EVENT_KINDS):
        found += _messages(shard, mount)
    first, last = (int(shard.ticks[0]), int(shard.ticks[-1])) if len(shard) else (0, -1)
    return sorted((m for m in found if m.stop_tick >= first and m.start_tick <= last), key=lambda m: (m.start_tick, m.name))


def _scripted(outcome: dict[str, Any], last_tick: int) -> Iterator[Moment]:
    """Yield the events of the script that began; `outcome` comes from a file and may be anything."""
    events = outcome.get("events") if isinstance(outcome, dict) else None
    for name, event in events.items() if isinstance(events, dict) else ():
        start = event.get("started_tick") if isinstance(event, dict) else None
        if isinstance(start, int):
            done = event.get("done_tick")
            stop = done if isinstance(done, int) else last_tick
            yield Moment("script", str(name), f"{name} begins" + ("" if isinstance(done, int) else ", not done"), start, max(start, stop))


def _messages(shard: ShardReader, mount: Mount) -> Iterator[Moment]:
    ticks = shard.stream_ticks[mount.name].astype(np.int64)
    if not len(ticks):
        return
    starts = np.flatnonzero(np.diff(ticks, prepend=-(1 << 40)) > _JOIN_S * shard.tick_rate_hz)
    for start, stop in zip(starts, [*starts[1:], len(ticks)], strict=True):
        text = _told(mount.kind, shard.stored(mount.name, int(start)))
        yield Moment(mount.kind.value, mount.name, text, int(ticks[start]), int(ticks[stop - 1]))


def _told(kind: Kind, rows: np.ndarray) -> str:
    if not len(rows):
        return kind.value
    if kind is Kind.COLLISION:
        other = int(rows["other_id"][0])
        newton_seconds = float(np.linalg.norm(rows["impulse"][0]))
        return f"collision with {f'object {other}' if other else 'scenery'}, {newton_seconds:.0f} N s"
    if kind is Kind.OBSTACLE:
        return f"obstacle {int(rows['other_id'][0])} at {float(rows['distance'][0]):.1f} m"
    return "lane marking crossed"
