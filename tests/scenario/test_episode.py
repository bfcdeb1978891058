import json

import pytest

from simgen.errors import ConfigError
from simgen.scenario.episode import draw_episode
from simgen.scenario.scenario import make_scenario

CROSSING = {
    "duration_s": {"uniform": [5, 6]},
    "traffic": {"vehicles": {"uniform": [1, 50]}},
    "script": {
        "actors": {"walker": {"blueprint": {"choice": ["walker.pedestrian.0001", "walker.pedestrian.0002"]}, "at": {"ahead_m": 20}}},
        "events": {
            "go": {
                "when": {"type": "ego_within", "actor": "walker", "distance_m": {"uniform": [8, 9]}},
                "do": {"type": "walk_to", "actor": "walker", "to": {"ahead_m": 20, "right_m": -5}},
            }
        },
    },
}


def scenario(setting=CROSSING, weather=None, noise=None):
    return make_scenario("mine", setting, weather, {}, noise)


def test_an_episode_is_the_same_for_the_same_seed():
    assert draw_episode(scenario(), 4) == draw_episode(scenario(), 4)
    assert draw_episode(scenario(), 4).traffic != draw_episode(scenario(), 5).traffic


def test_an_episode_holds_no_distribution_and_goes_through_json():
    drawn = draw_episode(scenario(noise={"imu": {"accel_bias_mps2": [{"uniform": [1, 2]}, 0, 0]}}), 4)
    plain = drawn.as_plain()
    assert json.loads(json.dumps(plain))["script"]["events"]["go"]["do"]["to"] == {"ahead_m": 20, "right_m": -5, "of": "lane", "yaw_deg": 0}
    assert 8 <= drawn.script.events["go"].when.distance_m < 9
    assert 1 <= drawn.noise.imu.accel_bias_mps2[0] < 2


def test_the_weather_group_stands_instead_of_the_settings_weather():
    assert draw_episode(scenario({"weather": {"preset": "WetNoon"}}), 0).weather.precipitation_deposits == 50
    assert draw_episode(scenario({"weather": {"preset": "WetNoon"}}, {"preset": "ClearNoon"}), 0).weather.precipitation_deposits == 0


def changed(actors=None, event=None):
    script = {"actors": CROSSING["script"]["actors"] | (actors or {}), "events": {"go": CROSSING["script"]["events"]["go"] | (event or {})}}
    return {"script": script}


@pytest.mark.parametrize(
    ("setting", "noise", "said"),
    [
        (
            changed(event={"do": {"type": "walk_to", "actor": "waker", "to": {}}}),
            {},
            "scenario.script.events.go.do.actor must be an actor of",
        ),
        (
            changed(event={"when": {"type": "ego_within", "actor": "x", "distance_m": 1}}),
            {},
            "scenario.script.events.go.when.actor must be an",
        ),
        (
            changed(event={"do": {"type": "change_lane", "actor": "walker", "to": "left"}}),
            {},
            "scenario.script.actors.walker.driver must be tr",
        ),
        (changed(event={"do": {"type": "walk_to", "actor": "walker"}}), {}, "scenario.script.events.go.do.to must be given, got nothing"),
        ({"duration_s": 0}, {}, "scenario.duration_s must be above 0"),
        ({"traffic": {"vehicles": -1}}, {}, "scenario.traffic.vehicles must be at least 0"),
        ({}, {"lidar": {"range_stddev_m": {"uniform": [-1, 1]}}}, "noise.lidar.range_stddev_m must be at least 0"),
        (
            {},
            {"lidar": {"range_stdev_m": 1}},
            "noise.lidar.range_stdev_m must be a known key, got range_stdev_m (did you mean range_stddev_m?)",
        ),
    ],
)
def test_a_scenario_that_cannot_be_carried_out_is_refused(setting, noise, said):
    with pytest.raises(ConfigError) as caught:
        scenario(setting, noise=noise)
    assert str(caught.value).startswith(said)


def test_biases_may_be_negative():
    assert draw_episode(scenario({}, noise={"gnss": {"bias_up_m": -2}}), 0).noise.gnss.bias_up_m == -2
