"""Hand-made OpenDRIVE documents, small enough to know every number in them."""

from dataclasses import dataclass

HEADER = (
    '<header revMajor="1" revMinor="4" name="mini"><geoReference>+proj=tmerc +lat_0=48 +lon_0=11 +k=1 +x_0=0 +y_0=0 '
    "+datum=WGS84 +units=m +no_defs</geoReference></header>"
)


@dataclass(frozen=True)
class MiniRoad:
    """One straight road along +x: driving lanes 3.5 m wide, then, if wanted, sidewalks of 2 m."""

    road_id: int = 1
    x: float = 0.0
    y: float = 0.0
    hdg: float = 0.0
    length: float = 100.0
    z: float = 0.0
    lanes: int = 1
    """Driving lanes each way."""
    sidewalks: bool = True
    junction: int = -1
    limit: str = ""
    elevation: str = ""
    objects: str = ""
    signals: str = ""
    link: str = ""
    shape: str = "<line/>"

    def xml(self) -> str:
        elevation = self.elevation or f'<elevation s="0" a="{self.z}" b="0" c="0" d="0"/>'
        return (
            f'<road name="r{self.road_id}" length="{self.length}" id="{self.road_id}" junction="{self.junction}"><link>{self.link}</link>'
            f'{self.limit}<planView><geometry s="0" x="{self.x}" y="{self.y}" hdg="{self.hdg}" length="{self.length}">'
            f"{self.shape}</geometry></planView><elevationProfile>{elevation}</elevationProfile><lanes>"
            f'<laneSection s="0"><left>{self._side(1)}</left><center><lane id="0" type="none" level="false">'
            f"{_mark('broken', 'yellow')}</lane></center><right>{self._side(-1)}</right></laneSection></lanes>"
            f"<objects>{self.objects}</objects>"
            f"<signals>{self.signals}</signals></road>"
        )

    def _side(self, sign: int) -> str:
        kinds = ["driving"] * self.lanes + ["sidewalk"] * self.sidewalks
        lanes = [
            f'<lane id="{sign * (k + 1)}" type="{kind}" level="false"><link/>'
            f'<width sOffset="0" a="{3.5 if kind == "driving" else 2.0}" b="0" c="0" d="0"/>{_mark("solid", "white")}</lane>'
            for k, kind in enumerate(kinds)
        ]
        return "".join(lanes if sign < 0 else lanes[::-1])


def _mark(kind: str, color: str) -> str:
    return f'<roadMark sOffset="0" type="{kind}" weight="standard" color="{color}" width="0.12" laneChange="none"/>'


def document(*roads: MiniRoad, rest: str = "") -> str:
    """Return the OpenDRIVE text of some roads; `rest` holds controllers and junctions."""
    return f'<?xml version="1.0"?><OpenDRIVE>{HEADER}{"".join(road.xml() for road in roads)}{rest}</OpenDRIVE>'


def limit(maximum: str, unit: str | None, s: float = 0.0) -> str:
    """Return a `<type>` with a speed limit."""
    stated = "" if unit is None else f' unit="{unit}"'
    return f'<type s="{s}" type="town"><speed max="{maximum}"{stated}/></type>'


def signal(signal_id: str, kind: str, s: float, t: float, orientation: str, lanes: tuple[int, int] | None) -> str:
    """Return a `<signal>`."""
    validity = "" if lanes is None else f'<validity fromLane="{lanes[0]}" toLane="{lanes[1]}"/>'
    return (
        f'<signal id="{signal_id}" name="s{signal_id}" s="{s}" t="{t}" zOffset="2.0" hOffset="0" roll="0" pitch="0" '
        f'orientation="{orientation}" '
        f'dynamic="no" country="OpenDRIVE" type="{kind}" subtype="-1" value="-1" text="" height="1" width="1">{validity}</signal>'
    )


def crosswalk(s: float, half_across: float, half_along: float = 1.5) -> str:
    """Return a crosswalk over a road at `s`."""
    corners = ((-half_along, -half_across), (half_along, -half_across), (half_along, half_across), (-half_along, half_across))
    outline = "".join(f'<cornerLocal u="{u}" v="{v}" z="0" height="0"/>' for u, v in (*corners, corners[0]))
    return (
        f'<object id="w{s}" name="walk" type="crosswalk" s="{s}" t="0" zOffset="0" hdg="0" orientation="none" length="3" width="7">'
        f"<outline>{outline}</outline></object>"
    )


def stop_line(s: float, lane: int) -> str:
    """Return a painted stop line."""
    return (
        f'<object id="l{s}{lane}" name="StopLine" type="roadMark" subtype="stopLine" s="{s}" t="0" zOffset="0" hdg="0" orientation="none" '
        f'length="0.4" width="3.5"><validity fromLane="{lane}" toLane="{lane}"/></object>'
    )
