"""What flows from a server to a shard: rigs, readings, frames, ground truth. Plain frozen dataclasses over numpy."""
