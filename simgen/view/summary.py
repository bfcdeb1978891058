"""What a shard holds, as text or JSON values."""

from __future__ import annotations

from collections import Counter
from typing import Any

from simgen.datatypes.tags import ObjectClass
from simgen.shards.reader import ShardReader


def summarize(shard: ShardReader) -> dict[str, Any]:
    """Return the summary of a shard as JSON values: size, streams, labelled objects, what was drawn, what happened."""
    boxes, visible, actors = Counter[str](), Counter[str](), set[int]()
    for frame in range(len(shard)):
        for box in shard.truth(frame).boxes3d:
            name = ObjectClass(int(box["object_class"])).name.lower()
            boxes[name] += 1
            visible[name] += int(box["visible_pixels"] > 0)
            actors.add(int(box["actor_id"]))
    return {
        "path": str(shard.path),
        "bytes": shard.path.stat().st_size,
        "frames": len(shard),
        "duration_s": len(shard) / shard.tick_rate_hz,
        "tick_rate_hz": shard.tick_rate_hz,
        "rig": shard.rig.name,
        "streams": {
            m.name: {"kind": m.kind.value, "rate_hz": m.rate_hz, "readings": len(shard.stream_ticks[m.name])} for m in shard.rig.mounts
        },
        "objects": {"actors": len(actors), "boxes": dict(boxes), "boxes_with_visible_pixels": dict(visible)},
        "provenance": shard.provenance,
        "outcome": shard.outcome,
    }


def summary_text(summary: dict[str, Any]) -> str:
    """Return the summary for a terminal."""
    lines = [
        f"{summary['path']}",
        f"  {summary['frames']} frames, {summary['duration_s']:g} s at {summary['tick_rate_hz']:g} Hz, {summary['bytes'] / 1e6:.1f} MB",
        f"  rig {summary['rig']}: " + ", ".join(f"{n} ({s['readings']})" for n, s in summary["streams"].items()),
        "  boxes: " + ", ".join(_counts(summary["objects"])),
    ]
    for title in ("provenance", "outcome"):
        lines.append(f"  {title}:")
        lines += [f"    {line}" for line in _tree(summary[title])]
    return "\n".join(lines)


def _counts(objects: dict[str, Any]) -> list[str]:
    seen = objects["boxes_with_visible_pixels"]
    return [f"{n} {name} ({seen.get(name, 0)} seen)" for name, n in sorted(objects["boxes"].items())] or ["none"]


def _tree(value: Any, name: str = "") -> list[str]:
    """Return `a.b.c = value` lines of nested JSON values."""
    if isinstance(value, dict) and value:
        return [line for key in sorted(value) for line in _tree(value[key], f"{name}.{key}" if name else str(key))]
    if isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        return [line for i, v in enumerate(value) for line in _tree(v, f"{name}[{i}]")]
    return [f"{name} = {value}" if name else f"{value}"]
