"""The 52 pedestrians of CARLA 0.9.16, one row each.

Ids, half sizes and which are children are those of the 0.9.16 server. Genders and generations are known for a few only; the
rest is our choice, alike within the variants of one model.
"""

from __future__ import annotations

from typing import NamedTuple


class WalkerRow(NamedTuple):
    id: str
    gender: str
    age: str
    generation: int
    extent: tuple[float, float, float]


WALKERS: tuple[WalkerRow, ...] = (
    WalkerRow("walker.pedestrian.0001", "female", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0002", "male", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0003", "male", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0004", "male", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0005", "female", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0006", "female", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0007", "female", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0008", "female", "adult", 1, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0009", "female", "child", 1, (0.25, 0.25, 0.55)),
    WalkerRow("walker.pedestrian.0010", "female", "child", 1, (0.25, 0.25, 0.55)),
    WalkerRow("walker.pedestrian.0011", "female", "child", 1, (0.25, 0.25, 0.55)),
    WalkerRow("walker.pedestrian.0012", "male", "child", 1, (0.1877, 0.1877, 0.65)),
    WalkerRow("walker.pedestrian.0013", "male", "child", 1, (0.1877, 0.1877, 0.65)),
    WalkerRow("walker.pedestrian.0014", "male", "child", 1, (0.1877, 0.1877, 0.65)),
    WalkerRow("walker.pedestrian.0015", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0016", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0017", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0018", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0019", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0020", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0021", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0022", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0023", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0024", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0025", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0026", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0027", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0028", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0029", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0030", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0031", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0032", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0033", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0034", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0035", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0036", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0037", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0038", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0039", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0040", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0041", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0042", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0043", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0044", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0045", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0046", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0047", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0048", "male", "child", 2, (0.25, 0.25, 0.55)),
    WalkerRow("walker.pedestrian.0049", "female", "child", 2, (0.25, 0.25, 0.55)),
    WalkerRow("walker.pedestrian.0050", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0051", "female", "adult", 2, (0.1877, 0.1877, 0.93)),
    WalkerRow("walker.pedestrian.0052", "male", "adult", 2, (0.1877, 0.1877, 0.93)),
)

SPEEDS: dict[str, tuple[str, str, str]] = {
    "adult": ("0.0", "1.589", "3.713"),
    "child": ("0.0", "1.1", "2.4"),
}
"""Standing, walking, running (m/s) by age: programs index the three."""

MASSES_KG: dict[str, float] = {"adult": 75.0, "child": 30.0}
