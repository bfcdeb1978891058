import pytest

pytest.importorskip("torch", reason="torch is an extra: pip install 'simgen[torch]'")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Three episodes; one of them in three parts."""
    from simgen.labels import annotate
    from simgen.shards.episode_writer import EpisodeWriter
    from simgen.shards.writer import Storage
    from tests.shards.made_up import RIG, TICK_RATE_HZ, make_frame

    folder = tmp_path_factory.mktemp("dataset")
    for name, frames, most in (("a-1", 31, 0), ("b-2", 25, 10), ("c-3", 12, 0)):
        writer = EpisodeWriter(folder / f"{name}.h5", RIG, TICK_RATE_HZ, {"scenario": name, "seed": 1}, Storage(most_frames=most))
        for tick in range(frames):
            frame = make_frame(tick)
            writer.append(frame, annotate(frame, RIG))
        writer.close({"events": []})
    return folder
