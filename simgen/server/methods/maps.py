"""Maps: which there are, loading them, and the files that clients ask for."""

from __future__ import annotations

from dataclasses import dataclass

from simgen.server.map_stage import MapFiles
from simgen.server.simulation import Simulation
from simgen.server.values import OpendriveGenerationParameters, Transform
from simgen.server.world.refusals import Refused

LIBRARY_PATH = "/Game/Carla/Maps/"
LONGEST_OPENDRIVE = 32 * 2**20


@dataclass(frozen=True)
class MapInfo:
    name: str
    spawn_points: tuple[Transform, ...]


def get_map_info(simulation: Simulation) -> MapInfo:
    return MapInfo(MapFiles.folder + simulation.world.map_name, simulation.world.roads.spawn_points)


def get_map_data(simulation: Simulation) -> str:
    return simulation.world.roads.opendrive


def get_navigation_mesh(simulation: Simulation) -> bytes:
    return simulation.stage().navigation


def get_available_maps(simulation: Simulation) -> tuple[str, ...]:
    return tuple(LIBRARY_PATH + name for name in simulation.stages.catalogue.names())


def get_required_files(simulation: Simulation, folder: str) -> tuple[str, ...]:
    return simulation.files().names(folder)


def request_file(simulation: Simulation, name: str) -> bytes:
    content = simulation.files().content(name)
    if content is None:
        raise Refused(f"file must be one that get_required_files names, got {name!r}")
    return content


def load_new_episode(simulation: Simulation, name: str, reset_settings: bool, layers: int) -> None:
    """An empty name reloads the map. Layers are all there always: unloading one changes nothing that is simulated."""
    simulation.load(name, reset_settings)


def copy_opendrive_to_file(simulation: Simulation, opendrive: str, parameters: OpendriveGenerationParameters) -> None:
    """Keep the text of the client for the load of `OpenDriveMap` that it sends next."""
    if len(opendrive) > LONGEST_OPENDRIVE:
        raise Refused(f"an OpenDRIVE text must be at most {LONGEST_OPENDRIVE} characters, got {len(opendrive)}")
    simulation.keep_opendrive(opendrive)


def load_map_layer(simulation: Simulation, layers: int) -> None:
    """Accepted: the towns of this server have no layers."""


def unload_map_layer(simulation: Simulation, layers: int) -> None:
    """Accepted: the towns of this server have no layers."""
