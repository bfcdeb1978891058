"""Upright boxes: where two of them touch. Metres, radians."""

from __future__ import annotations

import math
from dataclasses import dataclass

_SWEEP_M = 0.25
"""Fast pairs are followed back along the tick in steps of at most this."""
Bounds = tuple[float, float, float, float]
"""(least x, greatest x, least y, greatest y)"""
_SIGNS = ((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A box that stands upright: a rectangle seen from above, centred on (x, y), between two heights."""

    x: float
    y: float
    yaw: float
    half_x: float
    half_y: float
    bottom: float
    top: float

    def reach(self) -> tuple[float, float]:
        """Return the half sizes of the axis-parallel rectangle around it."""
        c, s = abs(math.cos(self.yaw)), abs(math.sin(self.yaw))
        return c * self.half_x + s * self.half_y, s * self.half_x + c * self.half_y

    def bounds(self) -> Bounds:
        """Return (least x, greatest x, least y, greatest y)."""
        reach_x, reach_y = self.reach()
        return self.x - reach_x, self.x + reach_x, self.y - reach_y, self.y + reach_y

    def axes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return its unit vectors along half_x and half_y."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return (c, s), (-s, c)

    def corners(self) -> tuple[tuple[float, float], ...]:
        (ax, ay), (bx, by) = self.axes()
        return tuple(
            (self.x + i * self.half_x * ax + j * self.half_y * bx, self.y + i * self.half_x * ay + j * self.half_y * by) for i, j in _SIGNS
        )

    def extent_along(self, nx: float, ny: float) -> float:
        """Return half its length seen along a unit direction."""
        (ax, ay), (bx, by) = self.axes()
        return self.half_x * abs(ax * nx + ay * ny) + self.half_y * abs(bx * nx + by * ny)

    def moved(self, dx: float, dy: float) -> Rectangle:
        return Rectangle(self.x + dx, self.y + dy, self.yaw, self.half_x, self.half_y, self.bottom, self.top)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where two rectangles touch."""

    x: float
    y: float
    normal: tuple[float, float]
    """Unit vector from the second to the first."""
    depth: float
    """How far they must be moved apart along the normal."""


def meet_bounds(first: Bounds, second: Bounds) -> bool:
    """Whether two axis-parallel rectangles touch."""
    return first[0] <= second[1] and second[0] <= first[1] and first[2] <= second[3] and second[2] <= first[3]


def overlaps(first: Rectangle, second: Rectangle) -> bool:
    """Whether two boxes share space; touching faces do not count."""
    if first.bottom >= second.top or second.bottom >= first.top:
        return False
    return _separation(first, second) is not None


def meet(first: Rectangle, second: Rectangle, moved: tuple[float, float]) -> Contact | None:
    """Return the contact of two rectangles, None where they do not touch. Heights are not looked at.

    `moved` is how far the first came relative to the second during the tick: the face they met is the one of their first
    touch on that way, so a fast body is sent back to where it came from, not on through a thin one.
    """
    steps = math.ceil(math.hypot(*moved) / _SWEEP_M)
    for step in range(steps, -1, -1):
        back = step / steps if steps else 0.0
        found = _separation(first.moved(-back * moved[0], -back * moved[1]), second)
        if found is not None:
            return _contact(first, second, found)
    return None


def _separation(first: Rectangle, second: Rectangle) -> tuple[float, float] | None:
    """Return the normal (second to first) along which they overlap least, None where an axis separates them."""
    dx, dy = first.x - second.x, first.y - second.y
    least, normal = math.inf, None
    for nx, ny in (*first.axes(), *second.axes()):
        apart = dx * nx + dy * ny
        depth = first.extent_along(nx, ny) + second.extent_along(nx, ny) - abs(apart)
        if depth <= 0.0:
            return None
        if depth < least - 1e-9:
            least, normal = depth, (nx, ny) if apart >= 0.0 else (-nx, -ny)
    return normal


def _contact(first: Rectangle, second: Rectangle, normal: tuple[float, float]) -> Contact | None:
    nx, ny = normal
    apart = (first.x - second.x) * nx + (first.y - second.y) * ny
    depth = first.extent_along(nx, ny) + second.extent_along(nx, ny) - apart
    x, y = _touching_point(first, second, normal)
    return Contact(x, y, normal, depth)


def _touching_point(first: Rectangle, second: Rectangle, normal: tuple[float, float]) -> tuple[float, float]:
    """Return the middle of the stretch along the face where both are: the corner for an edge hit, the middle for flush faces."""
    nx, ny = normal
    tx, ty = -ny, nx
    low_a, high_a, near_a = _face(first, (-nx, -ny), (tx, ty))
    low_b, high_b, near_b = _face(second, normal, (tx, ty))
    along = 0.5 * (max(low_a, low_b) + min(high_a, high_b))
    across = 0.5 * (near_b - near_a)
    return nx * across + tx * along, ny * across + ty * along


def _face(shape: Rectangle, outward: tuple[float, float], along: tuple[float, float]) -> tuple[float, float, float]:
    """Return the stretch (low, high) of the corners farthest `outward`, measured along the face, and how far out they are."""
    corners = [(x * outward[0] + y * outward[1], x * along[0] + y * along[1]) for x, y in shape.corners()]
    farthest = max(out for out, _ in corners)
    places = [place for out, place in corners if out > farthest - 0.02]
    return min(places), max(places), farthest
