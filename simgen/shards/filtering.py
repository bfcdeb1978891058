"""Finds the frames for which conditions hold, and cuts them out as shards of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import EVENT_KINDS
from simgen.errors import ConfigError
from simgen.shards.card import write_card
from simgen.shards.conditions import Condition, parse
from simgen.shards.copying import Run, copy_clip
from simgen.shards.episodes import Episode, find_episodes
from simgen.shards.folders import whole_folder
from simgen.shards.manifest import write_manifest
from simgen.shards.merging import plan_names
from simgen.shards.parallel import Tell, over, silent
from simgen.shards.reader import ShardReader
from simgen.shards.statistics import scripted_events


@dataclass(frozen=True)
class Wish:
    """Which frames are wanted."""

    terms: tuple[str, ...]
    """All must hold; see `conditions`."""
    around_s: float = 0.0
    """Frames this near in time to one for which they hold are wanted too."""
    least_s: float = 0.0
    """Shorter runs are dropped."""

    def conditions(self) -> list[Condition]:
        """Return the parsed terms. Raises ConfigError for one that is none."""
        return [parse(term) for term in self.terms]


@dataclass(frozen=True)
class Clip:
    """One run of wanted frames of an episode, which may go over several of its shards."""

    runs: tuple[Run, ...]
    first_tick: int
    last_tick: int

    @property
    def frames(self) -> int:
        return sum(run.stop - run.start for run in self.runs)


@dataclass(frozen=True)
class Found:
    """The clips of one episode."""

    episode: Episode
    clips: tuple[Clip, ...]
    events: tuple[str, ...]
    """Names of its scripted events."""

    def to_dict(self) -> dict[str, Any]:
        """Return the clips by shard as JSON values: [first tick, last tick] of each."""
        return {
            "episode": str(self.episode.path),
            "frames": sum(clip.frames for clip in self.clips),
            "of": self.episode.frames,
            "clips": [
                {
                    "first_tick": clip.first_tick,
                    "last_tick": clip.last_tick,
                    "shards": [{"path": str(r.shard), "start": r.start, "stop": r.stop} for r in clip.runs],
                }
                for clip in self.clips
            ],
        }


def find(paths: Sequence[Path | str], wish: Wish, processes: int = 1, tell: Tell = silent) -> list[Found]:
    """Return the wanted clips of every episode. Raises ConfigError for a condition that is none, or on an event that no episode has."""
    conditions = wish.conditions()
    episodes = find_episodes(paths, processes)
    found = list(over(partial(_find, wish), episodes, processes, tell))
    _require_events(conditions, {name for one in found for name in one.events})
    return found


def cut_out(found: Sequence[Found], wish: Wish, out: Path, inputs: Sequence[Path], processes: int = 1, tell: Tell = silent) -> int:
    """Write each clip as a shard "NAME.FIRST-LAST.h5" into the new folder `out`, with manifest and card; returns how many.

    Rows are copied as they stand. Ticks stay those of the episode, so sensors keep their schedule. Raises ConfigError where there is
    no clip at all.
    """
    if not any(one.clips for one in found):
        raise ConfigError(f"conditions must hold for at least one frame, got none ({' and '.join(wish.terms)})")
    names, _ = plan_names([one.episode for one in found], "rename")
    with whole_folder(out, inputs) as folder:
        jobs = [(clip, folder / clip_name(names[f.episode], clip), wish.terms) for f in found if f.episode in names for clip in f.clips]
        for _ in over(_cut, jobs, processes, tell):
            pass
        write_manifest(folder)
        write_card(folder, processes=processes)
    return len(jobs)


def clip_name(episode: str, clip: Clip) -> str:
    """Return the file name of a clip: "crossing-7.h5" gives "crossing-7.000120-000199.h5"."""
    return f"{Path(episode).stem}.{clip.first_tick:06d}-{clip.last_tick:06d}.h5"


def widened(keep: NDArray[np.bool_], frames: int) -> NDArray[np.bool_]:
    """Return (T,) where `keep` (T,) is true within `frames` frames."""
    before = np.concatenate([[0], np.cumsum(keep)])
    at = np.arange(len(keep))
    wide: NDArray[np.bool_] = before[np.minimum(at + frames + 1, len(keep))] > before[np.maximum(at - frames, 0)]
    return wide


def runs_of(keep: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


# ---------------------------------------------------------------------- one episode


def _find(wish: Wish, episode: Episode) -> Found:
    conditions = wish.conditions()
    keep, ticks, places, events, rate_hz = [], [], [], set(), 1.0
    for part in episode.parts:
        with ShardReader(part) as shard:
            keep.append(np.logical_and.reduce([c.holds(shard) for c in conditions], axis=0))
            ticks.append(shard.ticks.astype(np.int64))
            places += [(part, frame) for frame in range(len(shard))]
            events |= set(scripted_events(shard))
            rate_hz = shard.tick_rate_hz
    wanted = widened(np.concatenate(keep), round(wish.around_s * rate_hz))
    runs = [(a, b) for a, b in runs_of(wanted) if b - a >= wish.least_s * rate_hz]
    all_ticks = np.concatenate(ticks)
    return Found(episode, tuple(_clip(a, b, all_ticks, places) for a, b in runs), tuple(sorted(events)))


def _clip(start: int, stop: int, ticks: NDArray[np.int64], places: Sequence[tuple[Path, int]]) -> Clip:
    runs: list[Run] = []
    for path, frame in places[start:stop]:
        if runs and runs[-1].shard == path:
            runs[-1] = Run(path, runs[-1].start, frame + 1)
        else:
            runs.append(Run(path, frame, frame + 1))
    return Clip(tuple(runs), int(ticks[start]), int(ticks[stop - 1]))


def _cut(job: tuple[Clip, Path, tuple[str, ...]]) -> None:
    clip, target, terms = job
    about = {"first_tick": clip.first_tick, "last_tick": clip.last_tick, "of": clip.runs[0].shard.name, "where": list(terms)}
    copy_clip(clip.runs, target, about)


def _require_events(conditions: Sequence[Condition], known: set[str]) -> None:
    for condition in conditions:
        part, _, event = condition.name.partition(".")
        if part == "events" and event not in known | {k.value for k in EVENT_KINDS}:
            choices = ", ".join([*sorted(k.value for k in EVENT_KINDS), *sorted(known)])
            raise ConfigError(f"event must be one of {choices}, got {event} ({condition.text})")
