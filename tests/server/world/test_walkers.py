from __future__ import annotations

import math

import pytest
from dynamics_bench import Plane, make_walker, walking

from simgen.server.values import Rotation, Transform, Vector3D, WalkerControl
from simgen.server.world.actors import Walker
from simgen.server.world.walkers import move_walkers, place_walker

FEET_M = 0.91
"""From the feet to the origin of the test walker: half height less the offset of its box."""

FLAT = Plane()


class Kerb:
    """A sidewalk 0.15 m high from x = 1 on, and a cliff at x = 4."""

    def surface_height(self, x: float, y: float, z: float) -> float:
        return -3.0 if x > 4.0 else 0.15 if x > 1.0 else 0.0


def walk(walker: Walker, seconds: float, ground: object = FLAT, dt_s: float = 0.05) -> list[Vector3D]:
    places = []
    for _ in range(round(seconds / dt_s)):
        move_walkers([walker], ground, dt_s)  # type: ignore[arg-type]
        places.append(walker.transform.location)
    return places


def test_a_walker_walks_its_direction_at_its_speed_and_turns_there() -> None:
    walker = make_walker()
    walker.control = walking(0.0, 2.0, 1.5)
    place = walk(walker, 4.0)[-1]
    assert (place.x, place.y) == pytest.approx((0.0, 6.0))
    assert place.z == pytest.approx(FEET_M)
    assert walker.transform.rotation.yaw == pytest.approx(90.0)
    assert walker.walked_m == pytest.approx(6.0)
    assert walker.velocity == Vector3D(0.0, 1.5, 0.0)


def test_turning_round_takes_half_a_second() -> None:
    walker = make_walker()
    walker.control = walking(-1.0, 0.0, 1.0)
    walk(walker, 0.25)
    assert abs(walker.transform.rotation.yaw) == pytest.approx(90.0)
    walk(walker, 0.3)
    assert abs(walker.transform.rotation.yaw) == pytest.approx(180.0)


def test_a_standing_walker_keeps_its_heading_and_comes_to_rest() -> None:
    walker = make_walker()
    walker.transform = Transform(walker.transform.location, Rotation(0.0, 70.0, 0.0))
    walk(walker, 1.0)
    assert walker.transform.rotation.yaw == 70.0
    assert walker.velocity == Vector3D()
    assert walker.walked_m == 0.0


def test_a_walker_steps_up_a_kerb_and_falls_off_a_cliff() -> None:
    walker = make_walker()
    walker.control = walking(1.0, 0.0, 2.0)
    assert walk(walker, 1.0, Kerb())[-1].z == pytest.approx(0.15 + FEET_M)
    falling = walk(walker, 1.2, Kerb())
    assert 0.15 > falling[-1].z - FEET_M > -3.0
    assert walk(walker, 1.0, Kerb())[-1].z == pytest.approx(-3.0 + FEET_M)


def test_a_walker_spawned_above_the_ground_falls() -> None:
    walker = make_walker(z=FEET_M + 2.0)
    heights = [place.z - FEET_M for place in walk(walker, 1.0)]
    assert heights == sorted(heights, reverse=True)
    assert sum(height > 0.0 for height in heights) * 0.05 == pytest.approx(math.sqrt(2 * 2.0 / 9.81), abs=0.1)
    assert heights[-1] == 0.0


def test_a_jump_rises_v_squared_over_2g_and_ends_on_the_feet() -> None:
    walker = make_walker(z=FEET_M)
    walk(walker, 0.2)
    walker.control = WalkerControl(jump=True)
    first = walk(walker, 0.05, dt_s=0.001)
    walker.control = WalkerControl()
    heights = [place.z - FEET_M for place in (*first, *walk(walker, 2.0, dt_s=0.001))]
    assert max(heights) == pytest.approx(4.2**2 / (2 * 9.81), rel=0.01)
    assert heights[-1] == 0.0


def test_a_led_walker_goes_where_the_crowd_puts_it_and_shows_its_speed() -> None:
    walker = make_walker()
    for tick in range(1, 21):
        place_walker(walker, Transform(Vector3D(0.07 * tick, 0.0, 1.2), Rotation(0.0, 0.0, 0.0)), 1.4, 0.05)
        move_walkers([walker], Plane(), 0.05)
        assert walker.velocity == Vector3D(1.4, 0.0, 0.0)
    assert walker.transform.location.as_tuple() == pytest.approx((1.4, 0.0, FEET_M))
    assert walker.walked_m == pytest.approx(1.4)
    walk(walker, 0.05)
    assert walker.velocity == Vector3D()


def test_a_led_walker_stands_on_its_feet_though_the_crowd_switched_its_physics_off() -> None:
    walker = make_walker()
    walker.simulate_physics = False
    place_walker(walker, Transform(Vector3D(0.07, 0.0, 0.1)), 1.4, 0.05)
    move_walkers([walker], Plane(), 0.05)
    assert walker.transform.location.as_tuple() == pytest.approx((0.07, 0.0, FEET_M))


def test_a_jump_of_the_crowd_does_not_count_as_walking() -> None:
    walker = make_walker()
    place_walker(walker, Transform(Vector3D(80.0, 0.0, 1.0)), 1.4, 0.05)
    assert walker.walked_m == 0.0


def test_without_physics_a_walker_stays() -> None:
    walker = make_walker(z=5.0)
    walker.simulate_physics = False
    walker.control = walking(1.0, 0.0, 2.0)
    assert {place for place in walk(walker, 1.0)} == {Vector3D(0.0, 0.0, 5.0)}
