"""Recording one episode: the whole client path as a table of contents, and the process that does it.

`python -m simgen.record FD` is what `client.attempts` starts for every attempt: it reads a pickled (Job, Address) from its
standard input and tells what happens by JSON lines on the file descriptor FD.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from queue import Queue
from threading import Thread
from typing import Any, Protocol

from simgen import noise
from simgen.client.collect import Collector
from simgen.client.events import Events
from simgen.client.launch import Address
from simgen.client.mount import mount_rig, warm_up
from simgen.client.observe import Observer
from simgen.client.session import Session, open_session
from simgen.client.stage import stage_episode
from simgen.datatypes.frame import Frame
from simgen.datatypes.readings import Reading
from simgen.datatypes.truth import GroundTruth
from simgen.errors import SimgenError
from simgen.labels import annotate
from simgen.scenario.job import Job, RecordPlan
from simgen.shards.encoding import ImageCodec
from simgen.shards.episode_writer import EpisodeWriter
from simgen.shards.writer import Storage

Tell = Callable[..., None]
"""Reports an event of the recording: `tell("tick", tick=3, ticks=200)`."""


class Writer(Protocol):
    """Where frames go; an EpisodeWriter."""

    def append(self, frame: Frame, truth: GroundTruth) -> None: ...


def record_episode(session: Session, job: Job, writer: Writer, tell: Tell) -> dict[str, Any]:
    """Record the job's episode into `writer` and return its outcome: what the script's events did.

    Frames are labelled, degraded and written in a thread, while the server makes the next one.
    """
    tell("phase", phase="stage")
    with stage_episode(session, job.episode) as stage:
        session.settle(job.episode.settle_s)
        tell("phase", phase="mount")
        events = Events(session, stage, job.episode.script)
        observer = Observer(session, stage.ego.id, job.record.lane_radius_m)
        with mount_rig(session, stage.ego, job.rig, job.episode.seed) as inboxes, closing(FrameSink(writer, job)) as sink:
            warm_up(session, job.rig, job.record.warmup_s)
            collector = Collector(job.rig, inboxes, job.tick_rate_hz, session.frame + 1, job.record.tick_deadline_s)
            for frame in frames(session, job, collector, observer, events):
                sink.append(frame)
                tell("tick", tick=frame.tick + 1, ticks=job.ticks)
            tell("phase", phase="finish")
            sink.join()
    return {"events": events.outcome(), "ticks": job.ticks}


def frames(session: Session, job: Job, collector: Collector, observer: Observer, events: Events) -> Iterator[Frame]:
    """Advance the world and yield its frames, each one tick late, when the events of its tick have surely arrived."""
    waiting: Frame | None = None
    for tick in session.ticks(job.ticks, collector.first_frame):
        readings = collector.collect(tick, observer.ids())
        world = observer.observe(tick)
        events.advance(tick)
        if waiting is not None:
            yield with_events(waiting, collector.events(waiting.tick, observer.ids()))
        waiting = Frame(tick, tick / job.tick_rate_hz, readings, world)
    if waiting is not None:
        yield with_events(waiting, collector.events(waiting.tick, observer.ids()))
    collector.finish(job.ticks)


def with_events(frame: Frame, events: Mapping[str, Reading]) -> Frame:
    """Return the frame with the event readings of its tick added."""
    return replace(frame, readings={**frame.readings, **events}) if events else frame


class FrameSink:
    """Labels, degrades and appends frames in a thread of its own; at most `job.record.queue` frames wait.

    What goes wrong in the thread is raised by the next call of `append` or `join`.
    """

    def __init__(self, writer: Writer, job: Job) -> None:
        self._writer, self._job = writer, job
        self._queue: Queue[Frame | None] = Queue(job.record.queue)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._work, name="frame-sink", daemon=True)
        self._thread.start()

    def append(self, frame: Frame) -> None:
        """Hand over a frame; waits while the queue is full."""
        self._raise()
        self._queue.put(frame)

    def join(self) -> None:
        """Wait until every frame is written."""
        self.close()
        self._raise()

    def close(self) -> None:
        """End the thread after the frames that wait; safe to call twice."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (frame := self._queue.get()) is not None:
            if self._error is None:  # after an error the queue is only emptied, so that nobody waits
                try:
                    self._write(frame)
                except BaseException as error:  # carried over to the recording thread
                    self._error = error

    def _write(self, frame: Frame) -> None:
        truth = annotate(frame, self._job.rig, self._job.record.radius_m)
        self._writer.append(noise.degrade(frame, self._job.episode.noise, self._job.episode.seed), truth)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error


def record_job(job: Job, address: Address, tell: Tell) -> None:
    """Record one job into its shard; tells "done" with path and outcome when it stands under its final name."""
    tell("phase", phase="connect")
    writer = EpisodeWriter(job.shard, job.rig, job.tick_rate_hz, job.provenance(), storage_of(job.record))
    try:
        with open_session(address, job.episode.map, job.tick_rate_hz, job.server.timeout_s, lambda: tell("beat")) as session:
            outcome = record_episode(session, job, writer, tell)
        writer.close(outcome)
    except BaseException:
        writer.abandon()
        raise
    tell("done", path=str(job.shard), outcome=outcome)


def storage_of(plan: RecordPlan) -> Storage:
    """Return how the plan wants shards to be stored."""
    return Storage(ImageCodec(plan.codec, plan.jpeg_quality), plan.shard_frames, plan.page_kib * 1024)


def main() -> None:
    """Record what standard input holds, and leave without the interpreter's clean-up, in which the client library aborts."""
    with os.fdopen(int(sys.argv[1]), "w", buffering=1) as pipe:

        def tell(event: str, **details: Any) -> None:
            print(json.dumps({"event": event, **details}), file=pipe, flush=True)

        try:
            job, address = pickle.load(sys.stdin.buffer)
            record_job(job, address, tell)
            code = 0
        except SimgenError as error:
            traceback.print_exc()
            tell("failed", error=type(error).__name__, message=str(error))
            code = error.exit_code
        except RuntimeError as error:  # how the client library reports every failed call
            traceback.print_exc()
            tell("failed", error="ServerError", message=f"every call to the server must succeed, got {str(error).splitlines()[0]}")
            code = 3
        except Exception as error:
            traceback.print_exc()
            tell("failed", error="SimgenError", message=f"internal error: {type(error).__name__}: {error}")
            code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
