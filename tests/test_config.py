import pytest
import yaml

from simgen import config
from simgen.config import GROUPS, choices, conf_dir, load_generate, load_serve
from simgen.datatypes.rig import Kind
from simgen.errors import ConfigError
from simgen.scenario.episode import draw_episode
from simgen.scenario.weather import PRESETS


def test_without_arguments_the_defaults_are_complete():
    made = load_generate([])
    assert (made.scenario.name, made.rig.name, made.seed, made.tick_rate_hz, made.server.kind) == (
        "urban_traffic",
        "small",
        0,
        20.0,
        "embedded",
    )


@pytest.mark.parametrize("group", GROUPS)
def test_every_shipped_file_loads_and_draws(group):
    assert choices(group)
    for name in choices(group):
        made = load_generate([f"{group}={name}"])
        for seed in range(3):
            draw_episode(made.scenario, seed)


@pytest.mark.parametrize("path", sorted((conf_dir() / "scenario").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_begins_with_the_command_that_runs_it(path):
    command = path.read_text().splitlines()[0]
    assert command.startswith(f"# simgen generate scenario={path.stem} ")
    made = load_generate(command.removeprefix("# simgen generate ").split())
    assert made.scenario.name == path.stem


def test_the_nuscenes_rig_has_the_sensors_of_the_nuscenes_car():
    rig = load_generate(["rig=nuscenes", "rig.scale=0.25"]).rig
    assert len(rig.cameras()) == 6
    assert len(rig.of_kind(Kind.RADAR)) == 5
    assert {m.rate_hz for m in rig.of_kind(Kind.RGB)} == {12.0}
    assert {(c.camera.width_px, c.camera.height_px) for c in rig.cameras().values()} == {(400, 225)}


def test_the_small_rig_is_one_of_each():
    rig = load_generate(["rig=small"]).rig
    wanted = {Kind.RGB, Kind.DEPTH, Kind.SEMANTIC, Kind.INSTANCE, Kind.LIDAR, Kind.RADAR, Kind.GNSS, Kind.IMU, Kind.COLLISION}
    assert {m.kind for m in rig.mounts} == wanted


def test_any_key_of_a_dataclass_may_be_set_whether_or_not_a_file_has_it():
    made = load_generate(["record.queue=9", "rig.devices.front.fov_deg=70", "scenario.traffic.gap_m=7", "server.timeout_s=3"])
    assert (made.record.queue, made.server.timeout_s) == (9, 3.0)
    assert made.rig.cameras()["front"].camera.fx_px == pytest.approx(320 / 0.70020753821, rel=1e-6)
    assert draw_episode(made.scenario, 0).traffic.gap_m == 7.0


def test_a_distribution_on_the_command_line_replaces_the_one_in_the_file():
    made = load_generate(["scenario.traffic.vehicles={choice: [77]}", "scenario.weather.preset=WetNight"])
    drawn = draw_episode(made.scenario, 0)
    assert drawn.traffic.vehicles == 77
    assert drawn.weather.sun_altitude_angle == -90


def test_shortcuts_stand_instead_of_the_scenarios_own():
    drawn = draw_episode(load_generate(["map=Suburb01", "duration_s=3"]).scenario, 0)
    assert (drawn.map, drawn.duration_s) == ("Suburb01", 3.0)


def test_paths_are_taken_as_they_stand(tmp_path):
    assert str(load_generate([f"out={tmp_path}/a=b (c), d"]).out) == f"{tmp_path}/a=b (c), d"


def test_ones_own_files_work_and_may_build_on_shipped_ones(tmp_path):
    (tmp_path / "mine.yaml").write_text("defaults: [crossing, _self_]\ntraffic: {vehicles: 3}\n")
    (tmp_path / "wagon.yml").write_text("devices: {ins: {type: imu, rate_hz: 50}}\n")
    made = load_generate([f"scenario={tmp_path}/mine.yaml", f"rig={tmp_path}/wagon.yml"])
    drawn = draw_episode(made.scenario, 0)
    assert (drawn.scenario, drawn.traffic.vehicles, list(drawn.script.actors)) == ("mine", 3, ["van", "pedestrian"])
    assert (made.rig.name, made.tick_rate_hz) == ("wagon", 50.0)


def test_weather_may_be_a_preset_of_carla():
    assert draw_episode(load_generate(["weather=HardRainNight"]).scenario, 0).weather == PRESETS["HardRainNight"]


def test_serve_has_defaults_of_its_own():
    assert load_serve([]).port == 2000
    assert load_serve(["port=3000", "map=Suburb01", "host=0.0.0.0"]).map == "Suburb01"


def test_files_inside_an_installed_package_are_found_first(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "generate.yaml").write_text("")
    monkeypatch.setattr(config, "__file__", str(tmp_path / "config.py"))
    assert conf_dir() == tmp_path / "conf"


def test_yaml_files_hold_no_tabs_and_no_unknown_groups():
    defaults = yaml.safe_load((conf_dir() / "generate.yaml").read_text())["defaults"]
    assert {key for entry in defaults if isinstance(entry, dict) for key in entry} == set(GROUPS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["scenario=crosing"],
            "scenario must be one of crossing, cut_in, rain_night, urban_traffic or a .yaml file, got crosing (did you mean crossing?)",
        ),
        (["rig=big"], "rig must be one of nuscenes, small or a .yaml file, got big"),
        (["weather=HardRainNigt"], "weather must be one of"),
        (["scenario=none/there.yaml"], "scenario must be an existing file, got none/there.yaml"),
        (["sed=3"], "sed must be a known key, got sed (did you mean seed?)"),
        (["scenario.trafic.vehicles=3"], "scenario.trafic must be a known key, got trafic (did you mean traffic?)"),
        (["seed=abc"], "seed must be a whole number, got 'abc'"),
        (["seed=-1"], "seed must be below 9.22337e+18 and at least 0, got -1"),
        (["seed=1.5"], "seed must be a whole number, got 1.5"),
        (["duration_s=0"], "duration_s must be above 0 and at most 3600, got 0.0"),
        (["duration_s=-1"], "duration_s must be above 0"),
        (["overwrite=maybe"], "overwrite must be true or false, got 'maybe'"),
        (["rig.devices.front.fov_deg=190"], "rig.devices.front.fov_deg must be above 0 and below 180, got 190.0"),
        (["rig.devices.front.rate_hz=-5"], "rig.devices.front.rate_hz must be above 0, got -5.0"),
        (["rig.devices.front.width_px=1e9"], "rig.devices.front.width_px must be a whole number, got 1000000000.0"),
        (["tick_rate_hz=5"], "rig.devices.front.rate_hz must be at most the tick rate 5, got 10"),
        (["tick_rate_hz=0"], "tick_rate_hz must be above 0"),
        (["server.port=80"], "server.port must be at least 1024 and at most 65534, got 80"),
        (["server.ports=[3000,3001]"], "server.ports must be [first, last] with at least three ports, got [3000, 3001]"),
        (["server.kind=unity"], "server.kind must be one of the choices, got unity (one of: carla, embedded)"),
        (["record.attempts=0"], "record.attempts must be at least 1, got 0"),
        (["noise.lidar.dropoff_rate=-1"], "noise.lidar.dropoff_rate must be at least 0"),
        (["randomise.texture_share=2"], "randomise.texture_share must be at least 0 and at most 1"),
        (["seed"], "arguments must be key=value, got seed"),
        (["seed=[1"], "seed must be a number, text, [list] or {mapping}, got [1"),
        (["seed.low=1"], "seed must be a mapping to set seed.low, got 0"),
    ],
)
def test_what_is_wrong_is_named_on_one_line(arguments, said):
    with pytest.raises(ConfigError) as caught:
        load_generate(arguments)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_broken_file_is_named_as_the_user_knows_it(tmp_path):
    (tmp_path / "bad.yaml").write_text("traffic: [1\n")
    with pytest.raises(ConfigError) as caught:
        load_generate([f"scenario={tmp_path}/bad.yaml"])
    assert 'the configuration files must be valid, got while parsing a flow sequence; in "scenario/bad.yaml", line 1' in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_of_assets_reaches_both_ways_to_a_server():
    assert load_serve(["assets=my=cars"]).assets == "my=cars"
    assert load_serve([]).assets is None
    assert load_generate(["server.assets=my_cars"]).server.assets == "my_cars"
