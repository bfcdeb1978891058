"""Blueprint attributes of sensors, read from the text the client sent.

Clients send `64.0` for whole numbers, `20` for real ones and `False` for flags, so every kind is read leniently; what does not
read as its kind at all, or lies outside the bounds, is a ValueError of one line: WHAT must be WANTED, got VALUE.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeVar

Attributes = Mapping[str, str]

_FLAGS: dict[str, bool] = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}

_Number = TypeVar("_Number", int, float)


def number(attributes: Attributes, name: str, default: float, low: float = -math.inf, high: float = math.inf) -> float:
    """Return the finite real number `name`, or `default` where the attribute is absent or empty.

    Raises ValueError for text that is no number and for values outside [low, high].
    """
    text = attributes.get(name, "").strip()
    return default if not text else _bounded(name, _real(name, text), low, high)


def integer(attributes: Attributes, name: str, default: int, low: float = -math.inf, high: float = math.inf) -> int:
    """Return the whole number `name`, cut towards zero as C does (`64.9` reads 64), or `default` where absent or empty.

    Raises ValueError for text that is no number and for values outside [low, high].
    """
    text = attributes.get(name, "").strip()
    return default if not text else _bounded(name, _whole(name, text), low, high)


def flag(attributes: Attributes, name: str, default: bool) -> bool:
    """Return the flag `name` in any capitalisation, or `default` where absent or empty. Raises ValueError for other words."""
    text = attributes.get(name, "").strip()
    if not text:
        return default
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise ValueError(f"{name} must be true or false, got {text!r}") from None


def _real(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {text!r}")
    return value


def _whole(name: str, text: str) -> int:
    try:
        return int(text)  # exact where a float is not: seeds may have more than 53 bits
    except ValueError:
        return int(_real(name, text))


def _bounded(name: str, value: _Number, low: float, high: float) -> _Number:
    if not low <= value <= high:
        raise ValueError(f"{name} must be within {_bounds(low, high)}, got {value:g}")
    return value


def _bounds(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"
