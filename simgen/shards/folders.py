"""Folders that appear whole or not at all: what a tool makes stands under a temporary name until it is done."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simgen.errors import ConfigError, EnvironmentFault


@contextmanager
def whole_folder(out: Path, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """Give a temporary folder beside `out` that becomes `out` when the block ends without an error, and is removed otherwise.

    Raises ConfigError when `out` holds something already or lies within one of `inputs`, whose shards a search would then mix with
    the new ones; EnvironmentFault when the disk refuses.
    """
    _require_free(out, inputs)
    temporary = out.parent / f".{out.name}.{os.getpid()}.making"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _remove_leavings(out)
        temporary.mkdir()
    except OSError as error:
        raise EnvironmentFault(f"out must be a folder that can be written to, got {error.strerror} ({out})") from None
    try:
        yield temporary
        os.rename(temporary, out)
    except OSError as error:
        raise EnvironmentFault(f"out must be a folder with room for the result, got {error.strerror or error} ({out})") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def place(source: Path, target: Path, copy: bool = False) -> None:
    """Make `target` the same file as `source` by a hard link, or a copy where `copy` is set or the file system has no such links."""
    if not copy:
        try:
            os.link(source.resolve(), target)
            return
        except OSError:
            pass  # another file system, or one without links
    shutil.copyfile(source, target)


def _require_free(out: Path, inputs: Iterable[Path]) -> None:
    if out.name in ("", ".", ".."):
        raise ConfigError(f"out must name a new folder, got {out}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"out must be a new or an empty folder, got one that holds something ({out})")
    for folder in inputs:
        if folder.is_dir() and out.resolve().is_relative_to(folder.resolve()):
            raise ConfigError(f"out must lie outside of the folders that are read, got {out} within {folder}")


def _remove_leavings(out: Path) -> None:
    """Remove the temporary folders of makers of `out` that live no more."""
    name = re.compile(rf"^\.{re.escape(out.name)}\.(\d+)\.making$")
    for path in out.parent.iterdir():
        found = name.match(path.name)
        if found and not Path("/proc", found[1]).exists():
            shutil.rmtree(path, ignore_errors=True)
