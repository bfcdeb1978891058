"""A self-contained page of shards: cameras, LiDAR in 3D, the scene from above, labels on and off, a timeline. It opens offline."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simgen.datatypes.rig import Kind
from simgen.errors import ConfigError
from simgen.shards.reader import ShardReader
from simgen.shards.whole import write_whole
from simgen.view.episode_content import header
from simgen.view.frame_content import Chosen, frame_content
from simgen.view.images import REDUCTIONS

MAX_FRAMES = 100
"""Of a page whose user does not choose; several shards share them."""
MIN_FRAMES = 10
MAX_SHARDS = 40
PHOTOGRAPH_BYTES = 40_000_000
"""Of all photographs of a page, before base64 makes them a third longer; beyond it they are made smaller."""
OVERLAY_PIXELS: Mapping[Kind, float] = MappingProxyType({Kind.SEMANTIC: 2e9, Kind.INSTANCE: 6e8, Kind.DEPTH: 2e8})
"""Of all label images of a page, as stored; a kind that has more is left out. Reading and thinning so many takes some seconds."""
PAGE_BYTES = 400_000_000
"""Browsers stop at about half a gigabyte of text."""
PARTS: tuple[str, ...] = ("data.js", "geometry.js", "layers.js", "cameras.js", "cloud.js", "above.js", "panel.js", "timeline.js", "main.js")
"""Scripts of the page, in order."""


@dataclass(frozen=True)
class PageOptions:
    """How much of the shards goes into the page."""

    every: int = 0
    """Each N-th frame; 0 takes as many as keep the page small."""
    points: int = 8000
    """LiDAR points of a frame, about."""

    def __post_init__(self) -> None:
        if self.every < 0 or self.points < 0:
            raise ConfigError(f"--every and --points must be 0 or more, got {self.every} and {self.points}")


def save_page(paths: Sequence[Path], target: Path, options: PageOptions | None = None) -> Path:
    """Write one page of shards; returns its path. Raises ConfigError when it would be too large for a browser."""
    with ExitStack() as stack:
        shards = [stack.enter_context(ShardReader(path)) for path in paths[:MAX_SHARDS]]
        text = page(shards, options, left_out=max(0, len(paths) - MAX_SHARDS))
    return write_whole(target, text.encode(), "page")


def page(shards: Sequence[ShardReader], options: PageOptions | None = None, left_out: int = 0) -> str:
    """Return the HTML text. `left_out` more shards are told of."""
    chosen = [choose(shard, options or PageOptions(), len(shards)) for shard in shards]
    scripts, size = [], 0
    for name, text in _contents(shards, chosen, left_out):
        size += len(text)
        if size > PAGE_BYTES:
            raise ConfigError(f"the page must have at most {PAGE_BYTES // 10**6} MB, got more (--every N, --points M, fewer shards)")
        scripts.append(f'<script type="application/json" id="{name}">{text}</script>')
    web = resources.files("simgen.view").joinpath("web")
    title = shards[0].path.stem if len(shards) == 1 else f"{len(shards)} episodes"
    values = {
        "TITLE": html.escape(title),
        "STYLE": web.joinpath("page.css").read_text(),
        "SCRIPT": "\n".join(web.joinpath(part).read_text() for part in PARTS),
        "DATA": "\n".join(scripts),  # last, so that nothing is looked for in it
    }
    text = web.joinpath("page.html").read_text()
    for key, value in values.items():
        text = text.replace(f"<!--{key}-->", value)
    return text


def choose(shard: ShardReader, options: PageOptions, shards: int = 1) -> Chosen:
    """Return what of a shard goes into a page of so many shards."""
    most = max(MIN_FRAMES, MAX_FRAMES // max(shards, 1))
    stride = options.every or max(1, -(-len(shard) // most))
    frames = tuple(range(0, len(shard), stride))
    stored = sum(_typical_bytes(shard, m.name) * min(len(frames), len(shard.stream_ticks[m.name])) for m in shard.rig.of_kind(Kind.RGB))
    # A photograph of half the side, at a lower quality, has about an eighth of the bytes.
    wanted = (r for r in REDUCTIONS if stored / (1 if r == 1 else 2 * r * r) <= PHOTOGRAPH_BYTES / max(shards, 1))
    overlays = tuple(k for k, most in OVERLAY_PIXELS.items() if 0 < _pixels(shard, k, len(frames)) <= most / max(shards, 1))
    return Chosen(frames, options.points, next(wanted, REDUCTIONS[-1]), overlays)


def _pixels(shard: ShardReader, kind: Kind, frames: int) -> int:
    """Return how many pixels the images of a kind have in so many frames."""
    sizes = ((m.camera.width_px * m.camera.height_px, len(shard.stream_ticks[m.name])) for m in shard.rig.of_kind(kind))
    return sum(pixels * min(frames, rows) for pixels, rows in sizes)


def _typical_bytes(shard: ShardReader, name: str) -> int:
    count = len(shard.stream_ticks[name])
    return max(len(shard.stored(name, row)) for row in (0, count // 2)) if count else 0


def _contents(shards: Sequence[ShardReader], chosen: Sequence[Chosen], left_out: int) -> Iterator[tuple[str, str]]:
    """Yield (element id, JSON): the header, then each frame of each shard."""
    yield "header", _json(header(shards, chosen, left_out))
    with ThreadPoolExecutor(2, thread_name_prefix="page") as pool:  # codecs let go of Python's lock
        for number, (shard, part) in enumerate(zip(shards, chosen, strict=True)):
            contents = pool.map(partial(_frame_json, shard, part), range(len(part.frames)))
            yield from ((f"frame-{number}-{position}", text) for position, text in enumerate(contents))


def _frame_json(shard: ShardReader, chosen: Chosen, position: int) -> str:
    return _json(frame_content(shard, chosen, position))


def _json(value: Any) -> str:
    # "<" would let text in the data end the script element or begin a comment in it.
    try:
        text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _finite(value: Any) -> Any:
    """Return JSON values with None for what JSON has not: Python's reader takes NaN from a file, browsers do not."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
