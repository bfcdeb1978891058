"""The designs of the towns that simgen ships. Each is a pure function of a seed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

import numpy as np

from tools.town_plan import Hill, Plan, Point, Street

_COLUMNS, _ROWS = 5, 4
_PITCH_M = (112.0, 98.0)
_ARTERIAL_COLUMN, _ARTERIAL_ROW = 2, 1


def avenue(seed: int) -> Plan:
    """A grid of streets, two arterials that cross, a roundabout, and a low hill."""
    rng = np.random.default_rng(seed)
    grid = {
        (i, j): (_PITCH_M[0] * i + rng.uniform(-7.0, 7.0), _PITCH_M[1] * j + rng.uniform(-7.0, 7.0))
        for i in range(_COLUMNS)
        for j in range(_ROWS)
    }
    missing = {((3, 1), (3, 2)), ((1, 0), (1, 1))}
    links = [(a, b) for a in grid for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if b in grid and (a, b) not in missing]
    corners = [(0, 0), (0, _ROWS - 1), (_COLUMNS - 1, 0), (_COLUMNS - 1, _ROWS - 1)]
    bends = {n for n in grid if sum(n in link for link in links) == 2}
    assert bends >= set(corners)
    streets = [_grid_street(links, bends, grid, rng, chain) for chain in _chains(links, bends)]
    return Plan(
        "Avenue01",
        {_node_name(n): p for n, p in grid.items() if n not in bends},
        tuple(streets),
        (48.1372, 11.5755),
        (Hill(3.3 * _PITCH_M[0], 2.3 * _PITCH_M[1], 6.0, 110.0),),
        roundabouts=frozenset({_node_name((1, 2))}),
        split_phases=frozenset({_node_name((_ARTERIAL_COLUMN, _ARTERIAL_ROW))}),
    )


Node = tuple[int, int]
Chain = tuple[Node, ...]


def _chains(links: list[tuple[Node, Node]], bends: set[Node]) -> list[Chain]:
    """Return the links joined through nodes that are only bends, each chain beginning and ending at a junction."""
    chains: list[Chain] = []
    left = list(links)
    while left:
        chain: Chain = left.pop(0)
        while chain[-1] in bends or chain[0] in bends:
            chain = chain if chain[-1] in bends else chain[::-1]
            link = next(link for link in left if chain[-1] in link)
            left.remove(link)
            chain = (*chain, link[1] if link[0] == chain[-1] else link[0])
        chains.append(chain)
    return chains


def _grid_street(
    links: list[tuple[Node, Node]], bends: set[Node], grid: Mapping[Node, Point], rng: np.random.Generator, chain: Chain
) -> Street:
    on_column = all(n[0] == _ARTERIAL_COLUMN for n in chain)
    on_row = all(n[1] == _ARTERIAL_ROW for n in chain)
    kind = "arterial" if on_column or on_row else "street"
    via: list[Point] = []
    for a, b in itertools.pairwise(chain):
        if len(chain) == 2 and kind == "street" and (1, 2) not in chain:
            via.append(_bulge(grid[a], grid[b], rng.uniform(-12.0, 12.0)))
        via += [grid[b]] if b in bends else []
    return Street(_node_name(chain[0]), _node_name(chain[-1]), kind, tuple(via))


def _node_name(node: Node) -> str:
    return f"{'abcdefgh'[node[0]]}{node[1] + 1}"


def _bulge(a: Point, b: Point, offset_m: float) -> Point:
    """Return the point beside the middle of a-b, `offset_m` to the left."""
    length = math.dist(a, b)
    return (a[0] + b[0]) / 2.0 - (b[1] - a[1]) / length * offset_m, (a[1] + b[1]) / 2.0 + (b[0] - a[0]) / length * offset_m


_SUBURB_NODES: Mapping[str, Point] = {
    "birch": (92.0, -22.0),
    "chapel": (214.0, -44.0),
    "elm": (428.0, 78.0),
    "heath": (230.0, 330.0),
    "juniper": (8.0, 236.0),
    "kiln": (-44.0, 118.0),
    "park": (104.0, 96.0),
    "quarry": (226.0, 76.0),
    "ridge": (332.0, 146.0),
    "school": (238.0, 204.0),
    "tower": (122.0, 214.0),
}
_SUBURB_STREETS: tuple[tuple[str, str, str, tuple[Point, ...]], ...] = (
    ("kiln", "birch", "collector", ((-14.0, 14.0),)),
    ("birch", "chapel", "collector", ()),
    ("chapel", "elm", "collector", ((350.0, -42.0),)),
    ("elm", "heath", "collector", ((446.0, 214.0), (356.0, 312.0))),
    ("heath", "juniper", "collector", ((92.0, 334.0),)),
    ("juniper", "kiln", "collector", ()),
    ("chapel", "quarry", "arterial", ()),
    ("quarry", "school", "arterial", ()),
    ("school", "heath", "arterial", ()),
    ("birch", "park", "street", ()),
    ("kiln", "park", "street", ()),
    ("park", "quarry", "street", ()),
    ("quarry", "ridge", "street", ()),
    ("ridge", "elm", "street", ()),
    ("school", "ridge", "street", ()),
    ("tower", "school", "street", ()),
    ("park", "tower", "street", ()),
    ("juniper", "tower", "street", ((64.0, 206.0),)),
)


def suburb(seed: int) -> Plan:
    """Winding streets inside a loop, mostly T junctions, one arterial through the middle, and a hill."""
    rng = np.random.default_rng(seed)
    nodes = {name: (x + rng.uniform(-5.0, 5.0), y + rng.uniform(-5.0, 5.0)) for name, (x, y) in _SUBURB_NODES.items()}
    streets = [
        Street(a, b, kind, via or (_bulge(nodes[a], nodes[b], float(rng.choice([-1.0, 1.0]) * rng.uniform(7.0, 14.0))),))
        for a, b, kind, via in _SUBURB_STREETS
    ]
    return Plan("Suburb01", nodes, tuple(streets), (47.5581, 7.5878), (Hill(120.0, 190.0, 9.0, 130.0), Hill(430.0, 0.0, -3.0, 110.0)))


DESIGNS: Mapping[str, tuple[Callable[[int], Plan], int]] = {"Avenue01": (avenue, 1), "Suburb01": (suburb, 1)}
"""Town -> (design, the seed of the file that is shipped)."""
