"""Measures simgen on this machine: python tools/bench.py NAME [--json] [--small] [--peers PYTHON]

    python tools/bench.py render --json
    python tools/bench.py render --peers /tmp/peers/bin/python

NAME is one of the table below. Every figure is measured anew in the same run, in processes of their own. CPU seconds count all threads
of a process, so they hold on a loaded machine; wall times do not. `--small` is a quick try-out, whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import bench_machine, bench_read, bench_render, bench_size, bench_write


@dataclass(frozen=True)
class Bench:
    """One name of the command line."""

    measure: Callable[[bool, str], dict[str, Any]]
    """(small, Python of the peers) -> figures."""
    table: Callable[[dict[str, Any]], str]
    """Figures -> text for people."""


BENCHES: dict[str, Bench] = {
    "render": Bench(bench_render.measure, bench_render.table),
    "read": Bench(bench_read.measure, bench_read.table),
    "size": Bench(bench_size.measure, bench_size.table),
    "write": Bench(bench_write.measure, bench_write.table),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--small", action="store_true", help="tiny sizes and few frames")
    parser.add_argument("--peers", default=sys.executable, help="the Python in which other renderers are installed")
    options = parser.parse_args(arguments)
    bench = BENCHES[options.name]
    found = {"bench": options.name, "small": options.small, "machine": bench_machine.facts(), **bench.measure(options.small, options.peers)}
    print(json.dumps(found, indent=1) if options.json else bench.table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
