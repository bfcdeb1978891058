from __future__ import annotations

import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import msgpack
import pytest

from simgen.errors import EnvironmentFault, ProtocolError
from simgen.server import transport
from simgen.server.transport import RpcServer, StreamServer
from simgen.server.wire.rpc import Call, encode_value

HOST = "127.0.0.1"
PATIENCE_S = 5.0


def echo(call: Call) -> bytes | None:
    if call.name == "broken":
        raise ProtocolError("argument 1 must be a number, got 'text' (broken)")
    return None if call.asynchronous else encode_value(call.call_id, list(call.args))


@pytest.fixture
def rpc() -> Iterator[RpcServer]:
    server = RpcServer(HOST, 0, echo)
    yield server
    server.close()


@pytest.fixture
def streams() -> Iterator[StreamServer]:
    server = StreamServer(HOST, 0)
    yield server
    server.close()


def connect(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=PATIENCE_S)


def request(call_id: int, name: str = "echo", *args: object, asynchronous: bool = False) -> bytes:
    return msgpack.packb([0, call_id, name, [[asynchronous], *args]])


def replies(connection: socket.socket, count: int) -> list:
    unpacker = msgpack.Unpacker()
    received: list = []
    while len(received) < count:
        unpacker.feed(connection.recv(1 << 16))
        received.extend(unpacker)
    return received


def ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1 << 16) == b""
    except ConnectionError:
        return True


def subscribe(server: StreamServer, stream_id: int) -> socket.socket:
    before = subscriptions(server)
    connection = connect(server.port)
    connection.sendall(struct.pack("<I", stream_id))
    wait_until(lambda: subscriptions(server) > before)
    return connection


def subscriptions(server: StreamServer) -> int:
    return len(server._all())


def message(connection: socket.socket) -> bytes:
    (length,) = struct.unpack("<I", exactly(connection, 4))
    return exactly(connection, length)


def exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        data = connection.recv(size - len(received))
        assert data, "the server hung up"
        received += data
    return received


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


# ---- RPC


def test_calls_are_answered_in_order_and_asynchronous_ones_not_at_all(rpc: RpcServer) -> None:
    with connect(rpc.port) as client:
        client.sendall(request(1, "a", 5) + request(2, "b", asynchronous=True) + request(3, "c", "text"))
        assert replies(client, 2) == [[1, 1, None, [[1, [5]]]], [1, 3, None, [[1, ["text"]]]]]


def test_several_clients_are_served_at_once(rpc: RpcServer) -> None:
    with connect(rpc.port) as first, connect(rpc.port) as second:
        for call_id, client in enumerate((first, second, first)):
            client.sendall(request(call_id))
            assert replies(client, 1)[0][1] == call_id
        assert rpc.connections == 2
    wait_until(lambda: rpc.connections == 0)


def test_a_request_split_over_packets_is_answered_once(rpc: RpcServer) -> None:
    data = request(1, "echo", "x" * 5000)
    with connect(rpc.port) as client:
        for start in range(0, len(data), 700):
            client.sendall(data[start : start + 700])
            time.sleep(0.001)
        assert replies(client, 1) == [[1, 1, None, [[1, ["x" * 5000]]]]]


@pytest.mark.parametrize("hostile", [b"GET / HTTP/1.1\r\n\r\n", b"\xc1", b"\x91" * 5000, request(1, "broken")])
def test_hostile_bytes_end_that_connection_and_no_other(rpc: RpcServer, hostile: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with connect(rpc.port) as attacker, connect(rpc.port) as client:
        attacker.sendall(hostile)
        assert ended(attacker)
        client.sendall(request(1))
        assert replies(client, 1)[0][1] == 1
    assert "closing the connection" in caplog.text


def test_a_client_that_leaves_in_the_middle_of_a_request_is_forgotten(rpc: RpcServer) -> None:
    with connect(rpc.port) as client:
        client.sendall(request(1)[:-1])
        wait_until(lambda: rpc.connections == 1)
    wait_until(lambda: rpc.connections == 0)


def test_a_method_may_block_without_holding_up_other_clients() -> None:
    gate = threading.Event()

    def dispatch(call: Call) -> bytes:
        if call.name == "wait":
            gate.wait(PATIENCE_S)
        return encode_value(call.call_id, call.name)

    server = RpcServer(HOST, 0, dispatch)
    with connect(server.port) as slow, connect(server.port) as quick:
        slow.sendall(request(1, "wait"))
        quick.sendall(request(2, "go"))
        assert replies(quick, 1)[0][1] == 2
        gate.set()
        assert replies(slow, 1)[0][1] == 1
    server.close()


@pytest.mark.parametrize("server", [lambda port: RpcServer(HOST, port, echo), lambda port: StreamServer(HOST, port)])
def test_a_taken_port_is_named(server: Callable[[int], object], rpc: RpcServer) -> None:
    with pytest.raises(EnvironmentFault) as raised:
        server(rpc.port)
    assert str(raised.value) == f"port must be free, got {rpc.port} in use (127.0.0.1)"


@pytest.mark.parametrize(("host", "port"), [("192.0.2.77", 0), ("no such host", 0), (HOST, 70000)])
def test_an_address_that_is_not_ours_is_named(host: str, port: int) -> None:
    with pytest.raises(EnvironmentFault, match="address must be one this machine can listen on"):
        RpcServer(host, port, echo)


def test_a_port_is_free_again_right_after_closing() -> None:
    first = RpcServer(HOST, 0, echo)
    with connect(first.port) as client:
        client.sendall(request(1))
        replies(client, 1)
        first.close()
    RpcServer(HOST, first.port, echo).close()


def test_closing_ends_all_threads_and_connections() -> None:
    before = set(threading.enumerate())
    rpc, streams = RpcServer(HOST, 0, echo), StreamServer(HOST, 0)
    client, reader, silent = connect(rpc.port), subscribe(streams, 7), connect(streams.port)
    wait_until(lambda: rpc.connections == 1)
    rpc.close()
    streams.close()
    assert ended(client)
    assert ended(reader)
    assert ended(silent)
    assert set(threading.enumerate()) == before


# ---- streams


def test_messages_reach_every_subscriber_of_their_stream_in_order(streams: StreamServer) -> None:
    first, second, other = subscribe(streams, 7), subscribe(streams, 7), subscribe(streams, 8)
    for index in range(20):
        streams.publish(7, b"message %d" % index)
    streams.publish(8, b"other")
    for reader in (first, second):
        assert [message(reader) for _ in range(20)] == [b"message %d" % index for index in range(20)]
    assert message(other) == b"other"


def test_large_messages_arrive_whole(streams: StreamServer) -> None:
    reader = subscribe(streams, 7)
    image = bytes(range(256)) * 32768
    streams.publish(7, image)
    streams.publish(7, b"next")
    assert message(reader) == image
    assert message(reader) == b"next"


def test_a_stream_id_may_come_in_pieces(streams: StreamServer) -> None:
    with connect(streams.port) as reader:
        for byte in struct.pack("<I", 0x01020304):
            reader.sendall(bytes([byte]))
            time.sleep(0.002)
        wait_until(lambda: streams.has_subscribers(0x01020304))


def test_subscribers_come_and_go(streams: StreamServer) -> None:
    assert not streams.has_subscribers(7)
    first, second = subscribe(streams, 7), subscribe(streams, 7)
    first.close()
    wait_until(lambda: subscriptions(streams) == 1)
    assert streams.has_subscribers(7)
    streams.publish(7, b"still here")
    assert message(second) == b"still here"
    second.close()
    wait_until(lambda: not streams.has_subscribers(7))
    streams.publish(7, b"nobody")


def test_what_a_subscriber_says_is_thrown_away(streams: StreamServer) -> None:
    reader = subscribe(streams, 7)
    reader.sendall(bytes(100_000))
    streams.publish(7, b"hello")
    assert message(reader) == b"hello"


def test_empty_messages_are_our_mistake(streams: StreamServer) -> None:
    with pytest.raises(ValueError, match="message must be 1 to"):
        streams.publish(7, b"")


def test_publishing_never_waits_for_a_slow_reader_and_nothing_is_lost(streams: StreamServer) -> None:
    reader = subscribe(streams, 7)
    frames = [bytes([index]) * 1_000_000 for index in range(30)]
    for frame in frames:
        streams.publish(7, frame)  # far more than socket buffers hold; would block here
    assert [message(reader) for _ in frames] == frames


def test_dropping_when_busy_keeps_the_first_and_later_ones(streams: StreamServer) -> None:
    streams.drop_when_busy = True
    reader = subscribe(streams, 7)
    for index in range(30):
        streams.publish(7, bytes([index]) * 10_000_000)
    assert set(message(reader)) == {0}
    wait_until(lambda: streams._all()[0].queued_bytes == 0)
    streams.publish(7, b"later")
    assert message(reader) == b"later"


def test_small_messages_are_not_dropped_while_one_is_on_its_way(streams: StreamServer) -> None:
    streams.drop_when_busy = True
    reader = subscribe(streams, 7)
    for index in range(50):
        streams.publish(7, b"event %d" % index)
    assert [message(reader) for _ in range(50)] == [b"event %d" % index for index in range(50)]


def test_the_slowest_subscriber_is_dropped_before_memory_runs_out(caplog: pytest.LogCaptureFixture) -> None:
    server = StreamServer(HOST, 0, queued_bytes=20_000_000)
    quick, slow = subscribe(server, 7), subscribe(server, 8)
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            server.publish(8, bytes(8_000_000))
            server.publish(7, b"hello")
    assert "dropping a subscriber that reads too slowly (stream 8)" in caplog.text
    assert not server.has_subscribers(8)
    assert [message(quick) for _ in range(10)] == [b"hello"] * 10
    while slow.recv(1 << 20):
        pass  # what the kernel had already taken, then the end
    server.close()


# ---- tokens


def test_without_tokens_there_is_nothing_to_wait_for(streams: StreamServer) -> None:
    assert streams.wait_for_subscribers(60.0)


def test_waiting_ends_when_the_announced_subscriber_connects(streams: StreamServer) -> None:
    streams.token_given(7)
    readers: list[socket.socket] = []
    late = threading.Timer(0.05, lambda: readers.append(subscribe(streams, 7)))
    late.start()
    assert streams.wait_for_subscribers(60.0)
    assert streams.has_subscribers(7)
    late.join()


def test_a_subscriber_that_came_before_the_wait_counts(streams: StreamServer) -> None:
    streams.token_given(7)
    with subscribe(streams, 7):
        assert streams.wait_for_subscribers(60.0)


def test_a_token_that_nobody_uses_is_forgotten_after_one_wait(streams: StreamServer) -> None:
    streams.token_given(7)
    assert not streams.wait_for_subscribers(0.01)
    assert streams.wait_for_subscribers(60.0)


def test_many_tokens_that_nobody_uses_do_not_stop_the_simulation(streams: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LONGEST_PATIENCE_S", 0.01)
    for _ in range(100_000):
        streams.token_given(7)
    assert not streams.wait_for_subscribers(0.5)


def test_a_connection_without_a_token_does_not_count_for_the_next_token(streams: StreamServer) -> None:
    with subscribe(streams, 7):
        streams.token_given(7)
        assert not streams.wait_for_subscribers(0.01)


def test_closing_ends_a_wait(streams: StreamServer) -> None:
    streams.token_given(7)
    closer = threading.Timer(0.05, streams.close)
    closer.start()
    streams.wait_for_subscribers(60.0)
    closer.join()


def test_a_port_of_zero_is_filled_in(rpc: RpcServer, streams: StreamServer) -> None:
    assert rpc.port > 0
    assert streams.port > 0
    assert transport.listen(HOST, 0).getsockname()[0] == HOST
