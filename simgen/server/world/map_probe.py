"""Tries a foreign OpenDRIVE map in a process of its own: the client's native map may crash or run away on a bad one."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache

from simgen.errors import MapError

TIMEOUT_S = 120.0
_PROGRAM = """
import sys
from simgen.server.world.roads import build
try:
    build("probe", sys.stdin.buffer.read().decode())
except Exception as error:
    sys.exit("FAULT " + (str(error).splitlines() or [type(error).__name__])[0])
"""


def probe(opendrive: str, where: str) -> None:
    """Raise MapError when building the road map of `opendrive` fails, crashes, or takes longer than `TIMEOUT_S`."""
    fault = _fault(opendrive)
    if fault:
        raise MapError(f"an OpenDRIVE map must be usable by the CARLA client, got {fault} ({where})")


@lru_cache(maxsize=16)
def _fault(opendrive: str) -> str:
    """Return what is wrong with a map, empty when nothing is."""
    command = [sys.executable, "-c", _PROGRAM]
    try:
        done = subprocess.run(command, input=opendrive.encode(), capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {TIMEOUT_S:g} s"
    if done.returncode == 0:
        return ""
    said = [line for line in done.stderr.decode(errors="replace").splitlines() if line.startswith("FAULT ")]
    return said[-1].removeprefix("FAULT ") if said else f"a crash of its map (exit status {done.returncode})"
