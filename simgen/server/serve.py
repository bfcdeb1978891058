"""`simgen serve`: the embedded server as a process of its own."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simgen.errors import SimgenError
from simgen.server.assets.user_shapes import read_user_shapes
from simgen.server.map_stage import MapStages
from simgen.server.methods.dispatch import Dispatcher
from simgen.server.simulation import Simulation
from simgen.server.transport import RpcServer, StreamServer
from simgen.server.world.map_catalogue import Catalogue

log = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    host: str = "127.0.0.1",
    port: int = 2000,
    map_name: str = "",
    maps_dir: Path | None = None,
    on_ready: Callable[[str], None] | None = None,
    assets: Path | None = None,
) -> signal.Signals:
    """Serve CARLA clients on `port` (RPC) and `port` + 1 (streams) until SIGTERM or SIGINT, and return which of them came.

    `on_ready` gets one line when clients can connect. `maps_dir` holds more OpenDRIVE maps beside the shipped towns, `assets` shapes
    of the user's own (see `user_shapes`). Raises EnvironmentFault for a port that is taken, MapError for a map that is unknown or
    unusable, and ConfigError for assets that cannot be used.
    """
    with _stop_signals() as stopped, running_server(host, port, map_name, maps_dir, assets) as simulation:
        line = f"serving {simulation.world.map_name} on {host}:{port}"
        log.info(line)
        if on_ready is not None:
            on_ready(line)
        return stopped()


@contextmanager
def running_server(
    host: str, port: int, map_name: str = "", maps_dir: Path | None = None, assets: Path | None = None
) -> Iterator[Simulation]:
    """A server for the time of a `with`; see `serve`."""
    stages = MapStages(Catalogue(maps_dir), None if assets is None else read_user_shapes(assets))
    streams = StreamServer(host, port + 1)
    try:
        simulation = Simulation(stages, map_name, streams)
        rpc = RpcServer(host, port, Dispatcher(simulation).answer)
        simulation.start()
        try:
            yield simulation
        finally:
            simulation.close()
            rpc.close()
    finally:
        streams.close()


@contextmanager
def _stop_signals() -> Iterator[Callable[[], signal.Signals]]:
    """Catch the signals that stop a server; yields a function that waits for one.

    They are noted in a pipe: whichever thread the system interrupts, and however early, the number waits there to be read.
    """
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    handlers = {number: signal.signal(number, lambda number, frame: None) for number in STOP_SIGNALS}
    before = signal.set_wakeup_fd(write_end)
    try:
        yield lambda: _next_stop(read_end)
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(read_end)
        os.close(write_end)


def _next_stop(pipe: int) -> signal.Signals:
    while True:
        number = os.read(pipe, 1)[0]
        if number in STOP_SIGNALS:
            return signal.Signals(number)


def main(arguments: list[str] | None = None) -> int:
    """Run a server from the command line of tests; users have `simgen serve`."""
    parser = argparse.ArgumentParser(prog="python -m simgen.server.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2000)
    parser.add_argument("--map", default="", help="a town, by default the first one")
    parser.add_argument("--maps-dir", type=Path, default=None, help="a folder with more .xodr files")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        serve(options.host, options.port, options.map, options.maps_dir, on_ready=lambda line: print(line, flush=True))
    except SimgenError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
