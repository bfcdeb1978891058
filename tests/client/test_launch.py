import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress

import pytest

from simgen.client.launch import child, end, free_ports, open_server, require_answer
from simgen.errors import ConfigError, EnvironmentFault
from simgen.scenario.job import ServerPlan

PORTS = (28100, 28119)
STUBBORN = "import signal, time, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def alive(pid):
    """Whether a process runs; a zombie does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_a_child_is_ended_on_leaving_even_when_it_ignores_sigterm(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as out, suppress(KeyboardInterrupt), child([sys.executable, "-c", STUBBORN], out) as process:
        assert wait_for(lambda: log.read_text() == "up\n")
        raise KeyboardInterrupt
    assert not alive(process.pid)
    assert process.returncode == -signal.SIGKILL


def test_the_whole_group_of_a_child_is_ended(tmp_path):
    log = tmp_path / "log"
    nested = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); print(p.pid, flush=True); p.wait()"
    with log.open("wb") as out, child([sys.executable, "-c", nested], out):
        assert wait_for(lambda: len(log.read_text().split()) == 2)
        grandchild = next(int(word) for word in log.read_text().split() if word.isdecimal())
        assert alive(grandchild)
    assert wait_for(lambda: not alive(grandchild))


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path):
    program = (
        "import sys, time\n"
        "from simgen.client.launch import child\n"
        f"with open({str(tmp_path / 'log')!r}, 'wb') as out, child([sys.executable, '-c', {STUBBORN!r}], out) as process:\n"
        "    print(process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    parent.communicate()
    assert wait_for(lambda: not alive(pid))


def test_ending_a_process_that_has_ended_does_nothing():
    process = subprocess.Popen(["true"], start_new_session=True)
    process.wait()
    end(process)
    assert process.returncode == 0


def test_two_takers_get_different_ports_and_none_that_is_listened_on():
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", PORTS[0]))
        busy.listen()
        with free_ports(PORTS, 2) as first, free_ports(PORTS, 1) as second:
            assert {first, first + 1}.isdisjoint({second, PORTS[0]})
            assert first > PORTS[0]
        with free_ports(PORTS, 2) as again:
            assert again == first  # given back


def test_no_free_port_is_a_fault_of_the_machine():
    two = PORTS[0] + 10, PORTS[0] + 11
    with free_ports(two, 2), ExitStack() as stack, pytest.raises(EnvironmentFault, match="must hold 1 free ports, got none"):
        stack.enter_context(free_ports(two, 1))


def test_a_server_that_does_not_start_says_why(tmp_path):
    plan = ServerPlan(ports=PORTS)
    with ExitStack() as stack, pytest.raises(ConfigError, match=r"^the map must be one of Avenue01.*, got 'NoSuchTown'$"):
        stack.enter_context(open_server(plan, "NoSuchTown", tmp_path / "log"))


def test_a_port_in_use_is_told_before_the_server_is_started(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", PORTS[0] + 15))
        busy.listen()
        said = f"server.port must be free, and the port above it, got {PORTS[0] + 15}"
        with ExitStack() as stack, pytest.raises(EnvironmentFault, match=said):
            stack.enter_context(open_server(ServerPlan(port=PORTS[0] + 14, ports=PORTS), "Avenue01", tmp_path / "log"))


def test_a_running_server_is_left_to_itself(tmp_path):
    with open_server(ServerPlan(kind="carla", host="farm", port=4000, ports=PORTS), "Town01", tmp_path / "log") as server:
        assert (server.address.host, server.address.port) == ("farm", 4000)
        assert PORTS[0] <= server.address.tm_port <= PORTS[1]
    assert os.listdir(tmp_path) == []


def test_a_server_of_the_users_that_does_not_answer_is_said_at_once():
    port = PORTS[0] + 17
    with pytest.raises(EnvironmentFault, match=f"a CARLA server must answer at 127.0.0.1:{port}, got Connection refused"):
        require_answer(ServerPlan(kind="carla", host="127.0.0.1", port=port))
    require_answer(ServerPlan(kind="embedded"))
