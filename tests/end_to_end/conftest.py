"""Datasets made by the command line itself, once per test run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GEOMETRY_RIG = Path(__file__).parent / "geometry_rig.yaml"


def simgen(*arguments, cwd=ROOT, timeout_s=300.0, **environment):
    """Run the command line as a user does and return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "simgen.cli", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


def generate(out, *overrides, timeout_s=300.0):
    done = simgen("generate", f"out={out}", *overrides, timeout_s=timeout_s)
    assert done.returncode == 0, done.stdout + done.stderr
    (shard,) = Path(out).glob("*.h5")
    return shard


@pytest.fixture(scope="session")
def recorded(tmp_path_factory):
    """A second of the crossing scenario, seen by a camera and a LiDAR at one point."""
    return generate(tmp_path_factory.mktemp("crossing"), "scenario=crossing", "seed=7", "duration_s=1", f"rig={GEOMETRY_RIG}")
