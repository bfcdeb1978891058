"""Weather and provenance in a few words. They come from a file: anything may be missing or of another kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_LEVELS: tuple[tuple[float, str], ...] = ((70.0, "heavy "), (35.0, ""), (5.0, "light "))


def weather_words(weather: Any) -> str:
    """Return CARLA's weather parameters as "cloudy, light rain, wet road, sun 15 deg"; "" where there are none."""
    if not isinstance(weather, Mapping):
        return ""
    value = {str(k): float(v) for k, v in weather.items() if isinstance(v, (int, float)) and math.isfinite(v)}
    clouds, altitude = value.get("cloudiness", 0.0), value.get("sun_altitude_angle", 45.0)
    words = ["night" if altitude < 0 else "overcast" if clouds >= 80 else "cloudy" if clouds >= 30 else "clear"]
    for name, key, least in (("rain", "precipitation", 5.0), ("fog", "fog_density", 10.0), ("dust", "dust_storm", 5.0)):
        level = value.get(key, 0.0)
        if level >= least:
            words.append(next((word for bound, word in _LEVELS if level >= bound), "light ") + name)
    if max(value.get("wetness", 0.0), value.get("precipitation_deposits", 0.0)) >= 20:
        words.append("wet road")
    return ", ".join([*words, f"sun {altitude:.0f} deg"])


def facts(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Return scenario, seed, map, server and weather of a shard as text, without those that it does not tell."""
    episode = provenance.get("episode")
    found = {key: str(provenance[key]) for key in ("scenario", "seed", "map", "server") if provenance.get(key) is not None}
    words = weather_words(episode.get("weather")) if isinstance(episode, Mapping) else ""
    return {**found, "weather": words} if words else found
