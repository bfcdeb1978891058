"""Salvage after a kill: every flushed frame comes back, nothing torn gets a final name. SIMGEN_KILLS=200 kills more often."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from simgen.labels import annotate
from simgen.shards.reader import ShardReader
from simgen.shards.repair import repair, unfinished
from simgen.shards.superblock import lookup3
from simgen.shards.verify import verify
from simgen.shards.writer import FLUSH_EVERY_FRAMES, ShardWriter
from tests.shards.made_up import RIG, TICK_RATE_HZ, data_of, make_frame

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SIMGEN_KILLS", "50"))
WRITER = """
import sys
from tests.shards.made_up import *
from simgen.shards.writer import ShardWriter
frames = [(f, annotate(f, RIG)) for f in map(make_frame, range(int(sys.argv[2])))]
w = ShardWriter(sys.argv[1], RIG, TICK_RATE_HZ, {"seed": 7})
print("begin", flush=True)
for k, (f, t) in enumerate(frames):
    w.append(f, t)
    print(k + 1, flush=True)
sys.stdin.read()
"""


def killed_writer(folder, frames):
    """Run a writer, kill it when all frames are appended; return how many that were."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, str(folder / "a.h5"), str(frames)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout.readline() == "begin\n"
        lines = [writer.stdout.readline() for _ in range(frames)]
        writer.send_signal(signal.SIGKILL)
    return int(lines[-1])


def test_lookup3_of_its_author():
    # The values that lookup3.c prints in its driver5().
    assert lookup3(b"") == 0xDEADBEEF
    assert lookup3(b"", 0xDEADBEEF) == 0xBD5B7DDE
    assert lookup3(b"Four score and seven years ago") == 0x17770551
    assert lookup3(b"Four score and seven years ago", 1) == 0xCD628161


def test_flushed_frames_come_back(tmp_path):
    appended = killed_writer(tmp_path, 130)
    assert appended == 130
    (left,) = unfinished(tmp_path)
    (result,) = repair([tmp_path])
    assert result.frames >= 100
    assert not left.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a.salvaged.h5"]
    (verdict,) = verify([tmp_path])
    assert verdict.ok, verdict.faults
    with ShardReader(tmp_path / "a.salvaged.h5") as shard:
        assert shard.salvaged
        for tick in (0, 49, result.frames - 1):
            expected = make_frame(tick)
            assert {r.name for r in shard.readings(tick)} == set(expected.readings)
            for reading in shard.readings(tick):
                if reading.kind.value != "rgb":
                    np.testing.assert_array_equal(reading.data, expected.readings[reading.name].data)


def test_a_file_without_a_flush_is_left_alone(tmp_path):
    killed_writer(tmp_path, 10)
    (result,) = repair([tmp_path])
    assert (result.frames, result.shard) == (0, "")
    assert result.reason
    assert [p.name for p in tmp_path.iterdir()] == [Path(result.unfinished).name]


def test_the_file_of_a_living_writer_is_not_touched(tmp_path):
    mine = tmp_path / f".a.h5.{os.getpid()}.tmp"
    mine.write_bytes(b"not yet")
    assert repair([tmp_path]) == []
    assert mine.read_bytes() == b"not yet"


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_foreign_temporary_files_are_said_and_left(tmp_path, content):
    alien = tmp_path / ".a.h5.999999999.tmp"
    alien.write_bytes(content)
    (result,) = repair([tmp_path])
    assert result.frames == 0
    assert alien.exists()


@pytest.mark.slow
def test_kills_at_random_moments(tmp_path):
    frames = [(frame, annotate(frame, RIG)) for frame in map(make_frame, range(400))]
    random_s = random.Random(1)
    for kill in range(KILLS):
        folder = tmp_path / str(kill)
        folder.mkdir()
        appended = _kill_a_fork(folder, frames, random_s.uniform(0.0, 0.35))
        assert not list(folder.glob("*.h5")), "no final name"
        flushed = appended // FLUSH_EVERY_FRAMES * FLUSH_EVERY_FRAMES
        saved = sum(result.frames for result in repair([folder]))
        assert saved >= flushed, (kill, appended)
        assert all(v.ok for v in (verify([folder]) if saved else []))
        shutil.rmtree(folder)


def _kill_a_fork(folder, frames, wait_s):
    """Let a fork of this process write, kill it, and return how many frames it had appended."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        writer = ShardWriter(folder / "a.h5", RIG, TICK_RATE_HZ, {"seed": 7})
        for frame, truth in frames:
            writer.append(frame, truth)
            os.write(write_end, b".")
        signal.pause()
    os.close(write_end)
    time.sleep(wait_s)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(read_end, "rb") as pipe:
        return len(pipe.read())


def test_made_up_data_is_the_same_each_time():
    for kind in (r.kind for r in make_frame(0).readings.values()):
        np.testing.assert_array_equal(data_of(kind, np.random.default_rng(3)), data_of(kind, np.random.default_rng(3)))
