"""What recording costs over simulation alone: the same episode ticked with all readings collected, and recorded.

Both drive the embedded server through the same client code in a process of their own; the one that records also labels, encodes,
compresses and writes. `overhead` compares wall time from the first to the last tick, so it wants an idle machine; the client's CPU
seconds a tick do not.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import bench_machine

DURATION_S, SMALL_DURATION_S = 10.0, 0.5
ROUNDS = 3
WARM_TICKS = 5


def measure(small: bool, peers: str) -> dict[str, Any]:
    """Return wall and CPU seconds a tick of both, in turns, and the ratio of their best."""
    seconds = SMALL_DURATION_S if small else DURATION_S
    found: dict[str, Any] = {"simulated": [], "recorded": []}
    for _ in range(1 if small else ROUNDS):
        for way, runs in found.items():
            with tempfile.TemporaryDirectory(prefix="simgen-write-") as folder:
                runs.append(bench_machine.run("tools.bench_write", way, folder, str(seconds)))
    best = {way: min((r["wall_s_per_tick"] for r in runs if "failed" not in r), default=0.0) for way, runs in found.items()}
    return {**found, "overhead": round(best["recorded"] / best["simulated"] - 1.0, 3) if best["simulated"] else None}


def table(found: dict[str, Any]) -> str:
    """Return the figures as text."""
    lines = [f"{way:10} {json.dumps(one)}" for way in ("simulated", "recorded") for one in found[way]]
    return "\n".join([*lines, f"overhead of recording: {found['overhead']}"])


def episode(way: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Run the episode; "recorded" writes a shard, "simulated" drops every frame."""
    from simgen.client.collect import Collector
    from simgen.client.events import Events
    from simgen.client.launch import open_server
    from simgen.client.mount import mount_rig, warm_up
    from simgen.client.observe import Observer
    from simgen.client.session import open_session
    from simgen.client.stage import stage_episode
    from simgen.config import load_generate
    from simgen.record import FrameSink, frames, storage_of
    from simgen.scenario.episode import draw_episode
    from simgen.scenario.job import Job
    from simgen.shards.episode_writer import EpisodeWriter

    config = load_generate(["scenario=urban_traffic", "seed=1", f"duration_s={seconds}", f"out={folder}"])
    drawn = draw_episode(config.scenario, config.seed)
    job = Job(drawn, config.rig, config.tick_rate_hz, config.server, config.record, folder / "bench.h5")
    with (
        open_server(job.server, drawn.map, folder / "server.log") as server,
        open_session(server.address, drawn.map, job.tick_rate_hz, 60.0, lambda: None) as session,
        stage_episode(session, drawn) as stage,
    ):
        session.settle(drawn.settle_s)
        observer, events = Observer(session, stage.ego.id, job.record.lane_radius_m), Events(session, stage, drawn.script)
        with mount_rig(session, stage.ego, job.rig, drawn.seed) as inboxes:
            warm_up(session, job.rig, 0.5)
            collector = Collector(job.rig, inboxes, job.tick_rate_hz, session.frame + 1, 60.0)
            writer = EpisodeWriter(job.shard, job.rig, job.tick_rate_hz, job.provenance(), storage_of(job.record))
            with closing(FrameSink(writer, job)) as sink:
                start, spent, ticks = 0.0, 0.0, 0
                for frame in frames(session, job, collector, observer, events):
                    if frame.tick == WARM_TICKS:
                        start, spent = time.perf_counter(), time.process_time()
                    ticks = frame.tick - WARM_TICKS
                    if way == "recorded":
                        sink.append(frame)
                if way == "recorded":
                    sink.join()
                found = {"wall_s_per_tick": (time.perf_counter() - start) / ticks, "cpu_s_per_tick": (time.process_time() - spent) / ticks}
            writer.close({"events": {}}) if way == "recorded" else writer.abandon()
    return {**{name: round(value, 5) for name, value in found.items()}, "ticks": ticks}


if __name__ == "__main__":
    import os

    result = episode(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
    print(json.dumps(result), flush=True)
    os._exit(0)  # the client library aborts in the interpreter's clean-up
