"""From a decoded call to its encoded reply."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from simgen.errors import MapError, ProtocolError, SimgenError
from simgen.server.methods.method import Answer, Method
from simgen.server.methods.table import METHODS
from simgen.server.simulation import Simulation
from simgen.server.wire.layouts import pack, shown, unpack
from simgen.server.wire.rpc import Call, encode_bare, encode_error, encode_unknown, encode_value, encode_void
from simgen.server.world.refusals import Refused

log = logging.getLogger(__name__)


class Dispatcher:
    """Answers calls; give its `answer` to the RPC server. Called from one thread per client."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def answer(self, call: Call) -> bytes | None:
        """Return the reply, None for an asynchronous call. Whatever a client sends, it gets an answer and nothing stops."""
        method = METHODS.get(call.name)
        reply = encode_unknown(call.call_id, f"function not found: {call.name}") if method is None else self._reply(call, method)
        return None if call.asynchronous else reply

    def _reply(self, call: Call, method: Method) -> bytes:
        try:
            return _encoded(call.call_id, method, self._run(call, method))
        except (Refused, ProtocolError, MapError) as error:
            return _failed(call.call_id, method, error)
        except Exception:  # a mistake of ours in one function must not end the client's connection, nor the server
            log.exception("%s failed", call.name)
            return _failed(call.call_id, method, SimgenError(f"internal error of the server in {call.name}"))

    def _run(self, call: Call, method: Method) -> Any:
        arguments = unpacked(call, method)
        with self._simulation.lock if method.locked else contextlib.nullcontext():
            return method.handler(self._simulation, *arguments)


def unpacked(call: Call, method: Method) -> list[Any]:
    """Return the arguments as declared; more than declared are ignored. Raises ProtocolError."""
    if len(call.args) < len(method.arguments):
        raise ProtocolError(f"arguments must be {len(method.arguments)}, got {shown(call.args)} ({call.name})")
    return [
        value if declared is object else unpack(declared, value, f"argument {index} of {call.name}")
        for index, (declared, value) in enumerate(zip(method.arguments, call.args, strict=False), start=1)
    ]


def _encoded(call_id: int, method: Method, result: Any) -> bytes:
    if method.answer is Answer.VOID:
        return encode_void(call_id)
    if method.answer is Answer.BARE:
        return encode_bare(call_id, result)
    return encode_value(call_id, pack(result))


def _failed(call_id: int, method: Method, error: SimgenError) -> bytes:
    if method.answer is Answer.BARE:
        return encode_unknown(call_id, str(error))
    return encode_error(call_id, str(error), void=method.answer is Answer.VOID)
