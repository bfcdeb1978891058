"""Make the towns that simgen ships: `python -m tools.make_towns [--out simgen/server/maps] [--town NAME] [--seed N]`.

Needs the `maps` extra (roadgen, pinned: another version may draw other curves). The same seed gives the same bytes. roadgen
draws the lanes, junctions and the curves between them; `town_xml` then writes heights, paint, signs and lights.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import roadgen

from tools.town_designs import DESIGNS
from tools.town_plan import RING_HALF_GAP_RAD, RING_RADIUS_M, Arm, Layout, Plan, StreetClass, lay_out, movements
from tools.town_xml import RING_KMH, RING_LANE_M, finish, ring_name

MAPS = Path(__file__).resolve().parent.parent / "simgen" / "server" / "maps"


def make_town(name: str, seed: int | None = None) -> str:
    """Return the OpenDRIVE text of a town. Raises KeyError for an unknown name."""
    design, shipped_seed = DESIGNS[name]
    return draw(design(shipped_seed if seed is None else seed))


def draw(plan: Plan) -> str:
    """Return the OpenDRIVE text of a plan."""
    layout = lay_out(plan)
    drawing = roadgen.Map(name=plan.name, origin=(*plan.geo_origin, 0.0), sampling=2.0)
    roads = {street.name: _add_street(drawing, layout, street.name) for street in plan.streets}
    for node, arms in layout.arms.items():
        (_add_roundabout if node in plan.roundabouts else _add_junction)(drawing, layout, node, arms, roads)
    drawing.validate()
    return finish(drawing.to_opendrive_xml(), layout)


def _add_street(drawing: roadgen.Map, layout: Layout, name: str) -> roadgen.Road:
    trace = layout.traces[name]
    kind = next(arm.kind for arms in layout.arms.values() for arm in arms if arm.street.name == name)
    line = roadgen.Alignment((*trace.start, 0.0), trace.heading)
    for length, curvature in trace.pieces:
        if abs(curvature) < 1e-9:
            line.line(length)
        else:
            line.arc(length, curvature)
    return drawing.add_road(lanes=_cross_section(kind), alignment=line, name=name, speed_limit_kph=kind.speed_kmh)


def _cross_section(kind: StreetClass) -> list[roadgen.Lane]:
    """Return the lanes of both directions, each from the middle outwards, as roadgen wants them."""
    return [
        lane
        for direction in ("forward", "backward")
        for lane in (
            *(roadgen.Lane(kind.lane_width_m, direction, speed_limit_kph=kind.speed_kmh) for _ in range(kind.lanes_each_way)),
            roadgen.Lane(kind.sidewalk_m, direction, "sidewalk"),
        )
    ]


def _lane(roads: dict[str, roadgen.Road], arm: Arm, lane: int, towards_node: bool) -> roadgen.LaneRef:
    """Return driving lane `lane` (counted from the middle) of an arm; backward lanes follow the forward sidewalk."""
    forward = (arm.at == "end") == towards_node
    return roads[arm.street.name].lane(lane if forward else arm.kind.lanes_each_way + 1 + lane)


def _add_junction(drawing: roadgen.Map, layout: Layout, node: str, arms: tuple[Arm, ...], roads: dict[str, roadgen.Road]) -> None:
    junction = drawing.add_junction(node)
    for m in movements(arms):
        source = _lane(roads, arms[m.source], m.source_lane, towards_node=True)
        target = _lane(roads, arms[m.target], m.target_lane, towards_node=False)
        drawing.connect_lanes(source, target, junction=junction)


def _add_roundabout(drawing: roadgen.Map, layout: Layout, node: str, arms: tuple[Arm, ...], roads: dict[str, roadgen.Road]) -> None:
    """Draw the ring between neighbouring arms, and at each arm a junction of entry, exit and ring."""
    ring = [_add_ring_piece(drawing, layout, node, k) for k in range(len(arms))]
    for k, arm in enumerate(arms):
        junction = drawing.add_junction(f"{node}_{k}")
        before, after = ring[k - 1].lane(0), ring[k].lane(0)
        drawing.connect_lanes(before, after, junction=junction)
        drawing.connect_lanes(_lane(roads, arm, 0, towards_node=True), after, junction=junction)
        drawing.connect_lanes(before, _lane(roads, arm, 0, towards_node=False), junction=junction)


def _add_ring_piece(drawing: roadgen.Map, layout: Layout, node: str, k: int) -> roadgen.Road:
    arms = layout.arms[node]
    begin = arms[k].heading + RING_HALF_GAP_RAD
    sweep = (arms[(k + 1) % len(arms)].heading - RING_HALF_GAP_RAD - begin) % math.tau
    x, y = layout.plan.nodes[node]
    line = roadgen.Alignment((x + RING_RADIUS_M * math.cos(begin), y + RING_RADIUS_M * math.sin(begin), 0.0), begin + math.pi / 2.0)
    line.arc(RING_RADIUS_M * sweep, 1.0 / RING_RADIUS_M)
    lanes = [roadgen.Lane(RING_LANE_M, "forward", speed_limit_kph=RING_KMH), roadgen.Lane(arms[k].kind.sidewalk_m, "forward", "sidewalk")]
    return drawing.add_road(lanes=lanes, alignment=line, name=ring_name(node, k), speed_limit_kph=RING_KMH, form="roundabout")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make the towns that simgen ships.")
    parser.add_argument("--out", type=Path, default=MAPS)
    parser.add_argument("--town", choices=sorted(DESIGNS), action="append", help="only this one (may be repeated)")
    parser.add_argument("--seed", type=int, help="another seed than that of the shipped file")
    options = parser.parse_args(arguments)
    for name in options.town or sorted(DESIGNS):
        path = options.out / f"{name}.xodr"
        path.write_text(make_town(name, options.seed), encoding="utf-8")
        print(f"{path}: {path.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
