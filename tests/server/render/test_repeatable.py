"""The same views give the same bytes in every process, alone on the machine or beside another."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROCESS_S = 300


def begin(hash_seed):
    """Start a process; the seed of Python's hashes would show where the order of a set gets into a picture."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    return subprocess.Popen([sys.executable, str(HERE / "view_digests.py")], stdout=subprocess.PIPE, text=True, env=environment)


def finish(process):
    out, _ = process.communicate(timeout=PROCESS_S)
    assert process.returncode == 0
    return json.loads(out)


@pytest.mark.slow
def test_views_are_the_same_to_the_byte():
    alone = finish(begin("1"))
    assert len(alone) == 4 * 3 * 4
    assert len(set(alone.values())) >= 4 * (3 + 3), "rgb differs by view and weather, labels by view"
    beside_each_other = [begin("2"), begin("3")]
    assert [finish(process) for process in beside_each_other] == [alone, alone]
