"""What a scenario file may say. Every scalar of a `Setting` may be a distribution; an episode is one draw of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Annotated, Any

from simgen.datatypes.noise import Noise
from simgen.scenario.distributions import Distribution, Undrawn
from simgen.scenario.schema import Range, build
from simgen.scenario.script import Script
from simgen.scenario.weather import WeatherChoice

Share = Annotated[float, Range(at_least=0, at_most=1)]
Seconds = Annotated[float, Range(above=0, at_most=3600)]
Crowd = Annotated[int, Range(at_least=0, at_most=500)]


@dataclass(frozen=True)
class Ego:
    """The vehicle that carries the rig; the Traffic Manager drives it."""

    blueprint: str = "vehicle.tesla.model3"
    color: str = ""
    """"R,G,B"; empty draws one of the model's colours."""
    slower_percent: Annotated[float, Range(at_least=-50, at_most=90)] = 0.0
    """How much slower than the speed limit it drives."""
    lane_changes: bool = True
    speed_mps: Annotated[float, Range(at_least=0, at_most=60)] = 0.0
    """Speed at the start of the settling time."""


@dataclass(frozen=True)
class Traffic:
    """Vehicles that the Traffic Manager drives."""

    vehicles: Crowd = 20
    two_wheelers: Share = 0.15
    """Share of bicycles and motorcycles among them."""
    large: Share = 0.1
    """Share of trucks, buses and vans."""
    slower_percent: Annotated[float, Range(at_least=-50, at_most=90)] = 10.0
    gap_m: Annotated[float, Range(above=0, at_most=50)] = 3.0
    """Distance kept to the vehicle in front."""
    ignore_lights_percent: Annotated[float, Range(at_least=0, at_most=100)] = 0.0
    within_m: Annotated[float, Range(above=0)] = 120.0
    """How far from the ego they start."""


@dataclass(frozen=True)
class Walkers:
    """Pedestrians that walk the map's sidewalks by themselves."""

    count: Crowd = 15
    running: Share = 0.1
    crossing: Share = 0.1
    """Share of them that may cross the road anywhere."""


@dataclass(frozen=True)
class Setting:
    """A scenario: where, how long, who is there, and what happens."""

    map: str = "Avenue01"
    duration_s: Seconds = 10.0
    settle_s: Annotated[float, Range(at_least=0, at_most=60)] = 2.0
    """Time that passes before the first recorded tick, so that traffic moves."""
    ego: Ego = Ego()
    weather: WeatherChoice = WeatherChoice()
    traffic: Traffic = Traffic()
    walkers: Walkers = Walkers()
    script: Script | None = None


@dataclass(frozen=True)
class Look:
    """Randomisation of how things look."""

    vehicle_colors: bool = True
    texture_share: Share = 0.0
    """Share of the named objects that get a random texture; the shares by kind below are multiplied with it."""
    texture_vehicles: Share = 1.0
    texture_walkers: Share = 1.0
    texture_signs: Share = 1.0
    """Traffic signs and lights."""
    texture_roads: Share = 1.0
    """Roads, their markings, sidewalks and land: one object each."""
    texture_buildings: Share = 1.0
    texture_other: Share = 1.0
    texture_px: Annotated[int, Range(at_least=4, at_most=512)] = 32


@dataclass(frozen=True)
class Scenario:
    """A named setting that has not been drawn, with the weather, looks and noise that the other groups say."""

    name: str
    setting: Annotated[Undrawn, Setting]
    weather: Annotated[Undrawn, WeatherChoice] | None = None
    """Instead of the setting's own weather."""
    look: Annotated[Undrawn, Look] = field(default_factory=lambda: Undrawn(Look()))
    noise: Annotated[Undrawn, Noise] = field(default_factory=lambda: Undrawn(Noise()))


def make_scenario(name: str, setting: object, weather: object, look: object, noise: object) -> Scenario:
    """Return the scenario from plain containers; raise ConfigError that names the key that is wrong."""
    made = Scenario(
        name,
        build(Annotated[Undrawn, Setting], setting, "scenario"),
        build(Annotated[Undrawn, WeatherChoice], weather, "weather") if weather else None,
        build(Annotated[Undrawn, Look], look, "randomise"),
        build(Annotated[Undrawn, Noise], noise, "noise"),
    )
    if made.setting.template.script is not None:
        made.setting.template.script.check("scenario.script")
    _check_noise(made.noise.template, "noise")
    return made


def _check_noise(noise: Any, where: str) -> None:
    """Raise ConfigError for a standard deviation, rate or such that may be negative; biases and exposure may."""
    for each in fields(noise):
        value = getattr(noise, each.name)
        if is_dataclass(value) and not isinstance(value, Distribution):
            _check_noise(value, f"{where}.{each.name}")
        elif "bias" not in each.name and each.name != "exposure_ev":
            extremes = [float(v) for v in value.extremes()] if isinstance(value, Distribution) else [float(value)]
            Range(at_least=0).check(min(extremes), max(extremes), value, f"{where}.{each.name}")
