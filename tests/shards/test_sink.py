"""The file under a writer: what is read is what was written, and a kill leaves the last commit."""

import shutil

import numpy as np
import pytest

from simgen.shards.sink import PAGE, Sink, journal_path, recover


@pytest.mark.parametrize("seed", range(5))
def test_it_reads_as_a_plain_file_does(tmp_path, seed):
    rng = np.random.default_rng(seed)
    sink, twin = Sink(tmp_path / "a"), bytearray()
    for _ in range(300):
        at, size = int(rng.integers(0, len(twin) + 1)), int(rng.integers(0, 3 * PAGE))
        action = rng.random()
        if action < 0.5:
            data = rng.bytes(size)
            sink.seek(at)
            sink.write(data)
            twin[at : at + size] = data
        elif action < 0.6:
            sink.commit()
        elif action < 0.65:
            sink.truncate(at)
            del twin[at:]
        else:
            sink.seek(at)
            assert sink.read(size)[: len(twin) - at] == bytes(twin[at : at + size])
        assert sink.seek(0, 2) == len(twin)
    sink.sync()
    sink.close()
    assert (tmp_path / "a").read_bytes() == bytes(twin)
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_committed_bytes_stand_until_the_next_commit(tmp_path):
    path = tmp_path / "a"
    sink = Sink(path)
    sink.write(b"x" * 3 * PAGE)
    sink.commit()
    sink.seek(PAGE - 5)
    sink.write(b"y" * 10)
    sink.seek(3 * PAGE)
    sink.write(b"new")
    assert path.read_bytes()[: 3 * PAGE] == b"x" * 3 * PAGE
    sink.commit()
    assert path.read_bytes() == b"x" * (PAGE - 5) + b"y" * 10 + b"x" * (2 * PAGE - 5) + b"new"


def test_a_whole_journal_is_applied_and_a_torn_one_forgotten(tmp_path, monkeypatch):
    path = tmp_path / "a"
    sink = Sink(path)
    sink.write(b"x" * 2 * PAGE)
    sink.commit()
    sink.seek(0)
    sink.write(b"y" * 2 * PAGE)
    monkeypatch.setattr(sink, "_put", lambda *_: None)  # killed before the pages reach their place
    monkeypatch.setattr("simgen.shards.sink.Path.unlink", lambda *_, **__: None)
    sink.commit()
    monkeypatch.undo()
    journal = journal_path(path).read_bytes()
    for length in (0, 5, 20, len(journal) - 1):
        torn = tmp_path / f"torn{length}"
        shutil.copy(path, torn)
        journal_path(torn).write_bytes(journal[:length])
        recover(torn)
        assert torn.read_bytes() == b"x" * 2 * PAGE
    recover(path)
    assert path.read_bytes() == b"y" * 2 * PAGE
