"""MessagePack-RPC as CARLA speaks it: bytes in, calls out; results in, bytes out. No sockets, no threads.

A request is `[0, call id, name, [[asynchronous], argument...]]`, a reply `[1, call id, error, result]`; a result is wrapped
in a variant, see the `encode_` functions. An asynchronous call gets no reply. Objects follow each other without framing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import msgpack

from simgen.errors import ProtocolError
from simgen.server.wire.layouts import shown

MAX_REQUEST_BYTES = 40 * 2**20
"""The largest requests are 8-bit textures of 2048 x 2048 pixels and OpenDRIVE texts. Decoded, a hostile one may take 50 times
its size; an honest one about 15 times."""
MAX_NAME = 128


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `args` are decoded MessagePack (tuples, str, bytes, numbers, bools, None) without the call metadata."""

    call_id: int
    name: str
    asynchronous: bool
    args: tuple[Any, ...]


class RpcDecoder:
    """Cuts a byte stream into calls. One per connection; after a ProtocolError it must not be fed again."""

    def __init__(self) -> None:
        # This one only finds where objects end, and it resumes where it stopped. It builds nothing, so that a short header
        # that announces a huge array costs nothing; only what is known to be complete is decoded.
        self._skipper = msgpack.Unpacker(max_buffer_size=2 * MAX_REQUEST_BYTES)
        self._pending = bytearray()
        self._start = 0

    def feed(self, data: bytes) -> list[Call]:
        """Return the calls that `data` completes. Raises ProtocolError for anything but requests."""
        self._pending += data
        calls = []
        for request in self._complete(data):
            calls.append(read_call(decode(request)))
        if len(self._pending) > MAX_REQUEST_BYTES:
            raise ProtocolError(f"request must be at most {MAX_REQUEST_BYTES} bytes, got {len(self._pending)} and more (RPC)")
        return calls

    def _complete(self, data: bytes) -> list[bytes]:
        requests: list[bytes] = []
        taken = 0
        try:
            self._skipper.feed(data)
            while True:
                self._skipper.skip()
                end = self._skipper.tell() - self._start
                requests.append(bytes(memoryview(self._pending)[taken:end]))
                taken = end
        except msgpack.OutOfData:
            pass
        except (ValueError, msgpack.UnpackException) as error:
            raise ProtocolError(f"request must be MessagePack, got {shown(data)} ({error or type(error).__name__})") from None
        del self._pending[:taken]
        self._start += taken
        return requests


def decode(data: bytes) -> Any:
    """Return the MessagePack object that `data` is. Raises ProtocolError, also for maps and extension types."""
    try:
        return msgpack.unpackb(
            data,
            use_list=False,
            unicode_errors="surrogateescape",
            max_map_len=0,
            max_ext_len=0,
            object_hook=_refuse_map,
            ext_hook=_refuse_extension,
        )
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise ProtocolError(f"request must be MessagePack of the protocol, got {shown(data)} ({error or type(error).__name__})") from None


def _refuse_map(value: Any) -> NoReturn:
    raise ValueError("a map")


def _refuse_extension(code: int, data: bytes) -> NoReturn:
    raise ValueError(f"extension {code}")


def read_call(request: Any) -> Call:
    """Return the call that a decoded object is. Raises ProtocolError."""
    if not (isinstance(request, tuple) and len(request) == 4 and type(request[0]) is int and request[0] == 0):
        raise ProtocolError(f"request must be [0, call id, name, arguments], got {shown(request)} (RPC)")
    _, call_id, name, args = request
    if type(call_id) is not int or not 0 <= call_id < 2**32:
        raise ProtocolError(f"call id must be an unsigned 32-bit integer, got {shown(call_id)} (RPC)")
    if type(name) is not str or not 0 < len(name) <= MAX_NAME:
        raise ProtocolError(f"function name must be 1 to {MAX_NAME} characters, got {shown(name)} (RPC)")
    if type(args) is not tuple or not args or type(args[0]) is not tuple or not args[0] or type(args[0][0]) is not bool:
        raise ProtocolError(f"arguments must begin with the call metadata [bool], got {shown(args)} (RPC, {name!a})")
    return Call(call_id, name, args[0][0], args[1:])


def encode_value(call_id: int, packed: Any) -> bytes:
    """Return the reply that carries a value, packed by `layouts.pack`."""
    return _reply(call_id, None, [[1, packed]])


def encode_void(call_id: int) -> bytes:
    """Return the reply of a function without a result."""
    return _reply(call_id, None, [[False]])


def encode_error(call_id: int, message: str, void: bool) -> bytes:
    """Return the reply that becomes `RuntimeError(message)` in Python; `void` for functions without a result."""
    return _reply(call_id, None, [[True if void else 0, [message]]])


def encode_bare(call_id: int, packed: Any) -> bytes:
    """Return the reply of `apply_batch`, whose result is not wrapped: an array of `response_value` and `response_error`."""
    return _reply(call_id, None, packed)


def encode_unknown(call_id: int, message: str) -> bytes:
    """Return the reply to a function that the server does not have."""
    return _reply(call_id, message, None)


def response_value(packed: Any) -> list[Any]:
    """Return one command response of `apply_batch`: success."""
    return [[1, packed]]


def response_error(message: str) -> list[Any]:
    """Return one command response of `apply_batch`: failure."""
    return [[0, [message]]]


def _reply(call_id: int, error: str | None, result: Any) -> bytes:
    return msgpack.packb([1, call_id, error, result], use_bin_type=True, unicode_errors="surrogateescape")
