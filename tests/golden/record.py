"""Record the requests of the real client: `python tests/golden/record.py [PORT]` rewrites tests/golden/requests/.

A proxy between the client and `TinyServer` keeps every byte that the client sends. Requests are cut with msgpack alone, not
with the decoder they are meant to test. Each different request becomes a file `FUNCTION[.DETAIL][.N].bin`; `session.bin` is
everything that one connection sent, in order.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import msgpack

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

from tiny_server import TinyServer  # noqa: E402

REQUESTS = HERE / "requests"
REPEATS = 3
"""So many different requests of the same function are kept."""


class Proxy:
    """Forwards one port to another and keeps what clients send, per connection."""

    def __init__(self, port: int, server_port: int) -> None:
        self.sent: list[bytearray] = []
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(("127.0.0.1", self._server_port))
            sent = bytearray()
            self.sent.append(sent)
            threading.Thread(target=_pump, args=(client, server, sent), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client, bytearray()), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, seen: bytearray) -> None:
    with contextlib.suppress(OSError):  # the client leaves without saying goodbye
        while data := source.recv(1 << 16):
            seen += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def cut(sent: bytes) -> list[tuple[bytes, list]]:
    """Return each request of a recording as bytes and decoded."""
    unpacker = msgpack.Unpacker(max_buffer_size=len(sent) + 1)
    unpacker.feed(sent)
    requests, start = [], 0
    for request in unpacker:
        requests.append((sent[start : unpacker.tell()], request))
        start = unpacker.tell()
    return requests


def name_of(request: list) -> str:
    """Return the file name of a request without number and suffix."""
    _, _, name, args = request
    if name == "apply_batch" and len(args[1]) == 1:
        return f"{name}.{args[1][0][0][0]:02d}"
    return f"{name}.{args[1][0][0]}" if name == "draw_debug_shape" else name


def write(recording: list[bytes]) -> None:
    REQUESTS.mkdir(exist_ok=True)
    for old in REQUESTS.glob("*.bin"):
        old.unlink()
    seen: dict[str, list[list]] = {}
    for sent in recording:
        for data, request in cut(sent):
            arguments = seen.setdefault(name_of(request), [])
            if request[3] in arguments or len(arguments) >= REPEATS:
                continue
            arguments.append(request[3])
            number = f".{len(arguments)}" if len(arguments) > 1 else ""
            (REQUESTS / f"{name_of(request)}{number}.bin").write_bytes(data)
    (HERE / "session.bin").write_bytes(max(recording, key=len))


def main(port: int) -> int:
    server = TinyServer(port + 1)
    proxy = Proxy(port, port + 1)
    with tempfile.TemporaryDirectory() as cache:
        client = subprocess.run(
            [sys.executable, str(HERE / "client_calls.py"), str(port), str(port + 3)],
            env={**os.environ, "CARLA_CACHE_DIR": cache},
            timeout=120,
        )
    write([bytes(sent) for sent in proxy.sent])
    server.close()
    return client.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 21010))
