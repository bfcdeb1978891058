"""The last word over motion: whatever physics a client sent, no actor leaves a tick with numbers that the next one cannot bear."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from simgen.server.values import Transform, Vector3D
from simgen.server.world.actors import Actor
from simgen.server.world.refusals import FARTHEST_M, FASTEST_MPS

log = logging.getLogger(__name__)

UNBEARABLE_MPS = 2.0 * FASTEST_MPS
UNBEARABLE_DEGPS = 1e7


@contextmanager
def restrained(actor: Actor) -> Iterator[None]:
    """Within it an actor moves; if it then is nowhere, or beyond every speed, it is put back and taken out of physics."""
    before = actor.transform
    fault = ""
    try:
        yield
    except (ArithmeticError, ValueError) as error:
        fault = str(error)
    if fault or not _is_bearable(actor):
        log.warning("actor %d (%s) stands still: its physics led nowhere %s", actor.id, actor.type_id, fault)
        _take_out(actor, before)


def _is_bearable(actor: Actor) -> bool:
    # Comparisons with NaN are false, so NaN is unbearable too.
    place, turn = actor.transform.location, actor.transform.rotation
    velocity, spin = actor.velocity, actor.angular_velocity
    return (
        -FARTHEST_M <= place.x <= FARTHEST_M
        and -FARTHEST_M <= place.y <= FARTHEST_M
        and -FARTHEST_M <= place.z <= FARTHEST_M
        and abs(turn.pitch) + abs(turn.yaw) + abs(turn.roll) <= UNBEARABLE_DEGPS
        and abs(velocity.x) + abs(velocity.y) <= UNBEARABLE_MPS
        and abs(velocity.z) <= FARTHEST_M
        and abs(spin.x) + abs(spin.y) + abs(spin.z) <= UNBEARABLE_DEGPS
    )


def _take_out(actor: Actor, transform: Transform) -> None:
    actor.transform = transform
    actor.velocity = actor.angular_velocity = actor.acceleration = Vector3D()
    actor.simulate_physics = False
