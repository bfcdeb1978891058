"""Which frames a dataset has: shards found and indexed, their parts joined to episodes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ConfigError
from simgen.shards.episode_writer import first_part
from simgen.shards.index import ShardIndex, index_shard
from simgen.shards.manifest import find_shards
from simgen.shards.source import is_url, list_remote, open_remote

_INDEX_THREADS = 8
"""Indexing waits for disks and networks, not for processors."""


@dataclass(frozen=True)
class Episode:
    """The frames of one episode that have everything that was asked for, in time order."""

    name: str
    provenance: dict[str, Any]
    places: NDArray[np.int64]
    """(F, 2) shard number, frame number."""
    ticks: NDArray[np.int64]
    """(F,)"""


@dataclass(frozen=True)
class Catalogue:
    """Shards and the episodes in them, in the order of their names."""

    indices: tuple[ShardIndex, ...]
    episodes: tuple[Episode, ...]

    @classmethod
    def of(cls, paths: Iterable[Path | str], sensors: Sequence[str]) -> Catalogue:
        """Index all shards of files, folders and URLs; frames count at which every one of `sensors` was due.

        Raises ConfigError for a sensor that a shard does not have, ShardError for a shard that cannot be read.
        """
        names = find_all(paths)
        with ThreadPoolExecutor(_INDEX_THREADS) as pool:
            indices = tuple(pool.map(_index, names))
        for index in indices:
            _require(index, sensors)
        return cls(indices, _episodes(indices, sensors))


def find_all(paths: Iterable[Path | str]) -> list[str]:
    """Return the paths and URLs of all shards, sorted. A JSON file is a list of shards beside it, as `simgen split` writes."""
    given = [entry for path in paths for entry in (_listed(Path(path)) if str(path).endswith(".json") else [str(path)])]
    local = [str(path) for path in find_shards([p for p in given if not is_url(p)])] if any(not is_url(p) for p in given) else []
    remote = [url for path in given if is_url(path) for url in list_remote(path)]
    if not local and not remote:
        raise ConfigError(f"paths must name at least one shard, got {', '.join(given) or 'none'}")
    return sorted(set(local + remote))


def _listed(path: Path) -> list[str]:
    try:
        entries = json.loads(path.read_text())
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ValueError("other content")
    except (OSError, ValueError) as error:
        raise ConfigError(f"list must be a JSON list of shards, got {error} ({path})") from None
    return [entry if is_url(entry) else str(path.parent / entry) for entry in entries]


def _index(path: str) -> ShardIndex:
    if not is_url(path):
        return index_shard(path)
    with open_remote(path) as file:
        return index_shard(path, file)


def _require(index: ShardIndex, sensors: Sequence[str]) -> None:
    for name in sensors:
        if name not in index.streams:
            raise ConfigError(f"sensor must be one of {', '.join(index.streams)}, got {name} ({index.path})")


def _episodes(indices: Sequence[ShardIndex], sensors: Sequence[str]) -> tuple[Episode, ...]:
    parts: dict[str, list[int]] = {}
    for number, index in enumerate(indices):
        parts.setdefault(_episode_name(index), []).append(number)
    return tuple(_episode(name, numbers, indices, sensors) for name, numbers in parts.items())


def _episode_name(index: ShardIndex) -> str:
    if is_url(index.path):
        folder, _, file = index.path.rpartition("/")
        return f"{folder}/{first_part(Path(file), index.part)}"
    return str(first_part(Path(index.path), index.part))


def _episode(name: str, numbers: list[int], indices: Sequence[ShardIndex], sensors: Sequence[str]) -> Episode:
    numbers = sorted(numbers, key=lambda number: indices[number].part)
    places, ticks = [], []
    for number in numbers:
        index = indices[number]
        due = np.ones(len(index), dtype=bool)
        for sensor in sensors:
            due &= np.isin(index.ticks, index.streams[sensor].ticks)
        frames = np.flatnonzero(due)
        places.append(np.column_stack([np.full(len(frames), number), frames]))
        ticks.append(index.ticks[frames].astype(np.int64))
    return Episode(name, indices[numbers[0]].provenance, np.concatenate(places), np.concatenate(ticks))
