import numpy as np
import pytest

from simgen.datatypes.rig import Kind
from simgen.errors import ConfigError
from simgen.scenario.devices import RigSpec, cycle_ticks, highest_rate, make_rig
from simgen.scenario.schema import build


def rig(devices, tick_rate_hz=20.0, **more):
    return make_rig(build(RigSpec, {"devices": devices, **more}, "rig"), tick_rate_hz)


def test_a_camera_becomes_one_mount_per_output_at_one_pose():
    made = rig({"front": {"type": "camera", "xyz_m": [1, 2, 3], "outputs": ["rgb", "depth"], "attributes": {"iso": 200}}})
    assert [(m.name, m.device, m.kind) for m in made.mounts] == [("front.rgb", "front", Kind.RGB), ("front.depth", "front", Kind.DEPTH)]
    assert made.mounts[0].attributes == {"image_size_x": "640", "image_size_y": "360", "fov": "90.0", "iso": "200"}
    assert "iso" not in made.mounts[1].attributes
    np.testing.assert_array_equal(made.mounts[1].ego_from_sensor[:3, 3], [1, 2, 3])


def test_scale_keeps_the_field_of_view():
    made = rig({"front": {"type": "camera", "width_px": 1600, "height_px": 900}}, scale=0.25).mounts[0]
    assert (made.camera.width_px, made.camera.height_px) == (400, 225)
    assert made.camera.fx_px == pytest.approx(200.0)  # 90 degrees: half the width


def test_a_yawed_sensor_looks_left():
    made = rig({"side": {"type": "radar", "rpy_deg": [0, 0, 90]}}).mounts[0]
    np.testing.assert_allclose(made.ego_from_sensor[:3, 0], [0, 1, 0], atol=1e-12)


def test_a_lidar_turns_once_per_reading():
    attributes = rig({"top": {"type": "lidar", "channels": 32, "points_per_channel": 500, "rate_hz": 10}}).mounts[0].attributes
    assert (attributes["rotation_frequency"], attributes["points_per_second"]) == ("10.0", "160000")


@pytest.mark.parametrize("tick_rate_hz", [10.0, 20.0, 30.0, 100.0, 60.0])
def test_a_radar_casts_all_its_rays_in_one_tick(tick_rate_hz):
    per_second = int(rig({"r": {"type": "radar", "points": 300}}, tick_rate_hz).mounts[0].attributes["points_per_second"])
    assert int(np.float32(per_second) * np.float32(1.0 / tick_rate_hz)) == 300  # as CARLA counts them


def test_the_cycle_is_the_first_tick_at_which_all_are_due_again():
    made = rig({"a": {"type": "gnss", "rate_hz": 12}, "b": {"type": "imu", "rate_hz": 100}, "c": {"type": "radar", "rate_hz": 13}}, 100.0)
    cycle = cycle_ticks(made, 100.0)
    assert cycle == 100
    assert len(made.due(cycle, 100.0)) == 3
    assert all(len(made.due(tick, 100.0)) < 3 for tick in range(1, cycle))


def test_sensors_of_one_rate_have_a_cycle_of_their_period():
    assert cycle_ticks(rig({"a": {"type": "gnss", "rate_hz": 10}}), 20.0) == 2
    assert cycle_ticks(rig({"a": {"type": "collision"}}), 20.0) == 1


def test_event_sensors_do_not_set_the_tick_rate():
    spec = build(RigSpec, {"devices": {"a": {"type": "collision", "rate_hz": 500}, "b": {"type": "gnss", "rate_hz": 5}}}, "rig")
    assert highest_rate(spec) == 5


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        ({}, "rig.devices must hold at least one device"),
        ({"a": {"type": "imu", "rate_hz": 21}}, "rig.devices.a.rate_hz must be at most the tick rate 20, got 21"),
        ({"a": {"type": "lidar", "rate_hz": 15}}, "rig.devices.a.rate_hz must divide the tick rate 20, got 15"),
        ({"a": {"type": "lidar", "upper_fov_deg": -30}}, "rig.devices.a.lower_fov_deg must be below upper_fov_deg"),
        ({"a": {"type": "lidar", "rate_hz": 1, "points_per_channel": 10}}, "rig.devices.a.points_per_channel must be at least 20"),
        ({"a": {"type": "camera", "fov_deg": 180}}, "rig.devices.a.fov_deg must be above 0 and below 180, got 180"),
        ({"a": {"type": "camera", "outputs": []}}, "rig.devices.a.outputs must name each output once"),
        ({"a": {"type": "camera", "outputs": ["rgb", "rgb"]}}, "rig.devices.a.outputs must name each output once"),
        ({"a.b": {"type": "imu"}}, "rig.devices must have names of letters, digits, _ and -, got a.b"),
        ({"a": {"type": "camera", "attributes": {"iso": [1]}}}, "rig.devices.a.attributes.iso must be text, a number or a flag"),
    ],
)
def test_a_rig_that_cannot_be_mounted_is_refused(devices, said):
    with pytest.raises(ConfigError) as caught:
        rig(devices)
    assert str(caught.value).startswith(said)
