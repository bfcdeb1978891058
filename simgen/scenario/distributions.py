"""Distributions as scenarios declare them. A plain value is a constant; the others are mappings with one entry:

    speed: {uniform: [3, 8]}                    # inclusive whole numbers where the field is a whole number
    bias:  {normal: {mean: 0, stddev: 1, low: -2, high: 2}}
    size:  {log_uniform: [0.1, 10]}
    model: {choice: [a, b]}                     # or with weights: {choice: {a: 3, b: 1}}

They may stand for any number, text or flag of a dataclass that is wrapped in `Undrawn`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from simgen.errors import ConfigError
from simgen.rng import stream
from simgen.scenario.schema import Range, build, build_scalar, check_choice, choices_of, closest

Value = float | int | str | bool


@dataclass(frozen=True)
class Distribution:
    """Base of all distributions."""

    def draw(self, rng: np.random.Generator) -> Value:
        """Return one value."""
        raise NotImplementedError

    def extremes(self) -> tuple[Value, ...]:
        """Return the values that bound the range of a number, or every value of a choice."""
        raise NotImplementedError


@dataclass(frozen=True)
class Uniform(Distribution):
    """Uniform in [low, high)."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))

    def extremes(self) -> tuple[Value, ...]:
        return self.low, self.high


@dataclass(frozen=True)
class UniformWhole(Distribution):
    """Whole numbers from low to high, both included."""

    low: int
    high: int

    def draw(self, rng: np.random.Generator) -> int:
        return int(rng.integers(self.low, self.high, endpoint=True))

    def extremes(self) -> tuple[Value, ...]:
        return self.low, self.high


@dataclass(frozen=True)
class LogUniform(Distribution):
    """The logarithm is uniform in [log low, log high)."""

    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        return math.exp(float(rng.uniform(math.log(self.low), math.log(self.high))))

    def extremes(self) -> tuple[Value, ...]:
        return self.low, self.high


@dataclass(frozen=True)
class Normal(Distribution):
    """The normal distribution, truncated to [low, high] by drawing again."""

    mean: float
    stddev: float
    low: float
    high: float

    def draw(self, rng: np.random.Generator) -> float:
        while True:
            value = float(rng.normal(self.mean, self.stddev))
            if self.low <= value <= self.high:
                return value

    def extremes(self) -> tuple[Value, ...]:
        return self.low, self.high


@dataclass(frozen=True)
class Choice(Distribution):
    values: tuple[Value, ...]
    weights: tuple[float, ...]

    def draw(self, rng: np.random.Generator) -> Value:
        share = np.asarray(self.weights) / sum(self.weights)
        return self.values[int(rng.choice(len(self.values), p=share))]

    def extremes(self) -> tuple[Value, ...]:
        return self.values


@dataclass(frozen=True)
class Undrawn:
    """A frozen dataclass some of whose scalars are still distributions; nothing but `draw` looks inside.

    In a schema it is written `Annotated[Undrawn, Traffic]`, and its `draw` returns a `Traffic`.
    """

    template: Any

    @classmethod
    def from_plain(cls, value: Any, where: str, options: tuple[Any, ...]) -> Undrawn:
        """Build the template of class `options[0]`; every value that could be drawn is checked now."""
        return cls(build(options[0], value, where, _leaf))

    def draw(self, seed: int, *path: str) -> Any:
        """Return the template with every distribution drawn from the stream named by `path` and the names of its fields."""
        return _drawn(self.template, seed, path)


def _drawn(value: Any, seed: int, path: tuple[str, ...]) -> Any:
    if isinstance(value, Distribution):
        return value.draw(stream(seed, *path))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _drawn(getattr(value, f.name), seed, (*path, f.name)) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(_drawn(entry, seed, (*path, str(i))) for i, entry in enumerate(value))
    if isinstance(value, dict):
        return {name: _drawn(entry, seed, (*path, name)) for name, entry in value.items()}
    return value


def _leaf(kind: Any, value: Any, where: str, options: tuple[Any, ...]) -> Any:
    if not isinstance(value, Mapping):
        return build_scalar(kind, value, where, options)
    choices = choices_of(kind, options)
    made = distribution(value, where, str if choices else kind)
    for bound in made.extremes():
        if choices:
            check_choice(choices, bound, where)
        for option in options:
            if isinstance(option, Range) and not isinstance(bound, str):
                option.check(bound, bound, value, where)
    return made


def distribution(value: Mapping[str, Any], where: str, element: type) -> Distribution:
    """Return the distribution that a mapping declares for values of type `element` (float, int, str, bool)."""
    if len(value) != 1:
        raise ConfigError(f"{where} must be a value or a mapping with one entry such as uniform, got {dict(value)!r}")
    ((name, body),) = value.items()
    if name not in _MAKERS:
        raise ConfigError(f"{where} must be a value or a distribution, got {name}{closest(str(name), _MAKERS)}")
    if element in (str, bool) and name != "choice":
        raise ConfigError(f"{where} must be a value or a choice, got {name}")
    return _MAKERS[name](body, f"{where}.{name}", element)


def _uniform(body: Any, where: str, element: type) -> Distribution:
    low, high = _interval(body, where, element)
    return UniformWhole(low, high) if element is int else Uniform(low, high)


def _log_uniform(body: Any, where: str, element: type) -> Distribution:
    _only_real(where, element)
    low, high = _interval(body, where, float)
    if low <= 0:
        raise ConfigError(f"{where} must be above 0, got {body}")
    return LogUniform(low, high)


@dataclass(frozen=True)
class _Truncated:
    """What `normal:` may hold; without bounds the distribution is cut at four standard deviations."""

    mean: float
    stddev: float
    low: float | None = None
    high: float | None = None


def _normal(body: Any, where: str, element: type) -> Distribution:
    _only_real(where, element)
    said: _Truncated = build(_Truncated, body, where)
    low = said.mean - 4 * said.stddev if said.low is None else said.low
    high = said.mean + 4 * said.stddev if said.high is None else said.high
    if said.stddev <= 0 or not low <= said.mean <= high or low == high:
        # a mean outside the bounds would make drawing slow, or endless
        raise ConfigError(f"{where} must have stddev above 0 and a mean between low and high, got {body}")
    return Normal(said.mean, said.stddev, low, high)


def _choice(body: Any, where: str, element: type) -> Distribution:
    pairs = list(body.items()) if isinstance(body, Mapping) else [(value, 1.0) for value in body or ()]
    values = tuple(build(element, value, where) for value, _ in pairs)
    weights = tuple(build(float, weight, where) for _, weight in pairs)
    if not values or min(weights) < 0 or sum(weights) <= 0:
        raise ConfigError(f"{where} must have at least one value and weights that are not negative, got {body!r}")
    return Choice(values, weights)


def _interval(body: Any, where: str, element: type) -> tuple[Any, Any]:
    low, high = build(tuple[element, element], body, where)  # type: ignore[valid-type]
    if low > high:
        raise ConfigError(f"{where} must be [low, high], got {body}")
    return low, high


def _only_real(where: str, element: type) -> None:
    if element is not float:
        raise ConfigError(f"{where} must stand for a real number, got a whole one (use uniform or choice)")


_MAKERS: dict[str, Callable[[Any, str, type], Distribution]] = {
    "uniform": _uniform,
    "log_uniform": _log_uniform,
    "normal": _normal,
    "choice": _choice,
}
