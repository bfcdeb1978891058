"""The server as a process: how it starts, stops, and says why it cannot."""

import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
from harness import ROOT, TOWN, embedded_only, free_port, server_environment

pytestmark = embedded_only

START_S = 120


@contextmanager
def start(*options):
    command = [sys.executable, "-m", "simgen.server.serve", *map(str, options)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=server_environment(), **pipes) as server:
        try:
            yield server
        finally:
            server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_says_that_it_is_ready_and_stops_cleanly(number):
    port = free_port()
    with start("--port", port, "--map", TOWN) as server:
        assert server.stdout.readline() == f"serving {TOWN} on 127.0.0.1:{port}\n"
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port + 1)):
            server.send_signal(number)
            _, complaints = server.communicate(timeout=30)
    assert server.returncode == 0
    assert complaints == ""


def test_the_first_town_is_served_when_none_is_named():
    port = free_port()
    with start("--port", port) as server:
        assert server.stdout.readline() == f"serving {TOWN} on 127.0.0.1:{port}\n"


def test_an_unknown_town_is_refused_with_the_choices():
    with start("--port", free_port(), "--map", "Atlantis") as server:
        _, complaint = server.communicate(timeout=START_S)
    assert server.returncode == 2
    assert TOWN in complaint
    assert "Atlantis" in complaint
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize("offset", [0, 1])
def test_a_busy_port_is_refused_by_its_number(offset):
    port = free_port()
    with socket.create_server(("127.0.0.1", port + offset)), start("--port", port, "--map", TOWN) as server:
        _, complaint = server.communicate(timeout=START_S)
    assert server.returncode == 3
    assert str(port + offset) in complaint
    assert len(complaint.splitlines()) == 1
