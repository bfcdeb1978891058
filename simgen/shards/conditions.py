"""Conditions on frames, as a command line says them: `NAME`, or `NAME OP VALUE`. Names stand in tables; nothing is evaluated as code."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.datatypes.rig import EVENT_KINDS, Kind
from simgen.datatypes.tags import ObjectClass
from simgen.errors import ConfigError
from simgen.scenario.schema import closest
from simgen.scenario.weather import Weather
from simgen.shards.reader import ShardReader
from simgen.shards.statistics import drawn_weather, scripted_events
from simgen.shards.tables import per_frame, ragged

Values = NDArray[Any]
"""(T,) one value per frame of a shard: numbers, or text."""

_VEHICLES = frozenset(c.value for c in ObjectClass if c < ObjectClass.PEDESTRIAN)
CLASSES: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        **{c.name.lower(): frozenset({c.value}) for c in ObjectClass},
        "vehicle": _VEHICLES,
        "object": frozenset(c.value for c in ObjectClass),
    }
)
OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, "!=": operator.ne, "==": operator.eq, "=": operator.eq, ">": operator.gt, "<": operator.lt}
)
_TERM = re.compile(r"^\s*(?P<name>[A-Za-z_][\w.]*)(?:@(?P<within>\d+(?:\.\d+)?))?\s*(?:(?P<op>>=|<=|!=|==|=|>|<)\s*(?P<value>\S+))?\s*$")


@dataclass(frozen=True)
class Condition:
    """One term. It holds for a frame when the operator does for the frame's value of `name`."""

    text: str
    name: str
    within_m: float
    op: str
    value: float | str

    def holds(self, shard: ShardReader) -> NDArray[np.bool_]:
        """Return (T,) for which frames of an open shard the term holds."""
        values = values_of(shard, self.name, self.within_m)
        return np.asarray(OPERATORS[self.op](values, self.value), dtype=bool)


def parse(text: str) -> Condition:
    """Return the condition that a term says; `NAME` alone is `NAME > 0`. Raises ConfigError for anything else."""
    found = _TERM.match(text)
    if found is None:
        raise ConfigError(f"condition must be NAME or NAME OP VALUE with OP one of {' '.join(OPERATORS)}, got {text}")
    name, within, op, value = found["name"], found["within"], found["op"], found["value"]
    _require_name(name, text)
    if within is not None and not _counts(name):
        raise ConfigError(f"@METRES must follow a class, such as car@30 or car.visible@30, got {text}")
    within_m = float(within) if within else float("inf")
    if name in TEXTS:
        if op not in ("=", "==", "!="):
            raise ConfigError(f"{name} must be compared by = or !=, got {text}")
        return Condition(text, name, within_m, op, value)
    return Condition(text, name, within_m, op or ">", _number(value, text) if op else 0.0)


def is_condition(text: str) -> bool:
    """Tell whether a word reads as a condition on a known name, and not as a path."""
    found = _TERM.match(text)
    return found is not None and (found["op"] is not None or _known(found["name"]))


def values_of(shard: ShardReader, name: str, within_m: float = float("inf")) -> Values:
    """Return the values (T,) of a name at every frame of an open shard."""
    frames = len(shard)
    if name in TEXTS:
        return np.full(frames, TEXTS[name](shard), dtype=object)
    if name in NUMBERS:
        return np.broadcast_to(np.asarray(NUMBERS[name](shard), dtype=np.float64), frames)
    part, _, rest = name.partition(".")
    if part == "weather":
        return np.full(frames, drawn_weather(shard.provenance).get(rest, np.nan))
    if part == "events":
        return _sensed(shard, rest) if rest in {k.value for k in EVENT_KINDS} else _scripted(shard, rest)
    return MEASURES[rest](shard, CLASSES[part], within_m)


# ---------------------------------------------------------------------- objects


def _count(shard: ShardReader, classes: frozenset[int], within_m: float) -> Values:
    return _boxes(shard, classes, within_m, seen=False)


def _count_visible(shard: ShardReader, classes: frozenset[int], within_m: float) -> Values:
    devices = [m.device for m in shard.rig.of_kind(Kind.INSTANCE)]
    return _held(_boxes(shard, classes, within_m, seen=True), _due(shard, devices))


def _boxes(shard: ShardReader, classes: frozenset[int], within_m: float, seen: bool) -> Values:
    boxes, frame = ragged(shard, "truth/boxes3d", len(shard))
    keep = np.isin(boxes["object_class"], list(classes)) & (_distance(boxes) <= within_m)
    keep &= (boxes["visible_pixels"] > 0) | (not seen)
    return np.bincount(frame[keep], minlength=len(shard)).astype(np.float64)


def _nearest(shard: ShardReader, classes: frozenset[int], within_m: float) -> Values:
    boxes, frame = ragged(shard, "truth/boxes3d", len(shard))
    keep = np.isin(boxes["object_class"], list(classes))
    nearest = np.full(len(shard), np.inf)
    np.minimum.at(nearest, frame[keep], _distance(boxes)[keep])
    return nearest


def _visible_fraction(shard: ShardReader, classes: frozenset[int], within_m: float) -> Values:
    best = np.zeros(len(shard))
    for device in shard.rig.cameras():
        seen = np.zeros(len(shard))
        boxes, frame = ragged(shard, f"truth/boxes2d/{device}", len(shard))
        keep = np.isin(boxes["object_class"], list(classes))
        np.maximum.at(seen, frame[keep], boxes["visible_fraction"][keep].astype(np.float64))
        best = np.maximum(best, _held(seen, _due(shard, [device])))
    return best


def _due(shard: ShardReader, devices: Sequence[str]) -> NDArray[np.bool_]:
    """Return (T,) at which frames one of the cameras made an instance image, from which visibility is counted."""
    mounts = [m for m in shard.rig.of_kind(Kind.INSTANCE) if m.device in devices]
    return np.logical_or.reduce([np.zeros(len(shard), bool), *(np.isin(shard.ticks, shard.stream_ticks[m.name]) for m in mounts)])


def _held(values: Values, due: NDArray[np.bool_]) -> Values:
    """Return values (T,) where those of frames that are not due are the last due frame's; before the first, the first's.

    A camera that measures at every second tick would else cut each second of a walk into pieces of one frame.
    """
    if not due.any():
        return values
    last = np.maximum.accumulate(np.where(due, np.arange(len(due)), -1))
    return np.asarray(values[np.where(last < 0, int(np.argmax(due)), last)])


def _distance(boxes: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(boxes["centre"][:, :2], axis=1))


MEASURES: Mapping[str, Callable[[ShardReader, frozenset[int], float], Values]] = MappingProxyType(
    {"": _count, "visible": _count_visible, "distance": _nearest, "visible_fraction": _visible_fraction}
)
"""What may follow a class: how many there are, how many have a pixel in some camera, metres to the nearest (infinity without one), the
largest visible fraction in any camera (0 without one). What cameras saw holds until they measure again."""

# ---------------------------------------------------------------------- all else


def _sensed(shard: ShardReader, kind: str) -> Values:
    ticks = [shard.stream_ticks[m.name] for m in shard.rig.mounts if m.kind.value == kind]
    return sum((np.isin(shard.ticks, t).astype(np.float64) for t in ticks), np.zeros(len(shard)))


def _scripted(shard: ShardReader, event: str) -> Values:
    started, done = scripted_events(shard).get(event, (None, None))
    if started is None:
        return np.zeros(len(shard))
    going = (shard.ticks >= started) & (shard.ticks <= (done if done is not None else np.inf))
    return going.astype(np.float64)


def _speed(shard: ShardReader) -> Values:
    return np.asarray(np.linalg.norm(per_frame(shard, "ego/velocity", len(shard)), axis=1))


def _said(key: str) -> Callable[[ShardReader], str]:
    return lambda shard: str(shard.provenance.get(key))


def _seed(shard: ShardReader) -> float:
    seed = shard.provenance.get("seed")
    return float(seed) if isinstance(seed, (int, float)) else float("nan")


def _sun(shard: ShardReader) -> float:
    return drawn_weather(shard.provenance).get("sun_altitude_angle", float("nan"))


TEXTS: Mapping[str, Callable[[ShardReader], str]] = MappingProxyType(
    {"scenario": _said("scenario"), "map": _said("map"), "server": _said("server"), "rig": lambda shard: shard.rig.name}
)
NUMBERS: Mapping[str, Callable[[ShardReader], Any]] = MappingProxyType(
    {
        "time_s": lambda shard: shard.times_s,
        "tick": lambda shard: shard.ticks,
        "seed": _seed,
        "speed_mps": _speed,
        "night": lambda shard: _sun(shard) < 0,
        "day": lambda shard: _sun(shard) >= 0,
        "rain": lambda shard: drawn_weather(shard.provenance).get("precipitation", 0.0) > 0,
    }
)
WEATHERS = tuple(Weather.__dataclass_fields__)
HELP = f"""Conditions, of which all must hold: NAME (above 0) or NAME OP VALUE with OP one of {" ".join(OPERATORS)}
  CLASS, CLASS@METRES              how many boxes there are, or lie within so many metres
  CLASS.visible, CLASS.visible@METRES   of which a camera saw a pixel when it last measured
  CLASS.distance                   metres to the nearest one; CLASS.visible_fraction  the largest in any camera
    CLASS is one of {", ".join(CLASSES)}
  events.KIND                      {", ".join(sorted(k.value for k in EVENT_KINDS))}: a reading of such a sensor
  events.NAME                      a scripted event of that name is going on
  weather.NAME                     {", ".join(WEATHERS[:10])}, ...
  {", ".join(NUMBERS)}; {", ".join(TEXTS)} (= and != only)
"""


def _known(name: str) -> bool:
    part, _, rest = name.partition(".")
    in_tables = name in TEXTS or name in NUMBERS or (part == "weather" and rest in WEATHERS) or (part == "events" and bool(rest))
    return in_tables or (part in CLASSES and rest in MEASURES and not name.endswith("."))


def _counts(name: str) -> bool:
    part, _, rest = name.partition(".")
    return part in CLASSES and rest in ("", "visible")


def _require_name(name: str, text: str) -> None:
    if not _known(name):
        choices = [*NUMBERS, *TEXTS, *CLASSES, *(f"{c}.{m}" for c in CLASSES for m in MEASURES if m), *(f"weather.{w}" for w in WEATHERS)]
        raise ConfigError(f"condition must be on a known name, got {text}{closest(name, choices)}")


def _number(text: str, term: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ConfigError(f"condition must compare with a number, got {term}") from None
