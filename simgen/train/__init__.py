"""Trains small nets on shards: a plain example of the whole way, on a CPU and without downloaded weights. See `run.train`."""
