"""Sensors deliver with the first tick after `listen`, once per tick, with the tick's frame."""

import math
import queue
import time

import carla
import numpy as np
import pytest
from harness import asynchronous, embedded_only, synchronous

PATIENCE_S = 30.0
"""The first picture of a town waits for the town to be built."""

CAMERAS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals", "cosmos_visualization")
KEPT = []
"""The client stops listening when the Python object of a sensor goes away."""

SMALL = {"image_size_x": 64, "image_size_y": 48}


def make(world, library, type_id, parent=None, place=None, **attributes):
    """Spawn a sensor and listen; returns it with the queue of what it sends."""
    blueprint = library.find(type_id)
    for name, value in attributes.items():
        blueprint.set_attribute(name, str(value))
    sensor = world.spawn_actor(blueprint, place or carla.Transform(carla.Location(x=0.5, z=2.2)), attach_to=parent)
    received = queue.Queue()
    sensor.listen(received.put)
    KEPT.append(sensor)
    return sensor, received


@pytest.fixture(autouse=True)
def silence_afterwards(world):
    yield
    while KEPT:
        sensor = KEPT.pop()
        if sensor.is_alive and sensor.is_listening:
            sensor.stop()


def drained(received, wait_s=0.3):
    time.sleep(wait_s)
    found = []
    while not received.empty():
        found.append(received.get())
    return found


EVERY_TICK = [(f"sensor.camera.{name}", SMALL) for name in CAMERAS]
EVERY_TICK += [(f"sensor.{name}", {}) for name in ("lidar.ray_cast", "lidar.ray_cast_semantic", "other.radar", "other.gnss", "other.imu")]


@pytest.mark.parametrize(("type_id", "attributes"), EVERY_TICK)
def test_the_first_tick_after_listen_delivers_and_so_does_every_other(world, library, car, type_id, attributes):
    sensor, received = make(world, library, type_id, car, **attributes)
    for _ in range(3):
        frame = world.tick()
        data = received.get(timeout=PATIENCE_S)
        snapshot = world.get_snapshot()
        assert data.frame == frame
        assert data.timestamp == pytest.approx(snapshot.elapsed_seconds, abs=1e-9)
        assert data.transform.location.distance(sensor.get_location()) < 1e-3
    assert drained(received) == []


def test_many_sensors_at_once_all_deliver_in_the_first_tick(world, library, car):
    rig = [make(world, library, type_id, car, **attributes) for type_id, attributes in EVERY_TICK]
    frame = world.tick()
    assert [received.get(timeout=PATIENCE_S).frame for _, received in rig] == [frame] * len(rig)


def test_an_image_has_the_size_and_field_of_view_that_were_asked_for(world, library, car):
    _, received = make(world, library, "sensor.camera.rgb", car, image_size_x=160, image_size_y=90, fov=75)
    world.tick()
    image = received.get(timeout=PATIENCE_S)
    assert (image.width, image.height, len(image.raw_data)) == (160, 90, 160 * 90 * 4)
    assert image.fov == pytest.approx(75.0)
    pixels = np.frombuffer(image.raw_data, np.uint8).reshape(90, 160, 4)
    assert pixels[..., :3].std() > 5.0


def test_depth_and_labels_agree_with_the_world(world, library, car):
    """A camera that looks straight down from 10 m above the road reads 10 m and road in its middle."""
    place = car.get_transform()
    behind = place.get_forward_vector() * -8.0
    down = carla.Transform(place.location + behind + carla.Location(z=10.0), carla.Rotation(pitch=-90.0))
    _, depth = make(world, library, "sensor.camera.depth", None, down, **SMALL)
    _, label = make(world, library, "sensor.camera.semantic_segmentation", None, down, **SMALL)
    world.tick()
    pixels = np.frombuffer(depth.get(timeout=PATIENCE_S).raw_data, np.uint8).reshape(48, 64, 4).astype(float)
    metres = (pixels[..., 2] + 256.0 * pixels[..., 1] + 65536.0 * pixels[..., 0]) / (2**24 - 1) * 1000.0
    road = world.get_map().get_waypoint(down.location).transform.location.z
    assert metres[24, 32] == pytest.approx(down.location.z - road, abs=0.1)
    labels = np.frombuffer(label.get(timeout=PATIENCE_S).raw_data, np.uint8).reshape(48, 64, 4)[..., 2]
    assert labels[24, 32] in (1, 24)


def test_an_instance_image_names_the_actor(world, library, car):
    above = carla.Transform(car.get_location() + carla.Location(z=6.0), carla.Rotation(pitch=-90.0))
    _, received = make(world, library, "sensor.camera.instance_segmentation", None, above, **SMALL)
    world.tick()
    pixel = np.frombuffer(received.get(timeout=PATIENCE_S).raw_data, np.uint8).reshape(48, 64, 4)[24, 32].astype(int)
    assert pixel[2] == 14
    assert pixel[1] + 256 * pixel[0] == car.id


def test_optical_flow_and_events_have_their_own_messages(world, library, car):
    _, flow = make(world, library, "sensor.camera.optical_flow", car, **SMALL)
    _, events = make(world, library, "sensor.camera.dvs", car, **SMALL)
    car.set_target_velocity(car.get_transform().get_forward_vector() * 8.0)
    for _ in range(4):
        world.tick()
        field = np.frombuffer(flow.get(timeout=PATIENCE_S).raw_data, np.float32).reshape(48, 64, 2)
    assert np.abs(field).max() > 0.0
    found = drained(events)
    assert any(len(message) > 0 for message in found)


def test_a_lidar_counts_its_points_by_channel(world, library, car):
    settings = {"channels": 16, "points_per_second": 32000, "range": 50}
    _, received = make(world, library, "sensor.lidar.ray_cast", car, dropoff_general_rate=0.0, dropoff_intensity_limit=0.0, **settings)
    _, semantic = make(world, library, "sensor.lidar.ray_cast_semantic", car, **settings)
    world.tick()
    plain, labelled = received.get(timeout=PATIENCE_S), semantic.get(timeout=PATIENCE_S)
    assert plain.channels == 16
    assert sum(plain.get_point_count(channel) for channel in range(16)) == len(plain) > 0
    assert len(plain) == len(labelled)
    points = np.frombuffer(plain.raw_data, np.float32).reshape(-1, 4)
    assert np.linalg.norm(points[:, :3], axis=1).max() <= 50.0 + 1e-3
    assert {point.object_tag for point in labelled} - {0}


def test_a_lidar_spawned_again_sees_the_same(world, library, car):
    for _ in range(40):
        world.tick()
    clouds = []
    for _ in range(2):
        sensor, received = make(world, library, "sensor.lidar.ray_cast", car)
        world.tick()
        clouds.append(np.frombuffer(received.get(timeout=PATIENCE_S).raw_data, np.float32).copy())
        sensor.stop()
        sensor.destroy()
    np.testing.assert_allclose(clouds[0], clouds[1], atol=0.01)


def test_sensor_tick_gives_one_message_per_period_the_first_at_once(world, library, car):
    _, received = make(world, library, "sensor.other.gnss", car, sensor_tick=0.25)
    frames = [world.tick() for _ in range(21)]
    messages = drained(received)
    assert [message.frame for message in messages] == frames[::5]
    assert len(messages) == math.ceil(21 * 0.05 / 0.25)


def test_an_imu_at_rest_feels_gravity_and_looks_where_the_car_looks(world, library, car):
    for _ in range(40):
        world.tick()
    _, received = make(world, library, "sensor.other.imu", car)
    for _ in range(4):
        world.tick()
        data = received.get(timeout=PATIENCE_S)
    assert data.accelerometer.z == pytest.approx(9.81, abs=0.05)
    yaw = math.radians(car.get_transform().rotation.yaw)
    assert math.remainder(data.compass - (yaw + math.pi / 2), 2 * math.pi) == pytest.approx(0.0, abs=0.02)


def test_gnss_is_where_the_map_says(world, library, car):
    sensor, received = make(world, library, "sensor.other.gnss", car)
    world.tick()
    data = received.get(timeout=PATIENCE_S)
    there = world.get_map().transform_to_geolocation(sensor.get_location())
    assert data.latitude == pytest.approx(there.latitude, abs=1e-7)
    assert data.longitude == pytest.approx(there.longitude, abs=1e-7)


def test_an_obstacle_ahead_is_reported_with_its_distance(world, library, car, spawn_points):
    for _ in range(20):
        world.tick()
    ahead = car.get_transform()
    forward = ahead.get_forward_vector()
    ahead.location += carla.Location(10.0 * forward.x, 10.0 * forward.y, 0.2)
    other = world.spawn_actor(library.find("vehicle.audi.tt"), ahead)
    place = carla.Transform(carla.Location(x=2.5, z=0.7))
    _, received = make(world, library, "sensor.other.obstacle", car, place, distance=20, hit_radius=0.3, only_dynamics=True)
    world.tick()
    data = received.get(timeout=PATIENCE_S)
    assert data.other_actor.id == other.id
    assert data.distance == pytest.approx(10.0 - 2.5 - 2.09, abs=0.5)


def test_lane_invasion_is_noticed_by_the_client(world, library, car):
    _, received = make(world, library, "sensor.other.lane_invasion", car)
    car.set_simulate_physics(False)
    start = car.get_transform()
    right = start.get_right_vector()
    for step in range(30):
        aside = carla.Location(0.2 * step * right.x, 0.2 * step * right.y, 0.0)
        car.set_transform(carla.Transform(start.location + aside, start.rotation))
        world.tick()
    event = received.get(timeout=5.0)
    assert len(event.crossed_lane_markings) > 0


def test_silent_sensors_can_be_spawned_and_listened_to(world, library, car):
    for name in ("v2x", "v2x_custom"):
        make(world, library, f"sensor.other.{name}", car)
    assert world.tick() > 0


def test_listening_can_stop_and_begin_again(world, library, car):
    sensor, received = make(world, library, "sensor.other.imu", car)
    world.tick()
    received.get(timeout=PATIENCE_S)
    sensor.stop()
    world.tick()
    assert drained(received) == []
    sensor.listen(received.put)
    frame = world.tick()
    assert received.get(timeout=PATIENCE_S).frame == frame


def test_two_clients_read_one_stream(connect, world, library, car):
    sensor, received = make(world, library, "sensor.other.gnss", car)
    world.tick()
    other, theirs = connect().get_world(), queue.Queue()
    world.tick()
    drained(received)
    same = other.get_actor(sensor.id)
    same.listen(theirs.put)
    frame = world.tick()
    assert received.get(timeout=PATIENCE_S).frame == frame
    assert theirs.get(timeout=PATIENCE_S).frame == frame
    same.stop()


def test_a_slow_callback_that_asks_the_server_blocks_nobody(world, library, car):
    seen = []

    def slow(image):
        time.sleep(0.05)
        seen.append((image.frame, world.get_weather().cloudiness))

    blueprint = library.find("sensor.camera.depth")
    blueprint.set_attribute("image_size_x", "640")
    blueprint.set_attribute("image_size_y", "480")
    camera = world.spawn_actor(blueprint, carla.Transform(carla.Location(z=3.0)), attach_to=car)
    camera.listen(slow)
    frames = [world.tick() for _ in range(10)]
    deadline = time.monotonic() + PATIENCE_S
    while len(seen) < len(frames) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [frame for frame, _ in seen] == frames


def test_in_asynchronous_mode_frames_rise_and_match_snapshots(world, library, car):
    _, received = make(world, library, "sensor.other.imu", car)
    asynchronous(world, 0.05)
    frames = [received.get(timeout=PATIENCE_S).frame for _ in range(10)]
    assert frames == sorted(set(frames))
    synchronous(world)


def test_a_sensor_whose_parent_is_gone_sends_no_more(world, library, car):
    sensor, received = make(world, library, "sensor.other.imu", car)
    world.tick()
    received.get(timeout=PATIENCE_S)
    car.destroy()
    for _ in range(3):
        world.tick()
    assert drained(received) == []
    assert sensor.is_alive


def test_without_rendering_cameras_are_silent_and_lidars_are_not(world, library, car):
    _, images = make(world, library, "sensor.camera.depth", car, **SMALL)
    _, points = make(world, library, "sensor.lidar.ray_cast", car)
    settings = world.get_settings()
    settings.no_rendering_mode = True
    world.apply_settings(settings)
    drained(images)
    drained(points)
    frame = world.tick()
    assert points.get(timeout=PATIENCE_S).frame == frame
    assert drained(images) == []
    settings.no_rendering_mode = False
    world.apply_settings(settings)
    drained(images)
    frame = world.tick()
    assert images.get(timeout=PATIENCE_S).frame == frame


@embedded_only
@pytest.mark.parametrize(("name", "value"), [("image_size_x", "0"), ("image_size_x", "1000000"), ("fov", "181"), ("image_size_y", "many")])
def test_an_impossible_camera_is_refused_when_it_is_spawned(world, library, name, value):
    blueprint = library.find("sensor.camera.rgb")
    blueprint.set_attribute(name, value)
    with pytest.raises(RuntimeError, match=name):
        world.spawn_actor(blueprint, carla.Transform())
    assert world.tick() > 0


@embedded_only
def test_gbuffers_are_refused_with_a_reason(world, library, car):
    camera, _ = make(world, library, "sensor.camera.rgb", car, **SMALL)
    camera.enable_gbuffers(False)
    with pytest.raises(RuntimeError, match="not supported"):
        camera.enable_gbuffers(True)


def test_sensors_go_on_after_a_reload(client, world, library):
    world = client.reload_world(False)
    synchronous(world)
    car = world.spawn_actor(library.find("vehicle.tesla.model3"), world.get_map().get_spawn_points()[0])
    sensor, received = make(world, library, "sensor.camera.depth", car, **SMALL)
    frame = world.tick()
    assert received.get(timeout=PATIENCE_S).frame == frame
    sensor.stop()
