"""The registry of Traffic Managers. They live in client processes; the server only tells clients of each other's."""

from __future__ import annotations

from simgen.server.simulation import Simulation


def is_traffic_manager_running(simulation: Simulation, port: int) -> bool:
    return port in simulation.world.traffic_managers


def get_traffic_manager_running(simulation: Simulation, port: int) -> tuple[str, int]:
    return simulation.world.traffic_managers.get(port, ("", port))


def add_traffic_manager_running(simulation: Simulation, address: tuple[str, int]) -> bool:
    """Return whether the port was free."""
    if address[1] in simulation.world.traffic_managers:
        return False
    simulation.world.traffic_managers[address[1]] = address
    return True


def destroy_traffic_manager(simulation: Simulation, port: int) -> None:
    simulation.world.traffic_managers.pop(port, None)
