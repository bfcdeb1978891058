"""The schedule of a multi-rate rig."""

import numpy as np
import pytest

from simgen.datatypes.rig import is_due


@pytest.mark.parametrize(("rate", "tick_rate"), [(10, 100), (20, 100), (1, 100), (100, 100), (20, 30), (13, 100), (30, 100), (0.5, 20)])
def test_readings_in_t_seconds_are_t_times_the_rate(rate, tick_rate):
    ticks = 40 * tick_rate
    assert sum(is_due(t, rate, tick_rate) for t in range(ticks)) == 40 * rate


def test_the_first_tick_is_due_for_every_sensor():
    assert all(is_due(0, rate, 100.0) for rate in (0.1, 1.0, 7.0, 100.0))


def test_gaps_between_readings_differ_by_one_tick_at_most():
    due = np.flatnonzero([is_due(t, 13.0, 100.0) for t in range(10_000)])
    assert set(np.diff(due)) == {7, 8}


def test_no_drift_after_a_million_ticks():
    assert is_due(1_000_000, 10.0, 100.0)
    assert not is_due(1_000_001, 10.0, 100.0)
    assert is_due(999_990, 10.0, 100.0)
