"""Running a job in worker processes: watched, ended when it hangs, and begun anew from its seed when it failed.

The client library can hang inside a tick where no timeout reaches it, and it can crash; both end a worker, never this process.
An attempt is never continued or patched: the next one starts with a server and a client of its own.
"""

from __future__ import annotations

import json
import os
import pickle
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simgen import errors
from simgen.client.launch import Server, child, open_server, require_answer
from simgen.errors import EnvironmentFault, ServerError, SimgenError
from simgen.scenario.job import Job, RecordPlan

_LOOK_S = 0.5
"""How often the server is looked at while nothing comes from the worker."""
WORKER = ("-m", "simgen.record")
Report = Callable[[dict[str, Any]], None]
"""Gets every event of the workers, as `record` tells them, and `{"event": "retry", ...}`."""


def run_job(job: Job, report: Report) -> dict[str, Any]:
    """Record the job, in at most `job.record.attempts` attempts, and return its outcome.

    Raises ServerError when every attempt failed; ConfigError and the like at once.
    """
    remove_unfinished(job.shard, "*")  # of a run that was killed
    require_answer(job.server)
    for attempt in range(1, job.record.attempts + 1):
        try:
            return _attempt(job, report)
        except ServerError as error:
            if attempt == job.record.attempts:
                raise ServerError(f"{job.shard.name} must be recorded in {attempt} attempts, got {error}") from error
            report({"event": "retry", "shard": job.shard.name, "attempt": attempt, "reason": str(error)})
    raise AssertionError("attempts is at least 1")


def _attempt(job: Job, report: Report) -> dict[str, Any]:
    logs = make_folder(job.shard.parent / "logs")
    report({"event": "phase", "phase": "server"})
    with open_server(job.server, job.episode.map, logs / f"{job.shard.stem}.server.log") as server:
        return _work(job, server, logs / f"{job.shard.stem}.client.log", report)


def make_folder(path: Path) -> Path:
    """Return the folder, made if need be, or raise EnvironmentFault."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise EnvironmentFault(f"out must be a folder that can be written to, got {error.strerror} ({path})") from None
    return path


def _work(job: Job, server: Server, log: Path, report: Report) -> dict[str, Any]:
    read_end, write_end = os.pipe()
    command = [sys.executable, *WORKER, str(write_end)]
    pid = 0
    try:
        with tempfile.TemporaryFile() as order, log.open("ab") as out:
            pickle.dump((job, server.address), order)
            order.seek(0)
            with child(command, out, pass_fds=[write_end], stdin=order) as worker:
                pid = worker.pid
                os.close(write_end)
                return _watch(worker, server, _Lines(read_end), job.record, log, report)
    finally:
        os.close(read_end)
        remove_unfinished(job.shard, str(pid))


def remove_unfinished(shard: Path, pid: str) -> None:
    """Remove what the writer `pid` ("*" for any) of a shard and of its further parts has left under temporary names."""
    for name in (shard.name, f"{shard.stem}.part*{shard.suffix}"):
        for left in shard.parent.glob(f".{name}.{pid}.tmp*"):
            left.unlink(missing_ok=True)


def _watch(worker: subprocess.Popen[bytes], server: Server, lines: _Lines, plan: RecordPlan, log: Path, report: Report) -> dict[str, Any]:
    """Return the outcome that the worker tells; raise what it failed with, or ServerError when it or the server hangs or dies."""
    wait_s, doing = plan.load_deadline_s, "start"
    while (line := lines.next(wait_s, server.lives)) is not None:
        if not line and not server.lives():
            raise ServerError(f"the server must live until the end, got its end while in {doing} (log: {log})")
        if not line:
            raise ServerError(f"{doing} must go on within {wait_s:g} s, got nothing (log: {log})")
        event = json.loads(line)
        report(event)
        if event["event"] == "done":
            return dict(event["outcome"])
        if event["event"] == "failed":
            kind: type[SimgenError] = getattr(errors, event["error"])
            raise kind(f"{event['message']}{' (log: ' + str(log) + ')' if kind is SimgenError else ''}")
        wait_s = plan.load_deadline_s if event["event"] == "phase" else plan.tick_deadline_s
        doing = {"phase": str(event.get("phase")), "tick": f"the recording after tick {event.get('tick')}"}.get(event["event"], doing)
    raise ServerError(f"the client must end by itself, got {_how_it_ended(worker)} while in {doing} (log: {log})")


class _Lines:
    """The lines that come through a pipe."""

    def __init__(self, pipe: int) -> None:
        self._pipe, self._rest = pipe, b""

    def next(self, wait_s: float, goes_on: Callable[[], bool]) -> bytes | None:
        """Return the next line; b"" when none came in time or `goes_on` says no, None when the other end is closed."""
        deadline = time.monotonic() + wait_s
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._pipe], [], [], min(_LOOK_S, max(0.0, deadline - time.monotonic())))
            if not ready and goes_on() and time.monotonic() < deadline:
                continue
            if not ready:
                return b""
            data = os.read(self._pipe, 65536)
            if not data:
                return None
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line


def _how_it_ended(worker: subprocess.Popen[bytes]) -> str:
    try:
        code = worker.wait(5.0)
    except subprocess.TimeoutExpired:
        return "a closed pipe"
    return f"signal {-code}" if code < 0 else f"exit status {code}"
