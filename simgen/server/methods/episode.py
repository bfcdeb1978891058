"""Connection, ticking, settings and weather."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simgen.server.simulation import Simulation
from simgen.server.values import EpisodeSettings, LightState, Weather
from simgen.server.wire.layouts import UInt64
from simgen.server.wire.streams import WORLD_STREAM
from simgen.server.world.refusals import Refused

VERSION = "0.9.16"
LONGEST_STEP_S = 10.0


@dataclass(frozen=True)
class Token:
    """A stream token as an array that holds it."""

    data: bytes


@dataclass(frozen=True)
class EpisodeInfo:
    episode_id: UInt64
    token: Token


def version(simulation: Simulation) -> str:
    return VERSION


def get_episode_info(simulation: Simulation) -> EpisodeInfo:
    return EpisodeInfo(simulation.world.episode_id, Token(simulation.token(WORLD_STREAM)))


def get_sensor_token(simulation: Simulation, stream_id: int) -> Token:
    """Every subscription begins with this call, so the simulation knows whom to wait for."""
    simulation.expect_subscriber(stream_id)
    return Token(simulation.token(stream_id))


def get_episode_settings(simulation: Simulation) -> EpisodeSettings:
    """Asked thousands of times a second by a Traffic Manager in asynchronous mode: a ready reply, and no lock."""
    return simulation.settings


def set_episode_settings(simulation: Simulation, settings: EpisodeSettings) -> int:
    step_s = settings.fixed_delta_seconds
    if step_s is not None and not 0.0 <= step_s <= LONGEST_STEP_S:
        raise Refused(f"fixed_delta_seconds must be within 0 to {LONGEST_STEP_S:g}, got {step_s!r}")
    return simulation.apply_settings(replace(settings, fixed_delta_seconds=step_s or None))


def tick_cue(simulation: Simulation) -> int:
    """Return the frame of the tick: in synchronous mode one that is simulated, else one that is to come."""
    return simulation.tick()


def get_weather_parameters(simulation: Simulation) -> Weather:
    return simulation.world.weather


def set_weather_parameters(simulation: Simulation, weather: Weather) -> None:
    simulation.world.weather = weather


def query_lights_state(simulation: Simulation, client: str) -> tuple[LightState, ...]:
    """Street lights. The towns of this server have none that clients can switch."""
    return simulation.world.street_lights


def update_lights_state(simulation: Simulation, client: str, lights: tuple[LightState, ...], discard_client: bool) -> None:
    known = {light.id: light for light in simulation.world.street_lights}
    known.update({light.id: light for light in lights if light.id in known})
    simulation.world.street_lights = tuple(known.values())


def update_day_night_cycle(simulation: Simulation, client: str, active: bool) -> None:
    """Accepted: there are no street lights that a day-night cycle would switch."""


def get_imui_gravity(simulation: Simulation) -> float:
    return simulation.world.gravity


def set_imui_gravity(simulation: Simulation, gravity: float) -> None:
    simulation.world.gravity = gravity
