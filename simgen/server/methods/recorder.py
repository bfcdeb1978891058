"""The recorder of the original: this server has none yet, and says so."""

from __future__ import annotations

from simgen.server.simulation import Simulation
from simgen.server.values import Transform

REASON = "recording and replaying are not supported by this server"


def start_recorder(simulation: Simulation, name: str, additional_data: bool) -> str:
    return f"{REASON}: nothing is written to {name}"


def show_recorder_file_info(simulation: Simulation, name: str, show_all: bool) -> str:
    return REASON


def show_recorder_collisions(simulation: Simulation, name: str, type1: int, type2: int) -> str:
    return REASON


def show_recorder_actors_blocked(simulation: Simulation, name: str, min_time: float, min_distance: float) -> str:
    return REASON


def replay_file(
    simulation: Simulation, name: str, start: float, duration: float, follow_id: int, replay_sensors: bool, offset: Transform
) -> str:
    return f"{REASON}: {name} is not replayed"


def nothing_runs(simulation: Simulation, *arguments: object) -> None:
    """Stopping what does not run, and setting how it would."""
