"""A rig of many rates loses no reading. SIMGEN_SCHEDULE_TICKS=10000 makes it ten thousand ticks, which take some minutes."""

import os
from pathlib import Path

import numpy as np
import pytest

from simgen.shards.reader import ShardReader
from tests.end_to_end.conftest import generate

RIG = Path(__file__).parent / "multirate_rig.yaml"
TICKS = int(os.environ.get("SIMGEN_SCHEDULE_TICKS", "2000"))
RATES = {"wide.semantic": 20, "wide.depth": 20, "narrow.rgb": 10, "narrow.instance": 10, "lidar": 10, "radar": 20, "gnss": 1, "imu": 100}


@pytest.mark.slow
def test_many_ticks_lose_no_reading(tmp_path):
    few = ("scenario.traffic.vehicles=3", "scenario.walkers.count=2", "record.shard_frames=0")
    shard = generate(tmp_path, "scenario=urban_traffic", "seed=3", f"duration_s={TICKS / 100:g}", f"rig={RIG}", *few, timeout_s=900.0)
    with ShardReader(shard) as reader:
        assert len(reader) == TICKS
        for name, rate in RATES.items():
            np.testing.assert_array_equal(reader.stream_ticks[name], np.arange(0, TICKS, 100 // rate), err_msg=name)
        assert {np.asarray(reader.reading("imu", t).data).shape for t in range(0, TICKS, 997)} == {(7,)}
