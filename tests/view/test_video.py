"""A video has the frames of the shard, at their rate."""

import cv2
import pytest

from simgen.errors import ConfigError
from simgen.shards.reader import ShardReader
from simgen.view.arrangement import around
from simgen.view.video import count_frames, save_video
from tests.shards.made_up import write_shard


@pytest.fixture
def reader(tmp_path):
    with ShardReader(write_shard(tmp_path / "test-7.h5", frames=10)) as shard:
        yield shard


@pytest.mark.parametrize(("suffix", "every", "frames"), [(".mp4", 0, 10), (".webm", 5, 2), (".avi", 3, 4)])
def test_video_decodes_to_as_many_frames_and_plays_in_real_time(reader, tmp_path, suffix, every, frames):
    path = save_video(reader, tmp_path / f"video{suffix}", every)
    assert count_frames(path) == frames
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS) == pytest.approx(20.0 / max(every, 1), rel=0.01)
    assert {p.name for p in tmp_path.iterdir()} == {"test-7.h5", path.name}


def test_a_sensor_that_is_not_due_shows_its_last_image(reader, tmp_path):
    video = cv2.VideoCapture(str(save_video(reader, tmp_path / "v.avi")))
    pictures = [video.read()[1][40:, :600].astype(int) for _ in range(4)]
    # The images are noise, so two of them differ much; the camera measures at each second tick.
    same, other = abs(pictures[0] - pictures[1]).mean(), abs(pictures[1] - pictures[2]).mean()
    assert same < 0.2 * other


def test_an_unknown_suffix_is_told(reader, tmp_path):
    with pytest.raises(ConfigError, match=r"\.mp4"):
        save_video(reader, tmp_path / "video.gif")


def test_cameras_stand_as_one_looks_around():
    from types import MappingProxyType

    from simgen.datatypes.rig import Kind, Mount, Rig
    from simgen.geometry.pose import pose_from_rpy

    yaws = {"back_right": -110, "front": 0, "back": 180, "left": 55, "back_left": 110, "right": -55}
    size = MappingProxyType({"image_size_x": "4", "image_size_y": "4", "fov": "90"})
    mounts = (Mount(f"{n}.rgb", n, Kind.RGB, pose_from_rpy((0, 0, 0), (0, 0, yaw)), 10.0, size) for n, yaw in yaws.items())
    assert [name for name, _ in around(Rig("ring", tuple(mounts)))] == ["left", "front", "right", "back_left", "back", "back_right"]
