"""Cuts a dataset into training, validation and test shards without a leak between them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from simgen.errors import ConfigError
from simgen.rng import derive_seed
from simgen.shards.card import write_card
from simgen.shards.episodes import Episode, find_episodes
from simgen.shards.folders import whole_folder
from simgen.shards.merging import gather, plan_names
from simgen.shards.parallel import Tell, silent

By = Literal["episode", "scenario"]
SPLITS = ("train", "val", "test")
DEFAULT_SHARES: Mapping[str, float] = {"train": 0.8, "val": 0.1, "test": 0.1}


@dataclass(frozen=True)
class Split:
    """Which episodes each split got, in their order."""

    by: By
    seed: int
    episodes: Mapping[str, tuple[Episode, ...]]

    def summary(self) -> dict[str, Any]:
        """Return what each split holds as JSON values."""
        return {
            name: {"episodes": len(found), "shards": sum(len(e.parts) for e in found), "frames": sum(e.frames for e in found)}
            for name, found in self.episodes.items()
        }


def split(
    paths: Sequence[Path | str],
    out: Path,
    shares: Mapping[str, float] = DEFAULT_SHARES,
    by: By = "episode",
    seed: int = 0,
    links: bool = False,
    processes: int = 1,
    tell: Tell = silent,
) -> Split:
    """Write NAME.json for each split into the new folder `out`: a list of its shards, as paths relative to `out`.

    With `links`, each split is a folder of (links to) shards beside its list too, a dataset of its own with manifest and card.
    """
    episodes = find_episodes(paths, processes, tell)
    made = draw_split(episodes, shares, by, seed)
    with whole_folder(out, [Path(p) for p in paths]) as folder:
        for name, found in made.episodes.items():
            listed = [os.path.relpath(part.resolve(), out.resolve()) for episode in found for part in episode.parts]
            (folder / f"{name}.json").write_text(json.dumps(listed, indent=1) + "\n")
            if links and found:
                (folder / name).mkdir()
                gather(plan_names(found, "rename")[0], folder / name)
                write_card(folder / name, processes=processes)
    return made


def draw_split(episodes: Sequence[Episode], shares: Mapping[str, float], by: By, seed: int) -> Split:
    """Return the split: the same for the same episodes, shares and seed, in whatever order and folders the episodes are.

    Units are drawn: all episodes of one scenario (by="scenario"), or all of one scenario and seed (by="episode"), so that two
    recordings of the same draw never stand on both sides. The number of units of each split is its share of all, rounded by largest
    remainders; frames come out in these shares on average only. Raises ConfigError for shares that do not sum to 1.
    """
    _require_shares(shares)
    units: dict[tuple[str, ...], list[Episode]] = {}
    for episode in episodes:
        units.setdefault((episode.scenario,) if by == "scenario" else episode.origin, []).append(episode)
    order = sorted(units, key=lambda unit: (derive_seed(seed, "split", *unit, bits=62), unit))
    made, at = {}, 0
    for name, count in largest_remainders(len(order), shares).items():
        chosen = [episode for unit in order[at : at + count] for episode in units[unit]]
        made[name] = tuple(sorted(chosen, key=lambda e: str(e.path)))
        at += count
    return Split(by, seed, made)


def largest_remainders(count: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return how many of `count` units each share gets: the whole part of its quota, and one more for the largest remainders.

    The method of Hamilton; of equal remainders the first share wins.
    """
    # Shares are what was written, 0.1 and not the nearest binary number: equal remainders are then equal.
    quotas = {name: count * Fraction(str(share)) for name, share in shares.items()}
    total = sum(quotas.values(), Fraction(0)) / count if count else Fraction(1)
    counts = {name: int(quota / total) for name, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda name: quotas[name] / total - counts[name], reverse=True)
    for name in by_remainder[: count - sum(counts.values())]:
        counts[name] += 1
    return counts


def _require_shares(shares: Mapping[str, float]) -> None:
    for name, share in shares.items():
        if name not in SPLITS:
            raise ConfigError(f"splits must be {', '.join(SPLITS)}, got {name}")
        if not 0.0 <= share <= 1.0:
            raise ConfigError(f"{name} must be a share from 0 to 1, got {share}")
    if abs(sum(shares.values()) - 1.0) > 1e-6:
        raise ConfigError(f"shares must sum to 1, got {sum(shares.values()):g} ({', '.join(f'{n}={s:g}' for n, s in shares.items())})")
