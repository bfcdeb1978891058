"""A connection to a CARLA server in synchronous mode on a freshly loaded map."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# The client library caches maps on disk and crashes where it may not; it reads this whenever it looks for the cache.
os.environ.setdefault("CARLA_CACHE_DIR", os.path.join(tempfile.gettempdir(), f"simgen-carla-cache-{os.getuid()}"))

import carla

from simgen.client.launch import Address
from simgen.errors import ConfigError, ServerError
from simgen.scenario.schema import closest

CARLA_VERSION = "0.9.16"
_MAX_SUBSTEP_S = 0.01
_MAX_SUBSTEPS = 16
"""CARLA's limits: a tick must not be longer than all its substeps together."""


@dataclass(frozen=True)
class Session:
    """What everything on the client works with. `dt_s` is the fixed step of the world."""

    client: carla.Client
    world: carla.World
    map: carla.Map
    tm_port: int
    dt_s: float
    beat: Callable[[], None]
    """Called after every tick: a tick can hang in the client library, where nothing but another process can end it."""
    after_tick: list[Callable[[], None]] = field(default_factory=list)
    """What else is done after every tick."""

    def tick(self) -> int:
        """Advance the world by one step and return CARLA's frame number, of which the snapshot is then the newest."""
        frame = int(self.world.tick())
        self.beat()
        if self.frame != frame:
            raise ServerError(f"the world's snapshot must be of frame {frame}, got {self.frame} (is another client ticking?)")
        for action in self.after_tick:
            action()
        return frame

    @property
    def frame(self) -> int:
        """CARLA's number of the newest snapshot."""
        return int(self.world.get_snapshot().frame)

    def ticks(self, count: int, first_frame: int) -> Iterator[int]:
        """Advance the world tick by tick, giving 0, 1, 2, ...; CARLA's frames must follow each other from `first_frame`."""
        for tick in range(count):
            frame = self.tick()
            if frame != first_frame + tick:
                raise ServerError(f"frames must follow each other, got {frame} instead of {first_frame + tick}")
            yield tick

    def settle(self, seconds: float) -> None:
        """Let simulated time pass."""
        for _ in range(round(seconds / self.dt_s)):
            self.tick()

    def align(self, to_ticks: int) -> None:
        """Tick until a multiple of `to_ticks` steps of simulated time have passed since the map was loaded.

        Loading takes one or two ticks, as it happens; after this, everything that depends on the time is repeatable.
        """
        while True:
            self.tick()
            elapsed = round(self.world.get_snapshot().timestamp.elapsed_seconds / self.dt_s)
            if elapsed > 0 and elapsed % to_ticks == 0:
                return


@contextmanager
def open_session(
    address: Address, map_name: str, tick_rate_hz: float, timeout_s: float, beat: Callable[[], None] = lambda: None
) -> Iterator[Session]:
    """Connect, load the map afresh in synchronous mode, and put the server's settings back on leaving."""
    client = _connect(address, timeout_s)
    world = client.get_world()
    before = world.get_settings()
    _check_map(client, map_name)
    try:
        world.apply_settings(_synchronous(before, 1.0 / tick_rate_hz))
        # Synchronous already: loading in asynchronous mode can crash the client library.
        world = client.load_world(map_name, False)
        world.apply_settings(_synchronous(before, 1.0 / tick_rate_hz))
        session = Session(client, world, world.get_map(), address.tm_port, 1.0 / tick_rate_hz, beat)
        session.align(_LOADING_TICKS)
        yield session
    finally:
        with suppress(RuntimeError):  # the server may have died; then there is nothing to put back
            world.apply_settings(before)


_LOADING_TICKS = 10
"""More ticks than loading a map ever takes."""


def _connect(address: Address, timeout_s: float) -> carla.Client:
    client = carla.Client(address.host, address.port)
    client.set_timeout(5.0)
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            version = client.get_server_version()
            break
        except RuntimeError as error:
            if time.monotonic() > deadline:
                raise ServerError(f"a CARLA server must answer at {address.host}:{address.port}, got nothing in {timeout_s:g} s") from error
            time.sleep(0.2)
    if version != CARLA_VERSION:
        raise ServerError(f"the server must be CARLA {CARLA_VERSION}, got {version} ({address.host}:{address.port})")
    client.set_timeout(timeout_s)
    return client


def _check_map(client: carla.Client, map_name: str) -> None:
    known = sorted({name.rsplit("/", 1)[-1] for name in client.get_available_maps()})
    if map_name.rsplit("/", 1)[-1] not in known:
        raise ConfigError(f"map must be one that the server has, got {map_name}{closest(map_name, known)}")


def _synchronous(before: carla.WorldSettings, dt_s: float) -> carla.WorldSettings:
    settings = carla.WorldSettings()
    settings.no_rendering_mode = before.no_rendering_mode
    settings.synchronous_mode = True
    settings.fixed_delta_seconds = dt_s
    settings.deterministic_ragdolls = True
    settings.max_substeps = min(_MAX_SUBSTEPS, max(10, int(dt_s / _MAX_SUBSTEP_S) + 1))
    settings.max_substep_delta_time = max(_MAX_SUBSTEP_S, dt_s / settings.max_substeps)
    return settings
