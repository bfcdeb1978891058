"""Strict building of frozen dataclasses from plain containers: what a YAML file or a command line gives.

Field annotations are the schema: `Annotated[float, Range(above=0)]` is a positive number, a dataclass is a mapping with its
fields and no others, a union of dataclasses is told apart by their `type` fields. Everything wrong is a `ConfigError` that
names the key by its dotted path.
"""

from __future__ import annotations

import difflib
import math
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from simgen.errors import ConfigError

Leaf = Callable[[Any, Any, str, tuple[Any, ...]], Any]
"""Builds a scalar: (int, float, str, bool or a Literal; value; where; Annotated metadata)."""


@dataclass(frozen=True)
class Range:
    """Bounds of a number; `above` and `below` are exclusive."""

    above: float = -math.inf
    below: float = math.inf
    at_least: float = -math.inf
    at_most: float = math.inf

    def check(self, low: float, high: float, shown: object, where: str) -> None:
        """Raise ConfigError unless the whole interval [low, high] lies within the bounds."""
        if not (self.above < low and high < self.below and self.at_least <= low and high <= self.at_most):
            raise ConfigError(f"{where} must be {self}, got {shown}")

    def __str__(self) -> str:
        bounds = [("above", self.above), ("below", self.below), ("at least", self.at_least), ("at most", self.at_most)]
        return " and ".join(f"{word} {bound:g}" for word, bound in bounds if math.isfinite(bound)) or "a finite number"


@dataclass(frozen=True)
class OneOf:
    """The texts that a field may hold, where a Literal cannot list them."""

    choices: tuple[str, ...]


def closest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean X?)" or " (one of: A, B)" for a word that is not in `known`."""
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else f" (one of: {', '.join(choices)})"


def build_scalar(kind: Any, value: Any, where: str, options: tuple[Any, ...]) -> Any:
    """Return `value` when it is an int, float (whole numbers too), str, bool or one of the choices, and in range."""
    if choices := choices_of(kind, options):
        return check_choice(choices, value, where)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not right or (kind is float and not math.isfinite(value)):
        raise ConfigError(f"{where} must be {_WANTED[kind]}, got {value!r}")
    for option in options:
        if isinstance(option, Range):
            option.check(value, value, value, where)
    return value


_WANTED = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


def choices_of(kind: Any, options: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the choices of a Literal or of `OneOf`, () when anything of its type goes."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return next((option.choices for option in options if isinstance(option, OneOf)), ())


def check_choice(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    """Return `value` if it is one of `choices`, else raise ConfigError."""
    if value not in choices:
        raise ConfigError(f"{where} must be one of the choices, got {value}{closest(str(value), map(str, choices))}")
    return value


def build(kind: Any, value: Any, where: str, leaf: Leaf = build_scalar) -> Any:
    """Return `value`, made of dicts, lists and scalars, as the annotated type `kind`; `where` is its dotted path.

    A class with a `from_plain(value, where, options)` class method builds itself; `options` is the Annotated metadata.
    """
    options: tuple[Any, ...] = ()
    if get_origin(kind) is Annotated:
        kind, *metadata = get_args(kind)
        options = tuple(metadata)
    origin = get_origin(kind)
    if hasattr(kind, "from_plain"):
        return kind.from_plain(value, where, options)
    if is_dataclass(kind):
        return build_dataclass(kind, value, where, leaf)
    if origin in (Union, types.UnionType):
        return _build_union(get_args(kind), value, where, options, leaf)
    if origin is tuple:
        return _build_tuple(get_args(kind), value, where, leaf)
    if origin in (dict, Mapping):
        return {str(name): build(get_args(kind)[1], entry, _at(where, name), leaf) for name, entry in _mapping(value, where).items()}
    return leaf(kind, value, where, options)


def build_dataclass(cls: Any, value: Any, where: str, leaf: Leaf = build_scalar) -> Any:
    """Return the dataclass `cls` from a mapping of its fields; None is a mapping without entries."""
    entries = _mapping({} if value is None else value, where)
    hints = field_types(cls)
    for name in entries:
        if name not in hints:
            raise ConfigError(f"{_at(where, name)} must be a known key, got {name}{closest(str(name), hints)}")
    for field in fields(cls):
        if field.name not in entries and field.default is MISSING and field.default_factory is MISSING:
            raise ConfigError(f"{_at(where, field.name)} must be given, got nothing")
    return cls(**{name: build(hints[name], entry, _at(where, name), leaf) for name, entry in entries.items()})


@cache
def field_types(cls: type) -> dict[str, Any]:
    """Return the annotated types of a dataclass's fields, by name."""
    hints = get_type_hints(cls, include_extras=True)
    return {field.name: hints[field.name] for field in fields(cls)}


def _at(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where or 'the configuration'} must be a mapping, got {value!r}")
    return dict(value)


def _build_union(kinds: tuple[Any, ...], value: Any, where: str, options: tuple[Any, ...], leaf: Leaf) -> Any:
    if value is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if len(kinds) == 1:
        return build(Annotated[(kinds[0], *options)] if options else kinds[0], value, where, leaf)
    by_tag = {get_args(field_types(kind)["type"])[0]: kind for kind in kinds}
    entries = _mapping(value, where)
    check_choice(tuple(by_tag), entries.get("type"), _at(where, "type"))
    return build_dataclass(by_tag[entries["type"]], entries, where, leaf)


def _build_tuple(kinds: tuple[Any, ...], value: Any, where: str, leaf: Leaf) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise ConfigError(f"{where} must be a list, got {value!r}")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise ConfigError(f"{where} must have {len(kinds)} entries, got {value!r}")
    return tuple(build(kind, entry, f"{where}[{i}]", leaf) for i, (kind, entry) in enumerate(zip(kinds, value, strict=True)))
