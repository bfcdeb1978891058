"""Made-up episodes with an origin, an outcome, a weather, and a pedestrian that is near at some ticks."""

from dataclasses import replace

from simgen.datatypes.tags import ObjectClass
from simgen.labels import annotate
from simgen.shards.episode_writer import EpisodeWriter
from simgen.shards.writer import Storage
from tests.shards.made_up import RIG, TICK_RATE_HZ, make_frame, thing

WALKER = 9


def write_episode(path, scenario="crossing", seed=7, frames=25, most=0, sun=45.0, walker=range(0), events=None, **storage):
    """Write an episode; a pedestrian stands 4 m ahead of the ego at the ticks `walker`."""
    said = {"scenario": scenario, "seed": seed, "map": "Town", "server": "embedded"}
    said["episode"] = {"weather": {"sun_altitude_angle": sun, "precipitation": 30.0}}
    writer = EpisodeWriter(path, RIG, TICK_RATE_HZ, said, Storage(most_frames=most, **storage))
    for tick in range(frames):
        frame = make_frame(tick)
        if tick in walker:
            near = thing(WALKER, ObjectClass.PEDESTRIAN, tick + 4.0)
            frame = replace(frame, world=replace(frame.world, others=(*frame.world.others, near)))
        writer.append(frame, annotate(frame, RIG))
    return writer.close({"events": events or {}})
