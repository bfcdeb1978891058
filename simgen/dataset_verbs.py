"""The verbs that work on datasets: merge, split, stats, filter, convert. Each reads its words and calls one function."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from simgen.errors import ConfigError
from simgen.scenario.schema import closest

MERGE = """simgen merge PATH... out=DIR [clash=refuse|rename] [copy=true]: join shards of several folders in one new folder.

Shards are hard links where the file system has them, else copies (copy=true copies always). Episodes of one name that are equal to the
byte are taken once; different ones are refused, or renamed NAME.2 in the order of the paths. Manifest and card are written anew.

  simgen merge monday tuesday out=week
"""

SPLIT = """simgen split PATH... out=DIR [by=episode|scenario] [train=0.8 val=0.1 test=0.1] [seed=0] [links=true]: cut up without a leak.

Writes train.json, val.json and test.json: lists of shards, relative to DIR. All parts of an episode, and all episodes of the same
scenario and seed, stay together; by=scenario keeps whole scenarios together. The same episodes and seed give the same split.
links=true makes a folder of (links to) shards of each as well.

  simgen split data out=splits
  simgen split data out=splits by=scenario train=0.7 val=0.3 test=0
"""

STATS = """simgen stats PATH... [--json]: frames, hours, sensors, sizes, labels, weather and origin of a dataset.

  simgen stats data
"""

FILTER = """simgen filter PATH... CONDITION... [out=DIR | --json] [around_s=0] [least_s=0]: find frames, or cut them out as shards.

Each run of consecutive frames becomes a shard NAME.FIRST-LAST.h5 in the new folder DIR; what is stored is copied as it stands.
around_s also takes what is so near in time, least_s drops shorter runs. Without out, the clips are listed.

  simgen filter data 'pedestrian@20>=1' night
  simgen filter data events.collision around_s=2 out=collisions

{conditions}"""

CONVERT = """simgen convert PATH... to=webdataset|shards out=DIR [tar_mb=1000]: shards to WebDataset tars and back, without a loss.

  simgen convert data to=webdataset out=tars
  simgen convert tars to=shards out=again
"""


@dataclass
class Counter:
    """Tells how many items are done: a line that changes on a terminal, else JSON lines on standard output unless `quiet`."""

    what: str
    quiet: bool = False

    def __call__(self, done: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{self.what} {done}/{of}" if done < of else "\r\x1b[K", end="", file=sys.stderr, flush=True)
        elif not self.quiet:
            print(json.dumps({"event": self.what, "done": done, "of": of}), flush=True)


def merge(arguments: Sequence[str]) -> int:
    """Join folders."""
    from simgen.shards.merging import Clash
    from simgen.shards.merging import merge as join

    paths, settings, _ = _words(arguments, ("out", "clash", "copy"))
    clash = _choice(settings, "clash", ("refuse", "rename"))
    copy = _choice(settings, "copy", ("false", "true")) == "true"
    made = join(paths, _out(settings), cast(Clash, clash), copy, 0, Counter("shard"))
    for path in made.left_out:
        print(f"simgen: {path} equals another of its name and was left out", file=sys.stderr)
    _tell(made.to_dict(), f"{made.out}: {made.episodes} episodes in {made.shards} shards, {len(made.renamed)} renamed")
    return 0


def split(arguments: Sequence[str]) -> int:
    """Cut into training, validation and test."""
    from simgen.shards.splitting import DEFAULT_SHARES, SPLITS, By
    from simgen.shards.splitting import split as cut

    paths, settings, _ = _words(arguments, ("out", "by", "seed", "links", *SPLITS))
    given = {name: _number(settings, name, 0.0) for name in SPLITS if name in settings}
    by = cast(By, _choice(settings, "by", ("episode", "scenario")))
    links = _choice(settings, "links", ("false", "true")) == "true"
    seed = _number(settings, "seed", 0)
    if seed != int(seed):
        raise ConfigError(f"seed must be a whole number, got {settings['seed']}")
    made = cut(paths, _out(settings), given or DEFAULT_SHARES, by, int(seed), links, 0, Counter("shard"))
    text = "\n".join(
        f"{name:6} {s['episodes']:6} episodes {s['shards']:6} shards {s['frames']:8} frames" for name, s in made.summary().items()
    )
    _tell({"out": settings["out"], "splits": made.summary()}, text)
    return 0


def stats(arguments: Sequence[str]) -> int:
    """Count what a dataset holds."""
    from simgen.shards.statistics import statistics
    from simgen.shards.statistics_text import statistics_text

    paths, _, flags = _words(arguments, (), ("--json",))
    tally = statistics(paths, 0, Counter("shard", quiet=True))
    print(json.dumps(tally) if "--json" in flags else statistics_text(tally))
    return 0


def find(arguments: Sequence[str]) -> int:
    """List or cut out the frames for which conditions hold."""
    from simgen.shards.conditions import is_condition
    from simgen.shards.filtering import Wish, cut_out
    from simgen.shards.filtering import find as look

    words, settings, flags = _words(arguments, ("out", "around_s", "least_s"), ("--json",), is_condition)
    terms = tuple(word for word in words if is_condition(word))
    paths = [Path(word) for word in words if not is_condition(word)]
    if not terms or not paths:
        raise ConfigError(f"the command must have a path and a condition, got {' '.join(words) or 'nothing'}")
    if "out" in settings and "--json" in flags:
        raise ConfigError("the command must have out=DIR or --json, got both")
    wish = Wish(terms, _number(settings, "around_s", 0.0), _number(settings, "least_s", 0.0))
    found = look(paths, wish, 0, Counter("episode", quiet="out" not in settings))
    if "out" in settings:
        count = cut_out(found, wish, _out(settings), paths, 0, Counter("clip"))
        _tell({"out": settings["out"], "clips": count}, f"{settings['out']}: {count} clips")
    else:
        _print_found([one.to_dict() for one in found], terms, "--json" in flags)
    return 0


def convert(arguments: Sequence[str]) -> int:
    """Change the format of a dataset."""
    from simgen.export.webdataset import TAR_MB, to_webdataset
    from simgen.export.webdataset_reading import to_shards

    paths, settings, _ = _words(arguments, ("to", "out", "tar_mb"))
    to, out, tar_mb = _choice(settings, "to", ("", "webdataset", "shards")), _out(settings), _number(settings, "tar_mb", TAR_MB)
    if not to:
        raise ConfigError("to must be webdataset or shards, got nothing")
    if tar_mb <= 0:
        raise ConfigError(f"tar_mb must be above 0, got {tar_mb:g}")
    made = to_webdataset(paths, out, tar_mb, 0, Counter("shard")) if to == "webdataset" else to_shards(paths, out, 0, Counter("shard"))
    _tell({"out": str(out), "files": len(made)}, f"{out}: {len(made)} {'tars' if to == 'webdataset' else 'shards'}")
    return 0


def _filter_help() -> str:
    from simgen.shards.conditions import HELP

    return FILTER.format(conditions=HELP)


DATASET_VERBS: Mapping[str, tuple[Callable[[Sequence[str]], int], Callable[[], str]]] = {
    "merge": (merge, lambda: MERGE),
    "split": (split, lambda: SPLIT),
    "stats": (stats, lambda: STATS),
    "filter": (find, _filter_help),
    "convert": (convert, lambda: CONVERT),
}

# ---------------------------------------------------------------------- words of a command line


def _words(
    arguments: Sequence[str], keys: Sequence[str], flags: Sequence[str] = (), term: Callable[[str], bool] = lambda word: False
) -> tuple[list[Any], dict[str, str], frozenset[str]]:
    """Return (words, settings, flags) of `WORD... key=value... --flag...`; what `term` knows is a word whatever it looks like."""
    words: list[Any] = []
    settings: dict[str, str] = {}
    given: set[str] = set()
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-"):
            if argument not in flags:
                raise ConfigError(f"{argument} must be a known option, got {argument}{closest(argument, [*flags, '--help'])}")
            given.add(argument)
        elif equals and name in keys:
            if name in settings:
                raise ConfigError(f"{name} must be given once, got {settings[name]} and {value}")
            settings[name] = value
        elif equals and name.isidentifier() and not term(argument) and not Path(argument).exists():
            raise ConfigError(f"{name} must be a known key, got {name}{closest(name, keys)}")
        else:
            words.append(argument)
    if not words:
        raise ConfigError("the command must name at least one folder or shard, got none")
    return words, settings, frozenset(given)


def _out(settings: Mapping[str, str]) -> Path:
    if not settings.get("out"):
        raise ConfigError("out must name a new folder, got nothing (out=DIR)")
    return Path(settings["out"])


def _choice(settings: Mapping[str, str], key: str, choices: Sequence[str]) -> str:
    """Return the value of a key; the first choice where it is not given."""
    value = settings.get(key, choices[0])
    if value not in choices:
        raise ConfigError(f"{key} must be one of {', '.join(c for c in choices if c)}, got {value}")
    return value


def _number(settings: Mapping[str, str], key: str, default: float) -> float:
    try:
        value = float(settings.get(key, default))
    except ValueError:
        raise ConfigError(f"{key} must be a number, got {settings[key]}") from None
    if not 0.0 <= value < 1e12:
        raise ConfigError(f"{key} must be 0 or more, got {settings[key]}")
    return value


def _tell(result: Mapping[str, Any], text: str) -> None:
    """Print a result for people on a terminal, else as a JSON line."""
    print(text if sys.stderr.isatty() else json.dumps({"event": "done", **result}))


def _print_found(found: Sequence[Mapping[str, Any]], terms: Sequence[str], as_json: bool) -> None:
    frames, of = sum(one["frames"] for one in found), sum(one["of"] for one in found)
    if as_json:
        print(json.dumps({"where": list(terms), "frames": frames, "of": of, "episodes": [one for one in found if one["clips"]]}))
        return
    for one in found:
        for clip in one["clips"]:
            print(f"{one['episode']}  ticks {clip['first_tick']} to {clip['last_tick']}")
    print(f"{frames} of {of} frames in {sum(len(one['clips']) for one in found)} clips")
