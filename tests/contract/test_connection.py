"""A client connects, and gets what it needs before anything else."""

import threading
import time

import carla
import pytest
from harness import TOWN, asynchronous, embedded_only, eventually, synchronous


def test_versions_agree(client):
    assert client.get_server_version() == client.get_client_version() == "0.9.16"


def test_a_new_client_gets_a_world_with_a_snapshot(client, connect, world):
    asynchronous(world)
    other = connect().get_world()
    snapshot = other.wait_for_tick(5.0)
    assert snapshot.frame > 0
    assert snapshot.delta_seconds > 0.0
    assert snapshot.timestamp.platform_timestamp == pytest.approx(time.time(), abs=60.0)
    assert other.id == world.id


def test_the_map_has_the_name_that_was_asked_for(client, world):
    name = world.get_map().name
    assert name.startswith("Carla/Maps/")
    assert name.endswith(TOWN)
    assert any(path.endswith(f"/{TOWN}") and path.startswith("/Game/Carla/Maps/") for path in client.get_available_maps())


def test_the_map_can_be_used_for_planning(world):
    town = world.get_map()
    points = town.get_spawn_points()
    assert len(points) >= 20
    for point in points:
        waypoint = town.get_waypoint(point.location, project_to_road=False, lane_type=carla.LaneType.Driving)
        assert waypoint is not None
        assert waypoint.transform.location.distance(point.location) < 0.5
    assert len(town.get_crosswalks()) > 0
    assert len(town.get_topology()) > 0


def test_a_second_client_sees_the_actors_of_the_first_after_a_tick(connect, world, car):
    other = connect().get_world()
    frame = world.tick()
    eventually(lambda: other.get_snapshot().frame == frame)
    assert other.get_actor(car.id).type_id == car.type_id


def test_a_client_can_join_a_server_that_was_left_in_synchronous_mode(connect, world):
    late = connect().get_world()
    assert late.get_settings().synchronous_mode
    assert late.tick() > 0
    assert late.get_spectator() is not None


def test_settings_asked_for_all_the_time_do_not_starve_the_simulation(connect, world):
    asynchronous(world, 0.05)
    stop = threading.Event()
    busy = connect().get_world()

    def poll():
        while not stop.is_set():
            busy.get_settings()

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        frames = [world.wait_for_tick(5.0).frame for _ in range(10)]
    finally:
        stop.set()
        poller.join()
    assert frames == list(range(frames[0], frames[0] + 10))


def test_the_spectator_is_where_it_was_put(world):
    spectator = world.get_spectator()
    assert spectator.type_id == "spectator"
    spectator.set_transform(carla.Transform(carla.Location(1.0, 2.0, 30.0), carla.Rotation(pitch=-30.0, yaw=40.0)))
    world.tick()
    assert spectator.get_transform().location.distance(carla.Location(1.0, 2.0, 30.0)) < 1e-4
    assert spectator.get_transform().rotation.yaw == pytest.approx(40.0, abs=1e-3)


def test_weather_is_read_back(world):
    weather = carla.WeatherParameters.HardRainSunset
    weather.dust_storm = 7.0
    world.set_weather(weather)
    back = world.get_weather()
    names = (
        "cloudiness",
        "precipitation",
        "precipitation_deposits",
        "wind_intensity",
        "sun_azimuth_angle",
        "sun_altitude_angle",
        "fog_density",
    )
    names += (
        "fog_distance",
        "fog_falloff",
        "wetness",
        "scattering_intensity",
        "mie_scattering_scale",
        "rayleigh_scattering_scale",
        "dust_storm",
    )
    for name in names:
        assert getattr(back, name) == pytest.approx(getattr(weather, name), rel=1e-6), name
    world.set_weather(carla.WeatherParameters.ClearNoon)


def test_settings_are_read_back(world):
    settings = world.get_settings()
    settings.no_rendering_mode, settings.max_substeps, settings.max_substep_delta_time = True, 7, 0.007
    world.apply_settings(settings)
    back = world.get_settings()
    assert (back.no_rendering_mode, back.max_substeps, back.synchronous_mode) == (True, 7, True)
    assert back.fixed_delta_seconds == pytest.approx(0.05)
    settings.no_rendering_mode = False
    world.apply_settings(settings)


@embedded_only
def test_an_impossible_step_is_refused_with_a_reason(world):
    settings = world.get_settings()
    settings.fixed_delta_seconds = 1000.0
    with pytest.raises(RuntimeError, match="fixed_delta_seconds"):
        world.apply_settings(settings)
    synchronous(world)


def test_gravity_of_the_imu_is_read_back(world):
    world.set_imui_sensor_gravity(3.7)
    assert world.get_imui_sensor_gravity() == pytest.approx(3.7)
    world.set_imui_sensor_gravity(9.81)
