"""What happens where actors touch each other or the still city. Left-handed frame, metres, seconds, N s.

Bodies are boxes that stand upright: oriented rectangles seen from above, with a height range. Touching pairs exchange impulses
along the face they met, with friction along it, and are then pushed apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simgen.server.scene import Collision
from simgen.server.values import BoundingBox, Transform, Vector3D
from simgen.server.world.actors import Actor, Vehicle, Walker
from simgen.server.world.obstacles import NO_OBSTACLES, Obstacle, Obstacles
from simgen.server.world.rectangles import Bounds, Contact, Rectangle, meet, meet_bounds, overlaps

__all__ = ["NO_OBSTACLES", "Obstacles", "is_clear", "is_free", "resolve_contacts", "shape_of"]

RESTITUTION = 0.1
FRICTION = 0.5
SLOP_M = 0.01
WALKER_KG = 75.0
SCENERY_ID = 0
_STEP_M = 0.3
"""Things that rise less above the wheels are driven over."""


@dataclass(slots=True)
class _Body:
    """An actor, or a piece of scenery (no actor), while contacts are solved. Velocities m/s and rad/s."""

    actor: Actor | None
    type_id: str
    shape: Rectangle
    way_x: float
    way_y: float
    """How far it came during the tick."""
    swept: Bounds
    per_mass: float
    per_inertia: float
    vx: float = 0.0
    vy: float = 0.0
    turn: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    touched: bool = False


def resolve_contacts(actors: Sequence[Actor], obstacles: Obstacles, dt_s: float) -> tuple[Collision, ...]:
    """Let touching actors push each other, in the given order, and return one collision for each actor of each impact.

    Called after everything has moved by `dt_s`. Fast bodies are swept back along the tick, so that they do not pass through
    thin walls. Vehicles without physics, props and scenery are never moved; walkers are pushed but do not slow vehicles down.
    """
    bodies = [_body(actor, dt_s) for actor in actors if _can_touch(actor)]
    collisions: list[Collision] = []
    for first, second in _pairs(bodies):
        collisions += _collide(first, second)
    for body in bodies:
        if not _immovable(body):
            for obstacle in obstacles.near(body.swept):
                collisions += _collide(body, _scenery(obstacle))
    for body in bodies:
        if body.touched:
            _write_back(body)
    return tuple(collisions)


def is_free(transform: Transform, box: BoundingBox, actors: Iterable[Actor]) -> bool:
    """Whether a new actor with `box` may stand at `transform`: no vehicle, walker or prop overlaps it. The ground never counts."""
    shape = shape_of(transform, box)
    return not any(_can_touch(actor) and overlaps(shape, shape_of(actor.transform, actor.bounding_box)) for actor in actors)


def is_clear(transform: Transform, box: BoundingBox, obstacles: Obstacles) -> bool:
    """Whether a new vehicle with `box` may stand at `transform` without standing in a house, a post or a parked car."""
    shape = shape_of(transform, box)
    return not any(overlaps(shape, obstacle.shape) for obstacle in obstacles.near(shape.bounds()))


def shape_of(transform: Transform, box: BoundingBox) -> Rectangle:
    """Return the upright box of an actor in the world."""
    yaw = math.radians(transform.rotation.yaw)
    c, s = math.cos(yaw), math.sin(yaw)
    offset, extent, here = box.location, box.extent, transform.location
    x, y, z = here.x + offset.x * c - offset.y * s, here.y + offset.x * s + offset.y * c, here.z + offset.z
    return Rectangle(x, y, yaw + math.radians(box.rotation.yaw), extent.x, extent.y, z - extent.z, z + extent.z)


def _can_touch(actor: Actor) -> bool:
    if not actor.collides or actor.parent_id:
        return False
    return isinstance(actor, (Vehicle, Walker)) or actor.type_id.startswith("static.prop")


def _body(actor: Actor, dt_s: float) -> _Body:
    shape, extent = shape_of(actor.transform, actor.bounding_box), actor.bounding_box.extent
    moves = isinstance(actor, Vehicle) and actor.simulate_physics
    mass = max(actor.physics.mass, 1.0) if isinstance(actor, Vehicle) else WALKER_KG
    inertia = mass * ((2.0 * extent.x) ** 2 + (2.0 * extent.y) ** 2) / 12.0
    vx, vy = actor.velocity.x, actor.velocity.y
    way_x, way_y = vx * dt_s, vy * dt_s
    swept = _swept(shape, way_x, way_y)
    per_mass, per_inertia = (1.0 / mass, 1.0 / max(inertia, 1e-3)) if moves else (0.0, 0.0)
    body = _Body(actor, actor.type_id, shape, way_x, way_y, swept, per_mass, per_inertia, vx, vy)
    body.turn = math.radians(actor.angular_velocity.z) if moves else 0.0
    return body


def _scenery(obstacle: Obstacle) -> _Body:
    return _Body(None, obstacle.type_id, obstacle.shape, 0.0, 0.0, obstacle.bounds, 0.0, 0.0)


def _swept(shape: Rectangle, way_x: float, way_y: float) -> Bounds:
    """Return the bounds of a shape on its way of this tick, which ends where it is."""
    west, east, north, south = shape.bounds()
    return west - max(way_x, 0.0), east - min(way_x, 0.0), north - max(way_y, 0.0), south - min(way_y, 0.0)


def _pairs(bodies: Sequence[_Body]) -> Iterator[tuple[_Body, _Body]]:
    """Yield the pairs whose ways of this tick come near each other: sweep along x, then in the order of the actors."""
    order = sorted(range(len(bodies)), key=lambda index: (bodies[index].swept[0], index))
    near: list[tuple[int, int]] = []
    for position, i in enumerate(order):
        bounds = bodies[i].swept
        for j in order[position + 1 :]:
            if bodies[j].swept[0] > bounds[1]:
                break
            if meet_bounds(bounds, bodies[j].swept):
                near.append((min(i, j), max(i, j)))
    for i, j in sorted(near):
        yield bodies[i], bodies[j]


def _collide(first: _Body, second: _Body) -> list[Collision]:
    """Exchange impulses if the two touch; return a collision for each that is an actor."""
    if _immovable(first) and _immovable(second):
        return []
    lower, upper = (first, second) if first.shape.bottom < second.shape.bottom else (second, first)
    if upper.shape.bottom > lower.shape.top - 1e-3 or (second.actor is None and second.shape.top < first.shape.bottom + _STEP_M):
        return []
    contact = meet(first.shape, second.shape, (first.way_x - second.way_x, first.way_y - second.way_y))
    if contact is None:
        return []
    closing, impulse_x, impulse_y = _push(first, second, contact)
    _part(first, second, contact)
    if closing <= 0.0:
        return []
    return list(_reports(first, second, (impulse_x, impulse_y, 0.0)))


def _immovable(body: _Body) -> bool:
    return body.per_mass == 0.0 and not isinstance(body.actor, Walker)


def _push(first: _Body, second: _Body, contact: Contact) -> tuple[float, float, float]:
    """Apply normal and friction impulses; return (closing speed, impulse on `first`). The normal points from second to first."""
    nx, ny = contact.normal
    ax, ay = contact.x - first.shape.x, contact.y - first.shape.y
    bx, by = contact.x - second.shape.x, contact.y - second.shape.y
    vx = first.vx - first.turn * ay - second.vx + second.turn * by
    vy = first.vy + first.turn * ax - second.vy - second.turn * bx
    closing = -(vx * nx + vy * ny)
    if closing <= 0.0:
        return closing, 0.0, 0.0
    weak = isinstance(first.actor, Walker) or isinstance(second.actor, Walker)
    if weak:
        impulse = WALKER_KG * closing
        return closing, impulse * nx, impulse * ny
    normal = (1.0 + RESTITUTION) * closing * _effective_mass(first, second, (ax, ay), (bx, by), (nx, ny))
    tx, ty = -ny, nx
    sliding = vx * tx + vy * ty
    rubbing = -sliding * _effective_mass(first, second, (ax, ay), (bx, by), (tx, ty))
    rubbing = max(-FRICTION * normal, min(FRICTION * normal, rubbing))
    jx, jy = normal * nx + rubbing * tx, normal * ny + rubbing * ty
    _kick(first, jx, jy, ax, ay)
    _kick(second, -jx, -jy, bx, by)
    return closing, jx, jy


def _effective_mass(first: _Body, second: _Body, a: tuple[float, float], b: tuple[float, float], direction: tuple[float, float]) -> float:
    across_a = a[0] * direction[1] - a[1] * direction[0]
    across_b = b[0] * direction[1] - b[1] * direction[0]
    total = first.per_mass + second.per_mass + across_a * across_a * first.per_inertia + across_b * across_b * second.per_inertia
    return 1.0 / total if total > 0.0 else 0.0


def _kick(body: _Body, jx: float, jy: float, arm_x: float, arm_y: float) -> None:
    if body.per_mass == 0.0:
        return
    body.vx += jx * body.per_mass
    body.vy += jy * body.per_mass
    body.turn += (arm_x * jy - arm_y * jx) * body.per_inertia
    body.touched = True


def _part(first: _Body, second: _Body, contact: Contact) -> None:
    """Push two bodies apart along the normal, the lighter one farther; walkers yield wholly."""
    depth = max(0.0, contact.depth - SLOP_M)
    share_first, share_second = first.per_mass, second.per_mass
    if isinstance(first.actor, Walker) or isinstance(second.actor, Walker):
        share_first, share_second = float(isinstance(first.actor, Walker)), float(isinstance(second.actor, Walker))
    total = share_first + share_second
    if total <= 0.0 or depth == 0.0:
        return
    for body, share in ((first, share_first / total), (second, -share_second / total)):
        body.shift_x += share * depth * contact.normal[0]
        body.shift_y += share * depth * contact.normal[1]
        if share:
            body.shape = body.shape.moved(share * depth * contact.normal[0], share * depth * contact.normal[1])
            body.touched = True


def _reports(first: _Body, second: _Body, impulse: tuple[float, float, float]) -> Iterator[Collision]:
    back = (-impulse[0], -impulse[1], -impulse[2])
    for body, other, value in ((first, second, impulse), (second, first, back)):
        if body.actor is not None:
            yield Collision(body.actor.id, other.actor.id if other.actor is not None else SCENERY_ID, other.type_id, value)


def _write_back(body: _Body) -> None:
    actor = body.actor
    if actor is None:
        return
    transform = actor.transform
    here = transform.location
    actor.transform = Transform(Vector3D(here.x + body.shift_x, here.y + body.shift_y, here.z), transform.rotation)
    if body.per_mass > 0.0:
        actor.velocity = Vector3D(body.vx, body.vy, actor.velocity.z)
        actor.angular_velocity = Vector3D(0.0, 0.0, math.degrees(body.turn))
