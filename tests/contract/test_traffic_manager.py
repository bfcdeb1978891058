"""The wheel's own Traffic Manager drives through our towns: nobody leaves the lane, runs a red light, or overlaps another."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from judge import Run, Verdict, judge

from simgen.server.world.map_catalogue import Catalogue
from simgen.server.world.roads import RoadMap

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TRIES = 3
"""The wheel's Traffic Manager can lose a wake-up and hang (CARLA issue 9172)."""
SERVER_START_S = 120
_ports = count(24000 + os.getpid() % 16 * 10, 4)
"""Below the range that systems give to outgoing connections."""


def free_port() -> int:
    """Return the first of four ports of which none is in use."""
    for port in _ports:
        if all(_is_free(port + k) for k in range(4)):
            return port
    raise AssertionError("unreachable")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def serving(town: str) -> Iterator[int]:
    """A fresh server process; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "simgen.server.serve", "--port", str(port), "--map", town]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("serving"), f"the server of {town} ended with {server.poll()}"
            yield port
        finally:
            server.terminate()
            server.wait(30)


def drive(town: str, vehicles: int, seconds: float, seed: int, path: Path, physics: str = "full") -> Run:
    """Record a run in fresh processes. Starts again when the wheel hangs or aborts."""
    ends = []
    for _ in range(TRIES):
        with serving(town) as port:
            arguments = [port, port + 3, vehicles, seconds, seed, physics, path]
            command = [sys.executable, str(HERE / "traffic_run.py"), *map(str, arguments)]
            environment = {**os.environ, "CARLA_CACHE_DIR": str(path.parent / "cache"), "HOME": str(path.parent)}
            try:
                subprocess.run(command, env=environment, timeout=60 + 4 * seconds, check=True, capture_output=True, text=True)
                return Run.load(path)
            except subprocess.TimeoutExpired:
                ends.append("hung")
            except subprocess.CalledProcessError as error:
                ends.append(f"left with {error.returncode}: {error.stderr[-500:]}")
    raise AssertionError(f"no run of {TRIES} came to its end: {ends}")


def verdict_of(town: str, vehicles: int, seconds: float, path: Path, physics: str = "full") -> Verdict:
    run = drive(town, vehicles, seconds, 3, path, physics)
    assert len(run.types) == vehicles
    verdict = judge(run, RoadMap.load(town, Catalogue(None).opendrive(town)))
    print(town, verdict)
    return verdict


def test_ten_vehicles_drive_for_fifteen_seconds(tmp_path: Path) -> None:
    town = Catalogue(None).names()[0]
    verdict = verdict_of(town, 10, 15.0, tmp_path / "run.npz")
    assert verdict.red == ()
    assert verdict.off_lane == 0
    assert verdict.overlapping == {}
    assert verdict.mean_kmh > 5.0


@pytest.mark.slow
@pytest.mark.parametrize("town", Catalogue(None).names())
def test_fifty_vehicles_keep_the_rules_and_nobody_is_stuck(town: str, tmp_path: Path) -> None:
    verdict = verdict_of(town, 50, 80.0, tmp_path / "run.npz")
    assert verdict.red == ()
    assert verdict.green > 10
    assert verdict.off_lane == 0
    assert verdict.p99_m < 1.0
    assert len(verdict.overlapping) <= 1
    assert verdict.stuck == ()
    assert verdict.mean_kmh > 10.0


@pytest.mark.slow
def test_hybrid_physics_keeps_teleported_vehicles_on_their_lanes(tmp_path: Path) -> None:
    verdict = verdict_of(Catalogue(None).names()[0], 50, 40.0, tmp_path / "run.npz", "hybrid")
    assert verdict.red == ()
    assert verdict.off_lane == 0
    assert len(verdict.overlapping) <= 1
    assert verdict.mean_kmh > 10.0


@pytest.mark.slow
@pytest.mark.parametrize("town", Catalogue(None).names())
def test_a_seed_drives_the_same_bit_for_bit_in_fresh_processes(town: str, tmp_path: Path) -> None:
    first, second = (drive(town, 50, 60.0, 7, tmp_path / name) for name in ("first.npz", "second.npz"))
    np.testing.assert_array_equal(first.rows, second.rows)
    np.testing.assert_array_equal(first.colours, second.colours)
