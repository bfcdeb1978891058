"""The recording: its thread in isolation, and the whole path from the command line over an embedded server."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from simgen import record
from simgen.datatypes.frame import Frame
from simgen.datatypes.noise import Noise
from simgen.record import FrameSink, with_events
from simgen.shards.reader import ShardReader
from simgen.shards.verify import verify

pytest.importorskip("carla")
PORTS = "server.ports=[28130,28199]"
MULTI_RATE = """
devices:
  cam: {type: camera, width_px: 64, height_px: 48, rate_hz: 5, outputs: [rgb, depth, instance], xyz_m: [1, 0, 1.5]}
  top: {type: lidar, channels: 8, points_per_channel: 128, rate_hz: 5, xyz_m: [0, 0, 2], range_m: 60}
  radar: {type: radar, rate_hz: 4, points: 64, xyz_m: [2.4, 0, 0.6]}
  gnss: {type: gnss, rate_hz: 2}
  imu: {type: imu, rate_hz: 20}
  hit: {type: collision}
"""


class Writer:
    def __init__(self, fails_at=None, waits_for=None):
        self.ticks, self.fails_at, self.waits_for = [], fails_at, waits_for

    def append(self, frame, truth):
        if self.waits_for is not None:
            self.waits_for.wait(10.0)
        if frame.tick == self.fails_at:
            raise OSError("disk full")
        self.ticks.append((frame.tick, truth))


@pytest.fixture
def sink(monkeypatch):
    monkeypatch.setattr(record, "annotate", lambda frame, rig, radius_m: f"truth of {frame.tick}")
    job = SimpleNamespace(rig=None, episode=SimpleNamespace(noise=Noise(), seed=1), record=SimpleNamespace(queue=2, radius_m=100.0))
    return lambda writer: closing(FrameSink(writer, job))


def append_all(sink, ticks):
    for tick in ticks:
        sink.append(frame(tick))


def frame(tick):
    return Frame(tick, tick / 10.0, {}, None)


def test_frames_are_written_in_order_with_their_truth(sink):
    writer = Writer()
    with sink(writer) as made:
        for tick in range(5):
            made.append(frame(tick))
        made.join()
    assert writer.ticks == [(tick, f"truth of {tick}") for tick in range(5)]


def test_an_error_of_the_writer_comes_out_and_nobody_waits(sink):
    writer = Writer(fails_at=1)
    with sink(writer) as made, pytest.raises(OSError, match="disk full"):
        append_all(made, range(100))
    assert [tick for tick, _ in writer.ticks] == [0]


def test_an_error_at_the_last_frame_comes_out_of_join(sink):
    with sink(Writer(fails_at=0)) as made:
        made.append(frame(0))
        with pytest.raises(OSError, match="disk full"):
            made.join()


def test_a_slow_writer_holds_the_recording_back(sink):
    gate = threading.Event()
    handed_over = []
    with sink(Writer(waits_for=gate)) as made:

        def hand_over():
            for tick in range(10):
                made.append(frame(tick))
                handed_over.append(tick)

        thread = threading.Thread(target=hand_over)
        thread.start()
        thread.join(0.3)
        assert len(handed_over) <= 3  # one being written, two waiting
        gate.set()
        thread.join(10.0)
        made.join()
    assert handed_over == list(range(10))


def test_events_are_added_to_the_readings():
    before = Frame(0, 0.0, {"imu": "i"}, None)
    assert with_events(before, {"hit": "h"}).readings == {"imu": "i", "hit": "h"}
    assert with_events(before, {}) is before


# ----------------------------------------------------------------------------------------------- the whole path


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    path = tmp_path_factory.mktemp("rig") / "multi.yaml"
    path.write_text(MULTI_RATE)
    return path


def command(out, rig, *more):
    few = ["scenario.traffic.vehicles=4", "scenario.walkers.count=3", "scenario.settle_s=0.2"]
    return [sys.executable, "-m", "simgen.cli", "generate", f"rig={rig}", f"out={out}", PORTS, *few, *more]


def generate(out, rig, *more):
    done = subprocess.run(command(out, rig, *more), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, rig):
    out = tmp_path_factory.mktemp("out")
    events = generate(out, rig, "scenario=urban_traffic", "seed=3", "duration_s=1.5")
    return SimpleNamespace(events=events, shard=out / "urban_traffic-3.h5", out=out)


def test_a_run_tells_its_progress_and_leaves_a_good_shard(recorded):
    assert [event["tick"] for event in recorded.events if event["event"] == "tick"] == list(range(1, 31))
    assert recorded.events[-1]["event"] == "done"
    assert [verdict.faults for verdict in verify([recorded.out])] == [()]
    beside = ["card.md", "croissant.json", "logs", "manifest.json"]
    assert sorted(p.name for p in recorded.out.iterdir()) == [*beside, "urban_traffic-3.h5"]


def test_every_sensor_measured_exactly_when_due(recorded):
    with ShardReader(recorded.shard) as shard:
        assert len(shard) == 30
        wanted = {"cam.rgb": 4, "cam.depth": 4, "cam.instance": 4, "top": 4, "radar": 5, "gnss": 10, "imu": 1}
        for name, period in wanted.items():
            np.testing.assert_array_equal(shard.stream_ticks[name], np.arange(0, 30, period))


def test_a_revolution_put_together_from_slices_sees_all_round(recorded):
    with ShardReader(recorded.shard) as shard:
        points = shard.reading("top", 8).data
    azimuth = np.degrees(np.arctan2(points["y"], points["x"]))
    filled, _ = np.histogram(azimuth, bins=12, range=(-180, 180))
    assert (filled > 0).all()


def test_the_imu_of_a_car_on_the_road_feels_gravity(recorded):
    with ShardReader(recorded.shard) as shard:
        up = [shard.reading("imu", tick).data[2] for tick in range(30)]
    assert np.median(up) == pytest.approx(9.81, abs=0.3)


def test_poses_of_sensors_are_those_of_the_rig(recorded):
    with ShardReader(recorded.shard) as shard:
        for name in ("cam.depth", "top", "radar"):
            world_from_ego = shard.ego(20).world_from_ego
            expected = world_from_ego @ shard.mount(name).ego_from_sensor
            np.testing.assert_allclose(shard.reading(name, 20).world_from_sensor, expected, atol=2e-3)


@pytest.mark.slow
def test_the_same_command_gives_the_same_bytes(recorded, rig, tmp_path):
    generate(tmp_path, rig, "scenario=urban_traffic", "seed=3", "duration_s=1.5")
    assert (tmp_path / "urban_traffic-3.h5").read_bytes() == recorded.shard.read_bytes()


@pytest.mark.slow
def test_an_interrupt_ends_everything_and_leaves_nothing_half_made(rig, tmp_path):
    running = subprocess.Popen(command(tmp_path, rig, "duration_s=60"), stdout=subprocess.PIPE, text=True)
    children = set()
    for line in running.stdout:
        children |= descendants(running.pid)
        if json.loads(line)["event"] == "tick":
            break
    assert len(children) >= 2
    running.send_signal(signal.SIGINT)
    running.stdout.read()
    assert running.wait(30) == 130
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert [p.name for p in tmp_path.iterdir()] == ["logs"]


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["simgen.record", "simgen.cli serve"])
def test_a_killed_server_or_client_costs_an_attempt_and_changes_nothing(recorded, rig, tmp_path, victim):
    running = subprocess.Popen(
        command(tmp_path, rig, "scenario=urban_traffic", "seed=3", "duration_s=1.5"), stdout=subprocess.PIPE, text=True
    )
    events = []
    for line in running.stdout:
        events.append(json.loads(line))
        if events[-1].get("tick") == 5 and not any(event["event"] == "retry" for event in events):
            (pid,) = (pid for pid in descendants(running.pid) if victim in command_line(pid))
            os.kill(pid, signal.SIGKILL)
    assert running.wait(60) == 0
    assert [event["attempt"] for event in events if event["event"] == "retry"] == [1]
    assert (tmp_path / "urban_traffic-3.h5").read_bytes() == recorded.shard.read_bytes()


def descendants(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in listed}


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_missing_place_is_the_users_mistake(rig, tmp_path):
    done = subprocess.run(
        command(tmp_path, rig, "scenario=cut_in", "map=Suburb01"), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "simgen: map must have a place for scenario cut_in (60 m straight, beside it: left_lane), got Suburb01\n"


def test_an_unknown_map_is_the_users_mistake(rig, tmp_path):
    done = subprocess.run(command(tmp_path, rig, "map=Avenu01"), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "Avenu01" in done.stderr
    assert done.stderr.count("\n") == 1
