import numpy as np
import pytest

from simgen.client.collect import Collector, Inbox
from simgen.client.payloads import id_table
from simgen.errors import LateReading, ServerError
from simgen.scenario.devices import RigSpec, make_rig
from simgen.scenario.schema import build

from .fakes import lidar, message, vector

IDS = id_table([])
FIRST = 1000
"""CARLA's frame of tick 0."""


def collector(devices, tick_rate_hz=20.0):
    rig = make_rig(build(RigSpec, {"devices": devices}, "rig"), tick_rate_hz)
    return Collector(rig, [Inbox(mount) for mount in rig.mounts], tick_rate_hz, FIRST, deadline_s=0.05)


def shot(frame):
    """A radar message with one detection, `frame` metres away."""
    return message(frame, raw_data=np.array([(0, 0, 0, frame)], dtype="<f4").tobytes())


def fix(frame):
    return message(frame, latitude=0.0, longitude=0.0, altitude=float(frame))


RADAR = {"front": {"type": "radar", "rate_hz": 10}}


def put(made, name, *messages):
    for each in messages:
        next(inbox for inbox in made.inboxes if inbox.mount.name == name).messages.put(each)


def test_exactly_the_due_readings_come_in_rig_order():
    made = collector(RADAR | {"fast": {"type": "radar", "rate_hz": 20}})
    put(made, "front", shot(FIRST), shot(FIRST + 2))
    put(made, "fast", shot(FIRST), shot(FIRST + 1), shot(FIRST + 2))
    assert [list(made.collect(tick, IDS)) for tick in range(3)] == [["front", "fast"], ["fast"], ["front", "fast"]]
    made.finish(3)


def test_readings_carry_ticks_and_never_frames():
    made = collector(RADAR)
    put(made, "front", shot(FIRST), shot(FIRST + 2))
    assert made.collect(0, IDS)["front"].tick == 0
    reading = made.collect(2, IDS)["front"]
    assert (reading.tick, reading.data["range"][0]) == (2, FIRST + 2)


def test_what_came_before_tick_0_is_dropped():
    made = collector(RADAR)
    put(made, "front", shot(FIRST - 4), shot(FIRST - 2), shot(FIRST))
    assert made.collect(0, IDS)["front"].data["range"][0] == FIRST


def test_a_silent_sensor_is_named_with_its_tick():
    made = collector(RADAR)
    put(made, "front", shot(FIRST))
    made.collect(0, IDS)
    with pytest.raises(LateReading, match=r"sensor front must deliver at tick 2 within 0\.05 s, got nothing"):
        made.collect(2, IDS)


def test_a_reading_that_was_skipped_is_named():
    made = collector(RADAR)
    put(made, "front", shot(FIRST + 2))
    with pytest.raises(LateReading, match="sensor front must deliver at tick 0, got the reading of tick 2"):
        made.collect(0, IDS)


def test_an_early_reading_is_an_error_when_the_next_is_collected():
    made = collector(RADAR)
    put(made, "front", shot(FIRST), shot(FIRST + 1), shot(FIRST + 2))
    made.collect(0, IDS)
    made.collect(1, IDS)
    with pytest.raises(ServerError, match="sensor front must deliver only when due, got a reading of tick 1 before tick 2"):
        made.collect(2, IDS)


def test_an_extra_reading_at_the_end_is_an_error():
    made = collector(RADAR)
    put(made, "front", shot(FIRST), shot(FIRST + 1))
    made.collect(0, IDS)
    with pytest.raises(ServerError, match="got a reading of tick 1 of 2"):
        made.finish(2)


def test_a_lidar_reading_holds_the_slices_of_its_revolution():
    made = collector({"top": {"type": "lidar", "rate_hz": 10, "channels": 1}})
    for frame in range(FIRST - 3, FIRST + 3):
        put(made, "top", lidar([(float(frame), 0, 0, 1, 0, 1)], [1], frame=frame))
    assert list(made.collect(0, IDS)["top"].data["x"]) == [FIRST - 1, FIRST]
    assert made.collect(1, IDS) == {}
    assert list(made.collect(2, IDS)["top"].data["x"]) == [FIRST + 1, FIRST + 2]


def test_a_sensor_that_sends_every_tick_gives_only_what_is_due():
    made = collector({"gnss": {"type": "gnss", "rate_hz": 10}})
    put(made, "gnss", *(fix(frame) for frame in range(FIRST - 2, FIRST + 4)))
    assert [made.collect(tick, IDS)["gnss"].data[2] for tick in (0, 2)] == [FIRST, FIRST + 2]
    made.finish(4)


def test_a_missing_slice_is_an_error():
    made = collector({"top": {"type": "lidar", "rate_hz": 10, "channels": 1}})
    put(made, "top", *(lidar([(1, 0, 0, 1, 0, 1)], [1], frame=frame) for frame in (FIRST - 2, FIRST)))
    with pytest.raises(LateReading, match="sensor top must deliver at tick -1, got the reading of tick 0"):
        made.collect(0, IDS)


def bump(frame, other_id=5):
    return message(frame, other_actor=type("Other", (), {"id": other_id}), normal_impulse=vector(1.0))


def test_events_belong_to_the_tick_at_which_they_happened():
    made = collector({"hit": {"type": "collision"}})
    put(made, "hit", bump(FIRST - 5), bump(FIRST + 1), bump(FIRST + 1), bump(FIRST + 3))
    assert made.events(0, IDS) == {}
    found = made.events(1, IDS)["hit"]
    assert (found.tick, len(found.data)) == (1, 2)
    assert made.events(2, IDS) == {}
    assert len(made.events(3, IDS)["hit"].data) == 1


def test_event_sensors_are_never_waited_for():
    assert collector({"hit": {"type": "collision"}}).collect(0, IDS) == {}
