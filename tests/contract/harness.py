"""Servers for the contract tests, and what the tests say to them again and again."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PORTS = range(22000, 22200, 4)
"""Below the range that systems give to outgoing connections. A server takes two of four, a Traffic Manager a third."""
SERVER_START_S = 120
REAL = os.environ.get("SIMGEN_CARLA", "")
"""Address of a real CARLA server, if the tests are to run against one."""
TOWN, OTHER_TOWN = ("Town10HD_Opt", "Town01") if REAL else ("Avenue01", "Suburb01")

embedded_only = pytest.mark.skipif(bool(REAL), reason="says what the embedded server does where it differs")


def free_port() -> int:
    """Return the first of four ports of which none is in use."""
    for port in random.sample(PORTS, len(PORTS)):
        if all(_is_free(port + k) for k in range(4)):
            return port
    raise OSError(f"no free ports in {PORTS}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def server_environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, Path]]:
    """A fresh server process; yields its address and its log."""
    port = free_port()
    log = Path(os.environ.get("TMPDIR", "/tmp")) / f"simgen-contract-{os.getpid()}-{port}.log"
    command = [sys.executable, "-m", "simgen.server.serve", "--port", str(port), *(options or ("--map", TOWN))]
    with (
        log.open("w") as stderr,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True, env=server_environment()) as server,
    ):
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("serving"), log.read_text()
            yield f"127.0.0.1:{port}", log
        finally:
            server.terminate()
            server.wait(30)
    log.unlink()


def synchronous(world, step_s: float = 0.05) -> None:
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, step_s
    world.apply_settings(settings)


def asynchronous(world, step_s: float | None = None) -> None:
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = False, step_s
    world.apply_settings(settings)


def eventually(condition: Callable[[], bool], patience_s: float = 5.0) -> None:
    """Wait until something that other threads bring about is so; fails when it never is."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)
