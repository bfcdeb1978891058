"""Scripts: named actors set at a place of the map, and events that make them act.

A script needs a `Place`: a straight stretch of road that the client searches on whatever map is loaded. `Spot`s are given
along it: so many metres ahead of the ego's start, so far right of a lane's centre or of the kerb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from simgen.errors import ConfigError
from simgen.scenario.schema import Range, closest

Metres = Annotated[float, Range(at_least=0)]
Speed = Annotated[float, Range(above=0, at_most=60)]
Origin = Literal["lane", "left_lane", "right_lane", "kerb"]


@dataclass(frozen=True)
class Place:
    """A stretch of road outside junctions that starts under the ego."""

    straight_m: Metres = 60.0
    needs: tuple[Literal["left_lane", "right_lane", "sidewalk"], ...] = ()
    """Lanes for traffic of the ego's direction beside it, or a sidewalk on its right, along the whole stretch."""


@dataclass(frozen=True)
class Spot:
    """A point along the place. `of` is the line that `right_m` is measured from: a lane's centre, or the road's right edge."""

    ahead_m: float = 0.0
    right_m: float = 0.0
    of: Origin = "lane"
    yaw_deg: float = 0.0
    """Heading against the road's, positive to the left."""


@dataclass(frozen=True)
class Actor:
    """A vehicle or walker of the script. With `driver` traffic the Traffic Manager drives it; none leaves it standing."""

    blueprint: str
    at: Spot = Spot()
    driver: Literal["none", "traffic"] = "none"
    speed_mps: Annotated[float, Range(at_least=0, at_most=60)] = 0.0
    """Speed from the first tick on, and the speed that the driver keeps; 0 leaves it to the road's limit."""


@dataclass(frozen=True)
class After:
    """Starts when `time_s` of the recording have passed."""

    type: Literal["after"] = "after"
    time_s: Metres = 0.0


@dataclass(frozen=True)
class EgoWithin:
    """Starts when the ego's origin is nearer than `distance_m` to the actor's."""

    actor: str
    distance_m: Metres
    type: Literal["ego_within"] = "ego_within"


@dataclass(frozen=True)
class EgoArrives:
    """Starts when the ego, at its present speed, is less than `time_s` away from the actor."""

    actor: str
    time_s: Metres
    type: Literal["ego_arrives"] = "ego_arrives"


@dataclass(frozen=True)
class WalkTo:
    """A walker goes straight to the spot; done when it is there."""

    actor: str
    to: Spot
    speed_mps: Speed = 1.4
    type: Literal["walk_to"] = "walk_to"


@dataclass(frozen=True)
class ChangeLane:
    """A vehicle that the Traffic Manager drives changes lane; done when its middle is within 0.7 m of a new lane's centre."""

    actor: str
    to: Literal["left", "right"]
    type: Literal["change_lane"] = "change_lane"


@dataclass(frozen=True)
class KeepSpeed:
    """The Traffic Manager keeps the actor ("ego" too) at `speed_mps` from now on; done when the speed is within 0.5 m/s."""

    actor: str
    speed_mps: Speed
    type: Literal["keep_speed"] = "keep_speed"


Trigger = After | EgoWithin | EgoArrives
Action = WalkTo | ChangeLane | KeepSpeed


@dataclass(frozen=True)
class Event:
    """`do` starts at the first tick at which `when` holds."""

    when: Trigger
    do: Action


@dataclass(frozen=True)
class Script:
    place: Place = Place()
    actors: Mapping[str, Actor] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)

    def check(self, where: str) -> None:
        """Raise ConfigError when an event speaks of an actor that the script does not have, or that cannot do it."""
        for name, event in self.events.items():
            known = {*self.actors, *(["ego"] if isinstance(event.do, KeepSpeed) else [])}
            _check_actor(event.do.actor, known, f"{where}.events.{name}.do.actor")
            if not isinstance(event.when, After):
                _check_actor(event.when.actor, set(self.actors), f"{where}.events.{name}.when.actor")
            if isinstance(event.do, ChangeLane) and self.actors[event.do.actor].driver != "traffic":
                raise ConfigError(f"{where}.actors.{event.do.actor}.driver must be traffic for change_lane, got none")


def _check_actor(name: str, known: set[str], where: str) -> None:
    if name not in known:
        raise ConfigError(f"{where} must be an actor of the script, got {name}{closest(name, known)}")
