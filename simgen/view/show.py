"""`simgen show`: what the shards of a folder hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from simgen.shards.manifest import find_shards
from simgen.shards.reader import ShardReader
from simgen.view.contact_sheet import save_contact_sheet
from simgen.view.page import save_page
from simgen.view.summary import summarize, summary_text


def show(paths: Sequence[Path | str], as_json: bool = False, png: Path | None = None, page: Path | None = None) -> None:
    """Print the summary of each shard, or write the picture or page of each.

    Where there are several shards, the file names of pictures and pages get the shard's name appended.
    """
    shards = find_shards(paths)
    summaries = []
    for path in shards:
        with ShardReader(path) as shard:
            if png is not None:
                print(save_contact_sheet(shard, _named(png, path, len(shards))))
            if page is not None:
                print(save_page(shard, _named(page, path, len(shards))))
            if png is None and page is None:
                summaries.append(summarize(shard))
    if summaries:
        print(json.dumps(summaries) if as_json else "\n".join(map(summary_text, summaries)))


def _named(target: Path, shard: Path, count: int) -> Path:
    return target if count == 1 else target.with_name(f"{target.stem}-{shard.stem}{target.suffix}")
