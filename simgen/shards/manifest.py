"""The manifest of a dataset folder: its shards with their sizes and hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simgen.errors import ShardError
from simgen.shards.reader import ShardReader
from simgen.shards.whole import write_whole

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1


def find_shards(paths: Iterable[Path | str]) -> list[Path]:
    """Return the shards named by files and folders (searched in depth, hidden ones not), sorted. Raises ShardError when there is none."""
    found: list[Path] = []
    given = [Path(p) for p in paths]
    for path in given:
        if path.is_dir():
            found += [p for p in path.rglob("*.h5") if not any(part.startswith(".") for part in p.relative_to(path).parts)]
        elif path.exists():
            found.append(path)
        else:
            raise ShardError(f"path must exist, got {path}")
    if not found:
        raise ShardError(f"folder must hold shards (*.h5), got none ({', '.join(map(str, given))})")
    return sorted(set(found))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def describe_shard(path: Path, folder: Path) -> dict[str, Any]:
    """Return the manifest entry of one shard."""
    with ShardReader(path) as shard:
        frames, scenario, seed = len(shard), shard.provenance.get("scenario", ""), shard.provenance.get("seed")
        part, parts = shard.part, shard.parts
    return {
        "path": str(path.relative_to(folder)),
        "bytes": path.stat().st_size,
        "sha256": sha256_of(path),
        "frames": frames,
        "scenario": scenario,
        "seed": seed,
        "part": part,
        "parts": parts,
    }


def write_manifest(folder: Path | str) -> Path:
    """Write `manifest.json` of all shards in `folder`, through a temporary name; returns its path."""
    folder = Path(folder)
    target = folder / MANIFEST
    content = {"version": MANIFEST_VERSION, "shards": [describe_shard(p, folder) for p in find_shards([folder])]}
    return write_whole(target, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode(), "manifest")


def read_manifest(folder: Path | str) -> Mapping[str, Any] | None:
    """Return the entries of the folder's manifest by path; None when it has none. Raises ShardError for a broken one."""
    target = Path(folder) / MANIFEST
    if not target.exists():
        return None
    try:
        content = json.loads(target.read_text())
        return {entry["path"]: entry for entry in content["shards"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ShardError(f"manifest must be the JSON that simgen writes, got {error} ({target})") from None
