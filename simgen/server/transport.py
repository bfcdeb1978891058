"""The sockets of the server: one listener for RPC, one for streams. The only module that knows them.

RPC: one thread per connection; calls are dispatched and answered in order. Streams: a client sends a stream id and then only
reads; each subscriber has a queue and a writer thread, so a client that reads slowly never holds up a tick or an RPC.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import selectors
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable

from simgen.errors import EnvironmentFault, ProtocolError
from simgen.server.wire.rpc import Call, RpcDecoder

log = logging.getLogger(__name__)

RECEIVE_BYTES = 1 << 20
MAX_CLIENTS, MAX_STREAM_CONNECTIONS = 256, 1024
TOKEN_PATIENCE_S = 0.5
"""How long a first tick waits for the connection that a token announced."""
LONGEST_PATIENCE_S = 5.0
"""How long it waits however many tokens were given: a client may ask for tokens and never connect."""
QUEUED_BYTES = 1 << 30
"""All that may wait for slow subscribers together; beyond, the slowest is dropped."""
BUSY_BYTES = 1 << 16
"""When dropping: what may wait behind an unfinished message. Snapshots and events then survive, images do not."""
JOIN_S = 2.0


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket. Raises EnvironmentFault when the port is taken or the host is not ours."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(64)
    except (OSError, OverflowError) as error:
        listener.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise EnvironmentFault(f"port must be free, got {port} in use ({host})") from None
        raise EnvironmentFault(f"address must be one this machine can listen on, got {host}:{port} ({error})") from None
    return listener


def end(connection: socket.socket) -> None:
    """End a connection, so that threads blocked on it wake up; whoever reads it closes it."""
    with contextlib.suppress(OSError):  # the other side was quicker
        connection.shutdown(socket.SHUT_RDWR)


def received_now(connection: socket.socket, size: int) -> bytes:
    """Return what a readable connection holds, empty at its end."""
    try:
        return connection.recv(size, socket.MSG_DONTWAIT)
    except OSError:
        return b""


def pause_after(error: OSError) -> None:
    """Wait a little when accepting fails (too many open files), so that the accepting thread does not spin."""
    log.warning("connection must be acceptable, got %s", error)
    time.sleep(0.05)


class RpcServer:
    """Accepts clients at once and calls `dispatch` for each of their calls, from one thread per client.

    `dispatch` returns the encoded reply, or None for a call that gets none. A ProtocolError from it, or from the bytes of
    the client, ends that client's connection.
    """

    def __init__(self, host: str, port: int, dispatch: Callable[[Call], bytes | None]) -> None:
        self._dispatch = dispatch
        self._listener = listen(host, port)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._closed = False
        self._acceptor = threading.Thread(target=self._accept, name="rpc-accept", daemon=True)
        self._acceptor.start()

    @property
    def connections(self) -> int:
        """Number of clients connected now."""
        with self._lock:
            return len(self._connections)

    def close(self) -> None:
        """Hang up on everybody and end all threads."""
        with self._lock:
            self._closed = True
            connections = dict(self._connections)
        end(self._listener)
        for connection in connections:
            end(connection)
        for thread in [self._acceptor, *connections.values()]:
            if thread is not threading.current_thread():  # a method may close the server
                thread.join(JOIN_S)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError as error:
                if self._closed:
                    return
                pause_after(error)
                continue
            self._admit(connection, address)

    def _admit(self, connection: socket.socket, address: tuple[str, int]) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=self._serve, args=(connection, address), name=f"rpc-{address[1]}", daemon=True)
        with self._lock:
            if self._closed or len(self._connections) >= MAX_CLIENTS:
                log.warning("connections must be at most %d, got another from %s:%d; refused", MAX_CLIENTS, *address)
                connection.close()
                return
            self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket, address: tuple[str, int]) -> None:
        decoder = RpcDecoder()
        try:
            while data := connection.recv(RECEIVE_BYTES):
                for call in decoder.feed(data):
                    reply = self._dispatch(call)
                    if reply is not None:
                        connection.sendall(reply)
        except ProtocolError as error:
            log.warning("%s; closing the connection of %s:%d", error, *address)
        except OSError:
            pass  # the client went away
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()


class _Subscriber:
    """One connection that reads one stream: a queue and the thread that empties it."""

    def __init__(self, connection: socket.socket, stream_id: int) -> None:
        self.connection = connection
        self.stream_id = stream_id
        self.queued_bytes = 0
        self._queue: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._open = True
        self.thread = threading.Thread(target=self._write, name=f"stream-{stream_id}", daemon=True)
        self.thread.start()

    def offer(self, message: bytes, drop_when_busy: bool) -> None:
        with self._changed:
            if drop_when_busy and self.queued_bytes and self.queued_bytes + len(message) > BUSY_BYTES:
                return
            self._queue.append(message)
            self.queued_bytes += len(message)
            self._changed.notify()

    def stop(self) -> None:
        """End the writer. The stream server's own thread, which reads the connection, sees the end and closes it."""
        with self._changed:
            self._open = False
            self._queue.clear()
            self.queued_bytes = 0
            self._changed.notify()
        end(self.connection)

    def _write(self) -> None:
        try:
            while (message := self._next()) is not None:
                self.connection.sendall(struct.pack("<I", len(message)), socket.MSG_MORE)
                self.connection.sendall(message)
                with self._changed:
                    self.queued_bytes -= len(message)
        except OSError:
            end(self.connection)  # the client went away

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or not self._open)
            return self._queue.popleft() if self._open else None


class StreamServer:
    """Sends messages to whoever subscribed to a stream. Stream ids are chosen by the caller."""

    def __init__(self, host: str, port: int, queued_bytes: int = QUEUED_BYTES) -> None:
        self.drop_when_busy = False
        """True in asynchronous mode: a subscriber that has not read its last message misses the next one."""
        self._queued_bytes = queued_bytes
        self._listener = listen(host, port)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._changed = threading.Condition()
        self._subscribers: dict[int, tuple[_Subscriber, ...]] = {}
        self._outstanding: Counter[int] = Counter()
        self._closed = False
        self._waker, self._wakened = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._welcome)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._doorman = threading.Thread(target=self._watch, name="stream-accept", daemon=True)
        self._doorman.start()

    # ---- what the simulation calls

    def publish(self, stream_id: int, message: bytes) -> None:
        """Queue `message` (at least 1 byte) for the subscribers of a stream. Never waits for a client."""
        if not 0 < len(message) < 2**32:
            raise ValueError(f"message must be 1 to {2**32 - 1} bytes, got {len(message)} (stream {stream_id})")
        with self._changed:
            subscribers = self._subscribers.get(stream_id, ())
        for subscriber in subscribers:
            subscriber.offer(message, self.drop_when_busy)
        if subscribers:
            self._relieve()

    def has_subscribers(self, stream_id: int) -> bool:
        """Tell whether anybody reads the stream: a sensor without readers need not be computed."""
        with self._changed:
            return stream_id in self._subscribers

    def token_given(self, stream_id: int) -> None:
        """Note that a client asked for the token of a stream: it is about to connect."""
        with self._changed:
            self._outstanding[stream_id] += 1

    def wait_for_subscribers(self, timeout_s: float = TOKEN_PATIENCE_S) -> bool:
        """Wait until every client that was given a token has connected, so that the first tick after `listen` delivers.

        Waits at most `timeout_s` for each outstanding token and 5 s for all, then forgets them. Call it without locks that
        RPC handlers need. Returns whether all came.
        """
        with self._changed:
            patience_s = min(timeout_s * self._outstanding.total(), LONGEST_PATIENCE_S)
            complete = self._changed.wait_for(lambda: self._closed or not self._outstanding, patience_s)
            self._outstanding.clear()
            return complete

    def close(self) -> None:
        """Hang up on everybody and end all threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        end(self._waker)
        self._doorman.join(JOIN_S)

    # ---- subscribers

    def _all(self) -> list[_Subscriber]:
        with self._changed:
            return [subscriber for subscribers in self._subscribers.values() for subscriber in subscribers]

    def _join(self, subscriber: _Subscriber) -> None:
        with self._changed:
            self._subscribers[subscriber.stream_id] = (*self._subscribers.get(subscriber.stream_id, ()), subscriber)
            self._outstanding[subscriber.stream_id] -= 1
            self._outstanding = +self._outstanding
            self._changed.notify_all()

    def _leave(self, subscriber: _Subscriber) -> None:
        with self._changed:
            rest = tuple(other for other in self._subscribers.pop(subscriber.stream_id, ()) if other is not subscriber)
            if rest:
                self._subscribers[subscriber.stream_id] = rest
        subscriber.stop()

    def _relieve(self) -> None:
        """Drop the slowest subscriber when more is queued than memory is meant for."""
        subscribers = self._all()
        queued = sum(subscriber.queued_bytes for subscriber in subscribers)
        if queued <= self._queued_bytes:
            return
        slowest = max(subscribers, key=lambda subscriber: subscriber.queued_bytes)
        log.warning(
            "queued messages must be at most %d bytes, got %d; dropping a subscriber that reads too slowly (stream %d)",
            self._queued_bytes,
            queued,
            slowest.stream_id,
        )
        self._leave(slowest)

    # ---- the thread that accepts subscribers and sees them go

    def _watch(self) -> None:
        while not self._closed:
            for key, _ in self._selector.select():
                if key.data is not None:
                    key.data()
        for subscriber in self._all():
            self._leave(subscriber)
            subscriber.thread.join(JOIN_S)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
        self._waker.close()

    def _welcome(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            return pause_after(error)
        if len(self._selector.get_map()) >= MAX_STREAM_CONNECTIONS:
            log.warning("stream connections must be at most %d, got another; refused", MAX_STREAM_CONNECTIONS)
            return connection.close()
        connection.setblocking(True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = bytearray()
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._read_stream_id(connection, asked))

    def _read_stream_id(self, connection: socket.socket, asked: bytearray) -> None:
        received = received_now(connection, 4 - len(asked))
        asked += received
        if not received:
            self._close(connection)
        elif len(asked) == 4:
            subscriber = _Subscriber(connection, int.from_bytes(asked, "little"))
            self._selector.modify(connection, selectors.EVENT_READ, lambda: self._read_on(subscriber))
            self._join(subscriber)

    def _read_on(self, subscriber: _Subscriber) -> None:
        # A subscriber has nothing more to say: what it sends is thrown away until it ends.
        if not received_now(subscriber.connection, RECEIVE_BYTES):
            self._leave(subscriber)
            self._close(subscriber.connection)

    def _close(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        connection.close()
