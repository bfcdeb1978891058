"""The XML pass over roadgen's OpenDRIVE: heights, paint, crosswalks, signs and lights as the CARLA client reads them.

Roads are recognised by their names, which are those of the plan. Numbers are rounded, so that the file is small and the same
on every machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from tools.town_plan import CLASSES, Arm, Layout, StreetClass, phases

RING_KMH = 30
RING_LANE_M = 4.5
CROSSWALK_CENTRE_M = 3.0
"""From the mouth of the junction."""
CROSSWALK_DEPTH_M = 3.0
STOP_LINE_M = 6.0
POST_M = 0.8
"""Of a light, from the mouth."""
YIELD_SIGN_M = 5.0
SPEED_SIGN_M = 10.0
_KERB_TO_POST_M = 0.6
_SIGN_HEIGHT_M = 2.1
_LEVEL_M = 12.0
"""The ends of a street are as level as the junction, so that crosswalks and stop lines lie flat."""
_NO_CHANGE_M = 25.0
"""Solid lane lines before a junction and after it."""
_ORDER = ("link", "type", "planView", "elevationProfile", "lateralProfile", "lanes", "objects", "signals")
_GEOMETRY_DIGITS, _DIGITS = 10, 6
_SIGN_NAMES = {"206": "Sign_Stop", "205": "Sign_Yield", "274": "Speed_{}"}


def ring_name(node: str, piece: int) -> str:
    """Return the name of the ring road that follows arm `piece` of a roundabout."""
    return f"ring_{node}_{piece}"


def finish(xml: str, layout: Layout) -> str:
    """Return the finished document."""
    root = ElementTree.fromstring(xml)
    roads = {road.get("name", ""): road for road in root.findall("road")}
    _write_header(root, layout)
    _write_heights(root, roads, layout)
    for street in layout.plan.streets:
        _write_paint(roads[street.name], CLASSES[street.kind])
        _write_crosswalks_and_lines(roads[street.name], layout, street.name)
    for node in sorted(layout.plan.roundabouts):
        for piece in range(len(layout.arms[node])):
            _write_edges(roads[ring_name(node, piece)])
    signals = _Signals(root, roads, layout)
    signals.write()
    for road in root.findall("road"):
        _tidy_road(road)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _rounded(ElementTree.tostring(root, encoding="unicode")) + "\n"


def _write_header(root: Element, layout: Layout) -> None:
    header = root.find("header")
    assert header is not None
    header.set("name", layout.plan.name)
    header.set("vendor", "simgen")
    reference = header.find("geoReference")
    assert reference is not None
    latitude, longitude = layout.plan.geo_origin
    reference.text = f"+proj=tmerc +lat_0={latitude} +lon_0={longitude} +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"


def _write_heights(root: Element, roads: Mapping[str, Element], layout: Layout) -> None:
    """Give every junction the height of its node, and every street a smooth climb between level ends."""
    plan = layout.plan
    by_id: dict[str, float] = {}
    for junction in root.findall("junction"):
        by_id[junction.get("id", "")] = plan.height(junction.get("name", "").split("_")[0])
    for road in root.findall("road"):
        if road.get("junction") != "-1":
            _set_profile(road, [(0.0, by_id[road.get("junction", "")], 0.0, 0.0)])
    for node in plan.roundabouts:
        for piece in range(len(layout.arms[node])):
            _set_profile(roads[ring_name(node, piece)], [(0.0, plan.height(node), 0.0, 0.0)])
    for street in plan.streets:
        climb = _climb(plan.height(street.begin), plan.height(street.end), layout.traces[street.name].length)
        _set_profile(roads[street.name], climb)


def _climb(begin_m: float, end_m: float, length: float) -> list[tuple[float, float, float, float]]:
    """Return (s, a, c, d) of a level start, a cubic with zero grade at both ends, and a level end."""
    run, rise = length - 2.0 * _LEVEL_M, end_m - begin_m
    if abs(rise) < 0.005:
        return [(0.0, begin_m, 0.0, 0.0)]
    return [(0.0, begin_m, 0.0, 0.0), (_LEVEL_M, begin_m, 3.0 * rise / run**2, -2.0 * rise / run**3), (length - _LEVEL_M, end_m, 0.0, 0.0)]


def _set_profile(road: Element, records: Sequence[tuple[float, float, float, float]]) -> None:
    profile = road.find("elevationProfile")
    profile = SubElement(road, "elevationProfile") if profile is None else profile
    profile.clear()
    for s, a, c, d in records:
        SubElement(profile, "elevation", {"s": str(s), "a": str(a), "b": "0", "c": repr(c), "d": repr(d)})


def _write_paint(road: Element, kind: StreetClass) -> None:
    """Write the road marks of a street: yellow in the middle, white edges, broken lane lines that end before junctions."""
    length = float(road.get("length", "0"))
    for lane in road.iter("lane"):
        number = abs(int(lane.get("id", "0")))
        for mark in lane.findall("roadMark"):
            lane.remove(mark)
        for offset, style, color, change in _marks(number, kind, length):
            paint = {"sOffset": str(offset), "type": style, "weight": "standard", "color": color, "laneChange": change}
            SubElement(lane, "roadMark", paint if style == "none" else {**paint, "width": "0.13"})


def _write_edges(road: Element) -> None:
    """Write the road marks of a ring: white edges of its one lane, nothing behind the sidewalk."""
    for lane in road.iter("lane"):
        for mark in lane.findall("roadMark"):
            lane.remove(mark)
        style = {"type": "none"} if lane.get("type") == "sidewalk" else {"type": "solid", "width": "0.13"}
        SubElement(lane, "roadMark", {"sOffset": "0", "weight": "standard", "color": "white", "laneChange": "none", **style})


def _marks(lane: int, kind: StreetClass, length: float) -> list[tuple[float, str, str, str]]:
    """Return (offset, type, colour, lane change) of the marks of a lane's outer edge; lane 0 is the middle."""
    if lane > kind.lanes_each_way:
        return [(0.0, "none", "white", "none")]
    if lane == kind.lanes_each_way:
        return [(0.0, "solid", "white", "none")]
    solid = ("solid solid" if kind.lanes_each_way > 1 else "solid", "yellow", "none") if lane == 0 else ("solid", "white", "none")
    broken = ("broken", "yellow", "none") if lane == 0 else ("broken", "white", "both")
    if lane == 0 and kind.lanes_each_way > 1:
        return [(0.0, *solid)]
    if length < 3.0 * _NO_CHANGE_M:
        return [(0.0, *broken)]
    return [(0.0, *solid), (_NO_CHANGE_M, *broken), (round(length - _NO_CHANGE_M, 3), *solid)]


def _write_crosswalks_and_lines(road: Element, layout: Layout, street: str) -> None:
    """Write a crosswalk at both ends, and a stop line across the incoming lanes where there is a light or a stop sign."""
    objects = _section(road, "objects")
    length = float(road.get("length", "0"))
    for arm in _street_arms(layout, street):
        objects.append(_crosswalk(arm, _from_mouth(arm, length, CROSSWALK_CENTRE_M), f"{street}_{arm.at}"))
        if arm.node not in layout.plan.roundabouts:
            for lane in _incoming(arm):
                objects.append(_stop_line(arm, lane, _from_mouth(arm, length, STOP_LINE_M), f"{street}_{arm.at}_{lane}"))


def _street_arms(layout: Layout, street: str) -> list[Arm]:
    return [arm for arms in layout.arms.values() for arm in arms if arm.street.name == street]


def _from_mouth(arm: Arm, length: float, distance: float) -> float:
    return distance if arm.at == "start" else length - distance


def _incoming(arm: Arm) -> list[int]:
    """Return the OpenDRIVE ids of the lanes towards the node: forward lanes are negative."""
    return [(-k if arm.at == "end" else k) for k in range(1, arm.kind.lanes_each_way + 1)]


def _outgoing(arm: Arm) -> list[int]:
    return [-lane for lane in _incoming(arm)]


def _crosswalk(arm: Arm, s: float, name: str) -> Element:
    half, depth = arm.kind.driving_half_width_m, CROSSWALK_DEPTH_M / 2.0
    walk = Element("object", {"id": f"walk_{name}", "name": "Crosswalk", "type": "crosswalk", "s": str(s), "t": "0", "zOffset": "0"})
    walk.attrib.update({"hdg": "0", "orientation": "none", "length": str(CROSSWALK_DEPTH_M), "width": str(2.0 * half), "dynamic": "no"})
    outline = SubElement(walk, "outline", {"closed": "true", "outer": "true"})
    for u, v in ((-depth, -half), (depth, -half), (depth, half), (-depth, half), (-depth, -half)):
        SubElement(outline, "cornerLocal", {"u": str(u), "v": str(v), "z": "0", "height": "0"})
    return walk


def _stop_line(arm: Arm, lane: int, s: float, name: str) -> Element:
    width = arm.kind.lane_width_m
    t = math.copysign((abs(lane) - 0.5) * width, lane)
    line = Element("object", {"id": f"line_{name}", "name": "StopLine", "type": "roadMark", "subtype": "stopLine"})
    line.attrib.update(
        {"s": str(s), "t": str(t), "zOffset": "0", "orientation": _orientation(lane), "length": "0.4", "width": str(width), "dynamic": "no"}
    )
    SubElement(line, "validity", {"fromLane": str(lane), "toLane": str(lane)})
    return line


def _orientation(lane: int) -> str:
    return "+" if lane < 0 else "-"


class _Signals:
    """Writes signs, lights and controllers, counting their ids."""

    def __init__(self, root: Element, roads: Mapping[str, Element], layout: Layout) -> None:
        self.root, self.roads, self.layout = root, roads, layout
        self.junctions = {junction.get("name", ""): junction for junction in root.findall("junction")}
        self.count = 0

    def write(self) -> None:
        for node, arms in self.layout.arms.items():
            if node in self.layout.signalised:
                self._lights(node)
            for arm in arms:
                if node in self.layout.plan.roundabouts:
                    self._signal(arm, "205", _incoming(arm), YIELD_SIGN_M)
                elif node not in self.layout.signalised:
                    self._signal(arm, "206", _incoming(arm), STOP_LINE_M)
                self._signal(arm, "274", _outgoing(arm), SPEED_SIGN_M)

    def _lights(self, node: str) -> None:
        """One light per approach; one controller per phase, in order."""
        for sequence, group in enumerate(phases(self.layout, node)):
            ids = [self._signal(arm, "1000001", _incoming(arm), POST_M) for arm in group]
            self.count += 1
            controller = {"id": str(self.count), "name": f"{node}_phase{sequence}", "sequence": str(sequence)}
            phase = Element("controller", controller)
            for signal_id in ids:
                SubElement(phase, "control", {"signalId": signal_id, "type": "0"})
            self.root.insert(list(self.root).index(next(iter(self.junctions.values()))), phase)
            SubElement(self.junctions[node], "controller", {"id": controller["id"], "type": "0", "sequence": str(sequence)})

    def _signal(self, arm: Arm, code: str, lanes: list[int], distance: float) -> str:
        """Write one signal at the kerb of its lanes; it looks at their traffic. Return its id."""
        road, side = self.roads[arm.street.name], lanes[0]
        speed = str(arm.kind.speed_kmh)
        light = code == "1000001"
        self.count += 1
        signal = {
            "id": str(self.count),
            "name": "Signal_3Light_Post01" if light else _SIGN_NAMES[code].format(speed),
            "s": str(_from_mouth(arm, float(road.get("length", "0")), distance)),
            "t": str(math.copysign(arm.kind.driving_half_width_m + _KERB_TO_POST_M, side)),
            "zOffset": "0" if light else str(_SIGN_HEIGHT_M),
            "hOffset": "0" if side < 0 else repr(math.pi),
            "roll": "0",
            "pitch": "0",
            "orientation": _orientation(side),
            "dynamic": "yes" if light else "no",
            "country": "OpenDRIVE",
            "type": code,
            "subtype": speed if code == "274" else "-1",
            "value": speed if code == "274" else "-1",
            "text": "",
            "height": "1.0" if light else "0.75",
            "width": "0.4" if light else "0.75",
        }
        if code == "274":
            signal["unit"] = "km/h"
        element = SubElement(_section(road, "signals"), "signal", signal)
        SubElement(element, "validity", {"fromLane": str(min(lanes)), "toLane": str(max(lanes))})
        return signal["id"]


def _section(road: Element, tag: str) -> Element:
    found = road.find(tag)
    return SubElement(road, tag) if found is None else found


def _tidy_road(road: Element) -> None:
    """Bring the parts of a road into the standard's order, merge pieces of one curve, and drop what says nothing."""
    road[:] = sorted(road, key=lambda part: _ORDER.index(part.tag))
    limit = road.find("./type/speed")
    if limit is not None:
        limit.set("max", str(round(float(limit.get("max", "0")) * 3.6)))
        limit.set("unit", "km/h")
    for mark in road.iter("roadMark"):
        if mark.get("laneChange") is None:  # the client reads a missing attribute as "both"
            mark.set("laneChange", "none")
    for lane in road.iter("lane"):
        for tag in ("speed", "height"):
            for part in lane.findall(tag):
                lane.remove(part)
        if lane.get("type") == "sidewalk":
            SubElement(lane, "height", {"sOffset": "0", "inner": "0.15", "outer": "0.15"})


_NUMBER = re.compile(r'"(-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+e[-+]?\d+)"')


def _rounded(xml: str) -> str:
    """Return the text with every decimal number shortened: ten significant digits keep curves continuous to micrometres."""

    def shorten(match: re.Match[str]) -> str:
        value = float(match.group(1))
        if abs(value) < 1e-12:
            return '"0"'
        return f'"{round(value, _DIGITS) if abs(value) > 1.0 else float(f"{value:.{_GEOMETRY_DIGITS}g}"):.{_GEOMETRY_DIGITS}g}"'

    return _NUMBER.sub(shorten, xml)
