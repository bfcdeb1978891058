"""How much room a recorded episode takes: in shards, and as the folders of files that others write.

Depth is compared with what is used for it without loss: CARLA's 24-bit code as PNG, and float32 in a compressed NPZ. Whole frames are
compared with one file a reading: JPEG (the same bytes), PNG for depth, tags and ids, NPY for points, JSON for labels.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import bench_machine

DURATION_S, SMALL_DURATION_S = 10.0, 1.0


def measure(small: bool, peers: str) -> dict[str, Any]:
    """Record an episode and return the sizes."""
    seconds = SMALL_DURATION_S if small else DURATION_S
    with tempfile.TemporaryDirectory(prefix="simgen-size-") as folder:
        return bench_machine.run("tools.bench_size", folder, str(seconds))


def table(found: dict[str, Any]) -> str:
    """Return the figures as text."""
    return "\n".join(f"{name:44} {value}" for name, value in found.items() if name not in ("machine", "bench", "small"))


def sizes(folder: Path, seconds: float) -> dict[str, Any]:
    """Record `seconds` of everyday traffic and return bytes per frame."""
    from simgen.cli import run
    from simgen.datatypes.rig import Kind
    from simgen.shards.reader import ShardReader

    assert run(["generate", "scenario=urban_traffic", "seed=1", f"duration_s={seconds}", f"out={folder}"]) == 0
    (path,) = folder.glob("*.h5")
    other: dict[str, int] = {}
    files = 0
    with ShardReader(path) as shard:
        depth = next(m.name for m in shard.rig.of_kind(Kind.DEPTH))
        stored = shard.file[f"streams/{depth}/data"].id.get_storage_size()
        for frame in range(len(shard)):
            for mount in shard.rig.mounts:
                row = shard.row_at(mount.name, frame)
                if row is not None:
                    reading = shard.reading(mount.name, frame)
                    assert reading is not None
                    for name, size in as_files(mount.kind, shard.stored(mount.name, row), reading.data).items():
                        other[name] = other.get(name, 0) + size
                        files += name != "depth as NPZ"
            other["labels"] = other.get("labels", 0) + len(_as_json(shard.truth(frame)))
            files += 1
        frames = len(shard)
    folder_bytes = sum(size for name, size in other.items() if name != "depth as NPZ")
    return {
        "frames": frames,
        "depth in the shard, kB a reading": round(stored / other.pop("depth readings") / 1e3, 1),
        "depth as PNG + NPZ over the shard's": round((other["depth as PNG"] + other["depth as NPZ"]) / stored, 2),
        "depth as PNG over the shard's": round(other["depth as PNG"] / stored, 2),
        "depth as NPZ over the shard's": round(other["depth as NPZ"] / stored, 2),
        "shard, MB": round(path.stat().st_size / 1e6, 2),
        "folder of files, MB": round(folder_bytes / 1e6, 2),
        "folder over shard": round(folder_bytes / path.stat().st_size, 2),
        "files in the folder": files,
        "files beside and with the shard": sum(1 for p in folder.iterdir() if p.is_file()),
    }


def as_files(kind: Any, stored: np.ndarray, data: np.ndarray) -> dict[str, int]:
    """Return bytes by kind of file of one reading."""
    if kind.value == "rgb":
        return {"JPEG": stored.nbytes}
    if kind.value == "depth":
        codes = np.rint(data.astype(np.float64) * ((2**24 - 1) / 1000.0)).astype("<u4").view(np.uint8).reshape(*data.shape, 4)[..., :3]
        buffer = io.BytesIO()
        np.savez_compressed(buffer, data)
        return {"depth as PNG": _png(np.ascontiguousarray(codes)), "depth as NPZ": buffer.tell(), "depth readings": 1}
    if kind.value in ("semantic", "instance"):
        return {kind.value: _png(data.astype(np.uint8 if kind.value == "semantic" else np.uint16))}
    return {kind.value: data.nbytes + 128}


def _png(image: np.ndarray) -> int:
    return len(cv2.imencode(".png", image)[1])


def _as_json(truth: Any) -> str:
    tables = {name: getattr(truth, name).tolist() for name in ("boxes3d", "lanes", "lane_points", "lights")}
    return json.dumps(tables, default=lambda values: values.tolist())


if __name__ == "__main__":
    print(json.dumps(sizes(Path(sys.argv[1]), float(sys.argv[2]))))
