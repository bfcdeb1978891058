from __future__ import annotations

import resource
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.errors import ProtocolError
from simgen.server.wire import rpc
from simgen.server.wire.rpc import Call, RpcDecoder


def request(call_id: int, name: str, *args: Any, asynchronous: bool = False) -> bytes:
    return msgpack.packb([0, call_id, name, [[asynchronous], *args]])


def test_calls_come_out_in_order_with_their_metadata() -> None:
    calls = RpcDecoder().feed(request(7, "tick_cue") + request(8, "set_weather_parameters", [0.5], asynchronous=True))
    assert calls == [Call(7, "tick_cue", False, ()), Call(8, "set_weather_parameters", True, ((0.5,),))]


def test_a_call_in_pieces_comes_out_with_its_last_byte() -> None:
    decoder = RpcDecoder()
    data = request(1, "request_file", "x" * 300)
    outcomes = [decoder.feed(data[index : index + 1]) for index in range(len(data))]
    assert outcomes == [[]] * (len(data) - 1) + [[Call(1, "request_file", False, ("x" * 300,))]]


def test_nothing_is_kept_of_answered_calls() -> None:
    decoder = RpcDecoder()
    for call_id in range(1000):
        decoder.feed(request(call_id, "tick_cue"))
    assert len(decoder._pending) == 0


OK = [[False]]


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "text",
        {},
        [],
        [0],
        [0, 1, "name"],
        [1, 1, "name", OK],
        [2, "name", OK],
        [False, 1, "name", OK],
        [0, -1, "name", OK],
        [0, 2**32, "name", OK],
        [0, 1.0, "name", OK],
        [0, 1, b"name", OK],
        [0, 1, "", OK],
        [0, 1, "n" * 129, OK],
        [0, 1, "name", None],
        [0, 1, "name", []],
        [0, 1, "name", [False]],
        [0, 1, "name", [[]]],
        [0, 1, "name", [[0]]],
        [0, 1, "name", [[False], {}]],
        [0, 1, "name", [[False], {"a": 1}]],
        [0, 1, "name", [[False], msgpack.ExtType(3, b"x")]],
        [0, 1, "name", [[False], msgpack.ExtType(3, b"")]],
        [0, 1, "name", [[False], msgpack.Timestamp(1)]],
    ],
    ids=repr,
)
def test_anything_but_a_request_is_refused(value: Any) -> None:
    with pytest.raises(ProtocolError) as raised:
        RpcDecoder().feed(msgpack.packb(value))
    assert "\n" not in str(raised.value)


def test_bytes_that_are_not_messagepack_are_refused() -> None:
    with pytest.raises(ProtocolError, match="MessagePack"):
        RpcDecoder().feed(b"\xc1GET / HTTP/1.1\r\n")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ProtocolError):
        RpcDecoder().feed(b"\x91" * 100_000)


def test_nesting_within_a_request_is_bounded_by_the_decoder_not_by_the_stack() -> None:
    value: Any = 0
    for _ in range(400):
        value = [value]
    assert RpcDecoder().feed(request(1, "name", value))[0].name == "name"


def test_invalid_utf8_survives() -> None:
    data = request(1, "replay_file", "AB").replace(b"AB", b"\xff\xfe")
    (call,) = RpcDecoder().feed(data)
    assert rpc.encode_value(1, call.args[0]).endswith(b"\xff\xfe")


def test_announced_lengths_cost_nothing_until_the_bytes_are_there() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for header in (b"\xdd", b"\xc6", b"\xdb", b"\xdf"):
        decoder = RpcDecoder()
        assert decoder.feed(b"\x94\x00\x01\xa1f" + (header + b"\xff\xff\xff\xff") * (300 if header == b"\xdd" else 1)) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize("header", [b"\x94\x00\x01\xa1f\xc6\xff\xff\xff\xff", b"\x94\x00\x01\xa1f\xdd\xff\xff\xff\xff"])
def test_endless_requests_are_refused(header: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "MAX_REQUEST_BYTES", 2**20)
    decoder = RpcDecoder()
    decoder.feed(header)
    for _ in range(10):
        decoder.feed(bytes(100_000))
    with pytest.raises(ProtocolError, match="at most 1048576 bytes"):
        decoder.feed(bytes(100_000))


def test_replies_are_wrapped_as_the_client_expects() -> None:
    assert msgpack.unpackb(rpc.encode_value(3, [1.5])) == [1, 3, None, [[1, [1.5]]]]
    assert msgpack.unpackb(rpc.encode_void(3)) == [1, 3, None, [[False]]]
    assert msgpack.unpackb(rpc.encode_error(3, "no", void=False)) == [1, 3, None, [[0, ["no"]]]]
    assert msgpack.unpackb(rpc.encode_error(3, "no", void=True)) == [1, 3, None, [[True, ["no"]]]]
    assert msgpack.unpackb(rpc.encode_unknown(3, "what?")) == [1, 3, "what?", None]
    answers = [rpc.response_value(9), rpc.response_error("no")]
    assert msgpack.unpackb(rpc.encode_bare(3, answers)) == [1, 3, None, [[[1, 9]], [[0, ["no"]]]]]


@given(data=st.binary(max_size=200), cut=st.integers(0, 200))
def test_arbitrary_bytes_decode_or_raise_protocol_error(data: bytes, cut: int) -> None:
    decoder = RpcDecoder()
    try:
        calls = decoder.feed(data[:cut]) + decoder.feed(data[cut:])
    except ProtocolError:
        return
    assert all(isinstance(call, Call) for call in calls)


LEAVES = st.integers(0, 9) | st.booleans() | st.floats() | st.text() | st.binary()


@given(value=st.recursive(LEAVES, st.lists, max_leaves=20))
@settings(max_examples=50)
def test_requests_come_through_however_they_are_cut(value: Any) -> None:
    args = [[False], value]
    data = msgpack.packb([0, 5, "name", args]) * 3
    for size in (1, 7, len(data)):
        decoder = RpcDecoder()
        calls = [call for start in range(0, len(data), size) for call in decoder.feed(data[start : start + size])]
        assert len(calls) == 3
        assert repr(calls[2].args) == repr(msgpack.unpackb(msgpack.packb(args), use_list=False)[1:])
