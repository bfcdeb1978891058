import pytest

from tests.shards.made_up import write_shard


@pytest.fixture
def shard(tmp_path):
    """The path of a small whole shard."""
    return write_shard(tmp_path / "test-7.h5")
