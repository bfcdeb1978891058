from __future__ import annotations

import math

import pytest
from dynamics_bench import EXTENT, MASS_KG, kinetic_energy, make_car, make_walker, walking
from hypothesis import given, settings
from hypothesis import strategies as st

from simgen.datatypes.tags import Tag
from simgen.server.scene import SceneryObject
from simgen.server.values import ActorDescription, BoundingBox, Transform, Vector3D
from simgen.server.world.actors import Actor, Vehicle
from simgen.server.world.contacts import NO_OBSTACLES, Obstacles, is_free, resolve_contacts, shape_of
from simgen.server.world.rectangles import Rectangle, overlaps

DT_S = 0.05


def moving(car: Vehicle, vx: float, vy: float = 0.0) -> Vehicle:
    car.velocity = Vector3D(vx, vy, 0.0)
    return car


def thing(tag: Tag, x: float, y: float, extent: tuple[float, float, float], z: float = 0.0, yaw: float = 0.0) -> SceneryObject:
    return SceneryObject(1, "thing", int(tag), (x, y, z), yaw, (x, y, z + extent[2]), extent)


def momentum(cars: list[Vehicle]) -> tuple[float, float, float]:
    """Linear momentum, and angular momentum about the origin."""
    px = sum(car.physics.mass * car.velocity.x for car in cars)
    py = sum(car.physics.mass * car.velocity.y for car in cars)
    spin = 0.0
    for car in cars:
        inertia = car.physics.mass * ((2 * EXTENT[0]) ** 2 + (2 * EXTENT[1]) ** 2) / 12
        place = car.transform.location
        spin += inertia * math.radians(car.angular_velocity.z)
        spin += car.physics.mass * (place.x * car.velocity.y - place.y * car.velocity.x)
    return px, py, spin


def test_a_head_on_hit_of_equal_cars_exchanges_velocities_up_to_restitution() -> None:
    left, right = moving(make_car(x=-2.39), 10.0), moving(make_car(x=2.39, yaw=180.0, actor_id=2), -10.0)
    collisions = resolve_contacts([left, right], NO_OBSTACLES, DT_S)
    assert (left.velocity.x, right.velocity.x) == pytest.approx((-1.0, 1.0))
    assert (left.angular_velocity.z, right.angular_velocity.z) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert [(c.actor_id, c.other_id, c.other_type) for c in collisions] == [(1, 2, "vehicle.test.car"), (2, 1, "vehicle.test.car")]
    assert collisions[0].impulse == pytest.approx((-11.0 * MASS_KG, 0.0, 0.0))
    assert collisions[1].impulse == pytest.approx((11.0 * MASS_KG, 0.0, 0.0))


@settings(max_examples=200, deadline=None)
@given(
    st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(-180.0, 180.0), st.floats(-20.0, 20.0), st.floats(-20.0, 20.0),
    st.floats(500.0, 20000.0), st.floats(-90.0, 90.0),
)  # fmt: skip
def test_an_impact_keeps_momentum_and_loses_energy(x: float, y: float, yaw: float, vx: float, vy: float, mass: float, turn: float) -> None:
    first, second = moving(make_car(), 5.0), moving(make_car(x=x, y=y, yaw=yaw, actor_id=2, mass=mass), vx, vy)
    second.angular_velocity = Vector3D(0.0, 0.0, turn)
    cars = [first, second]
    places = [car.transform for car in cars]
    before, energy = momentum(cars), _energy(cars)
    resolve_contacts(cars, NO_OBSTACLES, DT_S)
    assert _energy(cars) <= energy * (1 + 1e-9) + 1e-6
    for car, place in zip(cars, places, strict=True):
        car.transform = place  # pushing apart moves the cars, which is no matter of momentum
    assert momentum(cars) == pytest.approx(before, rel=1e-9, abs=1e-4)


def _energy(cars: list[Vehicle]) -> float:
    def inertia(car: Vehicle) -> float:
        return car.physics.mass * ((2 * EXTENT[0]) ** 2 + (2 * EXTENT[1]) ** 2) / 12

    return kinetic_energy(cars) + sum(0.5 * inertia(car) * math.radians(car.angular_velocity.z) ** 2 for car in cars)


def test_overlapping_cars_are_pushed_apart() -> None:
    cars = [make_car(), make_car(x=4.0, y=0.3, yaw=20.0, actor_id=2)]
    for _ in range(5):
        resolve_contacts(cars, NO_OBSTACLES, DT_S)
    first, second = (shape_of(car.transform, car.bounding_box) for car in cars)
    shrunk = Rectangle(second.x, second.y, second.yaw, second.half_x - 0.02, second.half_y - 0.02, second.bottom, second.top)
    assert not overlaps(first, shrunk)


def test_the_lighter_car_gives_way_farther() -> None:
    heavy, light = make_car(mass=18000.0), make_car(x=4.0, actor_id=2, mass=900.0)
    resolve_contacts([heavy, light], NO_OBSTACLES, DT_S)
    assert -heavy.transform.location.x * 20 == pytest.approx(light.transform.location.x - 4.0)


def test_a_hit_at_the_side_of_the_nose_spins_the_hit_car() -> None:
    standing, hitting = make_car(), moving(make_car(x=1.8, y=-3.3, yaw=90.0, actor_id=2), 0.0, 8.0)
    resolve_contacts([standing, hitting], NO_OBSTACLES, DT_S)
    assert standing.velocity.y > 1.0
    assert standing.angular_velocity.z > 5.0  # pushed to the right at the front: clockwise


@pytest.mark.parametrize("speed", [5.0, 20.0, 50.0, 90.0])
def test_a_thin_wall_stops_a_car_at_any_speed(speed: float) -> None:
    wall = Obstacles.from_objects([thing(Tag.WALLS, 20.0, 0.0, (0.1, 10.0, 1.0))])
    car = moving(make_car(x=0.3), speed)
    hits = []
    for _ in range(200):
        place = car.transform.location
        car.transform = Transform(Vector3D(place.x + car.velocity.x * DT_S, place.y, 0.0), car.transform.rotation)
        hits += resolve_contacts([car], wall, DT_S)
    assert hits[0].other_type == "static.wall"
    assert hits[0].other_id == 0
    assert hits[0].impulse[0] == pytest.approx(-1.1 * MASS_KG * speed)
    assert car.transform.location.x < 20.0 - 0.1 - EXTENT[0]
    assert len(hits) == 1


def test_posts_stop_a_car_at_their_foot_but_not_under_their_arm() -> None:
    lamp = thing(Tag.POLES, 5.0, 0.0, (0.3, 4.0, 3.0))
    for y, hit in ((0.0, True), (3.0, False)):
        car = moving(make_car(x=2.7, y=y), 10.0)
        assert bool(resolve_contacts([car], Obstacles.from_objects([lamp]), DT_S)) == hit


def test_roads_and_low_things_stop_nobody() -> None:
    objects = [thing(Tag.ROADS, 0.0, 0.0, (50.0, 50.0, 1.0)), thing(Tag.STATIC, 2.0, 0.0, (0.5, 0.5, 0.1))]
    assert resolve_contacts([moving(make_car(), 10.0)], Obstacles.from_objects(objects), DT_S) == ()


def test_what_is_above_does_not_touch() -> None:
    below, above = moving(make_car(), 10.0), make_car(x=3.0, z=6.0, actor_id=2)
    assert resolve_contacts([below, above], NO_OBSTACLES, DT_S) == ()


def test_a_walker_is_pushed_aside_and_does_not_slow_the_car() -> None:
    car, walker = moving(make_car(), 10.0), make_walker(x=2.5)
    collisions = resolve_contacts([car, walker], NO_OBSTACLES, DT_S)
    assert car.velocity.x == 10.0
    assert walker.transform.location.x > 2.55
    assert {(c.actor_id, c.other_id) for c in collisions} == {(1, 50), (50, 1)}
    assert collisions[1].impulse[0] == pytest.approx(75.0 * 10.0)


def test_a_walker_does_not_pass_a_wall() -> None:
    wall = Obstacles.from_objects([thing(Tag.BUILDINGS, 2.0, 0.0, (1.0, 10.0, 5.0))])
    walker = make_walker(x=0.85)
    walker.control, walker.velocity = walking(1.0, 0.0, 1.5), Vector3D(1.5, 0.0, 0.0)
    (collision,) = resolve_contacts([walker], wall, DT_S)
    assert collision.other_type == "static.building"
    assert walker.transform.location.x == pytest.approx(0.8, abs=0.02)


def test_props_stop_cars_and_stay() -> None:
    box = BoundingBox(Vector3D(0.0, 0.0, 0.5), Vector3D(0.5, 0.5, 0.5))
    prop = Actor(9, ActorDescription(3, "static.prop.box01"), Transform(Vector3D(2.8, 0.0, 0.0)), box)
    car = moving(make_car(), 10.0)
    first, second = resolve_contacts([car, prop], NO_OBSTACLES, DT_S)
    assert (first.other_type, second.actor_id) == ("static.prop.box01", 9)
    assert car.velocity.x == pytest.approx(-1.0)
    assert prop.transform.location.x == 2.8


def test_actors_without_collisions_or_on_a_parent_touch_nobody() -> None:
    ghost, rider = make_car(x=1.0, actor_id=2), make_car(x=1.0, actor_id=3)
    ghost.collides, rider.parent_id = False, 1
    assert resolve_contacts([moving(make_car(), 10.0), ghost, rider], NO_OBSTACLES, DT_S) == ()


def test_a_vehicle_without_physics_is_not_moved() -> None:
    car, still = moving(make_car(), 10.0), make_car(x=4.7, actor_id=2)
    still.simulate_physics = False
    place = still.transform
    resolve_contacts([car, still], NO_OBSTACLES, DT_S)
    assert still.transform == place
    assert car.velocity.x == pytest.approx(-1.0)


def test_room_for_a_new_actor_is_where_no_box_overlaps() -> None:
    box = make_car().bounding_box
    here = [make_car(actor_id=2), make_walker(x=10.0)]
    assert is_free(Transform(Vector3D(0.0, 4.0, 0.0)), box, here)
    assert is_free(Transform(Vector3D(0.0, 0.0, 8.0)), box, here)
    assert not is_free(Transform(Vector3D(3.0, 1.0, 0.3)), box, here)
    assert not is_free(Transform(Vector3D(10.0, 0.0, 0.3)), box, here)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(-3.2, 3.2), st.floats(0.2, 3.0), st.floats(0.2, 3.0), st.integers(0, 2**32 - 1)
)
def test_overlap_agrees_with_points_inside_both(x: float, y: float, yaw: float, half_x: float, half_y: float, seed: int) -> None:
    first, second = Rectangle(0.0, 0.0, 0.4, 2.0, 1.0, 0.0, 1.0), Rectangle(x, y, yaw, half_x, half_y, 0.0, 1.0)
    inside_both = any(_inside(first, px, py) for px, py in _grid(second))
    if inside_both:
        assert overlaps(first, second)
    if not overlaps(first, second):
        assert not inside_both
    assert overlaps(first, second) == overlaps(second, first)


def _grid(shape: Rectangle) -> list[tuple[float, float]]:
    (ax, ay), (bx, by) = shape.axes()
    steps = [k / 10 - 0.99 for k in range(20)]
    return [
        (shape.x + i * shape.half_x * ax + j * shape.half_y * bx, shape.y + i * shape.half_x * ay + j * shape.half_y * by)
        for i in steps
        for j in steps
    ]


def _inside(shape: Rectangle, x: float, y: float) -> bool:
    (ax, ay), (bx, by) = shape.axes()
    dx, dy = x - shape.x, y - shape.y
    return abs(dx * ax + dy * ay) < shape.half_x and abs(dx * bx + dy * by) < shape.half_y


def test_a_pile_up_repeats_bit_for_bit() -> None:
    def run() -> list[Vector3D]:
        cars = [moving(make_car(x=4.5 * i, y=0.2 * i, yaw=7.0 * i, actor_id=i + 1), 12.0 - 4.0 * i) for i in range(6)]
        events = [resolve_contacts(cars, NO_OBSTACLES, DT_S) for _ in range(20)]
        assert events[0]
        return [car.transform.location for car in cars] + [Vector3D(*c.impulse) for tick in events for c in tick]

    assert run() == run()
