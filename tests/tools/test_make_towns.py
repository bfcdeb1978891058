"""The towns' plans, the XML pass, and that the shipped files are what their seeds give."""

import math
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools import town_designs, town_plan, town_xml  # noqa: E402

TOWNS = sorted(town_designs.DESIGNS)
MAPS = ROOT / "simgen" / "server" / "maps"


@pytest.mark.parametrize("name", TOWNS)
def test_a_shipped_town_is_what_its_seed_gives(name: str, tmp_path: Path) -> None:
    pytest.importorskip("roadgen")
    command = [sys.executable, "-m", "tools.make_towns", "--town", name, "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / f"{name}.xodr").read_bytes() == (MAPS / f"{name}.xodr").read_bytes()


def test_another_seed_gives_another_town(tmp_path: Path) -> None:
    pytest.importorskip("roadgen")
    command = [sys.executable, "-m", "tools.make_towns", "--town", "Suburb01", "--seed", "5", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "Suburb01.xodr").read_bytes() != (MAPS / "Suburb01.xodr").read_bytes()


@pytest.mark.parametrize("name", TOWNS)
def test_a_shipped_town_names_no_other_maker_and_no_time(name: str) -> None:
    header = ElementTree.parse(MAPS / f"{name}.xodr").getroot().find("header")
    assert header is not None
    assert header.get("vendor") == "simgen"
    assert header.get("date") is None


@pytest.mark.parametrize("name", TOWNS)
def test_parts_of_roads_come_in_the_order_of_the_standard(name: str) -> None:
    order = ["link", "type", "planView", "elevationProfile", "lateralProfile", "lanes", "objects", "signals"]
    for road in ElementTree.parse(MAPS / f"{name}.xodr").getroot().iter("road"):
        places = [order.index(part.tag) for part in road]
        assert places == sorted(places)


def end_of(trace: town_plan.Trace) -> tuple[float, float, float]:
    """Follow a trace by hand: (x, y, heading) at its end."""
    (x, y), heading = trace.start, trace.heading
    for length, curvature in trace.pieces:
        if curvature == 0.0:
            x, y = x + length * math.cos(heading), y + length * math.sin(heading)
        else:
            after = heading + length * curvature
            x, y = x + (math.sin(after) - math.sin(heading)) / curvature, y - (math.cos(after) - math.cos(heading)) / curvature
            heading = after
    return x, y, heading


def test_a_straight_fillet_is_shortened_at_both_ends() -> None:
    trace = town_plan.fillet([(0.0, 0.0), (100.0, 0.0)], 10.0, 20.0, 30.0)
    assert trace.start == (10.0, 0.0)
    assert trace.pieces == ((70.0, 0.0),)


@pytest.mark.parametrize("corner", [(50.0, 20.0), (50.0, -20.0), (80.0, 5.0)])
def test_a_rounded_corner_ends_where_and_how_the_last_side_does(corner: tuple[float, float]) -> None:
    trace = town_plan.fillet([(0.0, 0.0), corner, (100.0, 0.0)], 0.0, 0.0, 20.0)
    x, y, heading = end_of(trace)
    assert (x, y) == pytest.approx((100.0, 0.0), abs=1e-9)
    assert heading == pytest.approx(math.atan2(-corner[1], 100.0 - corner[0]), abs=1e-9)
    assert max(abs(curvature) for _, curvature in trace.pieces) <= 1.0 / 20.0


def test_a_corner_too_sharp_for_its_street_is_refused() -> None:
    with pytest.raises(ValueError, match="radius of at least 20 m"):
        town_plan.fillet([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], 0.0, 0.0, 20.0)


def arm(kind: str, heading_deg: float) -> town_plan.Arm:
    return town_plan.Arm(town_plan.Street("a", f"b{heading_deg}", kind), "start", math.radians(heading_deg))


CROSS = [arm("arterial", 0.0), arm("street", 90.0), arm("arterial", 180.0), arm("street", 270.0)]


def test_lanes_turn_left_from_the_inner_right_from_the_outer_and_keep_straight() -> None:
    """From the arm that heads east (so traffic drives west): straight on west, left south, right north."""
    found = {(m.source_lane, m.target, m.target_lane) for m in town_plan.movements(CROSS) if m.source == 0}
    assert found == {(0, 2, 0), (1, 2, 1), (0, 3, 0), (1, 1, 0)}


def test_every_incoming_lane_goes_somewhere_and_nobody_turns_back() -> None:
    for arms in (CROSS, CROSS[:3], [CROSS[0], *CROSS[1::2]]):
        found = town_plan.movements(arms)
        lanes = {(k, lane) for k, a in enumerate(arms) for lane in range(a.kind.lanes_each_way)}
        assert {(m.source, m.source_lane) for m in found} == lanes
        assert all(m.source != m.target for m in found)


@pytest.mark.parametrize("name", TOWNS)
def test_opposite_approaches_share_a_phase_unless_the_node_splits_them(name: str) -> None:
    design, seed = town_designs.DESIGNS[name]
    layout = town_plan.lay_out(design(seed))
    for node in layout.signalised:
        groups = town_plan.phases(layout, node)
        sizes = [1, 1, 1, 1] if node in layout.plan.split_phases else {3: [1, 2], 4: [2, 2]}[len(layout.arms[node])]
        assert sorted(len(group) for group in groups) == sizes
        assert {a.street.name for g in groups for a in g} == {a.street.name for a in layout.arms[node]}


@pytest.mark.parametrize("name", TOWNS)
def test_arms_end_far_enough_from_their_node_to_stay_apart(name: str) -> None:
    """The ends of two neighbouring arms, as wide as they are, do not meet."""
    design, seed = town_designs.DESIGNS[name]
    layout = town_plan.lay_out(design(seed))
    for node, arms in layout.arms.items():
        mouths = [mouth(layout, a) for a in arms]
        for k in range(len(arms)):
            (p, heading, half), (q, _, other) = mouths[k], mouths[(k + 1) % len(arms)]
            left = (p[0] - math.sin(heading) * half, p[1] + math.cos(heading) * half)
            assert math.dist(left, q) > other, f"arms at {node} meet"


def mouth(layout: town_plan.Layout, a: town_plan.Arm) -> tuple[tuple[float, float], float, float]:
    trace = layout.traces[a.street.name]
    x, y, _ = end_of(trace) if a.at == "end" else (*trace.start, trace.heading)
    return (x, y), a.heading, a.kind.half_width_m


def test_a_climb_is_level_at_its_ends_and_smooth_between() -> None:
    begin, middle, end = town_xml._climb(1.0, 5.0, 100.0)
    s, a, c, d = middle
    run = end[0] - s
    assert begin[:2] == (0.0, 1.0)
    assert a + c * run**2 + d * run**3 == pytest.approx(5.0)
    assert 2 * c * run + 3 * d * run**2 == pytest.approx(0.0, abs=1e-12)


def test_numbers_are_shortened_and_nothing_else_is() -> None:
    text = '<a id="007" x="1.23456789012345e+02" y="-0.000000000000001" c="1.234567890123e-05" name="1.5m" s="12"/>'
    assert town_xml._rounded(text) == '<a id="007" x="123.456789" y="0" c="1.23456789e-05" name="1.5m" s="12"/>'


@pytest.mark.parametrize("name", TOWNS)
def test_shipped_files_are_small(name: str) -> None:
    assert (MAPS / f"{name}.xodr").stat().st_size < 400_000
    decimals = re.findall(r'"-?(\d+\.\d+)(?:e[-+]\d+)?"', (MAPS / f"{name}.xodr").read_text())
    assert max(len(number.replace(".", "").lstrip("0")) for number in decimals) <= 10
