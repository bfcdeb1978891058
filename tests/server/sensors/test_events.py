import pytest

from simgen.datatypes.tags import Tag
from simgen.server.scene import Collision
from simgen.server.sensors import CollisionEvent, ObstacleEvent
from simgen.server.sensors.events import make_collision, make_obstacle, scenery_type

CAR, LIGHT = 40, 41


def wall(distance, object_id=0, tag=Tag.BUILDINGS):
    return ((distance, 0, 0), (-1.0, 0, 0), object_id, int(tag))


# ---- collisions


def test_only_collisions_of_the_carrier_are_reported(hand):
    sensor = make_collision({}, hand.SENSOR, hand.stage())
    hits = [Collision(hand.CARRIER, CAR, "vehicle.a.b", (-100.0, 0, 0)), Collision(CAR, hand.CARRIER, "vehicle.x.y", (100.0, 0, 0))]
    now = hand.moment(hand.motion(parent=hand.CARRIER), collisions=hits)
    assert sensor.measure(now) == [CollisionEvent(CAR, "vehicle.a.b", (-100.0, 0.0, 0.0))]


def test_contacts_with_one_thing_are_one_event_and_with_two_are_two(hand):
    sensor = make_collision({}, hand.SENSOR, hand.stage())
    post = [Collision(hand.CARRIER, 0, "static.pole", (-1.0, 2.0, 0)), Collision(hand.CARRIER, 0, "static.pole", (-2.0, 3.0, 0))]
    now = hand.moment(hand.motion(parent=hand.CARRIER), collisions=[*post, Collision(hand.CARRIER, 0, "static.wall", (0, 0, 4.0))])
    assert sensor.measure(now) == [CollisionEvent(0, "static.pole", (-3.0, 5.0, 0.0)), CollisionEvent(0, "static.wall", (0.0, 0.0, 4.0))]


def test_nothing_is_sent_when_nothing_happens(hand):
    assert make_collision({}, hand.SENSOR, hand.stage()).measure(hand.moment(hand.motion(parent=hand.CARRIER))) == []


# ---- obstacles


@pytest.fixture
def sweep(hand):
    """Return a function that pushes the ball of a new obstacle sensor at planes."""

    def run(planes, attributes=None, *others):
        source = hand.Planes(*planes)
        sensor = make_obstacle(attributes or {}, hand.SENSOR, hand.stage(source))
        own = hand.motion(parent=hand.CARRIER, kind="sensor.other.obstacle")
        return sensor.measure(hand.moment(own, *others)), source

    return run


def test_the_ball_travels_its_radius_less_than_the_way_to_the_wall(sweep):
    (event,), _ = sweep([wall(4.0)], {"hit_radius": "0.5"})
    assert event == ObstacleEvent(0, "static.building", pytest.approx(3.5))


def test_a_slanted_wall_is_touched_beside_the_axis(sweep):
    """A ball of radius r touches a plane at 45 degrees r * sqrt(2) before its centre would: with rays at the rim, r exactly."""
    normal = (-(0.5**0.5), 0.5**0.5, 0.0)
    (event,), _ = sweep([((4.0, 0, 0), normal, 0, int(Tag.WALLS))], {"hit_radius": "1"})
    touched = 4.0 - 2.0**0.5
    assert touched <= event.distance_m <= touched + 0.1
    assert event.other_type == "static.wall"


@pytest.mark.parametrize(("distance", "seen"), [(5.4, True), (5.6, False)])
def test_the_sweep_ends_at_its_distance(sweep, distance, seen):
    events, _ = sweep([wall(distance)], {"distance": "5", "hit_radius": "0.5"})
    assert len(events) == seen


def test_an_actor_is_named_by_its_id_and_type(sweep, hand):
    (event,), _ = sweep([wall(3.0, CAR), wall(4.0)], None, hand.motion(CAR, kind="vehicle.audi.tt"))
    assert event == ObstacleEvent(CAR, "vehicle.audi.tt", pytest.approx(2.5))


def test_the_carrier_is_not_its_own_obstacle(sweep, hand):
    (event,), source = sweep([wall(1.0, hand.CARRIER), wall(4.0)], None, hand.motion(hand.CARRIER))
    assert event.distance_m == pytest.approx(3.5)
    assert 0 not in source.ignored


def test_only_dynamics_looks_through_scenery_and_traffic_lights(sweep, hand):
    planes = [wall(2.0), wall(3.0, LIGHT), wall(5.0, CAR)]
    actors = (hand.motion(LIGHT, kind="traffic.traffic_light"), hand.motion(CAR, kind="walker.pedestrian.0001"))
    (event,), _ = sweep(planes, {"only_dynamics": "True"}, *actors)
    assert event == ObstacleEvent(CAR, "walker.pedestrian.0001", pytest.approx(4.5))


def test_one_inside_the_ball_is_at_no_distance(sweep):
    (event,), _ = sweep([wall(0.2)], {"hit_radius": "0.5"})
    assert event.distance_m == 0.0


@pytest.mark.parametrize(
    ("tag", "name"),
    [(Tag.ROADS, "road"), (Tag.SIDEWALKS, "sidewalk"), (Tag.ROAD_LINES, "roadline"), (Tag.TERRAIN, "terrain"), (Tag.NONE, "unknown")],
)
def test_scenery_is_named_by_its_tag(tag, name):
    assert scenery_type(tag) == f"static.{name}"
