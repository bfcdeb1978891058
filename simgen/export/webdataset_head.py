"""What the tars say of a shard besides its frames, as `shard.json`; and the names that shards and sensors may have in tars."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from simgen.datatypes.rig import IMAGE_KINDS, Rig
from simgen.errors import ShardError
from simgen.shards.copying import codec_of, page_bytes_of
from simgen.shards.describe import rig_from_json, rig_to_json
from simgen.shards.encoding import MAX_IMAGE_SIDE
from simgen.shards.reader import ShardReader

STEM = r"[A-Za-z0-9_][A-Za-z0-9_.@+-]*"
SENSOR = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
OWN = ("meta", "truth", "shard")
"""Names that no sensor may have."""
_SMALLEST_PAGE = 512
"""Of HDF5's file space pages."""


@dataclass(frozen=True)
class Head:
    """What `shard.json` says."""

    rig: Rig
    provenance: dict[str, Any]
    outcome: dict[str, Any]
    tick_rate_hz: float
    simgen_version: str
    part: int
    parts: int
    frames: int
    salvaged: bool
    codec: str
    page_bytes: int


def head_text(shard: ShardReader) -> bytes:
    """Return what `shard.json` says of an open shard: all that is no frame."""
    content = {
        "rig": json.loads(rig_to_json(shard.rig)),
        "provenance": shard.provenance,
        "outcome": shard.outcome,
        "tick_rate_hz": shard.tick_rate_hz,
        "simgen_version": shard.simgen_version,
        "part": shard.part,
        "parts": shard.parts,
        "frames": len(shard),
        "salvaged": shard.salvaged,
        "codec": codec_of(shard),
        "page_bytes": page_bytes_of(shard),
    }
    return json.dumps(content, sort_keys=True).encode()


def head_of(content: bytes) -> Head:
    """Return what a `shard.json` says. Raises ValueError, KeyError or TypeError for another text."""
    said = json.loads(content)
    if not isinstance(said["provenance"], dict) or not isinstance(said["outcome"], dict) or said["codec"] not in ("jpeg", "png"):
        raise ValueError("a shard.json of another kind")
    rate_hz, page_bytes = float(said["tick_rate_hz"]), whole_number(said["page_bytes"])
    if not 0 < rate_hz < 1e6 or page_bytes > 1 << 30 or (page_bytes and page_bytes < _SMALLEST_PAGE):
        raise ValueError("a tick rate or page size that cannot be")
    rig = rig_from_json(json.dumps(said["rig"]))
    _require_rig(rig)
    part, parts, frames = (whole_number(said[name]) for name in ("part", "parts", "frames"))
    version, salvaged = str(said["simgen_version"]), bool(said["salvaged"])
    return Head(rig, said["provenance"], said["outcome"], rate_hz, version, part, parts, frames, salvaged, said["codec"], page_bytes)


def require_names(shard: ShardReader, stem: str) -> None:
    """Raise ShardError where the shard's stem or a sensor's name cannot be part of a member's name."""
    if not re.fullmatch(STEM, stem):
        raise ShardError(f"shard must have a name of letters, digits and _.@+-, got {stem!r} ({shard.path})")
    for mount in shard.rig.mounts:
        if not re.fullmatch(SENSOR, mount.name) or mount.name in OWN:
            raise ShardError(f"sensor must have a name of letters, digits and _.- other than {', '.join(OWN)}, got {mount.name!r}")


def whole_number(value: Any) -> int:
    """Return a JSON value that is a whole number of 32 bits; raises ValueError for another."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 32:
        raise ValueError(f"{str(value)[:40]!r} where a whole number of 32 bits belongs")
    return value


def _require_rig(rig: Rig) -> None:
    """Raise ValueError for a rig whose names or images no shard can have."""
    names = [m.name for m in rig.mounts]
    for name in (*names, *(m.device for m in rig.mounts)):
        if not re.fullmatch(SENSOR, name, re.ASCII):
            raise ValueError(f"a sensor called {name[:80]!r}")
    for mount in rig.of_kind(*IMAGE_KINDS):
        if not all(1 <= side <= MAX_IMAGE_SIDE for side in (mount.camera.width_px, mount.camera.height_px)):
            raise ValueError(f"images of {mount.camera.width_px}x{mount.camera.height_px} pixels")
    if len(set(names)) < len(names):
        raise ValueError("two sensors of one name")
