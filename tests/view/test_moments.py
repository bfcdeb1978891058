"""Events of the script and messages of sensors become spans on one timeline."""

from simgen.shards.reader import ShardReader
from simgen.shards.writer import ShardWriter
from simgen.view.moments import moments
from tests.shards.made_up import RIG, TICK_RATE_HZ, annotate, make_frame, write_shard


def test_a_collision_is_a_moment_at_its_tick(tmp_path):
    with ShardReader(write_shard(tmp_path / "a.h5")) as shard:
        (moment,) = moments(shard)
    assert (moment.kind, moment.start_tick, moment.stop_tick) == ("collision", 5, 5)
    assert moment.text == "collision with object 1, 2 N s"  # an impulse of (1, 1, 1)


def test_events_span_from_start_to_done_and_what_did_not_begin_is_left_out(tmp_path):
    writer = ShardWriter(tmp_path / "a.h5", RIG, TICK_RATE_HZ, {})
    for tick in range(5):
        frame = make_frame(tick)
        writer.append(frame, annotate(frame, RIG))
    events = {
        "brakes": {"started_tick": 1, "done_tick": 3},
        "turns": {"started_tick": 2, "done_tick": None},
        "never": {"started_tick": None, "done_tick": None},
        "later part": {"started_tick": 90, "done_tick": 99},
        "broken": "text",
    }
    with ShardReader(writer.close({"events": events})) as shard:
        found = moments(shard)
    assert [(m.name, m.start_tick, m.stop_tick) for m in found] == [("brakes", 1, 3), ("turns", 2, 4)]
    assert "not done" in found[1].text
