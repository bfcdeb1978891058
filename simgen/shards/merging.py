"""Joins the shards of several folders in one, by hard links where the file system has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from simgen.errors import ConfigError, ShardError
from simgen.shards.card import write_card
from simgen.shards.episode_writer import part_path
from simgen.shards.episodes import Episode, find_episodes
from simgen.shards.folders import place, whole_folder
from simgen.shards.manifest import read_manifest, sha256_of, write_manifest
from simgen.shards.parallel import Tell, silent

Clash = Literal["refuse", "rename"]


@dataclass(frozen=True)
class Merged:
    """What became of a merge."""

    out: str
    episodes: int
    shards: int
    renamed: Mapping[str, str]
    """Episodes that got another name: path -> name in `out`."""
    left_out: tuple[str, ...]
    """Episodes that another one of the same name equals to the byte."""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {**asdict(self), "left_out": list(self.left_out)}


def merge(
    paths: Sequence[Path | str], out: Path, clash: Clash = "refuse", copy: bool = False, processes: int = 1, tell: Tell = silent
) -> Merged:
    """Make the folder `out` of all episodes of files and folders, with manifest and card; `out` appears when it is whole.

    Of episodes of the same name that are equal to the byte, one is taken. Others of the same name are refused, or from the second on
    named NAME.2, NAME.3 in the order of the paths. Raises ConfigError for a refused name, ShardError where a shard is not the one that
    its folder's manifest lists.
    """
    episodes = find_episodes(paths, processes, tell)
    episodes = sorted(episodes, key=lambda e: _given(e, [Path(p) for p in paths]))
    with whole_folder(out, [Path(p) for p in paths]) as folder:
        names, left_out = plan_names(episodes, clash)
        gather(names, folder, copy)
        write_card(folder, processes=processes)
    renamed = {str(e.path): name for e, name in names.items() if name != e.path.name}
    return Merged(str(out), len(names), sum(len(e.parts) for e in names), renamed, tuple(str(e.path) for e in left_out))


def plan_names(episodes: Sequence[Episode], clash: Clash) -> tuple[dict[Episode, str], list[Episode]]:
    """Return (file name of each episode's first part, episodes to leave out as they equal another of their name)."""
    taken: dict[str, list[Episode]] = {}
    names: dict[Episode, str] = {}
    left_out: list[Episode] = []
    wanted = {e.path.name for e in episodes}
    for episode in episodes:
        others = taken.setdefault(episode.path.name, [])
        if any(_equal(episode, other) for other in others):
            left_out.append(episode)
            continue
        if others and clash == "refuse":
            raise ConfigError(
                f"episodes must have different names, got {others[0].path} and {episode.path} (clash=rename gives the second another)"
            )
        others.append(episode)
        names[episode] = episode.path.name if len(others) == 1 else _free_name(episode.path, len(others), wanted)
        wanted.add(names[episode])
    return names, left_out


def gather(names: Mapping[Episode, str], folder: Path, copy: bool = False) -> None:
    """Place the parts of episodes under their names in `folder` and write its manifest.

    Raises ShardError where a shard is not the one that the manifest beside it lists: the new manifest must not make it good.
    """
    known: dict[str, str] = {}
    for episode, name in names.items():
        for part, source in enumerate(episode.parts):
            target = part_path(folder / name, part)
            place(source, target, copy)
            known[target.name] = _listed(source)
    write_manifest(folder)
    for name, entry in (read_manifest(folder) or {}).items():
        if known[name] not in ("", entry["sha256"]):
            raise ShardError(f"sha256 must be {known[name]} as in the manifest, got {entry['sha256']} ({name})")


def _listed(shard: Path) -> str:
    """Return the hash that the manifest beside a shard lists for it, or nothing."""
    entry = (read_manifest(shard.parent) or {}).get(shard.name, {})
    return str(entry.get("sha256", ""))


def _equal(one: Episode, other: Episode) -> bool:
    if len(one.parts) != len(other.parts) or any(a.stat().st_size != b.stat().st_size for a, b in zip(one.parts, other.parts, strict=True)):
        return False
    return all(sha256_of(a) == sha256_of(b) for a, b in zip(one.parts, other.parts, strict=True))


def _free_name(path: Path, number: int, taken: Iterable[str]) -> str:
    while (name := f"{path.stem}.{number}{path.suffix}") in taken:
        number += 1
    return name


def _given(episode: Episode, paths: Sequence[Path]) -> tuple[int, str]:
    """Return the place of an episode in the order of the paths that were given."""
    places = [k for k, path in enumerate(paths) if episode.path == path or episode.path.is_relative_to(path)]
    return (places[0] if places else len(paths)), str(episode.path)
