"""The episodes of folders: shards found, their headers read, parts of an episode joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simgen.errors import ShardError
from simgen.shards.episode_writer import first_part, part_path
from simgen.shards.manifest import find_shards
from simgen.shards.parallel import Tell, over, silent
from simgen.shards.reader import ShardReader


@dataclass(frozen=True)
class Episode:
    """One episode: all of its parts, in order."""

    parts: tuple[Path, ...]
    frames: int
    scenario: str
    seed: int | None

    @property
    def path(self) -> Path:
        """The first part, whose name is the episode's."""
        return self.parts[0]

    @property
    def origin(self) -> tuple[str, str]:
        """What tells episodes apart by content: the same scenario and seed are the same draw; without a seed, the name tells."""
        return (self.scenario, str(self.seed)) if self.scenario and self.seed is not None else ("", self.path.name)


@dataclass(frozen=True)
class _Header:
    path: Path
    part: int
    parts: int
    frames: int
    provenance: Any


def find_episodes(paths: Iterable[Path | str], processes: int = 1, tell: Tell = silent) -> list[Episode]:
    """Return the episodes of files and folders, by path. Raises ShardError for shards that cannot be read and for missing parts."""
    groups: dict[Path, list[_Header]] = {}
    for header in over(_header, find_shards(paths), processes, tell):
        groups.setdefault(first_part(header.path, header.part), []).append(header)
    return [_episode(first, sorted(headers, key=lambda h: h.part)) for first, headers in sorted(groups.items())]


def _header(path: Path) -> _Header:
    with ShardReader(path) as shard:
        return _Header(path, shard.part, shard.parts, len(shard), {k: shard.provenance.get(k) for k in ("scenario", "seed")})


def _episode(first: Path, headers: Sequence[_Header]) -> Episode:
    wanted = [part_path(first, part) for part in range(headers[0].parts)]
    if [h.path for h in headers] != wanted:
        missing = next((p for p in wanted if p not in [h.path for h in headers]), headers[-1].path)
        raise ShardError(f"episode must have its {len(wanted)} parts, got none or one too many ({missing})")
    seed = headers[0].provenance["seed"]
    scenario = str(headers[0].provenance["scenario"] or "")
    return Episode(tuple(wanted), sum(h.frames for h in headers), scenario, seed if isinstance(seed, int) else None)
