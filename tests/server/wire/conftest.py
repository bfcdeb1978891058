from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is not an error of the wire.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

GOLDEN = Path(__file__).parents[2] / "golden"
sys.path.insert(0, str(GOLDEN))


@pytest.fixture(scope="session")
def requests() -> dict[str, bytes]:
    """Requests recorded from the real client, by file name."""
    return {path.stem: path.read_bytes() for path in sorted((GOLDEN / "requests").glob("*.bin"))}
