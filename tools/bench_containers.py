"""Containers that others use, on the benchmark's samples: python -m tools.bench_containers NAME FOLDER COUNT

Runs in whatever Python has them, so it imports nothing of simgen. Each writes the samples once and reads them three times; the median
counts.
"""

from __future__ import annotations

import json
import pickle
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.bench_samples import POINT, Raw, sample

ROUNDS = 3


def timed(read: Callable[[], Iterable[Any]], count: int) -> dict[str, Any]:
    """Return samples per second and CPU seconds per sample, medians over rounds after one that warms up."""
    wall, cpu = [], []
    for _ in range(ROUNDS + 1):
        start, spent = time.perf_counter(), time.process_time()
        got = sum(1 for _ in read())
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - spent)
        assert got == count, f"{got} samples where {count} were written"
    return {
        "samples_per_s": round(count / statistics.median(wall[1:]), 1),
        "cpu_s_per_sample": round(statistics.median(cpu[1:]) / count, 5),
    }


def decoded(jpeg: bytes, png: bytes, points: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the arrays of a sample: what every container is asked for."""
    rgb = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    semantic = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return rgb, semantic, np.frombuffer(points, dtype=POINT)


def _size(folder: Path) -> dict[str, int]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {"bytes": sum(path.stat().st_size for path in files), "files": len(files)}


def _order(count: int) -> list[int]:
    return np.random.default_rng(0).permutation(count).tolist()


def folder_of_files(folder: Path, raws: Iterator[Raw], count: int) -> Callable[[], Iterable[Any]]:
    """JPEG, PNG and NPY beside each other."""
    for number, raw in enumerate(raws):
        (folder / f"{number:06d}.jpg").write_bytes(raw.jpeg)
        (folder / f"{number:06d}.png").write_bytes(raw.png)
        np.save(folder / f"{number:06d}.npy", raw.points)

    def read() -> Iterator[Any]:
        for number in _order(count):
            stem = folder / f"{number:06d}"
            rgb = cv2.imread(f"{stem}.jpg", cv2.IMREAD_COLOR_RGB)
            yield rgb, cv2.imread(f"{stem}.png", cv2.IMREAD_GRAYSCALE), np.load(f"{stem}.npy")

    return read


def webdataset(folder: Path, raws: Iterator[Raw], count: int) -> Callable[[], Iterable[Any]]:
    """Tar files, read in order with a shuffle buffer."""
    import webdataset as wds

    with wds.ShardWriter(str(folder / "%06d.tar"), maxcount=100, verbose=0) as writer:
        for number, raw in enumerate(raws):
            writer.write({"__key__": f"{number:06d}", "jpg": raw.jpeg, "png": raw.png, "bin": raw.points.tobytes()})
    tars = sorted(map(str, folder.glob("*.tar")))

    def read() -> Iterator[Any]:
        for found in wds.WebDataset(tars, shardshuffle=False).shuffle(20):
            yield decoded(found["jpg"], found["png"], found["bin"])

    return read


def litdata(folder: Path, raws: Iterator[Raw], count: int) -> Callable[[], Iterable[Any]]:
    """Chunks of litdata's StreamingDataset."""
    from litdata import StreamingDataset
    from litdata.streaming.writer import BinaryWriter

    writer = BinaryWriter(str(folder), chunk_bytes="64MB")
    for number, raw in enumerate(raws):
        writer[number] = {"jpg": raw.jpeg, "png": raw.png, "points": raw.points.tobytes()}
    writer.done()
    writer.merge()
    dataset = StreamingDataset(str(folder), shuffle=False)
    return lambda: (decoded(found["jpg"], found["png"], found["points"]) for found in (dataset[i] for i in range(count)))


def mosaicml_streaming(folder: Path, raws: Iterator[Raw], count: int) -> Callable[[], Iterable[Any]]:
    """MDS files of mosaicml-streaming."""
    from streaming import LocalDataset, MDSWriter

    with MDSWriter(out=str(folder), columns={"jpg": "bytes", "png": "bytes", "points": "bytes"}) as writer:
        for raw in raws:
            writer.write({"jpg": raw.jpeg, "png": raw.png, "points": raw.points.tobytes()})
    dataset = LocalDataset(str(folder))
    return lambda: (decoded(found["jpg"], found["png"], found["points"]) for found in (dataset[i] for i in _order(count)))


def zarr(folder: Path, raws: Iterator[Raw], count: int) -> Callable[[], Iterable[Any]]:
    """Zarr 3 arrays, one chunk a sample, its default compressor; JPEG bytes and points padded to one length."""
    import zarr as z

    kept = list(raws)
    longest = max(len(raw.jpeg) for raw in kept)
    root = z.open_group(str(folder), mode="w")
    jpeg = root.create_array("jpg", shape=(count, longest), chunks=(1, longest), dtype="u1", compressors=None)
    semantic = root.create_array("semantic", shape=(count, *kept[0].semantic.shape), chunks=(1, *kept[0].semantic.shape), dtype="u1")
    size = kept[0].points.nbytes
    points = root.create_array("points", shape=(count, size), chunks=(1, size), dtype="u1")
    for number, raw in enumerate(kept):
        jpeg[number, : len(raw.jpeg)] = np.frombuffer(raw.jpeg, np.uint8)
        semantic[number] = raw.semantic
        points[number] = raw.points.view(np.uint8)
    return lambda: (
        (cv2.imdecode(np.asarray(jpeg[i]), cv2.IMREAD_COLOR_RGB), semantic[i], np.asarray(points[i]).view(POINT)) for i in _order(count)
    )


def lmdb(folder: Path, raws: Iterator[Raw], count: int) -> Callable[[], Iterable[Any]]:
    """LMDB with pickled tuples of bytes."""
    import lmdb as m

    with m.open(str(folder), map_size=1 << 33) as store, store.begin(write=True) as transaction:
        for number, raw in enumerate(raws):
            transaction.put(b"%06d" % number, pickle.dumps((raw.jpeg, raw.png, raw.points.tobytes())))
    store = m.open(str(folder), readonly=True, lock=False)

    def read() -> Iterator[Any]:
        with store.begin(buffers=True) as transaction:
            for number in _order(count):
                yield decoded(*pickle.loads(transaction.get(b"%06d" % number)))

    return read


CONTAINERS: dict[str, Callable[[Path, Iterator[Raw], int], Callable[[], Iterable[Any]]]] = {
    "folder of files": folder_of_files,
    "webdataset": webdataset,
    "litdata": litdata,
    "mosaicml-streaming": mosaicml_streaming,
    "zarr": zarr,
    "lmdb": lmdb,
}


def main(name: str, folder: Path, count: int) -> dict[str, Any]:
    """Write and read one container."""
    target = folder / name.replace(" ", "-")
    target.mkdir()
    read = CONTAINERS[name](target, (sample(number) for number in range(count)), count)
    return {**timed(read, count), **_size(target)}


if __name__ == "__main__":
    # Some of them print while they work; only the last line is ours.
    result = main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(result))
