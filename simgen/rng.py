"""Random streams that depend on a seed and a path of names, and on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of the stream called `names` under `seed`.

    Streams with different paths are independent, and adding one never shifts another: the path is hashed (SHA-256) into
    the entropy of a PCG64 generator. `stream(7, "noise", "front", 12)` is the same on every machine.
    """
    path = "/".join([str(int(seed)), *map(str, names)])
    entropy = int.from_bytes(hashlib.sha256(path.encode()).digest()[:16], "little")
    return np.random.Generator(np.random.PCG64(entropy))


def derive_seed(seed: int, *names: str | int, bits: int = 31) -> int:
    """Return an integer seed in [0, 2**bits) for code that takes plain seeds (the Traffic Manager, CARLA's noise_seed)."""
    return int(stream(seed, *names).integers(0, 2**bits))
