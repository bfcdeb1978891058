"""Reading for training: the same samples from simgen's shards and from the containers that others use.

Every container holds identical JPEG bytes and the same tags and points, and gives decoded arrays; peers hold tags as PNG and points
as plain arrays, as their users do. One process, page cache warm, random order where the container has one. `samples_per_s` counts
wall time, so it wants an idle machine; `cpu_s_per_sample` does not.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import bench_containers, bench_machine

COUNT, SMALL_COUNT = 300, 6


def measure(small: bool, peers: str) -> dict[str, Any]:
    """Return figures of every container: ours in this Python, the others in the peers'."""
    count = SMALL_COUNT if small else COUNT
    with tempfile.TemporaryDirectory(prefix="simgen-read-") as folder:
        ours = {name: bench_machine.run("tools.bench_read", name, folder, str(count)) for name in ("write", *OURS)}
        theirs = {
            name: bench_machine.run("tools.bench_containers", name, folder, str(count), python=peers)
            for name in bench_containers.CONTAINERS
        }
    ours.pop("write")
    best = max((found["samples_per_s"] for found in theirs.values() if "failed" not in found), default=0.0)
    return {"samples": count, "ours": ours, "peers": theirs, "ratio_to_best_peer": _ratio(ours["shards"], best)}


def _ratio(ours: dict[str, Any], best: float) -> float | None:
    return round(ours["samples_per_s"] / best, 2) if best and "failed" not in ours else None


def table(found: dict[str, Any]) -> str:
    """Return the figures as text."""
    lines = [f"{'container':28} {'samples/s':>10} {'CPU ms':>8} {'MB':>8} {'files':>6}"]
    for name, figures in {**found["ours"], **found["peers"]}.items():
        if "failed" in figures:
            lines.append(f"{name:28} not measured: {figures['failed']}")
        elif "samples_per_s" in figures:
            cpu_ms, size = 1e3 * figures["cpu_s_per_sample"], figures.get("bytes", 0) / 1e6
            lines.append(f"{name:28} {figures['samples_per_s']:10.1f} {cpu_ms:8.2f} {size:8.1f} {figures.get('files', 0):6d}")
        else:
            lines.append(f"{name:28} {json.dumps(figures)}")
    return "\n".join([*lines, f"ours over the best peer: {found['ratio_to_best_peer']}"])


# ------------------------------------------------------------------ ours, in a process of its own


def write(folder: Path, count: int) -> dict[str, Any]:
    """Write the samples as shards."""
    from types import MappingProxyType

    import numpy as np

    from simgen.datatypes.frame import Frame, Thing, WorldState
    from simgen.datatypes.readings import Reading
    from simgen.datatypes.rig import Kind, Mount, Rig
    from simgen.datatypes.tags import ObjectClass
    from simgen.labels import annotate
    from simgen.shards.episode_writer import EpisodeWriter
    from simgen.shards.writer import Storage
    from tools.bench_samples import HEIGHT, WIDTH, sample

    camera = MappingProxyType({"image_size_x": str(WIDTH), "image_size_y": str(HEIGHT), "fov": "90"})
    kinds = {"front.rgb": Kind.RGB, "front.semantic": Kind.SEMANTIC, "top": Kind.LIDAR}
    mounts = [
        Mount(n, n.partition(".")[0], k, np.eye(4), 10.0, camera if k is not Kind.LIDAR else MappingProxyType({})) for n, k in kinds.items()
    ]
    rig = Rig("bench", tuple(mounts))
    here, still = np.eye(4), np.zeros(3)
    ego = Thing(1, "vehicle.tesla.model3", ObjectClass.CAR, here, here, np.array([4.8, 2.0, 1.5]), still, still, {}, 0, -1)
    writer = EpisodeWriter(folder / "shards" / "bench-0.h5", rig, 10.0, {"scenario": "bench", "seed": 0}, Storage(most_frames=100))
    for tick in range(count):
        raw = sample(tick)
        data = {"front.rgb": raw.rgb, "front.semantic": raw.semantic, "top": raw.points}
        readings = {name: Reading(name, kind, tick, here, data[name]) for name, kind in kinds.items()}
        frame = Frame(tick, tick / 10.0, MappingProxyType(readings), WorldState(tick, ego, (), ()))
        writer.append(frame, annotate(frame, rig))
    writer.close({"events": {}})
    return {"written": count}


def shards(folder: Path, count: int, threads: int = 2) -> dict[str, Any]:
    """Read by FrameDataset, decoded in threads."""
    from simgen.data import FrameDataset, Order

    dataset = FrameDataset([folder / "shards"], sensors=["front.rgb", "front.semantic", "top"], threads=threads)
    files = list((folder / "shards").iterdir())
    found = bench_containers.timed(lambda: dataset.iterate(dataset.order(Order(0), 0).tolist()), count)
    return {**found, "bytes": sum(f.stat().st_size for f in files), "files": len(files)}


def one_thread(folder: Path, count: int) -> dict[str, Any]:
    """Read by FrameDataset in one thread."""
    return shards(folder, count, 1)


def plain_h5py(folder: Path, count: int) -> dict[str, Any]:
    """Read by ShardReader, the plain twin."""
    import numpy as np

    from simgen.shards.reader import ShardReader

    readers = [ShardReader(path) for path in sorted((folder / "shards").glob("*.h5"))]
    places = [(reader, frame) for reader in readers for frame in range(len(reader))]
    order = np.random.default_rng(0).permutation(count)
    return bench_containers.timed(lambda: ([r.data for r in places[i][0].readings(places[i][1])] for i in order), count)


def random_access(folder: Path, count: int) -> dict[str, Any]:
    """Return milliseconds for one frame at random: its bytes alone, and decoded."""
    import statistics

    import numpy as np

    from simgen.data.catalogue import Catalogue
    from simgen.shards.direct import DirectReader

    catalogue = Catalogue.of([folder / "shards"], [])
    readers = [DirectReader(index) for index in catalogue.indices]
    fetch, decode = [], []
    for number in np.random.default_rng(1).integers(0, count, 100):
        shard, frame = catalogue.episodes[0].places[number]
        start = time.perf_counter()
        for name in readers[shard].index.streams:
            row = readers[shard].row_at(name, int(frame))
            assert row is not None
            readers[shard].stored(name, row)
        fetch.append(time.perf_counter() - start)
        start = time.perf_counter()
        for name in readers[shard].index.streams:
            readers[shard].reading(name, int(frame))
        decode.append(time.perf_counter() - start)
    return {"stored_ms": round(1e3 * statistics.median(fetch), 3), "decoded_ms": round(1e3 * statistics.median(decode), 3)}


def loader(folder: Path, count: int) -> dict[str, Any]:
    """Return samples per second through FrameLoader, batches of 4, with no workers and with 2."""
    from simgen.data import FrameDataset, FrameLoader

    found = {}
    for workers, threads in ((0, 1), (0, 2), (2, 1)):
        dataset = FrameDataset([folder / "shards"], sensors=["front.rgb", "front.semantic", "top"], threads=threads)
        start = time.perf_counter()
        for _ in range(2):
            for _ in FrameLoader(dataset, 4, workers=workers):
                pass
        found[f"workers {workers}, threads {threads}"] = round(2 * count / (time.perf_counter() - start), 1)
    return found


OURS = {"shards": shards, "shards, one thread": one_thread, "shards, h5py": plain_h5py, "random access": random_access, "loader": loader}

if __name__ == "__main__":
    act = {"write": write, **OURS}[sys.argv[1]]
    print(json.dumps(act(Path(sys.argv[2]), int(sys.argv[3]))))
