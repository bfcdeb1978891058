"""Setting the stage of an episode: weather, ego, traffic, pedestrians and the script's actors; all of it undone on leaving."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import carla

from simgen.client.crowd import draw_starts, draw_vehicles, dress, find_blueprint, is_large
from simgen.client.pedestrians import pedestrians
from simgen.client.places import FoundPlace, find_places
from simgen.client.session import Session
from simgen.client.textures import randomise_textures
from simgen.client.weather import carla_weather
from simgen.client.yielding import Yielding
from simgen.errors import ConfigError
from simgen.rng import derive_seed, stream
from simgen.scenario.episode import Episode
from simgen.scenario.script import Actor, Script, Spot, WalkTo

WALKER_LIFT_M = 1.2
"""A walker's origin is the middle of its body."""
_EGO_TRIES = 60


@dataclass(frozen=True)
class Stage:
    """The actors that were set, and the Traffic Manager that drives them."""

    ego: carla.Vehicle
    actors: dict[str, carla.Actor]
    """The script's, by name."""
    traffic_manager: carla.TrafficManager
    place: FoundPlace | None


@dataclass(frozen=True)
class _Set:
    """A stage that is being set. Whatever is spawned goes into `spawned`, which is destroyed in the end."""

    session: Session
    episode: Episode
    spawned: list[carla.Actor]

    @property
    def library(self) -> carla.BlueprintLibrary:
        return self.session.world.get_blueprint_library()

    def try_spawn(self, blueprint: carla.ActorBlueprint, transform: carla.Transform, speed_mps: float = 0.0) -> carla.Actor | None:
        actor = self.session.world.try_spawn_actor(blueprint, transform)
        if actor is not None:
            self.spawned.append(actor)
            if speed_mps > 0:
                forward = transform.get_forward_vector()
                actor.set_target_velocity(carla.Vector3D(forward.x * speed_mps, forward.y * speed_mps, 0.0))
        return actor

    def clear(self) -> None:
        """Destroy everything spawned so far."""
        with suppress(RuntimeError):  # the server may be gone, and the actors with it
            doomed = [carla.command.DestroyActor(actor.id) for actor in reversed(self.spawned)]
            self.session.client.apply_batch_sync(doomed, False)
        self.spawned.clear()


@contextmanager
def stage_episode(session: Session, episode: Episode) -> Iterator[Stage]:
    """Set everything that the episode says, in a fixed order, and remove it again on leaving."""
    with ExitStack() as stack:
        made = _Set(session, episode, [])
        stack.callback(made.clear)
        manager = stack.enter_context(_traffic_manager(session, episode))
        session.world.set_weather(carla_weather(episode.weather))
        ego, start, place, actors = _spawn_cast(made)
        vehicles = _spawn_traffic(made, start, place)
        session.tick()  # the Traffic Manager takes vehicles that a snapshot holds
        _drive(manager, made, ego, actors, vehicles)
        strollers = stack.enter_context(pedestrians(session, episode, start.location))
        walkers = [*strollers, *(actor for actor in actors.values() if actor.type_id.startswith("walker."))]
        yielding = Yielding(manager, session.map, [ego, *vehicles, *_driven(episode, actors)], walkers)
        session.after_tick.append(yielding.update)
        stack.callback(session.after_tick.remove, yielding.update)
        if episode.look.texture_share > 0:
            randomise_textures(session.world, episode.look, episode.seed)
        yield Stage(ego, actors, manager, place)


@contextmanager
def _traffic_manager(session: Session, episode: Episode) -> Iterator[carla.TrafficManager]:
    manager = session.client.get_trafficmanager(session.tm_port)
    manager.set_synchronous_mode(True)
    manager.set_random_device_seed(derive_seed(episode.seed, "traffic_manager"))  # sets the traffic lights back, too
    manager.set_global_distance_to_leading_vehicle(episode.traffic.gap_m)
    manager.global_percentage_speed_difference(episode.traffic.slower_percent)
    try:
        yield manager
    finally:
        with suppress(RuntimeError):
            manager.shut_down()


def _spawn_cast(made: _Set) -> tuple[carla.Vehicle, carla.Transform, FoundPlace | None, dict[str, carla.Actor]]:
    """Spawn the ego and the script's actors at the first drawn start where all of them find room."""
    episode = made.episode
    blueprint = find_blueprint(made.library, episode.ego.blueprint, "scenario.ego.blueprint")
    dress(blueprint, "hero", episode.look.vehicle_colors, stream(episode.seed, "ego", "look"), episode.ego.color)
    for place, start in _ego_starts(made)[:_EGO_TRIES]:
        ego = made.try_spawn(blueprint, start, episode.ego.speed_mps)
        actors = _spawn_script(made, place) if ego is not None else None
        if ego is not None and actors is not None:
            return ego, start, place, actors
        made.clear()
    raise ConfigError(f"map must have a free start for scenario {episode.scenario}, got {episode.map} with none in {_EGO_TRIES} tries")


def _ego_starts(made: _Set) -> list[tuple[FoundPlace | None, carla.Transform]]:
    """Return the (place, transform) that the ego may start from, in drawn order."""
    road_map, script = made.session.map, made.episode.script
    rng = stream(made.episode.seed, "ego", "start")
    if script is None:
        points = road_map.get_spawn_points()
        return [(None, points[i]) for i in rng.permutation(len(points))]
    places = find_places(road_map, script.place)
    if not places:
        wanted = f"{script.place.straight_m:g} m straight, beside it: {', '.join(script.place.needs) or 'anything'}"
        raise ConfigError(f"map must have a place for scenario {made.episode.scenario} ({wanted}), got {made.episode.map}")
    return [(places[i], places[i].transform(Spot())) for i in rng.permutation(len(places))]


def _spawn_script(made: _Set, place: FoundPlace | None) -> dict[str, carla.Actor] | None:
    """Return the script's actors by name, or None where one has no room or something stands in a walker's way."""
    script = made.episode.script
    if script is None or place is None:
        return {}
    if not all(_way_is_clear(made, place, script, event.do) for event in script.events.values() if isinstance(event.do, WalkTo)):
        return None
    actors = {}
    for name, actor in script.actors.items():
        spawned = _spawn_actor(made, place, name, actor)
        if spawned is None:
            return None
        actors[name] = spawned
    return actors


def _way_is_clear(made: _Set, place: FoundPlace, script: Script, walk: WalkTo) -> bool:
    """Return whether a walker meets nothing that stands on the map between its start and its target, breast high."""
    start, end = (place.transform(spot, WALKER_LIFT_M).location for spot in (script.actors[walk.actor].at, walk.to))
    return not made.session.world.cast_ray(start, end)


def _spawn_actor(made: _Set, place: FoundPlace, name: str, actor: Actor) -> carla.Actor | None:
    blueprint = find_blueprint(made.library, actor.blueprint, f"scenario.script.actors.{name}.blueprint")
    dress(blueprint, name, made.episode.look.vehicle_colors, stream(made.episode.seed, "script", name))
    transform = place.transform(actor.at, WALKER_LIFT_M) if actor.blueprint.startswith("walker.") else place.transform(actor.at)
    return made.try_spawn(blueprint, transform, actor.speed_mps)


def _spawn_traffic(made: _Set, ego_start: carla.Transform, place: FoundPlace | None) -> list[carla.Vehicle]:
    """Spawn the traffic at spawn points around the ego; fewer vehicles where the map has too few points."""
    episode = made.episode
    taken = [ego_start.location, *(place.locations if place else ())]
    points = made.session.map.get_spawn_points()
    starts = iter(draw_starts(points, ego_start.location, taken, episode.traffic.within_m, stream(episode.seed, "traffic", "starts")))
    vehicles = []
    for blueprint in draw_vehicles(made.library, episode.traffic, episode.look.vehicle_colors, episode.seed):
        vehicle = next((spawned for start in starts if (spawned := made.try_spawn(blueprint, start)) is not None), None)
        if vehicle is None:
            break
        vehicles.append(vehicle)
    return vehicles


def _drive(
    manager: carla.TrafficManager, made: _Set, ego: carla.Vehicle, actors: dict[str, carla.Actor], vehicles: list[carla.Vehicle]
) -> None:
    """Hand the vehicles to the Traffic Manager; those of the script that have no driver get their brakes on."""
    episode = made.episode
    _hand_over(manager, ego, episode.ego.lane_changes)
    manager.vehicle_percentage_speed_difference(ego, episode.ego.slower_percent)
    for name, actor in (episode.script.actors if episode.script else {}).items():
        if actor.driver == "traffic":
            _hand_over(manager, actors[name], lane_changes=False)
            if actor.speed_mps > 0:
                manager.set_desired_speed(actors[name], actor.speed_mps * 3.6)
        elif actor.blueprint.startswith("vehicle."):
            actors[name].apply_control(carla.VehicleControl(hand_brake=True, brake=1.0))
    for vehicle in vehicles:
        _hand_over(manager, vehicle, not is_large(made.library.find(vehicle.type_id)))
        manager.ignore_lights_percentage(vehicle, episode.traffic.ignore_lights_percent)


def _driven(episode: Episode, actors: dict[str, carla.Actor]) -> list[carla.Actor]:
    return [actors[name] for name, actor in (episode.script.actors if episode.script else {}).items() if actor.driver == "traffic"]


def _hand_over(manager: carla.TrafficManager, vehicle: carla.Vehicle, lane_changes: bool) -> None:
    vehicle.set_autopilot(True, manager.get_port())
    manager.auto_lane_change(vehicle, lane_changes)
    manager.update_vehicle_lights(vehicle, True)
