"""The bodies of people as baked by tools/bake_people.py: shapes, bones, weights and regions.

x forward, y right, z up from the bare soles, metres; arms hang out at 45 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DATA = "people.npz"


@dataclass(frozen=True)
class Level:
    """One level of detail: what all bodies share, and the places of their vertices."""

    positions: dict[str, Floats]
    """(V, 3) by the name of the body."""
    triangles: NDArray[np.int64]
    """(T, 3), outside as everywhere."""
    regions: NDArray[np.int64]
    """(T,) index into `Bodies.regions`."""
    bones: NDArray[np.int64]
    """(V, 4) index into `Bodies.bones`."""
    weights: Floats
    """(V, 4), sum 1."""


@dataclass(frozen=True)
class Bodies:
    """All that is in the file."""

    bones: tuple[str, ...]
    parents: tuple[int, ...]
    """Parents come before their children; -1 for the pelvis."""
    regions: tuple[str, ...]
    heads: dict[str, Floats]
    """(bones, 3): where each bone begins, by the name of the body."""
    near: Level
    far: Level


@lru_cache(maxsize=1)
def bodies() -> Bodies:
    """Return the bodies, read once."""
    with resources.files("simgen.server.assets").joinpath("data", DATA).open("rb") as file:
        data = dict(np.load(file))
    names, bones = [str(n) for n in data["bodies"]], tuple(str(n) for n in data["bone_names"])
    other = _other_side(bones)
    heads = {name: _both_heads(half, bones) for name, half in zip(names, data["heads"].astype(np.float64), strict=True)}
    near, far = (_level(data, level, names, other) for level in ("near", "far"))
    return Bodies(bones, tuple(int(p) for p in data["parents"]), tuple(str(n) for n in data["region_names"]), heads, near, far)


def _other_side(bones: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the bone on the other side of each bone; itself in the middle."""
    swap = {"R": "L", "L": "R"}
    return np.array([bones.index(f"{b[:-1]}{swap[b[-1]]}") if b[-2:] in (".R", ".L") else k for k, b in enumerate(bones)])


def _both_heads(half: Floats, bones: tuple[str, ...]) -> Floats:
    """The file has the central and right bones, in the order of `bones`."""
    left = half[[k for k, b in enumerate(bones) if b.endswith(".R")]] * (1, -1, 1)
    central = half.copy()
    central[[k for k, b in enumerate(bones) if "." not in b], 1] = 0.0
    return np.concatenate([central, left])


def _level(data: dict[str, Any], level: str, names: list[str], other: NDArray[np.int64]) -> Level:
    """Mirror the right half; vertices in the middle plane are shared."""
    half = data[f"{level}_positions"].astype(np.float64) * float(data["unit_m"])
    bones, weights = data[f"{level}_bones"].astype(np.int64), data[f"{level}_weights"].astype(np.float64)
    triangles, regions = data[f"{level}_triangles"].astype(np.int64), data[f"{level}_regions"].astype(np.int64)
    middle = (np.abs(half[:, :, 1]) < 1e-9).all(axis=0)
    mirror = np.where(middle, np.arange(len(middle)), len(middle) + np.cumsum(~middle) - 1)
    positions = np.concatenate([half, half[:, ~middle] * (1, -1, 1)], axis=1)
    return Level(
        positions=dict(zip(names, positions, strict=True)),
        triangles=np.concatenate([triangles, mirror[triangles][:, ::-1]]),
        regions=np.concatenate([regions, regions]),
        bones=np.concatenate([bones, other[bones[~middle]]]),
        weights=np.concatenate([weights, weights[~middle]]) / np.concatenate([weights, weights[~middle]]).sum(axis=1, keepdims=True),
    )
