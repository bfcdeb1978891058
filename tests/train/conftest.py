import pytest

pytest.importorskip("torch", reason="torch is an extra: pip install 'simgen[torch]'")


@pytest.fixture(scope="session")
def painted(tmp_path_factory):
    """Four episodes of six frames: a grey road under a blue sky, and on it one red car whose place differs."""
    import dataclasses
    from types import MappingProxyType

    import numpy as np

    from simgen.datatypes.readings import Reading
    from simgen.datatypes.rig import Kind, Rig
    from simgen.datatypes.tags import Tag
    from simgen.labels import annotate
    from simgen.shards.writer import ShardWriter
    from tests.shards.made_up import HEIGHT, RIG, TICK_RATE_HZ, WIDTH, make_frame

    folder = tmp_path_factory.mktemp("painted")
    rig = Rig("painted", tuple(m for m in RIG.mounts if m.kind in (Kind.RGB, Kind.SEMANTIC, Kind.INSTANCE)))
    for episode in range(4):
        writer = ShardWriter(folder / f"painted-{episode}.h5", rig, TICK_RATE_HZ, {"scenario": f"painted-{episode}", "seed": episode})
        for number in range(6):
            rng = np.random.default_rng([episode, number])
            x, y = int(rng.integers(4, WIDTH - 28)), int(rng.integers(HEIGHT // 2 - 8, HEIGHT - 20))
            ids = np.zeros((HEIGHT, WIDTH), np.uint32)
            ids[y : y + 14, x : x + 22] = 7
            tags = np.full((HEIGHT, WIDTH), Tag.ROADS, np.uint8)
            tags[: HEIGHT // 2], tags[ids == 7] = Tag.SKY, Tag.CAR
            rgb = np.full((HEIGHT, WIDTH, 3), (90, 90, 90), np.uint8)
            rgb[: HEIGHT // 2], rgb[ids == 7] = (120, 160, 220), (200, 30, 30)
            data = {Kind.RGB: rgb, Kind.SEMANTIC: tags, Kind.INSTANCE: ids}
            tick = number * 2  # cameras of 10 Hz in a world of 20 Hz
            for at in (tick, tick + 1):
                frame = make_frame(at, rig)
                readings = {n: Reading(n, r.kind, at, r.world_from_sensor, data[r.kind]) for n, r in frame.readings.items()}
                frame = dataclasses.replace(frame, readings=MappingProxyType(readings))
                writer.append(frame, annotate(frame, rig))
        writer.close({"events": []})
    return folder
