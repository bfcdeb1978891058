"""Episodes: one draw of a scenario with one seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from simgen.datatypes.noise import Noise
from simgen.scenario.scenario import Ego, Look, Scenario, Setting, Traffic, Walkers
from simgen.scenario.script import Script
from simgen.scenario.weather import Weather


@dataclass(frozen=True)
class Episode:
    """Everything that was drawn. What needs the map (spawn points, models) is drawn on the client from `seed`."""

    scenario: str
    seed: int
    map: str
    duration_s: float
    settle_s: float
    ego: Ego
    weather: Weather
    traffic: Traffic
    walkers: Walkers
    script: Script | None
    look: Look
    noise: Noise

    def as_plain(self) -> dict[str, Any]:
        """Return the episode as dicts, lists and scalars, for JSON."""
        return asdict(self)


def draw_episode(scenario: Scenario, seed: int) -> Episode:
    """Return the draw of `scenario` with `seed`: pure, the same on every machine."""
    setting: Setting = scenario.setting.draw(seed, "scenario")
    weather = scenario.weather.draw(seed, "weather") if scenario.weather else setting.weather
    return Episode(
        scenario=scenario.name,
        seed=seed,
        map=setting.map,
        duration_s=setting.duration_s,
        settle_s=setting.settle_s,
        ego=setting.ego,
        weather=weather.resolve(),
        traffic=setting.traffic,
        walkers=setting.walkers,
        script=setting.script,
        look=scenario.look.draw(seed, "randomise"),
        noise=scenario.noise.draw(seed, "noise_parameters"),
    )
