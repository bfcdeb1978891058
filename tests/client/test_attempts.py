"""Workers that hang, crash or fail, in place of the recording."""

import os
import textwrap
from dataclasses import replace

import pytest

from simgen.client import attempts
from simgen.errors import ConfigError, EnvironmentFault, ServerError, SimgenError
from simgen.scenario.devices import RigSpec, make_rig
from simgen.scenario.episode import draw_episode
from simgen.scenario.job import Job, RecordPlan, ServerPlan
from simgen.scenario.scenario import make_scenario
from simgen.scenario.schema import build

PREAMBLE = """
import json, os, pickle, signal, sys, time
job, address = pickle.load(sys.stdin.buffer)
half = job.shard.with_name(f".{job.shard.name}.{os.getpid()}.tmp")
half.write_text("half")
tries = job.shard.with_name("tries")
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
def tell(event, **details):
    os.write(int(sys.argv[1]), (json.dumps({"event": event, **details}) + "\\n").encode())
tell("phase", phase="connect")
tell("tick", tick=3, ticks=9)
"""
DONE = """
os.replace(half, job.shard)
tell("done", path=str(job.shard), outcome={"events": {}})
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a job whose worker does what the given program says; returns its outcome."""

    def run(program, **plan):
        script = tmp_path / "worker.py"
        script.write_text(PREAMBLE + textwrap.dedent(program))
        monkeypatch.setattr(attempts, "WORKER", (str(script),))
        monkeypatch.setattr(attempts, "require_answer", lambda plan: None)
        episode = draw_episode(make_scenario("mine", {}, None, {}, {}), 3)
        rig = make_rig(build(RigSpec, {"devices": {"imu": {"type": "imu"}}}, "rig"), 10.0)
        server = ServerPlan(kind="carla", ports=(28120, 28129))
        record = replace(RecordPlan(tick_deadline_s=1.0, load_deadline_s=10.0), **plan)
        return attempts.run_job(Job(episode, rig, 10.0, server, record, tmp_path / "out" / "mine-3.h5"), events.append)

    events = []
    run.events = events
    run.out = tmp_path / "out"
    return run


def left(run):
    return sorted(p.name for p in run.out.iterdir() if p.name not in ("logs", "tries"))


def test_a_good_worker_is_run_once(run):
    assert run(DONE) == {"events": {}}
    assert left(run) == ["mine-3.h5"]
    assert (run.out / "tries").read_text() == "x"


def test_a_hanging_tick_ends_the_worker_and_the_episode_begins_anew(run):
    program = f"if len(tries.read_text()) < 3:\n    signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)\n{DONE}"
    assert run(program) == {"events": {}}
    assert (run.out / "tries").read_text() == "xxx"
    reasons = [event["reason"] for event in run.events if event["event"] == "retry"]
    assert len(reasons) == 2
    assert "the recording after tick 3 must go on within 1 s, got nothing" in reasons[0]


@pytest.mark.parametrize(("end", "how"), [("os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"), ("os._exit(134)", "exit status 134")])
def test_a_crash_is_tried_again_and_told_in_the_end(run, end, how):
    with pytest.raises(ServerError, match=f"mine-3.h5 must be recorded in 2 attempts, got the client must end by itself, got {how}"):
        run(end, attempts=2)
    assert (run.out / "tries").read_text() == "xx"
    assert left(run) == []


def test_a_crash_after_the_shard_is_done_does_not_matter(run):
    assert run(DONE + "os.kill(os.getpid(), signal.SIGABRT)") == {"events": {}}
    assert (run.out / "tries").read_text() == "x"


@pytest.mark.parametrize("kind", [ConfigError, EnvironmentFault, SimgenError])
def test_what_another_attempt_cannot_mend_is_raised_at_once(run, kind):
    with pytest.raises(kind, match=r"^wrong"):
        run(f"tell('failed', error='{kind.__name__}', message='wrong')")
    assert (run.out / "tries").read_text() == "x"
    assert left(run) == []


def test_a_late_reading_is_tried_again(run):
    with pytest.raises(ServerError, match="in 3 attempts, got sensor top"):
        run("tell('failed', error='LateReading', message='sensor top must deliver')")
    assert (run.out / "tries").read_text() == "xxx"


def test_what_a_killed_run_left_is_removed(run):
    run.out.mkdir()
    (run.out / ".mine-3.h5.99999.tmp").write_text("old")
    (run.out / ".other-3.h5.99999.tmp").write_text("another's")
    run(DONE)
    assert left(run) == [".other-3.h5.99999.tmp", "mine-3.h5"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_told_before_anything_starts(run):
    run.out.mkdir(mode=0o500)
    with pytest.raises(EnvironmentFault, match="out must be a folder that can be written to, got Permission denied"):
        run(DONE)


def test_a_folder_that_is_a_file_is_told(run):
    run.out.write_text("")
    with pytest.raises(EnvironmentFault, match="out must be a folder that can be written to"):
        run(DONE)
