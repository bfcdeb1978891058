"""The schedule that the client predicts against servers that sum up time in their own ways."""

import numpy as np
import pytest

from simgen.client.mount import sensor_tick
from simgen.datatypes.rig import is_due
from simgen.scenario.devices import RigSpec, make_rig
from simgen.scenario.schema import build

RATES = [(10, 10), (10, 20), (5, 20), (1, 100), (12, 100), (13, 100), (20, 100), (30, 60), (7, 30), (100, 100), (10, 30), (2.5, 20)]


def period(rate_hz, tick_rate_hz):
    mount = make_rig(build(RigSpec, {"devices": {"c": {"type": "camera", "rate_hz": rate_hz}}}, "rig"), tick_rate_hz).mounts[0]
    return sensor_tick(mount, 1.0 / tick_rate_hz)


def sums_of_time(period_s, dt_s, ticks):
    """A server that compares the sum of its steps with the sum of the periods."""
    elapsed, due_at = 0.0, None
    for _ in range(ticks):
        elapsed += dt_s
        due_at = elapsed if due_at is None else due_at
        fires = period_s == 0 or elapsed >= due_at
        due_at += period_s if fires else 0.0
        yield fires


def cooldowns(period_s, dt_s, ticks):
    """Unreal's tick intervals: a cooldown in single precision, with credit for what it overran."""
    dt, period_f = np.float32(dt_s), np.float32(period_s)
    left = np.float32(0.0)
    for _ in range(ticks):
        fires = period_s == 0 or left <= 0
        if fires:
            left = np.float32(left + period_f)
        yield fires
        left = np.float32(left - dt)


@pytest.mark.parametrize(("rate_hz", "tick_rate_hz"), RATES)
@pytest.mark.parametrize("server", [sums_of_time, cooldowns])
def test_sensors_fire_when_the_rig_says_they_are_due(rate_hz, tick_rate_hz, server):
    ticks = 3000
    fired = list(server(period(rate_hz, tick_rate_hz), 1.0 / tick_rate_hz, ticks))
    assert fired == [bool(is_due(tick, rate_hz, tick_rate_hz)) for tick in range(ticks)]


def test_a_lidar_sends_every_tick():
    rig = make_rig(build(RigSpec, {"devices": {"top": {"type": "lidar", "rate_hz": 10}}}, "rig"), 100.0)
    assert sensor_tick(rig.mounts[0], 0.01) == 0.0
