"""A rig of many rates loses no reading, over ten thousand ticks."""

from pathlib import Path

import numpy as np
import pytest

from simgen.shards.reader import ShardReader
from tests.end_to_end.conftest import generate

RIG = Path(__file__).parent / "multirate_rig.yaml"
RATES = {"wide.semantic": 20, "wide.depth": 20, "narrow.rgb": 10, "narrow.instance": 10, "lidar": 10, "radar": 20, "gnss": 1, "imu": 100}


@pytest.mark.slow
def test_ten_thousand_ticks_lose_no_reading(tmp_path):
    few = ("scenario.traffic.vehicles=3", "scenario.walkers.count=2")
    shard = generate(tmp_path, "scenario=urban_traffic", "seed=3", "duration_s=100", f"rig={RIG}", *few, timeout_s=900.0)
    with ShardReader(shard) as reader:
        assert len(reader) == 10_000
        for name, rate in RATES.items():
            np.testing.assert_array_equal(reader.stream_ticks[name], np.arange(0, 10_000, 100 // rate), err_msg=name)
        assert {np.asarray(reader.reading("imu", t).data).shape for t in range(0, 10_000, 997)} == {(7,)}
