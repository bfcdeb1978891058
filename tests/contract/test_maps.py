"""Loading and reloading: episodes begin anew, counters go on, and what clients hold from before stays harmless."""

import carla
import pytest
from harness import OTHER_TOWN as OTHER
from harness import ROOT, TOWN, asynchronous, embedded_only, eventually, synchronous


def test_reloading_keeps_the_map_and_starts_time_anew(client, world):
    for _ in range(30):
        world.tick()
    frame, name = world.get_snapshot().frame, world.get_map().name
    reloaded = client.reload_world(False)
    assert reloaded.id != world.id
    assert reloaded.get_map().name == name
    reloaded.tick()
    snapshot = reloaded.get_snapshot()
    assert snapshot.elapsed_seconds < 1.0
    assert snapshot.frame > frame


def test_actors_are_gone_after_a_reload_and_ids_are_never_used_again(client, world, car):
    before = car.id
    reloaded = client.reload_world(False)
    reloaded.tick()
    assert len(reloaded.get_actors().filter("vehicle.*")) == 0
    assert min(actor.id for actor in reloaded.get_actors()) > before


def test_settings_survive_a_reload_that_is_told_to_keep_them(client, world):
    synchronous(world, 0.02)
    reloaded = client.reload_world(False)
    settings = reloaded.get_settings()
    assert settings.synchronous_mode
    assert settings.fixed_delta_seconds == pytest.approx(0.02)


def test_a_reload_brings_a_server_back_to_asynchronous_mode(client, world):
    reloaded = client.reload_world(True)
    settings = reloaded.get_settings()
    assert not settings.synchronous_mode
    assert settings.fixed_delta_seconds is None
    assert reloaded.wait_for_tick(5.0).frame > 0


@pytest.mark.parametrize("asked", [OTHER, f"/Game/Carla/Maps/{OTHER}", f"Carla/Maps/{OTHER}_Opt"])
def test_every_form_of_a_name_loads_and_is_reported_back(client, world, asked):
    loaded = client.load_world(asked, False)
    assert loaded.get_map().name.endswith("/" + asked.rpartition("/")[2])
    loaded.tick()
    assert loaded.get_map().get_waypoint(loaded.get_map().get_spawn_points()[0].location) is not None


@embedded_only
def test_an_unknown_map_is_refused_and_the_choices_are_named(client, world):
    with pytest.raises(RuntimeError, match=TOWN):
        client.load_world("Atlantis")
    assert world.tick() > 0


def test_the_map_that_runs_is_not_loaded_again_if_different_is_asked(client, world):
    client.load_world(TOWN, False)
    client.load_world_if_different(TOWN)
    again = client.get_world()
    assert again.get_map().name.endswith(TOWN)


def test_a_load_in_asynchronous_mode(client, world):
    asynchronous(world)
    loaded = client.load_world(OTHER)
    assert loaded.get_map().name.endswith(OTHER)
    assert loaded.wait_for_tick(5.0).elapsed_seconds < 5.0
    assert client.load_world(TOWN).get_map().name.endswith(TOWN)


def test_a_world_object_from_before_goes_on_in_the_new_episode(client, world, library):
    client.reload_world(False)
    assert world.tick() > 0
    vehicle = world.spawn_actor(library.find("vehicle.audi.tt"), world.get_map().get_spawn_points()[0])
    world.tick()
    assert world.get_actor(vehicle.id).id == vehicle.id


def test_actors_from_before_are_dead_and_their_setters_do_nothing(client, world, car):
    client.reload_world(False)
    world.tick()
    assert not car.is_alive
    assert car.get_location() == carla.Location(0.0, 0.0, 0.0)
    car.apply_control(carla.VehicleControl(throttle=1.0))
    car.set_transform(carla.Transform())
    assert world.tick() > 0
    assert car.destroy() is False


def test_an_own_opendrive_text_becomes_the_world(client, world):
    text = (ROOT / "tests/golden/straight.xodr").read_text()
    made = client.generate_opendrive_world(text, carla.OpendriveGenerationParameters(), False)
    town = made.get_map()
    assert town.name.endswith("OpenDriveMap")
    assert town.to_opendrive() == text
    again = client.reload_world(False)
    assert again.get_map().to_opendrive() == text
    client.load_world(TOWN, False)


@embedded_only
@pytest.mark.parametrize("text", ["", "<OpenDRIVE/>", "not a map", "<OpenDRIVE><road id='x' length='nan'/></OpenDRIVE>"])
def test_a_text_that_is_no_map_is_refused_and_the_world_stays(client, world, text):
    with pytest.raises(RuntimeError, match=r"OpenDRIVE|road"):
        client.generate_opendrive_world(text, carla.OpendriveGenerationParameters(), False)
    assert world.tick() > 0
    assert world.get_map().name.endswith(TOWN)


def test_layers_are_accepted(world):
    world.load_map_layer(carla.MapLayer.Buildings)
    world.unload_map_layer(carla.MapLayer.All)
    assert world.tick() > 0


def test_many_reloads_stay_quick_and_clean(client, world):
    actors = len(world.get_actors())
    for _ in range(20):
        world = client.reload_world(False)
        world.tick()
        assert len(world.get_actors()) == actors


def test_a_snapshot_of_a_new_episode_makes_clients_read_the_map_again(client, world):
    first = world.get_map().name
    client.load_world(OTHER, False)
    second = client.get_world().get_map().name
    client.load_world(TOWN, False)
    assert (first.rpartition("/")[2], second.rpartition("/")[2]) == (TOWN, OTHER)


def test_a_second_client_follows_a_load(client, connect, world):
    other = connect()
    watching = other.get_world()
    client.load_world(OTHER, False)
    client.get_world().tick()
    eventually(lambda: other.get_world().get_map().name.endswith(OTHER))
    assert watching.get_settings().synchronous_mode
    client.load_world(TOWN, False)
