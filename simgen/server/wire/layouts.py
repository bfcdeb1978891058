"""Packing and unpacking of the values of the protocol, derived from their declarations in `simgen.server.values`.

A dataclass is a MessagePack array of its fields in order; `T | None` is `[false]` or `[true, value]`; `tuple[T, ...]` is an
array, `tuple[A, B]` a pair; enums are integers; `bytes` is bin. Integers are accepted where floats are declared, and arrays
may be longer than the declaration (the rest is ignored), because CARLA's own reader is as lenient. Nothing else is.
"""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import IntEnum
from functools import cache
from typing import Annotated, Any, NoReturn, Union, get_args, get_origin, get_type_hints

import numpy as np

from simgen.errors import ProtocolError

Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]

GREATEST_FLOAT = float(np.finfo(np.float32).max)
"""The client computes in float32; anything beyond would be infinite there."""
LEAST_INT, GREATEST_INT = -(2**31), 2**32 - 1
"""Integers of the protocol are 32 bits, signed or unsigned, where not declared `UInt64`."""
UInt64 = Annotated[int, "u64"]


class _Wrong(Exception):
    """A value that does not fit its declaration; `path` grows from the inside out while the exception travels."""

    def __init__(self, wanted: str, got: Any) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.got = got
        self.path: list[str] = []


def pack(value: Any) -> Any:
    """Return `value` as the lists and primitives that MessagePack encodes.

    Dataclasses follow their declaration; lists and tuples are packed item by item; numpy scalars become Python numbers.
    Raises TypeError for a type the protocol does not know.
    """
    kind: Any = type(value)
    return _writer_of_value(kind)(value)


def unpack(declared: Any, value: Any, where: str = "") -> Any:
    """Return `value` (decoded MessagePack) as the type `declared`: a dataclass, a primitive, `tuple[T, ...]`, `T | None`.

    `where` names the value in the error, by default the declared type. Raises ProtocolError.
    """
    try:
        return reader(declared)(value)
    except _Wrong as wrong:
        refuse(wrong, where or getattr(declared, "__name__", str(declared)))


def refuse(wrong: _Wrong, where: str) -> NoReturn:
    """Raise the ProtocolError that tells the user about `wrong`."""
    path = "".join(reversed(wrong.path))
    raise ProtocolError(f"{where}{path} must be {wrong.wanted}, got {shown(wrong.got)} (request)") from None


def shown(value: Any) -> str:
    """Return a short text of a foreign value, without building the text of a huge one."""
    if isinstance(value, (list, tuple)):
        return f"an array of {len(value)}"
    if isinstance(value, (str, bytes)):
        return ascii(value[:40]) + ("..." if len(value) > 40 else "")
    return ascii(value)[:80]


# ---- reading


def read_float(value: Any) -> float:
    # The comparison is false for NaN, so one test refuses NaN, infinities and overflow.
    if (type(value) is float or type(value) is int) and -GREATEST_FLOAT <= value <= GREATEST_FLOAT:
        return float(value)
    raise _Wrong("a finite number", value)


def read_int(value: Any) -> int:
    if type(value) is int and LEAST_INT <= value <= GREATEST_INT:
        return value
    raise _Wrong("a 32-bit integer", value)


def read_uint64(value: Any) -> int:
    if type(value) is int and 0 <= value < 2**64:
        return value
    raise _Wrong("an unsigned 64-bit integer", value)


def read_bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise _Wrong("a bool", value)


def read_str(value: Any) -> str:
    if type(value) is str:
        return value
    raise _Wrong("a string", value)


def read_bytes(value: Any) -> bytes:
    if type(value) is bytes:
        return value
    raise _Wrong("binary data", value)


PRIMITIVE_READERS: dict[Any, Reader] = {
    float: read_float,
    int: read_int,
    bool: read_bool,
    str: read_str,
    bytes: read_bytes,
    UInt64: read_uint64,
}


@cache
def reader(declared: Any) -> Reader:
    """Return the function that reads a decoded value as `declared`, compiled once. It raises `_Wrong`."""
    if declared in PRIMITIVE_READERS:
        return PRIMITIVE_READERS[declared]
    if isinstance(declared, type) and is_dataclass(declared):
        return _record_reader(declared)
    if isinstance(declared, type) and issubclass(declared, IntEnum):
        return _enum_reader(declared)
    if get_origin(declared) is tuple:
        items = get_args(declared)
        return _array_reader(reader(items[0])) if items[-1] is Ellipsis else _pair_reader(tuple(map(reader, items)))
    return _optional_reader(reader(_optional_item(declared)))


def read_fields(readers: tuple[Reader, ...], names: tuple[str, ...], value: Any) -> list[Any]:
    """Return the fields of an array that may be longer, naming the field that is wrong."""
    if not isinstance(value, (tuple, list)) or len(value) < len(readers):
        raise _Wrong(f"an array of {len(readers)}", value)
    read: list[Any] = []
    try:
        for read_item, item in zip(readers, value, strict=False):
            read.append(read_item(item))
    except _Wrong as wrong:
        wrong.path.append(names[len(read)])
        raise
    return read


def _record_reader(record: Any) -> Reader:
    hints = get_type_hints(record, include_extras=True)
    names = tuple(f".{field.name}" for field in fields(record))
    readers = tuple(reader(hints[field.name]) for field in fields(record))
    return lambda value: record(*read_fields(readers, names, value))


def _pair_reader(readers: tuple[Reader, ...]) -> Reader:
    names = tuple(f"[{index}]" for index in range(len(readers)))
    return lambda value: tuple(read_fields(readers, names, value))


def _array_reader(read_item: Reader) -> Reader:
    def read_array(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (tuple, list)):
            raise _Wrong("an array", value)
        read: list[Any] = []
        try:
            for item in value:
                read.append(read_item(item))
        except _Wrong as wrong:
            wrong.path.append(f"[{len(read)}]")
            raise
        return tuple(read)

    return read_array


def _enum_reader(declared: type[IntEnum]) -> Reader:
    members = {int(member): member for member in declared}
    wanted = f"one of {sorted(members)}"

    def read_enum(value: Any) -> IntEnum:
        if type(value) is int and value in members:
            return members[value]
        raise _Wrong(wanted, value)

    return read_enum


def _optional_reader(read_item: Reader) -> Reader:
    def read_optional(value: Any) -> Any:
        if not isinstance(value, (tuple, list)) or not value or type(value[0]) is not bool:
            raise _Wrong("[false] or [true, value]", value)
        if not value[0]:
            return None
        if len(value) < 2:
            raise _Wrong("[true, value]", value)
        return read_item(value[1])

    return read_optional


def _optional_item(declared: Any) -> Any:
    """Return T of `T | None`. Raises TypeError for any other declaration: a mistake of ours, not of the client's."""
    items = [item for item in get_args(declared) if item is not type(None)]
    if get_origin(declared) not in (Union, types.UnionType) or len(items) != 1 or len(get_args(declared)) != 2:
        raise TypeError(f"declaration must be a dataclass, primitive, tuple or optional, got {declared!r}")
    return items[0]


# ---- writing; builtins as leaves turn numpy scalars into Python numbers

PRIMITIVE_WRITERS: dict[Any, Writer] = {float: float, int: operator.index, bool: bool, str: str, bytes: bytes, UInt64: operator.index}


@cache
def _writer(declared: Any) -> Writer:
    if declared in PRIMITIVE_WRITERS:
        return PRIMITIVE_WRITERS[declared]
    if isinstance(declared, type) and is_dataclass(declared):
        return _record_writer(declared)
    if isinstance(declared, type) and issubclass(declared, IntEnum):
        return operator.index
    if get_origin(declared) is tuple:
        items = get_args(declared)
        return _array_writer(_writer(items[0])) if items[-1] is Ellipsis else _pair_writer(tuple(map(_writer, items)))
    write_item = _writer(_optional_item(declared))
    return lambda value: [False] if value is None else [True, write_item(value)]


def _record_writer(record: Any) -> Writer:
    hints = get_type_hints(record, include_extras=True)
    writers = tuple((field.name, _writer(hints[field.name])) for field in fields(record))
    return lambda value: [write(getattr(value, name)) for name, write in writers]


def _array_writer(write_item: Writer) -> Writer:
    return lambda value: [write_item(item) for item in value]


def _pair_writer(writers: tuple[Writer, ...]) -> Writer:
    return lambda value: [write(item) for write, item in zip(writers, value, strict=True)]


def _itself(value: Any) -> Any:
    return value


@cache
def _writer_of_value(kind: Any) -> Writer:
    """Return the writer of values whose declaration is unknown, by their own type."""
    if kind in (bool, int, float, str, bytes, type(None)):
        return _itself
    if is_dataclass(kind):
        return _record_writer(kind)
    if issubclass(kind, (list, tuple)):
        return _array_writer(pack)
    for family, write in VALUE_WRITERS:
        if issubclass(kind, family):
            return write
    raise TypeError(f"value must be of a type of the protocol, got {kind.__name__}")


VALUE_WRITERS: tuple[tuple[Any, Writer], ...] = (
    (IntEnum, operator.index),
    (np.bool_, bool),
    (np.integer, operator.index),
    (np.floating, float),
    ((bytearray, memoryview), bytes),
)
