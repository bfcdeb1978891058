"""Child processes that never outlive this one, free ports, and the embedded server as such a child.

The only module that knows that there are two kinds of server: `open_server` gives an address, whichever it is.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from simgen.errors import ConfigError, EnvironmentFault, ServerError
from simgen.scenario.job import ServerPlan

_PR_SET_PDEATHSIG = 1


CARLA_PORT = 2000
"""Where CARLA listens unless told otherwise."""
_ANSWER_S = 10.0


@dataclass(frozen=True)
class Address:
    """Where a CARLA server answers, and which port the client's Traffic Manager shall open."""

    host: str
    port: int
    tm_port: int


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    address: Address
    lives: Callable[[], bool]
    """False once a server that was started here has ended; one that was not is always taken to live."""


@contextmanager
def open_server(plan: ServerPlan, map_name: str, log: Path) -> Iterator[Server]:
    """Give the server that `plan` says; an embedded one is started here and ended on leaving."""
    with ExitStack() as stack:
        tm_port = plan.tm_port or stack.enter_context(free_ports(plan.ports, 1))
        if plan.kind == "carla":
            yield Server(Address(plan.host, plan.port or CARLA_PORT, tm_port), lambda: True)
            return
        port = _own_port(plan.port) if plan.port else stack.enter_context(free_ports(plan.ports, 2))
        process = stack.enter_context(_embedded_server(plan, port, map_name, log))
        yield Server(Address("127.0.0.1", port, tm_port), lambda: process.poll() is None)


def require_answer(plan: ServerPlan) -> None:
    """Raise EnvironmentFault when nothing listens where the user's own server should; an embedded one starts later."""
    if plan.kind != "carla":
        return
    port = plan.port or CARLA_PORT
    try:
        socket.create_connection((plan.host, port), timeout=_ANSWER_S).close()
    except OSError as error:
        raise EnvironmentFault(f"a CARLA server must answer at {plan.host}:{port}, got {error.strerror or error}") from None


def _own_port(port: int) -> int:
    for each in (port, port + 1):
        if not _is_free(each):
            raise EnvironmentFault(f"server.port must be free, and the port above it, got {each} in use")
    return port


@contextmanager
def _embedded_server(plan: ServerPlan, port: int, map_name: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "simgen.cli", "serve", f"port={port}", f"map={map_name}"]
    command += [f"maps_dir={plan.maps_dir}"] if plan.maps_dir else []
    command += [f"assets={plan.assets}"] if plan.assets else []
    with log.open("ab") as out, child(command, out) as server:
        _wait_until_ready(server, port, time.monotonic() + plan.start_s, log)
        yield server


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, deadline: float, log: Path) -> None:
    while time.monotonic() < deadline:
        if server.poll() == ConfigError.exit_code:
            raise ConfigError(last_line(log).removeprefix("simgen: "))
        if server.poll() is not None:
            raise ServerError(f"the embedded server must start, got exit status {server.returncode}: {last_line(log)} (log: {log})")
        with socket.socket() as probe:
            probe.settimeout(1.0)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise ServerError(f"the embedded server must answer on port {port} in time, got nothing (log: {log})")


def last_line(log: Path) -> str:
    """Return the last line of a log that says something, or "no message"."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "no message")


@contextmanager
def child(
    command: Sequence[str], log: IO[bytes], pass_fds: Sequence[int] = (), stdin: int | IO[bytes] = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own, which is ended on leaving; it also dies when this process is killed.

    Must be entered from the main thread: the kernel sends the death signal when the *thread* that started the child ends.
    """
    parent = os.getpid()
    process = subprocess.Popen(
        list(command),
        stdin=stdin,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        preexec_fn=lambda: _die_with(parent),
    )
    try:
        yield process
    finally:
        end(process)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call above
        os._exit(1)


def end(process: subprocess.Popen[bytes], patience_s: float = 3.0) -> None:
    """End a child and all of its process group: politely first, then not."""
    for sign, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 10.0)):
        with suppress(ProcessLookupError, PermissionError):  # the group is empty, or holds only an unreaped leader
            os.killpg(process.pid, sign)
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            continue
        if sign is signal.SIGKILL or not _group_lives(process.pid):
            return


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@contextmanager
def free_ports(ports: tuple[int, int], count: int) -> Iterator[int]:
    """Give the first of `count` adjacent ports within `ports` that nobody listens on and no other simgen has taken."""
    with ExitStack() as leases:
        for first in range(ports[0], ports[1] - count + 2, count):
            if all(leases.enter_context(_lease(port)) for port in range(first, first + count)):
                yield first
                return
            leases.close()
        raise EnvironmentFault(f"server.ports must hold {count} free ports, got none in {ports[0]}..{ports[1]}")


@contextmanager
def _lease(port: int) -> Iterator[bool]:
    """Give whether the port is ours while the context lasts: a lock file keeps other simgen processes off it."""
    path = Path(tempfile.gettempdir()) / f"simgen-ports-{os.getuid()}" / f"{port}.lock"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield _is_free(port)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
