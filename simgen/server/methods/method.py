"""What a row of the table of RPC functions says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Answer(Enum):
    """How the result of a function goes on the wire."""

    VALUE = "value"
    VOID = "void"
    BARE = "bare"
    """A list of command responses that is already in wire form; only `apply_batch`."""


@dataclass(frozen=True)
class Method:
    """One RPC function: `handler(simulation, *arguments)` with the arguments unpacked as declared."""

    handler: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    """Wire types in order; `object` passes the decoded MessagePack through."""
    answer: Answer = Answer.VALUE
    locked: bool = True
    """False for functions that wait for the simulation, or that need nothing of the world."""
