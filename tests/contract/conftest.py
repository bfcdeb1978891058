"""Runs each test file of this folder in a process of its own, against a server in another.

The stock CARLA client crashes now and then (exit 139 or 134), and it cannot talk to a server in its own process. So the pytest that
a user starts never opens a client: for each file here that uses the `client` fixture it starts a server, runs the file's tests in
an inner pytest, and passes their reports on. What a crashed inner run left undone is run once more.

With SIMGEN_CARLA=host:port the same tests run against a real CARLA 0.9.16 server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness import HERE, REAL, ROOT, TOWN, serving, synchronous

FILE_TIMEOUT_S = 300
HUNG = -9
CLIENT_CRASHES = (-11, -6, 139, 134, HUNG)

REPORTS, ADDRESS = "SIMGEN_CONTRACT_REPORTS", "SIMGEN_CONTRACT_ADDRESS"
INNER = REPORTS in os.environ


# ---- the outer process: servers, and inner runs


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if INNER or item.path.parent != HERE or "client" not in getattr(item, "fixturenames", ()):
        return None
    reports = _reports_of(item)
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _reports_of(item: pytest.Item) -> list[pytest.TestReport]:
    """Return the reports of one test; the first test of a file brings those of all."""
    known: dict[str, list[pytest.TestReport]] = item.session.__dict__.setdefault("contract_reports", {})
    if item.nodeid not in known:
        wanted = [other.nodeid for other in item.session.items if other.path == item.path and "client" in other.fixturenames]  # type: ignore[attr-defined]
        known.update(_run_file(item.config, wanted))
    return known[item.nodeid]


def _run_file(config: pytest.Config, wanted: list[str]) -> dict[str, list[pytest.TestReport]]:
    with _server() as (address, log):
        found, ended = _run_inner(config, wanted, address)
        left = [nodeid for nodeid in wanted if nodeid not in found]
        if left and ended.returncode in CLIENT_CRASHES:
            again, ended = _run_inner(config, left, address)
            found.update(again)
        text = "" if log is None else log.read_text()
    trouble = f"inner pytest ended with {ended.returncode}:\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}\nserver log:\n{text[-4000:]}"
    for nodeid in wanted:
        found.setdefault(nodeid, [_failure(nodeid, trouble)])
    if "Traceback" in text:
        found[wanted[-1]].append(_failure(wanted[-1], f"the server's log has a traceback:\n{text[-8000:]}"))
    return found


@contextmanager
def _server() -> Iterator[tuple[str, Path | None]]:
    if REAL:
        yield REAL, None
        return
    with serving() as (address, log):
        yield address, log


def _run_inner(
    config: pytest.Config, wanted: list[str], address: str
) -> tuple[dict[str, list[pytest.TestReport]], subprocess.CompletedProcess[str]]:
    """Run tests in an inner pytest; return the complete reports by test, and how it ended."""
    reports = Path(os.environ.get("TMPDIR", "/tmp")) / f"simgen-contract-{os.getpid()}.jsonl"
    reports.write_text("")
    cache = Path(os.environ.get("TMPDIR", "/tmp")) / "simgen-contract-cache"
    cache.mkdir(exist_ok=True)
    environment = {**os.environ, REPORTS: str(reports), ADDRESS: address, "CARLA_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *wanted]
    try:
        ended = subprocess.run(command, cwd=config.rootpath, env=environment, capture_output=True, text=True, timeout=FILE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        # The client's Traffic Manager can lose a wake-up and then waits for ever (CARLA issue 9172).
        ended = subprocess.CompletedProcess(command, HUNG, "", f"no end within {FILE_TIMEOUT_S} s")
    found: dict[str, list[pytest.TestReport]] = {}
    for line in reports.read_text().splitlines():
        report = config.hook.pytest_report_from_serializable(config=config, data=json.loads(line))
        found.setdefault(report.nodeid, []).append(report)
    reports.unlink()
    return {nodeid: parts for nodeid, parts in found.items() if parts[-1].when == "teardown"}, ended


def _failure(nodeid: str, text: str) -> pytest.TestReport:
    return pytest.TestReport(nodeid, (nodeid.split("::")[0], 0, nodeid), {}, "failed", text, "call")


# ---- the inner process: a client


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if INNER:
        with open(os.environ[REPORTS], "a") as sink:
            sink.write(json.dumps(_CONFIG[0].hook.pytest_report_to_serializable(config=_CONFIG[0], report=report)) + "\n")


_CONFIG: list[pytest.Config] = []


def pytest_configure(config: pytest.Config) -> None:
    _CONFIG.append(config)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if INNER:
        # Leaving Python with open streams aborts the client now and then.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


@pytest.fixture(scope="session")
def address() -> tuple[str, int]:
    host, _, port = os.environ[ADDRESS].rpartition(":")
    return host, int(port)


@pytest.fixture(scope="session")
def connect(address: tuple[str, int]) -> Callable:
    """A function that returns one more client."""
    import carla

    def connected() -> carla.Client:
        client = carla.Client(*address)
        client.set_timeout(60.0 if REAL else 20.0)
        return client

    return connected


@pytest.fixture(scope="session")
def client(connect: Callable):
    return connect()


@pytest.fixture(scope="session")
def town(client):
    """The world of the test town, loaded once per file."""
    return client.load_world(TOWN) if REAL else client.get_world()


@pytest.fixture
def world(client, town):
    """The world in synchronous mode at 20 Hz, with nothing in it that a test spawned before."""
    world = client.get_world()
    synchronous(world)
    world.tick()
    yield world
    clear(client, client.get_world())


def clear(client, world) -> None:
    """Destroy what tests spawned, listeners first."""
    import carla

    if not world.get_settings().synchronous_mode:
        synchronous(world)
    world.tick()
    spawned = [a for a in world.get_actors() if a.type_id.split(".")[0] in ("vehicle", "walker", "controller", "sensor", "static", "util")]
    client.apply_batch_sync([carla.command.DestroyActor(actor.id) for actor in reversed(spawned)], True)


@pytest.fixture
def library(world):
    return world.get_blueprint_library()


@pytest.fixture
def spawn_points(world):
    return world.get_map().get_spawn_points()


@pytest.fixture
def car(world, library, spawn_points):
    """A car at rest on the first spawn point, after one tick."""
    vehicle = world.spawn_actor(library.find("vehicle.tesla.model3"), spawn_points[0])
    world.tick()
    return vehicle
