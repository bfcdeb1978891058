"""A server that runs for long keeps its memory."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from simgen.client.launch import free_ports

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PORTS = (23000, 23400)
TICKS, EARLY = 5000, 1000
RUN_S = 1200


@contextmanager
def server(port):
    command = [sys.executable, "-m", "simgen.cli", "serve", f"port={port}", "map=Avenue01"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        try:
            assert process.stdout.readline().startswith("serving")
            yield process
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.slow
def test_memory_is_flat_while_actors_come_and_go():
    with free_ports(PORTS, 2) as port, server(port) as process:
        command = [sys.executable, str(HERE / "churn_client.py"), str(port), str(process.pid), str(TICKS), str(EARLY), str(TICKS)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["blueprints"] > 60, "most of the 93 vehicles and walkers have been there"
    early, late = told["memory_mb"][str(EARLY)], told["memory_mb"][str(TICKS)]
    assert abs(late - early) < 0.05 * early, told
