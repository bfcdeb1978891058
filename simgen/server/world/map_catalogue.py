"""Which maps the server can load, and whether a file is an OpenDRIVE map that the CARLA client can take.

What is checked here is the XML; `roads.RoadMap.load` then builds the client's map from it. The client's parser is native code
that trusts its input, so nothing reaches it that has not passed `check_opendrive`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from simgen.errors import MapError

BUILT_IN = Path(__file__).resolve().parent.parent / "maps"
LIMIT_BYTES = 64_000_000
_OPTIONAL_SUFFIX = "_Opt"
_SHAPES = frozenset({"line", "arc", "poly3", "paramPoly3"})
_LIMIT_COORDINATE_M = 50_000.0


class Catalogue:
    """The shipped towns, and every `*.xodr` of a folder by its stem (which wins over a shipped town of the same name)."""

    def __init__(self, maps_dir: Path | None = None) -> None:
        """Raises MapError when `maps_dir` is not a folder."""
        if maps_dir is not None and not maps_dir.is_dir():
            raise MapError(f"the maps folder must exist, got {maps_dir}")
        folders = [BUILT_IN] if maps_dir is None else [BUILT_IN, maps_dir]
        self._files = {path.stem: path for folder in folders for path in sorted(folder.glob("*.xodr"))}

    def names(self) -> tuple[str, ...]:
        """Return the names of the maps in alphabetical order, such as "Avenue01"."""
        return tuple(sorted(self._files))

    def resolve(self, asked: str) -> str:
        """Return the name under which a map is kept: `asked` may have a path before it and "_Opt" behind it.

        Raises MapError, naming the choices.
        """
        stem = asked.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].removesuffix(".xodr")
        for name in (stem, stem.removesuffix(_OPTIONAL_SUFFIX)):
            if name in self._files:
                return name
        raise MapError(f"the map must be one of {', '.join(self.names())}, got {asked!r}")

    def opendrive(self, asked: str) -> str:
        """Return the checked OpenDRIVE text of a map. Raises MapError for an unknown name or an unusable file."""
        path = self._files[self.resolve(asked)]
        try:
            size = path.stat().st_size
            if size > LIMIT_BYTES:
                raise MapError(f"an OpenDRIVE file must be at most {LIMIT_BYTES:,} bytes, got {size:,} ({path})")
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise MapError(f"an OpenDRIVE file must be readable UTF-8 text, got {error} ({path})") from None
        check_opendrive(text, str(path))
        return text


def check_opendrive(text: str, where: str) -> None:
    """Raise MapError, in one line, when `text` is no OpenDRIVE map that the CARLA client can take."""
    fault = _first_fault(text)
    if fault:
        raise MapError(f"{fault} ({where})")


@lru_cache(maxsize=16)
def _first_fault(text: str) -> str:
    """Return what is wrong with a document, empty when nothing is."""
    if len(text) > LIMIT_BYTES:
        return f"an OpenDRIVE map must have at most {LIMIT_BYTES:,} characters, got {len(text):,}"
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "\0" in text:
        return "an OpenDRIVE map must be plain XML without DOCTYPE and entities, got one with them"
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        return f"an OpenDRIVE map must be well-formed XML, got {error}"
    return next(_faults(root), "")


@lru_cache(maxsize=16)
def is_built_in(opendrive: str) -> bool:
    """Return whether a document is one of the shipped towns, to the letter."""
    return any(path.read_text(encoding="utf-8") == opendrive for path in sorted(BUILT_IN.glob("*.xodr")))


def _faults(root: ElementTree.Element) -> Iterator[str]:
    if root.tag != "OpenDRIVE":
        yield f"an OpenDRIVE map must have the root element <OpenDRIVE>, got <{root.tag[:40]}>"
        return
    roads = root.findall("road")
    if not any(lane.get("type") == "driving" for road in roads for lane in road.iter("lane")):
        yield "an OpenDRIVE map must have a road with a driving lane, got none"
    identities = [road.get("id", "") for road in roads]
    if len(set(identities)) < len(identities):
        yield "roads must have different ids, got one twice"
    for road in roads:
        yield from (f"{fault} in road {road.get('id')}" for fault in _road_faults(road))


def _road_faults(road: ElementTree.Element) -> Iterator[str]:
    if not (_is_integer(road.get("id")) and _is_integer(road.get("junction", "-1"))):
        yield f"ids of roads and junctions must be integers, got {road.get('id')!r} and {road.get('junction')!r}"
    length = _number(road.get("length"))
    if not 0.0 < length < _LIMIT_COORDINATE_M:
        yield f"the length must be a positive number of metres, got {road.get('length')!r}"
    geometries = road.findall("./planView/geometry")
    if not geometries:
        yield "planView must have a geometry, got none"
    for geometry in geometries:
        yield from _geometry_faults(geometry)
    sections = road.findall("./lanes/laneSection")
    if not sections:
        yield "lanes must have a laneSection, got none"
    for section in sections:
        yield from _section_faults(section)


def _geometry_faults(geometry: ElementTree.Element) -> Iterator[str]:
    for key in ("s", "x", "y", "hdg", "length"):
        if not abs(_number(geometry.get(key))) < _LIMIT_COORDINATE_M:
            yield f"{key} of a geometry must be a number, got {geometry.get(key)!r}"
    shapes = [child.tag for child in geometry if child.tag != "userData"]
    if len(shapes) != 1 or shapes[0] not in _SHAPES:
        # The client throws on waypoints of clothoids (<spiral>), in threads of its own.
        yield f"a geometry must be one of {', '.join(sorted(_SHAPES))}, got {', '.join(shapes) or 'none'}"
    for shape in geometry:
        for key, value in shape.attrib.items():
            if key != "pRange" and shape.tag in _SHAPES and not math.isfinite(_number(value)):
                yield f"{key} of a {shape.tag} must be a number, got {value!r}"


def _section_faults(section: ElementTree.Element) -> Iterator[str]:
    if not math.isfinite(_number(section.get("s"))):
        yield f"s of a laneSection must be a number, got {section.get('s')!r}"
    for lane in section.iter("lane"):
        if not _is_integer(lane.get("id")):
            yield f"ids of lanes must be integers, got {lane.get('id')!r}"
        elif lane.get("id") != "0" and lane.find("width") is None:
            yield f"lane {lane.get('id')} must have a width, got none"


def _number(text: str | None) -> float:
    """Return the value of an attribute, NaN for what is no number."""
    try:
        return float(text) if text is not None else math.nan
    except ValueError:
        return math.nan


def _is_integer(text: str | None) -> bool:
    return text is not None and text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 10
