"""HDF5 shards: the schema, a writer that never leaves half a file, a reader, and the checks.

Nothing here needs carla, a renderer or torch: training machines read shards without the simulator.
"""
