"""`simgen show`: what the shards of a folder hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from simgen.shards.manifest import find_shards
from simgen.shards.reader import ShardReader
from simgen.view.contact_sheet import save_contact_sheet
from simgen.view.page import PageOptions, save_page
from simgen.view.rerun_log import save_rerun
from simgen.view.summary import summarize, summary_text
from simgen.view.video import save_video


@dataclass(frozen=True)
class Targets:
    """The files that are wanted; where none is, the summary is printed."""

    png: Path | None = None
    html: Path | None = None
    rerun: Path | None = None
    video: Path | None = None


def show(paths: Sequence[Path | str], as_json: bool = False, targets: Targets | None = None, options: PageOptions | None = None) -> None:
    """Print the summary of each shard, or write pictures, a page, recordings for Rerun, videos.

    All shards go into one page. Of everything else there is one file a shard; where there are several shards, the file names get
    the shard's name appended.
    """
    shards, targets, options = find_shards(paths), targets or Targets(), options or PageOptions()
    if targets == Targets():
        summaries = [_summary(path) for path in shards]
        print(json.dumps(summaries) if as_json else "\n".join(map(summary_text, summaries)))
    if targets.html is not None:
        print(save_page(shards, targets.html, options))
    every = options.every
    singles: tuple[tuple[Path | None, Callable[[ShardReader, Path], Path]], ...] = (
        (targets.png, save_contact_sheet),
        (targets.rerun, lambda shard, path: save_rerun(shard, path, every or 1)),
        (targets.video, lambda shard, path: save_video(shard, path, every)),
    )
    for target, save in singles:
        for path in shards if target is not None else ():
            with ShardReader(path) as shard:
                print(save(shard, _named(target or path, path, len(shards))))


def _summary(path: Path) -> dict[str, object]:
    with ShardReader(path) as shard:
        return summarize(shard)


def _named(target: Path, shard: Path, count: int) -> Path:
    return target if count == 1 else target.with_name(f"{target.stem}-{shard.stem}{target.suffix}")
